"""What reports show and which analyses are run for them, and what everybody may see of them."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema

from ...words.recognised import KINDS_OF_PAPER, kind_of_paper
from .choices import Part

Analysis = Literal["uncertainty", "change", "target", "robustness"]
Open = Literal["values", "addresses", "departments", "warnings"]
BY_DISTANCE = ("nearest", "within", "inverse")
"""How neighbours are told by distances; anything else names a file."""


def several(value: object) -> object:
    """Return a single name as a list of one."""
    return [value] if isinstance(value, str) else value


class Outlines(Part):
    """The outlines of the units for maps, in a GeoJSON file."""

    geojson: str
    """The file."""
    id: str = "id"
    """The property of its features that says which unit one is: the unit's id, name or alias."""
    licence: str = ""
    """Under which number or licence the outlines may be shown; it stands below each map."""


class Course(Part):
    """How scores evolved, which the report then shows: as `indexcalc evolution` says, and as it is asked for there by default."""

    by: Annotated[tuple[str, ...], BeforeValidator(several), Field(strict=False)] = ()
    """Columns of units that groups are made of, each inside the one before. Default: `group`."""
    weight: str = ""
    """A column of units or data by which Theil's index weighs units."""
    neighbours: str = ""
    """Who is next to whom: a file of pairs or outlines, `nearest:4`, `within:50` (kilometres) or `inverse`."""
    at: Annotated[tuple[str, ...], Field(strict=False, min_length=2, max_length=2)] | None = None
    """The two columns of units with their longitude and latitude. Default: the centres of outlines."""
    controls: Annotated[tuple[str, ...], BeforeValidator(several), Field(strict=False)] = ()
    """Conditional columns of β convergence: indicators, other nodes, columns of data or units."""
    classes: int = Field(default=4, ge=2)
    """How many classes of scores units move between."""
    bandwidth: Literal["silverman", "normal"] | Annotated[float, Field(gt=0, allow_inf_nan=False)] = "silverman"
    """The width of kernel densities: by Silverman's rule, `normal` (1.06 s n^(-1/5)), or a number of points."""
    standardise: bool = True
    """Whether the weights of a unit's neighbours are scaled to add up to 1, for Moran's I and Geary's C."""

    @property
    def file(self) -> str:
        """The file that says who is next to whom, if one does."""
        return "" if self.neighbours.partition(":")[0] in BY_DISTANCE else self.neighbours


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
    evolution: Course | None = None
    """Shows how scores evolved: `{}`, or `{neighbours: near.csv}` and the like. Default: not shown."""

    @property
    def files(self) -> tuple[str, ...]:
        """The files beside the tree that reports are made of, from the folder of data on."""
        named = (self.map.geojson if self.map else "", self.evolution.file if self.evolution else "")
        return tuple(name for name in named if name)

    def heading(self, language: str) -> str:
        """Return the title in a language, or what there is of it."""
        return (self.title_en or self.title) if language == "en" else self.title
