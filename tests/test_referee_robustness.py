"""`robustness` of random projects, written as files and asked through the library, held to a referee that knows nothing of it."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

import indexcalc
from indexcalc.analysis.robustness import depth_of
from indexcalc.findings import Refused
from indexcalc.jobs.questions import robustness
from indexcalc.scores import Scores

from .conftest import count
from .referee_robustness import Project, Referee, random_project, ranks_of, scores_of, shares_of

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::UserWarning")]
PROJECTS, PARTS = count(200, 2000), 20
EVERY_LEVEL = count(0, 1) == 1  # else each project is asked about one of its levels, the projects about all in turn


def written(project: Project, folder: Path, siblings: dict[str, dict[str, float]] | None = None) -> Scores | None:
    """Write a project as files, with other weights among siblings where they are given, and score it; nothing if it is refused."""
    tree = copy.deepcopy(project.tree)

    def weigh(node: dict[str, Any], children: list[dict[str, Any]]) -> None:
        for child in children:
            if siblings and node["id"] in siblings:
                child["weight"] = siblings[node["id"]][child["id"]]
            weigh(child, child.get("indicators", []))

    weigh(tree["index"], tree["dimensions"])
    tree |= {"units": {"table": "units.csv"}, "data": {"v": {"path": "v.csv"}}, "periods": {"kind": "single"}}
    if project.events.any():
        tree["adjustments"] = [{"id": "bonus", "each": 1, "cap": 5}]
    folder.mkdir(exist_ok=True)
    names = [f"u{at}" for at in range(len(project.values))]
    (folder / "units.csv").write_text("id\n" + "\n".join(names) + "\n")
    rows = [
        ",".join([name, *("" if np.isnan(value) else f"{value:g}" for value in own), f"{events:g}"])
        for name, own, events in zip(names, project.values, project.events, strict=True)
    ]
    columns = [*project.leaves, *(["bonus"] if project.events.any() else ["unused"])]
    (folder / "v.csv").write_text("\n".join([",".join(["id", *columns]), *rows]) + "\n")
    (folder / "indicators.yaml").write_text(yaml.safe_dump(tree, sort_keys=False))
    try:
        index = indexcalc.load(folder / "indicators.yaml")
        return indexcalc.score(index, indexcalc.read(index))
    except Refused:
        return None


def asked(project: Project, folder: Path, at_level: int | None) -> tuple[Scores, Any] | None:
    """Ask of all levels of a project, or of one: that many levels down, beginning again at the first below the last."""
    scores = written(project, folder)
    if scores is None or np.isnan(scores.score()[0]).all():
        return None
    depth = None if at_level is None else 1 + at_level % depth_of(scores)
    return scores, robustness(scores, top=project.top, within=project.within, depth=depth, every=True)


def faults(project: Project, folder: Path, at_level: int | None = None) -> tuple[list[str], list[str]]:
    """Return what is wrong with the answers on a project, and what is farther than need be, within the bound beside it."""
    found = asked(project, folder, at_level)
    if found is None:
        return [], []
    answer = found[1]
    wrong: list[str] = []
    loose: list[str] = []
    referees: dict[int, Referee] = {}
    turns = [*answer.pairs, *answer.leaves_top]
    checked = len(turns) and int(np.random.default_rng(len(turns)).integers(len(turns)))
    for at, turn in enumerate(turns):
        referee = referees.setdefault(turn.level, Referee(project, turn.level))
        name = f"level {turn.level} {turn.norm} {turn.above}>{turn.below if turn.below is not None else f'top {project.top}'}"
        weights = np.array([turn.weights[one] for one in referee.cut]) if turn.weights else None
        far, best = referee.nearest(turn.above, turn.below, turn.norm, weights)
        if weights is not None:
            if not referee.turns(referee.ranked(weights[None]), turn.above, turn.below)[0]:
                wrong.append(f"{name}: {turn.weights} do not turn it")
            if abs(np.sum(weights) - 1) > 1e-9 or (weights < referee.low - 1e-9).any() or (weights > referee.high + 1e-9).any():
                wrong.append(f"{name}: {turn.weights} are not within the bounds")
            back = referee.now + 0.98 * (weights - referee.now)
            if turn.distance > 1e-6 and referee.turns(referee.ranked(back[None]), turn.above, turn.below)[0] and turn.exact:
                wrong.append(f"{name}: turns at 98 % already")
            if at == checked:
                again = written(project, folder / "again", {parent: dict(w) for parent, w in turn.siblings.items()})
                assert again is not None
                if not referee.turns(again.rank()[0][None], turn.above, turn.below)[0]:
                    wrong.append(f"{name}: {turn.siblings} in the file do not turn it")
        if turn.exact and math.isnan(turn.distance) and math.isfinite(far):
            wrong.append(f"{name}: said that none do it, {best} at {far}")
        elif turn.exact and far < turn.distance - 1e-6:
            wrong.append(f"{name}: exact {turn.distance}, {best} at {far}")
        elif far < turn.bound - 1e-6:
            wrong.append(f"{name}: bound {turn.bound}, {best} at {far}")
        elif not turn.exact and not turn.distance <= 1.05 * far + 1e-6 and math.isfinite(far):
            loose.append(f"{name}: {turn.distance} (bound {turn.bound}), {best} at {far}")
    return wrong, loose


def test_the_referee_scores_and_ranks_as_the_program_does(tmp_path: Path) -> None:
    for seed in range(count(60, 400)):
        project = random_project(seed)
        scores = written(project, tmp_path)
        if scores is None:
            continue
        cut = Referee(project, 9)
        own = scores_of(project, shares_of(project, cut.cut, cut.now[None]))[0]
        np.testing.assert_allclose(own, scores.score()[0], rtol=1e-12, err_msg=str(seed))
        np.testing.assert_array_equal(ranks_of(project, own[None])[0], scores.rank()[0], err_msg=str(seed))


@pytest.mark.parametrize("seed", [440, 443])
def test_what_turns_only_where_nodes_weigh_nothing_is_found(seed: int, tmp_path: Path) -> None:
    assert faults(random_project(seed), tmp_path) == ([], [])


@pytest.mark.parametrize("part", range(PARTS))
def test_no_answer_is_beaten(part: int, tmp_path: Path) -> None:
    wrong, loose, asked_of = {}, [], 0
    for seed in range(part, PROJECTS, PARTS):
        found, more = faults(random_project(seed), tmp_path, None if EVERY_LEVEL else seed)
        wrong |= {seed: found} if found else {}
        loose += [(seed, one) for one in more]
        asked_of += 1
    assert not wrong
    assert len({seed for seed, _ in loose}) <= asked_of // 50, loose
