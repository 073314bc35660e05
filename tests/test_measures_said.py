"""Units of measurement in English: a tree's own, else those that are made of what is common, else as they are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexcalc.words.measures import measure_in_english, measured_in

from .conftest import ran

HERE = Path(__file__).parent
TREES = [HERE.parent / "indicators.yaml", *sorted((HERE.parent / "indexcalc/gallery").glob("*/*.yaml"))]


@pytest.mark.parametrize(
    ("measure", "said"),
    [
        ("件", "cases"),
        ("起/万辆", "incidents per 10,000 vehicles"),
        ("宗/10万就业人员", "cases per 100,000 employed people"),
        ("人/百亿元", "people per 10 billion yuan"),
        ("条/日·百万人", "items per day per million people"),
        ("件／百户", "cases per 100 households"),
        ("个/百万人", "per million people"),
        ("每万人", "每万人"),  # of what it is one is not said
        ("吨/人", "tonnes per person"),
        ("亿元", "100 million yuan"),
        ("μg/m³", "μg/m³"),
        ("Million USD", "Million USD"),
        ("件/街区", "件/街区"),
        ("", ""),
    ],
)
def test_common_measures_are_said_in_english_whole_or_not_at_all(measure: str, said: str) -> None:
    assert measure_in_english(measure) == said


def test_a_trees_own_words_come_first() -> None:
    assert measured_in("en", "次", "visits") == "visits"
    assert measured_in("zh", "次", "visits") == "次"


def test_every_example_has_its_measures_in_english() -> None:
    written = [line for tree in TREES for line in tree.read_text(encoding="utf-8").splitlines() if "measure: " in line]
    said = {
        measure.strip() for line in written if "measure_en: " not in line for measure in re.findall("measure: ([^,}]+)", line)
    }
    assert len(said) > 40
    assert [measure for measure in said if re.search(r"[\u3400-\u9fff]", measure_in_english(measure))] == []


def test_what_is_shown_in_english_has_them(tmp_path: Path) -> None:
    ran(tmp_path, "init", "here")
    for language, said in (("en", "cases per 10,000 people"), ("zh", "件/万人")):
        shown = ran(tmp_path / "here", "explain", "东城区", "--lang", language)
        assert shown.returncode == 0
        assert said in shown.stdout
