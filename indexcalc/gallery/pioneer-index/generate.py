"""Draw 3,000 party members in 60 branches of seven streets, and what is recorded of each in six months."""

from typing import Any

import numpy as np

SEED = 20220701
MEMBERS, BRANCHES, STREETS, MONTHS = 3000, 60, 7, 6


def tables() -> dict[str, dict[str, Any]]:
    """Return the members with their branches, and their monthly records."""
    random = np.random.default_rng(SEED)
    branch_of = np.sort(
        np.concatenate([np.repeat(np.arange(BRANCHES), 10), random.integers(0, BRANCHES, MEMBERS - 10 * BRANCHES)])
    )
    street_of = np.arange(BRANCHES) * STREETS // BRANCHES
    branches, members = [f"B{at + 1:02}" for at in range(BRANCHES)], [f"M{at + 1:04}" for at in range(MEMBERS)]
    units = {
        "id": [*branches, *members],
        "name": [*(f"示例第{at + 1}支部" for at in range(BRANCHES)), *(f"党员{one}" for one in members)],
        "level": ["支部"] * BRANCHES + ["党员"] * MEMBERS,
        "parent": [""] * BRANCHES + [branches[at] for at in branch_of],
        "group": [f"示例街道{at + 1}" for at in street_of] + [f"示例第{at + 1}支部" for at in branch_of],
    }
    zeal = random.gamma(4, 0.25, MEMBERS) * random.gamma(20, 1 / 20, BRANCHES)[branch_of]
    shape = (MONTHS, MEMBERS)
    counts = {
        "缺席组织生活次数": random.poisson(0.15 / zeal.clip(0.3), shape),
        "未按时交纳党费次数": random.binomial(1, 0.03, shape),
        "志愿服务时长": random.poisson(3.5 * zeal, shape),
        "联系群众次数": random.poisson(3 * zeal, shape),
        "被采纳建议数": random.poisson(0.15 * zeal, shape),
        "受表彰次数": random.poisson(0.05 * zeal, shape),
        "违纪通报次数": random.binomial(2, 0.002, shape),
    }
    records: dict[str, Any] = {
        "党员": members * MONTHS,
        "月份": np.repeat([f"2022年{month}月" for month in range(1, MONTHS + 1)], MEMBERS).tolist(),
    }
    records |= {name: values.ravel().tolist() for name, values in counts.items()}
    records["数据性质"] = ["模拟数据"] * (MONTHS * MEMBERS)
    return {"data/units.csv": units, "data/先锋记录.csv": records}
