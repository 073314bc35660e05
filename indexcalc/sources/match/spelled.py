"""How the numbers of a column are spelled, by what its source declares or by the column itself, and what cells are instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from ...findings import Finding, Place, finding
from ...tree.columns import Column
from ...tree.model import Data
from ...words.recognised_data import DATE, MULTIPLES, SECONDS, WORDS_ABOVE
from ..readers.numbers import NOT_A_NUMBER, Numbers, read_numbers
from ..readers.spelling import LAKH, NARROW, PLAIN, SPACE, Commas, Spelling, alone, commas_in, together, without_footnote
from ..readers.table import Cell, Table

_DECIMAL_COMMA, _LEFT_OPEN, _BOTH, _SPELLED, _FOOTNOTES, _DATE, _DURATION, _DIGITS, _LAKHS = (
    "IC900", "IC901", "IC902", "IC903", "IC904", "IC905", "IC906", "IC907", "IC952",
)  # fmt: skip
COUNTED = (_DECIMAL_COMMA, _LEFT_OPEN, _BOTH, _SPELLED, _FOOTNOTES, _DATE, _DURATION, _DIGITS, _LAKHS)
"""Findings of which one is enough for all cells of an indicator in a table."""

_SPACED = r"[+-]?[1-9][0-9]{0,2}(?:[ \u00a0\u2002-\u200a\u202f\u3000][0-9]{3})+(?:[.,][0-9]+)?"
_APOSTROPHES = r"[+-]?[1-9][0-9]{0,2}(?:['’][0-9]{3})+(?:[.,][0-9]+)?"
_SHOWN = 5  # places of cells that are alike
_LONG = 60  # no number is written longer than this, with what stands beside it
_BY_POINTS = r"[+-]?[1-9][0-9]{0,2}(?:\.[0-9]{3})+"
_CLOCK = r"-?[0-9]+:[0-5][0-9](?::[0-5][0-9](?:\.[0-9]+)?)?"
_FLAG = r"(?s)(.*[0-9.%)])\s*([A-Za-z]{1,2}|[*#†‡§^~!?]{1,3}|[(\[][^()\[\]]{1,6}[)\]])"


Placed = Callable[[int], Place]
"""What tells where a cell stands, by its place among those that were read."""


class Said(NamedTuple):
    """What is found of the spelling of a column: a code, the cell that shows it, how that is read, a cell that says otherwise."""

    code: str
    found: str
    number: float | None = None
    other: str = ""


def read_column(data: Data, table: Table, column: Column, cells: Sequence[Cell]) -> tuple[Numbers, Spelling, list[Said]]:
    """Read some cells of a table's column as numbers, spelled as its source says or as they show themselves."""
    percent, seconds = column.measure.endswith(("%", "％")), seconds_of(column.measure)
    words = frozenset(data.missing), frozenset(data.not_applicable)

    def read(spelling: Spelling) -> Numbers:
        return read_numbers(
            cells,
            missing=words[0],
            not_applicable=words[1],
            percent=percent,
            numbers=data.numbers,
            spelling=spelling,
            seconds=seconds,
        )

    declared = spelling_of(data)
    numbers = read(declared)
    if data.decimal or data.thousands == LAKH or (numbers.plain and table.separator != ";"):
        return numbers, declared, []
    texts = [cell for cell in cells if isinstance(cell, str)]
    joined = "\n".join(texts)
    if "," not in joined and "，" not in joined and not (table.separator == ";" and _apart_by_points(texts)):
        return numbers, declared, []
    spelling, said = _decided(data, declared, table, texts)
    return (numbers if spelling == declared else read(spelling)), spelling, said


def spelling_of(data: Data) -> Spelling:
    """Return the spelling that a source declares; of two marks of which one is declared, the other follows."""
    decimal = data.decimal or ("," if data.thousands == "." else ".")
    thousands = "" if data.thousands == "none" else data.thousands or ("." if decimal == "," else ",")
    if (decimal, thousands, data.negative, data.flags, data.multiples) == (".", ",", None, (), {}):
        return PLAIN
    return Spelling(decimal, thousands, data.negative, tuple(map(_narrow, data.flags)), data.multiples)


def _narrow(text: str) -> str:
    return text.translate(NARROW).strip(SPACE)


@cache
def seconds_of(measure: str) -> float | None:
    """Return how many seconds a measure of time is, of a time for each of something as well; nothing for other measures.

    >>> seconds_of("hours / case"), seconds_of("cases")
    (3600.0, None)
    """
    return SECONDS.get(re.split("[/／]", measure)[0].strip().casefold())


def _apart_by_points(texts: Iterable[str]) -> bool:
    """Say whether all points of a column could set thousands apart."""
    pointed = [text for text in texts if "." in text]
    return bool(pointed) and all(re.fullmatch(_BY_POINTS, text.translate(NARROW).strip(SPACE)) for text in pointed)


def _decided(data: Data, declared: Spelling, table: Table, texts: Sequence[str]) -> tuple[Spelling, list[Said]]:
    """Decide what the commas and points of a column are, where its source does not say it."""
    own = commas_in(texts)
    if data.thousands and data.thousands != ",":  # then a comma sets no thousands apart, and a point only where it is said to
        own = own._replace(decimal=own.decimal or own.either, point=own.point or own.either_point, either="", either_point="")
    if own.lakh and not data.thousands and not (own.thousands or own.decimal) and _lakhs(table, texts):
        lakhs = declared._replace(thousands=LAKH)
        return lakhs, [Said(_LAKHS, own.lakh, lakhs.number(alone(own.lakh)))]
    thousands = declared.thousands if data.thousands else "."
    comma = declared._replace(decimal=",", thousands=thousands)
    if own.decimal and (own.point or own.thousands):
        return declared, [Said(_BOTH, own.decimal, other=own.point or own.thousands)]
    if own.decimal and not (data.thousands or table.separator == ";" or _several(table, texts)):
        return declared, []  # one cell may be 1,200 that lost a digit
    if own.decimal:
        shown = own.either or own.either_point or own.decimal
        number = comma.number(alone(shown))
        return comma, [] if data.thousands or number is None else [Said(_DECIMAL_COMMA, shown, number)]
    if own.point or own.thousands or data.thousands or not (own.either or own.either_point):
        return declared, []
    return _told_by_others(own, declared, comma, table)


def _lakhs(table: Table, texts: Iterable[str]) -> bool:
    """Say whether more than one cell of a table is written as 1,23,456, and none of a column as 123,456."""
    shown = [text for text in map(alone, texts) if "," in text]
    fit = all(Spelling(thousands=LAKH).number(text) is not None for text in shown)
    return fit and (sum(text.count(",") > 1 for text in shown) > 1 or sum(bool(one.lakh) for one in table.commas) > 1)


def _several(table: Table, texts: Iterable[str]) -> bool:
    """Say whether more than one cell shows decimal commas, or one as 0,8 does, which no thousands begin with."""
    shown = (text for text in texts if commas_in([text]).decimal)
    first = next(shown)
    return (
        first.lstrip(" +-").startswith("0") or next(shown, None) is not None or sum(bool(one.decimal) for one in table.commas) > 1
    )


def _told_by_others(own: Commas, declared: Spelling, comma: Spelling, table: Table) -> tuple[Spelling, list[Said]]:
    """Decide by what separates a table's cells, and by its other columns, what a column leaves open.

    In a text whose cells are separated by ; the comma is taken as a rule: it is the decimal mark, unless points are somewhere.
    """
    others = [said for name, said in zip(table.names, table.commas, strict=True) if not re.search(WORDS_ABOVE, name)]
    whole, shown = together(others), own.either or own.either_point
    points = bool(whole.point or whole.thousands)
    commas = table.separator == ";" and bool(whole.decimal or own.either)
    if points or not commas:
        return declared, [Said(_LEFT_OPEN, shown, declared.number(alone(shown)))] if whole.decimal else []
    if own.either and own.whole:  # 987 beside 1,234: a whole number that is small enough to need no comma
        return declared, [Said(_LEFT_OPEN, shown, declared.number(alone(shown)))]
    return comma, [Said(_DECIMAL_COMMA, shown, comma.number(alone(shown)))]


def told(
    numbers: Numbers, cells: Sequence[Cell], spelling: Spelling, said: Iterable[Said], column: Column, place: Placed
) -> Iterable[Finding]:
    """Yield what is to be said of cells that were read: how, digits that were lost, footnote marks that were set aside."""
    for one in said:
        if one.code != _BOTH:  # there the cells that cannot be read are the finding
            row = list(cells).index(one.found)
            yield finding(one.code, place(row), found=one.found, number=_shown(one.number), name=column.called)
    if numbers.lost:
        row, count = numbers.lost[0], len(numbers.lost)
        yield finding(
            _DIGITS, place(row), found=str(cells[row]), number=f"{numbers.values[row]:.0f}", name=column.called, count=count
        )
    marks = [
        row for row, mark in numbers.notes.items() if mark not in spelling.flags and without_footnote(_narrow(str(cells[row])))[1]
    ]
    if marks:
        number = _shown(float(numbers.values[marks[0]]))
        yield finding(
            _FOOTNOTES, place(marks[0]), found=str(cells[marks[0]]), number=number, name=column.called, count=len(marks)
        )


class Instead(NamedTuple):
    """What a cell is instead of a number: the code that says so, and the key that would have it read, with its value."""

    code: str
    key: str = ""
    value: str = ""
    number: float | None = None


def unread(
    bad: Iterable[tuple[int, str]], cells: Sequence[Cell], spelling: Spelling, said: Iterable[Said], column: Column, place: Placed
) -> tuple[list[Finding], list[tuple[int, str]]]:
    """Return one finding for each thing that cells are instead of numbers, and the cells of which nothing is known."""
    other = next((one.other for one in said if one.code == _BOTH), "")
    kinds: dict[tuple[str, str], list[tuple[int, Instead]]] = {}
    unknown = []
    for row, why in bad:
        what = _instead(cells[row], spelling, column, both=bool(other)) if why == NOT_A_NUMBER else None
        if what is None:
            unknown.append((row, why))
        else:
            kinds.setdefault((what.code, what.key), []).append((row, what))
    found = []
    for (code, key), its_rows in kinds.items():
        row, first = its_rows[0]
        values = dict.fromkeys(what.value for _, what in its_rows)
        spelled = f"{key}: [{', '.join(map(_quoted, values))}]" if key == "flags" else f"{key}: {first.value}"
        about = {"name": column.title, "count": len(its_rows), "number": _shown(first.number), "other": other}
        shown = str(cells[row]).upper() if isinstance(cells[row], bool) else str(cells[row])
        found.append(finding(code, place(row), found=shown, spelled=spelled if key else "", **about))
    return found, unknown


def _instead(cell: Cell, spelling: Spelling, column: Column, *, both: bool) -> Instead | None:
    """Tell what a cell that is no number is: a date, a duration, or a number in a spelling that is not declared."""
    text = _narrow(str(cell))
    if len(text) > _LONG:
        return None
    if (word := text.casefold()) in ("true", "false"):
        return Instead(_SPELLED, "numbers", '{"TRUE": 1, "FALSE": 0}', float(word == "true"))
    if re.fullmatch(DATE, text):
        return Instead(_DATE)
    if re.fullmatch(_CLOCK, text) and (text.count(":") > 1 or seconds_of(column.measure)):  # 1:20 may be a ratio
        return Instead(_DURATION)
    if both and commas_in([text]).decimal:
        return Instead(_BOTH)
    return _in_another_spelling(text, spelling, column)


def _in_another_spelling(text: str, spelling: Spelling, column: Column) -> Instead | None:
    """Find the key that would have a text read as a number."""
    decimal, apart = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
    if decimal != spelling.decimal and (number := Spelling(decimal, apart).number(text)) is not None:
        return Instead(_SPELLED, "decimal", f'"{decimal}"', number)
    if (number := Spelling(thousands=LAKH).number(text)) is not None:
        return Instead(_SPELLED, "thousands", LAKH, number)
    if (number := Spelling(",", ".").number(text)) is not None and text.count(".") > 1:
        return Instead(_SPELLED, "thousands", '"."', number)
    for pattern, mark in ((_SPACED, " "), (_APOSTROPHES, "'")):
        if re.fullmatch(pattern, text):
            return Instead(_SPELLED, "thousands", f'"{mark}"', Spelling(decimal, mark).number(text))
    word = next((word for word in MULTIPLES if text.endswith(word)), None)
    if word and column.measure.startswith(word):
        return None  # it may be meant or not
    tried = [("negative", way, spelling._replace(negative=way)) for way in ("brackets", "trailing")]
    if word:
        tried.append(("multiples", f"{{{word}: {MULTIPLES[word]:.0f}}}", spelling._replace(multiples={word: MULTIPLES[word]})))
    for key, value, other in tried:
        if (number := other.value(text)) is not None:
            return Instead(_SPELLED, key, value, number)
    flagged = None if word else re.fullmatch(_FLAG, text)
    number = spelling.value(flagged.group(1).rstrip(SPACE).removesuffix("%")) if flagged else None
    return Instead(_SPELLED, "flags", flagged.group(2), number) if flagged and number is not None else None


def _quoted(flag: str) -> str:
    """Return a flag as YAML has it: one that is a word of YAML's own in quotes."""
    return flag if flag.isalpha() and flag.casefold() not in ("y", "n", "no", "on") else f'"{flag}"'


def _shown(number: float | None) -> str:
    return "" if number is None else f"{number:.10g}"


def once(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings with one for all cells of an indicator in a table, counted, where one is enough.

    Of cells that are alike the places of the first few are said with the first one's.
    """
    kept: dict[Any, Finding] = {}
    others: dict[Any, list[str]] = {}
    for at, one in enumerate(findings):
        key = _alike(one) or at
        if key not in kept:
            kept[key] = one
        elif "alike" in one.values:
            others.setdefault(key, []).append(str(one.place))
        elif "count" in one.values:
            first = kept[key]
            kept[key] = replace(first, values={**first.values, "count": first.values["count"] + one.values["count"]})
    for key, places in others.items():
        more = f"(+{len(places)}: {', '.join(places[:_SHOWN])}{' …' if len(places) > _SHOWN else ''})"
        kept[key] = replace(kept[key], values={**kept[key].values, "more": more})
    return list(kept.values())


def _alike(one: Finding) -> tuple[Any, ...] | None:
    """Return what findings have in common that are said once; nothing for one that is said for itself."""
    values, table = one.values, (one.code, one.place.file, one.place.sheet)
    if "alike" in values:
        return (*table, values["alike"])
    return (*table, values.get("name"), values.get("spelled")) if one.code in COUNTED else None
