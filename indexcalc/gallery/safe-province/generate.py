"""Draw three years of reports of Guangdong's 21 cities for both appraisals."""

from typing import Any

import numpy as np

SEED = 20230301
YEARS = (2020, 2021, 2022)
# the cities with their residents in 10,000, of about the real size
CITIES = {
    "广州市": 1875, "深圳市": 1765, "珠海市": 247, "汕头市": 553, "佛山市": 955, "韶关市": 286, "河源市": 284, "梅州市": 387, "惠州市": 606,
    "汕尾市": 268, "东莞市": 1045, "中山市": 443, "江门市": 482, "阳江市": 261, "湛江市": 700, "茂名市": 620, "肇庆市": 413, "清远市": 398,
    "潮州市": 257, "揭阳市": 560, "云浮市": 239,
}  # fmt: skip
COUNTS = {
    "越级走访批次": 0.05,
    "刑事立案数": 33,
    "电信网络诈骗立案数": 7.5,
    "生产安全事故死亡人数": 0.08,
    "道路交通事故死亡人数": 0.3,
}
RATES = {
    "矛盾纠纷调解成功率": (96.5, 1.2), "群众安全感": (96.5, 1.0), "行政诉讼败诉率": (13, 3), "行政机关负责人出庭应诉率": (85, 6),
    "法定期限内结案率": (96.5, 1.2), "执行完毕率": (46, 5), "村居法律顾问覆盖率": (96, 1.5), "法治建设满意度": (89, 2.5),
}  # fmt: skip
SAFE = 2  # so many of the rates belong to safety, the others to the rule of law


def tables() -> dict[str, dict[str, Any]]:
    """Return the cities and their yearly reports."""
    random = np.random.default_rng(SEED)
    size, shape = len(CITIES), (len(YEARS), len(CITIES))
    people = np.array(list(CITIES.values()))
    keys = {"市": list(CITIES) * len(YEARS), "年份": np.repeat(YEARS, size).tolist()}
    safe: dict[str, Any] = {**keys, "常住人口": np.tile(people, len(YEARS)).tolist()}
    law: dict[str, Any] = dict(keys)
    for name, per_ten_thousand in COUNTS.items():
        expected = people * per_ten_thousand * random.gamma(25, 1 / 25, size) * np.linspace(1.08, 0.92, len(YEARS))[:, None]
        safe[name] = random.poisson(expected).ravel().tolist()
    for at, (name, (mean, spread)) in enumerate(RATES.items()):
        values = mean + spread * (random.normal(0, 1, size) + random.normal(0, 0.5, shape))
        (safe if at < SAFE else law)[name] = np.clip(values, 0, 99.9).round(2).ravel().tolist()
    safe["重大案事件"], law["严重违法事件"] = random.binomial(1, 0.06, (2, shape[0] * size)).tolist()
    safe["数据性质"] = law["数据性质"] = ["模拟数据"] * shape[0] * size
    ids = [f"44{code:02}" for code in (1, 3, 4, 5, 6, 2, 16, 14, 13, 15, 19, 20, 7, 17, 8, 9, 12, 18, 51, 52, 53)]
    return {"data/cities.csv": {"id": ids, "name": list(CITIES)}, "data/平安年报.csv": safe, "data/法治年报.csv": law}
