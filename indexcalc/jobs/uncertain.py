"""What is uncertain about a tree: its own block, with what was said in other words in its place."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from ..findings import Finding, Place
from ..tree.checks import check_uncertainty
from ..tree.model import Alternatives, Index
from .project import refuse

Said = str | Sequence[str] | None
"""Words for alternatives: one, several separated by commas, or a list of them."""


def alternatives_of(
    index: Index, go_on: Callable[[Sequence[Finding]], None], *, noise: float | None = None, **words: Said
) -> Alternatives:
    """Return what is uncertain: the tree's own block, with what was said in its place; or refuse.

    `words` name alternatives by factor: normalise, aggregate, treat, impute; and weights, as dirichlet, dirichlet:50 or
    perturb:0.25. What was found about them is handed to `go_on`, which refuses an error.
    """
    said: dict[str, Any] = {factor: _listed(some) for factor, some in words.items() if some}
    if "weights" in said:
        said["weights"] = tuple(map(_weights, said["weights"]))
    if noise is not None:
        said["noise"] = noise
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
