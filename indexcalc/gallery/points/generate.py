"""Draw a year of earned and spent points of 2,000 households; one household buys more than it has."""

from typing import Any

import numpy as np

SEED = 20220101
VILLAGES, HOUSEHOLDS, EARNINGS, TRIES = 5, 2000, 16_000, 4000
ITEMS = {"庭院三张照片": 2, "志愿服务": 2, "举报乱扔垃圾": 2, "调解邻里纠纷": 5, "评为文明户": 10}
GOODS = {"牙膏": 4, "洗衣粉": 8, "食用油": 20, "雨伞": 12}  # prices in points
OVERSPENT = 1233  # the household that buys too much, by its place
STATES = ("通过", "未通过", "待审核")


def tables() -> dict[str, dict[str, Any]]:
    """Return the villages with their households, the prices, and the two logs."""
    random = np.random.default_rng(SEED)
    home = np.arange(HOUSEHOLDS) * VILLAGES // HOUSEHOLDS
    households = [f"H{at + 1:04}" for at in range(HOUSEHOLDS)]
    villages = [f"示例{at + 1}村" for at in range(VILLAGES)]
    zeal = random.gamma(2, 0.5, HOUSEHOLDS) * random.gamma(40, 1 / 40, VILLAGES)[home]
    who = random.choice(HOUSEHOLDS, EARNINGS, p=zeal / zeal.sum())
    item = random.choice(list(ITEMS), EARNINGS, p=(0.45, 0.3, 0.2, 0.04, 0.01))
    day, state = np.sort(random.integers(0, 365, EARNINGS)), random.choice(STATES, EARNINGS, p=(0.93, 0.05, 0.02))
    balance = np.zeros(HOUSEHOLDS, dtype=int)
    buys: list[tuple[int, int, str, str]] = []
    wishes = iter(
        zip(
            np.sort(random.integers(30, 365, TRIES)),
            random.integers(0, HOUSEHOLDS, TRIES),
            random.choice(list(GOODS), TRIES),
            strict=True,
        )
    )
    when, buyer, good = next(wishes)
    for at in range(EARNINGS):  # in the order of days: nobody but one buys what is not earned yet
        while when < day[at]:
            if balance[buyer] >= GOODS[good] or buyer == OVERSPENT:
                approved = random.random() < 0.97
                balance[buyer] -= GOODS[good] if approved else 0
                buys.append((int(when), int(buyer), str(good), "通过" if approved else "待审核"))
            when, buyer, good = next(wishes, (366, 0, ""))
        balance[who[at]] += ITEMS[item[at]] if state[at] == "通过" else 0
    buys.append((364, OVERSPENT, "食用油", "通过"))
    if balance[OVERSPENT] >= 0:
        buys += [(364, OVERSPENT, "食用油", "通过")] * (int(balance[OVERSPENT]) // GOODS["食用油"])

    def date(number: int) -> str:
        return str(np.datetime64("2022-01-01") + number)

    checkers = [f"{name}管理员" for name in villages]
    return {
        "data/units.csv": {
            "id": [*(f"V{at + 1}" for at in range(VILLAGES)), *households],
            "name": [*villages, *(f"农户{one}" for one in households)],
            "level": ["村"] * VILLAGES + ["农户"] * HOUSEHOLDS,
            "parent": [""] * VILLAGES + [f"V{at + 1}" for at in home],
            "group": [""] * VILLAGES + [villages[at] for at in home],
        },
        "data/goods.csv": {"商品": list(GOODS), "积分": list(GOODS.values())},
        "data/积分登记.csv": {
            "登记号": [f"E{at + 1:05}" for at in range(EARNINGS)],
            "农户": [households[at] for at in who],
            "日期": [date(int(at)) for at in day],
            "事项": item.tolist(),
            "审核状态": state.tolist(),
            "审核人": [checkers[home[at]] for at in who],
            "数据性质": ["模拟数据"] * EARNINGS,
        },
        "data/兑换登记.csv": {
            "兑换号": [f"X{at + 1:05}" for at in range(len(buys))],
            "农户": [households[at] for _, at, _, _ in buys],
            "日期": [date(at) for at, _, _, _ in buys],
            "商品": [good for _, _, good, _ in buys],
            "积分": [GOODS[good] for _, _, good, _ in buys],
            "审核状态": [approved for *_, approved in buys],
            "审核人": [checkers[home[at]] for _, at, _, _ in buys],
            "数据性质": ["模拟数据"] * len(buys),
        },
    }
