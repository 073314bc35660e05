"""Draw a half-year of work orders of counties, districts and departments; some offices have none in a month."""

from typing import Any

import numpy as np

SEED = 20220101
GROUPS = {"县": (150, 5, 900), "区": (100, 6, 1500), "部门": (100, 20, 120)}  # full marks, offices, work orders a month


def tables() -> dict[str, dict[str, Any]]:
    """Return the offices and their monthly numbers of work orders."""
    random = np.random.default_rng(SEED)
    offices = [
        (f"示例{group}{at:02}", group, full, size) for group, (full, count, size) in GROUPS.items() for at in range(1, count + 1)
    ]
    months = [f"2022年{month}月" for month in range(1, 7)]
    size = np.array([size for *_, size in offices]) * random.gamma(2, 0.5, len(offices))
    size[-3:] = 0.7  # small departments, in some months without a case
    received = random.poisson(np.tile(size, (len(months), 1)))
    skill = random.normal(0, 1, len(offices))

    def part(whole: "np.ndarray[Any, Any]", mean: float, slope: float) -> "np.ndarray[Any, Any]":
        return random.binomial(whole, np.clip(mean + slope * skill + random.normal(0, 0.01, whole.shape), 0.3, 1.0))

    surveyed = part(received, 0.8, 0.0)
    columns = {
        "受理工单数": received,
        "按时响应数": part(received, 0.96, 0.02),
        "按期办结数": part(received, 0.92, 0.03),
        "回访成功数": surveyed,
        "解决数": part(surveyed, 0.84, 0.05),
        "满意数": part(surveyed, 0.88, 0.04),
    }
    names = [name for name, *_ in offices]
    orders: dict[str, Any] = {"承办单位": names * len(months), "月份": np.repeat(months, len(names)).tolist()}
    for name, values in columns.items():  # where nothing was received nothing else is reported
        orders[name] = np.where((received > 0) | (name == "受理工单数"), values.astype(str), "").ravel().tolist()
    orders["数据性质"] = ["模拟数据"] * len(orders["月份"])
    return {
        "data/offices.csv": {
            "id": [f"{at:02}" for at in range(1, len(names) + 1)],
            "name": names,
            "group": [group for _, group, *_ in offices],
            "满分": [full for _, _, full, _ in offices],
        },
        "data/工单统计.csv": orders,
    }
