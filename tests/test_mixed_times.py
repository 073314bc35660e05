"""Ten years in which units merge, split, begin, end and are called otherwise while the tree changes too."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given, settings

import indexcalc as ic

from .conftest import count
from .projects import laid_out
from .test_editions import COLUMNS, then, value
from .trees import SEEDS

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")
YEARS = range(2010, 2020)
LAST = 2019
TREE = """
index: {id: city, name: 城市, decimals: 4, aggregate: {2010: arithmetic, Y5: geometric}}
units: {table: units.csv}
periods: {kind: year}
data: {values: {path: values.csv}}
defaults: {normalise: {method: min-max, low: 1}}
ranking: {decimals: {2010: 4, Y1: 1}}
adjustments: [{id: fires, name: 火灾, each: {2010: -1, Y2: -2}}]
dimensions:
  - id: safety
    name: 安全
    weight: {2010: 0.6, Y4: 1/3}
    indicators:
      - {id: cases, name: 案件, weight: {2010: 0.5, Y3: 0.3}}
      - {id: calls, name: 警情, weight: 0.5, until: BEFORE}
      - {id: alarms, name: 报警, weight: 0.7, since: Y3, replaces: calls}
  - id: roads
    name: 道路
    weight: {2010: 0.4, Y4: 0.4}
    indicators: [{id: length, name: 里程, weight: 1}]
  - id: air
    name: 空气
    since: Y4
    weight: 4/15
    indicators: [{id: dust, name: 粉尘, weight: 1, direction: lower}]
"""


class Drawn:
    """The years of five changes of the tree and of five of the units, and the files that say so."""

    def __init__(self, seed: int) -> None:
        drawn = random.Random(seed)
        own = drawn.sample(range(2011, LAST), 5)
        merged, split, named, begun, ended = (drawn.randint(2011, LAST - 1) for _ in range(5))
        self.tree = TREE.replace("BEFORE", str(own[2] - 1))
        for at, year in enumerate(own, start=1):
            self.tree = self.tree.replace(f"Y{at}", str(year))
        self.columns = {"calls": (2010, own[2] - 1), "alarms": (own[2], LAST), "dust": (own[3], LAST)}
        self.units = {
            **dict.fromkeys("CH", (2010, LAST)),
            **dict.fromkeys("AB", (2010, merged - 1)),
            "AB": (merged, LAST),
            "E": (2010, split - 1),
            **dict.fromkeys(("E1", "E2"), (split, LAST)),
            "D": (2010, named - 1),
            "D2": (named, LAST),
            "F": (begun, LAST),
            "G": (2010, ended - 1),
        }
        self.past = {"AB": "A;B", "E1": "E", "E2": "E", "D2": "D"}

    def there(self, year: int) -> list[str]:
        return [unit for unit, (first, last) in self.units.items() if first <= year <= last]

    def rows(self, year: int) -> list[str]:
        times = [self.columns.get(column, (2010, LAST)) for column in COLUMNS]
        return [
            ",".join(
                [unit, str(year)]
                + [
                    str(value(unit, year, column)) if first <= year <= last else ""
                    for column, (first, last) in zip(COLUMNS, times, strict=True)
                ]
            )
            for unit in self.there(year)
        ]

    def whole(self, folder: Path) -> Path:
        units = [f"{unit},{unit}区,{first},{last},{self.past.get(unit, '')}" for unit, (first, last) in self.units.items()]
        values = [row for year in YEARS for row in self.rows(year)]
        return self.written(folder, self.tree, ["id,name,since,until,replaces", *units], values)

    def alone(self, folder: Path, year: int) -> Path:
        """A year's values alone, with the units and the plain tree of then."""
        tree = yaml.safe_dump(then(year, self.tree), allow_unicode=True, sort_keys=False)
        units = ["id,name", *(f"{unit},{unit}区" for unit in self.there(year))]
        return self.written(folder / str(year), tree, units, self.rows(year))

    def written(self, folder: Path, tree: str, units: list[str], values: list[str]) -> Path:
        head = f"id,year,{','.join(COLUMNS)}"
        files = {"units.csv": "\n".join(units) + "\n", "values.csv": "\n".join([head, *values]) + "\n"}
        return laid_out(folder, {"indicators.yaml": tree, **files}) / "indicators.yaml"


@settings(max_examples=count(3, 40))
@given(seed=SEEDS)
def test_each_year_is_scored_as_by_itself_and_all_of_them_compare(seed: int) -> None:
    drawn = Drawn(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scores = ic.score(drawn.whole(folder))
        assert {one.code for one in scores.findings} <= {"IC427"}  # years compare by ends that move
        for year in YEARS:
            plain, own = ic.score(drawn.alone(folder, year)), scores.of_period(str(year))
            row = scores.periods.index(str(year))
            at = [scores.panel.units.ids.index(unit) for unit in plain.panel.units.ids]
            assert [node.id for node in own.tree.nodes] == [node.id for node in plain.tree.nodes]
            for kind in ("scores", "ranks", "coverage", "points"):
                np.testing.assert_array_equal(getattr(own, kind)[row, at], getattr(plain, kind)[0], kind)
    for year in YEARS[1:]:
        moved = ic.change(scores, from_=str(year - 1), to=str(year))
        assert not np.isnan(moved.scores).any()
        np.testing.assert_allclose(sum(moved.parts.values()), moved.scores[1] - moved.scores[0], atol=1e-9)
        np.testing.assert_allclose(sum(moved.rank_parts.values()), moved.ranks[1] - moved.ranks[0], atol=1e-9)
        begun = {unit for unit, (first, _) in drawn.units.items() if first == year} - {"AB", "D2"}
        assert {moved.units.ids[at] for at in moved.at} == set(drawn.there(year)) - begun
    for unit in drawn.units:
        frame = ic.trend(scores, unit=unit).frame()
        assert not frame[["value", "rank"]].isna().any(axis=None), unit
        assert not frame[["before", "rank_before"]].iloc[1:].isna().any(axis=None), unit
    assert len(ic.trend(scores, unit="AB").frame()) == len(ic.trend(scores, unit="D").frame()) == len(YEARS)
