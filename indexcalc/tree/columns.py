"""The series of reported values that an index asks for, each by its names in one source."""

from __future__ import annotations

from typing import NamedTuple

from ..words.recognised_forms import NUMERATORS
from .blocks.adjustments import Adjustment
from .blocks.choices import OverTime
from .blocks.data import EVERY, UNITS_SOURCE, Denominator
from .blocks.nodes import Indicator
from .blocks.whole import Written
from .events import Take, takes
from .formula import Expression, FormulaError, compared_with_text, names, parse
from .reported import names_a_rate

_NOTHING: Expression = ("number", 0.0)


class Column(NamedTuple):
    """One series of reported values that the tree asks for."""

    id: str
    source: str
    headers: tuple[str, ...]
    title: str  # what it is called where something is said of it
    measure: str
    valid: tuple[float, ...] | None
    over_time: OverTime
    over_units: str
    owner: str
    key: str
    rows: tuple[str, ...] = ()
    """What the owner's rows are called, for a name of its formula that is a heading of a table with indicators in rows."""
    take: Take | None = None  # what is aggregated, where the source is a log of events
    reported: str | None = None
    """The unit of measurement of what is reported; nothing where the tree says that of a value that is made of it alone."""
    cumulative: bool = False  # whether its values are totals since the year began
    at_end: bool = False  # whether a label that runs from January on stands for its last period alone
    words: tuple[str, ...] = ()
    """The words that a formula compares its cells with, which are text: the value is 1 for one of these, else 0."""
    numbers: tuple[tuple[str, float], ...] = ()
    """The words that stand for a number in it, each with the number, besides those of its source."""
    numerator: str = ""  # what is reported is called, where that is not the title: the title is that of a rate made of it

    @property
    def called(self) -> str:
        """What its values are called, as they were reported."""
        return self.numerator or self.title

    @property
    def of_parts_known(self) -> bool:
        """Whether a sum of its parts passes over those without a value: a sum over events, some of which say none."""
        return self.take is not None and self.take.needs_value

    @property
    def is_attribute(self) -> bool:
        """Whether it may stand in the units table where its source has it not: what `applies` names, and text."""
        return self.key == "applies" or bool(self.words)


def columns(index: Written) -> tuple[Column, ...]:
    """Return every series of values that an index asks for: one a leaf, or one a name of its formula; the rest last."""
    denominators = {item.id for item in index.denominators}
    wanted = []
    for leaf in index.leaves:
        source = index.source_of(leaf)
        over_time: OverTime = "last" if is_constant(index, source) else leaf.over_time or index.defaults.over_time
        over_units = leaf.over_units or index.defaults.over_units
        taken = _taken_columns(index, leaf, source, over_time, over_units)
        own = {column.id.removeprefix(f"{leaf.id}.") for column in taken}
        wanted += taken
        if leaf.formula is None and not leaf.events:
            wanted.append(_own_column(index, leaf, source, over_time, over_units))
        for key, text in (("formula", None if leaf.events else leaf.formula), ("applies", leaf.applies)):
            tree = _read(text)
            texts = compared_with_text(tree)
            for name in names(tree):
                if name in denominators or name in own:
                    continue
                heading, words = texts.get(name, (name, ()))
                adds = key == "formula" and not words
                column = Column(
                    id=f"{leaf.id}.{name}",
                    source=source,
                    headers=(heading,),
                    title=name,
                    measure="",
                    valid=None,
                    over_time=over_time if adds else "last",
                    over_units=over_units if adds else "max",
                    owner=leaf.id,
                    key=key,
                    rows=_headers(index, leaf),
                    cumulative=adds and leaf.cumulative == "year",
                    at_end=leaf.cumulative == "none",
                    words=words,
                    numbers=tuple(leaf.numbers.items()) if adds else (),
                )
                wanted.append(column)
    unique = {column.id: column for column in reversed(wanted)}
    series = [column for column in wanted if unique.pop(column.id, None)]
    others: list[Denominator | Adjustment] = [*index.denominators, *counted(index)]
    for item in others:
        source = index.source_of(item)
        events = isinstance(item, Denominator) and item.events is not None and "over_time" not in item.model_fields_set
        over_time = "last" if is_constant(index, source) else "sum" if events else item.over_time
        over_units = item.over_units if isinstance(item, Denominator) else "sum"
        taken = _taken_columns(index, item, source, over_time, over_units)
        series += taken or [_own_column(index, item, source, over_time, over_units)]
    return tuple(series)


def _read(formula: str | None) -> Expression:
    """Return a formula as a tree; nothing is in it where it cannot be read: that is a finding of the tree."""
    try:
        return parse(formula) if formula else _NOTHING
    except FormulaError:
        return _NOTHING


def counted(index: Written) -> list[Adjustment]:
    """Return the adjustments that are made by events, not by ranks."""
    return [item for item in index.adjustments if not item.by_rank and item.unit is None]


def _taken_columns(
    index: Written, item: Indicator | Denominator | Adjustment, source: str, over_time: OverTime, over_units: str
) -> list[Column]:
    """Return the series that a value made of events needs: counts and sums add up over time, whatever the value does."""
    log = index.data[source].events if source in index.data else None
    if isinstance(item, Adjustment) or item.events is None or log is None:
        return []
    try:
        taken = takes(item.events, log)
    except FormulaError:  # that is a finding of the tree
        return []
    return [
        Column(
            id=f"{item.id}.{name}" if name else item.id,
            source=source,
            headers=(take.said,),
            title=take.said if name else item.name or item.name_en or item.id,
            measure="" if name else item.measure,
            valid=None if name else reported_range(item),
            over_time="sum" if name else over_time,
            over_units="sum" if name else over_units,
            owner=item.id,
            key="events",
            take=take,
        )
        for name, take in taken.items()
    ]


def is_constant(index: Written, source: str) -> bool:
    """Say whether a source's values hold in every period, so that a larger one has them too and not their sum."""
    return source == UNITS_SOURCE or (source in index.data and index.data[source].period == EVERY)


def _own_column(
    index: Written, item: Indicator | Denominator | Adjustment, source: str, over_time: OverTime, over_units: str
) -> Column:
    key = "column" if item.column or (isinstance(item, Indicator) and item.like) else "id"
    measure, valid = ("", (0.0, 1e15)) if isinstance(item, Adjustment) else (item.measure, reported_range(item))
    title = item.name or item.name_en or item.id
    since = None if isinstance(item, Adjustment) else item.cumulative
    return Column(
        item.id,
        source,
        _headers(index, item),
        title,
        measure,
        valid,
        over_time,
        over_units,
        item.id,
        key,
        cumulative=since == "year",
        at_end=since == "none",
        reported=None if isinstance(item, Indicator) and _is_made(item) else measure,
        numbers=() if isinstance(item, Adjustment) else tuple(item.numbers.items()),
        numerator=numerator_of(item, "en" if title.isascii() else "zh") if isinstance(item, Indicator) else "",
    )


def conditions_of(leaf: Indicator) -> frozenset[str]:
    """Return the names that only say where a leaf applies, and are no part of its value."""
    return frozenset({*names(_read(leaf.applies))} - {*names(_read(leaf.formula)), leaf.per})


def numerator_of(leaf: Indicator, language: str) -> str:
    """Return what is reported for a leaf is called, where that is not the leaf's name: passed samples of a pass rate."""
    if leaf.per is None or not (names_a_rate(leaf) or (leaf.column and language == "zh")):
        return ""  # a name in English says more than the heading of a Chinese table
    return leaf.column or NUMERATORS[language].format(name=leaf.title(language))


def reported_range(item: Indicator | Denominator) -> tuple[float, ...] | None:
    """Return the lowest and highest value that can be reported for an item."""
    return item.valid_reported if isinstance(item, Indicator) else item.valid


def _is_made(leaf: Indicator) -> bool:
    """Say whether an indicator's value is measured in something else than what is reported for it."""
    return leaf.per is not None or leaf.growth is not None or leaf.share is not None or leaf.scale != 1


def _headers(index: Written, item: Indicator | Denominator | Adjustment) -> tuple[str, ...]:
    if item.column:
        return (item.column,)
    if isinstance(item, Indicator) and item.like:
        original = index.by_id.get(item.like)
        if not isinstance(original, Indicator):
            return (item.like,)
        item = original
    if item.column:
        return (item.column,)
    return tuple(dict.fromkeys(h for h in (item.id, item.name, item.name_en, *_numerators(item)) if h))


def _numerators(item: Indicator | Denominator | Adjustment) -> tuple[str, ...]:
    """Return what is reported for a rate is called where the rate alone has a name."""
    if not isinstance(item, Indicator) or not names_a_rate(item):
        return ()
    return tuple(said.format(name=item.title(language)) for language, said in NUMERATORS.items())


def asked_by(item: Indicator | Denominator, language: str) -> list[str]:
    """Return the headings to ask for an item by, the best first: never the name of a rate for what it is made of."""
    if item.column:
        return [item.column]
    if numerators := _numerators(item):
        return list(numerators if language == "zh" else reversed(numerators))
    names = (item.name_en, item.name) if language == "en" else (item.name, item.name_en)
    return [name for name in names if name]


def department_of(index: Written, column: Column) -> str:
    """Return the department that reports a column: its indicator's or denominator's."""
    item = index.reported.get(column.owner)  # nobody has the events of adjustments for its department
    return item.department if item else ""


def departments(index: Written) -> list[str]:
    """Return everyone who reports anything, in the order of the tree."""
    return list(dict.fromkeys(item.department for item in index.reported.values() if item.department))
