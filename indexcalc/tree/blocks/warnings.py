"""The risk warning: rules, levels, and what follows."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Literal

from pydantic import Field

from ...periods import Kind
from ...words.shown import in_language
from .choices import Number, Part, Words

Level = Literal["blue", "yellow", "orange", "red"]


LEVELS: tuple[Level, ...] = ("blue", "yellow", "orange", "red")  # from the mildest to the worst


class Step(Part):
    """What follows when a warning lasts: a notice, an interview, a listing."""

    name: str = Field(min_length=1)
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    after: int = Field(ge=1)
    """From so many periods in a row on."""
    level: Level = "red"
    """At this level or a worse one: `blue`, `yellow`, `orange` or `red`."""

    def title(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name


class WarningRule(Part):
    """When values or scores give a warning: a limit for each level that there is, judged unit by unit and period by period."""

    id: str = Field(min_length=1)
    """Letters, digits, - _ and . only."""
    name: str = ""
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    node: str | Words
    """The id of the node that is watched, or a list of several; the index's own for the total."""
    watch: Literal["node", "children", "indicators"] = "node"
    """The node itself, the children right below it, or all indicators below it, each on its own."""
    by: Literal["value", "score"] | None = None
    """Watch values in their unit of measurement, or scores. Default: values of indicators, scores of other nodes."""
    method: Literal["thresholds", "quantiles", "control"] = "thresholds"
    """What the levels say: `thresholds`, values to be reached; `quantiles` of the unit's own history, 0.9 for the worst tenth;
    `control`, how many standard deviations from the mean of that history."""
    blue: Number | None = None
    """The limit of the mildest level; a level without a limit is not given."""
    yellow: Number | None = None
    """The limit of the second level."""
    orange: Number | None = None
    """The limit of the third level."""
    red: Number | None = None
    """The limit of the worst level."""
    beyond: Number | None = None
    """Give no warning before what is watched has reached this as well, so that small numbers do not alarm."""
    last: int | None = Field(default=None, ge=2)
    """How many periods before this one are the history. Default: all that there are."""
    least: int = Field(default=4, ge=2)
    """How many values of these the history must have at least for a unit to be judged."""
    centre: Literal["mean", "median"] = "mean"
    """With `control`: mean and standard deviation of the history, or its median and median absolute deviation × 1.4826."""
    periods: Kind | None = None
    """The kind of periods that is judged, where larger ones are made of parts, such as `year`. Default: the index's own."""
    escalation: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    """What follows when a warning of this rule lasts. Default: that of `warnings`."""
    note: str = ""
    """A remark for readers of the file."""

    @property
    def limits(self) -> tuple[float | None, ...]:
        """The limits from the mildest level to the worst."""
        return tuple(getattr(self, level) for level in LEVELS)

    @property
    def named(self) -> tuple[str, ...]:
        """The ids under `node`."""
        return (self.node,) if isinstance(self.node, str) else self.node

    def title(self, language: str) -> str:
        return in_language(language, self.name, self.name_en) or self.id


class Warnings(Part):
    """The risk warning: rules that watch values and scores, and what follows when a warning lasts."""

    rules: Annotated[tuple[WarningRule, ...], Field(strict=False, min_length=1)]
    """The rules."""
    escalation: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    """What follows when a warning lasts, from the first step to the last."""
    together: str | Words = ()
    """Nodes each of whose children is one event: a unit's warnings at or below such a child are brought together."""

    @property
    def gathered(self) -> tuple[str, ...]:
        """The ids under `together`."""
        return (self.together,) if isinstance(self.together, str) else self.together

    def steps(self, rule: WarningRule) -> tuple[Step, ...]:
        """Return what follows when a warning of a rule lasts."""
        return rule.escalation or self.escalation
