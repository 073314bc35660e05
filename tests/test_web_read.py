"""Reading served pages: what they show is what the library and the commands give, and what data call themselves stays text."""

# ruff: noqa: F401, F811 - fixtures are taken from where they are shared
from __future__ import annotations

import html
import re
import shlex
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")
from starlette.testclient import TestClient
from typer.testing import CliRunner

from indexcalc.cli.app import app as commands
from indexcalc.jobs.project import Project, project_of
from indexcalc.web import current, later
from indexcalc.web.app import make_app
from indexcalc.web.questions import QUESTIONS
from tests.browser import browser, needs_chromium
from tests.served import PASSWORD, TREE, beside, client, compared_in, log_in, project, project_in, quick_hashes, users, users_in
from tests.test_page import HOSTILE, hostile

ASKED = [
    ("explain", {"unit": "u2", "depth": "2"}),
    ("explain", {"unit": "u2", "vs": "best"}),
    ("change", {"unit": "西区"}),
    ("change", {"index_from": "draft.yaml", "every": "1"}),
    ("compare", {"one": "2020", "other": "2021"}),
    ("compare", {"one": "arithmetic", "other": "geometric", "period": "2020"}),
    ("compare", {"one": "draft.yaml", "other": "indicators.yaml"}),
    ("compare", {"one": "2021", "published": "printed.csv"}),
    ("uncertainty", {"weights": "perturb:0.25", "draws": "50"}),
    (
        "uncertainty",
        {"weights": "dirichlet", "draws": "50", "seed": "3", "noise": "0.1", "interval": "0.8", "quantile": "0.25", "top": "2"},
    ),
    ("uncertainty", {"sets": "sets.csv", "draws": "50"}),
    ("robustness", {"depth": "1", "every": "1"}),
    ("target", {"unit": "u2", "rank": "1", "effort": "peers"}),
    ("target", {"unit": "u2", "rank": "1", "costs": "costs.csv"}),
    ("trend", {"unit": "u1"}),
    ("warn", {"least": "blue", "events": "1"}),
    ("obstacles", {"top": "2", "period": "2020"}),
    ("sensitivity", {"weights": "perturb:0.25", "rows": "8"}),
    ("describe", {"period": "2020"}),
    ("audit", {"period": "2021"}),
    ("evolution", {"permutations": "9"}),
    ("evolution", {"bandwidth": "normal", "points": "40,55.5", "as_they_are": "1", "controls": "a", "permutations": "0"}),
    ("evolution", {"bandwidth": "2.5", "permutations": "0"}),
    ("grades", {"by": "natural-breaks:2"}),
    ("fuzzy", {"operator": "min-max"}),
]


@pytest.fixture(scope="module")
def at(beside: Project) -> TestClient:
    return client(beside)


def asked(at: TestClient, question: str, path: str = "/ask", /, **said: str) -> Any:
    """Ask a question, and again until it is answered."""
    for _ in range(100):
        answer = at.get(path, params={"question": question, "now": "1", **said})
        if answer.status_code != 202:
            return answer
        assert answer.headers["refresh"].startswith("2;")
        time.sleep(0.1)
    raise AssertionError("no answer")


def texts(page: str, tag: str = "td") -> list[str]:
    found = re.findall(rf"<{tag}\b[^>]*>(.*?)(?=</{tag}>|<t[dhr]\b|</t)", page, re.DOTALL)  # cells have no end tag
    return [html.unescape(re.sub(r"<[^>]+>", "", one)).strip() for one in found]


def test_every_period_unit_and_node_has_its_page(at: TestClient, project: Project) -> None:
    scores = project.scores()
    for period in scores.periods:
        page = at.get("/", params={"period": period})
        units = [
            one for one in texts(page.text.partition("<tbody")[2].partition("</table>")[0]) if one in ("东区", "西区", "南区")
        ]
        order = sorted(range(3), key=lambda unit: scores.rank()[scores.periods.index(period), unit])
        assert units == [scores.panel.units.names[unit] for unit in order]
        for link in re.findall(r'href="(/(?:unit|dimension)\?[^"]+)"', page.text):
            assert at.get(html.unescape(link)).status_code == 200, link
    for language, title in (("zh", "得分构成"), ("en", "What the score is made of")):
        assert title in at.get("/unit", params={"unit": "u1", "lang": language}).text


def test_every_question_is_tried() -> None:
    assert {name for name, _ in ASKED} == set(QUESTIONS)


@pytest.mark.parametrize(("name", "said"), ASKED, ids=[f"{name}-{' '.join(said)}" for name, said in ASKED])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_question_is_answered_as_by_the_command_that_stands_below(
    at: TestClient, beside: Project, name: str, said: dict[str, str], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(beside.file.parent)
    answer = asked(at, name, **said, lang=language)
    assert answer.status_code == 200, texts(answer.text, "li")
    (command,) = texts(answer.text, "code")
    program, *arguments = shlex.split(command)
    assert (program, arguments[0]) == ("indexcalc", name)
    done = CliRunner().invoke(commands, [arguments[0], "--lang", language, *arguments[1:]])
    assert done.exit_code == 0, done.output
    (text,) = re.findall(r'<pre class="text[^>]*>(.*?)</pre>', answer.text, re.DOTALL)
    assert html.unescape(text).split() == done.stdout.split()
    if name != "audit":  # which has nothing to ask here
        assert "<table" in answer.text or name == "warn"
        assert "<svg" in answer.text


def test_how_scores_evolve_is_asked_as_the_tree_says(tmp_path: Path) -> None:
    file = project_in(tmp_path).file
    file.write_text(TREE + "report: {evolution: {classes: 2, bandwidth: 7.5}}\n", encoding="utf-8")
    page = asked(client(project_of(file)), "evolution", permutations="0", lang="en").text
    assert texts(page).count("7.5000") == 2  # the bandwidth of each period


def test_what_cannot_be_answered_is_said_on_the_page(at: TestClient) -> None:
    for question, said, code in (
        ("target", {"unit": "u2", "rank": "9"}, "IC787"),
        ("target", {"unit": "nobody", "rank": "1"}, "IC502"),
        ("target", {"unit": "u2", "rank": "first"}, "IC546"),
        ("trend", {"period": "1999"}, "IC501"),
        ("robustness", {"depth": "7"}, "IC792"),
        ("uncertainty", {"draws": "1000000"}, "IC546"),
    ):
        answer = asked(at, question, **said)
        assert answer.status_code == 422
        assert code in answer.text
    for path in ("/?period=1999", "/?level=moon", "/unit?unit=nobody", "/dimension?node=nothing"):
        assert at.get(path).status_code == 422


WRONG = ["-1", "9" * 5000, "1" + "0" * 400, "nan", "1e308", "\x00", "../v.csv", "users.tsv", "a\r\nset-cookie: x=1", "\u202e"]


def test_whatever_an_address_says_is_answered(at: TestClient) -> None:
    """Names of our own parameters, numbers without bounds, files elsewhere: each is refused on a page, with no mistake of ours."""
    for path in ("/", "/unit", "/dimension", "/ask", "/ask/workbook", "/login", "/nothing", "//elsewhere/x"):
        for name in ("path", "self", "period", "unit", "node", "level", "lang", "question", "token"):
            answer = at.get(path, params={name: "a\r\nset-cookie: x=1"})
            assert answer.status_code < 500, (path, name)
            assert "x=1" not in answer.headers.get("set-cookie", "")
            assert not answer.headers.get("location", "/").startswith("//")
    said = {"unit": "u2", "one": "2020", "other": "2021", "rank": "1", "draws": "2", "rows": "2"}
    for question in QUESTIONS.values():
        own = {one.name: said[one.name] for one in question.fields if one.name in said and (one.required or one.name != "unit")}
        for one in question.fields:
            rest = {name: text for name, text in own.items() if name not in question.needs[one.name not in question.needs :]}
            for text in WRONG:
                answer = asked(at, question.name, **{**rest, one.name: text})
                assert answer.status_code in (200, 422), (question.name, one.name, text[:9])
                if one.kind == "file" or (one.kind in ("whole", "number") and (text != "-1" or one.least is not None)):
                    assert "IC546" in answer.text, (question.name, one.name, text[:9])


def test_files_beside_the_tree_are_for_editors(tmp_path: Path) -> None:
    """A draft tree or any table may lie there: readers are not told of them, not even of answers that editors had."""
    project = compared_in(tmp_path)
    every = users_in(project)
    editor, reader = (client(project, users=every) for _ in range(2))
    log_in(editor, "编辑")
    log_in(reader, "读者")
    for question, said in (
        ("compare", {"one": "2021", "published": "printed.csv"}),
        ("compare", {"one": "draft.yaml", "other": "indicators.yaml"}),
        ("change", {"index_from": "draft.yaml"}),
        ("target", {"unit": "u2", "rank": "1", "costs": "costs.csv"}),
        ("uncertainty", {"sets": "sets.csv", "draws": "2"}),
    ):
        assert asked(editor, question, **said).status_code == 200
        assert "IC562" in asked(reader, question, **said).text
        assert "IC562" in asked(reader, question, "/ask/workbook", **said).text
        assert ".csv" not in reader.get("/ask", params={"question": question}).text
    assert asked(reader, "compare", one="2020", other="2021").status_code == 200


def test_what_looks_suspicious_is_for_editors(tmp_path: Path) -> None:
    project = project_in(tmp_path)
    rows = [f"{2012 + at},u{unit},{40 + at * unit % 3},{50 + at},60" for at in range(9) for unit in (1, 2, 3)]
    rows[-1] = "2020,u3,99,58,60"
    (tmp_path / "v.csv").write_text("period,unit,a,b,c\n" + "\n".join(rows), encoding="utf-8")
    every = users_in(project)
    editor, reader = (client(project, users=every) for _ in range(2))
    log_in(editor, "编辑")
    log_in(reader, "读者")
    answer = asked(editor, "audit", department="某局")
    assert answer.status_code == 200
    assert "<code>indexcalc audit --department 某局</code>" in answer.text
    assert "<svg" in answer.text and "某局" in texts(answer.text)
    assert asked(editor, "audit", "/ask/workbook").content.startswith(b"PK")
    for path in ("/ask", "/ask/workbook"):
        answer = asked(reader, "audit", path)
        assert answer.status_code == (200 if path == "/ask" else 404) and "某局" not in answer.text
    assert "question=audit" in editor.get("/ask").text and "question=audit" not in reader.get("/ask").text


def test_what_is_served_as_of_a_moment_is_asked_as_of_it() -> None:
    said = QUESTIONS["trend"].command({"unit": "u1"}, as_of="2022-10-15", level="street")
    assert said == "indexcalc trend --level street --as-of 2022-10-15 u1"


def test_what_must_still_be_said_is_named(at: TestClient) -> None:
    assert "请先填写：目标位次 / 目标得分" in at.get("/ask?question=target&unit=u2&now=1").text
    assert "Say first: Other / Or with a published table" in at.get("/ask?question=compare&one=2020&now=1&lang=en").text


def test_an_answer_is_a_workbook_too(at: TestClient) -> None:
    answer = asked(at, "trend", "/ask/workbook")
    assert answer.content.startswith(b"PK")
    assert answer.headers["content-disposition"] == 'attachment; filename="trend.xlsx"'


def test_a_command_holds_what_a_shell_would_read_otherwise() -> None:
    values = QUESTIONS["target"].values({"unit": "-a b; rm $x", "rank": "2"})
    assert shlex.split(QUESTIONS["target"].command(values)) == ["indexcalc", "target", "--rank", "2", "--", "-a b; rm $x"]


def test_pages_follow_the_files_and_show_what_was_right_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(current, "LOOK", 0.0)
    (tmp_path / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (tmp_path / "u.csv").write_text("id,name\nu1,东区\nu2,西区\n", encoding="utf-8")
    (tmp_path / "v.csv").write_text("period,unit,a,b,c\n2021,u1,50,50,50\n2021,u2,60,60,60\n", encoding="utf-8")
    at = client(project_of(tmp_path))
    assert "60.00" in at.get("/").text
    (tmp_path / "v.csv").write_text("period,unit,a,b,c\n2021,u1,50,50,50\n2021,u2,70,70,70.5\n", encoding="utf-8")
    assert "70.25" in at.get("/").text
    (tmp_path / "v.csv").write_text("period,unit,a,b,c\n2021,u1,x,50,50\n2021,u2,70,70,7\n", encoding="utf-8")
    page = at.get("/")
    assert page.status_code == 200
    assert "70.25" in page.text
    assert "IC314" in page.text
    assert "v.csv:2:3" in page.text and str(tmp_path) not in page.text
    assert "IC314" in client(project_of(tmp_path)).get("/").text
    (tmp_path / "v.csv").write_text("period,unit,a,b,c\n2021,u1,50,50,50\n2021,u2,80,80,80\n", encoding="utf-8")
    page = at.get("/")
    assert "80.00" in page.text
    assert "IC314" not in page.text


class Tags(HTMLParser):
    """The elements of a page with their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_what_data_call_themselves_stays_text(hostile: Path) -> None:
    at = client(project_of(hostile))
    paths = ["/", "/?lang=en", *(f"/unit?unit=u{place}" for place in range(4)), "/dimension?node=d", "/dimension?node=e"]
    pages = [at.get(path).text for path in paths]
    (hostile / '"><img src=x onerror=alert(1)>.csv').write_text("unit\n", encoding="utf-8")
    for name in ("explain", "change", "trend", "target", "obstacles", "grades", "uncertainty", "compare"):
        said = {
            "target": {"unit": "u5", "rank": "4"},
            "explain": {"unit": "u0"},
            "grades": {"by": "natural-breaks:2"},
            "uncertainty": {"weights": "perturb:0.25", "draws": "5"},
            "compare": {"one": "arithmetic", "other": "geometric"},
        }.get(name, {})
        pages.append(asked(at, name, **said).text)
    for text in ("<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "{{7*7}}"):
        pages += [
            at.get(path, params={"period": text, "unit": text, "node": text, "level": text, "lang": text, "question": text}).text
            for path in ("/", "/unit", "/dimension", "/ask")
        ]
        pages += [asked(at, "explain", unit=text, vs=text, node=text, depth=text).text]
    for page in pages:
        tags = Tags()
        tags.feed(page)
        for tag, attributes in tags.found:
            assert tag not in ("img", "iframe", "object", "embed", "base")
            assert tag != "script" or str(attributes.get("src")).startswith("/static/")
            assert not [name for name in attributes if name.startswith("on") or name == "style"]
            assert not str(attributes.get("href") or "").lower().startswith("javascript")
        assert ">49<" not in page
    assert html.escape(HOSTILE[0]) in pages[0]


def test_a_question_is_worked_out_once_and_few_wait() -> None:
    go, made = threading.Event(), []

    def make(counted: later.Counted) -> int:
        counted(1, 2)
        made.append(1)
        go.wait(10)
        return len(made)

    tasks = later.Later()
    first = tasks.task("a", make, who="a", soon=0.05)
    assert not first.over.is_set()
    assert tasks.task("a", make, who="b", soon=0) is first
    assert (first.done, first.of) == (1, 2)
    refused: set[bool] = set()
    for number in range(3 * later.MOST_OF_ONE):
        try:
            tasks.task(("b", number), make, who="a", soon=0)
        except later.Busy as busy:
            refused.add(busy.own)
    assert refused == {True}
    for number in range(later.MOST_WAITING + later.AT_ONCE + 2):
        try:
            tasks.task(("c", number), make, who=str(number), soon=0)
        except later.Busy as busy:
            refused.add(busy.own)
    assert refused == {True, False}
    go.set()
    assert first.over.wait(5)
    assert first.result() >= 1
    while True:  # until there is room again
        with suppress(later.Busy):
            failed = tasks.task("d", lambda _: 1 // 0, soon=5)
            break
    with pytest.raises(ZeroDivisionError):
        failed.result()


def test_who_asks_for_much_is_told_to_wait_and_nothing_else_is_held_up(beside: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    monkeypatch.setattr(later.Later.task, "__kwdefaults__", {"who": "", "soon": 0.0})
    slow = replace(QUESTIONS["uncertainty"], ask=lambda *_: go.wait(10))
    monkeypatch.setitem(QUESTIONS, "uncertainty", slow)
    at = client(beside)
    asks = [at.get("/ask", params={"question": "uncertainty", "draws": str(draws), "now": "1"}) for draws in range(1, 6)]
    assert [one.status_code for one in asks] == [202] * later.MOST_OF_ONE + [429] * (5 - later.MOST_OF_ONE)
    assert "您已有 3 项分析正在计算或排队" in asks[-1].text
    assert at.get("/ask/workbook", params={"question": "uncertainty", "draws": "9"}).status_code == 429
    assert at.get("/unit", params={"unit": "u1"}).status_code == 200
    go.set()


def test_a_question_that_takes_too_long_is_given_up_with_the_command_to_use(
    beside: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(later, "MOST_SECONDS", 0.0)
    at = client(beside)
    for name, said in (
        ("uncertainty", {"weights": "perturb:0.25", "draws": "50"}),
        ("sensitivity", {"weights": "perturb:0.25", "rows": "8"}),
        ("robustness", {"unit": "u2"}),
    ):
        answer = asked(at, name, **said)
        assert answer.status_code == 422 and "IC572" in answer.text, re.findall(r"IC\d{3}.*", answer.text)
        command = html.unescape(answer.text.split("IC572")[1].split("`")[1])
        assert shlex.split(command)[:2] == ["indexcalc", name]
        assert "IC572" in asked(at, name, "/ask/workbook", **said).text
    assert asked(at, "trend", unit="u1").status_code == 200  # what is over is shown, however long it took


def test_one_that_hangs_does_not_keep_others_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A question that never says how far it is keeps its thread; another one takes its place, once for each."""
    go, tasks = threading.Event(), later.Later()
    hung = [tasks.task(("a", number), lambda _: go.wait(60), who=str(number), soon=0.05) for number in range(later.AT_ONCE)]
    waiting = tasks.task("b", lambda _: 1, who="b", soon=0.05)
    assert not waiting.over.is_set()
    monkeypatch.setattr(later, "MOST_SECONDS", 0.0)
    assert all(one.is_too_long for one in hung)
    assert tasks.task("c", lambda _: 2, who="c", soon=30).result() == 2
    assert waiting.over.wait(30)
    go.set()


# ----------------------------------------------------------------------------------------------------------- in a browser


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Serve an application on a port of its own."""
    import socket

    import uvicorn

    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_a_login_by_keyboard_below_another_path(project: Project, users: Path) -> None:
    """What browsers say of where a form comes from is what the server asks for."""
    needs_chromium()
    with serving(make_app(project, users=users, root_path="/sub")) as address, browser() as chromium:
        page = chromium.new_page()
        page.goto(f"{address}/sub/")
        assert page.url == f"{address}/sub/login"
        page.fill("#name", "读者")
        page.fill("#password", "not the password")
        page.keyboard.press("Enter")
        page.wait_for_selector(".findings")
        page.fill("#password", PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"{address}/sub/")
        assert "东区" in page.inner_text("main")
        assert "读者" in page.inner_text("form.who")
        page.press("form.who button", "Enter")
        page.wait_for_url("**/sub/login")
