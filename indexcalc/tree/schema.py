"""The JSON Schema of the tree, for editors: the model's own, with the methods that the catalogue has."""

from __future__ import annotations

import ast
import inspect
import json
from functools import cache
from typing import Any, get_args

from pydantic import TypeAdapter

from ..findings import Language
from ..methods import CATALOGUE, RECORDS, about, parameters
from ..methods.bounds import ANY, Bounds
from ..methods.records import Normaliser
from ..periods import Kind
from ..words.keys import meaning
from ..words.methods import in_a_sentence
from .blocks import adjustments, choices, data, follow, form, fuzzy, grades, logic, nodes, pages, uncertainty, warnings, whole
from .blocks.choices import FACTORS, NONE, Impute, Method, Normalise, Treat, Weights
from .blocks.grades import DEVIATIONS, PROBITS
from .editions import BY_PERIOD
from .model import Index

_FILES = (choices, data, fuzzy, grades, nodes, adjustments, follow, form, logic, pages, uncertainty, warnings, whole)


_ROOMS = {"Normalise": "normalise", "Method": "aggregate", "Impute": "impute", "Treat": "treat", "Weights": "weights"}
"""The blocks that choose a method, and the step that it is of."""
_OF_EACH_KIND = {  # such as {quarter: 12, year: 48}
    "type": "object",
    "propertyNames": {"enum": list(get_args(Kind))},
    "additionalProperties": {"type": "number"},
    "minProperties": 1,
}


def schema_file(language: Language) -> str:
    """Return what the file of the JSON Schema in a language is called."""
    return "indexcalc.schema.json" if language == "en" else f"indexcalc.schema.{language}.json"


def schema_text(language: Language = "en") -> str:
    """Write the JSON Schema of `indicators.yaml`, which differs between languages by its descriptions alone."""
    return json.dumps(json_schema(language), ensure_ascii=False, indent=1) + "\n"


def json_schema(language: Language = "en") -> dict[str, Any]:
    """Return the JSON Schema of `indicators.yaml`, every method with its parameters."""
    schema = Index.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = schema_file(language)
    definitions = schema["$defs"]
    for own in (Normalise, Method, Impute, Treat, Weights):
        name, room = own.__name__, _ROOMS[own.__name__]
        shared = {key: value for key, value in definitions[name]["properties"].items() if key != "method"}
        assert set(shared) == set(own.model_fields) - {"method"}
        definitions[name] = _choices(room, shared)
    _one_or_several(definitions["Alternatives"]["properties"])
    _numbers_as_fractions(definitions)
    shorthands = [
        ("Indicator", "shrink"),
        ("Indicator", "residual"),
        *((owner, "score_over_units") for owner in ("Indicator", "Dimension", "Root")),
    ]
    for owner, key in shorthands:
        definitions[owner]["properties"][key]["anyOf"].insert(0, {"type": "string"})
    definitions["Data"]["anyOf"] = [{"required": [key]} for key in definitions["Data"].pop("required")] + [
        {"required": ["ledger"]}
    ]
    _by_group(definitions)
    for block in (definitions["Dimension"]["properties"], schema["properties"]):
        _grades_in_short(block["grades"])
    _by_period(definitions)
    for room in ("Impute", "Treat"):  # what a node says against what is above it
        definitions[room]["anyOf"][0]["enum"].append(NONE)
    _in_short(schema["properties"]["dimensions"], definitions["Dimension"]["properties"]["indicators"])
    for name in ("Indicator", "Dimension"):
        definitions[name]["required"].remove("id")  # which each node of a list has, and no node below its id
    definitions["Dimension"]["required"].remove("indicators")
    definitions["Dimension"]["anyOf"] = [{"required": ["indicators"]}, {"required": ["like"]}]
    for name, said in descriptions().items():
        block = schema if name == "Index" else definitions.get(name, {})
        for key, text in said.items():
            if key in block.get("properties", {}):
                block["properties"][key]["description"] = text
    if language == "zh":
        _in_chinese(schema)
    return schema


def _in_chinese(schema: dict[str, Any]) -> None:
    """Put Chinese in the place of every description; what only says what a block is called has none."""
    english = descriptions()
    said = {text: meaning(name, key) for name, block in english.items() for key, text in block.items() if meaning(name, key)}
    for name, block in {"Index": schema, **schema["$defs"]}.items():
        block.pop("description", None)
        for key, field in block.get("properties", {}).items():
            field.pop("description", None)
            own = english.get(name, {}).get(key, "")
            if text := meaning(name, key) or said.get(own, ""):  # a block that takes a key over from another says the same of it
                field["description"] = text
    for name, room in _ROOMS.items():
        for choice in schema["$defs"][name]["anyOf"][1:]:
            if "description" in choice:
                choice["description"] = in_a_sentence(room, choice["properties"]["method"]["const"], "zh")


@cache  # the pages of the documentation ask for each block
def descriptions() -> dict[str, dict[str, str]]:
    """Return what the text under each field of the model says, by block and key as YAML has it."""
    said: dict[str, dict[str, str]] = {}
    for block in (block for file in _FILES for block in ast.parse(inspect.getsource(file)).body):
        if isinstance(block, ast.ClassDef):
            own = {}
            for field, text in zip(block.body, block.body[1:], strict=False):
                if isinstance(field, ast.AnnAssign) and isinstance(text, ast.Expr) and isinstance(text.value, ast.Constant):
                    own[ast.unparse(field.target).rstrip("_")] = " ".join(str(text.value.value).split())
            inherited = {key: text for base in block.bases for key, text in said.get(ast.unparse(base), {}).items()}
            said[block.name] = inherited | own
    said["Index"] = said.pop("Written")
    return said


def _choices(room: str, shared: dict[str, Any]) -> dict[str, Any]:
    """Let a method be written by its name alone, or with exactly its own parameters."""
    names = {"enum": list(CATALOGUE[room]), "type": "string"}
    return {"anyOf": [names, *(_method(room, method, shared) for method in CATALOGUE[room])]}


def _method(room: str, method: str, shared: dict[str, Any]) -> dict[str, Any]:
    takes = parameters(room, method)
    record = RECORDS[room][method]
    own = {
        name: _bounded(TypeAdapter(parameter.type).json_schema(), record.bounds.get(name, ANY))
        for name, parameter in takes.items()
    }
    for name in record.values if isinstance(record, Normaliser) else ():
        own[name] = {"anyOf": [*own[name].get("anyOf", [own[name]]), _OF_EACH_KIND]}
    for name in takes if room == "normalise" else ():
        own[name] = {"anyOf": [*own[name].get("anyOf", [own[name]]), _of_each_group(own[name])]}
    for name, parameter in takes.items():
        if not parameter.required:
            own[name]["default"] = parameter.default
    return {
        "type": "object",
        "description": about(room, method),
        "properties": {"method": {"const": method}, **own, **shared},
        "required": ["method", *(name for name, parameter in takes.items() if parameter.required)],
        "additionalProperties": False,
    }


def _bounded(schema: dict[str, Any], bounds: Bounds) -> dict[str, Any]:
    """Put the bounds of a parameter beside each number in its schema, and how many entries a list must have."""
    if schema.get("type") in ("number", "integer"):
        limits = {
            "minimum": bounds.at_least,
            "exclusiveMinimum": bounds.above,
            "maximum": bounds.at_most,
            "exclusiveMaximum": bounds.below,
        }
        return schema | {key: limit for key, limit in limits.items() if limit is not None}
    if schema.get("type") == "array" and bounds.entries > 1:
        schema = schema | {"minItems": bounds.entries}
    inside = bounds._replace(entries=1)
    schema |= {key: [_bounded(one, inside) for one in schema[key]] for key in ("anyOf", "prefixItems") if key in schema}
    return schema | ({"items": _bounded(schema["items"], inside)} if isinstance(schema.get("items"), dict) else {})


def _numbers_as_fractions(definitions: dict[str, Any]) -> None:
    """Let weights, and shares of what must be there, be written as fractions such as 1/3."""
    fraction = {"type": "string", "pattern": r"^\s*\d+\s*/\s*\d+\s*$"}
    for name in ("Indicator", "Dimension"):
        definitions[name]["properties"]["weight"]["anyOf"].append(fraction)
    definitions["RolledUp"]["properties"]["whole"]["anyOf"].append(fraction)
    for name, keys in (("Missing", ("coverage", "children")), ("Screen", ("coverage", "nonzero"))):
        for key in keys:
            own = definitions[name]["properties"][key]
            number = {part: own.pop(part) for part in ("type", "minimum", "maximum") if part in own}
            own["anyOf"] = [number, fraction]


def _by_group(definitions: dict[str, Any]) -> None:
    """Let what may differ by groups of units be so: an object of a column of the units table, and a value for each group."""
    for name, key in (
        ("Indicator", "weight"),
        ("Dimension", "weight"),
        ("Indicator", "full"),
        ("NodeDefaults", "full"),
        ("Defaults", "full"),
    ):
        own = definitions[name]["properties"][key]
        own["anyOf"].append(_of_each_group({"anyOf": [one for one in own["anyOf"] if one != {"type": "null"}]}))


def _of_each_group(value: dict[str, Any]) -> dict[str, Any]:
    by = {"by": {"type": "string"}}
    return {"type": "object", "properties": by, "required": ["by"], "minProperties": 2, "additionalProperties": value}


def _grades_in_short(own: dict[str, Any]) -> None:
    """Let grades be written by what parts them, with names."""
    each = {part: own.pop(part) for part in ("type", "items")}
    names = {"type": "array", "items": {"type": "string"}}
    parts = {
        "natural-breaks": {"type": "integer", "minimum": 2},
        "mean-sd": {"anyOf": [{"enum": list(DEVIATIONS)}, {"type": "array", "items": {"type": "number"}}]},
        "rsr": {"enum": list(PROBITS)},
    }
    levels = {"enum": ["coordination", "coupling"]}
    own_keys = {key: {key: part, "names": names, "names_en": names} for key, part in parts.items()}
    own_keys |= {key: {key: {"const": 1}, "full": {"type": "number", "exclusiveMinimum": 0}} for key in levels["enum"]}
    short = [
        {"type": "object", "properties": keys, "required": [key], "additionalProperties": False} for key, keys in own_keys.items()
    ]
    own["anyOf"] = [each, levels, *short]


def _by_period(definitions: dict[str, Any]) -> None:
    """Let what may be written by period be so: an object of periods, each with its value."""
    for name in ("Indicator", "Dimension", "Root", "Defaults", "Ranking", "NodeRanking", "Adjustment", "Veto", "Boards"):
        for key, own in definitions[name]["properties"].items():
            if key in BY_PERIOD:
                value = {part: own.pop(part) for part in list(own) if part not in ("default", "title", "description")}
                periods = {"type": "object", "patternProperties": {r"^(R\d+|\d{4}.*)$": value}, "additionalProperties": False}
                own["anyOf"] = [*(value["anyOf"] if list(value) == ["anyOf"] else [value]), periods]


def _in_short(*children: dict[str, Any]) -> None:
    """Let nodes stand in a list, or below their ids, there with a name and a weight alone in short."""
    for own in children:
        node = own["items"]
        several = {key: own.pop(key) for key in ("type", "items", "minItems")} | {
            "items": {"anyOf": [{"required": ["id"], **node}, {"type": "string"}]}
        }
        parts = {"type": "array", "maxItems": 3, "items": {"type": ["string", "number"]}}
        short = {"anyOf": [node, {"type": ["string", "number", "null"]}, parts]}
        own["anyOf"] = [several, {"type": "object", "minProperties": 1, "additionalProperties": short}]


def _one_or_several(alternatives: dict[str, Any]) -> None:
    """Let alternatives be one or a list, not to treat or estimate be one too, and weights and errors have a short form."""
    for factor in ("weights", *FACTORS):
        each = alternatives[factor].pop("items")
        if factor in ("treat", "impute"):
            each = {"anyOf": [{"const": NONE}, each]}
        elif factor == "weights":
            each = {"anyOf": [{"enum": ["dirichlet", "perturb"]}, each]}
        del alternatives[factor]["type"]
        alternatives[factor]["anyOf"] = [each, {"type": "array", "items": each}]
    alternatives["noise"]["anyOf"].append({"type": "number", "exclusiveMinimum": 0})
