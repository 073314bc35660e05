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
    name: Annotated[
        str | None, typer.Argument(help="A method or a step, for all that is known of it. Default: all are listed.")
    ] = None,
    **options: Unpack[Options],
) -> None:
    """List the methods with their parameters."""
    with opened(options) as project:
        project.print(*(_listed(project.language) if name is None else _known(name, project.language)))


def _listed(language: Language) -> tuple[str, Any]:
    """Return every method by step, with its parameters and what it does in a sentence."""
    from ..methods import CATALOGUE, about, parameters
    from ..report.formats.text import as_text
    from ..report.sheets.sheet import Heading, Sheet
    from ..tree.terms import key_title, method_title
    from ..words.methods import in_a_sentence
    from ..words.reports import word

    headings = (
        Heading(word.step(language), "text"),
        Heading(word.method(language), "text", strong=True),
        *([Heading(word.title(language), "text", strong=True)] if language == "zh" else []),
        Heading(word.about(language), "prose"),
        Heading(word.parameters(language), "prose"),
    )
    rows, data = [], []
    for room, known in CATALOGUE.items():
        for method in known:
            taken = parameters(room, method)
            shown = [name if parameter.required else f"{name}={parameter.default}" for name, parameter in taken.items()]
            title, sentence = method_title(method, language, room), in_a_sentence(room, method, language) or about(room, method)
            names = ["" if title == method else title] if language == "zh" else []
            rows.append((key_title(room, language), method, *names, sentence, " ".join(shown)))
            data.append({"room": room, "method": method, "parameters": shown, "about": about(room, method)})
    return as_text(Sheet("", headings, tuple(rows)), language), data


def _known(name: str, language: Language) -> tuple[str, Any]:
    """Return all that is known of a method or a step by its name, or refuse with the nearest one."""
    from ..findings import nearest
    from ..jobs.project import refuse
    from ..methods import CATALOGUE, RECORDS
    from ..words.methods import ENTRIES
    from ..words.reports import word
    from ..words.site import method_page

    texts = {room: entries[name][language] for room, entries in ENTRIES.items() if name in entries}
    for room, methods in CATALOGUE.items():  # one that no page has yet is known by its own words
        if name in methods and room not in texts:
            texts[room] = f"{room}: {name}\n\n{inspect.getdoc(methods[name])}"
    in_chinese = {term: method for records in RECORDS.values() for method, one in records.items() for term in one.terms}
    if not texts and not name.isascii() and name in in_chinese:
        return _known(in_chinese[name], language)
    if not texts:
        every = [known for entries in ENTRIES.values() for known in entries]
        every += [known for methods in CATALOGUE.values() for known in methods]
        refuse("IC530", found=name, near=nearest(name, every), rooms=list(ENTRIES))
    pages = [word.documented(language).format(page=method_page(room, name)) for room in texts if name in ENTRIES.get(room, ())]
    return "\n\n".join([*texts.values(), *pages]), texts
