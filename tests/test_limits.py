"""What grows with the square of the units says how many it takes before it begins, in every way that it can be asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import indexcalc
from indexcalc import Refused
from indexcalc.jobs.check import check
from indexcalc.jobs.project import Listening
from indexcalc.large.blocks import score_in_blocks
from indexcalc.methods import RECORDS
from indexcalc.methods.records import Aggregator, MethodRecord, WeightMethod
from indexcalc.panel import empty
from indexcalc.sources.match import cells

LIMITED = [(step, name) for step, known in RECORDS.items() for name, one in known.items() if getattr(one, "most_units", None)]
UNITS = 7


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let what has a limit take no more than six units."""
    for step, name in LIMITED:
        monkeypatch.setitem(vars(RECORDS[step][name]), "most_units", UNITS - 1)


def tree(step: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "index": {"id": "whole", step: name, **more},
        "units": {"id": "unit", "label": "unit"},
        "periods": {"kind": "year"},
        "defaults": {"normalise": "min-max"},
        "dimensions": [{"id": child} if step == "weights" else {"id": child, "weight": 0.5} for child in "ab"],
    }


def frame(units: int, periods: int = 1) -> pd.DataFrame:
    rng = np.random.default_rng(units)
    rows = [(f"u{unit}", 2020 + year, *rng.uniform(1, 9, 2)) for year in range(periods) for unit in range(units)]
    return pd.DataFrame(rows, columns=["unit", "period", "a", "b"])


@pytest.mark.parametrize("step", ["aggregate", "weights"])
def test_what_compares_each_unit_with_each_says_so_and_nothing_else_does(step: str) -> None:
    for name, record in RECORDS[step].items():
        assert isinstance(record, Aggregator | WeightMethod)
        told = " ".join((record.function.__doc__ or "").split())
        assert ("square of the units" in told) == (record.most_units is not None), name
        assert record.most_units is None or f"no more than {record.most_units:,} are taken (IC497)" in told


def test_the_limits_are_those_of_the_records() -> None:
    assert {*LIMITED} == {
        ("aggregate", "copeland"),
        ("aggregate", "promethee"),
        ("aggregate", "benefit-of-the-doubt"),
        ("weights", "bod"),
    }


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("step", "name"), LIMITED)
def test_one_unit_more_is_refused_before_anything_is_computed(
    step: str, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record: MethodRecord = RECORDS[step][name]
    enough = indexcalc.score(tree(step, name), frame(UNITS - 1))
    assert np.isfinite(enough.score()).all()
    monkeypatch.setitem(vars(record), "function", lambda *_, **__: pytest.fail("computed"))
    with pytest.raises(Refused, match="IC497"):
        indexcalc.score(tree(step, name), frame(UNITS))
    with pytest.raises(Refused, match="IC497"):
        score_in_blocks(enough.index, indexcalc.score(tree("aggregate", "arithmetic"), frame(UNITS)).panel, empty)
    project = written(tmp_path, tree(step, name), frame(UNITS))
    with pytest.raises(Refused, match="IC497"):
        check(project)
    with pytest.raises(Refused, match="IC497"):
        project.scores()


@pytest.mark.usefixtures("few")
def test_alternatives_and_parts_of_weights_have_limits_too() -> None:
    joined = {"weights": {"method": "combine", "of": ["equal", "bod"]}}
    with pytest.raises(Refused, match="bod"):
        indexcalc.score(tree("weights", "bod") | {"index": {"id": "whole", **joined}}, frame(UNITS))
    plain = indexcalc.score(tree("aggregate", "arithmetic") | {"index": {"id": "whole"}}, frame(UNITS))
    with pytest.raises(Refused, match="IC497"):
        indexcalc.uncertainty(plain, aggregate=["arithmetic", "copeland"])
    with pytest.raises(Refused, match="IC497"):
        indexcalc.sensitivity(plain, aggregate=["arithmetic", "copeland"], rows=8)
    with pytest.raises(Refused, match="IC497"):
        indexcalc.compare(plain, "arithmetic", "copeland")


@pytest.mark.usefixtures("few")
def test_units_are_counted_where_they_are_compared() -> None:
    over = {"method": "bod", "over": "all"}
    with pytest.raises(Refused, match=f"{2 * (UNITS - 1)}"):
        indexcalc.score(tree("weights", "bod") | {"index": {"id": "whole", "weights": over}}, frame(UNITS - 1, 2))
    assert indexcalc.score(tree("weights", "bod"), frame(UNITS - 1, 2)).score().size


def test_groups_that_are_compared_each_with_each_have_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexcalc.analysis.inequality.MOST_GROUPS", 3)
    data = frame(4).assign(group=list("abcd"))
    declared = tree("aggregate", "arithmetic") | {"units": {"id": "unit", "label": "unit", "group": "group"}}
    scores = indexcalc.score(declared, data)
    with pytest.raises(Refused, match="IC835"):
        indexcalc.evolution(scores, by="group")


def written(folder: Path, said: dict[str, Any], data: pd.DataFrame) -> Listening:
    """A project in a folder."""
    whole = said | {"units": {"table": "units.csv"}, "data": {"values": {"path": "values.csv"}}}
    (folder / "indicators.yaml").write_text(json.dumps(whole), encoding="utf-8")
    pd.DataFrame({"id": data["unit"].unique(), "name": data["unit"].unique()}).to_csv(folder / "units.csv", index=False)
    data.to_csv(folder / "values.csv", index=False)
    return Listening(folder / "indicators.yaml", folder, folder / "reports", language="en")


def test_unknown_names_are_held_against_all_others_for_the_first_ones_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cells, "_LIKENED", 2)
    project = written(tmp_path, tree("aggregate", "arithmetic"), frame(UNITS))
    text = (tmp_path / "values.csv").read_text(encoding="utf-8")
    (tmp_path / "values.csv").write_text(text.replace("u", "u-").replace("u-nit", "unit"), encoding="utf-8")
    with pytest.raises(Refused) as refused:
        check(project)
    codes = [one.code for one in refused.value.findings if one.code in ("IC341", "IC342")]
    assert codes == ["IC341"] * 2 + ["IC342"] * (UNITS - 2)
