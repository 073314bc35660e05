"""Grades: written one by one from the best down, or in short by what parts them."""

# no `from __future__ import annotations`: pydantic would compile each annotation from its text, at every start
from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ...words.grades import COORDINATION, COUPLING, LEVELS
from .choices import Number, Part

PROBITS = {3: (6.0, 4.0), 4: (6.5, 5.0, 3.5), 5: (6.8, 5.6, 4.4, 3.2)}
"""The probits from which grades by the rank-sum ratio begin, by how many grades there are."""
DEVIATIONS = {2: (0.0,), 3: (1.0, -1.0), 4: (1.0, 0.0, -1.0), 5: (1.5, 0.5, -0.5, -1.5)}
"""The standard deviations from the mean from which so many grades begin."""
SHORT = ("natural-breaks", "mean-sd", "rsr", "coordination", "coupling")
"""What grades written in short are called by."""


class Grade(Part):
    """One grade: from which score upwards, or for which share of the units; the last has no bound."""

    name: str
    """Name, in Chinese."""
    name_en: str = ""
    """Name in English."""
    from_: Number | None = Field(default=None, alias="from")
    """The score from which the grade begins."""
    top: float | None = Field(default=None, gt=0, le=1)
    """The share of units, from the best, that have this grade or a better one: 0.2 for the best fifth; in each group where
    `ranking.within` is set, unless `ranking.top_of` is `all`."""
    quantile: float | None = Field(default=None, ge=0, le=1)
    """The quantile of the period's scores above which the grade begins."""
    sd: Number | None = None
    """How many standard deviations (n - 1) above the mean of the period's scores the grade begins: 1, 0, -1."""
    probit: Number | None = None
    """The probit of the unit's place, as the rank-sum ratio has it, from which the grade begins: 6, 4."""
    break_: Literal["natural"] | None = Field(default=None, alias="break")
    """`natural`: the grade begins where the period's scores fall apart by themselves (Fisher-Jenks)."""

    def title(self, language: str) -> str:
        return (self.name_en or self.name) if language == "en" else self.name

    @property
    def bounds(self) -> dict[str, float]:
        """The bounds that it has, by their keys, each greater the better the grade."""
        said = {"from": self.from_, "quantile": self.quantile, "sd": self.sd, "probit": self.probit}
        said |= {"top": None if self.top is None else -self.top}
        return {key: bound for key, bound in said.items() if bound is not None} | ({"break": 0.0} if self.break_ else {})

    @property
    def by_score(self) -> bool:
        """Whether its score alone says whether a unit has it, or a better one: the last has no bound."""
        return self.from_ is not None or not self.bounds


def written_out(value: Any) -> Any:
    """Return grades that are written in short one by one: `coordination`, or {natural-breaks: 3, names: [high, middle, low]}.

    What is written otherwise stays as it is: that is a finding of its shape.
    """
    said = {value: 1} if value in ("coordination", "coupling") else value
    kinds = [key for key in SHORT if isinstance(said, Mapping) and key in said]
    if len(kinds) != 1 or not said.keys() <= {kinds[0], "names", "names_en", "full"}:
        return value
    kind, own = kinds[0], said[kinds[0]]
    if kind in ("coordination", "coupling"):
        return _levels(kind, said.get("full", 100))
    if isinstance(own, list) and kind == "mean-sd":
        starts: Any = own
    elif isinstance(own, int) and not isinstance(own, bool) and own > 1:
        starts = {"natural-breaks": ["natural"] * (own - 1)}.get(kind) or {"mean-sd": DEVIATIONS, "rsr": PROBITS}[kind].get(own)
    else:
        return value
    key = {"natural-breaks": "break", "mean-sd": "sd", "rsr": "probit"}[kind]
    return value if starts is None else _named(key, list(starts), said.get("names"), said.get("names_en"))


def _levels(kind: str, full: Any) -> Any:
    if not isinstance(full, int | float) or isinstance(full, bool):
        return {kind: full}
    rows = {"coordination": COORDINATION, "coupling": COUPLING}[kind]
    named = [{"name": zh, "name_en": en} for _, zh, en in rows]
    return [
        one | ({} if start is None else {"from": round(start * full, 12)}) for one, (start, *_) in zip(named, rows, strict=True)
    ]


def _named(key: str, starts: list[Any], names: Any, names_en: Any) -> Any:
    count = len(starts) + 1
    usual = LEVELS.get(count, tuple((f"{at}", f"{at}") for at in range(1, count + 1)))
    chosen = isinstance(names, list)
    zh = [str(one) for one in names] if chosen else [one for one, _ in usual]
    en = [str(one) for one in names_en] if isinstance(names_en, list) else [""] * len(zh) if chosen else [one for _, one in usual]
    bounds = [*({key: start} for start in starts), {}]
    rows = max(len(zh), count)
    return [
        {"name": zh[at] if at < len(zh) else "", "name_en": en[at] if at < len(en) else "", **(bounds[at] if at < count else {})}
        for at in range(rows)
    ]


GradesChoice = Annotated[tuple[Grade, ...], Field(strict=False), BeforeValidator(written_out)]
