"""The harness: ours and a baseline side by side in one run, turn by turn, and the ratio of their times.

Times on a shared machine vary by a factor; ratios of work done in the same minute do not. So each round runs the baseline
and then ours, and what is printed is the ratio of the medians with the spread of the rounds.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Ratio:
    """The seconds of ours and of the baseline, round by round."""

    name: str
    ours: tuple[float, ...]
    baseline: tuple[float, ...]

    @property
    def value(self) -> float:
        return statistics.median(self.ours) / statistics.median(self.baseline)

    def __str__(self) -> str:
        each = [ours / base for ours, base in zip(self.ours, self.baseline, strict=True)]
        ours, base = statistics.median(self.ours), statistics.median(self.baseline)
        return (
            f"{self.name:<46} {ours * 1000:10.1f} ms  baseline {base * 1000:10.1f} ms  "
            f"ratio {self.value:6.2f}  (rounds {min(each):.2f} to {max(each):.2f})"
        )


def compare(
    name: str,
    ours: Callable[[], object],
    baseline: Callable[[], object],
    *,
    rounds: int = 5,
    repeat: int = 1,
    clock: Callable[[], float] = time.perf_counter,
) -> Ratio:
    """Time two functions in turn by a clock, after one round that does not count; `repeat` runs of each make one time."""
    times: tuple[list[float], list[float]] = ([], [])
    for at in range(rounds + 1):
        for work, taken in zip((baseline, ours), reversed(times), strict=True):
            start = clock()
            for _ in range(repeat):
                work()
            if at:
                taken.append((clock() - start) / repeat)
    return Ratio(name, tuple(times[0]), tuple(times[1]))


def compare_commands(
    name: str, ours: Sequence[str], baseline: Sequence[str], *, rounds: int = 15, cwd: str | None = None
) -> Ratio:
    """Time two commands as whole processes in turn."""

    def run(command: Sequence[str]) -> Callable[[], object]:
        return lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=cwd)

    return compare(name, run(ours), run(baseline), rounds=rounds)


def python(code: str) -> list[str]:
    """Return the command that runs a line of Python."""
    return [sys.executable, "-c", code]
