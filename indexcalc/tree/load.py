"""From the text of `indicators.yaml` to a checked `Index`, or to everything that is wrong with it."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from pathlib import Path as FilePath
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from ..findings import Finding, Place, Refused, errors, finding, in_order, nearest, system_said
from ..words.tree import EXPECTED
from .blocks.adjustments import Adjustment, Placed, Screen, Veto
from .blocks.choices import Impute, Method, Missing, Normalise, Primary, Round, Treat, Weights
from .blocks.data import Data, Denominator, EventLog, FromEvents, Periods, RolledUp, UnitTable
from .blocks.follow import Goal, Outcome, Remark
from .blocks.form import Form
from .blocks.fuzzy import Fuzzy
from .blocks.grades import Grade
from .blocks.logic import LogicRule
from .blocks.nodes import Defaults, Dimension, FromUnits, Indicator, Ranking, Residual, Root, Shrink, Valid
from .blocks.pages import Course, Outlines, Pages
from .blocks.warnings import Step, WarningRule, Warnings
from .checks import check_tree
from .editions import Stretch, check_periods, editions, newest
from .inherited import spread
from .kinds import as_yaml_number
from .located import Document, Path, read_text
from .model import Index
from .partial import Part, part_of, part_with, path_of
from .shorthand import taken_over, unfold
from .terms import term_for

_BLOCKS: dict[str, type[BaseModel]] = {
    "index": Root,
    "units": UnitTable,
    "periods": Periods,
    "roll_up": RolledUp,
    "data": Data,
    "denominators": Denominator,
    "defaults": Defaults,
    "ranking": Ranking,
    "grades": Grade,
    "fuzzy": Fuzzy,
    "missing": Missing,
    "normalise": Normalise,
    "impute": Impute,
    "aggregate": Method,
    "treat": Treat,
    "weights": Weights,
    "round": Round,
    "primary": Primary,
    "screen": Screen,
    "adjustments": Adjustment,
    "place": Placed,
    "veto": Veto,
    "form": Form,
    "outcomes": Outcome,
    "goals": Goal,
    "remarks": Remark,
    "report": Pages,
    "map": Outlines,
    "evolution": Course,
    "logic": LogicRule,
    "warnings": Warnings,
    "rules": WarningRule,
    "escalation": Step,
    "events": FromEvents,
    "score_over_units": FromUnits,
    "shrink": Shrink,
    "residual": Residual,
    "valid": Valid,
}
_LIMITS = {  # what pydantic calls a number beyond a bound, how the bound is written, and under which name it has it
    "greater_than_equal": (">=", "ge"),
    "greater_than": (">", "gt"),
    "less_than_equal": ("<=", "le"),
    "less_than": ("<", "lt"),
}
_BY_METHOD = ("normalise", "aggregate", "impute", "treat", "weights", "events")
_IN_PYTHON = {"IC119": "IC158", "IC130": "IC159"}  # a file that is not there, with advice for a call instead of a command
_ENDLESS = {"IC115", "IC126"}  # not all of the text was read
_BARE = {"IC151", "IC152"}  # a node has nothing of what it is like: what is below it cannot be judged
_LEFT_OUT = {"IC104", "IC107", "IC116", "IC117", "IC128"}  # keys were left out or are there twice: what misses cannot be judged


def load(source: str | os.PathLike[str] | Mapping[str, Any]) -> Index:
    """Read and check an index from a file, from a mapping, or from YAML text: a string of several lines, or in { }.

    The paths that a tree declares start from its file's folder, else from where the program runs.

    :raises Refused: with every finding, when there is an error among them.
    """
    if isinstance(source, Mapping):
        index, found = parse_index(yaml.safe_dump(_plain(source), allow_unicode=True, sort_keys=False).encode(), "")
        found = [Finding(one.code, Place(), one.values) for one in found]  # lines of a text that nobody has written
    elif isinstance(source, str) and ("\n" in source or source.lstrip().startswith("{")):
        index, found = parse_index(source.encode(), "<text>")
    else:
        index, found = read_index(FilePath(source))
        found = [replace(one, code=_IN_PYTHON.get(one.code, one.code)) for one in found]
    if index is None or errors(found):
        raise Refused(found)
    index._found = tuple(found)
    return index


def _plain(value: Any) -> Any:
    """Return a mapping's values as YAML knows them: tuples as lists, paths as text, numbers of numpy as numbers."""
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return value.item() if hasattr(value, "item") else value


def read_index(path: FilePath, *, shown: str | None = None) -> tuple[Index | None, list[Finding]]:
    """Read an index and everything found in it; no index where its shape is wrong."""
    file = shown or path.name
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return None, [_absent(path, file)]
    except OSError as error:
        return None, [finding("IC120", Place(file), problem=system_said(error))]
    index, found = parse_index(raw, file)
    if index is not None:
        index._file = path
    return index, found


def _absent(path: FilePath, file: str) -> Finding:
    """Say that a tree's file is not there, and which ones there are that could be meant."""
    folder = path.parent
    there = sorted(one.name for end in ("yaml", "yml") for one in folder.glob(f"*.{end}")) if folder.is_dir() else []
    if not there:
        return finding("IC119", Place(file))
    shown = FilePath(file).parent / (nearest(path.name, there) or there[0])
    return finding("IC130", Place(file), known=there[:5], near=shown.as_posix())


def read_part(path: FilePath, *, shown: str) -> Part | None:
    """Read what can be read of an index that has mistakes in it, where that is anything."""
    try:
        raw = path.read_bytes()
    except OSError:
        return None
    return _parsed(raw, shown)[2]


def parse_index(raw: bytes, file: str) -> tuple[Index | None, list[Finding]]:
    """Read an index from the bytes of its YAML."""
    index, found, _ = _parsed(raw, file)
    return index, found


def _parsed(raw: bytes, file: str) -> tuple[Index | None, list[Finding], Part | None]:
    """Read an index, everything found in it, and what can be relied on where something is wrong in it."""
    document, found = read_text(raw, file)
    if document.root is None:
        return None, found or [finding("IC121", Place(file, "", 1))], None
    codes = {one.code for one in found}
    if codes & _ENDLESS:
        return None, found, None
    if not isinstance(document.data, dict):
        return None, [*found, _wrong_kind(document, (), file, "dict", document.data)], None
    document, taken = taken_over(unfold(document))
    if any(one.code in _BARE for one in taken):
        return None, [*found, *taken], None
    document, more = spread(document)
    found += [*taken, *more]
    misread = {one.place for one in found}
    whole, untimely = document.data, list(check_periods(document))
    found += untimely
    document = document._replace(data=newest(whole))
    try:
        index = Index.model_validate(document.data)
    except ValidationError as error:
        shapes = _shape_findings(document, [dict(item) for item in error.errors(include_url=False)])
        found += [one for one in shapes if one.place not in misread and (one.code != "IC110" or not codes & _LEFT_OUT)]
        part, more = part_of(document, found, changing=bool(untimely) or bool(editions(whole)))
        return None, in_order([*found, *more]), part
    index._document = document._replace(data=whole)
    if codes & _LEFT_OUT:
        part, more = part_of(document, found, changing=bool(untimely) or bool(editions(whole)))
        return index, in_order([*found, *more]), part
    made = [] if untimely else [(one, *_edition(document, index, one)) for one in editions(whole)]
    found += [one for *_, shapes in made for one in shapes if one.place not in {each.place for each in found}]
    if not errors(found):
        index._editions = tuple((one.first, one.since, tree) for one, tree, _ in made if tree is not None)
    found += [one for one in check_tree(index, timely=not untimely) if one.place not in misread]
    return index, in_order(found), part_with(index, found) if errors(found) else None


def _edition(document: Document, index: Index, edition: Stretch) -> tuple[Index | None, list[Finding]]:
    """Return the tree of a stretch of time, which knows where everything was written; or what is wrong with its shape."""
    try:
        made = Index.model_validate(edition.data)
    except ValidationError as error:
        own = document._replace(data=edition.data)
        return None, _shape_findings(own, [dict(item) for item in error.errors(include_url=False)])
    made._document = document
    there = set(made.by_id)
    kept = tuple(item for item in made.adjustments if item.node is None or item.node in there)
    made = made.changed(adjustments=kept, logic=(), warnings=None)
    vars(made)["paths"] = index.paths
    return made, []


def _shape_findings(document: Document, wrong: list[dict[str, Any]]) -> list[Finding]:
    """Return one finding for each thing that is wrong, where pydantic tells of one thing in several ways."""
    shapes: dict[tuple[Place, str], Finding] = {}
    meant: set[tuple[Path, str]] = set()
    required: dict[tuple[Path, str], Finding] = {}
    for error in wrong:
        if error["type"] == "too_short" and error["input"]:
            continue  # entries are there; pydantic does not count those that are wrong themselves
        path = path_of(document.data, error["loc"], str(error["type"]))
        one = _shape_finding(document, path, error)
        if one.code == "IC110":
            required[path[:-1], str(path[-1])] = one
        else:
            shapes.setdefault((one.place, str(one.values.get("key"))), one)
            meant.add((path[:-1], str(one.values.get("near"))))
    return [*shapes.values(), *(one for key, one in required.items() if key not in meant)]


def _shape_finding(document: Document, path: Path, error: dict[str, Any]) -> Finding:
    kind = str(error["type"])
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if kind == "missing":
        return finding("IC110", document.place(path[:-1]), key=key)
    if kind == "extra_forbidden":
        known = _keys(document, path[:-1])
        near = term_for(key, known)
        return finding("IC111" if near else "IC125", document.place(path, key=True), key=key, near=near, known=known)
    if error["input"] is None:
        return finding("IC124", document.place(path), key=key)
    if kind == "literal_error":
        allowed = [part.strip(" '") for part in str(error["ctx"]["expected"]).replace(" or ", ",").split(",")]
        near = term_for(str(error["input"]), allowed)
        return finding("IC112", document.place(path), key=key, found=_short(error["input"]), allowed=allowed, near=near)
    found = error["input"]
    written = document.written(path)
    if kind == "string_type" and isinstance(found, (int, float)) and not isinstance(found, bool) and written is not None:
        return finding("IC108", document.place(path), key=key, written=written, becomes=found)
    if kind == "finite_number":
        return finding("IC127", document.place(path), written=written or found)
    if kind in _LIMITS:
        sign, name = _LIMITS[kind]
        return finding("IC122", document.place(path), key=key, found=_short(found), limit=f"{sign} {error['ctx'][name]:g}")
    if kind in ("too_short", "string_too_short"):
        return finding("IC123", document.place(path), key=key)
    return _wrong_kind(document, path, key, kind, found)


def _wrong_kind(document: Document, path: Path, key: str, kind: str, found: Any) -> Finding:
    stem = next((name for name in EXPECTED if kind.startswith(name)), "dict")
    place, plain = document.place(path), ""
    if isinstance(found, str) and stem in ("float", "int", "fraction"):
        normal = unicodedata.normalize("NFKC", found).strip()
        number = _number(normal)
        if number is not None and normal != found.strip():
            return finding("IC109", place, key=key, found=found, plain=normal)
        plain = "" if number is None else f"{key}: {as_yaml_number(found) or f'{number:.10g}'}"
    elif isinstance(found, str) and stem in ("dict", "model"):
        if "：" in found:
            return finding("IC107", document.inside(path, found.index("：")), found="：", plain=":")
        block = "table" if path == ("units",) else "path" if path[:1] == ("data",) and len(path) == 2 else ""
        plain = f"{key}: {{{block}: {found}}}" if block else ""
    elif isinstance(found, str) and key in ("missing", "not_applicable", "ignore"):
        plain = f'{key}: ["{found}"]'
    elif isinstance(found, bool) and stem == "string":
        plain = f'{key}: "{_short(found)}"'
    en, zh = EXPECTED["method" if key in _BY_METHOD and stem == "model" else stem]
    return finding("IC113", place, key=key, expected=en, expected_zh=zh, found=_short(found), plain=plain)


def _number(text: str) -> float | None:
    """Return the number that a text was meant as: in quotes, in full width, or with a percent sign."""
    digits = text.removesuffix("%")
    try:
        number = float(digits) if "_" not in digits else float("nan")
    except ValueError:
        return None
    return (number / 100 if digits != text else number) if isfinite(number) else None


def _keys(document: Document, path: Path) -> list[str]:
    """Return the keys that may stand in the block at a path."""
    data = document.data
    for step in path:
        data = data[step]
    name = next((step for step in reversed(path) if isinstance(step, str)), "")
    model: type[BaseModel] = Index
    if name in ("dimensions", "indicators"):
        model = Dimension if isinstance(data, dict) and "indicators" in data else Indicator
    elif name == "events" and path[0] == "data":
        model = EventLog
    elif path:
        model = _BLOCKS.get(name, _BLOCKS.get(str(path[0]), Index))
    return [field.alias or key for key, field in model.model_fields.items()]


def _short(value: Any) -> str:
    text = "{…}" if isinstance(value, dict) else "[…]" if isinstance(value, list) else str(value)
    return {"True": "true", "False": "false"}.get(text, text if len(text) <= 40 else text[:39] + "…")
