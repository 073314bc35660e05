"""The page of a report: what it shows is what the sheets have, it asks for nothing, and what data call themselves stays text."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc.report.draw import palette
from indexcalc.report.files import Reports
from indexcalc.report.formats.html.drawings import petal_ends
from indexcalc.report.formats.html.page import report_page
from indexcalc.report.formats.html.rankings import MOST_PRINTED
from indexcalc.report.formats.text import cells
from indexcalc.report.sheets.analysed import analysed
from indexcalc.report.sheets.sentences import headlines
from indexcalc.report.sheets.tables import ranking_sheet
from tests.browser import browser, needs_chromium, opened
from tests.conftest import index_of, panel_of
from tests.projects import laid_out, run

REPOSITORY = Path(__file__).parent.parent
HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>",
    "=cmd()",
    "{{7*7}}",
    "#panic",
    "\u202egnol",
    "😀😀",
    "长" * 40,
)
TREE = """
index: {id: i, name: "%s", note: "%s"}
units: {table: u.csv, label: "区"}
periods: {kind: year}
data: {v: {path: v.csv}}
defaults: {normalise: {method: goalposts, worst: 0, best: 100}}
dimensions:
  - {id: d, name: "%s", weight: 0.5, indicators: [{id: a, name: "%s", weight: 0.5, department: "%s"}, {id: b, weight: 0.5}]}
  - {id: e, name: "%s", weight: 0.3, indicators: [{id: c, measure: 件}]}
  - {id: f, name: 乙, weight: 0.2, indicators: [{id: g}]}
"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = [json.dumps(name, ensure_ascii=True)[1:-1] for name in HOSTILE]
    rows = [f'u{at},"{name.replace(chr(34), chr(34) * 2)}",g{at % 2}' for at, name in enumerate(HOSTILE)]
    values = [
        f"{2020 + year},u{at},{50 + at + year},{80 - 7 * at},{40 + 3 * at * year},{at * 9}"
        for year in range(2)
        for at in range(8)
    ]
    values[-1] = "2021,u7,,70,,3"
    return laid_out(
        tmp_path_factory.mktemp("hostile"),
        {
            "indicators.yaml": TREE % (names[0], names[1], names[3], names[1], names[0], names[4]),
            "u.csv": "id,name,group\n" + "\n".join(rows) + "\n",
            "v.csv": "period,unit,a,b,c,g\n" + "\n".join(values) + "\n",
        },
    )


@pytest.fixture(scope="module")
def red_cotton() -> Any:
    scores = indexcalc.score(REPOSITORY / "indicators.yaml")
    return analysed(scores, "2022")


def test_the_page_has_what_the_sheets_have_to_the_last_digit(red_cotton: Any) -> None:
    text = report_page(red_cotton, ["zh"]).decode()
    assert len(text.encode()) < 600_000
    table = text.split('id="ranking"')[1].split("</table>")[0]
    shown = [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in re.findall(r"<td[^>]*>(.*?)(?=<td|\n)", row)]
        for row in table.split("<tr data-unit")[1:]
    ]
    wanted = cells(ranking_sheet(red_cotton.scores, "2022", "zh"), "zh")
    assert len(shown) == 11
    for row, cells_of_row in zip(shown, wanted, strict=False):
        assert [cell for cell in cells_of_row if cell not in row] == []
    assert report_page(red_cotton, ["zh"]).decode() == text


def wide_page(nodes: int) -> bytes:
    """The page of eleven units in four dimensions with many nodes right below them."""
    below = [", ".join(f"{{id: n{at}, name: 很长的二级指标名称{at}}}" for at in range(own, nodes, 4)) for own in range(4)]
    dimensions = "\n".join(f"  - {{id: d{at}, name: 维度{at}, indicators: [{own}]}}" for at, own in enumerate(below))
    tree = f"index: {{id: w}}\nperiods: {{kind: year}}\ndefaults: {{weights: equal}}\ndimensions:\n{dimensions}\n"
    rng = np.random.default_rng(0)
    names = [f"n{at}" for at in range(nodes)]
    frame = pd.DataFrame(rng.uniform(20, 100, (11, nodes)).round(2), columns=names)
    frame.insert(0, "unit", ["荔湾区", "很长的名字" * 8, *"甲乙丙丁戊己庚辛壬"])
    frame.insert(1, "period", "2022")
    return report_page(analysed(indexcalc.score(tree, frame), "2022"), ["zh"])


def test_a_table_too_wide_for_paper_is_printed_in_parts() -> None:
    """Each part names all units, every node stands in one of them, and the table as it is on a screen is not printed."""
    assert 'class="printed"' not in wide_page(MOST_PRINTED).decode()
    text = wide_page(2 * MOST_PRINTED + 1).decode()
    section = text.split('<section id="heat"')[1].split("</section>")[0]
    screen, *parts = section.split("<table")[1:]
    assert 'class="scroll unprinted"' in section
    assert len(parts) == 3
    heads = [re.findall(r'<th scope="col">(.*?)</th>', part) for part in parts]
    assert max(map(len, heads)) <= MOST_PRINTED
    assert [one for own in heads for one in own] == re.findall(r'<th scope="col">(.*?)</th>', screen)
    for part in parts:
        assert part.count("<tr data-unit") == 11
        spans = re.findall(r'colspan="(\d+)"', part)
        assert sum(map(int, spans)) == len(re.findall(r'<th scope="col">', part))


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_the_parts_of_a_wide_table_are_no_wider_than_paper(chromium: Any, tmp_path: Path) -> None:
    file = in_folder(tmp_path, wide_page(2 * MOST_PRINTED))
    with opened(chromium, file, 1032) as page:  # A4 across less its margins, at 96 dots to the inch
        assert page.locator(".printed").first.is_hidden()
        page.emulate_media(media="print")
        assert page.locator("#heat .unprinted").is_hidden()
        widths = page.evaluate("Array.from(document.querySelectorAll('.printed table'), one => one.offsetWidth)")
        assert len(widths) == 2
        assert max(widths) <= 1032


def test_a_page_runs_its_own_script_and_asks_for_nothing(red_cotton: Any) -> None:
    text = report_page(red_cotton, ["zh", "en"]).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy is not None
    said = html.unescape(policy[1])
    first, script = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    (style,) = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    for content in (first, script, style):
        assert f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'" in said
    assert "default-src 'none'" in said
    assert "unsafe" not in said
    assert "require-trusted-types-for 'script'" in said
    assert not re.search(r'(src|href)="(?!#)', text.replace("blob:", ""))
    assert " style=" not in text
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(", script)
    assert not re.search(
        r"replaceChildren|:has\(|structuredClone|=>|`|\?\.|\bconst |\blet \w+ =", script
    )  # offices have old browsers


def test_the_public_edition_has_no_value_address_department_or_warning(red_cotton: Any) -> None:
    scores = red_cotton.scores
    reports = Reports(scores, "zh", edition=indexcalc.jobs.report.edition_of("html,xlsx,md,svg", audience="public", usual=""))
    files = reports.of("2022", analyses=True)
    assert "scores.csv" not in files
    assert "inputs.csv" not in files
    text = "\n".join(content.decode("utf-8", "replace") for name, content in files.items() if not name.endswith(".xlsx"))
    text += "\n".join(_strings_of(files["ranking.xlsx"]))
    assert "data/official" not in text
    assert ".csv:" not in text
    departments = {leaf.department for leaf in scores.index.leaves if leaf.department}
    assert [name for name in departments if name in text] == []
    assert "红色预警" not in text
    at = scores.periods.index("2022")
    for leaf in (3, 20, 60, 100):
        for value in scores.derived[at, :, leaf]:
            assert np.isnan(value) or f"{value:.2f} {scores.index.leaves[leaf].measure}" not in text


def _strings_of(workbook: bytes) -> Iterator[str]:
    import io

    import openpyxl

    for sheet in openpyxl.load_workbook(io.BytesIO(workbook)):
        yield from (str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def _page(tree: str, values: list[list[list[float]]], *languages: str) -> str:
    index = index_of("index: {id: i}\ndefaults: {normalise: {method: goalposts, worst: 0, best: 100}}\n" + tree)
    scores = indexcalc.engine.score(index, panel_of(index, values))
    return report_page(analysed(scores, scores.periods[-1]), languages).decode()


def test_levels_are_marked_in_the_language_of_the_page() -> None:
    tree = "dimensions: [{id: a}]\nwarnings: {rules: [{id: w, node: a, orange: 20, red: 10}]}\n"
    for language, letters in (("zh", "红橙黄蓝"), ("en", "ROYB")):
        found = _page(tree, [[[5.0], [50.0]]], language)
        drawn = dict(re.findall(r'<symbol id="([^"]+)".*?>([^<])</text></symbol>', found))
        assert sorted(drawn.values()) == sorted(letters)
        assert set(re.findall(r'<use href="#(level-[^"]+)"', found)) <= set(drawn)


@pytest.mark.parametrize(("weights", "moved"), [("", True), (", weights: equal", True), (", weights: entropy", False)])
def test_weights_are_offered_where_some_can_be_moved(weights: str, moved: bool) -> None:
    found = _page(f"dimensions: [{{id: d{weights}, indicators: [{{id: a}}, {{id: b}}]}}]\n", [[[5.0, 2.0], [50.0, 60.0]]], "zh")
    assert ('id="what-if"' in found, 'href="#what-if"' in found) == (moved, moved)


def test_what_cannot_be_drawn_has_no_intervals() -> None:
    for weights, there in (("", True), (", weights: entropy", False)):
        text = f"dimensions: [{{id: d{weights}, weight: 1, indicators: [{{id: a}}, {{id: b}}]}}]\n"
        found = _page(text, [[[5.0, 2.0], [50.0, 60.0], [30.0, 20.0]]], "zh")
        assert ('id="certainty"' in found, "位次区间" in found, "均可区分" in found) == (there, there, there)


def test_petals_reach_to_100_though_computing_went_a_little_beyond() -> None:
    scores = np.array([[[100 + 2e-14, 60.0, 0.0]]])
    shown: Any = SimpleNamespace(scores=SimpleNamespace(scores=scores), at=0, dimensions=(0, 1, 2))
    assert petal_ends(shown) == (0.0, 100.0)


def test_sentences_stand_where_their_rules_have_a_value() -> None:
    index = index_of(
        "index: {id: i, decimals: 1}\ndefaults: {normalise: {method: goalposts, worst: 0, best: 100}}\n"
        "grades: [{name: 优秀, from: 90}, {name: 及格}]\ndimensions: [{id: d, indicators: [{id: a}]}]\n"
    )

    def rules(values: list[list[list[float]]]) -> dict[str, str]:
        scores = indexcalc.engine.score(index, panel_of(index, values))
        shown = analysed(scores, scores.periods[-1])
        return {one.rule: one.text for one in headlines(shown, "zh")}

    one = rules([[[80.0]]])
    assert "S1" not in one
    alike = rules([[[80.0], [80.0]]])
    assert alike["S1"].endswith("2个单元综合得分均为80.0分。") or "均为80.0分" in alike["S1"]
    apart = rules([[[95.0], [80.0], [60.0]]])
    assert "相差35.0分" in apart["S1"]
    assert "1个" in apart["S1b"]
    assert "90分及以上" in apart["S1b"]
    assert "S2" not in apart
    moved = rules([[[95.0], [80.0], [60.0]], [[70.0], [80.0], [90.0]]])
    assert "1个" in moved["S2"]
    assert "升至第1位" in moved["S3"] or "降至第3位" in moved["S3"]
    many = [[[float(at)] for at in range(100)], [[float(99 - at)] for at in range(100)]]
    scores = indexcalc.engine.score(index, panel_of(index, many))
    told = [one.text for one in headlines(analysed(scores, scores.periods[-1]), "zh") if one.rule == "S3"]
    assert len(told) == 3  # those up, those down, and how many more
    assert "".join(told).count("（由第") == 12
    assert "另有86个" in told[-1]  # the order is turned: all move but the two in the middle, which change places, 98 - 12
    gaps = rules([[[95.0], [np.nan], [60.0]]])
    assert "缺报1个" in gaps["S9"] or "不排名" in gaps["S9"]


# ---------------------------------------------------------------------------------------------------------------- colours


def _linear(colour: str) -> np.ndarray[Any, Any]:
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def _contrast(one: str, other: str) -> float:
    light = sorted(float(np.dot([0.2126, 0.7152, 0.0722], _linear(colour))) + 0.05 for colour in (one, other))
    return light[1] / light[0]


_SEEN = {  # Machado, Oliveira, Fernandes 2009, severity 1
    "normal": np.eye(3),
    "protan": np.array([[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]),
    "deutan": np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]),
    "tritan": np.array([[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]),
}


def _lab(linear: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(linear, 0, 1)
    t = xyz / np.array([0.95047, 1.0, 1.08883])
    f = np.where(t > 216 / 24389, np.cbrt(t), (24389 / 27 * t + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_colours_are_told_apart_by_everybody_and_in_grey() -> None:
    for seen, matrix in _SEEN.items():
        labs = [_lab(matrix @ _linear(colour)) for colour in palette.DIMENSIONS]
        least = min(float(np.linalg.norm(one - other)) for one, other in combinations(labs, 2))
        assert least >= 20, seen
    greys = sorted(float(_lab(_linear(colour))[0]) for colour in palette.DIMENSIONS)
    assert min(np.diff(greys)) >= 6
    for fills, inks in ((palette.ORDERED, palette.ON_ORDERED), (palette.DIVERGING, palette.ON_DIVERGING)):
        assert min(_contrast(fill, ink) for fill, ink in zip(fills, inks, strict=True)) >= 4.5
    for fill, ink, border in palette.LEVELS.values():
        assert _contrast(fill, ink) >= 4.5
        assert max(_contrast(fill, "#FFFFFF"), _contrast(border, "#FFFFFF")) >= 3
    assert min(_contrast(colour, "#FFFFFF") for colour in palette.DIMENSIONS) >= 3


# ---------------------------------------------------------------------------------------------------------------- a browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    needs_chromium()
    with browser() as started:
        yield started


OVERFLOWING = """() => {
  const wrong = [];
  if (document.documentElement.scrollWidth > innerWidth) wrong.push('page ' + document.documentElement.scrollWidth);
  for (const text of document.querySelectorAll('svg text')) {
    const own = text.getBoundingClientRect(), box = text.closest('svg').getBoundingClientRect();
    if (own.width && (own.left < box.left - 2 || own.right > box.right + 2 || own.top < box.top - 4 || own.bottom > box.bottom + 4)) wrong.push('svg ' + text.textContent);
  }
  return wrong;
}"""


def in_folder(tmp_path: Path, content: bytes) -> Path:
    (tmp_path / "report.html").write_bytes(content)
    return tmp_path / "report.html"


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
@pytest.mark.parametrize("width", [1280, 360])
def test_red_cotton_in_a_browser(red_cotton: Any, chromium: Any, tmp_path: Path, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    file = in_folder(tmp_path, report_page(red_cotton, ["zh", "en"]))
    with opened(chromium, file, width) as page:
        assert page.evaluate(OVERFLOWING) == []
        if width == 1280:
            page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
            assert page.evaluate(OVERFLOWING) == []
        page.click("button.language:visible")
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate("document.documentElement.lang") == "en"
    with opened(chromium, file, width, bypass_csp=True) as page:
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_what_is_called_anything_does_nothing(hostile: Path, chromium: Any, tmp_path: Path) -> None:
    scores = indexcalc.score(hostile / "indicators.yaml")
    file = in_folder(tmp_path, report_page(analysed(scores, "2021"), ["zh"]))
    with opened(chromium, file, 360) as page:
        page.evaluate("() => document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate(OVERFLOWING) == []
        assert page.evaluate("document.querySelectorAll('img, iframe, script:not([type])').length") == 2
        text = page.evaluate("document.body.textContent")
    for name in HOSTILE:
        assert name.replace("\u202e", "\\u202e") in text or name in text
    assert "49" not in re.sub(r"[\d.]+", lambda found: "" if found[0] != "49" else "49", text) or "{{7*7}}" in text


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_a_page_is_sorted_searched_and_opened_by_keyboard(red_cotton: Any, chromium: Any, tmp_path: Path) -> None:
    file = in_folder(tmp_path, report_page(red_cotton, ["zh"]))
    with opened(chromium, file) as page:
        first = "#ranking tbody tr:first-child td:nth-child(2)"
        assert "增城" in page.inner_text(first) or page.inner_text(first)
        ranked = page.inner_text(first)
        page.focus("#ranking thead tr:last-child th:nth-child(3) button")
        page.keyboard.press("Enter")
        assert page.inner_text(first) != ranked
        assert page.get_attribute("#ranking thead tr:last-child th:nth-child(3)", "aria-sort") == "ascending"
        page.keyboard.press("Enter")
        assert page.inner_text(first) == ranked
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("/")
        page.keyboard.type("海珠")
        assert page.locator("#ranking tbody tr:visible").count() == 1
        page.keyboard.press("Escape")
        assert page.locator("#ranking tbody tr:visible").count() == 11
        page.focus("table.heat td[tabindex='0']")
        before = page.evaluate("document.activeElement.textContent")
        page.keyboard.press("ArrowDown")
        assert page.evaluate("document.activeElement.tagName") == "TD"
        assert page.evaluate("document.activeElement.textContent") != before
    with opened(chromium, file, hash_="#unit=440105") as page:
        assert page.evaluate("document.querySelector('details.card[open]').dataset.unit") == "440105"


@pytest.mark.slow
@pytest.mark.xdist_group("chromium")
def test_weights_are_moved_linked_reset_and_taken_back(hostile: Path, chromium: Any, tmp_path: Path) -> None:
    folder = laid_out(tmp_path, {name.name: name.read_text(encoding="utf-8") for name in hostile.iterdir() if name.is_file()})
    run(folder, "score", "--quiet")
    file = folder / "reports" / "2021" / "report.html"
    with opened(chromium, file) as page:
        slider = page.locator(".what-if input[type=range]").first
        slider.focus()
        for _ in range(20):
            page.keyboard.press("ArrowRight")
        slider.blur()
        assert page.locator(".what-if input[type=number]").first.input_value() == "60.00"
        assert page.locator(".trial").is_visible()
        link = page.evaluate("location.hash")
        scored = page.locator(".what-if tbody tr").first.inner_text()
        with page.expect_download() as download:
            page.click(".patch")
        patch = tmp_path / "patch.yaml"
        download.value.save_as(patch)
        page.click(".reset")
        assert page.locator(".trial").is_hidden()
    with opened(chromium, file, hash_=link) as page:
        assert page.locator(".what-if tbody tr").first.inner_text() == scored
    with opened(chromium, file, hash_=link.replace("6000", "7000")) as page:
        assert page.locator(".trial").is_hidden()
        assert page.locator(".what-if-status").inner_text()
    run(folder, "weights", "apply", str(patch), "--note", "试算")
    assert "weight: 0.6" in (folder / "indicators.yaml").read_text(encoding="utf-8")
    assert scored.split("\t")[1] in run(folder, "rank", "--period", "2021")
    assert "IC523" in run(folder, "weights", "apply", str(patch), expect=1)
