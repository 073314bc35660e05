"""The words of pages of a report beside those of its tables: headings, controls, remarks for people who cannot see pictures."""

from __future__ import annotations

from .reports import Said


class page:  # noqa: N801 - read as `page.petals(language)`
    """Every word of a page that no table has."""

    skip = Said("跳到正文", "Skip to content")
    contents = Said("目录", "Contents")
    at_a_glance = Said("要点", "At a glance")
    search = Said("搜索{label}或指标", "Search units or indicators")
    found = Said("找到 {count} 行", "{count} rows found")
    print = Said("打印", "Print")
    other_language = Said("English", "中文")
    filter_group = Said("分组", "Group")
    every_group = Said("全部分组", "All groups")
    previous_rows = Said("上一页", "Previous")
    next_rows = Said("下一页", "Next")
    rows_of = Said("第 {first}–{last} 行，共 {all} 行", "Rows {first} to {last} of {all}")
    sorted_up = Said("{column}：升序", "{column}: ascending")
    sorted_down = Said("{column}：降序", "{column}: descending")
    pin = Said("突出显示", "Highlight")
    boards = Said("分榜", "Dimensions")
    petals = Said("红棉花瓣", "Petals")
    petals_plain = Said("维度花瓣图", "Petals")
    petals_help = Said(
        "花瓣宽度为权重，长度为得分（圆心为{low}分，外圈为{high}分）；细线为中位{label}；虚线为缺报。图仅作示意，以数字为准。",
        "A petal is as wide as its weight and as long as its score (centre {low}, rim {high}); the thin line is the middle {label}, a dashed petal is missing. "
        "The numbers are what counts.",
    )
    petals_of = Said("{unit}：{scores}", "{unit}: {scores}")
    petal_score = Said("{dimension}{score}", "{dimension} {score}")
    is_missing = Said("缺", "none")
    is_below = Said("低于下限 ", "below ")
    heat = Said("{label}与二级指标", "Second level by {label}")
    heat_of_dimensions = Said("{label}与维度", "Dimensions by {label}")
    heat_help = Said("深色为得分高；“–”为缺报。", "Darker is higher; – is missing.")
    heat_shows = Said("显示", "Show")
    as_score = Said("得分", "Score")
    as_rank = Said("位次", "Rank")
    as_difference = Said("与中位数之差", "Difference from the median")
    history = Said("位次走势", "Ranks over time")
    history_of = Said("{count}个{label}{first}至{last}的位次走势", "Ranks of {count} units from {first} to {last}")
    history_help = Said("空心点为并列；断开处为未排名。", "A ring is a tie; a gap was not ranked.")
    history_help_of_many = Said(
        "空心点为并列；断开处为未排名或在第{places}位之后。",
        "A ring is a tie; a gap was not ranked or is beyond place {places}.",
    )
    certainty = Said("位次的把握程度", "How sure the ranks are")
    certainty_of = Said("{count}个{label}的位次区间（90%）", "Rank intervals (90%) of {count} units")
    certainty_help = Said(
        "横线为 90% 位次区间，圆点为公布的位次，右侧括号内的{label}无法区分。随机抽样 {draws} 次（随机种子 {seed}）：{inputs}。",
        "Lines are 90% rank intervals, dots the ranks; units within a bracket cannot be told apart. {draws} draws (seed {seed}): {inputs}.",
    )
    weights_by_share = Said("权重上下浮动 {share}", "weights up or down by {share}")
    not_run = Said("本报告未做{analysis}，可用 {command} 查看。", "{analysis} was not run for this report; {command} shows it.")
    uncertainty = Said("不确定性分析", "Uncertainty analysis")
    map = Said("分布图", "Map")
    map_of = Said("{node}分布图", "Map of {node}")
    map_shows = Said("指标", "Node")
    outline_help = Said("图形由用户提供；颜色越深得分越高。", "The outlines are the user's own; darker is higher.")
    map_help = Said(
        "方格位置只表示大致方位，不是行政区划图。", "Tiles stand roughly where units lie; this is no map of boundaries."
    )
    warning_board = Said("风险预警", "Risk warnings")
    course_of = Said("走势：{values}", "Course: {values}")
    matrix = Said("{node}：类型 × 监测维度", "{node}: types by facets")
    matrix_of_the_whole = Said("各类纠纷的平均得分（得分越高，风险越低）", "Mean scores of all (the higher, the lower the risk)")
    type = Said("类型", "Type")
    evolution = Said("指数演变", "How scores evolved")
    follow = Said("结果运用与目标", "Outcomes and goals")
    scorecards = Said("{label}记分卡", "Scorecards")
    scorecard_hint = Said(
        "{label}数量较多，不列记分卡；可用 indexcalc explain 逐个查看。",
        "There are too many units for scorecards; indexcalc explain shows one.",
    )
    of_all = Said("（共{count}个）", " of {count}")
    contributions = Said("得分构成", "What the score is made of")
    to_the_next = Said("距第{rank}位", "Behind place {rank} by")
    points = Said("{points}分", "{points}")
    plan_to = Said("达到第{rank}位的最小改进", "The least that reaches place {rank}")
    value_now = Said("现值", "Now")
    value_needed = Said("需达到", "Needed")
    score_gained = Said("总分增加", "Gain")
    plan_help = Said(
        "其他{label}数值不变；改进幅度以各{label}之间的标准差计，合计{effort}。",
        "All others' values stay; effort is counted in standard deviations between units, {effort} in all.",
    )
    tree_changed = Said("指标体系有变", "tree changed")
    difference_from_mean = Said("与平均之差", "Against the mean")
    total = Said("总指数", "Index")
    value = Said("本{label}数值", "Value")
    no_gaps = Said("数据齐全，无缺报、不适用或插补。", "No value is missing, not applicable or imputed.")
    departments = Said("责任部门", "Departments")
    department_help = Said(
        "影响分为各{label}落后于同组平均之处合计影响的总指数分值。",
        "At stake: what the units below their group's mean lose of the index, added up.",
    )
    indicators_of = Said(
        "{department}：{count}项指标，在总指数中的权重合计 {weight}", "{department}: {count} indicators, {weight} of the index"
    )
    behind = Said("落后的{label}", "Behind")
    odd = Said("可疑数值", "Odd values")
    odd_help = Said("可疑不等于错误，请核实。", "Odd is not wrong: please check.")
    at_stake = Said("影响分", "At stake")
    city = Said("{whole}重点指标", "Indicators at stake over {whole}")
    city_help = Said("按影响分由大到小排列。", "The largest first.")
    what_if = Said("权重试算", "What if")
    what_if_help = Said(
        "拖动权重，同级权重按比例分配其余部分；排名随之重新计算。结果仅供试算，公布结果不变。",
        "Move a weight: its siblings share the rest in proportion, and the ranking is made anew. What is published stays as it is.",
    )
    trial = Said("试算，非公布结果", "A trial, not what is published")
    reset = Said("恢复公布权重", "Back to the published weights")
    copy_link = Said("复制链接", "Copy the link")
    copied = Said("链接已复制", "The link is copied")
    patch = Said("导出权重补丁", "Save as a patch")
    patch_help = Said("补丁用 indexcalc weights apply 写入指标体系。", "indexcalc weights apply takes the patch.")
    trial_score = Said("试算得分", "Score")
    trial_rank = Said("试算位次", "Rank")
    published_rank = Said("公布位次", "Published rank")
    rank_change = Said("位次变化", "Change")
    score_change = Said("得分变化", "Difference")
    unmoved = Said("持平", "same")
    ranks_move = Said("{count} 个位次变化，最大 {most} 位", "{count} ranks move, by {most} at most")
    no_rank_moves = Said("位次没有变化", "No rank moves")
    sum_is = Said("合计 {sum}", "Sum {sum}")
    published_weight = Said("公布 {weight}%", "published {weight}%")
    lock = Said("锁定", "Lock")
    first_stays = Said("{low}%–{high}% 之间首位不变", "first place stays from {low}% to {high}%")
    link_too_long = Said("改动过多，无法写入链接，请导出补丁。", "Too many changes for a link: save a patch.")
    other_data = Said("链接来自另一份数据，已忽略。", "The link is of other data and was not used.")
    bad_link = Said("链接中的权重有误，已忽略。", "The weights of the link are wrong and were not used.")
    nothing_changed = Said("权重没有改动。", "No weight has been changed.")
    fixed_nodes = Said("不随权重重算：{nodes}", "Not made anew: {nodes}")
    method = Said("指标体系与方法", "Tree and method")
    method_help = Said("由指标体系文件生成。", "Made from the tree's file.")
    level = Said("层级", "Level")
    direction = Said("方向", "Direction")
    profiles = Said("指标数据概况", "Indicator profiles")
    quality = Said("数据质量", "Data quality")
    gaps = Said("缺报、不适用与插补", "Missing, not applicable, imputed")
    gaps_shown = Said("仅列前 {shown} 个，共 {all} 个；全部见 scores.csv。", "The first {shown} of {all}; scores.csv has all.")
    status = Said("状态", "Status")
    higher = Said("正向", "higher")
    lower = Said("逆向", "lower")
    target = Said("适度（目标值）", "target")
    range = Said("适度（区间）", "range")
    inputs_used = Said("输入文件", "Input files")
    made_by = Said("由 indexcalc {version} 生成；随机种子 {seed}。", "Made by indexcalc {version}; seed {seed}.")
    no_warning = Said("本期无预警。", "There is no warning.")
    filter_level = Said("预警等级", "Level")
    every_level = Said("全部等级", "All levels")
    in_table = Said("数据表", "As a table")
    pinned_at_most = Said("最多突出显示 5 个", "At most five are highlighted")
