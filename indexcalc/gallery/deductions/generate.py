"""Draw a year of monthly accidents, surveys and petitions of twelve counties."""

from typing import Any

import numpy as np

SEED = 20170101
COUNTIES, MONTHS = 12, 12


def tables() -> dict[str, dict[str, Any]]:
    """Return the counties and their monthly reports."""
    random = np.random.default_rng(SEED)
    names = [f"示例{at:02}县" for at in range(1, COUNTIES + 1)]
    shape = (MONTHS, COUNTIES)
    survey = np.clip(random.normal(95.5, 2.5, COUNTIES) + random.normal(0, 1.2, shape), 80, 99.9).round(1)
    three, six = random.poisson(0.22, shape), random.poisson(0.08, shape)  # accidents by deaths
    twice, twice_six = random.binomial(three, 0.2), random.binomial(six, 0.2)  # of these repeated, or in a protected period
    reports = {
        "县": names * MONTHS,
        "月份": np.repeat([f"2017年{month}月" for month in range(1, MONTHS + 1)], COUNTIES).tolist(),
        "亡3至5人事故": three.ravel().tolist(),
        "其中翻倍亡3至5人事故": twice.ravel().tolist(),
        "亡6至9人事故": six.ravel().tolist(),
        "其中翻倍亡6至9人事故": twice_six.ravel().tolist(),
        "群众安全感": survey.ravel().tolist(),
        "越级走访批次": random.poisson(random.gamma(2, 1.5, COUNTIES), shape).ravel().tolist(),
        "亡人火灾起数": random.poisson(0.2, shape).ravel().tolist(),
        "一票否决事件": random.binomial(1, 0.02, shape).ravel().tolist(),
        "数据性质": ["模拟数据"] * (MONTHS * COUNTIES),
    }
    return {
        "data/counties.csv": {"id": [f"{at:02}" for at in range(1, COUNTIES + 1)], "name": names},
        "data/月报.csv": reports,
    }
