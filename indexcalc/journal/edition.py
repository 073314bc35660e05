"""What a report is written as: formats, languages, and for whom."""

from __future__ import annotations

from typing import Literal, NamedTuple

Format = Literal["html", "xlsx", "md", "svg", "png", "pdf", "docx", "page"]
Audience = Literal["internal", "public"]
AUDIENCES: tuple[Audience, ...] = ("internal", "public")
FORMATS: tuple[Format, ...] = ("html", "xlsx", "md", "svg", "png", "pdf", "docx", "page")


class Edition(NamedTuple):
    """The formats of a report beside its tables, its languages (none for that of the report), who reads it, and of which unit.

    Without a unit a report is of all of them.
    """

    formats: tuple[str, ...] = ("html", "xlsx", "md")
    languages: tuple[str, ...] = ()
    audience: str = "internal"
    unit: str = ""

    @property
    def is_public(self) -> bool:
        """Whether it is for everybody: without values, addresses, departments and warnings."""
        return self.audience == "public"
