"""The page on scheduled runs: its script goes to the end, and stops where something is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from .projects import laid_out

DOCS = Path(__file__).parent.parent / "docs"
FILES = {
    "indicators.yaml": "index: {id: i}\nunits: {table: u.csv, label: 区}\nperiods: {kind: year}\ndata: {v: {path: v.csv}}\n"
    "defaults: {normalise: {method: goalposts, worst: 0, best: 100}}\n"
    "dimensions:\n  - {id: d, weight: 0.4, indicators: [{id: a}]}\n  - {id: e, weight: 0.6, indicators: [{id: b}]}\n",
    "u.csv": "id,name\nu1,甲\nu2,乙\n",
    "v.csv": "period,unit,a,b\n2021,u1,50,60\n2021,u2,70,30\n2022,u1,55,61\n2022,u2,72,33\n",
}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_script_goes_to_the_end_and_stops_where_something_is_wrong(language: str, tmp_path: Path) -> None:
    page = (DOCS / language / "scheduled.md").read_text(encoding="utf-8")
    (script,) = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    project = laid_out(tmp_path / "project", {**FILES, "scheduled.sh": script})
    commands = tmp_path / "bin"
    laid_out(commands, {"indexcalc": f'#!/bin/sh\nexec "{sys.executable}" -m indexcalc "$@"\n'})
    (commands / "indexcalc").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{commands}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "PYTHONPATH": str(DOCS.parent),
    }

    def scheduled(*arguments: str) -> tuple[int, str]:
        command = ["sh", str(project / "scheduled.sh"), str(project), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False)
        return done.returncode, done.stderr

    assert scheduled() == (0, "")
    log = (project / "indicators.published").read_text(encoding="utf-8")
    assert "\t2022\t" in log
    if language == "en":
        return  # the steps are the same
    assert scheduled("2022") == (0, "")
    assert (project / "indicators.published").read_text(encoding="utf-8") == log
    (project / "v.csv").write_text(FILES["v.csv"].replace("72,33", "72,43"), encoding="utf-8")
    code, said = scheduled("2022")
    assert (code, "IC823" in said) == (1, True)
    tree = project / "indicators.yaml"
    tree.write_text(FILES["indicators.yaml"].replace("0.6", "0.7"), encoding="utf-8")
    code, said = scheduled("2022")
    assert (code, "IC201" in said) == (1, True)
    assert (project / "indicators.published").read_text(encoding="utf-8") == log


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_a_forge_runs_is_that_script(language: str) -> None:
    page = (DOCS / language / "scheduled.md").read_text(encoding="utf-8")
    (workflow,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    steps = yaml.safe_load(workflow)["jobs"]["index"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == ["pip install indexcalc", "sh scheduled.sh ."]
