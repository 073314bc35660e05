"""What looking at columns costs of scoring: `python benchmarks/looks.py [UNITS]`, by default 3,000.

The looks are all that is asked of values and headings beyond reading them: what is implausible, missing, in another unit of
measurement, spelled otherwise, dated unclearly. Each is timed inside the same run as all of reading, scoring and writing the
reports of the last period, so that the share holds on a busy machine too. Once on the repository's own project, then on units ×
132 indicators × 4 quarters of values with long tails, of which nearly none can be passed over, as text and as Parquet.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from engine import tree

import indexcalc

ROOT = Path(__file__).resolve().parent.parent
PERIODS = ("2022Q1", "2022Q2", "2022Q3", "2022Q4")
ROUNDS = 5
LOOKS = {
    "plausible": ("implausible", "late"),
    "absence": ("never_there", "without_values", "may_be_set_aside"),
    "totals": ("totals",),
    "spelled": ("told", "unread"),
    "measures": ("said_of", "said_of_rows", "in_measure", "differing", "once_a_file"),
    "cells": ("doubts",),
    "dated": ("with_one_period", "unclear_months", "periods_meant"),
}


class Clock:
    """The seconds spent inside of looks, of which one inside another counts once."""

    def __init__(self) -> None:
        self.seconds, self.inside = 0.0, False

    def timed(self, look: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(look)
        def own(*arguments: Any, **named: Any) -> Any:
            if self.inside:
                return look(*arguments, **named)
            self.inside, start = True, time.perf_counter()
            try:
                found = look(*arguments, **named)
                return iter(list(found)) if isinstance(found, Iterator) else found
            finally:
                self.seconds += time.perf_counter() - start
                self.inside = False

        return own


def put_in(clock: Clock) -> None:
    """Time the looks wherever they are called from."""
    modules = [import_module(f"indexcalc.sources.match.{name}") for name in (*LOOKS, "bind", "pieces", "stored", "arrays")]
    modules += [
        import_module(f"indexcalc.{name}") for name in ("sources.frames", "books.submission", "large.in_place", "jobs.check")
    ]
    for room, names in LOOKS.items():
        home = import_module(f"indexcalc.sources.match.{room}")
        for name in names:
            look = getattr(home, name)
            for module in modules:
                if vars(module).get(name) is look:
                    setattr(module, name, clock.timed(look))


def make_project(folder: Path, units: int, kind: str) -> None:
    index = tree().model_dump(mode="json", exclude_unset=True, by_alias=True)
    index |= {"units": {"table": "units.csv"}, "periods": {"kind": "quarter"}, "data": {"values": {"path": f"values.{kind}"}}}
    (folder / "indicators.yaml").write_text(yaml.safe_dump(index), encoding="utf-8")
    names = [f"h{at:05}" for at in range(units)]
    (folder / "units.csv").write_text("\n".join(["id", *names]) + "\n", encoding="utf-8")
    rng = np.random.default_rng(1)
    size = np.tile(rng.lognormal(3, 0.8, units), len(PERIODS))  # what is large in one quarter is so in the next
    table = pd.DataFrame({"unit": names * len(PERIODS), "period": np.repeat(PERIODS, units)})
    values = {f"x{at}": np.round(size * rng.lognormal(0, 0.1, size.size) * 10.0 ** (at % 4), 3) for at in range(132)}
    table = pd.concat([table, pd.DataFrame(values)], axis=1)
    table.to_csv(folder / "values.csv", index=False) if kind == "csv" else table.to_parquet(
        folder / "values.parquet", index=False
    )


def share(folder: Path, clock: Clock) -> tuple[float, float]:
    """Return the seconds of reading, scoring and writing the last period's report, and those spent on looks."""
    clock.seconds, start = 0.0, time.perf_counter()
    scores = indexcalc.score(indexcalc.load(folder / "indicators.yaml"))
    indexcalc.write_report(scores, scores.periods[-1], folder / "out")
    return time.perf_counter() - start, clock.seconds


def show(name: str, folder: Path, clock: Clock) -> None:
    share(folder, clock)  # one that does not count
    rounds = [share(folder, clock) for _ in range(ROUNDS)]
    shares = [look / whole for whole, look in rounds]
    whole, look = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(
        f"{name:<46} {whole * 1000:10.1f} ms  looks    {look * 1000:10.1f} ms  "
        f"share {statistics.median(shares):6.1%}  (rounds {min(shares):.1%} to {max(shares):.1%}; less than 10 % is wanted)"
    )


if __name__ == "__main__":
    units = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000
    clock = Clock()
    put_in(clock)
    with tempfile.TemporaryDirectory() as name:
        own = Path(name) / "own"
        own.mkdir()
        shutil.copy(ROOT / "indicators.yaml", own)
        shutil.copytree(ROOT / "data", own / "data")
        show("looks / score, the repository's project", own, clock)
        for kind in ("csv", "parquet"):
            folder = Path(name) / kind
            folder.mkdir()
            make_project(folder, units, kind)
            show(f"looks / score, {units:,} × 132 × {len(PERIODS)}, {kind}", folder, clock)
