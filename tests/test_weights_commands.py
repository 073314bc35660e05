"""`indexcalc weights …`: what is shown, what is written, and that nothing else is."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pytest

import indexcalc
from indexcalc.cli.app import app
from indexcalc.jobs import weights as jobs
from indexcalc.jobs.project import Project
from indexcalc.journal import files as publish
from indexcalc.journal.history import read_history
from indexcalc.journal.published import read_published
from indexcalc.journal.run import digest
from indexcalc.methods import CATALOGUE

from .kills import at_once
from .projects import laid_out
from .projects import run as run_in

TREE = """\
# weights of the demo
index: {id: demo, name: 示例指数}   # the index
units: {label: 区, table: units.csv}
periods: {kind: year}
data:
  yearly: {path: values.csv}
dimensions:
  - id: safety
    name: 安全
    weight: 0.6   # agreed in May
    indicators:
      - {id: cases, name: 案件数, direction: lower, weight: 0.50}
      - {id: clinics, name: 诊所数, weight: 0.30}
      - {id: fires, name: "=1+1", direction: lower, weight: 0.20}
  - id: order
    name: 秩序
    weight: 0.4
    indicators:
      - {id: calls, name: 求助数, weight: 1}
"""
VALUES = """\
区,年份,案件数,诊所数,fires,求助数
东区,2022,10,5,3,7
西区,2022,20,7,1,9
南区,2022,15,2,2,4
北区,2022,12,9,8,5
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "indicators.yaml").write_text(TREE, encoding="utf-8", newline="\n")
    (tmp_path / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n04,北区\n", encoding="utf-8")
    (tmp_path / "values.csv").write_text(VALUES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    """Run `indexcalc weights …` in this process: exit code, stdout, stderr."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            app([*arguments], standalone_mode=False)
            code = 0
        except SystemExit as stopped:
            code = int(stopped.code or 0)
    return code, out.getvalue(), err.getvalue()


def told(*arguments: str) -> Any:
    code, out, err = run("weights", *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


def lines(folder: Path) -> list[list[str]]:
    return [line.split("\t") for line in (folder / "indicators.changes").read_text(encoding="utf-8").splitlines()]


def changed(folder: Path) -> list[tuple[str, str]]:
    """The lines of the tree that are not as they were."""
    now = (folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    return [(old, new) for old, new in zip(TREE.splitlines(), now, strict=True) if old != new]


# ------------------------------------------------------------------------------------------------------------------ show


def test_the_tree_is_shown_with_the_weights_that_scoring_uses(repository: Path) -> None:
    shown = told("--index", str(repository))
    index = indexcalc.load(repository / "indicators.yaml")
    scores = indexcalc.score(index, indexcalc.read(index, repository))
    scores = scores.of_period(scores.periods[-1])  # by the tree of then
    effective, sibling = np.atleast_2d(scores.effective_weights)[-1], np.atleast_2d(scores.sibling_weights)[-1]
    assert [entry["node"] for entry in shown["nodes"]] == [scores.tree.nodes[at].id for at in scores.tree.reading_order]
    for entry in shown["nodes"]:
        at = scores.node(entry["node"])
        assert (entry["effective"] or 0) == pytest.approx(effective[at], abs=1e-12)
        if entry["share"] is not None:
            assert entry["share"] == pytest.approx(sibling[at], abs=1e-12)
    assert told("show", "--index", str(repository)) == shown


def test_showing_given_weights_reads_no_data(project: Path) -> None:
    (project / "values.csv").unlink()
    code, out, _ = run("weights", "--lang", "en")
    assert code == 0
    assert [line.split()[-1] for line in out.splitlines()[2:4]] == ["arithmetic", "30.00%"]


def test_weights_from_python(project: Path) -> None:
    opened = Project(project / "indicators.yaml", project, project / "reports")
    frame = jobs.weights(opened).frame().set_index("node")
    assert frame.loc["cases", ["name", "parent", "weight"]].tolist() == ["案件数", "safety", "0.50"]
    assert frame["effective"][["cases", "clinics", "fires", "calls"]].tolist() == pytest.approx([0.3, 0.18, 0.12, 0.4])
    proposal = jobs.set_weight(opened, "cases", "0.6", rescale=True)
    assert proposal.frame().values.tolist()[0] == ["cases", "案件数", "0.50", "0.6"]
    assert changed(project) == [], "proposed, not written"
    computed = jobs.suggest(opened, "safety", "combine", {"of": ["entropy", "critic"]}, decimals=3)
    assert sum(map(float, computed.frame()["new"])) == pytest.approx(1)
    assert [path.name for path in jobs.write(opened, proposal, why="局务会", by="李四")] == [
        "indicators.yaml",
        "indicators.changes",
    ]
    again = Project(project / "indicators.yaml", project, project / "reports")
    history = jobs.history(again, "案件数").frame()
    assert history[["who", "node", "old", "new", "why"]].values.tolist() == [["李四", "cases", "0.50", "0.6", "局务会"]]
    (project / "old.yaml").write_text(TREE, encoding="utf-8")
    trees = jobs.two_trees(again, project / "old.yaml")
    assert trees.frame()["change"].tolist() == ["weight"] * 3
    for result in (jobs.weights(again), proposal, trees, trees.moved, jobs.history(again)):
        assert "<table" in result._repr_html_()


# ------------------------------------------------------------------------------------------------------------------- set


def test_setting_one_weight_changes_one_line_and_leaves_one_in_the_history(project: Path) -> None:
    code, out, _ = run("weights", "set", "demo/order/calls", "1.0", "--note", "更精确\t了\n", "--by", "张三")
    assert code == 0
    old, new = changed(project)[0]
    assert (old.replace("weight: 1}", "weight: 1.0}"), len(changed(project))) == (new, 1)
    head, line = lines(project)
    assert head == ["when", "who", "node", "old", "new", "why", "before", "after", "hash"]
    assert line[1:6] == ["张三", "calls", "1", "1.0", "更精确 了"]
    assert line[6:8] == [digest(TREE.encode()), digest((project / "indicators.yaml").read_bytes())]
    assert "indicators.changes" in out


def test_siblings_are_rescaled_only_when_asked(project: Path) -> None:
    code, _, err = run("weights", "set", "案件数", "0.6", "--lang", "en")
    assert code == 1
    assert "cases 0.6 · clinics 0.30 · fires 0.20" in err
    assert "cases 0.6 · clinics 0.24 · fires 0.16" in err
    assert changed(project) == []
    result = told("set", "safety/cases", "0.60", "--rescale", "--dry-run")
    assert result["weights"] == {"cases": ["0.50", "0.60"], "clinics": ["0.30", "0.24"], "fires": ["0.20", "0.16"]}
    assert result["written"] == []
    assert changed(project) == []
    result = told("set", "cases", "0.6", "--rescale")
    assert len(changed(project)) == 3
    assert [line[2] for line in lines(project)[1:]] == ["cases", "clinics", "fires"]
    assert indexcalc.load(project / "indicators.yaml").by_id["fires"].weight == 0.16  # type: ignore[union-attr]


def test_the_ranks_that_move_are_those_of_scoring_both_trees(project: Path) -> None:
    index = indexcalc.load(project / "indicators.yaml")
    before = indexcalc.score(index, indexcalc.read(index, project))
    result = told("set", "safety", "0.05", "--rescale")
    index = indexcalc.load(project / "indicators.yaml")
    after = indexcalc.score(index, indexcalc.read(index, project))
    moved = {
        unit: [before.rank()[0, at], after.rank()[0, at]]
        for at, unit in enumerate(before.panel.units.ids)
        if before.rank()[0, at] != after.rank()[0, at]
    }
    assert moved
    assert {move["unit"]: move["rank"] for move in result["moves"]} == moved


def test_options_before_the_command_hold_for_it(project: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    os.chdir(tmp_path_factory.mktemp("elsewhere"))
    code, _, err = run("weights", "--index", str(project), "set", "calls", "1.0")
    assert (code, len(changed(project))) == (0, 1), err


def test_permissions_and_links_are_kept(project: Path) -> None:
    real = project / "real.yaml"
    (project / "indicators.yaml").rename(real)
    real.chmod(0o640)
    (project / "indicators.yaml").symlink_to(real.name)
    assert run("weights", "set", "calls", "1.0")[0] == 0
    assert (project / "indicators.yaml").is_symlink()
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert b"weight: 1.0}" in real.read_bytes()
    assert {path.name for path in project.iterdir()} == {
        ".real.yaml.lock", "real.yaml", "indicators.yaml", "indicators.changes", "units.csv", "values.csv"
    }  # fmt: skip


def test_a_failed_write_leaves_everything_as_it_was(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = publish._write

    def full(path: Path, content: bytes) -> None:
        real(path, content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(publish, "_write", full)
    code, _, err = run("weights", "set", "calls", "1.0")
    assert (code, "IC503" in err) == (1, True)
    assert {path.name for path in project.iterdir()} == {".indicators.yaml.lock", "indicators.yaml", "units.csv", "values.csv"}
    assert changed(project) == []


def test_a_change_by_someone_else_in_between_is_not_lost(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = jobs.user_name

    def slow() -> str:
        (project / "indicators.yaml").write_text(TREE + "# a line more\n", encoding="utf-8", newline="\n")
        return real()

    monkeypatch.setattr(jobs, "user_name", slow)
    code, _, err = run("weights", "set", "calls", "1.0")
    assert (code, "IC610" in err) == (1, True)
    assert (project / "indicators.yaml").read_text(encoding="utf-8").endswith("# a line more\n")
    assert not (project / "indicators.changes").exists()


def test_a_wrong_sum_can_be_set_right(project: Path) -> None:
    tree = project / "indicators.yaml"
    tree.write_text(TREE.replace("0.20}", "0.30}"), encoding="utf-8")
    assert run("check")[0] == 1
    assert told("set", "fires", "0.20")["moves"] == []
    assert tree.read_text(encoding="utf-8") == TREE


# ------------------------------------------------------------------------------------------------------ the history shown


def test_the_history_is_shown_by_log_and_by_explain(project: Path) -> None:
    run("weights", "set", "cases", "0.6", "--rescale", "--note", "局务会", "--by", "李四")
    run("weights", "set", "cases", "0.5", "--rescale")
    assert [entry["new"] for entry in told("log", "cases")] == ["0.6", "0.5"]
    _, out, err = run("weights", "log", "--lang", "en")
    assert len(out.splitlines()) == 7
    assert err == ""
    _, out, _ = run("explain", "东区", "--node", "cases", "--lang", "en")
    assert [line.strip()[:26] for line in out.splitlines() if "Weight changed" in line] == [
        "Weight changed 0.50 → 0.6 ",
        "Weight changed 0.6 → 0.5 (".strip(),
    ]
    assert "李四 · 局务会" in out
    (project / "indicators.yaml").write_text(TREE + "\n", encoding="utf-8")
    assert "IC639" in run("weights", "log")[2]


def test_the_history_stays_out_of_what_verify_compares(project: Path) -> None:
    assert run("score")[0] == 0
    run("weights", "set", "calls", "1.0")
    assert run("verify", "reports/2022")[0] == 1  # the tree is another
    (project / "indicators.yaml").write_text(TREE, encoding="utf-8", newline="\n")
    assert run("verify", "reports/2022")[0] == 0  # the history is not compared


# --------------------------------------------------------------------------------------------------------------- suggest


@pytest.mark.parametrize(
    "method", [name for name in ("entropy", "critic", "std", "pca", "equal") if name in CATALOGUE["weights"]]
)
def test_what_is_suggested_is_what_the_method_says(project: Path, method: str) -> None:
    index = indexcalc.load(project / "indicators.yaml")
    scores = indexcalc.score(index, indexcalc.read(index, project))
    x = scores.scores[0][:, [scores.node(name) for name in ("cases", "clinics", "fires")]]
    w = CATALOGUE["weights"][method](x, np.array([0.5, 0.3, 0.2]))
    result = told("suggest", "safety", "--method", method)
    assert [float(new) for _, new in result["weights"].values()] == pytest.approx(list(w / w.sum()), abs=1e-4)
    assert sum(round(float(new) * 10**4) for _, new in result["weights"].values()) == 10**4
    assert (result["written"], changed(project)) == ([], [])


def test_every_inner_node_is_weighed_when_none_is_named(project: Path) -> None:
    result = told("suggest", "--method", "equal", "--decimals", "2", "--write")
    assert result["weights"] == {
        "safety": ["0.6", "0.50"], "order": ["0.4", "0.50"],
        "cases": ["0.50", "0.34"], "clinics": ["0.30", "0.33"], "fires": ["0.20", "0.33"],
    }  # fmt: skip
    assert len(changed(project)) == 5
    assert lines(project)[1][5] == "weights suggest --method equal"


def test_a_patch_of_equal_weights_makes_them_given(project: Path) -> None:
    tree, patch = project / "indicators.yaml", project / "patch.yaml"
    bare = TREE.replace(", weight: 0.50", "").replace(", weight: 0.30", "").replace(", weight: 0.20", "")
    tree.write_text(bare.replace("    name: 安全\n", "    name: 安全\n    weights: equal\n"), encoding="utf-8", newline="\n")
    moved = {"cases": "0.6000", "clinics": "0.2000", "fires": "0.2000"}
    lines = [f"base: {digest(tree.read_bytes())}", "set:", *(f"  {node}: {weight}" for node, weight in moved.items())]
    patch.write_text("\n".join(lines), encoding="utf-8")
    assert run("weights", "apply", str(patch))[0] == 0
    text = tree.read_text(encoding="utf-8")
    assert "    weights: given\n" in text and "weights: equal" not in text
    index = indexcalc.load(tree)
    assert [index.by_id[node].weight for node in moved] == [0.6, 0.2, 0.2]  # type: ignore[union-attr]


def test_a_suggestion_for_equal_weights_is_written_with_where_they_come_from(project: Path) -> None:
    tree = project / "indicators.yaml"
    bare = TREE.replace(", weight: 0.50", "").replace(", weight: 0.30", "").replace(", weight: 0.20", "")
    tree.write_text(bare.replace("    name: 安全\n", "    name: 安全\n    weights: equal\n"), encoding="utf-8")
    result = told("suggest", "safety", "--method", "rank-sum", "--write")
    assert [pair[0] for pair in result["weights"].values()] == ["", "", ""]
    text = tree.read_text(encoding="utf-8")
    assert "    weights: given\n" in text
    assert "{id: cases, name: 案件数, weight: 0.5000, direction: lower}" in text


def test_weights_that_are_computed_are_shown_and_can_be_made_fixed(project: Path) -> None:
    tree = project / "indicators.yaml"
    bare = TREE.replace(", weight: 0.50", "").replace(", weight: 0.30", "").replace(", weight: 0.20", "")
    tree.write_text(
        bare.replace("    name: 安全\n", "    name: 安全\n    weights: {method: entropy, over: all} # 熵权\n"), encoding="utf-8"
    )
    shown = {entry["node"]: entry for entry in told()["nodes"]}
    assert shown["safety"]["method"] == "entropy · arithmetic"
    suggested = told("suggest", "safety", "--method", "entropy")
    assert [shown[name]["share"] for name in suggested["weights"]] == pytest.approx(
        [float(new) for _, new in suggested["weights"].values()], abs=1e-4
    )
    run("weights", "export", "w.xlsx")
    page = openpyxl.load_workbook("w.xlsx").worksheets[0]
    assert page["C7"].value == pytest.approx(shown["cases"]["share"])
    assert page["C7"].protection.locked
    assert "IC629" in run("weights", "import", "w.xlsx")[2]
    assert run("weights", "set", "cases", "0.5")[0] == 1
    assert run("weights", "suggest", "safety", "--method", "entropy", "--write")[0] == 0
    assert "    weights: given # 熵权\n" in tree.read_text(encoding="utf-8")


def test_a_parameter_is_checked_and_given(project: Path) -> None:
    matrix = "judgements=[[1,3,5],[1/3,1,2],[1/5,1/2,1]]"
    result = told("suggest", "safety", "--method", "ahp", "--param", matrix)
    assert [float(new) for _, new in result["weights"].values()] == pytest.approx([0.648, 0.230, 0.122], abs=1e-3)
    code, _, err = run("weights", "suggest", "safety", "--method", "ahp", "--param", "judgments=1")
    assert (code, "IC403" in err) == (1, True)


# ------------------------------------------------------------------------------------------------------- export and import


def test_a_workbook_goes_out_and_in_without_a_change(project: Path) -> None:
    for language in ("zh", "en"):
        assert run("weights", "export", f"{language}.xlsx", "--lang", language)[0] == 0
        code, _, err = run("weights", "import", f"{language}.xlsx")
        assert (code, "IC629" in err) == (0, True)
    assert changed(project) == []
    assert not (project / "indicators.changes").exists()


def test_the_workbook_lets_weights_be_edited_and_nothing_else(project: Path) -> None:
    run("weights", "export", "w.xlsx")
    page = openpyxl.load_workbook("w.xlsx").worksheets[0]
    assert page.protection.sheet
    free = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
    assert free == {f"C{row}" for row in range(6, 12)}
    assert [page[f"A{row}"].alignment.indent for row in range(5, 10)] == [0, 1, 2, 2, 2]
    assert (page["A9"].value, page["A9"].data_type) == ("=1+1", "s")  # a name is never a formula
    assert page["D7"].value == "=SUMIF($H$5:$H$11,H7,$C$5:$C$11)"
    assert page["F7"].value.endswith("*F6")
    assert page.conditional_formatting
    assert len(page.data_validations.dataValidation) == 6


def test_edited_weights_are_written_into_their_lines(project: Path) -> None:
    run("weights", "export", "w.xlsx")
    fill("w.xlsx", {"C7": 0.4, "C8": 0.40, "C6": 2 / 3, "C10": 1 / 3})
    result = told("import", "w.xlsx")
    assert result["weights"] == {
        "safety": ["0.6", "2/3"], "order": ["0.4", "1/3"], "cases": ["0.50", "0.40"], "clinics": ["0.30", "0.40"]
    }  # fmt: skip
    assert len(changed(project)) == 4
    assert lines(project)[1][5] == "weights import w.xlsx"


def test_the_full_tree_goes_through_a_workbook(repository: Path, project: Path) -> None:
    shutil.copy(repository / "indicators.yaml", project)
    (project / "data").symlink_to(repository / "data")
    run("weights", "export", "w.xlsx")
    page = openpyxl.load_workbook("w.xlsx").worksheets[0]
    row = {page.cell(at, 2).value: at for at in range(5, page.max_row + 1)}
    fill("w.xlsx", {f"C{row['volunteer-hours']}": 0.20, f"C{row['active-volunteers']}": 0.20})
    assert run("weights", "import", "w.xlsx")[0] == 0
    before = (repository / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    after = (project / "indicators.yaml").read_text(encoding="utf-8").splitlines()
    assert sum(old != new for old, new in zip(before, after, strict=True)) == 2


def fill(file: str, cells: Mapping[str, object]) -> None:
    book = openpyxl.load_workbook(file)
    for cell, value in cells.items():
        book.worksheets[0][cell] = value
    book.save(file)


# ------------------------------------------------------------------------------------------------------------------- ahp


def test_experts_judge_and_their_group_is_written(project: Path) -> None:
    run("weights", "ahp", "template", "safety", "form.xlsx")
    page = openpyxl.load_workbook("form.xlsx").worksheets[0]
    free = {cell.coordinate for row in page.iter_rows() for cell in row if not cell.protection.locked}
    assert free == {"B4", "D8", "E8", "E9"}
    assert len(page.data_validations.dataValidation) == 3
    assert page["C9"].value == '=IF(ISNUMBER(D8),1/D8,"")'
    for name, cells in {"甲": (3, 5, 2), "乙": (1 / 3, "1/5", 1), "丙": (3, None, 2)}.items():
        shutil.copy("form.xlsx", f"{name}.xlsx")
        fill(f"{name}.xlsx", {"B4": f"{name}教授" if name != "丙" else None, "D8": cells[0], "E8": cells[1], "E9": cells[2]})
    result = told("ahp", "safety", "甲.xlsx", "乙.xlsx", "丙.xlsx", "--write")
    one, other, third, group = result["experts"]
    assert [one["expert"], other["expert"], third["expert"]] == ["甲教授", "乙教授", "丙"]
    assert one["cr"] == pytest.approx(0.0032, abs=5e-4)  # Saaty's 1980 table: RI of three is 0.58
    assert one["lambda_max"] == pytest.approx(3.0037, abs=1e-4)
    assert list(third["weights"].values()) == pytest.approx([6 / 9, 2 / 9, 1 / 9])
    pairs = [(3 * (1 / 3) * 3) ** (1 / 3), (5 * 0.2) ** 0.5, (2 * 1 * 2) ** (1 / 3)]
    w = list(group["weights"].values())
    assert sum(w) == pytest.approx(1)
    matrix = np.array([[1, pairs[0], pairs[1]], [1 / pairs[0], 1, pairs[2]], [1 / pairs[1], 1 / pairs[2], 1]])
    assert matrix @ w == pytest.approx(group["lambda_max"] * np.array(w))
    assert [float(new) for _, new in result["weights"].values()] == pytest.approx(w, abs=1e-4)
    assert len(changed(project)) == 3


def test_the_method_and_the_command_agree(project: Path) -> None:
    run("weights", "ahp", "template", "安全", "form.xlsx", "--lang", "en")
    fill("form.xlsx", {"D8": 3, "E8": 5, "E9": 2})
    judged = told("ahp", "安全", "form.xlsx")
    suggested = told("suggest", "safety", "--method", "ahp", "--param", "judgements=[[1,3,5],[null,1,2],[null,null,1]]")
    assert judged["weights"] == suggested["weights"]


# ------------------------------------------------------------------------------------------------------------------ diff


def test_two_trees_are_compared_in_weights_structure_and_ranks(project: Path) -> None:
    other = TREE.replace("weight: 0.6 ", "weight: 0.3 ").replace("weight: 0.4", "weight: 0.7")
    other = other.replace("      - {id: fires", "      - {id: blazes, column: fires").replace(
        "name: 求助数", "direction: lower, name: 求助数"
    )
    (project / "new.yaml").write_text(other, encoding="utf-8")
    result = told("diff", "indicators.yaml", "new.yaml")
    kinds = {(one["kind"], one["node"]): one for one in result["changes"]}
    assert set(kinds) == {
        ("weight", "safety"), ("weight", "order"), ("added", "blazes"), ("removed", "fires"), ("definition", "calls")
    }  # fmt: skip
    assert kinds["weight", "safety"]["effective"] == [0.6, 0.3]
    assert kinds["definition", "calls"]["new"] == "direction: lower"
    assert result["period"] == "2022"
    assert result["moves"]
    assert told("diff", "indicators.yaml", "indicators.yaml")["changes"] == []


def test_weights_of_100_and_of_1_are_the_same_weights(project: Path) -> None:
    hundred = TREE
    for old, new in (
        ("0.6 ", "60 "),
        ("0.4", "40"),
        ("0.50", "50"),
        ("0.30", "30"),
        ("0.20", "20"),
        ("weight: 1}", "weight: 100}"),
    ):
        hundred = hundred.replace(old, new)
    (project / "new.yaml").write_text(hundred, encoding="utf-8")
    assert told("diff", "indicators.yaml", "new.yaml") == {"changes": [], "period": "2022", "moves": []}


# ---------------------------------------------------------------------------------------------------------- from a shell


def test_from_a_shell(project: Path, repository: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(repository), "PYTHONUTF8": "1"}
    for arguments in (
        ["weights"],
        ["weights", "suggest", "safety", "--method", "bwm", "--param", "best=[1,3,5]", "--param", "worst=[5,2,1]"],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "indexcalc", *arguments], env=environment, capture_output=True, encoding="utf-8", check=False
        )
        assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_session_of_the_page_is_what_comes_out(language: str, project: Path, repository: Path) -> None:
    shutil.copy(repository / "indicators.yaml", project)
    (project / "data").symlink_to(repository / "data")
    page = (repository / "docs" / language / "weights.md").read_text(encoding="utf-8")
    for block in re.findall(r"```console\n(.*?)```", page, re.DOTALL):
        for session in re.split(r"(?m)^\$ indexcalc ", block)[1:]:
            command, _, shown = session.partition("\n")
            _, out, err = run(*shlex.split(command))
            said = (err + out).splitlines()
            for part in shown.split("…\n"):
                at = said.index(part.splitlines()[0]) if part else 0
                assert said[at : at + len(part.splitlines())] == part.splitlines()
            assert "…\n" in shown or said == shown.splitlines()


# ------------------------------------------------------------------------------------------------- many at once, and a chain


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")
def test_of_eight_who_set_weights_at_once_none_is_lost(project: Path) -> None:
    commands = [["weights", "set", "cases", f"0.4{at}", "--rescale", "--note", f"no. {at}"] for at in range(8)]
    assert at_once(project, commands) == [0] * 8
    changes, found = read_history(project / "indicators.yaml")
    assert found == []
    own = [change for change in changes if change.node == "cases"]
    assert {change.why for change in own} == {f"no. {at}" for at in range(8)}
    assert [change.old for change in own] == ["0.50", *(change.new for change in own[:-1])]
    assert [change.before for change in own[1:]] == [change.after for change in own[:-1]]


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")
def test_of_eight_who_publish_at_once_one_does(project: Path) -> None:
    assert at_once(project, [["publish", "--by", f"no. {at}"] for at in range(8)]) == [0] * 8
    lines, found = read_published(project / "indicators.yaml")
    assert (found, len({line.who for line in lines})) == ([], 1)


def test_a_line_of_the_history_that_was_changed_or_taken_out_is_found(project: Path) -> None:
    for weight in ("0.6", "0.5", "0.55"):
        run("weights", "set", "cases", weight, "--rescale")
    file = project / "indicators.changes"
    whole = file.read_text(encoding="utf-8").splitlines(keepends=True)
    assert read_history(project / "indicators.yaml")[1] == []
    for changed in (
        [*whole[:3], *whole[4:]],  # a line taken out
        [*whole[:2], whole[2].replace("0.", "0.9", 1), *whole[3:]],
        [whole[0], whole[2], whole[1], *whole[3:]],
    ):
        file.write_text("".join(changed), encoding="utf-8")
        assert {one.code for one in read_history(project / "indicators.yaml")[1]} == {"IC692"}
        code, _, err = run("weights", "log")
        assert (code, "IC692" in err) == (1, True)


def test_a_history_from_before_there_was_a_chain_goes_on(project: Path) -> None:
    run("weights", "set", "cases", "0.6", "--rescale")
    file = project / "indicators.changes"
    old = "".join("\t".join(line[:-1]) + "\n" for line in lines(project))
    file.write_text(old, encoding="utf-8")
    run("weights", "set", "cases", "0.5", "--rescale")
    changes, found = read_history(project / "indicators.yaml")
    assert (len(changes), found) == (6, [])
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("0.6", "0.7", 1), encoding="utf-8")
    assert {one.code for one in read_history(project / "indicators.yaml")[1]} == {"IC692"}


@pytest.mark.parametrize(
    ("method", "parameter", "code"),
    [
        ("factor", "factors=9", "IC405"),
        ("factor", "factors=0", "IC405"),
        ("importance", "wished=[0, 0, 0]", "IC405"),
        ("budget", "points=[[0, 0, 0]]", "IC405"),
        ("ahp", "judgements=[[2, 1, 1], [1, 1, 1], [1, 1, 1]]", "IC405"),
    ],
)
def test_what_makes_no_sense_is_not_suggested_from(project: Path, method: str, parameter: str, code: str) -> None:
    before = changed(project)
    status, _, err = run("weights", "suggest", "safety", "--method", method, "--param", parameter)
    assert status == 1
    assert code in err
    assert changed(project) == before


def test_a_wish_that_cannot_be_met_is_told_with_what_is_suggested(project: Path) -> None:
    text = TREE.replace("name: 诊所数,", "name: 诊所数, direction: lower,")  # so that siblings go together
    (project / "indicators.yaml").write_text(text, encoding="utf-8")
    status, out, err = run(
        "weights", "suggest", "safety", "--method", "importance", "--param", "wished=[0, 0, 1]", "--lang", "en"
    )
    assert status == 0
    assert "IC456 safety: the wished importances cannot be reached in 2022" in err
    assert out


IN_A_TABLE = """\
index: {id: demo, name: 示例指数}
units: {label: 区, table: units.csv}
periods: {kind: year}
data: {yearly: {path: values.csv}}
dimensions:
  - {id: a, name: 甲, weight: 0.6}
  - {id: b, name: 乙, weight: 0.4, indicators: [{id: c, name: 丙, weight: 0.5}, {id: d, weight: 0.5}]}
"""


@pytest.mark.parametrize(
    ("table", "weights"),
    [
        ("id,weight\na,0.7\nb,0.3\n", {"a": "0.7", "b": "0.3", "c": "0.5"}),
        ("指标,权重,备注\n甲,2/3,x\n乙,1/3,\nd,75%\nc,25%\n", {"a": "2/3", "b": "1/3", "d": "0.75", "c": "0.25"}),
        ("id,weight\na,0.7\n", "w.csv:2:2: IC625"),  # with the 0.4 that stands in the tree
        ("id,weight\na,much\nb,0.4\n", "w.csv:2:2: IC623"),
        ("id,weight\nc,0.4\nd,0.6\nz,1\n", "w.csv:4:1: IC621"),
        ("id,weight\nc,0.4\nc,0.6\n", "w.csv:3:1: IC626"),
        ("id,share\nc,0.4\n", "IC620"),
        ("id,2021,2022年\na,0.6,2/3\nb,0.4,1/3\n", {"a": "{2021: 0.6, 2022: 2/3}", "b": "{2021: 0.4, 2022: 1/3}", "c": "0.5"}),
        (
            "指标,2023,2021,2022\n丙,0.2,30%,30%\nd,0.8,70%,70%\n甲,0.7,0.7,0.7\n乙,0.3,0.3,0.3\n",
            {"c": "{2021: 0.3, 2023: 0.2}", "a": "0.7"},
        ),
        ("id,2021,2022\na,0.6,0.7\nb,0.4,0.4\n", "w.csv:2:3: IC625"),
        ("id,2021,2022\na,0.6,\nb,0.4,0.4\n", "w.csv:2:3: IC624"),
        ("id,2021,2022\na,0.6,much\nb,0.4,0.4\n", "w.csv:2:3: IC623"),
        ("id,2021,2021年\na,0.6,0.6\nb,0.4,0.4\n", "IC620"),
    ],
)
def test_weights_are_taken_from_any_table(tmp_path: Path, table: str, weights: dict[str, str] | str) -> None:
    units, values = "id,name\n1,东区\n2,西区\n", "id,year,a,c,d\n1,2021,1,2,3\n2,2021,3,2,1\n"
    folder = laid_out(tmp_path, {"indicators.yaml": IN_A_TABLE, "units.csv": units, "values.csv": values, "w.csv": table})
    if isinstance(weights, str):
        assert weights in run_in(folder, "weights", "import", str(folder / "w.csv"), expect=1)
        assert (folder / "indicators.yaml").read_text(encoding="utf-8") == IN_A_TABLE
        return
    run_in(folder, "weights", "import", str(folder / "w.csv"))
    written = (folder / "indicators.yaml").read_text(encoding="utf-8")
    for node, weight in weights.items():
        assert re.search(rf"id: {node},.*?weight: {re.escape(weight)}[,}}]", written)


def test_weights_by_period_are_taken_twice_and_score_each_period(tmp_path: Path) -> None:
    units, values = (
        "id,name\n1,东区\n2,西区\n",
        "id,year,a,c,d\n1,2021,0,100,100\n2,2021,100,0,0\n1,2022,0,100,100\n2,2022,100,0,0\n",
    )
    tree = IN_A_TABLE.replace("dimensions:", "defaults: {normalise: {method: goalposts, worst: 0, best: 100}}\ndimensions:")
    folder = laid_out(tmp_path, {"indicators.yaml": tree, "units.csv": units, "values.csv": values})
    for now, first, then in (("0.7", 70.0, 10.0), ("0.9", 90.0, 20.0)):
        rest = "0.3" if now == "0.7" else "0.1"
        (folder / "w.csv").write_text(f"id,2021,2022\na,{now},{then / 100}\nb,{rest},{1 - then / 100}\n", encoding="utf-8")
        told = run_in(folder, "weights", "import", str(folder / "w.csv"), "--lang", "en")
        assert "{2021: " in told
        scores = indexcalc.score(folder / "indicators.yaml")
        np.testing.assert_allclose(scores.score()[:, 1], [first, then], rtol=0, atol=1e-9)
    assert len((folder / "indicators.yaml").read_text(encoding="utf-8").splitlines()) == len(tree.splitlines())
    assert "0.9" in run_in(folder, "weights", "log", "--lang", "en")
    run_in(folder, "weights", "set", "a", "0.5", expect=1)
