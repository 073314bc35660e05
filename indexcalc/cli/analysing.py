"""What the commands of analyses do: read what is uncertain, and show results as text and as data for `--json`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from ..engine.frames import some
from ..findings import Finding, Language, Place, errors, finding
from ..report.numbers import finite
from ..tree.model import FACTORS, Alternatives, Index
from .answers import ELSEWHERE, Answer
from .project import Project
from .results import MOST_ROWS

if TYPE_CHECKING:
    from ..analysis.association import Flag, Group, Influence
    from ..analysis.rescore import Undefined
    from ..analysis.sensitivity import Indices, Left, Sensitivity
    from ..analysis.uncertainty import Uncertainty
    from ..report.sheets.tables import Sheet
    from ..scores import Scores
    from ..sources import Matched

MOST_SHOWN = 20  # of a table of nodes or inputs on a terminal


class Progress:
    """Show on a terminal how much is done and how long the rest will take."""

    def __init__(self, project: Project) -> None:
        self.shown = sys.stderr.isatty() and not project.quiet and not project.as_json
        self.english = project.language == "en"
        self.start = self.last = time.monotonic()

    def __call__(self, done: int, of: int) -> None:
        now = time.monotonic()
        if not self.shown or now - self.last < 0.2:
            return
        self.last = now
        left = round((now - self.start) * (of - done) / max(done, 1))
        clock = f"{left // 60}:{left % 60:02}"
        words = f"{done} of {of}, {clock} left" if self.english else f"{done} / {of}，还需 {clock}"
        print(f"\r\033[K{words}", end="", file=sys.stderr, flush=True)


def alternatives_of(
    project: Project, index: Index, given: Mapping[str, str | None], noise: float | None, *, needed: bool = True
) -> Alternatives:
    """Return what is uncertain: the tree's own block, with what was said on the command line in its place; or refuse."""
    from ..analysis.alternatives import Inputs
    from ..tree.checks import check_uncertainty

    said: dict[str, Any] = {key: tuple(text.replace(" ", "").split(",")) for key, text in given.items() if text}
    if "weights" in said:
        said["weights"] = tuple(_weights(project, text) for text in said["weights"])
    if noise is not None:
        said["noise"] = noise
    own = index.uncertainty or Alternatives()
    read = Alternatives.model_validate(said)
    alternatives = own.model_copy(update={key: getattr(read, key) for key in said})
    if said:
        found = [Finding(one.code, Place(), one.values) for one in check_uncertainty(index.changed(uncertainty=alternatives))]
        if errors(found, strict=project.strict):
            project.refuse(found)
        project.print_findings(found)
    inputs = Inputs(index, alternatives)
    if needed and not inputs.names and all(not getattr(alternatives, factor) for factor in FACTORS):
        project.refuse_one("IC752")
    return alternatives


def _weights(project: Project, text: str) -> dict[str, Any]:
    """Read dirichlet, dirichlet:50 or perturb:0.25."""
    method, colon, number = text.partition(":")
    key, most = {"dirichlet": ("concentration", float("inf")), "perturb": ("by", 1.0)}.get(method, ("", 0.0))
    try:
        value = float(number) if colon else 0.0
    except ValueError:
        value = -1.0
    if not key or (colon and not 0 < value <= most):
        project.refuse_one("IC756", found=text)
    return {"method": method, **({key: value} if colon else {})}


def uncertainty_findings(found: Uncertainty) -> list[Finding]:
    """Say what was undefined, whether the run was stopped, and whether pairs were compared."""
    alike: dict[tuple[str, str], list[Undefined]] = {}
    for one in found.undefined:
        alike.setdefault((one.method, ", ".join(_options(found, one).values()) or "–"), []).append(one)
    said = [
        finding(
            "IC754",
            found.scores.index.place_of(together[0].node),
            nodes=some([one.node for one in together]),
            draws=max(one.draws for one in together),
            all=found.draws,
            method=method,
            options=options,
        )
        for (method, options), together in alike.items()
    ]
    if found.draws < found.asked:
        said.append(finding("IC755", Place(), done=found.draws, asked=found.asked))
    if found.above is None and found.draws:
        said.append(finding("IC757", Place(), units=len(found.scores.panel.units)))
    return said


def _options(found: Uncertainty, one: Undefined) -> dict[str, str]:
    """The alternatives under which something was undefined, of the factors that were drawn."""
    return {
        factor: methods[at].method
        for factor, methods, at in zip(FACTORS, found.inputs.options, one.options, strict=True)
        if len(methods) > 1
    }


def uncertainty_answer(found: Uncertainty, level: float, apart: float, top: int | None, language: Language) -> Answer:
    """Return each unit's rank with what it was in the draws, and who cannot be told from whom."""
    from ..report.formats.text import as_text
    from ..report.sheets.analyses import draws_sheet, pairs_sheet, places_sheet
    from ..report.sheets.tables import shortened

    sheet, pairs = draws_sheet(found, level, apart, top, language), pairs_sheet(found, language)
    text = f"{sheet.title} · {found.period}\n{as_text(shortened(sheet, MOST_ROWS, language, ELSEWHERE), language)}"
    sheets = {"": sheet, "places": places_sheet(found, language), **({"pairs": pairs} if pairs else {})}
    return Answer(text, uncertainty_data(found, level, apart, found.groups(apart)), sheets)


def uncertainty_data(found: Uncertainty, level: float, apart: float, groups: list[list[int]]) -> dict[str, Any]:
    """Return the same as data, the whole distributions too."""
    ids, tied, interval = found.scores.panel.units.ids, found.tied(apart), found.interval(level)
    steps = [finite(step) for step in found.steps]
    return {
        "index": found.scores.index.index.id,
        "node": found.node,
        "period": found.period,
        "draws": found.draws,
        "seed": found.seed,
        "inputs": list(found.inputs.names),
        "alternatives": found.inputs.alternatives.model_dump(mode="json", exclude_defaults=True),
        "interval": level,
        "apart": apart,
        "places": steps,
        "units": [
            {
                "unit": name,
                "rank": finite(found.places[at]),
                "score": finite(found.declared[at]),
                "median_rank": finite(found.quantile(0.5)[at]),
                "rank_interval": [finite(end) for end in interval[at]],
                "tied": None if tied is None else [finite(end) for end in tied[at]],
                "mean": finite(found.means[at]),
                "sd": finite(found.deviations[at]),
                "without_a_rank": float(found.unranked[at]),
                "probabilities": found.probabilities[at].tolist(),
            }
            for at, name in enumerate(ids)
        ],
        "above": None if found.better is None else found.better.tolist(),
        "groups": [[ids[unit] for unit in group] for group in groups],
        "undefined": [
            {"node": one.node, "method": one.method, "draws": one.draws, "units": one.units, "options": _options(found, one)}
            for one in found.undefined
        ],
    }


@dataclass(frozen=True)
class _Hangs:
    """What a ranking hangs on, in five parts; without `choices` nothing could have been chosen otherwise."""

    scores: Scores
    period: str
    choices: Sensitivity | None
    left: Sequence[Left]
    influence: Influence
    groups: Sequence[Group]
    flags: Sequence[Flag]


def sensitivity_answers(
    project: Project,
    matched: Matched,
    scores: Scores,
    period: str,
    alternatives: Alternatives,
    rows: int,
    progress: Callable[[int, int], None],
) -> Callable[[Language], Answer]:
    """Work out what a ranking hangs on, in five parts: choices, nodes left out, weights in effect, groups, pairs to look at."""
    from ..analysis.alternatives import Inputs
    from ..analysis.association import flags, groups, influence
    from ..analysis.sensitivity import leave_out, sensitivity
    from ..sources import panel

    found = None
    if Inputs(scores.index, alternatives).names:
        found = sensitivity(scores, alternatives, period=period, rows=rows, seed=project.seed, progress=progress)
        project.progress("")
        if found.rows < found.asked:
            project.print_findings([finding("IC755", Place(), done=found.rows, asked=found.asked)])
    project.progress("score")
    left = sorted(leave_out(scores, panel(matched), period=period, level=project.level), key=lambda one: -one.shift)
    weighed, together, pairs = influence(scores, period), groups(scores, period), flags(scores, period)
    project.progress("")

    return partial(_sensitivity_answer, _Hangs(scores, period, found, left, weighed, together, pairs))


def _sensitivity_answer(on: _Hangs, language: Language) -> Answer:
    from ..report.formats.text import as_text
    from ..report.sheets import analyses as report
    from ..report.sheets.tables import shortened
    from ..words.reports import word

    scores = on.scores
    sheets: dict[str, Sheet] = {} if on.choices is None else {"choices": report.indices_sheet(on.choices, language)}
    sheets |= {
        "left-out": report.left_sheet(scores, on.left, language),
        "weights": report.influence_sheet(scores, on.influence, language),
        "groups": report.groups_sheet(scores, on.groups, language),
        "pairs": report.flags_sheet(scores, on.flags, language),
    }
    short = {key: shortened(sheet, MOST_SHOWN, language, ELSEWHERE) for key, sheet in sheets.items()}
    few = len(on.influence.nodes) <= 2 * MOST_SHOWN
    short["weights"] = report.influence_sheet(scores, on.influence, language, leaves=few)
    short["groups"] = sheets["groups"]
    sheets["correlations"] = report.correlations_sheet(scores, on.groups, language)
    heading = f"{scores.index.index.title(language)} · {on.period}"
    parts = [f"{sheet.title}\n{as_text(sheet, language)}" for sheet in short.values() if sheet.rows]
    note = [word("no choices", language)] if on.choices is None else []
    text = "\n\n".join([heading, *note, *parts])
    return Answer(text, _sensitivity_data(on), sheets)


def _sensitivity_data(on: _Hangs) -> dict[str, Any]:
    ids, found = on.scores.panel.units.ids, on.choices

    def indices(own: Indices, output: int) -> list[dict[str, Any]]:
        assert found is not None
        return [
            {
                "input": name,
                "first": finite(own.first[at, output]),
                "first_interval": _numbers(own.first_interval[at, output]),
                "total": finite(own.total[at, output]),
                "total_interval": _numbers(own.total_interval[at, output]),
            }
            for at, name in enumerate(found.inputs.names)
        ]

    sobol = None
    if found is not None:
        sobol = {
            "rows": found.rows,
            "seed": found.seed,
            "mean_shift": found.shift,
            "rank_shift": indices(found.ranks, 0),
            "units": None if found.units is None else {name: indices(found.units, at) for at, name in enumerate(ids)},
        }
    columns = ("nominal", "effective", "squared", "main", "importance", "squared_index", "main_index")
    return {
        "index": on.scores.index.index.id,
        "period": on.period,
        "sobol": sobol,
        "left_out": [
            {
                "node": one.node,
                "rank_correlation": finite(one.correlation),
                "mean_shift": one.shift,
                "largest": one.most,
                "unit": ids[one.unit],
            }
            for one in on.left
        ],
        "influence": [
            {"node": node, **{column: finite(getattr(on.influence, column)[at]) for column in columns}}
            for at, node in enumerate(on.influence.nodes)
        ],
        "groups": [
            {
                "node": group.node,
                "children": list(group.children),
                "pearson": [_numbers(row) for row in group.pearson],
                "spearman": [_numbers(row) for row in group.spearman],
                "alpha": finite(group.alpha),
                "explained": _numbers(group.explained),
                "loadings": [_numbers(row) for row in group.loadings],
                "inflation": _numbers(group.inflation),
                "condition": finite(group.condition),
            }
            for group in on.groups
        ],
        "flags": [
            {"kind": pair.kind, "nodes": [pair.one, pair.other], "correlation": finite(pair.correlation)} for pair in on.flags
        ],
    }


def _numbers(values: Any) -> list[float | None]:
    return [finite(value) for value in values]
