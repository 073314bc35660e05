"""Streets below districts: which indicators are there for them, and those of the repository's own project with their districts."""

from __future__ import annotations

import csv
import shutil
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import indexcalc
from indexcalc.panel import NOT_APPLICABLE

from .projects import answer, laid_out, run, said

HERE = Path(__file__).parent.parent
TREE = """
index: {id: t, name: 测试}
units: {table: units.csv, level: level, parent: parent, score: district, levels: {district: 区, street: 街镇}}
periods: {kind: year}
data: {v: {path: values*.csv}}
defaults: {levels: [district], missing: {policy: floor}, normalise: {method: goalposts, worst: 0, best: 10}}
dimensions:
  - {id: survey, name: 安全感, department: 公安局, weight: 0.6}
  - {id: calls, name: 处置数, department: 公安局, weight: 0.3, levels: [district, street]}
  - {id: files, name: 案卷, weight: 0.1, indicators: [{id: passed, name: 合格, department: 公安局, weight: 1}]}
"""
FILES = {
    "indicators.yaml": TREE,
    "units.csv": "id,name,level,parent\nA,东区,district,\nB,西区,district,\nC,一街,street,A\nD,二街,street,A\nE,三街,street,B\n",
    "values.csv": "区,期次,安全感,处置数,合格\n东区,2022,8,6,5\n西区,2022,7,2,9\n",
    "values-streets.csv": "街镇,期次,处置数\n一街,2022,4\n二街,2022,2\n三街,2022,1\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return laid_out(tmp_path, FILES)


def test_what_is_not_there_for_a_level_costs_it_nothing_and_is_said(project: Path) -> None:
    made = answer(project, "rank", "--level", "street")
    assert [(one["name"], one["score"]) for one in made["ranking"]] == [("一街", 40), ("二街", 20), ("三街", 10)]
    text = said(project, "rank", "--level", "street")
    assert text.count("IC485") == 1
    assert "3 项指标中有 1 项可用于层级“街镇”" in text
    assert "完全没有可用指标的：files" in text
    assert "街镇" in run(project, "rank", "--level", "street")
    shown = run(project, "explain", "一街", "--level", "street", "--node", "survey")
    assert "不适用" in shown
    assert "缺报" not in shown


def test_districts_are_scored_as_without_streets(project: Path, tmp_path: Path) -> None:
    plain = TREE.replace(", level: level, parent: parent, score: district, levels: {district: 区, street: 街镇}", "")
    plain = plain.replace("levels: [district], ", "").replace(", levels: [district, street]", "").replace("*", "")
    files = FILES | {"indicators.yaml": plain, "units.csv": "id,name\nA,东区\nB,西区\n"}
    alone = laid_out(tmp_path / "alone", {name: text for name, text in files.items() if "streets" not in name})
    one, other = (indexcalc.score(folder / "indicators.yaml") for folder in (project, alone))
    np.testing.assert_array_equal(one.scores, other.scores)
    assert not said(project, "rank")


def test_a_form_asks_one_level_for_what_is_there_for_it(project: Path) -> None:
    for level, units, columns in (((), ["东区", "西区"], 3), (("--level", "street"), ["一街", "二街", "三街"], 1)):
        file = project / "form.xlsx"
        run(project, "template", "--department", "公安局", "--period", "2022", *level, "--out", str(file))
        page = openpyxl.load_workbook(file).worksheets[0]
        rows = list(page.iter_rows())
        head = next(at for at, row in enumerate(rows) if row[1].value == "期次")
        assert [row[0].value for row in rows[head + 1 :] if str(row[1].value).startswith("2022")] == units
        asked = [cell for cell in rows[head][3:] if cell.value and cell.value != "备注"]
        assert len(asked) == columns
        for cell in asked:
            for row in range(cell.row + 1, cell.row + 1 + len(units)):
                page.cell(row, cell.column).value = 3
        page.parent.save(file)
        assert f"{len(units) * columns} 个值" in run(project, "submit", str(file), "--by", "张三", "--dry-run")


# ------------------------------------------------------------------------------------------------ the repository's own streets


def rows_of(name: str) -> Iterator[dict[str, str]]:
    with (HERE / "data" / name).open(encoding="utf-8-sig", newline="") as text:
        yield from csv.DictReader(text)


@pytest.fixture(scope="module")
def index() -> indexcalc.Index:
    return indexcalc.load(HERE / "indicators.yaml")


@pytest.fixture(scope="module")
def panel(index: indexcalc.Index) -> Any:
    return indexcalc.read(index, HERE)


@pytest.fixture(scope="module")
def streets(index: indexcalc.Index, panel: Any) -> Any:
    return indexcalc.score(index, panel, level="street")


def test_there_are_176_streets_and_towns_in_eleven_districts() -> None:
    units = list(rows_of("units.csv"))
    below = [one for one in units if one["level"] == "street"]
    districts = {one["id"]: one["name"] for one in units if one["level"] == "district"}
    assert len(districts) == 11
    assert len(below) == len({one["name"] for one in below}) == len({one["name_en"] for one in below}) == 176
    assert sum(one["name"].endswith("街道") for one in below) == 142
    assert sum(one["name"].endswith("镇") for one in below) == 34
    assert all(one["id"].startswith(one["parent"]) and districts[one["parent"]] == one["group"] for one in below)


@pytest.mark.parametrize(
    "pair", [("base.csv", "base-streets.csv"), ("official/*.csv", "official/街镇.csv")], ids=["base", "official"]
)
def test_what_streets_have_adds_up_to_what_their_district_reported(pair: tuple[str, str]) -> None:
    """In whole steps of the last decimal that is written; where the district's value did not arrive, theirs did not."""
    whole, parts = pair
    district_of = {one["name"]: one["group"] for one in rows_of("units.csv") if one["level"] == "street"}
    reported: dict[tuple[str, str, str], str] = {}
    for file in sorted((HERE / "data").glob(whole)):
        if file.name != Path(parts).name:
            for row in rows_of(str(file.relative_to(HERE / "data"))):
                reported |= {(row["区"], row["期次"], name): cell for name, cell in row.items()}
    sums: dict[tuple[str, str, str], list[str]] = defaultdict(list)
    for row in rows_of(parts):
        for name in [name for name in row if name not in ("街镇", "期次", "数据性质")]:
            sums[district_of[row["街镇"]], row["期次"], name].append(row[name])
    assert len({name for _, _, name in sums}) > 20
    assert len({(district, period) for district, period, _ in sums}) == 11 * 8
    for key, cells in sums.items():
        own = reported[key]
        if not own:
            assert set(cells) == {""}, key
            continue
        step = 10 ** len(own.partition(".")[2])
        assert sum(round(float(cell) * step) for cell in cells) == round(float(own) * step), key
        assert all(len(cell.partition(".")[2]) == len(own.partition(".")[2]) for cell in cells), key


def test_no_score_of_a_district_needs_the_streets(index: indexcalc.Index, panel: Any, tmp_path: Path) -> None:
    for name in ("indicators.yaml", "data"):
        (shutil.copytree if (HERE / name).is_dir() else shutil.copy)(HERE / name, tmp_path / name)
    for name in ("base-streets.csv", "official/街镇.csv"):
        (tmp_path / "data" / name).unlink()
    units = (tmp_path / "data" / "units.csv").read_text(encoding="utf-8-sig").splitlines()
    (tmp_path / "data" / "units.csv").write_text("\n".join(units[:12]) + "\n", encoding="utf-8")
    tree = (tmp_path / "indicators.yaml").read_text(encoding="utf-8")
    tree = tree.replace(", levels: {district: 区, street: 街镇}", "").replace("levels: [district, street]", "levels: [district]")
    (tmp_path / "indicators.yaml").write_text(tree, encoding="utf-8")
    with_streets, alone = indexcalc.score(index, panel), indexcalc.score(tmp_path / "indicators.yaml")
    np.testing.assert_array_equal(with_streets.scores, alone.scores)
    np.testing.assert_array_equal(with_streets.ranks, alone.ranks)


def test_every_street_has_a_score_by_what_is_there_for_it(index: indexcalc.Index, streets: Any) -> None:
    assert streets.score().shape[1] == 176
    assert not np.isnan(streets.score()).any()
    level = [index.is_there(leaf, "street") for leaf in index.leaves]
    assert 30 < sum(level) < 40
    there = np.array(level)
    assert (streets.status[..., ~there] == NOT_APPLICABLE).all()
    assert np.isnan(streets.derived[..., ~there]).all()
    named = {unit: at for at, unit in enumerate(streets.panel.units.ids)}
    base = streets.panel.values[
        ..., [streets.panel.column[str(leaf.per)] for leaf in index.leaves if index.is_there(leaf, "street")]
    ]
    assert (base > 0).all(), "nothing is divided by 0"
    assert named.keys() == {one["id"] for one in rows_of("units.csv") if one["level"] == "street"}
    rates = [at for at, leaf in enumerate(index.leaves) if leaf.measure == "%" and level[at]]
    assert np.nanmax(streets.derived[..., rates]) <= 100
    assert {one.code for one in streets.findings} >= {"IC485"}
