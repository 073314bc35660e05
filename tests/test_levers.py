"""`lever: false`: what a plan for a better score must leave alone."""

from __future__ import annotations

from indexcalc.analysis.target import target
from indexcalc.engine import score

from .conftest import index_of, panel_of

TREE = """
index: {id: i, name: 指数}
units: {table: units.csv}
data: {d: {path: d.csv}}
dimensions:
  - id: safety
    weight: 0.5
    lever: false
    indicators:
      - {id: cases, weight: 0.4}
      - {id: patrols, weight: 0.3, lever: true}
      - id: roads
        weight: 0.3
        indicators:
          - {id: deaths, weight: 1}
  - id: courts
    weight: 0.5
    indicators:
      - {id: closed, weight: 0.5}
      - {id: pleas, weight: 0.5, lever: false}
"""


def test_a_leaf_is_a_lever_as_the_nearest_node_says_that_says_anything() -> None:
    index = index_of(TREE)
    levers = dict(zip(index.tree.leaf_ids, index.tree.levers, strict=True))
    assert levers == {"cases": False, "patrols": True, "deaths": False, "closed": True, "pleas": False}


def test_target_proposes_levers_alone() -> None:
    index = index_of(TREE)
    names = index.tree.leaf_ids
    scores = score(index, panel_of(index, [[float(unit + at % 2 + 1) for at in range(len(names))] for unit in range(4)]))
    plan = target(scores, 0, 0, score=35.0)
    moved = {names[step.leaf] for step in plan.steps}
    assert plan.reached
    assert moved <= {"patrols", "closed"}
