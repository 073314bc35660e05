"""Make the illustrative data of the Red Cotton index: read ../indicators.yaml, write this folder.

Every value is drawn from one seed. What a column looks like follows from its line in the tree
(measure, direction, per, scale, valid, over_time); TYPICAL adds one usual value where that is not
enough. No district is given a result by hand: how good a district is, and at what, is drawn too.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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

# code, name, English name, group, short name, resident population in 万人 (rounded)
DISTRICTS = [
    ("440103", "荔湾区", "Liwan", "中心城区", "荔湾", 113),
    ("440104", "越秀区", "Yuexiu", "中心城区", "越秀", 104),
    ("440105", "海珠区", "Haizhu", "中心城区", "海珠", 182),
    ("440106", "天河区", "Tianhe", "中心城区", "天河", 224),
    ("440111", "白云区", "Baiyun", "近郊区", "白云", 371),
    ("440112", "黄埔区", "Huangpu", "近郊区", "黄埔", 120),
    ("440113", "番禺区", "Panyu", "近郊区", "番禺", 282),
    ("440114", "花都区", "Huadu", "远郊区", "花都", 171),
    ("440115", "南沙区", "Nansha", "远郊区", "南沙", 90),
    ("440117", "从化区", "Conghua", "远郊区", "从化", 73),
    ("440118", "增城区", "Zengcheng", "远郊区", "增城", 155),
]
NAMES = [district[1] for district in DISTRICTS]
POPULATION = np.array([district[5] for district in DISTRICTS], dtype=np.float64)
SHAPE = (len(PERIODS), len(DISTRICTS))
QUARTERS = np.arange(len(PERIODS), dtype=np.float64)[:, np.newaxis]

# Denominators: how many per 万人 (of stocks) or per 万人 and quarter (of flows), and how much
# districts differ (standard deviation of the logarithm).
PER_POPULATION = {
    "households": (0.36, 0.05),
    "vehicles": (0.17, 0.12),
    "employees": (0.62, 0.10),
    "enterprises": (0.16, 0.25),
    "students": (0.14, 0.08),
    "building-sites": (1.2, 0.35),
    "compounds": (2.0, 0.20),
    "communities": (1.5, 0.15),
    "corrections": (3.5, 0.15),
    "emergency-calls": (300.0, 0.15),
    "fire-calls": (4.0, 0.15),
    "fire-hazards": (30.0, 0.20),
    "work-hazards": (60.0, 0.20),
    "food-samples": (16.0, 0.10),
    "drug-samples": (3.0, 0.10),
    "prosecutions": (3.0, 0.15),
    "court-concluded": (75.0, 0.20),
    "enforcement-cases": (25.0, 0.20),
    "admin-lawsuits": (1.2, 0.20),
    "admin-reviews": (1.0, 0.20),
    "admin-penalties": (25.0, 0.20),
    "legal-aid-cases": (3.0, 0.15),
    "disputes": (12.0, 0.15),
    "labour-cases": (10.0, 0.20),
    "petitions": (9.0, 0.20),
    "hotline-orders": (1000.0, 0.15),
    "service-items": (6000.0, 0.15),
    "grid-events": (400.0, 0.25),
    "posts": (12.5, 0.25),
}
PER_POPULATION_DEFAULT = (10.0, 0.20)

# The usual value of a quarter, in the indicator's own measure.
TYPICAL = {
    "criminal-cases": 13.0,
    "violent-cases": 0.9,
    "drug-cases": 1.6,
    "public-order-cases": 26.0,
    "fight-calls": 7.0,
    "police-arrival": 7.5,
    "food-pass": 97.4,
    "drug-pass": 99.0,
    "food-crime-solved": 1.1,
    "food-borne-cases": 0.9,
    "theft-robbery-cases": 5.5,
    "fraud-cases": 4.2,
    "fraud-loss": 24.0,
    "fraud-stopped": 9.0,
    "fundraising-victims": 0.8,
    "traffic-accidents": 9.0,
    "traffic-deaths": 6.0,
    "fleet-accidents": 9.0,
    "rural-road-guard": 86.0,
    "work-accidents": 1.0,
    "work-casualties": 1.2,
    "site-accidents": 1.5,
    "fires": 0.8,
    "fire-casualties": 2.2,
    "fire-arrival": 8.2,
    "campus-cases": 1.6,
    "campus-injuries": 2.4,
    "juvenile-offenders": 3.5,
    "corrections-breaches": 18.0,
    "leaders-in-court": 86.0,
    "reviews-on-time": 98.0,
    "police-complaints": 4.5,
    "penalties-revised": 1.1,
    "urban-complaints": 6.0,
    "illegal-building": 45.0,
    "judgments-overturned": 2.6,
    "enforcement-completed": 41.0,
    "trials-on-time": 98.0,
    "trial-days": 62.0,
    "procurator-proposals": 3.2,
    "public-interest-suits": 2.1,
    "plea-leniency": 87.0,
    "returned-cases": 14.0,
    "legal-advice": 32.0,
    "lawyers": 10.0,
    "law-events": 12.0,
    "firm-complaints": 85.0,
    "ip-mediated": 3.0,
    "uncivil-acts": 4.0,
    "street-tidiness": 38.0,
    "abnormal-firms": 70.0,
    "prepaid-complaints": 3.4,
    "honest-firms": 30.0,
    "volunteer-hours": 5200.0,
    "volunteers": 2100.0,
    "active-volunteers": 42.0,
    "practice-events": 9.0,
    "law-lessons": 22.0,
    "youth-events": 900.0,
    "domestic-violence": 1.4,
    "family-guidance": 60.0,
    "bravery": 2.0,
    "civil-families": 18.0,
    "councils-held": 2.6,
    "owner-committees": 38.0,
    "disputes-settled": 97.5,
    "court-mediated": 21.0,
    "labour-settled": 74.0,
    "compound-complaints": 160.0,
    "medical-disputes": 1.8,
    "group-petitions": 1.3,
    "petitions-on-time": 97.0,
    "social-workers": 15.0,
    "donations": 3.5,
    "registered-bodies": 4.2,
    "patrol-hours": 640.0,
    "crime-tips": 11.0,
    "hazard-reports": 9.0,
    "fire-drills": 120.0,
    "first-aid": 16.0,
    "online-services": 88.0,
    "services-praised": 98.5,
    "services-on-time": 99.0,
    "social-card": 66.0,
    "grid-hours": 18.0,
    "grid-found": 210.0,
    "smart-compounds": 47.0,
    "rental-access": 63.0,
    "fire-sensors": 58.0,
    "electronic-service": 71.0,
    "online-hearings": 24.0,
    "online-mediation": 33.0,
    "case-disclosure": 82.0,
    "smart-campus": 70.0,
}
TYPICAL_COUNT = 5.0
TYPICAL_SURVEY = 88.0
TYPICAL_SHARE = {"higher": 94.0, "lower": 10.0}

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
    name: str
    measure: str
    direction: str
    target: float | None  # the middle, if a range
    source: str
    per: str | None
    scale: float
    over_time: str
    valid: tuple[float, float]
    department: str
    dimension: str
    parent: str


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
    leaves = [
        leaf
        for dimension in tree["dimensions"]
        for leaf in leaves_under(dimension, dimension["id"], tree["defaults"]["over_time"])
    ]
    base = {d["id"]: base_column(d, rng) for d in tree["denominators"]}

    write_districts()
    write_table(HERE / "base.csv", list(base.values()), None)

    quality = latent(rng)
    strengths = {dimension["id"]: latent(rng) for dimension in tree["dimensions"]}
    departments: dict[str, list[Column]] = {}
    for leaf in leaves:
        if leaf.source == "official":
            skill = 0.5 * quality + 0.5 * strengths[leaf.dimension] + 0.7 * latent(rng)
            column = official_column(leaf, skill, base, rng)
            departments.setdefault(leaf.department, []).append(column)
    for department, columns in departments.items():
        write_table(HERE / "official" / f"{department}.csv", columns, rng)

    write_table(HERE / "opinion.csv", opinion_columns(base["posts"].values), None)


def leaves_under(node: dict[str, Any], dimension: str, over_time: str) -> list[Leaf]:
    """Collect the leaves below a node, in the order of the file."""
    found: list[Leaf] = []
    for child in node["indicators"]:
        if "indicators" in child:
            found += leaves_under(child, dimension, over_time)
            continue
        target = child.get("target")
        low, high = child.get("valid", (0, 100))
        found.append(
            Leaf(
                id=child["id"],
                name=child["name"],
                measure=child["measure"],
                direction=child["direction"],
                target=sum(target) / 2 if isinstance(target, list) else target,
                source=child["source"],
                per=child.get("per"),
                scale=float(child.get("scale", 1)),
                over_time=child.get("over_time", over_time),
                valid=(float(low), float(high)),
                department=child.get("department", ""),
                dimension=dimension,
                parent=node["id"],
            )
        )
    return found


def latent(rng: np.random.Generator) -> Values:
    """Draw a standard normal factor, one value a district."""
    return rng.standard_normal(len(DISTRICTS))


def base_column(denominator: dict[str, Any], rng: np.random.Generator) -> Column:
    """Draw a denominator: a slowly growing stock, or a flow with seasons."""
    decimals = 2 if denominator["measure"].startswith("万") else 0
    if denominator["id"] == "population":
        growth = 1 + 0.002 * QUARTERS * rng.uniform(0.2, 1.8, len(DISTRICTS))
        return Column(denominator["name"], np.round(POPULATION * growth, decimals), decimals)
    rate, spread = PER_POPULATION.get(denominator["id"], PER_POPULATION_DEFAULT)
    level = rate * POPULATION * np.exp(spread * latent(rng))
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
    if leaf.per is None and leaf.measure in ("分", "%"):
        decimals = 1 if leaf.measure == "分" else 2
        low, high = leaf.valid
        values = low + (high - low) * share(leaf, effect)
    elif leaf.per is None:
        decimals = 1
        values = np.clip(typical(leaf) * np.exp(0.2 * effect), *leaf.valid)
    elif leaf.measure == "%":
        counts = base[leaf.per].values.astype(np.int64)
        values = rng.binomial(counts, share(leaf, effect)).astype(np.float64)
    else:
        expected = typical(leaf) * base[leaf.per].values / leaf.scale * np.exp(0.22 * effect)
        if leaf.over_time != "sum":
            values = expected
        elif kind is not None:
            decimals = AMOUNTS[kind]
            values = expected * season(rng) * np.exp(0.05 * rng.standard_normal(SHAPE))
        else:
            values = overdispersed(expected * season(rng), rng)
    no_sense = frozenset(APPLIES_NOT.get(leaf.id, ()))
    return Column(leaf.name, np.round(values, decimals), decimals, no_sense)


def typical(leaf: Leaf) -> float:
    """Give the usual value of an indicator in its own measure."""
    if leaf.id in TYPICAL:
        return TYPICAL[leaf.id]
    if leaf.target is not None:
        return leaf.target
    if leaf.measure == "%":
        return TYPICAL_SHARE[leaf.direction]
    return TYPICAL_SURVEY if leaf.per is None else TYPICAL_COUNT


def share(leaf: Leaf, effect: Values) -> Values:
    """Move the usual share by an effect on the logit scale, so that it stays between 0 and 1."""
    low, high = leaf.valid
    usual = (typical(leaf) - low) / (high - low)
    odds = usual / (1 - usual) * np.exp(0.25 * effect)
    moved: Values = odds / (1 + odds)
    return moved


def overdispersed(expected: Values, rng: np.random.Generator) -> Values:
    """Draw counts that vary somewhat more than Poisson counts do."""
    size = 60.0
    return rng.negative_binomial(size, size / (size + expected)).astype(np.float64)


def opinion_columns(totals: Values) -> list[Column]:
    """Make the facets of each event type from the posts that generate_posts.py draws."""
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
    rows = [["id", "name", "name_en", "group", "aliases"]]
    for code, name, name_en, group, short, _ in DISTRICTS:
        rows.append([code, name, name_en, group, f"{short};广州市{name}"])
    write_csv(HERE / "districts.csv", rows)


def write_table(path: Path, columns: list[Column], rng: np.random.Generator | None) -> None:
    """Write a wide table, one row a district and period; with a generator, lose some cells."""
    gone = [np.zeros(SHAPE, dtype=bool) for _ in columns]
    if rng is not None:
        gone = [rng.random(SHAPE) < MISSING_SHARE for _ in columns]
    rows = [["区", "期次", *(column.name for column in columns)]]
    for p, period in enumerate(PERIODS):
        for d, district in enumerate(NAMES):
            cells = [cell(column, p, d, missing=bool(lost[p, d])) for column, lost in zip(columns, gone, strict=True)]
            rows.append([district, period, *cells])
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
