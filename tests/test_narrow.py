"""Tables on a screen of 80 columns: headings in two lines, and what belongs together is left out last."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexcalc.report.formats.text import SCREEN_WIDTH, as_text, wide
from indexcalc.report.sheets.sheet import Heading, Sheet

from .conftest import REPOSITORY
from .projects import run


@pytest.fixture
def narrow() -> Iterator[None]:
    before = SCREEN_WIDTH.set(80)
    yield
    SCREEN_WIDTH.reset(before)


def table(text: str) -> list[str]:
    """The lines of the tables of an answer, which alone have columns."""
    return [line for line in text.splitlines() if "  " in line.strip() and "。" not in line]


ROWS: tuple[tuple[str, float, float, str], ...] = (("甲", 1.0, 2.0, "x"), ("乙", 3.0, 4.0, "y"))


def sheet(*titles: str) -> Sheet:
    kinds = ("text", "score", "value", "code")
    return Sheet("", tuple(Heading(title, kind) for title, kind in zip(titles, kinds, strict=True)), ROWS)  # type: ignore[arg-type]


def test_a_heading_is_broken_only_where_it_is_too_wide() -> None:
    own = sheet("区", "影响总指数（分）", "2022年第四季度", "编号")
    for width, lines in ((80, 3), (30, 4)):
        before = SCREEN_WIDTH.set(width)
        shown = as_text(own, "zh").splitlines()
        SCREEN_WIDTH.reset(before)
        assert len(shown) == lines
        assert max(map(wide, shown)) <= width
    assert "".join("".join(line.split()) for line in shown[:2]) == "影响总指2022年第区数（分）四季度编号"


def test_no_line_begins_with_a_mark_that_closes() -> None:
    before = SCREEN_WIDTH.set(20)
    shown = as_text(sheet("区", "填报数（宗）", "数值（宗/万人）", "编号"), "zh").splitlines()
    SCREEN_WIDTH.reset(before)
    assert not any(word.startswith(("）", "”", "、")) for line in shown for word in line.split())


def test_ids_go_first_and_it_is_said() -> None:
    before = SCREEN_WIDTH.set(24)
    shown = as_text(sheet("区", "影响总指数（分）", "2022年第四季度", "编号"), "zh")
    SCREEN_WIDTH.reset(before)
    assert "未列出：编号；" in shown
    assert " x" not in shown


@pytest.mark.parametrize(
    ("words", "there"),
    [
        (("change", "黄埔"), ("2021年度", "2022年度", "影响总指数（分）")),
        (("rank",), ("社会安全度", "法治保障度", "德治建设度", "公众参与度", "智慧支撑度")),
        (("trend", "越秀"), ("环比增减（分）", "同比增减（分）", "比上年增减（分）")),
    ],
    ids=" ".join,
)
def test_what_belongs_together_fits_eighty_columns(words: tuple[str, ...], there: tuple[str, ...], narrow: None) -> None:
    shown = run(REPOSITORY, *words)
    assert max(wide(line) for line in table(shown)) <= 80
    left_out = [line for line in shown.splitlines() if line.startswith("屏幕宽度不足")]
    assert not any(title in line for line in left_out for title in there)
