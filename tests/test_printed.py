"""Scores beside a published table: agreement up to the decimals in print, ranks, and where they differ."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import indexcalc
from indexcalc.cli.app import app
from indexcalc.findings import Refused

FRAME = pd.DataFrame({"区": list("ABCD"), "health": [61.25, 70.004, 80.5, 50.0], "jobs": [10.0, 20.0, 30.0, np.nan]})


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "units.csv").write_text("id,name\nA,东区\nB,西区\nC,南区\nD,北区\n", encoding="utf-8")
    FRAME.to_csv(tmp_path / "values.csv", index=False)
    (tmp_path / "indicators.yaml").write_text(
        "{index: {id: i, name: 指数}, units: {table: units.csv, label: 区}, data: {d: {path: values.csv}},"
        " defaults: {normalise: points}, dimensions: [{id: health, name: 健康, weight: 0.5}, {id: jobs, weight: 0.5}]}",
        encoding="utf-8",
    )
    return tmp_path / "indicators.yaml"


def test_what_is_printed_agrees_up_to_its_decimals(project: Path, tmp_path: Path) -> None:
    scores = indexcalc.score(project)
    table = scores.ranking()
    printed = tmp_path / "published.csv"
    printed.write_text(
        'unit,得分,位次,健康,health rank,remark\nA,35.6,3,61.25,3,x\n西区,45.00,4,70.1,2,x\nC,55,1,"80.5",1,x\nD,50.0,2,50,4,x\n'
    )
    assert dict(zip(table["unit"], table["score"], strict=True)) == pytest.approx({"A": 35.625, "B": 45.002, "C": 55.25, "D": 50})
    found = indexcalc.beside_print(scores, printed)
    frame = found.frame().set_index(["unit", "column"])["agrees"]
    assert {key for key, agrees in frame.items() if not agrees} == {("A", "位次"), ("B", "位次"), ("B", "健康")}
    assert found.strangers == ("remark",)
    assert not found.agree


@pytest.mark.parametrize("decimals", [0, 1, 3, 6])
def test_a_table_rounded_from_the_scores_agrees(project: Path, tmp_path: Path, decimals: int) -> None:
    scores = indexcalc.score(project)
    printed = tmp_path / "published.csv"
    table = scores.ranking()[["unit", "score", "rank"]]
    table.assign(score=[f"{x:.{decimals}f}" for x in table["score"]]).to_csv(printed, index=False)
    found = indexcalc.beside_print(scores, printed)
    assert found.agree
    assert len(found.cells) == 2
    table.assign(score=[f"{x + 0.6 * 10**-decimals:.{decimals + 3}f}" for x in table["score"]]).to_csv(printed, index=False)
    assert not indexcalc.beside_print(scores, printed).agree


def test_the_command(project: Path, tmp_path: Path) -> None:
    printed = tmp_path / "published.csv"
    printed.write_text("区,得分\nA,35.6\nB,45.3\nE,1\n", encoding="utf-8-sig")
    words = ["compare", "single", "--with", str(printed), "--index", str(project)]
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 0, told.output
    data = json.loads(told.stdout)
    assert data["columns"][0]["agree"] == 1
    assert [one["unit"] for one in data["columns"][0]["differ"]] == ["B"]
    assert data["strangers"] == ["E"]
    shown = CliRunner().invoke(app, [*words, "--lang", "zh"]).stdout
    assert "西区" in shown
    assert CliRunner().invoke(app, ["compare", "single", "--index", str(project)]).exit_code == 2


@pytest.mark.parametrize(("text", "code"), [("区,得分\n", "IC828"), ("区,得分\nX,1\n", "IC829"), ("区,备注\nA,1\n", "IC829")])
def test_what_is_no_table_of_these_scores_is_refused(project: Path, tmp_path: Path, text: str, code: str) -> None:
    (tmp_path / "published.csv").write_text(text, encoding="utf-8")
    with pytest.raises(Refused, match=code):
        indexcalc.beside_print(indexcalc.score(project), tmp_path / "published.csv")
