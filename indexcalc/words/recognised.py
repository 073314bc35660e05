"""The words that are recognised in the tree's files, and what stands where nothing is said."""

from __future__ import annotations

UNIT_LABEL = "评价对象"
NOT_APPLICABLE = ("n/a", "不适用")
KINDS_OF_PAPER = {"monitoring": "monitoring", "监测报告": "monitoring", "bulletin": "bulletin", "通报": "bulletin"}
"""What a report on paper may be called in the tree."""
PLACE_OF_TEXT = ("{{report}}", "{{正文}}")
"""The line of a Word template in whose place the report stands."""


def kind_of_paper(said: object) -> object:
    """Return what a report on paper is by what the tree calls it; what is unknown is left for a finding.

    >>> kind_of_paper("bulletin"), kind_of_paper(7)
    ('bulletin', 7)
    """
    return KINDS_OF_PAPER.get(said, said) if isinstance(said, str) else said
