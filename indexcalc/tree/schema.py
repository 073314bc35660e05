"""The JSON Schema of the tree, for editors: the model's own, with the methods that the catalogue has."""

from __future__ import annotations

import ast
import inspect
import json
from typing import Any

from pydantic import TypeAdapter

from ..methods import CATALOGUE, about, parameters
from .blocks import adjustments, choices, data, form, logic, nodes, uncertainty, warnings, whole
from .blocks.choices import FACTORS, NONE, Impute, Method, Normalise, Treat, Weights
from .model import Index

ID = "indexcalc.schema.json"
_FILES = (choices, data, nodes, adjustments, form, logic, uncertainty, warnings, whole)


def schema_text() -> str:
    """Write the JSON Schema of `indicators.yaml`."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=1) + "\n"


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of `indicators.yaml`, every method with its parameters."""
    schema = Index.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["$id"] = ID
    definitions = schema["$defs"]
    for name, room, own in (
        ("Normalise", "normalise", Normalise),
        ("Method", "aggregate", Method),
        ("Impute", "impute", Impute),
        ("Treat", "treat", Treat),
        ("Weights", "weights", Weights),
    ):
        shared = {key: value for key, value in definitions[name]["properties"].items() if key != "method"}
        assert set(shared) == set(own.model_fields) - {"method"}
        definitions[name] = _choices(room, shared)
    _one_or_several(definitions["Alternatives"]["properties"])
    _numbers_as_fractions(definitions)
    shorthands = [("Indicator", "shrink"), *((owner, "score_over_units") for owner in ("Indicator", "Dimension", "Root"))]
    for owner, key in shorthands:
        definitions[owner]["properties"][key]["anyOf"].insert(0, {"type": "string"})
    definitions["Data"]["anyOf"] = [{"required": [key]} for key in definitions["Data"].pop("required")] + [
        {"required": ["ledger"]}
    ]
    for name, said in descriptions().items():
        block = schema if name == "Index" else definitions.get(name, {})
        for key, text in said.items():
            if key in block.get("properties", {}):
                block["properties"][key]["description"] = text
    return schema


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
    own = {name: TypeAdapter(parameter.type).json_schema() for name, parameter in takes.items()}
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
