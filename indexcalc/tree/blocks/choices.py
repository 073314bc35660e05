"""What several blocks share: numbers, lists, and a method chosen by its name, alone or with its parameters."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
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
    return {name: value for name, value in written.items() if isinstance(value, dict) and value.keys() & _KINDS.keys()}


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
    def written(self) -> dict[str, Any]:
        """The parameters as they are written."""
        return {key: _fractions(value) for key, value in (self.model_extra or {}).items()}

    @property
    def parameters(self) -> dict[str, Any]:
        return self.written


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
    def parameters(self) -> dict[str, Any]:
        """The parameters for periods as they are reported, which are the shortest."""
        written = self.written
        return written | {name: value[max(value, key=_shortness)] for name, value in _by_kind(written).items()}

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
    how: Literal["nearest", "up", "down"] = "nearest"
    """To the nearest, halves away from zero; or always up, or always down."""


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
