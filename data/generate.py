"""Make the illustrative data of the Red Cotton index: read ../indicators.yaml and streets.csv, write this folder.

Every value is drawn from one seed, which was fixed before any ranking was looked at. What a column looks like follows from its
line in the tree (measure, direction, per, scale, valid, over_time, the ends of its normaliser); the tables below add what
people who live there would know: how many live, work and pass through, how many communities there are, what is usual. Parts add up
to their totals. No district is given a result by hand: how good a district is, and at what, is drawn too.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import generate_posts
import numpy as np
import numpy.typing as npt
import yaml
from generate_streets import Shares, Street, read_streets
from usual import (
    COMMUNITY,
    DEATHS_OF_ACCIDENTS,
    INJURED_AT_WORK,
    OTHER_CRIMES,
    PASSING,
    RESIDENTS,
    USUAL,
    USUAL_BASE,
    USUAL_SHARE,
    WORKING,
)

Values = npt.NDArray[np.float64]  # period x district, or one value a district
Mask = npt.NDArray[np.bool_]

HERE = Path(__file__).resolve().parent
TREE = HERE.parent / "indicators.yaml"
SEED = 20211231
LATER = 2022  # what came with this year has a generator of its own
DISTRICT, STREET = "district", "street"  # the levels of units
PERIODS = [f"{year}Q{quarter}" for year in (2021, 2022) for quarter in (1, 2, 3, 4)]
MISSING_SHARE = 0.005
NOT_APPLICABLE = "不适用"
NATURE = ("数据性质", "模拟数据")  # the last column of every table


class District(NamedTuple):
    """Hold what is known of a district, in round numbers.

    `residents` are those of the yearbooks at the end of 2021 and 2022, in 万人; `presence` says how many people are about by day for
    each resident, `jobs` how many work there, `cars` how many vehicles there are for each, `villages` how many villages and communities.
    """

    code: str
    name: str
    name_en: str
    group: str
    short: str
    residents: tuple[float, float]
    presence: float
    jobs: float
    cars: float
    villages: int


CENTRE, OUTER = "中心城区", "外围城区"
DISTRICTS = [
    District("440103", "荔湾区", "Liwan", CENTRE, "荔湾", (113, 112.5), 1.10, 0.55, 0.15, 195),
    District("440104", "越秀区", "Yuexiu", CENTRE, "越秀", (103, 101.5), 1.40, 0.85, 0.16, 222),
    District("440105", "海珠区", "Haizhu", CENTRE, "海珠", (181, 178), 1.10, 0.60, 0.15, 265),
    District("440106", "天河区", "Tianhe", CENTRE, "天河", (224, 222), 1.35, 0.90, 0.17, 220),
    District("440111", "白云区", "Baiyun", OUTER, "白云", (369, 364), 1.05, 0.50, 0.16, 420),
    District("440112", "黄埔区", "Huangpu", OUTER, "黄埔", (121, 122), 0.95, 0.80, 0.20, 150),
    District("440113", "番禺区", "Panyu", OUTER, "番禺", (281, 281.5), 0.95, 0.55, 0.20, 275),
    District("440114", "花都区", "Huadu", OUTER, "花都", (171, 171.5), 0.90, 0.55, 0.20, 260),
    District("440115", "南沙区", "Nansha", OUTER, "南沙", (90, 92), 0.85, 0.60, 0.21, 165),
    District("440117", "从化区", "Conghua", OUTER, "从化", (73, 72.5), 0.80, 0.50, 0.19, 280),
    District("440118", "增城区", "Zengcheng", OUTER, "增城", (155, 156), 0.85, 0.50, 0.22, 340),
]
TILED = ["tile_row", "tile_col"]
TILES = {  # row and column of each district's tile on the map, roughly where it lies
    "440103": (2, 0),
    "440104": (2, 1),
    "440105": (3, 1),
    "440106": (2, 2),
    "440111": (1, 1),
    "440112": (2, 3),
    "440113": (4, 1),
    "440114": (1, 0),
    "440115": (5, 2),
    "440117": (0, 2),
    "440118": (1, 3),
}
NAMES = [district.name for district in DISTRICTS]
SHAPE = (len(PERIODS), len(DISTRICTS))
QUARTERS = np.arange(len(PERIODS), dtype=np.float64)[:, np.newaxis]
CENTRAL = np.array([district.group == CENTRE for district in DISTRICTS])
PRESENCE = np.array([district.presence for district in DISTRICTS])
JOBS = np.array([district.jobs for district in DISTRICTS])
CARS = np.array([district.cars for district in DISTRICTS])
VILLAGES = np.array([district.villages for district in DISTRICTS], dtype=np.float64)

# Where lawyers have their offices, for each 万人 of the usual: in the centre of commerce and of government.
LAWYERS = {"天河区": 3.6, "越秀区": 2.6, "荔湾区": 0.45, "海珠区": 0.55, "黄埔区": 0.60, "南沙区": 0.80}
LAWYERS_ELSEWHERE = 0.30

# Sums of something continuous, by what the measure begins with: decimals written.
AMOUNTS = {"万元": 1, "小时": 1, "平方米": 1, "分钟": 0, "天": 0}

# Indicators that make no sense in a district without countryside, in any quarter (illustrative).
APPLIES_NOT = {
    "rural-road-guard": {"荔湾区", "越秀区", "海珠区", "天河区"},
    "village-affairs": {"越秀区"},
}


@dataclass(frozen=True)
class Leaf:
    """Hold what one line of the tree says about its column."""

    id: str
    column: str
    measure: str
    direction: str
    target: float | None  # the middle, if a range
    ends: tuple[float, float] | None  # worst and best, where they are given
    source: str
    per: str | None
    scale: float
    over_time: str
    valid: tuple[float, float]
    department: str
    dimension: str
    in_streets: bool
    since: int | None
    until: int | None


@dataclass(frozen=True)
class Column:
    """Hold the values (period, unit) under one heading, the decimals they are written with, and which cells stay empty."""

    name: str
    values: Values
    decimals: int
    cells_not_applicable: frozenset[str] = frozenset()
    empty: Mask | None = None


def main() -> None:
    """Write the units, the base figures, the departments' files, those of streets, and the opinion file.

    What came with a later year is drawn from a generator of its own, so that what there was before stays as it was.
    """
    tree: dict[str, Any] = yaml.safe_load(TREE.read_text(encoding="utf-8"))
    rng, later = np.random.default_rng(SEED), np.random.default_rng([SEED, LATER])
    leaves = [leaf for dimension in tree["dimensions"] for leaf in leaves_under(dimension, dimension["id"], tree["defaults"])]
    official = [leaf for leaf in leaves if leaf.source == "official"]
    first, new = [leaf for leaf in official if not leaf.since], [leaf for leaf in official if leaf.since]
    of_new = {leaf.per for leaf in new} - {leaf.per for leaf in first}
    base = {"population": residents(tree["denominators"][0]["name"])}
    for one in tree["denominators"][1:]:
        base[one["id"]] = base_column(one, base["population"].values, later if one["id"] in of_new else rng)
    streets = read_streets(HERE / "streets.csv")

    write_units(streets)
    write_table(HERE / "base.csv", NAMES, list(base.values()))

    quality = latent(rng)
    strengths = {dimension["id"]: latent(rng) for dimension in tree["dimensions"]}
    columns: dict[str, Column] = {}
    for leaves_of, drawn in ((first, rng), (new, later)):
        skills = {leaf.id: 0.5 * quality + 0.5 * strengths[leaf.dimension] + 0.7 * latent(drawn) for leaf in leaves_of}
        columns |= {leaf.id: official_column(leaf, skills[leaf.id], base, drawn) for leaf in leaves_of}
        columns |= {
            leaf.id: Column(leaf.column, counted_from(leaf.id, columns, base, drawn), 0)
            for leaf in leaves_of
            if leaf.id in TOTALS
        }
        for own in by_department(leaves_of).values():
            columns |= {leaf.id: replace(columns[leaf.id], empty=not_there(leaf, drawn)) for leaf in own}
    for department, own in by_department(official).items():
        write_table(HERE / "official" / f"{department}.csv", NAMES, [columns[leaf.id] for leaf in own])

    write_table(HERE / "opinion.csv", NAMES, opinion_columns(base["posts"].values))
    write_streets(streets, [leaf for leaf in official if leaf.in_streets], columns, base)


def by_department(leaves: list[Leaf]) -> dict[str, list[Leaf]]:
    """Return the leaves of each department, in the order of the file."""
    found: dict[str, list[Leaf]] = {}
    for leaf in leaves:
        found.setdefault(leaf.department, []).append(leaf)
    return found


def not_there(leaf: Leaf, rng: np.random.Generator) -> Mask:
    """Return which cells stay empty: some that did not arrive, and the years in which nobody is asked for them."""
    years = np.array([int(period[:4]) for period in PERIODS])[:, np.newaxis]
    outside = (years < (leaf.since or 0)) | (years > (leaf.until or 9999))
    lost: Mask = outside | (rng.random(SHAPE) < MISSING_SHARE)
    return lost


def leaves_under(node: dict[str, Any], dimension: str, defaults: dict[str, Any]) -> list[Leaf]:
    """Collect the leaves below a node, in the order of the file."""
    found: list[Leaf] = []
    for child in node["indicators"]:
        if "indicators" in child:
            found += leaves_under(child, dimension, defaults)
            continue
        target, normalise, valid = child.get("target"), child.get("normalise", {}), child.get("valid", (0, 100))
        low, high = (0, 100) if isinstance(valid, dict) else valid
        found.append(
            Leaf(
                id=child["id"],
                column=child.get("column") or first_name(child.get("formula")) or child["name"],
                measure=child["measure"],
                direction=child["direction"],
                target=sum(target) / 2 if isinstance(target, list) else target,
                ends=(normalise["worst"], normalise["best"]) if "worst" in normalise else None,
                source=child.get("source", defaults["source"]),
                per=child.get("per"),
                scale=float(child.get("scale", 1)),
                over_time=child.get("over_time", defaults["over_time"]),
                valid=(float(low), float(high)),
                department=child.get("department", ""),
                dimension=dimension,
                in_streets=STREET in child.get("levels", defaults["levels"]),
                since=child.get("since"),
                until=child.get("until"),
            )
        )
    return found


def first_name(formula: str | None) -> str | None:
    """Return the column that a formula names first, its own."""
    return formula.partition("[")[2].partition("]")[0] if formula else None


def latent(rng: np.random.Generator) -> Values:
    """Draw a standard normal factor, one value a district."""
    return rng.standard_normal(len(DISTRICTS))


def residents(name: str) -> Column:
    """Return the residents: from the end of one year to that of the next in nearly even steps."""
    first, second = (np.array([district.residents[year] for district in DISTRICTS]) for year in (0, 1))
    counted = 1 + 0.0005 * np.random.default_rng([SEED, len(DISTRICTS)]).standard_normal(SHAPE)  # no round numbers
    return Column(name, np.round((first + (second - first) * (QUARTERS - 3) / 4) * counted, 2), 2)


def base_column(denominator: dict[str, Any], population: Values, rng: np.random.Generator) -> Column:
    """Draw a denominator: a slowly growing stock, or a flow with seasons."""
    decimals = 2 if denominator["measure"].startswith("万") and denominator["measure"] != "万元" else 0
    rate, among, spread = USUAL_BASE[denominator["id"]]
    shape = {RESIDENTS: population, PASSING: population * PRESENCE, WORKING: population * JOBS, "cars": population * CARS}
    level = rate * (VILLAGES if among == COMMUNITY else shape[among]) * np.exp(spread * latent(rng))
    growth = 1 + 0.006 * QUARTERS
    if denominator["over_time"] == "sum":
        values = level * growth * season(rng) * np.exp(0.04 * rng.standard_normal(SHAPE))
    else:
        values = level * growth * np.exp(0.003 * rng.standard_normal(SHAPE))
    return Column(denominator["name"], np.round(values, decimals), decimals)


def season(rng: np.random.Generator) -> Values:
    """Draw a yearly wave around 1: one phase for all districts."""
    wave: Values = 1 + 0.06 * np.sin(2 * np.pi * (QUARTERS / 4 + rng.random()))
    return wave


def official_column(leaf: Leaf, skill: Values, base: dict[str, Column], rng: np.random.Generator) -> Column:
    """Draw what a department reports for one indicator."""
    kind = next((start for start in AMOUNTS if leaf.measure.startswith(start)), None)
    wobble = 0.25 if leaf.over_time == "sum" else 0.1
    progress = 0.04 * (QUARTERS - QUARTERS.mean())
    effect = skill + progress + wobble * rng.standard_normal(SHAPE)
    if leaf.direction == "lower":
        effect = -effect
    decimals = 0
    if leaf.id == "fraud-stopped":  # of money that was lost or stopped in time
        decimals = 1
        moved = share(leaf, effect)
        values = USUAL["fraud-loss"] * base["population"].values * moved / (1 - moved)
    elif leaf.id == "lawyers":
        values = USUAL[leaf.id] * np.array([LAWYERS.get(name, LAWYERS_ELSEWHERE) for name in NAMES]) * base["population"].values
        values = values * np.exp(0.05 * effect)
    elif leaf.per is None and leaf.measure in ("分", "%"):
        decimals = 1 if leaf.measure == "分" else 2
        values = 100 * share(leaf, effect)
    elif leaf.per is None:
        decimals = 1
        values = np.clip(USUAL[leaf.id] * np.exp(0.2 * effect), *leaf.valid)
    elif leaf.measure == "%":
        counts = base[leaf.per].values
        if "金额" in leaf.column or "面积" in leaf.column:
            decimals = 1 if "金额" in leaf.column else 0
            values = np.floor(counts * share(leaf, effect) * 10**decimals) / 10**decimals
        else:
            values = rng.binomial(np.rint(counts).astype(np.int64), share(leaf, effect)).astype(np.float64)
    else:
        values = counts_of(leaf, effect, base, kind, rng)
        decimals = AMOUNTS.get(kind or "", 0)
    no_sense = frozenset(APPLIES_NOT.get(leaf.id, ()))
    return Column(leaf.column, np.round(values, decimals), decimals, no_sense)


def counts_of(leaf: Leaf, effect: Values, base: dict[str, Column], kind: str | None, rng: np.random.Generator) -> Values:
    """Draw a count, or a sum of something continuous, around what is usual among its denominator."""
    usual = USUAL.get(leaf.id, 1.0)  # what is counted from others is drawn anew
    people = PRESENCE if leaf.per == "population" and leaf.direction == "lower" else 1.0  # what happens where people are about
    expected = usual * base[str(leaf.per)].values * people / leaf.scale * np.exp(0.18 * effect)
    if leaf.over_time != "sum":
        return expected
    if kind is not None:
        return expected * season(rng) * np.exp(0.05 * rng.standard_normal(SHAPE))
    return overdispersed(expected * season(rng), rng)


TOTALS = ("criminal-cases", "traffic-deaths", "work-deaths", "work-casualties")


def counted_from(leaf: str, columns: dict[str, Column], base: dict[str, Column], rng: np.random.Generator) -> Values:
    """Draw what is made of other columns: a total of its parts, or the deaths among accidents."""
    if leaf == "criminal-cases":
        parts = ("violent-cases", "drug-cases", "theft-robbery-cases", "fraud-cases", "food-crime-solved")
        other = overdispersed(OTHER_CRIMES * base["population"].values * PRESENCE, rng)
        return other + np.sum([columns[part].values for part in parts], axis=0)
    if leaf == "work-casualties":
        injured = rng.poisson(INJURED_AT_WORK * columns["work-accidents"].values)
        return injured + deaths_of("work-deaths", columns)
    return deaths_of(leaf, columns)


def deaths_of(leaf: str, columns: dict[str, Column]) -> Values:
    """Draw the deaths among the accidents of a column, the same however often they are asked for."""
    accidents, share_of = DEATHS_OF_ACCIDENTS[leaf]
    own = np.random.default_rng([SEED, list(DEATHS_OF_ACCIDENTS).index(leaf)])
    return own.binomial(columns[accidents].values.astype(np.int64), share_of).astype(np.float64)


def share(leaf: Leaf, effect: Values) -> Values:
    """Move the usual share by an effect on the logit scale, so that it stays between 0 and 1."""
    if leaf.id in USUAL:
        usual = USUAL[leaf.id] / 100
    else:
        assert leaf.ends is not None, leaf.id
        usual = (leaf.ends[0] + USUAL_SHARE * (leaf.ends[1] - leaf.ends[0])) / 100
    odds = usual / (1 - usual) * np.exp(0.25 * effect)
    moved: Values = odds / (1 + odds)
    return moved


def overdispersed(expected: Values, rng: np.random.Generator) -> Values:
    """Draw counts that vary somewhat more than Poisson counts do."""
    size = 60.0
    return rng.negative_binomial(size, size / (size + expected)).astype(np.float64)


def opinion_columns(totals: Values) -> list[Column]:
    """Make the facets of each type of dispute from the posts that generate_posts.py draws."""
    types = generate_posts.event_types()
    counts = totals.astype(np.int64)
    found = generate_posts.facets(generate_posts.draw_posts(PERIODS, counts, len(types)), (*SHAPE, len(types)))
    return [
        Column(f"{event}·{facet}", found[facet][..., number], decimals)
        for number, event in enumerate(types)
        for facet, decimals in generate_posts.FACETS.items()
    ]


def write_streets(streets: list[Street], leaves: list[Leaf], columns: dict[str, Column], base: dict[str, Column]) -> None:
    """Write what streets have of the leaves that are there for them; where a district's value did not arrive, theirs did not."""
    shares = Shares(streets, [one.code for one in DISTRICTS], len(PERIODS), np.random.default_rng([SEED, len(streets)]))
    place = {one.code: at for at, one in enumerate(DISTRICTS)}
    above = [place[one.district] for one in streets]
    under: dict[str, Column] = {}
    for name in dict.fromkeys(["population", *(str(leaf.per) for leaf in leaves)]):
        whole = base[name]
        under[name] = replace(whole, values=shares.base(whole.values, whole.decimals, as_many=name == "population"))
    made = []
    for leaf in leaves:
        column, better = columns[leaf.id], -1 if leaf.direction == "lower" else 1
        own, among = column.values, under[str(leaf.per)].values
        if leaf.measure == "%":
            values = shares.parts(own, among, leaf.dimension, better=better)
        else:
            values = shares.counts(own, among, leaf.dimension, column.decimals, better=better)
        made.append(replace(column, values=values, empty=None if column.empty is None else column.empty[:, above]))
    names = [one.name for one in streets]
    write_table(HERE / "base-streets.csv", names, list(under.values()), "街镇")
    write_table(HERE / "official" / "街镇.csv", names, made, "街镇")


def write_units(streets: list[Street]) -> None:
    """Write the table of units, districts and then what is below them, and that of the districts alone."""
    head = ["id", "name", "name_en", "group", "city", "aliases"]
    rows = [[one.code, one.name, one.name_en, one.group, "广州市", f"{one.short};广州市{one.name}"] for one in DISTRICTS]
    tiles = [list(map(str, TILES[one.code])) for one in DISTRICTS]
    tiled = [[*row, *tile] for row, tile in zip(rows, tiles, strict=True)]
    write_csv(HERE / "districts.csv", [[*head, *TILED], *tiled])
    names = {one.code: one.name for one in DISTRICTS}
    below = [
        [one.code, one.name, one.name_en, names[one.district], "广州市", "", "", "", STREET, one.district] for one in streets
    ]
    write_csv(HERE / "units.csv", [[*head, *TILED, "level", "parent"], *([*row, DISTRICT, ""] for row in tiled), *below])


def write_table(path: Path, units: list[str], columns: list[Column], label: str = "区") -> None:
    """Write a wide table, one row a unit and period."""
    rows = [[label, "期次", *(column.name for column in columns), NATURE[0]]]
    for p, period in enumerate(PERIODS):
        rows += [[unit, period, *(cell(column, p, at, unit) for column in columns), NATURE[1]] for at, unit in enumerate(units)]
    write_csv(path, rows)


def cell(column: Column, period: int, at: int, unit: str) -> str:
    """Write one value with its decimals, or what stands for no value."""
    if unit in column.cells_not_applicable:
        return NOT_APPLICABLE
    empty = column.empty is not None and column.empty[period, at]
    return "" if empty else f"{column.values[period, at]:.{column.decimals}f}"


def write_csv(path: Path, rows: list[list[str]]) -> None:
    """Write rows as UTF-8 with a byte order mark, which spreadsheets need, and LF line ends."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


if __name__ == "__main__":
    main()
