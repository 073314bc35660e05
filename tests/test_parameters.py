"""Every parameter of every method, tried beyond what its record says makes sense: of a method added later without a new line."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

import numpy as np
import pytest
import yaml

from indexcalc.findings import Finding
from indexcalc.methods import RECORDS
from indexcalc.methods.bounds import Bounds
from indexcalc.methods.records import MethodRecord, holds_numbers
from indexcalc.tree import parse_index

from .test_methods import settings_of

CHILDREN = 4  # as many as the parameters in test_methods.py are made for
ROOMS = [room for room in RECORDS if room != "ties"]


def tree(room: str, method: str, parameters: Mapping[str, Any], children: int = CHILDREN) -> str:
    """An index of one dimension that asks for a method."""
    chosen = {"method": method, **parameters}
    leaves: list[dict[str, Any]] = [{"id": f"x{at}"} for at in range(children)]
    node: dict[str, Any] = {"id": "d", "indicators": leaves}
    if room in ("aggregate", "weights"):
        node |= {"weights": "equal", room: chosen}
    else:
        leaves[0][room] = chosen
    head = {"index": {"id": "t"}, "units": {"table": "u.csv"}, "data": {"v": {"path": "v.csv"}}, "defaults": {"weights": "equal"}}
    return yaml.safe_dump({**head, "dimensions": [node]}, allow_unicode=True)


def errors(room: str, method: str, parameters: Mapping[str, Any], children: int = CHILDREN) -> list[Finding]:
    _, found = parse_index(tree(room, method, parameters, children).encode(), "indicators.yaml")
    return [one for one in found if one.severity == "error"]


def beyond(bounds: Bounds) -> Iterator[float]:
    """Numbers that lie beyond bounds, just so and far."""
    yield from (math.nan, math.inf, -math.inf)
    for low in (bounds.at_least,) if bounds.at_least is not None else ():
        yield from (low - 1e-6, low - 1.0, low - 1e6)
    for low in (bounds.above,) if bounds.above is not None else ():
        yield from (low, low - 1e-6, low - 1e6)
    for high in (bounds.at_most,) if bounds.at_most is not None else ():
        yield from (high + 1e-6, high + 1.0, high + 1e6)
    for high in (bounds.below,) if bounds.below is not None else ():
        yield from (high, high + 1e-6, high + 1e6)


def sample(kind: Any) -> Any:
    """A value of a type that holds numbers."""
    if kind in (int, float):
        return kind(1)
    if get_origin(kind) in (Union, UnionType):
        return sample(next(one for one in get_args(kind) if holds_numbers(one)))
    if get_origin(kind) is tuple:
        return [1.0] * len(get_args(kind))
    return [sample(get_args(kind)[0])] * CHILDREN


def with_number(value: Any, number: float) -> Any:
    """A value with one of its numbers replaced, the last of the first list."""
    if isinstance(value, list):
        return [with_number(value[0], number), *value[1:]] if isinstance(value[0], list) else [*value[:-1], number]
    return number


def tried() -> Iterator[Any]:
    for room in ROOMS:
        for method, record in RECORDS[room].items():
            required = settings_of(room, method)[0]
            for name, bounds in record.bounds.items():
                kind = record.parameters[name].type
                if not holds_numbers(kind):
                    continue
                chosen = next(
                    (one[name] for one in settings_of(room, method) if isinstance(one.get(name), (int, float, list))), None
                )
                for number in beyond(bounds):
                    value = with_number(sample(kind) if chosen is None else chosen, number)
                    yield pytest.param(room, method, {**required, name: value}, name, id=f"{method} {name} {number}")
                if bounds.entries > 1 or get_origin(kind) not in (None, Union, UnionType):
                    short = list(chosen or [])[: bounds.entries - 1]
                    yield pytest.param(room, method, {**required, name: short}, name, id=f"{method} {name} {short}")


@pytest.mark.parametrize(("room", "method", "parameters", "name"), [*tried()])
def test_a_parameter_beyond_its_bounds_is_refused_where_it_stands(
    room: str, method: str, parameters: dict[str, Any], name: str
) -> None:
    problem = RECORDS[room][method].problem(parameters)
    assert problem is not None
    assert problem[0] == name
    assert name in problem[1]
    assert name in problem[2]
    found = errors(room, method, parameters)
    assert {one.code for one in found} & {"IC127", "IC404", "IC405", "IC410", "IC429"}  # 404 of a number that is no whole one


def relations() -> Iterator[Any]:
    for room in ROOMS:
        for method, record in RECORDS[room].items():
            for check in record.checks:
                for wrong in check.wrong:
                    own = {key: value for key, value in wrong.items() if key != "children"}
                    required = {key: value for key, value in settings_of(room, method)[0].items() if key not in own}
                    yield pytest.param(room, method, {**required, **own}, wrong.get("children"), id=f"{method} {wrong}")


@pytest.mark.parametrize(("room", "method", "parameters", "children"), [*relations()])
def test_parameters_that_do_not_go_together_are_refused(
    room: str, method: str, parameters: dict[str, Any], children: int | None
) -> None:
    record = RECORDS[room][method]
    assert record.problem(parameters, children) is not None
    lists = [len(parameters[key]) for key in getattr(record, "per_child", ()) if isinstance(parameters.get(key), list)]
    found = errors(room, method, parameters, children or max([2, *lists]))
    assert {one.code for one in found} & {"IC404", "IC405", "IC410", "IC429"}


@pytest.mark.parametrize("room", ROOMS)
def test_what_makes_sense_is_taken(room: str) -> None:
    for method in RECORDS[room]:
        for chosen in settings_of(room, method):
            children = len(chosen.get("weights", range(CHILDREN)))
            assert errors(room, method, chosen, children) == [], (method, chosen)


def test_a_method_that_does_not_say_its_bounds_is_refused() -> None:
    for known in RECORDS.values():
        for record in known.values():
            facts = {fact: getattr(record, fact) for fact in type(record).facts()}
            for name in (name for name in record.bounds if holds_numbers(record.parameters[name].type)):
                less = {key: bounds for key, bounds in record.bounds.items() if key != name}
                with pytest.raises(TypeError, match=f"{record.name}' does not say the bounds of: {name}$"):
                    type(record)(**facts | {"bounds": less})
            with pytest.raises(TypeError, match="has bounds of what it does not take: colour"):
                type(record)(**facts | {"bounds": {**record.bounds, "colour": Bounds()}})


def test_every_number_that_a_method_takes_has_bounds() -> None:
    def takes(record: MethodRecord) -> set[str]:
        return {name for name, own in record.parameters.items() if holds_numbers(own.type)}

    assert all(takes(record) <= set(record.bounds) for known in RECORDS.values() for record in known.values())
    assert sum(len(takes(record)) for known in RECORDS.values() for record in known.values()) > 60


JUDGED = [  # from which no weights follow: said as of computed weights
    ("ahp", {"judgements": [[1, 3, 0], [0, 1, 0], [0, 0, 1]]}),
    ("ahp", {"judgements": [[1, -3, 2], [0, 1, 2], [0, 0, 1]]}),
    ("ahp", {"judgements": [[[1, 3, 0], [0, 1, 0], [0, 0, 1]], [[1, 0, 0], [2, 1, 0], [0, 0, 1]]]}),
    ("bwm", {"best": [2, 2, 4], "worst": [4, 2, 1]}),
    ("bwm", {"best": [1, 0, 4], "worst": [4, 2, 1]}),
    ("bwm", {"best": [1, 2, 4], "worst": [4, 2, 2]}),
    ("budget", {"points": [[1, -2, 3], [1, 1, 1]]}),
    ("budget", {"points": [[0, 0, 0], [1, 1, 1]]}),
]


@pytest.mark.parametrize(("method", "chosen"), JUDGED)
@pytest.mark.parametrize("combined", [False, True])
def test_judgements_from_which_no_weights_follow_are_named(method: str, chosen: dict[str, Any], combined: bool) -> None:
    room, given = "weights", {"of": ["equal", {"method": method, **chosen}]} if combined else chosen
    found = errors(room, "combine" if combined else method, given, 3)
    assert [one.code for one in found] == ["IC429"]
    assert found[0].values["node"] == "d"
    assert found[0].place.line > 0
    for language in ("en", "zh"):
        assert "{" not in found[0].message(language)
    assert ": " in found[0].message("en")
    assert np.isnan(RECORDS["weights"][method].function(np.empty((0, 3)), np.ones(3), **chosen)).all()


def test_an_expert_without_points_is_named() -> None:
    assert {one.code for one in errors("weights", "budget", {"points": [[1, 2, 3], []]}, 3)} & {"IC410", "IC429"}


SENSELESS: list[tuple[str, str, dict[str, Any]]] = [  # each as it was once taken in silence
    ("normalise", "z-score", {"ddof": -1}),
    ("normalise", "z-score", {"ddof": 2}),
    ("normalise", "normal-scores", {"offset": 0.7}),
    ("normalise", "distance-to-target", {"value": 5, "worst": 5}),
    ("normalise", "piecewise", {"points": [[1, 2]]}),
    ("normalise", "points", {"floor": 5, "cap": 3}),
    ("normalise", "deduct", {"each": 1, "floor": 200}),
    ("normalise", "deduct", {"each": 1, "cap": -5}),
    ("normalise", "bonus", {"each": 1, "cap": -5}),
    ("treat", "winsorise", {"skew": -1}),
    ("treat", "box-cox", {"power": 50}),
    ("aggregate", "sum", {"scale": 0}),
    ("aggregate", "sum", {"scale": -1}),
    ("aggregate", "product", {"scale": 0}),
    ("aggregate", "product", {"scale": -1}),
    ("aggregate", "geometric", {"floor": 0}),
    ("aggregate", "harmonic", {"floor": -1}),
    ("aggregate", "owa", {"weights": [0.5, 0.5]}),
    ("weights", "factor", {"factors": 0}),
    ("weights", "factor", {"factors": -1}),
    ("weights", "factor", {"factors": 9}),
    ("weights", "combine", {"of": ["std", "critic"], "shares": [1, -1]}),
    ("weights", "bwm", {"best": [1, 1, 4, 2], "worst": [4, 2, 1, 2]}),
    ("weights", "bwm", {"best": [1, 2, 4, 2], "worst": [1, 2, 4, 2]}),
    ("weights", "bwm", {"best": [1, 0.5, 4, 2], "worst": [4, 2, 1, 2]}),
    ("weights", "bwm", {"best": [1, 12, 4, 2], "worst": [4, 2, 1, 2]}),
    ("weights", "ahp", {"judgements": [[1, 3, 2, 2], [3, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]]}),
    ("weights", "ahp", {"judgements": [[1, 20, 2, 2], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]]}),
    ("weights", "ahp", {"judgements": [[2, 3, 2, 2], [0, 1, 1, 1], [0, 0, 1, 1], [0, 0, 0, 1]]}),
    ("weights", "roc", {"ranks": [0, 1, 2, 3]}),
    ("weights", "rank-sum", {"ranks": [-1, 1, 2, 3]}),
    ("weights", "bod", {"low": 0.3}),
    ("weights", "bod", {"high": 0.2}),
    ("weights", "importance", {"wished": [0, 0, 0, 0]}),
    ("normalise", "goalposts", {"worst": math.nan, "best": 1}),
    ("normalise", "target", {"value": math.inf}),
]


@pytest.mark.parametrize(("room", "method", "chosen"), SENSELESS)
def test_parameters_without_sense_are_refused(room: str, method: str, chosen: dict[str, Any]) -> None:
    assert {one.code for one in errors(room, method, chosen)} & {"IC127", "IC405", "IC410"}


def test_judgements_as_people_round_them_are_taken() -> None:
    thirds = [[1, 3, 7], [0.33, 1, 2], [0.14, 0.5, 1]]
    eighths = [[1, 8, 9], [0.13, 1, 1], [0.11, 1, 1]]
    for judgements in (thirds, eighths):
        assert errors("weights", "ahp", {"judgements": judgements}, 3) == []


STEPS = [
    ("defaults: {weights: equal, impute: {method: mean, over: group, by: region}}", "IC213"),
    ("defaults: {weights: equal, missing: {policy: fail, coverage: 0.5}}", "IC265"),
    ("defaults: {weights: equal, missing: {policy: floor, children: 2}}", "IC265"),
    ("defaults: {weights: equal}\ngrades: [{name: A, from: 90}, {name: B, top: 0.5}, {name: C}]", "IC263"),
    ("defaults: {weights: equal}\ngrades: [{name: A, from: 90}, {name: A, from: 50}, {name: C}]", "IC264"),
    ("defaults: {weights: equal}\ngrades: [{name: A, from: 90}, {name: C, from: 50}, {name: C}]", "IC264"),
    ("defaults: {weights: equal}\nadjustments: [{id: j, each: 0}]", "IC122"),
    ("defaults: {weights: equal}\nadjustments: [{id: j, veto: {deduct: -5}}]", "IC122"),
    ("defaults: {weights: equal}\nadjustments: [{id: j, veto: {deduct: 0}}]", "IC122"),
    ("defaults: {weights: equal}\nadjustments: [{id: j, rank_move: -1}]", "IC122"),
    ("defaults: {weights: equal}\nadjustments: [{id: j, rank_move: 0}]", "IC122"),
]


@pytest.mark.parametrize(("keys", "code"), STEPS)
def test_keys_of_the_other_steps_without_sense_are_refused(keys: str, code: str) -> None:
    text = (
        f"index: {{id: t}}\nunits: {{table: u.csv}}\ndata: {{v: {{path: v.csv}}}}\n{keys}\ndimensions: [{{id: a}}, {{id: b}}]\n"
    )
    _, found = parse_index(text.encode(), "indicators.yaml")
    assert [one.code for one in found if one.severity == "error"] == [code]
