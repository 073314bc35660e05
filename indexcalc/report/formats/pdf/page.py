"""A report as PDF: what it says comes from its paper and tables, the layout from a template that typst sets."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from ....findings import Place, Refused, finding
from ....journal.run import digest_of
from ....words.paper import paper as word
from ...fonts import Face, Role, chosen, find_faces
from ...sheets.paper import Block, Paper, Text
from ..paper import LANDSCAPE, PORTRAIT, grids

_TEMPLATE = Path(__file__).parent / "report.typ"
_EPOCH = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)  # of what no calendar dates: a document says when its period ends, not a clock


def pdf(paper: Paper, ends: dt.date | None = None) -> bytes:
    """Set a report as PDF: the same bytes for the same report and the same fonts.

    `ends` is the last day of its period, which stands for the day on which it was made.

    :raises Refused: where typst is not installed, or there is no Chinese face.
    """
    typst = _typst()
    faces = chosen(find_faces())
    folders = sorted({str(face.file.parent) for face in faces.values()})
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    made = dt.datetime(ends.year, ends.month, ends.day, tzinfo=dt.UTC) if ends else _EPOCH
    compiler = typst.Compiler(_source(), font_paths=fonts, ignore_system_fonts=True)
    content = compiler.compile(
        sys_inputs={"data": json.dumps(_data(paper, faces), ensure_ascii=False, allow_nan=False)},
        format="pdf",
        timestamp=made,
        pdf_standards=["ua-1"],
    )
    assert isinstance(content, bytes)
    return content


def made_with() -> dict[str, str]:
    """Return what decides the bytes of a PDF beside what it says: the version of typst, and the digest of each font's file.

    :raises Refused: as `pdf` does.
    """
    files = sorted({face.file for face in chosen(find_faces()).values()})
    return {"typst": str(_typst().__version__), **{file.name: digest_of(file)[:16] for file in files}}


def _data(paper: Paper, faces: Mapping[Role, Face]) -> dict[str, Any]:
    """Return all that the template shows."""
    return {
        "title": paper.title,
        "language": paper.language,
        "faces": {role: face.family for role, face in faces.items()},
        "body": [one for block in paper.body for one in _shown(block, paper.language, PORTRAIT)],
        "attachments-title": word.attachments(paper.language),
        "made-by": paper.made_by,
        "attachments": [
            {
                "label": one.label,
                "title": one.title,
                "wide": one.wide,
                "pages": [
                    [part for block in leaf for part in _shown(block, paper.language, LANDSCAPE if one.wide else PORTRAIT)]
                    for leaf in one.pages
                ],
            }
            for one in paper.attachments
        ],
    }


def _shown(block: Block, language: str, width: float) -> list[dict[str, Any]]:
    if isinstance(block, Text):
        return [{"kind": "text", "text": block.text, "level": block.level}]
    return [{"kind": "table", **asdict(grid)} for grid in grids(block, language, width)]


def _typst() -> Any:
    """Return the program that sets pages, or refuse with what to install."""
    try:
        import typst
    except ImportError as absent:
        raise Refused([finding("IC540", Place(), format="pdf", package="typst", extra="report")]) from absent
    return typst


@cache
def _source() -> bytes:
    return _TEMPLATE.read_bytes()
