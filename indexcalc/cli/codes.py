"""`indexcalc codes`."""

from __future__ import annotations

from typing import Annotated, Any, Unpack

import typer

from ..findings import Language, nearest
from ..jobs.project import refuse
from .open import opened
from .options import Options, takes


@takes(common=("lang", "json"))
def codes(
    code: Annotated[str | None, typer.Argument(help="A finding's code, such as IC201. Default: all are listed.")] = None,
    **options: Unpack[Options],
) -> None:
    """Say what a finding means."""
    with opened(options) as project:
        project.print(*(_listed(project.language) if code is None else _meaning(code, project.language)))


def _listed(language: Language) -> tuple[str, Any]:
    from ..words.findings import MESSAGES, plain_words

    listed = {code: plain_words(message.text[language], language) for code, message in sorted(MESSAGES.items())}
    return "\n".join(f"{code}  {text.splitlines()[0]}" for code, text in listed.items()), listed


def _meaning(code: str, language: Language) -> tuple[str, Any]:
    """Return what a code means, or refuse with the nearest."""
    from ..words.findings import BRACKETS, MESSAGES, SEVERITIES, plain_words
    from ..words.reports import word
    from ..words.site import finding_page

    message = MESSAGES.get(code.upper())
    if message is None:
        refuse("IC507", found=code, near=nearest(code.upper(), MESSAGES))
    said, hint = (plain_words(words[language], language) for words in (message.text, message.hint))
    data = {
        "code": code.upper(),
        "severity": message.severity,
        "text": message.text,
        "hint": message.hint,
        "about": message.about,
    }
    heading = code.upper() + BRACKETS[language].format(SEVERITIES[language][message.severity])
    documented = word.documented(language).format(page=finding_page(code.upper()))
    return "\n".join([heading, said, hint, "", message.about[language], "", documented]), data
