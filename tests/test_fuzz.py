"""Whatever is typed and whatever lies in the files: an answer, or a refusal with a place that has written nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any

import pytest
from typer.testing import CliRunner

from indexcalc.cli.app import app
from indexcalc.web import serve
from indexcalc.words.shown import visible

from .conftest import REPOSITORY, count
from .fuzz import KINDS, Case, cases
from .test_publish import is_whole
from .test_writes import everything

LONGEST = 20  # seconds that a command may take on so little
IN_ALL = count(1_000, 20_000)
TYPED = count(14, 50)  # through the command; the others in one process
# findings about what is missing in what was typed; those about what was typed quote it
OF_ARGUMENTS = {"IC507", "IC519", "IC555", "IC556", "IC558", "IC600", "IC674", "IC752", "IC811", "IC823"}


@contextmanager
def in_time(what: str) -> Iterator[None]:
    """Fail what hangs."""

    def late(*_: object) -> None:
        raise AssertionError(f"hangs: {what}")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(LONGEST)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def judge(case: Case, folder: Path, before: dict[str, bytes], code: int, out: str, err: str) -> None:
    """Hold what a command said and left against what any of them may."""
    assert code in (0, 1, 2)
    for text in (out, err):
        assert "this is a bug" not in text
        assert "Traceback" not in text
    after = everything(folder)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert not [path for path in folder.rglob("*") if path.name.startswith((".new-", ".old-"))]
    if code:
        assert not changed, f"refused, and yet changed: {changed}"
    for report in folder.glob("**/run.json"):
        own = report.parent.relative_to(folder).as_posix()
        assert not any(name.startswith(f"{own}/") for name in changed) or is_whole(report.parent)
    if code == 1:
        places(err, case.words)


def places(err: str, words: list[str]) -> None:
    """Look for the place of every error among findings written as JSON: a file, or what was typed."""
    typed = {visible(part) for word in words for part in (word, *word.split("/")) if part}  # nodes are typed as paths too
    typed |= set() if all(words) else {"“”", "''"}
    for line in err.split("\n"):
        if line.startswith("{"):
            one: dict[str, Any] = json.loads(line)
            placed = one["file"] or one["code"] in OF_ARGUMENTS or any(part in one["message"] for part in typed)
            assert one["severity"] != "error" or placed, f"no place: {one['code']} {one['message']}"


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals that end what hangs")
@pytest.mark.parametrize("part", range(2))
@pytest.mark.parametrize("kind", KINDS)
def test_anything_is_answered_or_refused(kind: str, part: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = []
    for at, case in cases(kind, IN_ALL // len(KINDS) + 1):
        if at % 2 != part:
            continue
        folder = tmp_path / f"{at}"
        folder.mkdir()
        case.lay_out(folder)
        before = everything(folder)
        arguments = [*case.words, *([] if "--json" in case.words or "--" in case.words else ["--json"])]
        told = f"{kind} {at}: {' '.join(arguments)[:200]!r} {case.environment}"
        with monkeypatch.context() as patch:
            patch.chdir(folder)
            patch.setattr(serve, "_run", lambda *_: None)  # which would wait to be asked
            for name, value in case.environment.items():
                patch.setenv(name, value)
            try:
                with in_time(told), warnings.catch_warnings():
                    warnings.simplefilter("ignore")
                    for kind_of_warning in (RuntimeWarning, UserWarning):  # what a user would see
                        warnings.simplefilter("error", kind_of_warning)
                    done = CliRunner().invoke(app, arguments)
                assert isinstance(done.exception, SystemExit | None), repr(done.exception)
                judge(case, folder, before, done.exit_code, done.stdout, done.stderr)
            except (Exception, AssertionError) as error:  # noqa: BLE001 - all of them are wanted at once
                failed.append(f"{told}: {type(error).__name__} {str(error)[:300]}")
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    assert not failed, "\n".join([f"{len(failed)} failed", *failed[:20]])


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="bytes as arguments")
def test_anything_typed_is_answered_or_refused(tmp_path: Path) -> None:
    for at in range(TYPED):
        random = Random(f"typed {at}")
        case = KINDS[random.choice(sorted(KINDS))](random)
        if "serve" in case.words:  # which would wait to be asked
            continue
        folder = tmp_path / f"{at}"
        folder.mkdir()
        case.lay_out(folder)
        before = everything(folder)
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY), **case.environment}
        if at % 3 == 0:
            environment |= {"LC_ALL": random.choice(["C", "POSIX"]), "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
        done = subprocess.run(
            [sys.executable, "-m", "indexcalc", *case.words],
            cwd=folder,
            env=environment,
            capture_output=True,
            check=False,
            timeout=60,
        )
        out, err = (text.decode(errors="replace") for text in (done.stdout, done.stderr))
        try:
            judge(case, folder, before, done.returncode, out, err)
        except AssertionError as error:
            raise AssertionError(f"typed {at}: {case.words} {case.environment}\n{out}\n{err}") from error
