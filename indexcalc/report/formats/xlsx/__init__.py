"""Workbooks: sheets as tables, and the ranking as one in which weights can be changed."""

from .ranking import Ranking, ranking_book
from .tables import workbook

__all__ = ["Ranking", "ranking_book", "workbook"]
