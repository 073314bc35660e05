"""The words of the workbook of a ranking beside those of its tables: its pages, what its cells may be used for, its remarks."""

from __future__ import annotations

from .reports import Said


class book:  # noqa: N801 - read as `book.weights(language)`
    """Every word of the workbook that no table has."""

    page_of = Said("第 &P 页，共 &N 页", "Page &P of &N")
    about = Said("说明", "About")
    weights = Said("权重", "Weights")
    trial = Said("试算排名", "Trial ranking")
    leaves = Said("末级指标得分", "Indicator scores")
    nodes = Said("各级得分", "Node scores")
    covered = Said("各级数据完整率", "Node coverage")
    places = Said("位次计算", "Places")
    values = Said("指标数据", "Data")
    parts = Said("得分构成", "Contributions")
    course = Said("历期得分", "Scores over time")
    chart_of_scores = Said("得分：{node}", "Scores: {node}")
    chart_of_parts = Said("得分构成：{node}", "What scores are made of: {node}")
    chart_of_course = Said("历期得分：{node}", "Scores over time: {node}")
    chart_of_trial = Said("试算得分（按试算位次）", "Trial scores, by place")
    first_rows = Said("（前{count}位）", " (the first {count})")
    rest = Said("加减分及其他", "Adjustments and other")
    level = Said("层级", "Level")
    parent = Said("上级指标", "Parent")
    published_weight = Said("公布权重", "Published weight")
    weight = Said("试算权重", "Weight")
    share = Said("同级占比", "Share")
    in_the_index = Said("在总指数中的权重", "Weight in the index")
    siblings = Said("同级合计", "Sum of siblings")
    check = Said("核对", "Check")
    sum_is_right = Said("✓ 与公布一致", "✓ as published")
    sum_is_wrong = Said("✗ 应为 {sum}", "✗ should be {sum}")
    sum_is_free = Said("合计不限", "any sum")
    remark = Said("备注", "Remark")
    without_weights = Said("合成不用权重", "weights play no part")
    is_fixed = Said("固定：{why}", "fixed: {why}")
    partly_fixed = Said("部分固定", "partly fixed")
    below_fixed = Said("上级指标固定，改动无效", "a node above is fixed: no effect")
    weights_help = Said(
        "只改黄色单元格：排名、各级得分、位次和图随之重算。公布结果不变；“试算排名”列出公布位次与变化。",
        "Change the yellow cells alone: scores, places and charts follow. What is published stays; the trial ranking shows both.",
    )
    places_in_all = Said("等{count}处", " and on, {count} in all")
    weights_to_tree = Said(
        "要正式采用，请用 indexcalc weights set 写入指标体系。", "indexcalc weights set puts a weight into the tree."
    )
    trial_help = Said(
        "试算，非公布结果。按当前权重排序，权重改动后自动重排。",
        "A trial, not what is published: sorted by the weights as they stand, anew with every change.",
    )
    leaves_help = Said(
        "无量纲化（标准化）后的得分，按上级指标并排；空单元格为缺报，“{na}”的不计入权重。首行为试算权重。",
        "Normalised scores, side by side below their node; an empty cell is missing, “{na}” counts in no weight. The first row has the weights.",
    )
    nodes_help = Said(
        "各级指标的得分，由下级得分和试算权重按公式算出；斜纹为固定值，不随权重重算。",
        "Scores of nodes, by formulas of those below and the weights; what is hatched is fixed.",
    )
    covered_help = Said(
        "有数据部分占应有权重的比重，决定是否给出得分。", "The share of weight that has values: it decides who has a score."
    )
    places_help = Said(
        "得分由高到低排列后每一位的首个得分与位次；得分相差不超过容差的并列。",
        "Scores from the highest: the first of each place, and the place; what is no farther apart than the tolerance shares one.",
    )
    tolerance = Said("并列容差", "Tolerance")
    leader = Said("本位首个得分", "First score")
    place = Said("对应位次", "Place")
    order = Said("排序", "Order")
    points = Said("加减分", "Adjustments")
    group_number = Said("分组序号", "Group number")
    compared = Said("排位用得分", "Ranked by")
    at_the_top = Said("总指数及单列维度", "The index")
    floor = Said("最低分", "Lowest score")
    published = Said("公布结果", "Published")
    published_rank = Said("公布位次", "Published rank")
    published_score = Said("公布得分", "Published score")
    rank_change = Said("位次变化", "Change")
    score_change = Said("得分变化", "Difference")
    data_left = Said(
        "评价对象超过 {most} 个，工作簿不列指标数据；全部数据见 scores.csv。",
        "There are more than {most} units: the data are left to scores.csv, which has all.",
    )
    too_many = Said(
        "评价对象超过 {most} 个，工作簿只列数值，不含公式。",
        "There are more than {most} units: the workbook has values, no formulas.",
    )
    not_anew = Said(
        "本指数的排名不由得分单独决定（下级对象汇总、分组单列或另有排位依据），或总指数不由给定的权重算得，工作簿只列数值，不含公式。",
        "Ranks of this index go by more than scores (units below, groups alone, other nodes), or it has no given weights: values, no formulas.",
    )
    from_second_level = Said(
        "评价对象和指标较多，二级指标得分按公布值固定，可试算一、二级权重。",
        "There are many units: nodes of the second level keep their scores; weights from there upwards can be tried.",
    )
    columns_kept = Said(
        "不随试算重算的列（较上期的公布位次、按比例确定的等级等）按公布值列示。",
        "Columns that do not follow the weights (such as grades by shares of units) are as published.",
    )
    fixed_nodes = Said("不随权重重算的指标：{nodes}", "Not made anew: {nodes}")
    no_fixed_nodes = Said("所有指标均随权重重算。", "Every node is made anew.")
    why_method = Said("合成方法", "its method")
    why_formula = Said("公式", "a formula")
    why_comparison = Said("评价对象之间再比较", "units compared")
    why_weights = Said("权重由数据计算", "weights made of data")
    why_adjustment = Said("升降位次或封顶调整", "an adjustment by rank or ceiling")
    how_to_use = Said("使用方法", "How to use it")
    step_1 = Said("1. 在“{weights}”中修改黄色单元格。", "1. Change yellow cells of “{weights}”.")
    step_2 = Said(
        "2. 看“{trial}”“{ranking}”和各维度：均已重算。", "2. Look at “{trial}”, “{ranking}” and the dimensions: all follow."
    )
    step_3 = Said("3. 关闭时不保存，即恢复公布结果。", "3. Close without saving, and what is published is back.")
    colours = Said("单元格含义", "What cells mean")
    colour_input = Said("可修改的权重", "a weight that may be changed")
    colour_fixed = Said("固定值，不随权重重算", "fixed, whatever the weights")
    colour_lacking = Said("数据不完整", "not all values are there")
    contents = Said("工作表目录", "Sheets")
    made_by = Said("由 indexcalc {version} 生成。", "Made by indexcalc {version}.")
    compatible = Said(
        "公式只用 Excel 2007 起就有的函数，WPS 表格和 LibreOffice 均可打开。",
        "Formulas use functions that Excel has had since 2007; WPS and LibreOffice have them.",
    )
    input_title = Said("试算权重", "Weight")
    input_help = Said("公布权重 {weight}。", "Published: {weight}.")
