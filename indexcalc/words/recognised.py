"""The words that are recognised in the tree's files, and what stands where nothing is said."""

from __future__ import annotations

UNIT_LABEL = "评价对象"
NOT_APPLICABLE = ("n/a", "不适用")
