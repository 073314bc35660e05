"""The words of the page of the index itself, beside those that it shares with reports."""

from __future__ import annotations

from .reports import Said


class framework:  # noqa: N801 - read as `framework.sources(language)`
    """Every word of the page of the index that no report has."""

    title = Said("指标体系说明", "The index itself")
    about = Said(
        "指标体系的结构、权重、指标解释、数据源和每项设置的出处，以及所选{label}从原始单元格到总指数的来历。由指标体系文件生成。",
        "The tree with its weights, what each node means, where values come from, from which line of the file each setting comes, and "
        "one unit followed from the reported cells to the index. Made from the tree's file.",
    )
    to_report = Said("本期报告", "The report")
    from_report = Said(
        "指标体系说明页：逐项指标的解释、设置出处与数据来历", "The index itself: what each node means, and where it comes from"
    )
    tree = Said("指标体系", "Tree")
    search = Said("搜索指标、部门、数据源或公式", "Search nodes, departments, sources, formulas")
    found = Said("找到 {count} 项", "{count} found")
    open_all = Said("展开全部设置", "Open all settings")
    close_all = Said("收起全部设置", "Close all settings")
    share = Said("总权重", "of the index")
    weight = Said("权重", "weight")
    formula = Said("公式", "Formula")
    settings = Said("设置及出处", "Settings, and where they come from")
    setting = Said("设置", "Setting")
    value = Said("取值", "Value")
    comes_from = Said("出处", "From")
    own = Said("本项 {place}", "its own, {place}")
    from_defaults = Said("上级或默认设置 {place}", "from above, {place}")
    built_in = Said("软件默认", "built in")
    blocks = Said("全局设置", "Settings of the whole")
    sources = Said("数据源", "Sources")
    source = Said("数据源", "Source")
    kind = Said("类型", "Kind")
    path = Said("文件", "File")
    used_by = Said("所供指标和分母", "Indicators and denominators")
    unit_table = Said("评价对象名单", "table of units")
    event_log = Said("事件日志", "log of events")
    ledger = Said("报送台账", "ledger")
    tables = Said("数据表", "tables")
    denominators = Said("分母", "Denominators")
    divides = Said("所除指标", "Divides")
    indicators = Said("指标数", "Indicators")
    inner = Said("非末级指标", "Nodes above the indicators")
    leaves = Said("末级指标", "Indicators")
    role = Said("用途", "Role")
    outside = Said("不计入总指数", "outside the index")
    monitored = Said("其中监测指标", "Monitored, of these")
    coverage = Said("各期数据完整率", "Coverage by period")
    lineage = Said("从单元格到总指数", "From cell to index")
    lineage_of = Said("{unit} · {period}：从单元格到总指数", "{unit} · {period}: from cell to index")
    lineage_help = Said(
        "每行一项指标：报送的单元格及其地址，由此得到的数值，无量纲化后的得分，实际权重，对上级贡献，折合总指数。各末级指标的折合总指数（有加减分的另加）合计为总得分。",
        "A row a node: the reported cells with their addresses, the value made of them, its score, its weight in effect, what it adds to "
        "the node above and to the index. The index points of all indicators, with bonuses and deductions, add up to the index.",
    )
    another = Said("{label}", "Unit")
    one_unit_alone = Said(
        "{label}数量较多，本页只列一个；其他{label}可用 indexcalc page --unit 另行生成。",
        "There are too many units for one page: this one shows one; indexcalc page --unit makes that of another.",
    )
    cells = Said("报送的单元格", "Reported cells")
    derived = Said("派生值", "Derived value")
    treated = Said("插补或处理后", "Imputed or treated")
    score = Said("得分", "Score")
    in_effect = Said("实际权重", "Weight in effect")
    contribution = Said("对上级贡献", "Adds to the node above")
    points = Said("折合总指数", "Index points")
