"""Logic rules: what must hold of several reported values together."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from typing import Literal

from pydantic import Field

from ...words.shown import in_language
from .choices import Part


class LogicRule(Part):
    """A comparison that must hold of every unit in every period, as of parts that add up to no more than their total."""

    id: str = Field(min_length=1)
    """Letters, digits, - _ and . only."""
    rule: str
    """A comparison of what is reported, by ids, names or headings: `robbery + fraud <= cases`. `previous(x)` and `year_before(x)`
    are those of an earlier period, `value(x)` is an indicator's value where that is made of what is reported."""
    severity: Literal["error", "warning"] = "error"
    """`error`: data for which it does not hold are refused; `warning`: told."""
    message: str = ""
    """What is said where it does not hold, in Chinese. Default: the rule."""
    message_en: str = ""
    """The same in English."""

    def said(self, language: str) -> str:
        """Return what is said where it does not hold, in a language or what there is of it."""
        return in_language(language, self.message, self.message_en) or self.rule
