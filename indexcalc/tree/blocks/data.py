"""Where units, periods and values come from: tables, files, ledgers, logs of events."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from ...periods import MADE_OF, Kind
from ...words.measures import measured_in
from ...words.recognised import NOT_APPLICABLE, UNIT_LABEL
from ...words.shown import in_language
from .choices import Number, Numbers, OverTime, Part, Words, named

UNITS_SOURCE = "units"  # the reserved name of the units table as a source of values


EVERY = "every"  # the period of values that hold in all periods


class UnitTable(Part):
    """What is scored, and the table that lists it."""

    label: str = UNIT_LABEL
    """What a unit is called, as a rule in Chinese: district, street, household."""
    label_en: str = "unit"
    """What a unit is called in English."""
    whole: str = ""
    """What all units together are called, as a rule in Chinese, in the rows of sums and means below tables: the city."""
    whole_en: str = ""
    """What all units together are called in English."""
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
    """The column of other names that data may use, separated by ; or by ； 、 | (a comma is part of a name)."""
    level: str | None = None
    """The column that says of which level a unit is, where districts, streets and communities stand in one table."""
    parent: str = "parent"
    """The column with the id of the unit that a unit is part of, with `level`."""
    levels: dict[str, str] = Field(default={})
    """What units of a level are called, by what stands in the column of levels: in Chinese where that is English, as in
    `{street: …}`, and in English where it is Chinese. Columns of units may be headed so."""
    score: str | None = None
    """The level that is scored, with `level`. Default: the level of the units that are part of none."""
    since: str = "since"
    """The column of the first period in which a unit is there; outside its time it is not scored, ranked or asked for."""
    until: str = "until"
    """The column of the last period in which a unit is there."""
    replaces: str = "replaces"
    """The column with the ids of the units that a unit came out of, separated as aliases are: one under a new name, several that
    were merged, or one that was split into several."""
    periods: str | None = None
    """The column of the periods in which a unit is scored, where it is not in all of its time: `2010; 2013..2015`."""

    @property
    def headings(self) -> tuple[str, ...]:
        """What a column of units may be headed as, the likeliest first: as they are called, of any level too."""
        return (self.id, self.label, self.name, self.label_en, *self.levels.values())

    def title(self, level: str | None, language: str) -> str:
        """Return what units of a level are called, of none what units are called."""
        if level is None:
            return self.label_en if language == "en" else self.label
        said = self.levels.get(level, level)
        if language != "en":
            return said if level.isascii() else level
        return next((one for one in (level, said) if one.isascii()), self.label_en if level == self.label else level)


def _how_many(value: Any) -> str:
    """Say which shape of `roll_up` or `period` a value is meant as, so that what is wrong with it is said once."""
    if isinstance(value, (dict, RolledUp)):
        return "parts"
    return "several" if isinstance(value, (list, tuple)) else "one"


Larger = Literal["month", "quarter", "half-year", "year"]


OneOrSeveral = Annotated[
    Annotated[Larger, Tag("one")] | Annotated[tuple[Larger, ...], Field(strict=False, min_length=1), Tag("several")],
    Discriminator(_how_many),
]


class RolledUp(Part):
    """Which larger periods are made, and of how many of their parts."""

    into: OneOrSeveral = "year"
    """`quarter`, `half-year`, `year`, or several."""
    whole: Number | None = Field(default=None, ge=0, le=1)
    """The share of its parts, such as 3/4, that must have a value for a larger period to have one: a sum of these is scaled up to
    all of them. Reached from half a thousandth below. Default: a sum needs all of them, all else needs one."""


RollUp = Annotated[
    Annotated[Larger, Tag("one")]
    | Annotated[tuple[Larger, ...], Field(strict=False, min_length=1), Tag("several")]
    | Annotated[RolledUp, Tag("parts")],
    Discriminator(_how_many),
]


class Periods(Part):
    """The rhythm of the index."""

    kind: Kind = "single"
    """What a period is. `half-year` is written 2022H1; `split-year`, which runs over two, 2014/15."""
    roll_up: RollUp | None = None
    """Make larger periods of these, from reported values: `quarter`, `half-year`, `year`, or `[quarter, year]` of months; or
    `{whole: 3/4}`, a year of no less than three of its quarters."""
    due: int | None = Field(default=None, ge=0)
    """How many days after the end of a period departments must have reported it."""

    @property
    def wanted(self) -> tuple[Larger, ...]:
        """The kinds that are to be made, as they were written."""
        into = self.roll_up.into if isinstance(self.roll_up, RolledUp) else self.roll_up
        return (into,) if isinstance(into, str) else into or ()

    @property
    def whole(self) -> float | None:
        """The share of a larger period's parts that must have a value, where the tree says one."""
        return self.roll_up.whole if isinstance(self.roll_up, RolledUp) else None

    @property
    def rolled(self) -> tuple[Kind, ...]:
        """The kinds that are made of the reported periods, the smallest first, in whatever order they were written."""
        wanted = self.wanted
        return tuple(larger for larger in MADE_OF.get(self.kind, ()) if larger in wanted) if wanted else ()

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind that is reported, then those that are made of it."""
        return (self.kind, *self.rolled)


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
    names: dict[str, str] = Field(default={})
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
    levels: dict[str, Number] = Field(default={})
    """For `severity`: what an event weighs, by what its column `of` says."""
    open: Literal["late", "out"] = "late"
    """For `on-time`: events that are not over yet are late, or left out."""

    @property
    def ratio(self) -> tuple[str, str] | None:
        """The two series that the value is the ratio of, if it is one, so that a year's is made of summed parts."""
        ratios = {"share": (HELD, COUNTED), "mean": (TOTAL, VALUED), "on-time": (PUNCTUAL, COUNTED)}
        return ratios.get(self.method)

    @property
    def formula(self) -> str | None:
        """How the value is made of its two series, if it is their ratio."""
        return f"[{self.ratio[0]}] / [{self.ratio[1]}]" if self.ratio else None


PLAIN = frozenset({"count", "distinct", "peak", "days", "sum", "severity"})  # one series, 0 without any event


COUNTED, VALUED, HELD = "events counted", "events with a value", "events that hold"


TOTAL, PUNCTUAL = "sum over events", "events on time"


EventsChoice = Annotated[FromEvents, BeforeValidator(named)]


def _ledger_as_path(value: Any) -> Any:
    """Let a source that names a ledger do without a path."""
    return {"path": value["ledger"], **value} if isinstance(value, dict) and "ledger" in value else value


PeriodOf = Annotated[
    Annotated[str | int, Tag("one")] | Annotated[tuple[str, ...], Field(strict=False, min_length=2), Tag("several")],
    Discriminator(_how_many),
]


class Data(Part):
    """Where values come from: files, and which of their columns say what; or a ledger."""

    path: str
    """A file, or a pattern with * for many; {period} stands for a period in it. A ledger's file ends in .sqlite."""
    ledger: str | None = None
    """The ledger that departments submit to, instead of a path: its file, or the URL of a PostgreSQL database."""
    sheet: str | None = None
    """The sheet of a workbook, or a pattern."""
    unit: str | Words | None = None
    """The column of units, or the columns that name one together, as in `[city, district]`. Default: the usual headings."""
    period: PeriodOf | None = None
    """The column of periods, or the columns in which a year and its parts stand apart: `[year, quarter]`; or the one period of
    the file; or `every` for values that hold in all periods."""
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
    numbers: dict[str, Number] = Field(default={})
    """Words that stand for a number, each with the number: `{"<2.5": 1.25, ">95": 95, "TRUE": 1}`. No others are numbers."""
    decimal: Literal[".", ","] | None = None
    """The decimal mark. Default: a point, or a comma where the column shows that it is one."""
    thousands: Literal[",", ".", " ", "'", "lakh", "none"] | None = None
    """What sets thousands apart: `" "` is any space, `lakh` commas as in 1,23,456, `none` nothing. Default: a comma, or a point
    beside decimal commas."""
    negative: Literal["brackets", "trailing"] | None = None
    """How negative numbers are written besides -12.5: in `brackets`, (12.5), or with a `trailing` minus, 12.5-."""
    flags: Words = ()
    """Marks behind values that say how good they are: `[b, p, "*"]`. They are kept as notes of their cells."""
    multiples: dict[str, Number] = Field(default={})
    """Words behind numbers that multiply them, each with its number: `{k: 1000}`."""
    fill_down: Words = ()
    """Headings of columns in which an empty cell repeats the one above, where a name stands in the first row of its block."""
    ignore: Words = ()
    """Names of rows to leave out, such as totals."""
    only: dict[str, str | int | Words] = Field(default={})
    """Headings and what must stand below them for a row to be read: `{sex: total}`, or one of several, `{sex: [men, women]}`."""

    events: EventLog | None = None
    """That it is a log of events, and which of its columns say what; `path` may then be a database."""

    @property
    def is_ledger(self) -> bool:
        remote = "://" in self.path and not self.path.endswith(".parquet")
        held = self.path.endswith((".sqlite", ".sqlite3")) or remote
        return self.ledger is not None or (held and self.events is None)


SPELLING = ("decimal", "thousands", "negative", "flags", "multiples")  # the keys that say how numbers are written


WHEN_SUBMITTED = ("missing", "not_applicable", "numbers", *SPELLING)  # what a ledger's block may say of files that are submitted


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
    """Unit of measurement; values that a heading or row says are in another one of the same kind are converted to it."""
    measure_en: str = ""
    """Unit of measurement, in English. Default: `measure`, said in English where all of it is common."""
    source: str | None = None
    """A name under `data:`, or `units` for a column of the units table."""
    column: str | None = None
    """The heading of its column. Default: its id, or its name in either language."""
    department: str = ""
    """Who reports it."""
    definition: str = ""
    """What it is, for whoever reports it: shown in the form for departments."""
    source_note: str = ""
    """Where the data come from, in words; shown with the definition."""
    method_note: str = ""
    """How it is counted, in words; shown with the definition."""
    numbers: dict[str, Number] = Field(default={})
    """Words that stand for a number in its column, besides those of its source, as for indicators."""
    over_time: OverTime = "mean"
    """How periods make a larger one."""
    cumulative: Literal["year", "none"] | None = None
    """`year`: what is reported are totals since the year began; `none`: it is not, whatever the labels say; as for indicators."""
    over_units: str = "sum"
    """How the units of a lower level make the one that they are part of, as for indicators."""
    valid: Numbers | None = None
    """The lowest and highest value that can be reported."""
    events: EventsChoice | None = None
    """What is taken of a log of events: `count`, `distinct`, `sum` or `severity`; its periods add up to a larger one."""

    def title(self, language: str) -> str:
        """Return its name in a language, or what there is of it."""
        return in_language(language, self.name, self.name_en) or self.id

    def measure_in(self, language: str) -> str:
        """Return the unit of measurement in a language: common ones have an English word, others stay as they are."""
        return measured_in(language, self.measure, self.measure_en)
