"""What a report on paper says besides its sentences and tables, Chinese and English side by side."""

from __future__ import annotations

from .reports import Said


class paper:  # noqa: N801 - read as `paper.overall(language)`
    """The headings and the lines between them; numbers come from tables alone."""

    title = Said("{index}{period}监测报告", "{index}: monitoring report, {period}")
    opening = Said(
        "本报告依据{period}{indicators}项指标的数据编写，涉及{units}个{label}。",
        "This report is made of {indicators} {indicators:indicator|indicators} of {units} units in {period}.",
    )
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
        "各指标的权重和方向见附件“指标体系与权重”。", "Weights and directions of all nodes are attached: Tree and weights."
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
