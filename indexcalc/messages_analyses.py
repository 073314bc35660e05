"""The words of findings about uncertainty and sensitivity: IC750 to IC779, laid out as in `messages.py`."""

from __future__ import annotations

from typing import Literal

Row = tuple[Literal["error", "warning", "note"], str, str, str, str, str, str]

ANALYSIS_MESSAGES: dict[str, Row] = {
    "IC750": (
        "error",
        "'{node}' is no node with children, whose weights could be drawn",
        "“{node}”不是有下级的指标，没有可抽取的权重",
        "did you mean '{near}'?",
        "是否应为“{near}”？",
        "`nodes` names the index or nodes with `indicators`; their children's weights are drawn.",
        "`nodes` 填写指数或带 `indicators` 的指标，抽取的是其下级的权重。",
    ),
    "IC751": (
        "error",
        "there is nothing to draw below '{node}'",
        "“{node}”之下没有可抽取的权重",
        "leave it out of `nodes`",
        "请从 `nodes` 中去掉该指标",
        "Drawn are declared weights, two or more that are not 0. Weights computed from data are computed anew in every draw.",
        "只抽取声明的权重，且至少有两个不为 0；由数据计算的权重每次都会重新计算。",
    ),
    "IC752": (
        "error",
        "nothing is uncertain: no alternatives are declared",
        "没有声明任何不确定因素",
        "write a block `uncertainty:` into the tree, or add --weights dirichlet",
        "请在指标树中加入 `uncertainty:`，或使用 --weights dirichlet",
        "What could as well have been chosen otherwise is named in the tree or on the command line: weights, methods, errors.",
        "可作不同选择之处须在指标树或命令行中写明：权重、方法、数据误差。",
    ),
    "IC753": (
        "warning",
        "nothing takes the default of '{factor}': its alternatives change nothing",
        "没有指标使用默认的“{factor}”，备选方法不起作用",
        "",
        "",
        "Alternatives stand in for the method under `defaults:`; what names a method of its own keeps it.",
        "备选方法替换 `defaults:` 中的方法；自己写明方法的指标不受影响。",
    ),
    "IC754": (
        "warning",
        "undefined in up to {draws} of {all} draws: {nodes} ({method}; drawn: {options})",
        "{all} 次抽取中至多有 {draws} 次无法计算：{nodes}（{method}；所抽方法：{options}）",
        "leave a combination out that cannot be computed, or declare a `floor:`",
        "请去掉无法计算的组合，或设置 `floor:`",
        "Such as a value at or below 0 under a geometric mean. The draws are counted: the units have no rank in them.",
        "例如几何平均下出现不大于 0 的值。这些抽取照常计入，相关单元在其中没有位次。",
    ),
    "IC755": (
        "note",
        "stopped early: {done} of {asked} draws are done",
        "提前停止：已完成 {asked} 次中的 {done} 次",
        "",
        "",
        "What is shown comes from the draws done until then, the same as in a run of so many.",
        "所示结果来自已完成的抽取，与只抽这么多次的结果相同。",
    ),
    "IC756": (
        "error",
        "'{found}' says no way to draw weights",
        "“{found}”不是抽取权重的方式",
        "for example dirichlet, dirichlet:50, perturb:0.25",
        "例如 dirichlet、dirichlet:50、perturb:0.25",
        "After dirichlet: how near to the declared weights. After perturb: the largest change, as a share of each weight.",
        "dirichlet 之后为集中程度；perturb 之后为每个权重的最大变动比例。",
    ),
    "IC757": (
        "note",
        "{units} units are too many to compare all pairs: no places are published as tied",
        "单元共 {units} 个，数量过多，不逐对比较，不给出并列区间",
        "",
        "",
        "Pairs are compared in every draw up to 1,000 units.",
        "单元不超过 1000 个时，每次抽取都逐对比较。",
    ),
    "IC759": (
        "error",
        "{rows} is no power of 2",
        "{rows} 不是 2 的幂",
        "ask for {near} rows",
        "请改为 {near}",
        "Sobol points fill the space evenly in powers of 2; the first so many of them are drawn.",
        "索博尔点列在 2 的幂个点时分布均匀。",
    ),
}
