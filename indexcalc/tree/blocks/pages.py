"""What reports show and which analyses are run for them, and what everybody may see of them."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ...words.recognised import KINDS_OF_PAPER, kind_of_paper
from .choices import Part

Analysis = Literal["uncertainty", "change", "target", "robustness"]
Open = Literal["values", "addresses", "departments", "warnings"]


class Outlines(Part):
    """The outlines of the units for maps, in a GeoJSON file."""

    geojson: str
    """The file."""
    id: str = "id"
    """The property of its features that says which unit one is: the unit's id, name or alias."""
    licence: str = ""
    """Under which number or licence the outlines may be shown; it stands below each map."""


class Pages(Part):
    """What reports show, and which analyses are run for them."""

    title: str = ""
    """The title of reports, in Chinese. Default: the name of the index."""
    title_en: str = ""
    """The title in English."""
    analyses: Annotated[tuple[Analysis, ...], Field(strict=False)] = ("uncertainty", "change")
    """Which are run up to 300 units: how sure ranks are, why scores changed, the least effort to the next rank, the smallest
    change of weights that turns neighbours. The last two take seconds a unit."""
    periods: Literal["newest", "all"] = "newest"
    """For which of the periods that are written together."""
    moved_at_least: int = Field(default=2, ge=1)
    """How many places a unit must move to have a sentence."""
    kind: Annotated[
        Literal["monitoring", "bulletin"], BeforeValidator(kind_of_paper), WithJsonSchema({"enum": [*KINDS_OF_PAPER]})
    ] = "monitoring"
    """What the report on paper is: a monitoring report, or a bulletin."""
    named: int = Field(default=0, ge=0, le=20)
    """How many of the first and of the last a bulletin names. Default: none."""
    template: str = ""
    """The Word document in whose styles and pages the report in Word is written. Default: styles of GB/T 9704."""
    pinned: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Units that are highlighted from the start, by id, name or alias."""
    map: Outlines | None = None
    """The user's own outlines. Default: tiles, where the units table has the columns tile_row and tile_col."""

    def heading(self, language: str) -> str:
        """Return the title in a language, or what there is of it."""
        return (self.title_en or self.title) if language == "en" else self.title
