"""A referee for `target`: random projects in files, a small scorer written from the docs, and all plans of a grid tried.

Nothing of the engine is used here. A project is a tree as YAML has it and a table of what was reported; `Small` scores it in plain
Python. What it does with a plan is what a reader would: write the new values into the table, and score again.
"""

from __future__ import annotations

import copy
import csv
import itertools
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from random import Random
from typing import Any

import yaml

from .referee_parts import Parts, Table, random_parts

COMPUTED = {"per", "share", "impute", "treat", "target"}
"""What makes values be compared as numbers that arithmetic made, with a tolerance."""


LESSENED = 12  # plans of which what is not needed is taken back


@dataclass
class Project:
    """A tree, the units with their groups, and what they reported; where their parts did, the table is made of these."""

    tree: dict[str, Any]
    units: dict[str, str]
    periods: list[str]
    table: Table
    parts: Parts | None = None

    @cached_property
    def leaves(self) -> list[dict[str, Any]]:
        return [node for node in nodes_of(self.tree) if not below(node)]

    def write(self, folder: Path) -> Path:
        """Write the project as files, and return the tree's."""
        folder.mkdir(parents=True, exist_ok=True)
        columns = list(next(iter(self.table.values())))
        table = self.parts.reported(self.table) if self.parts else self.table
        with (folder / "v.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["unit", "period", *columns])
            for (period, unit), row in table.items():
                writer.writerow([unit, period, *("" if row[name] is None else repr(row[name]) for name in columns)])
        streets = self.parts.streets if self.parts and self.parts.by_unit else {}
        with (folder / "units.csv").open("w", newline="", encoding="utf-8") as file:
            rows = [(unit, group, "district", "") for unit, group in self.units.items()]
            rows += [
                (street, self.units[unit], "street", unit) for unit, own in streets.items() for street in own if street != unit
            ]
            csv.writer(file).writerows([("id", "group", "level", "parent"), *rows])
        path = folder / "indicators.yaml"
        path.write_text(yaml.safe_dump(self.tree, sort_keys=False), encoding="utf-8")
        return path


def below(node: dict[str, Any]) -> list[dict[str, Any]]:
    return node.get("indicators", node.get("dimensions", []))


def nodes_of(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for child in below(node):
        yield child
        yield from nodes_of(child)


# ----------------------------------------------------------------------------------------------------------- projects


def random_project(random: Random) -> Project:
    """Draw a small project: a tree of one or two levels, four to seven units, one to three years."""
    names = iter("abcdefgh")
    years = [str(2020 + at) for at in range(random.choice([1, 1, 1, 2, 3]))]
    grouped = random.random() < 0.3
    units = {f"u{at}": random.choice("PQ") if grouped else "P" for at in range(random.randint(4, 7))}

    def leaf() -> dict[str, Any]:
        made: dict[str, Any] = {"id": next(names), "weight": random.choice([0.1, 0.2, 0.3, 0.5, 1.0, 0.0])}
        made |= _normaliser(random, years, grouped=grouped)
        if random.random() < 0.1:
            made["round"] = random.choice([0, 1, {"decimals": 0, "how": random.choice(["up", "down"])}])
        for key, value, chance in (
            ("share", "total", 0.1),
            ("impute", "mean", 0.2),
            ("treat", {"method": "clip", "low": 0.1, "high": 0.9}, 0.08),
        ):
            if random.random() < chance:
                made[key] = value
        if "share" in made:
            made["scale"] = 100
        elif random.random() < 0.15:
            made |= {"per": "people", "scale": 10}
        return made

    def inner(children: list[dict[str, Any]]) -> dict[str, Any]:
        made = {"id": f"n{next(names)}", "weight": random.choice([0.2, 0.5, 1.0]), "indicators": children}
        made |= _aggregate(random, 0.6)
        if random.random() < 0.1:
            made["direction"] = "lower"
        return made

    dimensions = [leaf() for _ in range(random.choice([1, 2, 2, 3]))]
    if random.random() < 0.4:
        dimensions.append(inner([leaf() for _ in range(2)]))
    if all(one["weight"] == 0 for one in dimensions):
        dimensions[0]["weight"] = 1.0
    tree: dict[str, Any] = {
        "index": {"id": "index"} | _aggregate(random, 0.4),
        "units": {"table": "units.csv"},
        "periods": {"kind": "year"},
        "data": {"v": {"path": "v.csv"}},
        "denominators": [{"id": "people", "source": "v"}],
        "defaults": {
            "weights": "relative",
            "missing": {"coverage": 0},
            "undefined": "missing",
            "normalise": {"method": "goalposts", "worst": 0, "best": 100},
        },
        "dimensions": dimensions,
        "ranking": {"ties": random.choice(["competition", "competition", "dense", "average", "min", "max"])},
    }
    for node, own in [(tree, tree["index"]), *((node, node) for node in nodes_of(tree))]:
        if isinstance(own.get("aggregate"), dict) and own["aggregate"]["method"] == "owa":
            own["aggregate"] = {"method": "owa", "weights": [1, 2, 4, 3, 5][: len(below(node))]}
    for node in nodes_of(tree):
        if below(node) and all(child["weight"] == 0 for child in below(node)):
            below(node)[0]["weight"] = 0.5
    if random.random() < 0.25:
        tree["ranking"]["decimals"] = random.choice([0, 1])
    if random.random() < 0.15:
        tree["ranking"]["first"] = "lowest"
    if random.random() < 0.15:
        tree["adjustments"] = [random.choice([{"id": "event", "each": -2, "cap": -5}, {"id": "event", "veto": {"ceiling": 60}}])]
    return Project(tree, units, years, _table(random, tree, units, years))


def of_parts(random: Random, project: Project) -> Project:
    """Let quarters report what makes years, streets what makes districts, or both."""
    by_time = random.random() < 0.6
    by_unit = not by_time or random.random() < 0.5
    parts = random_parts(random, project.table, by_time=by_time, by_unit=by_unit)
    tree = copy.deepcopy(project.tree)
    if by_time:
        tree["periods"] = {"kind": "quarter", "roll_up": "year"}
    if by_unit:
        tree["units"] |= {"level": "level", "parent": "parent", "score": "district"}
    for node in [*nodes_of(tree), *tree["denominators"]]:
        if not below(node):
            node["over_time"] = parts.over_time[node["id"]]
            node["over_units"] = parts.over_units[node["id"]]
            if by_time and "base" in node.get("normalise", {}):
                node["normalise"]["base"] = [f"{node['normalise']['base']}Q1", node["normalise"]["base"]]
    return Project(tree, project.units, project.periods, parts.whole(), parts)


def of_shared(random: Random, project: Project) -> Project:
    """Make one indicator of another's column, or of the people by whom others are divided."""
    tree = copy.deepcopy(project.tree)
    leaves = [node for node in nodes_of(tree) if not below(node)]
    if len(leaves) > 1:
        one, other = random.sample(leaves, 2)
        if random.random() < 0.5:
            one["column"] = other["column"] = other["id"]
        else:
            one["column"] = tree["denominators"][0]["column"] = "people"
            for leaf in leaves:
                leaf.pop("per" if leaf is one else "share", None)
                if leaf is not one and random.random() < 0.6:
                    leaf |= {"per": "people", "scale": 10}
    return replace(project, tree=tree)


def of_events(random: Random, project: Project) -> Project:
    """Count the events of an adjustment in an indicator's column, which is of small whole numbers."""
    tree = copy.deepcopy(project.tree)
    leaf = random.choice([node for node in nodes_of(tree) if not below(node)])
    item = random.choice([{"each": -3, "cap": -8}, {"veto": {"ceiling": 50}}, {"veto": {"deduct": 12}}])
    tree["adjustments"] = [{"id": "event", "column": leaf["id"], "source": "v"} | item]
    table = {
        key: {name: own for name, own in row.items() if name != "event"}
        | {leaf["id"]: None if row[leaf["id"]] is None else float(random.choice([0, 0, 1, 2, 3, 5]))}
        for key, row in project.table.items()
    }
    leaf["direction"] = "lower"
    leaf["normalise"] = random.choice([{"method": "min-max"}, {"method": "goalposts", "worst": 6, "best": 0}])
    for key in ("target", "share", "treat"):
        leaf.pop(key, None)
    return replace(project, tree=tree, table=table)


def _normaliser(random: Random, years: list[str], *, grouped: bool) -> dict[str, Any]:
    over = random.choice(["period", "period", "all", "base"] + ["group"] * grouped)
    frame = {"over": over} | ({"base": random.choice(years)} if over == "base" else {})
    way = random.choice(["goalposts"] * 3 + ["min-max"] * 3 + ["piecewise", "bands", "percentile", "z-score", "efficacy", "log"])
    aim: dict[str, Any] = {"direction": random.choice(["higher", "higher", "lower"])}
    if way == "goalposts":
        if random.random() < 0.25:
            aim = random.choice([{"direction": "target", "target": 45}, {"direction": "range", "target": [40, 60]}])
        worst, best = (0, random.choice([80, 100])) if aim["direction"] == "higher" else (100, random.choice([0, 20]))
        if aim["direction"] in ("target", "range"):
            worst, best = 50, random.choice([0, 5])
        return aim | {"normalise": {"method": "goalposts", "worst": worst, "best": best}}
    if way == "log":
        worst, best = (1, 100) if aim["direction"] == "higher" else (100, 1)
        return aim | {"normalise": {"method": "goalposts", "worst": worst, "best": best, "log": True}}
    if way == "piecewise":
        return {"normalise": {"method": "piecewise", "points": [[0, 10], [30, 20], [55, 80], [100, 100]]}}
    if way == "bands":
        return {"normalise": {"method": "bands", "bands": [[0, 10], [31.7, 40], [55.3, 70], [88.8, 95]]}}
    if way == "efficacy":
        return aim | {
            "normalise": {"method": "efficacy", "satisfactory": 60 if aim["direction"] == "higher" else 30, "clip": True} | frame
        }
    return aim | {"normalise": {"method": way} | frame}


def _aggregate(random: Random, chance: float) -> dict[str, Any]:
    made: dict[str, Any] = {}
    if random.random() < chance:
        floored = {"method": random.choice(["geometric", "harmonic"]), "floor": 1}
        by_place = {"method": "owa", "weights": []}  # one for each child, when these are known
        product = {"method": "product", "scale": 0.01}
        made["aggregate"] = random.choice(
            ["minimum", "maximum", "median", "sum", floored, "minimum", "maximum", by_place, "mpi", product]
        )
    if random.random() < 0.12:
        made["round"] = random.choice([0, 1])
    return made


def _table(random: Random, tree: dict[str, Any], units: dict[str, str], years: list[str]) -> Table:
    whole, gaps = random.random() < 0.5, random.choice([0.0, 0.0, 0.12])
    columns = [node["id"] for node in nodes_of(tree) if not below(node)]
    table: Table = {}
    for year, unit in itertools.product(years, units):
        drawn = [float(random.randint(1, 99)) if whole else round(random.uniform(1, 99), 3) for _ in columns]
        row: dict[str, float | None] = {
            name: None if random.random() < gaps else value for name, value in zip(columns, drawn, strict=True)
        }
        table[year, unit] = row | {"people": float(random.randint(5, 15))}
        if "adjustments" in tree:
            table[year, unit]["event"] = float(random.choice([0, 0, 1, 2]))
    return table


# ------------------------------------------------------------------------------------------------------- small scorer


@dataclass
class Small:
    """Scores of a project in its last period, made of a table in plain Python."""

    project: Project
    values: dict[str, dict[tuple[str, str], float | None]] = field(default_factory=dict)
    known: dict[tuple[Any, ...], float | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.year = self.project.periods[-1]

    def value(self, leaf: dict[str, Any], table: Table) -> dict[tuple[str, str], float | None]:
        """Return an indicator's values as they compare, before any is estimated."""
        out: dict[tuple[str, str], float | None] = {}
        for year in self.project.periods:
            x = {unit: table[year, unit][leaf.get("column", leaf["id"])] for unit in self.project.units}
            if "per" in leaf:
                x = {unit: None if own is None else own / (table[year, unit]["people"] or 1.0) for unit, own in x.items()}
            if "share" in leaf:
                total = math.fsum(own for own in x.values() if own is not None)
                x = {unit: None if own is None else own / total for unit, own in x.items()}
            out |= {(year, unit): None if own is None else own * leaf.get("scale", 1) for unit, own in x.items()}
        return out

    def course(self, leaf: dict[str, Any], x: dict[tuple[str, str], float | None]) -> dict[str, float | None]:
        """Return the scores of an indicator in the last period from its values."""
        x = dict(x)
        for year in self.project.periods:
            there = [own for (when, _), own in x.items() if when == year and own is not None]
            if leaf.get("impute") == "mean" and there:
                x |= {(year, unit): math.fsum(there) / len(there) for unit in self.project.units if x[year, unit] is None}
            if "treat" in leaf:
                known = sorted(own for (when, _), own in x.items() if when == year and own is not None)
                low, high = (_quantile(known, leaf["treat"][end]) for end in ("low", "high")) if known else (0.0, 0.0)
                x |= {key: min(max(own, low), high) for key, own in x.items() if key[0] == year and own is not None}
        way, sign = leaf["normalise"], -1.0 if leaf.get("direction", "higher") != "higher" else 1.0
        if leaf.get("direction") in ("target", "range"):
            aim = leaf["target"] if isinstance(leaf["target"], list) else [leaf["target"]] * 2
            x = {key: None if own is None else max(aim[0] - own, own - aim[1], 0.0) for key, own in x.items()}
        unread = bool(COMPUTED & {*leaf}) or self.project.parts is not None
        near = 1e-12 * max((abs(own) for own in x.values() if own is not None), default=0.0) if unread else 0.0
        scores = {
            unit: self._scored(way, sign, x[self.year, unit], self._frame(way, unit, x), near) for unit in self.project.units
        }
        return {
            unit: _rounded(own, leaf["round"]) if "round" in leaf and own is not None else own for unit, own in scores.items()
        }

    def _frame(self, way: dict[str, Any], unit: str, x: dict[tuple[str, str], float | None]) -> list[float]:
        over, units = way.get("over", "period"), self.project.units
        years = {"all": self.project.periods, "base": [_last(way.get("base"))]}.get(over, [self.year])
        mates = [other for other in units if over != "group" or units[other] == units[unit]]
        return [own for year in years for other in mates if (own := x[year, other]) is not None]

    def _scored(self, way: dict[str, Any], sign: float, x: float | None, frame: list[float], near: float) -> float | None:
        if x is None:
            return None
        method = way["method"]
        if method == "goalposts":
            log: Callable[[float], float] = math.log if way.get("log") else float
            worst, best = log(way["worst"]), log(way["best"])
            return 100.0 * min(max((log(x) - worst) / (best - worst), 0.0), 1.0)
        if method == "piecewise":
            return _interpolated(x, way["points"])
        if method == "bands":
            return [score for start, score in way["bands"] if x >= start][-1]
        ends = (min(frame), max(frame)) if sign > 0 else (max(frame), min(frame))
        if method == "min-max":
            return None if ends[0] == ends[1] else 100.0 * (x - ends[0]) / (ends[1] - ends[0])
        if method == "efficacy":
            good = float(way["satisfactory"])
            if (good - ends[0]) * sign <= 0:
                return 100.0 if (x - good) * sign >= 0 else 60.0
            return 60.0 + 40.0 * min(max((x - ends[0]) / (good - ends[0]), 0.0), 1.0)
        if method == "percentile":
            worse = sum((own - x) * sign < -near for own in frame)
            same = sum(abs(own - x) <= near for own in frame)
            return None if len(frame) < 2 else 100.0 * (worse + (same + 1) / 2 - 1) / (len(frame) - 1)
        mean = math.fsum(frame) / len(frame)
        spread = math.sqrt(math.fsum((own - mean) ** 2 for own in frame) / (len(frame) - 1)) if len(frame) > 1 else 0.0
        return sign * (x - mean) / spread if spread else None

    def index(self, scores: dict[str, dict[str, float | None]], table: Table) -> dict[str, float | None]:
        """Return the index of all units from the indicators' scores; what was made of the same before is known."""
        out, counted = {}, [item.get("column", "event") for item in self.project.tree.get("adjustments", [])]
        for unit in self.project.units:
            key = unit, *(own[unit] for own in scores.values()), *(table[self.year, unit][name] for name in counted)
            if key not in self.known:
                self.known[key] = self._node(self.project.tree, unit, scores, table)
            out[unit] = self.known[key]
        return out

    def _node(self, node: dict[str, Any], unit: str, scores: dict[str, dict[str, float | None]], table: Table) -> float | None:
        if not below(node):
            return scores[node["id"]][unit]
        own = node.get("index", node)
        children = [(child.get("weight", 1.0), self._node(child, unit, scores, table)) for child in below(node)]
        there = [(weight, score) for weight, score in children if score is not None]
        way = own.get("aggregate", "arithmetic")
        method = way if isinstance(way, str) else way["method"]
        score = _together(method, there, way, sum(weight for weight, _ in children), len(children))
        if score is None:
            return None
        if own.get("direction") == "lower":
            score = 100.0 - score
        for item in self.project.tree.get("adjustments", []) if "index" in node else []:
            score = _adjusted(item, score, table[self.year, unit][item.get("column", "event")] or 0.0)
        return _rounded(score, own["round"]) if "round" in own else score

    def ranks(self, index: dict[str, float | None]) -> dict[str, float]:
        """Return the ranks of the units that have a score."""
        ranking = self.project.tree["ranking"]
        known = {unit: own for unit, own in index.items() if own is not None}
        if "decimals" in ranking:
            known = {unit: _rounded(own, ranking["decimals"]) for unit, own in known.items()}
        sign = -1.0 if ranking.get("first") == "lowest" else 1.0
        near = 1e-12 * max((abs(own) for own in known.values()), default=0.0)
        out = {}
        for unit, own in known.items():
            above = [other for other in known.values() if (other - own) * sign > near]
            ties = sum(abs(other - own) <= near for other in known.values())
            first, last = len(above) + 1, len(above) + ties
            dense = 1 + sum(all(abs(one - other) > near for other in above[:at]) for at, one in enumerate(above))
            out[unit] = {"max": last, "average": (first + last) / 2, "dense": dense}.get(ranking["ties"], first)
        return out


def _adjusted(item: dict[str, Any], score: float, count: float) -> float:
    if "each" in item:
        return score + max(item["each"] * count, item["cap"])
    if count <= 0:
        return score
    return score - item["veto"]["deduct"] if "deduct" in item["veto"] else min(score, item["veto"]["ceiling"])


def _together(method: str, there: list[tuple[float, float]], way: Any, whole: float, count: int) -> float | None:
    """Bring the children that are there together, the weights taken as shares of theirs."""
    scores, weight = sorted(score for _, score in there), sum(weight for weight, _ in there)
    if not there:
        return None
    if method in ("minimum", "maximum", "median"):
        middle = (scores[(len(scores) - 1) // 2] + scores[len(scores) // 2]) / 2
        return {"minimum": scores[0], "maximum": scores[-1], "median": middle}[method]
    if method == "product":
        return 0.01 * math.prod(scores) if len(there) == count else None
    if weight == 0:
        return None
    if method == "geometric":
        return math.exp(math.fsum(own * math.log(max(score, way["floor"])) for own, score in there) / weight)
    if method == "harmonic":
        return weight / math.fsum(own / max(score, way["floor"]) for own, score in there)
    if method == "owa":
        return _by_place(sorted(((score, own / weight) for own, score in there), reverse=True), way["weights"])
    mean = math.fsum(own * score for own, score in there) / weight
    if method == "mpi":
        variance = math.fsum(own * (score - mean) ** 2 for own, score in there) / weight
        if math.sqrt(variance) <= 1e-12 * abs(mean):
            return mean
        return mean - variance / mean if mean > 0 else None
    return mean * (1.0 if whole else 0.0) if method == "sum" else mean


def _by_place(there: list[tuple[float, float]], weights: list[float]) -> float:
    """Average scores from the best down by weights of places, each child taking the share of places that its own weight is."""
    sums = [math.fsum(weights[:at]) / math.fsum(weights) for at in range(len(weights) + 1)]
    total = carried = 0.0
    for score, share in there:
        ends = [
            _interpolated(at, [[place / len(weights), own] for place, own in enumerate(sums)])
            for at in (carried, carried + share)
        ]
        total, carried = total + score * (ends[1] - ends[0]), carried + share
    return total


def _rounded(x: float, how: Any) -> float:
    decimals, way = (how, "nearest") if isinstance(how, int) else (how["decimals"], how["how"])
    scale = 10.0**decimals
    if way == "up":
        return math.ceil(x * scale - 1e-9) / scale
    if way == "down":
        return math.floor(x * scale + 1e-9) / scale
    return math.copysign(math.floor(abs(x) * scale + 0.5 + 1e-9) / scale, x)


def _quantile(ordered: list[float], share: float) -> float:
    at = share * (len(ordered) - 1)
    low = math.floor(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (at - low) * (ordered[high] - ordered[low])


def _last(base: Any) -> str:
    return str(base[-1] if isinstance(base, list) else base)


def _interpolated(x: float, points: list[list[float]]) -> float:
    if x <= points[0][0]:
        return points[0][1]
    for (start, low), (end, high) in itertools.pairwise(points):
        if x <= end:
            return low + (high - low) * (x - start) / (end - start)
    return points[-1][1]


# ------------------------------------------------------------------------------------------------------------- plans


@dataclass
class Asked:
    """A question to `target`, and what the referee needs to judge the answer."""

    project: Project
    unit: str
    score: float | None
    rank: int | None
    costs: dict[str, float] | None

    def __post_init__(self) -> None:
        small, table = Small(self.project), self.project.table
        self.small = small
        self.values = {leaf["id"]: small.value(leaf, table) for leaf in self.project.leaves}
        self.scores = {leaf["id"]: small.course(leaf, self.values[leaf["id"]]) for leaf in self.project.leaves}
        self.index = small.index(self.scores, table)
        self.courses: dict[tuple[str, float], dict[str, float | None]] = {}
        self.estimates = {leaf["id"]: self._own(leaf) for leaf in self.project.leaves}
        self.cost = self._costs()

    @property
    def key(self) -> tuple[str, str]:
        return self.small.year, self.unit

    def own(self, leaf: dict[str, Any]) -> float | None:
        """Return the unit's value, an estimate where it reported none and one is made."""
        return self.estimates[leaf["id"]]

    def _own(self, leaf: dict[str, Any]) -> float | None:
        x = self.values[leaf["id"]]
        there = [own for (year, _), own in x.items() if year == self.small.year and own is not None]
        if x[self.key] is None and leaf.get("impute") == "mean" and there:
            return math.fsum(there) / len(there)
        return x[self.key]

    def _costs(self) -> dict[str, float]:
        if self.costs is not None:
            return self.costs
        found = {}
        for leaf in self.project.leaves:
            x = [own for (year, _), own in self.values[leaf["id"]].items() if year == self.small.year]
            there = [own for own in x if own is not None]
            if leaf.get("impute") == "mean" and there:
                there += [math.fsum(there) / len(there)] * (len(x) - len(there))
            if len(there) > 1 and max(there) > min(there):
                mean = math.fsum(there) / len(there)
                found[leaf["id"]] = 1 / math.sqrt(math.fsum((own - mean) ** 2 for own in there) / (len(there) - 1))
        return found

    @cached_property
    def moving(self) -> list[dict[str, Any]]:
        """The indicators that a plan may move: those at a cost, of which the unit has a value; the first of those of one column."""
        found: dict[str, dict[str, Any]] = {}
        for leaf in self.project.leaves:
            if leaf["id"] in self.cost and self.own(leaf) is not None and self.ends(leaf)[0] < self.ends(leaf)[1]:
                found.setdefault(leaf.get("column", leaf["id"]), leaf)
        return list(found.values())

    @cached_property
    def follows(self) -> set[str]:
        """The indicators that move as others do, being made of the same column or divided by one that moves."""
        moved = {leaf.get("column", leaf["id"]): leaf["id"] for leaf in self.moving}
        return {
            leaf["id"]
            for leaf in self.project.leaves
            if self.own(leaf) is not None
            and (
                moved.get(leaf.get("column", leaf["id"]), leaf["id"]) != leaf["id"]
                or ("per" in leaf and moved.get("people", leaf["id"]) != leaf["id"])
            )
        }

    def followed(self, plan: dict[str, float]) -> dict[str, float]:
        """Return where indicators are left that follow what a plan moves of others."""
        if not self.follows:
            return {}
        free = self.changed({name: value for name, value in plan.items() if name not in self.follows})
        return {
            leaf["id"]: left
            for leaf in self.project.leaves
            if leaf["id"] in self.follows and (left := self.small.value(leaf, free)[self.key]) is not None
        }

    def _in_reach(self, plan: dict[str, float]) -> bool:
        """Say whether what follows stays between what others have."""
        finals = self.followed(plan) | plan
        for leaf in self.project.leaves if self.follows else ():
            low, high = self.ends(leaf) if leaf["id"] in self.follows else (-math.inf, math.inf)
            slack = 1e-9 * (high - low) if high < math.inf else 0.0
            if not low - slack <= finals.get(leaf["id"], low) <= high + slack:
                return False
        return True

    def ends(self, leaf: dict[str, Any]) -> tuple[float, float]:
        """Return the least and the greatest value among those it is compared with, its own too."""
        units, by_group = self.project.units, leaf["normalise"].get("over") == "group"
        mates = [unit for unit in units if not by_group or units[unit] == units[self.unit]]
        there = [own for unit in mates if (own := self.values[leaf["id"]][self.small.year, unit]) is not None]
        own = self.own(leaf)
        assert own is not None
        return min(own, *there), max(own, *there)

    def effort(self, plan: dict[str, float]) -> float:
        left = self.followed(plan)
        return math.fsum(
            abs(value - left.get(leaf["id"], self.own(leaf) or 0.0)) * self.cost[leaf["id"]]
            for leaf in self.moving
            if (value := plan.get(leaf["id"])) is not None
        )

    def changed(self, plan: dict[str, float]) -> Table:
        """Return the table with what has to be reported for the values of a plan."""
        table = self.project.table | {self.key: dict(self.project.table[self.key])}
        for leaf in sorted(self.project.leaves, key=lambda leaf: leaf.get("column") != "people"):
            if leaf["id"] not in plan:
                continue
            value = plan[leaf["id"]] / leaf.get("scale", 1)
            if "share" in leaf:
                others = math.fsum(
                    row[leaf.get("column", leaf["id"])] or 0.0
                    for key, row in table.items()
                    if key[0] == self.small.year and key != self.key
                )
                value = others * value / (1.0 - value)
            table[self.key][leaf.get("column", leaf["id"])] = (
                value * (table[self.key]["people"] or 1.0) if "per" in leaf else value
            )
        return table

    def outcome(self, plan: dict[str, float]) -> dict[str, float | None]:
        """Return all units' scores with a plan carried out."""
        scores = dict(self.scores)
        if self.follows:
            table = self.changed(plan)
            scores = {leaf["id"]: self.small.course(leaf, self.small.value(leaf, table)) for leaf in self.project.leaves}
        for leaf in self.project.leaves if not self.follows else ():
            name = leaf["id"]
            if name in plan and plan[name] != self.own(leaf):
                if (name, plan[name]) not in self.courses:
                    self.courses[name, plan[name]] = self.small.course(leaf, self._with(leaf, plan[name]))
                scores[name] = self.courses[name, plan[name]]
        counted = any("column" in item for item in self.project.tree.get("adjustments", []))
        return self.small.index(scores, self.changed(plan) if counted else self.project.table)

    def _with(self, leaf: dict[str, Any], value: float) -> dict[tuple[str, str], float | None]:
        return self.small.value(leaf, self.changed({leaf["id"]: value}))

    def reaches(self, plan: dict[str, float], slack: float = 0.0) -> bool:
        """Say whether a plan does what is asked."""
        index = self.outcome(plan)
        own = index[self.unit]
        if own is None or not self._in_reach(plan):
            return False
        if self.rank is not None:
            return self.small.ranks(index)[self.unit] <= self.rank
        assert self.score is not None
        sign = -1.0 if self.project.tree["ranking"].get("first") == "lowest" else 1.0
        return (own - self.score) * sign >= slack


def random_question(random: Random, project: Project) -> Asked | None:
    """Draw a unit with a score and a goal that it does not have yet, at the spread's effort or at costs."""
    index = Asked(project, next(iter(project.units)), 0.0, None, None).index
    known = [unit for unit, own in index.items() if own is not None]
    if len(known) < 2:
        return None
    unit = random.choice(known)
    leaves = [leaf["id"] for leaf in project.leaves]
    costs = (
        {name: random.choice([1.0, 2.0, 10.0, 0.3]) for name in random.sample(leaves, random.randint(1, len(leaves)))}
        if random.random() < 0.4
        else None
    )
    small = Small(project)
    place, own = small.ranks(index)[unit], index[unit]
    assert own is not None
    if random.random() < 0.5 and place > 1:
        return Asked(project, unit, None, random.randint(1, math.ceil(place) - 1), costs)
    others = [float(score) for score in index.values() if score is not None]
    lowest = project.tree["ranking"].get("first") == "lowest"
    end = (
        (min(others) - 2 if lowest else max(others) + 2)
        if random.random() < 0.5
        else own + random.uniform(0, 15) * (-1 if lowest else 1)
    )
    return Asked(project, unit, round(own + (end - own) * random.random(), 2), None, costs)


def tried(asked: Asked, random: Random, count: int, near: dict[str, float] | None) -> Iterator[dict[str, float]]:
    """Yield plans: a grid of where others are and scales bend, random ones, and those around a given plan."""
    moving = asked.moving
    if not moving:
        return
    places = {leaf["id"]: _places(asked, leaf) for leaf in moving}
    grid = itertools.product(*places.values())
    total = math.prod(map(len, places.values()))
    chosen = grid if total <= count else (tuple(random.choice(own) for own in places.values()) for _ in range(count))
    yield from (_without_some(asked, random, dict(zip(places, values, strict=True))) for values in chosen)
    for _ in range(count):
        plan = {leaf["id"]: random.uniform(*asked.ends(leaf)) for leaf in moving}
        still = random.sample(list(plan), random.randint(0, len(plan) - 1))
        plan |= {name: own for leaf in moving if (name := leaf["id"]) in still and (own := asked.own(leaf)) is not None}
        yield _without_some(asked, random, plan)
    if near is None:
        return
    left = asked.followed(near)
    whole = {leaf["id"]: near.get(leaf["id"], left.get(leaf["id"], asked.own(leaf) or 0.0)) for leaf in moving}
    for _ in range(count):
        plan = dict(whole)
        for leaf in random.sample(moving, random.randint(1, min(2, len(moving)))):
            low, high = asked.ends(leaf)
            plan[leaf["id"]] = min(
                max(plan[leaf["id"]] + random.gauss(0, 1) * (high - low) * 10 ** random.uniform(-4, -0.5), low), high
            )
        yield _without_some(asked, random, plan)


def _without_some(asked: Asked, random: Random, plan: dict[str, float]) -> dict[str, float]:
    """Leave it to others where some indicators are that follow these."""
    return {name: value for name, value in plan.items() if name not in asked.follows or random.random() < 0.5}


def _places(asked: Asked, leaf: dict[str, Any]) -> list[float]:
    low, high = asked.ends(leaf)
    others = [own for own in asked.values[leaf["id"]].values() if own is not None]
    way = leaf["normalise"]
    bends = [pair[0] for key in ("points", "bands") for pair in way.get(key, [])] + [
        way[key] for key in ("best", "worst") if key in way
    ]
    step = (high - low) * 1e-7
    found = {asked.own(leaf) or 0.0, low, high, *(low + (high - low) * share for share in (0.2, 0.4, 0.6, 0.8))}
    for place in (*others, *bends):
        found |= {at for at in (place - step, place, place + step) if low <= at <= high}
    return sorted(found)


def cheaper(asked: Asked, plans: Iterator[dict[str, float]], than: float) -> dict[str, float] | None:
    """Return a plan that reaches the goal for less than so much effort, some made as little as can be; nothing if there is none."""
    left = LESSENED
    for plan in plans:
        effort = asked.effort(plan)
        if effort < than and asked.reaches(plan, 1e-9):
            return plan
        if left and effort < 2 * than and asked.reaches(plan, 1e-9):  # it may fall below with what is not needed taken back
            left -= 1
            less = plan
            for name in sorted(plan):
                less = _lessened(asked, less, name)
            if asked.effort(less) < than:
                return less
    return None


def _lessened(asked: Asked, plan: dict[str, float], name: str) -> dict[str, float]:
    """Take back of one indicator what is not needed."""
    own = next(asked.own(leaf) for leaf in asked.moving if leaf["id"] == name)
    assert own is not None
    low, high = 0.0, 1.0
    for _ in range(20):
        middle = (low + high) / 2
        enough = asked.reaches(plan | {name: own + middle * (plan[name] - own)}, 1e-9)
        low, high = (low, middle) if enough else (middle, high)
    return plan | {name: own + high * (plan[name] - own)}
