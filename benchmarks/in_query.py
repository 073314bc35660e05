"""One query against blocks: `python benchmarks/in_query.py [UNITS ...]`, by default 100,000.

The project is that of `scale.py`: units × 132 indicators × 4 quarters in Parquet, the tree of `engine.py`. Ours: `indexcalc
score --engine duckdb`, all of it; baseline: `indexcalc score --blocks`, in the same run. Both write every node and stage.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from harness import python
from scale import RUN, make_project, peak_of


def measure(units: int) -> None:
    with tempfile.TemporaryDirectory(prefix=f"query-{units}-") as temporary:
        folder = Path(temporary)
        make_project(folder, units)
        blocks, least = peak_of([*python(RUN), "score", "--blocks", "--quiet", "--out", "blocks"], folder)
        query, most = peak_of([*python(RUN), "score", "--engine", "duckdb", "--quiet", "--out", "query"], folder)
        print(
            f"{units:>9} units  query {query:8.1f} s  peak {most:7.0f} MB  blocks {blocks:8.1f} s  peak {least:7.0f} MB  "
            f"ratio {query / blocks:5.2f}",
            flush=True,
        )


if __name__ == "__main__":
    for size in sys.argv[1:] or ["100000"]:
        measure(int(size))
