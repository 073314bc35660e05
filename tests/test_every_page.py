"""The page of every tree that there is: in a browser without a word on its console, nothing wider than its box at any width."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import indexcalc
from indexcalc.jobs.gallery import gallery, project_files
from indexcalc.jobs.project import project_of
from indexcalc.report.formats.html.page import report_page
from indexcalc.report.sheets.analysed import MOST_UNITS, analysed
from indexcalc.scores import Scores

from .browser import browser, needs_chromium, opened
from .conftest import PROVE, index_of, panel_of
from .test_page import OVERFLOWING

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chromium"), pytest.mark.filterwarnings("ignore::UserWarning")]
PUBLISHED = Path(__file__).parent / "published"
QUICK = {"hdi_2021", "mcdm_literature_a", "asem_2018"}  # looked at in every run: from 0 to 1, five units, z-scores
TREES = [file for file in sorted(PUBLISHED.glob("*/*.yaml")) if PROVE or file.parent.name in QUICK]
EXAMPLES = [one.name for one in gallery()] if PROVE else ["starter"]
WIDER = """() => {
  const wrong = [];
  for (const one of document.querySelectorAll('main *')) {
    const box = one.getBoundingClientRect(), outer = one.parentElement.getBoundingClientRect();
    const inside = one.closest('svg') && one.tagName !== 'svg' || one.closest('.scroll, .wide') && !one.matches('.scroll, .wide');
    if (box.width && !inside && box.right > outer.right + 1.5) wrong.push(one.tagName + ' ' + one.className + ' ' + one.textContent.slice(0, 30));
  }
  return wrong.slice(0, 8);
}"""
OPEN = """async () => {
  document.querySelectorAll('details').forEach(one => { one.open = true });
  document.querySelectorAll('.what-if').forEach(one => one.scrollIntoView());  // what is said below its sliders comes then
  await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
FLAT = "index: {id: i, decimals: 2}\nunits: {table: u.csv, label: 区}\ndefaults: {normalise: {method: z-score}}\n"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    needs_chromium()
    with browser() as started:
        yield started


def looked_at(scores: Scores, chromium: Any, folder: Path) -> None:
    """Open the newest page, wide and narrow, with everything that can be opened."""
    shown = analysed(scores, scores.periods[-1], every=len(scores.panel.units) <= MOST_UNITS)
    file = folder / "report.html"
    file.write_bytes(report_page(shown, ["zh"]))
    for width in (1280, 360):
        with opened(chromium, file, width) as page:
            page.evaluate(OPEN)
            assert page.evaluate(OVERFLOWING) == []
            assert page.evaluate(WIDER) == []
            assert page.locator("#ranking tbody tr").count() == len(scores.listed(scores.periods.index(shown.period)))


def scored(file: Path, data: Path) -> Scores:
    return project_of(file, data=data).scores()


@pytest.mark.parametrize("file", TREES, ids=[f"{file.parent.name}-{file.stem}" for file in TREES])
def test_the_page_of_a_published_index(file: Path, chromium: Any, shared: Path, tmp_path: Path) -> None:
    looked_at(scored(file, shared), chromium, tmp_path)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_page_of_an_example(name: str, chromium: Any, tmp_path: Path) -> None:
    for path, content in project_files(name).items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    looked_at(scored(tmp_path / "indicators.yaml", tmp_path), chromium, tmp_path)


ODD = {
    "two units": (2, 3),
    "one node": (5, 1),
    "a constant": (4, 2),
}


@pytest.mark.parametrize("name", ODD)
def test_the_page_of_what_is_hardly_an_index(name: str, chromium: Any, tmp_path: Path) -> None:
    units, leaves = ODD[name]
    values = np.full((units, leaves), 3.0) if name == "a constant" else np.random.default_rng(5).normal(size=(units, leaves))
    below = ", ".join(f"{{id: n{at}}}" for at in range(leaves))
    index = index_of(f"{FLAT}dimensions: [{below}]\n")
    looked_at(indexcalc.engine.score(index, panel_of(index, values.tolist())), chromium, tmp_path)


def test_the_page_of_values_that_nobody_reported(chromium: Any, tmp_path: Path) -> None:
    index = index_of(f"{FLAT}dimensions: [{{id: d, indicators: [{{id: a}}, {{id: b}}]}}, {{id: e, indicators: [{{id: c}}]}}]\n")
    values = np.array([[1.0, np.nan, np.nan], [2.0, np.nan, 3.0], [np.nan, np.nan, np.nan]])
    looked_at(indexcalc.engine.score(index, panel_of(index, values.tolist())), chromium, tmp_path)


def test_the_rows_of_a_long_page_come_by_hundreds_are_all_searched_and_all_printed(chromium: Any, tmp_path: Path) -> None:
    index = index_of(f"{FLAT}dimensions: [{{id: n0}}, {{id: n1}}]\n")
    values = np.random.default_rng(5).normal(size=(MOST_UNITS + 1, 2))
    values[-1] = -9  # the last unit is the last of the ranking, and alone on its fourth page
    scores = indexcalc.engine.score(index, panel_of(index, values.tolist()))
    file = tmp_path / "report.html"
    file.write_bytes(report_page(analysed(scores, scores.periods[-1]), ["zh"]))
    with opened(chromium, file) as page:
        rows = page.locator("#ranking tbody tr:visible")
        assert rows.count() == 100
        page.fill(".search", f"u{MOST_UNITS}")
        assert f"u{MOST_UNITS}" in "".join(rows.all_inner_texts())
        assert page.evaluate("document.querySelector('.status').textContent")
        page.fill(".search", "")
        assert rows.count() == 1
        page.emulate_media(media="print")
        assert rows.count() == MOST_UNITS + 1
