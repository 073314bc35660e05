"""The tree as an analyst writes it: one immutable type per block of `indicators.yaml`.

Shapes only. What needs more than one key to be judged (weights that add up, names that exist) is in `checks.py`;
what a method takes is in `methods`, whose functions' keyword parameters are the parameters in YAML.
"""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PrivateAttr, Tag, model_validator
from pydantic_core import PydanticCustomError

from ..findings import Finding, Place
from ..periods import MADE_OF, Kind
from ..words.recognised import NOT_APPLICABLE, UNIT_LABEL
from .located import Document, Path

if TYPE_CHECKING:
    from .columns import Column
    from .layout import Tree

Direction = Literal["higher", "lower", "target", "range"]
OverTime = Literal["sum", "mean", "last", "max", "min"]
Numbers = Annotated[tuple[float, ...], Field(strict=False)]
Words = Annotated[tuple[str, ...], Field(strict=False)]
UNITS_SOURCE = "units"  # the reserved name of the units table as a source of values
FACTORS = ("normalise", "aggregate", "treat", "impute")  # defaults that have alternatives
NONE = "none"  # the alternative not to treat, or not to estimate
EVERY = "every"  # the period of values that hold in all periods


def _fraction(value: Any) -> Any:
    """Read 1/3 as the number it is: weights like that cannot be written in decimals."""
    if isinstance(value, str) and "/" in value:
        from fractions import Fraction

        try:
            return float(Fraction(value.replace(" ", "")))
        except (ValueError, ZeroDivisionError):
            raise PydanticCustomError("fraction", "not a fraction") from None
    return value


def _fractions(value: Any) -> Any:
    """Read fractions in lists of numbers, as judgements of pairs are written: [1, 1/3]."""
    if isinstance(value, list):
        return [_fraction(entry) if isinstance(entry, str) and _is_fraction(entry) else _fractions(entry) for entry in value]
    return value


def _is_fraction(text: str) -> bool:
    return "/" in text and all(part.strip().isdigit() for part in text.split("/", 1))


Number = Annotated[float, BeforeValidator(_fraction), Field(allow_inf_nan=False)]


class Part(BaseModel):
    """What all blocks share: unknown keys are refused, values are not converted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


class Method(BaseModel):
    """A method by its name, alone or with its parameters beside it: `min-max` or `{method: min-max, low: 60}`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, defer_build=True)

    method: str
    """The name of the method."""

    @property
    def parameters(self) -> dict[str, Any]:
        return {key: _fractions(value) for key, value in (self.model_extra or {}).items()}


class Normalise(Method):
    """How a value becomes a score, and over which values its statistics are taken."""

    over: Literal["period", "all", "base", "group"] = "period"
    """The values to compare with: this period's units, all periods together, a base period's units, or the unit's own group."""
    base: str | int | None = None
    """The base period, with `over: base`."""


class Impute(Method):
    """How a missing value is estimated, and from which other units."""

    over: Literal["period", "group"] = "period"
    """The units to estimate from: all of the period, or the unit's own group."""
    by: str | None = None
    """A column of the units table: estimate from the units that have the same in it."""


class Treat(Method):
    """What is done about outliers."""


class Weights(Method):
    """Where weights among siblings come from; for those computed from scores, from which units' and periods' scores."""

    over: Literal["period", "all", "base", "group"] = "period"
    """The scores to compute from: this period's, all periods' together, a base period's, or the unit's own group's."""
    base: str | int | None = None
    """The base period, with `over: base`."""


class Round(Part):
    """How a score is rounded before it goes up the tree and is ranked."""

    decimals: int = Field(ge=0, le=12)
    """Decimals that are kept."""
    how: Literal["nearest", "up", "down"] = "nearest"
    """To the nearest, halves away from zero; or always up, or always down."""


class Primary(Part):
    """When to name the children that attain the score of a maximum or minimum: the primary pollutant."""

    above: float | None = None
    """Name them only where the score is above this."""


def _named(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


def _to_decimals(value: Any) -> Any:
    return {"decimals": value} if isinstance(value, int) and not isinstance(value, bool) else value


WeightsChoice = Annotated[Weights, BeforeValidator(_named)]
RoundChoice = Annotated[Round, BeforeValidator(_to_decimals)]
NormaliseChoice = Annotated[Normalise, BeforeValidator(_named)]
ImputeChoice = Annotated[Impute, BeforeValidator(_named)]
TreatChoice = Annotated[Treat, BeforeValidator(_named)]
MethodChoice = Annotated[Method, BeforeValidator(_named)]


class Missing(Part):
    """What a node does when children of it have no value."""

    policy: Literal["reweight", "fail", "floor"] = "reweight"
    """`reweight`: siblings with a score carry the weight of those without. `fail`: no score if a child has none.
    `floor`: the worst score instead."""
    coverage: float = Field(default=0.0, ge=0, le=1)
    """The share of weight, 0 to 1, that must have values for the node to have a score; with `reweight`."""
    children: float = Field(default=0.0, ge=0, le=1)
    """The share of children, 0 to 1, that must have a score for the node to have one; with `reweight`."""


class EventLog(Part):
    """How a source that is a log of events is read, a row an event."""

    unit: str
    """The column that names the unit an event belongs to."""
    time: str
    """The column of the time that puts an event into its period."""
    end: str | None = None
    """The column of the time at which an event was over; empty while it is open. `duration` is the hours from `time` to it."""
    due: str | None = None
    """The column of the time by which an event should be over."""
    key: str | None = None
    """The column that tells events apart: a second row with the same is dirty."""
    where: str | None = None
    """A condition; rows for which it does not hold are left out, and counted."""
    from_: str | int | None = Field(default=None, alias="from")
    """The first period that the log covers. Default: the first that has an event."""
    to: str | int | None = None
    """The last period that the log covers. Default: the last that has an event."""
    names: dict[str, str] = {}
    """Other names of units that the log uses, each with the unit's id or name."""
    format: str | None = None
    """How times are written, where not as 2022-07-15 08:30:00: as in `%d/%m/%Y %H:%M`."""
    zone: str | None = None
    """The time zone to read times in that carry one, such as Asia/Shanghai."""
    table: str | None = None
    """The table, where `path` is a database."""
    engine: Literal["duckdb", "spark"] = "duckdb"
    """What reads files: DuckDB in this process, or Spark."""


class FromEvents(Part):
    """A value that is made of the events of a unit and period."""

    method: Literal[
        "count", "distinct", "peak", "days", "sum", "mean", "median", "percentile", "min", "max", "share", "on-time", "severity"
    ]
    """`count` of events, of `distinct` values, of events on the busiest day as `peak`, of `days` with an event, `sum`, `mean`,
    `median`, `percentile`, `min`, `max`, `share` of events for which a condition holds, share of those `on-time`, `severity` as
    the sum of the weights of levels."""
    of: str | None = None
    """What of an event: a column, `duration`, arithmetic over these; for `share` a condition."""
    where: str | None = None
    """A condition; other events are left out."""
    at: float | None = Field(default=None, ge=0, le=1)
    """Which percentile, as a share: 0.9."""
    levels: dict[str, Number] = {}
    """For `severity`: what an event weighs, by what its column `of` says."""
    open: Literal["late", "out"] = "late"
    """For `on-time`: events that are not over yet are late, or left out."""

    @property
    def ratio(self) -> tuple[str, str] | None:
        """The two series that the value is the ratio of, if it is one, so that a year's is made of summed parts."""
        ratios = {"share": (HELD, COUNTED), "mean": (TOTAL, VALUED), "on-time": (PUNCTUAL, COUNTED)}
        return ratios.get(self.method)


PLAIN = frozenset({"count", "distinct", "peak", "days", "sum", "severity"})  # one series, 0 without any event
COUNTED, VALUED, HELD = "events counted", "events with a value", "events that hold"
TOTAL, PUNCTUAL = "sum over events", "events on time"
EventsChoice = Annotated[FromEvents, BeforeValidator(_named)]


class Shrink(Part):
    """How a rate is moved towards that of a larger area, the more the less certain it is."""

    within: str = "group"
    """The larger areas: `group`, or another column of the units table, such as that of the unit above."""
    how: Literal["log-odds", "rate"] = "log-odds"
    """`log-odds` for people among people, as in indices of deprivation; `rate` for events among anything."""


def _as_within(value: Any) -> Any:
    return {"within": value} if isinstance(value, str) else value


ShrinkChoice = Annotated[Shrink, BeforeValidator(_as_within)]


class FromUnits(Part):
    """How the scores that the units of a lower level have of a node make the score of the unit that they are part of."""

    how: str
    """`mean`, `min`, `max` or `sum` of the scores of the units right below, or a denominator's id for a mean weighted by it."""
    from_: str | None = Field(default=None, alias="from")
    """The level up to which the node is made of values; from the next one on it is made of scores. Default: the lowest level."""


def _as_how(value: Any) -> Any:
    return {"how": value} if isinstance(value, str) else value


FromUnitsChoice = Annotated[FromUnits, BeforeValidator(_as_how)]


class Node(Part):
    """What every node of the tree has."""

    id: str = Field(min_length=1)
    """Letters, digits, - _ and . only; used by commands, formulas and history."""
    name: str = ""
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    weight: Number | None = None
    """Weight among siblings; siblings add up to 1, or to 100 in all of the file. A fraction such as 1/3 may be written."""
    note: str = ""
    """A remark for readers of the file."""

    def title(self, language: str) -> str:
        """Return the node's name in a language, or what there is of it."""
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class Indicator(Node):
    """A leaf: one line, bound to a column of data."""

    source: str | None = None
    """A name under `data:`, or `units` for a column of the units table. Default: `defaults.source`, or the only source."""
    column: str | None = None
    """The heading of its column, or its name in a column of indicators. Default: its id or its name."""
    formula: str | None = None
    """Arithmetic over columns of its source and denominators, as in `closed / total * 100`; other names between [ and ]."""
    events: EventsChoice | None = None
    """What is taken of a log of events: `count`, or `{method: median, of: duration, where: kind = 'noise'}`."""
    measure: str = ""
    """Unit of measurement."""
    department: str = ""
    """Who reports it."""
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
    difference: Literal["previous", "year-before"] | None = None
    """Take the difference since the period before, or the same period a year before."""
    growth: Literal["previous", "year-before"] | None = None
    """Take the growth since the period before, or the same period a year before, as a share."""
    share: Literal["total", "group"] | None = None
    """Take the unit's share of the sum over all units, or over its group."""
    over_time: OverTime | None = None
    """How periods make a larger one: sum, mean, last, max or min of the reported values, before dividing."""
    over_units: str | None = None
    """How the units of a lower level make the one that they are part of: sum, mean, max or min of the reported values, or the
    id of a denominator for a mean weighted by it."""
    valid: Numbers | None = None
    """The lowest and highest value that can be reported."""
    applies: str | None = None
    """A formula; the indicator does not apply to a unit where it is 0."""
    impute: ImputeChoice | None = None
    """How missing values are estimated."""
    treat: TreatChoice | None = None
    """What is done about outliers, before the value becomes a score."""
    rolling: int | None = Field(default=None, ge=2)
    """Take so many periods together, up to this one, by `over_time`, before dividing: 4 for four quarters."""
    normalise: NormaliseChoice | None = None
    """How the value becomes a score."""
    round: RoundChoice | None = None
    """Round the score to so many decimals."""
    score_over_units: FromUnitsChoice | None = None
    """Make the score of a unit of the scores of the units that it is made of, instead of its values: `mean`, `min`, `max`, `sum`,
    a denominator's id."""

    @model_validator(mode="after")
    def _of_events(self) -> "Indicator":
        """What is taken of events as a ratio is a formula, and does not apply to a unit that had no such event."""
        if self.events and self.events.method not in PLAIN:
            if (ratio := self.events.ratio) and self.formula is None:
                self.__dict__["formula"] = f"[{ratio[0]}] / [{ratio[1]}]"
            self.__dict__["applies"] = f"where({self.applies}, [{COUNTED}], 0)" if self.applies else f"[{COUNTED}]"
        return self


class Grade(Part):
    """One grade: from which score upwards, or for which share of the units; the last has no bound."""

    name: str
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    from_: Number | None = Field(default=None, alias="from")
    """The score from which the grade begins."""
    top: float | None = Field(default=None, gt=0, le=1)
    """The share of units, from the best, that have this grade or a better one: 0.2 for the best fifth; in each group where
    `ranking.within` is set, unless `ranking.top_of` is `all`."""
    quantile: float | None = Field(default=None, ge=0, le=1)
    """The quantile of the period's scores above which the grade begins."""

    def title(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name


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
    normalise: NormaliseChoice | None = None
    """Compare the units once more by the result, and take that as the score."""
    round: RoundChoice | None = None
    """Round the score to so many decimals."""
    primary: Primary | None = None
    """Name the children that attain the score, where it is a maximum or minimum."""
    score_over_units: FromUnitsChoice | None = None
    """Make the score of a unit of the scores of the units that it is made of, instead of its children: `mean`, `min`, `max`,
    `sum`, a denominator's id."""


class Dimension(Node, Inner):
    """An inner node: how its children come together."""

    role: Literal["evaluation", "warning"] = "evaluation"
    """`warning`: on a board of its own and out of the index, unless it has a weight."""
    direction: Literal["higher", "lower"] = "higher"
    """`lower`: the whole node is turned, less of it is better."""
    grades: Annotated[tuple[Grade, ...], Field(strict=False)] = ()
    """Grades of this node, from the best down."""
    ranking: "NodeRanking | None" = None
    """How this node is ranked, where not as the index is."""
    decimals: int | None = Field(default=None, ge=0, le=12)
    """Decimals that this node's score is shown with, and its grade judged by. Default: the index's."""
    indicators: Annotated[tuple["Child", ...], Field(strict=False, min_length=1)]
    """The children: indicators, or nodes with `indicators` of their own."""


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
    decimals: int = Field(default=2, ge=0, le=12)
    """Decimals that scores are shown with."""
    censor_below: Number | None = None
    """Print scores below this as `<` this: 4.2 is published as <5."""

    def remark(self, language: str) -> str:
        """Return what must stand with every result, in a language or what there is of it."""
        return (self.note_en or self.note) if language == "en" else self.note

    def title(self, language: str) -> str:
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class UnitTable(Part):
    """What is scored, and the table that lists it."""

    label: str = UNIT_LABEL
    """What a unit is called, as a rule in Chinese: district, street, household."""
    label_en: str = "unit"
    """What a unit is called in English."""
    table: str = ""
    """The file that lists the units, a row each. Without one the units are those of the DataFrame that is scored."""
    sheet: str | None = None
    """The sheet of a workbook."""
    id: str = "id"
    """The column of ids."""
    name: str = "name"
    """The column of names."""
    name_en: str = "name_en"
    """The column of English names."""
    group: str = "group"
    """The column of groups."""
    aliases: str = "aliases"
    """The column of other names that data may use, separated by ;."""
    level: str | None = None
    """The column that says of which level a unit is, where districts, streets and communities stand in one table."""
    parent: str = "parent"
    """The column with the id of the unit that a unit is part of, with `level`."""
    score: str | None = None
    """The level that is scored, with `level`. Default: the level of the units that are part of none."""


def _how_many(value: Any) -> str:
    """Say which shape of `roll_up` a value is meant as, so that what is wrong with it is said once."""
    return "several" if isinstance(value, (list, tuple)) else "one"


Larger = Literal["month", "quarter", "year"]
RollUp = Annotated[
    Annotated[Larger, Tag("one")] | Annotated[tuple[Larger, ...], Field(strict=False, min_length=1), Tag("several")],
    Discriminator(_how_many),
]


class Periods(Part):
    """The rhythm of the index."""

    kind: Kind = "single"
    """What a period is."""
    roll_up: RollUp | None = None
    """Make larger periods of these, from reported values: `quarter`, `year`, or `[quarter, year]` of months."""
    due: int | None = Field(default=None, ge=0)
    """How many days after the end of a period departments must have reported it."""

    @property
    def wanted(self) -> tuple[Larger, ...]:
        """The kinds that are to be made, as they were written."""
        return (self.roll_up,) if isinstance(self.roll_up, str) else self.roll_up or ()

    @property
    def rolled(self) -> tuple[Kind, ...]:
        """The kinds that are made of the reported periods, the smallest first, in whatever order they were written."""
        return tuple(larger for larger in MADE_OF.get(self.kind, ()) if larger in self.wanted)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind that is reported, then those that are made of it."""
        return (self.kind, *self.rolled)


def _ledger_as_path(value: Any) -> Any:
    """Let a source that names a ledger do without a path."""
    return {"path": value["ledger"], **value} if isinstance(value, dict) and "ledger" in value else value


class Data(Part):
    """Where values come from: files, and which of their columns say what; or a ledger."""

    path: str
    """A file, or a pattern with * for many; {period} stands for a period in it. A ledger's file ends in .sqlite."""
    ledger: str | None = None
    """The ledger that departments submit to, instead of a path: its file, or the URL of a PostgreSQL database."""
    sheet: str | None = None
    """The sheet of a workbook, or a pattern."""
    unit: str | None = None
    """The column of units. Default: the usual headings."""
    period: str | int | None = None
    """The column of periods; or the one period of the file; or `every` for values that hold in all periods."""
    indicator: str | None = None
    """The column of indicators, for tables with one value a row."""
    value: str | None = None
    """The column of values, for tables with one value a row."""
    status: str | None = None
    """A column that says where a value does not apply."""
    header: int | None = Field(default=None, ge=1)
    """The row of the headings, where it is not found by itself."""
    missing: Words = ()
    """Words that mean missing, besides an empty cell."""
    not_applicable: Words = NOT_APPLICABLE
    """Words that mean not applicable."""
    numbers: dict[str, Number] = {}
    """Words that stand for a number, each with the number: `{"<2.5": 1.25, ">95": 95}`. No others are read as numbers."""
    ignore: Words = ()
    """Names of rows to leave out, such as totals."""
    only: dict[str, str | int | Words] = {}
    """Headings and what must stand below them for a row to be read: `{sex: total}`, or one of several, `{sex: [men, women]}`."""

    events: EventLog | None = None
    """That it is a log of events, and which of its columns say what; `path` may then be a database."""

    @property
    def is_ledger(self) -> bool:
        remote = "://" in self.path and not self.path.endswith(".parquet")
        held = self.path.endswith((".sqlite", ".sqlite3")) or remote
        return self.ledger is not None or (held and self.events is None)


DataSource = Annotated[Data, BeforeValidator(_ledger_as_path)]


class Denominator(Part):
    """A quantity that others are divided by: population, vehicles, closed cases."""

    id: str = Field(min_length=1)
    """Letters, digits, - _ and . only; named by `per:` and in formulas."""
    name: str = ""
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    measure: str = ""
    """Unit of measurement."""
    source: str | None = None
    """A name under `data:`, or `units` for a column of the units table."""
    column: str | None = None
    """The heading of its column. Default: its id or its name."""
    department: str = ""
    """Who reports it."""
    over_time: OverTime = "mean"
    """How periods make a larger one."""
    over_units: str = "sum"
    """How the units of a lower level make the one that they are part of, as for indicators."""
    valid: Numbers | None = None
    """The lowest and highest value that can be reported."""
    events: EventsChoice | None = None
    """What is taken of a log of events: `count`, `distinct`, `sum` or `severity`; its periods add up to a larger one."""


class Defaults(Part):
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
    impute: ImputeChoice | None = None
    """How missing values are estimated."""
    treat: TreatChoice | None = None
    """What is done about outliers."""
    over_time: OverTime = "sum"
    """How periods make a larger one."""
    over_units: str = "sum"
    """How the units of a lower level make the one that they are part of: sum, mean, max, min, or a denominator's id."""


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


class Ranking(NodeRanking):
    """How scores become ranks."""

    within: str | None = None
    """Rank within groups too: `group`, or another column of the units table."""


class Veto(Part):
    """What one event is enough for: exactly one of these."""

    deduct: Number | None = None
    """Points taken off once, however many events there are."""
    ceiling: Number | None = None
    """The highest score that is left."""
    grade: str | None = None
    """The best grade that is left, by its name."""


class Adjustment(Part):
    """A bonus, a deduction or a veto on top of a node's aggregated score: one of `each`, `rank_move` and `veto`."""

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
    """The most points in all, with the sign of `each` or `rank_move`."""
    rank_move: Number | None = None
    """Points for each place climbed since the period before; none are taken off for places lost."""
    veto: Veto | None = None
    """What any event at all is enough for."""
    over_time: OverTime = "sum"
    """How the events of periods make those of a larger one."""
    note: str = ""
    """A remark for readers of the file."""

    def title(self, language: str) -> str:
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class Screen(Part):
    """Units that are left out of everything in a period, since too little of them is known; of what applies to them."""

    coverage: float = Field(default=0.0, ge=0, le=1)
    """The least share of indicators that must have a value."""
    nonzero: float = Field(default=0.0, ge=0, le=1)
    """The least share of values that must not be 0."""


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


WeightDrawChoice = Annotated[WeightDraw, BeforeValidator(_named)]


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
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class Warnings(Part):
    """The risk warning: rules that watch values and scores, and what follows when a warning lasts."""

    rules: Annotated[tuple[WarningRule, ...], Field(strict=False, min_length=1)]
    """The rules."""
    escalation: Annotated[tuple[Step, ...], Field(strict=False)] = ()
    """What follows when a warning lasts, from the first step to the last."""

    def steps(self, rule: WarningRule) -> tuple[Step, ...]:
        """Return what follows when a warning of a rule lasts."""
        return rule.escalation or self.escalation


class Index(Part):
    """A whole `indicators.yaml`."""

    index: Root
    """The index itself."""
    units: UnitTable = Field(default={}, validate_default=True)
    """What is scored."""
    periods: Periods = Field(default={}, validate_default=True)
    """The rhythm."""
    data: dict[str, DataSource] = {}
    """Where values come from, by names of your own."""
    denominators: Annotated[tuple[Denominator, ...], Field(strict=False)] = ()
    """What indicators are divided by."""
    defaults: Defaults = Field(default={}, validate_default=True)
    """What holds where a node says nothing itself."""
    screen: Screen | None = None
    """Which units are left out for want of data."""
    dimensions: Annotated[tuple[Child, ...], Field(strict=False, min_length=1)]
    """The tree."""
    adjustments: Annotated[tuple[Adjustment, ...], Field(strict=False)] = ()
    """Bonuses, deductions and vetoes on top of the tree."""
    warnings: Warnings | None = None
    """When values and scores give a warning."""
    ranking: Ranking = Field(default={}, validate_default=True)
    """How scores become ranks."""
    grades: Annotated[tuple[Grade, ...], Field(strict=False)] = ()
    """Grades by score, from the best down."""
    uncertainty: Alternatives | None = None
    """What could as well have been chosen otherwise."""

    _document: Document | None = PrivateAttr(default=None)
    _file: FilePath | None = PrivateAttr(default=None)
    _found: tuple[Finding, ...] = PrivateAttr(default=())

    @property
    def file(self) -> FilePath | None:
        """The file that it was read from, if it was."""
        return self._file

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in it that refuses nothing."""
        return self._found

    def changed(self, **blocks: Any) -> "Index":
        """Return the index with some of its blocks replaced; what stays knows where it was written."""
        return self.model_copy(update=blocks)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy as pydantic does, but without what was worked out from the blocks before, such as the tree."""
        made = super().model_copy(update=update, deep=deep)
        for derived in vars(made).keys() - Index.model_fields.keys():
            del vars(made)[derived]
        return made

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """The indicators in the order of the file."""
        return tuple(node for _, node in self.walked if isinstance(node, Indicator))

    @cached_property
    def reported(self) -> dict[str, Indicator | Denominator]:
        """What reported columns belong to, by id: the indicators and denominators."""
        items: tuple[Indicator | Denominator, ...] = (*self.leaves, *self.denominators)
        return {item.id: item for item in items}

    @cached_property
    def by_id(self) -> dict[str, Root | Dimension | Indicator]:
        """Every node by its id, the index too."""
        return {self.index.id: self.index} | {node.id: node for _, node in self.walked}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Where each node, denominator, adjustment and warning rule stands in the file, by id."""
        paths: dict[str, Path] = {item.id: ("denominators", at) for at, item in enumerate(self.denominators)}
        paths |= {item.id: ("adjustments", at) for at, item in enumerate(self.adjustments)}
        paths |= {rule.id: ("warnings", "rules", at) for at, rule in enumerate(self.warnings.rules if self.warnings else ())}
        return paths | {self.index.id: ("index",)} | {node.id: path for path, node in self.walked}

    @cached_property
    def tree(self) -> "Tree":
        """The nodes in a row, as the engine takes them."""
        from .layout import lay_out

        return lay_out(self)

    @cached_property
    def columns(self) -> "tuple[Column, ...]":
        """Every series of values that the index asks for."""
        from .columns import columns

        return columns(self)

    def children(self, node: "Root | Dimension | Indicator") -> tuple[Dimension | Indicator, ...]:
        """Return the nodes right below a node, none below an indicator."""
        return self.dimensions if isinstance(node, Root) else node.indicators if isinstance(node, Dimension) else ()

    def below(self, node: "Root | Dimension | Indicator") -> Iterator[Dimension | Indicator]:
        """Yield every node below a node, parents before children."""
        for child in self.children(node):
            yield child
            yield from self.below(child)

    def decimals_of(self, node: "Root | Dimension | Indicator") -> int:
        """Return the decimals that a node's score is shown with."""
        own = None if isinstance(node, Indicator) else node.decimals
        return self.index.decimals if own is None else own

    @cached_property
    def walked(self) -> tuple[tuple[Path, Dimension | Indicator], ...]:
        """Every node below the index with its path in the file, parents before children."""
        return tuple(_walk(self.dimensions, ("dimensions",)))

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where something of the tree was written; nowhere for a tree that was not read from a file."""
        return self._document.place(path, key=key) if self._document else Place()

    def place_of(self, node: str, *keys: str) -> Place:
        """Return where a node, or a key of it, was written."""
        return self.place((*self.paths.get(node, ()), *keys))

    def source_of(self, item: "Indicator | Denominator | Adjustment") -> str:
        """Return the source of a leaf, denominator or adjustment: its own, the default, or the only one there is."""
        return item.source or self.defaults.source or (next(iter(self.data)) if len(self.data) == 1 else "")


def _walk(children: tuple[Dimension | Indicator, ...], path: Path) -> Iterator[tuple[Path, Dimension | Indicator]]:
    for position, node in enumerate(children):
        here = (*path, position)
        yield here, node
        if isinstance(node, Dimension):
            yield from _walk(node.indicators, (*here, "indicators"))
