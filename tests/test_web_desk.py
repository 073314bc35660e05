"""All served pages in a real browser: by keyboard alone, in both languages, wide and narrow, with axe.

Each screen is opened once a language, and looked at by axe in each: wide in one, narrow in the other. What is typed, pasted and
turned has tests of its own below.
"""

# ruff: noqa: F401 - fixtures are taken from where they are shared

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from indexcalc.jobs.ledger import log
from indexcalc.jobs.project import Project, project_of
from indexcalc.journal.history import read_history
from indexcalc.journal.served import read_acts
from indexcalc.web import display
from indexcalc.web.app import make_app
from indexcalc.web.later import Later
from indexcalc.web.questions import QUESTIONS

from . import served as shared
from .browser import browser, needs_chromium
from .conftest import PROVE
from .served import quick_hashes
from .test_fill import TREE
from .test_page import OVERFLOWING
from .test_web_read import ASKED

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chromium")]
FORM = "/submit/form?department=市公安局&period=2022Q2"
CHECKED = "() => { const said = document.querySelector('[data-status]').textContent; return said && !said.includes('…') }"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    needs_chromium()
    pytest.importorskip("axe_playwright_python", reason="axe is not installed")
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("desk")
    (folder / "indicators.yaml").write_text(TREE.replace("{ledger: WHERE}", "{path: v.csv}"), encoding="utf-8")
    (folder / "units.csv").write_text("id,name,name_en\n01,东区,East\n02,西区,West\n03,南区,South\n", encoding="utf-8")
    rows = "东区,2022Q1,3,9,1\n西区,2022Q1,5,2,2\n南区,2022Q1,9,4,3\n"
    (folder / "v.csv").write_text(f"区,期次,案件数,求助数,诊所数\n{rows}", encoding="utf-8")
    return project_of(folder)


@pytest.fixture(scope="module")
def beside(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return shared.compared_in(tmp_path_factory.mktemp("screens"))


@pytest.fixture(scope="module")
def users(beside: Project) -> Path:
    return shared.users_in(beside)


@contextmanager
def served(project: Project, port: int = 0, **asked: Any) -> Iterator[int]:
    """Serve a project in a thread, and stop when done."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", port))
    app: Any = make_app(project, **{"edit": True, "submit": True, "display": True, **asked})
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(20)
        listener.close()


@contextmanager
def page_of(chromium: Any, width: int = 1280, height: int = 900) -> Iterator[Any]:
    """A page whose console stays empty, but for what was refused and who could not be reached."""
    context = chromium.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if "Failed to load resource" not in one.text else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    try:
        yield page
        assert said == []
    finally:
        context.close()


@pytest.fixture(scope="module", params=["zh", "en"])
def screen(request: pytest.FixtureRequest, chromium: Any, beside: Project, users: Path) -> Iterator[Any]:
    """A page of a browser, in a language, with what is served; what it says or asks for elsewhere is kept."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.said, page.language = [], request.param
    page.on("console", lambda one: page.said.append(one.text) if "Failed to load resource" not in one.text else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    with served(beside) as port, served(beside, users=users, display=False) as other:
        ours = tuple(f"http://127.0.0.1:{one}/" for one in (port, other))
        page.on("request", lambda one: None if one.url.startswith((*ours, "data:")) else page.said.append(one.url))
        page.at, page.locked = ours
        page.goto(f"{page.at}?lang={page.language}")
        page.goto(f"{page.locked}login?lang={page.language}")
        yield page
    context.close()


def sent(page: Any, button: str) -> None:
    """Press a button by the keyboard, and wait for the page that follows."""
    with page.expect_navigation():
        page.press(button, "Enter")


def previewed(page: Any, weight: str = "0.6") -> None:
    page.goto(f"{page.at}edit/node?node=d")
    page.fill('[name="k:a:weight"]', weight)
    page.fill('[name="k:b:weight"]', "0.4")
    sent(page, "form.edit button.main")
    assert page.locator("pre.diff").count() == 1


def conflicted(page: Any, tree: Path) -> None:
    previewed(page)
    page.fill("[name=who]", "李四")
    page.fill("[name=why]", "论证")
    tree.write_text(tree.read_text(encoding="utf-8") + "# by hand\n", encoding="utf-8")
    sent(page, "button[formaction]")
    assert "IC617" in page.inner_text(".findings")


def reported(page: Any, value: str) -> None:
    page.goto(f"{page.at}submit/form?department=某局&period=2022")
    for row in range(3):
        page.fill(f'[name="c:{row}:0"]', value)
    page.fill("[name=who]", "张三")
    if page.locator("[name=reason]").count():
        page.fill("[name=reason] >> nth=0", "更正")
    sent(page, "form.edit button.main >> nth=0")


def receipt(page: Any) -> None:
    reported(page, "55")
    if "/submit/receipt" not in page.url:  # once more over what was pointed out
        sent(page, "form.edit button.main >> nth=0")
    assert "/submit/receipt" in page.url


def saved(page: Any) -> None:
    page.goto(f"{page.at}edit/node?node=d")
    page.fill('[name="k:d:name"]', f"甲 {page.language}")
    sent(page, "form.edit button.main")
    page.fill("[name=who]", "李四")
    page.fill("[name=why]", "改名")
    sent(page, "button[formaction]")
    assert "saved=1" in page.url


def published(page: Any) -> None:
    page.goto(f"{page.at}edit/publish")
    page.fill("[name=who]", "李四")
    page.fill("[name=why]", "更正")
    sent(page, "form.edit button.main")
    assert page.locator("main > .remark").count() == 1


def broken(page: Any, tree: Path) -> None:
    """The tree as it was is there again once it was shown with a mistake."""
    kept = tree.read_bytes()
    tree.write_bytes(kept.replace(b"{id: c}", b"{id: c, wieght: 1}"))
    page.goto(f"{page.at}edit")
    tree.write_bytes(kept)
    assert "IC111" in page.inner_text(".findings")


def in_progress(page: Any) -> None:
    """A page that would ask again by itself does not while it is looked at."""
    go, asked = threading.Event(), QUESTIONS["describe"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(QUESTIONS, "describe", replace(asked, ask=lambda *_: go.wait(60)))
        patch.setitem(Later.task.__kwdefaults__ or {}, "soon", 0.0)
        page.route("**/ask?*", lambda route: route.fulfill(response=(got := route.fetch()), headers=without_refresh(got.headers)))
        page.goto(f"{page.at}ask?question=describe&now=1&node={page.language}")
        page.unroute_all()
        go.set()
    assert page.locator("main [role=status]").count() == 1


def without_refresh(headers: dict[str, str]) -> dict[str, str]:
    return {name: said for name, said in headers.items() if name != "refresh"}


def turned_away(page: Any) -> None:
    page.goto(f"{page.locked}login")
    page.fill("[name=name]", "某局填报")
    page.fill("[name=password]", "not the password")
    sent(page, "form.login button")
    assert "IC564" in page.inner_text(".findings")


def logged_in(page: Any) -> None:
    page.goto(f"{page.locked}login")
    page.fill("[name=name]", "某局填报")
    page.fill("[name=password]", shared.PASSWORD)
    sent(page, "form.login button")
    assert "某局填报" in page.inner_text("form.who")
    assert page.url == f"{page.locked}submit"


WAITED = "() => !document.querySelector('main p[role=status]:not([data-sorted]):not([data-status])')"
WIDER = """() => [...document.querySelectorAll('body *')].filter((one) => {
  const box = one.getBoundingClientRect();
  if (!box.width || box.right <= innerWidth + 1) return false;
  for (let up = one.parentElement; up; up = up.parentElement) if (getComputedStyle(up).overflowX !== 'visible') return false;
  return true;
}).map((one) => one.outerHTML.slice(0, 120))"""
FOCUSABLE = """() => {
  const every = document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex="0"]');
  window.reached = [];
  document.addEventListener('focusin', (event) => reached.push(event.target.dataset.own));
  document.activeElement.blur();
  return [...every].filter((one) => one.checkVisibility()).map((one, at) => { one.dataset.own = at; return String(at); });
}"""
PATHS = {
    "front": "",
    "period": "?period=2020",
    "unit": "unit?unit=u2",
    "dimension": "dimension?node=d",
    "questions": "ask",
    **{f"ask {name}": f"ask?{urlencode({'question': name, 'now': 1, **said})}" for name, said in dict(ASKED).items()},
    "display": "display",
    "edit": "edit",
    "node": "edit/node?node=d",
    "leaf": "edit/node?node=a",
    "publish": "edit/publish",
    "submit": "submit",
    "form": "submit/form?department=某局&period=2022",
    "none": "nothing",
}
ON_THE_TREE = {"conflict": conflicted, "broken": broken}
STEPS: dict[str, Callable[..., None]] = {
    "preview": previewed,
    "refused": lambda page: previewed(page, "0.9"),
    "wrong report": lambda page: reported(page, "x"),
    "receipt": receipt,
    "ledger": lambda page: page.goto(f"{page.at}submit/ledger"),
    "saved": saved,
    "changes": lambda page: page.goto(f"{page.at}edit/history"),
    "published": published,
    "in progress": in_progress,
    "login": lambda page: page.goto(f"{page.locked}login"),
    "turned away": turned_away,
    "logged in": logged_in,
}


SCREENS = [*PATHS, *STEPS, *ON_THE_TREE]


def violations(page: Any, *, contrast: bool = True) -> list[tuple[str, list[str]]]:
    """What axe finds on a page; what it finds in order is not told, which takes half of its time, and contrast most of the rest."""
    from axe_playwright_python.base import AXE_FILE_PATH

    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    asked = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    found = page.evaluate("async (asked) => (await axe.run(asked)).violations", asked)
    return [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found]


@pytest.mark.parametrize("name", SCREENS)
def test_every_screen_is_accessible_and_fits(screen: Any, beside: Project, name: str) -> None:
    """No violation, nothing wider than the window, nothing said or asked for elsewhere, all reached by the tabulator."""
    screen.set_viewport_size({"width": 1280, "height": 900})
    if name in PATHS:
        screen.goto(f"{screen.at}{PATHS[name]}")
        screen.wait_for_function(WAITED, timeout=60000)
    elif name in STEPS:
        STEPS[name](screen)
    else:
        ON_THE_TREE[name](screen, beside.file)
    assert screen.evaluate("document.documentElement.lang") == {"zh": "zh-CN", "en": "en"}[screen.language]
    narrow = (SCREENS.index(name) % 2 == 0) == (screen.language == "en")
    for width in (1280, 360):
        screen.set_viewport_size({"width": width, "height": 900})
        assert screen.evaluate(OVERFLOWING) == []
        assert screen.evaluate(WIDER) == []
        if PROVE or (width == 360) == narrow:
            # colours are the same in all languages
            assert violations(screen, contrast=PROVE or screen.language == "zh") == []
    if screen.language == "zh" and (PROVE or not name.startswith("ask") or name == "ask explain"):
        wanted = screen.evaluate(FOCUSABLE)
        for _ in (*wanted, "the window itself"):
            screen.keyboard.press("Tab")
        assert set(screen.evaluate("reached")) == set(wanted)
    assert screen.said == []


def tab_to(page: Any, name: str) -> None:
    """Press the tabulator until the field of a name, or a button of a text, has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        held = page.evaluate("() => [document.activeElement.name, document.activeElement.textContent.trim()]")
        if name in held:
            return
    raise AssertionError(name)


def test_a_weight_is_edited_by_keyboard_alone(chromium: Any, project: Project) -> None:
    with served(project) as port, page_of(chromium) as page:
        page.goto(f"http://127.0.0.1:{port}/edit/node?node=demo&lang=zh")
        tab_to(page, "k:cases:weight")
        page.keyboard.press("Control+A")
        page.keyboard.type("0.6")
        page.wait_for_function(CHECKED, timeout=20000)
        assert "1.1" in page.locator(".sum").inner_text()
        assert page.locator("ul.found li.error").count() == 1
        tab_to(page, "k:calls:weight")
        page.keyboard.press("Control+A")
        page.keyboard.type("0.4")
        page.wait_for_function("() => document.querySelector('.sum').textContent.includes('：1，')", timeout=20000)
        assert page.locator("ul.found li.error").count() == 0
        tab_to(page, "检查并预览")
        page.keyboard.press("Enter")
        page.wait_for_selector("pre.diff")
        for name, text in (("who", "李四"), ("why", "论证")):
            tab_to(page, name)
            page.keyboard.type(text)
        tab_to(page, "保存")
        page.keyboard.press("Enter")
        page.wait_for_url("**saved=2*")
        assert "已保存" in page.locator(".remark").inner_text()
    assert [(one.who, one.node, one.new) for one in read_history(project.file)[0]] == [
        ("李四（未登录）", "cases", "0.6"),
        ("李四（未登录）", "calls", "0.4"),
    ]


def test_a_quarter_is_reported_by_keyboard_alone_and_one_mistake_corrected(chromium: Any, project: Project) -> None:
    with served(project) as port, page_of(chromium) as page:
        page.goto(f"http://127.0.0.1:{port}{FORM}&lang=zh")
        tab_to(page, "c:0:0")
        for row in range(3):
            for column in range(2):
                page.keyboard.type("500" if (row, column) == (1, 0) else str(4 + row))
                tab_to(page, f"c:{row}:1" if column == 0 else f"c:{row + 1}:0") if (row, column) != (2, 1) else None
        page.wait_for_selector('input[name="c:1:0"][aria-invalid=true]', timeout=20000)
        assert "IC349" in page.locator('ul[data-slot="c:1:0"]').inner_text()
        border = "getComputedStyle(document.querySelector('[aria-invalid=true]')).borderTopColor"
        assert page.evaluate(border) == "rgb(176, 0, 32)"
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.name") == "c:1:0"
        page.keyboard.press("Control+A")
        page.keyboard.type("5")
        page.wait_for_selector('input[name="c:1:0"]:not([aria-invalid])', timeout=20000)
        tab_to(page, "who")
        page.keyboard.type("张三")
        tab_to(page, "报送")
        page.keyboard.press("Enter")
        page.wait_for_url("**/submit/receipt**")
        assert "1:" in page.locator(".remark code").inner_text()
    assert [(one.by, one.period) for one in log(project).entries] == [("张三（未登录）", "2022Q2")]


def test_one_logs_in_asks_publishes_and_turns_the_display_by_keyboard_alone(chromium: Any, tmp_path: Path) -> None:
    project = shared.project_in(tmp_path)
    with served(project, users=shared.users_in(project)) as port, page_of(chromium) as page:
        page.goto(f"http://127.0.0.1:{port}/?lang=zh")
        page.wait_for_url("**/login**")
        for name, text in (("name", "编辑"), ("password", shared.PASSWORD)):
            tab_to(page, name)
            page.keyboard.type(text)
        entered(page)
        assert "编辑" in page.inner_text("form.who")
        for link in ("分析", "目标测算"):
            tab_to(page, link)
            entered(page)
        tab_to(page, "unit")
        page.keyboard.press("ArrowDown")
        assert page.input_value("[name=unit]") == "u2"
        tab_to(page, "rank")
        page.keyboard.type("1")
        entered(page)
        assert page.inner_text("pre.command") == "indexcalc target --rank 1 --effort peers 西区"
        assert page.locator("section.picture svg").count() == 1
        rows = page.locator("main table tbody tr")
        before = rows.all_inner_texts()
        tab_to(page, page.inner_text("main table thead button >> nth=0").strip())
        page.keyboard.press("Enter")
        page.keyboard.press("Enter")
        assert sorted(rows.all_inner_texts()) == sorted(before)
        tab_to(page, "发布")
        entered(page)
        tab_to(page, "why")
        page.keyboard.type("首次发布")
        entered(page)
        assert "已发布" in page.inner_text(".remark")
        tab_to(page, "滚动展示")
        entered(page)
        first = page.inner_text("section:not([hidden]) h2")
        page.keyboard.press("ArrowRight")
        assert page.inner_text("section:not([hidden]) h2") != first
        assert page.inner_text("[data-page]").startswith("2／")
        page.keyboard.press("ArrowLeft")
        assert page.inner_text("section:not([hidden]) h2") == first
        page.keyboard.press("Space")
        assert page.inner_text("[data-stopped]") == "已暂停"
        page.goto(f"http://127.0.0.1:{port}/")
        tab_to(page, "退出登录")
        entered(page)
        page.wait_for_url("**/login")
    assert [(one.who, one.action) for one in read_acts(project.file)[0]] == [("编辑", "login"), ("编辑", "publish")]


def entered(page: Any) -> None:
    """Press Enter, and wait for the page that follows."""
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_a_block_of_a_spreadsheet_is_pasted_into_the_cells(chromium: Any, project: Project) -> None:
    paste = """(text) => {
      const data = new DataTransfer(); data.setData('text/plain', text);
      document.activeElement.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    }"""
    with served(project) as port, page_of(chromium) as page:
        page.goto(f"http://127.0.0.1:{port}{FORM.replace('Q2', 'Q3')}&lang=zh")
        page.focus('input[name="c:1:0"]')
        page.evaluate(paste, "7\t8\r\n9\t<b>\r\n")
        assert [page.input_value(f'input[name="c:{row}:{column}"]') for row in (1, 2) for column in (0, 1)] == [
            "7",
            "8",
            "9",
            "<b>",
        ]


def test_the_wall_turns_outlives_a_restart_and_shows_what_is_new(
    chromium: Any, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(display, "SECONDS", 1)
    sooner = "const every = window.setInterval; window.setInterval = (what, after) => every(what, Math.min(after, 1000))"
    heading = "document.querySelector('section:not([hidden]) h2').textContent"
    with page_of(chromium, 1920, 1080) as page:
        page.add_init_script(sooner)
        with served(project) as port:
            page.goto(f"http://127.0.0.1:{port}/display?lang=zh")
            first = page.evaluate(heading)
            page.wait_for_function(f"(was) => {heading} !== was", arg=first)
            assert violations(page) == []
            assert page.evaluate("document.documentElement.scrollHeight") <= 1080
        page.wait_for_selector("[data-lost]:not([hidden])", timeout=20000)
        table = project.file.with_name("v.csv")
        rows = "东区,2022Q4,4,8,1\n西区,2022Q4,6,3,2\n南区,2022Q4,8,5,3\n"
        table.write_text(table.read_text(encoding="utf-8") + rows, encoding="utf-8")
        with served(project, port):
            page.wait_for_function("() => document.querySelector('header p').textContent.includes('第四季度')", timeout=30000)
            assert page.locator("[data-lost]").is_hidden()
