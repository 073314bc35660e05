"""A report as PDF: what it says comes from its paper and tables, the layout from a template that typst sets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from ....words.paper import paper as word
from ...fonts import Face, Role
from ...sheets.paper import Beside, Figure, Paper, Text
from ..paper import FIGURE, PETALS, PORTRAIT, Laid, first_part, laid_out, pages_of
from ..typeset import faces, lettered, typeset_pdf

_TEMPLATE = Path(__file__).parent / "report.typ"
_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # of what no calendar dates: a document says when its period ends, not a clock


def pdf(paper: Paper, ends: dt.date | None = None) -> bytes:
    """Set a report as PDF: the same bytes for the same report and the same fonts.

    `ends` is the last day of its period, which stands for the day on which it was made. Typst refuses what is no PDF/UA-1.

    :raises Refused: where typst is not installed, or there is no Chinese face.
    """
    own = faces("pdf")
    made = dt.datetime(ends.year, ends.month, ends.day, tzinfo=dt.UTC) if ends else _EPOCH
    return typeset_pdf(_source(), _data(paper, own), own, timestamp=made)


def _data(paper: Paper, own: Mapping[Role, Face]) -> dict[str, Any]:
    """Return all that the template shows: the tables and figures of the first part may move to the top or foot of a page."""
    body = laid_out(paper.body, paper.language, PORTRAIT)
    return {
        "title": paper.title,
        "language": paper.language,
        "faces": {role: face.family for role, face in own.items()},
        "high": FIGURE,
        "petals": PETALS,
        "body": _shown(body, own),
        "attachments-title": word.attachments(paper.language),
        "titles": paper.titles,
        "floats": first_part(body),
        "attachments": [
            {
                "label": one.label,
                "title": one.title,
                "wide": one.wide,
                "pages": [_shown(leaf, own) for leaf in pages_of(one, paper.language)],
            }
            for one in paper.attachments
        ],
    }


def _shown(blocks: Sequence[Laid], own: Mapping[Role, Face]) -> list[dict[str, Any]]:
    return [_part(block, own) for block in blocks]


def _part(block: Laid, own: Mapping[Role, Face]) -> dict[str, Any]:
    if isinstance(block, Text):
        return {"kind": "text", "text": block.text, "level": block.level}
    if isinstance(block, Figure):
        return {"kind": "figure", **asdict(block), "svg": lettered(block.svg, own)}
    if isinstance(block, Beside):
        return {"kind": "beside", "figure": _part(block.figure, own), "lines": [_part(line, own) for line in block.lines]}
    return {"kind": "table", **asdict(block)}


@cache
def _source() -> bytes:
    return _TEMPLATE.read_bytes()
