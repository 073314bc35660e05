"""What could as well have been chosen otherwise."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from .choices import ImputeChoice, MethodChoice, NormaliseChoice, Part, TreatChoice, Words, named


class WeightDraw(Part):
    """How the weights of a node's children are drawn at random."""

    method: Literal["dirichlet", "perturb"]
    """`dirichlet`: uniform among all weights that add up, or about the declared ones. `perturb`: each changed by itself."""
    by: float = Field(default=0.25, gt=0, le=1)
    """With `perturb`, the largest change of a weight as a share of it, before siblings are made to add up again."""
    concentration: float | None = Field(default=None, gt=0)
    """With `dirichlet`, how near to the declared weights: a weight w then has variance w (1 - w) / (this + 1)."""
    nodes: Words = ()
    """The ids of the nodes whose children's weights are drawn so. Default: all with declared weights."""


class Noise(Part):
    """Errors of the values, normal and independent of each other."""

    sd: float = Field(gt=0)
    """The standard deviation of an error, as a share of what `of` says."""
    of: Literal["spread", "value"] = "spread"
    """`spread`: of the standard deviation of the indicator's values in a period. `value`: of the value itself."""


def _listed(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else (value,)


WeightDrawChoice = Annotated[WeightDraw, BeforeValidator(named)]


class Alternatives(Part):
    """What could as well have been chosen otherwise: `indexcalc uncertainty` and `sensitivity` draw from it."""

    weights: Annotated[tuple[WeightDrawChoice, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    """How weights are drawn: `dirichlet`, `perturb`, or a list of such with parameters and nodes; the last that names a node."""
    normalise: Annotated[tuple[NormaliseChoice, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    """Normalisers to draw from, for what takes the default one; a bare name of the default one has its parameters."""
    aggregate: Annotated[tuple[MethodChoice, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    """Ways of bringing children together to draw from, for nodes that take the default one."""
    treat: Annotated[tuple[TreatChoice, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    """Treatments of outliers to draw from, and `none`, for what takes the default one."""
    impute: Annotated[tuple[ImputeChoice, ...], BeforeValidator(_listed), Field(strict=False)] = ()
    """Estimates of missing values to draw from, and `none`, for what takes the default one."""
    noise: Annotated[Noise | None, BeforeValidator(lambda value: {"sd": value} if isinstance(value, (int, float)) else value)] = (
        None
    )
    """Errors of the values: their standard deviation, as a share of that of the indicator."""
