"""A server that is killed in the middle of what a page writes: each file is the old one or the new one, the ledger verifies."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from indexcalc.jobs.ledger import verify
from indexcalc.jobs.project import project_of
from indexcalc.journal.history import made_by_hand, read_history
from indexcalc.journal.served import read_acts

from .conftest import count
from .kills import KILLED, Moments, started
from .served import client
from .test_web_edit import fields, node, preview
from .test_web_submit import ASKED, ORIGIN, WHOLE, laid_out, token

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")]


def _edit(base: str, at: int | None, told: str) -> None:
    """Save an edit of two weights; end at one of its moments."""
    page = client(project_of(base), edit=True)
    form = node(page, "demo") | {"k:cases:weight": "0.6", "k:calls:weight": "0.4"}
    looked = fields(preview(page, form).text) | {"who": "张三", "why": "x"}
    moments = Moments(Path(base), at)
    moments.watch()
    answer = page.post("/edit/save", data=looked, headers=ORIGIN)
    moments.at = None
    Path(told).write_text(f"{answer.status_code} {len(moments.seen)}", encoding="utf-8")


def _submit(base: str, at: int | None, told: str) -> None:
    """Report a form; end at one of its moments."""
    page = client(project_of(base), submit=True)
    said = {"form_token": token(page), **ASKED, **WHOLE, "who": "张三"}
    moments = Moments(Path(base), at)
    moments.watch()
    answer = page.post("/submit/form", data=said, headers=ORIGIN)
    moments.at = None
    Path(told).write_text(f"{answer.status_code} {len(moments.seen)}", encoding="utf-8")


def ended(target: object, base: Path, at: int | None) -> tuple[int, int] | None:
    told = base.with_name(f"{base.name}.told")
    told.unlink(missing_ok=True)
    process = started(target, str(base), at, str(told))  # type: ignore[arg-type]
    process.join(120)
    if process.exitcode == KILLED:
        return None
    assert process.exitcode == 0
    status, seen = told.read_text(encoding="utf-8").split()
    return int(status), int(seen)


def moments_of(target: object, before: Path, tmp_path: Path) -> list[int]:
    """Some of the moments at which it may be killed, spread over all of them."""
    whole = tmp_path / "whole"
    shutil.copytree(before, whole)
    done = ended(target, whole, None)
    assert done is not None and done[0] == 303
    some = count(2, 1000)
    return sorted({done[1] - at * done[1] // some for at in range(min(some, done[1]))})


def test_an_edit_leaves_the_old_tree_or_the_new_one(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    laid_out(before)
    page = client(project_of(before), submit=True)
    assert (
        page.post("/submit/form", data={"form_token": token(page), **ASKED, **WHOLE, "who": "张三"}, headers=ORIGIN).status_code
        == 303
    )
    old = (before / "indicators.yaml").read_bytes()
    new = old.replace(b"direction: lower, weight: 0.5", b"direction: lower, weight: 0.6").replace(
        "求助数, weight: 0.5".encode(), "求助数, weight: 0.4".encode()
    )
    for at in moments_of(_edit, before, tmp_path):
        base = tmp_path / f"at{at}"
        shutil.copytree(before, base)
        ended(_edit, base, at)
        raw = (base / "indicators.yaml").read_bytes()
        assert raw in (old, new), at
        changes, problems = read_history(base / "indicators.yaml")
        assert problems == [], at
        if raw == new:
            assert len(changes) == 2 and not made_by_hand(changes, raw)
        else:
            assert ended(_edit, base, None) is not None  # once more, and it is there
            assert (base / "indicators.yaml").read_bytes() == new


def test_a_report_is_recorded_or_not_and_the_ledger_verifies(tmp_path: Path) -> None:
    before = tmp_path / "before"
    before.mkdir()
    laid_out(before)
    for at in moments_of(_submit, before, tmp_path):
        base = tmp_path / f"at{at}"
        shutil.copytree(before, base)
        ended(_submit, base, at)
        done = ended(_submit, base, None)  # the same once more: recorded now, or found to be there
        assert done is not None and done[0] == 303, at
        assert verify(project_of(base)).submissions == 1, at
        assert read_acts(base / "indicators.yaml")[1] == [], at
