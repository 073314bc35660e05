"""Make the illustrative data of the Red Cotton index: read ../indicators.yaml, write this folder.

Every value is drawn from one seed, which was fixed before any ranking was looked at. What a column looks like follows from its
line in the tree (measure, direction, per, scale, valid, over_time, the ends of its normaliser); the tables below add what
people who live there would know: how many live, work and pass through, how many communities there are, what is usual. Parts add up
to their totals. No district is given a result by hand: how good a district is, and at what, is drawn too.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import generate_posts
import numpy as np
import numpy.typing as npt
import yaml

Values = npt.NDArray[np.float64]  # period x district, or one value a district

HERE = Path(__file__).resolve().parent
TREE = HERE.parent / "indicators.yaml"
SEED = 20211231
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

# Denominators: how many for each 万 of whom (of stocks) or for each 万 and quarter (of flows), and how much districts differ
# (standard deviation of the logarithm).
RESIDENTS, PASSING, WORKING, COMMUNITY = "residents", "people by day", "jobs", "communities"
USUAL_BASE: dict[str, tuple[float, str, float]] = {
    "vehicles": (1.0, "cars", 0.03),
    "employees": (1.0, WORKING, 0.03),
    "minors": (0.16, RESIDENTS, 0.06),
    "corrections": (3.5, RESIDENTS, 0.15),
    "defaulters": (55.0, WORKING, 0.15),
    "abnormal-firms": (120.0, WORKING, 0.20),
    "court-pending": (40.0, WORKING, 0.20),
    "case-audits": (1.2, PASSING, 0.10),
    "emergency-calls": (300.0, PASSING, 0.10),
    "fire-calls": (4.0, PASSING, 0.12),
    "fire-hazards": (30.0, RESIDENTS, 0.20),
    "work-hazards": (90.0, WORKING, 0.20),
    "campus-hazards": (2.5, RESIDENTS, 0.20),
    "rental-hazards": (25.0, RESIDENTS, 0.25),
    "reported-hazards": (2.0, RESIDENTS, 0.20),
    "food-samples": (16.0, RESIDENTS, 0.10),
    "drug-samples": (3.0, RESIDENTS, 0.10),
    "food-complaints": (9.0, PASSING, 0.15),
    "fundraising-sum": (30.0, WORKING, 0.35),
    "wage-arrears": (18.0, WORKING, 0.25),
    "illegal-building": (45.0, RESIDENTS, 0.25),
    "prosecutions": (3.0, PASSING, 0.12),
    "proposals-due": (0.4, RESIDENTS, 0.20),
    "public-interest-cases": (0.25, RESIDENTS, 0.20),
    "court-concluded": (100.0, WORKING, 0.20),
    "enforcement-cases": (35.0, WORKING, 0.20),
    "pretrial-cases": (45.0, WORKING, 0.20),
    "remote-cases": (1.5, WORKING, 0.25),
    "admin-lawsuits": (1.2, RESIDENTS, 0.20),
    "admin-reviews": (1.0, RESIDENTS, 0.20),
    "admin-penalties": (25.0, PASSING, 0.20),
    "police-complaints": (0.5, PASSING, 0.20),
    "urban-complaints": (6.0, RESIDENTS, 0.20),
    "legal-aid-cases": (3.0, RESIDENTS, 0.15),
    "legal-calls": (14.0, RESIDENTS, 0.15),
    "firm-requests": (12.0, WORKING, 0.15),
    "ip-disputes": (2.5, WORKING, 0.25),
    "consumer-complaints": (26.0, PASSING, 0.15),
    "civility-problems": (9.0, RESIDENTS, 0.20),
    "street-problems": (38.0, PASSING, 0.20),
    "violence-cases": (0.9, RESIDENTS, 0.15),
    "family-disputes": (3.0, RESIDENTS, 0.15),
    "council-items": (2.4, COMMUNITY, 0.15),
    "disputes": (12.0, RESIDENTS, 0.15),
    "labour-cases": (16.0, WORKING, 0.20),
    "property-disputes": (5.0, RESIDENTS, 0.25),
    "medical-disputes": (0.5, PASSING, 0.20),
    "petitions": (9.0, RESIDENTS, 0.20),
    "old-petitions": (0.6, RESIDENTS, 0.20),
    "hotline-orders": (1000.0, RESIDENTS, 0.12),
    "tips": (11.0, RESIDENTS, 0.20),
    "service-items": (6000.0, RESIDENTS, 0.15),
    "grid-events": (400.0, RESIDENTS, 0.25),
    "alarms": (20.0, PASSING, 0.20),
    "data-problems": (3.0, RESIDENTS, 0.20),
    "security-problems": (0.4, RESIDENTS, 0.20),
    "posts": (11.4, PASSING, 0.15),
}

# The usual value of a quarter, in the indicator's own measure, where the ends of its normaliser do not say it.
USUAL = {
    "violent-cases": 0.9,
    "drug-cases": 1.6,
    "theft-robbery-cases": 5.5,
    "fraud-cases": 4.2,
    "fight-calls": 7.0,
    "police-arrival": 7.5,
    "food-crime-solved": 1.1,
    "fraud-loss": 24.0,
    "traffic-accidents": 1.1,
    "work-accidents": 1.0,
    "fires": 0.8,
    "fire-deaths": 0.03,
    "fire-arrival": 8.2,
    "juvenile-offenders": 22.0,
    "procurator-proposals": 3.2,
    "lawyers": 9.8,
    "volunteer-hours": 5200.0,
    "active-volunteers": 880.0,
    "good-people": 5.0,
    "bravery": 2.0,
    "donations": 3.5,
    "patrol-hours": 640.0,
    "grid-hours": 18.0,
    "grid-size": 380.0,
    "corrections-reoffending": 0.15,
    "trials-on-time": 98.0,
    "plea-leniency": 87.0,
    "electronic-service": 71.0,
}
OTHER_CRIMES = 2.2  # criminal cases of no kind that is counted by itself, for each 万人
DEATHS_OF_ACCIDENTS = {"traffic-deaths": ("traffic-accidents", 0.16), "work-deaths": ("work-accidents", 0.40)}
INJURED_AT_WORK = 0.7  # for each accident
USUAL_SHARE = 0.72  # of the way from the worst to the best that a rate is measured by

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


@dataclass(frozen=True)
class Column:
    """Hold the values under one heading, and the decimals they are written with."""

    name: str
    values: Values
    decimals: int
    cells_not_applicable: frozenset[str] = frozenset()


def main() -> None:
    """Write the district table, the base figures, the departments' files and the opinion file."""
    tree: dict[str, Any] = yaml.safe_load(TREE.read_text(encoding="utf-8"))
    rng = np.random.default_rng(SEED)
    leaves = [leaf for dimension in tree["dimensions"] for leaf in leaves_under(dimension, dimension["id"], tree["defaults"])]
    base = {"population": residents(tree["denominators"][0]["name"])}
    base |= {one["id"]: base_column(one, base["population"].values, rng) for one in tree["denominators"][1:]}

    write_districts()
    write_table(HERE / "base.csv", list(base.values()), None)

    quality = latent(rng)
    strengths = {dimension["id"]: latent(rng) for dimension in tree["dimensions"]}
    official = [leaf for leaf in leaves if leaf.source == "official"]
    skills = {leaf.id: 0.5 * quality + 0.5 * strengths[leaf.dimension] + 0.7 * latent(rng) for leaf in official}
    columns = {leaf.id: official_column(leaf, skills[leaf.id], base, rng) for leaf in official}
    columns |= {
        leaf.id: Column(leaf.column, counted_from(leaf.id, columns, base, rng), 0) for leaf in official if leaf.id in TOTALS
    }
    departments: dict[str, list[Column]] = {}
    for leaf in official:
        departments.setdefault(leaf.department, []).append(columns[leaf.id])
    for department, found in departments.items():
        write_table(HERE / "official" / f"{department}.csv", found, rng)

    write_table(HERE / "opinion.csv", opinion_columns(base["posts"].values), None)


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


def write_districts() -> None:
    """Write the table of units."""
    rows = [["id", "name", "name_en", "group", "city", "aliases", "tile_row", "tile_col"]]
    rows += [
        [one.code, one.name, one.name_en, one.group, "广州市", f"{one.short};广州市{one.name}", *map(str, TILES[one.code])]
        for one in DISTRICTS
    ]
    write_csv(HERE / "districts.csv", rows)


def write_table(path: Path, columns: list[Column], rng: np.random.Generator | None) -> None:
    """Write a wide table, one row a district and period; with a generator, lose some cells."""
    gone = [np.zeros(SHAPE, dtype=bool) for _ in columns]
    if rng is not None:
        gone = [rng.random(SHAPE) < MISSING_SHARE for _ in columns]
    rows = [["区", "期次", *(column.name for column in columns), NATURE[0]]]
    for p, period in enumerate(PERIODS):
        for d, district in enumerate(NAMES):
            cells = [cell(column, p, d, missing=bool(lost[p, d])) for column, lost in zip(columns, gone, strict=True)]
            rows.append([district, period, *cells, NATURE[1]])
    write_csv(path, rows)


def cell(column: Column, period: int, district: int, *, missing: bool) -> str:
    """Write one value with its decimals, or what stands for no value."""
    if NAMES[district] in column.cells_not_applicable:
        return NOT_APPLICABLE
    return "" if missing else f"{column.values[period, district]:.{column.decimals}f}"


def write_csv(path: Path, rows: list[list[str]]) -> None:
    """Write rows as UTF-8 with a byte order mark, which spreadsheets need, and LF line ends."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.getvalue().encode("utf-8-sig"))


if __name__ == "__main__":
    main()
