"""Draw a year of monthly reports of Zhejiang's 90 counties, which make eleven cities."""

from typing import Any

import numpy as np

SEED = 20200801
MONTHS = 12
# cities with the number of their counties, residents in 10,000 and GDP in 100 million yuan, of about the real size
CITIES = {
    "杭州市": (13, 1220, 18000), "宁波市": (10, 954, 15000), "温州市": (12, 965, 7600), "嘉兴市": (7, 552, 6300), "湖州市": (5, 341, 3600),
    "绍兴市": (6, 534, 6800), "金华市": (9, 712, 5300), "衢州市": (6, 229, 1900), "舟山市": (4, 117, 1700), "台州市": (9, 668, 5700),
    "丽水市": (9, 251, 1700),
}  # fmt: skip
# indicator: what it is divided by, in which multiple, and its usual rate
INDICATORS = {
    "涉邪案件": ("population", 100, 1.5),
    "涉恐线索": ("population", 100, 1.5),
    "失泄密事件": ("population", 100, 1.5),
    "保密检查问题数": ("population", 100, 4),
    "赴省走访批次": ("population", 100, 2),
    "重复信访件数": ("population", 1, 4),
    "群体性事件": ("population", 100, 1.5),
    "欠薪案件": ("gdp", 100, 6),
    "矛盾纠纷数": ("population", 1, 4),
    "民事一审案件数": ("population", 1, 4),
    "命案数": ("population", 100, 1.5),
    "八类案件数": ("population", 10, 3),
    "入室盗窃数": ("population", 1, 3),
    "电信诈骗数": ("population", 1, 3),
    "毒品案件数": ("population", 10, 3),
    "复吸人员数": ("population", 10, 3),
    "生产事故起数": ("gdp", 100, 2),
    "生产事故死亡人数": ("gdp", 100, 0.6),
    "火灾起数": ("population", 1, 3),
    "火灾死亡人数": ("population", 100, 0.8),
    "道路事故起数": ("vehicles", 1, 2),
    "道路事故死亡人数": ("vehicles", 1, 0.05),
    "酒驾醉驾数": ("vehicles", 1, 2),
    "超载超限数": ("vehicles", 1, 2),
    "食品投诉数": ("population", 1, 4),
    "食品安全事件": ("population", 100, 1.5),
    "环境信访数": ("population", 1, 4),
    "环境违法案件": ("gdp", 100, 6),
    "非法集资案件": ("population", 100, 1.5),
    "金融纠纷数": ("gdp", 100, 6),
    "网络安全事件": ("population", 100, 1.5),
    "网络谣言处置数": ("population", 10, 3),
    "制假售假案件": ("gdp", 100, 2),
    "传销案件": ("population", 100, 1.5),
    "有效警情": ("population", 1, 3),
    "平安类热线投诉": ("population", 1, 4),
    "执法投诉数": ("population", 10, 2),
    "逾期未答复数": ("population", 10, 2),
}


def tables() -> dict[str, dict[str, Any]]:
    """Return the cities with their counties, and the counties' reports."""
    random = np.random.default_rng(SEED)
    counties = [(f"{city[:2]}示例{at:02}县区", city) for city, (count, *_) in CITIES.items() for at in range(1, count + 1)]
    share = {city: random.dirichlet(np.full(count, 6.0)) for city, (count, *_) in CITIES.items()}
    people = np.concatenate([np.maximum(share[city] * size, 3) for city, (_, size, _) in CITIES.items()]).round(1)
    gdp = np.concatenate([share[city] * size for city, (_, _, size) in CITIES.items()]) * random.gamma(30, 1 / 30, len(counties))
    divisors = {
        "population": people,
        "gdp": (gdp / 12).round(1),
        "vehicles": (people * random.uniform(0.25, 0.4, len(counties))).round(2),
    }
    safe = random.gamma(40, 1 / 40, len(counties)) * np.repeat(
        random.gamma(80, 1 / 80, len(CITIES)), [count for count, *_ in CITIES.values()]
    )
    names = [name for name, _ in counties]
    reports: dict[str, Any] = {
        "县区": names * MONTHS,
        "月份": np.repeat([f"2019年{month}月" for month in range(1, MONTHS + 1)], len(names)).tolist(),
    }
    for heading, divisor in (("常住人口", "population"), ("生产总值", "gdp"), ("机动车保有量", "vehicles")):
        reports[heading] = np.tile(divisors[divisor], MONTHS).tolist()
    for name, (divisor, scale, usual) in INDICATORS.items():
        expected = divisors[divisor] / scale * usual * safe * random.gamma(30, 1 / 30, len(names)) * np.ones((MONTHS, 1))
        reports[name] = random.poisson(expected).ravel().tolist()
    reports["数据性质"] = ["模拟数据"] * (MONTHS * len(names))
    ids = {city: f"33{at:02}" for at, city in enumerate(CITIES, start=1)}
    units = {
        "id": [*ids.values(), *(f"{ids[city]}{at:02}" for at, (_, city) in enumerate(counties, start=1))],
        "name": [*CITIES, *names],
        "level": ["设区市"] * len(CITIES) + ["县区"] * len(names),
        "parent": [""] * len(CITIES) + [ids[city] for _, city in counties],
    }
    return {"data/units.csv": units, "data/平安月报.csv": reports}
