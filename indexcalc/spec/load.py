"""From the text of `indicators.yaml` to a checked `Index`, or to everything that is wrong with it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Any

from pydantic import BaseModel, ValidationError

from ..findings import Finding, Place, Refused, errors, finding, in_order, nearest
from .checks import check_tree
from .model import (
    Data,
    Defaults,
    Denominator,
    Dimension,
    Grade,
    Impute,
    Index,
    Indicator,
    Method,
    Missing,
    Normalise,
    Periods,
    Ranking,
    Root,
    UnitTable,
)
from .text import Document, Path, read_text

_BLOCKS: dict[str, type[BaseModel]] = {
    "index": Root,
    "units": UnitTable,
    "periods": Periods,
    "data": Data,
    "denominators": Denominator,
    "defaults": Defaults,
    "ranking": Ranking,
    "grades": Grade,
    "missing": Missing,
    "normalise": Normalise,
    "impute": Impute,
    "aggregate": Method,
}
_EXPECTED = {
    "string": ("text", "文本"),
    "float": ("a number", "数字"),
    "int": ("a whole number", "整数"),
    "bool": ("true or false", "true 或 false"),
    "tuple": ("a list [ … ]", "列表 [ … ]"),
    "list": ("a list [ … ]", "列表 [ … ]"),
    "dict": ("keys and values", "键值对"),
    "model": ("keys and values", "键值对"),
    "fraction": ("a number or a fraction such as 1/3", "数字或分数（如 1/3）"),
}


def load(path: str | os.PathLike[str]) -> Index:
    """Read and check an index.

    :raises Refused: with every finding, when there is an error among them.
    """
    index, found = read_index(FilePath(path))
    if index is None or errors(found):
        raise Refused(found)
    return index


def read_index(path: FilePath, *, shown: str | None = None) -> tuple[Index | None, list[Finding]]:
    """Read an index and everything found in it; no index where its shape is wrong."""
    file = shown or path.name
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None, [finding("IC119", Place(file))]
    except OSError as error:
        return None, [finding("IC120", Place(file), problem=error.strerror or type(error).__name__)]
    return parse_index(raw, file)


def parse_index(raw: bytes, file: str) -> tuple[Index | None, list[Finding]]:
    """Read an index from the bytes of its YAML."""
    document, found = read_text(raw, file)
    if document.root is None:
        return None, found or [finding("IC121", Place(file, "", 1))]
    if not isinstance(document.data, dict):
        return None, [*found, finding("IC113", document.place(()), key=file, expected=_EXPECTED["dict"][0],
                                      expected_zh=_EXPECTED["dict"][1], found=_short(document.data), plain="")]
    try:
        index = Index.model_validate(document.data)
    except ValidationError as error:
        shapes = [_shape_finding(document, dict(item)) for item in error.errors(include_url=False)]
        misread = {(f.place.line, f.place.column) for f in found}
        found += [f for f in shapes if (f.place.line, f.place.column) not in misread]
        return None, in_order(found)
    index._document = document
    return index, in_order([*found, *check_tree(index)])


def _shape_finding(document: Document, error: dict[str, Any]) -> Finding:
    path = _path(document, error["loc"])
    kind = str(error["type"])
    key = str(path[-1]) if path else ""
    if kind == "missing":
        return finding("IC110", document.place(path[:-1]), key=key)
    if kind == "extra_forbidden":
        return finding("IC111", document.place(path, key=True), key=key, near=nearest(key, _keys(document, path[:-1])))
    if kind == "literal_error":
        allowed = [part.strip(" '") for part in str(error["ctx"]["expected"]).replace(" or ", ",").split(",")]
        near = nearest(str(error["input"]), allowed)
        return finding("IC112", document.place(path), key=key, found=_short(error["input"]), allowed=allowed, near=near)
    found = error["input"]
    written = document.written(path)
    if kind == "string_type" and isinstance(found, (int, float)) and written is not None:
        return finding("IC108", document.place(path), key=key, written=written, becomes=found)
    if kind in ("greater_than_equal", "less_than_equal", "too_short", "string_too_short", "finite_number"):
        limit = {"greater_than_equal": ">=", "less_than_equal": "<="}.get(kind, "")
        bound = next((error["ctx"][name] for name in ("ge", "le") if name in error.get("ctx", {})), "")
        if limit:
            return finding("IC122", document.place(path), key=key, found=_short(found), limit=f"{limit} {bound:g}")
        return finding("IC123", document.place(path), key=key)
    return _wrong_kind(document.place(path), key, kind, found)


def _wrong_kind(place: Place, key: str, kind: str, found: Any) -> Finding:
    plain = ""
    if isinstance(found, str):
        normal = unicodedata.normalize("NFKC", found).strip()
        try:
            plain = f"{float(normal):.10g}" if "_" not in normal else ""
        except ValueError:
            plain = ""
        if plain and normal != found.strip():
            return finding("IC109", place, key=key, found=found, plain=normal)
    stem = next((name for name in _EXPECTED if kind.startswith(name)), "dict")
    en, zh = _EXPECTED["float" if kind in ("finite_number",) else stem]
    return finding("IC113", place, key=key, expected=en, expected_zh=zh, found=_short(found), plain=plain)


def _path(document: Document, location: Sequence[str | int]) -> Path:
    """Leave out of pydantic's location what is not in the text: the names of union members and of types."""
    path: list[str | int] = []
    data = document.data
    for at, step in enumerate(location):
        if isinstance(data, dict) and (step in data or at == len(location) - 1):
            path.append(step)
            data = data.get(step)
        elif isinstance(data, list) and isinstance(step, int) and step < len(data):
            path.append(step)
            data = data[step]
    return tuple(path)


def _keys(document: Document, path: Path) -> list[str]:
    """The keys that may stand in the block at a path."""
    data = document.data
    for step in path:
        data = data[step]
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    model: type[BaseModel] = Index
    if name in ("dimensions", "indicators"):
        model = Dimension if isinstance(data, dict) and "indicators" in data else Indicator
    elif path:
        model = _BLOCKS.get(name, _BLOCKS.get(str(path[0]), Index))
    return [field.alias or key for key, field in model.model_fields.items()]


def _short(value: Any) -> str:
    text = "{…}" if isinstance(value, dict) else "[…]" if isinstance(value, list) else str(value)
    return {"None": "nothing", "True": "true", "False": "false"}.get(text, text if len(text) <= 40 else text[:39] + "…")
