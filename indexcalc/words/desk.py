"""The words of served pages that write, and of the display on a wall; Chinese and English side by side."""

from __future__ import annotations

from .reports import Said


class desk:  # noqa: N801 - read as `desk.save(language)`
    """Every word of the pages that edit a tree, take reports, and turn by themselves."""

    edit_tree = Said("编辑指标体系", "Edit the tree")
    edit_node = Said("编辑：{title}", "Edit: {title}")
    edit_help = Said(
        "点开一个指标，修改它的参数和下级的权重；先检查、看清会改动哪些文字和位次，再写明原因保存。",
        "Open a node to change its parameters and the weights below it. Check first, see what changes in the file and in the"
        " ranks, then save with a reason.",
    )
    tree_of_nodes = Said("指标体系", "Tree of indicators")
    node = Said("指标", "Node")
    code = Said("代码", "Id")
    weight = Said("权重", "Weight")
    method = Said("方向／合成方法", "Direction or method")
    who_reports = Said("报送部门", "Department")
    node_name = Said("名称", "Name")
    node_name_en = Said("英文名称", "Name in English")
    measure = Said("计量单位", "Unit of measurement")
    direction = Said("方向", "Direction")
    find_node = Said("查找指标", "Find a node")
    own_keys = Said("本级参数", "Its own keys")
    key = Said("参数", "Key")
    value = Said("内容", "Value")
    new_key = Said("新增参数", "Another key")
    new_value = Said("新参数的内容", "Its value")
    no_new_key = Said("（不新增）", "(none)")
    in_lines = Said("此项在文件中分行书写，请在文件中修改。", "Written over several lines: change it in the file.")
    children = Said("下级指标", "Below it")
    sum_of_weights = Said("权重合计：{sum}，应为 {total}", "Weights add up to {sum}; they should to {total}")
    share_rest = Said("其余按比例分摊", "Others share the rest")
    share_rest_of = Said("{title}：其余按比例分摊", "{title}: others share the rest")
    remove = Said("删除", "Take away")
    remove_of = Said("删除 {title}", "Take {title} away")
    add_indicator = Said("新增指标", "Another indicator")
    more_keys = Said("其他参数（YAML）", "Other keys (YAML)")
    more_keys_example = Said("如 per: population, scale: 100", "such as per: population, scale: 100")
    check = Said("检查", "Check")
    preview = Said("检查并预览", "Check and preview")
    checking = Said("正在检查…", "Checking…")
    not_checked = Said("暂时无法检查，请用“检查”按钮。", "Cannot check right now: use the button.")
    nothing_found = Said("未发现问题", "Nothing found")
    so_many_found = Said(
        "错误 {errors} 处，提醒 {warnings} 处", "{errors} {errors:error|errors}, {warnings} {warnings:warning|warnings}"
    )
    found_before = Said(
        "另有 {count} 条提醒和说明在修改前已有，未列出。", "{count} warnings and notes that were there before are not shown."
    )
    nothing_changed = Said("没有改动", "Nothing is changed")
    what_changes = Said("将改动的文字", "What changes in the file")
    ranks_that_move = Said("位次变化", "Ranks that move")
    no_rank_moves = Said("位次不变。", "No rank moves.")
    moves_unknown = Said("目前无法计算位次变化。", "Which ranks move cannot be computed.")
    why = Said("修改原因", "Reason")
    by_whom = Said("操作人", "Your name")
    save = Said("保存", "Save")
    saved = Said("已保存。修改记录中有 {count} 条新记录。", "Saved: {count} {count:line|lines} in the history.")
    cannot_save = Said("有错误，不能保存。", "There are errors, so it cannot be saved.")
    look_again = Said("预览之后又有改动，请再看一遍。", "Something was changed after the preview: look once more.")
    stands_now = Said("现在是“{value}”", "now '{value}'")
    history = Said("修改记录", "History")
    back_to_tree = Said("返回指标体系", "Back to the tree")
    publish = Said("发布", "Publish")
    publish_help = Said(
        "发布：写出本期报告，并把得分和位次永久记入公布记录。再次发布同一期须说明原因。",
        "Publishing writes the period's report and keeps its scores and ranks for all time. A revision needs a reason.",
    )
    why_published = Said("修订原因（首次发布可不填）", "Reason (of a revision)")
    published = Said("已发布 {period}：{folder}", "Published {period}: {folder}")
    published_revised = Said("已发布 {period} 的修订：{folder}", "Published a revision of {period}: {folder}")
    nothing_to_publish = Said("{period} 与上次发布的相同，未重复发布。", "{period} is as it was last published.")

    submit = Said("数据报送", "Report data")
    submit_of = Said("报送：{department} · {period}", "Report: {department} · {period}")
    submit_help = Said(
        "选择期次，逐格填写，或上传填好的工作簿。", "Choose a period, then type the values or upload the workbook."
    )
    open_form = Said("打开填报表", "Open the form")
    department = Said("部门", "Department")
    who_has_reported = Said("报送情况", "Who has reported")
    ledger_log = Said("报送台账", "Ledger")
    receipt = Said("回执", "Receipt")
    receipt_number = Said("回执号", "Receipt")
    receipt_help = Said(
        "请保存回执号，日后可据此核验报送内容未被改动。", "Keep the receipt: it proves later what was acknowledged."
    )
    download_form = Said("下载填报表（xlsx）", "Download the form (xlsx)")
    last_time = Said("最近一期", "last")
    year_ago = Said("上年同期", "a year ago")
    is_of = Said("“{what}”为{period}的数值", "'{what}' is of {period}")
    passed_with = Said("可以报送，有 {warnings} 处提醒。", "It can be reported; {warnings} {warnings:warning|warnings}.")
    send_over_warnings = Said(
        "请核对提醒；确认数据无误的，再按一次“报送”。", "Look at the warnings; if all values are right, press Report once more."
    )
    must_be_reported_by = Said("截止日期：{date}", "Due {date}")
    already_reported = Said(
        "本期已报送第 {version} 版（{at}，{by}），再次报送是更正，须写明原因。",
        "Version {version} was reported ({at}, {by}): another is a correction and needs a reason.",
    )
    reason = Said("更正原因", "Reason of the correction")
    reporter = Said("报送人", "Your name")
    unproven = Said("{name}（未登录）", "{name} (not logged in)")
    unproven_help = Said("未使用登录，姓名会记为“未登录”。", "Nobody has to log in here, so the name is recorded as not proven.")
    confirm = Said(
        "仍要报送（期次尚未开始，或整列数据被清空）", "Report it though the period has not begun or a column is emptied"
    )
    send = Said("报送", "Report")
    type_values = Said("逐格填写", "Type the values")
    typed_values = Said("填报表", "Form")
    upload = Said("上传工作簿", "Upload a workbook")
    file = Said("文件", "File")
    upload_check = Said("只检查", "Check only")
    upload_send = Said("上传并报送", "Upload and report")
    nothing_wrong = Said("检查通过，可以报送。", "Nothing refuses it: it can be reported.")
    warned_then = Said("登记时的提醒", "Warnings when it was recorded")
    in_so_many_places = Said("（{count} 处）", "(in {count} places)")
    where = Said("位置", "Where")
    reported_values = Said("报送内容", "What was reported")
    to_forms = Said("返回报送页", "Back to reporting")
    correct_it = Said("更正", "Correct it")
    nothing_asked = Said("本期没有需要该部门填报的指标。", "Nothing is asked of this department in this period.")

    what_it_is = Said("口径", "What it is")
    recorded_at = Said("登记时间", "Recorded")
    unit = Said("单位", "Unit")
    before_it = Said("更正前", "Before")

    display = Said("滚动展示", "Display")
    lost = Said("连接中断，正在重新连接……显示的是 {at} 的内容", "Connection lost, trying again; this is of {at}")
    display_keys = Said("←／→ 翻页　空格暂停", "← / → turn, space stops")
    stopped = Said("已暂停", "Stopped")
    of_page = Said("{page}／{pages}", "{page} of {pages}")
    in_short = Said("本期概况", "In short")
    bar = Said("得分条形图", "Score as a bar")
    as_of = Said("更新于 {at}", "As of {at}")
    quarters = Said("近期位次", "Ranks over time")
    warnings_now = Said("预警", "Warnings")
    no_warnings = Said("本期无预警", "No warnings in this period")
