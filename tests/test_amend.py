"""Amendments of a tree: what was asked for changes, nothing else of the text does, and nobody's change is lost."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from indexcalc.findings import Refused
from indexcalc.jobs.amend import amend, meanwhile, save, text_of_tree
from indexcalc.jobs.project import Project, project_of
from indexcalc.jobs.weights import history
from indexcalc.journal.history import made_by_hand, read_history
from indexcalc.tree import parse_index
from indexcalc.tree.amend import Amendment, amended, as_typed, as_written, written_nodes
from indexcalc.tree.located import read_text
from indexcalc.tree.shorthand import unfold

FILE = "indicators.yaml"
TREE = """\
index: {id: demo, name: 示例指数}   # the index
units: {table: units.csv}
data: {values: {path: values.csv}}
defaults: {normalise: min-max}
dimensions:
  - id: safety     # keep me
    name: 社会安全
    weight: 0.6
    indicators:
      # what is counted
      - {id: cases, name: 案件数, measure: "件,起", direction: lower, weight: 0.50}   # by place
      - {id: clinics, name: 诊所数, weight: 0.25, valid: [0, 100]}
      - id: schools
        name: 学校数
        weight: 0.25
        valid: [0, 50]   # as of 2020

  # the other one
  - {id: calls, name: 求助数, weight: 0.4, normalise: {method: goalposts, worst: 0, best: 9}}
"""
SHORT = """\
index: {id: demo}
dimensions:
  a:
    name: A
    weight: 0.5
    indicators:
      A1: {name: One, weight: 1/3}  # first
      A2: [Two, Zwei, 2/3]
  b: {weight: 0.5, indicators: [B1, B2]}
"""


def lines_changed(old: bytes, new: bytes) -> tuple[list[str], list[str]]:
    """The lines that stand in only one of two texts, in order."""
    before, after = old.decode().splitlines(), new.decode().splitlines()
    return [line for line in before if line not in after], [line for line in after if line not in before]


def made(*amendments: Amendment, raw: str = TREE) -> tuple[list[str], list[str]]:
    return lines_changed(raw.encode(), amended(raw.encode(), FILE, amendments))


def refused(*amendments: Amendment, raw: str = TREE) -> list[str]:
    with pytest.raises(Refused) as caught:
        amended(raw.encode(), FILE, amendments)
    return [one.code for one in caught.value.findings]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / FILE).write_text(TREE, encoding="utf-8", newline="\n")
    (tmp_path / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n", encoding="utf-8")
    (tmp_path / "values.csv").write_text("id,案件数,诊所数,学校数,求助数\n01,1,5,7,8\n02,4,6,8,2\n03,2,1,9,9\n", encoding="utf-8")
    return tmp_path


# ---------------------------------------------------------------------------------------------------------------- the text


def test_a_key_is_replaced_and_its_line_stays_as_it_was() -> None:
    old, new = made(Amendment("set", "cases", "weight", "0.40"), Amendment("set", "schools", "valid", "[0, 60]"))
    assert new == [old[0].replace("0.50", "0.40"), old[1].replace("50", "60")]


def test_a_text_is_written_in_quotes_where_it_needs_them_and_comes_back_as_it_was_typed() -> None:
    for typed in (
        "件",
        "%",
        "a, b: c",
        "- x",
        "# 1",
        "'",
        '"件"',
        "yes",
        "1.10",
        "{x",
        "<script>alert(1)</script>",
        "\\n",
        "a b",
    ):
        raw = amended(TREE.encode(), FILE, [Amendment("set", "cases", "measure", as_written("measure", typed))])
        nodes = written_nodes(read_text(raw, FILE)[0])
        assert as_typed("measure", nodes["cases"].texts["measure"] or "") == typed


def test_a_key_is_taken_away_with_its_comma_or_its_line() -> None:
    assert made(Amendment("drop", "cases", "measure"))[1] == [
        "      - {id: cases, name: 案件数, direction: lower, weight: 0.50}   # by place"
    ]
    assert made(Amendment("drop", "schools", "valid")) == (["        valid: [0, 50]   # as of 2020"], [])


def test_a_line_comes_below_its_last_sibling_as_these_are_written() -> None:
    line = "{id: parks, name: 公园数, weight: 0.1}"
    out = amended(TREE.encode(), FILE, [Amendment("add", "safety", text=line)]).decode().splitlines()
    assert out[out.index("        valid: [0, 50]   # as of 2020") + 1] == f"      - {line}"
    assert made(Amendment("add", "a", text="{id: A3, name: Three}"), raw=SHORT)[1] == ["      A3: {name: Three}"]
    assert made(Amendment("add", "b", text="{id: B3}"), raw=SHORT)[1] == ["  b: {weight: 0.5, indicators: [B1, B2, {id: B3}]}"]
    assert made(Amendment("add", "demo", text="{id: c}"), raw=SHORT)[1] == ["  c: {}"]


def test_a_line_is_taken_away_and_the_comments_around_it_stay() -> None:
    old, new = made(Amendment("remove", "cases"))
    assert (len(old), new) == (1, [])
    assert made(Amendment("remove", "A1"), Amendment("remove", "B1"), raw=SHORT)[1] == ["  b: {weight: 0.5, indicators: [B2]}"]


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_ends_of_lines_and_the_mark_before_the_text_stay(end: str) -> None:
    raw = b"\xef\xbb\xbf" + TREE.replace("\n", end).encode()
    amendments = [Amendment("add", "safety", text="{id: p}"), Amendment("remove", "cases"), Amendment("drop", "schools", "valid")]
    out = amended(raw, FILE, amendments)
    assert out.startswith(b"\xef\xbb\xbf") and out.count(b"\n") == out.count(end.encode()) == raw.count(b"\n") - 1


@pytest.mark.parametrize(
    "text",
    ["0.4}", "0.4, id: x", "[1", "0.4\n- {id: y}", "", "null", "a: b: c", "&a 1", "!!python/object:os.system x", "x" * 5000],
)
def test_what_is_no_value_is_refused_or_stays_a_value(text: str) -> None:
    """Whatever is typed at a key, no other key of the tree is anything else after it."""
    try:
        out = amended(TREE.encode(), FILE, [Amendment("set", "cases", "weight", text)])
    except Refused as error:
        assert {one.code for one in error.findings} <= {"IC616", "IC602"}
        return
    before, after = (unfold(read_text(raw, FILE)[0]).data for raw in (TREE.encode(), out))
    before["dimensions"][0]["indicators"][0]["weight"] = after["dimensions"][0]["indicators"][0]["weight"]
    assert before == after


def test_what_cannot_be_made_is_refused() -> None:
    assert refused(Amendment("set", "nobody", "weight", "1")) == ["IC510"]
    assert refused(Amendment("add", "cases", text="{id: x}")) == ["IC602"]
    assert refused(Amendment("add", "safety", text="{name: x}")) == ["IC616"]
    assert refused(Amendment("set", "safety", "indicators", "[]")) == ["IC616"]
    assert refused(Amendment("drop", "schools", "id")) == ["IC602"]
    assert refused(Amendment("remove", "demo")) == ["IC602"]


def test_any_sequence_of_amendments_leaves_a_text_that_reads_as_it_was_meant() -> None:
    """Against the plain data: amendments at random come to the same as changing the mapping."""
    chance = random.Random(7)
    for _ in range(40):
        raw = chance.choice([TREE, SHORT])
        nodes = written_nodes(read_text(raw.encode(), FILE)[0])
        some = []
        for name in chance.sample(sorted(nodes), 3):
            kind = chance.choice(["set", "drop", "add", "remove"])
            key = chance.choice(["weight", "name", "valid", "note"])
            text = "{id: new}" if kind == "add" else chance.choice(["0.125", "[1, 2]", "{a: 1}", "'x: y'"])
            some.append(Amendment(kind, name, key if kind in ("set", "drop") else "", text))  # type: ignore[arg-type]
        try:
            out = amended(raw.encode(), FILE, some)
        except Refused:
            continue
        after = written_nodes(read_text(out, FILE)[0])
        gone = {one.node for one in some if one.kind == "remove"}
        for one in some:
            if one.kind == "set" and one.node in after:
                assert after[one.node].texts[one.key] == one.text
            if one.kind == "drop" and one.node in after:
                set_too = any(other.kind == "set" and (other.node, other.key) == (one.node, one.key) for other in some)
                assert set_too or one.key not in after[one.node].texts
        kept = set(nodes) - gone
        assert all(name in after or any(_below(nodes, name, other) for other in gone) for name in kept)
        if any(nodes[one].is_inner for one in gone):
            continue  # the comments between its lines go with it
        assert raw.count("#") - out.decode().count("#") <= len(gone) + sum(one.kind == "drop" for one in some)


def _below(nodes: dict, name: str, other: str) -> bool:
    while name:
        if name == other:
            return True
        name = nodes[name].parent
    return False


# ------------------------------------------------------------------------------------------------------------- the project


def test_an_amendment_is_checked_whole_and_says_which_ranks_move_and_where_a_finding_lies(project: Path) -> None:
    one = [Amendment("set", "safety", "weight", "0.1"), Amendment("set", "calls", "weight", "0.9")]
    before = (project / FILE).read_bytes()
    found = amend(project, one)
    assert not found.is_refused
    assert found.moved is not None and found.moved.moves
    assert "-    weight: 0.6" in found.diff().splitlines() and "+    weight: 0.1" in found.diff().splitlines()
    wrong = amend(project, [Amendment("set", "cases", "weight", "0.7")])
    assert [(item.code, wrong.after.part_of(item)) for item in wrong.findings] == [("IC201", ("safety", ""))]
    bad = amend(project, [Amendment("set", "cases", "direction", "lowest")])
    assert [(item.code, bad.after.part_of(item)) for item in bad.findings] == [("IC112", ("cases", "direction"))]
    missing = amend(project, [Amendment("set", "cases", "column", "no such heading")])
    assert missing.is_refused
    assert (project / FILE).read_bytes() == before
    values = project / "values.csv"
    values.write_text(values.read_text(encoding="utf-8").replace("1", "x", 1), encoding="utf-8")
    wrong = amend(project, one)
    assert wrong.findings and not wrong.is_refused and wrong.moved is None  # the data were wrong already
    assert amend(project, [Amendment("set", "cases", "column", "no such heading")]).is_refused
    assert (project / FILE).read_bytes() == before


def test_data_are_read_once_and_known_scores_are_those_of_before(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = [Amendment("set", "safety", "weight", "0.1"), Amendment("set", "calls", "weight", "0.9")]
    known, plain, read = project_of(project).scores(), amend(project, one), []
    matched = Project.matched
    monkeypatch.setattr(Project, "matched", lambda self, **how: read.append(self.file) or matched(self, **how))
    found = amend(project, one, scores=known)
    assert len(read) == 1
    assert plain.moved is not None and found.moved is not None
    assert (found.findings, found.moved.moves) == (plain.findings, plain.moved.moves)
    write = (
        (project / FILE).read_text(encoding="utf-8").replace("weight: 0.6", "weight: 0.1").replace("weight: 0.4", "weight: 0.9")
    )
    (project / FILE).write_text(write, encoding="utf-8")
    back = [Amendment("set", "safety", "weight", "0.6"), Amendment("set", "calls", "weight", "0.4")]
    stale = amend(project, back, scores=known)  # of the tree as it was, which is what it becomes: told apart, ranks move
    assert stale.moved is not None and stale.moved.moves


def test_what_is_saved_stands_in_the_history_with_name_and_reason(project: Path) -> None:
    work = project_of(project)
    found = amend(
        work,
        [
            Amendment("set", "clinics", "weight", "0.15"),
            Amendment("add", "safety", text="{id: parks, name: 公园数, column: 诊所数, weight: 0.1}"),
            Amendment("drop", "clinics", "valid"),
            Amendment("set", "calls", "lever", "false"),
        ],
    )
    assert not found.is_refused
    save(work, found, why="分工调整", by="李四")
    changes, problems = read_history(project / FILE)
    assert problems == []
    assert [(one.who, one.node, one.old, one.new, one.why) for one in changes] == [
        ("李四", "clinics", "0.25", "0.15", "分工调整"),
        ("李四", "parks", "", "{id: parks, name: 公园数, column: 诊所数, weight: 0.1}", "分工调整"),
        ("李四", "clinics", "valid: [0, 100]", "", "分工调整"),
        ("李四", "calls", "", "lever: false", "分工调整"),
    ]
    assert not made_by_hand(changes, (project / FILE).read_bytes())
    assert len(history(project_of(project), "clinics").changes) == 2
    index, _ = parse_index((project / FILE).read_bytes(), FILE)
    assert index is not None and "parks" in index.by_id


def test_the_second_of_two_editors_is_told_what_the_first_did_and_nothing_is_written(project: Path) -> None:
    work, seen = project_of(project), text_of_tree(project).digest
    first = amend(work, [Amendment("set", "cases", "name_en", "Cases", seen="")], base=seen)
    save(work, first, why="口径", by="张三")
    after = (project / FILE).read_bytes()
    with pytest.raises(Refused) as caught:
        amend(project, [Amendment("set", "calls", "name", "求助", seen="求助数")], base=seen)
    (found,) = caught.value.findings
    assert found.code == "IC617" and "张三 cases – → name_en: Cases" in found.message("zh")
    assert (project / FILE).read_bytes() == after
    with pytest.raises(Refused) as caught:  # an amendment that was looked at before the first was saved
        save(work, first, why="again", by="李四")
    assert [one.code for one in caught.value.findings] == ["IC610"]
    (project / FILE).write_bytes(after.replace("求助数".encode(), "来电数".encode()))  # by hand
    found = meanwhile(project, first.after.digest, [Amendment("set", "calls", "name", "求助", seen="求助数")])
    assert "calls name 求助数 → 来电数" in found.message("zh")


def test_many_editors_at_once_lose_nothing(project: Path) -> None:
    """Each adds a mark to a note until it is in; all of them stand there in the end, and in the history, in its order."""

    def add(who: int) -> int:
        for tries in range(200):
            work = project_of(project)
            text = text_of_tree(work)
            note = as_typed("note", text.nodes["calls"].texts.get("note") or "")
            change = Amendment("set", "calls", "note", as_written("note", f"{note} {who}".strip()))
            try:
                save(work, amend(work, [change], base=text.digest, score=False), why="mark", by=f"editor {who}")
            except Refused as error:
                assert {one.code for one in error.findings} <= {"IC610", "IC617"}
            else:
                return tries
        raise AssertionError

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(add, range(6)))
    note = written_nodes(read_text((project / FILE).read_bytes(), FILE)[0])["calls"].texts["note"]
    assert sorted(as_typed("note", note or "").split()) == [str(who) for who in range(6)]
    changes, problems = read_history(project / FILE)
    assert problems == [] and len(changes) == 6
    assert [one.before for one in changes[1:]] == [one.after for one in changes[:-1]]
