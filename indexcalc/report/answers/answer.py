"""An answer in the three forms that it is asked for, and the files that it is kept in."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ...findings import Language
from ...scores import Scores
from ...words.periods import period_title
from ...words.reports import word
from ..draw.svg import alone
from ..formats.text import as_text
from ..formats.xlsx import workbook
from ..sheets.sheet import Sheet
from ..sheets.tables import MOST_ROWS as MOST_ROWS_OF_A_PAGE
from ..sheets.tables import shortened
from ..sheets.tidy import sheet_csv

ELSEWHERE = "--json / --out"  # where all of a table is that is shown in part
MOST_ROWS = 300  # of a table of units on a terminal
MOST_COLUMNS = 200  # of a sheet of a workbook; CSV has all


@dataclass(frozen=True)
class Answer:
    """A text for people, the same as data, and all of its tables by a short name, the main one's empty."""

    text: str
    data: Any
    sheets: Mapping[str, Sheet]
    pictures: Mapping[str, str] = field(default_factory=dict)
    """Charts as SVG, by a short name."""


def heading_of(scores: Scores, period: str, language: Language, node: int | None = None) -> str:
    """Return what an answer is about: the index or a node of it, and the period."""
    own = scores.tree.nodes[scores.tree.root if node is None else node]
    return f"{own.title(language)} · {period_title(period, language)}"


def text_of(heading: str, sheets: Iterable[Sheet], language: Language, said: Iterable[str] = ()) -> str:
    """Return a heading, what is said below it, and tables under their titles, a blank line between each two."""
    return "\n\n".join([heading, *said, *(f"{sheet.title}\n{as_text(sheet, language)}" for sheet in sheets)])


def files_of(answer: Answer, stem: str, made: Mapping[str, Any], language: Language) -> dict[str, bytes]:
    """Return the files of an answer: a workbook, a CSV file for each table that has rows, a picture for each chart, and JSON."""
    names = {key: f"{stem}.{key}.csv" if key else f"{stem}.csv" for key, sheet in answer.sheets.items() if sheet.rows}
    wide = [names[key] for key in names if len(answer.sheets[key].headings) > MOST_COLUMNS]
    pages = [
        shortened(answer.sheets[key], MOST_ROWS_OF_A_PAGE, language, file) for key, file in names.items() if file not in wide
    ]
    pages = pages or [sheet for sheet in answer.sheets.values() if not sheet.rows][:1]
    if wide and pages:
        said = word.in_csv_alone(language).format(files=", ".join(wide))
        pages[0] = replace(pages[0], notes=(*pages[0].notes, said))
    data = {"made": made, "result": answer.data}
    return {
        f"{stem}.xlsx": workbook(pages, language),
        **{file: sheet_csv(answer.sheets[key]) for key, file in names.items()},
        **{f"{stem}.{key}.svg": alone(drawn) for key, drawn in answer.pictures.items()},
        f"{stem}.json": (json.dumps(data, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode(),
    }
