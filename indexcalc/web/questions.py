"""The questions that a page can ask, each once: its fields, what answers, the picture, the command that gives the same."""

from __future__ import annotations

import math
import re
import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from ..findings import Language, Place, Refused, finding
from ..jobs.project import INDEX, refuse
from ..words.page import page as page_words
from ..words.reports import Said, word, word_of
from ..words.web import web as words

if TYPE_CHECKING:
    from ..report.answers.answer import Answer
    from ..report.sheets.sheet import Sheet
    from ..scores import Scores
    from .current import Served
    from .later import Counted

MOST = 1e9  # of a number that nothing else bounds
Kind = Literal["unit", "node", "period", "department", "whole", "number", "choice", "text", "state", "file", "tick"]
Values = Mapping[str, Any]
Result = Any


@dataclass(frozen=True)
class Field:
    """A field of a question: the parameter and the command's option that it fills, its kind and its bounds."""

    name: str
    title: Said
    kind: Kind
    option: str = ""
    """Such as `--rank`; nothing for an argument."""
    required: bool = False
    least: float | None = None
    most: float | None = None
    choices: tuple[tuple[str, Said], ...] = ()
    default: str = ""
    empty: Said | None = None
    """What is meant where nothing is said, where that is not what its kind means."""
    ends: str = ""
    """Of a file beside the tree: what its name ends with."""
    takes: str = ""
    """Of a text: the expression that all of it must match."""
    rare: bool = False
    """Whether few ask for it: such fields stand folded up below the others."""
    shown: bool = False
    """Whether it says how an answer is shown, not what is asked."""

    def read(self, text: str) -> Any:
        """Return what was typed as the question takes it; None for nothing.

        :raises Refused: when it is no number between the bounds, or none of the choices.
        """
        if not text:
            return None
        if self.kind == "tick":
            return True
        if self.takes and not re.fullmatch(self.takes, text):
            self._refuse(text)
        if self.kind == "choice":
            return text if text in {value for value, _ in self.choices} else self._refuse(text)
        if self.kind not in ("whole", "number"):
            return text
        try:
            value = int(text) if self.kind == "whole" else float(text)
        except ValueError:
            self._refuse(text)
        least, most = -MOST if self.least is None else self.least, MOST if self.most is None else self.most
        return value if least <= value <= most else self._refuse(text)  # NaN lies nowhere

    def _refuse(self, text: str) -> Any:
        raise Refused([finding("IC546", Place(), found=text, name=self.option or self.name)])


@dataclass(frozen=True)
class Question:
    """A question by the name of its command."""

    name: str
    title: Said
    about: Said
    fields: tuple[Field, ...]
    ask: Callable[[Served, Scores, Values, Counted], Result]
    answer: Callable[[Result, Values, Language], Answer]
    picture: Callable[[Scores, Result, Answer, Language], Markup]
    needs: tuple[str, ...] = ()
    """Of these fields one must be said, and no more than one."""
    has_levels: bool = True
    """Whether it is asked of the units of a level; what was reported is of no level."""
    is_for_editors: bool = False
    """Whether it says what others than editors are not to see."""

    def values(self, said: Mapping[str, str]) -> dict[str, Any]:
        """Return what was typed by the names of fields, less what was left empty.

        :raises Refused: when something is not what its field takes.
        """
        read = {one.name: one.read(said.get(one.name, "").strip()) for one in self.fields}
        return {name: value for name, value in read.items() if value is not None}

    def is_complete(self, values: Values) -> bool:
        """Say whether every field that must be filled in is."""
        return not self.lacking(values, "en")

    def lacking(self, values: Values, language: Language) -> str:
        """Name the fields that must still be filled in; empty where none is lacking."""
        said = [str(one.title(language)) for one in self.fields if one.required and one.name not in values]
        if self.needs and sum(name in values for name in self.needs) != 1:
            said.append(" / ".join(one.title(language) for one in self.fields if one.name in self.needs))
        return ("；" if language == "zh" else "; ").join(said)

    def asked(self, values: Values) -> dict[str, Any]:
        """Return the parameters of a question, without those that say how its answer is shown."""
        shown = {one.name for one in self.fields if one.shown}
        return {name: value for name, value in values.items() if name not in shown}

    def files(self, values: Values) -> list[str]:
        """Return the values that may be names of files beside the tree."""
        return [str(values[one.name]) for one in self.fields if one.kind in ("file", "state") and one.name in values]

    def command(self, values: Values, *, index: str = INDEX, level: str | None = None, as_of: str | None = None) -> str:
        """Return the command line that gives the same answer in the project's folder."""
        said = [
            (one, f"{values[one.name]:g}" if isinstance(values[one.name], float) else str(values[one.name]))
            for one in self.fields
            if one.name in values
        ]
        options = [part for one, value in said if one.option for part in (one.option, *([value] if one.kind != "tick" else []))]
        options += ["--level", level] if level and self.has_levels else []
        options += ["--as-of", as_of] if as_of else []
        options += ["--index", index] if index != INDEX else []
        arguments = [value for one, value in said if not one.option]
        apart = ["--"] if any(value.startswith("-") for value in arguments) else []
        return " ".join(map(_quoted, ["indexcalc", self.name, *options, *apart, *arguments]))


def _quoted(part: str) -> str:
    """Quote a part of a command where a shell would read it otherwise; Chinese stays as it is.

    >>> _quoted("a b"), _quoted("--rank")
    ("'a b'", '--rank')
    """
    return part if re.fullmatch(r"[\w@%+=:,./-]+", part) else shlex.quote(part)


# ------------------------------------------------------------------------------------------------------------ pictures


def picture_of(sheet: Sheet | None, language: Language, column: int | None = None, rows: Sequence[int] | None = None) -> Markup:
    """Draw a column of a sheet as bars: the one that matters most, unless another is asked for; empty without one."""
    from ..report.draw.bars import MOST, bars
    from ..report.formats.text import shown

    if sheet is None or not sheet.rows:
        return Markup("")
    at = _column(sheet) if column is None else column
    if at is None:
        return Markup("")
    places = list(range(len(sheet.rows)) if rows is None else rows)[:MOST]
    named = [place for place, one in enumerate(sheet.headings) if one.kind in ("text", "period") and not one.over]
    name = next((one for one in named if len({sheet.rows[row][one] for row in places}) > 1), named[0] if named else 0)
    names = [shown(sheet.rows[row][name], sheet.headings[name], sheet, tie=False, language=language) for row in places]
    values = [_number(sheet.rows[row][at]) for row in places]
    texts = [shown(sheet.rows[row][at], sheet.headings[at], sheet, tie=False, language=language) for row in places]
    label = f"{sheet.headings[at].title}: " + "; ".join(f"{one} {said}" for one, said in zip(names, texts, strict=True))
    return _figure(sheet.headings[at].title, bars(names, values, texts, label), language, "bars")


def _column(sheet: Sheet) -> int | None:
    """Return the column that matters most: the strong one, else the last of differences, shares or scores."""
    for place, one in enumerate(sheet.headings):
        if one.strong:
            return place
    for kind in ("signed", "percent", "score", "count"):
        places = [place for place, one in enumerate(sheet.headings) if one.kind == kind]
        if places:
            return places[-1] if kind == "signed" else places[0]
    return None


def _number(value: Any) -> float:
    """Return a cell as a number: that at its beginning where it is a text; NaN where there is none."""
    if isinstance(value, int | float):
        return float(value)
    found = re.search(r"-?\d+(\.\d+)?", value or "")
    return float(found[0]) if found else math.nan


def _figure(title: str, drawn: str, language: Language, classes: str = "") -> Markup:
    if not drawn:
        return Markup("")
    figure = '<figure class="{0}"><figcaption class="help">{1}</figcaption>{2}</figure>'
    region = Markup('<div class="wide" tabindex="0" role="region" aria-label="{}">{}</div>')
    label = words.picture_of(language).format(title=title)
    return Markup(figure).format(classes, title, region.format(label, Markup(drawn)))  # noqa: S704 - drawn by us


def _main(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    del scores, result
    return picture_of(answer.sheets.get(""), language)


def _first(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw the first of an answer's tables that can be drawn."""
    del scores, result
    return next((drawn for sheet in answer.sheets.values() if (drawn := picture_of(sheet, language))), Markup(""))


def _differences(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw of all units the change of their scores, of one the parts of its own."""
    del scores, result
    sheet = answer.sheets[""]
    column = next((place for place, one in enumerate(sheet.headings) if one.kind == "signed"), None)
    return picture_of(sheet, language, column)


def _made_of(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw what a score is made of one level down, in points; before it the petals of a unit where it has some."""
    from ..report.formats.html.blocks import has_petals
    from ..report.formats.html.drawings import flower, petal_ends
    from ..report.sheets.analysed import analysed

    sheet = answer.sheets[""]
    top = min((row[0] for row in sheet.rows if isinstance(row[0], int | float)), default=0)
    rows = [place for place, row in enumerate(sheet.rows) if row[0] == top + 1]
    places = [place for place, one in enumerate(sheet.headings) if one.title == word.index_points(language)]
    drawn = picture_of(sheet, language, places[-1] if places else None, rows) if rows else Markup("")
    shown = analysed(scores, result.scores.periods[result.period], every=False)
    if not hasattr(result, "others") and top == 0 and has_petals(shown):
        own = flower(shown, result.unit, petal_ends(shown), language)
        drawn = Markup('<figure class="flower">{}</figure>{}').format(own.svg, drawn)
    return drawn


def _intervals(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw where draws put each unit, beside its rank."""
    from ..report.formats.html.drawings import certainty
    from ..report.sheets.analysed import analysed

    del answer
    shown = replace(analysed(scores, result.period, every=False), uncertainty=result)
    made = certainty(shown, language) if getattr(result, "node", None) in (None, scores.index.index.id) else None
    return _figure(page_words.certainty(language), made.svg, language) if made is not None and made.svg else Markup("")


def _steps(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw what each step of a plan brings; below them stands their sum, which is no step."""
    del scores
    sheet = answer.sheets[""]
    places = [place for place, one in enumerate(sheet.headings) if one.kind == "signed"]
    return picture_of(sheet, language, places[-1] if places else None, range(len(result.steps)))


def _turns(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw how much weight must move for each pair of neighbours to turn: the less, the less sure is their order."""
    del scores, result
    sheet = answer.sheets.get("")
    column = next((place for place, one in enumerate(sheet.headings) if one.kind == "count"), None) if sheet else None
    return picture_of(sheet, language, column)


def _obstacles(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw the largest shares of indicators, of one unit or of all on average; nodes above them have no place in the order."""
    del scores, result
    sheet = answer.sheets.get("nodes") or answer.sheets.get("shares")
    if sheet is None:
        return Markup("")
    place = _column(sheet)
    leaves = [row for row, cells in enumerate(sheet.rows) if cells[-1] is not None]
    known = [row for row in leaves if place is not None and not math.isnan(_number(sheet.rows[row][place]))]
    known.sort(key=lambda row: -_number(sheet.rows[row][place or 0]))
    return picture_of(sheet, language, place, known[:15])


def _board(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw how many warnings there are of each level, as marks."""
    from ..report.formats.html.alerts import warning_board
    from ..report.sheets.analysed import analysed

    del answer
    made = warning_board(analysed(scores, result.period, judged=result.judged, every=False), language)
    if made is None:
        return Markup("")
    return Markup('<ul class="facts">{}</ul>').format(
        Markup("").join(Markup("<li>{} {}</li>").format(one.mark, one.text) for one in made.counts)
    )


def _doubts(scores: Scores, result: Result, answer: Answer, language: Language) -> Markup:
    """Draw how much there is to ask each department."""
    from ..report.sheets.sheet import Heading, Sheet

    del scores, result
    sheet = answer.sheets[""]
    counts = Counter(str(row[0]) for row in sheet.rows)
    headings = (sheet.headings[0], Heading(sheet.title, "count"))
    return picture_of(Sheet(sheet.title, headings, tuple(counts.most_common())), language)


# ----------------------------------------------------------------------------------------------------------- questions


def _asked(name: str, served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    """Ask one of the questions of the library, whose parameters are called like the fields."""
    from ..jobs import questions

    takes: dict[str, Any] = {"go_on": served.go_on} if name in _GO_ON else {}
    takes |= {"progress": counted} if name in ("uncertainty", "sensitivity", "robustness") else {}
    takes |= {"language": served.language} if name == "target" else {}
    takes |= {key: served.beside(values[key]) for key in ("sets", "costs") if key in values}
    return getattr(questions, name)(scores, **{**values, **takes})


def _change(served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    """Split a change; the earlier period's scores are by another tree beside the own one, where one is named."""
    from ..jobs.questions import change

    del counted
    said = {name: value for name, value in values.items() if name != "index_from"}
    earlier = served.scored(values["index_from"]) if "index_from" in values else None
    return change(scores, **said, earlier=earlier)


def _compare(served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    """Compare two periods, methods or trees, or a period with a table that was published."""
    from ..jobs.printed import beside_print
    from ..jobs.questions import compare

    del counted
    one, other, every = values["one"], values.get("other", ""), bool(values.get("every"))
    if "published" in values:
        return beside_print(scores, served.beside(values["published"]), period=one)
    trees = [served.is_tree(name) for name in (one, other)]
    if any(trees) and not all(trees):
        refuse("IC781", one=one, other=other)
    if not all(trees):
        return compare(scores, one, other, period=values.get("period"), every=every)
    earlier, later = (scores if name == served.file.name else served.scored(name) for name in (one, other))
    return compare(earlier, later, period=values.get("period"), names=(one, other), every=every)


def _explain(served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    from ..jobs.questions import explain
    from ..journal.history import read_history

    del counted
    history, unread = ([], []) if "vs" in values else read_history(served.file)
    served.tell(unread)
    return explain(scores, **values, history=history)


def _trend(served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    from ..jobs.questions import trend
    from ..journal.published import read_published

    del counted
    published, unread = read_published(served.file)
    served.go_on(unread)
    return trend(scores, **values, published=published)


def _audit(served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    """Audit what was reported, read again: scores do not hold all of it."""
    from ..jobs.audit import audit

    del scores, counted
    return audit(served, **values)


def _audited(result: Result, values: Values, language: Language) -> Answer:
    from ..report.answers.audit import audited

    del values
    return audited(result, language)


def _elsewhere(name: str, served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    """Ask a question that has a module of its own."""
    from importlib import import_module

    del served, counted
    return getattr(import_module(f"..jobs.{name}", __package__), name)(scores, **values)


def _evolution(served: Served, scores: Scores, values: Values, counted: Counted) -> Result:
    """Ask how scores evolve, by the tree's own settings where nothing else is said; commas part columns and numbers."""
    from ..jobs.evolution import declared

    said = {**values, **{key: values[key].split(",") for key in ("by", "at", "controls") if key in values}}
    if "points" in said:
        said["points"] = [float(one) for one in said["points"].split(",")]
    if "bandwidth" in said and said["bandwidth"] not in _RULES_OF_KERNELS:
        said["bandwidth"] = float(said["bandwidth"])
    if said.pop("as_they_are", False):
        said["standardise"] = False
    return _elsewhere("evolution", served, scores, declared(served, scores) | said, counted)


def _answered(name: str, result: Result, values: Values, language: Language) -> Answer:
    """Return an answer as the command of a name gives it."""
    from importlib import import_module

    module = import_module(f"..report.answers.{name}", __package__)
    answer: Answer = getattr(module, f"{name}_answer")(result, language, **values)
    return answer


def _compared(result: Result, values: Values, language: Language) -> Answer:
    """Return how two states compare, or a period with what was published."""
    return _answered("printed" if "published" in values else "compare", result, {}, language)


def _plain(name: str, result: Result, values: Values, language: Language) -> Answer:
    del values
    return _answered(name, result, {}, language)


def _draws(result: Result, values: Values, language: Language) -> Answer:
    """Return what draws gave, with the intervals and shares that are asked for."""
    shown = {name: values[name] for name in ("interval", "apart", "top") if name in values}
    quantiles = [values["quantile"]] if "quantile" in values else []
    return _answered("uncertainty", result, {**shown, "quantiles": quantiles}, language)


_GO_ON = ("uncertainty", "sensitivity", "robustness", "target", "warn")
_UNIT = Field("unit", words.unit, "unit")
_OF = replace(_UNIT, required=True)
_NODE = Field("node", words.node, "node", "--node")
_PERIOD = Field("period", words.period, "period", "--period")
_EVERY = Field("every", words.every_unit, "tick", "--all", rare=True)
_SEED = Field("seed", words.seed, "whole", "--seed", least=0, rare=True)
_LEVELS = tuple((level, Said(word_of(level, "zh"), word_of(level, "en"))) for level in ("red", "orange", "yellow", "blue"))
_EFFORTS = (("peers", words.effort_peers), ("history", words.effort_history))
_OPERATORS = tuple(
    (name, Said(name, name)) for name in ("product-sum", "min-max", "product-max", "min-bounded-sum", "min-sum-balanced")
)
_UNCERTAIN = (
    Field("weights", words.weights_drawn, "text", "--weights", default="perturb:0.25"),
    *(
        Field(step, getattr(words, f"{step}_drawn"), "text", f"--{step}", rare=True)
        for step in ("normalise", "aggregate", "treat", "impute")
    ),
    Field("noise", words.noise_drawn, "number", "--noise", least=1e-12, rare=True),
)
_RULES_OF_KERNELS = ("silverman", "normal")
_BANDWIDTH = rf"{'|'.join(_RULES_OF_KERNELS)}|(?=.*[1-9])\d{{1,9}}(\.\d{{1,9}})?"
_NUMBERS = r"-?\d{1,9}(\.\d{1,9})?(,-?\d{1,9}(\.\d{1,9})?){0,99}"
_NEAR = r"nearest:\d{1,3}|within:[\d.]{1,9}|inverse"  # a file of neighbours is for the command line


def _question(
    name: str, *fields: Field, ask: Any = None, answer: Any = None, picture: Any = _main, needs: tuple[str, ...] = ()
) -> Question:
    title, about = getattr(words, f"ask_{name}"), getattr(words, f"about_{name}")
    return Question(name, title, about, fields, ask or partial(_asked, name), answer or partial(_plain, name), picture, needs)


QUESTIONS: dict[str, Question] = {
    one.name: one
    for one in (
        _question(
            "explain",
            _OF,
            _PERIOD,
            _NODE,
            Field("vs", words.beside, "text", "--vs"),
            Field("depth", words.depth, "whole", "--depth", least=0, default="2"),
            ask=_explain,
            picture=_made_of,
        ),
        _question(
            "change",
            _UNIT,
            Field("from_", words.earlier, "period", "--from", empty=words.the_one_before),
            Field("to", words.later, "period", "--to"),
            Field("index_from", words.earlier_tree, "file", "--index-from", ends=".yaml", empty=words.same_tree),
            _EVERY,
            ask=_change,
            picture=_differences,
        ),
        _question(
            "compare",
            Field("one", words.one, "state", required=True),
            Field("other", words.other, "state", empty=words.none),
            Field("published", words.published_table, "file", "--with", ends=".csv", empty=words.none),
            replace(_PERIOD, title=words.period_of_states, rare=True),
            _EVERY,
            ask=_compare,
            answer=_compared,
            picture=_differences,
            needs=("other", "published"),
        ),
        _question(
            "uncertainty",
            _PERIOD,
            _NODE,
            *_UNCERTAIN,
            Field("draws", words.draws, "whole", "--draws", least=1, most=10_000, default="1000"),
            _SEED,
            Field("sets", words.sets_of_weights, "file", "--sets", ends=".csv", empty=words.none, rare=True),
            Field("interval", words.share_of_interval, "number", "--interval", least=0.01, most=0.999, rare=True, shown=True),
            Field("apart", words.share_apart, "number", "--apart", least=0.5, most=1, rare=True, shown=True),
            Field("top", words.share_of_first, "whole", "--top", least=1, rare=True, shown=True),
            Field("quantile", words.quantile, "number", "--quantile", least=0, most=1, rare=True, shown=True),
            answer=_draws,
            picture=_intervals,
        ),
        _question(
            "robustness",
            _UNIT,
            _PERIOD,
            Field("depth", words.level_moved, "whole", "--depth", least=1, default="1"),
            Field("within", words.within, "number", "--within", least=0),
            Field("top", words.among_the_first, "whole", "--top", least=1),
            _EVERY,
            picture=_turns,
        ),
        _question(
            "target",
            _OF,
            Field("rank", words.rank_wanted, "whole", "--rank", least=1),
            Field("score", words.score_wanted, "number", "--score"),
            _PERIOD,
            Field("effort", words.effort, "choice", "--effort", choices=_EFFORTS, default="peers"),
            Field("costs", words.costs, "file", "--costs", ends=".csv", empty=words.none, rare=True),
            picture=_steps,
            needs=("rank", "score"),
        ),
        _question("trend", _UNIT, _PERIOD, _NODE, ask=_trend),
        _question(
            "warn",
            _PERIOD,
            Field("least", words.least, "choice", "--least", choices=_LEVELS, default="orange"),
            replace(_UNIT, option="--unit"),
            _NODE,
            Field("events", words.events_shown, "whole", "--events", least=0, most=100, rare=True),
            picture=_board,
        ),
        _question(
            "obstacles",
            _UNIT,
            _PERIOD,
            _NODE,
            Field("top", words.listed_each, "whole", "--top", least=1, default="5"),
            ask=partial(_elsewhere, "obstacles"),
            picture=_obstacles,
        ),
        _question(
            "sensitivity",
            _PERIOD,
            *_UNCERTAIN,
            Field("rows", words.rows_of_samples, "whole", "--rows", least=2, most=4096, default="256"),
            _SEED,
            picture=_first,
        ),
        _question("describe", _PERIOD, _NODE, picture=_first),
        replace(
            _question(
                "audit",
                Field("department", word.department, "department", "--department"),
                replace(_PERIOD, empty=words.all_of_them),
                ask=_audit,
                answer=_audited,
                picture=_doubts,
            ),
            has_levels=False,
            is_for_editors=True,
        ),
        _question(
            "evolution",
            _PERIOD,
            _NODE,
            Field("by", words.grouped_by, "text", "--by"),
            Field("weight", words.weighed_by, "text", "--weight", rare=True),
            Field("neighbours", words.neighbours, "text", "--neighbours", takes=_NEAR, rare=True),
            Field("at", words.coordinates, "text", "--at", takes=r"[^,]+,[^,]+", rare=True),
            Field("classes", words.classes, "whole", "--classes", least=2, most=20, rare=True),
            Field("permutations", words.permutations, "whole", "--permutations", least=0, most=9999, rare=True),
            Field("as_they_are", words.not_standardised, "tick", "--no-standardise", rare=True),
            Field("controls", words.controls, "text", "--controls", rare=True),
            Field("bandwidth", words.bandwidth, "text", "--bandwidth", takes=_BANDWIDTH, rare=True),
            Field("points", words.points_of_densities, "text", "--points", takes=_NUMBERS, rare=True),
            _SEED,
            ask=_evolution,
            picture=_first,
        ),
        _question("grades", _PERIOD, _NODE, Field("by", words.graded_by, "text", "--by"), ask=partial(_elsewhere, "grades")),
        _question(
            "fuzzy",
            _PERIOD,
            _NODE,
            Field("operator", words.operator, "choice", "--operator", choices=_OPERATORS, empty=words.as_in_tree),
            ask=partial(_elsewhere, "fuzzy"),
        ),
    )
}
"""Every question by the name of its command, in the order in which the page lists them."""
