"""The words that are recognised in what departments hand in, beside those of all data."""

from __future__ import annotations

DEPARTMENT_HEADINGS = ("部门", "填报单位", "填报部门", "department")
NUMERATORS = {"zh": "{name}的分子", "en": "{name}: numerator"}  # what is reported for a rate, where it has no name of its own
TOTALS = ("合计", "总计", "总和", "全市", "全市合计", "total", "Total", "TOTAL", "sum", "Sum")  # how a row of totals is called
