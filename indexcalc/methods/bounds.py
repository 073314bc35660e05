"""What parameters must be beyond their types: the bounds of each alone, and checks of several together, with what to say."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import Any, NamedTuple

Given = SimpleNamespace
"""The parameters of a method, as they were given or by default; for a check also `children`, their number where it is known."""
Problem = tuple[str, str, str]
"""What is wrong with parameters: the name of one, and what to say in English and in Chinese."""


class Bounds(NamedTuple):
    """Between which bounds a parameter makes sense: each number in it, and how many entries there must be where it is a list."""

    at_least: float | None = None
    above: float | None = None
    at_most: float | None = None
    below: float | None = None
    entries: int = 1

    def hold(self, number: float) -> bool:
        """Say whether a number lies between the bounds."""
        return (
            math.isfinite(number)
            and (self.at_least is None or number >= self.at_least)
            and (self.above is None or number > self.above)
            and (self.at_most is None or number <= self.at_most)
            and (self.below is None or number < self.below)
        )

    def problem(self, name: str, value: Any) -> Problem | None:
        """Return what is wrong with the value of a parameter, if anything is."""
        if isinstance(value, Sequence) and not isinstance(value, str) and len(value) < self.entries:
            entries = "entry" if self.entries == 1 else "entries"
            return name, f"{name} needs {self.entries} {entries} at least", f"{name} 至少须有 {self.entries} 项"
        for number in numbers_in(value):
            if not self.hold(number):
                english, chinese = self.words() or ("a number", "为有限的数")
                return name, f"{name} must be {english}, not {number:g}", f"{name} 必须{chinese}，而不是 {number:g}"
        return None

    def words(self) -> tuple[str, str] | None:
        """Return the bounds in words, English and Chinese; nothing where any number makes sense."""
        if self.at_least is not None and self.at_most is not None:
            low, high = f"{self.at_least:g}", f"{self.at_most:g}"
            return f"from {low} to {high}", f"在 {low} 到 {high} 之间"
        sides = (
            ("{} or more", "不小于 {}", self.at_least),
            ("above {}", "大于 {}", self.above),
            ("no more than {}", "不超过 {}", self.at_most),
            ("below {}", "小于 {}", self.below),
        )
        said = [(english.format(f"{end:g}"), chinese.format(f"{end:g}")) for english, chinese, end in sides if end is not None]
        english, chinese = (" and ".join(one[0] for one in said), " 且".join(one[1] for one in said))
        return (english, chinese) if said else None


class Check(NamedTuple):
    """What parameters must be together: what is wrong with them, if anything is; and examples of what it finds wrong.

    An example has the parameters that matter, and `children` where their number does.
    """

    problem: Callable[[Given], Problem | None]
    wrong: tuple[Mapping[str, Any], ...]


ANY = Bounds()
ABOVE_ZERO = Bounds(above=0.0)
ZERO_OR_MORE = Bounds(at_least=0.0)
SHARE = Bounds(at_least=0.0, at_most=1.0)
COUNT = Bounds(at_least=1.0)


def numbers_in(value: Any) -> Iterator[float]:
    """Yield every number in the value of a parameter, but for those that have a name."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        yield value
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from numbers_in(entry)


def rises(low: str, high: str, english: str, chinese: str, wrong: tuple[float, float]) -> Check:
    """Ask for one parameter below another, where both are given."""

    def problem(given: Given) -> Problem | None:
        below, above = getattr(given, low), getattr(given, high)
        return (low, english, chinese) if below is not None and above is not None and below >= above else None

    return Check(problem, ({low: wrong[0], high: wrong[1]}, {low: wrong[1], high: wrong[1]}))


SCALE = rises(
    "low",
    "high",
    "low must be below high; `direction` says what is better",
    "low 必须小于 high；好坏由 direction 表示",
    (60.0, 40.0),
)
SHARES = rises("low", "high", "low must be below high", "low 必须小于 high", (0.6, 0.4))
FLOOR_AND_CAP = rises("floor", "cap", "floor must be below cap", "floor 必须小于 cap", (60.0, 40.0))


def rising(name: str) -> Check:
    """Ask for pairs of which the first numbers rise."""

    def problem(given: Given) -> Problem | None:
        if any(later[0] <= earlier[0] for earlier, later in pairwise(getattr(given, name))):
            return name, "the values must rise from pair to pair", "各点的数值必须递增"
        return None

    return Check(problem, ({name: [[10.0, 0.0], [5.0, 50.0]]}, {name: [[10.0, 0.0], [10.0, 50.0]]}))


def apart(worst: str, best: str) -> Check:
    """Ask for two ends that are not the same, where both are given."""

    def problem(given: Given) -> Problem | None:
        if getattr(given, best) is not None and getattr(given, best) == getattr(given, worst):
            return best, f"{worst} and {best} are the same", f"{worst} 与 {best} 相同"
        return None

    return Check(problem, ({worst: 40.0, best: 40.0},))


def quantiles(worst: str, best: str) -> Check:
    """Ask of ends that are quantiles of the values seen that they are shares, the better one the larger."""

    def problem(given: Given) -> Problem | None:
        found: dict[str, float] = {}
        for name in (worst, best):
            end = getattr(given, name)
            if not isinstance(end, dict) or "unit" in end:
                continue
            found[name] = end.get("quantile", -1.0)
            if not 0 <= found[name] <= 1:
                english = "a quantile is a share from 0, the worst, to 1, the best"
                return name, english, "quantile 应为 0（最差）到 1（最好）之间的比例"
        if len(found) == 2 and found[worst] >= found[best]:
            return best, f"the quantile of {best} must be above that of {worst}", f"{best} 的 quantile 必须大于 {worst} 的"
        return None

    high_first = {worst: {"quantile": 0.9}, best: {"quantile": 0.1}}
    return Check(problem, ({worst: {"quantile": -0.1}}, {worst: {"quantile": 1.5}}, high_first))


def some_above_zero(name: str) -> Check:
    """Ask for numbers that are not all 0, where they are given."""

    def problem(given: Given) -> Problem | None:
        value = getattr(given, name)
        if value is not None and not any(value):
            return name, f"{name} must not all be 0", f"{name} 不得全为 0"
        return None

    return Check(problem, ({name: [0.0, 0.0]},))
