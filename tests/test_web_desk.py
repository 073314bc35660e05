"""Pages that write, and the display, in a real browser: by keyboard alone, in both languages, wide and narrow, with axe."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from indexcalc.jobs.ledger import log
from indexcalc.jobs.project import Project, project_of
from indexcalc.journal.history import read_history
from indexcalc.web import display
from indexcalc.web.app import make_app

from .browser import browser, needs_chromium
from .test_fill import TREE

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chromium")]
FORM = "/submit/form?department=市公安局&period=2022Q2"
SCREENS = [
    "/edit",
    "/edit/node?node=demo",
    "/edit/node?node=cases",
    "/edit/history",
    "/edit/publish",
    "/submit",
    FORM,
    "/submit/ledger",
]
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


@contextmanager
def served(project: Project, port: int = 0) -> Iterator[int]:
    """Serve a project in a thread, and stop when done."""
    import uvicorn

    listener = socket.create_server(("127.0.0.1", port))
    app: Any = make_app(project, edit=True, submit=True, display=True)
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


def tab_to(page: Any, name: str) -> None:
    """Press the tabulator until the field of a name, or a button of a text, has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        held = page.evaluate("() => [document.activeElement.name, document.activeElement.textContent.trim()]")
        if name in held:
            return
    raise AssertionError(name)


def test_every_screen_is_accessible_and_fits(chromium: Any, project: Project) -> None:
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()
    with served(project) as port:
        for width, languages in ((1280, ("zh",)), (360, ("zh", "en"))):
            with page_of(chromium, width) as page:
                for language in languages:
                    for path in SCREENS:
                        page.goto(f"http://127.0.0.1:{port}{path}{'&' if '?' in path else '?'}lang={language}")
                        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
                        assert [one["id"] for one in axe.run(page).response["violations"]] == [], (path, width)


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
    from axe_playwright_python.sync_playwright import Axe

    monkeypatch.setattr(display, "SECONDS", 1)
    sooner = "const every = window.setInterval; window.setInterval = (what, after) => every(what, Math.min(after, 1000))"
    heading = "document.querySelector('section:not([hidden]) h2').textContent"
    with page_of(chromium, 1920, 1080) as page:
        page.add_init_script(sooner)
        with served(project) as port:
            page.goto(f"http://127.0.0.1:{port}/display?lang=zh")
            first = page.evaluate(heading)
            page.wait_for_function(f"(was) => {heading} !== was", arg=first)
            assert [one["id"] for one in Axe().run(page).response["violations"]] == []
            assert page.evaluate("document.documentElement.scrollHeight") <= 1080
        page.wait_for_selector("[data-lost]:not([hidden])", timeout=20000)
        table = project.file.with_name("v.csv")
        rows = "东区,2022Q4,4,8,1\n西区,2022Q4,6,3,2\n南区,2022Q4,8,5,3\n"
        table.write_text(table.read_text(encoding="utf-8") + rows, encoding="utf-8")
        with served(project, port):
            page.wait_for_function("() => document.querySelector('header p').textContent.includes('第四季度')", timeout=30000)
            assert page.locator("[data-lost]").is_hidden()
