"""Weights as they are declared: which children count, and what the weights of siblings have to add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ..methods.aggregate import FREE_SUM
from ..methods.weight import ADD_UP
from ..words.agreement import in_both
from .blocks.choices import ByGroup
from .blocks.nodes import Dimension, Indicator
from .blocks.whole import Written


def counts(node: Dimension | Indicator) -> bool:
    """Say whether a node goes into its parent: a warning dimension only when it was given a weight, a monitored one never."""
    if isinstance(node, Indicator):
        return node.is_scored
    return not (node.role == "warning" and node.weight is None)


def weights_said(index: Written, weights: Mapping[str, str]) -> str:
    """Return the weights of some nodes in a row, by their ids, and in Chinese by their names."""
    names = {node: index.by_id[node].name or node for node in weights}
    return in_both(
        " · ".join(f"{node} {weight}" for node, weight in weights.items()),
        " · ".join(f"{names[node]} {weight}" for node, weight in weights.items()),
    )


def weight_total(index: Written) -> float:
    """Return what weights among siblings add up to in this file: 100 if all of it does so, else 1."""
    groups = given_weights(index).values()
    sums = sorted(sum(own) for weights in groups for own in (in_each_group(weights) or {"": weights}).values())
    middle = sums[(len(sums) - 1) // 2] if sums else 1.0
    return 100.0 if middle > 50 else 1.0  # what most of the file adds up to is what the rest should


def in_each_group(weights: Sequence[float]) -> dict[str, list[float]]:
    """Return the weights of some siblings in each group of units that one of them names, and in all others under `else`.

    Nothing where they do not differ by group.
    """
    apart = [weight for weight in weights if isinstance(weight, ByGroup)]
    labels = list(dict.fromkeys(label for weight in apart for label in weight.of))
    if apart and all(weight.other is not None for weight in apart):
        labels.append("else")
    return {label: [weight.among(label) if isinstance(weight, ByGroup) else weight for weight in weights] for label in labels}


def given_weights(index: Written) -> dict[str, list[float]]:
    """Return the declared weights of the siblings below each node whose weights have to add up."""
    groups: dict[str, list[float]] = {}
    for _, node in index.every_node:
        if isinstance(node, Indicator) or (node.weights or index.defaults.weights).method not in ADD_UP:
            continue
        children = index.children(node)
        weights = [child.weight for child in children if counts(child)]
        aggregate = (node.aggregate or index.defaults.aggregate).method
        if aggregate not in FREE_SUM and any(weight is not None for weight in weights):
            groups[node.id] = [weight or 0.0 for weight in weights]
    return groups
