"""All blocks of a file together."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path as FilePath
from typing import Annotated, Any, Self

from pydantic import Field, PrivateAttr

from ...findings import Finding, Place
from ...periods import Kind
from ...spans import ALWAYS, Span, ends_of, read_ends
from ..located import Document, Path
from .adjustments import Adjustment, Screen
from .choices import Part
from .data import DataSource, Denominator, Periods, UnitTable
from .follow import GoalsChoice, Outcome, RemarksChoice
from .form import Form
from .fuzzy import Fuzzy
from .grades import Grade, GradesChoice
from .logic import LogicRule
from .nodes import Boards, Child, Defaults, Dimension, Indicator, Ranking, Root
from .pages import Open, Pages
from .uncertainty import Alternatives
from .warnings import Warnings


class Written(Part):
    """A whole `indicators.yaml`: its blocks, and where each was written."""

    index: Root
    """The index itself."""
    units: UnitTable = Field(default={}, validate_default=True)
    """What is scored."""
    periods: Periods = Field(default={}, validate_default=True)
    """The rhythm."""
    data: dict[str, DataSource] = Field(default={})
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
    form: Form = Field(default={}, validate_default=True)
    """What stands on the form that departments fill in."""
    logic: Annotated[tuple[LogicRule, ...], Field(strict=False)] = ()
    """What must hold of reported values together."""
    warnings: Warnings | None = None
    """When values and scores give a warning."""
    ranking: Ranking = Field(default={}, validate_default=True)
    """How scores become ranks."""
    boards: Boards = Field(default={}, validate_default=True)
    """What is a weak point or a strength of a unit."""
    grades: GradesChoice = ()
    """Grades by score, from the best down."""
    outcomes: Annotated[tuple[Outcome, ...], Field(strict=False)] = ()
    """What follows from a place: for the first, for the last."""
    goals: GoalsChoice = ()
    """What units are to reach by a period: a list, or `{table: goals.csv}`."""
    remarks: RemarksChoice = ()
    """What is said of units beside what is computed: a list, or `{table: remarks.csv}`."""
    uncertainty: Alternatives | None = None
    """What could as well have been chosen otherwise."""
    fuzzy: Fuzzy | None = None
    """A fuzzy comprehensive evaluation beside the scores."""
    report: Pages = Field(default={}, validate_default=True)
    """What reports show, and which analyses are run for them."""
    publish: Annotated[tuple[Open, ...], Field(strict=False)] = ()
    """What the edition for the public shows too: `values`, `addresses` of these, `departments`, `warnings`."""

    _document: Document | None = PrivateAttr(default=None)
    _file: FilePath | None = PrivateAttr(default=None)
    _found: tuple[Finding, ...] = PrivateAttr(default=())
    _editions: tuple[tuple[int | None, str, Any], ...] = PrivateAttr(default=())

    @property
    def file(self) -> FilePath | None:
        """The file that it was read from, if it was."""
        return self._file

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found in it that refuses nothing."""
        return self._found

    @property
    def editions(self) -> tuple[tuple[int | None, str, Self], ...]:
        """The tree as it is in each stretch of time without a change: its first day, that as written, and the tree of then.

        Nothing of a tree that never changes.
        """
        return self._editions

    def of_period(self, period: str, kind: Kind) -> Self:
        """Return the tree as it is in a period: with the nodes that are there then and the settings in effect."""
        day, found = ends_of(period, kind)[0] if self._editions else 0, self
        for first, _, made in self._editions:
            if first is None or first <= day or found is self:
                found = made
        return found

    @property
    def written_data(self) -> dict[str, Any]:
        """What was written, as plain values of YAML; nothing for a tree that was not read from a text."""
        return self._document.data if self._document else {}

    def changed(self, **blocks: Any) -> Self:
        """Return the index with some of its blocks replaced; what stays knows where it was written."""
        return self.model_copy(update=blocks)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Copy as pydantic does, but without what was worked out from the blocks before, such as the tree."""
        made = super().model_copy(update=update, deep=deep)
        made._editions = ()
        for derived in vars(made).keys() - type(self).model_fields.keys():
            del vars(made)[derived]
        return made

    @cached_property
    def leaves(self) -> tuple[Indicator, ...]:
        """The indicators in the order of the file."""
        return tuple(node for _, node in self.walked if isinstance(node, Indicator))

    @cached_property
    def by_department(self) -> dict[str, list[int]]:
        """The places of the indicators that each department reports, in the order of the tree."""
        found: dict[str, list[int]] = {}
        for at, leaf in enumerate(self.leaves):
            if leaf.department:
                found.setdefault(leaf.department, []).append(at)
        return found

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
        """Where each node, denominator, adjustment and rule stands in the file, by id."""
        paths: dict[str, Path] = {item.id: ("denominators", at) for at, item in enumerate(self.denominators)}
        paths |= {item.id: ("adjustments", at) for at, item in enumerate(self.adjustments)}
        paths |= {rule.id: ("logic", at) for at, rule in enumerate(self.logic)}
        paths |= {rule.id: ("warnings", "rules", at) for at, rule in enumerate(self.warnings.rules if self.warnings else ())}
        return paths | {self.index.id: ("index",)} | {node.id: path for path, node in self.walked}

    def children(self, node: Root | Dimension | Indicator) -> tuple[Dimension | Indicator, ...]:
        """Return the nodes right below a node, none below an indicator."""
        return self.dimensions if isinstance(node, Root) else node.indicators if isinstance(node, Dimension) else ()

    def below(self, node: Root | Dimension | Indicator) -> Iterator[Dimension | Indicator]:
        """Yield every node below a node, parents before children."""
        for child in self.children(node):
            yield child
            yield from self.below(child)

    def grades_of(self, node: Root | Dimension | Indicator) -> tuple[Grade, ...]:
        """Return the grades that a node's score is judged by, none of an indicator."""
        return self.grades if isinstance(node, Root) else node.grades if isinstance(node, Dimension) else ()

    def decimals_of(self, node: Root | Dimension | Indicator) -> int:
        """Return the decimals that a node's score is shown with."""
        own = None if isinstance(node, Indicator) else node.decimals
        return self.index.decimals if own is None else own

    @cached_property
    def times(self) -> dict[str, Span]:
        """The time of each node that is not always part of the tree, within that of the nodes above it."""
        found: dict[str, Span] = {}
        kind = self.periods.kind

        def down(node: Dimension | Indicator, above: Span) -> None:
            since, until = (None if one is None else read_ends(str(one), kind) for one in (node.since, node.until))
            first = max((day for day in (above.first, since and since[0]) if day is not None), default=None)
            last = min((day for day in (above.last, until and until[1]) if day is not None), default=None)
            own = Span(first, last)
            if not own.is_open:
                found[node.id] = own
            for child in self.children(node):
                down(child, own)

        for node in self.dimensions:
            down(node, ALWAYS)
        return found

    def is_asked_in(self, node: str, period: str) -> bool:
        """Say whether a node, or what else is reported, is part of the tree in a period of its own kind."""
        span = self.times.get(node)
        return span is None or span.lasts(ends_of(period, self.periods.kind))

    @cached_property
    def walked(self) -> tuple[tuple[Path, Dimension | Indicator], ...]:
        """Every node below the index with its path in the file, parents before children."""
        return tuple(_walk(self.dimensions, ("dimensions",)))

    @property
    def every_node(self) -> tuple[tuple[Path, Root | Dimension | Indicator], ...]:
        """The index and every node below it, each with its path in the file."""
        return ((("index",), self.index), *self.walked)

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Return where something of the tree was written; nowhere for a tree that was not read from a file."""
        return self._document.place(path, key=key) if self._document else Place()

    def inside(self, path: Path, position: int) -> Place:
        """Return where a character of a text of the tree was written."""
        return self._document.inside(path, position) if self._document else Place()

    def is_by_period(self, node: str, key: str) -> bool:
        """Say whether a key of a node was written by period."""
        return self._document is not None and self._document.is_block((*self.paths[node], key))

    def place_of(self, node: str, *keys: str) -> Place:
        """Return where a node, or a key of it, was written."""
        return self.place((*self.paths.get(node, ()), *keys))

    def inherits(self, node: str, key: str) -> bool:
        """Say whether a node has a setting from `defaults:` of a node above it, or of the tree."""
        return self._document is not None and self._document.inherits(self.paths.get(node, ()), key)

    def is_there(self, leaf: Indicator, level: str) -> bool:
        """Say whether an indicator is there for the units of a level."""
        levels = leaf.levels or self.defaults.levels
        return not levels or level in levels

    def source_of(self, item: Indicator | Denominator | Adjustment) -> str:
        """Return the source of a leaf, denominator or adjustment: its own, the default, or the only one there is."""
        return item.source or self.defaults.source or (next(iter(self.data)) if len(self.data) == 1 else "")


def _walk(children: tuple[Dimension | Indicator, ...], path: Path) -> Iterator[tuple[Path, Dimension | Indicator]]:
    for position, node in enumerate(children):
        here = (*path, position)
        yield here, node
        if isinstance(node, Dimension):
            yield from _walk(node.indicators, (*here, "indicators"))
