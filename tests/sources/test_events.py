"""Logs of events to indicators: against pandas over a dirty log whose mistakes are known, on every engine alike."""

from __future__ import annotations

import datetime as dt
import gzip
import re
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest

from indexcalc import read
from indexcalc.engine import score
from indexcalc.findings import Refused, render
from indexcalc.panel import NOT_APPLICABLE
from indexcalc.sources import match, panel
from indexcalc.tree import Index

from ..conftest import PROVE, index_of
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
  - {{id: cases, source: log, events: count}}
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
  - {{id: per-case, events: {{method: sum, of: amount}}, per: cases}}
  - {{id: busiest, events: {{method: peak, where: kind = 'noise'}}{overtime}}}
  - {{id: with-noise, events: {{method: days, where: kind = 'noise' and amount > 0}}}}
  - {{id: busiest-of-all, events: peak{overtime}}}
  - {{id: rarely-paid, events: {{method: sum, of: amount * 1, where: kind = 'rare' and grade < 2}}}}
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

    def paid(amounts: Any) -> float:
        return float(amounts.sum()) if amounts.notna().any() or not len(amounts) else np.nan

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
            "per-case": np.where(n == 0, np.nan, each(lambda d: d.amount.sum()) / n),
            "busiest": each(
                lambda d: d.opened[d.kind == "noise"].dt.date.value_counts().max() if (d.kind == "noise").any() else 0
            ),
            "with-noise": each(lambda d: d.opened[(d.kind == "noise") & (d.amount > 0)].dt.date.nunique()),
            "busiest-of-all": each(lambda d: d.opened.dt.date.value_counts().max() if len(d) else 0),
            "rarely-paid": each(lambda d: paid(d.amount[(d.kind == "rare") & (d.grade < 2)])),
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

    kinds = {"datetime64[us, UTC]": "timestamptz", "datetime64": "timestamp", "float": "double precision", "int": "bigint"}
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


def test_the_events_behind_a_value_are_those_that_weigh_most(tmp_path: Path, store: Any) -> None:
    kind, server = store
    if kind in ("spark csv", "spark gb18030") and not PROVE:
        pytest.skip("a minute of planning, and read as in the test of values: asked by `make prove`")
    seen, clean, _ = make_log(np.random.default_rng(8), 400, typed=is_typed(kind))
    matched = match(project(tmp_path, **put(seen, tmp_path, kind, server)), tmp_path)
    behind = matched.behind["log"]
    clean = clean.assign(weight=clean.level.map(LEVELS))
    own = clean[(clean.unit == 0) & (clean.opened.dt.quarter == 2)]
    by_day = own[own.kind == "noise"].groupby(own.opened.dt.date).key.transform("size")
    busiest = own[own.kind == "noise"].assign(many=by_day)
    wanted = {
        "n": own.sort_values("opened", ascending=False),
        "noise": own[(own.kind == "noise") & (own.grade >= 3)].sort_values("opened", ascending=False),
        "graded": own.sort_values(["grade", "opened"], ascending=False),
        "low": own.sort_values(["amount", "opened"], ascending=[True, False]),
        "severe": own.sort_values(["weight", "opened"], ascending=False),
        "busiest": busiest.sort_values(["many", "opened"], ascending=False),
    }
    shown = list(wanted)
    if kind == "spark parquet" and not PROVE:  # each is a query that takes Spark seconds to plan
        shown = shown[2::3]
    if kind == "postgres text" and not PROVE:  # its typed log is asked for all
        shown = shown[::3]
    for column in shown:
        rows = wanted[column]
        got = [dict(zip(behind.header, row, strict=True))["key"] for row in behind.events(column, ["01"], ["2022Q2"], 5)]
        assert got == rows.key[:5].tolist(), column


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


ENGINES = ["duckdb parquet", "postgres typed", "spark parquet"]


def small(
    folder: Path, seen: pd.DataFrame, kind: str, server: Any, *, periods: str, log: str, leaf: str = "events: count"
) -> Index:
    """A project over a small log of an engine: units 01 to 04, one indicator."""
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    said = put(seen, folder, kind, server)
    return index_of(
        f"index: {{id: t}}\nunits: {{label: 区, table: u.csv}}\nperiods: {{kind: {periods}}}\n"
        f"data: {{log: {{path: {said['path']}, events: {{unit: 区, {log}{said['more']}}}}}}}\n"
        f"defaults: {{normalise: points, weights: equal}}\ndimensions:\n  - {{id: x, {leaf}}}\n"
    )


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Any:
    kind = request.param
    return kind, request.getfixturevalue(kind.split()[0]) if not kind.startswith("duckdb") else None


def test_times_fall_into_periods_of_every_kind(tmp_path: Path, engine: Any) -> None:
    rng = np.random.default_rng(3)
    times = pd.Timestamp("2019-12-20") + pd.to_timedelta(rng.integers(0, 400 * 86400, 300), unit="s").as_unit("us")
    edges = ["2019-12-29 23:59:59.999999", "2019-12-30", "2020-02-29 12:00", "2021-01-03 23:59:59", "2021-01-04"]
    times = times.append(pd.to_datetime(edges, format="ISO8601").as_unit("us"))
    seen = pd.DataFrame({"区": "01", "opened": times})
    iso = times.isocalendar()
    labels = {
        "year": times.strftime("%Y"),
        "quarter": [f"{t.year}Q{t.quarter}" for t in times],
        "month": times.strftime("%Y-%m"),
        "ten-day": [f"{t:%Y-%m}-T{min((t.day - 1) // 10, 2) + 1}" for t in times],
        "week": [f"{year:04}-W{week:02}" for year, week in zip(iso.year, iso.week, strict=True)],
        "day": times.strftime("%Y-%m-%d"),
        "single": ["single"] * len(times),
    }
    for kind, wanted in labels.items():
        got = read(small(tmp_path, seen, *engine, periods=kind, log="time: opened"), tmp_path)
        counted = {p: got.values[at, 0, 0] for at, p in enumerate(got.periods) if got.values[at, 0, 0]}
        assert counted == pd.Series(list(wanted)).value_counts().to_dict(), kind
        assert list(got.periods) == sorted(got.periods)


def test_thousands_of_units(tmp_path: Path, engine: Any) -> None:
    rng = np.random.default_rng(8)
    units, rows = 3000, 20_000
    at = rng.integers(0, units, rows)
    seen = pd.DataFrame({"区": [f"村{i}" for i in at], "opened": pd.Timestamp("2022-03-01"), "amount": rng.random(rows)})
    index = small(tmp_path, seen, *engine, periods="month", log="time: opened", leaf="events: {method: sum, of: amount}")
    (tmp_path / "u.csv").write_text("id\n" + "".join(f"村{i}\n" for i in range(units)), encoding="utf-8")
    got = read(index, tmp_path).values[0, :, 0]
    np.testing.assert_allclose(got, np.bincount(at, seen.amount, units), rtol=1e-9)


def test_times_with_a_zone_are_read_in_the_zone_that_is_named(tmp_path: Path, engine: Any) -> None:
    kind, server = engine
    times = pd.to_datetime(["2021-12-31 15:59:59", "2021-12-31 16:00:00"], utc=True).as_unit("us")
    seen = pd.DataFrame({"区": ["01", "01"], "opened": times})
    index = small(tmp_path, seen, kind, server, periods="year", log="time: opened, zone: Asia/Shanghai")
    assert read(index, tmp_path).values[:, 0, 0].tolist() == [1, 1]


BERLIN = ZoneInfo("Europe/Berlin")
TEXTS = ["duckdb csv", "postgres text", "spark csv"]


def moment_of(text: str, *, fold: int = 0) -> dt.datetime:
    """The moment that a text says, one without a zone by Berlin's clock: of two, the first."""
    time = dt.datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=BERLIN, fold=fold)).astimezone(dt.UTC)


def of_a_year_with_its_changes(rng: np.random.Generator, rows: int) -> tuple[list[dt.datetime], list[dt.datetime]]:
    """When events begin and end: around the two nights of 2022 on which Berlin's clocks are changed, and throughout."""
    nights = np.array(["2022-03-27T01", "2022-10-30T01", "2022-07-01T00"], "datetime64[s]")
    began = nights[rng.integers(0, 3, rows)] + rng.integers(-7200, 7200, rows).astype("timedelta64[s]")
    ended = began + rng.integers(0, 5400, rows).astype("timedelta64[s]")
    return [[moment.astype(dt.datetime).replace(tzinfo=dt.UTC) for moment in some] for some in (began, ended)]  # type: ignore[return-value]


@pytest.mark.parametrize("stored", TEXTS)
def test_durations_are_between_moments_whatever_clock_they_are_written_by(
    tmp_path: Path, stored: str, request: pytest.FixtureRequest
) -> None:
    server = None if stored.startswith("duckdb") else request.getfixturevalue(stored.split(maxsplit=1)[0])
    rng = np.random.default_rng(5)
    began, ended = of_a_year_with_its_changes(rng, 300)
    clocks = [dt.UTC, dt.timezone(dt.timedelta(hours=8)), dt.timezone(-dt.timedelta(hours=3, minutes=30)), BERLIN]

    def written(moment: dt.datetime) -> str:
        at = rng.integers(0, 4)
        text = moment.astimezone(clocks[at]).isoformat(sep=" T"[rng.integers(0, 2)].strip() or " ")
        return {0: text.replace("+00:00", "Z"), 1: text.replace("+08:00", "+08"), 2: text, 3: text[:19]}[int(at)]

    seen = pd.DataFrame({"区": "01", "opened": [written(one) for one in began], "closed": [written(one) for one in ended]})
    firsts = [moment_of(text) for text in seen.opened]
    lasts = [moment_of(text) for text in seen.closed]
    lasts = [
        one if one >= first else moment_of(text, fold=1) for one, first, text in zip(lasts, firsts, seen.closed, strict=True)
    ]
    right = [one >= first for one, first in zip(lasts, firsts, strict=True)]
    assert all(right)  # whichever clock each is written by, also in the hour that there is twice
    log = "time: opened, end: closed, zone: Europe/Berlin, from: 2022-01, to: 2022-12"
    leaf = "events: {method: sum, of: duration}"
    matched = match(small(tmp_path, seen, stored, server, periods="month", log=log, leaf=leaf), tmp_path)
    wanted = np.zeros(12)
    for first, last in zip(np.array(firsts)[right], np.array(lasts)[right], strict=True):
        wanted[first.astimezone(BERLIN).month - 1] += (last - first).total_seconds() / 3600
    np.testing.assert_allclose(panel(matched).values[:, 0, 0], wanted, rtol=1e-9)
    assert matched.quarantine[0].dirty == 300 - sum(right)


def test_durations_of_typed_times_are_between_moments(tmp_path: Path, engine: Any) -> None:
    began, ended = of_a_year_with_its_changes(np.random.default_rng(6), 200)
    seen = pd.DataFrame(
        {"区": "01", "opened": pd.DatetimeIndex(began).as_unit("us"), "closed": pd.DatetimeIndex(ended).as_unit("us")}
    )
    log = "time: opened, end: closed, due: closed, zone: Europe/Berlin"
    for leaf, wanted in (
        ("events: {method: mean, of: duration}", np.mean([(b - a).total_seconds() / 3600 for a, b in zip(began, ended, strict=True)])),
        ("events: on-time", 1.0),
        ("events: {method: share, of: opened <= closed}", 1.0),
        ("events: {method: count, where: \"opened >= '2022-07-01 02:00' and opened < '2022-07-01T03:00+02:00'\"}",
         sum(dt.datetime(2022, 7, 1, 0, tzinfo=dt.UTC) <= one < dt.datetime(2022, 7, 1, 1, tzinfo=dt.UTC) for one in began)),
    ):  # fmt: skip
        index = small(tmp_path, seen, *engine, periods="single", log=log, leaf=leaf)
        matched = match(index, tmp_path)
        assert matched.quarantine[0].dirty == 0
        assert score(index, panel(matched)).derived[0, 0, 0] == pytest.approx(wanted, rel=1e-12), leaf


@pytest.mark.parametrize("stored", TEXTS)
def test_times_that_say_their_zone_are_read_where_the_log_names_none(
    tmp_path: Path, stored: str, request: pytest.FixtureRequest
) -> None:
    server = None if stored.startswith("duckdb") else request.getfixturevalue(stored.split(maxsplit=1)[0])

    def found(opened: list[str], closed: list[str], zone: str = "") -> tuple[list[float], list[str]]:
        seen = pd.DataFrame({"区": "01", "opened": opened, "closed": closed})
        log = f"time: opened, end: closed, from: 2022, to: 2023{zone}"
        leaf = "events: {method: sum, of: duration}"
        matched = match(small(tmp_path, seen, stored, server, periods="year", log=log, leaf=leaf), tmp_path)
        return panel(matched).values[:, 0, 0].tolist(), [one.code for one in matched.findings]

    of_one_clock = ["2022-12-31T23:00:00+08:00"], ["2022-12-31T17:00:00Z"]
    assert found(*of_one_clock) == ([2.0, 0.0], [])
    assert found(["2022-12-31 23:00Z", "2022-12-31T23:00+08:00"], ["2023-01-01T00:00Z", "2022-12-31 18:00Z"]) == (
        [4.0, 0.0],
        ["IC741"],
    )
    assert found(["2022-12-31 23:00Z"], ["2023-01-01T00:00Z"], ", zone: Asia/Shanghai") == ([0.0, 1.0], [])
    if server is not None and not PROVE:  # each is a query that takes seconds to write down
        return
    assert found(["2022-12-31 23:00Z"], ["2023-01-01T00:00Z"], ', zone: "+08:00"') == ([0.0, 1.0], [])
    assert found(["2022-12-31 23:00Z"], ["2023-01-01T00:00Z"], ", zone: UTC-5") == ([1.0, 0.0], [])
    assert found(["2022-12-31 23:00"], ["2022-12-31 18:00+00:00"], ", zone: Asia/Shanghai") == ([3.0, 0.0], [])
    # beside a time that says its zone, one that does not says no moment
    assert found(["2022-12-31 23:00"], ["2022-12-31 18:00+00:00"]) == ([0.0, 0.0], ["IC723"])


@pytest.mark.parametrize("stored", ["postgres text", "postgres typed", "duckdb csv", "spark csv"])
def test_a_number_beyond_all_floats_is_a_dirty_row(tmp_path: Path, stored: str, request: pytest.FixtureRequest) -> None:
    server = None if stored.startswith("duckdb") else request.getfixturevalue(stored.split(maxsplit=1)[0])
    texts = ["1.5", "1e400", "-1e999", "1e-400", "2", "1" + "0" * 400, "1e17", "0." + "0" * 330 + "1"]
    seen = pd.DataFrame({"区": "01", "opened": "2022-01-01", "amount": texts})
    index = small(tmp_path, seen, stored, server, periods="year", log="time: opened", leaf="events: {method: sum, of: amount}")
    if stored == "postgres typed":
        import psycopg

        with psycopg.connect(server) as connection:
            connection.execute("alter table log alter amount type numeric using amount::numeric")
    matched = match(index, tmp_path)
    assert [render(one, "en") for one in matched.findings if one.severity == "error"] == []
    assert panel(matched).values[0, 0, 0] == 1e17 + 3.5
    assert matched.quarantine[0].dirty == 3
    assert {one.code for one in matched.findings} == {"IC726"}


def test_counts_and_rows_of_a_database_are_of_one_moment(tmp_path: Path, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    import psycopg

    from indexcalc.sources.events import series

    seen = pd.DataFrame({"区": ["01", "nobody"], "opened": ["2022-01-01", "2022-01-02"]})
    index = small(tmp_path, seen, "postgres text", postgres, periods="year", log="time: opened")
    counted = series._quarantine

    def meanwhile(*about: Any) -> Any:
        with psycopg.connect(postgres) as other:
            other.execute("insert into log values ('someone', '2022-01-03'), ('01', '2022-01-04')")
            other.execute("delete from log where 区 = 'nobody'")
        return counted(*about)

    monkeypatch.setattr(series, "_quarantine", meanwhile)
    matched = match(index, tmp_path)
    with psycopg.connect(postgres) as other:  # a table that was read is held by nobody
        other.execute("set lock_timeout = '3s'")
        other.execute("truncate log")
    (quarantine,) = matched.quarantine
    assert (quarantine.dirty, [row[0] for row in quarantine.rows]) == (1, ["nobody"])
    assert panel(matched).values[0, 0, 0] == 1


def test_events_behind_a_value_are_those_that_were_counted(tmp_path: Path, postgres: str) -> None:
    import psycopg

    seen = pd.DataFrame({"区": ["01", "西区"], "opened": ["2022-01-01", "2022-01-02"]})
    matched = match(small(tmp_path, seen, "postgres text", postgres, periods="year", log="time: opened"), tmp_path)
    ((_, behind),) = matched.behind.items()
    column = next(iter(behind.takes))
    assert [row[0] for row in behind.events(column, ["01"], ["2022"], 5)] == ["01"]
    with psycopg.connect(postgres) as other:
        other.execute("insert into log values ('01', '2022-01-04')")
    assert [row[0] for row in behind.events(column, ["02"], ["2022"], 5)] == ["西区"]  # nothing of it has changed
    with pytest.raises(Refused, match="IC388"):
        behind.events(column, ["01"], ["2022"], 5)


@pytest.mark.parametrize(("text", "closed"), [('a,"b', False), ('a,5" b', True), ('a,"b\nc"', True), ('"a","b""c"', True)])
@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_quote_that_is_never_closed_is_refused_before_spark_reads(
    tmp_path: Path, text: str, closed: bool, encoding: str
) -> None:
    from indexcalc.sources.events.text_files import LogFile, refuse_open_quotes

    (tmp_path / "log.csv").write_text(f"名称∢,x\n{text}\n1,2\n3,4\n", encoding=encoding)  # ∢ has the byte of a quote in UTF-16
    file = LogFile(str(tmp_path / "log.csv"), "log.csv", ("名称∢", "x"), ("名称∢", "x"), ",", encoding)
    if closed:
        refuse_open_quotes(file)
    else:
        with pytest.raises(OSError, match="end of data"):
            refuse_open_quotes(file)


@pytest.mark.parametrize("stored", ["duckdb csv", "duckdb gb18030", "spark csv", "spark gb18030"])
def test_a_row_with_another_number_of_fields_is_dirty_alone(tmp_path: Path, stored: str, request: pytest.FixtureRequest) -> None:
    if stored.startswith("spark"):
        request.getfixturevalue("spark")
    encoding = "gb18030" if stored.endswith("gb18030") else "utf-8"
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    rows = [
        "区,note,opened",
        '01,"a, b",2022-01-01',
        "01,a, b,2022-01-02",
        '西区,"two\nlines",2022-01-03',
        "01",
        "",
        "东区,a,2022-01-04",
    ]
    (tmp_path / "log1.csv").write_text("\n".join(rows), encoding=encoding)
    (tmp_path / "log2.csv").write_text("区;note;opened\n01;a;2022-01-05\n西区;b;2022-01-06;;\n", encoding=encoding)
    more = ", engine: spark" if stored.startswith("spark") else ""
    index = index_of(
        "index: {id: t}\nunits: {label: 区, table: u.csv}\nperiods: {kind: year}\n"
        f"data: {{log: {{path: log*.csv, events: {{unit: 区, time: opened, where: note != 'c'{more}}}}}}}\n"
        "defaults: {normalise: points, weights: equal}\ndimensions:\n  - {id: x, events: count}\n"
    )
    matched = match(index, tmp_path)
    assert panel(matched).values[0, :, 0].tolist() == [3, 1, 0, 0]
    (quarantine,) = matched.quarantine
    uneven = quarantine.reasons.index(("another number of fields", ""))
    assert (quarantine.read, quarantine.dirty, quarantine.counts[uneven]) == (7, 3, 3)
    assert {row[0] for row in quarantine.rows} == {"01", "西区"}
    assert "IC740" in {one.code for one in matched.findings}


@pytest.mark.parametrize("bounds", ["", ", from: 2022, to: 2022"])
def test_a_log_with_headings_alone_is_said(tmp_path: Path, bounds: str, store: Any) -> None:
    kind, server = store
    seen = pd.DataFrame({"区": ["01"], "opened": ["2022-01-01"]})
    if is_typed(kind):
        seen["opened"] = pd.to_datetime(seen.opened).astype("datetime64[us]")
    seen = seen[:0] if kind != "duckdb table" else seen.query("区 == ''")
    index = small(tmp_path, seen, kind, server, periods="year", log=f"time: opened{bounds}")
    codes = [one.code for one in match(index, tmp_path).findings]
    assert set(codes) == ({"IC309"} if bounds else {"IC309", "IC730"})


@pytest.mark.parametrize("stored", ["duckdb csv", "postgres text", "spark csv"])
def test_times_in_a_declared_format(tmp_path: Path, stored: str, request: pytest.FixtureRequest) -> None:
    server = None if stored.startswith("duckdb") else request.getfixturevalue(stored.split(maxsplit=1)[0])
    texts = ["07/05/2022 12:14:15 AM", "7/5/2022 01:14:15 pm", "02/30/2022 01:00:00 PM", "2022-07-05", "13/01/2022 01:00:00 AM"]
    seen = pd.DataFrame({"区": ["01", "01", "02", "02", "02"], "opened": texts})
    form = 'time: opened, from: 2022-07-05, to: 2022-07-05, format: "%m/%d/%Y %I:%M:%S %p"'
    leaf = "events: {method: count, where: opened < '2022-07-05 13:00'}"
    matched = match(small(tmp_path, seen, stored, server, periods="day", log=form, leaf=leaf), tmp_path)
    assert panel(matched).values[0, :, 0].tolist() == [1, 0, 0, 0]
    assert [row[1] for row in matched.quarantine[0].rows] == sorted(texts[2:])
    assert [reason for reason, many in zip(matched.quarantine[0].reasons, matched.quarantine[0].counts, strict=True) if many] == [
        ("no such time", "opened")
    ]


def test_a_year_is_made_anew_of_its_events(tmp_path: Path) -> None:
    seen, clean, _ = make_log(np.random.default_rng(5), 1500, typed=True)
    index = project(tmp_path, **put(seen, tmp_path, "duckdb parquet", None), roll_up=True)
    scores = score(index, read(index, tmp_path))
    year = scores.periods.index("2022")
    hours = (clean.closed - clean.opened).dt.total_seconds() / 3600
    for unit in range(3):
        mine = clean.unit == unit
        wanted = {
            "n": mine.sum(),
            "paid": clean.amount[mine].sum() / 100,
            "mean": clean.amount[mine].mean(),
            "per-case": clean.amount[mine].sum() / mine.sum(),
            "days": hours[mine & (clean.status == "closed")].mean() / 24,
            "done": ((clean.status == "closed") & (hours <= 48))[mine].mean() * 100,
            "punctual": (clean.closed <= clean.due)[mine & clean.due.notna()].mean() * 100,
        }
        for name, value in wanted.items():
            np.testing.assert_allclose(scores.derived[year, unit, scores.tree.position[name]], value, rtol=1e-9, err_msg=name)
    assert scores.status[year, 3, scores.tree.position["mean"]] == NOT_APPLICABLE


def test_the_same_bytes_again_and_in_any_order(tmp_path: Path) -> None:
    seen, _, _ = make_log(np.random.default_rng(11), 40_000, typed=True)
    runs = []
    for seed in (None, 1, 2):
        shuffled = seen if seed is None else seen.sample(frac=1, random_state=seed)
        index = project(tmp_path, **put(shuffled, tmp_path, "duckdb parquet", None))
        got = read(index, tmp_path)
        runs.append((got.values.tobytes(), list(got.quarantine[0].rows)))
    assert runs[0] == runs[1] == runs[2]


def test_what_is_left_out_on_purpose_is_counted_and_no_dirt(tmp_path: Path) -> None:
    seen = pd.DataFrame({"区": ["01", "合计", "02", "02"], "opened": ["2022-01-01", "never", "2022-01-01", "2022-01-02"]})
    seen["kind"] = ["a", "a", "test", "a"]
    seen.to_csv(tmp_path / "log.csv.gz", index=False)
    with gzip.open(tmp_path / "log.csv.gz") as packed:
        assert packed.read(3)
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    index = index_of(
        "index: {id: t}\nunits: {label: 区, table: u.csv}\nperiods: {kind: year}\n"
        "data: {log: {path: log.csv.gz, ignore: [合计], events: {unit: 区, time: opened, where: kind != 'test'}}}\n"
        "defaults: {normalise: points, weights: equal}\ndimensions:\n  - {id: x, events: count}\n"
    )
    matched = match(index, tmp_path)
    (quarantine,) = matched.quarantine
    assert (quarantine.read, quarantine.left, quarantine.dirty) == (4, 2, 0)
    assert panel(matched).values[0, :, 0].tolist() == [1, 1, 0, 0]
    assert str(panel(matched).places(0, 0, 0)[0]) == "log.csv.gz!count"


def test_a_long_quarantine_is_cut_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexcalc.sources.events import series as events

    monkeypatch.setattr(events, "MOST_ROWS", 3)
    seen = pd.DataFrame({"区": ["01", *"zyxwv", " 02"], "opened": pd.Timestamp("2022-01-01")})
    matched = match(small(tmp_path, seen, "duckdb parquet", None, periods="year", log="time: opened"), tmp_path)
    (quarantine,) = matched.quarantine
    assert [row[0] for row in quarantine.rows] == ["v", "w", "x"]
    assert (quarantine.dirty, sum(quarantine.counts)) == (5, 5)
    assert "IC732" in {one.code for one in matched.findings}
    assert panel(matched).values[0, :, 0].tolist() == [1, 1, 0, 0]


def test_without_the_extra_the_finding_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    seen = pd.DataFrame({"区": ["01"], "opened": pd.Timestamp("2022-01-01")})
    index = small(tmp_path, seen, "duckdb parquet", None, periods="year", log="time: opened")
    monkeypatch.setitem(sys.modules, "ibis", None)
    found = match(index, tmp_path).findings
    assert [one.code for one in found if one.severity == "error"] == ["IC719"]
    assert "indexcalc[events]" in next(one for one in found if one.severity == "error").hint("en")


def test_checking_tells_of_the_rows_of_a_log(tmp_path: Path) -> None:
    seen = pd.DataFrame({"区": ["nobody"], "opened": "never"})
    small(tmp_path, seen, "duckdb csv", None, periods="year", log="time: opened")
    (tmp_path / "indicators.yaml").write_text(
        "index: {id: t}\nunits: {label: 区, table: u.csv}\nperiods: {kind: year}\ndefaults: {weights: equal}\n"
        "data: {log: {path: log.csv, events: {unit: 区, time: opened}}}\ndimensions:\n  - {id: x, events: count}\n",
        encoding="utf-8",
    )
    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    checked = CliRunner().invoke(app, ["check", "--index", str(tmp_path), "--lang", "en"])
    assert {"IC720", "IC721"} & set(re.findall(r"IC\d{3}", checked.stderr)), checked.stderr


def test_the_report_has_the_quarantine_and_verifies(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    rows = '区,opened,note\n01,2022-01-01,1\n"=cmd()",2022-01-01,1\n02,yesterday,1\n02,2022-05-01,1\n'
    (tmp_path / "log.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "u.csv").write_text(UNITS, encoding="utf-8")
    (tmp_path / "indicators.yaml").write_text(
        "index: {id: t}\nunits: {label: 区, table: u.csv}\nperiods: {kind: year}\ndefaults: {weights: equal}\n"
        "data: {log: {path: log.csv, events: {unit: 区, time: opened}}}\ndimensions:\n  - {id: x, events: count}\n",
        encoding="utf-8",
    )
    arguments = ["--index", str(tmp_path), "--lang", "zh"]
    assert CliRunner().invoke(app, ["score", *arguments]).exit_code == 0
    folder = tmp_path / "reports" / "2022"
    table = pd.read_csv(folder.parent / "quarantine-log.csv", encoding="utf-8-sig", dtype=str)
    assert table.to_dict("split")["data"] == [["不是时间: opened", "02", "yesterday"], ["没有该区: 区", "'=cmd()", "2022-01-01"]]
    assert "IC721" in (folder / "summary.md").read_text(encoding="utf-8")
    assert CliRunner().invoke(app, ["verify", str(folder), *arguments]).exit_code == 0
    assert CliRunner().invoke(app, ["verify", str(folder.parent), *arguments]).exit_code == 0


def test_the_log_of_new_york_has_the_counts_of_its_check_table(tmp_path: Path, shared: Path) -> None:
    """17,418 requests, dirty as found; every row is either counted or in the quarantine with a reason."""
    folder = shared / "events_nyc311"
    raw = pd.read_csv(folder / "events.csv.gz", dtype=str, keep_default_na=False)
    wanted = pd.read_csv(folder / "check_events_by_borough.csv").set_index("borough")
    boroughs = list(wanted.index)
    (tmp_path / "u.csv").write_text("id\n" + "\n".join(boroughs) + "\n", encoding="utf-8")
    within = "".join(
        f"  - {{id: within-{h}h, events: {{method: count, where: duration <= {h}}}}}\n"
        f"  - {{id: share-{h}h, events: {{method: share, of: duration <= {h}}}}}\n"
        for h in (24, 72, 168)
    )
    index = index_of(
        "index: {id: nyc}\nunits: {label_en: borough, table: u.csv}\nperiods: {kind: year}\n"
        f"data: {{calls: {{path: {folder.as_posix()}/events.csv.gz, "
        "events: {unit: borough, time: created_date, end: closed_date, key: unique_key}}}\n"
        "defaults: {normalise: points, weights: equal}\ndimensions:\n  - {id: n, events: count}\n"
        f"  - {{id: median, events: {{method: median, of: duration}}}}\n{within}"
    )
    matched = match(index, tmp_path)
    scores = score(index, panel(matched))
    (quarantine,) = matched.quarantine
    assert quarantine.read == len(raw) == 17_418
    counts = dict(zip(quarantine.reasons, quarantine.counts, strict=True))
    assert counts["unknown unit", "borough"] + counts["no unit", "borough"] == 17_418 - 14_716
    early = raw[(raw.closed_date != "") & (raw.closed_date < raw.created_date)]
    assert counts["over before it began", "closed_date"] == len(early) == 325
    at = quarantine.header.index("unique_key")
    expected = sorted(
        raw.unique_key[~raw.borough.isin(boroughs)].tolist() + early.unique_key[early.borough.isin(boroughs)].tolist()
    )
    assert sorted(row[at] for row in quarantine.rows) == expected  # one by one
    times = {name: pd.to_datetime(raw[name], errors="coerce") for name in ("created_date", "closed_date")}
    hours = (times["closed_date"] - times["created_date"]).dt.total_seconds() / 3600
    for unit, borough in enumerate(boroughs):
        got = {leaf.id: scores.derived[0, unit, at] for at, leaf in enumerate(index.leaves)}
        negative = (early.borough == borough).sum()
        assert got["n"] + negative == wanted.n[borough]
        assert negative == wanted.negative[borough]
        assert got["median"] == pytest.approx(hours[(raw.borough == borough) & (hours >= 0)].median(), rel=1e-9)
        everything = hours[raw.borough == borough].median()  # with what the quarantine holds, the check table's own
        assert everything == pytest.approx(wanted.median_hours[borough], rel=1e-9)
        for h in (24, 72, 168):
            assert got[f"within-{h}h"] == wanted[f"within_{h}h"][borough]
            assert got[f"share-{h}h"] == pytest.approx(wanted[f"within_{h}h"][borough] / got["n"], rel=1e-12)


def test_the_detailed_log_of_new_york_has_the_counts_of_its_check_table(tmp_path: Path, shared: Path) -> None:
    folder = shared / "events_nyc311"
    wanted = pd.read_csv(folder / "check_detail_by_borough.csv").set_index("borough")
    (tmp_path / "u.csv").write_text("id\n" + "\n".join(wanted.index) + "\n", encoding="utf-8")
    index = index_of(
        "index: {id: nyc}\nunits: {label_en: borough, table: u.csv}\nperiods: {kind: single}\n"
        f"data: {{calls: {{path: {folder.as_posix()}/events_detail.csv, "
        "events: {unit: borough, time: created_date, end: closed_date, due: due_date, key: unique_key}}}\n"
        "defaults: {normalise: points, weights: equal}\ndimensions:\n  - {id: n, events: count}\n"
        "  - {id: with_closed_date, events: {method: count, where: closed_date is not missing}}\n"
        "  - {id: status_closed, events: {method: count, where: status = 'Closed'}}\n"
        "  - {id: with_due_date, events: {method: count, where: not due_date is missing}}\n"
        "  - {id: due_and_closed, events: {method: count, where: due_date is not missing and closed_date is not missing}}\n"
        "  - {id: on_time(closed<=due), events: {method: count, where: closed_date <= due_date}}\n".replace("(closed<=due)", "")
        + "  - {id: rate, events: {method: on-time, open: out}}\n"
    )
    matched = match(index, tmp_path)
    got = panel(matched)
    (quarantine,) = matched.quarantine
    dirty = pd.DataFrame([row[:-1] for row in quarantine.rows], columns=list(quarantine.header))
    assert (dirty.borough == "Unspecified").sum() == 27
    early = dirty[dirty.borough != "Unspecified"]
    assert (early.closed_date < early.created_date).all()
    assert quarantine.dirty == 36
    # what the check table counts is what was counted here and what stands in the quarantine
    closed, due = early.closed_date != "", early.due_date != ""
    aside = {
        "n": early.borough != "",
        "with_closed_date": closed,
        "status_closed": early.status == "Closed",
        "with_due_date": due,
        "due_and_closed": closed & due,
        "on_time(closed<=due)": closed & due & (early.closed_date <= early.due_date),
    }
    for at, (name, where) in enumerate(aside.items()):
        counted = got.values[0, :, at] + [int((where & (early.borough == borough)).sum()) for borough in wanted.index]
        assert counted.tolist() == wanted[name].tolist(), name
    rates = score(index, got).derived[0, :, 6]
    np.testing.assert_allclose(rates, got.values[0, :, 5] / got.values[0, :, 4], rtol=1e-12)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_example_of_the_manual_runs_as_it_says(language: str, tmp_path: Path, repository: Path) -> None:
    import re

    from typer.testing import CliRunner

    from indexcalc.cli.app import app

    page = (repository / "docs" / language / "events.md").read_text(encoding="utf-8")
    for name, text in re.findall(r"`([\w.]+)`\n\n```\w+\n(.*?)```", page, re.DOTALL):
        (tmp_path / name).write_text(text, encoding="utf-8")
    said = CliRunner().invoke(app, ["score", "--index", str(tmp_path), "--lang", "zh"])
    assert said.exit_code == 0, said.output
    shown = re.search(r"\$ indexcalc score --lang zh\n(.*?)…", page, re.DOTALL)
    assert shown is not None
    for line in shown[1].splitlines():
        assert line in said.output
    assert len((tmp_path / "reports/quarantine-calls.csv").read_text(encoding="utf-8").splitlines()) == 3
