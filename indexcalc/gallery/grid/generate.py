"""Draw 7 streets, 60 communities and 204 grids, and what the grids report in four quarters."""

from typing import Any

import numpy as np

SEED = 20220401
STREETS, COMMUNITIES, GRIDS, QUARTERS = 7, 60, 204, 4


def tables() -> dict[str, dict[str, Any]]:
    """Return the areas with the one that each is part of, and the grids' reports."""
    random = np.random.default_rng(SEED)
    street_of = np.sort(np.concatenate([np.arange(STREETS), random.integers(0, STREETS, COMMUNITIES - STREETS)]))
    community_of = np.sort(np.concatenate([np.arange(COMMUNITIES), random.integers(0, COMMUNITIES, GRIDS - COMMUNITIES)]))
    streets = [f"S{at + 1}" for at in range(STREETS)]
    communities = [f"C{at + 1:02}" for at in range(COMMUNITIES)]
    grids = [f"G{at + 1:03}" for at in range(GRIDS)]
    units = {
        "id": [*streets, *communities, *grids],
        "name": [
            *(f"示例{one}街道" for one in streets),
            *(f"示例{one}社区" for one in communities),
            *(f"示例{one}网格" for one in grids),
        ],
        "level": ["街道"] * STREETS + ["社区"] * COMMUNITIES + ["网格"] * GRIDS,
        "parent": [""] * STREETS + [streets[at] for at in street_of] + [communities[at] for at in community_of],
    }
    households = random.integers(200, 420, GRIDS)
    events = random.poisson(households / 12, (QUARTERS, GRIDS))
    good = random.normal(0, 0.05, GRIDS)
    closed = random.binomial(events, np.clip(0.9 + good, 0.5, 1))
    visited = random.binomial(households, np.clip(0.8 + good + 0.02 * np.arange(QUARTERS)[:, None], 0.4, 1))
    rows = QUARTERS * GRIDS
    reports = {
        "网格": grids * QUARTERS,
        "季度": np.repeat([f"2022年{name}季度" for name in ("一", "二", "三", "四")], GRIDS).tolist(),
        "户数": np.tile(households, QUARTERS).tolist(),
        "上报事件数": events.ravel().tolist(),
        "按期办结数": closed.ravel().tolist(),
        "网格内办结数": random.binomial(closed, 0.65).ravel().tolist(),
        "矛盾纠纷数": random.poisson(households / 120, (QUARTERS, GRIDS)).ravel().tolist(),
        "走访户数": visited.ravel().tolist(),
        "居民满意度": np.clip(random.normal(86, 4, (QUARTERS, GRIDS)) + 40 * good, 50, 100).round(1).ravel().tolist(),
        "数据性质": ["模拟数据"] * rows,
    }
    return {"data/units.csv": units, "data/网格季报.csv": reports}
