"""What the commands of analyses do: read what is uncertain, and show results as text and as data for `--json`."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ..engine.frames import some
from ..findings import Finding, Language, Place, errors, finding
from ..methods.arrays import np
from ..spec.model import FACTORS, Alternatives, Index
from .project import Project
from .results import Result

if TYPE_CHECKING:
    from ..analysis.rescore import Undefined
    from ..analysis.uncertainty import Uncertainty

MOST_ROWS = 300


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


def alternatives_of(project: Project, index: Index, given: Mapping[str, str | None], noise: float | None) -> Alternatives:
    """Return what is uncertain: the tree's own block, with what was said on the command line in its place; or refuse."""
    from ..analysis.alternatives import Inputs, changed
    from ..spec.checks import check_uncertainty

    said: dict[str, Any] = {key: tuple(text.replace(" ", "").split(",")) for key, text in given.items() if text}
    if "weights" in said:
        said["weights"] = tuple(_weights(project, text) for text in said["weights"])
    if noise is not None:
        said["noise"] = noise
    own = index.uncertainty or Alternatives()
    read = Alternatives.model_validate(said)
    alternatives = own.model_copy(update={key: getattr(read, key) for key in said})
    if said:
        found = [Finding(one.code, Place(), one.values) for one in check_uncertainty(changed(index, uncertainty=alternatives))]
        if errors(found, strict=project.strict):
            project.refuse(found)
        project.print_findings(found)
    inputs = Inputs(index, alternatives)
    if not inputs.names and all(not getattr(alternatives, factor) for factor in FACTORS):
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


def uncertainty_result(found: Uncertainty, level: float, apart: float, top: int | None, language: Language) -> Result:
    """Return each unit's rank with what it was in the draws, and who cannot be told from whom."""
    from ..report.tables import Heading, Sheet, Value, notes, shortened
    from ..report.text import as_text
    from ..report.words import word

    units, decimals = found.scores.panel.units, found.scores.index.index.decimals
    order = [int(unit) for unit in np.argsort(np.where(np.isnan(found.places), np.inf, found.places), kind="stable")]
    interval, tied = found.interval(level), found.tied(apart)
    columns: list[tuple[Heading, list[Any]]] = [
        (Heading(word("rank", language), "rank"), [_number(found.places[unit]) for unit in order]),
        (
            Heading(found.scores.index.units.label if language == "zh" else found.scores.index.units.label_en, "text"),
            [units.title(unit, language) for unit in order],
        ),
        (Heading(word("score", language), "score", strong=True), [_number(found.declared[unit]) for unit in order]),
        (Heading(word("median rank", language), "count"), [_number(found.quantile(0.5)[unit]) for unit in order]),
        (
            Heading(word("rank interval", language).format(level=f"{level:.0%}"), "code"),
            [_range(interval[unit], language) for unit in order],
        ),
    ]
    if tied is not None:
        columns.append((Heading(word("tied places", language), "code"), [_range(tied[unit], language) for unit in order]))
    if top is not None:
        columns.append(
            (Heading(word("in the top", language).format(k=top), "percent"), [float(found.top(top)[unit]) for unit in order])
        )
    columns += [
        (Heading(word("mean score", language), "score"), [_number(found.means[unit]) for unit in order]),
        (Heading(word("spread", language), "score"), [_number(found.deviations[unit]) for unit in order]),
    ]
    if found.unranked.any():
        columns.append((Heading(word("without a rank", language), "percent"), [float(found.unranked[unit]) for unit in order]))
    rows: tuple[tuple[Value, ...], ...] = tuple(zip(*(values for _, values in columns), strict=True))
    places = [row[0] for row in rows]
    ties = frozenset(at for at, place in enumerate(places) if place is not None and places.count(place) > 1)
    groups = found.groups(apart)
    said = [word("drawn", language).format(draws=found.draws, seed=found.seed, inputs=uncertain(found.inputs.names, language))]
    for group in groups:
        named = ("、" if language == "zh" else ", ").join(units.title(unit, language) for unit in group)
        first, last = found.places[group[0]], found.places[group[-1]]
        said.append(word("not told apart", language).format(units=named, places=_range((first, last), language)))
    node = found.scores.tree.nodes[found.at[1]].title(language)
    sheet = Sheet(node, tuple(heading for heading, _ in columns), rows, ties, decimals, (*said, *notes(found.scores, language)))
    text = as_text(shortened(sheet, MOST_ROWS, language), language)
    return f"{node} · {found.period}\n{text}", uncertainty_data(found, level, apart, groups)


def uncertain(names: Sequence[str], language: Language) -> str:
    """Name what is uncertain in few words: the weights by their number."""
    from ..report.words import word

    weights = sum(name.startswith("weights:") for name in names)
    parts = [word("weights of nodes", language).format(count=weights)] if weights else []
    parts += [word(name, language) for name in names if not name.startswith("weights:")]
    return ("、" if language == "zh" else ", ").join(parts) or "–"


def uncertainty_data(found: Uncertainty, level: float, apart: float, groups: list[list[int]]) -> dict[str, Any]:
    """Return the same as data, the whole distributions too."""
    ids, tied, interval = found.scores.panel.units.ids, found.tied(apart), found.interval(level)
    steps = [_number(step) for step in found.steps]
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
                "rank": _number(found.places[at]),
                "score": _number(found.declared[at]),
                "median_rank": _number(found.quantile(0.5)[at]),
                "rank_interval": [_number(end) for end in interval[at]],
                "tied": None if tied is None else [_number(end) for end in tied[at]],
                "mean": _number(found.means[at]),
                "sd": _number(found.deviations[at]),
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


def _range(ends: Any, language: Language) -> str:
    """Two places as people write a range."""
    from ..report.words import word

    first, last = (word("none", language) if np.isnan(end) else f"{end:g}" for end in ends)
    return first if first == last else f"{first}–{last}"


def _number(value: Any) -> float | None:
    number = float(value)
    return number if np.isfinite(number) else None
