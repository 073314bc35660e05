"""The picture of ranks over time: no name stands on another, and of many units it stays a picture."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

import indexcalc
from indexcalc.report.draw.bump import bump


def texts(svg: str) -> list[tuple[float, float, str]]:
    """Where each name stands, from the left and from above."""
    found = []
    for attributes, said in re.findall(r"<text ([^>]*)>([^<]*)</text>", svg):
        x, y = (re.search(rf'\b{name}="([-0-9.]+)"', attributes) for name in "xy")
        assert x is not None and y is not None
        found.append((float(x[1]), float(y[1]), said))
    return found


def test_names_of_units_that_share_a_rank_stand_below_each_other() -> None:
    ranks = [[1, 1], [2, 1], [2, 1], [2, 4], [5, 4]]
    drawn = bump(list("甲乙丙丁戊"), ["2021", "2022"], ranks, "ranks")
    names = [one for one in texts(drawn) if one[2] not in ("2021", "2022")]
    assert len(names) == 10 and len({(x, y) for x, y, _ in names}) == 10
    height = re.search(r'viewBox="0 0 [0-9.]+ ([0-9.]+)"', drawn)
    assert height is not None and max(y for _, y, _ in names) < float(height[1])
    order = [said for _, _, said in sorted(names, key=lambda one: one[1]) if said[0].isdigit()]
    assert order == ["1 甲", "1 乙", "1 丙", "4 丁", "4 戊"]


def test_a_gap_at_one_end_has_its_name_at_the_other_alone() -> None:
    drawn = bump(["甲", "乙"], ["2021", "2022"], [[np.nan, 1], [1, 2]], "ranks")
    assert sorted(said for _, _, said in texts(drawn)) == sorted(["2021", "2022", "1 甲", "乙", "2 乙"])


def test_of_a_thousand_units_the_picture_goes_down_to_place_100() -> None:
    from indexcalc.report.formats.html.drawings import history
    from indexcalc.report.sheets.analysed import analysed

    tree = "index: {id: t, name: 测}\nperiods: {kind: year}\ndefaults: {normalise: points}\ndimensions: [{id: a, name: 甲, weight: 1}]\n"
    units = range(1000)
    rows = [(f"u{unit}", year, (unit if year == 2021 else 999 - unit)) for year in (2021, 2022) for unit in units]
    scores = indexcalc.score(indexcalc.load(tree), pd.DataFrame(rows, columns=["unit", "period", "a"]))
    drawn = history(analysed(scores, "2022"), "zh")
    assert drawn is not None and "第100位之后" in drawn.help
    height = re.search(r'viewBox="0 0 [0-9.]+ ([0-9.]+)"', drawn.svg)
    assert height is not None and float(height[1]) < 2400
