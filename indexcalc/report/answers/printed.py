"""Scores beside those that were printed, as text, as data and as tables."""

from __future__ import annotations

from typing import Any

from ...analysis.printed import Printed
from ...findings import Language
from ...methods.arrays import np
from ...words.reports import word
from ..numbers import finite, listed
from ..sheets.alone import unit_label
from ..sheets.sheet import Heading, Sheet, Value
from ..sheets.tables import shortened
from .answer import ELSEWHERE, MOST_ROWS, Answer, heading_of, text_of


def printed_answer(result: Printed, language: Language) -> Answer:
    """Return how many agree in each column, and every number that does not."""
    sheets = {"": _columns(result, language), "differ": _differ(result, language)}
    heading = heading_of(result.scores, result.period, language)
    shown = [shortened(sheet, MOST_ROWS, language, ELSEWHERE) for sheet in sheets.values() if sheet.rows]
    said = [str(word.all_as_printed(language))] if result.agree else []
    return Answer(text_of(heading, shown, language, said), _data(result, language), sheets)


def _columns(result: Printed, language: Language) -> Sheet:
    headings = (
        Heading(word.column_in_print(language), "text"),
        Heading(word.indicator(language), "text"),
        Heading(word.compared_cells(language), "count"),
        Heading(word.as_printed(language), "count", strong=True),
        Heading(word.largest_difference(language), "score", decimals=6),
    )
    rows: list[tuple[Value, ...]] = []
    for column, cells in zip(result.columns, result.cells, strict=True):
        gaps = [abs(cell.own - cell.printed) for cell in cells]
        most = float(np.nanmax(gaps)) if gaps and not np.isnan(gaps).all() else float("nan")
        node = result.scores.tree.nodes[column.node].title(language)
        rows.append((column.title, node, len(cells), sum(cell.agrees for cell in cells), finite(most)))
    notes = [str(word.as_printed_help(language))]
    if result.strangers:
        notes.append(str(word.strangers_in_print(language)).format(names=listed(result.strangers[:20], language)))
    return Sheet(word.beside_print(language), headings, tuple(rows), notes=tuple(notes))


def _differ(result: Printed, language: Language) -> Sheet:
    headings = (
        Heading(unit_label(result.scores, language), "text"),
        Heading(word.column_in_print(language), "text"),
        Heading(word.own_number(language), "score", decimals=6),
        Heading(word.number_in_print(language), "score", decimals=6),
        Heading(word.difference_from_print(language), "signed", decimals=6),
    )
    units = result.scores.panel.units
    rows = tuple(
        (units.title(cell.unit, language), column.title, *map(finite, (cell.own, cell.printed, cell.own - cell.printed)))
        for column, cells in zip(result.columns, result.cells, strict=True)
        for cell in cells
        if not cell.agrees
    )
    return Sheet(word.not_as_printed(language), headings, rows)


def _data(result: Printed, language: Language) -> dict[str, Any]:
    tree, units = result.scores.tree, result.scores.panel.units
    return {
        "period": result.period,
        "agree": result.agree,
        "strangers": list(result.strangers),
        "columns": [
            {
                "column": column.title,
                "node": tree.nodes[column.node].id,
                "what": column.what,
                "compared": len(cells),
                "agree": sum(cell.agrees for cell in cells),
                "differ": [
                    {
                        "unit": units.ids[cell.unit],
                        "name": units.title(cell.unit, language),
                        "own": finite(cell.own),
                        "printed": finite(cell.printed),
                    }
                    for cell in cells
                    if not cell.agrees
                ],
            }
            for column, cells in zip(result.columns, result.cells, strict=True)
        ],
    }
