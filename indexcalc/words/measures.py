"""Units of measurement in English, made of what is common in them: 次/万人 is said as times per 10,000 people."""

from __future__ import annotations

import re
from functools import lru_cache

from .recognised_measures import EACH, NUMBERS

# one of it, and more of it; empty where only what it is counted for says what a rate is of
_ENGLISH = {
    "人": ("person", "people"),
    "名": ("person", "people"),
    "人口": ("person", "people"),
    "人次": ("visit", "visits"),
    "就业人员": ("employed person", "employed people"),
    "从业人员": ("employed person", "employed people"),
    "未成年人": ("minor", "minors"),
    "老年人": ("older person", "older people"),
    "学生": ("student", "students"),
    "居民": ("resident", "residents"),
    "户": ("household", "households"),
    "车": ("vehicle", "vehicles"),
    "辆": ("vehicle", "vehicles"),
    "件": ("case", "cases"),
    "宗": ("case", "cases"),
    "案": ("case", "cases"),
    "例": ("case", "cases"),
    "起": ("incident", "incidents"),
    "次": ("time", "times"),
    "条": ("item", "items"),
    "项": ("item", "items"),
    "批": ("batch", "batches"),
    "批次": ("batch", "batches"),
    "处": ("place", "places"),
    "所": ("institution", "institutions"),
    "家": ("establishment", "establishments"),
    "栋": ("building", "buildings"),
    "床": ("bed", "beds"),
    "张": ("bed", "beds"),
    "册": ("volume", "volumes"),
    "个": ("", ""),
    "分": ("point", "points"),
    "点": ("point", "points"),
    "岁": ("year", "years"),
    "年": ("year", "years"),
    "月": ("month", "months"),
    "个月": ("month", "months"),
    "周": ("week", "weeks"),
    "天": ("day", "days"),
    "日": ("day", "days"),
    "工作日": ("working day", "working days"),
    "个工作日": ("working day", "working days"),
    "小时": ("hour", "hours"),
    "分钟": ("minute", "minutes"),
    "秒": ("second", "seconds"),
    "元": ("yuan", "yuan"),
    "美元": ("US dollar", "US dollars"),
    "克": ("gram", "grams"),
    "千克": ("kg", "kg"),
    "公斤": ("kg", "kg"),
    "吨": ("tonne", "tonnes"),
    "吨标准煤": ("tonne of standard coal", "tonnes of standard coal"),
    "毫米": ("mm", "mm"),
    "米": ("metre", "metres"),
    "千米": ("km", "km"),
    "公里": ("km", "km"),
    "平方米": ("m²", "m²"),
    "平方公里": ("km²", "km²"),
    "平方千米": ("km²", "km²"),
    "亩": ("mu", "mu"),
    "公顷": ("hectare", "hectares"),
    "立方米": ("m³", "m³"),
    "千瓦时": ("kWh", "kWh"),
    "百分点": ("percentage point", "percentage points"),
    "倍": ("times", "times"),
}
_AMOUNT = re.compile(rf"([0-9][0-9,]*)?\s*({'|'.join(sorted(NUMBERS, key=len, reverse=True))})?\s*(.*)")
_LARGE = {
    10**6: "million",
    10**8: "100 million",
    10**9: "billion",
    10**10: "10 billion",
    10**11: "100 billion",
    10**12: "trillion",
}
_JOINED = ("·", "•")


def measured_in(language: str, measure: str, english: str = "") -> str:
    """Return a unit of measurement in a language: in English its own words, or those that are made of what is common in it."""
    return measure if language != "en" else english or measure_in_english(measure)


@lru_cache(1 << 10)
def measure_in_english(measure: str) -> str:
    """Return a unit of measurement in English where all of it is common; else as it is.

    >>> measure_in_english("次/万人"), measure_in_english("条/日·百万人"), measure_in_english("人/10万未成年人")
    ('times per 10,000 people', 'items per day per million people', 'people per 100,000 minors')
    >>> measure_in_english("个/百万人"), measure_in_english("万元"), measure_in_english("%"), measure_in_english("度/千克")
    ('per million people', '10,000 yuan', '%', '度/千克')
    """
    if measure.isascii():
        return measure
    top, *below = re.split(rf"[/／]|{EACH}|{'|'.join(_JOINED)}", measure.strip())
    said = [_amount(top, alone=True), *(_amount(part, alone=False) for part in below)]
    known = [one for one in said if one is not None]
    return " per ".join(known).strip() if len(known) == len(said) else measure


def _amount(text: str, *, alone: bool) -> str | None:
    """Return a number of something in English, one of it where no number stands before it and it is not `alone`."""
    text = text.strip()
    if text.isascii() and text:
        return text
    if (own := _ENGLISH.get(text)) is not None:
        return own[1] if alone else own[0] or None
    found = _AMOUNT.fullmatch(text)
    assert found is not None  # all of it may be absent
    digits, word, rest = found.groups()
    own = _ENGLISH.get(rest)
    if own is None or not (digits or word):
        return None
    size = int((digits or "1").replace(",", "")) * NUMBERS.get(word, 1)
    return f"{_LARGE.get(size) or f'{size:,}'} {own[1]}".strip()
