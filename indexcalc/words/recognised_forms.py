"""The words that are recognised in what departments hand in, beside those of all data."""

from __future__ import annotations

DEPARTMENT_HEADINGS = ("部门", "填报单位", "填报部门", "department")
FOLLOW_HEADINGS = {  # of tables of goals and remarks, by key
    "unit": ("unit", "单位", "地区", "区", "区县", "街镇", "评价对象", "region", "district"),
    "node": ("node", "指标", "指标编号", "指标名称", "indicator"),
    "period": ("period", "期次", "年份", "年度", "年", "季度", "year"),
    "value": ("value", "目标值", "目标", "goal", "target"),
    "rank": ("rank", "目标位次", "位次"),
    "department": ("department", "责任部门", "部门", "牵头部门"),
    "kind": ("kind", "类型", "类别"),
    "text": ("text", "内容", "评语", "说明"),
    "author": ("author", "作者", "撰写人", "点评人"),
}
NUMERATORS = {"zh": "{name}的分子", "en": "{name}: numerator"}  # what is reported for a rate, where it has no name of its own
TOTALS = ("合计", "总计", "总和", "全市", "全市合计", "total", "Total", "TOTAL", "sum", "Sum")  # how a row of totals is called
