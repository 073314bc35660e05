"""What a report on paper says besides its sentences and tables, Chinese and English side by side."""

from __future__ import annotations

from typing import Literal

from .reports import Said

StyleName = Literal["label", "table title", "table head", "table text", "note", "figure title"]

styles: dict[StyleName, Said] = {
    "label": Said("附件标号", "Attachment label"),
    "table title": Said("表题", "Table title"),
    "table head": Said("表头", "Table head"),
    "table text": Said("表文", "Table text"),
    "note": Said("表注", "Table note"),
    "figure title": Said("图题", "Figure title"),
}
"""The styles of a report in Word beside Word's own, as people see them there."""


class paper:  # noqa: N801 - read as `paper.overall(language)`
    """The headings and the lines between them; numbers come from tables alone."""

    title = Said("{period}监测报告", "Monitoring report, {period}")
    bulletin = Said("{period}监测情况通报", "Bulletin, {period}")
    made_by = Said("本报告由 indexcalc {version} 生成，随机种子 {seed}。", "Made by indexcalc {version}, seed {seed}.")
    bulletin_opening = Said(
        "现将{period}监测情况通报如下。本期依据{indicators}项指标{watched}的数据，涉及{units}个{label}。",
        "This bulletin is made of {indicators} {indicators:indicator|indicators}{watched} of {units} units in {period}.",
    )
    stop = Said("。", ".")
    figure = Said("图{number}", "Figure {number}")
    table = Said("表{number}", "Table {number}")
    after_number = Said("　", ". ")
    shown_in = Said("见{names}。", "See {names}.")
    template_help = Said(
        "请在 Word 或 WPS 中修改各样式的字体、字号和间距，在正文行之前加入发文机关、文号等，之后加入落款，再删去本段和以下示例。",
        "Change the styles in Word or WPS, add what stands before and after the line of the report, then delete this and the samples.",
    )
    sample = Said("样式：{style}", "Style: {style}")
    rest = Said("本页容纳不下的内容见{file}。", "What this page has no room for stands in {file}.")
    see = Said("详见{attachment}《{title}》。", "See {attachment}: {title}.")
    data = Said("数据情况：{parts}。", "Data: {parts}.")
    all_of = Said("{state}{count}项（{names}）", "{count} {state} ({names})")
    some_of = Said("{state}{count}项（{names}等）", "{count} {state} ({names} …)")
    departments = Said("各部门情况", "By department")
    ends = Said(
        "位次居前{count}位的是{first}；居后{count}位的是{last}。", "The first {count} are {first}; the last {count} are {last}."
    )
    opening = Said(
        "本报告依据{period}{indicators}项指标{watched}的数据编写，涉及{units}个{label}。",
        "This report is made of {indicators} {indicators:indicator|indicators}{watched} of {units} units in {period}.",
    )
    watched = Said("和不计入总指数的{count}项预警指标", " and {count} warning {count:indicator|indicators} outside the index")
    parts = Said("{mark}、{title}", "{mark}. {title}")
    subparts = Said("（{mark}）{title}", "{outer}.{mark} {title}")
    marks = Said("一二三四五六七八九十", "")
    overall = Said("总体情况", "Overall")
    scores = Said("综合得分", "Scores")
    moves = Said("位次变化", "Changes")
    certainty = Said("把握程度", "How sure ranks are")
    dimensions = Said("分维度情况", "By dimension")
    units = Said("各{label}情况", "By unit")
    standing = Said("得分{score}分，居第{rank}位。", "The score is {score}, place {rank}.")
    standing_tied = Said("得分{score}分，并列第{rank}位。", "The score is {score}, place {rank} (tie).")
    standing_thin = Said("数据完整率{coverage}。", "Its coverage is {coverage}.")
    not_ranked = Said("本期不排名。", "It is not ranked in this period.")
    in_attachment = Said("各{label}情况见“{file}”。", "What there is to say of each unit stands in {file}.")
    warnings = Said("风险预警", "Risk warnings")
    quality = Said("数据质量与方法", "Data and method")
    complete = Said("应报数据齐全，无缺报、不适用或插补。", "No value is missing, not applicable or imputed.")
    made = Said(
        "总指数由{count}个维度的得分合成，方法为{method}。",
        "The index is made of the scores of {count} {count:dimension|dimensions}, method: {method}.",
    )
    weights = Said(
        "各指标的权重和方向见{attachment}《{title}》。", "Weights and directions of all nodes are in {attachment}: {title}."
    )
    tree = Said("指标体系与权重", "Tree and weights")
    attachment = Said("附件{number}", "Attachment {number}")
    attachments = Said("附件：", "Attachments:")
    boards = Said("分维度得分表", "Scores by dimension")


def mark_of(number: int, language: str) -> str:
    """Return the number of a part as headings have it: in Chinese in words.

    >>> [mark_of(number, "zh") for number in (1, 10, 11, 20, 33)], mark_of(11, "en")
    (['一', '十', '十一', '二十', '三十三'], '11')
    """
    if language == "en" or number > 99:
        return str(number)
    digits = paper.marks.zh
    tens, ones = divmod(number, 10)
    ten = "" if not tens else digits[9] if tens == 1 else f"{digits[tens - 1]}{digits[9]}"
    return f"{ten}{digits[ones - 1] if ones else ''}"
