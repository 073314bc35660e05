"""From Parquet to Parquet in blocks: `python benchmarks/scale.py [UNITS ...]`, by default 10,000, 100,000 and 1,000,000.

Made with a seed: units × 132 indicators × 4 quarters in one wide Parquet file, rows by quarter and unit, values with four
decimals, 3 % missing; the tree is that of `engine.py`. Ours: `indexcalc score --blocks`, all of it: reading, checking,
scoring, ranking every node, writing every stage, digests. Baseline: pyarrow alone reads the same input and then reads and
writes the same output, a row group at a time. Memory is the peak of the process that scores, as Linux counts it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from engine import tree
from harness import python

PERIODS = ("2022Q1", "2022Q2", "2022Q3", "2022Q4")
ROWS = 1 << 17  # of a row group
RUN = "import sys\nsys.argv[0] = 'indexcalc'\nfrom indexcalc.cli import run\nrun()"


def make_project(folder: Path, units: int) -> None:
    """Write the tree, the units table and the values of a project."""
    index = tree().model_dump(mode="json", exclude_unset=True, by_alias=True)
    index |= {"units": {"table": "units.parquet"}, "periods": {"kind": "quarter"}, "data": {"values": {"path": "values.parquet"}}}
    (folder / "indicators.yaml").write_text(json.dumps(index, indent=1))  # JSON is YAML
    names = np.char.add("h", np.char.zfill(np.arange(units).astype(str), 7))
    pq.write_table(pa.table({"id": names, "name": np.char.add("Household ", names)}), folder / "units.parquet")
    rng = np.random.default_rng(1)
    columns = [f"x{at}" for at in range(132)]
    schema = pa.schema([("unit", pa.string()), ("period", pa.string()), *((name, pa.float64()) for name in columns)])
    with pq.ParquetWriter(folder / "values.parquet", schema, compression="zstd", use_dictionary=["unit", "period"]) as writer:
        for period in PERIODS:
            for start in range(0, units, ROWS):
                rows = min(ROWS, units - start)
                table = {"unit": pa.array(names[start : start + rows]), "period": pa.array([period] * rows)}
                for name in columns:
                    x = np.round(rng.normal(50, 12, rows), 4)
                    table[name] = pa.array(x, mask=rng.random(rows) < 0.03)
                writer.write_table(pa.table(table, schema))


def peak_of(command: list[str], folder: Path) -> tuple[float, float]:
    """Run a command; its seconds, and the peak of its memory in MB."""
    start = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed")
    return time.perf_counter() - start, used.ru_maxrss / 1024


def copy(source: Path, target: Path | None) -> None:
    """Read a Parquet file a row group at a time, and write it again where there is a target."""
    file = pq.ParquetFile(source)
    writer = pq.ParquetWriter(target, file.schema_arrow, compression="zstd") if target else None
    for group in range(file.num_row_groups):
        table = file.read_row_group(group)
        if writer:
            writer.write_table(table, row_group_size=max(1, table.num_rows))
    if writer:
        writer.close()


def measure(units: int, parent: Path) -> None:
    folder = Path(tempfile.mkdtemp(prefix=f"scale-{units}-", dir=parent))
    try:
        made, _ = peak_of(
            [*python(f"import scale; from pathlib import Path; scale.make_project(Path({str(folder)!r}), {units})")], HERE
        )
        taken, peak = peak_of([*python(RUN), "score", "--blocks", "--quiet", "--period", "2022Q4"], folder)
        values, result = folder / "values.parquet", folder / "reports" / "scores.parquet"
        start = time.perf_counter()
        copy(values, None)
        copy(result, folder / "again.parquet")
        both = time.perf_counter() - start
        (folder / "again.parquet").unlink()
        start = time.perf_counter()
        copy(values, folder / "again.parquet")
        own = time.perf_counter() - start
        sizes = [path.stat().st_size / 1e6 for path in (values, result)]
        print(
            f"{units:>9} units  {taken:8.1f} s  peak {peak:7.0f} MB  input {sizes[0]:7.0f} MB  output {sizes[1]:7.0f} MB  "
            f"{taken / both:5.2f} × pyarrow reading the input, reading and writing the output ({both:.1f} s)  "
            f"{taken / own:5.2f} × pyarrow copying the input ({own:.1f} s)  (made in {made:.0f} s)",
            flush=True,
        )
    finally:
        shutil.rmtree(folder)


HERE = Path(__file__).resolve().parent

if __name__ == "__main__":
    parent = Path(os.environ.get("TMPDIR", tempfile.gettempdir()))
    for size in sys.argv[1:] or ["10000", "100000", "1000000"]:
        measure(int(size), parent)
