"""Logic rules can be read, and name what is reported."""

from __future__ import annotations

from collections.abc import Iterator

from ...findings import Finding, finding, nearest
from ..columns import Column
from ..expressions import FormulaError
from ..logic import meant_by, parse_rule
from ..model import Index
from .events import check_events
from .formulas import check_formulas
from .said import Check, shortened


def check_logic(index: Index) -> Iterator[Finding]:
    """See that every rule is a comparison of quantities, each with one meaning."""
    if not index.logic or any(check_formulas(index)) or any(check_events(index)):
        return  # where a formula is wrong it is not known what is reported
    for at, rule in enumerate(index.logic):
        try:
            terms = parse_rule(rule.rule)[1]
        except FormulaError as error:
            yield finding(error.code, index.inside(("logic", at, "rule"), error.position), formula=rule.rule, **error.values)
            continue
        if not terms:
            yield finding("IC274", index.place(("logic", at, "rule")), found=rule.rule)
        for term in {term.name: term for term in terms.values()}.values():
            meant = meant_by(index, term)
            if len(meant) == 1:
                continue
            place = index.inside(("logic", at, "rule"), max(rule.rule.find(term.name), 0))
            if not meant:
                known = _known(index)
                near = nearest(term.name, known)
                yield finding("IC272", place, id=rule.id, name=term.name, known=shortened(known), near=near)
            else:
                places = [f"{one.id} ({one.source})" if isinstance(one, Column) else one.id for one in meant]
                yield finding("IC275", place, id=rule.id, name=term.name, known=places)


def _known(index: Index) -> list[str]:
    """Return what a rule may name: what items are called, then the headings of their columns."""
    items = [name for item in index.reported.values() for name in (item.id, item.name, item.name_en) if name]
    return list(dict.fromkeys([*items, *(header for column in index.columns for header in column.headers)]))


CHECKS: tuple[Check, ...] = (check_logic,)
