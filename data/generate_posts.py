"""Draw the illustrative opinion posts of the Red Cotton index, and make the eight facets of each event type of them.

`python data/generate_posts.py` writes `posts.parquet` (some 200,000 posts in 3 MB, not in git): a row a post: district,
time, event type, severity, sentiment, source, reposts of the first hour and interactions. How many posts each district has
in each quarter is `舆情信息总量` in base.csv; all else is drawn from one seed. `generate.py` writes `opinion.csv` of the same
posts, so that the table and the posts say the same; docs/en/warning.md defines the facets.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import yaml

Values = npt.NDArray[np.float64]  # period x district x event type
Posts = dict[str, npt.NDArray[Any]]

HERE = Path(__file__).resolve().parent
SEED = 20220630
LEVELS = {"一般": 1, "较大": 4, "重大": 7, "特别重大": 10}  # severity, and its points
SENTIMENTS = ("负面", "中性", "正面")
SOURCES = 600
TOTAL = "舆情信息总量"
# the headings of the facets, after the event type's name, and the decimals that each is written with
FACETS = {
    "舆情声量": 0,
    "声量峰值": 0,
    "互动量": 0,
    "烈度分": 0,
    "首小时转发量": 1,
    "负面条数": 0,
    "负面信息天数": 0,
    "信源数量": 0,
}


def main() -> None:
    """Write posts.parquet."""
    (HERE / "posts.parquet").write_bytes(packed_posts())


def packed_posts() -> bytes:
    """Return the posts as a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    periods, districts, totals = totals_of(HERE / "base.csv")
    types = event_types()
    posts = draw_posts(periods, totals, len(types))

    def words(at: npt.NDArray[Any], known: tuple[str, ...] | list[str]) -> pa.DictionaryArray:
        return pa.DictionaryArray.from_arrays(pa.array(at.astype(np.int32)), pa.array(list(known)))

    table = pa.table(
        {
            "编号": [f"P{number:06}" for number in range(1, len(posts["time"]) + 1)],
            "区": words(posts["district"], districts),
            "发布时间": pa.array(posts["time"].astype("datetime64[us]")),
            "类型": words(posts["type"], types),
            "烈度": words(posts["level"], list(LEVELS)),
            "情感": words(posts["sentiment"], SENTIMENTS),
            "信源": [f"信源{number:03}" for number in posts["source"] + 1],
            "首小时转发": posts["reposts"],
            "互动量": posts["interactions"],
        }
    )
    packed = pa.BufferOutputStream()
    pq.write_table(table, packed, compression="zstd")
    return bytes(packed.getvalue().to_pybytes())


def event_types() -> list[str]:
    """Return the names of the event types, the nodes below the warning dimension."""
    tree: dict[str, Any] = yaml.safe_load((HERE.parent / "indicators.yaml").read_text(encoding="utf-8"))
    warning = next(dimension for dimension in tree["dimensions"] if dimension.get("role") == "warning")
    return [node["name"] for node in warning["indicators"]]


def totals_of(path: Path) -> tuple[list[str], list[str], npt.NDArray[np.int64]]:
    """Return the periods, the districts and how many posts each had (period x district), from base.csv."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    periods, districts = (list(dict.fromkeys(row[key] for row in rows)) for key in ("期次", "区"))
    totals = np.zeros((len(periods), len(districts)), dtype=np.int64)
    for row in rows:
        totals[periods.index(row["期次"]), districts.index(row["区"])] = int(row[TOTAL])
    return periods, districts, totals


def draw_posts(periods: list[str], totals: npt.NDArray[np.int64], types: int) -> Posts:
    """Draw all posts, in the order of time: columns with the places of districts, event types, levels and so on."""
    rng = np.random.default_rng(SEED)
    shape = (*totals.shape, types)
    crisis = crises(shape, rng)
    heat = rng.standard_normal(shape[1:]) * 0.5 + rng.standard_normal(shape) * 0.3 + 0.5 * crisis
    usual = rng.dirichlet(np.full(types, 8.0), shape[1])
    mix = usual * np.exp(0.12 * rng.standard_normal(shape) + 0.45 * crisis)
    mix /= mix.sum(axis=-1, keepdims=True)
    volumes = rng.multinomial(totals, mix)
    period, district, kind = (np.repeat(at.ravel(), volumes.ravel()) for at in np.indices(shape))
    own = heat[period, district, kind]
    severity = np.exp(0.35 * own[:, np.newaxis]) ** np.arange(len(LEVELS)) * np.array([0.55, 0.28, 0.13, 0.04])
    level = (rng.random(len(own))[:, np.newaxis] > np.cumsum(severity / severity.sum(axis=1, keepdims=True), axis=1)).sum(axis=1)
    negative = 1 / (1 + np.exp(1.1 - 0.35 * own - 0.3 * level))
    draw = rng.random(len(own))
    sentiment = np.where(draw < negative, 0, np.where(draw < negative + 0.7 * (1 - negative), 1, 2))
    posts = {
        "time": times(periods, shape, volumes, heat, period, rng),
        "district": district,
        "type": kind,
        "level": level,
        "sentiment": sentiment,
        "source": np.floor(SOURCES * rng.random(len(own)) ** 2.2).astype(np.int64),
        "reposts": rng.poisson(rng.gamma(0.6, 5.0, len(own)) * np.exp(0.3 * own + 0.4 * level)),
        "interactions": np.floor(rng.lognormal(3.0, 1.1, len(own)) * np.exp(0.2 * own + 0.3 * level)).astype(np.int64),
    }
    order = np.argsort(posts["time"], kind="stable")
    return {name: column[order] for name, column in posts.items()} | {"period": period[order]}


def crises(shape: tuple[int, int, int], rng: np.random.Generator) -> Values:
    """Draw where an event type boils up in a district: from some quarter on for one to six, stronger from quarter to quarter."""
    quarter = np.arange(shape[0])[:, np.newaxis, np.newaxis]
    there = rng.random(shape[1:]) < 0.12
    begins, lasts = rng.integers(4, shape[0], shape[1:]), rng.integers(1, 7, shape[1:])
    during = there & (quarter >= begins) & (quarter < begins + lasts)
    grown: Values = np.where(during, 2.0 + 0.5 * (quarter - begins), 0.0)
    return grown


def times(
    periods: list[str],
    shape: tuple[int, int, int],
    volumes: npt.NDArray[np.int64],
    heat: Values,
    period: Any,
    rng: np.random.Generator,
) -> npt.NDArray[Any]:
    """Draw when each post appeared, to the second: over the quarter, and some within days after one outbreak."""
    months = np.array([f"{one[:4]}-{3 * int(one[5]) - 2:02}" for one in periods], dtype="datetime64[M]")
    starts = months.astype("datetime64[D]")
    days = ((months + 3).astype("datetime64[D]") - starts).astype(float)
    flat = volumes.ravel()
    outbreak = np.repeat((rng.random(shape) * (days[:, np.newaxis, np.newaxis] - 10)).ravel(), flat)
    share = np.repeat((0.06 * np.exp(0.6 * heat)).ravel(), flat)
    even = rng.random(len(outbreak)) * days[period]
    after = np.minimum(outbreak + rng.exponential(1.5, len(outbreak)), days[period] - 0.01)
    day = np.floor(np.where(rng.random(len(outbreak)) < share, after, even))
    clock = np.clip(rng.normal(14.0, 4.5, len(outbreak)), 0.0, 23.99)
    began = starts.astype("datetime64[s]")[period]
    found: npt.NDArray[Any] = began + (day * 86400 + np.floor(clock * 3600)).astype("timedelta64[s]")
    return found


def facets(posts: Posts, shape: tuple[int, int, int]) -> dict[str, Values]:
    """Return the facets of each period, district and event type, by their headings; docs/en/warning.md defines them."""
    cell = np.ravel_multi_index((posts["period"], posts["district"], posts["type"]), shape)
    cells = int(np.prod(shape))
    day = (posts["time"] - np.datetime64("1970-01-01")).astype("timedelta64[D]").astype(np.int64)
    negative = posts["sentiment"] == 0

    def count(where: Any = None, weights: Any = None) -> Values:
        chosen = slice(None) if where is None else where
        return np.bincount(cell[chosen], weights, cells).astype(np.float64)

    def different(of: npt.NDArray[np.int64], where: Any = slice(None)) -> Values:
        pairs = np.unique(np.stack([cell[where], of[where]]), axis=1)
        return np.bincount(pairs[0], minlength=cells).astype(np.float64)

    pairs, many = np.unique(np.stack([cell, day]), axis=1, return_counts=True)
    peak = np.zeros(cells)
    np.maximum.at(peak, pairs[0], many)
    volume = count()
    ordered = np.lexsort((posts["reposts"], cell))
    first = np.cumsum(volume) - volume
    at = first + np.maximum(volume - 1, 0) * 0.9
    low = np.floor(at).astype(np.int64)
    high = np.minimum(low + 1, (first + np.maximum(volume - 1, 0)).astype(np.int64))
    sorted_reposts = np.append(posts["reposts"][ordered], 0).astype(np.float64)
    speed = sorted_reposts[low] + (at - low) * (sorted_reposts[high] - sorted_reposts[low])
    points = np.array(list(LEVELS.values()))[posts["level"]]
    found = {
        "舆情声量": volume,
        "声量峰值": peak,
        "互动量": count(None, posts["interactions"]),
        "烈度分": count(None, points),
        "首小时转发量": speed,
        "负面条数": count(negative),
        "负面信息天数": different(day, negative),
        "信源数量": different(posts["source"]),
    }
    return {name: found[name].reshape(shape) for name in FACETS}


if __name__ == "__main__":
    main()
