"""When something is there: from one period on, up to another, or in some periods alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from .periods import MADE_OF, WITHOUT_DAYS, Kind, first_day, number_of, numbered, read_period

_LARGER: dict[str, tuple[Kind, ...]] = {**MADE_OF, "day": ("month", "quarter", "half-year", "year"), "week": ("year",)}

Ends = tuple[int, int]
"""The first and the last day of a period, as numbers; of a kind that no calendar knows its number, twice."""


@dataclass(frozen=True)
class Span:
    """The time in which something is there, by the days of its periods; without an end it is open there.

    With `only` it is there in some periods of that time alone. `since` and `until` are these as they were written, "" for none.
    """

    first: int | None = None
    last: int | None = None
    only: tuple[Ends, ...] = ()
    since: str = ""
    until: str = ""

    @property
    def is_open(self) -> bool:
        """Whether it is there in all periods."""
        return self.first is None and self.last is None and not self.only

    def lasts(self, ends: Ends, *, at_end: bool = False) -> bool:
        """Say whether all of a period is within the time; with `at_end` no more than its end has to be after the beginning."""
        begun = self.first is None or self.first <= (ends[1] if at_end else ends[0])
        return begun and (self.last is None or ends[1] <= self.last)

    def among(self, ends: Ends) -> bool:
        """Say whether a period is one of those that are named, where some are."""
        return not self.only or any(first <= ends[0] and ends[1] <= last for first, last in self.only)


ALWAYS = Span()


@lru_cache(maxsize=4096)
def ends_of(period: str, kind: Kind) -> Ends:
    """Return the first and the last day of a period as numbers.

    >>> first, last = ends_of("2022Q1", "quarter")
    >>> last - first, ends_of("R3", "round")
    (89, (3, 3))
    """
    number = number_of(period, kind)
    if kind in WITHOUT_DAYS:
        return number, number
    return first_day(number, kind).toordinal(), first_day(number + 1, kind).toordinal() - 1


def read_ends(text: str, kind: Kind) -> Ends | None:
    """Return the first and the last day of a period of a kind, or of a larger one, or None where a text names none.

    >>> read_ends("2022", "quarter") == (ends_of("2022Q1", "quarter")[0], ends_of("2022Q4", "quarter")[1])
    True
    >>> read_ends("2022Q1", "year")
    """
    for each in (kind, *_LARGER.get(kind, ())) if kind != "single" else ():
        if period := read_period(text, each):
            return ends_of(period, each)
    return None


def label_before(text: str, kind: Kind) -> str:
    """Return the period right before one of a kind, or of a larger one.

    >>> label_before("2022", "quarter"), label_before("2022Q1", "quarter")
    ('2021', '2021Q4')
    """
    return _label(text, kind, -1)


def label_after(text: str, kind: Kind) -> str:
    """Return the period right after one of a kind, or of a larger one.

    >>> label_after("2022Q4", "quarter"), label_after("R3", "round")
    ('2023Q1', 'R4')
    """
    return _label(text, kind, 1)


def _label(text: str, kind: Kind, step: int) -> str:
    for each in (kind, *_LARGER.get(kind, ())):
        if period := read_period(text, each):
            return numbered(number_of(period, each) + step, each)
    return ""
