"""Kinds of indices whole, from YAML and small made-up tables, against plain arithmetic that shares nothing with the program."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import NormalDist

import pytest

from indexcalc import read
from indexcalc.engine import score
from indexcalc.scores import Scores

from .conftest import index_of


def scored(folder: Path, tree: str, **tables: Sequence[Sequence[object]]) -> Scores:
    """Score a tree on tables by their files' names, each with its headings first; None is an empty cell."""
    for name, rows in tables.items():
        lines = (",".join("" if cell is None else str(cell) for cell in row) for row in rows)
        (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    index = index_of(tree)
    return score(index, read(index, folder))


def by_unit(scores: Scores, node: str, period: str) -> dict[str, float]:
    row = scores.score(node)[scores.periods.index(period)]
    return dict(zip(scores.panel.units.ids, row.tolist(), strict=True))


def agree(found: Mapping[str, float], wanted: Mapping[str, float | None]) -> None:
    nan = float("nan")
    assert found == pytest.approx({key: nan if one is None else one for key, one in wanted.items()}, rel=1e-12, nan_ok=True)


def places(values: Mapping[str, float]) -> dict[str, int]:
    return {key: 1 + sum(other > one for other in values.values()) for key, one in values.items()}


# An index of multiple deprivation: rates shrunk towards counties, exponential ranks, deciles of all and within counties

TENTHS = "[{name: d1, top: 0.1}, {name: d2, top: 0.2}, {name: d3, top: 0.3}, {name: rest}]"
DEPRIVATION = f"""
index: {{id: imd, decimals: 3}}
units: {{table: units.csv, group: county}}
data: {{main: {{path: values.csv}}}}
denominators: [{{id: residents}}]
defaults: {{normalise: rank-exponential}}
ranking: {{within: county}}
grades: {TENTHS}
dimensions:
  - id: everywhere
    ranking: {{top_of: all}}
    grades: {TENTHS}
    indicators:
      - {{id: poor, weight: 0.5, per: residents, shrink: county}}
      - {{id: crimes, weight: 0.2, per: residents, scale: 1000, shrink: {{within: county, how: rate}}}}
      - id: barriers
        weight: 0.3
        weights: equal
        normalise: rank-exponential
        indicators: [{{id: distance, normalise: normal-scores}}, {{id: prices, normalise: normal-scores}}]
"""


def test_an_index_of_multiple_deprivation(tmp_path: Path) -> None:
    pick = random.Random(2)
    county = {f"E{at:03d}": f"C{at % 10}" for at in range(300)}
    headings = ("residents", "poor", "crimes", "distance", "prices")
    values: dict[str, list[float]] = {}
    for unit in county:
        people = pick.randint(300, 3000)
        rest = (pick.randint(0, 60), round(pick.uniform(0, 9), 1), round(pick.lognormvariate(3, 1), 2))
        values[unit] = [people, pick.randint(0, people // 3), *rest]
    found = scored(
        tmp_path,
        DEPRIVATION,
        units=[("id", "name", "county"), *((unit, unit, name) for unit, name in county.items())],
        values=[("unit", "year", *headings), *((unit, 2024, *row) for unit, row in values.items())],
    )
    column = {name: {unit: row[at] for unit, row in values.items()} for at, name in enumerate(headings)}
    members = {name: [unit for unit in county if county[unit] == name] for name in county.values()}

    def moved(count: Mapping[str, float], log_odds: bool) -> dict[str, float]:
        out = {}
        for units in members.values():
            people, events = ({unit: of[unit] for unit in units} for of in (column["residents"], count))
            if log_odds:
                rate = {u: math.log((events[u] + 0.5) / (people[u] - events[u] + 0.5)) for u in units}
                r, n = sum(events.values()), sum(people.values())
                whole = math.log((r + 0.5) / (n - r + 0.5))
                error = {
                    u: (people[u] + 1) * (people[u] + 2) / (people[u] * (events[u] + 1) * (people[u] - events[u] + 1))
                    for u in units
                }
            else:
                rate, whole = {u: events[u] / people[u] for u in units}, sum(events.values()) / sum(people.values())
                error = {u: whole / people[u] for u in units}
            between = sum((rate[u] - whole) ** 2 for u in units) / (len(units) - 1)
            for u in units:
                own = (1 / error[u]) / (1 / error[u] + 1 / between)
                near = own * rate[u] + (1 - own) * whole
                out[u] = 1 / (1 + math.exp(-near)) if log_odds else near
        return out

    def middle_rank(x: Mapping[str, float]) -> dict[str, float]:
        every = list(x.values())
        return {u: (1 + sum(v < one for v in every) + sum(v <= one for v in every)) / 2 for u, one in x.items()}

    def exponential(x: Mapping[str, float]) -> dict[str, float]:
        return {u: -23 * math.log(1 - rank / 300 * (1 - math.exp(-100 / 23))) for u, rank in middle_rank(x).items()}

    def normal(x: Mapping[str, float]) -> dict[str, float]:
        return {u: NormalDist().inv_cdf((rank - 0.375) / 300.25) for u, rank in middle_rank(x).items()}

    poor, crimes = exponential(moved(column["poor"], True)), exponential(moved(column["crimes"], False))
    distance, prices = normal(column["distance"]), normal(column["prices"])
    barriers = exponential({u: round((distance[u] + prices[u]) / 2, 12) for u in county})
    wanted = {u: 0.5 * poor[u] + 0.2 * crimes[u] + 0.3 * barriers[u] for u in county}
    for node, one in (("poor", poor), ("crimes", crimes), ("barriers", barriers), ("imd", wanted)):
        agree(by_unit(found, node, "2024"), one)
    everywhere, within = places(wanted), dict[str, int]()
    for units in members.values():
        within |= places({u: wanted[u] for u in units})
    names = ("d1", "d2", "d3", *["rest"] * 7)
    for at, unit in enumerate(found.panel.units.ids):
        assert found.rank()[0, at] == everywhere[unit]
        assert found.grade(0, at, found.node("everywhere")) == names[(everywhere[unit] - 1) * 10 // 300]
        assert found.grade(0, at, found.tree.root) == names[(within[unit] - 1) * 10 // 30]


# A governance index: six levels over ten years, goalposts of all years together, gaps drawn over and held at the ends


def test_a_governance_index_of_six_levels_over_ten_years(tmp_path: Path) -> None:
    pick, years = random.Random(3), [str(year) for year in range(2014, 2024)]
    lines, leaves = list[str](), list[str]()

    def grow(name: str, level: int) -> None:
        lower = ", direction: lower" if level == 6 and len(leaves) % 3 == 0 else ""
        lines.append(
            "    " * (level - 2) + f"  - {{id: {name}{lower}}}" if level == 6 else "    " * (level - 2) + f"  - id: {name}"
        )
        if level == 6:
            leaves.append(name)
            return
        lines.append("    " * (level - 2) + "    indicators:")
        for child in "abc"[: pick.randint(1, 3)]:
            grow(name + child, level + 1)

    for top in ("na", "nb", "nc"):
        grow(top, 2)
    countries = [f"c{at}" for at in range(7)]
    reported = {
        (country, year): [None if pick.random() < 0.2 else round(pick.uniform(0, 100), 1) for _ in leaves]
        for country in countries
        for year in years
    }
    head = """
index: {id: governance}
units: {table: units.csv}
data: {main: {path: values.csv}}
defaults: {weights: equal, normalise: {method: min-max, over: all}, impute: {method: linear, ends: hold}}
dimensions:
"""
    found = scored(
        tmp_path,
        head + "\n".join(lines) + "\n",
        units=[("id", "name"), *((country, country) for country in countries)],
        values=[("unit", "year", *leaves), *((country, year, *row) for (country, year), row in reported.items())],
    )

    def filled(known: Sequence[float | None]) -> list[float | None]:
        there = [at for at, value in enumerate(known) if value is not None]
        out: list[float | None] = []
        for at in range(len(known)):
            before, after = max((k for k in there if k <= at), default=None), min((k for k in there if k >= at), default=None)
            near = [known[k] for k in (before, after) if k is not None]
            if len(near) < 2 or before == after:
                out.append(near[0] if near else None)
            else:
                assert before is not None and after is not None and near[0] is not None and near[1] is not None
                out.append(near[0] + (near[1] - near[0]) * (at - before) / (after - before))
        return out

    own: dict[tuple[str, str, str], float | None] = {}
    for at, leaf in enumerate(leaves):
        rows = {country: filled([reported[country, year][at] for year in years]) for country in countries}
        known = [value for row in rows.values() for value in row if value is not None]
        low, high = min(known), max(known)
        for country, row in rows.items():
            for year, value in zip(years, row, strict=True):
                share = None if value is None else (value - low) / (high - low)
                own[leaf, country, year] = None if share is None else 100 * (1 - share if at % 3 == 0 else share)

    def mean(node: str, country: str, year: str) -> float | None:
        if node in leaves:
            return own[node, country, year]
        below = {leaf[: len(node) + 1] for leaf in leaves if leaf.startswith(node)}
        there = [one for child in below if (one := mean(child, country, year)) is not None]
        return sum(there) / len(there) if there else None

    nodes = {leaf[:length] for leaf in leaves for length in range(1, 7)}
    assert max(map(len, nodes)) == 6
    for period, year in enumerate(years):
        for node in nodes:
            name = "governance" if node == "n" else node
            agree(by_unit(found, name, year), {country: mean(node, country, year) for country in countries})
        total = {country: one for country in countries if (one := mean("n", country, year)) is not None}
        assert found.rank()[period].tolist() == list(places(total).values())


# A league: points by place, shared where places tie, caps, cards that cost twice as much each time, a deduction


LEAGUE = """
index: {id: league, formula: "sum(sprint_points, judged, papers)"}
units: {table: units.csv}
data: {main: {path: values.csv, unit: team, period: season}}
dimensions:
  - id: sprint_points
    normalise: {method: bands, bands: [[1, 0], [4, 3], [5, 4], [6, 6], [7, 10]]}
    indicators: [{id: sprint, direction: lower, normalise: {method: rank, ties: max}}]
  - {id: judged, normalise: {method: bands, bands: [[1, 10], [2, 6], [3, 4], [4, 3], [5, 0]]}}
  - {id: papers, normalise: {method: bonus, each: 1.5, cap: 5}}
adjustments:
  - {id: fairplay, each: 1, cap: 1}
  - {id: cards, each: -1, repeat: 2, cap: -5}
  - {id: doping, veto: {deduct: 20}}
"""


def test_a_league_of_points(tmp_path: Path) -> None:
    head = ("team", "season", "sprint", "judged", "papers", "fairplay", "cards", "doping")
    rows = [
        ("t0", 2024, 10.1, 3, 4, 2, 0, None),
        ("t1", 2024, 10.1, 1, 0, 0, 1, None),
        ("t2", 2024, 10.4, 2, 1, None, 2, 0),
        ("t3", 2024, 10.2, 4, 2, 1, 3, 0),
        ("t4", 2024, 10.3, 9, 3, 1, 0, 1),
        ("t5", 2024, 10.9, None, 3, 0, 9, None),  # not judged: no points for it
        ("t6", 2024, 11.3, 2, 1, 0, 2, None),
    ]
    found = scored(tmp_path, LEAGUE, units=[("id", "name"), *((row[0], row[0]) for row in rows)], values=[head, *rows])
    # sprint places 1 1 5 3 4 6 7 get 10 10 0 4 3 … by the better place; then judged, papers, fair play, cards, doping
    wanted = {
        "t0": 10 + 4 + 5 + 1,
        "t1": 10 + 10 + 0 - 1,
        "t2": 0 + 6 + 1.5 - 3,
        "t3": 4 + 3 + 3 + 1 - 5,
        "t4": 3 + 0 + 4.5 + 1 - 20,
        "t5": 0 + 4.5 - 5,
        "t6": 0 + 6 + 1.5 - 3,
    }
    agree(by_unit(found, "league", "2024"), wanted)
    assert found.rank()[0].tolist() == [1, 2, 4, 3, 7, 6, 4]
