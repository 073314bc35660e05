"""Numbers and the nouns beside them: `{count} {count:file|files}` in a text is "1 file", or "2 files"."""

from __future__ import annotations

from typing import Any


class Quoted(str):
    """A value as it is shown in a text, which says `one|many` by whether it is 1."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        """Return the value itself, or the word that agrees with it."""
        one, bar, many = spec.partition("|")
        if not bar:
            return super().__format__(spec)
        return one if self == "1" else many


class Phrase(str):
    """A text of a report or the screen in one language, to be filled with values."""

    __slots__ = ()

    def format(self, *args: Any, **values: Any) -> str:
        """Fill in values, with nouns that agree with whole numbers."""
        counted = {name: Quoted(value) if type(value) is int else value for name, value in values.items()}
        return super().format(*args, **counted)
