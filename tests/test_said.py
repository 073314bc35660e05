"""What is said is so, is said once, and is said where it belongs: messages, notes under tables, the words of commands."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

import indexcalc
from indexcalc import cli
from indexcalc.cli.app import app
from indexcalc.findings import Place, finding
from indexcalc.tree import parse_index
from indexcalc.tree.edit import rescaled
from indexcalc.tree.kinds import as_yaml_number, written
from indexcalc.words.agreement import Phrase
from indexcalc.words.methods import ENTRIES
from indexcalc.words.reports import word

TREE = """\
index: {id: demo, name: 示例指数, name_en: Demo}
units: {label: 区, table: units.csv}
periods: {kind: year}
data:
  yearly: {path: "*values.csv"}
dimensions:
  - {id: fires, name: 火灾, direction: lower, weight: 0.5}
  - {id: clinics, name_en: Clinics, column: 诊所, weight: 0.5}
"""
VALUES = """\
区,年份,火灾,诊所
东区,1992,3,50000
西区,1992,5,70000
东区,2000,4,60000
西区,2000,2,65000
东区,2008,6,90000
西区,2008,7,95000
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "indicators.yaml").write_text(TREE, encoding="utf-8")
    (tmp_path / "units.csv").write_text("id,name\n01,东区\n02,西区\n", encoding="utf-8")
    (tmp_path / "values.csv").write_text(VALUES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def said(*words: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, [*words, "--lang", "en"])
    return result.exit_code, result.stdout, result.stderr


# ------------------------------------------------------------------------------------------------------- said once, in its place


def test_that_periods_do_not_compare_stands_under_tables_of_several_and_nowhere_else(project: Path) -> None:
    for words in (["change"], ["change", "东区"], ["trend"], ["trend", "东区"], ["compare", "1992", "2000"]):
        code, out, err = said(*words)
        assert code == 0
        assert (out.count("IC427"), err.count("IC427")) == (1, 0), words
    for words in (["rank"], ["score"], ["explain", "东区"], ["check"], ["score", "--blocks", "--out", "b"]):
        code, out, err = said(*words)
        assert code == 0, err
        assert "IC427" not in out + err, words
    report = project / "reports" / "2008"
    assert b"IC427" not in (report / "summary.md").read_bytes()
    assert "".join(cells(report / "ranking.xlsx")).count("IC427") == 1, "below the scores over time"
    assert "IC427" in {one.code for one in indexcalc.score(project / "indicators.yaml").findings}, "a frame has all periods"


def test_what_is_fixed_in_all_periods_needs_no_remark(project: Path) -> None:
    tree = TREE.replace("data:\n", "defaults: {normalise: {over: all}}\ndata:\n")
    (project / "indicators.yaml").write_text(tree, encoding="utf-8")
    assert "IC427" not in said("change")[1]


def test_rows_that_are_no_records_are_one_line_below_the_answer(project: Path) -> None:
    (project / "values.csv").write_text(VALUES + "注：快报数,,,\n来源：年鉴,,,\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["rank", "--lang", "en"])
    lines = result.output.rstrip("\n").splitlines()
    assert lines[-1].startswith("values.csv:8:1: IC535 2 rows are no records: values.csv:8:1, values.csv:9:1")
    assert sum("no record" in line or "not a record" in line for line in lines) == 1


def test_only_a_command_that_writes_says_that_nothing_was_written(project: Path) -> None:
    (project / "values.csv").write_text(VALUES.replace("90000", "many"), encoding="utf-8")
    for words in (["check"], ["rank"], ["explain", "东区"], ["change"], ["weights", "suggest"], ["verify", "reports/2008"]):
        code, _, err = said(*words)
        assert code == 1
        assert "nothing was written" not in err, words
    for words in (["score"], ["explain", "东区", "--out", "kept"], ["weights", "suggest", "--write"], ["publish"]):
        code, _, err = said(*words)
        assert code == 1
        assert err.endswith("error, 0 warnings – nothing was written\n"), words


# ---------------------------------------------------------------------------------------------------- all mistakes in one run


def test_mistakes_of_shape_tree_and_data_come_out_in_one_run(project: Path) -> None:
    tree = TREE.replace("direction: lower", "directon: lower").replace("column: 诊所, weight: 0.5", "column: 诊所, weight: 0.4")
    (project / "indicators.yaml").write_text(tree, encoding="utf-8")
    (project / "values.csv").write_text(VALUES.replace("90000", "many").replace("西区,2008", "南区,2008"), encoding="utf-8")
    codes = [json.loads(line)["code"] for line in said("check", "--json")[2].splitlines()]
    assert codes == ["IC111", "IC314", "IC342"], "the sum is in doubt beside a key that could not be read"
    (project / "indicators.yaml").write_text(tree.replace("directon", "direction"), encoding="utf-8")
    codes = [json.loads(line)["code"] for line in said("check", "--json")[2].splitlines()]
    assert codes == ["IC201", "IC314", "IC342"]


def test_what_a_mistake_may_be_the_cause_of_is_not_said(project: Path) -> None:
    for wrong in ("name: 火灾, colum: 火情", "name: 火灾, per: {a: b}", "nome: 火灾"):
        (project / "indicators.yaml").write_text(TREE.replace("name: 火灾", wrong), encoding="utf-8")
        codes = [json.loads(line)["code"] for line in said("check", "--json")[2].splitlines()]
        assert len(codes) == 1, (wrong, codes)
    for wrong in ("pth", "path: values.csv, unitt: 区, path"):
        (project / "indicators.yaml").write_text(TREE.replace("{path:", f"{{{wrong}:"), encoding="utf-8")
        codes = {json.loads(line)["code"] for line in said("check", "--json")[2].splitlines()}
        assert codes <= {"IC104", "IC110", "IC111"}, (wrong, codes)


def test_files_are_read_though_the_units_table_cannot_be(project: Path) -> None:
    (project / "units.csv").write_text("nr,name\n01,东区\n", encoding="utf-8")
    (project / "values.csv").write_text('区,年份,火灾,诊所\n"东区,1992,3,5\n', encoding="utf-8")
    codes = [json.loads(line)["code"] for line in said("check", "--json")[2].splitlines()]
    assert codes == ["IC352", "IC311"]


# ----------------------------------------------------------------------------------------------------- messages that are so


def test_the_period_before_is_the_last_that_there_is(project: Path) -> None:
    assert said("change", "--to", "2008")[1].startswith("Demo · 2000 → 2008\n")
    assert "Since 2000" in said("rank")[1]
    assert "Since last year" not in said("rank")[1]
    (project / "values.csv").write_text(VALUES.replace("2000", "2007"), encoding="utf-8")
    assert "Since last year" in said("rank")[1]


@pytest.mark.parametrize(("wanted", "near"), [("2010", "2008"), ("1994", "1992"), ("2004", "2000")])
def test_the_period_that_is_offered_is_the_nearest_of_its_kind(project: Path, wanted: str, near: str) -> None:
    assert f"did you mean '{near}'?" in said("rank", "--period", wanted)[2]


def test_weights_that_do_not_add_up_can_be_taken_as_they_stand(project: Path) -> None:
    short = TREE.replace("column: 诊所, weight: 0.5", "column: 诊所, weight: 0.499")
    (project / "indicators.yaml").write_text(short, encoding="utf-8")
    assert "`aggregate: sum` at the node takes them as they stand" in said("check")[2]
    (project / "indicators.yaml").write_text(short.replace("name_en: Demo}", "name_en: Demo, aggregate: sum}"), encoding="utf-8")
    assert said("check")[0] == 0
    (project / "indicators.yaml").write_text(
        short.replace("name_en: Demo}", "name_en: Demo, aggregate: median}"), encoding="utf-8"
    )
    assert "aggregate: sum" not in said("check")[2], "a median is no mean"


@pytest.mark.parametrize(
    "name", ["quantile", "top", "from", "shrink", "veto", "each", "reweight", "formula", "winsorise", "rank_move"]
)
def test_the_command_says_of_a_method_or_step_what_its_page_says(name: str) -> None:
    code, out, _ = said("methods", name)
    assert code == 0
    assert all(entries[name]["en"] in out for entries in ENTRIES.values() if name in entries)


def test_a_method_says_its_parameters_and_a_name_that_is_none_is_answered_shortly() -> None:
    assert "`most` whole number (1 or more) = 5" in said("methods", "winsorise")[1]
    code, _, err = said("methods", "nonesuch")
    assert code == 1
    assert len(err) < 300


def test_a_number_that_yaml_takes_for_text_is_offered_as_it_is_taken() -> None:
    for text in ("1e-9", "2E5", "-3.e+2", "1.5e10"):
        number = as_yaml_number(text)
        assert float(number) == float(text)
        index, found = parse_index(
            TREE.replace("name_en: Demo}", f"name_en: Demo, decimals: 2, note: x}}\nx: {number}").encode(), "t"
        )
        del index
        assert not any(one.code == "IC259" for one in found)
    assert [as_yaml_number(text) for text in ("1.5", "e5", "1e", "one")] == [""] * 4
    assert written({"quantile": "0.05", "ends": [1.0, None, True]}) == '{quantile: "0.05", ends: [1, null, true]}'


def test_a_tree_may_be_deep_and_what_is_too_deep_is_said_of_what_it_is() -> None:
    def nested(levels: int) -> str:
        lines = [
            "index: {id: demo}",
            "units: {table: u.csv}",
            "periods: {kind: single}",
            "data: {y: {path: v.csv}}",
            "dimensions:",
        ]
        for level in range(levels):
            pad = "  " * (2 * level + 1)
            lines += [f"{pad}- id: d{level}", f"{pad}  weight: 1", f"{pad}  indicators:"]
        return "\n".join([*lines, f"{'  ' * (2 * levels + 1)}- {{id: x, weight: 1}}"])

    assert parse_index(nested(100).encode(), "t")[1] == []
    hints = [
        parse_index(text.encode(), "t")[1][0].hint("en")
        for text in (nested(300), "index: &a {b: *a}", f"a: {'[' * 300}{']' * 300}")
    ]
    assert ["dimensions" in hints[0], "anchor" in hints[1], "brackets" in hints[2]] == [True] * 3


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('a: "open\nb: 1\nc: "x"\n', 1, 4),
        ("a: 1\nb: 'open\nc: 'x'\n", 2, 4),
        ('a: "two\n  lines"\nb: "open\n', 3, 4),
        ('a: {b: "x}\nc: "y"\n', 1, 8),
    ],
)
def test_a_quotation_is_named_where_it_opens(text: str, line: int, column: int) -> None:
    one = parse_index(text.encode(), "t")[1][0]
    assert (one.code, one.place) == ("IC129", Place("t", "", line, column))
    assert one.hint("en")


def test_nouns_agree_with_their_numbers() -> None:
    assert Phrase("{n} {n:file|files}, {m} {m:has|have}").format(n=1, m=2) == "1 file, 2 have"
    counts = {"dimensions": 1, "nodes": 1, "indicators": 1, "units": 2, "periods": 1, "files": 1}
    assert word.checked("en").format(index="x", **counts) == (
        "x: 1 dimension, 1 node below it, 1 indicator, 2 units, 1 period, 1 file – no errors"
    )
    assert finding("IC425", Place(), count=1, nodes="a 1").message("en") == "1 cell was imputed: a 1"
    assert word.weights_of_nodes("zh").format(count=44) == "44 个上级指标的下级权重"


def test_a_node_goes_by_its_name_in_the_language_that_is_spoken(project: Path) -> None:
    empty = "\n".join(
        line.rpartition(",")[0] + "," if "区," in line and "年份" not in line else line for line in VALUES.splitlines()
    )
    (project / "values.csv").write_text(empty + "\n", encoding="utf-8")
    assert "IC397 clinics Clinics: every cell is empty" in said("rank")[2]
    (project / "indicators.yaml").write_text(TREE.replace(" name_en: Clinics,", ""), encoding="utf-8")
    assert "IC397 clinics: every cell is empty" in said("rank")[2]


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_was_imputed_is_said_by_indicator(project: Path) -> None:
    tree = TREE.replace("data:\n", "defaults: {impute: mean}\ndata:\n", 1)
    (project / "indicators.yaml").write_text(tree, encoding="utf-8")
    (project / "values.csv").write_text(
        VALUES.replace("90000", "").replace("3,50000", ",").replace("东区,2000,4", "东区,2000,"), encoding="utf-8"
    )
    note = next(one for one in indexcalc.score(project / "indicators.yaml").findings if one.code == "IC425")
    assert note.message("en") == "4 cells were imputed: clinics 2, fires 2"
    assert note.place.line == 4


def test_the_last_bug_is_in_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for number in range(3):
        assert cli._bug(ValueError(f"number {number}")) == 1
    (file,) = tmp_path.iterdir()
    assert "number 2" in file.read_text(encoding="utf-8")
    assert "number 1" not in file.read_text(encoding="utf-8")
    assert capsys.readouterr().err.count(file.name) == 3


# --------------------------------------------------------------------------------------------------------------- commands


def test_siblings_keep_their_proportions_when_they_are_rescaled() -> None:
    tree = (
        TREE.partition("dimensions:")[0]
        + "dimensions:\n"
        + "".join(f"  - {{id: {name}, weight: {weight}}}\n" for name, weight in (("a", 0.5), ("b", 0.3), ("c", 0.2)))
    )
    index, _ = parse_index(tree.encode(), "t")
    assert index is not None
    assert rescaled(index, "a", "0.4") == {"a": "0.4", "b": "0.36", "c": "0.24"}


def cells(file: Path) -> list[str]:
    book = openpyxl.load_workbook(io.BytesIO(file.read_bytes()))
    return [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]


def test_a_workbook_says_of_what_index_and_period_it_is(project: Path) -> None:
    assert said("score")[0] == 0
    file = project / "reports" / "2008" / "ranking.xlsx"
    book = openpyxl.load_workbook(file)
    assert book.properties.title == "Demo · 2008"
    for sheet in book:
        assert str(sheet["A1"].value).startswith("Demo · 2008 · ")
        assert "Demo · 2008" in sheet.oddHeader.left.text


def test_an_explanation_that_is_kept_says_its_period_and_shows_large_numbers(project: Path) -> None:
    assert said("explain", "东区", "--period", "2000", "--out", "kept")[0] == 0
    file = project / "kept" / "explain-2000-东区.xlsx"
    sheet = openpyxl.load_workbook(file).worksheets[0]
    assert "2000" in str(sheet["A1"].value)
    width, value = max(
        (sheet.column_dimensions[cell.column_letter].width, cell.value)
        for row in sheet.iter_rows()
        for cell in row
        if cell.value == 60000
    )
    assert width >= len(f"{value:.6f}") + 1, "or Excel shows ###"


def test_two_trees_are_compared_in_a_period_that_is_named(project: Path) -> None:
    (project / "new.yaml").write_text(
        TREE.replace("0.5}", "0.7}", 1).replace("诊所, weight: 0.5", "诊所, weight: 0.3"), encoding="utf-8"
    )
    code, out, _ = said("compare", "indicators.yaml", "new.yaml", "--period", "2000")
    assert code == 0
    assert out.splitlines()[0] == "indicators.yaml → new.yaml · 2000"
    assert json.loads(said("compare", "indicators.yaml", "new.yaml", "--json")[1])["period"] == "2008"


def test_moves_have_signed_differences(project: Path) -> None:
    assert said("score")[0] == 0
    (project / "indicators.yaml").write_text(
        TREE.replace("lower, weight: 0.5", "lower, weight: 0.7").replace("诊所, weight: 0.5", "诊所, weight: 0.3"),
        encoding="utf-8",
    )
    out = said("score")[1]
    moved = out.partition("Since the last report here")[2]
    assert "Change" in moved
    assert "+" in moved or "-" in moved
    out = said("weights", "set", "fires", "0.2", "--rescale", "--dry-run")[1]
    assert "Change" in out


def test_columns_of_tables_are_explained_below_them(project: Path, repository: Path) -> None:
    out = said("explain", "东区")[1]
    assert "Contribution: what a node adds" in out
    assert out.count("Against mean: points of the index") == 1
    assert "in the index" not in out.partition("Short boards")[2]
    out = said("sensitivity", "--period", "2000")[1]
    assert all(name in out for name in ("Linear effect:", "α:", "VIF:"))
    plan = said("target", "天河区", "--rank", "3", "--index", str(repository / "indicators.yaml"))[1]
    assert "Effort: how far a value moves, in standard deviations" in plan


def test_an_audit_says_what_it_could_not_judge(project: Path) -> None:
    code, _, err = said("audit")
    assert code == 0
    assert "IC690 jumps are not judged: there are 2 earlier periods, and 4 are needed" in err
