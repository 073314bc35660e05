"""Weights of a sheet: whether they are those among siblings or of the total, and what does not add up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from ...findings import Finding, errors, finding
from .said import Frame, Said, as_number, fraction_of, words_of

_NEAR = Fraction(1, 10**9)


@dataclass(frozen=True)
class Weighed:
    """The weights of nodes in their order; the parents below which they are of the total, -1 for the index; what was found."""

    weights: tuple[Fraction | None, ...]
    relative: frozenset[int]
    findings: tuple[Finding, ...]

    def all_relative(self, frame: Frame) -> bool:
        """Say whether all weights are those of the total."""
        return self.relative >= _parents(frame)


def weigh(frame: Frame, *, free: bool) -> Weighed:
    """Return the weights among siblings, or of the total where they are that; with `free` they may have any sum."""
    key = "weight" if any("weight" in node.facts for node in frame.nodes) else "total"
    given, found = _given(frame.nodes, key)
    parents = _parents(frame)
    if free or all(one is None for one in given):
        return Weighed(tuple(given), parents if free else frozenset(), tuple(found))
    weights, derived = _derived(frame, given)
    groups = {parent: frame.children(parent) for parent in sorted(parents)}
    sums = {parent: sum((weights[at] or Fraction(0) for at in children), Fraction(0)) for parent, children in groups.items()}
    base = _base(sums, derived, weights)
    relative: set[int] = set()
    for parent, children in groups.items():
        if any(weights[at] is None and key in frame.nodes[at].facts for at in children):
            continue  # what stands there is no number, which was said
        without = [at for at in children if weights[at] is None]
        if len(without) == len(children) and parent >= 0 and len(children) == 1:
            weights[children[0]] = base
        elif without:
            names = [frame.nodes[at].name for at in without]
            found.append(finding("IC644", frame.nodes[without[0]].place, nodes=names, node=_titled(frame, parent)))
        elif (
            parent in derived
            or (parent >= 0 and _same(sums[parent], weights[parent]) and not _same(sums[parent], base))
            or (parent < 0 and _same(sums[parent], Fraction(1000)))
        ):
            relative.add(parent)
        elif not any(_same(sums[parent], one) for one in (Fraction(1), Fraction(100))):
            found.append(_sum_wrong(frame, parent, children, sums[parent], base, key))
    for parent in groups.keys() - relative:
        factor = base / sums[parent] if any(_same(sums[parent], one) for one in (Fraction(1), Fraction(100))) else Fraction(1)
        for at in groups[parent]:
            own = weights[at]
            weights[at] = own * factor if own is not None and factor in (100, Fraction(1, 100)) else own
    weighed = Weighed(tuple(weights), frozenset(relative), tuple(found))
    wrong = bool(errors(found))
    return weighed if wrong or key == "total" else Weighed(weighed.weights, weighed.relative, (*found, *_totals(frame, weighed)))


def _given(nodes: Sequence[Said], key: str) -> tuple[list[Fraction | None], list[Finding]]:
    """Read the cells of weights."""
    given: list[Fraction | None] = []
    found = []
    for node in nodes:
        fact = node.facts.get(key)
        value = fraction_of(fact.cell) if fact else None
        if fact and (value is None or value < 0):
            found.append(finding("IC645", fact.place, found=words_of(fact.cell), title=fact.column.title, node=node.name))
            value = None
        given.append(value)
    return given, found


def _parents(frame: Frame) -> frozenset[int]:
    return frozenset(node.parent for node in frame.nodes)


def _derived(frame: Frame, given: Sequence[Fraction | None]) -> tuple[list[Fraction | None], set[int]]:
    """Give nodes of which no sibling has a weight the sum of those below, where all of these have one."""
    weights = list(given)
    derived: set[int] = set()
    for parent in sorted(_parents(frame), reverse=True):  # from below: parents stand before their children
        siblings = frame.children(parent)
        if any(given[at] is not None for at in siblings):
            continue
        for at in siblings:
            below = [weights[child] for child in frame.children(at)]
            if below and all(one is not None for one in below):
                weights[at] = sum((one for one in below if one is not None), Fraction(0))
                derived.add(at)
    return weights, derived


def _base(sums: dict[int, Fraction], derived: set[int], weights: Sequence[Fraction | None]) -> Fraction:
    """Return what most weights among siblings add up to: 100, or 1."""
    own = [total for parent, total in sums.items() if parent not in derived]
    hundreds = sum(_same(one, Fraction(100)) for one in own)
    ones = sum(_same(one, Fraction(1)) for one in own)
    if hundreds == ones:
        return Fraction(100) if any(one is not None and one > 1 for one in weights) else Fraction(1)
    return Fraction(100) if hundreds > ones else Fraction(1)


def _same(one: Fraction, other: Fraction | None) -> bool:
    return other is not None and abs(one - other) <= _NEAR * max(abs(other), Fraction(1))


def _titled(frame: Frame, parent: int) -> str:
    return frame.title if parent < 0 else frame.nodes[parent].name


def _sum_wrong(frame: Frame, parent: int, children: Sequence[int], total: Fraction, base: Fraction, key: str) -> Finding:
    """Say which weights do not add up, with their cells."""
    facts = [frame.nodes[at].facts.get(key) for at in children]
    places = [fact.place for fact in facts if fact]
    place = places[0] if places else frame.nodes[children[0]].place
    cells = [str(one).rpartition("!")[2] if one.sheet else f"{one.line}:{one.column}" for one in places]
    return finding("IC643", place, node=_titled(frame, parent), sum=as_number(total), total=as_number(base), cells=cells)


def _totals(frame: Frame, weighed: Weighed) -> list[Finding]:
    """Hold weights of the total that a sheet states beside the others against what these make."""
    if not any("total" in node.facts for node in frame.nodes):
        return []
    shares: list[Fraction] = []
    sums = {
        parent: sum((weighed.weights[at] or Fraction(0) for at in frame.children(parent)), Fraction(0))
        for parent in _parents(frame)
    }
    stated: list[tuple[int, Fraction]] = []
    for at, node in enumerate(frame.nodes):
        above = shares[node.parent] if node.parent >= 0 else Fraction(1)
        shares.append(above * (weighed.weights[at] or Fraction(0)) / (sums[node.parent] or 1))
        fact = node.facts.get("total")
        if fact and (value := fraction_of(fact.cell)) is not None:
            stated.append((at, value))
    leaves = [value for at, value in stated if not frame.children(at)]
    whole = min((Fraction(1), Fraction(100), Fraction(1000)), key=lambda one: abs(one - sum(leaves, Fraction(0))))
    found = []
    for at, value in stated:
        fact = frame.nodes[at].facts["total"]
        decimals = len(words_of(fact.cell).rstrip("%").partition(".")[2]) + (2 if words_of(fact.cell).endswith("%") else 0)
        made = shares[at] * (1 if words_of(fact.cell).endswith("%") else whole)
        if abs(made - value) > Fraction(51, 100) / 10**decimals:
            found.append(finding("IC649", fact.place, node=frame.nodes[at].name, stated=as_number(value), made=float(made)))
    return found
