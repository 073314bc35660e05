"""The options that commands share, each declared once, and the decorator that gives them to a command."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, TypeVar, cast, get_type_hints

import typer

from ..jobs.project import INDEX
from .arguments import Group

if TYPE_CHECKING:
    from ..jobs.uncertain import Words

Lang = Literal["zh", "en"]
Spoken = Annotated[Literal["zh", "en", "both"] | None, typer.Option("--lang", help="zh, en, or both in one page. Default: zh.")]
"""The language of what may be written in two."""
Command = TypeVar("Command", bound=Callable[..., None])


class Options(TypedDict, total=False):
    """What commands are told alike: a command has those that it names, and the ones of every command."""

    index: Annotated[str, typer.Option("--index", help="The tree: its YAML file, or the folder of it.")]
    data: Annotated[str | None, typer.Option("--data", help="Where relative paths of data start. Default: the tree's folder.")]
    period: Annotated[str | None, typer.Option("--period", help="A period such as 2022Q3 or 2022. Default: the newest.")]
    periods: Annotated[
        str | None, typer.Option("--period", help="A period such as 2022Q3 or 2022, or `all`. Default: the newest.")
    ]
    before: Annotated[str | None, typer.Option("--from", help="The earlier period. Default: the one before --to.")]
    after: Annotated[str | None, typer.Option("--to", help="The later period. Default: the newest.")]
    node: Annotated[str | None, typer.Option("--node", help="A node, by its id or name. Default: the index itself.")]
    level: Annotated[
        str | None,
        typer.Option(
            "--level", help="Take the units of this level, such as street. Default: that of `units.score`, or the top one."
        ),
    ]
    as_of: Annotated[
        str | None,
        typer.Option("--as-of", help="Read ledgers as they were at this moment, such as 2022-10-15 or 2022-10-15T18:00+08:00."),
    ]
    formats: Annotated[
        str | None,
        typer.Option(
            "--format",
            help="What people read: html, xlsx, md, svg, png, pdf, docx, page (of the index itself) with commas, or none. "
            "Default: html,xlsx,md.",
        ),
    ]
    out: Annotated[str | None, typer.Option("--out", help="Where reports go. Default: reports beside the tree.")]
    keep: Annotated[
        str | None,
        typer.Option("--out", help="A folder to write the whole result into: workbook, CSV, JSON. Default: it is only shown."),
    ]
    every: Annotated[
        bool, typer.Option("--all", help="Work on all units, however many; otherwise on the first few hundred, which is said.")
    ]
    ledger: Annotated[
        str | None,
        typer.Option(
            "--ledger", help="The ledger: a file, or the URL of a PostgreSQL database. Default: the tree's own, or ledger.sqlite."
        ),
    ]
    department: Annotated[str | None, typer.Option("--department", help="Only what this department reports.")]
    decimals: Annotated[
        int | None,
        typer.Option("--decimals", min=0, max=12, help="Decimals of the weights. Default: 4, or 2 where 100 is the sum."),
    ]
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change; write nothing.")]
    write: Annotated[bool, typer.Option("--write", help="Write the weights into the tree.")]
    note: Annotated[str, typer.Option("--note", help="Why, for the history.")]
    by: Annotated[str, typer.Option("--by", help="Who, for the history. Default: the user's name.")]
    weights: Annotated[
        str | None,
        typer.Option(
            "--weights",
            help="How weights are drawn: dirichlet for any, dirichlet:50 for some around those that stand, "
            "the nearer the more, perturb:0.25 for each up or down by a quarter. Default, as below: the tree's `uncertainty`.",
        ),
    ]
    normalise: Annotated[
        str | None,
        typer.Option("--normalise", help="Normalisers to draw from, separated by commas, by their names in `indexcalc methods`."),
    ]
    aggregate: Annotated[str | None, typer.Option("--aggregate", help="Ways of aggregating to draw from.")]
    treat: Annotated[str | None, typer.Option("--treat", help="Treatments of outliers to draw from, and none.")]
    impute: Annotated[str | None, typer.Option("--impute", help="Estimates of missing values to draw from, and none.")]
    noise: Annotated[
        float | None,
        typer.Option("--noise", help="Errors of values: their standard deviation, as a share of the indicator's.", min=1e-12),
    ]
    seed: Annotated[int, typer.Option("--seed", help="Seed of what is drawn at random; recorded in run.json.")]
    lang: Annotated[Lang | None, typer.Option("--lang", help="zh or en. Default: the locale's on screen, zh in reports.")]
    json: Annotated[bool, typer.Option("--json", help="Print results and findings as JSON.")]
    strict: Annotated[bool, typer.Option("--strict", help="Refuse on warnings too.")]
    quiet: Annotated[bool, typer.Option("--quiet", help="Print errors alone.")]


DEFAULTS: dict[str, Any] = {"index": INDEX, "seed": 0, "note": "", "by": ""}
_KINDS = get_type_hints(Options, include_extras=True)
UNCERTAIN = ("weights", "normalise", "aggregate", "treat", "impute", "noise")
"""What is uncertain, in place of what the tree says."""
COMMON = ("index", "data")
SPEAKING = ("lang", "json", "strict", "quiet")
GROUP: dict[str, Any] = {
    "cls": Group,
    "no_args_is_help": True,
    "add_completion": False,
    "pretty_exceptions_enable": False,
    "rich_markup_mode": None,
    "context_settings": {"help_option_names": ["-h", "--help"]},
}
"""How every group of commands is made."""


def parameter(name: str) -> inspect.Parameter:
    """Return a shared option as a parameter of a command's signature."""
    kind = _KINDS[name]
    default = DEFAULTS.get(name, False if kind.__origin__ is bool else None)
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def words_of(options: Options) -> Words:
    """Return what is said to be uncertain among some options."""
    return cast("Words", {name: options.get(name) for name in UNCERTAIN})


def takes(*shared: str, common: Sequence[str] = (*COMMON, *SPEAKING)) -> Callable[[Command], Command]:
    """Let a command take some shared options and the common ones, which reach it by their names in `**options`."""

    def with_options(function: Command) -> Command:
        kinds = get_type_hints(function, include_extras=True)
        own = [
            one.replace(annotation=kinds[one.name])
            for one in inspect.signature(function).parameters.values()
            if one.kind is not inspect.Parameter.VAR_KEYWORD
        ]
        names = (*(one for one in common if one in COMMON), *shared, *(one for one in common if one in SPEAKING))
        parameters = [*own, *map(parameter, names)]
        vars(function)["__signature__"] = inspect.Signature(parameters)  # what typer reads
        function.__annotations__ = {one.name: one.annotation for one in parameters}
        return function

    return with_options
