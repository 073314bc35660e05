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
    "fill in": ("填报", "Report"),
    "last period": ("上期数据", "Last period"),
    "nothing before": ("没有上期数据", "Nothing was reported before"),
    "definitions": ("指标说明", "Definitions"),
    "period": ("期次", "Period"),
    "department": ("部门", "Department"),
    "receipt": ("回执", "Receipt"),
    "remarks": ("备注", "Note"),
    "indicator": ("指标", "Indicator"),
    "measure": ("计量单位：", "Unit of measurement: "),
    "reported in": ("计量单位", "Reported in"),
    "used for": ("口径和用途", "Meaning and use"),
    "valid range": ("有效范围", "Valid range"),
    "denominator": ("用作其他指标的分母", "what other indicators are divided by"),
    "divided by": ("填报总数，计分时除以“{base}”（{measure}）", "report the total; it is divided by {base} ({measure})"),
    "higher is better": ("越高越好", "higher is better"),
    "lower is better": ("越低越好", "lower is better"),
    "target is better": ("接近目标值为好", "near its target is better"),
    "range is better": ("在规定区间内为好", "within its range is better"),
    "how to fill in": (
        "只填黄色单元格；没有数据请留空，指标不适用请填“不适用”。上期数据和指标说明见后两张表。",
        "Fill in the yellow cells. Leave a cell empty if there is no value; write n/a if the indicator does not apply.",
    ),
    "how to return": (
        "填好后原样保存并报送；可以添加备注、调整列序，请勿修改列名。",
        "Save and return this workbook. Notes may be added and columns moved; do not rename them.",
    ),
    "a number": ("请填数字，或“不适用”", "a number, or n/a"),
    "a number between": ("请填 {low:g} 至 {high:g} 之间的数字，或“不适用”", "a number between {low:g} and {high:g}, or n/a"),
    "verified": ("重新计算的结果与报告逐字节一致。", "Scored again: the report is the same, byte for byte."),
}


def word(key: str, language: str) -> str:
    """Return a word of the reports in a language."""
    return WORDS[key][1 if language == "en" else 0]
