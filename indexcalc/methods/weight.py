"""Weights of siblings: what a node's children are given, before anything is missing."""

from collections.abc import Callable
from typing import Any

from .arrays import Array, np


def given(x: Array, declared: Array) -> Array:
    """Take the declared weights as they are; they must add up to 1, or to 100 if all of the file does so."""
    del x
    return declared


def relative(x: Array, declared: Array) -> Array:
    """Scale the declared weights so that they add up to 1: 2, 1, 1 counts double, single, single."""
    del x
    return np.asarray(declared / np.add.reduce(declared))


def equal(x: Array, declared: Array) -> Array:
    """Give every sibling the same weight, adding up to 1. Source: HB 2008, p. 31."""
    del x
    return np.full(len(declared), 1.0 / len(declared))


WEIGHT: dict[str, Callable[..., Any]] = {"given": given, "relative": relative, "equal": equal}
FROM_DATA: frozenset[str] = frozenset()  # computed from the scores of the siblings
UNIT_SPECIFIC: frozenset[str] = frozenset()  # weights of each unit by itself
