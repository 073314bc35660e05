"""Share what districts reported among their 176 streets and towns: what these have adds up to the district's, to the last unit.

Codes and names are those of streets.csv; how large a street is, and at what it is good, is drawn from the one seed.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]  # period x street, or one value a street
Counts = npt.NDArray[np.int64]

SIZES = 0.55  # standard deviation of the logarithm of a street's residents, within its district
UNEVEN = 0.30  # the same of what happens for each resident
WOBBLE = 0.12  # of one quarter
EFFECT, ODDS = 0.18, 0.30  # what one standard deviation of skill does to a count, and to the odds of a rate


class Street(NamedTuple):
    """Hold a street or town: its code, its names, and the code of its district."""

    code: str
    name: str
    name_en: str
    district: str


def read_streets(file: Path) -> list[Street]:
    """Read the list of streets and towns."""
    with file.open(encoding="utf-8-sig", newline="") as text:
        return [Street(**row) for row in csv.DictReader(text)]


class Shares:
    """Shares the figures (period, district) of districts among their streets, from one generator."""

    def __init__(self, streets: list[Street], districts: list[str], periods: int, rng: np.random.Generator) -> None:
        """Draw how large each street is, and how good in all."""
        self.streets, self.periods, self.rng = streets, periods, rng
        self.members = [np.flatnonzero([one.district == code for one in streets]) for code in districts]
        self.size: Values = np.exp(SIZES * rng.standard_normal(len(streets)))
        self.quality: Values = rng.standard_normal(len(streets))
        self.strengths: dict[str, Values] = {}

    def base(self, whole: Values, decimals: int, *, as_many: bool) -> Values:
        """Share a denominator by residents, and unevenly among these where there are not `as_many` for each."""
        among = self.size * (1.0 if as_many else np.exp(UNEVEN * self.rng.standard_normal(len(self.streets))))
        return self._shared(whole, np.broadcast_to(among, self._shape), decimals)

    def counts(self, whole: Values, base: Values, dimension: str, decimals: int, *, better: int) -> Values:
        """Share counts and sums by denominators and by skill; `better` is 1 where more of it is better, else -1."""
        moved = np.exp(EFFECT * better * self._effect(dimension) + WOBBLE * self.rng.standard_normal(self._shape))
        return self._shared(whole, base * moved, decimals)

    def parts(self, whole: Values, base: Values, dimension: str, *, better: int) -> Values:
        """Share the numerators of a rate, each street's no more than its denominator."""
        odds = np.exp(ODDS * better * self._effect(dimension))
        there = np.stack([base[:, own].sum(axis=1) for own in self.members], axis=1)
        rate = self._of_streets(whole / np.maximum(there, 1))
        expected = base * rate * odds / (1 - rate + rate * odds)
        return self._shared(whole, expected, 0, most=np.rint(base).astype(np.int64))

    @property
    def _shape(self) -> tuple[int, int]:
        return self.periods, len(self.streets)

    def _effect(self, dimension: str) -> Values:
        """Draw how good each street is at one indicator: in all, at what it belongs to, at this, and in a quarter."""
        if dimension not in self.strengths:
            self.strengths[dimension] = self.rng.standard_normal(len(self.streets))
        own = 0.7 * self.rng.standard_normal(len(self.streets))
        skill = 0.5 * self.quality + 0.5 * self.strengths[dimension] + own
        return skill + 0.25 * self.rng.standard_normal(self._shape)

    def _of_streets(self, x: Values) -> Values:
        """Return what streets have of their district (period, district) as (period, street)."""
        out: Values = np.empty(self._shape)
        for at, own in enumerate(self.members):
            out[:, own] = x[:, [at]]
        return out

    def _shared(self, whole: Values, expected: Values, decimals: int, most: Counts | None = None) -> Values:
        """Share totals as the expected values stand to each other, in steps of the last decimal that is written."""
        step = 10**decimals
        out: Values = np.empty(self._shape)
        for at, own in enumerate(self.members):
            for period in range(self.periods):
                total = round(whole[period, at] * step)
                limits: Any = None if most is None else most[period, own]
                out[period, own] = apportioned(total, expected[period, own], limits) / step
        return out


def apportioned(total: int, expected: Values, most: Counts | None = None) -> Counts:
    """Return whole numbers that add up to a total, as the expected ones stand to each other: largest remainders first.

    None is larger than `most` allows; what one has no room for goes to the others.
    """
    out: Counts = np.zeros(len(expected), dtype=np.int64)
    while (left := total - int(out.sum())) > 0:
        room = np.ones(len(out), dtype=bool) if most is None else out < most
        wanted = left * np.where(room, expected, 0.0) / expected[room].sum()
        more = np.floor(wanted).astype(np.int64)
        rest = left - int(more.sum())
        more[np.argsort(more - wanted, kind="stable")[:rest]] += 1
        out += np.where(room, more, 0)
        out = out if most is None else np.minimum(out, most)
    return out
