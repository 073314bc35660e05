"""The units: what is scored, by id, name, group and level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any

from .periods import Kind
from .spans import Span, ends_of
from .words.shown import in_brackets


@dataclass(frozen=True)
class Units:
    """What is scored: ids, names and groups in the order of the units table.

    Where units stand on several levels, `levels` has each unit's and `parents` the place of the unit that it is part of,
    -1 for none. Where not all are there in every period, `spans` has each unit's time, and `replaces` the ids of those that it
    came out of.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...] = ()
    names_en: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()
    spans: tuple[Span, ...] = ()
    replaces: tuple[tuple[str, ...], ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def top_level(self) -> str:
        """The level of the first unit that is part of none."""
        return self.levels[self.parents.index(-1)]

    def taken(self, wanted: Sequence[int]) -> Units:
        """Return some of the units, without their places among others."""

        def some(column: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(column[at] for at in wanted) if column else ()

        attributes = {name: some(column) for name, column in self.attributes.items()}
        return Units(
            some(self.ids),
            some(self.names),
            some(self.names_en),
            some(self.groups),
            attributes,
            some(self.levels),
            spans=some(self.spans),
            replaces=some(self.replaces),
        )

    def part(self, block: slice) -> Units:
        """Return a run of the units with their names as among all of them; without attributes and parents."""
        own = Units(self.ids[block], self.names[block], self.names_en[block], self.groups[block], {}, self.levels[block])
        vars(own)["_shared"] = self._shared
        return own

    def parts(self, unit: str) -> list[str]:
        """Return the ids of a unit and of all that are part of it, level by level."""
        found = [self.ids.index(unit)]
        for at in found:
            found += [part for part, parent in enumerate(self.parents) if parent == at]
        return [self.ids[at] for at in found]

    @cached_property
    def origins(self) -> dict[int, tuple[int, ...]]:
        """The places of the units that some came out of, by the place of each: of a merger, a split or a new name."""
        at = {unit: place for place, unit in enumerate(self.ids)}
        found = {place: tuple(at[unit] for unit in old if unit in at) for place, old in enumerate(self.replaces) if old}
        return {place: old for place, old in found.items() if old}

    @cached_property
    def wholes(self) -> dict[int, tuple[int, ...]]:
        """Of `origins` those that have a past: units that are all of what they came out of, merged or under a new name."""
        heirs = Counter(old for parts in self.origins.values() for old in parts)
        return {place: old for place, old in self.origins.items() if all(heirs[one] == 1 for one in old)}

    @cached_property
    def renamed(self) -> dict[int, int]:
        """The place of the one unit that some are under a new name."""
        return {place: old[0] for place, old in self.wholes.items() if len(old) == 1}

    @cached_property
    def namesakes(self) -> dict[int, tuple[int, ...]]:
        """The places of the units that have the same name one after the other, by the place of each of them."""
        found: dict[int, tuple[int, ...]] = {}
        for names in (self.names, self.names_en) if self.spans else ():
            owners: dict[str, list[int]] = {}
            for place, name in enumerate(names):
                owners.setdefault(name, []).append(place)
            for name, places in owners.items():
                if name and len(places) > 1 and self._follow(places):
                    found |= dict.fromkeys(places, tuple(places))
        return found

    def _follow(self, places: Sequence[int]) -> bool:
        """Say whether no two of some units are there at the same time."""
        spans = sorted((self.spans[place] for place in places), key=lambda span: -1 if span.first is None else span.first)
        return all(one.last is not None and other.first is not None and one.last < other.first for one, other in pairwise(spans))

    def asked_in(self, period: str, kind: Kind) -> list[int]:
        """Return the places of the units that are scored in a period, and so are asked to report it."""
        if not self.spans:
            return list(range(len(self)))
        ends = ends_of(period, kind)
        return [at for at, span in enumerate(self.spans) if span.lasts(ends) and span.among(ends)]

    def called(self, name: str) -> int | None:
        """Return the place of the unit that has an id, or else a name that no other has."""
        if name in self.ids:
            return self.ids.index(name)
        places = {at for names in (self.names, self.names_en) for at, own in enumerate(names) if own == name}
        return places.pop() if len(places) == 1 else None

    def labels(self, by: str) -> tuple[str, ...]:
        """Return each unit's group, or what it has in another column of the units table."""
        return self.groups if by == "group" else tuple(str(label) for label in self.attributes[by])

    def title(self, unit: int, language: str = "zh") -> str:
        """Return a unit's name in a language, or what there is of it; with its id where several units have that name."""
        own, other = (self.names_en, self.names) if language == "en" else (self.names, self.names_en)
        name = (own[unit] if own else "") or (other[unit] if other else "") or self.ids[unit]
        if name not in self._shared or name == self.ids[unit]:
            return name
        return in_brackets(name, self.ids[unit], language)

    def titles(self, units: Iterable[int], language: str = "zh") -> list[str]:
        """Return the names of some units."""
        return [self.title(unit, language) for unit in units]

    @cached_property
    def by_title(self) -> dict[str, int]:
        """The places of the units by their ids and their names in both languages."""
        titles = {title: unit for language in ("zh", "en") for unit, title in enumerate(self.titles(range(len(self)), language))}
        return titles | {id_: unit for unit, id_ in enumerate(self.ids)}

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The names that several units have."""
        return frozenset(name for names in (self.names, self.names_en) for name, count in Counter(names).items() if count > 1)
