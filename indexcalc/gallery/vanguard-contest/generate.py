"""Draw the marks of twenty secretaries in four sessions, and of sixty cases in four categories."""

from typing import Any

import numpy as np

SEED = 20230520
SESSIONS, A_SESSION, JUDGES = 4, 5, 9
ITEMS = ("工作实绩", "思路举措", "现场表现")
CATEGORIES = {"党建引领": 15, "产业发展": 15, "乡村建设": 20, "基层治理": 10}  # cases handed in
SELECTED = {"党建引领": 10, "产业发展": 10, "乡村建设": 15, "基层治理": 5}


def tables() -> dict[str, dict[str, Any]]:
    """Return the secretaries with the judges' marks, and the cases with the marks of each stage."""
    random = np.random.default_rng(SEED)
    size = SESSIONS * A_SESSION
    names = [f"示例{at:02}镇书记" for at in range(1, size + 1)]
    session = [f"R{at // A_SESSION + 1}" for at in range(size)]
    marks = random.normal(88, 3, (size, len(ITEMS), 1)) + random.normal(0, 2, (size, len(ITEMS), JUDGES))
    marks = np.clip(marks, 60, 100).round(1).reshape(-1, JUDGES)
    contest: dict[str, Any] = {
        "书记": np.repeat(names, len(ITEMS)).tolist(),
        "场次": np.repeat(session, len(ITEMS)).tolist(),
        "项目": list(ITEMS) * size,
    }
    contest |= {f"评委{judge + 1}": marks[:, judge].tolist() for judge in range(JUDGES)}
    contest["数据性质"] = ["模拟数据"] * len(marks)
    category = [name for name, count in CATEGORIES.items() for _ in range(count)]
    cases = [f"案例{at:02}" for at in range(1, len(category) + 1)]
    selection = np.clip(random.normal(80, 6, len(cases)), 50, 99).round(1)
    shown = np.zeros(len(cases), dtype=bool)
    for name, wanted in SELECTED.items():
        own = np.array([one == name for one in category])
        shown[np.flatnonzero(own)[np.argsort(-selection[own], kind="stable")[:wanted]]] = True

    def seen(mean: float) -> list[str]:
        values = np.clip(random.normal(mean, 5, len(cases)), 60, 99).round(1)
        return [str(value) if there else "" for value, there in zip(values, shown, strict=True)]

    return {
        "data/secretaries.csv": {"id": [f"{at:02}" for at in range(1, size + 1)], "name": names, "场次": session},
        "data/评委打分.csv": contest,
        "data/cases.csv": {"id": [f"A{at:02}" for at in range(1, len(cases) + 1)], "name": cases, "group": category},
        "data/案例评分.csv": {
            "案例": cases,
            "年份": [2023] * len(cases),
            "材料遴选": selection.tolist(),
            "实地走访": seen(84),
            "评审会": seen(86),
            "数据性质": ["模拟数据"] * len(cases),
        },
    }
