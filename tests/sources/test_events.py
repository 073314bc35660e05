"""Logs of events to indicators: against pandas over a dirty log whose mistakes are known, on every engine alike."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from indexcalc.engine import score
from indexcalc.findings import render
from indexcalc.panel import NOT_APPLICABLE
from indexcalc.sources import match, panel
from indexcalc.spec import Index

from ..conftest import index_of
from .engines import postgres, spark

__all__ = ["postgres", "spark"]

pytest.importorskip("ibis", reason="the extra `events` is not installed")
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning", "ignore::ResourceWarning")

UNITS = "id,name,aliases,population\n01,东区,东城;East,1000\n02,西区,West's,2000\n03,南区,,4000\n04,北区,,500\n"
PERIODS = ["2022Q1", "2022Q2", "2022Q3", "2022Q4"]
LEVELS = {"一般": 1.0, "较大": 3.0, "重大": 10.0}
CLEAN_NAMES = ["01", "东区", "东城", "East", "02", "西区", "West's", "03", "南区", " 东区 ", "西　区"[:1] + "区", "老西区"]
UNIT_OF = {"01": 0, "东区": 0, "东城": 0, "East": 0, "02": 1, "西区": 1, "West's": 1, "老西区": 1, "03": 2, "南区": 2}

TREE = """
index: {{id: t}}
units: {{label: 区, table: u.csv}}
periods: {{kind: quarter{roll_up}}}
data:
  log:
    path: {path}
    missing: ["-"]
    events: {{unit: 区, time: opened, end: closed, due: due, key: key, from: 2022Q1, to: 2022Q4, names: {{老西区: "02"}}{more}}}
denominators:
  - {{id: population, source: units}}
  - {{id: callers, source: log, events: {{method: distinct, of: caller}}{overtime}}}
defaults: {{weights: equal, normalise: points, source: log}}
dimensions:
  - {{id: n, events: count}}
  - {{id: rate, events: count, per: population, scale: 10000}}
  - {{id: noise, events: {{method: count, where: kind = 'noise' and grade >= 3}}}}
  - id: other
    events:
      method: count
      where: not (kind in ('noise', 'O''Hara "x"')) or caller is missing
  - {{id: words, events: {{method: count, where: "kind contains 'oi' and kind != 'x' or grade in (1, 5)"}}}}
  - {{id: late, events: {{method: count, where: closed > due or opened >= '2022-12-01'}}}}
  - {{id: spent, events: {{method: sum, of: amount * 2 + 1, where: amount > 0}}}}
  - {{id: paid, events: {{method: sum, of: amount / 100}}}}
  - {{id: graded, events: {{method: sum, of: grade}}}}
  - {{id: mean, events: {{method: mean, of: amount}}}}
  - {{id: days, events: {{method: mean, of: duration / 24, where: status = 'closed'}}}}
  - {{id: middle, events: {{method: median, of: duration}}{overtime}}}
  - {{id: p90, events: {{method: percentile, of: amount, at: 0.9, where: grade > 1}}{overtime}}}
  - {{id: low, events: {{method: min, of: amount}}{overtime}}}
  - {{id: high, events: {{method: max, of: amount}}{overtime}}}
  - {{id: done, events: {{method: share, of: status = 'closed' and duration <= 48}}, scale: 100}}
  - {{id: punctual, events: on-time, scale: 100}}
  - {{id: punctual-out, events: {{method: on-time, open: out, where: kind = 'noise'}}}}
  - {{id: severe, events: {{method: severity, of: level, levels: {{一般: 1, 较大: 3, 重大: 10}}}}}}
  - {{id: callers-kinds, events: {{method: distinct, of: kind}}, per: callers{overtime}}}
  - {{id: rare, events: {{method: mean, of: amount, where: kind = 'rare'}}}}
"""


def make_log(rng: np.random.Generator, rows: int, *, typed: bool) -> tuple[pd.DataFrame, pd.DataFrame, dict[str, set[str]]]:
    """A log as it would arrive, the truth about its clean rows, and the reasons why each dirty row is so, by its key.

    Where it is typed, as Parquet and databases are, times are times and no broken one can be; otherwise all is text.
    """
    names = rng.choice(CLEAN_NAMES, rows)
    opened = pd.Timestamp("2022-01-01") + pd.to_timedelta(rng.integers(0, 365 * 86400 * 1000, rows), unit="ms")
    hours = rng.exponential(40, rows).round(3)
    is_open, no_due = rng.random(rows) < 0.15, rng.random(rows) < 0.3
    closed = (opened + pd.to_timedelta((hours * 3.6e6).astype(np.int64), unit="ms")).to_series(index=range(rows))
    due = (opened + pd.Timedelta(hours=48)).to_series(index=range(rows))
    closed[is_open], due[no_due] = pd.NaT, pd.NaT
    amount = (rng.normal(200, 300, rows) * 1.1).round(4)
    amount[rng.random(rows) < 0.2] = np.nan
    truth = pd.DataFrame(
        {
            "unit": [UNIT_OF[name.strip()] for name in names],
            "opened": opened,
            "closed": closed,
            "due": due,
            "kind": rng.choice(["noise", "fire", 'O\'Hara "x"', "rare"], rows, p=[0.5, 0.3, 0.198, 0.002]),
            "grade": rng.integers(0, 6, rows),
            "amount": amount,
            "caller": pd.Series(rng.choice(["a", "b", "c", "d\ne", None], rows), dtype="str"),
            "status": np.where(is_open, "open", "closed"),
            "level": rng.choice(list(LEVELS), rows),
        }
    )
    truth["name"], truth["key"] = names, [f"K{at:06}" for at in range(rows)]
    seen = pd.DataFrame(
        {"区": truth.name, "opened": truth.opened, "closed": truth.closed, "due": truth.due, "key": truth.key}
        | {name: truth[name] for name in ("kind", "grade", "amount", "caller", "status", "level")}
    )
    if not typed:
        for name in ("opened", "closed", "due"):
            text = truth[name].dt.strftime("%Y-%m-%d %H:%M:%S.%f").str.slice(0, 23)
            seen[name] = text.where(truth[name].notna(), None)
        seen["grade"] = truth.grade.astype("str")
        seen["amount"] = [None if value != value else repr(float(value)) for value in truth.amount]
        seen.loc[seen.index[:20], "opened"] = truth.opened[:20].dt.strftime("%Y/%m/%dT%H:%M:%S.%f").str.slice(0, 23)
    dirty: dict[str, set[str]] = {}

    def soil(share: float, reason: str, change: dict[str, Any]) -> None:
        for at in rng.choice(rows, max(2, int(rows * share)), replace=False):
            if reason == "over before it began" and (pd.isna(seen.at[at, "opened"]) or truth.key[at] in dirty):
                continue
            if {"opened", "区", "closed", "amount", "grade", "level"} & set(change) and change.keys() & touched.get(at, set()):
                continue
            touched.setdefault(at, set()).update(change)
            for column, value in change.items():
                seen.at[at, column] = value(at) if callable(value) else value
            dirty.setdefault(truth.key[at], set()).add(reason)

    touched: dict[int, set[str]] = {}
    soil(0.02, "unknown unit", {"区": "05 MANHATTAN"})
    soil(0.02, "unknown unit", {"区": "'; drop table log; --"})
    soil(0.01, "no unit", {"区": None if typed else "  "})
    soil(0.01, "no time", {"opened": None})
    if typed:
        soil(0.02, "outside", {"opened": pd.Timestamp("2021-12-31 23:59:59"), "closed": pd.NaT})
        soil(0.02, "over before it began", {"closed": lambda at: truth.opened[at] - pd.Timedelta(milliseconds=1)})
        soil(0.01, "no number", {"amount": np.inf})
    else:
        soil(0.02, "outside", {"opened": "2023-01-01 00:00", "closed": None})
        soil(0.02, "no such time", {"opened": "2022-02-30 10:00:00"})
        soil(0.02, "no such time", {"closed": "yesterday"})
        soil(0.01, "no such time", {"due": "2022-06-01 24:00:00"})
        earlier = lambda at: (truth.opened[at] - pd.Timedelta(milliseconds=1)).strftime("%Y-%m-%d %H:%M:%S.%f")[:23]  # noqa: E731
        soil(0.02, "over before it began", {"closed": earlier})
        soil(0.01, "no number", {"amount": "12,5"})
        soil(0.01, "no number", {"grade": "inf"})
    soil(0.01, "unknown level", {"level": "特别重大"})
    soil(0.005, "unknown level", {"level": "-" if not typed else None})
    clean = truth[~truth.key.isin(list(dirty))].copy()
    again = clean.sample(max(2, rows // 100), random_state=1)
    copies = seen.loc[again.index].copy()
    copies["caller"] = "again"
    if typed:
        copies["opened"] += pd.Timedelta(milliseconds=1)
    else:
        copies["opened"] = (again.opened + pd.Timedelta(milliseconds=1)).dt.strftime("%Y-%m-%d %H:%M:%S.%f").str.slice(0, 23)
    copies["closed"] = None if not typed else pd.NaT
    for key in copies.key:
        dirty[key] = {"repeated"}
    seen = pd.concat([seen, copies]).sample(frac=1, random_state=2).reset_index(drop=True)
    return seen, clean, dirty


def brute(clean: pd.DataFrame, population: list[float]) -> dict[str, np.ndarray]:
    """Every indicator of TREE by the plainest pandas, (period, unit)."""
    clean = clean.assign(
        period=clean.opened.dt.year * 4 + clean.opened.dt.quarter - 1 - 2022 * 4,
        hours=(clean.closed - clean.opened).dt.total_seconds() / 3600,
        weight=clean.level.map(LEVELS),
    )

    def each(value: Any) -> np.ndarray:
        return np.array(
            [[value(clean[(clean.period == p) & (clean.unit == u)]) for u in range(4)] for p in range(4)], dtype=float
        )

    def nan(value: Any) -> float:
        return float(value) if value is not None else np.nan

    def count(where: Any) -> np.ndarray:
        return each(lambda d: int(where(d).sum()) if len(d) else 0)

    def mean(of: Any) -> np.ndarray:
        return each(lambda d: nan(of(d).mean()) if len(of(d)) else np.nan)

    callers = each(lambda d: d.caller.nunique())
    n = each(len)
    on_time = lambda d: d.closed <= d.due  # noqa: E731
    with np.errstate(invalid="ignore", divide="ignore"):
        return {
            "n": n,
            "rate": n / np.array(population) * 10000,
            "noise": count(lambda d: (d.kind == "noise") & (d.grade >= 3)),
            "other": count(lambda d: ~d.kind.isin(["noise", 'O\'Hara "x"']) | d.caller.isna()),
            "words": count(lambda d: d.kind.str.contains("oi") | d.grade.isin([1, 5])),
            "late": count(lambda d: (d.closed > d.due) | (d.opened >= "2022-12-01")),
            "spent": each(lambda d: (d.amount[d.amount > 0] * 2 + 1).sum()),
            "paid": each(lambda d: d.amount.sum() / 100),
            "graded": each(lambda d: d.grade.sum()),
            "mean": mean(lambda d: d.amount),
            "days": mean(lambda d: d.hours[d.status == "closed"] / 24),
            "middle": each(lambda d: d.hours.median() if len(d) else np.nan),
            "p90": each(lambda d: d.amount[d.grade > 1].quantile(0.9) if len(d) else np.nan),
            "low": each(lambda d: d.amount.min()),
            "high": each(lambda d: d.amount.max()),
            "done": mean(lambda d: ((d.status == "closed") & (d.hours <= 48)).astype(float)) * 100,
            "punctual": mean(lambda d: on_time(d)[d.due.notna()].astype(float)) * 100,
            "punctual-out": mean(lambda d: on_time(d)[d.due.notna() & d.closed.notna() & (d.kind == "noise")].astype(float)),
            "severe": each(lambda d: d.weight.sum()),
            "callers-kinds": np.where(callers == 0, np.nan, each(lambda d: d.kind.nunique()) / callers),
            "rare": mean(lambda d: d.amount[d.kind == "rare"]),
        }


def project(folder: Path, path: str, *, more: str = "", roll_up: bool = False) -> Index:
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    overtime = ", over_time: mean" if roll_up else ""
    return index_of(TREE.format(path=path, more=more, roll_up=", roll_up: year" if roll_up else "", overtime=overtime))


STORES = [
    "duckdb csv",
    "duckdb gb18030",
    "duckdb parquet",
    "duckdb table",
    "postgres text",
    "postgres typed",
    "spark csv",
    "spark gb18030",
    "spark parquet",
]


@pytest.fixture(params=STORES)
def store(request: pytest.FixtureRequest) -> Any:
    """How a log is stored and what counts it; the engine of its own is started when the first test asks for it."""
    kind = request.param
    if kind.startswith("postgres"):
        return kind, request.getfixturevalue("postgres")
    if kind.startswith("spark"):
        return kind, request.getfixturevalue("spark")
    return kind, None


def is_typed(kind: str) -> bool:
    return kind.split()[1] in ("parquet", "table", "typed")


def put(seen: pd.DataFrame, folder: Path, kind: str, server: Any) -> dict[str, str]:
    """Store a log, and return what the tree has to say of it."""
    engine, form = kind.split()
    more = ", engine: spark" if engine == "spark" else ""
    if form in ("csv", "gb18030"):
        seen.to_csv(folder / "log.csv", index=False, encoding="utf-8" if form == "csv" else "gb18030")
        return {"path": "log.csv", "more": more}
    if form == "parquet":
        half = len(seen) // 2  # in two files
        to = {"index": False} | ({"coerce_timestamps": "us"} if engine == "spark" else {})  # Spark reads no nanoseconds
        seen[:half].to_parquet(folder / "log1.parquet", **to)
        seen[half:].to_parquet(folder / "log2.parquet", **to)
        return {"path": "log*.parquet", "more": more}
    if engine == "duckdb":
        import duckdb

        with duckdb.connect(str(folder / "log.duckdb")) as connection:
            connection.execute("create schema city")
            connection.register("seen", seen)
            connection.execute("create table city.log as select * from seen")
        return {"path": "log.duckdb", "more": ", table: city.log"}
    import psycopg

    kinds = {"datetime64": "timestamp", "float": "double precision", "int": "bigint"}
    with psycopg.connect(server) as connection:
        connection.execute("drop table if exists log")
        columns = [
            f'"{name}" {next((sql for start, sql in kinds.items() if str(kind).startswith(start)), "text")}'
            for name, kind in seen.dtypes.items()
        ]
        connection.execute(f"create table log ({', '.join(columns)})")
        with connection.cursor().copy("copy log from stdin") as copy:
            for row in seen.itertuples(index=False):
                copy.write_row([None if pd.isna(value) else value for value in row])
    return {"path": f'"{server}"', "more": ", table: log"}


def test_every_value_is_that_of_pandas_on_every_engine(tmp_path: Path, store: Any) -> None:
    kind, server = store
    seen, clean, dirty = make_log(np.random.default_rng(7), 3000, typed=is_typed(kind))
    index = project(tmp_path, **put(seen, tmp_path, kind, server))
    matched = match(index, tmp_path)
    assert [render(one, "en") for one in matched.findings if one.severity == "error"] == []
    scores = score(index, panel(matched))
    assert scores.periods == tuple(PERIODS)
    for name, wanted in brute(clean, [1000, 2000, 4000, 500]).items():
        got = scores.derived[..., scores.tree.position[name]]
        np.testing.assert_allclose(got, wanted, rtol=1e-9, atol=1e-9, err_msg=name)
    # no case is not applicable; a case without a value is missing
    assert (scores.status[:, 3, scores.tree.position["mean"]] == NOT_APPLICABLE).all()
    assert (scores.status[:, 3, scores.tree.position["middle"]] == NOT_APPLICABLE).all()
    (quarantine,) = scores.panel.quarantine
    key = quarantine.header.index("key")
    found: dict[str, set[str]] = {}
    for row in quarantine.rows:
        found.setdefault(row[key], set()).update(quarantine.reasons[at][0] for at in row[-1])
    assert found == dirty
    assert quarantine.read == len(seen)
    assert quarantine.dirty == len(quarantine.rows) == len(seen) - len(clean)
    for (reason, column), many in zip(quarantine.reasons, quarantine.counts, strict=True):
        told = sum((reason, column) in {quarantine.reasons[at] for at in row[-1]} for row in quarantine.rows)
        assert many == told
