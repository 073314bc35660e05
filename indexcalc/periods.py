"""Periods: how people write them, how they follow each other, which larger ones they make up."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from .words.recognised_data import (
    CHINESE_DIGITS,
    CHINESE_MONTH,
    CHINESE_MONTHS,
    CHINESE_YEAR,
    HALF_NUMBERS,
    MINGUO,
    MONTH_NAMES,
    MONTHS_TOGETHER,
    PART_NUMBERS,
    PERIOD_PATTERNS,
    SHORT_YEAR,
    SINCE_JANUARY,
)

if TYPE_CHECKING:
    import datetime as dt

Kind = Literal["year", "split-year", "half-year", "quarter", "month", "ten-day", "week", "day", "round", "single"]

SINGLE = "single"
_LAST_CENTURY = 50  # 99 is 1999, 22 is 2022
_TWO_MONTHS = len("2022.1-6")  # no text that names a year and two months is shorter
_DAY_0 = 719163  # 1970-01-01, a Thursday, as days since the year 1
PARTS_OF_YEAR = frozenset({"half-year", "quarter", "month", "ten-day", "week", "day"})
_IN_A_YEAR = {"year": 1, "half-year": 2, "quarter": 4, "month": 12, "ten-day": 36}
WITHOUT_DAYS = frozenset({"split-year", "round", "single"})  # no calendar says on which day one of these begins
MADE_OF: dict[str, tuple[Kind, ...]] = {
    "ten-day": ("month", "quarter", "half-year", "year"),
    "month": ("quarter", "half-year", "year"),
    "quarter": ("half-year", "year"),
    "half-year": ("year",),
}
"""The larger kinds, each after the smaller ones, that are made up of whole periods of a kind."""
EXAMPLES = {
    "year": "2022",
    "split-year": "2021-2022",
    "half-year": "2022H1",
    "quarter": "2022Q3",
    "month": "2022-07",
    "ten-day": "2022-07-T1",
    "week": "2022-W30",
    "day": "2022-07-15",
    "round": "R1",
    "single": SINGLE,
}


@lru_cache(maxsize=4096)
def read_period(text: str, kind: Kind) -> str | None:
    """Return the one spelling of a period that people write in many ways, or None when it is no such period.

    >>> read_period("2022 Q3", "quarter"), read_period("2022-7", "month"), read_period("x", "year")
    ('2022Q3', '2022-07', None)
    """
    cleaned = _cleaned(text)
    if kind == "single":
        return cleaned if re.fullmatch(r"\w[\w.-]*", cleaned) else None  # it names a report's folder
    if cleaned.isalpha():
        return None  # each of the others has a year or a number
    if cleaned.endswith("]") and cleaned.count("[") == 1:  # as in 2019 [YR2019]
        both = {read_period(half, kind) for half in cleaned[:-1].split("[")}
        return both.pop() if len(both) == 1 else None
    if kind in PARTS_OF_YEAR and len(cleaned) == 4 and cleaned.isdigit():
        return None  # a year, whole
    for pattern in PERIOD_PATTERNS[kind]:
        if match := re.fullmatch(pattern, cleaned, re.ASCII):
            return _written(kind, match.groupdict())
    if kind in _IN_A_YEAR and len(cleaned) >= _TWO_MONTHS and (months := _months(cleaned)):
        year, first, last = months
        size = 12 // _IN_A_YEAR[kind]
        if last - first + 1 == size and last % size == 0:
            return numbered((year * 12 + first - 1) // size, kind)
    return None


def _cleaned(text: str) -> str:
    """Return a text of a period without spaces, with the digits that some write as words, and with all four of a year.

    >>> _cleaned("Jan-22"), _cleaned("Q3 2022"), _cleaned("4Q99")
    ('Jan-2022', 'Q32022', '4Q-1999')
    """
    cleaned = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))
    if not cleaned.isascii():
        cleaned = re.sub(CHINESE_YEAR, lambda year: year[0].translate(CHINESE_DIGITS), cleaned)
        cleaned = re.sub(MINGUO, lambda year: str(1911 + (int(year["year"]) if year["year"].isdigit() else 1)), cleaned)
        cleaned = re.sub(CHINESE_MONTH, lambda month: CHINESE_MONTHS[month[0]], cleaned)
    if not cleaned[:4].isdigit() and not cleaned.isalpha() and (short := re.fullmatch(SHORT_YEAR, cleaned)):
        return f"{short[1]}-{'19' if int(short[2]) >= _LAST_CENTURY else '20'}{short[2]}"
    return cleaned


def _months(cleaned: str) -> tuple[int, int, int] | None:
    """Return the year, the first and the last month of a text that names several months, as in Jan-Jun 2022."""
    for pattern in MONTHS_TOGETHER:
        if match := re.fullmatch(pattern, cleaned, re.ASCII):
            first, last = (_month(match[name]) for name in ("first", "last"))
            return (int(match["year"]), first, last) if 1 <= first <= last <= 12 else None
    return None


def _month(text: str) -> int:
    """Return the number of a month by its number or its English name."""
    return int(text) if text.isdigit() else MONTH_NAMES.index(text[:3].lower()) + 1


@lru_cache(maxsize=4096)
def read_since(text: str, kind: Kind) -> str | None:
    """Return the period that a text runs to which names all of a year up to there, or None when it names no such span.

    >>> read_since("Jan-Jun 2022", "month"), read_since("Jan-Sep 2022", "quarter"), read_since("Apr-Jun 2022", "month")
    ('2022-06', '2022Q3', None)
    """
    if kind not in _IN_A_YEAR:
        return None
    cleaned = _cleaned(text)
    months = _months(cleaned)
    if months is None:
        for pattern, size in SINCE_JANUARY:
            if match := re.fullmatch(pattern, cleaned, re.ASCII):
                parts = PART_NUMBERS.get(match["parts"], match["parts"])
                months = int(match["year"]), 1, size * (int(parts) if parts.isdigit() else 1)
                break
    if months is None or months[1] > 1:
        return None
    year, _, last = months
    size = 12 // _IN_A_YEAR[kind]
    return None if last % size or not last else numbered((year * 12 + last) // size - 1, kind)


def _written(kind: Kind, parts: dict[str, str]) -> str | None:
    part = PART_NUMBERS.get((parts.get("part") or "").lower(), parts.get("part"))
    month = _month(parts.get("name") or parts.get("month") or "1")
    if not 1 <= month <= 12:
        return None
    if kind == "split-year":
        return _split_year(int(parts["year"]), parts["next"])
    if kind == "half-year":
        return f"{parts['year']}H{HALF_NUMBERS.get(parts['half'].lower(), parts['half'])}"
    if kind == "quarter":
        return f"{parts['year']}Q{part}"
    if kind == "month":
        return f"{parts['year']}-{month:02}"
    if kind == "ten-day":
        return f"{parts['year']}-{month:02}-T{part}"
    if kind == "week":
        return _week(int(parts["year"]), int(parts["week"]))
    if kind == "day":
        return _day(int(parts["year"]), month, int(parts["day"]))
    return f"R{int(parts['round'])}" if kind == "round" else parts["year"]


def _split_year(year: int, following: str) -> str | None:
    """Return a year that runs over two, or None where the second, of which two digits are enough, is not the next one."""
    after = f"{year + 1:04}"
    return f"{year:04}-{after}" if following == after[-len(following) :] else None


def _day(year: int, month: int, day: int) -> str | None:
    import datetime as dt

    try:
        return dt.date(year, month, day).isoformat()
    except ValueError:
        return None


def _week(year: int, week: int) -> str | None:
    import datetime as dt

    try:
        dt.date.fromisocalendar(year, week, 1)
    except ValueError:
        return None
    return f"{year:04}-W{week:02}"


def order(period: str) -> tuple[int, str]:
    """Return the key that sorts periods in time: rounds by number, all others by their text."""
    return (int(period[1:]), "") if re.fullmatch(r"R\d+", period) else (0, period)


def number_of(period: str, kind: Kind) -> int:
    """Return the number of a calendar period, counted so that each is one more than that before it; 0 for a single one.

    >>> number_of("2022Q1", "quarter") - number_of("2021Q4", "quarter")
    1
    """
    import datetime as dt

    if kind in ("single", "round"):
        return int(period[1:]) if kind == "round" else 0
    if kind == "day":
        return dt.date.fromisoformat(period).toordinal() - _DAY_0
    if kind == "week":
        return (dt.date.fromisocalendar(int(period[:4]), int(period[6:]), 1).toordinal() - _DAY_0 + 3) // 7
    year = int(period[:4])
    if kind in ("quarter", "half-year"):
        return year * _IN_A_YEAR[kind] + int(period[5:]) - 1
    if kind == "month":
        return year * 12 + int(period[5:7]) - 1
    return (year * 12 + int(period[5:7]) - 1) * 3 + int(period[9:]) - 1 if kind == "ten-day" else year


def period_of(day: dt.date, kind: Kind) -> str:
    """Return the calendar period that a day falls in.

    >>> import datetime
    >>> period_of(datetime.date(2022, 7, 31), "quarter"), period_of(datetime.date(2022, 7, 31), "ten-day")
    ('2022Q3', '2022-07-T3')
    """
    days, months = day.toordinal() - _DAY_0, day.year * 12 + day.month - 1
    if kind in ("day", "week"):
        return numbered(days if kind == "day" else (days + 3) // 7, kind)
    if kind == "ten-day":
        return numbered(months * 3 + min((day.day - 1) // 10, 2), kind)
    return numbered(months * _IN_A_YEAR[kind] // 12, kind)


def numbered(number: int, kind: Kind) -> str:
    """Return the period that has a number.

    >>> numbered(number_of("2020-W53", "week") + 1, "week"), numbered(0, "day")
    ('2021-W01', '1970-01-01')
    """
    import datetime as dt

    if kind == "single":
        return SINGLE
    if kind == "round":
        return f"R{number}"
    if kind == "day":
        return dt.date.fromordinal(number + _DAY_0).isoformat()
    if kind == "week":
        year, week, _ = dt.date.fromordinal(number * 7 - 3 + _DAY_0).isocalendar()
        return f"{year:04}-W{week:02}"
    if kind in ("quarter", "half-year"):
        year, part = divmod(number, _IN_A_YEAR[kind])
        return f"{year:04}{'Q' if kind == 'quarter' else 'H'}{part + 1}"
    if kind == "month":
        return f"{number // 12:04}-{number % 12 + 1:02}"
    if kind == "ten-day":
        return f"{number // 36:04}-{number % 36 // 3 + 1:02}-T{number % 3 + 1}"
    return f"{number:04}" if kind == "year" else f"{number:04}-{number + 1:04}"


def first_day(number: int, kind: Kind) -> dt.date:
    """Return the day on which the calendar period with a number begins.

    >>> first_day(number_of("2022-02-T3", "ten-day"), "ten-day")
    datetime.date(2022, 2, 21)
    """
    import datetime as dt

    if kind in ("day", "week"):
        return dt.date.fromordinal((number if kind == "day" else number * 7 - 3) + _DAY_0)
    if kind == "ten-day":
        return dt.date(number // 36, number % 36 // 3 + 1, number % 3 * 10 + 1)
    year, month = divmod(number * 12 // _IN_A_YEAR[kind], 12)
    return dt.date(year, month + 1, 1)


def larger_of(period: str, kind: Kind, larger: Kind) -> str | None:
    """Return the larger period that a period is part of, or None where its kind does not make up larger ones of that kind.

    >>> larger_of("2022-07", "month", "quarter"), larger_of("2022-W30", "week", "year")
    ('2022Q3', None)
    """
    if larger not in MADE_OF.get(kind, ()):
        return None
    return numbered(number_of(period, kind) * _IN_A_YEAR[larger] // _IN_A_YEAR[kind], larger)


def is_whole(periods: Sequence[str], kind: Kind, larger: Kind) -> bool:
    """Say whether these periods of one larger period are all that it has.

    >>> is_whole(["2022-07", "2022-08", "2022-09"], "month", "quarter")
    True
    """
    return larger in MADE_OF.get(kind, ()) and len(set(periods)) == _IN_A_YEAR[kind] // _IN_A_YEAR[larger]


def parts_of(periods: Sequence[str], kind: Kind, larger: Kind) -> dict[str, list[int]]:
    """Return the larger periods that some periods are part of, in their order, each with the places of its parts."""
    found: dict[str, list[int]] = {}
    for at, period in enumerate(periods):
        if whole := larger_of(period, kind, larger):
            found.setdefault(whole, []).append(at)
    return found


def kind_among(period: str, kinds: Sequence[Kind]) -> Kind:
    """Return the kind of a period that a panel has: one of the larger kinds after the first by how it is written, else the first.

    >>> kind_among("2022", ("month", "quarter", "year")), kind_among("2022-07", ("month", "quarter", "year"))
    ('year', 'month')
    """
    return next((kind for kind in kinds[1:] if _shape(period) == _shape(EXAMPLES[kind])), kinds[0])


def _shape(period: str) -> tuple[int, str]:
    """Return what tells the kinds of periods apart that make up each other: how long they are, and what follows the year."""
    return len(period), period[4:5]


def previous(period: str, kind: Kind) -> str | None:
    """Return the period right before this one, or None where the kind has no calendar.

    >>> previous("2022Q1", "quarter"), previous("2022-01", "month"), previous("R3", "round")
    ('2021Q4', '2021-12', 'R2')
    """
    if kind == "single":
        return None
    number = number_of(period, kind) - 1
    return None if kind == "round" and number < 1 else numbered(number, kind)


def starts_year(period: str, kind: Kind) -> bool:
    """Say whether a period is the first of its year: the one before has another year.

    >>> starts_year("2022Q1", "quarter"), starts_year("2022-02", "month"), starts_year("2022-2023", "split-year")
    (True, False, True)
    """
    return str(previous(period, kind))[:4] != period[:4]


def since_new_year(period: str, kind: Kind) -> list[str]:
    """Return the periods of a year up to one of them, the first of the year first.

    >>> since_new_year("2022Q3", "quarter")
    ['2022Q1', '2022Q2', '2022Q3']
    """
    found = [period]
    while kind in PARTS_OF_YEAR and not starts_year(found[-1], kind):
        found.append(str(previous(found[-1], kind)))
    return found[::-1]


def year_before(period: str, kind: Kind) -> str | None:
    """Return the same period a year before, or None where there is none: 29 February, a week 53, rounds."""
    if kind in ("round", "single"):
        return None
    if kind == "split-year":
        return previous(period, kind)
    return read_period(f"{int(period[:4]) - 1:04}{period[4:]}", kind)


def last_day(period: str, kind: Kind) -> dt.date | None:
    """Return the last day of a period, or None where no calendar says it: of rounds, of years that run over two.

    >>> last_day("2022Q1", "quarter"), last_day("2022-02-T3", "ten-day"), last_day("R3", "round")
    (datetime.date(2022, 3, 31), datetime.date(2022, 2, 28), None)
    """
    import datetime as dt

    return None if kind in WITHOUT_DAYS else first_day(number_of(period, kind) + 1, kind) - dt.timedelta(days=1)
