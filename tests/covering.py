"""Covering designs: few rows in which every pair (or every three) of choices of different factors stands at least once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations, product
from random import Random
from typing import Any

Row = dict[str, Any]


def covering(
    factors: Mapping[str, Sequence[Any]], strength: int, *, seed: int = 0, possible: Callable[[Row], bool] = lambda row: True
) -> list[Row]:
    """Return rows of one choice a factor in which all that is possible of `strength` factors together stands in some row.

    Plainly greedy: a row begins with what is still missing, and takes of each other factor, in an order by chance, the choice
    with which most that is missing is covered, and its first where none covers anything. `possible` is asked about rows that
    are not whole yet.
    """
    random, names = Random(seed), list(factors)
    missing = dict.fromkeys(parts(factors, strength, possible))  # in an order of their own, unlike a set
    rows = []
    while missing:
        row: Row = dict(next(iter(missing)))
        for name in random.sample([one for one in names if one not in row], len(names) - len(row)):
            first, *others = [choice for choice in factors[name] if possible({**row, name: choice})]
            random.shuffle(others)
            new = {choice: covered(row, name, choice, names, strength) for choice in (first, *others)}
            row[name] = max(new, key=lambda choice: sum(one in missing for one in new[choice]))
        rows.append(row)
        for one in combinations(((name, row[name]) for name in names), strength):
            missing.pop(one, None)
    return rows


def parts(
    factors: Mapping[str, Sequence[Any]], strength: int, possible: Callable[[Row], bool]
) -> list[tuple[tuple[str, Any], ...]]:
    """Return every choice of so many factors together that is possible."""
    together = (
        tuple(zip(names, chosen, strict=True))
        for names in combinations(factors, strength)
        for chosen in product(*(factors[name] for name in names))
    )
    return [one for one in together if possible(dict(one))]


def covered(row: Row, name: str, choice: Any, names: list[str], strength: int) -> list[tuple[tuple[str, Any], ...]]:
    """Return what stands in a row only once it has one choice more."""
    others = [(one, row[one]) for one in names if one in row]
    order = {one: at for at, one in enumerate(names)}
    return [tuple(sorted((*some, (name, choice)), key=lambda one: order[one[0]])) for some in combinations(others, strength - 1)]
