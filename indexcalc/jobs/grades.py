"""How units are graded, asked in plain words: by a node's own grades, or by what is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..scores import Scores
from .names import period_of, scores_then
from .project import refuse

if TYPE_CHECKING:
    from ..analysis.grades import Graded
    from ..tree.blocks.grades import Grade

    By = str | Mapping[str, Any] | Sequence[Mapping[str, Any]]


def grades(scores: Scores, node: str | None = None, *, period: str | None = None, by: By | None = None) -> Graded:
    """Say how units are graded by the index or a node: from which score each grade begins, and how many units have it.

    `by` are other grades than the tree's, as the tree writes them: `{"natural-breaks": 4}`, `{"mean-sd": 4}`, `{"rsr": 3}`,
    `"coordination"`, or a list of grades. Beside each unit's grade stand its probit and its fitted score by the rank-sum ratio.

    :raises Refused: where there is no such node or period, or no grades.
    """
    from ..analysis.grades import graded

    shown = period_of(scores, period)
    scores, place = scores_then(scores, shown, node)
    own = scores.tree.nodes[place]
    asked = scores.index.grades_of(own) if by is None else _asked(by)
    if not asked:
        refuse("IC819", node=own.id)
    return graded(scores, place, shown, asked)


def _asked(by: By) -> tuple[Grade, ...]:
    """Return grades as a tree would have them, or refuse."""
    from pydantic import TypeAdapter, ValidationError

    from ..tree.blocks.grades import SHORT, GradesChoice

    said: Any = by
    if isinstance(by, str) and ":" in by:
        kind, _, count = by.partition(":")
        said = {kind.strip(): int(count) if count.strip().isdecimal() else count}
    try:
        made: tuple[Grade, ...] = TypeAdapter(GradesChoice).validate_python(said)
    except ValidationError:
        made = ()
    if not made or any(not grade.bounds for grade in made[:-1]) or made[-1].bounds or not all(grade.name for grade in made):
        refuse("IC821", found=str(by), known=list(SHORT))
    return made
