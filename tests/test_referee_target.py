"""`target` before its referee: on random projects in files no plan misses, none is beaten where it is proved, none is denied."""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

import indexcalc
from indexcalc.findings import Refused

from .conftest import count
from .referee_target import Asked, Project, cheaper, of_events, of_parts, of_shared, random_project, random_question, tried

PROJECTS = count(200, 2_000)
TRIED = count(60, 400)


def scored(project: Project, folder: Path) -> indexcalc.Scores:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return indexcalc.score(project.write(folder))


def _as_it_is(random: Random, project: Project) -> Project:
    del random
    return project


def judge(asked: Asked, random: Random, folder: Path) -> str:
    """Hold an answer to the referee; return what it was."""
    project = asked.project
    found = scored(project, folder)
    own = {unit: np.nan if score is None else score for unit, score in asked.index.items()}
    np.testing.assert_allclose(found.score()[-1], list(own.values()), atol=1e-9, err_msg="the referee scores as the engine does")
    try:
        plan = indexcalc.target(found, asked.unit, score=asked.score, rank=asked.rank, costs=asked.costs)
    except Refused as refused:
        assert {one.code for one in refused.findings} <= {"IC788", "IC814"}
        better = cheaper(asked, tried(asked, random, TRIED, None), float("inf"))
        if better is not None:
            again = scored(replace(project, table=asked.changed(better)), folder / "better")
            pytest.fail(f"called impossible, and {better} does it: {again.score()[-1]}, {again.rank()[-1]}")
        return "impossible"
    values = {found.index.leaves[step.leaf].id: step.new for step in plan.steps}
    after = scored(replace(project, table=asked.changed(values)), folder / "after")
    place = list(project.units).index(asked.unit)
    np.testing.assert_allclose(after.score()[-1, place], plan.scores[1], atol=1e-9)
    if asked.rank is not None:
        assert after.rank()[-1, place] <= asked.rank, "the plan reaches its rank"
    else:
        # scores are one within 1e-12 of their size, and a product can be large
        assert asked.reaches(values, -max(1e-9, 1e-12 * abs(asked.score or 0.0))), "the plan reaches its score"
    assert plan.effort == pytest.approx(asked.effort(values), rel=1e-6, abs=1e-9)
    assert plan.bound <= plan.effort
    for leaf in asked.moving:
        low, high = asked.ends(leaf)
        assert low - 1e-9 <= values.get(leaf["id"], low) <= high + 1e-9, "no further than others have been"
    limit = plan.bound - 1e-6 * max(1.0, plan.effort)
    better = cheaper(asked, tried(asked, random, TRIED, values), limit)
    assert better is None, f"a bound of {plan.bound} is beaten by {better}: {asked.effort(better or {})}; plan {values}"
    return "proved" if plan.exact else "bounded"


KINDS = {2: of_parts, 6: of_parts, 3: of_shared, 7: of_shared, 5: of_events}


@pytest.mark.parametrize("part", range(4))
def test_no_answer_falls_before_the_referee(part: int, tmp_path: Path) -> None:
    """Seeds are shared out over four tests, so that workers can share them."""
    said: list[str] = []
    for seed in range(part, PROJECTS, 4):
        random = Random(seed)
        project = random_project(random)
        project = KINDS.get(seed % 8, _as_it_is)(random, project)
        asked = random_question(random, project)
        if asked is None:
            continue
        said.append(judge(asked, random, tmp_path / str(seed)))
    assert said.count("proved") > len(said) / 3, "most trees are piecewise linear, and their plans proved"
    assert "impossible" in said
