"""`indexcalc methods`."""

from __future__ import annotations

import inspect
from typing import Annotated, Any, Unpack

import typer

from ..findings import Language
from .open import opened
from .options import Options, takes


@takes(common=("lang", "json"))
def methods(
    name: Annotated[str | None, typer.Argument(help="A method, for all that is known of it.")] = None, **options: Unpack[Options]
) -> None:
    """List the methods with their parameters."""
    with opened(options) as project:
        project.print(*(_listed() if name is None else _known(name, project.language)))


def _listed() -> tuple[str, Any]:
    """Return every method by room, with its parameters and the first sentence of its documentation."""
    from ..methods import CATALOGUE, about, parameters
    from ..report.formats.text import aligned

    rows, data = [], []
    for room, known in CATALOGUE.items():
        for method in known:
            taken = parameters(room, method)
            shown = [name if parameter.required else f"{name}={parameter.default}" for name, parameter in taken.items()]
            rows.append([room, method, " ".join(shown), about(room, method)])
            data.append({"room": room, "method": method, "parameters": shown, "about": about(room, method)})
    return aligned(rows, [True] * 4), data


def _known(name: str, language: Language) -> tuple[str, Any]:
    """Return all that is known of a method or a step by its name, or refuse with the nearest one."""
    from ..findings import nearest
    from ..jobs.project import refuse
    from ..methods import CATALOGUE
    from ..words.methods import ENTRIES

    texts = {room: entries[name][language] for room, entries in ENTRIES.items() if name in entries}
    for room, methods in CATALOGUE.items():  # one that no page has yet is known by its own words
        if name in methods and room not in texts:
            texts[room] = f"{room}: {name}\n\n{inspect.getdoc(methods[name])}"
    if not texts:
        every = [known for entries in ENTRIES.values() for known in entries]
        every += [known for methods in CATALOGUE.values() for known in methods]
        refuse("IC530", found=name, near=nearest(name, every), rooms=list(ENTRIES))
    return "\n\n".join(texts.values()), texts
