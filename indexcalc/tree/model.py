"""The tree as an analyst writes it: the whole index, on top of the blocks of its file and of what is made of them.

Shapes only. What needs more than one key to be judged (weights that add up, names that exist) is in `checks`;
what a method takes is in `methods`, whose functions' keyword parameters are the parameters in YAML.
"""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from functools import cached_property

from .blocks.adjustments import Adjustment, Veto
from .blocks.choices import FACTORS, NONE, Impute, Method, Missing, Normalise, Round, Treat, Weights
from .blocks.data import EVERY, UNITS_SOURCE, Data, Denominator, EventLog, Periods
from .blocks.form import Form
from .blocks.grades import Grade
from .blocks.logic import LogicRule
from .blocks.nodes import Defaults, Dimension, FromUnits, Indicator, NodeRanking, Ranking, Root, Shrink, Valid
from .blocks.uncertainty import Alternatives, Noise, WeightDraw
from .blocks.warnings import LEVELS, Level, Step, WarningRule
from .blocks.whole import Written
from .columns import Column
from .columns import columns as columns_of
from .layout import Tree, lay_out

NOTES = ("definition", "source_note", "method_note")
"""The keys that say in words what is reported and read: what it is, where it comes from, how it is counted."""


def notes_of(item: Root | Dimension | Indicator | Denominator) -> dict[str, str]:
    """Return what a node or denominator says of itself in words, by key, without what it does not say."""
    return {key: said for key in NOTES if (said := str(vars(item).get(key, "")))}


class Index(Written):
    """A whole `indicators.yaml`."""

    @cached_property
    def tree(self) -> Tree:
        """The nodes in a row, as the engine takes them."""
        return lay_out(self)

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """Every series of values that the index asks for."""
        return columns_of(self)

    @cached_property
    def column_of(self) -> dict[str, Column]:
        """The columns by their ids."""
        return {column.id: column for column in self.columns}

    @cached_property
    def columns_called(self) -> dict[str, list[Column]]:
        """The columns by what data may call them: their headings and titles."""
        found: dict[str, list[Column]] = {}
        for column in self.columns:
            for name in dict.fromkeys((*column.headers, column.title)):
                found.setdefault(name, []).append(column)
        return found

    @cached_property
    def cumulative(self) -> bool:
        """Whether any of them are totals since the year began."""
        return any(column.cumulative for column in self.columns)
