"""Texts as people may see them: no password anywhere, and nothing that acts on a screen."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexcalc.findings import Place, Refused, finding, render
from indexcalc.jobs.ledger import Submissions
from indexcalc.journal.database import with_environment
from indexcalc.journal.entries import Entry, Reported, read_cells, written
from indexcalc.report.formats.text import aligned, escaped
from indexcalc.report.sheets.tidy import as_text
from indexcalc.words.shown import visible, without_passwords

SECRET = "s3/c:r@t"
ADDRESSES = [
    f"postgresql://clerk:{SECRET}@db.local:5432/index",
    f"PostgreSQL://clerk:{SECRET}@db/index",
    f"postgresql+psycopg://clerk:{SECRET}@db/index?sslmode=require",
    f"mysql://clerk:{SECRET}@db/index",
    f"postgresql://clerk@db/index?password={SECRET}",
    f"postgresql://db/index?user=clerk&PASSWORD={SECRET}&sslpassword={SECRET}",
    f"host=db user=clerk password={SECRET} dbname=index",
    f"host=db password = '{SECRET} and more' user=clerk",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_shows_its_password(address: str) -> None:
    assert "s3" not in without_passwords(address)
    assert "***" in without_passwords(address)
    for at in ("", " and then more"):
        assert "s3" not in render(finding("IC301", Place(address), path=address + at, near=""), "en")
    assert "s3" not in str(finding("IC301", Place(address), path=address).as_dict("zh"))


@pytest.mark.parametrize("text", ["报送.xlsx", "http://host:8080/path", "a = b", "postgresql://clerk@db/index", "x@y.z, a:b"])
def test_what_has_no_password_stays(text: str) -> None:
    assert without_passwords(text) == text


def test_a_password_may_stand_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEDGER_PASSWORD", SECRET)
    address = "postgresql://clerk:${LEDGER_PASSWORD}@db/index"
    assert with_environment(address) == "postgresql://clerk:s3%2Fc%3Ar%40t@db/index"
    monkeypatch.delenv("LEDGER_PASSWORD")
    with pytest.raises(Refused) as refused:
        with_environment(address)
    assert [one.code for one in refused.value.findings] == ["IC691"]


HOSTILE = "西区\x1b[2J\u202e\u2028\n#9 市统计局\t\x07"


def test_nothing_acts_on_a_screen() -> None:
    for text in (
        visible(HOSTILE),
        render(finding("IC301", Place(HOSTILE), path=HOSTILE, near=""), "zh").replace("\n    ", ""),
        aligned([[HOSTILE, "x"]], [True, True]),
        escaped(HOSTILE),
        as_text(HOSTILE),
    ):
        assert text.isprintable(), repr(text)
        assert "西区" in text
    assert visible("一\n二\t三", lines=True) == "一\n二\t三"


def test_a_log_has_a_line_for_each_submission() -> None:
    """A reason cannot look like another row."""
    entry = Entry(
        1, 1, "2022-01-01T00:00:00.000000Z", "demo", "市公安局", "2022", HOSTILE, HOSTILE, HOSTILE, "", "", "", "", "", ""
    )
    assert len(Submissions((entry,)).text("zh").split("\n")) == 2
    assert "\n" not in entry.title()


def test_cells_are_read_back_whatever_ends_a_line_in_their_names() -> None:
    cells = [Reported("a\u2028b\x85", "列\x0b", 1.5, True, 2, 3)]
    assert read_cells(written(cells)) == cells


def test_a_template_lies_in_the_folder_that_was_given(tmp_path: Path) -> None:
    from indexcalc.jobs.template import file_name_of

    for name in ("../../市公安局 2022", "a/b", "..\\x", "/etc/passwd", "CON:1", "x\n"):
        assert (tmp_path / file_name_of(name)).resolve().parent == tmp_path.resolve()


def test_a_first_submission_that_fails_leaves_no_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from indexcalc.journal import ledger
    from indexcalc.journal.entries import Draft

    draft = Draft("demo", "市公安局", "2022", "张三", "", "a.csv", "", "", "", written([Reported("a", "列", 1.0, True, 2, 3)]))

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(ledger, "prepare", full)
        with pytest.raises(Refused):
            ledger.append("ledger.sqlite", tmp_path, [draft])
    assert not (tmp_path / "ledger.sqlite").exists()
    assert len(ledger.append("ledger.sqlite", tmp_path, [draft])[0]) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["ledger.sqlite"]
