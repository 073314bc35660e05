"""What was typed, looked at before any of it is parsed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from typer.core import TyperGroup

from ..findings import Place, Refused, finding


class Commands(TyperGroup):
    """The commands; what was typed must be text, since it is kept and shown as such."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        refuse_bytes(args)
        return super().parse_args(ctx, args)


def _spelt_out(text: str) -> str:
    """Return an argument with the bytes that are no text as they are written in a shell."""
    try:
        return text.encode(errors="surrogateescape").decode(errors="backslashreplace")
    except UnicodeEncodeError:  # Windows has characters that are halves of one, not bytes
        return text.encode(errors="backslashreplace").decode()


def refuse_bytes(arguments: Sequence[str]) -> None:
    """Refuse an argument that is no text in UTF-8."""
    found = [
        finding("IC519", Place(), number=number, found=_spelt_out(text))
        for number, text in enumerate(arguments, start=1)
        if any("\ud800" <= letter <= "\udfff" for letter in text)
    ]
    if not found:
        return
    from .open import opened

    lang = next((value for option, value in pairwise(arguments) if option == "--lang"), None)
    with opened({"lang": lang, "json": "--json" in arguments}):
        raise Refused(found)
