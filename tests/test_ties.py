"""Ranks and grades are those of exact arithmetic: what is equal on paper ties, whatever is left in the last bits.

Random trees over whole numbers are scored once more in fractions, the plainest way, and every rank of every node is compared.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from indexcalc.analysis.uncertainty import _columns_of, _ordered
from indexcalc.cli.app import app
from indexcalc.engine import score
from indexcalc.engine.room import Room
from indexcalc.large.blocks import score_in_blocks
from indexcalc.methods.rank import ranks
from indexcalc.panel import Panel, empty
from indexcalc.scores import Scores
from indexcalc.tree import Index

from .conftest import count, panel_of

Number = Fraction | None
Row = list[Number]
TREES = count(500, 10_000)
RANKED = ("rank", "percentile", "borda")


# -------------------------------------------------------------------------------------------------------- random trees


def random_tree(random: Random, *, plain: bool = False) -> dict[str, Any]:
    """Draw a tree of two or three levels; a plain one has nothing that a query cannot do."""
    names = iter(f"x{at}" for at in range(99))

    def leaf() -> dict[str, Any]:
        made: dict[str, Any] = {"id": next(names), "direction": random.choice(["higher", "higher", "lower"])}
        if not plain or random.random() < 0.5:
            made["normalise"] = random.choice(["points", "min-max"] if plain else ["points", "min-max", *RANKED])
        if random.random() < 0.3:
            made["formula"] = random.choice(["{0} / 3 + {1} / 7", "0.1 * {0} + 0.2 * {1}", "{0} * 0.7 - {1}"])
        return made

    def inner(depth: int) -> dict[str, Any]:
        more = depth > 0 and random.random() < 0.4
        children = [inner(depth - 1) if more and random.random() < 0.5 else leaf() for _ in range(random.randint(2, 4))]
        aggregates = ["arithmetic", "arithmetic", "minimum", "maximum"]
        made: dict[str, Any] = {"id": f"n{next(names)}", "indicators": children, "aggregate": random.choice(aggregates)}
        if not plain and random.random() < 0.2:
            made["aggregate"] = random.choice(["median", "copeland"])
        if not plain and random.random() < 0.4:
            made["normalise"] = random.choice(["min-max", *RANKED])
        if random.random() < 0.2:
            made["direction"] = "lower"
        return made

    tree: dict[str, Any] = {
        "index": {"id": "index"},
        "units": {"table": "units.csv"},
        "data": {"v": {"path": "v.parquet"}},
        "defaults": {"source": "v", "weights": "relative", "missing": {"coverage": 0}, "normalise": "min-max"},
        "dimensions": [inner(1) for _ in range(random.randint(1, 3))],
        "ranking": {
            "ties": random.choice(["competition", "dense", "average", "min", "max"]),
            "first": random.choice(["highest", "highest", "lowest"]),
            "within": "group",
        },
        "grades": [{"name": "a", "top": 0.2}, {"name": "b", "quantile": random.choice([0.25, 0.5, 0.7])}, {"name": "c"}],
    }
    for node in nodes_of(tree):
        if node is not tree:
            node["weight"] = random.choice([0.1, 0.2, 0.3, 0.3, 0.6, 1 / 3, 7])
        if "formula" in node:
            node["formula"] = node["formula"].format(node["id"] + "a", node["id"] + "b")
    return tree


def below(node: dict[str, Any]) -> list[dict[str, Any]]:
    return node.get("indicators", node.get("dimensions", []))


def nodes_of(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(found for child in below(node) for found in nodes_of(child))]


def columns_of(leaf: dict[str, Any]) -> list[str]:
    return [leaf["id"] + "a", leaf["id"] + "b"] if "formula" in leaf else [leaf["id"]]


def random_values(random: Random, tree: dict[str, Any], units: int) -> dict[str, list[int | None]]:
    """Draw whole numbers of a small range, so that many sums are equal, and permute some units' among their indicators."""
    names = [name for node in nodes_of(tree) if not below(node) for name in columns_of(node)]
    gaps = random.choice([0.0, 0.1])
    rows: list[list[int | None]] = [[random.randint(1, 6) for _ in names] for _ in range(units)]
    for at in range(1, units):
        if random.random() < 0.5:
            rows[at] = random.sample(rows[random.randrange(at)], len(names))
    rows = [[None if random.random() < gaps else value for value in row] for row in rows]
    return dict(zip(names, (list(column) for column in zip(*rows, strict=True)), strict=True))


# ---------------------------------------------------------------------------------------------------- exact arithmetic


def exact_scores(tree: dict[str, Any], values: dict[str, list[int | None]]) -> dict[str, Row]:
    """Score every node in fractions."""
    out: dict[str, Row] = {}

    def visit(node: dict[str, Any]) -> Row:
        if not below(node):
            parts = [values[name] for name in columns_of(node)]
            row = [derived(node.get("formula"), [part[unit] for part in parts]) for unit in range(len(parts[0]))]
            made = normalised(node.get("normalise", "min-max"), row, node["direction"] == "higher")
        else:
            x = [visit(child) for child in below(node)]
            weights = [Fraction(child["weight"]).limit_denominator(1000) for child in below(node)]
            made = together(node.get("aggregate", "arithmetic"), x, weights)
            turned = node.get("direction") == "lower"
            if "normalise" in node:
                made = normalised(node["normalise"], made, not turned)
            elif turned:
                made = [None if value is None else 100 - value for value in made]
        out[node["id"] if node is not tree else "index"] = made
        return made

    visit(tree)
    return out


def derived(formula: str | None, parts: list[int | None]) -> Number:
    if any(part is None for part in parts):
        return None
    a, b = Fraction(parts[0] or 0), Fraction(parts[-1] or 0)
    if formula is None:
        return a
    if "/ 3" in formula:
        return a / 3 + b / 7
    return a * Fraction(1, 10) + b * Fraction(2, 10) if "0.1" in formula else a * Fraction(7, 10) - b


def normalised(method: str, x: Row, up: bool) -> Row:
    known = [value for value in x if value is not None]
    if not known or method == "points":
        return x if up else [None if value is None else -value for value in x]
    worst, best = (min(known), max(known)) if up else (max(known), min(known))
    if method == "min-max":
        return [None if value is None or worst == best else 100 * (value - worst) / (best - worst) for value in x]
    if method == "percentile" and len(known) == 1:
        return [None] * len(x)

    def made(value: Number) -> Number:
        if value is None:
            return None
        worse = sum(other < value if up else other > value for other in known)
        place = worse + Fraction(known.count(value) + 1, 2)
        return {"rank": place, "borda": place - 1, "percentile": 100 * (place - 1) / max(1, len(known) - 1)}[method]

    return [made(value) for value in x]


def together(aggregate: str, x: list[Row], weights: list[Fraction]) -> Row:
    if aggregate == "copeland":
        return copeland(x, weights)

    def made(row: Row) -> Number:
        known = [(value, w) for value, w in zip(row, weights, strict=True) if value is not None]
        if not known:
            return None
        if aggregate == "arithmetic":
            return sum((value * w for value, w in known), Fraction()) / sum((w for _, w in known), Fraction())
        ordered = sorted(value for value, _ in known)
        middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
        return {"minimum": ordered[0], "maximum": ordered[-1], "median": middle}[aggregate]

    return [made(list(row)) for row in zip(*x, strict=True)]


def copeland(x: list[Row], weights: list[Fraction]) -> Row:
    rows = [list(row) for row in zip(*x, strict=True)]

    def beats(one: Row, other: Row) -> int:
        ahead = Fraction()
        for a, b, w in zip(one, other, weights, strict=True):
            if a is not None and b is not None:
                ahead += w * ((a > b) - (a < b))
        return (ahead > 0) - (ahead < 0)

    return [
        None if all(value is None for value in row) else Fraction(sum(beats(row, other) for other in rows if other is not row))
        for row in rows
    ]


def exact_ranks(x: Row, ties: str, first: str) -> list[float]:
    known = [value for value in x if value is not None]

    def rank(value: Number) -> float:
        if value is None:
            return float("nan")
        ahead = [other for other in known if (other > value if first == "highest" else other < value)]
        best, last = len(ahead) + 1, len(ahead) + known.count(value)
        return {"dense": len(set(ahead)) + 1, "average": (best + last) / 2, "max": last}.get(ties, best)

    return [rank(value) for value in x]


def exact_grades(tree: dict[str, Any], x: Row, groups: Sequence[str]) -> list[str]:
    places = within_groups(x, groups, tree["ranking"])
    ordered = sorted(value for value in x if value is not None)
    share = Fraction(str(tree["grades"][1]["quantile"]))
    at = (len(ordered) - 1) * share
    low = int(at)
    limit = ordered[low] + (at - low) * (ordered[min(low + 1, len(ordered) - 1)] - ordered[low]) if ordered else Fraction()

    def grade(unit: int) -> str:
        value = x[unit]
        if value is None:
            return ""
        size = sum(other is not None for other, group in zip(x, groups, strict=True) if group == groups[unit])
        return "a" if Fraction(places[unit]) <= Fraction(2, 10) * size else "b" if value > limit else "c"

    return [grade(unit) for unit in range(len(x))]


def within_groups(x: Row, groups: Sequence[str], ranking: dict[str, Any]) -> list[float]:
    out = [float("nan")] * len(x)
    for group in set(groups):
        at = [unit for unit, own in enumerate(groups) if own == group]
        for unit, rank in zip(at, exact_ranks([x[unit] for unit in at], ranking["ties"], ranking["first"]), strict=True):
            out[unit] = rank
    return out


# ------------------------------------------------------------------------------------------------------------ the tests


def panel(index: Index, values: dict[str, list[int | None]], units: Sequence[int], groups: Sequence[str]) -> Panel:
    table = [[values[column.id.rpartition(".")[2]][unit] for column in index.columns] for unit in units]
    return panel_of(index, np.array(table, dtype=float), groups=[groups[unit] for unit in units])


def same_as_exact(
    found: Scores, tree: dict[str, Any], x: dict[str, Row], groups: Sequence[str], order: Sequence[int], seed: int
) -> None:
    assert found.group_ranks is not None
    ranking = tree["ranking"]
    for at, node in enumerate(found.tree.nodes):
        expected = exact_ranks(x[node.id], ranking["ties"], ranking["first"])
        np.testing.assert_array_equal(found.ranks[0, :, at], [expected[unit] for unit in order], err_msg=f"{seed} {node.id}")
        inside = within_groups(x[node.id], groups, ranking)
        np.testing.assert_array_equal(found.group_ranks[0, :, at], [inside[unit] for unit in order], err_msg=f"{seed} {node.id}")
    grades = exact_grades(tree, x["index"], groups)
    root = found.tree.root
    assert [found.grade(0, at, root) for at in range(len(order))] == [grades[unit] for unit in order], seed


def permuted(tree: dict[str, Any], random: Random) -> dict[str, Any]:
    """Return a tree with the same nodes in another order."""
    key = next((key for key in ("indicators", "dimensions") if key in tree), None)
    if key is None:
        return tree
    return {**tree, key: random.sample([permuted(child, random) for child in tree[key]], len(tree[key]))}


@pytest.mark.parametrize("part", range(10))
def test_ranks_and_grades_of_random_trees_are_those_of_exact_arithmetic(part: int) -> None:
    for seed in range(part, TREES, 10):
        random = Random(seed)
        tree = random_tree(random)
        units = random.randint(2, 14)
        values, groups = random_values(random, tree, units), [random.choice("uv") for _ in range(units)]
        x = exact_scores(tree, values)
        for turn in range(2):
            order = list(range(units)) if turn == 0 else random.sample(range(units), units)
            index = Index.model_validate(tree if turn == 0 else permuted(tree, random))
            made = panel(index, values, order, groups)
            whole = score(index, made)
            same_as_exact(whole, tree, x, groups, order, seed)
        parts = score_in_blocks(index, made, empty, cells=units)
        same_as_exact(parts, tree, x, groups, order, seed)


def of_a_query(
    folder: Path, tree: dict[str, Any], values: dict[str, list[Any]], groups: Sequence[str]
) -> dict[tuple[str, str], dict[str, Any]]:
    """Score a tree as a query, and return what is written of each node and unit."""
    units = len(groups)
    (folder / "indicators.yaml").write_text(json.dumps(tree))
    (folder / "units.csv").write_text("id,group\n" + "".join(f"u{at:02},{group}\n" for at, group in enumerate(groups)))
    table: dict[str, Any] = {"unit": [f"u{at:02}" for at in range(units)], "period": ["2000"] * units}
    columns = {name: pa.array(column, pa.float64()) for name, column in values.items()}
    pq.write_table(pa.table(table | columns), folder / "v.parquet")
    where = ["--index", str(folder / "indicators.yaml"), "--out", str(folder / "out")]
    done = CliRunner().invoke(app, ["score", "--engine", "duckdb", *where])
    assert done.exit_code == 0, done.output
    rows = pq.read_table(folder / "out" / "scores.parquet").to_pylist()
    return {(str(row["node"]), str(row["unit"])): row for row in rows}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
@pytest.mark.parametrize("seed", range(count(4, 60)))
def test_ranks_and_grades_of_a_query_are_those_of_exact_arithmetic(tmp_path: Path, seed: int) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    random = Random(seed)
    tree, units = random_tree(random, plain=True), 40
    values, groups = random_values(random, tree, units), [random.choice("uv") for _ in range(units)]
    x = exact_scores(tree, values)
    found = of_a_query(tmp_path, tree, values, groups)
    ranking = tree["ranking"]
    for node, scores in x.items():
        for name, expected in (
            ("rank", exact_ranks(scores, ranking["ties"], ranking["first"])),
            ("group_rank", within_groups(scores, groups, ranking)),
        ):
            made = [found[node, f"u{at:02}"][name] for at in range(units)]
            np.testing.assert_array_equal([np.nan if rank is None else rank for rank in made], expected, err_msg=f"{node} {name}")


SMALL = {  # 0.1 * 3 - 0.3 is 0 on paper and 5.6e-17 in memory, which is 0 beside the 50 and the 40 of the other group
    "index": {"id": "index"},
    "units": {"table": "units.csv"},
    "data": {"v": {"path": "v.parquet"}},
    "defaults": {"source": "v", "weights": "equal", "missing": {"coverage": 0}},
    "dimensions": [
        {"id": "all", "formula": "0.1 * a - b", "normalise": "points"},
        {"id": "own", "formula": "0.1 * a - b", "normalise": {"method": "min-max", "over": "group"}},
    ],
    "ranking": {"within": "group"},
}
OF_SMALL = {"a": [500.0, 3.0, 0.0, 400.0], "b": [0.0, 0.3, 0.0, 0.0]}
GROUPS_OF_SMALL = ("u", "v", "v", "u")


@pytest.mark.parametrize("how", ["in memory", "in blocks", "in a query"])
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")
def test_what_is_one_beside_all_units_is_one_inside_a_group(tmp_path: Path, how: str) -> None:
    index = Index.model_validate(SMALL)
    if how == "in a query":
        pytest.importorskip("ibis", reason="the extra `events` is not installed")
        found = of_a_query(tmp_path, SMALL, OF_SMALL, GROUPS_OF_SMALL)
        units = [f"u{at:02}" for at in range(4)]
        of_group, shared = ([found["all", unit][name] for unit in units] for name in ("group_rank", "rank"))
        own = [found["own", unit]["score"] for unit in units]
    else:
        made = panel(index, {name: list(column) for name, column in OF_SMALL.items()}, range(4), GROUPS_OF_SMALL)
        done = score(index, made) if how == "in memory" else score_in_blocks(index, made, empty, cells=4)
        assert done.group_ranks is not None
        at = done.tree.position["all"]
        of_group, shared = done.group_ranks[0, :, at].tolist(), done.ranks[0, :, at].tolist()
        own = [None if np.isnan(x) else x for x in done.scores[0, :, done.tree.position["own"]].tolist()]
    assert of_group == [1, 1, 1, 2]
    assert shared == [1, 3, 3, 2]
    assert own == [100.0, None, None, 0.0], "units of one score have none where they are compared"


def test_places_inside_a_group_are_compared_with_the_tolerance_of_the_period() -> None:
    """The places that a normaliser gives inside groups, too: percentile, and so all that it is the pattern of."""
    own = {**SMALL["dimensions"][1], "normalise": {"method": "percentile", "over": "group"}}  # type: ignore[index]
    index = Index.model_validate({**SMALL, "dimensions": [own]})
    made = panel(index, {name: list(column) for name, column in OF_SMALL.items()}, range(4), GROUPS_OF_SMALL)
    assert score(index, made).scores[0, :, 0].tolist() == [100.0, 50.0, 50.0, 0.0]


# ------------------------------------------------------------------------------------------------- draws, and what is shown


@pytest.mark.parametrize("ties", ["competition", "dense", "average", "max"])
@pytest.mark.parametrize("seed", range(count(10, 200)))
def test_draws_are_ranked_as_the_index_is(ties: str, seed: int) -> None:
    rng = np.random.default_rng(seed)
    units, draws = int(rng.integers(2, 30)), 64
    near = 80.2 + rng.integers(-2, 40, (units, draws)) * rng.choice([1e-14, 2e-11, 4e-11])
    scores = np.where(rng.random((units, draws)) < 0.5, near, rng.normal(50.0, 20.0, (units, draws)))
    scores[rng.random((units, draws)) < 0.1 * (seed % 2)] = np.nan
    columns = _columns_of(ties, units)
    places = _ordered(scores, ties, Room(1 << 16)).places(Room(1 << 16)).T
    step = 2 if ties == "average" else 1
    expected = (ranks(scores, ties=ties) - 1) * step
    np.testing.assert_array_equal(places, np.where(np.isnan(expected), columns - 1, expected))


SHOWN = """
index: {id: index, decimals: 1}
units: {table: units.csv}
periods: {kind: year}
data: {d: {path: d.csv}}
defaults: {normalise: points, missing: {coverage: 0}}
dimensions: [{id: x, weight: 1}]
"""


def shown(folder: Path, values: Sequence[float], more: str = "") -> tuple[str, str, list[str]]:
    """Score some values, and return what the terminal, the summary and the formats of the workbook's column of scores say."""
    (folder / "indicators.yaml").write_text(SHOWN + more)
    (folder / "units.csv").write_text("id\n" + "".join(f"u{at}\n" for at in range(len(values))))
    (folder / "d.csv").write_text("id,year,x\n" + "".join(f"u{at},2020,{value}\n" for at, value in enumerate(values)))
    where = ["--index", str(folder / "indicators.yaml"), "--lang", "en"]
    done = CliRunner().invoke(app, ["score", *where, "--out", str(folder / "out")])
    assert done.exit_code == 0, done.output
    printed = CliRunner().invoke(app, ["rank", *where])
    page = openpyxl.load_workbook(folder / "out" / "2020" / "ranking.xlsx", data_only=True).worksheets[0]
    formats = [cell.number_format for cell in page["C"] if isinstance(cell.value, int | float)]
    return printed.output, (folder / "out" / "2020" / "summary.md").read_text(), formats


ALIKE = "ranks go by the scores before rounding"


def test_a_table_has_the_decimals_that_tell_apart_what_is_ranked_apart(tmp_path: Path) -> None:
    text, summary, formats = shown(tmp_path, [73.143, 73.138, 60.0])
    for said in (text, summary):
        assert "73.143" in said
        assert "73.138" in said
        assert "60.000" in said
        assert ALIKE not in said
    assert formats == ["0.000"] * 5, "three units, their mean, and how far they are apart"


def test_a_table_that_shows_nothing_alike_or_only_what_ties_has_the_decimals_declared(tmp_path: Path) -> None:
    for values, more in (([73.1, 73.1, 60.0], ""), ([73.143, 73.138, 60.0], "ranking: {decimals: 1}\n")):
        text, summary, formats = shown(tmp_path, values, more)
        assert "73.10" not in text + summary
        assert ALIKE not in text + summary
        assert formats == ["0.0"] * 5


@pytest.mark.parametrize(
    ("values", "more"),
    [
        ([73.14300001, 73.14300002, 60.0], ""),  # too near
        ([89.96, 89.97, 60.0], "grades: [{name: A, from: 90}, {name: B}]\n"),  # 89.96 is shown as 90.0 and graded so
    ],
)
def test_a_table_says_so_where_more_decimals_are_too_many_or_would_gainsay_a_grade(
    tmp_path: Path, values: list[float], more: str
) -> None:
    text, summary, formats = shown(tmp_path, values, more)
    assert ALIKE in text
    assert ALIKE in summary
    assert formats == ["0.0"] * 5
