"""Draw how many checks 113 cities failed, item by item, in two years."""

from typing import Any

import numpy as np

SEED = 20200110
CITIES, YEARS = 113, (2018, 2019)
ITEMS = {
    "组织领导与规划": 1.5,
    "思想道德教育": 2,
    "志愿服务制度": 2.5,
    "未成年人工作": 2,
    "主次干道": 7,
    "社区小区": 9,
    "农贸市场": 12,
    "车站码头机场": 4,
    "医院": 4,
    "政务大厅": 2,
    "中小学校周边": 5,
    "路口交通秩序": 8,
}


def tables() -> dict[str, dict[str, Any]]:
    """Return the cities and the checks that each failed."""
    random = np.random.default_rng(SEED)
    names = [f"参评城市{at:03}" for at in range(1, CITIES + 1)]
    care = random.gamma(6, 1 / 6, (1, CITIES, 1)) * random.gamma(12, 1 / 12, (len(YEARS), CITIES, len(ITEMS)))
    failed = random.poisson(np.array(list(ITEMS.values())) * care).reshape(-1, len(ITEMS))
    checks: dict[str, Any] = {"城市": names * len(YEARS), "年份": np.repeat(YEARS, CITIES).tolist()}
    checks |= {name: failed[:, at].tolist() for at, name in enumerate(ITEMS)}
    checks["数据性质"] = ["模拟数据"] * len(failed)
    return {"data/cities.csv": {"id": [f"C{at:03}" for at in range(1, CITIES + 1)], "name": names}, "data/测评扣分点.csv": checks}
