"""One record a method: its function, and beside it every fact that the rest of the program asks for.

Nothing is known of a method anywhere else: every set and dictionary of methods is made of these records. No fact has a
default, so that a method is either known everywhere or refused where it is written.
"""

import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, cached_property
from typing import Any, ClassVar, Literal, NamedTuple, TypeVar, dataclass_transform, get_args

from .arrays import Array, Mask
from .bounds import Bounds, Check, Given, Problem
from .sql import Column, Seen, Sql

MOST_COMPARED = 10_000
"""Units that a method compares each with each, at the most: 50 million pairs, from two seconds to four minutes a period."""


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
    bounds: Mapping[str, Bounds]
    """Between which bounds each of its parameters that is or holds numbers makes sense."""
    checks: tuple[Check, ...]
    """What its parameters must be together, or for a number of children; the first that fails is said."""

    def __init__(self, **facts: Any) -> None:
        """Refuse a method that does not say between which bounds its numbers make sense."""
        super().__init__(**facts)
        numbers = {name for name, own in self.parameters.items() if holds_numbers(own.type)}
        if unbound := sorted(numbers - set(self.bounds)):
            raise TypeError(f"{self.step} method {self.name!r} does not say the bounds of: {', '.join(unbound)}")
        if unknown := sorted(set(self.bounds) - set(self.parameters)):
            raise TypeError(f"{self.step} method {self.name!r} has bounds of what it does not take: {', '.join(unknown)}")

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """The parameters that it takes in YAML: those of its function that are given by name alone."""
        kinds, defaults = self.function.__annotations__, self.function.__kwdefaults__ or {}
        code = self.function.__code__  # `inspect.signature` says the same of any callable, in ten times the time
        names = code.co_varnames[code.co_argcount :][: code.co_kwonlyargcount]
        return {name: Parameter(name, kinds[name], name not in defaults, defaults.get(name)) for name in names}

    @property
    def about(self) -> str:
        """The first sentence of its documentation."""
        return (inspect.getdoc(self.function) or "").split("\n\n")[0].replace("\n", " ")

    def given(self, parameters: Mapping[str, Any]) -> Given:
        """Return all parameters, those that were not given by default."""
        return Given(**{name: own.default for name, own in self.parameters.items()} | dict(parameters))

    def problem(self, parameters: Mapping[str, Any], children: int | None = None) -> Problem | None:
        """Return what is wrong with parameters that are of the right types, for so many children, if anything is."""
        for name, bounds in self.bounds.items():
            if name in parameters and (problem := bounds.problem(name, parameters[name])):
                return problem
        given = self.given(parameters)
        given.children = children
        return next((problem for check in self.checks if (problem := check.problem(given))), None)


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
    bends: Callable[[Given, Array], Sequence[float] | None]
    """The values at which scores may bend or jump as one value moves, from those of the others that it is compared with.

    Between two of them scores are lines, or curves that bend one way; None where nothing of the kind is known."""
    curves: Literal["all", "own"]
    """Whose scores `bends` holds for: all units', or that of the value alone, as those of others bend elsewhere too."""

    def compares_units(self, parameters: Mapping[str, Any]) -> bool:
        """Say whether scores depend on what other units have, with these parameters."""
        given = vars(self.given(parameters))
        fixed = all(isinstance(given[name], (int, float)) for name in self.values)
        return self.compares == "always" or (self.compares == "unless fixed" and not fixed)


def holds_numbers(kind: Any) -> bool:
    """Say whether values of a type are numbers or hold some."""
    return kind in (int, float) or any(map(holds_numbers, get_args(kind)))


class Powers(NamedTuple):
    """A mean of powers, of logarithms for p = 0: its score is split along its tangent."""

    p: float | str
    """The power, or the name of the parameter that says it."""


class Reason(NamedTuple):
    """Why a method has no result for the scores that are there, and what can be done about it, in English and in Chinese."""

    words: tuple[str, str]
    """What to say of the `{children}` that make it so."""
    ways: tuple[str, str]
    where: Callable[[Array, Array, Given], Mask]
    """Which children (…, unit, child) make it so, by the scores and weights of all units; none of a unit with another reason."""


class Aggregator(MethodRecord):
    """How children make the score of their parent."""

    step: ClassVar[str] = "aggregate"

    weights: Literal["shared", "summed", "none"]
    """What weights do: they are shared among the children that are there; add up to anything, as sums do; or play no part."""
    compares: bool
    """Whether a result depends on the other units."""
    per_child: tuple[str, ...]
    """The parameters that are lists with an entry for each child."""
    most_units: int | None
    """How many units it compares at the most, where each is compared with each, so that time grows with their square."""
    undefined: Literal["never", "refused", "missing", "without a child"]
    """Whether there may be no result: as a geometric mean of a score of 0 has none, which refuses a run unless the node says
    otherwise; as all units are the same, which leaves the score missing; or as nothing is made of a missing child."""
    reasons: tuple[Reason, ...]
    """Why a result is refused or missing; of several the first that holds is said."""
    split: Powers | Literal["child", "places", "shapley"] | Callable[[Array, Given], Array]
    """How a score is split into contributions: as a mean of powers; as the score of one child by its place among them, which can
    be named as the primary one; as a fixed sum of places; by Shapley's value over all subsets; or by a formula of its own."""
    query: Callable[[Sql, Sequence[Column], Sequence[float], Given], Column] | None
    """The same in a query, from the children and their weights; None where these alone do not do."""
    counts: Literal["children", "places", "otherwise"]
    """What has a weight of its own in the result: each child; or each place among the children, the best first, where these
    weigh alike; or neither, so that it is no piecewise linear function of the children."""

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
    most_units: int | None
    """How many units it compares at the most, where each is compared with each, so that time grows with their square."""


class JudgedWeights(WeightMethod):
    """Weights from judgements that may contradict each other."""

    consistency: Callable[[Given], float]
    """The consistency ratio of what was judged, 0 where nothing contradicts anything."""
    usable: float | None
    """The ratio above which judgements ought to be looked at again, where there is one for any number of children."""


class PairMethod(JudgedWeights):
    """Weights from judgements of pairs, in a square table."""


class WishedWeights(WeightMethod):
    """Weights that are to bring about what is wished, and may not be able to."""

    reached: Callable[[Array, Array, Array, Given], tuple[Array, Array]]
    """What was wished and what is reached (…, child), of scores, declared weights, the weights found, and parameters."""


class JoinedWeights(WeightMethod):
    """Weights put together from those of other methods."""

    parts: str
    """The parameter that lists the other methods, by name or with their parameters."""


class Imputer(MethodRecord):
    """How a missing value is estimated."""

    step: ClassVar[str] = "impute"

    siblings: bool
    """Whether an indicator's estimates come from the others of its node."""
    of: Literal["values", "ways"]
    """What it is given: the values, or how far each has come from the worst to the best, where more is better."""
    donors: Literal["none", "units", "before", "periods", "indicators"]
    """What an estimate is made of: nothing, other units of the period, the unit's own period before or those around, its other
    indicators."""


class Treatment(MethodRecord):
    """What is done about outliers."""

    step: ClassVar[str] = "treat"

    of_units: tuple[str, ...]
    """The parameters that count units, of which there must be more."""


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
