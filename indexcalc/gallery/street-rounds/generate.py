"""Draw the marks that seven judges give 66 streets and towns of six districts in three rounds."""

from typing import Any

import numpy as np

SEED = 20210601
DISTRICTS = {"金平": 17, "龙湖": 9, "濠江": 7, "澄海": 11, "潮阳": 12, "潮南": 10}  # how many streets and towns; 66 in all
ITEMS = ("市容环境", "公共秩序", "长效管理")
JUDGES = 7


def tables() -> dict[str, dict[str, Any]]:
    """Return the streets and the judges' marks."""
    random = np.random.default_rng(SEED)
    streets = [(f"{district}{at:02}街镇", f"{district}区") for district, count in DISTRICTS.items() for at in range(1, count + 1)]
    level = random.normal(84, 4, (1, len(streets), len(ITEMS), 1)) + np.arange(3).reshape(-1, 1, 1, 1)
    marks = (
        level
        + random.normal(0, 2, (3, len(streets), len(ITEMS), 1))
        + random.normal(0, 2.5, (3, len(streets), len(ITEMS), JUDGES))
    )
    marks = np.clip(np.rint(marks), 50, 100).astype(int).reshape(-1, JUDGES)
    keys = [(f"第{at}轮", name, item) for at in (1, 2, 3) for name, _ in streets for item in ITEMS]
    rounds, names, items = zip(*keys, strict=True)
    table: dict[str, Any] = {"街镇": names, "轮次": rounds, "项目": items}
    table |= {f"评委{judge + 1}": marks[:, judge].tolist() for judge in range(JUDGES)}
    table["数据性质"] = ["模拟数据"] * len(keys)
    ids = [f"S{at:02}" for at in range(1, len(streets) + 1)]
    return {
        "data/streets.csv": {"id": ids, "name": [name for name, _ in streets], "group": [group for _, group in streets]},
        "data/评委打分.csv": table,
    }
