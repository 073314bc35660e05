"""What every answer is: a dataclass with its fields, a table of them, and a view for notebooks."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


class Result(ABC):
    """An answer to a question."""

    @abstractmethod
    def frame(self) -> pd.DataFrame:
        """Return the answer as a tidy table, with ids beside names."""

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it."""
        return f"<h4>{escape(type(self).__name__)}</h4>{self.frame().to_html(index=False, escape=True, na_rep='')}"
