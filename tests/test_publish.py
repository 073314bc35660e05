"""A report is whole at every moment: after a failed write, beside another run; `test_kills.py` has kills."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

import indexcalc
from indexcalc.jobs.init import init
from indexcalc.journal import files as module
from indexcalc.journal.files import publish
from indexcalc.journal.run import digest


def is_whole(folder: Path) -> bool:
    """Whether every file is there as the folder's own run.json says, and nothing else."""
    outputs = json.loads((folder / "run.json").read_text(encoding="utf-8"))["outputs"]
    return {file.name for file in folder.iterdir()} == {*outputs, "run.json"} and all(
        digest((folder / name).read_bytes()) == made for name, made in outputs.items()
    )


@pytest.mark.parametrize("exchange", [True, False])
def test_a_report_replaces_the_old_one_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, exchange: bool) -> None:
    if not exchange:
        monkeypatch.setattr(module, "_exchange", lambda one, other: False)
    folder = tmp_path / "2022"
    publish(folder, {"a": b"old", "b": b"old"})
    publish(folder, {"a": b"new", "c": b"new"})
    assert {file.name: file.read_bytes() for file in folder.iterdir()} == {"a": b"new", "c": b"new"}
    assert [entry.name for entry in tmp_path.iterdir()] == ["2022"]


def test_a_failed_write_leaves_the_old_report_and_nothing_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "2022"
    publish(folder, {"a": b"old"})

    def full(path: Path, content: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write", full)
    with pytest.raises(OSError, match="No space"):
        publish(folder, {"a": b"new"})
    assert (folder / "a").read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["2022"]


def test_a_report_left_aside_by_a_kill_is_put_back(tmp_path: Path) -> None:
    folder = tmp_path / "2022"
    publish(folder, {"a": b"old"})
    folder.rename(tmp_path / ".old-2022")
    shutil.copytree(tmp_path / ".old-2022", tmp_path / ".new-indexcalc-half")
    os.utime(tmp_path / ".new-indexcalc-half", (0, 0))
    publish(folder, {"a": b"new"})
    assert (folder / "a").read_bytes() == b"new"
    assert [entry.name for entry in tmp_path.iterdir()] == ["2022"]


def test_a_report_that_was_published_is_verified(tmp_path: Path) -> None:
    """It is written as one of a period that is published, though the log has it only when the report is whole."""
    init(tmp_path / "project")
    tree = tmp_path / "project" / "indicators.yaml"
    folder = indexcalc.publish(indexcalc.score(tree), by="A").folder
    assert folder is not None
    assert "report.html" in indexcalc.verify(folder, tree).files


def test_publishing_keeps_the_formats_that_were_asked_for_before(tmp_path: Path) -> None:
    init(tmp_path / "project")
    tree = tmp_path / "project" / "indicators.yaml"
    scores = indexcalc.score(tree)
    (folder,) = indexcalc.write_report(scores, formats=("html", "md", "page")).folders
    assert indexcalc.publish(scores, by="A").folder == folder
    assert {"report.html", "summary.md", "index.html", "ranking.xlsx"} <= {entry.name for entry in folder.iterdir()}
    assert "index.html" in indexcalc.verify(folder, tree).files


def test_a_published_report_stays_as_it_is_when_an_earlier_period_is_published_or_revised(tmp_path: Path) -> None:
    init(tmp_path / "project")
    tree = tmp_path / "project" / "indicators.yaml"
    first, last = indexcalc.score(tree).periods
    folder = indexcalc.publish(indexcalc.score(tree), last, by="A").folder
    assert folder is not None
    before = {file.name: file.read_bytes() for file in folder.iterdir()}
    indexcalc.publish(indexcalc.score(tree), first, by="A")
    assert "ranking.xlsx" in indexcalc.verify(folder, tree).files  # scored again, it compares with what was known then
    written = indexcalc.write_report(indexcalc.score(tree), last).folders[0]
    assert {file.name: file.read_bytes() for file in written.iterdir()} == before


def test_a_report_compares_with_what_had_been_published_by_then() -> None:
    old, own, revised = {"a": 1.0, "b": 2.0}, {"a": 2.0, "b": 1.0}, {"a": 2.0, "b": 1.0}
    frame = pd.DataFrame({"unit": ["a", "b"], "period": "2021", "x": [1.0, 2.0]})
    scores = indexcalc.score("index: {id: i}\nperiods: {kind: year}\ndimensions: [{id: x, normalise: points}]", frame)
    told = replace(scores, released=(("2021", old), ("2022", own), ("2021", revised)))
    assert told.released_of("2021", "2022") is old
    assert told.released_of("2021") is told.released_of("2021", "2023") is revised
    assert told.released_of("2022", "2022") is own and told.released_of("2020") is None
