"""The page of the index itself: every node with its weight, its settings with their lines, a unit followed from cell to index."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import indexcalc
from indexcalc.jobs.report import edition_of
from indexcalc.report.files import Reports
from indexcalc.report.formats.html.framework import framework_page
from indexcalc.report.sheets import lineage
from indexcalc.report.sheets.analysed import analysed
from indexcalc.report.sheets.framework import nodes_shown
from indexcalc.report.sheets.lineage import lineage_sheet
from tests.browser import browser, needs_chromium, opened
from tests.projects import laid_out, run
from tests.test_page import HOSTILE, OVERFLOWING

TREE = """\
index: {id: i, name: %s, note: 示例}
units: {table: u.csv}
periods: {kind: year}
data:
  v: {path: v.csv}
  p: {path: p.csv}
denominators:
  - {id: people, source: p, measure: 人}
defaults:
  source: v
  normalise: {method: goalposts, worst: 0, best: 100}
dimensions:
  - id: d
    name: %s
    weight: 0.6
    aggregate: geometric
    defaults: {department: %s}
    indicators:
      - {id: a, name: %s, weight: 0.5, definition: %s, per: people, scale: 100}
      - {id: b, weight: 0.5, direction: lower, normalise: {method: goalposts, worst: 100, best: 0}}
  - {id: c, weight: 0.4, department: 乙局}
adjustments:
  - {id: bonus, name: 加分, each: 2, source: v}
"""


def project(folder: Path, names: tuple[str, ...] = ("示例指数", "甲", "甲局", "子", "什么")) -> Path:
    said = tuple(json.dumps(name, ensure_ascii=True) for name in names)
    values = "period,unit,a,b,c,bonus\n2021,u0,30,20,50,0\n2021,u1,10,40,70,1\n2022,u0,40,10,60,1\n2022,u1,20,,80,0\n"
    return laid_out(
        folder,
        {
            "indicators.yaml": TREE % said,
            "u.csv": f"id,name\nu0,{chr(34)}{names[0].replace(chr(34), chr(34) * 2)}{chr(34)}\nu1,乙区\n",
            "v.csv": values,
            "p.csv": "period,unit,people\n2021,u0,50\n2021,u1,50\n2022,u0,50\n2022,u1,40\n",
        },
    )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Any:
    return indexcalc.score(project(tmp_path_factory.mktemp("small")) / "indicators.yaml")


def text_of(page: bytes) -> str:
    return html.unescape(re.sub(r"<[^>]+>", " ", page.decode()))


def test_each_setting_comes_from_its_line(small: Any) -> None:
    lines = TREE.splitlines()
    nodes = {}

    def take(one: Any) -> None:
        nodes[one.id] = one
        for child in one.children:
            take(child)

    take(nodes_shown(small, "2022", "en", public=False))
    assert [*nodes] == ["i", "d", "a", "b", "c"]
    assert [round(nodes[name].share, 12) for name in "dabc"] == [0.6, 0.3, 0.3, 0.4]  # 0.6 x 0.5 = 0.3
    own = {name: {row[0]: row[1:] for row in one.settings.rows} for name, one in nodes.items()}

    def line(said: str) -> int:
        return int(re.search(r":(\d+):\d+$", said)[1])  # type: ignore[index]

    assert own["d"]["aggregate"][0] == "geometric"
    assert lines[line(own["d"]["aggregate"][1]) - 1].strip() == "aggregate: geometric"
    assert own["d"]["aggregate"][1].startswith("its own")
    assert own["a"]["normalise"][1].startswith("from above")
    assert lines[line(own["a"]["normalise"][1]) - 1].startswith("  normalise:")
    assert own["b"]["normalise"][1].startswith("its own")
    assert "id: b" in lines[line(own["b"]["normalise"][1]) - 1]
    assert own["a"]["direction"] == ("higher", "built in")
    assert own["b"]["direction"][0] == "lower"
    assert own["c"]["source"] == ("v", f"from above, indicators.yaml:{lines.index('  source: v') + 1}:11")
    assert own["i"]["aggregate"] == ("arithmetic", "built in")
    assert "0.6" in lines[line(nodes["d"].weight_at) - 1]
    assert dict(nodes["a"].about)["Department"] == "甲局"  # what `defaults:` of the node above says
    assert nodes["a"].formula == "a / people × 100"


def test_a_lineage_ends_in_the_index_and_begins_in_the_cells(small: Any) -> None:
    # u0 2022: a = 40 / 50 * 100 = 80, b = 10 lower -> 90; d = sqrt(80 * 90) = 84.85; 0.6 * 84.85 + 0.4 * 60 = 74.91, + 2
    shown = analysed(small, "2022", every=False)
    sheet = lineage_sheet(shown, 0, "en", public=False)
    by = {str(row[0]): row for row in sheet.rows}
    assert by["示例指数"][4] == "76.91"
    assert "加分 +2.00  ← v.csv:4:6" in str(by["示例指数"][1])
    assert by["甲"][4:] == ("84.85", "0.6", "50.91", "50.91")
    assert by["子"][1] == "子 40 (a)  ← v.csv:4:3\npeople 50 people (people)  ← p.csv:4:3"
    assert by["子"][2] == "80"
    leaves = [float(str(by[name][7])) for name in ("子", "b", "c")]
    assert sum(leaves) + 2 == pytest.approx(76.91, abs=0.02)
    other = {str(row[0]): row for row in lineage_sheet(shown, 1, "en", public=False).rows}
    assert other["b"][4] == "missing"
    assert other["b"][5] == ""


def test_the_page_shows_every_node_and_asks_for_nothing(small: Any) -> None:
    shown = analysed(small, "2022", every=False)
    page = framework_page(shown, ["zh", "en"], inputs={"v.csv": "0" * 64})
    assert page == framework_page(shown, ["zh", "en"], inputs={"v.csv": "0" * 64})
    source = page.decode()
    assert [source.count(f'id="{prefix}node-{name}"') for prefix in ("", "en-") for name in "idabc"] == [1] * 10
    assert "unsafe" not in source
    assert "require-trusted-types-for 'script'" in html.unescape(source)
    assert not re.search(r'(src|href)="(?!#)', source)  # its report has no page here
    (script,) = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|replaceChildren|=>|`|\?\.|\bconst ", script
    )
    said = text_of(page)
    for part in ("60.00%", "indicators.yaml:15:13", "v.csv:4:3", "甲局", "乙局", "a / people × 100", "什么", "数据完整率"):
        assert part in said


def test_everybody_sees_what_the_tree_opens_and_no_more(small: Any) -> None:
    shown = analysed(small, "2022", every=False)
    said = text_of(framework_page(shown, ["zh"], public=True))
    assert [part for part in ("甲局", "乙局", "v.csv", "p.csv") if part in said] == []
    assert "60.00%" in said
    opened_ = small.index.model_copy(update={"publish": ("values", "departments")})
    object.__setattr__(shown.scores, "index", opened_)
    try:
        said = text_of(framework_page(shown, ["zh"], public=True))
    finally:
        object.__setattr__(shown.scores, "index", small.index)
    assert "甲局" in said
    assert "people 50" in said
    assert ".csv" not in said


def test_of_many_units_a_page_has_one(small: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lineage, "MOST_CELLS", 9)  # 2 units of 5 nodes
    source = framework_page(analysed(small, "2022", every=False), ["zh"]).decode()
    assert 'class="others"' not in source
    assert "indexcalc page --unit" in source


def test_a_page_and_a_report_link_to_each_other_and_are_verified(tmp_path: Path) -> None:
    folder = project(tmp_path)
    assert run(folder, "page", "--period", "2022").strip().endswith("reports/2022/index.html")
    report = folder / "reports" / "2022"
    assert "report.html" not in (report / "index.html").read_text(encoding="utf-8")
    run(folder, "report", "--format", "html")  # adds to it
    assert 'href="index.html"' in (report / "report.html").read_text(encoding="utf-8")
    assert 'href="report.html"' in (report / "index.html").read_text(encoding="utf-8")
    run(folder, "verify", str(report))
    run(folder, "page", "--unit", "u1")
    assert "u0" not in re.findall(r'class="unit"', (folder / "reports/units/u1/2022/index.html").read_text(encoding="utf-8"))
    scores = indexcalc.score(folder / "indicators.yaml")
    written = indexcalc.write_page(scores, out=tmp_path / "again")
    assert [file.name for file in sorted(written.folders[0].glob("*.html"))] == ["index.html"]
    files = Reports(scores, "zh", edition=edition_of("html", usual="")).of("2022")
    assert b'href="index.html"' not in files["report.html"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    needs_chromium()
    with browser() as started:
        yield started


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_a_page_of_hostile_names_in_a_browser(chromium: Any, tmp_path: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    scores = indexcalc.score(project(tmp_path, (HOSTILE[0], HOSTILE[1], HOSTILE[5], HOSTILE[3], HOSTILE[7])) / "indicators.yaml")
    file = tmp_path / "index.html"
    file.write_bytes(framework_page(analysed(scores, "2022", every=False), ["zh", "en"]))
    for width in (1280, 360):
        with opened(chromium, file, width) as page:
            assert page.evaluate(OVERFLOWING) == []
            page.click("button.open-all:visible")
            assert page.evaluate(OVERFLOWING) == []
            assert page.evaluate("document.querySelectorAll('img, iframe, script:not([type])').length") == 1
            body = page.evaluate("document.body.textContent")
            assert all(name.replace("\u202e", "\\u202e") in body for name in (HOSTILE[0], HOSTILE[1], HOSTILE[3], HOSTILE[7]))
            page.fill(".search:visible", "乙局")
            assert page.locator("li[data-node]:visible").count() == 2  # c, and the index above it
            page.fill(".search:visible", "")
            page.select_option("select.unit:visible", "u1")
            assert "乙区" in page.inner_text(".whose:visible")
            assert "v.csv:5:3" in page.inner_text(".lineage:visible")
            page.click("button.language:visible")
            assert page.evaluate("document.documentElement.lang") == "en"
    with opened(chromium, file, hash_="#unit=u1") as page:
        assert page.locator("select.unit:visible").input_value() == "u1"
    with opened(chromium, file, java_script_enabled=False) as page:
        assert page.locator("li[data-node]:visible").count() == 10  # both languages, one below the other
        assert page.locator(".search:visible").count() == 0
    with opened(chromium, file, bypass_csp=True) as page:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []
