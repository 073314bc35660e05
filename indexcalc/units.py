"""The units: what is scored, by id, name, group and level."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


@dataclass(frozen=True)
class Units:
    """What is scored: ids, names and groups in the order of the units table.

    Where units stand on several levels, `levels` has each unit's and `parents` the place of the unit that it is part of,
    -1 for none.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...] = ()
    names_en: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    attributes: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    levels: tuple[str, ...] = ()
    parents: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.ids)

    def taken(self, wanted: Sequence[int]) -> Units:
        """Return some of the units, without their places among others."""

        def some(column: Sequence[Any]) -> tuple[Any, ...]:
            return tuple(column[at] for at in wanted) if column else ()

        attributes = {name: some(column) for name, column in self.attributes.items()}
        return Units(some(self.ids), some(self.names), some(self.names_en), some(self.groups), attributes, some(self.levels))

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

    def labels(self, by: str) -> tuple[str, ...]:
        """Return each unit's group, or what it has in another column of the units table."""
        return self.groups if by == "group" else tuple(str(label) for label in self.attributes[by])

    def title(self, unit: int, language: str = "zh") -> str:
        """Return a unit's name in a language, or what there is of it; with its id where several units have that name."""
        own, other = (self.names_en, self.names) if language == "en" else (self.names, self.names_en)
        name = (own[unit] if own else "") or (other[unit] if other else "") or self.ids[unit]
        if name not in self._shared or name == self.ids[unit]:
            return name
        return f"{name} ({self.ids[unit]})" if language == "en" else f"{name}（{self.ids[unit]}）"

    @cached_property
    def _shared(self) -> frozenset[str]:
        """The names that several units have."""
        return frozenset(name for names in (self.names, self.names_en) for name, count in Counter(names).items() if count > 1)
