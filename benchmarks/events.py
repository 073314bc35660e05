"""Events against the plainest SQL: `python benchmarks/events.py [EVENTS ...]`.

Ours: from `indicators.yaml` and a Parquet log, 1 % of it dirty, to the panel of a year by quarters: eight indicators over 11
units, every row judged, the dirty ones in the quarantine. Baseline: the SQL that somebody would write by hand for DuckDB,
which takes the same values of the clean rows and forgets the others. The results are compared before anything is timed. Times
are those of the fastest runs.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
from engine import peak_kilobytes
from harness import Ratio, compare

from indexcalc import read
from indexcalc.tree import load

TREE = """
index: {id: benchmark}
units: {table: units.csv}
periods: {kind: quarter}
data:
  log: {path: log.parquet, events: {unit: district, time: opened, end: closed, due: due, from: 2022Q1, to: 2022Q4}}
defaults: {source: log, weights: equal}
dimensions:
  - {id: all, events: count}
  - {id: noise, events: {method: count, where: kind = 'noise' and level >= 3}}
  - {id: callers, events: {method: distinct, of: kind}}
  - {id: amount, events: {method: sum, of: amount}}
  - {id: hours, events: {method: mean, of: duration}}
  - {id: middle, events: {method: median, of: duration}}
  - {id: late, events: {method: percentile, of: duration, at: 0.9, where: kind != 'fire'}}
  - {id: on-time, events: on-time}
"""
LOG = """
copy (
  select
    case when hash(i, 1) % 200 = 0 then 'nowhere' else 'district ' || (hash(i, 2) % 11) end as district,
    ['noise', 'fire', 'water', 'road'][(1 + hash(i, 3) % 4)::int] as kind,
    (hash(i, 4) % 6)::int as level,
    (hash(i, 5) % 100000) / 100.0::double as amount,
    timestamp '2022-01-01' + to_seconds((hash(i, 6) % 31536000)::bigint) as opened,
    case when hash(i, 7) % 10 = 0 then null
         when hash(i, 8) % 200 = 0 then opened - to_seconds(60)
         else opened + to_seconds((hash(i, 9) % 500000)::bigint) end as closed,
    opened + to_hours(72) as due
  from range({events}) t(i)
) to '{path}' (format parquet)
"""
PLAIN = """
select quarter(opened) as q, u.unit,
  count(*), count(*) filter (kind = 'noise' and level >= 3), count(distinct kind), sum(amount),
  avg(epoch_us(closed) - epoch_us(opened)) / 3.6e9,
  quantile_cont((epoch_us(closed) - epoch_us(opened)) / 3.6e9, 0.5),
  quantile_cont((epoch_us(closed) - epoch_us(opened)) / 3.6e9, 0.9) filter (kind <> 'fire'),
  count(*) filter (closed <= due) / count(due)
from read_parquet('{path}') join units u on u.name = district
where opened >= timestamp '2022-01-01' and opened < timestamp '2023-01-01' and (closed is null or closed >= opened)
group by all order by all
"""


def measure(events: int, folder: Path) -> None:
    """Print the ratio of times at a size, and the peak of memory of this process until then."""
    path = folder / "log.parquet"
    connection = duckdb.connect()
    connection.execute(LOG.format(events=events, path=path))
    connection.execute("create table units as select i as unit, 'district ' || i as name from range(11) t(i)")
    (folder / "units.csv").write_text("id\n" + "".join(f"district {i}\n" for i in range(11)), encoding="utf-8")
    (folder / "indicators.yaml").write_text(TREE, encoding="utf-8")
    index = load(folder / "indicators.yaml")

    def plain() -> np.ndarray:
        return np.array(connection.execute(PLAIN.format(path=path)).fetchall(), dtype=float)[:, 2:]

    got, wanted = read(index, folder), plain()
    names = [got.column[name] for name in ("all", "noise", "callers", "amount", "middle", "late")]
    same = np.stack([got.values[..., at].ravel() for at in names], axis=1)
    np.testing.assert_allclose(same, wanted[:, [0, 1, 2, 3, 5, 6]], rtol=1e-9)
    for name, (part, whole), at in (
        ("hours", ("sum over events", "events with a value"), 4),
        ("on-time", ("events on time", "events counted"), 7),
    ):
        ratio = got.values[..., got.column[f"{name}.{part}"]] / got.values[..., got.column[f"{name}.{whole}"]]
        np.testing.assert_allclose(ratio.ravel(), wanted[:, at], rtol=1e-9)
    rounds = 7 if events < 20_000_000 else 5
    ratio = compare(f"{events:,} events to a year", lambda: read(index, folder), plain, rounds=rounds)
    print(Ratio(ratio.name, (min(ratio.ours),), (min(ratio.baseline),)))  # what else the machine does only adds to a time
    start = time.perf_counter()
    listed = len(list(got.quarantine[0].rows))
    took = time.perf_counter() - start
    print(f"{'quarantine listed, as a report does':<46} {took * 1000:10.1f} ms  {listed:,} rows of {got.quarantine[0].read:,}")
    print(f"{'peak memory of the process':<46} {peak_kilobytes() / 2**20:.2f} GB")
    path.unlink()


if __name__ == "__main__":
    for size in sys.argv[1:] or ["1000000", "50000000"]:
        with tempfile.TemporaryDirectory() as temporary:
            measure(int(size), Path(temporary))
