"""Weights of a project: shown, proposed in several ways, written into the tree with a line in its history, compared.

Each proposal is checked whole, with the ranks that it moves; `write` alone writes one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from ..analysis.differences import TwoTrees
from ..analysis.weights import History, Proposal, TreeWeights, moved_ranks, needs_scores, weights_of
from ..findings import Finding, Place, Refused, errors, finding
from ..journal.files import replace_files
from ..journal.history import Change, history_file, history_of, made_by_hand, read_history, with_changes
from ..journal.run import digest, digest_of
from ..tree import Index, read_index
from ..tree.blocks.choices import ByGroup
from ..tree.checks.said import titled
from ..tree.checks.weights import consistency_of, is_usable
from ..tree.declared import weights_said
from ..tree.edit import (
    WRITTEN,
    checked,
    exact_total,
    have_total,
    rescaled,
    set_weights,
    siblings,
    spread,
    weight_text,
    weights_method,
    written_weight,
)
from ..tree.model import Indicator, Method
from ..tree.patch import read_patch
from .names import declared_period, node_of, period_of
from .project import INDEX, PathLike, Project, project_of, refuse, refuse_file, user_name

if TYPE_CHECKING:
    from ..panel import Panel
    from ..scores import Scores


def weights(index: Project | Index | PathLike = INDEX, period: str | None = None) -> TreeWeights:
    """Return the tree with its weights; the data is scored only where weights are computed from it."""
    project = project_of(index)
    if not needs_scores(project.tree[0]):
        tree = project.index()
        meant = None if period is None or not tree.editions else declared_period(tree, period)
        return weights_of(tree.of_period(meant, tree.periods.kind) if meant else tree.editions[-1][2] if tree.editions else tree)
    scores = project.scores()
    shown = period_of(scores, period)
    return weights_of(scores.of_period(shown).index, scores.of_period(shown), shown)


def set_weight(project: Project, node: str, value: str, *, rescale: bool = False, period: str | None = None) -> Proposal:
    """Propose another weight of a node, such as 0.35 or 1/3; with `rescale`, its siblings share the rest as before."""
    index, _ = project.tree
    name = node_of(index, node)
    if name == index.index.id:
        refuse("IC607", node=name)
    if isinstance(own := index.by_id[name], Indicator) and not own.is_scored:
        refuse("IC270", index.place_of(name), node=name, keys=["weight"])
    weight = weight_text(value) or refuse("IC603", found=value)
    parent, names = siblings(index, name)
    _must_always_hold(index, [name])
    if (method := weights_method(index, parent)) not in WRITTEN:
        refuse("IC605", index.place_of(parent), node=parent, method=method)
    texts = {name: weight}
    if have_total(index, parent):
        scaled = rescaled(index, name, weight)
        if rescale:
            texts = scaled or _refuse_no_room(index, parent, names, name, weight)
        else:
            _check_sum(index, parent, names, texts, scaled or {})
    return propose(project, index, texts, period=period)


def suggest(
    project: Project,
    node: str | None = None,
    method: str = "entropy",
    parameters: Mapping[str, Any] | None = None,
    *,
    decimals: int | None = None,
    period: str | None = None,
) -> Proposal:
    """Propose the weights that a method gives the children of a node, or of every inner node, from their scores."""
    from ..engine import score

    index, panel = project.read()
    scores = project.accept(score(index, panel, level=project.level))
    index = scores.index
    choice = _choice(index, method, parameters or {})
    if node is None:
        branches = (one for one in index.tree.branches if one.is_weighed)
        inner = [branch.position for branch in branches if len(branch.children) > 1]
        nodes = [index.tree.nodes[position].id for position in sorted(inner, key=index.tree.reading_order.index)]
    else:
        nodes = [weighed_node(index, node)]
    when = period_of(scores, period)
    suggested = {name: _suggested(scores, when, name, choice) for name in nodes}
    undefined = [name for name, weights in suggested.items() if weights is None]
    problems = [finding("IC613", index.place_of(name), node=name, method=choice.method) for name in undefined]
    problems += [told for name, weights in suggested.items() if weights and (told := _unmet(scores, when, name, choice, weights))]
    if len(undefined) == len(nodes):
        raise Refused(problems)
    project.tell([*problems, *_judged(index, nodes[0], choice)])
    computed = {name: weights for name, weights in suggested.items() if weights is not None}
    return propose_computed(
        project, index, computed, decimals=decimals, scored=(scores, panel), period=when, method=choice.method
    )


def import_weights(project: Project, file: Path, *, period: str | None = None) -> Proposal:
    """Propose the weights of an edited workbook or another table, or refuse all of them with the cells that are wrong."""
    from ..books.weights import read_weights
    from ..sources.readers.excel import read_grids

    index = readable(project)
    grids, found = read_grids(file)
    if not grids or errors(found):
        raise Refused(found)
    texts, problems = read_weights(grids[0], index)
    project.go_on([*found, *problems])
    return propose(project, index, texts, period=period)


def apply_patch(project: Project, file: Path, *, period: str | None = None) -> Proposal:
    """Propose the weights of a patch that a report's page has saved, or refuse it on another tree than the one it is of."""
    index = readable(project)
    try:
        raw = file.read_bytes()
    except OSError as error:
        refuse_file(file, error)
    patch, found = read_patch(raw, file.as_posix(), index)
    if patch is None:
        raise Refused(found)
    now = digest_of(project.file)
    if patch.base != now:
        raise Refused([finding("IC523", patch.place, then=patch.base[:12], now=now[:12], file=project.file.as_posix())])
    project.go_on(found)
    parents = dict.fromkeys(siblings(index, node)[0] for node in patch.weights)
    computed = [parent for parent in parents if weights_method(index, parent) not in WRITTEN]
    return propose(project, index, patch.weights, given=computed, period=period)


def export_weights(project: Project, file: Path, *, period: str | None = None) -> None:
    """Write the tree with its weights into a workbook to be edited."""
    from ..books.weights import write_weights

    found = weights(project, period)
    language = project.report_language
    new_workbook(file, write_weights(found.index, found.rows(language), language))


def two_trees(project: Project, old: Path, *, period: str | None = None) -> TwoTrees:
    """Return what a project's tree and an older one are, and whose ranks differ on the same data."""
    trees = [read_index(file, shown=file.as_posix()) for file in (old, project.file)]
    found = [one for _, own in trees for one in own]
    (before, _), (after, _) = trees
    if before is None or after is None or errors(found):
        raise Refused(found)
    was, now = _scored(project, before, tell=False), _scored(project, after)
    one, other = (
        weights_of(index, scored[0], scored[0].periods[-1]) if scored else weights_of(index)
        for index, scored in ((before, was), (after, now))
    )
    if was is None or now is None:
        return TwoTrees(one, other, None)
    common = [label for label in now[0].periods if label in was[0].periods]
    when = period_of(now[0], period) if period else (common[-1] if common else "")
    return TwoTrees(one, other, moved_ranks(was[0], now[0], when) if when in common else None)


def history(project: Project, node: str | None = None) -> History:
    """Return the history of the weights, or of one node's."""
    index, found = project.tree
    changes, problems = read_history(project.file)
    found = [*errors(found), *problems]
    if made_by_hand(changes, project.file.read_bytes()):
        found.append(finding("IC639", Place(project.file.as_posix())))
    if node is not None:
        known = {change.node for change in changes}
        changes = history_of(changes, node if node in known else node_of(index, node))
    project.check(errors(problems))
    project.tell(found)
    return History(changes, index)


def write(project: Project, proposal: Proposal, *, why: str = "", by: str = "") -> list[Path]:
    """Write a proposal into the tree, with a line in the history for each weight that changes; return the files written."""
    changed = [(node, old, new) for node, (old, new) in proposal.weights.items() if old != new]
    return write_tree(project, proposal.before, proposal.after, changed, why=why, by=by)


def write_tree(
    project: Project, before: bytes, after: bytes, changed: Iterable[tuple[str, str, str]], *, why: str = "", by: str = ""
) -> list[Path]:
    """Write the text of a tree, with a line in its history for each node that changes, old and new; return the files written.

    Nothing is written where the file is not what was read before.
    """
    if before == after:
        return []
    tree, log = project.file, history_file(project.file)
    when = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    digests = digest(before), digest(after)
    who = by or user_name()
    changes = [Change(when, who, node, old, new, why, *digests) for node, old, new in changed]
    with project.alone():
        try:
            earlier = log.read_bytes() if log.exists() else b""
            if tree.read_bytes() != before:
                refuse("IC610", Place(tree.as_posix()))
            # the history first: a kill in between leaves a line whose digest tells that it did not come to pass, never a
            # change without a line
            replace_files({log: with_changes(earlier, changes), tree: after})
        except OSError as error:
            refuse_file(tree, error)
    return [tree, log]


# -------------------------------------------------------------------------------------------------------- what they share


def readable(project: Project) -> Index:
    """Return the index, or refuse errors in it; what else was found in it is not told."""
    index, found = project.tree
    if errors(found):
        raise Refused(found)
    return index


def children_of(index: Index, node: str) -> list[str]:
    """Return the children of a node that count in it."""
    tree = index.tree
    inner = tree.position[node] >= tree.leaves
    return [tree.nodes[child].id for child in tree.branch_of(node).children] if inner else []


def weighed_node(index: Index, wanted: str) -> str:
    """Return the id of the node that is meant, of which the children can be weighed, or refuse."""
    node = node_of(index, wanted)
    if len(children_of(index, node)) < 2:
        parent = siblings(index, node)[0] if node != index.index.id else ""
        refuse("IC615", index.place_of(node), node=node, parent=parent)
    return node


def propose_computed(
    project: Project,
    index: Index,
    computed: Mapping[str, Mapping[str, float]],
    *,
    decimals: int | None = None,
    scored: tuple[Scores, Panel] | None = None,
    period: str | None = None,
    method: str = "",
) -> Proposal:
    """Propose computed weights of nodes' children, rounded so that they add up; the nodes are told to take them."""
    total = exact_total(index)
    places = decimals if decimals is not None else 4 if total == 1 else 2
    texts: dict[str, str] = {}
    for own in computed.values():
        exact = [Fraction(weight) for weight in own.values()]
        parts = spread([part * total / sum(exact) for part in exact], Fraction(total), places, keep_small=False)
        texts |= dict(zip(own, parts, strict=True))
    given = [node for node in computed if weights_method(index, node) not in WRITTEN]
    return propose(project, index, texts, given=given, scored=scored, period=period, method=method)


def _must_always_hold(index: Index, nodes: Iterable[str], timed: Collection[str] = ()) -> None:
    """Refuse to change weights of nodes that change in time themselves, or of which a sibling does.

    Those that are given by period may have been so before.
    """
    for node in nodes:
        for name in siblings(index, node)[1]:
            if isinstance(vars(index.by_id[name])["weight"], ByGroup):
                refuse("IC489", index.place_of(name, "weight"), node=node, other=name, label=index.units.label)
            if name in index.times or (index.is_by_period(name, "weight") and name not in timed):
                place = index.place_of(name, "weight" if index.is_by_period(name, "weight") else "since")
                refuse("IC471", place, node=node, other=name)


def propose(
    project: Project,
    index: Index,
    texts: Mapping[str, str],
    *,
    given: Sequence[str] = (),
    scored: tuple[Scores, Panel] | None = None,
    period: str | None = None,
    method: str = "",
) -> Proposal:
    """Put weights into the text of the tree, check it whole, and see which ranks move; or refuse."""
    from ..engine import score

    raw, file = project.file.read_bytes(), project.file.as_posix()
    pairs = {node: (written_weight(index, node), text) for node, text in texts.items()}
    changed = {node: new for node, (old, new) in pairs.items() if old != new}
    _must_always_hold(index, changed, [node for node, text in changed.items() if text.startswith("{")])
    out = set_weights(raw, file, changed, given=given)
    after = checked(out, file)
    if scored is None and not errors(project.tree[1]):
        scored = _scored(project, index)
    moved = None
    if scored is not None:
        scores, panel = scored
        when = period_of(scores, period)
        moved = moved_ranks(scores, score(after, panel, level=project.level) if out != raw else scores, when)
    if out == raw:
        project.tell([finding("IC629", Place(file))])
    return Proposal(after, raw, out, pairs, moved, method)


def new_workbook(file: Path, content: bytes) -> None:
    """Write a workbook where there is none yet: one that has been filled in is never lost."""
    place = Place(file.as_posix())
    if file.suffix.lower() != ".xlsx":
        refuse("IC304", place, suffix=file.suffix, path=file.as_posix(), known=[".xlsx"])
    if file.exists():
        refuse("IC611", place)
    try:
        replace_files({file: content})
    except OSError as error:
        refuse_file(file, error)


def parameters_of(texts: Sequence[str]) -> dict[str, Any]:
    """Return the parameters of a method from texts such as `p=2`, or refuse what is none."""
    import yaml

    parameters: dict[str, Any] = {}
    for text in texts:
        name, sign, value = text.partition("=")
        try:
            read = yaml.safe_load(value) if sign else None
        except yaml.YAMLError:
            read = None
        if not name.strip() or read is None:
            refuse("IC612", found=text)
        parameters[name.strip()] = _numbers(read)
    return parameters


def _numbers(value: Any) -> Any:
    """Return a parameter with its fractions, such as 1/3 in a matrix of judgements, as the numbers that they are."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    plain = weight_text(value) if isinstance(value, str) else None
    return float(Fraction(plain)) if plain and "/" in plain else value


def _choice(index: Index, method: str, parameters: Mapping[str, Any]) -> Method:
    """Return a method of weighing with its parameters, or refuse what does not fit."""
    from ..tree.checks import check_choice

    choice = Method.model_validate({"method": method, **parameters})
    if problems := check_choice(index, "weights", choice):
        raise Refused([finding(one.code, Place(), **one.values) for one in problems])
    return choice


def _judged(index: Index, node: str, choice: Method) -> Iterable[Finding]:
    """Say how consistent judgements are that weights were made of."""
    ratio = consistency_of(choice)
    if ratio is not None:
        shown = f"{ratio:.3f}"
        if is_usable(choice, ratio):
            yield finding("IC413", index.place_of(node), ratios=f"{node} {shown} ({choice.method})")
        else:
            yield finding("IC411", index.place_of(node), node=titled(index, node), ratio=shown)


def _unmet(scores: Scores, period: str, node: str, choice: Method, weights: Mapping[str, float]) -> Finding | None:
    """Say what is reached where the weights that were found cannot bring about what is wished of them."""
    from ..engine.nodes import unmet
    from ..methods import WEIGHTINGS
    from ..methods.arrays import np
    from ..methods.records import WishedWeights

    record, tree = WEIGHTINGS[choice.method], scores.tree
    if not isinstance(record, WishedWeights):
        return None
    branch = tree.branch_of(node)
    x, w = scores.scores[scores.periods.index(period)][:, list(branch.children)], np.array(list(weights.values()))
    said = unmet(list(weights), *record.reached(x, np.array(branch.declared), w, record.given(choice.parameters)))
    return finding("IC456", scores.index.place_of(node), node=node, periods=period, reached=said) if said else None


def _suggested(scores: Scores, period: str, node: str, choice: Method) -> dict[str, float] | None:
    """Return the weights that a method gives a node's children, by id; nothing where they are not defined."""
    from ..methods import CATALOGUE, WEIGHTINGS
    from ..methods.arrays import np

    tree = scores.tree
    branch = tree.branch_of(node)
    x = scores.scores[scores.periods.index(period)][:, list(branch.children)]
    if problem := WEIGHTINGS[choice.method].problem(choice.parameters, len(branch.children)):
        refuse("IC405", method=choice.method, problem=problem[1], problem_zh=problem[2])
    w = np.asarray(CATALOGUE["weights"][choice.method](x, np.array(branch.declared), **choice.parameters))
    if w.ndim > 1:
        refuse("IC614", method=choice.method, label=scores.index.units.label)
    whole = float(w.sum())
    if not np.isfinite(w).all() or whole <= 0:
        return None
    return {tree.nodes[child].id: float(weight) / whole for child, weight in zip(branch.children, w.tolist(), strict=True)}


def _refuse_no_room(index: Index, parent: str, names: Sequence[str], node: str, weight: str) -> NoReturn:
    """Refuse a weight that leaves its siblings no rest to share."""
    others = [f"{name} {written_weight(index, name) or '–'}" for name in names if name != node]
    about = {"others": " · ".join(others) or "–", "total": exact_total(index)}
    refuse("IC606", index.place_of(parent), node=node, weight=weight, **about)


def _check_sum(index: Index, parent: str, names: Sequence[str], new: Mapping[str, str], scaled: Mapping[str, str]) -> None:
    """Refuse weights with which siblings would no longer add up, and say what they would be if they were scaled."""
    texts = {name: new.get(name) or written_weight(index, name) for name in names}
    total = exact_total(index)
    added = sum((Fraction("".join(text.split())) for text in texts.values() if text), Fraction(0))
    if all(texts.values()) and abs(added - total) <= Fraction(1, 10**9) * total:
        return
    refuse(
        "IC604",
        index.place_of(parent),
        node=titled(index, parent),
        sum=float(added),
        total=total,
        siblings=weights_said(index, {name: text or "–" for name, text in texts.items()}),
        rescaled=weights_said(index, scaled),
    )


def _scored(project: Project, index: Index, *, tell: bool = True) -> tuple[Scores, Panel] | None:
    """Score an index as it is; where its data has errors, say so and go on without."""
    from ..engine import score
    from ..sources import match, panel

    matched = match(index, project.data)
    if problems := errors(matched.findings):
        if tell:
            project.tell([finding("IC609", Place(), count=len(problems))])
        return None
    whole = panel(matched)
    return score(index, whole, level=project.level), whole
