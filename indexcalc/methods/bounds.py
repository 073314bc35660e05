"""What parameters must be beyond their types: each function makes or is a check of a record, with what to say where it fails."""

from itertools import pairwise

from .records import Check, Given, Problem


def scale(given: Given) -> Problem | None:
    """Ask for a scale that rises from `low` to `high`."""
    if given.low >= given.high:
        return "low", "low must be below high; `direction` says what is better", "low 必须小于 high；好坏由 direction 表示"
    return None


def shares(given: Given) -> Problem | None:
    """Ask for `low` and `high` as shares, the lower first."""
    if not 0 <= given.low < given.high <= 1:
        return "low", "low and high must be shares, the lower first", "low 和 high 应为 0 到 1 之间由小到大的比例"
    return None


def above_zero(name: str) -> Check:
    """Ask for a number above 0."""

    def check(given: Given) -> Problem | None:
        return (name, f"{name} must be above 0", f"{name} 必须大于 0") if getattr(given, name) <= 0 else None

    return check


def at_least_one(name: str) -> Check:
    """Ask for 1 or more."""

    def check(given: Given) -> Problem | None:
        return (name, f"{name} must be at least 1", f"{name} 至少为 1") if getattr(given, name) < 1 else None

    return check


def share(name: str) -> Check:
    """Ask for a share that is not 0."""

    def check(given: Given) -> Problem | None:
        if 0 < getattr(given, name) <= 1:
            return None
        return name, f"{name} must be above 0 and no more than 1", f"{name} 必须大于 0 且不超过 1"

    return check


def rising(name: str) -> Check:
    """Ask for pairs of which the first numbers rise."""

    def check(given: Given) -> Problem | None:
        steps = [pair[0] for pair in getattr(given, name)]
        if not steps or any(later <= earlier for earlier, later in pairwise(steps)):
            return name, "the values must rise from pair to pair", "各点的数值必须递增"
        return None

    return check


def apart(worst: str, best: str) -> Check:
    """Ask for two ends that are not the same, where both are given."""

    def check(given: Given) -> Problem | None:
        if getattr(given, best) is not None and getattr(given, best) == getattr(given, worst):
            return best, f"{worst} and {best} are the same", f"{worst} 与 {best} 相同"
        return None

    return check


def quantiles(worst: str, best: str) -> Check:
    """Ask of ends that are quantiles of the values seen that they are shares, the better one the larger."""

    def check(given: Given) -> Problem | None:
        found: dict[str, float] = {}
        for name in (worst, best):
            end = getattr(given, name)
            if not isinstance(end, dict):
                continue
            found[name] = end.get("quantile", -1.0)
            if not 0 <= found[name] <= 1:
                english = "a quantile is a share from 0, the worst, to 1, the best"
                return name, english, "quantile 应为 0（最差）到 1（最好）之间的比例"
        if len(found) == 2 and found[worst] >= found[best]:
            return best, f"the quantile of {best} must be above that of {worst}", f"{best} 的 quantile 必须大于 {worst} 的"
        return None

    return check
