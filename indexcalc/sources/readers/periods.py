"""Cells and headings as people write periods: with a mark behind them, as a workbook's date, counted since January."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from ...periods import WITHOUT_DAYS, Kind, period_of, read_period, read_since
from ...words.recognised_data import ADDED_UP, DAY_ENDS, MARKED, MONTH_ENDS, PART_FORMS, PERIOD_DATE, SEVERAL_PARTS
from .table import name_of

Way = Literal["plain", "marked", "date", "serial", "since", "year as a date"]

_SERIAL = r"29\d{3}|[3-6]\d{4}"  # from 1979 on; 20221 is a year with the number of a footnote
_DAY_0 = dt.date(1899, 12, 30)  # what workbooks count days from
_YEARS_AS_DAYS = range(1950, 2051)  # a year typed into a cell that shows dates is so many days: 2022 is 14 July 1905
_MONTH_1 = r"(\d{4})\.1"  # January, or October of which a program that takes it for a number has dropped the zero


class Said(NamedTuple):
    """What a text says of a period, and how; `mark` is what stands behind the period."""

    period: str
    way: Way = "plain"
    mark: str = ""


@lru_cache(maxsize=4096)
def said_in(text: str, kind: Kind) -> Said | None:
    """Return the period that a text means in whatever way, or None when it means none.

    >>> said_in("2022p", "year"), said_in("2022-03-01", "quarter")
    (Said(period='2022', way='marked', mark='p'), Said(period='2022Q1', way='date', mark=''))
    """
    if period := read_period(text, kind):
        return Said(period)
    if kind in ("round", "single") or not text:
        return None
    text = unicodedata.normalize("NFKC", text).strip()
    since: Way = "plain" if kind == "year" else "since"  # a year since January is the year
    if period := read_since(text, kind):
        return Said(period, since)
    shorter = re.sub(ADDED_UP, "", text)
    if shorter != text and (period := read_since(shorter, kind) or read_period(shorter, kind)):
        return Said(period, since)
    if (found := re.fullmatch(MARKED, text)) and (before := said_in(found["period"], kind)) and before.way in ("plain", "since"):
        return Said(before.period, "marked" if before.way == "plain" else "since", found["bracket"] or found["mark"])
    return None if kind in WITHOUT_DAYS else _dated(text, kind)


def _dated(text: str, kind: Kind) -> Said | None:
    """Return the period that a date falls in, or the day that a workbook has a number for."""
    if re.fullmatch(_SERIAL, text, re.ASCII):
        return Said(period_of(_DAY_0 + dt.timedelta(days=int(text)), kind), "serial")
    if found := re.fullmatch(PERIOD_DATE, text, re.ASCII):
        day = "-".join(found[name] or found[f"{name}2"] for name in ("year", "month", "day"))
    else:
        day = text if re.search("[A-Za-z]{3}", text) else ""  # 31 March 2022
    if (written := read_period(day, "day")) is None:
        return None
    date = dt.date.fromisoformat(written)
    days = (date - _DAY_0).days
    return Said(str(days), "year as a date") if days in _YEARS_AS_DAYS else Said(period_of(date, kind), "date")


def ends_a_period(text: str, kind: Kind) -> bool:
    """Say whether a text is a period, or the date of the first or last day of one.

    >>> ends_a_period("2022-03-01", "month"), ends_a_period("2022-03-31", "quarter"), ends_a_period("2022-03-15", "month")
    (True, True, False)
    """
    said, day = said_in(text, kind), read_period(text, "day") or read_period(unicodedata.normalize("NFKC", text)[:10], "day")
    if said is None or said.way not in ("date", "serial"):
        return said is not None and said.way == "plain"
    date = dt.date.fromisoformat(day) if day else _DAY_0 + dt.timedelta(days=int(text)) if text.isdigit() else None
    one = dt.timedelta(days=1)
    return date is not None and period_of(date - one, kind) != period_of(date + one, kind)


def in_parts(cells: Sequence[object], kind: Kind) -> str:
    """Return what several cells say together of a period, a year in one and its part in another, as one text.

    >>> said_in(in_parts((2022, 3), "quarter"), "quarter"), said_in(in_parts(("Q3", 2022), "quarter"), "quarter")
    (Said(period='2022Q3', way='plain', mark=''), Said(period='2022Q3', way='plain', mark=''))
    >>> in_parts((2022, 13), "month")
    '2022 13'
    """
    names = [name_of(cell) for cell in cells]
    years = [(said.period if (said := said_in(name, "year")) else "") for name in names]
    at = next((i for i, year in enumerate(years) if year), None)
    rest = [name for i, name in enumerate(names) if i != at]
    if at is not None and all(rest):
        parts = {"month": re.sub(MONTH_ENDS, "", rest[0]), "last": re.sub(DAY_ENDS, "", rest[-1])}
        for part in [form.format(**parts) for form in SEVERAL_PARTS.get(kind, ())] if len(rest) > 1 else ["".join(rest)]:
            for form in PART_FORMS.get(kind, ()):
                if said_in(text := form.format(year=years[at], part=part), kind):
                    return text
    return " ".join(name for name in names if name)


def part_of_year(heading: str, kind: Kind) -> bool:
    """Say whether a heading is a part of a year that it does not name, such as Mar or Q1.

    >>> part_of_year("Q3", "quarter"), part_of_year("Mar", "month"), part_of_year("Mar 2022", "month"), part_of_year("3", "month")
    (True, True, False, False)
    """
    if kind not in PART_FORMS or not heading or heading.isdigit() or said_in(heading, kind) or said_in(heading, "year"):
        return False
    form = PART_FORMS[kind][0]
    return said_in(form.format(year="2000", part=heading), kind) is not None


def months_meant(texts: Sequence[str], owners: Sequence[object]) -> dict[int, int]:
    """Tell January from October where 2022.1 may be either, by the months that stand around it.

    `texts` are periods as written, in the order of the file, each with whose it is. Returned are the months that the
    ambiguous ones are, by their places; those that nothing decides are left out.
    """
    unclear = {at: text[:4] for at, text in enumerate(texts) if is_unclear(text)}
    if any(re.fullmatch(r"\d{4}\.0[1-9]", text) for text in texts):  # 2022.01 stands for January
        return dict.fromkeys(unclear, 10)
    if any(re.fullmatch(r"\d{4}\.10", text) for text in texts):  # 2022.10 stands for October
        return dict.fromkeys(unclear, 1)
    rows: dict[object, list[int]] = {}
    for at, whose in enumerate(owners):
        rows.setdefault(whose, []).append(at)
    found: dict[int, int] = {}
    for own in rows.values():
        found |= {own[i]: month for i, month in _of_one([texts[at] for at in own]).items()}
    for year in set(unclear.values()):  # what one unit does not tell, the others may, where all of them say the same
        its_own = [at for at, one in unclear.items() if one == year]
        twice = len({owners[at] for at in its_own}) < len(its_own)
        told = {found[at] for at in its_own if at in found}
        if len(told) == 1 and not twice:
            found |= dict.fromkeys(its_own, told.pop())
    return found


def is_unclear(text: str) -> bool:
    """Say whether a text is January or October: 2022.1."""
    return re.fullmatch(_MONTH_1, text, re.ASCII) is not None


def _of_one(texts: Sequence[str]) -> dict[int, int]:
    """Return the months of the ambiguous cells of one unit that can be told."""
    unclear = {at: int(text[:4]) for at, text in enumerate(texts) if is_unclear(text)}
    numbers = [None if at in unclear or not (p := read_period(text, "month")) else _number(p) for at, text in enumerate(texts)]
    clear = [number for number in numbers if number is not None]
    rises, falls = clear == sorted(clear), clear == sorted(clear, reverse=True)
    if not (rises or falls):
        return {}  # sorted by the number, not in time
    found: dict[int, int] = {}
    for at, year in unclear.items():
        before, after = (numbers[i] if 0 <= i < len(numbers) else None for i in (at - 1, at + 1))
        steps = [step for step, there in ((1, rises), (-1, falls)) if there]
        fits = {
            month
            for month in (1, 10)
            for step in steps
            if before == year * 12 + month - 1 - step or after == year * 12 + month - 1 + step
        }
        if len(fits) == 1:
            found[at] = fits.pop()
    for year in set(unclear.values()):
        same = [at for at, own in unclear.items() if own == year]
        if len(same) == 2 and clear:
            first = 1 if rises else 10
            guess = dict(zip(same, (first, 11 - first), strict=True))
            if all(found.get(at, guess[at]) == guess[at] for at in same):
                found |= guess
    return found


def _number(month: str) -> int:
    return int(month[:4]) * 12 + int(month[5:]) - 1
