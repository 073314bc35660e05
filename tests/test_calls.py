"""From a command, and from a call of the library, to a number: at most six functions of our own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
TRACED = """
import sys, pathlib
package = str(pathlib.Path(sys.argv.pop(1)))
seen = set()
def watch(frame, event, arg):
    if event == "call" and frame.f_code.co_name == "arithmetic" and frame.f_code.co_filename.startswith(package):
        own, names = frame, []
        while own is not None:
            if own.f_code.co_filename.startswith(package) and own.f_code.co_name != "<module>":
                names.append(own.f_code.co_name)
            own = own.f_back
        seen.add(tuple(reversed(names)))
sys.setprofile(watch)
try:
    {call}
except SystemExit:
    pass
sys.setprofile(None)
print(max(seen, key=len), file=sys.stderr)
assert seen
assert max(map(len, seen)) <= 6, seen
"""
CALLS = {
    "command": "sys.argv = ['indexcalc', 'score', '--format', 'none', '--out', sys.argv.pop(1)]; from indexcalc.cli import run; run()",
    "library": "sys.argv.pop(1); import indexcalc; index = indexcalc.load('indicators.yaml'); indexcalc.score(index)",
    "frame": """
    import indexcalc, pandas as pd
    text = "index: {id: i}\\ndefaults: {weights: equal, normalise: min-max}\\ndimensions: [{id: d, indicators: [{id: a}, {id: b}]}]\\n"
    index = indexcalc.load(text)
    print(indexcalc.score(index, pd.DataFrame({"unit": ["x", "y"], "period": [2020, 2020], "a": [1.0, 2.0], "b": [3.0, 1.0]})))
""",
}


@pytest.mark.parametrize("call", CALLS)
def test_at_most_six_of_our_own_functions_stand_between(call: str, tmp_path: Path) -> None:
    code = TRACED.replace("{call}", CALLS[call])
    done = subprocess.run(
        [sys.executable, "-c", code, str(REPOSITORY / "indexcalc"), str(tmp_path)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=shutil.copytree(REPOSITORY / "indexcalc" / "gallery" / "starter", tmp_path / "starter"),
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        check=False,
    )
    assert done.returncode == 0, done.stderr
