"""Setting pages and pictures with typst, in the faces that this machine has: these are looked for before anything is drawn."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ...findings import Place, Refused, finding
from ...journal.run import digest_of
from ...words.shown import visible
from ..draw.svg import alone
from ..fonts import Face, Role, chosen, find_faces

SLIDE, PRINT = 384, 288
"""Dots to the inch of pictures: a drawing of 640 is 2,560 dots wide for slides, and less in Word, where it is small."""
_UNSEEN = re.compile(r'the text `"(.+?)"` could not be displayed')
_JOINING = "\u200d\ufe0e\ufe0f"
"""What makes one sign of several: left beside a code that stands for one of them, it would join that code's last figure."""
_PICTURES = b"""#let data = json(bytes(sys.inputs.data))
#set page(width: auto, height: auto, margin: 0pt, fill: white)
#for one in data { page(image(bytes(one), format: "svg")) }
"""


def faces(wanted: str) -> Mapping[Role, Face]:
    """Return the face of each role for a format.

    :raises Refused: where typst is not installed, or there is no Chinese face.
    """
    _typst(wanted)
    return chosen(find_faces())


def typeset(source: bytes, data: object, own: Mapping[Role, Face], format: str, **options: Any) -> Any:  # noqa: A002 - typst's word
    """Set a source of typst with data in some faces and no others; a picture a page where the format is `png`."""
    typst = _typst(format)
    folders = sorted({str(face.file.parent) for face in own.values()})
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
    compiler = typst.Compiler(source, font_paths=fonts, ignore_system_fonts=True)
    said = json.dumps(data, ensure_ascii=False, allow_nan=False)
    return compiler.compile(sys_inputs={"data": said}, format=format, **options)


def typeset_pdf(source: bytes, data: object, own: Mapping[Role, Face], **options: Any) -> bytes:
    """Set a PDF for all readers (UA-1), in which every character is seen: those that no face has are spelt out by their code."""
    import typst

    spelt: dict[str, str] = {}
    while True:
        try:
            return bytes(typeset(source, _with(data, spelt), own, "pdf", pdf_standards=["ua-1"], **options))
        except typst.TypstError as error:
            unseen = {one for text in _UNSEEN.findall(str(error)) for one in _unescaped(text)}
            unseen = ({*unseen, *_JOINING} if unseen else unseen) - {*spelt}
            if not unseen:
                raise
            spelt |= {one: one.encode("unicode_escape").decode() for one in unseen}


def _unescaped(text: str) -> str:
    return re.sub(r"\\u\{([0-9a-f]+)\}", lambda found: chr(int(found[1], 16)), text)


def _with(data: Any, spelt: Mapping[str, str]) -> Any:
    """Return data whose texts have nothing that acts on a page, and other texts for some characters; so are pictures drawn."""
    if isinstance(data, str):
        return visible(data, lines=True).translate({ord(one): text for one, text in spelt.items()})
    if isinstance(data, Mapping):
        return {key: _with(value, spelt) for key, value in data.items()}
    return [_with(one, spelt) for one in data] if isinstance(data, list | tuple) else data


def lettered(drawn: str, own: Mapping[Role, Face]) -> str:
    """Return a drawing as a file whose letters are of a face that is there: in any other typst would take what it finds."""
    return alone(drawn.replace(' font-weight="bold"', ""), own["heading"].family).decode()


def as_png(drawings: Sequence[str], own: Mapping[Role, Face], dots: int = SLIDE) -> list[bytes]:
    """Return drawings as PNG, for slides and for Word."""
    if not drawings:
        return []
    made = typeset(_PICTURES, [lettered(one, own) for one in drawings], own, "png", ppi=dots)
    return made if isinstance(made, list) else [made]


def made_with(wanted: str) -> dict[str, str]:
    """Return what the bytes of a page that is set hang on beside its text: the version of typst, the digest of each font's file.

    :raises Refused: as `faces` does.
    """
    files = sorted({face.file for face in faces(wanted).values()})
    return {"typst": str(_typst(wanted).__version__), **{file.name: digest_of(file)[:16] for file in files}}


def _typst(wanted: str) -> Any:
    """Return the program that sets pages, or refuse with what to install for a format."""
    try:
        import typst
    except ImportError as absent:
        raise Refused([finding("IC540", Place(), format=wanted, package="typst", extra="report")]) from absent
    return typst
