"""What holds for a node, and from which line of the file: its own, a `defaults:` above it, or the tree's; or what is built in."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..findings import Place
from .blocks.choices import NONE, Method, Part
from .blocks.nodes import Defaults, Indicator
from .inherited import BELOW, INNER
from .kinds import written
from .model import Index

_OWN = ("formula", "normalise", "direction", "primary", "score_over_units")  # what inner nodes say of themselves alone


class Setting(NamedTuple):
    """A setting of a node as it was written, and where; `above` where that is not at the node itself."""

    key: str
    said: str
    place: Place
    above: bool


def settings_of(index: Index, node: str) -> tuple[Setting, ...]:
    """Return what the file says that holds for a node, each setting with its line."""
    document, path, found = index._document, index.paths.get(node), index.by_id[node]
    if document is None or path is None:
        return ()
    leaf = isinstance(found, Indicator)
    made = []
    for key in BELOW if leaf else (*INNER, *_OWN):
        if isinstance(found, Indicator) and key == "normalise" and not found.is_scored:
            continue  # it has no score
        own = document.has((*path, key))
        shared = not own and key in Defaults.model_fields and document.has(("defaults", key))
        if shared and not leaf and (key not in INNER or key == "round"):
            continue
        if own or shared:
            at = (*path, key) if own else ("defaults", key)
            above = shared or document.inherits(path, key)
            made.append(Setting(key, written(_data_at(document.data, at)), document.place(at), above))
    return tuple(made)


def built_in(index: Index, node: str) -> tuple[tuple[str, str], ...]:
    """Return what holds for a node of which the file says nothing, by key: what this package does unless it is told otherwise.

    Keys without an effect of their own are left out.
    """
    found, said = index.by_id[node], {own.key for own in settings_of(index, node)}
    leaf = isinstance(found, Indicator)
    made = []
    for key in BELOW if leaf else (*INNER, *_OWN):
        shared = key in Defaults.model_fields and (leaf or key in INNER)
        value = getattr(index.defaults if shared else found, key, None)
        if isinstance(found, Indicator) and key == "source":
            value = index.source_of(found)
        idle = isinstance(found, Indicator) and key == "normalise" and not found.is_scored
        if key not in said and not idle and (plain := _plain(value)) not in (None, "", {}, [], NONE):
            made.append((key, written(plain)))
    return tuple(made)


def _plain(value: Any) -> Any:
    """Return a value of the tree as it would be written, without what says nothing."""
    if isinstance(value, Method):
        return {"method": value.method, **value.written} if value.written else value.method
    if isinstance(value, Part):
        return {key: one for key, one in value.model_dump(by_alias=True).items() if one not in (None, 0, "", (), {})}
    return list(value) if isinstance(value, tuple) else value


def _data_at(data: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        data = data[step]
    return data
