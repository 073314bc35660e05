"""The cookbook: every line of its tables does what stands beside it, in both languages.

A line is put into the small file that the page shows at its head, with the values that stand before the arrow; what is behind the
arrow was worked out by hand. This file knows how the page is read and nothing of any line.
"""

from __future__ import annotations

import csv
import functools
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import yaml

import indexcalc
from indexcalc.analysis.follow import goals, outcomes
from indexcalc.analysis.warning import warnings
from indexcalc.engine import score
from indexcalc.findings import Refused
from indexcalc.panel import IMPUTED
from indexcalc.report.sheets.tables import ranking_sheet
from indexcalc.scores import Scores
from indexcalc.tree.model import LEVELS, Index

from .conftest import REPOSITORY
from .projects import laid_out

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # findings are warnings of Python, and ibis has its own
LANGUAGES = ("en", "zh")
NOTHING = "–"
OF_UNITS = frozenset(["group", "level", "parent", "since", "until", "replaces", "years", "coast", "area"])  # of the units table
DENOMINATORS = frozenset({"people"})
TAKEN = ("-", "adjustments", "data", "denominators")  # lines that say themselves what their columns are for


class Line(NamedTuple):
    """A line of the page: its section's context and log, its YAML, the values before the arrow and the results behind it."""

    context: str
    log: str
    text: str
    given: str
    results: str


def page(language: str) -> str:
    return (REPOSITORY / "docs" / language / "cookbook.md").read_text(encoding="utf-8")


def lines_of(text: str) -> Iterator[Line]:
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    for section in sections:
        context, log = (re.search(rf"```{kind}\n(.*?)```", section, re.DOTALL) for kind in ("yaml", "csv"))
        for row in re.findall(r"^\|.*\|$", section, re.MULTILINE)[2:]:
            (_, line, shown) = (cell.strip() for cell in row.strip("|").split(" | "))
            given, _, results = shown.strip("`").partition("→")
            yield Line(context[1] if context else "", log[1] if log else "", line.strip("`"), given.strip(), results.strip())


PAGES = {language: list(lines_of(page(language))) for language in LANGUAGES}


def cells(text: str) -> list[list[str]]:
    """Return cells by period and unit."""
    return [[cell.strip() for cell in period.split(", ")] for period in text.split(" / ")]


def columns_of(given: str) -> dict[str, list[list[str]]]:
    """Return the cells of each column."""
    parts = [re.fullmatch(r"(\S+(?: \([a-z]+\))?) (.+)", part.strip()) for part in given.split("; ")] if given else []
    return {part[1]: cells(part[2]) for part in parts if part is not None}


def head_of(language: str) -> dict[str, Any]:
    """Return the file that the page shows at its head."""
    shown = re.search(r"```yaml\n(.*?)```", page(language), re.DOTALL)
    assert shown is not None
    made: dict[str, Any] = yaml.safe_load(shown[1])
    return made


def labels(kind: str, count: int) -> list[str]:
    """Return the first periods of a kind, from 2021 on."""
    if kind == "quarter":
        return [f"{2021 + at // 4}Q{at % 4 + 1}" for at in range(count)]
    return [str(2021 + at) for at in range(count)]


def joined(base: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    """Return a file with what a line adds to its blocks, or has in their place."""
    both = {key: {**base[key], **more[key]} for key in more if isinstance(more[key], dict) and isinstance(base.get(key), dict)}
    return {**base, **more, **both}


def tree_of(line: Line, language: str, columns: dict[str, Any]) -> dict[str, Any]:
    """Return the whole file around a line."""
    part = yaml.safe_load(line.text)
    words = set(re.findall(r"[\w-]+", line.text)) if line.text.startswith(TAKEN) else set()
    leaves = [name for name in columns if name not in OF_UNITS | DENOMINATORS | words and "(" not in name]
    made = head_of(language)
    made["denominators"] = [{"id": name} for name in columns if name in DENOMINATORS]
    made["dimensions"] = [*part, *leaves] if isinstance(part, list) else leaves
    made = joined(made, yaml.safe_load(line.context) or {})
    return made if isinstance(part, list) else joined(made, part)


def written(folder: Path, line: Line, language: str) -> Index:
    """Write the files that a line reads, and return its index."""
    columns = columns_of(line.given)
    tree = tree_of(line, language, columns)
    first = next(iter(columns.values()), [["", ""]])
    units, periods = "ABCDEF"[: len(first[0])], max((len(cells) for cells in columns.values()), default=0)
    times = labels(tree["periods"]["kind"], periods)
    own = [name for name in columns if name in OF_UNITS]
    of_units = [["id", *own], *([unit, *(columns[name][0][at] for name in own)] for at, unit in enumerate(units))]
    of_values = [["id", "period", *(name for name in columns if name not in own)]] + [
        [unit, time, *(columns[name][min(row, len(columns[name]) - 1)][at] for name in columns if name not in own)]
        for row, time in enumerate(times)
        for at, unit in enumerate(units)
    ]
    for name, rows in {"units.csv": of_units, "values.csv": of_values}.items():
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([["" if cell == NOTHING else cell for cell in row] for row in rows])
    if line.log:
        (name,) = re.findall(r"path: (\S+\.csv)", line.context)
        laid_out(folder, {name: line.log})
    return indexcalc.load(tree)


@functools.cache
def result(line: Line, language: str = "en") -> tuple[Scores | None, set[str]]:
    """Return the scores of a line, if it is not refused, and the codes of what was found; once, as both pages have the same lines."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            index = written(Path(folder), line, language)
            panel = indexcalc.read(index, folder)
        scores = score(index, panel)
    except Refused as refused:
        return None, {one.code for one in refused.findings}
    return scores, {one.code for one in (*index.findings, *panel.findings, *scores.findings)}


def shown(scores: Scores, what: str, period: str) -> list[Any]:
    """Return what there is of some kind in a period: a score, a rank … for each unit, weights for each child, names."""
    row, then = scores.periods.index(period), scores.of_period(period)
    units, root = scores.listed(row), then.tree.root
    if what == "weights":
        return list(then.sibling_weights[row, list(then.tree.branches[-1].children)])
    if what == "rank":
        return list(then.ranks[row, units, root])
    if what == "in-group":
        assert then.group_ranks is not None
        return list(then.group_ranks[row, units, root])
    if what == "grade":
        return [then.grade(row, unit, root) for unit in units]
    if what in ("met", "goal"):
        found = outcomes(then, row) if what == "met" else goals(then, row)
        return [then.panel.units.ids[one.unit] if what == "met" else one.state for one in found]
    if what in ("alert", "step"):
        (judged,) = warnings(then)
        if what == "step":
            steps = [int(judged.steps[row, unit, 0]) for unit in units]
            return [judged.escalation[step].name if step >= 0 else NOTHING for step in steps]
        return [LEVELS[level - 1] if level > 0 else NOTHING for level in judged.levels[row, units, 0].tolist()]
    if what == "primary":
        named = [[then.tree.nodes[place].id for place in then.primary(row, unit, root)] for unit in units]
        return [" ".join(names) or NOTHING for names in named]
    if what == "printed":
        sheet = ranking_sheet(then, period, "en")
        at = next(at for at, heading in enumerate(sheet.headings) if heading.title == "Score")
        return [printed(row[at], then) for row in sheet.rows]
    if what == "status":
        return ["estimated" if flag == IMPUTED else "reported" for flag in then.node_status(0)[row, units].tolist()]
    return list(then.scores[row, units, root if what == "score" else then.node(what)])


def printed(cell: Any, scores: Scores) -> str:
    return cell if isinstance(cell, str) else f"{cell:.{scores.index.index.decimals}f}"


def agrees(got: Any, said: str) -> bool:
    """Say whether a result is the one that was stated, a number to the decimals of that."""
    if isinstance(got, str):
        return got == said
    if said == NOTHING or np.isnan(got):
        return said == NOTHING and bool(np.isnan(got))
    return abs(float(got) - float(said)) <= 0.5 * 10 ** -len(said.partition(".")[2]) + 1e-9


@pytest.mark.parametrize(
    ("language", "line"),
    [pytest.param(language, line, id=f"{language}-{line.text}") for language in LANGUAGES for line in PAGES[language]],
)
def test_a_line_does_what_stands_beside_it(language: str, line: Line) -> None:
    scores, found = result(line)
    if "IC719" in found and "IC719" not in line.results:
        pytest.skip("the extra `events` is not installed")
    for part in line.results.split("; "):
        if re.fullmatch(r"IC\d{3}", part):
            assert part in found
            continue
        assert scores is not None, found
        asked = re.fullmatch(r"(?:(?P<period>\d{4}\w*): )?(?:(?P<what>[a-z][\w-]*) )?(?P<cells>.+)", part)
        assert asked is not None
        said = cells(asked["cells"])
        if asked["what"] is None and not re.match(r"[-–\d<]", part):
            said, what = cells(part), "score"
        what = asked["what"] or "score"
        periods = [asked["period"]] if asked["period"] else scores.periods[-len(said) :]
        for period, row in zip(periods, said, strict=True):
            got = shown(scores, what, period)
            assert len(got) == len(row) and all(map(agrees, got, row)), (period, what, got, row)


def test_both_pages_have_the_same_lines_and_there_are_a_hundred() -> None:
    assert PAGES["en"] == PAGES["zh"]
    assert head_of("en") == head_of("zh")
    texts = [line.text for line in PAGES["en"]]
    assert len(texts) >= 100
    assert len(set(texts)) == len(texts)
    assert all(line.results for line in PAGES["en"])
