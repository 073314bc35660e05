"""What every answer is: a dataclass with its fields, a table of them, and a view for notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from ..findings import Language, spoken

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Result:
    """An answer to a question."""

    def frame(self, language: Language = "zh") -> pd.DataFrame:
        """Return the answer as a tidy table: ids, and beside them names in a language; its fields in a row, where that is all."""
        del language
        import pandas as pd

        return pd.DataFrame([vars(self)])

    def _repr_html_(self) -> str:
        """Return the table as a notebook shows it, with names in the language of the locale."""
        table = self.frame(spoken()).to_html(index=False, escape=True, na_rep="")
        return f"<h4>{escape(type(self).__name__)}</h4>{table}"
