"""The tree itself: indicators, the nodes above them, the index; how they are ranked and graded; defaults."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, model_validator

from ...words.measures import measured_in
from ...words.shown import in_brackets, in_language
from .choices import (
    Direction,
    ImputeChoice,
    MethodChoice,
    Missing,
    NormaliseChoice,
    Number,
    NumberByGroup,
    Numbers,
    OverTime,
    Part,
    Primary,
    RoundChoice,
    TreatChoice,
    WeightsChoice,
    Words,
)
from .data import COUNTED, PLAIN, EventsChoice
from .grades import GradesChoice


class Shrink(Part):
    """How a rate is moved towards that of a larger area, the more the less certain it is."""

    within: str = "group"
    """The larger areas: `group`, or another column of the units table, such as that of the unit above."""
    how: Literal["log-odds", "rate"] = "log-odds"
    """`log-odds` for people among people, as in indices of deprivation; `rate` for events among anything. Where the denominator's
    `measure` is tens of thousands or thousands of people, and what is counted is people, people are compared."""


def _as_within(value: Any) -> Any:
    return {"within": value} if isinstance(value, str) else value


ShrinkChoice = Annotated[Shrink, BeforeValidator(_as_within)]


class Residual(Part):
    """What is left of values once a straight line in another column is taken out of them."""

    along: str
    """The id of the denominator that the line goes along: any column that is declared under `denominators:`."""
    within: str | None = None
    """Fit a line in each group of units: `group`, or another column of the units table. Default: one for all units."""


def _as_along(value: Any) -> Any:
    return {"along": value} if isinstance(value, str) else value


ResidualChoice = Annotated[Residual, BeforeValidator(_as_along)]


class Valid(Part):
    """Which values are possible: of what is reported, and of what is made of it."""

    reported: Numbers | None = None
    """The lowest and highest value that can be reported."""
    value: Numbers | None = None
    """The lowest and highest value that can come of it: of a rate, in its own unit of measurement."""


def _range_or_both(value: Any) -> str:
    """Say which shape of `valid` a value is meant as, so that what is wrong with it is said once."""
    return "both" if isinstance(value, (dict, Valid)) else "range"


ValidChoice = Annotated[Annotated[Numbers, Tag("range")] | Annotated[Valid, Tag("both")], Discriminator(_range_or_both)]


class FromUnits(Part):
    """How the scores that the units of a lower level have of a node make the score of the unit that they are part of."""

    how: str
    """`mean`, `min`, `max` or `sum` of the scores of the units right below, or a denominator's id for a mean weighted by it."""
    from_: str | None = Field(default=None, alias="from")
    """The level up to which the node is made of values; from the next one on it is made of scores. Default: the lowest level."""


def _as_how(value: Any) -> Any:
    return {"how": value} if isinstance(value, str) else value


FromUnitsChoice = Annotated[FromUnits, BeforeValidator(_as_how)]


Rolling = Annotated[int, Field(ge=2)] | Literal["year", "all"]


class Node(Part):
    """What every node of the tree has."""

    id: str = Field(min_length=1)
    """Letters, digits, - _ and . only; used by commands, formulas and history."""
    name: str = ""
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    weight: NumberByGroup | None = None
    """Weight among siblings; siblings add up to 1, or to 100 in all of the file. A fraction such as 1/3 may be written, and one
    for each group of units: `{by: group, county: 0.3, else: 0.2}`."""
    note: str = ""
    """A remark for readers of the file."""
    definition: str = ""
    """What it is, for whoever reports or reads it: shown by `explain` and in the form for departments."""
    since: str | int | None = None
    """The first period in which it is part of the tree; a tree may have other nodes in other periods."""
    until: str | int | None = None
    """The last period in which it is part of the tree."""
    replaces: str | None = None
    """The id of the indicator that it goes on from: what that reported is its past, for growth and the like."""
    like: str | None = None
    """The id of another node: this one has what that has and it does not say itself; the nodes below it once more, by its id, a
    dot and theirs; an indicator reads the same column."""
    lever: bool | None = None
    """`false`: `target` never proposes to move it, as what ought not to be steered by a score; nodes below take it over.
    Default: what the node above says, in the end `true`."""

    def title(self, language: str) -> str:
        """Return the node's name in a language, or what there is of it."""
        return in_language(language, self.name, self.name_en) or self.id


class Leaf(Part):
    """What an indicator says of its values, and `defaults:` of many at once."""

    source: str | None = None
    """A name under `data:`, or `units` for a column of the units table. Default: `defaults.source`, or the only source."""
    else_from: str | None = None
    """A second source under `data:`, of which a value is taken where the first has none, cell by cell."""
    formula: str | None = None
    """Arithmetic over columns of its source and denominators, as in `closed / total * 100`; other names between [ and ]."""
    events: EventsChoice | None = None
    """What is taken of a log of events: `count`, or `{method: median, of: duration, where: kind = 'noise'}`."""
    measure: str = ""
    """Unit of measurement; values that a heading or row says are in another one of the same kind are converted to it."""
    measure_en: str = ""
    """Unit of measurement, in English. Default: `measure`, said in English where all of it is common."""
    department: str = ""
    """Who reports it."""
    source_note: str = ""
    """Where the data come from, in words: a survey, a statistical report and its table; shown with the definition."""
    method_note: str = ""
    """How it is counted, in words: what belongs to it and what does not; shown with the definition."""
    numbers: dict[str, Number] = Field(default={})
    """Words that stand for a number in its column, besides those of its source: `{"<0.5": 0.25}`."""
    direction: Direction = "higher"
    """What is better: `higher`, `lower`, near a `target`, or within a `range`."""
    target: Number | Numbers | None = None
    """The value to be near to, or the range `[low, high]` to be within."""
    per: str | None = None
    """The id of a denominator to divide by."""
    shrink: ShrinkChoice | None = None
    """Move the rate of small units towards that of their larger area: the column of the units table that names it."""
    scale: Number = 1.0
    """A factor for the value, such as 100 for per cent."""
    cumulative: Literal["year", "none"] | None = None
    """`year`: what is reported are totals since the year began; a period's own value is that less the one before in the year.
    `none`: they are not, though the file's periods are labelled from January on; the label stands for its last period."""
    difference: Literal["previous", "year-before", "per-year"] | None = None
    """Take the difference since the period before, or the same period a year before; or `per-year`, the slope of the straight
    line through all periods so far (least squares)."""
    growth: Literal["previous", "year-before", "per-year"] | None = None
    """Take the growth since the period before, or the same period a year before, as a share; or `per-year`, the mean growth a
    year since the first period, (x_T / x_0)^(1/T) - 1."""
    share: Literal["total", "group"] | None = None
    """Take the unit's share of the sum over all units, or over its group."""
    over_time: OverTime | None = None
    """How periods make a larger one: sum, mean, last, max or min of the reported values, before dividing."""
    over_units: str | None = None
    """How the units of a lower level make the one that they are part of: sum, mean, max or min of the reported values, or the
    id of a denominator for a mean weighted by it."""
    levels: Words = ()
    """For units of which levels it is there, such as `[district]`; to units of others it does not apply. Default: of all."""
    valid: ValidChoice | None = None
    """The lowest and highest value that can be reported; with a formula, that can come of it. Or each by itself:
    `{reported: [0, 9000], value: [80, 100]}`, where `value` is that of the rate, share, growth or formula."""
    part: bool | None = None
    """Whether what is reported is part of what it is divided by, so that it is no more than that: a finding where it is more.
    Default: `true` with `per` where `measure` is % or ‰ and no name says that it may be more, as a rate of completion may."""
    residual: ResidualChoice | None = None
    """Take what the value is above or below the straight line (least squares) that the period's units have along another column:
    the id of a denominator, or `{along: income, within: group}`. Three units at least have to have both."""
    applies: str | None = None
    """A formula; the indicator does not apply to a unit where it is 0."""
    impute: ImputeChoice | None = None
    """How missing values are estimated."""
    treat: TreatChoice | None = None
    """What is done about outliers, before the value becomes a score."""
    rolling: Rolling | None = None
    """Take so many periods together, up to this one, by `over_time`, before dividing: 4 for four quarters; or `year`: all since
    the year began; or `all`: all since the first period that there is, as for a balance."""
    normalise: NormaliseChoice | None = None
    """How the value becomes a score."""
    full: NumberByGroup | None = None
    """Full marks: what the highest score of its normaliser becomes, all others in proportion; by group of units as `weight`."""
    round: RoundChoice | None = None
    """Round the score to so many decimals."""

    def measure_in(self, language: str) -> str:
        """Return the unit of measurement in a language: common ones have an English word, others stay as they are."""
        return measured_in(language, self.measure, self.measure_en)


class Indicator(Leaf, Node):
    """A leaf: one line, bound to a column of data."""

    role: Literal["evaluation", "monitored"] = "evaluation"
    """`monitored`: shown, ranked by its value and warned on, but not scored; it needs no weight."""
    column: str | None = None
    """The heading of its column, or its name in a column of indicators. Default: its id, or its name in either language."""
    score_over_units: FromUnitsChoice | None = None
    """Make the score of a unit of the scores of the units that it is made of, instead of its values: `mean`, `min`, `max`, `sum`,
    a denominator's id."""

    @model_validator(mode="after")
    def _of_events(self) -> "Indicator":
        """Make a formula of what is taken of events as a ratio; it does not apply to a unit that had no such event."""
        if self.events and self.events.method not in PLAIN:
            if self.formula is None:
                self.__dict__["formula"] = self.events.formula
            self.__dict__["applies"] = f"where({self.applies}, [{COUNTED}], 0)" if self.applies else f"[{COUNTED}]"
        return self

    @property
    def bases(self) -> tuple[str, ...]:
        """The ids of the denominators that its values are made by: what it is divided by, and what it is compared along."""
        return tuple(name for name in (self.per, self.residual and self.residual.along) if name)

    @property
    def valid_reported(self) -> tuple[float, ...] | None:
        """The lowest and highest value that can be reported."""
        return self.valid.reported if isinstance(self.valid, Valid) else None if self.formula else self.valid

    @property
    def valid_value(self) -> tuple[float, ...] | None:
        """The lowest and highest value that can come of what is reported."""
        return self.valid.value if isinstance(self.valid, Valid) else self.valid if self.formula else None

    @property
    def is_scored(self) -> bool:
        """Whether it has a score that goes into what stands above it."""
        return self.role != "monitored"


class NodeRanking(Part):
    """How a node's scores become ranks."""

    ties: Literal["competition", "dense", "average", "min", "max"] = "competition"
    """How equal scores share places."""
    decimals: int | None = Field(default=None, ge=0, le=12)
    """Round scores to these decimals before ranking, so that equal published scores tie."""
    first: Literal["highest", "lowest"] = "highest"
    """Which score has rank 1."""
    top_of: Literal["group", "all"] = "group"
    """Of which units `top` of grades is a share: of each group where `ranking.within` is set, or of all."""
    then: Words = ()
    """Nodes by whose scores equal ones are told apart, the first first; no score moves. Of the index's `ranking` for the index
    alone."""
    top_by: str | None = None
    """Let `top` of grades be a share of a denominator's sum, such as people, in place of a share of the units: 0.2 for the best
    units that together have no more than a fifth of it."""


class Ranking(NodeRanking):
    """How scores become ranks."""

    within: str | None = None
    """Rank within groups too: `group`, or another column of the units table."""
    overall: bool = True
    """`false`, with `within`: rank inside the groups alone, with one table a group and no place among all units."""


class Boards(Part):
    """Which indicators are weak points or strengths of a unit beside its group: by what they cost or bring, and by scores."""

    points: Number | None = Field(default=None, ge=0)
    """How many points of the index it costs or brings at least. Default: a quarter of what the indicator does that does most."""
    below: Number | None = None
    """A weak point has a score below this. Default: below the group's mean by one standard deviation of the group or more."""
    above: Number | None = None
    """A strength has this score or more. Default: above the group's mean by one standard deviation of the group or more."""


class Inner(Part):
    """What inner nodes and the index share: how children come together, and what is done with the result."""

    weights: WeightsChoice | None = None
    """Where the children's weights come from: `given`, `relative` (any sum), `equal`, or a method that computes them."""
    aggregate: MethodChoice | None = None
    """How the children come together."""
    formula: str | None = None
    """Arithmetic over the ids of nodes below instead."""
    missing: Missing | None = None
    """What to do when children have no score."""
    undefined: Literal["refuse", "missing"] | None = None
    """What to do where there is no result for the children that are there, as for a score of 0 under a geometric mean: `refuse`
    all, or leave the score `missing` there, with a warning. Default: as the method's page says."""
    normalise: NormaliseChoice | None = None
    """Compare the units once more by the result, and take that as the score."""
    round: RoundChoice | None = None
    """Round the score to so many decimals."""
    primary: Primary | None = None
    """Name the children that attain the score, where it is a maximum or minimum."""
    score_over_units: FromUnitsChoice | None = None
    """Make the score of a unit of the scores of the units that it is made of, instead of its children: `mean`, `min`, `max`,
    `sum`, a denominator's id."""


class NodeDefaults(Leaf):
    """What holds below a node where that says nothing itself: for indicators, and how inner nodes come together."""

    aggregate: MethodChoice | None = None
    """How the children of inner nodes come together."""
    weights: WeightsChoice | None = None
    """Where their weights come from."""
    missing: Missing | None = None
    """What inner nodes do when children have no score."""
    undefined: Literal["refuse", "missing"] | None = None
    """What they do where there is no result for the children that are there: `refuse` all, or leave the score `missing` there."""


class Dimension(Node, Inner):
    """An inner node: how its children come together."""

    role: Literal["evaluation", "warning"] = "evaluation"
    """`warning`: on a board of its own and out of the index, unless it has a weight."""
    direction: Literal["higher", "lower"] = "higher"
    """`lower`: the whole node is turned, less of it is better."""
    applies: str | None = None
    """A formula over columns, as at indicators; none of the indicators below applies to a unit where it is 0."""
    impute: ImputeChoice | None = None
    """How a score that is missing is estimated, from the other units' scores of this node: by their `mean` or `median`, or as a
    given `value`."""
    grades: GradesChoice = ()
    """Grades of this node, from the best down."""
    ranking: "NodeRanking | None" = None
    """How this node is ranked, where not as the index is."""
    decimals: int | None = Field(default=None, ge=0, le=12)
    """Decimals that this node's score is shown with, and its grade judged by. Default: the index's."""
    defaults: NodeDefaults | None = None
    """What holds for all that is below, where that says nothing itself; below it no node has `defaults` again."""
    indicators: Annotated[tuple["Child", ...], Field(strict=False, min_length=1)]
    """The children: indicators, or nodes with `indicators` of their own; in a list, or by their ids, `{id: name}` in short."""


def _kind(value: Any) -> str:
    return "dimension" if isinstance(value, Dimension) or (isinstance(value, dict) and "indicators" in value) else "indicator"


Child = Annotated[Annotated[Dimension, Tag("dimension")] | Annotated[Indicator, Tag("indicator")], Discriminator(_kind)]


class Root(Inner):
    """The index itself: its names, and how its dimensions come together."""

    id: str = Field(min_length=1)
    """The index's id."""
    name: str = ""
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    note: str = ""
    """Shown with every result, for example that data is illustrative."""
    note_en: str = ""
    """The same in English."""
    nature: str = ""
    """What kind of data it is, such as simulated or preliminary: after the name, and the last column of every CSV file."""
    nature_en: str = ""
    """The same in English."""
    decimals: int = Field(default=2, ge=0, le=12)
    """Decimals that scores are shown with."""
    censor_below: Number | None = None
    """Print scores below this as `<` this: 4.2 is published as <5."""

    def remark(self, language: str) -> str:
        """Return what must stand with every result, in a language or what there is of it."""
        return (self.note_en or self.note) if language == "en" else self.note

    def kind_of_data(self, language: str) -> str:
        """Return what kind of data it is, in a language or what there is of it; nothing where the tree does not say."""
        return in_language(language, self.nature, self.nature_en)

    def title(self, language: str) -> str:
        """Return the index's name in a language, or what there is of it, with what kind of data it is."""
        name = in_language(language, self.name, self.name_en) or self.id
        kind = self.kind_of_data(language)
        return in_brackets(name, kind, language) if kind else name


class Defaults(NodeDefaults):
    """What a node does that says nothing itself."""

    source: str | None = None
    """The source of indicators that name none."""
    normalise: NormaliseChoice = Field(default="min-max", validate_default=True)
    """How values become scores."""
    aggregate: MethodChoice = Field(default="arithmetic", validate_default=True)
    """How children come together."""
    weights: WeightsChoice = Field(default="given", validate_default=True)
    """Where weights come from."""
    missing: Missing = Field(default={}, validate_default=True)
    """What to do when children have no score."""
    undefined: Literal["refuse", "missing"] | None = None
    """What to do where there is no result for the children that are there: `refuse` all, or leave the score `missing` there.
    Default: as each method's page says."""
    impute: ImputeChoice | None = None
    """How missing values are estimated."""
    treat: TreatChoice | None = None
    """What is done about outliers."""
    over_time: OverTime = "sum"
    """How periods make a larger one."""
    over_units: str = "sum"
    """How the units of a lower level make the one that they are part of: sum, mean, max, min, or a denominator's id."""
