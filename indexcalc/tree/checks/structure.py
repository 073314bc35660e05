"""The nodes, sources, periods and levels of a tree fit each other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from ...findings import Finding, Place, finding, nearest
from ...methods.derive import OVER_UNITS
from ...periods import EXAMPLES, MADE_OF, PARTS_OF_YEAR, read_period
from ...words.periods import KINDS
from ...words.recognised_data import MULTIPLES
from ..blocks.adjustments import Adjustment
from ..blocks.data import UNITS_SOURCE, WHEN_SUBMITTED, Denominator
from ..blocks.form import Form
from ..blocks.nodes import Dimension, Indicator, Root
from ..columns import counted, departments, is_constant
from ..declared import counts
from ..layout import one_ranking, rankings
from ..located import Path
from ..model import Index
from .events import check_events
from .formulas import check_formulas
from .said import Check, names_of, shortened, terms_of, titled

_NO_FLAGS = ("%", "‰", *(word for word in MULTIPLES if not word.isascii()))
_ID = r"[^\W_][\w.-]*"
_LONGEST_SHOWN = 40


def check_ids(index: Index) -> Iterator[Finding]:
    """See that every node, denominator, adjustment and rule has an id of its own that can be typed on a command line."""
    seen: dict[str, Path] = {}
    items: list[tuple[Path, str]] = [(("index",), index.index.id)]
    items += [(("denominators", at), item.id) for at, item in enumerate(index.denominators)]
    items += [(("adjustments", at), item.id) for at, item in enumerate(index.adjustments)]
    items += [(path, node.id) for path, node in index.walked]
    items += [(("logic", at), rule.id) for at, rule in enumerate(index.logic)]
    items += [(("warnings", "rules", at), rule.id) for at, rule in enumerate(index.warnings.rules if index.warnings else ())]
    for path, name in items:
        if not re.fullmatch(_ID, name):
            yield finding("IC205", index.place((*path, "id")), id=name, example=_in_its_place(index, path, name))
        if name in seen:
            yield finding("IC202", index.place((*path, "id")), id=name, line=index.place((*seen[name], "id")).line)
        seen.setdefault(name, path)


def _in_its_place(index: Index, path: Path, name: str) -> str:
    """Return what to write for a name that cannot be an id: one that can, and the name where a node has room for it."""
    node = dict(index.walked).get(path)
    said = {"id": re.sub(r"[^\w.-]+", "-", name).strip("-._") or "a"}
    if node is not None and len(name) <= _LONGEST_SHOWN:
        said |= {} if node.name else {"name": name}
        said |= {"column": name} if isinstance(node, Indicator) and node.column is None and node.formula is None else {}
    return ", ".join(f"{key}: {_quoted(text)}" for key, text in said.items())


def _quoted(text: str) -> str:
    """Return a text as YAML takes it within braces."""
    return text if re.fullmatch(r"[^\W\d_][\w&/.+-]*", text) else json.dumps(text, ensure_ascii=False)


def check_roles(index: Index) -> Iterator[Finding]:
    """See that the warning role belongs to dimensions right below the index, and that something is left to be evaluated."""
    for path, node in index.walked:
        if isinstance(node, Dimension) and node.role == "warning" and len(path) > 2:
            yield finding("IC220", index.place_of(node.id, "role"), node=node.id)
    for name, parent in index.by_id.items():
        children = index.children(parent)
        if children and not any(map(counts, children)):
            place = index.place(("dimensions",), key=True) if isinstance(parent, Root) else index.place_of(name)
            yield finding("IC223", place, node=name)


def check_sources(index: Index) -> Iterator[Finding]:
    """See that every leaf, denominator and counted adjustment has a source that is declared, and that every source is used."""
    items: list[Indicator | Denominator | Adjustment] = [*index.leaves, *index.denominators, *counted(index)]
    known = [*index.data, UNITS_SOURCE]
    unknown = [(index.place_of(item.id, "source"), item.source) for item in items if item.source and item.source not in known]
    if index.defaults.source and index.defaults.source not in known:
        unknown.append((index.place(("defaults", "source")), index.defaults.source))
    for place, source in unknown:
        yield finding("IC207", place, source=source, known=known, near=nearest(source, known))
    second = [(index.place_of(leaf.id, "else_from"), leaf, leaf.else_from) for leaf in index.leaves if leaf.else_from]
    for place, leaf, source in second:
        if source not in index.data:
            yield finding("IC207", place, source=source, known=list(index.data), near=nearest(source, index.data))
        else:
            yield from _second(index, place, leaf, source)
    used = {index.source_of(item) for item in items} | {source for _, _, source in second}
    without = [item.id for item in items if not index.source_of(item)]
    if without and index.data:
        yield finding("IC208", index.place_of(without[0]), nodes=shortened(without), known=known)
    for source, data in index.data.items():
        beside = data.model_fields_set - {"path", "ledger", *WHEN_SUBMITTED} if data.is_ledger else set()
        beside |= {"path"} if data.ledger is not None and data.path != data.ledger else set()
        for key in sorted(beside):
            yield finding("IC676", index.place(("data", source, key), key=True), source=source, key=key)
        if source == UNITS_SOURCE:
            yield finding("IC226", index.place(("data", source), key=True), source=source)
        elif source not in used and not unknown and not without:
            yield finding("IC224", index.place(("data", source), key=True), source=source)


def _second(index: Index, place: Place, leaf: Indicator, source: str) -> Iterator[Finding]:
    """See that a second source is another one than the first, that neither is a log, and that both have values of periods."""
    own = index.source_of(leaf)
    logs = any(name in index.data and index.data[name].events is not None for name in (own, source))
    if own == source or logs:
        yield finding("IC267", place, node=titled(index, leaf.id), source=source)
    elif is_constant(index, own) != is_constant(index, source):
        yield finding("IC268", place, node=titled(index, leaf.id), source=source, own=own)


def check_denominators(index: Index) -> Iterator[Finding]:
    """See that what a leaf is divided by is declared, and that what is declared is used."""
    known = [item.id for item in index.denominators]
    named = {name: item.id for item in index.denominators for name in (item.name, item.name_en, item.column) if name}
    used = {name for leaf in index.leaves for name in leaf.bases} | {leaf.over_units for leaf in index.leaves}
    used |= {index.defaults.over_units, *(item.over_units for item in index.denominators)}
    used |= {choice.how for node in index.by_id.values() if (choice := vars(node).get("score_over_units"))}
    used |= {ranking.top_by for ranking in rankings(index).values() if ranking.top_by}
    used |= {term.name for rule in index.logic for term in terms_of(rule.rule).values()}
    for leaf in index.leaves:
        for formula in (leaf.formula, leaf.applies):
            used |= set(names_of(formula)) if formula else set()
        for key, name in (("per", leaf.per), ("residual", leaf.residual and leaf.residual.along)):
            if name and name not in known:
                near = named.get(name) or nearest(name, known) or named.get(nearest(name, named), "")
                used.add(near)
                yield finding("IC209" if known else "IC229", index.place_of(leaf.id, key), name=name, known=known, near=near)
    for name in known:
        if name not in used:
            yield finding("IC222", index.place_of(name), name=name)


def check_levels(index: Index) -> Iterator[Finding]:
    """See that what rolls units up to the next level is a way that there is, or a denominator to weight by."""
    known = [*OVER_UNITS, *(item.id for item in index.denominators)]
    owners: list[tuple[Path, Any]] = [(("defaults",), index.defaults), *index.walked]
    owners += [(("denominators", at), item) for at, item in enumerate(index.denominators)]
    for path, owner in owners:
        how = vars(owner).get("over_units")
        if how is not None and how not in known:
            yield finding("IC257", index.place((*path, "over_units")), found=how, known=known, near=nearest(how, known))
    if index.units.level is not None:
        return
    if index.units.score is not None:
        yield finding("IC258", index.place(("units", "score")))
    named = [path for path, owner in owners if vars(owner).get("levels")]
    for path in [*named, *([("units",)] if index.units.levels else [])]:
        yield finding("IC487", index.place((*path, "levels")))


def check_from_units(index: Index) -> Iterator[Finding]:
    """See that scores come from below in a way that there is, on levels, and that no formula asks for what is not made."""
    asked = {name: choice for name, node in index.by_id.items() if (choice := vars(node).get("score_over_units"))}
    known = [*OVER_UNITS, *(item.id for item in index.denominators)]
    for name, choice in asked.items():
        place = index.place_of(name, "score_over_units")
        if choice.how not in known:
            yield finding("IC840", place, node=name, found=choice.how, known=known, near=nearest(choice.how, known))
        if index.units.level is None:
            yield finding("IC841", place, node=name)
        below = {node.id for node in index.below(index.by_id[name])}
        for other, node in index.by_id.items():
            outside = other != name and other not in below and not isinstance(node, Indicator)
            inside = names_of(node.formula) if outside and node.formula else ()
            for used in (each for each in inside if each in below):
                yield finding("IC842", index.place_of(other, "formula"), node=other, name=used, below=name)


def check_headers(index: Index) -> Iterator[Finding]:
    """See that no two leaves of one source answer to the same column heading."""
    if any(check_formulas(index)) or any(check_events(index)):
        return  # what a formula asks for is not known then
    seen: dict[tuple[str, str], str] = {}
    for column in index.columns:
        if column.key in ("id", "column"):
            for header in column.headers:
                first = seen.setdefault((column.source, header), column.id)
                if first != column.id and column.key == "id":
                    line = index.place_of(first).line
                    yield finding("IC206", index.place_of(column.id), name=header, first=first, line=line)


def check_periods(index: Index) -> Iterator[Finding]:
    """See that what is rolled up is made of whole periods, each kind once, and that fixed periods of sources are periods."""
    kind, wanted = index.periods.kind, index.periods.wanted
    known = MADE_OF.get(kind, ())
    for at, larger in enumerate(wanted):
        if larger not in known or larger in wanted[:at]:
            yield finding(
                "IC215",
                index.place(("periods", "roll_up", at)),
                kind=kind,
                kind_zh=KINDS[kind],
                larger=larger,
                larger_zh=KINDS[larger],
            )
    for owner, item in index.reported.items():
        for key in ("cumulative", "rolling"):
            if vars(item).get(key) == "year" and kind not in PARTS_OF_YEAR:
                yield finding("IC927", index.place_of(owner, key), key=key, node=owner, kind=kind, kind_zh=KINDS[kind])
        if item.cumulative == "year" and (item.events or is_constant(index, index.source_of(item))):
            one = "events" if item.events else "period: every"
            yield finding("IC213", index.place_of(owner, "cumulative"), node=owner, one=one, other="cumulative")
        how = item.over_units or index.defaults.over_units
        if item.cumulative == "year" and index.units.level and how != "sum":
            yield finding("IC926", index.place_of(owner, "cumulative"), node=owner, how=how)
    for name, data in index.data.items():
        fixed = data.period
        if isinstance(fixed, int) and read_period(str(fixed), kind) is None:
            yield finding("IC217", index.place(("data", name, "period")), found=fixed, example=EXAMPLES[kind])


def check_spellings(index: Index) -> Iterator[Finding]:
    """See that what a source says of how its numbers are spelled leaves every number one meaning."""
    for name, data in index.data.items():
        wrong: list[tuple[str, str]] = []
        if data.thousands and data.decimal == {"lakh": ","}.get(data.thousands, data.thousands):
            wrong.append(("thousands", data.thousands))
        no_flags = {*_NO_FLAGS, *data.multiples}
        wrong += [("flags", flag) for flag in data.flags if not flag.strip() or flag in no_flags or flag[0].isdecimal()]
        multiples = data.multiples.items()
        wrong += [("multiples", word) for word, by in multiples if not word.strip() or word[-1].isdecimal() or by <= 0]
        for key, word in wrong:
            yield finding("IC909", index.place(("data", name, key)), key=key, found=word)


def check_form(index: Index) -> Iterator[Finding]:
    """See that what stands on forms is said of departments that report something."""
    known = departments(index)
    for key in Form.model_fields:
        said = vars(index.form)[key]
        for name in (name for name in (said if isinstance(said, dict) else ()) if name not in known):
            place = index.place(("form", key, name), key=True)
            yield finding("IC279", place, found=name, key=key, known=known, near=nearest(name, known))


def check_ranking(index: Index) -> Iterator[Finding]:
    """See that groups that are ranked alone are named, and that nothing asks for places among all units then."""
    known = [item.id for item in index.denominators]
    for name, ranking in rankings(index).items():
        if ranking.top_by is not None and ranking.top_by not in known:
            place = index.place(("ranking", "top_by")) if name == index.index.id else index.place_of(name, "ranking", "top_by")
            yield finding("IC138", place, found=ranking.top_by, known=known, near=nearest(ranking.top_by, known))
        scored = [node for node, own in index.by_id.items() if not isinstance(own, Indicator) or own.is_scored]
        for at, one in enumerate(ranking.then):
            if one not in scored or one == name:
                path = ("ranking",) if name == index.index.id else (*index.paths[name], "ranking")
                yield finding("IC139", index.place((*path, "then", at)), found=one, near=nearest(one, scored))
    if not one_ranking(index):
        yield finding("IC141", index.place(("ranking",), key=True))
    if index.ranking.overall:
        return
    if index.ranking.within is None:
        yield finding("IC134", index.place(("ranking", "overall")))
    if index.ranking.top_of == "all":
        yield finding("IC135", index.place(("ranking", "top_of")))
    for node in index.by_id.values():
        own = node.ranking if isinstance(node, Dimension) else None
        if own is not None and own.top_of == "all":
            yield finding("IC135", index.place_of(node.id, "ranking", "top_of"))


CHECKS: tuple[Check, ...] = (
    check_ranking,
    check_roles,
    check_spellings,
    check_sources,
    check_denominators,
    check_levels,
    check_from_units,
    check_headers,
    check_periods,
    check_form,
)
