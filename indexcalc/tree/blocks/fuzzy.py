"""How a fuzzy comprehensive evaluation is made: grades, how values belong to them, and how memberships come together."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Literal

from pydantic import Field

from .choices import Number, Numbers, Part, Words


class Fuzzy(Part):
    """A fuzzy comprehensive evaluation beside the scores: how far each node belongs to each grade."""

    grades: dict[str, Number] = Field(min_length=2)
    """The grades from the best down, each with its points: `{good: 95, fair: 75, poor: 50}`."""
    knots: Numbers = ()
    """The scores at which an indicator belongs wholly to each grade, in the order of the grades: `[90, 70, 40]`."""
    values: dict[str, Numbers] = Field(default={})
    """Of indicators that are judged by their values in place of scores: the values at which one belongs wholly to each grade."""
    shape: Literal["triangle", "gaussian"] = "triangle"
    """How memberships fall off from a knot: evenly down to the next one, or as a bell."""
    sigma: Number | None = Field(default=None, gt=0)
    """With `gaussian`, the width of the bell, in points of the scores."""
    shares: Words = ()
    """Nodes whose indicators are no scores but shares of answers in each grade, in the order of the grades; a node above such
    nodes stands for all of them."""
    operator: Literal["product-sum", "min-max", "product-max", "min-bounded-sum", "min-sum-balanced"] = "product-sum"
    """How memberships come together: `product-sum` M(·,+), `min-max` M(∧,∨), `product-max` M(·,∨), `min-bounded-sum` M(∧,⊕), or
    `min-sum-balanced`."""
    tied: Literal["better", "worse"] = "better"
    """Which of two grades a unit has that it belongs to alike."""
