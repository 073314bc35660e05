"""The questions that a page can ask, each once: its fields, what answers, the picture, the command that gives the same."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from markupsafe import Markup

from ..findings import Language, Place, Refused, finding
from ..jobs.project import INDEX, refuse
from ..words.reports import Said, word, word_of
from ..words.web import web as words
from . import pictures

if TYPE_CHECKING:
    from ..report.answers.answer import Answer
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
    name: str, *fields: Field, ask: Any = None, answer: Any = None, picture: Any = pictures.main, needs: tuple[str, ...] = ()
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
            picture=pictures.made_of,
        ),
        _question(
            "change",
            _UNIT,
            Field("from_", words.earlier, "period", "--from", empty=words.the_one_before),
            Field("to", words.later, "period", "--to"),
            Field("index_from", words.earlier_tree, "file", "--index-from", ends=".yaml", empty=words.same_tree),
            _EVERY,
            ask=_change,
            picture=pictures.differences,
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
            picture=pictures.differences,
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
            picture=pictures.intervals,
        ),
        _question(
            "robustness",
            _UNIT,
            _PERIOD,
            Field("depth", words.level_moved, "whole", "--depth", least=1, default="1"),
            Field("within", words.within, "number", "--within", least=0),
            Field("top", words.among_the_first, "whole", "--top", least=1),
            _EVERY,
            picture=pictures.turns,
        ),
        _question(
            "target",
            _OF,
            Field("rank", words.rank_wanted, "whole", "--rank", least=1),
            Field("score", words.score_wanted, "number", "--score"),
            _PERIOD,
            Field("effort", words.effort, "choice", "--effort", choices=_EFFORTS, default="peers"),
            Field("costs", words.costs, "file", "--costs", ends=".csv", empty=words.none, rare=True),
            picture=pictures.steps,
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
            picture=pictures.board,
        ),
        _question(
            "obstacles",
            _UNIT,
            _PERIOD,
            _NODE,
            Field("top", words.listed_each, "whole", "--top", least=1, default="5"),
            ask=partial(_elsewhere, "obstacles"),
            picture=pictures.obstacles,
        ),
        _question(
            "sensitivity",
            _PERIOD,
            *_UNCERTAIN,
            Field("rows", words.rows_of_samples, "whole", "--rows", least=2, most=4096, default="256"),
            _SEED,
            picture=pictures.first,
        ),
        _question("describe", _PERIOD, _NODE, picture=pictures.first),
        replace(
            _question(
                "audit",
                Field("department", word.department, "department", "--department"),
                replace(_PERIOD, empty=words.all_of_them),
                ask=_audit,
                answer=_audited,
                picture=pictures.doubts,
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
            picture=pictures.first,
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
