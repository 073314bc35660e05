"""The engine's rules as formulas of a workbook, in functions that Excel has had since 2007: no cell asks for a newer one.

A node's children stand side by side: X are their scores, a gap being empty and what does not apply a word, W the weights above
them. Comparisons of a whole range never fail, arithmetic on a word does: what is calculated stands inside an `IF` over the range.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ....engine.rules import REACHED, SLACK
from ....methods.ties import TOLERANCE
from ....tree.model import Missing, Round


@dataclass(frozen=True)
class Children:
    """Where the children of a node stand, of one unit: ranges of one row and as many cells each; `below` has their coverage.

    `floors` are the scores that stand in for gaps, where the node asks for that; `na` is the word of what does not apply, quoted.
    """

    scores: str
    weights: str
    na: str
    count: int
    below: str = ""
    floors: str = ""

    @property
    def there(self) -> str:
        """Which children have a score, or one in place of it."""
        own = f"ISNUMBER({self.scores})"
        return f"{own}+({self.scores}<>{self.na})*ISNUMBER({self.floors})>0" if self.floors else own

    @property
    def used(self) -> str:
        """The scores that count."""
        return f"IF(ISNUMBER({self.scores}),{self.scores},{self.floors})" if self.floors else self.scores

    @property
    def number(self) -> str:
        """How many children have a score, or one in place of it."""
        return f"SUM(IF({self.there},1,0))" if self.floors else f"COUNT({self.scores})"

    @property
    def known(self) -> str:
        """The scores that count, for functions that leave out words."""
        return f'IF({self.there},{self.used},"")' if self.floors else self.scores

    @property
    def weight(self) -> str:
        """The weight of the children that count."""
        if self.floors:
            return f"SUM(IF({self.there},{self.weights},0))"
        return f"SUMPRODUCT({self.weights},--ISNUMBER({self.scores}))"

    @property
    def mean(self) -> str:
        """The mean of the scores that count."""
        if self.floors:
            return self.mean_of(self.used)
        return f"SUMPRODUCT({self.weights},{self.scores})/{self.weight}"

    def mean_of(self, each: str) -> str:
        """Return the mean of something that is made of each score that counts: only in a formula of ranges."""
        return f"SUM(IF({self.there},{self.weights}*{each},0))/{self.weight}"

    @property
    def asked(self) -> str:
        """How many children apply."""
        return f"SUMPRODUCT(--({self.scores}<>{self.na}))"


@dataclass(frozen=True)
class Formula:
    """A formula without its sign; `ranges` says that it calculates with whole ranges, and so must be entered as such (CSE)."""

    text: str
    ranges: bool = False


def coverage(children: Children) -> Formula:
    """Return the share of the weight of what applies that had values; the word where nothing applies.

    Children count alike where all that apply weigh nothing.
    """
    x, w, below = children.scores, children.weights, f",{children.below}" if children.below else ""
    whole, there = f"SUMPRODUCT(ABS({w}),--({x}<>{children.na}))", f"--ISNUMBER({x}){below}"
    alike = f"SUMPRODUCT({there})/{children.asked}"
    return Formula(
        f"IF({children.asked}=0,{children.na},IF({whole}=0,{alike},SUMPRODUCT(ABS({w}),{there})/{whole}))",
    )


def enough(missing: Missing, children: Children, covered: str) -> list[str]:
    """Return the conditions on which a node has a score, by its coverage and how many children are there."""
    if missing.policy == "floor":
        return []
    if missing.policy == "fail":
        return [f"COUNT({children.scores})={children.asked}", f"{covered}>0"]
    asked = [f"{covered}>={written(missing.coverage)}-{written(REACHED)}"] if missing.coverage else []
    if missing.children > 1:
        asked.append(f"COUNT({children.scores})>=MIN({written(missing.children)},{children.asked})-{written(SLACK)}")
    elif missing.children:
        asked.append(f"COUNT({children.scores})>=({written(missing.children)}-{written(REACHED)})*{children.asked}")
    return asked


def aggregate(method: str, given: Mapping[str, Any], children: Children) -> tuple[list[str], Formula]:
    """Return the conditions on which an aggregator has a result, and the result.

    What is asked and made are those of the functions of `methods.aggregate`, whose docstrings have the formulas.
    """
    if method in ("minimum", "maximum", "median"):
        name = {"minimum": "MIN", "maximum": "MAX", "median": "MEDIAN"}[method]
        return [f"{children.number}>0"], Formula(f"{name}({children.known})", bool(children.floors))
    if method == "product":
        every = f"{children.number}={children.count}"
        return [every], Formula(f"{written(given.get('scale', 1.0))}*PRODUCT({children.known})", bool(children.floors))
    weighs = f"{children.weight}<>0"
    if method == "arithmetic":
        return [weighs], Formula(children.mean, bool(children.floors))
    if method == "sum":
        text = f"{written(given.get('scale', 1.0))}*{children.mean}*SUM({children.weights})"
        return [weighs], Formula(text, bool(children.floors))
    if method == "mpi":
        return _mpi(given, children, weighs)
    p = {"geometric": 0.0, "harmonic": -1.0}.get(method, given.get("p", 1.0))
    return _mean_of_powers(float(p), given.get("floor"), children, weighs)


def _mean_of_powers(p: float, floor: float | None, children: Children, weighs: str) -> tuple[list[str], Formula]:
    used = children.used if floor is None else f"IF({children.used}>{written(floor)},{children.used},{written(floor)})"
    least = f"MIN({children.known})" if floor is None else f"MAX(MIN({children.known}),{written(floor)})"
    defined = [f"{children.number}>0", weighs, f"{least}>=0" if p > 0 else f"{least}>0"]
    if p == 0:
        return defined, Formula(f"EXP({children.mean_of(f'LN({used})')})", ranges=True)
    if p == -1:
        return defined, Formula(f"1/({children.mean_of(f'(1/{used})')})", ranges=True)
    return defined, Formula(f"({children.mean_of(f'({used})^{written(p)}')})^(1/{written(p)})", ranges=True)


def _mpi(given: Mapping[str, Any], children: Children, weighs: str) -> tuple[list[str], Formula]:
    mean = children.mean
    spread = children.mean_of(f"({children.used}-{mean})^2")
    even = f"SQRT({spread})<={written(SLACK)}*ABS({mean})"
    sign = "+" if given.get("penalty") == "positive" else "-"
    return [weighs, f"OR({mean}>0,{even})"], Formula(f"{mean}{sign}IF({even},0,{spread}/({mean}))", ranges=True)


def finished(made: str, turned_at: float | None, points: str, rounding: Round | None) -> str:
    """Return what is done with what children have come together to: turned, adjusted, rounded."""
    text = made if turned_at is None else f"{written(turned_at)}-({made})"
    text = f"{text}+{points}" if points else text
    return text if rounding is None else rounded(text, rounding.decimals, rounding.how)


def rounded(text: str, decimals: int, how: str = "nearest") -> str:
    """Return a number rounded as `methods.rank.rounded` does it: halves away from 0, or even, on the number that is meant."""
    scale = 10**decimals
    if how == "up":
        return f"-INT(-(({text})*{scale}-1E-9))/{scale}"
    if how == "down":
        return f"INT(({text})*{scale}+1E-9)/{scale}"
    if how == "even":
        times = f"ABS({text})*{scale}"
        low = f"INT({times}+1E-9)"
        return f"SIGN({text})*IF(ABS({times}-{low}-0.5)<=1E-9,{low}+MOD({low},2),INT({times}+0.5))/{scale}"
    return f"SIGN({text})*INT(ABS({text})*{scale}+0.5+1E-9)/{scale}"


def score(made: Formula, conditions: Sequence[str], covered: str) -> Formula:
    """Return a node's score: the word where nothing applies, nothing where one of the conditions fails, asked in their order."""
    text = made.text
    for condition in reversed(conditions):
        text = f'IF({condition},{text},"")'
    return Formula(f"IF(ISNUMBER({covered}),{text},{covered})", made.ranges)


def floor_of(conditions: Sequence[str], made: Formula) -> Formula:
    """Return the worst score of a node that is made of the worst of its children."""
    text = made.text
    for condition in reversed(conditions):
        text = f'IF({condition},{text},"")'
    return Formula(text, made.ranges)


def tolerance(column: str) -> str:
    """Return how far apart scores of a column may be that share a place."""
    return f"{written(TOLERANCE)}*MAX(MAX({column}),-MIN({column}))"


def leader(column: str, place: str, before: str, apart: str) -> str:
    """Return the first score of the place that the score at a place has when they are sorted, the highest first.

    A new place begins where the gap to the first of the place before is more than the tolerance.
    """
    own = f"LARGE({column},{place})"
    near = f"IF({own}>={before}-{apart},{before},{own})" if before else own
    return f'IF(COUNT({column})<{place},"",{near})'


def place(ties: str, leaders: str, at: int, leaders_row: Sequence[str], places_row: Sequence[str]) -> str:
    """Return the rank at a place of the sorted scores, as equal ones share it.

    `leaders_row` and `places_row` are the cells of these before, at and after the place; empty where there is none.
    """
    before, own, after = leaders_row
    if ties == "average":
        return f'IF({own}="","",MATCH({own},{leaders},0)+(SUMPRODUCT(--({leaders}={own}))-1)/2)'
    if ties == "max":
        made = f"IF({own}={after},{places_row[2]},{at})" if after else str(at)
    elif not before:
        made = "1"
    elif ties == "dense":
        made = f"IF({own}={before},{places_row[0]},{places_row[0]}+1)"
    else:
        made = f"IF({own}={before},{places_row[0]},{at})"
    return f'IF({own}="","",{made})'


def rank(own: str, column: str, places: str) -> str:
    """Return the rank of a unit: that at the place which its score has among the sorted ones."""
    return f'IF(ISNUMBER({own}),INDEX({places},RANK({own},{column},0)),"")'


def quoted(text: str) -> str:
    """Return a text as formulas have it.

    >>> quoted('so "called" here')
    '"so ""called"" here"'
    """
    return '"' + text.replace('"', '""') + '"'


def written(number: float) -> str:
    """Return a number as formulas have it, to the last bit.

    >>> written(0.6), written(1e-12), written(2.0)
    ('0.6', '1E-12', '2')
    """
    return repr(float(number)).removesuffix(".0").upper()
