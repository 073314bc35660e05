"""Build the documentation site: `python docs/build.py [FOLDER]`, by default `site`; it opens from index.html, offline.

Its pages are made by docs/reference.py, beside the pages that are written, and set by Sphinx, with the extra `docs`. Warnings are
errors.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a test runs this file by its path

from pictures import CHROMIUM, tutorial_pictures  # noqa: E402
from reference import LANGUAGES, pages  # noqa: E402

from indexcalc.findings import Language  # noqa: E402

PICTURE = re.compile(r"<!-- picture (\w+): (.*?) -->")  # what a page shows where a picture can be taken
SPHINX = {"zh": "zh_CN", "en": "en"}
FIRST = """<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=zh/index.html">
<title>indexcalc</title>
<p><a href="zh/index.html" lang="zh">\u4e2d\u6587</a> · <a href="en/index.html" lang="en">English</a></p>
"""


def build(out: Path, jobs: int = 2) -> None:
    """Build both languages into a folder, with pictures of the tutorial where Chromium and playwright can take them."""
    takes_pictures = Path(CHROMIUM).exists() and find_spec("playwright") is not None  # the extra `docs` has none
    out.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        with tempfile.TemporaryDirectory() as folder:
            pictures = tutorial_pictures(language, Path(folder)) if takes_pictures else {}
            built(out, language, jobs, pictures=pictures)
    (out / "index.html").write_text(FIRST, encoding="utf-8", newline="\n")


def built(
    out: Path,
    language: Language,
    jobs: int = 1,
    made: dict[str, str] | None = None,
    *,
    pictures: Mapping[str, Path] | None = None,
    whole: bool = True,
) -> None:
    """Build the pages of a language into its folder; links to pages that are left out are let be where it is not the whole."""
    shutil.rmtree(out / language, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        lay_out(source, pages(language) if made is None else made, pictures or {})
        settings = [f"language={SPHINX[language]}"]
        settings += [] if whole else ["suppress_warnings=misc.highlighting_failure,myst.xref_missing"]
        words = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-j", str(jobs), "-c", str(HERE)]
        words += [word for setting in settings for word in ("-D", setting)]
        words += ["-d", str(Path(folder) / "doctrees"), str(source), str(out / language)]
        done = subprocess.run(  # noqa: S603 - our own words
            words, check=False, capture_output=True, text=True, encoding="utf-8"
        )
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
    for unused in (".buildinfo", "objects.inv"):
        (out / language / unused).unlink(missing_ok=True)
    (out / language / "_sources").rmdir()  # Sphinx makes it for nothing


def lay_out(source: Path, made: dict[str, str], pictures: Mapping[str, Path]) -> None:
    """Write pages to a folder, with the pictures that there are of those that they name."""

    def picture(named: re.Match[str]) -> str:
        return f"![{named[2]}](pictures/{named[1]}.png)" if named[1] in pictures else ""

    for name, text in made.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(PICTURE.sub(picture, text), encoding="utf-8", newline="\n")
    for name, file in pictures.items():
        (source / "pictures").mkdir(exist_ok=True)
        shutil.copy(file, source / "pictures" / f"{name}.png")


def main(arguments: Sequence[str]) -> None:
    """Build the site into the folder that was named."""
    out = Path(arguments[0] if arguments else HERE.parent / "site")
    build(out)
    print(out / "index.html")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
