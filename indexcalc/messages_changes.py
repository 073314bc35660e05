"""The words of findings about changes, comparisons, robustness and targets: IC780 to IC799, laid out as in `messages.py`."""

from __future__ import annotations

from typing import Literal

Row = tuple[Literal["error", "warning", "note"], str, str, str, str, str, str]

CHANGE_MESSAGES: dict[str, Row] = {
    "IC780": (
        "error",
        "{before} and {after} are not periods of one kind",
        "{before} 与 {after} 不是同一种期次",
        "compare a year with a year, a quarter with a quarter",
        "请用年比年、季比季",
        "A change is split between two periods that were scored alike.",
        "变化分解只在同一种期次之间进行。",
    ),
    "IC781": (
        "error",
        "'{one}' and '{other}' are not two periods, two files or two methods of one kind",
        "“{one}”与“{other}”不是两个期次、两个文件或两个同类方法",
        "for example: 2021 2022, or old.yaml new.yaml, or arithmetic geometric",
        "例如：2021 2022，或 old.yaml new.yaml，或 arithmetic geometric",
        "`indexcalc compare A B` sets two periods of one tree, two trees, or two methods beside each other.",
        "`indexcalc compare A B` 比较同一指标树的两期、两个指标树或两种方法。",
    ),
    "IC782": (
        "error",
        "nothing in the tree uses '{one}' or '{other}'",
        "指标树中没有使用“{one}”或“{other}”",
        "name a method that the tree uses first",
        "请先写指标树中使用的方法",
        "Two methods are compared by putting one in the place of the other, wherever the tree uses either.",
        "比较两种方法时，凡用到其中之一的地方都换成另一种。",
    ),
    "IC783": (
        "error",
        "'{method}' needs '{parameter}', which the tree does not give it",
        "“{method}”需要参数“{parameter}”，指标树中没有给出",
        "write a second tree with it and compare the two files",
        "请另写一个带该参数的指标树，比较两个文件",
        "A method takes the place of another with the parameters that both have.",
        "替换方法时只沿用两者共有的参数。",
    ),
    "IC784": (
        "error",
        "{period} has no earlier period to compare with",
        "{period} 之前没有可比较的期次",
        "name one with --from; known: {known}",
        "请用 --from 指定；已有：{known}",
        "Without `--from` a change is counted from the period right before.",
        "不写 `--from` 时与上一期比较。",
    ),
    "IC785": (
        "error",
        "{unit} has no score in {period}",
        "{unit} 在 {period} 没有得分",
        "`indexcalc explain` shows what is missing",
        "用 `indexcalc explain` 查看缺少什么",
        "A score that is not there cannot be compared, split or aimed at.",
        "没有得分就无法比较、分解或制定目标。",
    ),
}
