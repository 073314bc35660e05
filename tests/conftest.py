"""Two small builders: an index from YAML text in the test, a panel from a few rows; and the shared data's folder."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import typer.main
import typer.testing
from hypothesis import settings

from indexcalc.cli.app import app
from indexcalc.journal import database
from indexcalc.panel import MISSING, VALUE, Panel, empty
from indexcalc.tree import Index, parse_index
from indexcalc.units import Units

os.environ["OPENPYXL_LXML"] = "False"  # lxml, which comes with Word, refuses characters that workbooks of tests are to have
PROVE = os.environ.get("INDEXCALC_PROVE", "") not in ("", "0")  # `make prove` sets it


def count(some: int, full: int) -> int:
    """Return how often a long test tries: some seeded times in `make test`, the full number in `make prove`."""
    return full if PROVE else some


settings.register_profile("fixed", derandomize=True, deadline=None, max_examples=count(25, 400))
settings.register_profile("few", derandomize=True, deadline=None, max_examples=8)  # of `make quick`
settings.load_profile("fixed")

# no machine stops here, so that no test need wait for a disk, which takes milliseconds a file; test_kills sees that it is asked
os.fsync = lambda _: None
KEPT, database.SYNCHRONOUS = database.SYNCHRONOUS, "OFF"  # of SQLite likewise; test_ledger sees what it is
# the commands are built once and not for every call: that took two thirds of the time of a thousand messages
typer.main.get_command = typer.testing._get_command = functools.cache(typer.main.get_command)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start one worker more than there are processors: a quarter of the time goes by in waiting for databases and browsers."""
    return (os.cpu_count() or 1) + 1


STARTED = {"spark": "spark", "postgres": "postgres", "server": "postgres"}  # fixtures that start an engine or a database


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run by one worker what shares what takes long to make: an engine or a database, which are slow, or a file's own fixtures."""
    for item in items:
        chosen = " ".join(str(value) for value in item.callspec.params.values()) if hasattr(item, "callspec") else ""
        started = {group for name, group in STARTED.items() if name in getattr(item, "fixturenames", ()) or group in chosen}
        for group in sorted(started):
            item.add_marker(pytest.mark.slow)
            item.add_marker(pytest.mark.xdist_group(group))
        made = item._fixtureinfo.name2fixturedefs.values() if isinstance(item, pytest.Function) else ()
        if not started and any(one.scope == "module" for own in made for one in own):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def interruptible() -> Iterator[None]:
    """What a test starts can be interrupted, though who started the tests may ignore that, as nohup and shells' & do."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def in_the_way_of(index: Index) -> list[str]:
    """Return what keeps an index from being scored in a query, where the extra is there that asks."""
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    from indexcalc.large.in_the_way import in_the_way

    return [*in_the_way(index)]


class Said(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def ran(folder: Path, *words: str) -> Said:
    """Run a command in a folder, in this process: one of its own would take a second to start."""
    with contextlib.chdir(folder):
        done = typer.testing.CliRunner().invoke(app, words)
    return Said(done.exit_code, done.stdout, done.stderr)


@pytest.fixture
def repository() -> Path:
    return REPOSITORY


@pytest.fixture
def shared() -> Path:
    """The published indices and other tools' outputs; tests that need them are skipped where they are absent."""
    folder = Path(os.environ.get("INDEXCALC_SHARED", REPOSITORY.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip("no shared data: set INDEXCALC_SHARED to its folder")
    return folder / "data"


def index_of(text: str) -> Index:
    """Read an index from YAML text, which must be right."""
    index, found = parse_index(text.encode(), "indicators.yaml")
    assert index is not None, found
    assert [one for one in found if one.severity == "error"] == []
    return index


def flat_index(leaves: int, *, normalise: str = "min-max", aggregate: str = "arithmetic", extra: str = "") -> Index:
    """Make an index of some equal leaves under one dimension."""
    lines = "\n".join(f"      - {{id: x{at}}}" for at in range(leaves))
    return index_of(
        f"""
index: {{id: test}}
units: {{table: units.csv}}
data: {{values: {{path: values.csv}}}}
defaults: {{weights: equal, normalise: {normalise}, aggregate: {aggregate}}}
{extra}
dimensions:
  - id: all
    indicators:
{lines}
"""
    )


def panel_of(index: Index, values: Sequence[object], *, periods: Sequence[str] = (), groups: Sequence[str] = ()) -> Panel:
    """Make a panel of (period, unit, column) or (unit, column) values, NaN for missing."""
    array = np.array(values, dtype=float)
    array = array[None] if array.ndim == 2 else array
    out = empty(*array.shape)
    out[...] = array
    status = empty(*array.shape, np.uint8)
    status[...] = np.where(np.isnan(array), MISSING, VALUE)
    names = tuple(f"u{at}" for at in range(array.shape[1]))
    labels = tuple(periods) or tuple(str(2000 + at) for at in range(array.shape[0]))
    units = Units(names, names, names, tuple(groups))
    return Panel(out, status, labels, units, tuple(column.id for column in index.columns)[: array.shape[2]])
