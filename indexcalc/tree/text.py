"""The text of `indicators.yaml` made of its data: blocks one below the other, an indicator a line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import yaml

_DUMPER: Any = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WIDE = 1 << 30  # letters of a line that is never broken
_FIRST = ("index", "units", "periods", "data", "denominators", "defaults")
_LISTS = ("denominators", "adjustments", "logic", "grades", "outcomes", "goals")


def text_of(data: Mapping[str, Any], heading: str = "") -> str:
    """Write the data of a tree as YAML: a block a line, what is a list an entry a line, and the tree an indicator a line."""
    keys = [*(key for key in _FIRST if key in data), *(key for key in data if key not in (*_FIRST, "dimensions"))]
    lines = [f"# {line}" for line in heading.splitlines()]
    at = next((place for place, key in enumerate(keys) if key not in _FIRST), len(keys))
    for key in [*keys[:at], "dimensions", *keys[at:]]:
        value = data[key]
        if key == "dimensions":
            lines += ["dimensions:", *_children(value, 1)]
        elif key in _LISTS and isinstance(value, list) and value:
            lines += [f"{key}:", *(f"  - {flow(entry)}" for entry in value)]
        elif key == "data" and isinstance(value, Mapping) and value:
            lines += ["data:", *(f"  {flow(name)}: {flow(source)}" for name, source in value.items())]
        else:
            lines.append(f"{key}: {flow(value)}")
    return "\n".join(lines) + "\n"


def flow(value: Any) -> str:
    """Write a value in one line, as YAML has it between braces."""
    made: str = yaml.dump([value], Dumper=_DUMPER, default_flow_style=True, allow_unicode=True, width=_WIDE, sort_keys=False)
    return made.strip()[1:-1].strip()


def read_flow(text: str) -> Any:
    """Read a value that `flow` has written.

    :raises yaml.YAMLError: where it is none of YAML.
    """
    return yaml.load(text, Loader=_LOADER)  # noqa: S506 - the safe one, in C where there is one


def _children(nodes: list[Any], depth: int) -> Iterator[str]:
    """Yield the lines of some siblings: an inner node a line a key, with its children below it."""
    indent = "  " * depth
    for node in nodes:
        if "indicators" not in node:
            yield f"{indent}- {flow(node)}"
            continue
        mark = "- "
        for key, value in node.items():
            if key != "indicators":
                yield f"{indent}{mark}{key}: {flow(value)}"
                mark = "  "
        yield f"{indent}{mark}indicators:"
        yield from _children(node["indicators"], depth + 2)
