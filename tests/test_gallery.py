"""The gallery: every project starts, checks and scores, and keeps the rules that make it special, by hand."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
from dataclasses import replace
from functools import cache
from importlib import metadata
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from packaging.requirements import Requirement

import indexcalc
from indexcalc.jobs.gallery import gallery
from indexcalc.jobs.init import init
from indexcalc.report.files import report_files
from indexcalc.report.formats.html.blocks import has_petals
from indexcalc.report.formats.html.rankings import heat_table
from indexcalc.report.sheets.analysed import Analysed, analysed, is_uncertain
from indexcalc.report.sheets.annex import method_sheet
from indexcalc.report.sheets.sentences import headlines
from indexcalc.report.sheets.tables import adjustments_sheet, ranking_sheet, sheets
from indexcalc.report.sheets.warnings import warnings_sheet
from indexcalc.scores import Scores
from indexcalc.tree.blocks.data import UnitTable

from .projects import run, said

NAMES = [project.name for project in gallery()]
LONG = {"safe-zhejiang"}  # 123 indicators, cut to 38
FROM_EVENTS = {"opinion-posts", "call-response", "points"}  # need the extra `events`
REMARKS = {"IC535", "IC141"}
ASKED = {  # rows that are not approved, and the household that is overdrawn; how consistent judgements are
    "points": {"IC729", "IC963"},
    "safe-zhejiang": {"IC413"},
}
SLOW = {"red-cotton", "pioneer-index", *FROM_EVENTS}  # takes seconds: started, checked and scored from the wheel alone


@cache
def started(name: str) -> Path:
    """A project of the gallery, as `init` makes it; made once, and only read."""
    folder = Path(mkdtemp(prefix="gallery-")) / name
    init(folder, name)
    return folder


@cache
def scored(name: str, file: str = "indicators.yaml") -> Scores:
    folder = started(name)
    index = indexcalc.load(folder / file)
    return indexcalc.score(index, indexcalc.read(index, folder))


def table(name: str, file: str) -> pd.DataFrame:
    return pd.read_csv(started(name) / file, dtype={"id": str})


def of(scores: Scores, unit: str, period: str, node: str | None = None) -> float:
    """The score of a unit by its name."""
    place = scores.panel.units.names.index(unit)
    return float(scores.score(node)[scores.periods.index(period), place])


@pytest.mark.parametrize("name", [name for name in NAMES if name not in SLOW])
def test_every_project_starts_checks_and_scores(name: str) -> None:
    folder = started(name)
    for tree in sorted(folder.glob("*.yaml")):
        codes = set(re.findall("IC[0-9]{3}", said(tree, "check", "--lang", "en")))
        assert codes <= REMARKS | ASKED.get(name, set()), "a remark that a newcomer would trip over"
        out = folder / "out" / tree.stem
        run(tree, "score", "--format", "none", "--out", str(out))
        assert list(out.glob("*/scores.csv"))


@pytest.mark.parametrize("name", NAMES)
def test_every_project_is_short_and_says_what_is_invented(name: str, repository: Path) -> None:
    folder = repository / "indexcalc" / "gallery" / name
    if name != "red-cotton":  # whose tree is the repository's own
        lines = (folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()
        assert len(lines) <= 150 or name in LONG
    assert "nvented" in (folder / "README.md").read_text(encoding="utf-8")
    assert "虚构" in (folder / "README.zh.md").read_text(encoding="utf-8")


def test_the_gallery_is_listed_with_a_sentence_each(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    listed = CliRunner().invoke(app, ["init", "--list", "--json"])
    assert [one["name"] for one in json.loads(listed.stdout)] == NAMES
    assert all(one["zh"].endswith("。") and one["en"].endswith(".") for one in json.loads(listed.stdout))
    for arguments in (["init"], ["init", "--list", str(tmp_path / "new")], ["init", "--list", "--from", "hdi"]):
        assert CliRunner().invoke(app, arguments).exit_code == 2
    assert not (tmp_path / "new").exists()


def test_the_top_level_project_is_the_one_that_is_started_from(repository: Path) -> None:
    folder = started("red-cotton")
    assert (folder / "indicators.yaml").read_bytes() == (repository / "indicators.yaml").read_bytes()
    own = {path.relative_to(repository) for path in (repository / "data").rglob("*.csv")}
    assert {path.relative_to(folder) for path in (folder / "data").rglob("*.csv")} == own


@pytest.mark.slow
def test_the_wheel_starts_checks_and_scores_every_project(repository: Path, tmp_path: Path) -> None:
    """An sdist of a copy, the wheel of that sdist, installed where nothing is but what it asks for: every project, in two minutes."""
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    source, built = tmp_path / "source", tmp_path / "built"
    source.mkdir()
    for name in ("indexcalc", "data"):
        shutil.copytree(repository / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "setup.py", "MANIFEST.in", "README.md", "LICENSE", "indicators.yaml"):
        shutil.copy(repository / name, source)
    build = "from setuptools import build_meta; print(build_meta.build_{}({!r}))"
    run_python(sys.executable, build.format("sdist", str(built)), source)
    with tarfile.open(next(built.glob("*.tar.gz"))) as packed:
        packed.extractall(tmp_path / "unpacked", filter="data")
    run_python(sys.executable, build.format("wheel", str(built)), next((tmp_path / "unpacked").iterdir()))
    wheel = next(built.glob("*.whl"))
    assert wheel.stat().st_size < 5_000_000
    python, site = clean_environment(tmp_path / "clean", wheel)
    link_what_is_needed(site)
    version = run_python(str(python.parent / "indexcalc"), "", tmp_path, "--version").strip()
    assert wheel.name.startswith(f"indexcalc-{version}-")
    told: dict[str, Any] = {}
    for extra, names in (("", [name for name in NAMES if name not in FROM_EVENTS]), ("events", sorted(FROM_EVENTS))):
        link_what_is_needed(site, extra)  # the base alone, and only then what the READMEs of the others ask for
        made = run_python(str(python), EVERY_PROJECT.format(names=names, root=str(tmp_path / "projects")), tmp_path)
        told |= json.loads(made.splitlines()[-1])
        assert "site-packages" in told.pop("where")
    assert not (site / "pytest").exists()
    assert {name: set(codes) - REMARKS - ASKED.get(name, set()) for name, codes in told.items()} == {
        name: set() for name in NAMES
    }
    own = started("red-cotton")
    paths = [path.relative_to(own) for path in own.rglob("*") if path.is_file() and "out" not in path.relative_to(own).parts]
    assert len(paths) > 20
    for path in paths:
        assert (tmp_path / "projects" / "red-cotton" / path).read_bytes() == (own / path).read_bytes(), path


EVERY_PROJECT = """
import json, pathlib, re
import indexcalc
from indexcalc.cli.app import app
from typer.testing import CliRunner
told = {{"where": indexcalc.__file__}}
def run(*arguments):
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, (arguments, done.output)
    return done.output
for name in {names!r}:
    folder = pathlib.Path({root!r}) / name
    run("init", "--from", name, str(folder))
    told[name] = []
    for tree in sorted(folder.glob("*.yaml")):
        told[name] += re.findall("IC[0-9]{{3}}", run("check", "--lang", "en", "--index", str(tree)))
        out = folder / "out" / tree.stem
        run("score", "--index", str(tree), "--format", "none", "--out", str(out))
        assert list(out.glob("*/scores.csv")), tree
print(json.dumps(told))
"""


def clean_environment(folder: Path, wheel: Path) -> tuple[Path, Path]:
    """Make an environment with the wheel alone; return its Python and where its libraries are."""
    import venv

    venv.create(folder)
    python = folder / "bin" / "python"
    pip = ("-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", "--no-index", str(wheel))
    run_python(sys.executable, "", folder, *pip)
    (site,) = folder.glob("lib/python*/site-packages")
    return python, site


def link_what_is_needed(site: Path, extra: str = "") -> None:
    """Link the libraries that the wheel asks for, and those that these ask for, from the environment of the tests: no other is there."""
    (own,) = metadata.distributions(name="indexcalc", path=[str(site)])
    asked, seen = [(own, extra)], set()
    while asked:
        distribution, wanted = asked.pop()
        for line in distribution.requires or ():
            requirement = Requirement(line)
            if requirement.marker is None or any(requirement.marker.evaluate({"extra": one}) for one in ("", wanted)):
                needed = metadata.distribution(requirement.name)
                more = [(needed, one) for one in requirement.extras or ("",) if (needed.name, one) not in seen]
                seen |= {(each.name, one) for each, one in more}
                asked += more
    for name, _ in seen:
        files = metadata.files(name) or []
        for top in {file.parts[0] for file in files} - {"..", "__pycache__"}:
            if not (site / top).exists():
                (site / top).symlink_to(metadata.distribution(name).locate_file(top))


def run_python(program: str, code: str, folder: Path, *arguments: str) -> str:
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [program, *(["-c", code] if code else []), *arguments]
    done = subprocess.run(command, cwd=folder, env=kept, capture_output=True, text=True, check=False, timeout=900)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_hdi_is_the_published_one() -> None:
    # by the technical notes, of China: health (78.2107 - 20) / 65 = 0.8955; education (14.2361 / 18 + 7.6001 / 15) / 2 = 0.6488;
    # income (ln 17504.4 - ln 100) / (ln 75000 - ln 100) = 5.1651 / 6.6201 = 0.7802; their geometric mean 0.7682
    published = {"中国": 0.768, "瑞士": 0.962, "日本": 0.925, "韩国": 0.925, "新加坡": 0.939, "泰国": 0.800, "南苏丹": 0.385}
    scores = scored("hdi")
    for country, value in published.items():
        assert round(of(scores, country, "2021"), 3) == value
    assert of(scores, "中国", "2021") == pytest.approx(0.7682, abs=5e-5)
    ranks = scores.ranking().set_index("name")["rank"]
    assert (ranks["日本"], ranks["韩国"], ranks["美国"]) == (9, 9, 11)  # 0.925 both, though not before rounding


def test_yearbook_weighs_by_entropy_and_reads_exports_as_they_are() -> None:
    scores = scored("yearbook")
    raw = (started("yearbook") / "data" / "分省年度数据 (1).csv").read_text(encoding="gb18030").splitlines()
    assert raw[1] == "指标：地区生产总值(亿元)"
    newest = float(next(line for line in raw if line.startswith("广东省")).split(",")[1])  # years run backwards: 2022 is first
    people = next(
        line
        for line in (started("yearbook") / "data" / "分省年度数据.csv").read_text(encoding="gb18030").splitlines()
        if line.startswith("广东省")
    )
    leaf = scores.tree.position["gdp"]
    place = scores.panel.units.names.index("广东省")
    assert scores.derived[scores.periods.index("2022"), place, leaf] == pytest.approx(newest / float(people.split(",")[1]))
    # the entropy method by its formula: e = -Σ p ln p / ln n over all years' scores, weights as 1 - e
    nodes = ["gdp", "revenue", "retail", "trade"]
    x = np.stack([scores.score(node).ravel() for node in nodes], axis=1) / 100
    p = x / x.sum(axis=0)
    entropy = -np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0).sum(axis=0) / np.log(len(x))
    weights = (1 - entropy) / (1 - entropy).sum()
    np.testing.assert_allclose(scores.score("economy").ravel(), x @ weights * 100, rtol=1e-9)


def test_yearbook_says_who_borders_on_whom() -> None:
    pairs = table("yearbook", "data/near.csv")
    near = (
        pd.concat([pairs, pairs.rename(columns={"unit": "neighbour", "neighbour": "unit"})])
        .groupby("unit")["neighbour"]
        .apply(set)
    )
    assert set(near.index) == set(scored("yearbook").panel.units.names)
    assert not pairs.duplicated().any() and len(pairs) == sum(map(len, near)) / 2  # each pair once
    told = {
        "河北省": "北京市 天津市 山西省 内蒙古自治区 辽宁省 山东省 河南省",
        "海南省": "广东省",
        "新疆维吾尔自治区": "西藏自治区 甘肃省 青海省",
    }
    assert all(near[unit] == set(others.split()) for unit, others in told.items())
    assert {len(near[unit]) for unit in ("内蒙古自治区", "陕西省")} == {8} == {max(map(len, near))}


def test_five_governance_does_not_let_a_strong_kind_make_up_for_a_weak_one() -> None:
    scores = scored("five-governance")
    kinds = ["political", "legal", "moral", "self-governed", "smart"]
    assert [node.id for node in scores.index.dimensions] == kinds
    assert [node.name for node in scores.index.dimensions] == ["政治", "法治", "德治", "自治", "智治"]
    assert scores.panel.units.names == ("金平区", "龙湖区", "濠江区", "潮阳区", "潮南区", "澄海区", "南澳县")
    assert scores.periods == ("2020", "2021", "2022") and len(scores.panel.units) == 7
    # 84.06 · 86.87 · 83.44 · 88.90 · 76.15: arithmetic mean 83.884, fifth root of the product 83.77
    assert [round(of(scores, "南澳县", "2022", kind), 2) for kind in kinds] == [84.06, 86.87, 83.44, 88.90, 76.15]
    assert of(scores, "南澳县", "2022") == pytest.approx((84.06 * 86.87 * 83.44 * 88.90 * 76.15) ** 0.2, abs=0.01)
    assert of(scores, "南澳县", "2022") == pytest.approx(83.77, abs=0.005)


def test_streets_are_marked_by_judges_round_by_round_and_overall() -> None:
    scores, overall = scored("street-rounds"), scored("street-rounds", "overall.yaml")
    marks = table("street-rounds", "data/评委打分.csv").set_index(["街镇", "轮次", "项目"]).filter(like="评委")
    assert len(scores.panel.units) == 66 and len(scores.periods) == 3 and len(set(scores.panel.units.groups)) == 6
    # a panel by hand: without its highest and its lowest mark, the mean of the other five
    one = sorted(marks.loc[("澄海09街镇", "第3轮", "市容环境")])
    assert of(scores, "澄海09街镇", "R3", "tidy") == pytest.approx(sum(one[1:6]) / 5)
    items = [of(scores, "澄海09街镇", "R3", node) for node in ("tidy", "order", "upkeep")]
    assert of(scores, "澄海09街镇", "R3") == pytest.approx(0.4 * items[0] + 0.3 * items[1] + 0.3 * items[2])
    # overall: the mean of the rounds, 澄海09 has 92.42, 92.62 and 90.00: 91.68
    rounds = [of(scores, "澄海09街镇", period) for period in ("R1", "R2", "R3")]
    assert [round(score, 2) for score in rounds] == [92.42, 92.62, 90.00]
    assert of(overall, "澄海09街镇", overall.periods[0]) == pytest.approx(sum(rounds) / 3)
    for period in scores.periods:  # round by round: in the city and in the district
        ranking = scores.ranking(period)
        shown = ranking["score"].round(2)
        np.testing.assert_array_equal(ranking["rank"], shown.rank(ascending=False, method="min"))
        np.testing.assert_array_equal(ranking["group_rank"], shown.groupby(ranking["group"]).rank(ascending=False, method="min"))
    for own in (scores, overall):
        ranking = own.ranking()
        assert ranking["rank"].iloc[0] == 1 and ranking["group_rank"].max() <= 17
        order = ranking.sort_values("rank")["name"].tolist()
        file = started("street-rounds") / ("indicators.yaml" if own is scores else "overall.yaml")
        lines = [line.split() for line in run(file, "rank", "--lang", "zh").splitlines()]
        assert {line[1] for line in lines if line[:1] == ["通报表扬"]} == set(order[:3])  # the first three are commended
        assert {line[1] for line in lines if line[:1] == ["约谈"]} == set(order[-3:])  # the last three are called to an interview


def test_a_city_loses_points_item_by_item() -> None:
    scores = scored("civilised-city")
    assert len(scores.panel.units) == 113
    checks = table("civilised-city", "data/测评扣分点.csv").set_index(["城市", "年份"])
    # 参评城市001 in 2019 failed 27 checks of housing estates: 27 · 0.3 = 8.1 of its 10 points
    assert checks.loc[("参评城市001", 2019), "社区小区"] == 27
    assert of(scores, "参评城市001", "2019", "communities") == pytest.approx(-8.1)
    # 34 failed checks of estates would cost 10.2, and the item has 10 points: 扣完为止
    worst = checks["社区小区"].idxmax()
    assert checks["社区小区"].max() >= 34
    assert of(scores, worst[0], str(worst[1]), "communities") == -10
    # 100 - 1.6 (1 + 0 + 2 + 1 failed checks of materials, 0.4 each) - 22.5 = 75.9
    items = checks.loc[("参评城市001", 2019)].drop("数据性质")
    assert [int(count) for count in items[:4]] == [1, 0, 2, 1]
    assert of(scores, "参评城市001", "2019") == pytest.approx(75.9)
    full = [sum(leaf.normalise.parameters["floor"] for leaf in part.indicators) for part in scores.index.dimensions]
    assert full == [-30, -70]  # points out of 100: materials and field visits weigh 30 to 70
    shown = run(started("civilised-city"), "explain", "参评城市001", "--depth", "2", "--lang", "en")
    assert "(communities) -8.10" in shown  # listed item by item


def test_the_form_of_a_published_result_is_kept() -> None:
    ranking = scored("civilised-city").ranking(language="zh")
    one = ranking[ranking["name"] == "参评城市059"].iloc[0]
    assert (f"{one['score']:.2f}", one["rank"], len(ranking)) == ("81.60", 66, 113)


def test_the_hotline_ranks_groups_apart_with_full_marks_of_their_own() -> None:
    scores = scored("hotline-12345")
    orders = table("hotline-12345", "data/工单统计.csv").set_index(["承办单位", "月份"])
    # piecewise: 94 % answered in time lies 2 of 5 on the way from (92, 60) to (97, 90): 60 + 30 · 2/5 = 72; 90 % has the floor, 60
    points = [(92, 60), (97, 90), (100, 100)]
    for month in ("2022年1月", "2022年6月"):
        own = orders.loc[("示例县01", month)]
        rate = own["按时响应数"] / own["受理工单数"] * 100
        wanted = np.interp(rate, *zip(*points, strict=True))
        period = f"2022-0{month[5]}"
        assert of(scores, "示例县01", period, "response") == pytest.approx(wanted)
        # full marks: 150 for counties, 100 for districts and departments
        assert of(scores, "示例县01", period) == pytest.approx(1.5 * of(scores, "示例县01", period, "marks"))
        assert of(scores, "示例区01", period) == pytest.approx(of(scores, "示例区01", period, "marks"))
        assert of(scores, "示例部门01", period) == pytest.approx(of(scores, "示例部门01", period, "marks"))
    # all four rates of 示例县01 in January: 1409 and 1331 of 1493 orders, 952 and 1019 of 1159 surveyed, which are
    # 94.374 %, 89.149 %, 82.140 % and 87.921 %: 60 + 30 · 2.374/5, 40 + 40 · 19.149/20, 80 + 20 · 2.140/15, 85 + 15 · 2.921/10
    assert orders.loc[("示例县01", "2022年1月"), :"满意数"].tolist() == [1493, 1409, 1331, 1159, 952, 1019]  # type: ignore[misc]
    own = [of(scores, "示例县01", "2022-01", leaf) for leaf in ("response", "on-time", "resolved", "satisfied")]
    np.testing.assert_allclose(own, [74.242, 78.299, 82.853, 89.381], atol=6e-4)
    # 1.5 (0.2 · 74.242 + 0.3 · 78.299 + 0.3 · 82.853 + 0.2 · 89.381) = 1.5 · 81.070 = 121.605
    assert of(scores, "示例县01", "2022-01") == pytest.approx(121.605, abs=6e-4)
    assert scores.periods == tuple(f"2022-{month:02}" for month in range(1, 7))  # every month
    rates, marks = (getattr(scores, stage)[..., scores.tree.position["response"]] for stage in ("derived", "scores"))
    assert (marks[rates < 92] == 60).all() and (rates < 92).any()  # a floor
    assert (marks[rates == 100] == 100).all() and (rates == 100).any()  # and a cap
    # no cases in a month: no score and no place, not 0
    assert orders.loc[("示例部门19", "2022年6月"), "受理工单数"] == 0
    assert np.isnan(of(scores, "示例部门19", "2022-06"))
    ranking = scores.ranking()
    assert ranking.groupby("group")["rank"].min().tolist() == [1, 1, 1]  # three tables, each with a first of its own
    assert ranking.groupby("group")["rank"].max().le(ranking.groupby("group").size()).all()


def test_grids_are_rolled_up_from_raw_parts_and_from_scores() -> None:
    folder = started("grid")
    index = indexcalc.load(folder / "indicators.yaml")
    panels = {level: indexcalc.score(index, indexcalc.read(index, folder), level=level) for level in ("街道", "社区", "网格")}
    assert [len(one.panel.units) for one in panels.values()] == [7, 60, 204]
    units = table("grid", "data/units.csv").set_index("id")
    reports = table("grid", "data/网格季报.csv")
    reports = reports[reports["季度"] == "2022年四季度"].set_index("网格")
    community = units.index[units["level"] == "社区"][0]
    grids = reports.loc[units.index[units["parent"] == community]]
    name = units.loc[community, "name"]
    # raw parts: events closed of all grids together over all their events, not the mean of the grids' rates
    rate = grids["按期办结数"].sum() / grids["上报事件数"].sum() * 100
    assert of(panels["社区"], name, "2022Q4", "closed") == pytest.approx((rate - 60) / 40 * 100)
    # scores: the grids' own, by households
    own = [of(panels["网格"], units.loc[grid, "name"], "2022Q4", "service") for grid in grids.index]
    assert of(panels["社区"], name, "2022Q4", "service") == pytest.approx(np.average(own, weights=grids["户数"]))
    # and so on up to the streets: raw parts of all grids below, scores of the communities by their households
    reports["社区"] = units["parent"]
    below = reports[reports["社区"].map(units["parent"]) == "S1"].groupby("社区").sum(numeric_only=True)
    rate = below["按期办结数"].sum() / below["上报事件数"].sum() * 100
    assert of(panels["街道"], "示例S1街道", "2022Q4", "closed") == pytest.approx((rate - 60) / 40 * 100)
    own = [of(panels["社区"], units.loc[one, "name"], "2022Q4", "service") for one in below.index]
    service = np.average(own, weights=below["户数"])
    assert of(panels["街道"], "示例S1街道", "2022Q4", "service") == pytest.approx(service)
    governance = of(panels["街道"], "示例S1街道", "2022Q4", "governance")
    assert of(panels["街道"], "示例S1街道", "2022Q4") == pytest.approx(0.6 * governance + 0.4 * service)


def test_a_veto_limits_the_grade_and_leaves_the_score() -> None:
    scores, law = scored("safe-province"), scored("safe-province", "law.yaml")
    assert len(scores.panel.units) == 21 and scores.periods == law.periods == ("2020", "2021", "2022")
    events = table("safe-province", "data/平安年报.csv").set_index(["市", "年份"])["重大案事件"]
    vetoed = 0
    for period in scores.periods:
        ranking = scores.ranking(period, language="zh").set_index("name")
        for city, row in ranking.iterrows():
            score = round(row["score"], 2)
            earned = "优秀" if score >= 86 else "良好" if score >= 80 else "合格" if score >= 70 else "不合格"
            hit = events[(city, int(period))] > 0
            vetoed += hit and earned != "不合格"
            assert row["grade"] == ("不合格" if hit else earned)
    assert vetoed >= 2
    for own in (scores, law):  # each of the two ranks the same cities every year
        assert own.panel.units.names == scores.panel.units.names
        for period in own.periods:
            ranking = own.ranking(period)
            shown = ranking["score"].round(2)
            np.testing.assert_array_equal(ranking["rank"], shown.rank(ascending=False, method="min"))
    unlawful = table("safe-province", "data/法治年报.csv").set_index(["市", "年份"])["严重违法事件"]
    grades = {period: law.ranking(period, language="zh").set_index("name")["grade"] for period in law.periods}
    assert {grades[str(year)][city] for city, year in unlawful.index[unlawful > 0]} == {"不合格"}
    before, after = (scores.ranking(period).set_index("name")["rank"]["清远市"] for period in ("2021", "2022"))
    assert (before, after) == (8, 2)
    line = next(line for line in run(started("safe-province"), "rank", "--lang", "zh").splitlines() if "清远市" in line)
    assert "↑6" in line


def test_the_safety_index_by_its_published_rule() -> None:
    from indexcalc.analysis.warning import warnings

    scores = scored("safety-index")
    assert [(node.id, node.weight) for node in scores.index.dimensions[:3]] == [("crime", 0.6), ("fire", 0.2), ("traffic", 0.2)]
    assert scores.periods[-1] == "2022-12-T3" and len(scores.periods) == 72  # every ten days
    units = table("safety-index", "data/units.csv").set_index("id")
    calls = table("safety-index", "data/警情旬报.csv")
    towns = units[units["parent"] == units.index[units["name"] == "惠城区"][0]]
    own = (
        calls[calls["镇街"].isin(towns["name"]) & (calls["旬"] == "2022年12月下旬")]
        .drop(columns=["镇街", "旬", "数据性质"])
        .sum()
    )
    per = own / towns["常住人口"].astype(float).sum()
    # across: last year's mean of the counties is worth 80, 1.27 crime calls, 0.168 of fire and 1.71 of traffic in ten days of 2021
    means = {"crime": 1.27, "fire": 0.168, "traffic": 1.71}
    for leaf, mean in means.items():
        last_year = scores.derived[:36, :, scores.tree.position[leaf]].mean(axis=0).mean()
        assert float(f"{last_year:.3g}") == mean, leaf
        (node,) = (own for own in scores.index.leaves if own.id == leaf)
        assert list(node.normalise.parameters["points"][1]) == [mean, 80], leaf
    # by hand: 80 at the mean, 100 for none, 60 at twice the mean
    points = {leaf: [(0, 100), (mean, 80), (2 * mean, 60)] for leaf, mean in means.items()}
    crime, fire, traffic = (
        np.interp(per[heading], *zip(*points[leaf], strict=True))
        for leaf, heading in (("crime", "刑事治安警情"), ("fire", "火灾警情"), ("traffic", "交通警情"))
    )
    assert own["死亡人数"] == 1
    assert of(scores, "惠城区", "2022-12-T3") == pytest.approx(0.6 * crime + 0.2 * fire + 0.2 * traffic - 1)  # a death: a point
    # towns by the same rule, by their own calls and residents
    index = scores.index
    of_towns = indexcalc.score(index, indexcalc.read(index, started("safety-index")), level="镇街")
    assert len(of_towns.panel.units) == (units["level"] == "镇街").sum() > len(scores.panel.units)
    town = towns["name"].iloc[0]
    row = calls[(calls["镇街"] == town) & (calls["旬"] == "2022年12月下旬")].iloc[0]
    rates = {heading: row[heading] / float(towns["常住人口"].iloc[0]) for heading in ("刑事治安警情", "火灾警情", "交通警情")}
    marks = [
        np.interp(rate, [0, mean, 2 * mean, 5 * mean], [100, 80, 60, 0])
        for rate, mean in zip(rates.values(), means.values(), strict=True)
    ]
    wanted = 0.6 * marks[0] + 0.2 * marks[1] + 0.2 * marks[2] - row["死亡人数"]
    assert of(of_towns, town, "2022-12-T3") == pytest.approx(wanted)
    across, over_time = warnings(scores)
    steps = {}
    for county in ("龙门县", "博罗县", "惠东县", "惠城区"):
        place = scores.panel.units.names.index(county)
        step = across.steps[-1, place, 0]
        steps[county] = (int(across.runs[-1, place, 0]), across.escalation[step].name if step >= 0 else "")
    assert {name: step for name, step in steps.items() if name != "惠城区"} == {
        "龙门县": (5, "挂牌督办"),
        "博罗县": (4, "约谈"),
        "惠东县": (3, "通报"),
    }
    assert steps["惠城区"][1] == ""
    grades = scores.ranking(language="zh").set_index("name")["grade"]
    assert (grades["惠阳区"], grades["仲恺区"], grades["龙门县"]) == ("绿色", "黄色", "红色")
    # over time: 龙门县 had 88 crime calls and 36 in the same ten days of 2021: up 144.4 %
    place = scores.panel.units.names.index("龙门县")
    assert over_time.values[-1, place, 0] == pytest.approx((88 / 36 - 1) * 100)
    assert (over_time.levels[:36] == -1).all()  # no year before 2021
    towns_scored = indexcalc.score(scores.index, indexcalc.read(scores.index, started("safety-index")), level="镇街")
    assert len(towns_scored.panel.units) == 80


@pytest.mark.slow
def test_members_earn_and_lose_points_with_caps_inside_their_branch() -> None:
    scores = scored("pioneer-index")
    records = table("pioneer-index", "data/先锋记录.csv").set_index(["党员", "月份"]).drop(columns="数据性质")
    units = table("pioneer-index", "data/units.csv").set_index("id")
    assert len(scores.panel.units) == 3000 and (units["level"] == "支部").sum() == 60 and len(scores.periods) == 6

    def by_hand(one: pd.Series) -> float:
        duties = 30 - min(5 * one["缺席组织生活次数"], 15) + 30 - min(5 * one["未按时交纳党费次数"], 10)
        deeds = min(2 * one["志愿服务时长"], 16) + min(one["联系群众次数"], 10) + min(3 * one["被采纳建议数"], 6)
        return duties + deeds + min(4 * one["受表彰次数"], 8) - [0, 10, 30][one["违纪通报次数"]]  # the second breach costs 20

    told = [
        "M1411",
        records["违纪通报次数"].idxmax()[0],
        records["缺席组织生活次数"].idxmax()[0],
        records["志愿服务时长"].idxmax()[0],
    ]
    assert records["缺席组织生活次数"].max() > 3 and records["志愿服务时长"].max() > 8  # beyond the caps
    for member in told:
        for month, period in (("2022年1月", "2022-01"), ("2022年6月", "2022-06")):
            assert of(scores, f"党员{member}", period) == pytest.approx(by_hand(records.loc[(member, month)])), (member, month)
    ranking = scores.ranking(language="zh").set_index("unit")
    branch = ranking[ranking["group"] == "示例第29支部"]
    np.testing.assert_array_equal(branch["group_rank"], branch["score"].round(2).rank(ascending=False, method="min"))
    index = scores.index
    branches = indexcalc.score(index, indexcalc.read(index, started("pioneer-index")), level="支部")
    assert of(branches, "示例第29支部", "2022-06") == pytest.approx(branch["score"].mean())
    # branches are grouped by street, and ranked there: nine, nine, eight, nine, eight, nine and eight of them
    compared = branches.ranking(language="zh")
    assert compared.groupby("group").size().tolist() == [9, 9, 8, 9, 8, 9, 8]
    shown = compared["score"].round(2).groupby(compared["group"])
    np.testing.assert_array_equal(compared["group_rank"], shown.rank(ascending=False, method="min"))


def test_deductions_by_the_published_list() -> None:
    scores = scored("deductions")
    reports = table("deductions", "data/月报.csv").set_index(["县", "月份"]).drop(columns="数据性质")
    assert dict(reports.loc[("示例05县", "2017年3月")]) == {
        "亡3至5人事故": 1, "其中翻倍亡3至5人事故": 1, "亡6至9人事故": 0, "其中翻倍亡6至9人事故": 0,
        "群众安全感": 92.0, "越级走访批次": 7, "亡人火灾起数": 1, "一票否决事件": 1,
    }  # fmt: skip
    # 100 - 2 · 5 (one accident with 3 to 5 deaths, doubled) - 4 · 0.25 (92 %) - 7 · 0.5 - 2 - 30 (veto) - 0.5 (last two) = 53
    assert of(scores, "示例05县", "2017-03", "accidents") == -10
    assert of(scores, "示例05县", "2017-03", "survey") == pytest.approx(-1)
    assert of(scores, "示例05县", "2017-03") == pytest.approx(53)
    # two accidents with 3 to 5 deaths 5 each; two with 6 to 9 deaths 10 each, one of them doubled: -10 - 30
    assert of(scores, "示例09县", "2017-07", "accidents") == -40
    # 86.8 %: 6 · 0.25 down to 90 and 3.2 · 0.5 below it
    assert reports.loc[("示例04县", "2017年9月"), "群众安全感"] == 86.8
    assert of(scores, "示例04县", "2017-09", "survey") == pytest.approx(-1.5 - 1.6)
    # at most -5: nine petitions of 示例01县 in August would cost 4.5; 4 fires are never more than 6; in a year both caps hold too
    assert scores.score("petitions").min() == -5 and scores.score("fires").min() == -6
    names = [item.id for item in scores.index.adjustments]
    points = {name: scores.points[..., names.index(name)] for name in names}
    assert set(np.unique(points["veto"])) == {-30, 0}
    ranks = {
        period: scores.score()[row] - scores.points[row].sum(axis=-1) for row, period in enumerate(scores.periods[:12])
    }  # scores before any adjustment
    for now, before in zip(scores.periods[1:12], scores.periods[:11], strict=True):
        places = [(-ranks[period][:, None] < -ranks[period] - 1e-9).sum(axis=0) for period in (now, before)]
        climbed = places[1] - places[0]
        wanted = np.select([climbed >= 5, climbed <= -10, climbed <= -5], [0.5, -2, -1], 0)
        np.testing.assert_array_equal(points["moves"][scores.periods.index(now)], wanted)
    assert {0.5, -1} <= set(np.unique(points["moves"]))  # the farthest step is tested below
    monthly = points["behind"][:12]
    assert set(np.unique(monthly)) == {-0.5, 0} and ((monthly < 0).sum(axis=1) >= 2).all()
    np.testing.assert_allclose(points["behind"][scores.periods.index("2017")], monthly.sum(axis=0))  # each time


def test_the_table_of_methods_says_how_each_kind_of_project_is_made() -> None:
    def told(name: str) -> dict[str, tuple[Any, ...]]:
        scores = scored(name)
        return {str(row[2]): row for row in method_sheet(scores, scores.periods[-1], "zh").rows}

    deductions = told("deductions")
    assert deductions["deductions"][6] == "100 + 生产安全事故扣分 + 群众安全感 + 越级走访批次 + 亡人火灾起数"
    assert deductions["petitions"][3:6] == (None, None, "逆向")  # a formula weighs nothing; what is deducted is better low
    assert deductions["survey"][6].endswith("首点以下=按端段延长）")
    assert told("hdi")["income"][6].endswith("取对数=是）")
    assert (told("yearbook")["economy"][6], told("hdi")["education"][6]) == ("算术平均；熵权法", "算术平均；等权")
    assert not is_uncertain(scored("yearbook")) and not is_uncertain(scored("deductions")) and is_uncertain(scored("hdi"))
    province = scored("safe-province")  # whose veto limits the grade alone: no column of points that are never any
    assert "重大案事件" not in [heading.title for heading in sheets(province, "2022", "zh")[0].headings]


def test_moves_in_rank_cost_and_earn_by_their_steps_to_the_place(tmp_path: Path, repository: Path) -> None:
    """Twelve counties by the project's own tree, told apart by their survey alone, a tenth of a point a place."""
    folder = Path(shutil.copytree(repository / "indexcalc" / "gallery" / "deductions", tmp_path / "moves"))
    counties = [f"示例{at:02}县" for at in range(1, 13)]
    ranks = {"2017年1月": range(1, 13), "2017年2月": (11, 7, 8, 9, 6, 1, 3, 2, 10, 4, 12, 5)}
    rows = [
        {"县": county, "月份": month, "群众安全感": 96 - 0.1 * (rank - 1)}
        for month, places in ranks.items()
        for county, rank in zip(counties, places, strict=True)
    ]
    nothing = (
        "亡3至5人事故",
        "其中翻倍亡3至5人事故",
        "亡6至9人事故",
        "其中翻倍亡6至9人事故",
        "越级走访批次",
        "亡人火灾起数",
        "一票否决事件",
    )
    (folder / "data").mkdir()
    pd.DataFrame(rows).assign(**dict.fromkeys(nothing, 0)).to_csv(folder / "data" / "月报.csv", index=False)
    pd.DataFrame({"id": counties, "name": counties}).to_csv(folder / "data" / "counties.csv", index=False)
    scores = indexcalc.score(folder / "indicators.yaml")
    names, row = [item.id for item in scores.index.adjustments], scores.periods.index("2017-02")
    moves, behind = (scores.points[row, :, names.index(name)].tolist() for name in ("moves", "behind"))
    # down by 10, 5, 5, 5 and 1; up by 5, 4 and 6; down by 1, up by 6, down by 1, up by 7
    assert moves == [-2, -1, -1, -1, 0, 0.5, 0, 0.5, 0, 0.5, 0, 0.5]
    assert behind == [-0.5, 0, 0, 0, 0, 0, 0, 0, 0, 0, -0.5, 0]  # places 11 and 12
    # the first: 95.0 % costs 0.25 · 1, so 100 - 0.25 - 2 - 0.5
    assert of(scores, "示例01县", "2017-02") == pytest.approx(97.25)


def test_secretaries_are_ranked_session_by_session_and_cases_by_category() -> None:
    scores, cases = scored("vanguard-contest"), scored("vanguard-contest", "cases.yaml")
    marks = table("vanguard-contest", "data/评委打分.csv").set_index(["书记", "项目"]).filter(like="评委")
    for period in scores.periods:
        assert sorted(scores.ranking(period)["rank"].dropna()) == [1, 2, 3, 4, 5]  # five a session, each in one
    heads = [one.text for one in headlines(analysed(scores, "R4"), "zh")]
    assert not any("不排名" in text or "缺报" in text for text in heads)  # those of other sessions are not missing in this one
    trimmed = {item: np.sort(marks.loc[("示例09镇书记", item)])[1:-1].mean() for item in ("工作实绩", "思路举措", "现场表现")}
    wanted = 0.5 * trimmed["工作实绩"] + 0.3 * trimmed["思路举措"] + 0.2 * trimmed["现场表现"]
    assert of(scores, "示例09镇书记", "R2") == pytest.approx(wanted)
    awards = cases.ranking(language="zh")
    counts = awards.groupby(["group", "grade"]).size().unstack(fill_value=0)
    # the best fifth and half of 10, 10, 15 and 5 shortlisted cases: 2, 2, 3, 1 first awards, then up to 5, 5, 7, 2
    assert counts["一等奖"].to_dict() == {"党建引领": 2, "产业发展": 2, "乡村建设": 3, "基层治理": 1}
    assert (counts["一等奖"] + counts["二等奖"]).to_dict() == {"党建引领": 5, "产业发展": 5, "乡村建设": 7, "基层治理": 2}
    pages = [sheet for sheet in sheets(cases, cases.periods[0], "zh") if sheet.title.startswith("总榜")]
    assert len(pages) == 4 and all(page.notes == pages[0].notes != () for page in pages)
    for page in pages:  # each category by itself: its own mean and range below its cases
        own = awards[(awards["group"] == page.title.removeprefix("总榜 · ")) & awards["score"].notna()]["score"]
        mean, spread = page.whole
        assert (mean[2], spread[2]) == pytest.approx((own.mean(), own.max() - own.min()))
    stages = table("vanguard-contest", "data/案例评分.csv").set_index("案例")
    assert set(awards["name"][awards["score"].isna()]) == set(stages.index[stages["实地走访"].isna()])  # not selected: no score
    assert len(awards["score"].dropna()) == 40


def test_safe_zhejiang_scores_cities_and_counties_in_one_model() -> None:
    scores = scored("safe-zhejiang")
    reports = table("safe-zhejiang", "data/平安月报.csv")
    index = scores.index
    assert (len(index.dimensions), sum(len(node.indicators) for node in index.dimensions)) == (8, 19)
    counties = indexcalc.score(index, indexcalc.read(index, started("safe-zhejiang")), level="县区")
    assert (len(scores.panel.units), len(counties.panel.units), len(scores.periods)) == (11, 90, 12)
    # judgements of the first level are consistent, 2 : 1 for four against four others: weights of 2/12 and 1/12
    two = ["political", "stability", "order", "public-view"]
    weights = {node.id: (2 if node.id in two else 1) / 12 for node in index.dimensions}
    wanted = sum(weight * of(scores, "杭州市", "2019-12", node) for node, weight in weights.items())
    assert of(scores, "杭州市", "2019-12") == pytest.approx(wanted)
    # weights below by direct assignment, those of siblings 1 in all: 0.6 and 0.4 of the third level everywhere
    for dimension in index.dimensions:
        assert sum(node.weight for node in dimension.indicators) == pytest.approx(1), dimension.id
        assert [[leaf.weight for leaf in node.indicators] for node in dimension.indicators] == [[0.6, 0.4]] * len(
            dimension.indicators
        )
    parts = [of(scores, "杭州市", "2019-12", node) for node in ("burglaries", "fraud")]
    assert of(scores, "杭州市", "2019-12", "theft") == pytest.approx(0.6 * parts[0] + 0.4 * parts[1])
    # counts by residents, GDP and vehicles: a city's are those of its counties together, before they are divided
    own = reports[reports["县区"].str.startswith("杭州") & (reports["月份"] == "2019年12月")].sum(numeric_only=True)
    for leaf, count, divisor, scale, worst in (
        ("burglaries", "入室盗窃数", "常住人口", 1, 12),
        ("work-accidents", "生产事故起数", "生产总值", 100, 8),
        ("road-accidents", "道路事故起数", "机动车保有量", 1, 8),
    ):
        rate = own[count] / own[divisor] * scale
        assert of(scores, "杭州市", "2019-12", leaf) == pytest.approx(80 + 20 * (worst - rate) / worst), leaf


@pytest.mark.slow
def test_work_orders_by_street_and_department_and_those_to_refer() -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    scores, departments = scored("call-response"), scored("call-response", "departments.yaml")
    orders, units = table("call-response", "data/工单.csv"), table("call-response", "data/units.csv").set_index("id")
    assert len(orders) == 50_000
    street = dict(zip(units["name"], units["parent"].map(units["name"]), strict=True))
    times = orders[["呼叫时间", "办结时间", "办结时限"]].apply(pd.to_datetime)
    orders = orders.assign(
        街道=orders["社区"].map(street),
        期次=times["呼叫时间"].dt.to_period("Q").astype(str),
        响应=orders["响应小时"] <= 2,
        按期=times["办结时间"] <= times["办结时限"],
        解决=(orders["办理结果"] == "已解决").where(orders["办理结果"].notna()),
        网格=(orders["办结层级"] == "网格").where((orders["问题类型"] == "小问题") & orders["办结层级"].notna()),
        社区内=orders["办结层级"].isin(["网格", "社区"]).where((orders["问题类型"] == "大问题") & orders["办结层级"].notna()),
        街道内=(orders["办结层级"] != "区").where((orders["问题类型"] == "复杂问题") & orders["办结层级"].notna()),
    )
    own = orders[(orders["街道"] == "示例05街道") & (orders["期次"] == "2022Q4")]
    row, place = scores.periods.index("2022Q4"), scores.panel.units.names.index("示例05街道")
    for leaf, heading in (
        ("response", "响应"), ("on-time", "按期"), ("resolved", "解决"), ("in-grid", "网格"), ("in-community", "社区内"), ("in-street", "街道内"),
    ):  # fmt: skip
        value = scores.derived[row, place, scores.tree.position[leaf]]
        assert value == pytest.approx(own[heading].astype(float).mean() * 100), leaf
    referred = own["未响应次数"] >= 3
    assert scores.derived[row, place, scores.tree.position["referred"]] == referred.sum()
    of_one = orders[(orders["责任部门"] == "示例部门06") & (orders["期次"] == "2022Q4")]
    assert of(departments, "示例部门06", "2022Q4", "response") == pytest.approx((of_one["响应"].mean() * 100 - 60) / 40 * 100)
    closed, done = of_one["按期"].mean() * 100, of_one["解决"].astype(float).mean() * 100
    parts = [max((rate - 60) / 40 * 100, 0) for rate in (of_one["响应"].mean() * 100, closed, done)]
    assert of(departments, "示例部门06", "2022Q4") == pytest.approx(0.3 * parts[0] + 0.4 * parts[1] + 0.3 * parts[2])
    told = json.loads(run(started("call-response"), "warn", "--json", "--least", "red", "--events", "20"))["warnings"]
    listed = {event["工单编号"] for one in told for event in one["events"]}
    assert listed == set(orders[(orders["未响应次数"] >= 3) & (orders["期次"] == "2022Q4")]["工单编号"])


@pytest.mark.slow
def test_work_orders_are_registered_in_the_chain_and_a_changed_one_is_named(tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    folder = Path(shutil.copytree(started("call-response"), tmp_path / "calls"))
    indexcalc.register(folder, "orders", "2022Q4", by="甲")
    assert "IC698" not in run(folder, "ledger", "verify")
    file = folder / "data" / "工单.csv"
    text = file.read_text(encoding="utf-8-sig")
    row = next(line for line in text.splitlines() if line.startswith("W049957"))
    file.write_text(text.replace(row, row.replace("已解决", "已解释")), encoding="utf-8-sig")
    found = run(folder, "ledger", "verify", expect=1)
    assert "IC698" in found and "W049957" in found


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore:.*IC963:UserWarning"
)  # of the household that is overdrawn: what commands say is asked for below
def test_points_are_earned_and_spent_by_approved_rows_alone() -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    scores = scored("points")
    earned, spent = table("points", "data/积分登记.csv"), table("points", "data/兑换登记.csv")
    assert (
        len(scores.panel.units) == 2000
        and earned["审核人"].notna().all()
        and set(earned["审核状态"]) == {"通过", "未通过", "待审核"}
    )
    prices = table("points", "data/goods.csv").set_index("商品")["积分"]
    assert (spent["商品"].map(prices) == spent["积分"]).all()
    rule = {"庭院三张照片": 2, "志愿服务": 2, "举报乱扔垃圾": 2, "调解邻里纠纷": 5, "评为文明户": 10}
    earned = earned[earned["审核状态"] == "通过"].assign(
        积分=earned["事项"].map(rule), 期次=pd.to_datetime(earned["日期"]).dt.to_period("Q")
    )
    spent = spent[spent["审核状态"] == "通过"].assign(期次=pd.to_datetime(spent["日期"]).dt.to_period("Q"))
    ids = list(scores.panel.units.ids)
    for row, period in enumerate(scores.periods):
        now = earned[earned["期次"] == period].groupby("农户")["积分"].sum().reindex(ids, fill_value=0)
        np.testing.assert_allclose(scores.score("earned")[row], now)
        so_far = [log[log["期次"] <= period].groupby("农户")["积分"].sum().reindex(ids, fill_value=0) for log in (earned, spent)]
        np.testing.assert_allclose(scores.derived[row, :, scores.tree.position["balance"]], so_far[0] - so_far[1])
    overdrawn = [ids[at] for at in np.flatnonzero(scores.derived[-1, :, scores.tree.position["balance"]] < 0)]
    assert overdrawn == ["H1234"]
    assert "IC963" in said(started("points"), "check", "--lang", "en")
    # what is taken of the logs is told in the reader's language, and a name does not run into the period
    told = next(line for line in said(started("points"), "check", "--lang", "zh").splitlines() if "IC963" in line)
    assert "农户H1234 2022年第四季度" in told and "历次得分 = 2（data/积分登记.csv!按事项折算合计）" in told
    assert "weights of" not in told and "sum of" not in told
    (told,) = json.loads(run(started("points"), "warn", "--json", "--events", "20"))["warnings"]
    rows = {event.get("兑换号") for event in told["events"]} - {None}
    assert rows == set(spent[(spent["农户"] == "H1234") & (spent["期次"] == "2022Q4")]["兑换号"])
    explained = run(started("points"), "explain", "H1234", "--node", "balance", "--lang", "zh")
    assert "= -16 分（首期以来各期；以下为本期数据）" in explained  # 2 and 20 of this quarter do not come to it
    index = scores.index
    villages = indexcalc.score(index, indexcalc.read(index, started("points")), level="村")
    homes = table("points", "data/units.csv").set_index("id")["parent"]
    assert len(villages.panel.units) == 5 and sorted(villages.ranking()["rank"]) == [1, 2, 3, 4, 5]  # compared
    for village in villages.panel.units.ids:
        own = [at for at, unit in enumerate(ids) if homes[unit] == village]
        mean = scores.score()[-1, own].mean()
        assert villages.score()[-1, villages.panel.units.ids.index(village)] == pytest.approx(mean)


# ------------------------------------------------------------------------------------------------- what reports show of them


@cache
def shown_of(name: str) -> Analysed:
    scores = scored(name)
    return analysed(scores, scores.periods[-1])


def test_petals_are_as_wide_as_weights_so_that_a_formula_has_none() -> None:
    assert has_petals(shown_of("five-governance"))
    assert not has_petals(shown_of("deductions"))


def test_names_stand_once_above_the_table_of_a_tree_of_one_level() -> None:
    for name, is_twice in (("five-governance", True), ("deductions", False), ("safety-index", False)):
        made = heat_table(shown_of(name), "zh")
        assert made is not None
        assert all(head.title for head in made.whole.upper) == is_twice
        assert all(made.whole.heads)


def test_a_session_with_others_on_its_stage_has_no_column_of_moves() -> None:
    scores = scored("vanguard-contest")
    last = scores.periods[-1]
    assert "move" not in {heading.kind for heading in ranking_sheet(scores, last, "zh").headings}
    assert "move" in {heading.kind for heading in ranking_sheet(scores, last, "zh", numeric=True).headings}


def test_what_follows_a_warning_is_a_column_where_anything_can() -> None:
    shown = shown_of("safety-index")
    for steps, count in ((True, 11), (False, 10)):
        judged = [one if steps else replace(one, escalation=(), steps=np.full_like(one.steps, -1)) for one in shown.judged]
        sheet = warnings_sheet(shown.whole, judged, shown.period, "zh")
        assert len(sheet.headings) == count
        assert len(warnings_sheet(shown.whole, judged, shown.period, "zh", numeric=True).headings) == 11


def test_levels_that_a_table_says_in_chinese_are_called_in_english_as_the_tree_says() -> None:
    units = UnitTable(label="户", label_en="household", levels={"社区": "community", "street": "街镇"})
    assert [units.title(level, "en") for level in ("社区", "street", "户", "区")] == ["community", "street", "household", "区"]
    assert [units.title(level, "zh") for level in ("社区", "street", "户", "区")] == ["社区", "街镇", "户", "区"]


def test_bars_stand_behind_scores_alone_and_no_column_is_there_for_reasons_that_nobody_gives() -> None:
    scores = scored("deductions")
    titles = [heading.title for heading in adjustments_sheet(scores, "2017", "zh").headings]
    assert "次数" in titles and "事由" not in titles
    book = openpyxl.load_workbook(io.BytesIO(report_files(scores, "2017", "zh")["ranking.xlsx"]))
    barred = {
        page.title for page in book for area in page.conditional_formatting for rule in area.rules if rule.type == "dataBar"
    }
    assert "总榜" in barred  # scores from 0 up
    assert not {"生产安全事故扣分", "越级走访批次", "加减分"} & barred  # of what is below 0 the least would have the longest
