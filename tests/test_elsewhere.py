"""A value from one source, else from another: which one, where it stands, and what is said of it."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import indexcalc
from indexcalc.findings import Refused

from .projects import answer, laid_out, run, said

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")  # what is missing in both
TREE = """
index: {id: x, name: 指数}
units: {table: u.csv}
periods: {kind: year}
data:
  official: {path: official.csv}
  yearbook: {path: yearbook.csv, missing: ["…"]}
defaults: {source: official, normalise: points, weights: equal}
dimensions:
  - {id: a, name: 甲, else_from: yearbook}
  - {id: b, name: 乙}
"""
UNITS = "id,name\n1,东区\n2,西区\n3,南区\n"


def test_a_gap_is_filled_and_the_address_says_from_where(tmp_path: Path) -> None:
    files = {
        "indicators.yaml": TREE,
        "u.csv": UNITS,
        "official.csv": "id,year,a,b\n1,2021,,1\n2,2021,,2\n3,2021,,3\n1,2022,1,4\n2,2022,,5\n3,2022,3,6\n",
        "yearbook.csv": "id,year,a\n1,2022,100\n2,2022,20\n3,2022,…\n1,2021,7\n",
    }
    laid_out(tmp_path, files)
    scores = indexcalc.score(tmp_path / "indicators.yaml")
    np.testing.assert_array_equal(scores.score("a"), [[7, np.nan, np.nan], [1, 20, 3]])
    np.testing.assert_array_equal(scores.score("b"), [[1, 2, 3], [4, 5, 6]])
    entry = answer(tmp_path, "explain", "西区", "--node", "a")["tree"]["raw"]
    assert [place.rsplit("/")[-1] for one in entry for place in one["places"]] == ["yearbook.csv:3:3"]
    entry = answer(tmp_path, "explain", "东区", "--node", "a")["tree"]["raw"]
    assert [place.rsplit("/")[-1] for one in entry for place in one["places"]] == ["official.csv:5:3"]
    assert "yearbook.csv" in run(tmp_path, "explain", "西区")
    told = said(tmp_path, "check")
    assert "IC269 有 2 个数值取自“yearbook”" in told
    assert "IC396" not in told


@given(st.data())
def test_every_cell_is_the_first_that_there_is(data: st.DataObject) -> None:
    cells = st.lists(st.sampled_from(["", "1", "2", "n/a", "8"]), min_size=6, max_size=6)
    first, second = data.draw(cells), data.draw(cells)
    if not any(first) or not any(second):
        return
    keys = [f"{unit},{year}" for year in (2021, 2022) for unit in (1, 2, 3)]
    tree = TREE.replace("official.csv}", "official.csv, not_applicable: [n/a]}")
    tree = tree.replace('missing: ["…"]', "not_applicable: [n/a]").replace("  - {id: b, name: 乙}\n", "")
    with tempfile.TemporaryDirectory() as folder:
        laid_out(Path(folder), {"indicators.yaml": tree, "u.csv": UNITS})
        for name, own in (("official", first), ("yearbook", second)):
            rows = "".join(f"{key},{cell}\n" for key, cell in zip(keys, own, strict=True))
            laid_out(Path(folder), {f"{name}.csv": "id,year,a\n" + rows})
        panel = indexcalc.read(Path(folder) / "indicators.yaml")
    for at, (one, other) in enumerate(zip(first, second, strict=True)):
        want = one or other
        value = panel.values[at // 3, at % 3, 0] if len(panel.periods) == 2 else None
        if value is not None:
            np.testing.assert_equal(value, float(want) if want not in ("", "n/a") else np.nan)
            assert panel.status[at // 3, at % 3, 0] == {"": 1, "n/a": 2}.get(want, 0)


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("else_from: yearbook", "else_from: yearbok", "IC207"),
        ("else_from: yearbook", "else_from: official", "IC267"),
        ("yearbook.csv,", "yearbook.csv, period: every,", "IC268"),
    ],
)
def test_what_cannot_fill_gaps_is_refused(old: str, new: str, code: str) -> None:
    with pytest.raises(Refused, match=code):
        indexcalc.load(TREE.replace(old, new))
