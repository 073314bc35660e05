"""What a page is about: the level and the period that its address asks for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..jobs.names import period_of
from ..jobs.project import refuse
from ..words.web import web as words
from .current import State
from .visit import Visit

if TYPE_CHECKING:
    from ..report.sheets.analysed import Analysed
    from ..scores import Scores

MOST_LISTED = 1000
"""Units, or nodes, that a field lets choose from; of more one is typed."""


@dataclass(frozen=True)
class Chosen:
    """What a page is about: the scores of a level, and a period of them."""

    state: State
    level: str | None
    levels: tuple[str, ...]
    period: str

    @property
    def scores(self) -> Scores:
        """The scores of all periods."""
        return self.state.scores

    def analysed(self) -> Analysed:
        """Return the period's scores as reports show them, without the analyses that take their time."""
        from ..analysis.warning import warnings
        from ..report.sheets.analysed import analysed

        judged = self.state.kept("judged", lambda: warnings(self.scores))
        made: Analysed = self.state.kept(
            ("analysed", self.period), lambda: analysed(self.scores, self.period, judged=judged, every=False)
        )
        return made


def chosen(visit: Visit) -> Chosen:
    """Return the level and period that an address asks for: the project's own and the newest where it does not.

    :raises Refused: where there is no such level or period.
    """
    state, level = visit.state(), visit.asked("level") or None
    names = state.scores.origin.units if state.scores.origin else None
    levels = tuple(dict.fromkeys(names.units.levels if names is not None else ()))
    if level is not None:
        if level not in levels:
            refuse("IC513", found=level, known=list(levels))
        state = visit.state(level)
    return Chosen(state, level, levels, period_of(state.scores, visit.asked("period") or None))


def units_called(scores: Scores, language: str) -> str:
    """Return the word for units: in Chinese the index's label."""
    return scores.index.units.label if language == "zh" else str(words.unit(language))
