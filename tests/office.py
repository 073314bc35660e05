"""A LibreOffice for tests: it calculates workbooks anew, whatever their cells say that formulas have come to."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

import pytest

ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""
"""The settings of a profile in which files are always calculated anew; without it the numbers that stand there are shown."""


def needs_office() -> None:
    """Skip a test where there is no LibreOffice."""
    if shutil.which("soffice") is None:
        pytest.skip("no LibreOffice here")


def calculated(files: Iterable[Path], folder: Path, *, to: str = "xlsx") -> Path:
    """Open files and save them in a folder, all in one run, which takes seconds."""
    user = folder / "profile" / "user"
    user.mkdir(parents=True)
    (user / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    out = folder / "calculated"
    words = ["soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless", "--convert-to", to]
    done = subprocess.run(
        [*words, "--outdir", str(out), *map(str, files)], capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr
    return out
