"""The words of reports, Chinese and English side by side."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "ranking": ("总榜", "Ranking"),
    "rank": ("位次", "Rank"),
    "score": ("得分", "Score"),
    "grade": ("等级", "Grade"),
    "group": ("分组", "Group"),
    "group rank": ("组内位次", "Rank in group"),
    "previous": ("较上期", "Since last period"),
    "year before": ("较上年同期", "Since last year"),
    "coverage": ("覆盖率", "Coverage"),
    "coverage and notes": ("覆盖与说明", "Coverage and notes"),
    "index": ("指数", "Index"),
    "warning": ("风险预警", "Risk warning"),
    "missing": ("缺失", "Missing"),
    "not applicable": ("不适用", "Not applicable"),
    "imputed": ("插补", "Imputed"),
    "cells": ("指标值", "Values"),
    "notes": ("说明", "Notes"),
    "tie": ("并列", "tie"),
    "by dimension": ("各维度", "By dimension"),
    "dimension": ("维度", "Dimension"),
    "best": ("最高", "Highest"),
    "worst": ("最低", "Lowest"),
    "warning board": ("预警维度单独成榜，不计入总指数。", "The warning dimension has its own board and stays out of the index."),
    "moved": ("与此处上一份报告相比", "Since the last report here"),
    "unmoved": ("与此处上一份报告相比，得分和位次没有变化。", "No score and no rank has moved since the last report here."),
    "weight": ("权重", "Weight"),
    "index points": ("计入总指数", "in the index"),
    "contribution": ("贡献", "Contribution"),
    "shortened": (
        "仅列前 {shown} 行，共 {all} 行；全部见 ranking.csv。",
        "The first {shown} of {all} rows; ranking.csv has all.",
    ),
    "reasons": ("原因", "Reasons"),
    "no unit": ("单元为空", "no unit"),
    "unknown unit": ("未知单元", "unknown unit"),
    "no time": ("时间为空", "no time"),
    "no such time": ("不是时间", "no such time"),
    "outside": ("不在覆盖期内", "outside the periods covered"),
    "over before it began": ("早于开始时间", "over before it began"),
    "no number": ("不是数字", "no number"),
    "unknown level": ("等级无权重", "level without a weight"),
    "repeated": ("编号重复", "repeated"),
    "verified": ("重新计算的结果与报告逐字节一致。", "Scored again: the report is the same, byte for byte."),
}


def word(key: str, language: str) -> str:
    """Return a word of the reports in a language."""
    return WORDS[key][1 if language == "en" else 0]
