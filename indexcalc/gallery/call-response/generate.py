"""Draw 50,000 work orders of a year, called by communities of seventeen streets and answered by twelve departments."""

from typing import Any

import numpy as np

SEED = 20220101
ORDERS, STREETS, COMMUNITIES, DEPARTMENTS = 50_000, 17, 120, 12
PROBLEMS = ("小问题", "大问题", "复杂问题")
LEVELS = ("网格", "社区", "街道", "区")
# how often a problem of each kind is settled at each level
SETTLED = ((0.82, 0.12, 0.05, 0.01), (0.25, 0.5, 0.19, 0.06), (0.05, 0.2, 0.5, 0.25))


def tables() -> dict[str, dict[str, Any]]:
    """Return the streets with their communities, the departments and the work orders."""
    random = np.random.default_rng(SEED)
    street_of = np.sort(np.concatenate([np.arange(STREETS), random.integers(0, STREETS, COMMUNITIES - STREETS)]))
    streets, communities = (
        [f"示例{at + 1:02}街道" for at in range(STREETS)],
        [f"示例{at + 1:03}社区" for at in range(COMMUNITIES)],
    )
    departments = [f"示例部门{at + 1:02}" for at in range(DEPARTMENTS)]
    units = {
        "id": [*(f"S{at + 1:02}" for at in range(STREETS)), *(f"C{at + 1:03}" for at in range(COMMUNITIES))],
        "name": [*streets, *communities],
        "level": ["街道"] * STREETS + ["社区"] * COMMUNITIES,
        "parent": [""] * STREETS + [f"S{at + 1:02}" for at in street_of],
    }
    caller = random.choice(COMMUNITIES, ORDERS, p=random.dirichlet(np.full(COMMUNITIES, 20.0)))
    answers = random.choice(DEPARTMENTS, ORDERS, p=random.dirichlet(np.full(DEPARTMENTS, 8.0)))
    skill = random.normal(0, 1, STREETS)[street_of][caller] + random.normal(0, 1, DEPARTMENTS)[answers]
    called = np.datetime64("2022-01-01T00:00") + np.sort(random.integers(0, 365 * 24 * 60, ORDERS))
    problem = random.choice(3, ORDERS, p=(0.6, 0.3, 0.1))
    level = (random.random(ORDERS)[:, None] > np.cumsum(SETTLED, axis=1)[problem][:, :3] + 0.02 * skill[:, None]).sum(axis=1)
    hours = (random.lognormal(3.2, 0.6, ORDERS) * (1 + 0.6 * level) * np.exp(-0.08 * skill)).round(0).astype(int)
    closed = (called + hours * 60).astype(str)
    is_open = (called + hours * 60 > np.datetime64("2023-01-01")) | (random.random(ORDERS) < 0.004)
    solved = random.random(ORDERS) < 0.93 + 0.012 * skill
    orders = {
        "工单编号": [f"W{at + 1:06}" for at in range(ORDERS)],
        "社区": [communities[at] for at in caller],
        "责任部门": [departments[at] for at in answers],
        "问题类型": [PROBLEMS[at] for at in problem],
        "呼叫时间": [one.replace("T", " ") for one in called.astype(str)],
        "响应小时": (random.gamma(2, 0.45, ORDERS) * np.exp(-0.05 * skill)).round(1).tolist(),
        "未响应次数": random.choice(5, ORDERS, p=(0.955, 0.03, 0.0125, 0.002, 0.0005)).tolist(),
        "办结时限": [one.replace("T", " ") for one in (called + np.array([72, 120, 240])[problem] * 60).astype(str)],
        "办结时间": ["" if still else one.replace("T", " ") for one, still in zip(closed, is_open, strict=True)],
        "办结层级": ["" if still else LEVELS[at] for at, still in zip(level, is_open, strict=True)],
        "办理结果": ["" if still else "已解决" if good else "已解释" for good, still in zip(solved, is_open, strict=True)],
        "数据性质": ["模拟数据"] * ORDERS,
    }
    return {
        "data/units.csv": units,
        "data/departments.csv": {"id": [f"D{at + 1:02}" for at in range(DEPARTMENTS)], "name": departments},
        "data/工单.csv": orders,
    }
