"""Text above the line in a workbook's cells: footnote marks, which calamine puts behind a number as if they were its digits.

Every reader of marks gives the text of such a cell with what stands above the line written as Unicode has it, 12.3¹ for 12.3
with a small 1, so that it is seen for what it is, as in any text file.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass, field
from xml.etree import ElementTree as ET

from .spelling import raised

_SUPERSCRIPT = re.compile(rb"[\"']superscript[\"']")


def xlsx_raised_strings(content: bytes) -> dict[str, str]:
    """Return the shared strings of an .xlsx file that have text above the line, by their numbers as cells name them."""
    if not _SUPERSCRIPT.search(content):
        return {}
    items = (element for element in ET.fromstring(content) if _local(element.tag) == "si")  # noqa: S314 - as in `marks`
    return {str(number): text for number, item in enumerate(items) if (text := _text_of(item))}


def xlsx_raised(content: bytes, strings: dict[str, str]) -> dict[str, str]:
    """Return the texts of a sheet's cells that have text above the line, by the cells' addresses such as C3."""
    if not strings and not _SUPERSCRIPT.search(content):
        return {}
    found: dict[str, str] = {}
    for element in ET.fromstring(content).iter():  # noqa: S314
        if _local(element.tag) != "c":
            continue
        kind, children = element.get("t"), {_local(child.tag): child for child in element}
        if kind == "s" and "v" in children:
            text = strings.get((children["v"].text or "").strip(), "")
        else:
            text = _text_of(children["is"]) if kind == "inlineStr" and "is" in children else ""
        if text:
            found[element.get("r", "")] = text
    return found


def _text_of(item: ET.Element) -> str:
    """Return the text of a string that has runs above the line; nothing for one that has none."""
    parts, above = [], False
    for child in item:
        if _local(child.tag) == "t":
            parts.append(child.text or "")
        elif _local(child.tag) == "r":
            text = "".join(one.text or "" for one in child if _local(one.tag) == "t")
            sets = any(_local(one.tag) == "vertAlign" and one.get("val") == "superscript" for one in child.iter())
            above |= sets
            parts.append(raised(text) if sets else text)
    return "".join(parts) if above else ""


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


@dataclass
class Above:
    """What of the text in an .ods file stands above the line: spans of the styles that say so."""

    styles: set[str] = field(default_factory=set)
    style: str = ""
    spans: list[bool] = field(default_factory=list)
    any: bool = False  # in the cell that is open

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the beginning of an element."""
        if name == "style":
            self.style = attributes.get("style:name", "")
        elif name == "text-properties" and re.match(r"super|[1-9]", attributes.get("style:text-position", "")):
            self.styles.add(self.style)
        elif name == "span":
            self.spans.append(attributes.get("text:style-name", "") in self.styles)

    def end(self, name: str) -> None:
        """Take the end of an element."""
        if name == "span":
            self.spans.pop()

    def written(self, text: str) -> str:
        """Return a text as it is written where the walk is."""
        if not any(self.spans):
            return text
        self.any = True
        return raised(text)


FONT, STRINGS, CONTINUED = 0x0031, 0x00FC, 0x003C
_ABOVE = 1  # of a font's escapement: 0 on the line, 2 below
_NO_FONT = 4  # the number that no font of an .xls file has


def xls_fonts_above(records: Iterable[tuple[int, bytes]]) -> frozenset[int]:
    """Return the numbers of the fonts of an .xls file that are above the line, of the records before its sheets."""
    fonts = [len(record) > 9 and struct.unpack_from("<H", record, 8)[0] == _ABOVE for kind, record in records if kind == FONT]
    return frozenset(number + (number >= _NO_FONT) for number, above in enumerate(fonts) if above)


def xls_raised_strings(records: Iterable[tuple[int, bytes]]) -> dict[int, str]:
    """Return the shared strings of an .xls file that have text above the line, by number, of the records before its sheets."""
    records = list(records)
    blocks: list[bytes] = []
    of_strings = False
    for kind, record in records:
        of_strings = kind == STRINGS or (kind == CONTINUED and of_strings)
        if of_strings:
            blocks.append(record)
    above = xls_fonts_above(records)
    return dict(_raised_among(_strings_in(blocks), above)) if above and blocks else {}


def xls_raised_cell(record: bytes, above: Container[int], code_page: str | None) -> str:
    """Return the text of a cell that holds its own runs, where some are above the line; nothing for one that has none.

    Before Excel 97, letters had one byte, or two in a `code_page`, and runs were counted in these.
    """
    if code_page is not None:
        text, at = record[8 : 8 + struct.unpack_from("<H", record, 6)[0]], 8 + struct.unpack_from("<H", record, 6)[0]
        marks = [struct.unpack_from("<BB", record, at + 1 + 2 * run) for run in range(record[at])]
        runs = [(len(text[:start].decode(code_page, "replace")), font) for start, font in marks]
        return _if_above(text.decode(code_page, "replace"), runs, above)
    length, flags = struct.unpack_from("<HB", record, 6)
    size, encoding = (2 * length, "utf-16-le") if flags & 1 else (length, "latin-1")
    count = struct.unpack_from("<H", record, 9 + size)[0]
    pairs = [struct.unpack_from("<HH", record, 11 + size + 4 * run) for run in range(count)]
    return _if_above(record[9 : 9 + size].decode(encoding), [(start, font) for start, font in pairs], above)


def _if_above(text: str, runs: list[tuple[int, int]], above: Container[int]) -> str:
    return with_runs(text, runs, above) if any(font in above for _, font in runs) else ""


def _raised_among(strings: Iterable[tuple[str, list[tuple[int, int]]]], above: Container[int]) -> Iterator[tuple[int, str]]:
    """Yield the number and text of each string of which a run has one of some fonts."""
    for number, (text, runs) in enumerate(strings):
        if raised_text := _if_above(text, runs, above):
            yield number, raised_text


def with_runs(text: str, runs: list[tuple[int, int]], above: Container[int]) -> str:
    """Return a text with its runs in some fonts above the line; a run is its beginning and its font."""
    ends = [*(start for start, _ in runs[1:]), len(text)]
    parts = [text[: runs[0][0]]] if runs else [text]
    for (start, font), end in zip(runs, ends, strict=True):
        part = text[start:end]
        parts.append(raised(part) if font in above else part)
    return "".join(parts)


def _strings_in(blocks: list[bytes]) -> Iterator[tuple[str, list[tuple[int, int]]]]:
    """Yield the shared strings with their runs; a string may go on in the next block, which then says anew how wide it is."""
    count = struct.unpack_from("<I", blocks[0], 4)[0]
    at, block = 8, 0

    def take(size: int) -> bytes:
        nonlocal at, block
        taken = b""
        while len(taken) < size:
            if at >= len(blocks[block]):
                at, block = 0, block + 1
            piece = blocks[block][at : at + size - len(taken)]
            at += len(piece)
            taken += piece
        return taken

    for _ in range(count):
        length, flags = struct.unpack("<HB", take(3))
        runs = struct.unpack("<H", take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", take(4))[0] if flags & 4 else 0
        text = ""
        while len(text) < length:
            if at >= len(blocks[block]):
                at, block = 1, block + 1
                flags = blocks[block][0]
            wide = 2 if flags & 1 else 1
            here = min(length - len(text), (len(blocks[block]) - at) // wide)
            text += take(here * wide).decode("utf-16-le" if wide == 2 else "latin-1")
            at = at if here else len(blocks[block])
        marks = [struct.unpack("<HH", take(4)) for _ in range(runs)]
        take(extra)
        yield text, [(start, font) for start, font in marks]
