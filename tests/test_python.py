"""The pages for users of Python, and the READMEs' example, are run block by block: what they show is what comes out."""

from __future__ import annotations

import ast
import contextlib
import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import indexcalc
from indexcalc.analysis.result import Result

from .conftest import REPOSITORY

DOCS = REPOSITORY / "docs"
LOCALES = {"en": "en_US.UTF-8", "zh": "zh_CN.UTF-8"}
QUESTIONS = frozenset(
    [
        "explain",
        "change",
        "compare",
        "uncertainty",
        "describe",
        "sensitivity",
        "robustness",
        "target",
        "trend",
        "obstacles",
        "evolution",
        "grades",
        "beside_print",
        "fuzzy",
        "warn",
        "audit",
        "weights",
        "submit",
        "template",
        "publish",
        "verify",
        "write_page",
        "write_report",
        "export_tree",
        "import_tree",
        "register",
        "doctor",
    ]
)


def cells(file: Path) -> list[tuple[str, str]]:
    """The blocks of Python of a page, each with the text below it that says what it shows."""
    return re.findall(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", file.read_text(encoding="utf-8"), re.DOTALL)


def shown(code: str, names: dict[str, Any]) -> str:
    """Run a block as a notebook does, and return what it prints and, where its last line is a value, that."""
    block = ast.parse(code)
    last = block.body.pop() if isinstance(block.body[-1], ast.Expr) else None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "cell", "exec"), names)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            if value is not None:
                print(repr(value))
    return "".join(f"{line.rstrip()}\n" for line in printed.getvalue().splitlines())


@pytest.fixture(params=LOCALES)
def language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> str:
    monkeypatch.setenv("LANG", LOCALES[request.param])
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return str(request.param)


def test_what_the_page_shows_is_what_comes_out(language: str) -> None:
    for package, extra in {"ibis": "events", "altair": "plot"}.items():
        pytest.importorskip(package, reason=f"the extra `{extra}` is not installed")
    names: dict[str, Any] = {"__name__": "__main__"}
    blocks = cells(DOCS / language / "python.md")
    for code, text in blocks:
        said = shown(code, names)
        assert not text or said == text, code
    assert sum(bool(text) for _, text in blocks) > 15


def test_the_pages_ask_every_question() -> None:
    for each in LOCALES:
        code = "\n".join(block for block, _ in cells(DOCS / each / "python.md"))
        for name in (*QUESTIONS, "load", "read", "score"):
            assert f"indexcalc.{name}(" in code, name
    assert {*QUESTIONS, "load", "read", "score"} == {name for name in dir(indexcalc) if name.islower() and name[0] != "_"}


def test_ranks_contributions_and_intervals_take_a_cell_each(language: str) -> None:
    names: dict[str, Any] = {"__name__": "__main__"}
    data, ranks, contributions, together, intervals = (block for block, _ in cells(DOCS / language / "python.md")[:5])
    shown(data, names)
    assert names["countries"].shape == (6, 10)
    shown(ranks, names)
    ranked = names["scores"].ranking()
    assert ranked["rank"].tolist() == [1, 2, 3, 4, 5, 6]
    for code in (contributions, together):
        shown(code, names)
    one, all_of_them = names["why"], names["everyone"]
    assert one.loc[one["depth"] == 1, "index_points"].sum() == pytest.approx(one["score"].iloc[0], abs=1e-12)
    points = all_of_them[all_of_them["depth"] == 1].groupby("unit")["index_points"].sum()
    assert points[ranked["unit"]].tolist() == pytest.approx(ranked["score"].tolist(), abs=1e-12)
    shown(intervals, names)
    drawn = names["sure"].frame()
    assert (drawn["rank_low"] <= drawn["median_rank"]).all()
    assert (drawn["median_rank"] <= drawn["rank_high"]).all()


def test_the_example_of_a_readme_runs(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(REPOSITORY)
    ((code, text),) = cells(REPOSITORY / {"en": "README.md", "zh": "README.zh.md"}[language])
    assert text
    assert shown(code, {"__name__": "__main__"}) == text


def test_a_view_and_a_warning_speak_the_language_of_the_locale(language: str) -> None:
    tree = """
index: {id: a, name: 指数, name_en: Index}
units: {id: unit}
dimensions: [{id: x, name: 数值, name_en: Value, weight: 0.5}, {id: y, weight: 0.5}]
"""
    frame = three_units()
    with pytest.warns(UserWarning, match={"en": "is the same in all units", "zh": "各评价对象数值相同"}[language]) as told:
        scores = indexcalc.score(tree, frame)
    assert [Path(one.filename) for one in told] == [Path(__file__)], "a warning stands at the line that called"
    view, other = scores._repr_html_(), {"en": "指数", "zh": "Index"}[language]
    assert other not in view
    answer: Result = indexcalc.explain(scores, "A")
    assert {"en": "Value", "zh": "数值"}[language] in answer._repr_html_()
    assert answer.frame("en")["name"].tolist() == ["Index", "Value", "y"]
    assert answer.frame()["name"].tolist() == ["指数", "数值", "y"]


def three_units() -> Any:
    import pandas as pd

    return pd.DataFrame({"unit": ["A", "B", "C"], "x": [1.0, 2.0, 4.0], "y": [3.0, 3.0, 3.0]})


def refused(call: Callable[[], object]) -> list[tuple[str, str]]:
    with pytest.raises(indexcalc.Refused) as caught:
        call()
    return [(one.code, one.hint("en")) for one in caught.value.findings if one.severity == "error"]


PLACES = """
index: {id: living}
units: {id: place, label: Place}
defaults: {normalise: min-max}
dimensions:
  - {id: all, weight: 1, indicators: [{id: Income, weight: 0.5}, {id: births, weight: 0.5}]}
"""


def test_what_is_wrong_with_a_frame_is_said_in_the_words_of_frames() -> None:
    frame = pd.DataFrame({"place": ["A", "B"], "Income": [1.0, 2.0], "births": [4.0, 3.0]})
    ((code, hint),) = refused(lambda: indexcalc.score(PLACES, frame.rename(columns={"place": "town"})))
    assert code == "IC382"
    assert 'frame.rename(columns={"town": "place"})' in hint
    assert "`units: {id: town}`" in hint
    long = frame.melt("place", var_name="what", value_name="how much")
    for wrong in (long, frame.set_index("place").T):
        ((code, hint),) = refused(lambda wrong=wrong: indexcalc.score(PLACES, wrong))
        assert (code, "`variable` and `value`" in hint, "frame.T" in hint) == ("IC383", True, True)
    said = long.rename(columns={"what": "variable", "how much": "value"})
    assert indexcalc.score(PLACES, said).score().tolist() == indexcalc.score(PLACES, frame).score().tolist()
    looks_alike = PLACES.replace("place", "name")  # of "income" and "name" one is not the other misspelt
    ((code, _),) = refused(
        lambda: indexcalc.score(looks_alike.replace("Income", "income"), long.rename(columns={"place": "name"}))
    )
    assert code == "IC383"


def test_a_file_that_is_not_there_is_told_to_a_caller_without_the_words_of_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ((code, hint),) = refused(lambda: indexcalc.score("missing.yaml"))
    assert (code, "--" in hint, "init" in hint) == ("IC158", False, False)
    (tmp_path / "places.yaml").write_text(PLACES, encoding="utf-8")
    assert refused(lambda: indexcalc.load("place.yaml")) == [("IC159", "did you mean `places.yaml`?")]


def test_a_tree_that_declares_no_data_is_scored_from_a_frame_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for call in (lambda: indexcalc.score(PLACES), lambda: indexcalc.read(PLACES)):
        found = refused(call)
        assert ("IC160", True) in [(code, "indexcalc.score(tree, frame)" in hint) for code, hint in found]
        assert "IC228" not in dict(found)
    # nothing is published of a tree that is in no file: there is no place where its record would be found again
    monkeypatch.chdir(tmp_path)
    scores = indexcalc.score(PLACES, pd.DataFrame({"place": ["A", "B"], "Income": [1.0, 2.0], "births": [4.0, 3.0]}))
    assert [code for code, _ in refused(lambda: indexcalc.publish(scores, by="A"))] == ["IC834"]
    assert not [*tmp_path.iterdir()]


def test_what_is_refused_is_told_in_the_language_that_warnings_are_told_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(indexcalc.Refused) as caught:
        indexcalc.load("index: {id: x}\ndimensions: []\nwieghts: 1")
    for locale, language in (("C.UTF-8", "zh"), ("en_GB.UTF-8", "en"), ("zh_CN.UTF-8", "zh")):
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            monkeypatch.setenv(name, locale)
        assert str(caught.value).splitlines()[0].endswith(caught.value.findings[0].message(language))


def test_a_node_that_is_not_there_is_refused_with_the_nearest() -> None:
    scores = indexcalc.score(PLACES, pd.DataFrame({"place": ["A", "B"], "Income": [1.0, 2.0], "births": [4.0, 3.0]}))
    for ask in (scores.score, scores.rank, lambda node: scores.explain("A", node=node)):
        assert refused(lambda ask=ask: ask("INCOME")) == [("IC510", "did you mean 'Income'?")]
        assert refused(lambda ask=ask: ask("birth")) == [("IC510", "did you mean 'births'?")]


@pytest.mark.parametrize(
    ("wrong", "offered"),
    [
        ("R&D", "id: R-D, name: R&D, column: R&D"),
        ("GDP (US$)", 'id: GDP-US, name: "GDP (US$)", column: "GDP (US$)"'),
        ("$", 'id: a, name: "$", column: "$"'),
    ],
)
def test_an_id_that_cannot_be_is_offered_as_a_name(wrong: str, offered: str) -> None:
    ((code, hint),) = refused(lambda: indexcalc.load(PLACES.replace("id: births", f'id: "{wrong}"')))
    assert code == "IC205"
    assert f"`{offered}`" in hint
    indexcalc.load(PLACES.replace("id: births", offered))
