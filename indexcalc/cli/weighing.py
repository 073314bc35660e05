"""What the commands about weights do: each reads the tree, says what would change and which ranks move, and may write it."""

from __future__ import annotations

import datetime as dt
import getpass
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, errors, finding
from ..report.numbers import finite
from ..tree import Index, read_index
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
from ..tree.model import Method
from .project import Project
from .results import Result

if TYPE_CHECKING:
    from ..report.sheets.weights import Move, WeightRow
    from ..scores import Scores
    from ..sources import Matched

HIGH_RATIO = 0.1  # Saaty 1980


@dataclass(frozen=True)
class Writing:
    """Whether to write a change, and what its line in the history says."""

    write: bool
    why: str
    who: str


@dataclass(frozen=True)
class Proposal:
    """A tree with other weights: its bytes, what it was read as, the weights old and new, and which ranks move."""

    raw: bytes
    changed: bytes
    index: Index
    weights: Mapping[str, tuple[str, str]]
    scores: Scores | None
    moves: Sequence[Move]
    period: str


def show_result(project: Project, period: str | None) -> Result:
    """Show the tree with its declared and effective weights."""
    from ..report.formats.text import as_text
    from ..report.sheets.weights import weights_sheet

    index, rows = _rows(project, period)
    text = as_text(weights_sheet(index, rows, project.language), project.language)
    return text, {"index": index.index.id, "total": exact_total(index), "nodes": [_row_data(row) for row in rows]}


def set_result(project: Project, node: str, value: str, period: str | None, *, rescale: bool, writing: Writing) -> Result:
    """Write one node's weight, and its siblings' where they are to be scaled with it."""
    index, _ = project.index()
    name = project.node(index, node)
    if name == index.index.id:
        project.refuse_one("IC607", node=name)
    weight = weight_text(value)
    if weight is None:
        project.refuse_one("IC603", found=value)
    parent, names = siblings(index, name)
    if (method := weights_method(index, parent)) not in WRITTEN:
        project.refuse([finding("IC605", index.place_of(parent), node=parent, method=method)])
    weights = {name: weight}
    if have_total(index, parent):
        scaled = rescaled(index, name, weight)
        if rescale and scaled is None:
            project.refuse([_no_room(index, name, weight)])
        if rescale and scaled is not None:
            weights = scaled
        elif problem := _no_sum(index, parent, names, weights, scaled):
            project.refuse([problem])
    proposal = _propose(project, index, weights, period=period)
    return _settle(project, proposal, writing)


def suggest_result(
    project: Project,
    node: str | None,
    method: str,
    given: Sequence[str],
    period: str | None,
    *,
    decimals: int | None,
    writing: Writing,
) -> Result:
    """Compute the weights that a method gives the children of a node, or of every inner node, from their scores."""
    from ..methods import WITHOUT_WEIGHTS

    index, matched, scores = project.scores()
    choice = _method(project, index, method, given)
    if node is None:
        weighed = (branch for branch in index.tree.branches if not branch.formula and branch.aggregate not in WITHOUT_WEIGHTS)
        at = [branch.position for branch in weighed if len(branch.children) > 1]
        nodes = [index.tree.nodes[position].id for position in sorted(at, key=index.tree.reading_order.index)]
    else:
        nodes = [_weighed(project, index, project.node(index, node))]
    when = project.period(scores, period)
    found: list[Finding] = []
    weights: dict[str, dict[str, float]] = {}
    for name in nodes:
        suggested = _suggested(project, scores, when, name, choice)
        if suggested is None:
            found.append(finding("IC613", index.place_of(name), node=name, method=choice.method))
        else:
            weights[name] = suggested
    if not weights:
        project.refuse(found)
    project.print_findings(found)
    texts, told = _texts(index, weights, decimals)
    proposal = _propose(project, index, texts, given=told, matched=matched, scores=scores, period=when)
    heading = f"{choice.method} · {when}"
    return _settle(project, proposal, writing, heading=heading, titles=("now", "suggested"), more={"method": choice.method})


def export_result(project: Project, file: Path, period: str | None) -> Result:
    """Write the tree with its weights into a workbook to be edited."""
    from ..books.write_weights import weights_book

    index, rows = _rows(project, period, project.report_language)
    return _new_file(project, file, weights_book(index, rows, project.report_language))


def import_result(project: Project, file: Path, period: str | None, writing: Writing) -> Result:
    """Take the weights of an edited workbook, or refuse all of them with the cells that are wrong."""
    from ..books.read_weights import read_weights
    from ..sources.readers.excel import read_grid

    index, found = project.index()
    if errors(found):
        project.refuse(found)
    grid, found = read_grid(file)
    if grid is None or errors(found):
        project.refuse(found)
    weights, problems = read_weights(grid, index)
    project.go_on([*found, *problems])
    return _settle(project, _propose(project, index, weights, period=period), writing)


def ahp_template_result(project: Project, node: str, file: Path) -> Result:
    """Write a form for one expert's judgements of a node's children."""
    from ..books.write_weights import judgement_book

    index, found = project.index()
    project.go_on(found)
    name = _weighed(project, index, project.node(index, node))
    language = project.report_language
    children = {child: _titled(index, child, language) for child in _children(index, name)}
    return _new_file(project, file, judgement_book(_titled(index, name, language), children, language))


def ahp_result(
    project: Project, node: str, files: Sequence[Path], period: str | None, *, decimals: int | None, writing: Writing
) -> Result:
    """Weigh a node's children by experts' judgements of pairs, one workbook each."""
    from ..books.read_weights import read_judgements
    from ..methods.judgement import consistency, joined
    from ..report.formats.text import as_text
    from ..report.numbers import number
    from ..report.sheets.tables import Heading, Sheet
    from ..report.sheets.weights import percent
    from ..sources.readers.excel import read_grid
    from ..words.reports import word

    index, found = project.index()
    if errors(found):
        project.refuse(found)
    name = _weighed(project, index, project.node(index, node))
    children = _children(index, name)
    experts, found = [], []
    for file in files:
        grid, problems = read_grid(file)
        if grid is not None and not errors(problems):
            expert, wrong = read_judgements(grid, name, children, file.stem)
            experts.append((file, expert))
            problems = [*problems, *wrong]
        found += problems
    if errors(found):
        project.refuse(found)
    group = joined([[list(row) for row in expert.matrix] for _, expert in experts])
    language = project.language
    parties = [(Place(file.as_posix()), expert.expert, [list(row) for row in expert.matrix]) for file, expert in experts]
    if len(experts) > 1:
        parties.append((Place(), word("group of experts", language), group.tolist()))
    rows, data = [], []
    for place, title, matrix in parties:
        own = consistency(matrix)
        if own.cr > HIGH_RATIO:
            found.append(_contradiction(place, title, matrix, children, own.weights.tolist(), own.cr))
        shown = [percent(weight) for weight in own.weights.tolist()]
        rows.append((title, *shown, *("–" if value != value else number(value, 3) for value in (own.lambda_max, own.cr))))  # noqa: PLR0124
        told = {key: finite(value) for key, value in (("lambda_max", own.lambda_max), ("ci", own.ci), ("cr", own.cr))}
        data.append({"expert": title, "weights": dict(zip(children, map(finite, own.weights.tolist()), strict=True)), **told})
    weights = consistency(group.tolist()).weights.tolist()
    if weights[0] != weights[0]:
        left, right = _apart(group, children)
        project.refuse([*found, finding("IC634", Place(), left=left, right=right)])
    project.go_on(found)
    titles = [Heading(word("expert", language), "text")]
    titles += [Heading(_titled(index, child, language), "score") for child in children]
    titles += [Heading("λ_max", "score"), Heading("CR", "score")]
    table = as_text(Sheet("", tuple(titles), tuple(rows)), language)
    texts, told_given = _texts(index, {name: dict(zip(children, weights, strict=True))}, decimals)
    proposal = _propose(project, index, texts, given=told_given, period=period)
    heading = f"{_titled(index, name, language)} ({name})\n{table}\n"
    return _settle(project, proposal, writing, heading=heading, titles=("now", "suggested"), more={"node": name, "experts": data})


def diff_result(project: Project, old: Path, new: Path, period: str | None) -> Result:
    """Say what two trees differ in, and whose ranks differ on the same data."""
    from ..report.formats.text import as_text
    from ..report.sheets.weights import differences, differences_sheet, rank_moves, shares, weight_rows
    from ..words.reports import word

    trees = [read_index(file, shown=file.as_posix()) for file in (old, new)]
    found = [one for _, own in trees for one in own]
    before, after = (index for index, _ in trees)
    if before is None or after is None or errors(found):
        project.refuse(found)
    scored = [_scores(project, index, announce=index is after)[0] for index in (before, after)]
    was, now = scored
    rows = []
    for index, scores in zip((before, after), scored, strict=True):
        share = shares(index, scores, scores.periods[-1] if scores is not None else "")
        rows.append(weight_rows(index, share, project.language))
    said = differences(before, after, (rows[0], rows[1]))
    text = as_text(differences_sheet(said, project.language), project.language) if said else word("no change", project.language)
    data: dict[str, Any] = {"changes": [_difference_data(one) for one in said], "period": None, "moves": []}
    if was is None or now is None:
        return text, data
    common = [one for one in now.periods if one in was.periods]
    when = project.period(now, period) if period else (common[-1] if common else "")
    if when not in common:
        return text, data
    moves = rank_moves(was, now, when)
    lines = _moves_text(now, when, moves, project)
    return "\n".join([text, *lines]), {**data, "period": when, "moves": [_move_data(move) for move in moves]}


def log_result(project: Project, node: str | None) -> Result:
    """Show the history of the weights, or of one node's."""
    from ..journal.history import COLUMNS, history_of, made_by_hand, read_history
    from ..report.formats.text import as_text
    from ..report.sheets.weights import history_sheet
    from ..words.reports import word

    index, found = project.index()
    changes, problems = read_history(project.index_file)
    found = [*(one for one in found if one.severity == "error"), *problems]
    if made_by_hand(changes, project.index_file.read_bytes()):
        found.append(finding("IC639", Place(project.index_file.as_posix())))
    if node is not None:
        known = {change.node for change in changes}
        changes = history_of(changes, node if node in known else project.node(index, node))
    project.print_findings(found)
    data = [{column: getattr(change, column) for column in COLUMNS} for change in changes]
    if not changes:
        return word("no history", project.language), data
    return as_text(history_sheet(changes, project.language), project.language), data


# ---------------------------------------------------------------------------------------------------------- what they share


def _rows(project: Project, period: str | None, language: str | None = None) -> tuple[Index, list[WeightRow]]:
    """Read the tree with its weights; the data is scored only where weights are computed from it."""
    from ..report.sheets.weights import needs_scores, shares, weight_rows

    index, found = project.index()
    project.go_on(found)
    if not needs_scores(index):
        return index, weight_rows(index, shares(index), language or project.language)
    index, _, scores = project.scores()
    return index, weight_rows(index, shares(index, scores, project.period(scores, period)), language or project.language)


def _children(index: Index, node: str) -> list[str]:
    """The children of a node that count in it."""
    found = next((branch for branch in index.tree.branches if index.tree.nodes[branch.position].id == node), None)
    return [index.tree.nodes[child].id for child in found.children] if found else []


def _weighed(project: Project, index: Index, node: str) -> str:
    """A node of which the children can be weighed, or refuse."""
    if len(_children(index, node)) < 2:
        parent = siblings(index, node)[0] if node != index.index.id else ""
        project.refuse([finding("IC615", index.place_of(node), node=node, parent=parent)])
    return node


def _titled(index: Index, node: str, language: str) -> str:
    return index.by_id[node].title(language)


def _no_room(index: Index, node: str, weight: str) -> Finding:
    parent, names = siblings(index, node)
    others = [f"{name} {written_weight(index, name) or '–'}" for name in names if name != node]
    place = index.place_of(parent)
    return finding("IC606", place, node=node, weight=weight, others=" · ".join(others) or "–", total=exact_total(index))


def _no_sum(
    index: Index, parent: str, names: Sequence[str], new: Mapping[str, str], scaled: Mapping[str, str] | None
) -> Finding | None:
    """Say that siblings would no longer add up, and what they would be if they were scaled."""
    texts = {name: new.get(name) or written_weight(index, name) for name in names}
    total = sum((Fraction("".join(text.split())) for text in texts.values() if text), Fraction(0))
    if all(texts.values()) and abs(total - exact_total(index)) <= Fraction(1, 10**9) * exact_total(index):
        return None
    return finding(
        "IC604",
        index.place_of(parent),
        node=parent,
        sum=float(total),
        total=exact_total(index),
        siblings=" · ".join(f"{name} {text or '–'}" for name, text in texts.items()),
        rescaled=" · ".join(f"{name} {text}" for name, text in (scaled or {}).items()),
    )


def _method(project: Project, index: Index, method: str, given: Sequence[str]) -> Method:
    """A method of weighing with its parameters, or refuse."""
    import yaml

    from ..tree.checks import check_choice

    parameters: dict[str, Any] = {}
    for text in given:
        name, sign, value = text.partition("=")
        try:
            read = yaml.safe_load(value) if sign else None
        except yaml.YAMLError:
            read = None
        if not name.strip() or read is None:
            project.refuse_one("IC612", found=text)
        parameters[name.strip()] = _numbers(read)
    choice = Method.model_validate({"method": method, **parameters})
    if problems := check_choice(index, "weights", choice):
        project.refuse([finding(one.code, Place(), **one.values) for one in problems])
    return choice


def _numbers(value: Any) -> Any:
    """A parameter with its fractions, such as 1/3 in a matrix of judgements, as the numbers that they are."""
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    plain = weight_text(value) if isinstance(value, str) else None
    return float(Fraction(plain)) if plain and "/" in plain else value


def _suggested(project: Project, scores: Scores, period: str, node: str, choice: Method) -> dict[str, float] | None:
    """The weights that a method gives a node's children, by id; nothing where they are not defined."""
    from ..methods import CATALOGUE
    from ..methods.arrays import np

    tree = scores.tree
    branch = next(branch for branch in tree.branches if tree.nodes[branch.position].id == node)
    x = scores.scores[scores.periods.index(period)][:, list(branch.children)]
    w = np.asarray(CATALOGUE["weights"][choice.method](x, np.array(branch.declared), **choice.parameters))
    if w.ndim > 1:
        project.refuse_one("IC614", method=choice.method)
    whole = float(w.sum())
    if not np.isfinite(w).all() or whole <= 0:
        return None
    return {tree.nodes[child].id: float(weight) / whole for child, weight in zip(branch.children, w.tolist(), strict=True)}


def _texts(index: Index, weights: Mapping[str, Mapping[str, float]], decimals: int | None) -> tuple[dict[str, str], list[str]]:
    """Weights of nodes' children as they are to be written, and the nodes that have to be told to take them."""
    total = exact_total(index)
    places = decimals if decimals is not None else 4 if total == 1 else 2
    texts: dict[str, str] = {}
    for own in weights.values():
        exact = [Fraction(weight) for weight in own.values()]
        parts = spread([part * total / sum(exact) for part in exact], Fraction(total), places, keep_small=False)
        texts |= dict(zip(own, parts, strict=True))
    return texts, [node for node in weights if weights_method(index, node) not in WRITTEN]


def _propose(
    project: Project,
    index: Index,
    weights: Mapping[str, str],
    *,
    given: Sequence[str] = (),
    matched: Matched | None = None,
    scores: Scores | None = None,
    period: str | None = None,
) -> Proposal:
    """Put weights into the text of the tree, check it whole, and see which ranks move; or refuse."""
    from ..engine import score
    from ..report.sheets.weights import rank_moves
    from ..sources import panel

    raw = project.index_file.read_bytes()
    file = project.index_file.as_posix()
    texts = {node: (written_weight(index, node), text) for node, text in weights.items()}
    changed = {node: new for node, (old, new) in texts.items() if old != new}
    try:
        out = set_weights(raw, file, changed, given=given)
        after = checked(out, file)
    except Refused as refused:
        project.refuse(refused.findings)
    old_errors = errors(project.index()[1])
    if scores is None and not old_errors:
        scores, matched = _scores(project, index)
    if scores is None or matched is None:
        return Proposal(raw, out, after, texts, None, (), "")
    when = project.period(scores, period)
    moves = rank_moves(scores, score(after, panel(matched)), when) if out != raw else []
    return Proposal(raw, out, after, texts, scores, moves, when)


def _scores(project: Project, index: Index, *, announce: bool = True) -> tuple[Scores | None, Matched | None]:
    """Score an index as it is; where its data has errors, say so and go on without."""
    from ..engine import score
    from ..sources import match, panel

    matched = match(index, project.data)
    if problems := errors(matched.findings):
        project.print_findings([finding("IC609", Place(), count=len(problems))] if announce else [])
        return None, None
    return score(index, panel(matched)), matched


def _settle(
    project: Project,
    proposal: Proposal,
    writing: Writing,
    *,
    heading: str = "",
    titles: tuple[str, str] = ("old", "new"),
    more: Mapping[str, Any] | None = None,
) -> Result:
    """Write what was proposed where that was asked for, and say what it is."""
    from ..report.formats.text import as_text
    from ..report.sheets.weights import comparison_sheet, shares, weight_rows
    from ..words.reports import word

    index = proposal.index
    rows = weight_rows(index, shares(index), project.language)
    sheet = comparison_sheet(rows, proposal.weights, exact_total(index), titles, project.language)
    lines = [heading] if heading else []
    lines += [as_text(sheet, project.language)] if proposal.weights else []
    if proposal.scores is not None:
        lines += _moves_text(proposal.scores, proposal.period, proposal.moves, project)
    written: list[str] = []
    if proposal.changed == proposal.raw:
        project.print_findings([finding("IC629", Place(project.index_file.as_posix()))])
    elif writing.write:
        written = _write(project, proposal, writing)
        lines += ["", f"{word('written', project.language)}: {', '.join(written)}"]
    else:
        lines += ["", word("not written yet" if titles[1] == "suggested" else "not written", project.language)]
    weights = {node: list(pair) for node, pair in proposal.weights.items()}
    moves = [_move_data(move) for move in proposal.moves]
    return "\n".join(lines), {
        **(more or {}),
        "weights": weights,
        "period": proposal.period or None,
        "moves": moves,
        "written": written,
    }


def _write(project: Project, proposal: Proposal, writing: Writing) -> list[str]:
    """Put the tree and a line for each changed weight in their places."""
    from ..journal.files import replace_files
    from ..journal.history import Change, history_file, with_changes
    from ..journal.run import digest

    tree, log = project.index_file, history_file(project.index_file)
    when = dt.datetime.now().astimezone().isoformat(timespec="seconds")
    before, after = digest(proposal.raw), digest(proposal.changed)
    changes = [
        Change(when, writing.who or user_name(), node, old, new, writing.why, before, after)
        for node, (old, new) in proposal.weights.items()
        if old != new
    ]
    try:
        history = log.read_bytes() if log.exists() else b""
        if tree.read_bytes() != proposal.raw:
            project.refuse([finding("IC610", Place(tree.as_posix()))])
        # the history first: a kill in between leaves a line whose digest tells that it did not come to pass, never a
        # change without a line
        replace_files({log: with_changes(history, changes), tree: proposal.changed})
    except OSError as error:
        project.refuse([finding("IC503", Place(tree.as_posix()), problem=error.strerror or type(error).__name__)])
    return [tree.as_posix(), log.as_posix()]


def user_name() -> str:
    """Return the user's name on this machine, ? where it has none."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "?"


def _new_file(project: Project, file: Path, content: bytes) -> Result:
    """Write a workbook where there is none yet: one that has been filled in is never lost."""
    from ..journal.files import replace_files
    from ..words.reports import word

    if file.suffix.lower() != ".xlsx":
        project.refuse([finding("IC304", Place(file.as_posix()), suffix=file.suffix, path=file.as_posix(), known=[".xlsx"])])
    if file.exists():
        project.refuse([finding("IC611", Place(file.as_posix()))])
    try:
        replace_files({file: content})
    except OSError as error:
        project.refuse([finding("IC503", Place(file.as_posix()), problem=error.strerror or type(error).__name__)])
    return f"{word('written', project.language)}: {file.as_posix()}", {"written": [file.as_posix()]}


def _moves_text(scores: Scores, period: str, moves: Sequence[Move], project: Project) -> list[str]:
    from ..report.formats.text import as_text
    from ..report.sheets.weights import moves_sheet
    from ..words.reports import word

    if not moves:
        return ["", f"{period}: {word('no rank moves', project.language)}"]
    sheet = moves_sheet(scores, period, moves, project.language)
    return ["", sheet.title, as_text(sheet, project.language)]


def _contradiction(
    place: Place,
    expert: str,
    matrix: Sequence[Sequence[float | None]],
    children: Sequence[str],
    weights: Sequence[float],
    ratio: float,
) -> Finding:
    """Name the judgement that is farthest from what the weights of all judgements amount to."""
    from math import log

    pairs = [
        (abs(log(told * weights[j] / weights[i])), i, j)
        for i, row in enumerate(matrix)
        for j, told in enumerate(row)
        if told and j > i
    ]
    _, one, other = max(pairs)
    return finding(
        "IC633",
        place,
        expert=expert,
        ratio=f"{ratio:.3f}",
        one=children[one],
        other=children[other],
        judged=_ratio(float(matrix[one][other] or 0)),
        implied=_ratio(weights[one] / weights[other]),
    )


def _ratio(value: float) -> str:
    near = Fraction(value).limit_denominator(9)
    if abs(float(near) - value) < 1e-6:
        return str(near)
    shown = f"{max(value, 1 / value):.1f}".removesuffix(".0")
    return shown if value >= 1 or shown == "1" else f"1/{shown}"


def _apart(group: Any, children: Sequence[str]) -> tuple[list[str], list[str]]:
    """Two sets of children that no judgement connects."""
    reached = {0}
    waiting = [0]
    while waiting:
        here = waiting.pop()
        new = {other for other in range(len(children)) if group[here][other] > 0} - reached
        reached |= new
        waiting += sorted(new)
    return [children[at] for at in sorted(reached)], [children[at] for at in range(len(children)) if at not in reached]


def _row_data(row: WeightRow) -> dict[str, Any]:
    return {
        "node": row.id,
        "name": row.title,
        "parent": row.parent or None,
        "declared": row.declared or None,
        "share": None if row.share is None else finite(row.share),
        "effective": None if row.effective is None else finite(row.effective),
        "method": row.method or None,
    }


def _move_data(move: Move) -> dict[str, Any]:
    return {"unit": move.unit, "name": move.title, "score": list(move.score), "rank": list(move.rank)}


def _difference_data(one: Any) -> dict[str, Any]:
    return {"kind": one.kind, "node": one.node, "old": one.old, "new": one.new, "effective": list(one.effective)}
