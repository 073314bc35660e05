"""What follows from a place: outcomes for the first and last, goals that were set, remarks on what stands out."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag

from .choices import Number, Part


class Outcome(Part):
    """What the first or the last in a ranking are in for: exactly one of `first` and `last`."""

    name: str = Field(min_length=1)
    """Name, in Chinese: a reward, a talk."""
    name_en: str = ""
    """Name in English."""
    first: int | None = Field(default=None, ge=1)
    """For so many from the top; whoever ties with the last of them is in."""
    last: int | None = Field(default=None, ge=1)
    """For so many from the bottom; whoever ties with the first of them is in."""
    in_a_row: int = Field(default=1, ge=1)
    """After so many periods one after the other in which it would be so."""
    node: str | None = None
    """The id of the node by whose ranks it goes. Default: the index."""

    def title(self, language: str) -> str:
        """Return the name in a language, or what there is of it."""
        return (self.name_en or self.name) if language == "en" else self.name


class Goal(Part):
    """What a unit is to reach by a period: exactly one of `value` and `rank`."""

    unit: str
    """The unit's id, name or alias."""
    node: str | None = None
    """The id of an indicator, for its value, or of a node above, for its score. Default: the index."""
    period: str | int
    """The period by which it is to be reached."""
    value: Number | None = None
    """The value or score to reach: at least that much, or at most where less of the indicator is better."""
    rank: int | None = Field(default=None, ge=1)
    """The rank to reach."""
    department: str = ""
    """Who answers for it."""


class Remark(Part):
    """What is to be said of a unit, beside what is computed."""

    unit: str
    """The unit's id, name or alias."""
    node: str | None = None
    """The id of the node that it is about. Default: the index."""
    period: str | int | None = None
    """The period that it is about. Default: any."""
    kind: str = ""
    """What kind of remark it is: a highlight, a comment, something to put right."""
    text: str
    """What is said."""
    author: str = ""
    """Who says it."""


class FromTable(Part):
    """A file with a row each, under headings as the keys are called or as offices call them."""

    table: str
    """The file."""
    sheet: str | None = None
    """The sheet of a workbook."""


def _listed_or_table(value: Any) -> str:
    """Say which shape a value is meant as, so that what is wrong with it is said once."""
    return "table" if isinstance(value, (dict, FromTable)) else "list"


GoalsChoice = Annotated[
    Annotated[Annotated[tuple[Goal, ...], Field(strict=False)], Tag("list")] | Annotated[FromTable, Tag("table")],
    Discriminator(_listed_or_table),
]
RemarksChoice = Annotated[
    Annotated[Annotated[tuple[Remark, ...], Field(strict=False)], Tag("list")] | Annotated[FromTable, Tag("table")],
    Discriminator(_listed_or_table),
]
