"""Reports for people: what they cost beside the bare numbers, how large pages are, how quickly weights are tried on them.

`python benchmarks/pages.py`; the times in a browser need Chromium and the extra `test`.
"""

from __future__ import annotations

import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from harness import compare_commands

import indexcalc
from indexcalc.report.files import Reports

ROOT = Path(__file__).resolve().parent.parent
INDEXCALC = str(Path(sys.executable).parent / "indexcalc")
CHROMIUM = "/usr/bin/chromium"
MANY, DIMENSIONS, NODES, LEAVES = 2800, 4, 3, 11  # 132 leaves
STEPS = 30  # of a slider
FRAMES = """async (steps) => {
  const slider = document.querySelector('.what-if input[type=range]'), taken = [];
  slider.focus();
  for (let at = 0; at < steps; at += 1) {
    await new Promise(done => requestAnimationFrame(() => setTimeout(done, 0)));
    const start = performance.now();
    slider.value = String(20 + at);
    slider.dispatchEvent(new Event('input'));
    const sent = performance.now() - start;
    await new Promise(done => requestAnimationFrame(() => {
      const drawn = performance.now();
      document.querySelector('.what-if table').offsetHeight;  // laid out
      taken.push([sent, performance.now() - drawn]);
      done();
    }));
  }
  return taken;
}"""
DRAWN = """() => {
  window.drawing = [];
  const own = window.requestAnimationFrame.bind(window);
  window.requestAnimationFrame = f => own(t => {
    const start = performance.now();
    f(t);
    window.drawing.push(performance.now() - start);
  });
}"""

ORDERED = """(tries) => {
  const taken = { sorted: [], found: [] };
  const block = document.querySelector('[data-language]'), search = block.querySelector('.search');
  const heads = block.querySelectorAll('#ranking thead tr:last-child th button');
  for (let at = 0; at < tries; at += 1) {
    let start = performance.now();
    heads[at % heads.length].click();
    document.querySelector('#ranking table').offsetHeight;  // laid out
    taken.sorted.push(performance.now() - start);
    start = performance.now();
    search.value = at % 2 ? '' : '1' + at;
    search.dispatchEvent(new Event('input'));
    document.querySelector('#ranking table').offsetHeight;
    taken.found.push(performance.now() - start);
  }
  return taken;
}"""


def many(folder: Path) -> Path:
    """Write a project of many units with a hundred and thirty-two indicators, and return its folder."""
    rng = np.random.default_rng(1)
    names = [f"d{d}n{n}i{i}" for d in range(DIMENSIONS) for n in range(NODES) for i in range(LEAVES)]
    values = rng.uniform(0, 100, (MANY, len(names))).round(3)

    def node(name: str) -> str:
        leaves = ", ".join(f"{{id: {name}i{i}, weight: 1/{LEAVES}}}" for i in range(LEAVES))
        return f"{{id: {name}, weight: 1/3, indicators: [{leaves}]}}"

    below = [
        f"  - {{id: d{d}, weight: 0.25, indicators: [{', '.join(node(f'd{d}n{n}') for n in range(NODES))}]}}"
        for d in range(DIMENSIONS)
    ]
    head = "index: {id: many}\nunits: {table: u.csv}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
    tree = f"{head}defaults: {{normalise: {{method: goalposts, worst: 0, best: 100}}}}\ndimensions:\n" + "\n".join(below)
    (folder / "indicators.yaml").write_text(tree + "\n", encoding="utf-8")
    units = "".join(f"u{at},Unit {at}\n" for at in range(MANY))
    (folder / "u.csv").write_text("id,name\n" + units, encoding="utf-8")
    rows = (f"2022,u{at},{','.join(map(str, row))}" for at, row in enumerate(values.tolist()))
    (folder / "v.csv").write_text("period,unit," + ",".join(names) + "\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def made(tree: Path, out: Path) -> Path:
    """Write the page of a tree's newest period, say what that took, and return its file."""
    scores = indexcalc.score(tree)
    reports = Reports(scores, "zh")
    period = scores.periods[-1]
    start = time.perf_counter()
    page = reports.of(period, ("html",), analyses=reports.runs_analyses(period, period, ("html",)))["report.html"]
    taken = time.perf_counter() - start
    out.write_bytes(page)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"page of {len(scores.panel.units)} units: {len(page) / 1000:.0f} kB in {taken:.1f} s, {peak:.0f} MB at most so far")
    return out


def frames(browser: Any, file: Path, throttle: int) -> None:
    """Say how long a frame takes in which a weight is moved, half of them at most and nineteen of twenty; and sort and search."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    start = time.perf_counter()
    page.goto(file.as_uri())
    opened = time.perf_counter() - start
    page.context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": throttle})
    page.evaluate(DRAWN)
    taken = page.evaluate(FRAMES, STEPS)
    drawing = sorted(page.evaluate("window.drawing"), reverse=True)[:STEPS]
    each = sorted(sent + laid for sent, laid in taken)
    whole = [one + statistics.median(drawing) for one in each]
    p95, drawn = whole[int(0.95 * len(whole))], statistics.median(drawing)
    print(
        f"{file.stem} at {throttle} x throttle: opened in {opened:.2f} s; a moved weight takes "
        f"{statistics.median(whole):.1f} ms, {p95:.1f} ms at p95 (of which scored and drawn {drawn:.1f} ms)"
    )
    ordered = page.evaluate(ORDERED, STEPS)
    print(
        f"{file.stem} at {throttle} x throttle: sorted in {statistics.median(ordered['sorted']):.1f} ms, "
        f"searched in {statistics.median(ordered['found']):.1f} ms"
    )
    page.close()


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        base = [INDEXCALC, "score", "--quiet", "--out", folder]
        bare, full = ([*base, "--format", formats] for formats in ("none", "html,xlsx"))
        print(compare_commands("score with html and xlsx / without", full, bare, rounds=5, cwd=str(ROOT)))
        pages = [
            made(ROOT / "indicators.yaml", Path(folder) / "red-cotton.html"),
            made(many(Path(folder)) / "indicators.yaml", Path(folder) / "many.html"),
        ]
        from playwright.sync_api import sync_playwright

        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
            for file in pages:
                for throttle in (1, 4):
                    frames(browser, file, throttle)
            browser.close()
