"""Ranks over periods: a line a unit, grey but for those that are pinned, named at both ends."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .palette import PINNED
from .svg import GREY, element, fitted, line, path, picture, text, wide

_ROW, _STEP, _NAME = 22.0, 74.0, 130.0


def bump(
    names: Sequence[str],
    periods: Sequence[str],
    ranks: Sequence[Sequence[float]],
    label: str,
    *,
    ids: Sequence[str] = (),
    pinned: Sequence[int] = (),
    marks: Mapping[int, str] | None = None,
) -> str:
    """Draw the ranks (unit, period) of units; a gap where a unit was not ranked, a ring where a rank is shared.

    `marks` are periods with a bar and what is said of them, such as that the method changed there.
    """
    known = [rank for row in ranks for rank in row if not math.isnan(rank)]
    ends = [[row[place] for row in ranks if not math.isnan(row[place])] for place in (0, -1)]
    places = max([*known, *(rank + end.count(rank) - 1 for end in ends for rank in set(end))], default=1.0)
    side = min(_NAME, 14 + max((wide(name, 12) for name in names), default=0) + 24)
    step = max(_STEP, max((wide(period, 11) for period in periods), default=0) + 8)
    width, height = 2 * side + step * max(len(periods) - 1, 1), 40 + _ROW * places

    def at(period: int, rank: float) -> tuple[float, float]:
        return side + step * period, 30 + _ROW * (rank - 0.5)

    drawn = [text(period, side + step * place, 16, size=11, anchor="middle", fill=GREY) for place, period in enumerate(periods)]
    drawn += [line(*at(place, 0.5), *at(place, places + 0.5)) for place in range(len(periods))]
    for place, said in (marks or {}).items():
        drawn.append(line(*at(place, 0.5), *at(place, places + 0.5), stroke=GREY, width=2, dash="4 3"))
        late = place > (len(periods) - 1) / 2
        where = at(place, 0)[0] + (-4 if late else 4)
        drawn.append(text(said, where, height - 4, size=10, anchor="end" if late else "start", fill=GREY))
    shared = [[row[place] for row in ranks] for place in range(len(periods))]
    order = sorted(range(len(names)), key=lambda unit: unit in pinned)
    for unit in order:
        pin = pinned.index(unit) if unit in pinned else None
        down = [_ROW * shared[place][:unit].count(ranks[unit][place]) for place in (0, -1)]
        drawn.append(_unit(names[unit], ids[unit] if ids else names[unit], ranks[unit], at, side, pin, shared, down))
    return picture(width, height, label, *drawn)


def _unit(
    name: str,
    id_: str,
    ranks: Sequence[float],
    at: object,
    side: float,
    pin: int | None,
    shared: list[list[float]],
    down: Sequence[float],
) -> str:
    """Draw one unit. Names at either end stand so far `down` that those who share a rank take the places that follow it."""
    assert callable(at)
    colour = "#8C8C8C" if pin is None else PINNED[pin % len(PINNED)]
    runs: list[list[tuple[float, float]]] = [[]]
    marks = []
    for place, rank in enumerate(ranks):
        if math.isnan(rank):
            runs.append([])
            continue
        x, y = at(place, rank)
        runs[-1].append((x, y))
        ring = shared[place].count(rank) > 1
        marks.append(
            element(
                "circle", {"cx": x, "cy": y, "r": 5 if ring else 3.5, "fill": "#FFFFFF" if ring else colour, "stroke": colour}
            )
        )
    lines = [path(run, fill="none", stroke=colour, stroke_width=2.5 if pin is not None else 1.5) for run in runs if len(run) > 1]
    names = []
    for place, anchor, sign, lower in ((0, "end", -1, down[0]), (len(ranks) - 1, "start", 1, down[-1])):
        if not math.isnan(ranks[place]):
            x, y = at(place, ranks[place])
            y += lower
            said = f"{ranks[place]:g} {fitted(name, side - 30)}" if sign > 0 else fitted(name, side - 16)
            names.append(
                text(said, x + sign * 9, y + 4, anchor=anchor, fill="#1A1A1A" if pin is None else colour, bold=pin is not None)
            )
    return element("g", {"data-unit": id_}, *lines, *marks, *names) if lines or marks else ""
