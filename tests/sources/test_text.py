"""Text that formulas compare, and names with commas or of two units."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexcalc import read, score
from indexcalc.findings import Refused
from indexcalc.sources import match
from indexcalc.tree import Index

from ..conftest import index_of

UNITS = "code,区,所属,coastal\n01,East,county,1\n02,West,city,0\n03,North,,1\n"


def project(
    folder: Path, leaves: str, data: str = "区,年份,sales,kind\nEast,2022,10,a\nWest,2022,20,b\nNorth,2022,30,a\n"
) -> Index:
    (folder / "u.csv").write_text(UNITS, encoding="utf-8")
    (folder / "d.csv").write_text(data, encoding="utf-8")
    return index_of(
        "index: {id: t, weights: relative}\nunits: {table: u.csv, id: code, name: 区, group: 所属}\nperiods: {kind: year}\n"
        f"data: {{d: {{path: d.csv}}}}\ndefaults: {{normalise: points}}\ndimensions:\n{leaves}"
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("""formula: "sales * (kind = 'a')" """, [10, 0, 30]),
        ("""formula: "where(kind in ('b', 'c'), sales, -sales)" """, [-10, 20, -30]),
        ("""formula: "where(code = '02', sales / 2, sales)" """, [10, 10, 30]),
        ("""formula: "where(id = '02', sales / 2, sales)" """, [10, 10, 30]),
        ("""formula: "where(group != 'county', sales, 0)" """, [0, 20, 30]),
        ("""column: sales, applies: "所属 = 'county'" """, [10, np.nan, np.nan]),
        ("""column: sales, applies: "group not in ('county')" """, [np.nan, 20, 30]),
        ("""column: sales, applies: "(group = 'city') + (coastal = 1)" """, [10, 20, 30]),
    ],
)
def test_formulas_compare_the_text_of_the_source_or_of_the_units_table(tmp_path: Path, key: str, expected: list[float]) -> None:
    index = project(tmp_path, f"  - {{id: x, weight: 1, {key}}}\n")
    np.testing.assert_array_equal(score(index, read(index, tmp_path)).score("x")[0], expected)


def test_a_word_that_no_cell_has_is_found_with_the_nearest(tmp_path: Path) -> None:
    index = project(tmp_path, """  - {id: x, weight: 1, column: sales, applies: "group = 'countys'"}\n""")
    found = match(index, tmp_path).findings
    assert [(one.code, one.values["near"]) for one in found if one.severity == "warning"] == [("IC390", "county")]


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_text_is_compared_in_a_query_as_in_memory(tmp_path: Path) -> None:
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    from indexcalc.large.in_place import open_values
    from indexcalc.sources.events.engines import connect

    leaves = """  - {id: x, weight: 1, formula: "sales * (kind = 'a')"}\n  - {id: y, weight: 1, column: sales, applies: "group = 'city'"}\n"""
    index = project(tmp_path, leaves)
    index = index.changed(data={"d": index.data["d"].model_copy(update={"path": "d.parquet"})})
    pq.write_table(
        pa.table({"区": ["East", "West", "North"], "年份": ["2022"] * 3, "sales": [10.0, 20.0, 30.0], "kind": ["a", "b", None]}),
        tmp_path / "d.parquet",
    )
    values = open_values(index, tmp_path, connect("duckdb"), "duckdb")
    assert values.table is not None, values.findings
    made = values.table.order_by("unit").to_pyarrow().to_pydict()
    panel = read(index, tmp_path)
    for at in range(len(index.columns)):
        np.testing.assert_array_equal(np.array(made[f"value {at}"], float), panel.values[0, :, at])


COUNTRIES = """id,name,aliases
COD,"Congo, Dem. Rep.",刚果（金）
COG,"Congo, Rep.",Brazzaville；刚果（布）
HKG,Hong Kong,"Hong Kong SAR, China；中国，香港"
KOR,Korea,大韩民国、韩国|South Korea
"""


def countries(folder: Path, rows: str, table: str = COUNTRIES) -> Index:
    (folder / "u.csv").write_text(table, encoding="utf-8")
    (folder / "d.csv").write_text(f"country,year,x\n{rows}", encoding="utf-8")
    return index_of(
        "index: {id: t}\nunits: {table: u.csv, label: country}\nperiods: {kind: year}\ndata: {d: {path: d.csv}}\n"
        "defaults: {normalise: points}\ndimensions: [{id: x, weight: 1}]"
    )


def test_a_comma_is_part_of_a_name(tmp_path: Path) -> None:
    rows = '"Hong Kong SAR, China",2020,1\n"中国，香港",2021,2\nSouth Korea,2020,3\n韩国,2021,4\n刚果（布）,2020,5\n'
    panel = read(countries(tmp_path, rows), tmp_path)
    np.testing.assert_array_equal(panel.values[..., 0], [[np.nan, 5, 1, 3], [np.nan, np.nan, 2, 4]])


@pytest.mark.parametrize(
    ("name", "code", "said"),
    [
        ("China", "IC391", "Hong Kong SAR, China"),
        ("香港", "IC391", "中国,香港"),
        ("Congo", "IC392", "COD, COG"),
        ("刚果", "IC392", "COD, COG"),
        ("Korea, Rep.", "IC341", ""),
    ],
)
def test_a_part_of_a_name_is_no_unit_and_two_that_it_could_be_are_named(tmp_path: Path, name: str, code: str, said: str) -> None:
    found = refused(countries(tmp_path, f'"{name}",2020,1\n'), tmp_path)
    assert [one for one, _ in found] == [code]
    assert said in found[0][1]


def test_an_alias_that_could_be_another_unit_is_warned_of(tmp_path: Path) -> None:
    table = 'id,name,aliases\nCOD,"Congo, Dem. Rep.",\nCOG,Brazzaville,Congo\n'
    found = match(countries(tmp_path, "Congo,2020,1\n", table), tmp_path).findings
    assert [(one.code, one.place.line, one.values["other"]) for one in found if one.code == "IC393"] == [
        ("IC393", 3, "Congo, Dem. Rep.")
    ]


def refused(index: Index, folder: Path) -> list[tuple[str, str]]:
    with pytest.raises(Refused) as error:
        read(index, folder)
    return [(one.code, one.message("en") + one.hint("en")) for one in error.value.findings if one.severity == "error"]
