"""What is said of the layout of tables beside their findings: English, Chinese."""

from __future__ import annotations

INDICATORS_IN_A_COLUMN = (
    "say that the column '{0}' names the indicators: `indicator: {0}` under data",
    "请在 data 下写明“{0}”一列是指标：`indicator: {0}`",
)
INDICATORS_NOWHERE = (
    "add a column that names the indicator of each row; or give each indicator a file of its own, and a source for each file",
    "请加一列写明每行是哪一指标；或每个指标各用一个文件，并为每个文件各设一个数据源",
)
