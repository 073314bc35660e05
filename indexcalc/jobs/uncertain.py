"""What is uncertain about a tree: its own block, with what was said in other words in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from ..findings import Finding, Place
from ..tree.checks import check_uncertainty
from ..tree.model import Alternatives, Index
from .project import refuse

Said = str | Sequence[str] | None
"""Words for alternatives: one, several separated by commas, or a list of them."""


class Words(TypedDict, total=False):
    """What is said to be uncertain, in place of what the tree says.

    `weights` are drawn by dirichlet, dirichlet:50 or perturb:0.25; methods are drawn from those that are named; `noise` is the
    standard deviation of errors as a share of that of the indicator.
    """

    weights: Said
    normalise: Said
    aggregate: Said
    treat: Said
    impute: Said
    noise: float | None


def alternatives_of(index: Index, go_on: Callable[[Sequence[Finding]], None], words: Words) -> Alternatives:
    """Return what is uncertain: the tree's own block, with what was said in its place; or refuse.

    What was found about the words is handed to `go_on`, which refuses an error.
    """
    if unknown := set(words) - set(Words.__annotations__):
        raise TypeError(f"no such words: {', '.join(sorted(unknown))}; there is {', '.join(Words.__annotations__)}")
    said: dict[str, Any] = {key: value for key, value in words.items() if value is not None and value != ""}
    said |= {key: _listed(value) for key, value in said.items() if key != "noise"}
    if "weights" in said:
        said["weights"] = tuple(map(_weights, said["weights"]))
    declared, read = index.uncertainty or Alternatives(), Alternatives.model_validate(said)
    alternatives = declared.model_copy(update={key: getattr(read, key) for key in said})
    if said:
        go_on([Finding(one.code, Place(), one.values) for one in check_uncertainty(index.changed(uncertainty=alternatives))])
    return alternatives


def _listed(words: str | Sequence[str]) -> tuple[str, ...]:
    return tuple(words.replace(" ", "").split(",")) if isinstance(words, str) else tuple(words)


def _weights(text: str) -> dict[str, Any]:
    """Read dirichlet, dirichlet:50 or perturb:0.25."""
    method, colon, number = text.partition(":")
    key, most = {"dirichlet": ("concentration", float("inf")), "perturb": ("by", 1.0)}.get(method, ("", 0.0))
    try:
        value = float(number) if colon else 0.0
    except ValueError:
        value = -1.0
    if not key or (colon and not 0 < value <= most):
        refuse("IC756", found=text)
    return {"method": method, **({key: value} if colon else {})}
