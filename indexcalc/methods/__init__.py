"""The methods: pure functions of numpy arrays, and below each a record of all that is known of it; no labels, no files.

`RECORDS` is all of them by step. From it come the names allowed in YAML, the JSON Schema, the check that parameters fit and
make sense, `indexcalc methods`, the documentation, the property tests, and what every other room asks of a method. To add one,
write its function and its record in the file of its step, and put the record into the tuple at the file's end.
"""

from collections.abc import Callable, Mapping
from typing import Any

from .aggregate import AGGREGATORS, WITHOUT_WEIGHTS
from .impute import IMPUTERS
from .normalise import NORMALISERS
from .rank import TIE_RULES
from .records import MethodRecord, Parameter
from .treat import TREATMENTS
from .weight import FROM_DATA, UNIT_SPECIFIC, WEIGHTINGS

RECORDS: dict[str, Mapping[str, MethodRecord]] = {
    "normalise": NORMALISERS,
    "aggregate": AGGREGATORS,
    "impute": IMPUTERS,
    "treat": TREATMENTS,
    "weights": WEIGHTINGS,
    "ties": TIE_RULES,
}
CATALOGUE: dict[str, dict[str, Callable[..., Any]]] = {
    step: {name: record.function for name, record in known.items()} for step, known in RECORDS.items()
}


def parameters(step: str, method: str) -> dict[str, Parameter]:
    """Return the parameters that a method of a step takes in YAML, from its signature."""
    return RECORDS[step][method].parameters


def about(step: str, method: str) -> str:
    """Return the first sentence of a method's documentation."""
    return RECORDS[step][method].about


__all__ = [
    "AGGREGATORS",
    "CATALOGUE",
    "FROM_DATA",
    "IMPUTERS",
    "NORMALISERS",
    "RECORDS",
    "TIE_RULES",
    "TREATMENTS",
    "UNIT_SPECIFIC",
    "WEIGHTINGS",
    "WITHOUT_WEIGHTS",
    "Parameter",
    "about",
    "parameters",
]
