"""Draw three years of illustrative reports of Shantou's seven districts and counties."""

from typing import Any

import numpy as np

SEED = 20230101
DISTRICTS = "金平区 龙湖区 濠江区 潮阳区 潮南区 澄海区 南澳县".split()
NAMES_EN = "Jinping Longhu Haojiang Chaoyang Chaonan Chenghai Nan'ao".split()
PEOPLE = (78.0, 63.5, 27.0, 165.0, 123.0, 87.0, 6.5)  # 10,000 residents, about the real size
SHARES = (
    "基层党组织规范化达标率 在职党员到社区报到率 村居法律顾问服务达标率 法治建设满意度 新时代文明实践站达标率 移风易俗满意度 "
    "矛盾纠纷村居化解率 村民议事会规范召开率 网格事件按期办结率 政务服务网办率"
).split()


def tables() -> dict[str, dict[str, Any]]:
    """Return the districts and their yearly reports."""
    random = np.random.default_rng(SEED)
    years, size = (2020, 2021, 2022), len(DISTRICTS)
    level = random.uniform(78, 94, (size, len(SHARES)))
    shares = [np.clip(level + 1.5 * year + random.normal(0, 1.5, level.shape), 0, 99.5).round(1) for year in range(len(years))]
    cases = [
        np.rint(np.array(PEOPLE) * random.uniform(26, 52, size) * (1 - 0.04 * year)).astype(int) for year in range(len(years))
    ]
    reports: dict[str, Any] = {
        "区县": DISTRICTS * len(years),
        "年份": np.repeat(years, size).tolist(),
        "常住人口": list(PEOPLE) * len(years),
        "刑事立案数": np.concatenate(cases).tolist(),
    }
    reports |= {name: np.concatenate([one[:, at] for one in shares]).tolist() for at, name in enumerate(SHARES)}
    reports["数据性质"] = ["模拟数据"] * len(reports["区县"])
    districts = {"id": [f"4405{at + 1:02}" for at in range(size)], "name": DISTRICTS, "name_en": NAMES_EN}
    return {"data/districts.csv": districts, "data/五治年报.csv": reports}
