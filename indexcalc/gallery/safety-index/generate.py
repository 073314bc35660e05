"""Draw two years of ten-day reports of calls of Huizhou's counties and their towns; three counties end in rows of reds."""

from typing import Any

import numpy as np

SEED = 20220110
COUNTIES = {
    "惠城区": (18, 155),
    "惠阳区": (9, 90),
    "惠东县": (16, 102),
    "博罗县": (17, 121),
    "龙门县": (10, 32),
    "大亚湾区": (3, 45),
    "仲恺区": (7, 61),
}
IN_A_ROW = {"龙门县": 5, "博罗县": 4, "惠东县": 3}  # so many of the last ten-day periods with twice the calls
PER_TEN_THOUSAND = {"刑事治安警情": 1.5, "火灾警情": 0.2, "交通警情": 2.0, "死亡人数": 0.004}


def tables() -> dict[str, dict[str, Any]]:
    """Return the counties with their towns, and the towns' reports."""
    random = np.random.default_rng(SEED)
    towns = [(f"{county[:2]}示例{at:02}镇街", county) for county, (count, _) in COUNTIES.items() for at in range(1, count + 1)]
    shares = {county: random.dirichlet(np.full(count, 8.0)) for county, (count, _) in COUNTIES.items()}
    people = np.concatenate([np.maximum(shares[county] * size, 0.5).round(2) for county, (_, size) in COUNTIES.items()])
    periods = [f"{year}年{month}月{part}旬" for year in (2021, 2022) for month in range(1, 13) for part in "上中下"]
    level = random.gamma(60, 1 / 60, len(towns)) * np.ones((len(periods), 1))
    for county, run in IN_A_ROW.items():
        level[-run:, [own == county for _, own in towns]] *= 2
    reports: dict[str, Any] = {
        "镇街": [name for name, _ in towns] * len(periods),
        "旬": np.repeat(periods, len(towns)).tolist(),
    }
    for name, rate in PER_TEN_THOUSAND.items():
        reports[name] = random.poisson(0.85 * rate * people * (level if name != "死亡人数" else 1.0 + 0 * level)).ravel().tolist()
    reports["数据性质"] = ["模拟数据"] * len(reports["旬"])
    ids = {county: f"X{at + 1}" for at, county in enumerate(COUNTIES)}
    units = {
        "id": [*ids.values(), *(f"T{at:02}" for at in range(1, len(towns) + 1))],
        "name": [*COUNTIES, *(name for name, _ in towns)],
        "level": ["县区"] * len(ids) + ["镇街"] * len(towns),
        "parent": [""] * len(ids) + [ids[county] for _, county in towns],
        "常住人口": [""] * len(ids) + people.tolist(),
    }
    return {"data/units.csv": units, "data/警情旬报.csv": reports}
