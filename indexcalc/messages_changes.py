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
    "IC786": (
        "error",
        "nodes of the tree compare units or have floors, so the ranking turns on all weights at once: {nodes}",
        "指标树中有节点比较各单元或设有最低分，排名同时取决于全部权重：{nodes}",
        "`indexcalc uncertainty` draws weights at random instead",
        "可用 `indexcalc uncertainty` 随机抽取权重",
        "The smallest change of weights is searched where a unit's score depends on its own scores and the weights alone.",
        "只有当单元得分仅取决于自身得分和权重时，才能求出最小的权重变动。",
    ),
    "IC787": (
        "error",
        "there is no rank {rank}: {count} units have a score",
        "没有第 {rank} 名：只有 {count} 个单元有得分",
        "ask for a rank from 1 to {count}",
        "请给出 1 到 {count} 之间的名次",
        "A target is a rank that a unit can have, or a score.",
        "目标应是可能取得的名次，或一个分数。",
    ),
    "IC788": (
        "error",
        "with every indicator at the best that its peers have reached, {unit} has {score} and rank {rank}",
        "即使各项指标都达到同类最好水平，{unit} 也只有 {score} 分，第 {rank} 名",
        "aim at less",
        "请降低目标",
        "A plan goes no further than what others have reached, so that it can be carried out.",
        "方案不超出同类已经达到的水平，以保证可行。",
    ),
    "IC789": (
        "error",
        "the costs cannot be read: {problem}",
        "无法读取成本表：{problem}",
        "write a CSV file with the columns indicator and cost, cost above 0",
        "请用 CSV 文件，含 indicator 和 cost 两列，成本大于 0",
        "Costs are for one unit of an indicator's measure; indicators that are not listed stay as they are.",
        "成本按指标的一个计量单位计；未列出的指标保持不变。",
    ),
}
