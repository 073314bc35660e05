"""What may be written for a parameter of a method, by its type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from ..findings import Language
from ..methods.bounds import Bounds
from ..words.kinds import KINDS


def kind_of(wanted: Any, language: Language) -> str:
    """Return what may be written for a parameter, in words."""
    words = {key: said[language] for key, said in KINDS.items()}
    plain = {float: "number", int: "whole", bool: "truth", str: "text", type(None): "null", Any: "anything"}
    if wanted in plain:
        return words[plain[wanted]]
    kind, inside = get_origin(wanted), get_args(wanted)
    if kind is Literal:
        return words["or"].join(f"`{value}`" for value in inside)
    if kind in (Union, UnionType):
        return words["or"].join(kind_of(one, language) for one in inside)
    if kind is tuple:
        return f"[{', '.join(kind_of(one, language) for one in inside)}]"
    if kind is Mapping:
        keys = get_args(inside[0]) if get_origin(inside[0]) is Literal else ()
        value = "…" if inside[1] == str | int else kind_of(inside[1], language)  # an id or a name
        return f"`{{{', '.join(f'{key}: {value}' for key in keys)}}}`" if keys else words["mapping"]
    several = get_origin(inside[0]) in (Union, UnionType)
    return words["several" if several else "list"].format(kind_of(inside[0], language))


def within(bounds: Bounds | None, language: Language) -> str:
    """Return the bounds of a parameter in words; nothing where any number makes sense."""
    said = bounds.words() if bounds else None
    return said[("en", "zh").index(language)] if said else ""


def as_yaml_number(text: str) -> str:
    """Return how YAML takes a number that it reads as text for its exponent; nothing, where that is not what it is.

    >>> as_yaml_number("1e-9"), as_yaml_number("2.5E3"), as_yaml_number("one")
    ('1.0e-9', '2.5e+3', '')
    """
    match = re.fullmatch(r"([-+]?\d+)(\.\d*)?[eE]([-+]?)(\d+)", text.strip())
    if match is None:
        return ""
    whole, part, sign, exponent = match.groups()
    return f"{whole}{part if part and len(part) > 1 else '.0'}e{sign or '+'}{exponent}"


def written(value: object) -> str:
    """Return a value as YAML has it, text in quotes where it stands inside of another value and would be read otherwise."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_inside(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_inside, value))}]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return f"{value:g}" if isinstance(value, float) else str(value)


def _inside(value: object) -> str:
    plain = isinstance(value, str) and re.fullmatch(r"[^\W\d][\w -]*", value)
    return f'"{value}"' if isinstance(value, str) and not plain else written(value)
