"""What several blocks share: numbers, lists, and a method chosen by its name, alone or with its parameters."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
import math
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WrapValidator
from pydantic_core import PydanticCustomError

from ...periods import Kind, read_period

Direction = Literal["higher", "lower", "target", "range"]


OverTime = Literal["sum", "mean", "last", "max", "min"]


Numbers = Annotated[tuple[float, ...], Field(strict=False)]


Words = Annotated[tuple[str, ...], Field(strict=False)]


FACTORS = ("normalise", "aggregate", "treat", "impute")  # defaults that have alternatives


NONE = "none"  # the alternative not to treat, or not to estimate


_KINDS = {kind: at for at, kind in enumerate(get_args(Kind))}  # from the longest to the shortest


def _shortness(kind: Any) -> int:
    return _KINDS.get(kind, -1)


def _by_kind(written: dict[str, Any]) -> dict[str, dict[str, Any]]:
    several = {name: value for name, value in written.items() if isinstance(value, dict) and value.keys() & _KINDS.keys()}
    return {name: value for name, value in several.items() if not is_by_group(value)}


def _by_group(written: dict[str, Any]) -> dict[str, dict[str, Any]]:
    apart = {name: value for name, value in written.items() if is_by_group(value)}
    return {name: {str(label): one for label, one in value.items()} for name, value in apart.items()}


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


class ByGroup(float):
    """A number that differs by groups of units: as a number it is that of all others, or of the first group without one."""

    def __new__(cls, by: str, of: Mapping[str, float], other: float | None = None) -> Self:
        """Make one of the column `by` of the units table, the number `of` each group, and that of all others."""
        made = super().__new__(cls, next(iter(of.values())) if other is None else other)
        made.by, made.of, made.other = by, dict(of), other
        return made

    by: str
    of: dict[str, float]
    other: float | None

    def __getnewargs__(self) -> tuple[Any, ...]:
        """Return what a copy is made of."""
        return self.by, self.of, self.other

    def among(self, label: str) -> float:
        """Return the number of a group; NaN for one that is not named, where there is none for all others."""
        return self.of.get(label, math.nan if self.other is None else self.other)

    def __mul__(self, factor: float) -> Self:
        """Return so many times the number, of each group."""
        of = {label: value * factor for label, value in self.of.items()}
        return type(self)(self.by, of, None if self.other is None else self.other * factor)

    def __truediv__(self, divisor: float) -> Self:
        """Return the number over another one, of each group."""
        of = {label: value / divisor for label, value in self.of.items()}
        return type(self)(self.by, of, None if self.other is None else self.other / divisor)

    def __eq__(self, other: object) -> bool:
        """Say whether another number is the same in every group."""
        return isinstance(other, ByGroup) and self.__getnewargs__() == other.__getnewargs__()

    def __hash__(self) -> int:
        """Return a hash that equal ones share."""
        return hash((self.by, *self.of.items(), self.other))

    @property
    def values(self) -> list[float]:
        """The number of each group, and that of all others."""
        return [*self.of.values(), *([] if self.other is None else [self.other])]

    @property
    def written(self) -> dict[str, Any]:
        """How it is written: `{by: group, county: 0.3, else: 0.2}`."""
        return {"by": self.by, **self.of, **({} if self.other is None else {"else": self.other})}


def is_by_group(value: Any) -> bool:
    """Say whether something is written by group: `{by: group, county: 0.3, district: 0.2}`."""
    return isinstance(value, dict) and "by" in value and "method" not in value


def _number_or_by_group(value: Any, number: Callable[[Any], float]) -> float:
    """Read a number, or one that differs by groups of units."""
    if not is_by_group(value):
        return number(_fraction(value))
    by, given = value["by"], {str(label): one for label, one in value.items() if label != "by"}
    if not isinstance(by, str) or not given or any(isinstance(one, (dict, list, bool)) or one is None for one in given.values()):
        raise PydanticCustomError("by_group", "not a column and its groups")
    read = {label: number(_fraction(one)) for label, one in given.items()}
    other = read.pop("else", None)
    return ByGroup(by, read, other) if read else number(other)


class Part(BaseModel):
    """What all blocks share: unknown keys are refused, values are not converted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)


NumberByGroup = Annotated[float, Field(allow_inf_nan=False), WrapValidator(_number_or_by_group)]


class Method(BaseModel):
    """A method by its name, alone or with its parameters beside it: `min-max` or `{method: min-max, low: 60}`."""

    model_config = ConfigDict(extra="allow", frozen=True, strict=True, defer_build=True)

    method: str
    """The name of the method."""

    @property
    def written(self) -> dict[str, Any]:
        """The parameters as they are written."""
        return {key: _fractions(value) if isinstance(value, list) else value for key, value in (self.model_extra or {}).items()}

    @property
    def parameters(self) -> dict[str, Any]:
        return self.written


def _of_others(value: Mapping[str, Any]) -> Any:
    """Return what holds where no group is named of what is written by group, or else of the first."""
    return value.get("else", next((one for label, one in value.items() if label != "by"), None))


class Compared(Method):
    """A method whose statistics may be those of a base period."""

    base: str | int | Annotated[tuple[str | int, ...], Field(strict=False)] | None = None
    """The base period, with `over: base`; where quarters make years, one of each kind: `[2021Q4, 2021]`."""

    @property
    def bases(self) -> tuple[str, ...]:
        """The base periods as they are written."""
        given = () if self.base is None else self.base if isinstance(self.base, tuple) else (self.base,)
        return tuple(map(str, given))

    def base_for(self, kind: Kind) -> str:
        """Return the base that a kind of periods is compared with: one of its own kind, else the first; nothing without one."""
        first = self.bases[0] if self.bases else ""
        return next((base for base in self.bases if read_period(base, kind)), first)


class Normalise(Compared):
    """How a value becomes a score, and over which values its statistics are taken."""

    over: Literal["period", "all", "base", "group"] = "period"
    """The values to compare with: this period's units, all periods together, a base period's units, or the unit's own group."""

    @property
    def by_kind(self) -> dict[str, dict[str, Any]]:
        """The parameters that have a value for each kind of periods, as {quarter: 12, year: 48}."""
        return _by_kind(self.written)

    @property
    def by_group(self) -> dict[str, dict[str, Any]]:
        """The parameters that differ by groups of units, as {by: group, county: 150, district: 100}, labels as text."""
        return _by_group(self.written)

    @property
    def of_units(self) -> dict[str, str]:
        """The parameters that are a unit's value, with that unit's id or name, as {unit: beijing}."""
        given = {name: value for name, value in self.parameters.items() if isinstance(value, dict) and set(value) == {"unit"}}
        return {name: str(value["unit"]) for name, value in given.items()}

    @property
    def parameters(self) -> dict[str, Any]:
        """The parameters for periods as they are reported, which are the shortest, and of units that no group is named for."""
        written = self.written
        if not any(isinstance(value, dict) for value in written.values()):  # as nearly always, and it is asked for often
            return written
        of_kind = {name: value[max(value, key=_shortness)] for name, value in _by_kind(written).items()}
        return written | of_kind | {name: _of_others(value) for name, value in _by_group(written).items()}

    def of_group(self, labels: Mapping[str, str]) -> "Normalise":
        """Return the same for the units that have some labels in the columns of the units table."""
        own = {name: value.get(labels[value["by"]], _of_others(value)) for name, value in self.by_group.items()}
        return self.model_copy(update=own) if own else self

    def of_kind(self, kind: str) -> "Normalise":
        """Return the same for one kind of periods: with its value of each parameter that has one for each kind."""
        own = {name: value[kind] for name, value in self.by_kind.items() if kind in value}
        return self.model_copy(update=own) if own else self


class Impute(Method):
    """How a missing value is estimated, and from which other units."""

    over: Literal["period", "group"] = "period"
    """The units to estimate from: all of the period, or the unit's own group."""
    by: str | None = None
    """A column of the units table: estimate from the units that have the same in it."""

    @property
    def column(self) -> str | None:
        """The column of the units table that says which units are estimated from each other, None where all are."""
        return self.by or ("group" if self.over == "group" else None)


class Treat(Method):
    """What is done about outliers."""


class Weights(Compared):
    """Where weights among siblings come from; for those computed from scores, from which units' and periods' scores."""

    over: Literal["period", "all", "base", "group"] = "period"
    """The scores to compute from: this period's, all periods' together, a base period's, or the unit's own group's."""


class Round(Part):
    """How a score is rounded before it goes up the tree and is ranked."""

    decimals: int = Field(ge=0, le=12)
    """Decimals that are kept."""
    how: Literal["nearest", "up", "down", "even"] = "nearest"
    """To the nearest, halves away from zero, or with `even` to the even neighbour; or always up, or always down."""


class Primary(Part):
    """When to name the children that attain the score of a maximum or minimum: the primary pollutant."""

    above: float | None = None
    """Name them only where the score is above this."""


def named(value: Any) -> Any:
    """Read a name alone as that of a method."""
    return {"method": value} if isinstance(value, str) else value


def _to_decimals(value: Any) -> Any:
    return {"decimals": value} if isinstance(value, int) and not isinstance(value, bool) else value


WeightsChoice = Annotated[Weights, BeforeValidator(named)]


RoundChoice = Annotated[Round, BeforeValidator(_to_decimals)]


NormaliseChoice = Annotated[Normalise, BeforeValidator(named)]


ImputeChoice = Annotated[Impute, BeforeValidator(named)]


TreatChoice = Annotated[Treat, BeforeValidator(named)]


MethodChoice = Annotated[Method, BeforeValidator(named)]


class Missing(Part):
    """What a node does when children of it have no value."""

    policy: Literal["reweight", "fail", "floor"] = "reweight"
    """`reweight`: siblings with a score carry the weight of those without. `fail`: no score if a child has none.
    `floor`: the worst score instead."""
    coverage: Number = Field(default=0.0, ge=0, le=1)
    """The share of weight, 0 to 1, that must have values for the node to have a score; with `reweight`. It may be a fraction such
    as 2/3, and is reached from half a thousandth below."""
    children: Number = Field(default=0.0, ge=0)
    """The children that must have a score for the node to have one; with `reweight`: a share up to 1, such as 0.6 or 4/6, or how
    many, from 2. A share is reached from half a thousandth below."""
