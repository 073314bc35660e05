"""The tree as an analyst writes it: one immutable type per block of `indicators.yaml`.

Shapes only. What needs more than one key to be judged (weights that add up, names that exist) is in `checks.py`;
what a method takes is in `methods`, whose functions' keyword parameters are the parameters in YAML.
"""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, PrivateAttr, Tag
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

    @property
    def parameters(self) -> dict[str, Any]:
        return dict(self.model_extra or {})


class Normalise(Method):
    """How a value becomes a score, and over which values its statistics are taken."""

    over: Literal["period", "all", "base", "group"] = "period"
    base: str | int | None = None


class Impute(Method):
    """How a missing value is estimated, and from which other units."""

    over: Literal["period", "group"] = "period"
    by: str | None = None


def _named(value: Any) -> Any:
    return {"method": value} if isinstance(value, str) else value


NormaliseChoice = Annotated[Normalise, BeforeValidator(_named)]
ImputeChoice = Annotated[Impute, BeforeValidator(_named)]
MethodChoice = Annotated[Method, BeforeValidator(_named)]


class Missing(Part):
    """What a node does when children of it have no value."""

    policy: Literal["reweight", "fail", "floor"] = "reweight"
    coverage: float = Field(default=0.0, ge=0, le=1)


class Node(Part):
    """What every node of the tree has."""

    id: str = Field(min_length=1)
    name: str = ""
    name_en: str = ""
    weight: Number | None = None
    note: str = ""

    def title(self, language: str) -> str:
        """Return the node's name in a language, or what there is of it."""
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class Indicator(Node):
    """A leaf: one line, bound to a column of data."""

    source: str | None = None
    column: str | None = None
    formula: str | None = None
    measure: str = ""
    department: str = ""
    direction: Direction = "higher"
    target: Number | Numbers | None = None
    per: str | None = None
    scale: Number = 1.0
    difference: Literal["previous", "year-before"] | None = None
    growth: Literal["previous", "year-before"] | None = None
    share: Literal["total", "group"] | None = None
    over_time: OverTime | None = None
    valid: Numbers | None = None
    applies: str | None = None
    impute: ImputeChoice | None = None
    normalise: NormaliseChoice | None = None


class Dimension(Node):
    """An inner node: how its children come together."""

    role: Literal["evaluation", "warning"] = "evaluation"
    weights: Literal["given", "relative", "equal"] | None = None
    aggregate: MethodChoice | None = None
    formula: str | None = None
    missing: Missing | None = None
    indicators: Annotated[tuple["Child", ...], Field(strict=False, min_length=1)]


def _kind(value: Any) -> str:
    return "dimension" if isinstance(value, Dimension) or (isinstance(value, dict) and "indicators" in value) else "indicator"


Child = Annotated[
    Annotated[Dimension, Tag("dimension")] | Annotated[Indicator, Tag("indicator")], Discriminator(_kind)
]


class Root(Part):
    """The index itself: its names, and how its dimensions come together."""

    id: str = Field(min_length=1)
    name: str = ""
    name_en: str = ""
    note: str = ""
    note_en: str = ""
    decimals: int = Field(default=2, ge=0, le=12)
    weights: Literal["given", "relative", "equal"] | None = None
    aggregate: MethodChoice | None = None
    formula: str | None = None
    missing: Missing | None = None

    def title(self, language: str) -> str:
        return (self.name_en or self.name or self.id) if language == "en" else (self.name or self.name_en or self.id)


class UnitTable(Part):
    """What is scored, and the table that lists it."""

    label: str = "单元"
    label_en: str = "unit"
    table: str
    sheet: str | None = None
    id: str = "id"
    name: str = "name"
    name_en: str = "name_en"
    group: str = "group"
    aliases: str = "aliases"


class Periods(Part):
    """The rhythm of the index."""

    kind: Kind = "single"
    roll_up: Literal["year"] | None = None


class Data(Part):
    """Where values come from: files, and which of their columns say what."""

    path: str
    sheet: str | None = None
    unit: str | None = None
    period: str | int | None = None
    indicator: str | None = None
    value: str | None = None
    status: str | None = None
    header: int | None = Field(default=None, ge=1)
    missing: Words = ()
    not_applicable: Words = ("n/a", "不适用")
    ignore: Words = ()


class Denominator(Part):
    """A quantity that others are divided by: population, vehicles, closed cases."""

    id: str = Field(min_length=1)
    name: str = ""
    name_en: str = ""
    measure: str = ""
    source: str | None = None
    column: str | None = None
    over_time: OverTime = "mean"
    valid: Numbers | None = None


class Defaults(Part):
    """What a node does that says nothing itself."""

    source: str | None = None
    normalise: NormaliseChoice = Field(default="min-max", validate_default=True)
    aggregate: MethodChoice = Field(default="arithmetic", validate_default=True)
    weights: Literal["given", "relative", "equal"] = "given"
    missing: Missing = Field(default={}, validate_default=True)
    impute: ImputeChoice | None = None
    over_time: OverTime = "sum"


class Ranking(Part):
    """How scores become ranks."""

    within: str | None = None
    ties: Literal["competition", "dense", "average", "min", "max"] = "competition"
    decimals: int | None = Field(default=None, ge=0, le=12)
    first: Literal["highest", "lowest"] = "highest"


class Grade(Part):
    """One grade: from which score upwards; the last has no bound."""

    name: str
    name_en: str = ""
    from_: Number | None = Field(default=None, alias="from")

    def title(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name


class Index(Part):
    """A whole `indicators.yaml`."""

    index: Root
    units: UnitTable
    periods: Periods = Field(default={}, validate_default=True)
    data: dict[str, Data] = {}
    denominators: Annotated[tuple[Denominator, ...], Field(strict=False)] = ()
    defaults: Defaults = Field(default={}, validate_default=True)
    dimensions: Annotated[tuple[Child, ...], Field(strict=False, min_length=1)]
    ranking: Ranking = Field(default={}, validate_default=True)
    grades: Annotated[tuple[Grade, ...], Field(strict=False)] = ()

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
