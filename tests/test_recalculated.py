"""The workbook of a ranking in LibreOffice, calculated anew: what its formulas say is what the engine says, also of other weights."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

from indexcalc.engine import score
from indexcalc.engine.nodes import aggregate
from indexcalc.engine.ranking import grade, rank
from indexcalc.panel import NOT_APPLICABLE, Panel
from indexcalc.report.files import report_files
from indexcalc.report.formats.xlsx.layout import FIRST, HEAD_ROW, WEIGHT_COLUMN, Layout, layout
from indexcalc.report.sheets.live import IN_CELLS, live_of
from indexcalc.report.sheets.what_if import BY_ORDER, BY_WEIGHTS
from indexcalc.scores import Scores
from tests.conftest import index_of, panel_of
from tests.office import calculated, needs_office

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("office"),
    pytest.mark.filterwarnings("ignore:.*extension is not supported:UserWarning"),  # LibreOffice's own, in what it saves
]
NAMES = {name: name for name in ("weights", "trial", "leaves", "nodes", "covered", "places")}


def every_aggregator() -> tuple[Any, Panel]:
    """A tree of each aggregator under each rule of what is missing, with gaps, what does not apply, and four units that tie."""
    given = {
        "power": "{method: power, p: 3}",
        "owa": "{method: owa, weights: [3, 2, 1, 1, 1]}",
        "geometric": "{method: geometric, floor: 20}",
        "product": "{method: product, scale: 0.00000001}",
    }
    policies = ["", "missing: {policy: floor}, ", "missing: {policy: reweight, children: 3}, ", "missing: {policy: fail}, "]
    groups: list[list[str]] = [[], [], []]
    for at, method in enumerate(sorted(BY_WEIGHTS | BY_ORDER)):
        for turn in range(2):
            leaves = ", ".join(f"{{id: {method}-{turn}-{leaf}, weight: 0.2}}" for leaf in range(5))
            own = f"aggregate: {given.get(method, method)}, {policies[(at + turn) % 4]}weight: 1/8"
            groups[at % 3].append(f"      - {{id: {method}-{turn}, {own}, indicators: [{leaves}]}}")
    tops = [f"  - id: {'abc'[at]}\n    weights: relative\n    indicators:\n" + "\n".join(own) for at, own in enumerate(groups)]
    index = index_of(
        "index: {id: i, name: 指数, nature: 模拟数据}\n"
        "defaults: {normalise: {method: goalposts, worst: 0, best: 100}, missing: {policy: reweight, coverage: 0.6}}\n"
        "ranking: {ties: average}\ndimensions:\n" + "\n".join(tops)
    )
    random = np.random.default_rng(3)
    values = random.uniform(5, 95, (12, len(index.columns))).round(1)
    values[random.random(values.shape) < 0.25] = np.nan
    values[8:] = 50.0
    panel = panel_of(index, values)
    without = random.random(values.shape) < 0.15
    without[3, :5] = True  # a whole node
    without[8:] = False
    panel.values[0][without] = np.nan
    panel.status[0][without] = NOT_APPLICABLE
    return index, panel


MIXED = """
index: {id: i, decimals: 2}
units: {table: units.csv}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}, missing: {policy: reweight, coverage: 0.6}}
ranking: {decimals: 1, within: group}
grades: [{name: 'so "good"', from: 55}, {name: fair, from: 45}, {name: poor}]
adjustments: [{id: plus, node: a, each: 2.5}, {id: stop, veto: {grade: fair}}]
dimensions:
  - id: a
    weight: 0.25
    indicators: [{id: x, weight: 0.3}, {id: y, weight: 0.3}, {id: z, weight: 0.4}]
  - id: b
    weight: 0.35
    direction: lower
    round: 1
    ranking: {ties: max, first: lowest}
    indicators:
      - {id: c, weight: 0.4, aggregate: harmonic, indicators: [{id: p, weight: 0.5}, {id: q, weight: 0.5}]}
      - {id: v, weight: 0.6}
  - {id: w, weight: 0.4}
"""


def mixed() -> tuple[Any, Panel]:
    """Leaves beside nodes, coverage at exactly what is asked for and just below, points, rounding, a turned node, groups, a veto."""
    index = index_of(MIXED)
    columns = [column.id for column in index.columns]
    random = np.random.default_rng(5)
    values = random.uniform(10, 90, (9, len(columns))).round(1)
    events = [columns.index(name) for name in ("plus", "stop")]
    values[:, events] = np.array([0, 0, 1, 0, 2, 0, 0, 1, 0])[:, None]
    values[0, columns.index("z")] = np.nan  # 0.3 + 0.3 of 1: exactly what is asked for
    values[1, columns.index("x")] = np.nan  # 0.7
    values[2, [columns.index(name) for name in ("x", "z")]] = np.nan  # 0.3, too little
    values[5, columns.index("v")] = np.nan  # 0.4 of b, and then 0.65 of the index
    values[7:] = values[6]  # ties
    values[3, :] = np.nan
    values[3, events] = 0
    return index, panel_of(index, values, groups=["east", "west", "East"] * 3)


def ranked_densely() -> tuple[Any, Panel]:
    """Three levels, and more scores that are one but for their last bits; the lowest is the first, places leave none out."""
    index = index_of(
        "index: {id: i}\ndefaults: {normalise: {method: goalposts, worst: 0, best: 100}}\n"
        "ranking: {ties: dense, first: lowest}\ndimensions:\n"
        "  - {id: a, weight: 1/3, indicators: [{id: aa, weight: 0.7, indicators: [{id: k}, {id: l}]}, {id: ab, weight: 0.3}]}\n"
        "  - {id: b, weight: 1/3, aggregate: sum, indicators: [{id: m, weight: 0.1}, {id: n, weight: 0.9}]}\n"
        "  - {id: c, weight: 1/3, aggregate: mpi, indicators: [{id: o}, {id: s}, {id: t}]}\n"
    )
    values = np.random.default_rng(6).uniform(20, 80, (8, len(index.columns))).round(1)
    values[:2] = 30.3
    values[2:4] = values[4]
    values[3, -1] = np.nan
    return index, panel_of(index, values)


@dataclass
class Case:
    """A period as the engine has it, under the weights of the tree or under others, and its workbook as it was calculated."""

    scores: Scores
    found: Layout
    written: Path
    book: Any
    changed: Any
    given: dict[int, Any]


def changed_weights(scores: Scores, live: Any, seed: int) -> dict[int, Any]:
    """Weights of all free nodes, whole ten-thousandths: at random, and one node with all weight on one child."""
    random, given = np.random.default_rng(seed), {}
    for block, children in live.blocks[:-1]:
        if live.is_free(block):
            given[block] = random.multinomial(10_000, random.dirichlet(np.full(len(children), 0.6))) / 10_000
    first = next(iter(given))
    given[first] = np.eye(len(given[first]))[0]
    assert len(given) > 1 and scores.tree.root in given
    return given


@pytest.fixture(scope="module")
def cases(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Case]:
    needs_office()
    folder, made, files = tmp_path_factory.mktemp("office"), {}, []
    for seed, make in enumerate((every_aggregator, mixed, ranked_densely)):
        index, panel = make()
        scores = score(index, panel)
        live = live_of(scores, scores.periods[-1])
        assert live is not None
        found = layout(live, NAMES, "zh")  # type: ignore[arg-type]
        name, given = make.__name__, changed_weights(scores, live, seed)
        written = folder / f"{name}.xlsx"
        written.write_bytes(report_files(scores, scores.periods[-1], "zh")["ranking.xlsx"])
        book = openpyxl.load_workbook(written)
        rows = {book["权重"].cell(row, 3).value: row for row in range(HEAD_ROW + 2, book["权重"].max_row + 1)}
        for node, weights in given.items():
            for child, weight in zip(live.branch_of[node].children, weights, strict=True):
                cell = book["权重"].cell(rows[index.tree.nodes[child].id], WEIGHT_COLUMN + 1)
                assert not cell.protection.locked, "it is one of those that may be changed"
                cell.value = float(weight)
        book.save(folder / f"{name}-changed.xlsx")
        falsified(written, folder / f"{name}-false.xlsx")
        files += [folder / f"{name}-false.xlsx", folder / f"{name}-changed.xlsx"]
        made[name] = (scores, found, written, given)
    out = calculated(files, folder)
    return {
        name: Case(
            scores,
            found,
            written,
            openpyxl.load_workbook(out / f"{name}-false.xlsx", data_only=True),
            openpyxl.load_workbook(out / f"{name}-changed.xlsx", data_only=True),
            given,
        )
        for name, (scores, found, written, given) in made.items()
    }


def falsified(file: Path, to: Path) -> None:
    """Write a workbook in which the first formula of the ranking is said to have come to -12345."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "xl/worksheets/sheet1.xml":
                content, times = re.subn(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>-12345\g<2>", content, count=1)
                assert times == 1
            new.writestr(name, content)


def number(value: object) -> float:
    return float(value) if isinstance(value, int | float) else np.nan


WHICH = ("every_aggregator", "mixed", "ranked_densely")


@pytest.mark.parametrize("name", WHICH)
def test_what_cells_say_is_what_their_formulas_come_to(cases: dict[str, Case], name: str) -> None:
    case = cases[name]
    formulas, said = openpyxl.load_workbook(case.written), openpyxl.load_workbook(case.written, data_only=True)
    count = 0
    for page in formulas:
        for cell in (cell for row in page.iter_rows() for cell in row):
            text = getattr(cell.value, "text", cell.value)
            if not (isinstance(text, str) and text.startswith("=")):
                continue
            count += 1
            was, now = (book[page.title][cell.coordinate].value for book in (said, case.book))
            if isinstance(was, int | float):
                assert now == pytest.approx(was, rel=1e-12, abs=1e-9), (page.title, cell.coordinate, text)
            else:
                assert (was or "") == (now or ""), (page.title, cell.coordinate, text)
    assert count > 400, "the one that was falsified is among them"


def under_other_weights(case: Case) -> tuple[Any, Any, Any, Any]:
    """Scores, coverage, ranks and ranks in groups of every node as the engine makes them under the changed weights."""
    own, tree = case.scores, case.scores.tree
    made = np.array(own.scores)
    others = {branch.position: np.asarray(w) for branch, w in zip(tree.branches, own.weights, strict=True)}
    nodes = aggregate(own.index, own.panel, own.status, made, weights=others | case.given)
    places, within = rank(own.index, own.panel, own.derived, made)
    return made[-1], nodes.coverage[-1], places[-1], None if within is None else within[-1]


@pytest.mark.parametrize("name", WHICH)
def test_changed_weights_give_the_scores_and_ranks_of_the_engine(cases: dict[str, Case], name: str) -> None:
    case = cases[name]
    tree, live, found = case.scores.tree, case.found.live, case.found
    made, coverage, places, _ = under_other_weights(case)
    fixed = set(live.fixed_nodes())
    assert {tree.nodes[node].id for node in fixed} == ({"owa-0", "owa-1"} if name == "every_aggregator" else set())

    def column(page: str, holds: str, node: int) -> list[object]:
        at = found.at[(holds, node)][1]
        return [case.changed[page].cell(FIRST + row + 1, at + 1).value for row in range(len(live.units))]

    moved = 0
    for branch in tree.branches:
        node, id = branch.position, tree.nodes[branch.position].id  # noqa: A001
        if node in fixed:
            continue
        np.testing.assert_allclose(
            [number(x) for x in column("各级得分", "score", node)], made[:, node], rtol=1e-12, atol=1e-9, err_msg=id
        )
        moved += not np.array_equal(made[:, node], case.scores.scores[-1, :, node], equal_nan=True)
        said = [number(x) for x in column("各级数据完整率", "score", node)]
        np.testing.assert_allclose(said, coverage[:, node - tree.leaves], atol=1e-12, err_msg=id)
        applies = case.scores.node_status(node)[-1] != NOT_APPLICABLE
        assert [x == "不适用" for x in column("各级得分", "score", node)] == (~applies).tolist()
        if found.has("own place", node):
            np.testing.assert_array_equal([number(x) for x in column("各级得分", "own place", node)], places[:, node], err_msg=id)
    assert moved >= 3, "weights matter"
    assert not np.array_equal(places[:, tree.root], case.scores.rank()[-1], equal_nan=True)


@pytest.mark.parametrize("name", WHICH)
def test_tables_follow_the_weights(cases: dict[str, Case], name: str) -> None:
    case = cases[name]
    tree, units = case.scores.tree, case.scores.panel.units
    made, coverage, places, within = under_other_weights(case)
    root = tree.root
    page = case.changed["总榜"]
    head = next(row for row in range(1, 6) if page.cell(row, 1).value == "位次")
    titles = [cell.value for cell in page[head]]
    rows = {row[1].value: row for row in page.iter_rows(min_row=head + 1) if row[1].value in units.ids}
    for at, unit in enumerate(units.ids):
        row = rows[unit]
        assert number(row[0].value) == pytest.approx(float(places[at, root]), nan_ok=True)
        assert number(row[2].value) == pytest.approx(made[at, root], abs=1e-9, nan_ok=True)
        covered = coverage[at, root - tree.leaves]
        assert number(row[titles.index("数据完整率")].value) == pytest.approx(covered, abs=1e-12, nan_ok=True)
        if within is not None:
            assert number(row[titles.index("组内位次")].value) == pytest.approx(float(within[at, root]), nan_ok=True)
    if case.scores.index.grades:
        graded = grade(case.scores.index, case.scores.panel, made[None], places[None], None, ceilings_of(case))[root][0]
        names = [one.name for one in case.scores.index.grades]
        said = [rows[unit][titles.index("等级")].value or "" for unit in units.ids]
        assert said == [names[one] if one >= 0 else "" for one in graded]
        assert len(set(said)) > 2
    mean = next(row for row in page.iter_rows(min_row=head + 1) if row[1].value == "全体平均")
    assert mean[2].value == pytest.approx(np.nanmean(made[:, root]), abs=1e-9)
    trial = case.changed["试算排名"]
    shown = [[cell.value for cell in row[:6]] for row in trial.iter_rows(min_row=4, max_row=3 + len(units))]
    order = np.argsort(places[:, root], kind="stable")
    assert [row[1] for row in shown] == [units.ids[at] for at in order]
    then = np.asarray(case.scores.rank()[-1], dtype=float)[order]
    for row, place, before in zip(shown, places[order, root], then, strict=True):
        assert [number(row[0]), number(row[3])] == pytest.approx([float(place), float(before)], nan_ok=True)
        assert number(row[4]) == pytest.approx(float(before - place), nan_ok=True)


def ceilings_of(case: Case) -> Any:
    from indexcalc.engine.adjust import grade_ceilings

    return grade_ceilings(case.scores.index, case.scores.panel)


@pytest.mark.parametrize("name", WHICH)
def test_what_scores_are_made_of_adds_up_under_other_weights(cases: dict[str, Case], name: str) -> None:
    page = cases[name].changed["得分构成"]
    made, *_ = under_other_weights(cases[name])
    tree = cases[name].scores.tree
    rows = [row for row in page.iter_rows(values_only=True) if row[1] in cases[name].scores.panel.units.ids]
    parts = len([node for node in tree.dimensions if node in tree.branches[-1].children])
    for row in rows:
        at = cases[name].scores.panel.units.ids.index(str(row[1]))
        if np.isnan(made[at, tree.root]):
            continue
        assert sum(number(x) if isinstance(x, int | float) else 0.0 for x in row[2 : 3 + parts]) == pytest.approx(
            made[at, tree.root]
        )
        weights = cases[name].given[tree.root]
        there = ~np.isnan(made[at, list(tree.branches[-1].children)])
        effect = weights * there / np.sum(weights * there)
        for part, weight, child in zip(row[2 : 2 + parts], effect, tree.branches[-1].children, strict=True):
            wanted = weight * made[at, child]
            assert number(part) == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def test_every_aggregator_that_cells_can_say_is_among_them(cases: dict[str, Case]) -> None:
    tree = cases["every_aggregator"].scores.tree
    assert {branch.aggregate for branch in tree.branches} >= IN_CELLS
