"""`indexcalc evolution`."""

from __future__ import annotations

from functools import partial
from math import isfinite
from typing import Annotated, Literal, Unpack

import typer

from .open import opened
from .options import Options, takes


@takes("period", "node", "level", "as_of", "keep", "seed")
def evolution(
    context: typer.Context,
    columns: Annotated[
        str | None,
        typer.Option("--by", help="Columns of units that groups are made of, each inside the one before. Default: group."),
    ] = None,
    weight: Annotated[
        str | None, typer.Option("--weight", help="A column of units or data by which Theil's index weighs units.")
    ] = None,
    neighbours: Annotated[
        str | None,
        typer.Option(
            "--neighbours",
            help="Who is next to whom: a CSV file headed unit and neighbour, a GeoJSON file, nearest:4, within:50 (km) "
            "or inverse (of distance).",
        ),
    ] = None,
    at: Annotated[
        str | None,
        typer.Option("--at", help="The columns of units with their coordinates, such as lon,lat. Default: a GeoJSON's."),
    ] = None,
    degrees: Annotated[
        bool, typer.Option("--degrees/--plane", help="Coordinates are longitude and latitude, or those of a plane.")
    ] = True,
    ellipse: Annotated[
        Literal["yuill", "arcgis", "crimestat"],
        typer.Option("--ellipse", help="How large ellipses of deviations are drawn: as Yuill, ArcGIS or CrimeStat do."),
    ] = "yuill",
    controls: Annotated[
        str | None,
        typer.Option("--controls", help="Conditional columns of β convergence: indicators, nodes, columns of data or units."),
    ] = None,
    standardise: Annotated[
        bool | None,
        typer.Option(
            "--standardise/--no-standardise",
            help="Scale the weights of a unit's neighbours to add up to 1, for Moran's I and Geary's C. Default: to 1.",
        ),
    ] = None,
    bandwidth: Annotated[
        str | None,
        typer.Option(
            "--bandwidth", help="How wide kernels are: silverman, normal (1.06 s n^(-1/5)) or a number. Default: silverman."
        ),
    ] = None,
    points: Annotated[
        str | None,
        typer.Option("--points", help="Scores at which densities are told too, such as 40,50,60, beside 101 along all scores."),
    ] = None,
    classes: Annotated[
        int | None, typer.Option("--classes", min=2, help="How many classes of scores units move between. Default: 4.")
    ] = None,
    permutations: Annotated[
        int, typer.Option("--permutations", min=0, help="How many random permutations Moran's I is tested against.")
    ] = 999,
    **options: Unpack[Options],
) -> None:
    """Say how scores evolve: differences by groups, convergence, shape, moves between classes, neighbours."""
    from ..jobs.evolution import declared
    from ..jobs.evolution import evolution as ask
    from ..report.answers.evolution import evolution_answer
    from .give import give

    def pair_of(said: str) -> tuple[str, str]:
        names = said.split(",")
        if len(names) != 2:
            raise typer.BadParameter(said, param_hint="--at")
        return names[0], names[1]

    def number_of(said: str, option: str) -> float:
        try:
            found = float(said)
        except ValueError:
            found = float("nan")
        if not isfinite(found) or (option == "--bandwidth" and found <= 0):
            raise typer.BadParameter(said, param_hint=option)
        return found

    with opened(options) as project:
        scores = project.scores()
        said = {
            "by": None if columns is None else columns.split(","),
            "weight": weight,
            "neighbours": neighbours,
            "classes": classes,
            "at": None if at is None else pair_of(at),
            "standardise": standardise,
            "bandwidth": bandwidth if bandwidth in (None, "silverman", "normal") else number_of(bandwidth, "--bandwidth"),
            "points": None if points is None else [number_of(one, "--points") for one in points.split(",")],
            "controls": None if controls is None else controls.split(","),
        }
        asked = declared(project, scores) | {name: own for name, own in said.items() if own is not None}
        result = ask(
            scores,
            options["node"],
            period=options["period"],
            permutations=permutations,
            seed=options["seed"],
            degrees=degrees,
            ellipse=ellipse,
            **asked,
        )
        give(
            context, project, partial(evolution_answer, result), (result.periods[-1], options["node"] or ""), [(project, scores)]
        )
