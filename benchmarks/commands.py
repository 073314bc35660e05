"""Whole commands against bare imports: `python benchmarks/commands.py`.

The package is compiled first, as what it is compared with was when it was installed.
"""

from __future__ import annotations

import compileall
import sys
import tempfile
from pathlib import Path

from harness import compare_commands, python

ROOT = str(Path(__file__).resolve().parent.parent)
BARE = """
import typer
app = typer.Typer(add_completion=False, rich_markup_mode=None)
@app.command()
def one(name: str, more: int = 0):
    'Do one thing.'
app()
"""
"""The least that has a command and its help."""
INDEXCALC = str(Path(sys.executable).parent / "indexcalc")

if __name__ == "__main__":
    compileall.compile_dir(Path(ROOT) / "indexcalc", quiet=1)
    print(
        compare_commands(
            "check / import pydantic, yaml, typer", [INDEXCALC, "check"], python("import pydantic, yaml, typer"), cwd=ROOT
        )
    )
    with tempfile.TemporaryDirectory() as out:
        command = [INDEXCALC, "score", "--out", out]
        print(compare_commands("score / import pandas", command, python("import pandas"), cwd=ROOT))
    bare = python(BARE)
    print(compare_commands("--help / bare typer --help", [INDEXCALC, "--help"], [*bare, "--help"], cwd=ROOT))
    print(compare_commands("score --help / bare typer --help", [INDEXCALC, "score", "--help"], [*bare, "--help"], cwd=ROOT))
