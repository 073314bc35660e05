"""The methods: pure functions of numpy arrays, one dictionary per file; no labels, no files, no randomness.

`CATALOGUE` is all of them by room. From it come the names allowed in YAML, the JSON Schema, the check that parameters
fit, `indexcalc methods`, the documentation and the property tests. To add a method, write a function in its file and a
line in the dictionary below it: its keyword-only parameters are its parameters in YAML, its docstring its documentation.
"""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .aggregate import AGGREGATE, WITHOUT_WEIGHTS
from .impute import IMPUTE
from .normalise import NORMALISE
from .rank import TIES
from .treat import TREAT
from .weight import FROM_DATA, UNIT_SPECIFIC, WEIGHT

CATALOGUE: dict[str, dict[str, Callable[..., Any]]] = {
    "normalise": NORMALISE,
    "aggregate": AGGREGATE,
    "impute": IMPUTE,
    "treat": TREAT,
    "weights": WEIGHT,
    "ties": TIES,
}


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method, as YAML gives it."""

    name: str
    type: Any
    required: bool
    default: Any


def parameters(room: str, method: str) -> dict[str, Parameter]:
    """Return the parameters that a method of a room takes in YAML, from its signature."""
    return {
        parameter.name: Parameter(
            parameter.name,
            parameter.annotation,
            parameter.default is parameter.empty,
            None if parameter.default is parameter.empty else parameter.default,
        )
        for parameter in inspect.signature(CATALOGUE[room][method]).parameters.values()
        if parameter.kind is parameter.KEYWORD_ONLY
    }


def about(room: str, method: str) -> str:
    """Return the first sentence of a method's documentation."""
    return (inspect.getdoc(CATALOGUE[room][method]) or "").split("\n\n")[0].replace("\n", " ")


__all__ = ["CATALOGUE", "FROM_DATA", "UNIT_SPECIFIC", "WITHOUT_WEIGHTS", "Parameter", "about", "parameters"]
