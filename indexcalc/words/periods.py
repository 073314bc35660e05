"""How periods are written for people: 2022年第四季度 where ids and folders have 2022Q4."""

from __future__ import annotations

import re

from .shown import BETWEEN

_NUMBERS = {"1": "一", "2": "二", "3": "三", "4": "四"}
_HALVES = {"1": "上半年", "2": "下半年"}
_TENS = {"1": "上旬", "2": "中旬", "3": "下旬"}
_SHAPES = (  # as `periods` writes each kind
    (r"(\d{4})", lambda year: f"{year}年度"),
    (r"(\d{4})-(\d{4})", lambda first, second: f"{first}—{second}年度"),
    (r"(\d{4})H([12])", lambda year, half: f"{year}年{_HALVES[half]}"),
    (r"(\d{4})Q([1-4])", lambda year, quarter: f"{year}年第{_NUMBERS[quarter]}季度"),
    (r"(\d{4})-(\d{2})", lambda year, month: f"{year}年{int(month)}月"),
    (r"(\d{4})-(\d{2})-T([123])", lambda year, month, part: f"{year}年{int(month)}月{_TENS[part]}"),
    (r"(\d{4})-W(\d{2})", lambda year, week: f"{year}年第{int(week)}周"),
    (r"(\d{4})-(\d{2})-(\d{2})", lambda year, month, day: f"{year}年{int(month)}月{int(day)}日"),
    (r"R(\d+)", lambda number: f"第{number}轮"),
)


def period_title(period: str, language: str) -> str:
    """Return a period as people read it: in Chinese in words, in English as it is written in ids.

    >>> [period_title(one, "zh") for one in ("2022Q4", "2022", "2022-07-T1", "R3", "single")]
    ['2022年第四季度', '2022年度', '2022年7月上旬', '第3轮', 'single']
    """
    if language == "en":
        return period
    for shape, written in _SHAPES:
        if found := re.fullmatch(shape, period):
            return str(written(*found.groups()))
    return period


def with_titles(text: str) -> str:
    """Return a list of periods as ids have them with each as people read it in Chinese; what is none stays.

    >>> with_titles("2022Q4, 2022-07 等 3 项"), with_titles("no period")
    ('2022年第四季度、2022年7月等 3 项', 'no period')
    """
    parts = [one.partition(" ") for one in re.split(f"{BETWEEN['zh']}|{BETWEEN['en']}", text)]
    titled = [(period_title(one, "zh"), rest) for one, _, rest in parts]
    if all(shown == one for (shown, _), (one, _, _) in zip(titled, parts, strict=True)):
        return text
    return BETWEEN["zh"].join(f"{shown}{rest}" for shown, rest in titled)


KINDS = {
    "year": "年 year",
    "split-year": "跨年年度 split-year",
    "half-year": "半年 half-year",
    "quarter": "季 quarter",
    "month": "月 month",
    "ten-day": "旬 ten-day",
    "week": "周 week",
    "day": "日 day",
    "round": "轮次 round",
    "single": "不分期 single",
}
"""What the kinds of periods are called in Chinese, with the word that is written for them."""
