"""A fuzzy comprehensive evaluation, asked in plain words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..scores import Scores
from .names import period_of, scores_then
from .project import refuse

if TYPE_CHECKING:
    from ..analysis.fuzzy import Memberships
    from ..methods.membership import Operator


def fuzzy(scores: Scores, node: str | None = None, *, period: str | None = None, operator: Operator | None = None) -> Memberships:
    """Say how far each unit belongs to each grade, at the index or a node and all below it, as the tree's `fuzzy` says.

    `operator` brings memberships together in place of the tree's.

    :raises Refused: where there is no such node or period, or the tree has no `fuzzy`.
    """
    from ..analysis.fuzzy import fuzzy as look
    from ..analysis.fuzzy import with_formula
    from ..methods.membership import OPERATORS

    if operator is not None and operator not in OPERATORS:
        raise ValueError(f"no operator {operator!r}; known: {', '.join(OPERATORS)}")
    shown = period_of(scores, period)
    scores, start = scores_then(scores, shown, node)
    if scores.index.fuzzy is None:
        refuse("IC824")
    if formulas := with_formula(scores, start):
        refuse("IC825", nodes=formulas)
    update: dict[str, Any] = {} if operator is None else {"operator": operator}
    return look(scores, start, shown, scores.index.fuzzy.model_copy(update=update))
