"""The tree as an analyst writes it: one immutable type per block of `indicators.yaml`.

Shapes only. What needs more than one key to be judged (weights that add up, names that exist) is in `checks.py`;
what a method takes is in `methods`, whose functions' keyword parameters are the parameters in YAML.
"""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PrivateAttr, Tag, model_validator
from pydantic_core import PydanticCustomError

from ..findings import Place
from ..periods import Kind
from .text import Document, Path

if TYPE_CHECKING:
    from .tree import Column, Tree

Direction = Literal["higher", "lower", "target", "range"]
OverTime = Literal["sum", "mean", "last", "max", "min"]
Numbers = Annotated[tuple[float, ...], Field(strict=False)]
Words = Annotated[tuple[str, ...], Field(strict=False)]
UNITS_SOURCE = "units"  # the reserved name of the units table as a source of values
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
        return dict(self.model_extra or {})


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


def _named(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


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

    method: Literal["count", "distinct", "sum", "mean", "median", "percentile", "min", "max", "share", "on-time", "severity"]
    """`count` of events, of `distinct` values, `sum`, `mean`, `median`, `percentile`, `min`, `max`, `share` of events for which a
    condition holds, share of those `on-time`, `severity` as the sum of the weights of levels."""
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


COUNTED, VALUED, HELD = "events counted", "events with a value", "events that hold"
TOTAL, PUNCTUAL = "sum over events", "events on time"
EventsChoice = Annotated[FromEvents, BeforeValidator(_named)]


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
    """The heading of its column. Default: its id or its name."""
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
    scale: Number = 1.0
    """A factor for the value, such as 100 for per cent."""
    difference: Literal["previous", "year-before"] | None = None
    """Take the difference since the period before, or the same period a year before."""
    growth: Literal["previous", "year-before"] | None = None
    """Take the growth since the period before, or the same period a year before, as a share."""
    share: Literal["total", "group"] | None = None
    """Take the unit's share of the sum over all units, or over its group."""
    over_time: OverTime | None = None
    """How periods make a year: sum, mean, last, max or min of the reported values, before dividing."""
    valid: Numbers | None = None
    """The lowest and highest value that can be reported."""
    applies: str | None = None
    """A formula; the indicator does not apply to a unit where it is 0."""
    impute: ImputeChoice | None = None
    """How missing values are estimated."""
    treat: TreatChoice | None = None
    """What is done about outliers, before the value becomes a score."""
    normalise: NormaliseChoice | None = None
    """How the value becomes a score."""

    @model_validator(mode="after")
    def _of_events(self) -> "Indicator":
        """What is taken of events as a ratio is a formula, and does not apply to a unit that had no such event."""
        if self.events and self.events.method not in ("count", "distinct", "sum", "severity"):
            if (ratio := self.events.ratio) and self.formula is None:
                self.__dict__["formula"] = f"[{ratio[0]}] / [{ratio[1]}]"
            self.__dict__["applies"] = f"where({self.applies}, [{COUNTED}], 0)" if self.applies else f"[{COUNTED}]"
        return self


class Dimension(Node):
    """An inner node: how its children come together."""

    role: Literal["evaluation", "warning"] = "evaluation"
    """`warning`: on a board of its own and out of the index, unless it has a weight."""
    weights: Literal["given", "relative", "equal"] | None = None
    """Where the children's weights come from: `given`, `relative` (any sum) or `equal`."""
    aggregate: MethodChoice | None = None
    """How the children come together."""
    formula: str | None = None
    """Arithmetic over the children's ids instead."""
    missing: Missing | None = None
    """What to do when children have no score."""
    indicators: Annotated[tuple["Child", ...], Field(strict=False, min_length=1)]
    """The children: indicators, or nodes with `indicators` of their own."""


def _kind(value: Any) -> str:
    return "dimension" if isinstance(value, Dimension) or (isinstance(value, dict) and "indicators" in value) else "indicator"


Child = Annotated[Annotated[Dimension, Tag("dimension")] | Annotated[Indicator, Tag("indicator")], Discriminator(_kind)]


class Root(Part):
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
    weights: Literal["given", "relative", "equal"] | None = None
    """Where the dimensions' weights come from: `given`, `relative` (any sum) or `equal`."""
    aggregate: MethodChoice | None = None
    """How the dimensions come together."""
    formula: str | None = None
    """Arithmetic over the dimensions' ids instead."""
    missing: Missing | None = None
    """What to do when dimensions have no score."""

    def title(self, language: str) -> str:
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class UnitTable(Part):
    """What is scored, and the table that lists it."""

    label: str = "单元"
    """What a unit is called: 区, 街镇, 农户."""
    label_en: str = "unit"
    """What a unit is called in English."""
    table: str
    """The file that lists the units, a row each."""
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


class Periods(Part):
    """The rhythm of the index."""

    kind: Kind = "single"
    """What a period is."""
    roll_up: Literal["year"] | None = None
    """Make years of the periods, from reported values."""


class Data(Part):
    """Where values come from: files, and which of their columns say what."""

    path: str
    """A file, or a pattern with * for many; {period} stands for a period in it."""
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
    not_applicable: Words = ("n/a", "不适用")
    """Words that mean not applicable."""
    ignore: Words = ()
    """Names of rows to leave out, such as 合计."""
    events: EventLog | None = None
    """That it is a log of events, and which of its columns say what; `path` may then be a database."""


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
    over_time: OverTime = "mean"
    """How periods make a year."""
    valid: Numbers | None = None
    """The lowest and highest value that can be reported."""
    events: EventsChoice | None = None
    """What is taken of a log of events: `count`, `distinct`, `sum` or `severity`; its periods add up to a year."""


class Defaults(Part):
    """What a node does that says nothing itself."""

    source: str | None = None
    """The source of indicators that name none."""
    normalise: NormaliseChoice = Field(default="min-max", validate_default=True)
    """How values become scores."""
    aggregate: MethodChoice = Field(default="arithmetic", validate_default=True)
    """How children come together."""
    weights: Literal["given", "relative", "equal"] = "given"
    """Where weights come from."""
    missing: Missing = Field(default={}, validate_default=True)
    """What to do when children have no score."""
    impute: ImputeChoice | None = None
    """How missing values are estimated."""
    treat: TreatChoice | None = None
    """What is done about outliers."""
    over_time: OverTime = "sum"
    """How periods make a year."""


class Ranking(Part):
    """How scores become ranks."""

    within: str | None = None
    """Rank within groups too: `group`, or another column of the units table."""
    ties: Literal["competition", "dense", "average", "min", "max"] = "competition"
    """How equal scores share places."""
    decimals: int | None = Field(default=None, ge=0, le=12)
    """Round scores to these decimals before ranking, so that equal published scores tie."""
    first: Literal["highest", "lowest"] = "highest"
    """Which score has rank 1."""


class Grade(Part):
    """One grade: from which score upwards; the last has no bound."""

    name: str
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    from_: Number | None = Field(default=None, alias="from")
    """The score from which the grade begins; the last grade has none."""

    def title(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name


class Index(Part):
    """A whole `indicators.yaml`."""

    index: Root
    """The index itself."""
    units: UnitTable
    """What is scored."""
    periods: Periods = Field(default={}, validate_default=True)
    """The rhythm."""
    data: dict[str, Data] = {}
    """Where values come from, by names of your own."""
    denominators: Annotated[tuple[Denominator, ...], Field(strict=False)] = ()
    """What indicators are divided by."""
    defaults: Defaults = Field(default={}, validate_default=True)
    """What holds where a node says nothing itself."""
    dimensions: Annotated[tuple[Child, ...], Field(strict=False, min_length=1)]
    """The tree."""
    ranking: Ranking = Field(default={}, validate_default=True)
    """How scores become ranks."""
    grades: Annotated[tuple[Grade, ...], Field(strict=False)] = ()
    """Grades by score, from the best down."""

    _document: Document | None = PrivateAttr(default=None)

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """The indicators in the order of the file."""
        return tuple(node for _, node in self.walk() if isinstance(node, Indicator))

    @cached_property
    def by_id(self) -> dict[str, Root | Dimension | Indicator]:
        """Every node by its id, the index too."""
        return {self.index.id: self.index} | {node.id: node for _, node in self.walk()}

    @cached_property
    def paths(self) -> dict[str, Path]:
        """Where each node and denominator stands in the file, by id."""
        paths: dict[str, Path] = {item.id: ("denominators", at) for at, item in enumerate(self.denominators)}
        return paths | {self.index.id: ("index",)} | {node.id: path for path, node in self.walk()}

    @cached_property
    def tree(self) -> "Tree":
        """The nodes in a row, as the engine takes them."""
        from .tree import lay_out

        return lay_out(self)

    @cached_property
    def columns(self) -> "tuple[Column, ...]":
        """Every series of values that the index asks for."""
        from .tree import columns

        return columns(self)

    def walk(self) -> Iterator[tuple[Path, Dimension | Indicator]]:
        """Yield every node below the index with its path in the file, parents before children."""
        yield from _walk(self.dimensions, ("dimensions",))

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where something of the tree was written; nowhere for a tree that was not read from a file."""
        return self._document.place(path, key=key) if self._document else Place()

    def place_of(self, node: str, *keys: str) -> Place:
        """Return where a node, or a key of it, was written."""
        return self.place((*self.paths.get(node, ()), *keys))

    def source_of(self, item: Indicator | Denominator) -> str:
        """Return the source of a leaf or denominator: its own, the default, or the only one there is."""
        return item.source or self.defaults.source or (next(iter(self.data)) if len(self.data) == 1 else "")


def _walk(children: tuple[Dimension | Indicator, ...], path: Path) -> Iterator[tuple[Path, Dimension | Indicator]]:
    for position, node in enumerate(children):
        here = (*path, position)
        yield here, node
        if isinstance(node, Dimension):
            yield from _walk(node.indicators, (*here, "indicators"))
