"""A folder of broken inputs: each holds one mistake, and `expected.txt` says word for word what an analyst is told.

`expected.txt` has what the command prints on stderr with `--lang en`, a line `---`, and what it prints with `--lang zh`.
What cannot stand in a folder as text (workbooks, other encodings, links) is made by the builder of the same name below.
After messages were changed on purpose, `python tests/test_messages.py` writes them all anew: read the diff.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import re
import shutil
import string
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from indexcalc.cli.app import app
from indexcalc.jobs import blocks
from indexcalc.journal.run import read_run
from indexcalc.large import blocks as large_blocks
from indexcalc.tree.terms import term_for
from indexcalc.version import VERSION
from indexcalc.words.findings import MESSAGES

pytestmark = pytest.mark.filterwarnings(  # ibis asks pandas and duckdb for what they will drop
    "ignore:The 'future.infer_string' option", "ignore:fetch_record_batch:DeprecationWarning"
)
BROKEN = Path(__file__).parent / "broken"
NAMES = sorted(folder.name for folder in BROKEN.iterdir())

# ------------------------------------------------------------------------------------------ what is typed, if not `score`

COMMANDS: dict[str, list[str]] = {
    **{
        name: ["tree", "import", "frame.csv"]
        for name in (
            "framework_of_parents_that_are_not_there",
            "framework_of_settings_that_are_no_yaml",
            "framework_over_a_tree_that_is_there",
            "framework_whose_weights_disagree",
            "framework_with_several_mistakes",
            "framework_with_years_in_names",
            "framework_without_headings",
            "framework_without_weights",
        )
    },
    "framework_that_no_sheet_holds": ["tree", "export", "sheet.csv"],
    "framework_with_a_merged_weight": ["tree", "import", "frame.xlsx"],
    "framework_with_values_beside": ["tree", "import", "iMeta.csv"],
    "log_to_register_near_miss": ["ledger", "register", "cals", "--period", "2022"],
    "log_without_rows_in_the_period": ["ledger", "register", "calls", "--period", "2030"],
    "argument_that_is_no_text": ["rank", "--node", "\udcff\udcfe"],
    "ledger_at_an_address_that_is_none": ["ledger", "log", "--ledger", "postgresql://h:five/db"],
    "change_between_kinds_of_periods": ["change", "--from", "2021Q1", "--to", "2021"],
    "change_within_a_period": ["change", "东区", "--from", "2022", "--to", "2022"],
    "change_without_an_earlier_period": ["change", "--to", "2020"],
    "compare_of_a_method_without_its_parameter": ["compare", "min-max", "goalposts"],
    "compare_of_methods_not_used": ["compare", "geometric", "harmonic"],
    "judgements_that_do_not_connect": ["check"],
    "best_worst_without_a_one": ["check"],
    "level_with_fewer_indicators": ["rank", "--level", "street"],
    "form_of_a_level_without_indicators": ["template", "--department", "公安局", "--period", "2022", "--level", "street"],
    "compare_of_nothing_alike": ["compare", "min-max", "2022"],
    "robustness_beyond_the_tree": ["robustness", "--depth", "2"],
    "robustness_of_a_top_of_all": ["robustness", "--top", "3"],
    "robustness_of_a_unit_behind_the_top": ["robustness", "东城区", "--top", "1"],
    "robustness_of_a_unit_without_score": ["robustness", "西城区"],
    "robustness_of_one_unit": ["robustness"],
    "robustness_where_units_are_compared": ["robustness"],
    "robustness_without_weights": ["robustness"],
    "robustness_where_ties_are_told_apart": ["robustness"],
    "robustness_of_groups_ranked_alone": ["robustness"],
    "robustness_of_weights_by_group": ["robustness"],
    "weights_set_of_a_weight_by_group": ["weights", "set", "a", "0.4"],
    "target_costs_wrong": ["target", "东城区", "--score", "80", "--costs", "costs.csv"],
    "target_of_a_rank_too_far": ["target", "东城区", "--rank", "4"],
    "target_of_a_unit_without_score": ["target", "西城区", "--rank", "1"],
    "target_by_history_of_one_period": ["target", "西城区", "--score", "80", "--effort", "history"],
    "target_of_a_score_that_is_no_number": ["target", "西城区", "--score", "nan"],
    "target_of_scores_from_below": ["target", "东城区", "--score", "70"],
    "target_out_of_reach": ["target", "西城区", "--score", "120"],
    "target_that_is_not_found": ["target", "西城区", "--score", "120"],
    "evolution_by_an_unknown_column": ["evolution", "--by", "province"],
    "evolution_given_no_numbers": ["evolution", "--controls", "name"],
    "evolution_of_neighbours_unknown": ["evolution", "--neighbours", "near.csv"],
    "evolution_by_distances_of_nowhere": ["evolution", "--neighbours", "nearest:4"],
    "evolution_weighed_by_nothing": ["evolution", "--weight", "人口"],
    "compare_with_nothing_in_print": ["compare", "2022", "--with", "published.csv"],
    "compare_with_another_table": ["compare", "2022", "--with", "published.csv"],
    "fuzzy_without_grades": ["fuzzy"],
    "fuzzy_of_a_formula": ["fuzzy"],
    "grades_of_a_node_without": ["grades"],
    "grades_by_nothing_known": ["grades", "--by", "jenks:4"],
    "obstacles_below_an_indicator": ["obstacles", "--node", "safety"],
    "obstacles_of_scores_without_ends": ["obstacles"],
    "codes_of_an_unknown_code": ["codes", "IC999"],
    "explain_of_an_unknown_node": ["explain", "东区", "--node", "safty"],
    "explain_of_an_unknown_unit": ["explain", "东城"],
    "index_below_a_file": ["score", "--index", "values.csv/indicators.yaml"],
    "level_asked_for_unknown": ["rank", "--level", "village"],
    "init_from_an_unknown_project": ["init", "new", "--from", "safety-indexx"],
    "init_into_a_folder_with_files": ["init", "."],
    "init_where_a_file_stands": ["init", "values.csv/new"],
    "method_of_an_unknown_name": ["methods", "minmax"],
    "period_not_there": ["score", "--period", "2030"],
    "period_of_another_kind_asked": ["score", "--period", "2022Q1"],
    "rank_of_an_unknown_node": ["rank", "--node", "saftey"],
    "out_is_below_a_file": ["score", "--out", "values.csv/reports"],
    "warn_where_nothing_can_be_judged": ["warn"],
    "warn_without_rules": ["warn"],
    "warn_of_a_node_that_is_not_watched": ["warn", "--node", "clinics"],
    "warn_level_of_units_mistaken": ["warn", "--level", "red"],
    "published_line_broken": ["trend"],
    "published_line_changed": ["trend"],
    "published_before_with_other_scores": ["publish"],
    "warning_under_strict": ["score", "--strict"],
    "blocks_leave_warnings_out": ["score", "--blocks"],
    "blocks_of_a_long_table": ["score", "--blocks"],
    "blocks_of_too_many_columns_together": ["score", "--blocks"],
    "query_leaves_rules_out": ["score", "--engine", "duckdb"],
    "query_leaves_warnings_out": ["score", "--engine", "duckdb"],
    "query_of_a_column_of_text": ["score", "--engine", "duckdb"],
    "query_of_a_table_of_text": ["score", "--engine", "duckdb"],
    "query_of_what_it_cannot": ["score", "--engine", "duckdb"],
    "scores_from_below_in_blocks": ["score", "--blocks"],
    **{
        name: ["verify", "reports/2022"]
        for name in (
            "verify_after_a_file_was_deleted",
            "verify_of_a_changed_input",
            "verify_of_a_changed_ranking",
            "verify_of_a_changed_report",
            "verify_with_a_file_that_does_not_belong",
            "verify_of_a_damaged_run",
            "verify_of_another_version",
            "verify_of_what_an_engine_wrote",
            "verify_with_other_libraries",
            "verify_without_a_report",
        )
    },
}

POSIX = {
    "pipe_instead_of_a_file",
    "index_below_a_file",
    "init_where_a_file_stands",
    "compare_with_nothing_in_print",
    "out_is_below_a_file",
    "reports_is_a_file",
}  # the system's own words

# ---------------------------------------------------------------------------- what a folder of text files cannot hold


HEADER: list[object] = ["区", "年份", "案件数", "诊所数"]
EAST: list[object] = ["东区", 2022, 10, 5]
WEST: list[object] = ["西区", 2022, 20, 7]
ROWS = [HEADER, EAST, WEST]


def bytes_of(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def encoded(name: str, encoding: str, also: bytes = b"") -> Callable[[Path], None]:
    """Write a text of the folder in another encoding, with some more bytes at its end."""

    def build(folder: Path) -> None:
        (folder / name).write_bytes((folder / name).read_text(encoding="utf-8").encode(encoding) + also)

    return build


def book(rows: list[list[object]], **changes: object) -> Callable[[Path], None]:
    """Write values.xlsx with one sheet, its single cells and merges changed as said."""

    def build(folder: Path) -> None:
        workbook = openpyxl.Workbook()
        sheet = workbook.active
        assert sheet is not None
        sheet.title = str(changes.get("title", "表"))
        for row in rows:
            sheet.append(row)
        for area in changes.get("merge", []):
            sheet.merge_cells(area)
        for cell, style in dict(changes.get("formats", {})).items():
            sheet[cell].number_format = style
        if changes.get("hidden"):
            workbook.create_sheet(str(changes["hidden"])).sheet_state = "hidden"
        for title in changes.get("others", []):
            workbook.create_sheet(title).append(["区", "另一个数"])
        workbook.save(folder / "values.xlsx")

    return build


def cut(name: str, build: Callable[[Path], None]) -> Callable[[Path], None]:
    """Build a file and keep only its first half, as a download that broke off."""

    def cut_short(folder: Path) -> None:
        build(folder)
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[: len(content) // 2])

    return cut_short


def parquet(**columns: list[object]) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pa.table(columns), folder / "values.parquet")


def log_parquet(**columns: object) -> Callable[[Path], None]:
    return lambda folder: pq.write_table(pa.table(columns), folder / "log.parquet")


def bomb(folder: Path) -> None:
    with zipfile.ZipFile(folder / "values.xlsx", "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(40 << 20))


def locked_ods(folder: Path) -> None:
    with zipfile.ZipFile(folder / "values.ods", "w") as archive:
        archive.writestr("META-INF/manifest.xml", "<manifest:manifest><manifest:encryption-data/></manifest:manifest>")


def filtered(folder: Path) -> None:
    book(ROWS)(folder)
    workbook = openpyxl.load_workbook(folder / "values.xlsx")
    workbook.active.row_dimensions[3].hidden = True
    workbook.save(folder / "values.xlsx")


def workbook_named_csv(folder: Path) -> None:
    book(ROWS)(folder)
    (folder / "values.xlsx").replace(folder / "values.csv")


def far_cell(folder: Path) -> None:
    book(ROWS)(folder)
    workbook = openpyxl.load_workbook(folder / "values.xlsx")
    workbook["表"]["XFD1048576"] = 1
    workbook.save(folder / "values.xlsx")


def linked_to_nothing(folder: Path) -> None:
    try:
        (folder / "part2.csv").symlink_to(folder / "nowhere.csv")
    except OSError:
        pytest.skip("this system does not let a user make links")


def after_scoring(change: Callable[[Path], object], *words: str) -> Callable[[Path], None]:
    """Score once, then change something of the project or of its report."""

    def build(folder: Path) -> None:
        code, _ = run(folder, ["score", *words], "zh")
        assert code == 0
        change(folder)

    return build


def in_run(key: str, value: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / "reports/2022/run.json"
        path.write_bytes(replace(read_run(path.read_text(encoding="utf-8")), **{key: value}).as_json())  # type: ignore[arg-type]

    return change


NUMBERS: dict[str, list[object]] = {"区": ["东区", "西区"], "年份": [2022, 2022], "案件数": [10.0, 20.0], "诊所数": [5.0, 7.0]}


def scored_by_an_engine(folder: Path) -> None:
    parquet(**NUMBERS)(folder)
    pytest.importorskip("ibis", reason="the extra `events` is not installed")
    after_scoring(lambda _: None, "--engine", "duckdb")(folder)


BUILDERS: dict[str, Callable[[Path], object]] = {
    "cell_too_long": bytes_of("values.csv", f'区,年份,案件数,诊所数\n东区,2022,10,5\n西区,2022,20,"7{"7" * 140_000}\n'.encode()),
    **dict.fromkeys(
        (
            "blocks_chosen_by_size",
            "blocks_leave_warnings_out",
            "blocks_of_too_many_columns_together",
            "query_leaves_rules_out",
            "query_leaves_warnings_out",
            "query_of_what_it_cannot",
        ),
        parquet(**NUMBERS),
    ),
    "blocks_of_a_long_table": parquet(
        区=["东区", "西区"] * 2, 年份=[2022] * 4, 指标=["案件数"] * 2 + ["诊所数"] * 2, 数值=[10.0, 20.0, 5.0, 7.0]
    ),
    "query_of_a_column_of_text": parquet(**{**NUMBERS, "诊所数": ["5", "七"]}),
    "verify_of_what_an_engine_wrote": scored_by_an_engine,
    "control_character": bytes_of("indicators.yaml", b"index: {id: demo, name: a\x07b}\n"),
    "gbk_yaml": encoded("indicators.yaml", "gb18030"),
    "utf16_yaml": encoded("indicators.yaml", "utf-16"),
    "utf8_cut_in_a_character": encoded("values.csv", "utf-8", "注：快报数".encode()[:-1]),
    "gb18030_data_is_fine": encoded("values.csv", "gb18030"),
    "gb18030_broken": encoded("values.csv", "gb18030", b"\xff\xff\n"),
    "utf16_data_without_its_mark": encoded("values.csv", "utf-16-le"),
    "zero_bytes_in_the_data": encoded("values.csv", "utf-8", b"\0\0\n"),
    "file_that_cannot_be_opened": linked_to_nothing,
    "workbook_named_csv": workbook_named_csv,
    "workbook_cut_short": cut("values.xlsx", book(ROWS)),
    "workbook_with_a_password": locked_ods,
    "workbook_with_the_default_password": bytes_of(
        "values.xlsx", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000) + "EncryptedPackage".encode("utf-16-le")
    ),
    "workbook_that_unpacks_without_end": bomb,
    "workbook_with_a_far_cell": far_cell,
    "workbook_with_formulas_never_computed": book([HEADER, EAST, ["西区", 2022, "=C2*2", 7]]),
    "workbook_with_an_error": book([HEADER, EAST, ["西区", 2022, "#DIV/0!", 7]]),
    "workbook_with_percent_in_a_count": book([HEADER, EAST, ["西区", 2022, 20, 0.853]], formats={"D3": "0.0%"}),
    "sheet_name_near_miss": book(ROWS, title="2022年"),
    "value_merged_over_units": book([HEADER, EAST, ["西区", 2022, None, 7]], merge=["C2:C3"]),
    "rows_hidden_by_a_filter": filtered,
    "pipe_instead_of_a_file": lambda folder: os.mkfifo(folder / "values.csv"),
    "gzip_that_unpacks_without_end": lambda folder: (folder / "values.csv.gz").write_bytes(gzip.compress(bytes(11 << 20))),
    "other_sheets_not_read": book(ROWS, others=["2021", "说明"]),
    "own_file_in_the_report": after_scoring(lambda folder: (folder / "reports/2022/我的批注.docx").write_text("1\n")),
    "hidden_sheet_fits": book(ROWS, title="2022", hidden="2021"),
    "merged_header_ambiguous": book(
        [
            ["区", "年份", "案件数", "公办", None, "民办", None],
            [None, None, None, "诊所数", "床位", "诊所数", "床位"],
            [*EAST, 1, 2, 3],
            [*WEST, 1, 2, 3],
        ],
        merge=["A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"],
    ),
    "parquet_cut_short": cut("values.parquet", parquet(区=["东区"], 年份=[2022], 案件数=[10.0], 诊所数=[5.0])),
    "parquet_with_a_list_column": parquet(
        区=["东区", "西区"], 年份=[2022, 2022], 案件数=[10, 20], 诊所数=[5, 7], 明细=[[1], [2]]
    ),
    "parquet_with_gaps_in_its_keys": parquet(区=[1, 2, None], 年份=[2022, None, 2022], 案件数=[10, 20, 3], 诊所数=[5, 7, 1]),
    "events_times_with_a_zone": log_parquet(区=["东区"], 受理时间=pa.array([0], pa.timestamp("us", tz="UTC"))),
    "events_time_is_a_number": log_parquet(区=["东区"], 受理时间=pa.array([20220105])),
    "verify_after_a_file_was_deleted": after_scoring(lambda folder: (folder / "reports/2022/ranking.csv").unlink()),
    "verify_of_a_changed_input": after_scoring(
        lambda folder: (folder / "values.csv").write_text(
            "区,年份,案件数,诊所数\n东区,2022,10,5\n西区,2022,20,8\n", encoding="utf-8"
        )
    ),
    "report_of_which_a_workbook_is_open": after_scoring(lambda folder: (folder / "reports/2022/~$ranking.xlsx").write_bytes(b"")),
    "verify_of_a_changed_ranking": after_scoring(in_run("ranking", {"01": [100.0, 2], "02": [0.0, 1]})),
    "verify_with_a_file_that_does_not_belong": after_scoring(
        lambda folder: (folder / "reports/2022/ranking（修订）.csv").write_text("1\n")
    ),
    "verify_of_a_changed_report": after_scoring(lambda folder: (folder / "reports/2022/ranking.csv").write_text("1\n")),
    "verify_of_a_damaged_run": after_scoring(lambda folder: (folder / "reports/2022/run.json").write_text("{")),
    "verify_of_another_version": after_scoring(in_run("indexcalc", "0.0.1")),
    "verify_with_other_libraries": after_scoring(in_run("packages", {"numpy": "1.0", "pyarrow": "1.0", "xlsxwriter": "1.0"})),
}

# -------------------------------------------------------------------------------------------- what concerns what changes

COMMANDS |= {
    "unit_explained_outside_its_time": ["explain", "西区"],
    "explain_of_a_node_outside_its_time": ["explain", "东区", "--node", "clinics"],
    "weight_set_that_changes_in_time": ["weights", "set", "cases", "0.7"],
    "blocks_of_a_changing_tree": ["score", "--blocks"],
}

# ------------------------------------------------------------------------------------------------ what concerns weights

COMMANDS |= {
    "weight_of_an_unknown_kind": ["weights", "set", "cases", "35%"],
    "weight_of_the_index": ["weights", "set", "demo", "1"],
    "weight_that_stands_so_already": ["weights", "set", "cases", "0.6"],
    "weight_too_large_for_its_siblings": ["weights", "set", "cases", "1.5", "--rescale"],
    "weight_under_another_node": ["weights", "set", "clinics/cases", "0.5"],
    "weight_where_weights_are_equal": ["weights", "set", "cases", "0.5"],
    "weight_written_in_a_rare_way": ["weights", "set", "cases", "0.5", "--rescale"],
    "weights_ahp_form_of_another_node": ["weights", "ahp", "safety", "judged.xlsx"],
    "weights_ahp_judgements_that_contradict": ["weights", "ahp", "safety", "judged.xlsx"],
    "weights_ahp_judgements_that_are_none": ["weights", "ahp", "safety", "judged.xlsx"],
    "weights_ahp_too_few_judgements": ["weights", "ahp", "safety", "judged.xlsx"],
    "weight_of_an_unknown_node": ["weights", "set", "safety/casess", "0.5"],
    "weights_export_into_another_kind": ["weights", "export", "weights.csv"],
    "weights_export_over_a_file": ["weights", "export", "values.xlsx"],
    "weights_history_edited": ["weights", "log"],
    "weights_import_of_another_workbook": ["weights", "import", "values.xlsx"],
    "weights_import_after_the_tree_changed": ["weights", "import", "w.xlsx"],
    "weights_import_into_equal_weights": ["weights", "import", "w.xlsx"],
    "weights_import_with_several_mistakes": ["weights", "import", "w.xlsx"],
    "weights_import_with_wrong_sums": ["weights", "import", "w.xlsx"],
    "weights_set_that_do_not_add_up": ["weights", "set", "安全/cases", "0.5"],
    "report_in_an_unknown_format": ["score", "--format", "html,pdf2"],
    "weights_patch_that_is_none": ["weights", "apply", "patch.yaml"],
    "weights_patch_of_another_tree": ["weights", "apply", "patch.yaml"],
    "weights_patch_of_unknown_nodes": ["weights", "apply", "patch.yaml"],
    "weights_set_while_data_is_broken": ["weights", "set", "cases", "0.5", "--rescale", "--dry-run"],
    "weights_shared_through_an_anchor": ["weights", "set", "cases", "0.4", "--rescale"],
    "weights_suggested_for_an_indicator": ["weights", "suggest", "cases"],
    "weights_suggested_for_each_unit": ["weights", "suggest", "safety", "--method", "bod"],
    "weights_suggested_from_nothing": ["weights", "suggest", "safety", "--method", "entropy"],
    "weights_suggested_with_half_a_parameter": ["weights", "suggest", "safety", "--method", "pca", "--param", "variance"],
}


def filled_in(
    command: list[str], cells: dict[str, object], then: Callable[[Path], object] | None = None
) -> Callable[[Path], None]:
    """Write a form by a command whose last word names it, and fill in some of its cells."""

    def build(folder: Path) -> None:
        assert run(folder, command, "zh")[0] == 0
        workbook = openpyxl.load_workbook(folder / command[-1])
        for cell, value in cells.items():
            workbook.worksheets[0][cell] = value
        workbook.save(folder / command[-1])
        if then is not None:
            then(folder)

    return build


def instead(*pairs: tuple[str, str]) -> Callable[[Path], object]:
    """Change the text of the tree."""

    def change(folder: Path) -> None:
        text = (folder / "indicators.yaml").read_text(encoding="utf-8")
        for old, new in pairs:
            text = text.replace(old, new)
        (folder / "indicators.yaml").write_text(text, encoding="utf-8")

    return change


def merged_weight(folder: Path) -> None:
    """Write a framework in which one cell of weights stands over two indicators."""
    workbook = openpyxl.Workbook()
    rows = [["一级指标", "二级指标", "权重", "方向"], ["平安", "立案数", 1, "逆向"], [None, "安全感", None, "正向"]]
    for row in rows:
        workbook.worksheets[0].append(row)
    workbook.worksheets[0].merge_cells("C2:C3")
    workbook.save(folder / "frame.xlsx")


EXPORT = ["weights", "export", "w.xlsx"]
FORM = ["weights", "ahp", "template", "safety", "judged.xlsx"]
JUDGED: dict[str, object] = {
    "B4": "张三",
    "D8": 3,
    "E8": 5,
    "F8": 7,
    "E9": 2,
    "F9": 3,
    "F10": 2,
}  # of four siblings, in rows 8 to 11
BUILDERS |= {
    "weights_ahp_form_of_another_node": filled_in(FORM, {"C7": "clinic", **JUDGED}),
    "weights_ahp_judgements_that_contradict": filled_in(FORM, {**JUDGED, "F8": "1/7"}),
    "weights_ahp_judgements_that_are_none": filled_in(FORM, {**JUDGED, "E9": 12, "F9": "不清楚", "C9": 3}),
    "weights_ahp_too_few_judgements": filled_in(FORM, {"D8": 3, "F10": 2}),
    "framework_with_a_merged_weight": merged_weight,
    "weights_export_over_a_file": book(ROWS),
    "weights_import_of_another_workbook": book(ROWS),
    "weights_import_after_the_tree_changed": filled_in(EXPORT, {"C7": 0.5, "C8": 0.5}, instead(("0.6", "0.70"), ("0.4", "0.30"))),
    "weights_import_into_equal_weights": filled_in(EXPORT, {"C7": 0.6, "C8": 0.4}),
    "weights_import_with_several_mistakes": filled_in(
        EXPORT, {"C6": None, "B7": "casess", "C8": "四成", "B9": "safety", "C9": 1, "B10": "clinics", "C10": 0.4}
    ),
    "weights_import_with_wrong_sums": filled_in(EXPORT, {"C7": 0.7}),
}

# --------------------------------------------------------------------------------------------------------- running them


LIMITS: dict[str, tuple[object, str, object]] = {  # what a folder is too small to reach is lower for it
    "blocks_chosen_by_size": (blocks, "MANY", 3),
    "blocks_of_a_long_table": (blocks, "_KEEP", 3),
    "blocks_of_too_many_columns_together": (large_blocks, "score_in_blocks", partial(large_blocks.score_in_blocks, most=3)),
}


@contextlib.contextmanager
def lowered(name: str) -> Iterator[None]:
    """Lower a limit of the program while a command runs in a folder."""
    if name not in LIMITS:
        yield
        return
    owner, limit, value = LIMITS[name]
    before = getattr(owner, limit)
    setattr(owner, limit, value)
    try:
        yield
    finally:
        setattr(owner, limit, before)


def run(folder: Path, arguments: list[str], language: str) -> tuple[int, str]:
    """Run a command in a folder, and return its exit code and what it says on stderr."""
    said, before = io.StringIO(), Path.cwd()
    sys.modules["msoffcrypto"] = None  # type: ignore[assignment]  # an extra that may be there or not
    os.chdir(folder)
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            try:
                app([*arguments, "--lang", language], standalone_mode=False)
                code = 0
            except SystemExit as stopped:
                code = int(stopped.code or 0)
    finally:
        os.chdir(before)
        del sys.modules["msoffcrypto"]
    return code, without_versions(said.getvalue())


def without_versions(text: str) -> str:
    """Write (version) for versions that change with every release."""
    return re.sub(r"(?<=→ )[0-9][\w.]*", "(version)", text.replace(VERSION, "(version)"))


def project(name: str, folder: Path) -> Path:
    """Lay the files of a broken input into a folder."""
    if os.name != "posix" and name in POSIX:
        pytest.skip("the message quotes the operating system, which says it otherwise here")
    shutil.copytree(BROKEN / name, folder, ignore=shutil.ignore_patterns("expected.txt"), dirs_exist_ok=True)
    if name in BUILDERS:
        BUILDERS[name](folder)
    return folder


def expected(name: str) -> list[str]:
    return (BROKEN / name / "expected.txt").read_text(encoding="utf-8").split("---\n", 1)


def contents(folder: Path) -> dict[str, bytes | None]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
        if path.suffix != ".lock"
    }


def codes_in(text: str) -> list[str]:
    return re.findall(r"(?m)^(?:.*: )?(IC[0-9]{3}) ", text)


def refuses(text: str) -> bool:
    return re.search(r"(?m)^\d+ (errors?|个错误).*\n\Z", text) is not None


def test_a_term_is_answered_with_the_word_that_is_meant() -> None:
    assert term_for("权重", ["weights", "weight"]) == "weight"
    assert term_for("权重", ["weights"]) == "weights"
    assert term_for("熵权法", ["pca", "entropy"]) == "entropy"
    assert term_for("wieght", ["weights", "weight"]) == "weight"
    assert term_for("颜色", ["weights", "weight"]) == ""


@pytest.mark.parametrize("name", NAMES)
def test_what_an_analyst_is_told(name: str, tmp_path: Path) -> None:
    folder = project(name, tmp_path / "project")
    before = contents(folder)
    arguments = COMMANDS.get(name, ["score"])
    for language, text in zip(("en", "zh"), expected(name), strict=True):
        with lowered(name):
            code, said = run(folder, arguments, language)
        if any(one in said and one not in text for one in ("IC719", "IC650", "IC875")):
            pytest.skip("the extra that reads this is not installed")
        assert said == text
        assert "Traceback" not in said
        assert code == (1 if refuses(text) else 0)
        if refuses(text):
            assert contents(folder) == before, "something was written"
        elif arguments[0] == "score" and "reports" not in before:
            shutil.rmtree(folder / "reports")


@pytest.mark.parametrize("name", ["key_twice", "gbk_yaml", "totals_row", "reports_is_a_file", "several_mistakes_in_the_data"])
def test_the_same_from_a_shell(name: str, tmp_path: Path) -> None:
    folder = project(name, tmp_path / "project")
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-m", "indexcalc", *COMMANDS.get(name, ["score"]), "--lang", "en"],
        cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr, done.stdout) == (1, expected(name)[0], "")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_as_json(name: str, tmp_path: Path) -> None:
    """The same findings in the same order, one JSON object a line, with the place in parts."""
    arguments = COMMANDS.get(name, ["score"])
    with lowered(name):
        _, said = run(project(name, tmp_path / "project"), [*arguments, "--json"], "en")
    found = [json.loads(line) for line in said.splitlines()]
    assert [one["code"] for one in found] == codes_in(expected(name)[0])
    for one in found:
        assert set(one) == {"code", "severity", "file", "sheet", "line", "column", "message", "hint"}
        assert one["message"].splitlines()[0] in expected(name)[0]
        assert one["severity"] == MESSAGES[one["code"]].severity


def test_several_mistakes_come_out_at_once_and_in_order(tmp_path: Path) -> None:
    for name in ("several_mistakes_in_the_tree", "several_mistakes_in_the_data"):
        _, said = run(project(name, tmp_path / name), ["score", "--json"], "en")
        places = [(one["file"], one["line"], one["column"]) for one in map(json.loads, said.splitlines())]
        assert len(places) > 3
        assert places == sorted(places)


def test_an_earlier_report_is_left_alone(tmp_path: Path) -> None:
    """A mistake made after a report was written leaves that report as it was, to the byte."""
    folder = project("gb18030_data_is_fine", tmp_path / "project")
    assert run(folder, ["score"], "en")[0] == 0
    before = contents(folder / "reports")
    (folder / "values.csv").write_text("区,年份,案件数,诊所数\n东区,2022,待报,5\n", encoding="utf-8")
    assert run(folder, ["score"], "en")[0] == 1
    assert before
    assert contents(folder / "reports") == before


# ------------------------------------------------------------------------------------------------------------ the words

NOT_SHOWN = {
    **dict.fromkeys(("IC158", "IC159", "IC160", "IC834"), "a call in Python; tests/test_python.py has them"),
    "IC826": "more units than a folder of text holds; tests/test_space.py has it",
    **dict.fromkeys(("IC497", "IC835"), "more units than a folder of text holds; tests/test_limits.py has them"),
    "IC610": "another writer in between; tests/test_weights_commands has it",
    "IC570": "a page of a server; tests/test_web_edit.py has it",
    "IC580": "a page of a server; tests/test_web_submit.py has it",
    "IC581": "a page of a server; tests/test_web_submit.py has it",
    "IC616": "what is typed in a browser; tests/test_amend.py has it",
    "IC617": "another editor in between; tests/test_amend.py has it",
    "IC334": "an .xls file built in a way that no program at hand writes; tests/sources has the fallback",
    "IC719": "an engine that is not installed; tests/sources/test_events.py hides it",
    "IC732": "more dirty events than a test makes; tests/sources/test_events.py has it",
    "IC875": "an engine that is not installed; tests/test_in_query.py hides it",
    "IC876": "an engine's own words; tests/test_in_query.py has it",
    "IC388": "a database that others write to; tests/sources/test_events.py has it",
    "IC798": "a plan where data are rolled up in two ways; tests/test_target.py has it",
    "IC820": "a database to watch; tests/test_watch.py has it",
    "IC427": "said under tables of several periods; tests/test_said.py has it",
    "IC425": "imputed cells are counted, which no mistake calls for; tests/test_engine has it",
    **dict.fromkeys(("IC378", "IC379", "IC380", "IC381", "IC382", "IC383"), "a DataFrame; tests/sources/test_frames.py has them"),
    **dict.fromkeys(("IC543", "IC544"), "charts in a notebook; tests/test_plots.py has them"),
    **dict.fromkeys((code for code in MESSAGES if "IC750" <= code < "IC762"), "tests/test_uncertainty.py shows each"),
    **dict.fromkeys(("IC700", "IC742", "IC745", "IC746"), "a log that changes once it is registered; tests/test_register.py"),
    **dict.fromkeys(
        ("IC540", "IC541", "IC542"), "an extra or fonts that are not there; tests/test_doctor.py and test_paper.py hide them"
    ),
    **dict.fromkeys(("IC586", "IC587", "IC588"), "a template in Word, for which the extra `report` is needed; test_paper.py"),
    **dict.fromkeys((f"IC88{at}" for at in range(6)), "tests/test_uncertainty.py shows each, of files of sets"),
    "IC778": "said once something was written; tests/test_framework.py has it",
    **dict.fromkeys(
        (code for code in MESSAGES if "IC545" <= code < "IC570" or code in ("IC571", "IC572")),
        "served pages; tests/test_web.py and test_serve.py",
    ),
    **dict.fromkeys((code for code in MESSAGES if "IC590" <= code < "IC600"), "typed wrongly; tests/test_help.py shows each"),
    **dict.fromkeys(("IC517", "IC518"), "a disk or system that fails; tests/test_writes.py has them"),
    **dict.fromkeys((code for code in MESSAGES if "IC650" <= code < "IC700"), "tests/test_ledger_messages.py shows each"),
}


def test_every_code_is_shown_by_a_broken_input() -> None:
    shown = {code for name in NAMES for code in codes_in(expected(name)[0])}
    assert shown <= set(MESSAGES)
    assert set(MESSAGES) - shown == set(NOT_SHOWN)


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_the_words_of_a_code(code: str) -> None:
    message = MESSAGES[code]
    for part in (message.text, message.hint, message.about):
        assert set(part) == {"en", "zh"}
        assert bool(part["en"]) == bool(part["zh"])
        # a value that is itself in words comes in both languages, the Chinese one under the same name with _zh
        en, zh = ({name.removesuffix("_zh") for name in names_in(part[language])} for language in ("en", "zh"))
        assert en - {"label"} == zh - {"label"}
        assert not any(name.endswith("_zh") for name in names_in(part["en"]))
    for language in ("en", "zh"):
        for text in (message.text[language], message.hint[language]):
            assert text == text.strip()
            assert not text.endswith((".", "。")), "a full stop"
    assert message.text["en"]
    assert message.about["en"].endswith((".", "!"))
    for text in (message.text["en"], message.hint["en"]):
        first = text[:1]
        assert not first.isalpha() or first.islower() or text.startswith(("YAML", "IC", "GB", "UTF"))


def names_in(template: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}


def test_every_hint_is_shown() -> None:
    """A hint whose value is nowhere given would be left out for ever."""
    hinted = r"(?m)^(?:.*: )?(IC[0-9]{3}) .*(?:\n    (?!hint).*)?\n    hint: "
    shown = {code for name in NAMES for code in re.findall(hinted, expected(name)[0])}
    assert {code for code, message in MESSAGES.items() if message.hint["en"]} - shown - set(NOT_SHOWN) == set()


if __name__ == "__main__":
    for name in sys.argv[1:] or NAMES:  # all, or those that are named
        with tempfile.TemporaryDirectory() as temporary:
            folder = project(name, Path(temporary) / "project")
            with lowered(name):
                texts = [run(folder, COMMANDS.get(name, ["score"]), language)[1] for language in ("en", "zh")]
            (BROKEN / name / "expected.txt").write_text("---\n".join(texts), encoding="utf-8", newline="\n")
