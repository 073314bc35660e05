"""Settings said once: `defaults:` of nodes and trees in short are what they stand for, and know where they were written."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import indexcalc
from indexcalc import load
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.large.blocks import score_in_blocks
from indexcalc.panel import empty
from indexcalc.report.answers.ranking import ranking
from indexcalc.report.sheets.tables import in_rank_order, sheets
from indexcalc.tree.edit import set_weights
from indexcalc.tree.load import parse_index
from indexcalc.tree.model import Dimension, Index
from indexcalc.tree.schema import schema_text
from indexcalc.tree.settings import settings_of

from .conftest import in_the_way_of, panel_of
from .projects import laid_out, run

HEAD = "index: {id: x}\nunits: {table: u.csv}\ndata: {v: {path: v.csv}, w: {path: w.csv}}\n"
OF_LEAVES: dict[str, list[Any]] = {
    "source": ["v", "w"],
    "direction": ["higher", "lower"],
    "measure": ["人", "件"],
    "department": ["甲局", "乙局"],
    "normalise": ["points", {"method": "goalposts", "worst": 9, "best": 9.5}, "z-score"],
    "impute": [{"method": "mean", "over": "group"}, "none"],
    "treat": ["none"],
    "round": [1, {"decimals": 0, "how": "up"}],
    "scale": [100],
    "applies": ["population > 3"],
    "formula": ["a / b", "a + b"],
}
OF_INNER: dict[str, list[Any]] = {
    "aggregate": ["geometric", "arithmetic"],
    "weights": ["equal"],
    "missing": [{"policy": "fail"}, {"coverage": 0.5}],
    "undefined": ["missing"],
    "round": [1, 2],
}


def drawn(choices: random.Random, ways: dict[str, list[Any]], most: float) -> dict[str, Any]:
    return {key: choices.choice(values) for key, values in ways.items() if choices.random() < most}


def tree(choices: random.Random, depth: int, name: str, *, may: bool) -> dict[str, Any]:
    """A tree with settings anywhere, and at most one `defaults:` above each leaf."""
    if depth == 0:
        return {"id": name, **drawn(choices, OF_LEAVES, 0.2)}
    node: dict[str, Any] = {"id": name, **drawn(choices, OF_INNER, 0.2)}
    if choices.random() < 0.2:
        node["applies"] = choices.choice(["coast = 1", "not missing(ships)"])
    if may and choices.random() < 0.5:
        node["defaults"] = drawn(choices, OF_LEAVES | OF_INNER, 0.4)
        may = False
    node["indicators"] = [tree(choices, depth - 1, f"{name}{at}", may=may) for at in range(choices.randint(1, 3))]
    return node


def written_out(node: dict[str, Any], given: dict[str, Any], rules: tuple[str, ...] = ()) -> dict[str, Any]:
    """Say at every node what it takes: the rule in plain code."""
    inner = "indicators" in node
    own = {key: value for key, value in node.items() if key not in ("defaults", "indicators")}
    for key, value in given.items():
        if key in own or key not in (OF_INNER if inner else OF_LEAVES):
            continue
        own[key] = value
    if inner:
        below = {**given, **node.get("defaults", {})}
        rule = own.pop("applies", None)
        rules = rules if rule is None else (*rules, rule)
        own["indicators"] = [written_out(child, below, rules) for child in node["indicators"]]
    elif rules:
        said = [*rules, *([own["applies"]] if "applies" in own else [])]
        own["applies"] = said[0] if len(said) == 1 else " and ".join(f"({one})" for one in said)
    return own


def shape(index: Index | None) -> Any:
    assert index is not None

    def bare(node: Any) -> Any:
        if not isinstance(node, Dimension):
            return node
        return node.model_copy(update={"defaults": None, "applies": None, "indicators": tuple(map(bare, node.indicators))})

    return index.index, tuple(map(bare, index.dimensions))


def read(nodes: list[dict[str, Any]], defaults: dict[str, Any]) -> tuple[Index | None, list[str]]:
    text = HEAD + yaml.safe_dump({"defaults": defaults, "dimensions": nodes}, allow_unicode=True, sort_keys=False)
    index, found = parse_index(text.encode(), "indicators.yaml")
    return index, [one.code for one in found]


@given(st.integers(0, 10**6))
def test_defaults_are_what_every_node_below_would_say(seed: int) -> None:
    choices = random.Random(seed)
    nodes = [tree(choices, choices.randint(1, 3), name, may=True) for name in "pq"]
    shared = drawn(choices, {key: OF_LEAVES[key] for key in ("direction", "measure", "department", "scale")}, 0.4)
    short, found = read(nodes, shared)
    assert "IC132" not in found
    full, _ = read([written_out(node, shared) for node in nodes], {})
    assert shape(short) == shape(full)


def in_short(choices: random.Random, nodes: list[dict[str, Any]]) -> Any:
    """Write nodes below their ids, leaves as short as they can be."""
    if choices.random() < 0.3:
        listed = [{**one, "indicators": in_short(choices, one["indicators"])} if "indicators" in one else one for one in nodes]
        return [one["id"] if set(one) == {"id"} and choices.random() < 0.7 else one for one in listed]
    made: dict[str, Any] = {}
    for one in nodes:
        said = {key: value for key, value in one.items() if key != "id"}
        if "indicators" in said:
            said["indicators"] = in_short(choices, said["indicators"])
        if not said:
            made[one["id"]] = None
        elif set(said) == {"name"} and choices.random() < 0.8:
            made[one["id"]] = said["name"]
        elif list(said) in (["name", "weight"], ["name", "name_en", "weight"], ["weight"], ["name", "name_en"]):
            made[one["id"]] = list(said.values())
        else:
            made[one["id"]] = said
    return made


@given(st.integers(0, 10**6))
def test_a_tree_in_short_is_the_tree_that_it_stands_for(seed: int) -> None:
    choices = random.Random(seed)
    names = [{}, {"name": "名"}, {"name": "名", "weight": 0.5}, {"name": "名", "name_en": "Name", "weight": "1/3"}, {"weight": 2}]

    def node(depth: int, name: str) -> dict[str, Any]:
        own = {"id": name, **choices.choice(names)}
        below = [node(depth - 1, f"{name}{at}") for at in range(choices.randint(1, 3))] if depth else []
        return {**own, "indicators": below} if below else {**own, **drawn(choices, {"measure": ["人"], "round": [1]}, 0.2)}

    nodes = [node(choices.randint(0, 2), name) for name in "pqr"]
    text = HEAD + yaml.safe_dump({"dimensions": in_short(choices, nodes)}, allow_unicode=True, sort_keys=False)
    short, _ = parse_index(text.encode(), "indicators.yaml")
    assert shape(short) == shape(read(nodes, {})[0])


SHORT = (
    HEAD
    + """defaults: {normalise: points, department: 总局}
dimensions:
  n:
    weights: relative
    defaults: {direction: lower, round: 1}
    indicators:
      a: [甲, 0.4]
      b: {weight: 0.2, normalise: z-score}
      c:
"""
)


def test_a_setting_knows_its_line() -> None:
    index, _ = parse_index(SHORT.encode(), "indicators.yaml")
    assert index is not None
    said = {own.key: (own.said, own.place.line, own.above) for own in settings_of(index, "b")}
    assert said == {
        "department": ("总局", 4, True),
        "direction": ("lower", 8, True),
        "normalise": ("z-score", 11, False),
        "round": ("1", 8, True),
    }
    assert index.place_of("a", "weight").column == SHORT.splitlines()[9].index("0.4") + 1
    assert [own.key for own in settings_of(index, "n")] == ["weights"]


def test_weights_are_edited_where_they_stand_in_short() -> None:
    edited = set_weights(SHORT.encode(), "indicators.yaml", {"a": "0.5", "b": "1/3"}).decode()
    assert edited == SHORT.replace("[甲, 0.4]", "[甲, 0.5]").replace("weight: 0.2", "weight: 1/3")
    with pytest.raises(Refused, match="IC602"):
        set_weights(SHORT.encode(), "indicators.yaml", {"c": "0.5"})


def test_one_node_in_place_of_a_list_is_still_a_mistake() -> None:
    with pytest.raises(Refused, match="IC113"):
        load(HEAD + "dimensions: {id: a, name: 甲}\n")


def test_explain_says_from_which_line_a_setting_comes(tmp_path: Path) -> None:
    text = SHORT.replace("w: {path: w.csv}", "").replace(", }", "}").replace("      c:\n", "").replace("z-score", "points")
    (tmp_path / "indicators.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "u.csv").write_text("id,name\n1,东\n2,西\n", encoding="utf-8")
    (tmp_path / "v.csv").write_text("id,year,a,b\n1,2022,1,2\n2,2022,3,4\n", encoding="utf-8")
    arguments = ["explain", "东", "--node", "a", "--index", str(tmp_path)]
    said = CliRunner().invoke(app, arguments)
    assert said.exit_code == 0, said.output
    assert re.search(r"direction：lower（.*indicators\.yaml:8:", said.output)
    data = json.loads(CliRunner().invoke(app, [*arguments, "--json"]).stdout)
    assert data["tree"]["settings"]["round"]["value"] == "1"
    assert data["tree"]["settings"]["round"]["place"].rsplit("/")[-1].startswith("indicators.yaml:8:")


IN_FULL = sorted((Path(__file__).parent / "published").glob("*/in_full.yaml"))


@pytest.mark.parametrize("full", IN_FULL, ids=[file.parent.name for file in IN_FULL])
def test_a_published_index_has_a_third_fewer_characters_and_the_same_scores(full: Path, shared: Path) -> None:
    short = full.with_name("index.yaml")
    assert 3 * len(short.read_text(encoding="utf-8")) <= 2 * len(full.read_text(encoding="utf-8"))
    one, other = (indexcalc.score(index, indexcalc.read(index, shared)) for index in (load(short), load(full)))
    assert [node.id for node in one.tree.nodes] == [node.id for node in other.tree.nodes]
    assert [node.title("en").strip() for node in one.tree.nodes] == [node.title("en").strip() for node in other.tree.nodes]
    for key in ("scores", "coverage", "derived", "ranks", "status"):
        assert getattr(one, key).tobytes() == getattr(other, key).tobytes(), key
    tree = short.read_text(encoding="utf-8").partition("dimensions:\n")[2].splitlines()
    assert len([line for line in tree if line.startswith(" ")]) == len(load(short).walked), "a node a line"


def project(folder: Path, tree: str, values: str) -> Path:
    head = "index: {id: x}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
    (folder / "indicators.yaml").write_text(head + tree, encoding="utf-8")
    (folder / "u.csv").write_text("id,name,group,people\n1,\u4e1c,g,10\n2,\u897f,g,60\n3,\u5357,h,30\n", encoding="utf-8")
    (folder / "v.csv").write_text(values, encoding="utf-8")
    return folder / "indicators.yaml"


def test_a_word_stands_for_a_number_in_one_column(tmp_path: Path) -> None:
    """Its own column alone, and there before what the source says; in another one it is no number."""
    values = "id,year,a,b\n1,2022,<1,2\n2,2022,3,>9\n3,2022,4,5\n"
    tree = (
        "defaults: {normalise: points, weights: equal}\n"
        "dimensions: [{id: a, numbers: {'<1': 0.25}}, {id: b, numbers: {'>9': 10}}]\n"
    )
    file = project(tmp_path, tree, values)
    index = load(file)
    found = indexcalc.score(index, indexcalc.read(index, tmp_path)).derived[0]
    assert found.tolist() == [[0.25, 2], [3, 10], [4, 5]]
    file.write_text(file.read_text(encoding="utf-8").replace("'<1': 0.25", "'>9': 0.25"), encoding="utf-8")
    with pytest.raises(Refused, match="IC853"):
        indexcalc.read(load(file), tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace("'>9': 0.25", "'7': 0.25"), encoding="utf-8")
    with pytest.raises(Refused, match="IC851"):
        indexcalc.read(load(file), tmp_path)


ALONE = "ranking: {within: group, overall: false%s}\n"
TWO = "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}, {id: b}]\n"


@given(st.data())
def test_groups_that_are_ranked_alone_have_the_places_inside_them(data: st.DataObject) -> None:
    """They are those that stand beside the places among all, where both are asked for; in blocks as well."""
    count = data.draw(st.integers(1, 9))
    cells = np.array(data.draw(st.lists(st.tuples(*[st.integers(0, 4)] * 2), min_size=count, max_size=count)), dtype=float)
    cells[data.draw(st.lists(st.booleans(), min_size=count, max_size=count))] = np.nan
    groups = tuple(data.draw(st.sampled_from("gh")) for _ in range(count))
    ties = data.draw(st.sampled_from(["", ", ties: average", ", first: lowest"]))
    head = "index: {id: x}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n" + TWO
    alone = load(head + ALONE % ties + "grades: [{name: A, top: 0.5}, {name: B}]\n")
    both = load(head + (ALONE % ties).replace(", overall: false", "") + "grades: [{name: A, top: 0.5}, {name: B}]\n")
    one, other = (score(index, panel_of(index, cells[None], groups=groups)) for index in (alone, both))
    part = score_in_blocks(alone, panel_of(alone, cells[None], groups=groups), empty, cells=50)
    assert one.group_ranks is None
    assert part.group_ranks is None
    np.testing.assert_array_equal(part.ranks, one.ranks)
    assert other.group_ranks is not None
    np.testing.assert_array_equal(one.ranks, other.group_ranks)
    np.testing.assert_array_equal(one.scores, other.scores)
    np.testing.assert_array_equal(one.grades[one.tree.root], other.grades[other.tree.root])
    order = in_rank_order(one, 0, one.tree.root)
    shown = [groups[unit] for unit in order]
    assert [label for at, label in enumerate(shown) if at == 0 or shown[at - 1] != label] == list(dict.fromkeys(groups))


def test_each_group_has_a_table_of_its_own_and_a_change_its_places(tmp_path: Path) -> None:
    values = "id,year,a,b\n1,2021,1,2\n2,2021,3,4\n3,2021,4,5\n1,2022,9,2\n2,2022,3,4\n3,2022,4,1\n"
    file = project(tmp_path, TWO + ALONE % "", values)
    index = load(file)
    scores = indexcalc.score(index, indexcalc.read(index, tmp_path))
    text, data = ranking(scores, "2022", None, "zh")
    assert [line for line in text.splitlines() if line.startswith("总榜")] == ["总榜 · g", "总榜 · h"]
    assert [one["rank"] for one in data["ranking"]] == [1, 2, 1]
    assert [sheet.title for sheet in sheets(scores, "2022", "zh")][:4] == [
        "总榜 · g", "总榜 · h", "各维度位次 · g", "各维度位次 · h",
    ]  # fmt: skip
    moved = indexcalc.change(scores, from_="2021", to="2022")
    np.testing.assert_array_equal(moved.ranks, [[2, 1, 1], [1, 2, 1]])
    np.testing.assert_allclose(sum(moved.rank_parts.values()), moved.ranks[1] - moved.ranks[0], atol=1e-9)
    for ask in (indexcalc.robustness, indexcalc.uncertainty, indexcalc.sensitivity):
        with pytest.raises(Refused, match="IC136"):
            ask(scores)
    with pytest.raises(Refused, match="IC136"):
        indexcalc.target(scores, "1", score=8.0)
    assert "ranking.overall" in in_the_way_of(index)


def test_moves_in_rank_are_counted_inside_groups_that_are_ranked_alone(tmp_path: Path) -> None:
    values = "id,year,a,b\n1,2021,1,2\n2,2021,3,4\n3,2021,4,5\n1,2022,9,2\n2,2022,3,4\n3,2022,4,1\n"
    adjusted = "adjustments: [{id: up, rank_move: 2}]\n"
    index = load(project(tmp_path, TWO + ALONE % "" + adjusted, values))
    scores = indexcalc.score(index, indexcalc.read(index, tmp_path))
    np.testing.assert_array_equal(scores.points[1, :, 0], [2, 0, 0])  # the third fell among all, and is first of its group


@given(st.data())
def test_grades_by_shares_of_people(data: st.DataObject) -> None:
    """Of the best units so many that have no more than the share; one of each person each is the share of units."""
    count = data.draw(st.integers(1, 8))
    score_of = data.draw(st.lists(st.integers(0, 5), min_size=count, max_size=count))
    people = data.draw(st.lists(st.one_of(st.none(), st.integers(0, 9)), min_size=count, max_size=count))
    even = data.draw(st.booleans())
    people = [1] * count if even else people
    head = "index: {id: x}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
    head += "defaults: {normalise: points, weights: equal}\ndimensions: [{id: a}]\n"
    grades = "grades: [{name: A, top: 0.3}, {name: B, top: 0.7}, {name: C}]\n"
    index = load(head + "denominators: [{id: people}]\nranking: {top_by: people}\n" + grades)
    cells = [[float(a), np.nan if b is None else float(b)] for a, b in zip(score_of, people, strict=True)]
    made = score(index, panel_of(index, [cells]))
    there = [(a, b) for a, b in zip(score_of, people, strict=True) if b is not None]
    for unit, (own, base) in enumerate(zip(score_of, people, strict=True)):
        before = sum(b for a, b in there if a > own)
        alike = [b for a, b in there if a == own]
        expected = "" if base is None else next(
            name for name, top in (("A", 0.3), ("B", 0.7), ("C", 9.0)) if before + min(alike) <= top * sum(b for _, b in there) + 1e-6
        )  # fmt: skip
        assert made.grade(0, unit, made.tree.root) == expected
    assert ("IC137" in [one.code for one in made.findings]) == (None in people)
    if even:
        plain = score(load(head + grades), panel_of(load(head + grades), [[cell[:1] for cell in cells]]))
        np.testing.assert_array_equal(plain.grades[plain.tree.root], made.grades[made.tree.root])


@given(st.data())
def test_ties_are_told_apart_by_other_nodes_and_no_score_moves(data: st.DataObject) -> None:
    """Places are those of the tuples of scores, compared one after the other."""
    count = data.draw(st.integers(1, 9))
    cells = data.draw(st.lists(st.tuples(*[st.integers(0, 2)] * 2), min_size=count, max_size=count))
    ties, first = (
        data.draw(st.sampled_from(["competition", "average", "dense"])),
        data.draw(st.sampled_from(["highest", "lowest"])),
    )
    groups = tuple(data.draw(st.sampled_from("gh")) for _ in range(count))
    head = "index: {id: x, formula: a + b}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n" + TWO
    said = f"ranking: {{within: group, ties: {ties}, first: {first}, then: [b]}}\n"
    index, plain = load(head + said), load(head + said.replace(", then: [b]", ""))
    made, other = (score(one, panel_of(one, [cells], groups=groups)) for one in (index, plain))
    np.testing.assert_array_equal(made.scores, other.scores)
    sign = 1 if first == "highest" else -1
    keys = [(sign * (a + b), sign * b) for a, b in cells]

    def place(key: tuple[int, int], among: list[tuple[int, int]]) -> float:
        better = [one for one in among if one > key]
        if ties == "dense":
            return 1 + len(set(better))
        return 1 + len(better) + ((among.count(key) - 1) / 2 if ties == "average" else 0)

    assert made.rank()[0].tolist() == [place(key, keys) for key in keys]
    assert made.group_ranks is not None
    for unit, key in enumerate(keys):
        peers = [one for one, group in zip(keys, groups, strict=True) if group == groups[unit]]
        assert made.group_ranks[0, unit, made.tree.root] == place(key, peers)
    np.testing.assert_array_equal(made.ranks[..., :2], other.ranks[..., :2])
    np.testing.assert_array_equal(
        score_in_blocks(index, panel_of(index, [cells], groups=groups), empty, cells=50).ranks, made.ranks
    )


LIKE = """
index: {id: x, name: 指数}
units: {table: u.csv}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {normalise: {method: z-score, mean: 50, sd: 10}}
dimensions:
  - id: level
    name: 水平
    weight: 0.6
    indicators:
      - {id: a, name: 甲, weight: 0.3, direction: lower, full: FULL}
      - {id: q, weight: 0.7, formula: "max(b, [c]) + 1", indicators: [{id: b, name: 乙}, {id: c, formula: 甲 + 乙}]}
  - {id: growth, weight: 0.4, SECOND}
""".replace(", full: FULL", "")
TWICE = """defaults: {growth: previous}, indicators: [
    {id: growth.a, column: 甲, name: 甲, weight: 0.3, direction: lower},
    {id: growth.q, weight: 0.7, formula: "max([growth.b], [growth.c]) + 1",
     indicators: [{id: growth.b, column: 乙, name: 乙}, {id: growth.c, growth: previous, formula: 甲 + 乙}]}]"""


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_a_node_that_is_like_another_is_that_once_more(tmp_path: Path) -> None:
    files = {
        "u.csv": "id,name\n1,东\n2,西\n3,南\n",
        "v.csv": "id,year,甲,乙\n1,2021,1,2\n2,2021,3,5\n3,2021,4,1\n1,2022,2,3\n2,2022,5,5\n3,2022,7,2\n",
    }
    short = laid_out(
        tmp_path / "short", {"indicators.yaml": LIKE.replace("SECOND", "like: level, defaults: {growth: previous}"), **files}
    )
    long = laid_out(tmp_path / "long", {"indicators.yaml": LIKE.replace("SECOND", TWICE), **files})
    one, other = (indexcalc.score(folder / "indicators.yaml") for folder in (short, long))
    assert [node.id for node in one.tree.nodes] == [node.id for node in other.tree.nodes]
    np.testing.assert_array_equal(one.scores, other.scores)
    assert not np.isnan(one.scores[1]).any()
    shown = run(short, "weights", "set", "growth.a", "0.5", "--rescale", "--lang", "en", expect=1)
    assert "IC601" in shown
    run(short, "weights", "set", "a", "0.5", "--rescale")
    run(short, "tree", "export", str(tmp_path / "frame.csv"))
    CliRunner().invoke(app, ["tree", "import", str(tmp_path / "frame.csv"), "--out", str(tmp_path / "written")])
    laid_out(tmp_path / "written", files)
    moved = indexcalc.score(short / "indicators.yaml")
    np.testing.assert_array_equal(indexcalc.score(tmp_path / "written" / "indicators.yaml").scores, moved.scores)
    again = indexcalc.load(short / "indicators.yaml")
    assert [vars(again.by_id[name])["weight"] for name in ("a", "growth.a", "growth.q")] == [0.5, 0.5, 0.5]


@pytest.mark.parametrize(
    ("second", "code"),
    [
        ("like: levels", "IC151"),
        ("like: growth", "IC152"),
        ("like: level, indicators: [d]", "IC213"),
        ("indicators: [{id: d, weight: 1, like: growth}]", "IC152"),
        ("indicators: [{id: d, weight: 0.5, like: e}, {id: e, weight: 0.5, like: d}]", "IC152"),
    ],
)
def test_what_a_node_cannot_be_like(second: str, code: str) -> None:
    _, found = parse_index(LIKE.replace("SECOND", second).encode(), "indicators.yaml")
    assert code in [one.code for one in found]


def test_the_schema_takes_a_node_like_another() -> None:
    text = LIKE.replace("SECOND", "like: level, aggregate: geometric, defaults: {growth: previous}")
    jsonschema.validate(yaml.safe_load(text), json.loads(schema_text()))
