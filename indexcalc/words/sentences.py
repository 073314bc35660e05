"""The sentences of reports: each has a rule that says when it stands, and is filled with numbers that the tables have."""

from __future__ import annotations

from .reports import Said


class sentence:  # noqa: N801 - read as `sentence.spread(language)`
    """Every sentence; none names a cause, none praises."""

    spread = Said(
        "{period}，{count}个{label}综合得分平均{mean}分；{top}最高（{high}分），{last}最低（{low}分），相差{apart}分。",
        "In {period} the {count} units average {mean}; {top} scored highest ({high}) and {last} lowest ({low}), {apart} apart.",
    )
    alike = Said("{period}，{count}个{label}综合得分均为{mean}分。", "In {period} all {count} units scored {mean}.")
    leading = Said("{first}（{score}分）居首；{next}分列其后。", "{first} ({score}) {count:is|are} first, followed by {next}.")
    leading_alone = Said("{first}（{score}分）居首。", "{first} ({score}) {count:is|are} first.")
    following = Said("其后为{next}。", "{next} {count:follows|follow}.")
    named_with_score = Said("{unit}（{score}分）", "{unit} ({score})")
    tied_with_score = Said("{unit}（均为{score}分）", "{unit} ({score} each)")
    graded = Said(
        "{count}个{label}得分在{bound}分及以上（{grade}）。", "{count} {count:unit|units} scored {bound} or more ({grade})."
    )
    moved = Said(
        "与{period}相比，平均得分{difference}；{parts}。",
        "Compared with {period} the mean {difference}; {parts}.",
    )
    moved_so = Said("{count}个{label}得分{way}", "{count} {count:unit|units} {way}")
    moved_too = Said("{count}个{way}", "{count} {way}")
    risen, fallen, unmoved_too = Said("上升", "rose"), Said("下降", "fell"), Said("持平", "unchanged")
    risen_by = Said("上升{size}分", "rose by {size}")
    fallen_by = Said("下降{size}分", "fell by {size}")
    unmoved = Said("持平", "is unchanged")
    rank_risen = Said("{unit}由第{before}位升至第{after}位。", "{unit} moved up from place {before} to {after}.")
    rank_fallen = Said("{unit}由第{before}位降至第{after}位。", "{unit} moved down from place {before} to {after}.")
    ranks_risen = Said("位次上升的有{units}。", "Moved up: {units}.")
    ranks_fallen = Said("位次下降的有{units}。", "Moved down: {units}.")
    from_place = Said("{unit}（由第{before}位至第{after}位）", "{unit} (place {before} to {after})")
    none_moved = Said("没有{label}位次升降{places}位及以上。", "No unit moved {places} {places:place|places} or more.")
    others_moved = Said("另有{count}个{label}位次升降{places}位及以上。", "{count} more moved {places} places or more.")
    not_apart = Said(
        "{units}的位次无法区分（把握程度不足{share}），其先后不宜解读。",
        "{units} cannot be told apart (in fewer than {share} of draws one is above the other): their order should not be read.",
    )
    all_apart = Said("所有相邻位次均可区分。", "All neighbours can be told apart.")
    dimension = Said(
        "{dimension}平均{mean}分{ends}；下级指标中{node}的极差最大（{range}分）。",
        "{dimension} averages {mean}{ends}; below it {node} spreads most (range {range}).",
    )
    dimension_alone = Said("{dimension}平均{mean}分{ends}。", "{dimension} averages {mean}{ends}.")
    led_by = Said("，{units}居首（{score}分）", ", led by {units} ({score})")
    last_of = Said("，{units}居末（{score}分）", ", {units} last ({score})")
    weak_point = Said(
        "弱项为{node}（{value}，同组平均{mean}）；若达到同组平均，总分增加{gain}分{place}。",
        "Weak point: {node} ({value}, group mean {mean}); at the mean the score gains {gain}{place}.",
    )
    to_place = Said("，居第{rank}位", ", place {rank}")
    same_place = Said("，位次不变", ", the rank stays")
    changed = Said("较{period}{difference}，其中{parts}。", "Compared with {period} the score {difference}: {parts}.")
    changed_whole = Said(
        "较{period}{difference}，全部为{factor}。", "Compared with {period} the score {difference}, all of it {factor}."
    )
    changed_alone = Said("较{period}{difference}。", "Compared with {period} the score {difference}.")
    part = Said("{factor}{points}分", "{factor} {points}")
    warned = Said("{count}项红色预警，涉及{units}。", "{count} red {count:warning|warnings}, in {units}.")
    lasting = Said(
        "其中{count}项连续{periods}期及以上，达到“{step}”。", "{count} of them lasted {periods} periods or more: {step}."
    )
    none_red = Said("本期无红色、橙色预警。", "There is no red or orange warning.")
    orange_alone = Said("本期无红色预警，橙色预警{count}项。", "There is no red warning; {count} {count:is|are} orange.")
    data = Said(
        "{count}个指标数据中，缺报{missing}个、不适用{inapplicable}个、插补{imputed}个。",
        "Of {count} values {missing} {missing:is|are} missing, {inapplicable} not applicable, {imputed} imputed.",
    )
    odd = Said("可疑数值{count}处，请核实。", "{count} odd {count:value|values}: please check.")
    thin = Said("数据完整率不足一半而参加排名的有{units}{floor}。", "Ranked with fewer than half of their data: {units}{floor}.")
    thin_at_floor = Said("，缺报的按最低分计", "; what is missing scores lowest")
    with_coverage = Said("{unit}（{coverage}）", "{unit} ({coverage})")
    not_ranked = Said("{units}数据完整率不足，不排名。", "{units} lack data and are not ranked.")
    adjusted = Said("{adjustment}{about}：{effects}。", "{adjustment}{about}: {effects}.")
    about = Said("（{said}）", " ({said})")
    events = Said("为{count}", " (events: {count})")
    points_on = Said("{node}计{points}分", "{node} {points}")
    whole_score = Said("总分", "the score")
    grade_at_best = Said("等级不高于“{grade}”", "the grade is at best {grade}")
    turned = Said(
        "维度权重合计变动{moved}个百分点，{above}与{below}的先后即可互换。",
        "Weights of dimensions moved by {moved} percentage points in all let {above} and {below} change places.",
    )
    tree_changed = Said(
        "本期指标体系较{period}有变：{parts}；各期按当期的指标体系计算。",
        "The tree has changed since {period}: {parts}; each period is scored by its own.",
    )
    nodes_added = Said("新增{nodes}", "new: {nodes}")
    nodes_gone = Said("取消{nodes}", "gone: {nodes}")
    weights_changed = Said("{count}个指标调整权重", "weights of {count} nodes")
    methods_changed = Said("{count}个指标调整方法", "methods of {count} nodes")
    strong_in = Said("{nodes}居前四分之一", "in the first quarter for {nodes}")
    weak_in = Said("{nodes}居后四分之一", "in the last quarter for {nodes}")
    node_and_rank = Said("{node}（第{rank}位）", "{node} (place {rank})")
    quarters = Said("{parts}。", "{parts}.")
    several_units = Said("{names}等{count}个{label}", "{names} and others ({count} units)")
    several_nodes = Said("{names}等{count}项", "{names} and others ({count})")
    and_last = Said("{names}和{last}", "{names} and {last}")
    between_parts = Said("；", "; ")
