"""Take pictures of the report of the example, to be looked at: every part, in both languages, wide, narrow and printed.

`python docs/pictures.py FOLDER` writes them; it needs Chromium and the extra `test`. The one that the README opens with is
written with `--readme`. Where LibreOffice and poppler are, every printed page of the workbook is among them.
"""

from __future__ import annotations

import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import indexcalc
from indexcalc.findings import Language

REPOSITORY = Path(__file__).parent.parent
README = REPOSITORY / "docs" / "report.png"
CHROMIUM = "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
WIDTHS = (1280, 360)
FIRST_OPEN = """() => document.querySelectorAll('main section').forEach(section => {
  document.querySelectorAll('nav.bar').forEach(bar => { bar.style.position = 'static'; });
  const first = section.querySelector('details');
  if (first) { first.open = true; }
})"""


def main(arguments: list[str]) -> None:
    """Write the pictures that were asked for."""
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as folder, sync_playwright() as play:
        scores = indexcalc.score(REPOSITORY / "indicators.yaml")
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for language in ("zh", "en"):
            report = indexcalc.write_report(scores, out=Path(folder) / language, lang=language, formats=("html", "xlsx"))
            page = report.folders[0] / "report.html"
            if "--readme" in arguments:
                if language == "zh":
                    opened(browser, page, 1280).screenshot(path=README)
                continue
            out = Path(arguments[0])
            out.mkdir(parents=True, exist_ok=True)
            for width in WIDTHS:
                shown = opened(browser, page, width)
                shown.evaluate(FIRST_OPEN)  # what is folded up is to be seen too, the first of each kind
                for part in shown.query_selector_all("main section"):
                    part.screenshot(path=out / f"{language}-{width}-{part.get_attribute('id')}.png")
            opened(browser, page, 1280).pdf(
                path=out / f"{language}-printed.pdf", prefer_css_page_size=True, print_background=True
            )
        browser.close()
        if "--readme" not in arguments:
            workbooks(Path(folder), Path(arguments[0]))


def tutorial_pictures(language: Language, folder: Path) -> dict[str, Path]:
    """Walk through the tutorial in a folder and take its pictures of what was written, by the names that it has for them."""
    from playwright.sync_api import sync_playwright

    sys.path.insert(0, str(Path(__file__).parent))
    from walk import walk

    asked = [shlex.split(step.command) for step in walk(language, folder)]
    unit = next(words[2] for words in asked if words[1] == "explain")
    (report,) = folder.glob("*/reports/2024/report.html")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        shown = opened(browser, report, 1280)
        shown.screenshot(path=folder / "report.png")
        card = shown.locator("#cards details", has_text=unit).first
        card.evaluate("card => { card.open = true }")
        card.screenshot(path=folder / "card.png")
        browser.close()
    return {name: folder / f"{name}.png" for name in ("report", "card")}


def workbooks(folder: Path, out: Path) -> None:
    """Print the workbooks of both languages, and take a picture of every page."""
    if shutil.which("soffice") is None or shutil.which("pdftoppm") is None:
        print("no LibreOffice or poppler here: no pictures of the workbook", file=sys.stderr)  # noqa: T201
        return
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    for language in ("zh", "en"):
        book = next((folder / language).rglob("ranking.xlsx"))
        words = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder / language), str(book)]
        subprocess.run(words, check=True, capture_output=True)  # noqa: S603 - our own words
        printed = folder / language / "ranking.pdf"
        words = ["pdftoppm", "-r", "80", "-png", str(printed), str(out / f"{language}-workbook")]
        subprocess.run(words, check=True)  # noqa: S603 - our own words


def opened(browser: Any, page: Path, width: int) -> Any:
    """Return a page of a width, opened in a browser."""
    shown = browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce")
    shown.goto(page.resolve().as_uri())
    return shown


if __name__ == "__main__":
    main(sys.argv[1:] or ["pictures"])
