"""What stands around the tree: bonuses, deductions, vetoes, and units that are left out."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start

from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from ...words.shown import in_language
from .choices import Number, OverTime, Part


class Veto(Part):
    """What one event is enough for: exactly one of these."""

    deduct: Number | None = None
    """Points taken off once, however many events there are."""
    ceiling: Number | None = None
    """The highest score that is left."""
    grade: str | None = None
    """The best grade that is left, by its name."""


class Placed(Part):
    """What a place in the ranking is worth: exactly one of `first` and `last`."""

    first: int | None = Field(default=None, ge=1)
    """For so many from the top; whoever ties with the last of them is in."""
    last: int | None = Field(default=None, ge=1)
    """For so many from the bottom; whoever ties with the first of them is in."""
    points: Number
    """The points; below 0 to take some off."""


def _number_or_steps(value: Any) -> str:
    """Say which shape a value is meant as, so that what is wrong with it is said once."""
    return "steps" if isinstance(value, (list, tuple)) else "number"


Move = Annotated[tuple[int, float], Field(strict=False)]
Moves = Annotated[
    Annotated[Number, Tag("number")] | Annotated[Annotated[tuple[Move, ...], Field(strict=False, min_length=1)], Tag("steps")],
    Discriminator(_number_or_steps),
]


class Adjustment(Part):
    """A bonus, a deduction or a veto on top of a node's aggregated score: one of `each`, `rank_move`, `place` and `veto`."""

    id: str = Field(min_length=1)
    """Letters, digits, - _ and . only."""
    name: str = ""
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    node: str | None = None
    """The id of the node that is adjusted. Default: the index."""
    source: str | None = None
    """A name under `data:`, or `units` for a column of the units table; a missing number of events is none."""
    column: str | None = None
    """The heading of the column of events. Default: the id or the name."""
    each: Number | None = None
    """Points for each event; below 0 to take points off."""
    repeat: Number = 1.0
    """How many times as much each further event counts as the one before it: 2 doubles."""
    cap: Number | None = None
    """The most points in all, with the sign of `each`, `rank_move` or the points of `place`."""
    rank_move: Moves | None = None
    """Points for each place climbed since the period before; none are taken off for places lost. Or steps `[places, points]`:
    `[[5, 0.5], [-5, -1], [-10, -2]]` for 5 places or more up, 5 or more down, 10 or more down."""
    place: Placed | None = None
    """Points for being among the first or the last of the period; of a larger one, for each of its parts in which it was so."""
    veto: Veto | None = None
    """What any event at all is enough for."""
    unit: str | int | None = None
    """The one unit that it is for, by id or name, as where an appeal was upheld: no event is counted."""
    period: str | int | None = None
    """The one period that it is for, with `unit`."""
    reason: str = ""
    """Why, with `unit`: kept with the points wherever they are shown."""
    by: str = ""
    """Who decided it, with `unit`."""
    over_time: OverTime = "sum"
    """How the events of periods make those of a larger one."""
    note: str = ""
    """A remark for readers of the file."""

    def title(self, language: str) -> str:
        return in_language(language, self.name, self.name_en) or self.id

    @property
    def by_rank(self) -> bool:
        """Whether it goes by ranks, so that all units have a part in it and no event is counted."""
        return self.rank_move is not None or self.place is not None

    @property
    def gives_points(self) -> bool:
        """Whether it can change a score by points: a veto may limit the score or the grade alone."""
        return self.veto is None or self.veto.grade is None

    @property
    def why(self) -> str:
        """What is kept of it: the reason, who decided, and the remark."""
        return " · ".join(said for said in (self.reason, self.by, self.note) if said)


class Screen(Part):
    """Units that are left out of everything in a period, since too little of them is known; of what applies to them."""

    coverage: Number = Field(default=0.0, ge=0, le=1)
    """The least share of indicators that must have a value."""
    nonzero: Number = Field(default=0.0, ge=0, le=1)
    """The least share of values that must not be 0."""
