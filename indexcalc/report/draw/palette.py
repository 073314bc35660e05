"""The colours of reports: with enough contrast, told apart without colour vision and in grey, which a test works out anew."""

from __future__ import annotations

DIMENSIONS = ("#902E27", "#043A7A", "#BE892B", "#458B6E", "#7858C9")
"""Fills of the first five dimensions; those after them take the same with a hatch."""
ORDERED = ("#F1F6FB", "#D3E3F3", "#A9CBE8", "#78ACD8", "#4A88C0", "#27639F", "#123F70")
"""From little to much, one hue."""
ON_ORDERED = ("#1A1A1A",) * 5 + ("#FFFFFF",) * 2
DIVERGING = ("#B35806", "#E08A3C", "#F8CFA0", "#F7F7F7", "#B9D3EA", "#5B93C4", "#17518C")
"""From far below to far above the middle."""
ON_DIVERGING = ("#FFFFFF",) + ("#1A1A1A",) * 5 + ("#FFFFFF",)
LEVELS = {
    "blue": ("#2F6FC4", "#FFFFFF", "#2F6FC4"),
    "yellow": ("#FFD54A", "#000000", "#7A6000"),
    "orange": ("#EF8A17", "#000000", "#B85000"),
    "red": ("#C62828", "#FFFFFF", "#C62828"),
}
"""Of each warning level its fill, the text on it, and its border."""
PINNED = ("#C62828", "#1558B0", "#7A6000", "#458B6E", "#7858C9")


def ordered_class(value: float, low: float, high: float, classes: int = len(ORDERED)) -> int:
    """Return which of some classes of equal width a value between two ends is in; the middle one where these are the same.

    >>> ordered_class(0, 0, 7), ordered_class(7, 0, 7), ordered_class(3.5, 0, 7), ordered_class(5, 5, 5)
    (0, 6, 3, 3)
    """
    if not high > low:
        return classes // 2
    return min(max(int((value - low) / (high - low) * classes), 0), classes - 1)


def fill_of(dimension: int) -> str:
    """Return the fill of a dimension by its place among its siblings."""
    return DIMENSIONS[dimension % len(DIMENSIONS)]
