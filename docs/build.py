"""Build the documentation site: `python docs/build.py [FOLDER]`, by default `site`; it opens from index.html, offline.

Its pages are made by docs/reference.py, beside the pages that are written, and set by Sphinx, with the extra `docs`. Warnings are
errors.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))  # a test runs this file by its path

from reference import LANGUAGES, pages  # noqa: E402

from indexcalc.findings import Language  # noqa: E402

SPHINX = {"zh": "zh_CN", "en": "en"}
FIRST = """<!DOCTYPE html>
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=zh/index.html">
<title>indexcalc</title>
<p><a href="zh/index.html" lang="zh">\u4e2d\u6587</a> · <a href="en/index.html" lang="en">English</a></p>
"""


def build(out: Path, jobs: int = 2) -> str:
    """Build both languages into a folder, and return what was said."""
    out.mkdir(parents=True, exist_ok=True)
    said = [built(out, language, jobs) for language in LANGUAGES]
    (out / "index.html").write_text(FIRST, encoding="utf-8")
    return "".join(said)


def built(out: Path, language: Language, jobs: int = 1, made: dict[str, str] | None = None, *, whole: bool = True) -> str:
    """Build the pages of a language into its folder; links to pages that are left out are let be where it is not the whole."""
    shutil.rmtree(out / language, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        lay_out(source, pages(language) if made is None else made)
        settings = [] if whole else ["-D", "suppress_warnings=misc.highlighting_failure,myst.xref_missing"]
        settings += ["-D", f"language={SPHINX[language]}", "-D", "html_title=indexcalc", "-D", "html_static_path=" + str(HERE / "_static")]
        words = [sys.executable, "-m", "sphinx", "-b", "html", "-q", "-W", "--keep-going", "-j", str(jobs), "-c", str(HERE)]
        words += ["-d", str(Path(folder) / "doctrees"), *settings, str(source), str(out / language)]
        done = subprocess.run(words, check=False, capture_output=True, text=True, encoding="utf-8")
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
    for unused in (".buildinfo", "objects.inv"):
        (out / language / unused).unlink(missing_ok=True)
    return done.stderr


def lay_out(source: Path, made: dict[str, str]) -> None:
    """Write pages to a folder, with the pictures that they show."""
    for name, text in made.items():
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(text, encoding="utf-8", newline="\n")


def main(arguments: Sequence[str]) -> None:
    """Build the site into the folder that was named."""
    out = Path(arguments[0] if arguments else HERE.parent / "site")
    build(out)
    print(out / "index.html")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
