"""The words of reports and of the screen, Chinese and English side by side."""

from __future__ import annotations

import re
from typing import NamedTuple

from .agreement import Phrase


class Said(NamedTuple):
    """One thing that is said, in both languages."""

    zh: str
    en: str

    def __call__(self, language: str) -> Phrase:
        """Return it in a language."""
        return Phrase(self.en if language == "en" else self.zh)


def all_in(words: type, language: str) -> dict[str, Phrase]:
    """Return the words of a class in a language, by their names."""
    return {name: said(language) for name, said in vars(words).items() if isinstance(said, Said)}


class word:  # noqa: N801 - read as `word.rank(language)`
    """Every word; one that is not here is found by the type checker."""

    ranking = Said("总榜", "Ranking")
    rank = Said("位次", "Rank")
    whole = Said("全体", "all")
    sum_of = Said("{whole}合计", "Sum of {whole}")
    mean_of_all = Said("{whole}平均", "Mean of {whole}")
    mean_of_group = Said("同组平均（{group}）", "Mean of group {group}")
    spread_of = Said("极差", "Highest less lowest")
    rank_now = Said("现位次", "Rank now")
    rank_with_the_plan = Said("改进后位次", "Rank with the plan")
    rank_in = Said("{state}位次", "Rank, {state}")
    score = Said("得分", "Score")
    grade = Said("等级", "Grade")
    group = Said("分组", "Group")
    group_rank = Said("组内位次", "Rank in group")
    rank_among = Said("{group}内位次", "Rank in {group}")
    previous = Said("较上期", "Since last period")
    since_period = Said("较{period}", "Since {period}")
    year_before = Said("较上年同期", "Since last year")
    coverage = Said("数据完整率", "Coverage")
    coverage_and_notes = Said("数据完整性", "Coverage")
    index = Said("指数", "Index")
    warning = Said("风险预警", "Risk warning")
    warning_score = Said("风险防控得分", "Risk warning")
    warning_score_help = Said(
        "“{names}”为风险防控得分：得分越高，风险越低。", "{names}: the higher the score, the lower the risk."
    )
    missing = Said("缺报", "Missing")
    not_applicable = Said("不适用", "Not applicable")
    imputed = Said("插补", "Imputed")
    cells = Said("指标数据", "Values")
    notes = Said("说明", "Notes")
    tie = Said("并列", "tie")
    by_dimension = Said("各维度", "By dimension")
    dimension = Said("维度", "Dimension")
    places_by_dimension = Said("各维度位次", "Ranks by dimension")
    best = Said("得分最高的{label}", "Highest")
    worst = Said("得分最低的{label}", "Lowest")
    warning_board = Said(
        "预警维度单独成榜，不计入总指数。", "The warning dimension has its own board and stays out of the index."
    )
    monitored = Said("监测指标", "Monitored")
    monitored_help = Said(
        "监测指标只列示数值和按数值排的位次，不计分。",
        "Monitored indicators have values and ranks by these; they are not scored.",
    )
    lowest_instead = Said("缺报，按最低分计", "missing, counted with the lowest score")
    of_both_periods = Said(
        "{sums}的增减和增长只含两期都有数值的{label}。",
        "Differences and growth of “{sums}” are of those with values in both periods.",
    )
    out_of_the_index = Said("预警维度，不计入总指数", "on the board of warnings, out of the index")
    not_scored = Said("监测指标，不计分", "monitored, not scored")
    moved = Said("与上一次计算结果相比", "Since the last report here")
    checked = Said(
        "{index}：{levels}；{units} 个{label}、{periods} 期、{files} 个文件，没有错误",
        "{index}: {dimensions} {dimensions:dimension|dimensions}, {nodes} {nodes:node|nodes} below {dimensions:it|them}, {indicators} {indicators:indicator|indicators}, "
        "{units} {units:unit|units}, {periods} {periods:period|periods}, {files} {files:file|files} – no errors",
    )
    dimensions_counted = Said("{count} 个维度", "{count} {count:dimension|dimensions}")
    nodes_counted = Said("{count} 个{level}", "{count} of {level}")
    of_the_monitored = Said("（其中监测指标 {count} 个）", " ({count} monitored)")
    beside_the_index = Said("，另设预警维度 {count} 个（{counted}）", " and {count} of warnings ({counted})")
    outcome = Said("结果运用", "Outcome")
    outcomes = Said("结果运用", "Outcomes")
    ranked_by = Said("依据指标", "By")
    periods_in_a_row = Said("连续期数", "In a row")
    documented = Said("文档中的页：zh/{page}", "page of the documentation: en/{page}")
    at_the_border = Said("并列入围", "ties at the border")
    goals = Said("目标完成情况", "Goals")
    goal_wanted = Said("目标", "Goal")
    goal_of = Said("指标", "Node")
    due_period = Said("完成期次", "By")
    goal_kind = Said("目标类型", "Of")
    goal_now = Said("现状", "Now")
    goal_course = Said("进度要求", "Needed by now")
    goal_state = Said("完成情况", "State")
    goal_reached = Said("已达到", "reached")
    goal_missed = Said("未达到", "missed")
    goal_on_course = Said("按进度", "on course")
    goal_behind = Said("落后于进度", "behind")
    goal_no_value = Said("无数值", "no value")
    goal_rule = Said(
        "完成情况：达到目标为“已达到”；到期未达到为“未达到”；未到期的，按首个有数值的期次到目标之间的直线进度衡量，不低于进度要求为“按进度”，否则为“落后于进度”。",
        "State: reached where the goal is met; missed where it is due and not met; before that, on course where what there is lies at or "
        "beyond a straight line from the first period with a value to the goal, else behind.",
    )
    unit_remarks = Said("亮点、点评与整改", "Remarks")
    remark_kind = Said("类型", "Kind")
    remark_text = Said("内容", "Text")
    remark_author = Said("作者", "Author")
    log_registered = Said(
        "#{number} {log} {period}：已登记 {rows} 行，登记时间 {at}；回执号 {receipt}",
        "#{number} {log} {period}: {rows} {rows:row|rows} registered at {at}, receipt {receipt}",
    )
    log_rows = Said("日志登记：{rows} 行，列：{columns}", "A registered log: {rows} {rows:row|rows}, columns {columns}")
    tree_imported = Said(
        "已导入指标体系：{nodes} 个上级指标、{indicators} 个末级指标",
        "Imported: {nodes} {nodes:node|nodes} and {indicators} {indicators:indicator|indicators}",
    )
    refused_with = Said(
        "{errors} 个错误，{warnings} 个提醒；未写入任何文件",
        "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings} – nothing was written",
    )
    not_passed = Said(
        "{errors} 个错误，{warnings} 个提醒", "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}"
    )
    columns_left_out = Said(
        "屏幕宽度不足，未列出：{columns}；加宽窗口或用 --json 可见全部。",
        "The screen is too narrow for: {columns}; a wider window or --json has all.",
    )
    file_absent = Said("文件不存在", "the file is not there")
    file_changed = Said("文件在写出后被改动", "the file was changed after it was written")
    file_differs = Said("重新计算得到不同的内容", "scoring again gives other bytes")
    doing_read = Said("读取数据…", "reading…")
    doing_score = Said("计分…", "scoring…")
    doing_write = Said("写报告…", "writing…")
    time_left = Said("{done} / {all}，还需 {clock}", "{done} of {all}, {clock} left")
    unmoved = Said("与上一次计算结果相比，得分和位次没有变化。", "No score and no rank has moved since the last report here.")
    weight = Said("权重", "Weight")
    definition = Said("指标解释", "Definition")
    indicators_defined = Said("指标解释", "Definitions")
    part_of = Said("所属维度", "Part of")
    kind_of_indicator = Said("指标性质", "Better")
    weight_in_per_cent = Said("总权重（%）", "Weight in the index (%)")
    direction_higher = Said("正向指标", "higher")
    direction_lower = Said("逆向指标", "lower")
    direction_target = Said("适度指标", "near the target")
    direction_range = Said("适度指标", "within the range")
    source_note = Said("数据出处", "Source of data")
    key_and_text = Said("{key}：{text}", "{key}: {text}")
    told_apart = Said("得分相同的，依次按{nodes}的得分排列位次。", "Equal scores are ranked by {nodes}, in turn.")
    setting = Said("{key}：{text}（{place}）", "{key}: {text} ({place})")
    method_note = Said("统计口径", "How it is counted")
    scaled_up = Said("（实际 {weight}）", " (in effect {weight})")
    beside = Said("（{text}）", " ({text})")
    then = Said("；", "; ")
    of_a_condition = Said("适用条件：", "applies by: ")
    index_points = Said("折合总指数", "in the index")
    effect_in_points = Said("影响总指数（分）", "in the index")
    in_points_of = Said("{number} 分", "{number}")
    contribution = Said("对上级贡献", "Contribution")
    primary = Said("首要指标", "Primary")
    adjustments = Said("加减分", "Adjustments")
    events = Said("次数", "Events")
    points = Said("分值", "Points")
    node = Said("指标", "Node")
    reason = Said("事由", "Reason")
    ceiling = Said("等级上限：{grade}", "grade at best: {grade}")
    shortened = Said(
        "仅列前 {shown} 行，共 {all} 行；全部见 {file}。",
        "The first {shown} of {all} rows; {file} has all.",
    )
    shown_alike = Said(
        "得分显示相同而位次不同的，按未修约的得分排名。",
        "Where scores are shown alike and ranks differ, ranks go by the scores before rounding.",
    )
    indicator_profiles = Said("指标数据概况", "Indicator profiles")
    profiles_help = Said(
        "偏度、峰度（超额）按类型2计算；异常值为低于下四分位数或高于上四分位数 1.5 倍四分位距以上的数值（Tukey 1977）。"
        "缺报含已插补的；统计只用报送的数值。方法见 OECD/JRC 手册（2008）和 COINr。",
        "Skewness and excess kurtosis are of type 2; values stand apart beyond 1.5 interquartile ranges from the quartiles (Tukey 1977). "
        "Missing includes what was imputed; figures are of reported values alone. After the OECD/JRC Handbook (2008) and COINr.",
    )
    to_be_treated = Said(
        "偏度绝对值不小于 2 且峰度不小于 3.5，建议做异常值处理：{indicators}",
        "Skewness is 2 or more either way and kurtosis 3.5 or more, which calls for a treatment of outliers: {indicators}",
    )
    measure_column = Said("计量单位", "Unit")
    values_there = Said("有值", "Values")
    minimum = Said("最小值", "Least")
    first_quartile = Said("下四分位数", "1st quartile")
    middle = Said("中位数", "Median")
    third_quartile = Said("上四分位数", "3rd quartile")
    maximum = Said("最大值", "Greatest")
    mean = Said("平均值", "Mean")
    skewness = Said("偏度", "Skewness")
    kurtosis = Said("峰度", "Kurtosis")
    share_of_equal_values = Said("相同值占比", "Equal values")
    stand_apart = Said("数值异常的{label}", "Outliers")
    and_more = Said("{units}等 {count} 个", "{units} and others, {count} in all")
    indicators_together = Said("指标得分的相关", "How scores of indicators go together")
    node_above = Said("上级指标", "Node above")
    correlation_above = Said("与上级的相关系数", "Correlation with it")
    goes_with_most = Said("同级中相关最高", "Goes most with")
    goes_with_least = Said("同级中相关最低", "Goes least with")
    median_rank = Said("中位位次", "Median rank")
    rank_interval = Said("位次区间（{level}）", "Ranks, {level}")
    rank_quantile = Said("位次的 {share} 分位数", "Rank, {share} quantile")
    tied_places = Said("位次不可分范围", "Not told apart")
    in_the_top = Said("进入前{k}位的概率", "In the top {k}")
    mean_score = Said("平均得分", "Mean score")
    spread = Said("标准差", "SD")
    without_a_rank = Said("无位次", "No rank")
    drawn = Said(
        "随机抽样 {draws} 次（随机种子 {seed}）；不确定因素：{inputs}",
        "{draws} {draws:draw|draws}, seed {seed}; uncertain: {inputs}",
    )
    given_sets = Said(
        "给定的权重 {draws} 套；不确定因素：{inputs}", "{draws} given {draws:set|sets} of weights; uncertain: {inputs}"
    )
    not_told_apart = Said("无法区分（第{places}位）：{units}", "cannot be told apart (places {places}): {units}")
    weights_of_nodes = Said("{count} 个上级指标的下级权重", "weights below {count} {count:node|nodes}")
    normalise = Said("无量纲化（标准化）", "normaliser")
    aggregate = Said("合成方式", "aggregation")
    treat = Said("异常值处理", "treatment of outliers")
    impute = Said("插补", "imputation")
    noise = Said("数据误差", "errors of values")
    none = Said("无", "none")
    no_choices = Said(
        "未设置不确定因素，本次不计算方法选择的影响。",
        "No alternatives are declared: what choices do is not worked out.",
    )
    choice = Said("不确定因素", "Choice")
    by_itself = Said("一阶效应", "By itself")
    with_others = Said("总效应", "With others")
    weights_below = Said("{node}的下级权重", "weights below {node}")
    what_ranks_hang_on = Said("位次变动的来源（方差贡献率）", "What moves ranks (shares of variance)")
    shift = Said(
        "平均位次变动 {shift}；随机抽样并计分 {draws} 次（随机种子 {seed}）",
        "mean rank shift {shift}; {draws} {draws:draw|draws} scored, seed {seed}",
    )
    nodes_left_out = Said("去掉一个指标", "Nodes left out")
    left_out = Said("去掉", "Left out")
    scores_without = Said("去掉一个指标后的得分", "Scores without each node")
    rank_correlation = Said("位次相关系数（Spearman）", "Rank correlation")
    mean_shift = Said("平均位次变动", "Mean shift")
    largest_shift = Said("最大变动", "Largest")
    weights_in_effect = Said("名义权重与实际影响", "Weights and what they do")
    in_effect = Said("实际影响份额", "In effect")
    linear_effect = Said("线性效应（R²）", "Linear effect")
    main_effect = Said("主效应（一阶）", "Main effect")
    weight_in_the_index = Said("总权重", "Weight in index")
    effect_on_the_index = Said("对总指数的影响", "Effect on index")
    groups = Said("同级指标之间", "Children of one node")
    children = Said("下级指标数", "Children")
    alpha = Said("克朗巴哈 α", "Cronbach's α")
    first_component = Said("第一主成分", "First component")
    largest_inflation = Said("最大方差膨胀因子（VIF）", "Largest VIF")
    condition = Said("条件数", "Condition")
    pairs = Said("需要留意的相关", "Pairs to look at")
    what = Said("类型", "What")
    other_node = Said("另一指标", "Other node")
    other_id = Said("另一指标编号", "Other id")
    correlation = Said("相关系数", "Correlation")
    redundant = Said("同级重复", "redundant")
    opposed = Said("同级相反", "opposed")
    across = Said("不同上级之间重复", "alike across nodes")
    weak = Said("与上级相关弱", "weak with its parent")
    audited = Said(
        "{columns} 列 {values} 个值，可疑 {found} 处",
        "{values} {values:value|values} in {columns} {columns:column|columns}: {found} suspicious",
    )
    template_written = Said(
        "已写入：{file}（{units} 个{label}，{columns} 列）",
        "{file}: {units} {units:unit|units}, {columns} {columns:column|columns}",
    )
    recorded = Said(
        "报送成功：{title}，已登记 {values} 个值，登记时间 {at}；回执号 {receipt}",
        "{title}: {values} {values:value|values} recorded at {at}, receipt {receipt}",
    )
    would_be_recorded = Said(
        "{title}：可登记 {values} 个值；未写入任何文件",
        "{title}: {values} {values:value|values} would be recorded; nothing is written",
    )
    ledger_unchanged = Said(
        "{ledger}：共 {submissions} 次报送，登记后均未改动；末条哈希 {hash}",
        "{ledger}: {submissions} {submissions:submission|submissions}, none changed since it was recorded; the last hash is {hash}",
    )
    submission = Said("#{number} {department} {period} {version}", "#{number} {department} {period} {version}")
    version = Said("第{number}版", "v{number}")
    log_number = Said("编号", "no.")
    log_at = Said("登记时间（北京时间）", "recorded")
    log_department = Said("部门", "department")
    log_period = Said("期次", "period")
    log_version = Said("版本", "version")
    log_by = Said("报送人", "by")
    log_file = Said("文件", "file")
    log_warnings = Said("提醒", "warnings")
    log_reason = Said("更正原因", "reason")
    reporting = Said("报送情况", "Reporting")
    reporting_state = Said("状态", "State")
    reporting_counts = Said(
        "应报 {all} 份：按时 {in_time} 份，迟报 {late} 份，未报 {missing} 份；其中更正过 {corrected} 份。",
        "{all} {all:report is|reports are} due: {in_time} in time, {late} late, {missing} not reported; {corrected} corrected since.",
    )
    due_by = Said("截止日期", "Due by")
    first_reported = Said("报送日期", "Reported on")
    in_time = Said("按时", "in time")
    corrections = Said("更正次数", "Corrections")
    late = Said("迟报 {days} 天", "{days} {days:day|days} late")
    overdue = Said("逾期未报 {days} 天", "not yet, {days} {days:day|days} overdue")
    not_yet = Said("未报（未到期）", "not yet")
    not_reported = Said("未报", "not reported")
    to_ask = Said("需核实的问题", "What to ask whom")
    every_department = Said("所有报送部门", "all that report")
    question = Said("可疑之处", "What is suspicious")
    place = Said("出处", "Where")
    of_a_source = Said("数据源 {source}", "source {source}")
    step = Said("环节", "Step")
    title = Said("名称", "Name")
    parameters = Said("参数", "Parameters")
    about = Said("说明", "About")
    shared_by_weight = Said(
        "下级过多，无法逐一组合计算，贡献只按权重分摊：{nodes}",
        "too many children for all their combinations, so that contributions are shared by weight alone: {nodes}",
    )
    rolled = Said("（连同本期共{count}期；以下为本期数据）", " (over {count} periods; below are the cells of this one)")
    rolled_year = Said("（年初以来各期；以下为本期数据）", " (since the year began; below are the cells of this period)")
    rolled_all = Said("（首期以来各期；以下为本期数据）", " (since the first period; below are the cells of this one)")
    shrunk = Said("（收缩估计，不等于填报数直接相除）", " (shrunk: not the plain ratio of what was reported)")
    lacks = Said("（缺报：{periods}）", "(missing: {periods})")
    made_without = Said("（缺报：{periods}，按其余期次推算）", "(missing: {periods}; made of the others)")
    depth = Said("层级", "Level")
    column = Said("数据列", "Column")
    reported_at = Said("出处或状态", "Where, or status")
    difference_of = Said("差", "Difference")
    least_of = Said("变动的", "Movement")
    split_in_part = Said(
        "仅分解前 {shown} 个{label}，共 {all} 个；全部请加 --all，或写明一个{label}。",
        "The first {shown} of {all} units are split; add --all for all of them, or name one.",
    )
    pairs_in_part = Said(
        "仅求前 {shown} 对位次相邻的{label}，共 {all} 对；全部请加 --all，或写明一个{label}。",
        "The first {shown} of {all} neighbouring pairs are asked about; add --all for all of them, or name a unit.",
    )
    in_csv_alone = Said("列数过多，仅见 CSV：{files}", "Too wide for this workbook, in CSV alone: {files}")
    share_of_draws = Said("占抽样次数", "Share of draws")
    places_of_units = Said("各位次的概率", "P(rank = k)")
    pairs_of_units = Said("两两比较的概率", "P(row above column)")
    is_above = Said("排在其前的概率", "is above")
    too_many_for_their_own = Said(
        "{label}共 {count} 个，超过 {most} 个，不逐个计算各{label}得分的份额。",
        "{count} units are more than {most}: the shares of each unit's own score are not worked out.",
    )
    without_indicators = Said(
        "未列 {count} 个末级指标；全部见 --json 或 --out。",
        "{count} {count:indicator is|indicators are} not shown; --json and --out have all.",
    )
    typed = Said("网页填报", "typed in the browser")
    does_not_apply = Said("不适用", "n/a")
    fill_in = Said("填报", "Report")
    earlier_periods = Said("上期和上年同期", "Earlier periods")
    date = Said("{date:%Y}年{date.month}月{date.day}日", "{date:%d %B %Y}")
    form_code = Said("表　　号：", "Form: ")
    form_authority = Said("制定机关：", "Made by: ")
    form_approval = Said("批准文号：", "Approved under: ")
    form_expires = Said("有效期至：", "Valid until: ")
    form_deadline = Said("截止时间：", "Due by: ")
    form_filler = Said("填表人：", "Filled in by: ")
    form_checker = Said("审核人：", "Checked by: ")
    form_head = Said("负责人：", "Head: ")
    form_phone = Said("联系电话：", "Phone: ")
    nothing_before = Said("没有上期和上年同期数据", "Nothing was reported before")
    definitions = Said("指标说明", "Definitions")
    period = Said("期次", "Period")
    department = Said("部门", "Department")
    receipt = Said("回执号", "Receipt")
    remarks = Said("备注", "Note")
    nature = Said("数据性质", "data_nature")
    indicator = Said("指标", "Indicator")
    measure = Said("计量单位：", "Unit of measurement: ")
    reported_in = Said("计量单位", "Reported in")
    used_for = Said("计算方法", "What it is used for")
    valid_range = Said("有效范围", "Valid range")
    denominator = Said("用作其他指标的分母", "what other indicators are divided by")
    divided_by = Said(
        "填报数量本身，系统再除以“{base}”（{measure}）", "report the number itself; it is divided by {base} ({measure})"
    )
    counted_for_a_rate = Said(
        "填报分子的数量，不填{name}本身；系统按“{heading}÷{base}{times}”计算",
        "report the number itself, not {name}, which is worked out as {heading} ÷ {base}{times}",
    )
    how_to_fill_in = Said(
        "只填黄色单元格；没有数据请留空，指标不适用请填“不适用”。上期和上年同期数据、指标说明见后两张表。",
        "Fill in the yellow cells. Leave a cell empty if there is no value; write n/a if the indicator does not apply.",
    )
    how_to_return = Said(
        "填好后原样保存并报送；可以添加备注、调整列序，请勿修改列名。",
        "Save and return this workbook. Notes may be added and columns moved; do not rename them.",
    )
    a_number = Said("请填数字，或“不适用”", "a number, or n/a")
    a_number_between = Said("请填 {low:g} 至 {high:g} 之间的数字，或“不适用”", "a number between {low:g} and {high:g}, or n/a")
    reasons = Said("原因", "Reasons")
    another_number_of_fields = Said("字段数不符", "another number of fields")
    no_unit = Said("{label}为空", "no unit")
    unknown_unit = Said("没有该{label}", "unknown unit")
    no_time = Said("时间为空", "no time")
    no_such_time = Said("不是时间", "no such time")
    outside = Said("不在覆盖期内", "outside the periods covered")
    over_before_it_began = Said("早于开始时间", "over before it began")
    no_number = Said("不是数字", "no number")
    unknown_level = Said("等级无权重", "level without a weight")
    repeated = Said("编号重复", "repeated")
    verified = Said("重新计算的结果与报告逐字节一致。", "Scored again: the report is the same, byte for byte.")
    weights = Said("权重", "Weights")
    id = Said("编号", "Id")
    ranks_as_published = Said("位次变化与{period}已发布的位次比较。", "Moves are from the ranks of {period} as published.")
    changed_since = Said(
        "位次变化与{period}已发布的位次比较；按现有数据和指标体系重新计算，该期位次已有不同。",
        "Moves are from the ranks of {period} as published; scored anew today, some of them are others.",
    )
    scored_anew = Said(
        "{period}未发布，位次变化与按现有数据重新计算的位次比较。",
        "{period} was not published: moves are from its ranks scored anew with today's data.",
    )
    of_group = Said("{key}：{value}（{by}：{group}）", "{key}: {value} ({by}: {group})")
    estimated = Said("（插补：{method}，依据 {donors}）", "(imputed by {method}, from {donors})")
    declared = Said("权重", "Weight")
    share = Said("同级占比", "Share")
    effective = Said("总权重", "Effective")
    method = Said("方法", "Method")
    of_siblings = Said("同级合计", "Sum of siblings")
    expected = Said("应为", "Expected")
    any = Said("任意", "any")
    rank_moves = Said("位次变化", "Ranks that move")
    no_rank_moves = Said("没有位次变化。", "No rank moves.")
    now = Said("现为", "Now")
    suggested = Said("建议", "Suggested")
    difference = Said("相差（百分点）", "Change (% points)")
    old = Said("原为", "Old")
    new = Said("改为", "New")
    change = Said("变动", "Change")
    trees_differ = Said("指标体系的改动", "What differs in the trees")
    change_added = Said("新增", "added")
    change_removed = Said("删除", "removed")
    change_moved = Said("移动", "moved")
    change_weight = Said("权重", "weight")
    change_definition = Said("设置", "definition")
    no_change = Said("两个文件的指标体系相同。", "The trees of the two files are the same.")
    in_beijing = Said("{at}（北京时间）", "{at} (Beijing)")
    method_ending = Said("法", "")  # of the terms of methods that are called one
    numerals = Said("一二三四五六七八九十", "123456789")
    so_many_nodes = Said("{count} 个指标", "{count} nodes")
    edit = Said("修改号", "Edit")
    when = Said("时间（北京时间）", "When")
    who = Said("操作人", "Who")
    why = Said("原因", "Why")
    no_history = Said("还没有修改记录。", "There is no history yet.")
    not_written = Said("未写入。", "Nothing is written.")
    not_written_yet = Said("未写入；加 --write 则写入指标体系文件。", "Nothing is written; --write writes it into the tree.")
    written = Said("已写入：{files}", "Written: {files}")
    expert = Said("专家", "Expert")
    group_of_experts = Said("群体（判断的几何平均）", "Group (geometric mean of judgements)")
    weights_help = Said(
        "修改浅黄色单元格中的权重；同级合计不对时显示为红色。改好后运行 indexcalc weights import。",
        "Change the weights in the yellow cells; a sum that is wrong turns red. Then run indexcalc weights import.",
    )
    judgements = Said("判断", "Judgements")
    judgements_of = Said("{node}：两两比较", "{node}: pairwise judgements")
    judgement_help = Said(
        "填写浅黄色单元格：行指标相对于列指标的重要程度。可以留空；左下部分自动取倒数。",
        "Fill in the yellow cells: how much the row outweighs the column. Cells may stay empty; the lower half fills itself.",
    )
    judgement_scale = Said(
        "1 同等 · 3 稍重要 · 5 明显重要 · 7 强烈重要 · 9 极端重要；反过来用 1/3、1/5……（Saaty 1980）",
        "1 equally · 3 moderately · 5 strongly · 7 very strongly · 9 extremely; 1/3, 1/5 … the other way (Saaty 1980)",
    )
    scale = Said("标度", "Scale")
    sums_right = Said("合计全部正确", "all sums are right")
    sums_wrong = Said("处合计不对", "sums are wrong")
    is_missing = Said("还差 {gap}", "{gap} is missing")
    is_too_much = Said("超出 {gap}", "{gap} is too much")
    as_exported = Said("导出时", "as exported")
    approximate_weight = Said("权重（近似）", "Weight (approximate)")
    approximate_ratio = Said("一致性比率 CR（近似，应低于 0.1）", "Consistency ratio (approximate; below 0.1)")
    weight_changed = Said("权重修改", "Weight changed")
    weak_points = Said("弱项", "Weak points")
    strengths = Said("优势项", "Strengths")
    places_gained = Said("位次变化", "Places")
    against_the_mean = Said("影响总指数（分）", "Against mean")
    boards_help = Said(
        "弱项、优势项：对总指数的影响和得分都超出限定值的指标（`boards`）。影响总指数：与该指标得分等于同组平均（含本{label}，简单平均）时相比，总指数多得（+）或少得（−）的分；"
        "位次变化：因此上升（↑）或下降（↓）的位次。",
        "Weak points and strengths: beyond the limits in what they cost or bring and in their scores (`boards`). Against mean: points of the index that it "
        "brings (+) or costs (−) beside a score at the mean of the group, this {label} included; places: what these gain (↑) or lose (↓).",
    )
    contribution_help = Said("对上级贡献：上一级得分中来自本指标的分。", "Contribution: what a node adds to the score above it.")
    explained_help = Said(
        "对上级贡献：上一级得分中来自本指标的分；折合总指数：总指数中来自本指标的分。",
        "Contribution: what a node adds to the score above it; in the index: what of that reaches the index.",
    )
    by_scores = Said("得分差", "by scores")
    by_gaps = Said("缺失影响", "by gaps")
    gaps_help = Said(
        "一方没有得分之处，其权重由同级其他指标分担；贡献之差分为两部分：“得分差”为双方得分之差乘以权重，“缺失影响”为由此转移的部分。",
        "Where one side has no score, siblings carry its weight; the difference of contributions is split into that of scores times weight (by scores) and what the gap shifts (by gaps).",
    )
    effort_measure_peers = Said("改进幅度（标准差倍数）", "Effort")
    effort_measure_history = Said("改进幅度（历史平均变动倍数）", "Effort")
    effort_measure_costs = Said("改进幅度（按成本）", "Effort")
    effort_help_peers = Said(
        "改进幅度：数值变动除以当期各{label}之间的标准差。",
        "Effort: how far a value moves, in standard deviations over the units of the period.",
    )
    effort_help_history = Said(
        "改进幅度：数值变动除以各{label}以往各期变动的平均值。",
        "Effort: how far a value moves, in mean changes from one period to the next.",
    )
    effort_help_costs = Said(
        "改进幅度：数值变动乘以给定的单位成本。", "Effort: how far a value moves, times the cost that was given for 1 of it."
    )
    influence_help = Said(
        "实际影响份额：在同级主效应中的份额；线性效应：与上级得分相关系数的平方；主效应、对总指数的影响：得分变动能解释上级、总指数得分方差的份额，不限于线性。",
        "In effect: its part of the siblings' main effects. Linear effect: its squared correlation with the score above. Main effect, effect on index: "
        "the share of the variance of the score above, or of the index, that it accounts for, along a curve.",
    )
    groups_help = Said(
        "α：各下级一致的程度，接近 1 为一致；第一主成分：其方差份额；最大方差膨胀因子：超过 10 表示某一下级几乎可由其他下级算出；条件数：越大越重复，超过 30 属严重。",
        "α: how far the children agree, 1 at most. First component: its share of their variance. VIF: above 10 one child is nearly made of the others. "
        "Condition: the larger, the more they repeat each other; above 30 severely.",
    )
    group_mean = Said("同组平均", "Group mean")
    places = Said("位次变化", "Places")
    shared_places = Said(
        "位次变化由各因素平均分摊，可为小数。", "Places are shared among the factors on average, and may be fractions."
    )
    against = Said("与{others}相比", "against {others}")
    mean_of = Said("{group}平均", "the mean of {group}")
    all_units = Said("全部{label}", "all units")
    adjusted = Said("调整", "Adjustments")
    earlier = Said("前", "Before")
    later = Said("后", "After")
    all = Said("合计", "In all")
    others = Said("其余 {count} 项", "{count} {count:other|others}")
    factor = Said("因素", "Factor")
    factor_own = Said("本{label}数据变动", "Own data")
    factor_peers = Said("其他{label}数据变动", "Peers' data")
    factor_weights = Said("权重变动", "Weights")
    factor_method = Said("方法变动", "Method")
    factor_structure = Said("指标体系变动", "Structure")
    factor_adjustments = Said("加减分变动", "Adjustments")
    leading = Said("主要原因", "Main cause")
    agreement = Said(
        "{count} 个{label}：位次相关系数 {spearman}（Spearman）、{kendall}（Kendall）；{moved} 个{label}位次有变化，平均变化 {shift} 位，最多 {most} 位",
        "{count} {count:unit|units}: Spearman {spearman}, Kendall {kendall}; {moved} {moved:rank differs|ranks differ}, by {shift} on average, {most} at most",
    )
    left_out_of_it = Said("未计入 {count} 个{label}：{units}", "{count} {count:unit is|units are} left out: {units}")
    without_score_in = Said("{state}没有得分：{units}", "no score in {state}: {units}")
    not_split = Said("未分解：{units}", "not split: {units}")
    in_later_units = Said(
        "{before}按 {after} 的{label}口径重新计分后比较（{units}），位次可能与当期公布的不同。",
        "{before} is scored anew with the units of {after} ({units}); ranks may differ from those published at the time.",
    )
    units_come = Said(
        "{after}新参评、{before}无可比数据：{units}。", "Scored in {after}, with nothing to compare in {before}: {units}."
    )
    units_gone = Said("{after}已不参评：{units}。", "No longer scored in {after}: {units}.")
    unit_past = Said(
        "“{unit}”{period} 之前按其构成（{units}）合并推算。",
        "Before {period}, {unit} is what {units} were together, scored anew.",
    )
    unit_renamed = Said("“{unit}”{period} 之前名为：{units}。", "Before {period}, {unit} was called {units}.")
    unit_ended = Said("{period} 之后不再参评，由{units}接替。", "Not scored after {period}; its successor: {units}.")
    lost_score = Said(
        "{state}没有得分（数据完整率 {coverage}），变化无法分解。",
        "No score in {state} (coverage {coverage}): the change cannot be split.",
    )
    not_among_units = Said("{state}没有该{label}，变化无法分解。", "Not among the units of {state}: the change cannot be split.")
    score_difference = Said("变化", "Change")
    inputs_unchanged = Said("数据未变动，报告无需更新。", "The inputs have not changed; the report is of them.")
    counted = Said("填报数", "Reported")
    unmoved_rank = Said("持平", "same")
    more = Said("增加{size}", "+{size}")
    less = Said("减少{size}", "−{size}")
    risen = Said("上升{size}%", "up {size}%")
    fallen = Said("下降{size}%", "down {size}%")
    percentage_points = Said("百分点", "percentage points")
    score_points = Said("分", "points")
    period_on_period_more = Said("环比增减", "On the period before")
    period_on_period_growth = Said("环比增长", "Growth on the period before")
    period_on_period_places = Said("较上期", "Since last period")
    year_on_year_more = Said("同比增减", "On the year before")
    year_on_year_growth = Said("同比增长", "Growth on the year before")
    year_on_year_places = Said("较上年同期", "Since the same period last year")
    on_the_year_before_more = Said("比上年增减", "On last year")
    on_the_year_before_growth = Said("比上年增长", "Growth on last year")
    on_the_year_before_places = Said("较上年", "Since last year")
    least_level = Said("只列{level}及以上。", "Only {level} and worse are listed.")
    red_alone = Said("只列红色。", "Only red is listed.")
    others_by_least = Said("其余预警请用 --least {level} 列出。", "--least {level} lists the others.")
    as_published = Said("当时公布", "As published")
    rank_as_published = Said("公布位次", "Rank as published")
    revised = Said("修订幅度", "Revised by")
    not_revised = Said("未修订", "not revised")
    published = Said("{period}的得分已留存为公布值：{log}", "The scores of {period} are kept as published in {log}")
    published_already = Said("{period}已公布，得分没有变化。", "{period} is published already; no score has changed.")
    warning_level = Said("等级", "Level")
    blue = Said("蓝色", "blue")
    yellow = Said("黄色", "yellow")
    orange = Said("橙色", "orange")
    red = Said("红色", "red")
    watched = Said("监测对象", "Watched")
    observed = Said("数值", "Value")
    limit = Said("预警阈值", "Limit")
    basis = Said("依据", "Basis")
    course = Said("近八期走势", "Course")
    in_a_row = Said("连续期数", "In a row")
    follows = Said("督办措施", "Follows")
    rule = Said("规则", "Rule")
    basis_thresholds = Said("固定阈值", "threshold")
    basis_quantiles = Said("本{label}历史 {limit:g}% 分位数", "{limit:g}% quantile of own history")
    basis_mean = Said("本{label}历史平均值{sign}{limit:g}倍标准差", "mean of own history {sign} {limit:g} σ")
    basis_median = Said(
        "本{label}历史中位数{sign}{limit:g}倍标准差（按绝对中位差折算）", "median of own history {sign} {limit:g} σ (MAD)"
    )
    distance = Said("与目标的距离", "distance from target")
    no_warnings = Said("没有达到{level}及以上的预警。", "No warning is {level} or worse.")
    warnings_of = Said("{level} {count}", "{level} {count}")
    not_judged = Said("未判定 {count}", "not judged {count}")
    in_a_row_of = Said("连续 {count} 期", "{count} in a row")
    events_behind = Said("事件：", "events: ")
    mostly_from = Said("主要来自", "mostly from")
    also = Said("同一事件：", "same event: ")
    and_beside = Said("{title} 等 {all} 项", "{title} and {count} more")
    and_others = Said("另有 {count} 项，见 --json", "{count} more, see --json")
    robustness = Said("稳健性", "Robustness")
    ahead = Said("在前", "Ahead")
    behind = Said("在后", "Behind")
    gap = Said("差距", "Gap")
    level = Said("{level}级指标", "Level {level}")
    reported_growth = Said("{name}{growth}", "{growth}, {name}")
    norm_l1 = Said("权重合计变动（百分点）", "in all")
    norm_max = Said("单项最大变动（百分点）", "at most")
    leaves_top = Said("跌出前{top}位", "Leaves the top {top}")
    turns_help = Said(
        "数字为总指数中的权重百分点：各项权重变动的合计（或最大一项）至少要达到多少，两{label}位次才会互换。",
        "Percentage points of weight in the index: the least that weights must move, in all or at most, to turn the order.",
    )
    turns_marks = Said(
        "没有 ≈ 的已证明最小；≈ 由搜索得到并经检验，括号内 ≥ 为已证明的下限；– 已证明限定范围内的权重都不会使位次互换；≈– 搜索没有找到。",
        "Without ≈ it is proved the smallest; ≈ was found by a search and checked, and ≥ is the bound below which there is none; – no "
        "weights within the bounds do it, which is proved; ≈– none were found.",
    )
    turning_weights = Said("使位次互换的权重", "Weights that turn it")
    target = Said("测算结果（仅供分析，不作任务分解）", "Plan")
    target_rank = Said("目标：第{rank}位", "Target: rank {rank}")
    target_score = Said("目标：{score} 分", "Target: score {score}")
    value_measure = Said("计量单位", "Measure")
    value_now = Said("现值", "Now")
    goal = Said("目标值", "Goal")
    effort = Said("改进幅度", "Effort")
    plan_least = Said("已证明为改进幅度最小的方案。", "Proved to be the least effort.")
    plan_none = Said("目标已经达到，无需改进。", "The goal is reached already: nothing has to move.")
    plan_bounded = Said(
        "经重新计分检验。任何方案的改进幅度都不低于 {bound}：本方案至多可再省 {gap}。",
        "Checked by scoring again. No plan takes less effort than {bound}: at most {gap} of this one can be saved.",
    )
    plan_searched = Said(
        "经重新计分检验；由搜索得到，未证明为改进幅度最小，可能有更省的方案。",
        "Checked by scoring again; found by a search: another plan may take less effort, as no lower bound is proved.",
    )
    plan_help = Said(
        "假定其他{label}的数据不变；各指标的改进以同组最好水平为限；全部{label}已按测算重新计分。",
        "Others' data stay as they are; no indicator goes beyond what its peers have reached; all units were scored again.",
    )
    plan_along = Said(
        "由同一填报数据得出，随之变动（改进幅度不另计）：{indicators}",
        "Made of the same reported data, so that it moves along at no effort of its own: {indicators}",
    )
    obstacles = Said("障碍因素（障碍度）", "Obstacles (share of what is lost)")
    obstacles_by_node = Said("各指标平均障碍度", "Mean obstacles by node")
    obstacles_by_period = Said("各期障碍度", "Obstacles by period")
    obstacle_shares = Said("各指标障碍度", "Obstacles by unit and node")
    obstacle_place = Said("第{place}障碍", "Obstacle {place}")
    obstacle_order = Said("障碍排序", "Order")
    lost_points = Said("与最优的差距", "Lost to the best")
    mean_share = Said("平均障碍度", "Mean share")
    usual_share = Said("障碍度", "Share")
    exact_share = Said("按实际合成分解", "Exact share")
    often_first = Said("列前 {top} 位的次数", "Among the first {top}")
    obstacles_help = Said(
        "障碍度＝权重×（最优得分－得分）占全部差距的比重，各末级指标合计为 100%。",
        "A share is weight × (best score − score) in the whole of these; those of all indicators add up to 100%.",
    )
    grades = Said("等级划分", "Grades")
    grades_by_unit = Said("各评价对象等级", "Grades by unit")
    grade_starts = Said("分界值", "Begins at")
    units_of_grade = Said("个数", "Units")
    least_score = Said("最低得分", "Least score")
    greatest_score = Said("最高得分", "Greatest score")
    graded_by = {  # noqa: RUF012 - read alone
        "break": Said(
            "按自然断点（Fisher-Jenks）划分：高于分界值的属于该等级。",
            "By natural breaks (Fisher-Jenks): scores above the bound have the grade.",
        ),
        "sd": Said(
            "按均值±标准差（n−1）划分：不低于分界值的属于该等级。",
            "By the mean and standard deviation (n − 1): from the bound on.",
        ),
        "probit": Said(
            "按秩和比的概率单位划分，只取决于次序。", "By probits of the rank-sum ratio, which depend on the order alone."
        ),
    }
    break_fit = Said("方差拟合优度 {fit:.4f}。", "Goodness of variance fit {fit:.4f}.")
    mean_place = Said("平均秩次", "Mean place")
    share_below = Said("累计频率", "Share up to it")
    probit = Said("概率单位", "Probit")
    fitted_score = Said("回归估计值", "Fitted score")
    probit_help = Said(
        "平均秩次由低到高；最高者的累计频率取 1 − 1/(4n)；概率单位为 5 加标准正态离差。",
        "Places from the lowest, ties sharing the mean; the highest has the share 1 − 1/(4n); a probit is 5 plus the normal deviate.",
    )
    probit_line = Said("得分对概率单位的回归（相同得分计一次）", "Regression of scores on probits (a row each different score)")
    intercept = Said("截距", "Intercept")
    slope = Said("斜率", "Slope")
    r_squared = Said("R²", "R²")
    f_value = Said("F 值", "F")
    different_scores = Said("得分个数（相同的计一次）", "Different scores")
    memberships = Said("模糊综合评价（隶属度）", "Fuzzy evaluation (memberships)")
    memberships_by_node = Said("各指标隶属度", "Memberships by node")
    fuzzy_help = Said(
        "隶属度由权重按算子 {operator} 逐级合成，并折算为合计 1；得分为隶属度乘各等级分值。",
        "Memberships come together by weights ({operator}) and add up to 1; the score is memberships times the points of grades.",
    )
    ellipse = Said("标准差椭圆与重心迁移", "Standard deviational ellipse and the centre's path")
    centre_x = Said("重心横坐标", "Centre x")
    centre_y = Said("重心纵坐标", "Centre y")
    semi_major = Said("长半轴", "Semi-major axis")
    semi_minor = Said("短半轴", "Semi-minor axis")
    azimuth = Said("方位角（°）", "Azimuth (°)")
    ellipse_area = Said("面积", "Area")
    centre_moved = Said("重心移动距离", "Moved")
    moved_towards = Said("移动方向（°）", "Towards (°)")
    ellipse_help = Said(
        "以得分为权重；方位角自正北顺时针；坐标为经纬度时，长度为公里。",
        "Weighed by scores; azimuths clockwise from north; lengths are kilometres where coordinates are degrees.",
    )
    log_of_first = Said("期初得分的对数", "Logarithm of the first score")
    growth_of_logs = Said("每期增长（对数）", "Growth per period (logarithms)")
    path_of_centre = Said("重心轨迹", "Path of the centre")
    kilometres = Said("（公里）", "(km)")
    east = Said("向东", "East")
    north = Said("向北", "North")
    beside_print = Said("与公布结果对照", "Beside the published table")
    column_in_print = Said("公布表的列", "Published column")
    compared_cells = Said("对照个数", "Compared")
    as_printed = Said("一致个数", "Agree")
    largest_difference = Said("最大差值", "Largest difference")
    as_printed_help = Said(
        "得分之差不超过公布值末位的一半即为一致；位次须相同。",
        "Scores agree within half of the last place in print; ranks where they are the same.",
    )
    strangers_in_print = Said("未能识别：{names}", "Not recognised: {names}")
    all_as_printed = Said("全部与公布结果一致。", "Everything agrees with what was published.")
    not_as_printed = Said("不一致的数值", "Where they differ")
    own_number = Said("本次计算", "Computed")
    number_in_print = Said("公布值", "Published")
    difference_from_print = Said("差值", "Difference")
    no_exact_obstacles = Said(
        "指标体系的合成方法（比较、公式、再次标准化、修约或加减分）没有可逐级分解的差距，只列通用模型。",
        "The tree compares units, has formulas, or normalises, rounds or adjusts nodes: there is no exact loss, so the usual model stands alone.",
    )
    differences = Said("差异及其分解", "Differences and their parts")
    differences_of_groups = Said("各组差异", "Differences within each group")
    differences_between_groups = Said("两组之间的基尼系数", "Gini between two groups")
    units_there = Said("有得分的数量", "With a score")
    theil = Said("泰尔指数", "Theil T")
    gini = Said("基尼系数", "Gini")
    variation = Said("变异系数", "CV")
    variation_of_sample = Said("变异系数（n − 1）", "CV (n − 1)")
    between = Said("组间（{by}）", "Between ({by})")
    within_groups = Said("组内", "Within")
    net_between = Said("组间净值", "Net between")
    overlap = Said("超变密度", "Overlap")
    contribution_share = Said("对总差异的贡献率", "Share of the whole")
    other_group = Said("另一分组", "Other group")
    affluence = Said("相对富裕度", "Relative affluence")
    differences_help = Said(
        "泰尔指数＝各层组间＋组内；基尼系数（Dagum）＝组内＋组间净值＋超变密度，相加无余数。",
        "Theil's index is what lies between the groups of each level and within them, Gini's (Dagum) its three parts: they add up exactly.",
    )
    no_differences = Said(
        "–：有得分低于 0，或得分合计不高于 0，无法计算。", "–: a score is below 0, or their sum is not above 0: undefined."
    )
    sigma_convergence = Said("σ 收敛", "σ convergence")
    log_deviation = Said("对数标准差", "SD of logarithms")
    beta_convergence = Said("β 收敛", "β convergence")
    effects = Said("模型", "Model")
    effects_cross_section = Said("截面（首末两期）", "Cross-section, first to last")
    effects_unit = Said("面板，个体固定效应", "Panel, unit effects")
    effects_unit_and_period = Said("面板，个体和时间固定效应", "Panel, unit and period effects")
    given_columns = Said("条件列", "Given")
    conditional_columns = Said("条件列的系数", "Coefficients of what is given")
    coefficient = Said("系数", "Coefficient")
    standard_error = Said("标准误", "Error")
    observations = Said("观测数", "Rows")
    speed = Said("收敛速度", "Speed")
    half_life = Said("半衰期（期）", "Half-life (periods)")
    beta_help = Said(
        "β 小于 0 为收敛；标准误为普通最小二乘的常规标准误。",
        "β below 0: scores converge. Errors are the conventional ones of least squares.",
    )
    controls_help = Said(
        "条件列取每一步起始期的值，指标取指标值，上级指标取得分；–：与个体效应或其他列共线，未列入。",
        "What is given counts as at the start of a step, indicators by their values, other nodes by their scores. –: it says nothing beside effects of units or other columns, and is left out.",
    )
    kernel_density = Said("核密度", "Kernel density")
    density = Said("核密度曲线", "Densities")
    bandwidth = Said("带宽", "Bandwidth")
    peaks = Said("峰数", "Peaks")
    highest_peak = Said("主峰得分", "Highest at")
    peak_height = Said("主峰高度", "Its density")
    kernel_help = Said("高斯核，带宽 {rule}；曲线见 --out。", "Gaussian kernel, bandwidth {rule}; --out has the curves.")
    bandwidth_silverman = Said("0.9 min(s, IQR/1.34) n^(−1/5)（Silverman）", "0.9 min(s, IQR/1.34) n^(-1/5) (Silverman)")
    bandwidth_normal = Said("1.06 s n^(−1/5)", "1.06 s n^(-1/5)")
    bandwidth_given = Said("由用户给定", "as given")
    markov = Said("马尔可夫转移概率", "Moves between classes (Markov)")
    class_of_neighbours = Said("邻域所处档次", "Neighbours in")
    class_now = Said("本期档次", "Class")
    class_then = Said("下期档次", "Class a period later")
    moves = Said("转移次数", "Moves")
    all_moves = Said("全部", "all")
    in_the_end = Said("稳态分布", "In the end")
    moves_help = Said(
        "档次按各期合并的分位数划分，1 为最低；分界：{cuts}（等于分界的归入较低一档）。",
        "Classes are quantiles of all periods together, 1 the lowest, cut at {cuts}; a score at a cut is in the lower.",
    )
    moves_test = Said(
        "转移与邻域无关的检验：χ² = {chi2}，自由度 {freedom}，p = {p}。",
        "Moves do not depend on neighbours: χ² = {chi2}, {freedom} degrees of freedom, p = {p}.",
    )
    space = Said("空间自相关", "Neighbours alike (Moran, Geary)")
    local_space = Said("局部空间自相关", "Each unit among its neighbours")
    expected_by_chance = Said("期望值", "Expected")
    p_of_permutations = Said("p（随机置换，单侧）", "p, permutations, one-tailed")
    p_of_randomisation = Said("p（随机化假设，双侧）", "p, randomisation, two-sided")
    mean_of_neighbours = Said("邻域平均", "Neighbours' mean")
    local_moran = Said("局部 Moran I", "Local Moran I")
    quadrant = Said("象限", "Quadrant")
    high_high = Said("高高集聚", "high among high")
    high_low = Said("高低异常", "high among low")
    low_high = Said("低高异常", "low among high")
    low_low = Said("低低集聚", "low among low")
    not_significant = Said("不显著", "n.s. not significant")
    not_significant_on_a_map = Said("不显著", "n.s.")
    without_neighbours = Said("没有邻域：{units}。", "Without neighbours: {units}.")
    space_help = Said(
        "权重矩阵{how}；没有邻域或没有得分的{label}不计入。",
        "Weights of neighbours {how}; units without neighbours or a score are left out.",
    )
    weights_standardised = Said("按行标准化", "add up to 1 in a row")
    weights_as_they_are = Said("未标准化", "are not standardised")
    plan_moves = Said("位次因此改变：{units}", "Ranks that change with it: {units}")


def word_of(name: str, language: str) -> str:
    """Return the word for something that has a name in the program: a level, a factor, a kind of change."""
    said: Said = vars(word)[re.sub(r"\W+", "_", name.lower())]
    return said(language)
