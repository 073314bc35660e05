"""The worked examples of methods.md: small indices of four units, scored by the program itself when the page is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from indexcalc.engine import score
from indexcalc.methods.aggregate import WITHOUT_WEIGHTS
from indexcalc.methods.derive import OVER_UNITS, evaluate
from indexcalc.methods.impute import FROM_SIBLINGS
from indexcalc.methods.judgement import RANDOM_INDEX, consistency
from indexcalc.methods.rank import rounded
from indexcalc.methods.weight import FROM_DATA
from indexcalc.panel import MISSING, NOT_APPLICABLE, VALUE, Panel, empty
from indexcalc.scores import Scores
from indexcalc.tree import Index, parse_index
from indexcalc.tree.formula import parse
from indexcalc.tree.model import Defaults
from indexcalc.units import Units

METHODS = yaml.safe_load((Path(__file__).parent / "methods.yaml").read_text(encoding="utf-8"))
UNITS = ("A", "B", "C", "D")
AROUND = {
    "index": "{id: small, decimals: 2}",
    "units": "{table: units.csv}",
    "data": "{values: {path: values.csv}}",
    "defaults": "{normalise: points, weights: equal}",
    "dimensions": "[{id: a}, {id: b}, {id: c}]",
}
YEARS = ("2021", "2022", "2023", "2024")
VALUES: dict[str, Any] = {  # what each room's methods are shown on, by the ids of indicators
    "normalise": {"x": [10, 20, 20, 50]},
    "aggregate": {"a": [80, 60, 90, 70], "b": [60, 60, 20, 50], "c": [40, 60, 70, None]},
    "weights": {"a": [80, 60, 90, 50], "b": [60, 75, 20, 50], "c": [40, 55, 70, 85]},
    "impute": {
        "x": dict(zip(YEARS, ([10, 20, None, 40], [None, 24, 12, 44], [30, None, 18, 46], [40, 36, None, 50]), strict=True))
    },
    "siblings": {"x": [10, 20, None, 40], "y": [12, 18, 31, 42]},
    "treat": {"x": [10, 20, 30, 200]},
    "ties": {"a": [70, 80, 90, 80]},
}
WEIGHTS = (0.5, 0.3, 0.2)
FORMULAS = (
    *("x + y", "x - y", "x * y", "x / y", "x ^ 2", "x > y", "x = y", "abs(x)", "sqrt(x)", "log(x)", "exp(x / 10)"),
    *("floor(x)", "ceil(x)", "round(x)", "round(x, 1)", "min(x, y)", "max(x, y)", "sum(x, y)", "mean(x, y)"),
    *("min(x, y, skip: true)", "max(x, y, skip: true)", "clip(x, 0, 3)"),
    *("x > 0 and y > 2", "x > 0 or y > 2", "not x > 0", "missing(x)", "coalesce(x, y)"),
    *("median(x, y, 1)", "trimmed(x, y, 1, 2)", "where(x > 0, y, 0)"),
)


def small_index(fragment: str, *, kind: str = "year") -> str:
    """Return the text of a whole index around a part of one: some blocks, what may stand under `defaults:`, or nodes."""
    part = yaml.safe_load(fragment)
    text = fragment.strip("\n")
    indented = "\n".join(f"  {line}" for line in text.splitlines())
    if isinstance(part, list):
        text, keys = f"dimensions:\n{indented}", {"dimensions"}
    elif set(part) <= set(Defaults.model_fields) - set(Index.model_fields):
        usual = "".join(
            f"  {key}: {value}\n" for key, value in (("normalise", "points"), ("weights", "equal")) if key not in part
        )
        text, keys = f"defaults:\n{usual}{indented}", {"defaults"}
    else:
        keys = set(part)
    around = AROUND | {"periods": f"{{kind: {kind}}}"}
    return "\n".join([*(f"{key}: {block}" for key, block in around.items() if key not in keys), text]) + "\n"


def scored(text: str, values: Mapping[str, Any], *, groups: Sequence[str] = (), units: Units | None = None) -> Scores | None:
    """Score the text of an index on values by the names of columns, per period or for one; nothing if the text is refused."""
    index, found = parse_index(text.encode(), "indicators.yaml")
    if index is None or any(one.severity == "error" for one in found):
        return None
    return score(index, _panel(index, values, units or Units(UNITS, groups=tuple(groups))))


def method_table(room: str, method: str, line: str) -> str:
    """Return the table of a method's worked example, as its line of YAML makes it."""
    return {
        "normalise": _normalised,
        "aggregate": _aggregated,
        "weights": _weighted,
        "impute": _imputed,
        "treat": _treated,
        "ties": _ranked,
    }[room](method, line)


def step_table(step: Mapping[str, Any]) -> str:
    """Return the table of a step that is a key of the tree, with the columns that the example asks for."""
    names = [period for column in step["values"].values() if isinstance(column, dict) for period in column]
    text = small_index(step["yaml"], kind="quarter" if any("Q" in str(name) for name in names) else "year")
    scores = scored(text, step["values"], groups=step.get("groups", ()))
    assert scores is not None, step["yaml"]
    columns = {title: _column(scores, *asked.split()) for title, asked in step["shown"].items()}
    if groups := step.get("groups"):
        columns = {"group": list(groups)} | columns
    return table(["unit", *columns], zip(UNITS, *columns.values(), strict=True))


def formula_table() -> str:
    """Return what each function and sign of formulas makes of four units."""
    values = {"x": np.array([4.25, 0.0, -2.5, np.nan]), "y": np.array([2.0, 3.0, -2.5, 1.0])}
    rows = [[f"`{name}`", *column] for name, column in values.items()]
    rows += [[f"`{text}`", *np.broadcast_to(evaluate(parse(text), values), 4)] for text in FORMULAS]
    return table(["formula", *UNITS], rows)


def consistency_table(line: str, said: str) -> str:
    """Return how far the judgements of an AHP example contradict each other, and the random indices for that."""
    found = consistency(yaml.safe_load(line)["weights"]["judgements"])
    sizes = range(3, 11)
    rows = [[name, *(indices[size - 1] for size in sizes)] for name, indices in RANDOM_INDEX.items()]
    told = said.format(lambda_max=found.lambda_max, ci=found.ci, cr=found.cr)
    return told + "\n\n" + table(["n", *map(str, sizes)], rows)


def over_units_tables(text: str) -> str:
    """Return the tables of what four streets report and what their two districts come to, by an example's lines of YAML."""
    ways, nan = [*OVER_UNITS, "households"], np.nan
    units = Units(("North", "South", *UNITS), levels=("district",) * 2 + ("street",) * 4, parents=(-1, -1, 0, 0, 1, 1))
    x, households = [nan, nan, 10, 40, 30, nan], [nan, nan, 100, 300, 200, 200]
    scores = scored(small_index(text), {"x": x, "households": households}, units=units)
    assert scores is not None, text
    rows = zip(UNITS, ["North", "North", "South", "South"], x[2:], households[2:], strict=True)
    made = [_column(scores, "derived", f"by-{how}") for how in ways]
    streets = table(["street", "district", "x", "households"], rows)
    return streets + "\n\n" + table(["district", *ways], zip(("North", "South"), *made, strict=True))


def table(titles: Sequence[str], rows: Any) -> str:
    """Return a Markdown table, numbers to four decimals at most."""
    lines = [list(titles), ["---", *["---:"] * (len(titles) - 1)], *([_cell(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _cell(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None or np.isnan(value):
        return "–"
    return f"{float(rounded(np.float64(value), 4)):.10g}"


def _panel(index: Index, values: Mapping[str, Any], units: Units) -> Panel:
    """Make a panel of values by the ids or headings of columns; those of one period serve for all."""
    several = [column for column in values.values() if isinstance(column, dict)]
    periods = tuple(str(period) for period in several[0]) if several else ("2024",)
    shape = len(periods), len(units), len(index.columns)
    out, status = empty(*shape), empty(*shape, np.uint8)
    out[...], status[...] = np.nan, MISSING
    for at, column in enumerate(index.columns):
        name = next((name for name in (column.id, *column.headers) if name in values), None)
        given = values[name] if name else [None] * len(units)
        for period, row in enumerate(given.values() if isinstance(given, dict) else [given] * len(periods)):
            for unit, value in enumerate(row):
                there = value is not None and value != "n/a" and not np.isnan(value)
                out[period, unit, at] = value if there else np.nan
                status[period, unit, at] = VALUE if there else NOT_APPLICABLE if value == "n/a" else MISSING
    return Panel(out, status, periods, units, tuple(column.id for column in index.columns))


def _column(scores: Scores, stage: str, name: str, period: str | None = None) -> list[Any]:
    """Return a stage of a node or column of an example in one period, the last if none is said."""
    at = scores.periods.index(period) if period else -1
    if stage == "value":
        places = [i for i, column in enumerate(scores.index.columns) if name in (column.id, *column.headers)]
        marks = scores.panel.status[at, :, places[0]]
        return [
            "n/a" if mark == NOT_APPLICABLE else value
            for mark, value in zip(marks, scores.panel.values[at, :, places[0]], strict=True)
        ]
    if stage == "points":
        return list(scores.points[at, :, [item.id for item in scores.index.adjustments].index(name)])
    node = scores.node(name)
    if stage in ("derived", "treated"):
        return list((scores.derived if stage == "derived" else scores.treated)[at, :, node])
    units, period_at = range(len(scores.panel.units)), at % len(scores.periods)
    if stage == "grade":
        return [scores.grade(period_at, unit, node) or "–" for unit in units]
    if stage == "primary":
        named = [scores.primary(period_at, unit, node) for unit in units]
        return [", ".join(scores.tree.nodes[child].id for child in children) or "–" for children in named]
    return list((scores.rank(name) if stage == "rank" else scores.score(name))[at])


def _normalised(method: str, line: str) -> str:
    """Scores of one indicator, of which more is better and, where the line allows it and it matters, less."""
    del method
    values = VALUES["normalise"]
    columns = {"x": values["x"]}
    for direction, title in (("higher", "more is better"), ("lower", "less is better")):
        scores = scored(
            small_index(f"defaults: {{{line}, weights: equal}}\ndimensions: [{{id: x, direction: {direction}}}]"), values
        )
        if scores is not None:
            columns[title] = _column(scores, "score", "x")
    if np.array_equal(columns.get("less is better", columns["more is better"]), columns["more is better"], equal_nan=True):
        columns = {"x": values["x"], "score": columns["more is better"]}
    return table(["unit", *columns], zip(UNITS, *columns.values(), strict=True))


def _aggregated(method: str, line: str) -> str:
    values = VALUES["aggregate"]
    weighs = method not in WITHOUT_WEIGHTS
    nodes = ", ".join(f"{{id: {name}{f', weight: {w}' if weighs else ''}}}" for name, w in zip(values, WEIGHTS, strict=True))
    weights = "given" if weighs else "equal"
    scores = scored(small_index(f"defaults: {{normalise: points, weights: {weights}, {line}}}\ndimensions: [{nodes}]"), values)
    assert scores is not None, line
    titles = [f"{name} ({w})" if weighs else name for name, w in zip(values, WEIGHTS, strict=True)]
    return table(["unit", *titles, "score"], zip(UNITS, *values.values(), _column(scores, "score", "small"), strict=True))


def _weighted(method: str, line: str) -> str:
    """Tabulate the scores of three siblings, those of their parent, and below them the weights; each unit's own beside them."""
    values = VALUES["weights"]
    declared = {"given": WEIGHTS, "relative": (2, 1, 1)}.get(method)
    nodes = ", ".join(f"{{id: {name}{f', weight: {declared[at]}' if declared else ''}}}" for at, name in enumerate(values))
    scores = scored(small_index(f"defaults: {{normalise: points, {line}}}\ndimensions: [{nodes}]"), values)
    assert scores is not None, line
    result = _column(scores, "score", "small")
    titles = [f"{name} ({declared[at]})" if declared else name for at, name in enumerate(values)]
    weights = scores.weights[-1]
    if method in FROM_DATA and weights.shape[1] > 1:
        rows = zip(UNITS, *values.values(), *weights[-1].T, result, strict=True)
        return table(["unit", *titles, *(f"weight of {name}" for name in values), "score"], rows)
    last = ["**weight**", *(f"**{_cell(w)}**" for w in weights.reshape(-1, len(values))[-1]), ""]
    return table(["unit", *titles, "score"], [*zip(UNITS, *values.values(), result, strict=True), last])


def _imputed(method: str, line: str) -> str:
    """Tabulate the gaps of four units filled, in bold: over four years, or from a sibling."""
    siblings = method in FROM_SIBLINGS
    values = VALUES["siblings" if siblings else "impute"]
    nodes = ", ".join(f"{{id: {name}}}" for name in values)
    groups = ("north", "north", "south", "south") if "group" in line else ()
    text = small_index(f"defaults: {{normalise: points, weights: equal, {line}}}\ndimensions: [{nodes}]")
    scores = scored(text, values, groups=groups)
    assert scores is not None, line
    cells = [(name, None) for name in values] if siblings else [("x", year) for year in YEARS]
    columns = {} if not groups else {"group": list(groups)}
    for name, year in cells:
        before, after = (_column(scores, stage, name, *([year] if year else [])) for stage in ("derived", "treated"))
        shown = [
            f"**{_cell(new)}**" if np.isnan(old) and not np.isnan(new) else new for old, new in zip(before, after, strict=True)
        ]
        columns[year or name] = shown
    return table(["unit", *columns], zip(UNITS, *columns.values(), strict=True))


def _treated(method: str, line: str) -> str:
    del method
    values = VALUES["treat"]
    scores = scored(small_index(f"defaults: {{normalise: points, weights: equal, {line}}}\ndimensions: [{{id: x}}]"), values)
    assert scores is not None, line
    return table(["unit", "x", "treated"], zip(UNITS, values["x"], _column(scores, "treated", "x"), strict=True))


def _ranked(method: str, line: str) -> str:
    del method
    values = VALUES["ties"]
    scores = scored(small_index(line), values)
    assert scores is not None, line
    return table(["unit", "score", "rank"], zip(UNITS, values["a"], _column(scores, "rank", "small"), strict=True))
