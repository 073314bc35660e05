"""The "+1" of the Red Cotton index: its facets and warnings again from the posts, by a few lines of pandas."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc.analysis.warning import warnings
from indexcalc.jobs.init import init
from indexcalc.scores import Scores
from indexcalc.tree.model import LEVELS

from .conftest import ran

pytestmark = pytest.mark.slow

POINTS = {"一般": 1, "较大": 4, "重大": 7, "特别重大": 10}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project and of the example, with the posts drawn."""
    root = Path(__file__).parent.parent
    folder = tmp_path_factory.mktemp("opinion")
    shutil.copy(root / "indicators.yaml", folder)
    shutil.copytree(root / "data", folder / "data", ignore=shutil.ignore_patterns("posts.parquet"))
    init(folder / "posts", "opinion-posts")
    subprocess.run([sys.executable, "data/generate_posts.py"], cwd=folder, check=True, capture_output=True)
    assert (folder / "data" / "posts.parquet").read_bytes() == (folder / "posts" / "data" / "posts.parquet").read_bytes()
    return folder


@pytest.fixture(scope="module")
def posts(project: Path) -> pd.DataFrame:
    read = pd.read_parquet(project / "data" / "posts.parquet")
    return read.assign(
        期次=read.发布时间.dt.to_period("Q").astype(str), 日=read.发布时间.dt.date, 分=read.烈度.map(POINTS).astype(int)
    )


@pytest.fixture(scope="module")
def facets(posts: pd.DataFrame) -> pd.DataFrame:
    """The columns of opinion.csv, a row for each quarter, district and event type."""
    keys = ["期次", "区", "类型"]
    all_of = posts.groupby(keys, observed=True)
    negative = posts[posts.情感 == "负面"].groupby(keys, observed=True)
    return pd.DataFrame(
        {
            "舆情声量": all_of.size(),
            "声量峰值": posts.groupby([*keys, "日"], observed=True).size().groupby(keys, observed=True).max(),
            "互动量": all_of.互动量.sum(),
            "烈度分": all_of.分.sum(),
            "首小时转发量": all_of.首小时转发.quantile(0.9),
            "负面条数": negative.size(),
            "负面信息天数": negative.日.nunique(),
            "信源数量": all_of.信源.nunique(),
        }
    )


@pytest.fixture(scope="module")
def scores(project: Path) -> Scores:
    index = indexcalc.load(project / "indicators.yaml")
    return indexcalc.score(index, indexcalc.read(index, project))


def test_there_are_enough_posts_of_all_eight_types_in_every_district(posts: pd.DataFrame) -> None:
    assert len(posts) >= 90_000
    assert posts.groupby(["期次", "区", "类型"], observed=True).size().shape == (8 * 11 * 8,)
    assert posts.编号.is_unique


def test_the_facets_are_those_of_the_posts(project: Path, facets: pd.DataFrame) -> None:
    table = pd.read_csv(project / "data" / "opinion.csv", encoding="utf-8-sig").set_index(["期次", "区"]).drop(columns="数据性质")
    assert table.shape == (88, 64)
    for kind, own in facets.groupby("类型", observed=True):
        made = own.droplevel("类型").reindex(table.index)
        for facet in made:
            np.testing.assert_allclose(
                table[f"{kind}·{facet}"], made[facet], atol=0.0501, err_msg=f"{kind} {facet}"
            )  # one decimal


def test_the_posts_themselves_give_the_same_facets(project: Path, scores: Scores) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    example = project / "posts"
    index = indexcalc.load(example / "indicators.yaml")
    found = indexcalc.score(index, indexcalc.read(index, example))
    assert found.periods == scores.periods
    for leaf in index.leaves:
        one, other = (own.derived[..., own.tree.position[leaf.id]] for own in (found, scores))
        np.testing.assert_allclose(one, other, atol=0.0501 if leaf.id.endswith("-speed") else 1e-9, err_msg=leaf.id)


def values(scores: Scores, leaf: str) -> pd.DataFrame:
    """A leaf's values, a row a quarter and a column a district."""
    return pd.DataFrame(scores.derived[:8, :, scores.tree.position[leaf]], index=list(scores.periods[:8]))


def level_of(beyond: list[pd.DataFrame], judged: pd.DataFrame) -> np.ndarray:
    """The worst level of which the limit is passed; the four frames stand from blue to red."""
    level = sum(frame.astype(int) * 0 for frame in beyond)
    for at, frame in enumerate(beyond, start=1):
        level = level.where(~frame, at)
    return level.where(judged, -1).to_numpy()


def test_the_warnings_are_those_of_the_rules_by_hand(scores: Scores) -> None:
    judged = {found.rule.id: found for found in warnings(scores)}
    checked = 0
    for name, found in judged.items():
        for column, node in enumerate(found.nodes):
            limits = dict(zip(LEVELS, found.rule.limits, strict=True))
            if name == "warn-risk":
                x = -pd.DataFrame(scores.score("risk")[:8]).round(2)
            else:
                x = values(scores, scores.tree.nodes[node].id)  # type: ignore[arg-type]
            lower = getattr(scores.tree.nodes[node], "direction", "") != "lower"
            x = -x if name != "warn-risk" and lower else x
            if found.rule.method == "thresholds":
                turned = [np.nan if limit is None else -limit if lower else limit for limit in limits.values()]
                beyond, known = [x >= limit for limit in turned], x.notna()
            else:
                before = x.shift()
                count = before.expanding().count()
                if found.rule.centre == "mean":
                    centre, spread = before.expanding().mean(), before.expanding().std()
                else:
                    centre = before.expanding().median()
                    spread = before.apply(lambda own: own.expanding().apply(lambda h: (h - h.median()).abs().median() * 1.4826))
                beyond = [x > centre + (np.nan if limit is None else limit) * spread for limit in limits.values()]
                known = x.notna() & (count >= 4)
            wanted = level_of(beyond, known)
            if found.rule.beyond is not None:
                far = (x >= (-found.rule.beyond if lower else found.rule.beyond)).to_numpy()
                wanted = np.where(far, wanted, np.minimum(wanted, 0))
            np.testing.assert_array_equal(found.levels[:8, :, column], wanted, err_msg=f"{name} {node}")
            red = found.levels[:8, :, column] == 4
            runs = pd.DataFrame(red).apply(lambda own: own.groupby((~own).cumsum()).cumsum())
            np.testing.assert_array_equal(found.runs[:8, :, column][red], runs.to_numpy()[red])
            checked += int(red.sum())
    assert 5 <= checked < 20  # a handful in two years
    assert (judged["warn-pressure"].steps >= 0).any()  # a measure is reached
    assert {found.rule.method for found in judged.values()} == {"thresholds", "control"}


def test_the_warning_dimension_stays_out_of_the_index_until_it_has_a_weight(project: Path, scores: Scores) -> None:
    assert (scores.effective_weights[:, scores.node("risk")] == 0).all()
    text = (project / "indicators.yaml").read_text(encoding="utf-8")
    assert "role: warning\n" in text


def test_warn_lists_what_is_red_down_to_its_cells(project: Path) -> None:
    said = ran(project, "warn").stdout
    assert said.startswith("广州市域社会治理“红棉指数”（模拟数据） · 2022年第四季度 · 风险预警\n红色 ")
    assert "data/opinion.csv:" in said
    assert "连续 " in said
    told = json.loads(
        ran(project, "warn", "--period", "2022", "--least", "blue", "--node", "land-pressure", "--unit", "荔湾", "--json").stdout
    )
    assert told["warnings"]
    for one in told["warnings"]:
        assert (one["unit"], one["node"]) == ("440103", "land-pressure")
        assert one["value"] >= one["limit"] if one["rule"] == "warn-pressure" else one["value"] > one["limit"]
        assert one["history"][-1] == {"period": one["period"], "value": one["value"], "level": one["level"]}
        assert [cell["column"] for cell in one["cells"]] == ["land-pressure", "population"]
        assert all(cell["places"] for cell in one["cells"])
    assert [one["period"] for one in told["warnings"]] == sorted((one["period"] for one in told["warnings"]), reverse=True)


def test_warn_shows_the_posts_behind_a_warning(project: Path, posts: pd.DataFrame) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    done = ran(project, "warn", "--index", "posts", "--json", "--events", "2")
    told = json.loads(done.stdout)["warnings"]
    assert told
    one = next(one for one in told if one["node"].endswith("-pressure"))
    own = posts[
        (posts.期次 == one["period"]) & (posts.区 == one["unit_name"]) & posts.类型.isin([one["node_name"].split("·")[0]])
    ]
    assert [event["编号"] for event in one["events"]] == own.sort_values(["互动量", "发布时间"], ascending=False).编号[
        :2
    ].tolist()


def test_a_node_that_is_warned_of_names_what_holds_it_down(project: Path) -> None:
    done = ran(project, "warn", "--least", "blue", "--node", "risk", "--json")
    told = json.loads(done.stdout)["warnings"]
    assert told
    for one in told:
        assert one["by"] == "score"
        assert len(one["behind"]) == 3
        assert [leaf["points"] for leaf in one["behind"]] == sorted(leaf["points"] for leaf in one["behind"])
        assert all(leaf["cells"] for leaf in one["behind"])
