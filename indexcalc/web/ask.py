"""Pages on which the questions of `questions` are asked and answered."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from ..findings import Language, Place, Refused, errors, finding
from ..jobs.inputs import inputs_of, offered
from ..jobs.names import unit_of
from ..jobs.project import refuse
from ..tree.columns import departments
from ..words.periods import period_title
from ..words.web import web as words
from .chosen import MOST_LISTED, Chosen, chosen, units_called
from .current import Served
from .later import MOST_OF_ONE, MOST_SECONDS, Busy, Counted, Later, Task
from .questions import QUESTIONS, Field, Question
from .visit import SORTS, Page, Visit, status_of

if TYPE_CHECKING:
    from starlette.responses import Response

    from ..report.answers.answer import Answer
    from ..report.sheets.sheet import Sheet
    from ..scores import Scores

MOST_ROWS = 300
"""Rows of one table of an answer; the workbook has all."""


def pages() -> list[Page]:
    """Return the pages of questions."""
    later = Later()
    return [Page("/ask", partial(_ask, later), title=words.questions), Page("/ask/workbook", partial(_workbook, later))]


def _ask(later: Later, visit: Visit) -> Response:
    about, question = chosen(visit), _questions(visit).get(visit.asked("question"))
    if question is None:
        return _list_questions(visit, about)
    said = {one.name: visit.asked(one.name) for one in question.fields}
    answered: dict[str, Any] = {"tables": [], "picture": "", "text": "", "command": "", "workbook": "", "marks": ""}
    lacking = ""
    if visit.asked("now"):
        try:
            values = question.values(said)
            if question.is_complete(values):
                task = _task(later, visit, about, question, values)
                if not task.over.is_set():
                    return _in_progress(visit, about, question, task)
                answered |= _answered(visit, about, question, values, task)
            else:
                lacking = words.say_first(visit.language).format(fields=question.lacking(values, visit.language))
        except Refused as refused:
            visit.found += refused.findings
    part = visit.part(
        "ask.html.jinja",
        question=question,
        lacking=lacking,
        about_it=question.about(visit.language),
        fields=[
            _field(visit, about, one, said[one.name])
            for one in question.fields
            if one.kind != "file" or _offered(visit, one.ends)[one.ends == ".yaml" :]
        ],
        level=about.level or "",
        others=[
            (one.title(visit.language), visit.url("/ask", question=name, level=about.level))
            for name, one in _questions(visit).items()
        ],
        here=question.title(visit.language),
        **answered,
    )
    is_refused = bool(errors(visit.found)) and not visit.is_stale
    status = status_of(visit.found) if is_refused else 200
    return visit.laid_out(_asked_title(visit, about, question), part, status=status, scripts=SORTS)


def _questions(visit: Visit) -> dict[str, Question]:
    """Return the questions that the visitor may ask, by their names."""
    return {name: one for name, one in QUESTIONS.items() if visit.sees_files or not one.is_for_editors}


def _asked_title(visit: Visit, about: Chosen, question: Question) -> str:
    return f"{question.title(visit.language)} · {about.scores.index.index.title(visit.language)}"


def _list_questions(visit: Visit, about: Chosen) -> Response:
    listed = [
        (one.title(visit.language), one.about(visit.language), visit.url("/ask", question=name, level=about.level))
        for name, one in _questions(visit).items()
    ]
    return visit.page("questions.html.jinja", words.what_to_ask(visit.language), listed=listed)


def _task(later: Later, visit: Visit, about: Chosen, question: Question, values: Mapping[str, Any]) -> Task:
    """Return the task of a question, which is over or takes its time; the same question is worked out once."""
    served = visit.project(about.level)
    asked = question.asked(values)
    key = (question.name, tuple(sorted(asked.items())), about.level, about.state.number, served.stamps(question.files(values)))

    def make(counted: Counted) -> tuple[Any, Served]:
        return question.ask(served, about.scores, asked, counted), served

    try:
        task = later.task(key, make, who=visit.visitor.name or visit.address)
    except Busy as busy:
        if busy.own:
            refuse("IC571", most=MOST_OF_ONE)
        refuse("IC547")
    if task.is_too_long:
        refuse("IC572", minutes=round(MOST_SECONDS / 60), command=_command(visit, about, question, values))
    return task


def _command(visit: Visit, about: Chosen, question: Question, values: Mapping[str, Any]) -> str:
    """Return the command line that gives the same answer in the project's folder."""
    said = _by_name(about.scores, values)
    as_of = visit.project().as_of
    return question.command(said, index=visit.site.index_file.name, level=about.level, as_of=as_of)


def _in_progress(visit: Visit, about: Chosen, question: Question, task: Task) -> Response:
    """Say that an answer takes longer, on a page that asks again by itself."""
    again = visit.url(visit.request.url.path, **visit.request.query_params)
    how_far = words.progress_of(visit.language).format(done=task.done, all=task.of) if task.of else ""
    part = visit.part("progress.html.jinja", again=again, how_far=how_far)
    return visit.laid_out(_asked_title(visit, about, question), part, status=202, headers={"refresh": f"2; url={again}"})


def _answered(visit: Visit, about: Chosen, question: Question, values: Mapping[str, Any], task: Task) -> dict[str, Any]:
    """Return an answer as a page shows it: tables, a picture, the same as text, and the command that gives it."""
    from ..report.formats.html.drawings import level_marks

    result, served = task.result()
    visit.found += served.told
    stamps = served.stamps(question.files(values))
    key = ("answer", question.name, tuple(sorted(values.items())), about.level, visit.language, stamps)

    def make() -> dict[str, Any]:
        from ..report.formats.html.markup import table
        from ..report.sheets.tables import shortened
        from ..report.sheets.warnings import warnings_sheet

        answer = question.answer(result, values, visit.language)
        sheets = [sheet for sheet in answer.sheets.values() if sheet.rows]
        if question.name == "warn":
            sheets = [warnings_sheet(result.scores, result.judged, result.period, visit.language, least=result.least)]
        file = f"{question.name}.xlsx"
        return {
            "tables": [
                table(
                    shortened(sheet, MOST_ROWS, visit.language, file), visit.language, sortable=True, classes=_of_periods(sheet)
                )
                for sheet in sheets
            ],
            "picture": question.picture(about.scores, result, answer, visit.language),
            "text": answer.text,
            "command": _command(visit, about, question, values),
            "workbook": visit.url("/ask/workbook", question=question.name, **values, level=about.level) if answer.sheets else "",
            "marks": level_marks(visit.language) if question.name == "warn" else "",
        }

    made: dict[str, Any] = about.state.kept(key, make)
    return made


def _of_periods(sheet: Sheet) -> str:
    """Return the classes of a table that keep its periods in one line."""
    return " ".join(f"p{at}" for at, one in enumerate(sheet.headings, 1) if one.kind == "period")


def _by_name(scores: Scores, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a question was told with the unit by its name, where that means no other one."""
    if "unit" not in values:
        return dict(values)
    name = scores.panel.units.names[unit_of(scores, values["unit"])]
    is_plain = bool(name) and scores.panel.units.names.count(name) == 1
    return {**values, "unit": name if is_plain else values["unit"]}


def _workbook(later: Later, visit: Visit) -> Response:
    """Return an answer as the workbook that the command writes."""
    from starlette.responses import Response as Plain

    from ..report.answers.answer import files_of
    from ..version import VERSION

    about, question = chosen(visit), _questions(visit).get(visit.asked("question"))
    if question is None:
        return visit.findings([finding("IC567", Place())], status=404)
    values = question.values({one.name: visit.asked(one.name) for one in question.fields})
    if not question.is_complete(values):
        return visit.redirect("/ask", question=question.name)
    task = _task(later, visit, about, question, values)
    if not task.over.is_set():
        return _in_progress(visit, about, question, task)
    answer: Answer = question.answer(task.result()[0], values, visit.language)
    inputs = inputs_of(visit.project(about.level), about.scores)
    made = {"indexcalc": VERSION, "command": question.name, "options": dict(values), "inputs": inputs}
    content = files_of(answer, question.name, made, visit.language)[f"{question.name}.xlsx"]
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Plain(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{question.name}.xlsx"'})


def _field(visit: Visit, about: Chosen, one: Field, said: str) -> SimpleNamespace:
    """Return a field as the form has it: with what can be chosen, and what is said already."""
    scores, language = about.scores, visit.language
    suggestions: list[tuple[str, str]] = []
    if one.kind == "node":
        suggestions = [(node.id, node.title(language)) for node in scores.index.by_id.values()][:MOST_LISTED]
    first = one.empty or (words.newest if one.kind == "period" else words.all_of_them)
    shown = said or ("" if visit.asked("now") else one.default)
    return SimpleNamespace(
        name=one.name,
        title=one.title(language) if one.kind != "unit" else units_called(scores, language),
        kind=one.kind,
        required=one.required,
        choices=_choices(visit, about, one),
        empty="" if one.required or (one.kind == "choice" and one.empty is None) else first(language),
        suggestions=suggestions,
        value=_id_of(scores, shown) if one.kind == "unit" else shown,
        least=one.least,
        most=one.most,
        rare=one.rare,
    )


def _choices(visit: Visit, about: Chosen, one: Field) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return a field's choices, in groups that have a title where there are several."""
    scores, language = about.scores, visit.language
    periods = [(period, period_title(period, language)) for period in reversed(scores.periods)]
    if one.kind == "unit" and len(scores.panel.units) <= MOST_LISTED:
        units = scores.panel.units
        return [("", [(units.ids[at], units.title(at, language)) for at in range(len(units))])]
    if one.kind == "period":
        return [("", periods)]
    if one.kind == "department":
        return [("", [(name, name) for name in departments(scores.index)])]
    if one.kind == "choice":
        return [("", [(value, title(language)) for value, title in one.choices])]
    if one.kind == "file":
        own = visit.site.index_file.name
        return [("", [(name, name) for name in _offered(visit, one.ends) if name != own])]
    if one.kind == "state":
        trees = [(name, name) for name in _offered(visit, ".yaml")]
        return [
            (words.periods(language), periods),
            *((words.trees(language), trees) for _ in trees[1:2]),
            *((getattr(words, f"methods_{room}")(language), methods) for room, methods in methods_of(language)),
        ]
    return []


def _offered(visit: Visit, ends: str) -> list[str]:
    """Return the names of files beside the tree that the visitor may choose from."""
    return offered(visit.site.index_file, ends) if visit.sees_files else []


def methods_of(language: Language) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the methods that can be compared, by what they are for."""
    from ..analysis.compare import ROOMS
    from ..methods import CATALOGUE
    from ..tree.terms import method_title

    return [(room, [(name, method_title(name, language, room)) for name in CATALOGUE[room]]) for room in ROOMS]


def _id_of(scores: Scores, said: str) -> str:
    """Return the id of a unit that was named in some way; what was typed where there is none."""
    place = scores.unit(said)
    return said if place is None else scores.panel.units.ids[place]
