"""Editing the tree in a browser: keys, weights and indicators, checked as they are typed, looked at, then saved with a reason.

An edit is only ever text that is put into the tree: nothing of it is run. It is saved into the text that its page was made of;
where that has changed meanwhile, the second editor is shown what the first one did, and is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..findings import Finding, Place, Refused, errors, finding, nearest
from ..jobs.amend import Amended, TreeText, amend, meanwhile, save, text_of_tree
from ..tree.amend import Amendment, as_typed, as_written
from ..tree.edit import exact_total, have_total, rescaled, weight_text
from ..tree.model import Dimension, Indicator, Root
from ..tree.terms import key_title, method_title
from ..words.desk import desk
from ..words.periods import period_title
from .visit import Page, Visit

if TYPE_CHECKING:
    from starlette.responses import Response

    from ..journal.users import Role
    from ..scores import Scores

EDITORS: tuple[Role, ...] = ("editor",)
_KEY, _SEEN, _REMOVE, _SHARE = "k:", "s:", "remove:", "share:"
_DIRECTIONS = ("higher", "lower", "target", "range")
_NEW = ("id", "name", "name_en", "measure", "direction", "weight", "department", "more")
_MOST_CHANGES = 400  # of one form


def pages() -> list[Page]:
    """Return the pages of editing."""
    return [
        Page("/edit", _tree, roles=EDITORS, title=desk.edit_tree),
        Page("/edit/node", _node, roles=EDITORS),
        Page("/edit/check", _check, "POST", roles=EDITORS),
        Page("/edit/preview", _preview, "POST", roles=EDITORS),
        Page("/edit/save", _save, "POST", roles=EDITORS),
        Page("/edit/history", _history, roles=EDITORS),
        Page("/edit/publish", _to_publish, roles=EDITORS, title=desk.publish),
        Page("/edit/publish", _publish, "POST", roles=EDITORS),
    ]


@dataclass
class Box:
    """A field of a form: its name, what it is called, what is typed in it, and what stood there when it was first shown."""

    name: str
    label: str
    typed: str
    seen: str
    choices: Sequence[str] = ()
    now: str = ""
    """What stands there by now, where somebody else has changed it meanwhile."""
    problems: list[Finding] = field(default_factory=list)


@dataclass
class Line:
    """A node below the one that is edited: its fields, and whether it can be taken away."""

    id: str
    title: str
    name: Box
    weight: Box | None
    direction: Box | None
    is_inner: bool
    is_removed: bool
    problems: list[Finding] = field(default_factory=list)


@dataclass
class Edited:
    """What a node's page shows: its own keys, the nodes below it, what is to be added, and what comes of what was typed."""

    node: str
    title: str
    above: str
    """What the node above is called."""
    directions: dict[str, str]
    text: TreeText
    boxes: list[Box]
    fixed: list[str]
    lines: list[Line]
    new_keys: list[tuple[str, str]]
    new: dict[str, str]
    sum: str = ""
    made: Amended | None = None
    moves: Any = None
    previewed: str = ""
    remark: str = ""
    known: int = 0
    """How many warnings and notes there were before."""


# ------------------------------------------------------------------------------------------------------------------- pages


def _tree(visit: Visit) -> Response:
    """Show the tree as a table, with what is found in it."""
    text = text_of_tree(visit.project())
    visit.found += text.findings
    depths: dict[str, int] = {}
    rows = []
    for name, node in text.nodes.items():
        depths[name] = depths.get(node.parent, -1) + 1
        own = text.index.by_id.get(name) if text.index else None
        typed = {key: as_typed(key, value or "") for key, value in node.texts.items()}
        title = own.title(visit.language) if own else typed.get("name") or name
        found = [one for one in text.findings if text.part_of(one)[0] == name]
        rows.append(
            {
                "id": name,
                "title": title,
                "depth": depths[name],
                "weight": typed.get("weight", ""),
                "method": _method(own, typed, text, visit),
                "department": typed.get("department", ""),
                "found": found,
            }
        )
    part = visit.part("tree.html.jinja", rows=rows)
    return visit.laid_out(desk.edit_tree(visit.language), part, scripts=["live.js"])


def _node(visit: Visit) -> Response:
    """Show one node with those below it, to be edited."""
    text = text_of_tree(visit.project())
    edited = _edited(visit, text, visit.asked("node"))
    count = visit.asked("saved")
    edited.remark = desk.saved(visit.language).format(count=int(count)) if count.isdecimal() and len(count) < 4 else ""
    return _shown(visit, edited)


def _check(visit: Visit) -> Response:
    """Say what is found in what was typed, for the page's script."""
    from starlette.responses import JSONResponse

    text = text_of_tree(visit.project())
    if visit.given("base") != text.digest:
        found = meanwhile(visit.project(), visit.given("base"), _amendments(visit))
        return JSONResponse({"slots": {"": [_said(found, visit)]}, "status": found.message(visit.language)})
    edited = _edited(visit, text, visit.given("node"))
    try:
        made = amend(visit.project(), _amendments(visit), base=text.digest, score=False)
        _place(edited, made, visit)
        found_at = {box.name: box.problems for box in _boxes(edited)} | {f"n:{line.id}": line.problems for line in edited.lines}
        status = _status(made, visit)
    except Refused as refused:
        visit.found += refused.findings
        found_at, status = {}, ""
    slots = {name: [_said(one, visit) for one in some] for name, some in found_at.items() if some}
    slots[""] = [_said(one, visit) for one in visit.found]
    return JSONResponse({"slots": slots, "status": status, "texts": {"sum": edited.sum}})


def _preview(visit: Visit) -> Response:
    """Show what comes of what was typed: what is found, which lines of the file change, which ranks move."""
    text = text_of_tree(visit.project())
    for name in visit.form or ():
        if name.startswith(_SHARE):
            return _shared_rest(visit, text, name.removeprefix(_SHARE))
    if visit.given("base") != text.digest:
        return _asked(visit, text)
    edited = _edited(visit, text, visit.given("node"))
    made = _looked_at(visit, edited)
    return _shown(visit, edited, status=200 if made is not None else 422)


def _save(visit: Visit) -> Response:
    """Save what was looked at, unless the tree was changed meanwhile, or it is not what was looked at."""
    project = visit.project()
    text = text_of_tree(project)
    if visit.given("base") != text.digest:
        return _asked(visit, text)
    edited = _edited(visit, text, visit.given("node"))
    made = _looked_at(visit, edited)
    if made is None or made.is_refused:
        return _shown(visit, edited, status=422)
    if made.after.digest != visit.given("previewed"):
        edited.remark = desk.look_again(visit.language)
        return _shown(visit, edited, status=422)
    who, why = named(visit, visit.given("who")), " ".join(visit.given("why").split())
    if not who or not why:
        visit.found.insert(0, finding("IC570", Place()))
        return _shown(visit, edited, status=422)
    try:
        save(project, made, why=why, by=who)
    except Refused as refused:
        if "IC610" not in {one.code for one in refused.findings}:
            raise
        return _asked(visit, text_of_tree(project))
    visit.site.current.changed()
    visit.record("edit", f"{made.before.digest[:12]} → {made.after.digest[:12]}: {why}", who=who)
    node = edited.node if edited.node in made.after.nodes else made.before.nodes[edited.node].parent
    return visit.redirect("/edit/node", node=node, saved=len(made.changes()))


def _history(visit: Visit) -> Response:
    """Show who changed what, when and why."""
    from ..jobs.weights import history
    from ..report.formats.html.markup import table
    from ..report.sheets.weights import history_sheet

    project = visit.project()
    found = history(project)
    visit.found += project.told
    made = table(history_sheet(found.changes, found.index, visit.language), visit.language, classes="p2")
    return visit.page("history.html.jinja", desk.history(visit.language), history=made)


def _to_publish(visit: Visit, *, status: int = 200, remark: str = "") -> Response:
    """Show what can be published."""
    periods = list(reversed(visit.state().scores.periods))
    wanted = visit.given("period") or periods[0]
    return visit.page(
        "publish.html.jinja",
        desk.publish(visit.language),
        status=status,
        periods=periods,
        titles={one: period_title(one, visit.language) for one in periods},
        wanted=wanted,
        why="" if remark else visit.given("why"),
        who=visit.given("who"),
        remark=remark,
    )


def _publish(visit: Visit) -> Response:
    """Publish a period: write its report and keep its scores for all time."""
    from ..jobs.publish import publish_in

    who = named(visit, visit.given("who"))
    if not who:
        visit.found.append(finding("IC570", Place()))
        return _to_publish(visit, status=422)
    state = visit.state()
    period = visit.given("period")
    if period not in state.scores.periods or state.wrong:
        return _to_publish(visit, status=422)
    project = replace(visit.project(), report_language=visit.site.language)
    try:
        done = publish_in(project, state.scores, period, by=who, why=" ".join(visit.given("why").split()))
    except Refused as refused:
        visit.found += refused.findings
        return _to_publish(visit, status=422)
    title = period_title(period, visit.language)
    if done.folder is None:
        return _to_publish(visit, remark=desk.nothing_to_publish(visit.language).format(period=title))
    visit.site.current.changed()
    visit.record("publish", period, who=who)
    said = (desk.published_revised if done.revised else desk.published)(visit.language)
    return _to_publish(visit, remark=said.format(period=title, folder=visit.below(done.folder.as_posix())))


# ---------------------------------------------------------------------------------------------------------- what they share


def named(visit: Visit, typed: str) -> str:
    """Return who does something: by the login, which cannot be typed, else as typed and marked as not proven."""
    if visit.visitor.proven:
        return visit.visitor.name
    name = " ".join(typed.split())[:100]
    return desk.unproven(visit.site.language).format(name=name) if name else ""


def _method(own: Any, typed: dict[str, str], text: TreeText, visit: Visit) -> str:
    if isinstance(own, (Dimension, Root)) and text.index is not None:
        name = "formula" if own.formula else (own.aggregate or text.index.defaults.aggregate).method
        return method_title(name, visit.language, "aggregate")
    direction = typed.get("direction") or (own.direction if isinstance(own, Indicator) else "")
    return key_title(direction, visit.language) if direction in _DIRECTIONS else direction


def _said(found: Finding, visit: Visit) -> dict[str, str]:
    hint = found.hint(visit.language)
    text = f"{visit.severity(found)} {found.code} {found.message(visit.language)}"
    return {"severity": found.severity, "text": f"{text} {hint}".strip()}


def _boxes(edited: Edited) -> Iterator[Box]:
    yield from edited.boxes
    for line in edited.lines:
        yield from (box for box in (line.name, line.weight, line.direction) if box is not None)


def _edited(visit: Visit, text: TreeText, wanted: str) -> Edited:
    """Return what a node's page shows, with what was typed in its form where there is one.

    :raises Refused: where there is no such node.
    """
    own = text.nodes.get(wanted)
    if own is None:
        raise Refused([finding("IC510", Place(text.file), found=wanted, near=nearest(wanted, text.nodes)), *text.findings])
    title = _title(text, wanted, visit)

    def box(name: str, key: str, label: str, choices: Sequence[str] = ()) -> Box:
        stands = as_typed(key, text.nodes[name].texts.get(key) or "")
        field_ = f"{name}:{key}"
        typed, seen = stands, stands
        if visit.form is not None and f"{_KEY}{field_}" in visit.form:
            typed, seen = (" ".join(visit.given(f"{start}{field_}").split()) for start in (_KEY, _SEEN))
            if typed == " ".join(seen.split()):
                typed = stands  # not touched here: what somebody else has put there stays
        now = stands if visit.form is not None and seen != " ".join(stands.split()) and typed != stands else ""
        return Box(f"{_KEY}{field_}", label, typed, stands, choices, now)

    boxes = [
        box(wanted, key, key_title(key, visit.language)) for key, value in own.texts.items() if key != "id" and value is not None
    ]
    fixed = [key_title(key, visit.language) for key, value in own.texts.items() if value is None]
    lines = []
    for name, child in text.nodes.items():
        if child.parent != wanted:
            continue
        called = _title(text, name, visit)
        weighs = "weight" not in child.texts or child.texts["weight"] is not None
        direction = (
            box(name, "direction", f"{called} {desk.direction(visit.language)}", ("", *_DIRECTIONS))
            if not child.is_inner and child.texts.get("direction", "") in ("", *_DIRECTIONS)
            else None
        )
        lines.append(
            Line(
                name,
                called,
                box(name, "name", f"{called} {desk.node_name(visit.language)}"),
                box(name, "weight", f"{called} {desk.weight(visit.language)}") if weighs else None,
                direction,
                child.is_inner,
                is_removed=bool(visit.given(f"{_REMOVE}{name}")),
            )
        )
    kind = Root if own.path == ("index",) else Dimension if own.is_inner else Indicator
    keys = [one.alias or key for key, one in kind.model_fields.items()]
    new_keys = [(key, key_title(key, visit.language)) for key in keys if key not in own.texts and key not in ("indicators", "id")]
    new = {name: visit.given(f"new:{name}") for name in (*_NEW, "key", "value")}
    directions = {"": "–", **{one: key_title(one, visit.language) for one in _DIRECTIONS}}
    edited = Edited(wanted, title, _title(text, own.parent, visit), directions, text, boxes, fixed, lines, new_keys, new)
    edited.sum = _sum(edited, visit)
    return edited


def _title(text: TreeText, name: str, visit: Visit) -> str:
    """Return what a node is called, also in a tree that cannot be read whole."""
    node = text.index.by_id.get(name) if text.index else None
    return node.title(visit.language) if node else name


def _sum(edited: Edited, visit: Visit) -> str:
    """Say what the weights below a node add up to, where they have to add up and can be added."""
    index = edited.text.index
    if index is None or not have_total(index, edited.node):
        return ""
    texts = [line.weight.typed for line in edited.lines if line.weight is not None and not line.is_removed]
    texts += [edited.new["weight"]] if edited.new["id"] else []
    plain = [weight_text(text) for text in texts if text]
    if not plain or None in plain:
        return ""
    added = float(sum((Fraction(text) for text in plain if text), Fraction(0)))
    return desk.sum_of_weights(visit.language).format(sum=f"{added:.10g}", total=exact_total(index))


def _amendments(visit: Visit) -> list[Amendment]:
    """Return what a form asks to be changed: the fields that were typed in, keys and lines that are new, lines that go."""
    made = []
    for name in visit.form or ():
        if name.startswith(_KEY):
            node, _, key = name.removeprefix(_KEY).partition(":")
            typed, seen = (" ".join(visit.given(f"{start}{node}:{key}").split()) for start in (_KEY, _SEEN))
            if typed != seen:
                kind, text = ("set", as_written(key, typed)) if typed else ("drop", "")
                made.append(Amendment(kind, node, key, text, as_written(key, seen) if seen else ""))  # type: ignore[arg-type]
        elif name.startswith(_REMOVE):
            made.append(Amendment("remove", name.removeprefix(_REMOVE)))
    key, value = visit.given("new:key"), visit.given("new:value")
    if key and value.strip():
        made.append(Amendment("set", visit.given("node"), key, as_written(key, value), ""))
    if visit.given("new:id").strip():
        made.append(Amendment("add", visit.given("node"), text=_line(visit)))
    return made[:_MOST_CHANGES]


def _line(visit: Visit) -> str:
    """Return the line of a new indicator."""
    parts = [f"{key}: {as_written(key, text)}" for key in _NEW if key != "more" and (text := visit.given(f"new:{key}").strip())]
    return "{" + ", ".join(filter(None, [*parts, visit.given("new:more").strip()])) + "}"


def _looked_at(visit: Visit, edited: Edited) -> Amended | None:
    """Show on a node's page what the typed changes come to; nothing where they cannot be made."""
    from ..report.formats.html.markup import table
    from ..report.sheets.weights import moves_sheet

    try:
        made = amend(visit.project(), _amendments(visit), base=edited.text.digest, scores=_known(visit))
    except Refused as refused:
        visit.found += refused.findings
        return None
    _place(edited, made, visit)
    visit.found += [one for one in errors(made.findings) if one not in visit.found]
    edited.made, edited.previewed = made, made.after.digest
    if made.moved is not None and made.moved.moves:
        edited.moves = table(moves_sheet(made.moved, visit.language), visit.language)
    return made


def _known(visit: Visit) -> Scores | None:
    """Return the scores that pages show, which are those of before an edit; nothing where the files are refused."""
    with suppress(Refused):
        state = visit.site.current.state()
        return None if state.wrong else state.scores
    return None


def _place(edited: Edited, made: Amended, visit: Visit) -> None:
    """Put what is found to the fields and lines that it is about; what is about others goes above the page.

    What was there before and is no error is counted alone: it would stand between an editor and what the edit brings.
    """
    boxes, lines = {box.name: box for box in _boxes(edited)}, {line.id: line for line in edited.lines}
    before = _found_before(visit)
    for one in made.findings:
        if one.severity != "error" and (one.code, one.message("en")) in before:
            edited.known += 1
            continue
        node, key = made.after.part_of(one)
        slot = boxes.get(f"{_KEY}{node}:{key}") or lines.get(node)
        if slot is not None:
            slot.problems.append(one)
        else:
            visit.found.append(one)


def _found_before(visit: Visit) -> set[tuple[str, str]]:
    """Return what is found in the files as they are, where they can be scored."""
    with suppress(Refused):
        return {(one.code, one.message("en")) for one in visit.site.current.state().found}
    return set()


def _status(made: Amended, visit: Visit) -> str:
    if made.after.digest == made.before.digest:
        return desk.nothing_changed(visit.language)
    count = {kind: sum(one.severity == kind for one in made.findings) for kind in ("error", "warning")}
    if not any(count.values()):
        return desk.nothing_found(visit.language)
    return desk.so_many_found(visit.language).format(errors=count["error"], warnings=count["warning"])


def _shared_rest(visit: Visit, text: TreeText, node: str) -> Response:
    """Let a node's siblings share what its new weight leaves, as they did before; nothing is saved."""
    edited = _edited(visit, text, visit.given("node"))
    line = next((line for line in edited.lines if line.id == node), None)
    wanted = weight_text(line.weight.typed) if line is not None and line.weight is not None else None
    texts = rescaled(text.index, node, wanted) if wanted is not None and text.index is not None else None
    if texts is None:
        visit.found.append(finding("IC603", Place(), found=line.weight.typed if line and line.weight else ""))
        return _shown(visit, edited, status=422)
    for one in edited.lines:
        if one.weight is not None and one.id in texts:
            one.weight.typed = texts[one.id]
    edited.sum = _sum(edited, visit)
    return _shown(visit, edited)


def _asked(visit: Visit, text: TreeText) -> Response:
    """Show the second of two editors what the first did, beside what was typed, and ask to look at it and save again."""
    project = visit.project()
    visit.found.append(meanwhile(project, visit.given("base"), _amendments(visit)))
    return _shown(visit, _edited(visit, text, visit.given("node")), status=409)


def _shown(visit: Visit, edited: Edited, *, status: int = 200) -> Response:
    part = visit.part("node.html.jinja", edited=edited, who=visit.given("who"), why=visit.given("why"))
    title = desk.edit_node(visit.language).format(title=edited.title)
    return visit.laid_out(title, part, status=status, scripts=["live.js"])
