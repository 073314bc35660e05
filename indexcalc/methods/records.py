"""One record a method: its function, and beside it every fact that the rest of the program asks for.

Nothing is known of a method anywhere else: every set and dictionary of methods is made of these records. No fact has a
default, so that a method is either known everywhere or refused where it is written.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from types import SimpleNamespace
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar, dataclass_transform

from .arrays import Array
from .sql import Column, Seen, Sql

Given = SimpleNamespace
"""The parameters of a method, as they were given or by default."""
Problem = tuple[str, str, str]
"""What is wrong with parameters: the name of one, and what to say in English and in Chinese."""
Check = Callable[[Given], Problem | None]


class Parameter(NamedTuple):
    """One parameter of a method, as YAML gives it."""

    name: str
    type: Any
    required: bool
    default: Any


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Record:
    """Facts, each of which has to be given: the annotations of a class and of those above it.

    No dataclass, of which one for each step would take longer to make than all that is read of methods to check a tree.
    """

    step: ClassVar[str]

    def __init__(self, **facts: Any) -> None:
        """Refuse a method of which a fact was left out, by the names of both."""
        name = facts.get("name") or getattr(facts.get("function"), "__name__", "without a name")
        if missing := [fact for fact in self.facts() if fact not in facts]:
            raise TypeError(f"{self.step} method {name!r} does not say: {', '.join(missing)}")
        if unknown := [fact for fact in facts if fact not in self.facts()]:
            raise TypeError(f"{self.step} method {name!r} says what nobody asks for: {', '.join(unknown)}")
        vars(self).update(facts)

    @classmethod
    @cache
    def facts(cls) -> tuple[str, ...]:
        """Return the names of the facts."""
        return tuple(fact for kind in reversed(cls.__mro__) for fact in inspect.get_annotations(kind) if fact != "step")


class MethodRecord(Record):
    """What is known of a method of any step."""

    name: str
    """Its name in YAML."""
    terms: tuple[str, ...]
    """What people write for it otherwise, in small letters: the field's Chinese terms, other spellings."""
    function: Callable[..., Any]
    """Its formula on arrays: keyword-only parameters are those in YAML, the docstring is its documentation."""
    checks: tuple[Check, ...]
    """What its parameters must be beyond their types; the first that fails is said."""

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters that it takes in YAML, from its function's signature."""
        return {
            name: Parameter(name, own.annotation, own.default is own.empty, None if own.default is own.empty else own.default)
            for name, own in inspect.signature(self.function).parameters.items()
            if own.kind is own.KEYWORD_ONLY
        }

    @property
    def about(self) -> str:
        """The first sentence of its documentation."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")

    def given(self, parameters: Mapping[str, Any]) -> Given:
        """Return all parameters, those that were not given by default."""
        return Given(**{name: own.default for name, own in self.parameters.items()} | dict(parameters))

    def problem(self, parameters: Mapping[str, Any]) -> Problem | None:
        """Return what is wrong with parameters that are of the right types, if anything is."""
        given = self.given(parameters)
        return next((problem for check in self.checks if (problem := check(given))), None)


class Normaliser(MethodRecord):
    """How a value becomes a score."""

    step: ClassVar[str] = "normalise"

    better: Literal["direction", "higher", "lower", "parameters"]
    """What says whether more is better: the indicator's direction, or the parameters; or more always is, or less."""
    values: tuple[str, ...]
    """The parameters that are values of the indicator; where there are two, the worst and the best, as the direction says."""
    compares: Literal["always", "never", "unless fixed"]
    """Whether a score depends on what other units have: not where all `values` are given as numbers, if `unless fixed`."""
    query: Callable[[Sql, Column, Seen, Given], Column] | None
    """The same in a query, from a value and the statistics of its frame; None where those do not do."""

    def compares_units(self, parameters: Mapping[str, Any]) -> bool:
        """Say whether scores depend on what other units have, with these parameters."""
        given = vars(self.given(parameters))
        fixed = all(isinstance(given[name], (int, float)) for name in self.values)
        return self.compares == "always" or (self.compares == "unless fixed" and not fixed)


class Powers(NamedTuple):
    """A mean of powers, of logarithms for p = 0: its score is split along its tangent."""

    p: float | str
    """The power, or the name of the parameter that says it."""


class Aggregator(MethodRecord):
    """How children make the score of their parent."""

    step: ClassVar[str] = "aggregate"

    weights: Literal["shared", "summed", "none"]
    """What weights do: they are shared among the children that are there; add up to anything, as sums do; or play no part."""
    compares: bool
    """Whether a result depends on the other units."""
    undefined: Literal["never", "by some scores", "without a child"]
    """Whether there may be no result: as a geometric mean of a score of 0 has none, or as nothing is made of a missing child."""
    split: Powers | Literal["child", "places", "shapley"] | Callable[[Array, Given], Array]
    """How a score is split into contributions: as a mean of powers; as the score of one child by its place among them, which can
    be named as the primary one; as a fixed sum of places; by Shapley's value over all subsets; or by a formula of its own."""
    query: Callable[[Sql, Sequence[Column], Sequence[float], Given], Column] | None
    """The same in a query, from the children and their weights; None where these alone do not do."""

    def power(self, parameters: Mapping[str, Any]) -> float | None:
        """Return the p of a mean of powers with these parameters; None for anything else."""
        if not isinstance(self.split, Powers):
            return None
        p = self.split.p
        return float(getattr(self.given(parameters), p)) if isinstance(p, str) else p


class WeightMethod(MethodRecord):
    """Where weights among siblings come from."""

    step: ClassVar[str] = "weights"

    scores: Literal["all units", "each unit"] | None
    """Whether weights are made of scores, for all units or for each unit its own; None where they are made of the tree alone."""
    declared: Literal["as they are", "scaled"] | None
    """Whether it takes the weights that are written in the tree: as they are, so that they must add up, or scaled."""
    per_child: tuple[str, ...]
    """The parameters that are lists in the order of the children, or tables of such."""


class PairMethod(WeightMethod):
    """Weights from judgements of pairs, which may contradict each other."""

    consistency: Callable[[Given], float]
    """The consistency ratio of what was judged; above 0.1 it ought to be looked at again."""


class JoinedWeights(WeightMethod):
    """Weights put together from those of other methods."""

    parts: str
    """The parameter that lists the other methods, by name or with their parameters."""


class Imputer(MethodRecord):
    """How a missing value is estimated."""

    step: ClassVar[str] = "impute"

    siblings: bool
    """Whether an indicator's estimates come from the others of its node."""
    donors: Literal["none", "units", "before", "periods", "indicators"]
    """What an estimate is made of: nothing, other units of the period, the unit's own period before or those around, its other
    indicators."""


class Treatment(MethodRecord):
    """What is done about outliers."""

    step: ClassVar[str] = "treat"


class TieRule(MethodRecord):
    """Which ranks equal scores share; the function does for columns of a query as for arrays, with operators alone."""

    step: ClassVar[str] = "ties"


Known = TypeVar("Known", bound=MethodRecord)


def by_name(records: Iterable[Known]) -> dict[str, Known]:
    """Return records by their names, each of which stands for one method."""
    found: dict[str, Known] = {}
    for record in records:
        if record.name in found:
            raise TypeError(f"two {record.step} methods are called {record.name!r}")
        found[record.name] = record
    return found
