"""What two trees differ in: nodes, weights and definitions."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..findings import Language
from ..tree.declared import weight_total
from ..tree.model import Dimension, Index, Indicator, Root
from .result import Result
from .weights import Moved, TreeWeights, WeightRow

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Difference:
    """One thing that two trees differ in: `added`, `removed`, `moved`, `weight` or `definition`, with what it was and is."""

    kind: str
    node: str
    title: str
    old: str
    new: str
    effective: tuple[float | None, float | None]


@dataclass(frozen=True)
class TwoTrees(Result):
    """Two trees with their weights, and which ranks move between them on the same data, where that is known."""

    old: TreeWeights
    new: TreeWeights
    moved: Moved | None

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return a row for each thing that the trees differ in."""
        import pandas as pd

        rows = [
            (one.kind, one.node, one.title, one.old, one.new, *one.effective) for one in differences(self.old, self.new, language)
        ]
        return pd.DataFrame(rows, columns=["change", "node", "name", "old", "new", "effective_before", "effective"])


def differences(old: TreeWeights, new: TreeWeights, language: str = "zh") -> list[Difference]:
    """Return what two trees differ in, in the order of the new one; what is gone stands at the end."""
    before, after = ({row.id: row for row in part.rows(language)} for part in (old, new))
    differing = []
    for name, row in after.items():
        was = before.get(name)
        if was is None:
            declared = f"{row.parent} {row.declared}".strip()
            differing.append(Difference("added", name, row.title, "", declared, (None, row.effective)))
            continue
        effective = (was.effective, row.effective)
        if was.parent != row.parent:
            differing.append(Difference("moved", name, row.title, was.parent, row.parent, effective))
        if _weighs(was, old.index) != _weighs(row, new.index):
            differing.append(Difference("weight", name, row.title, was.declared or "–", row.declared or "–", effective))
        for key, one, other in _defined(old.index.by_id[name], new.index.by_id[name]):
            differing.append(Difference("definition", name, row.title, f"{key}: {one}", f"{key}: {other}", effective))
    for row in before.values():
        if row.id not in after:
            declared = f"{row.parent} {row.declared}".strip()
            differing.append(Difference("removed", row.id, row.title, declared, "", (row.effective, None)))
    for key in type(new.index).model_fields:
        one, other = (getattr(weights.index, key) for weights in (old, new))
        if key not in ("index", "dimensions") and one != other:
            differing.append(Difference("definition", key, "", _brief(one), _brief(other), (None, None)))
    return differing


def _weighs(row: WeightRow, index: Index) -> float | None:
    """Return a declared weight as a share of what weights in its file add up to."""
    return round(float(Fraction("".join(row.declared.split()))) / weight_total(index), 12) if row.declared else None


def _defined(old: Root | Dimension | Indicator, new: Root | Dimension | Indicator) -> list[tuple[str, str, str]]:
    """Return the keys of a node, its weight and children aside, whose values differ, with these."""
    one, other = ({key: getattr(node, key) for key in type(node).model_fields} for node in (old, new))
    keys = [key for key in dict.fromkeys([*other, *one]) if key not in ("weight", "indicators")]
    return [(key, _brief(one.get(key)), _brief(other.get(key))) for key in keys if one.get(key) != other.get(key)]


def _brief(value: Any) -> str:
    """Return a value in a few words."""
    if hasattr(value, "model_dump"):
        dumped = value.model_dump(exclude_defaults=True, by_alias=True)
        value = dumped.get("method") if set(dumped) == {"method"} else dumped
    text = "–" if value is None else str(value)
    return text if len(text) <= 40 else text[:39] + "…"
