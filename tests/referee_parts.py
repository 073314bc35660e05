"""Projects whose reports are of parts, for the referees: quarters make years, streets districts; put together in plain Python."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from random import Random

Row = dict[str, float | None]
Table = dict[tuple[str, str], Row]
"""What was reported, by period and unit: a number by column, None for an empty cell."""

QUARTERS = ("Q1", "Q2", "Q3", "Q4")


@dataclass
class Parts:
    """What parts reported; the quarters of years and the streets of districts, each itself where there are none; how they add up."""

    table: Table
    quarters: dict[str, list[str]]
    streets: dict[str, list[str]]
    over_time: dict[str, str]
    over_units: dict[str, str]

    @property
    def by_time(self) -> bool:
        return any(len(own) > 1 for own in self.quarters.values())

    @property
    def by_unit(self) -> bool:
        return any(len(own) > 1 for own in self.streets.values())

    def whole(self) -> Table:
        """Return the table of years and districts: districts are made first, then years."""
        table: Table = {}
        for year, unit in itertools.product(self.quarters, self.streets):
            table[year, unit] = {
                name: _together(how, [self._of_streets(name, quarter, unit) for quarter in self.quarters[year]])
                for name, how in self.over_time.items()
            }
        return table

    def _of_streets(self, name: str, quarter: str, unit: str) -> float | None:
        own = self.table.get((quarter, unit), {}).get(name)
        if own is not None:
            return own
        rows = [self.table[quarter, street] for street in self.streets[unit]]
        how = self.over_units[name]
        if how in ("sum", "mean", "max", "min"):
            return _together(how, [row[name] for row in rows])
        there = [(weight, x) for row in rows if (x := row[name]) is not None and (weight := row[how]) is not None]
        weight = math.fsum(weight for weight, _ in there)
        return math.fsum(weight * x for weight, x in there) / weight if weight else None

    def reported(self, table: Table) -> Table:
        """Return what parts have to report for years and districts to be what a table says: each the same where that is another."""
        made = {key: dict(row) for key, row in self.table.items()}
        for (year, unit), row in self.whole().items():
            for name, value in row.items():
                wanted = table[year, unit][name]
                if wanted == value or wanted is None:
                    continue
                each = wanted / (len(self.quarters[year]) if self.over_time[name] == "sum" else 1)
                part = each / (len(self.streets[unit]) if self.over_units[name] == "sum" else 1)
                for quarter in self.quarters[year]:
                    for street in self.streets[unit]:
                        made[quarter, street][name] = part
                    if self.table.get((quarter, unit), {}).get(name) is not None:
                        made[quarter, unit][name] = each
        return made


def _together(how: str, x: list[float | None]) -> float | None:
    there = [own for own in x if own is not None]
    if not there or (how == "sum" and len(there) < len(x)):
        return None
    return {
        "sum": math.fsum(there),
        "mean": math.fsum(there) / len(there),
        "last": there[-1],
        "max": max(there),
        "min": min(there),
    }[how]


def random_parts(random: Random, table: Table, *, by_time: bool, by_unit: bool) -> Parts:
    """Draw parts that make about what a table has, in whole numbers."""
    years, units = (list(dict.fromkeys(key[at] for key in table)) for at in (0, 1))
    columns = list(next(iter(table.values())))
    quarters = {year: [year + end for end in QUARTERS] if by_time else [year] for year in years}
    streets = {
        unit: [f"{unit}s{at}" for at in range(random.choice([2, 2, 4]))] if by_unit and random.random() < 0.8 else [unit]
        for unit in units
    }
    over_time = {name: random.choice(["sum", "sum", "mean", "last", "max", "min"]) for name in columns}
    over_units = {name: random.choice(["sum", "sum", "mean", "max", "min", "people"]) for name in columns}
    over_time |= {"people": random.choice(["mean", "last"]), "event": "sum"}
    over_units |= {"people": "sum", "event": "sum"}
    over_time, over_units = ({name: how[name] for name in columns} for how in (over_time, over_units))
    made: Table = {}
    for (year, unit), row in table.items():
        for quarter in quarters[year]:
            for street in streets[unit]:
                made[quarter, street] = {}
            for name, value in row.items():
                count = (len(quarters[year]) if over_time[name] == "sum" else 1) * (
                    len(streets[unit]) if over_units[name] == "sum" else 1
                )
                for street in streets[unit]:
                    made[quarter, street][name] = None if value is None else _about(random, value / count, name)
            if len(streets[unit]) > 1 and random.random() < 0.1:  # what a district says of itself stands
                name = random.choice(columns)
                if name not in ("people", "event") and row[name] is not None:
                    made[quarter, unit] = dict.fromkeys(columns) | {name: float(random.randint(1, 99))}
    return Parts(made, quarters, streets, over_time, over_units)


def _about(random: Random, value: float, name: str) -> float | None:
    if name == "event":
        return float(round(value))
    if name != "people" and random.random() < 0.02:
        return None
    return float(random.randint(max(1, round(0.6 * value)), max(1, round(1.4 * value))))
