"""SVG as text: elements with their attributes, names from data escaped, numbers short and always alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape, unescape
from itertools import pairwise

from ...words.shown import visible

FONT = "Microsoft YaHei, PingFang SC, Noto Sans CJK SC, WenQuanYi Micro Hei, sans-serif"
INK, GREY, RULE = "#1A1A1A", "#595959", "#D9D9D9"


def element(name: str, attributes: dict[str, object] | None = None, *inside: str) -> str:
    """Return an element; what stands `inside` is SVG already, attributes are escaped, those that are None left out.

    >>> element("circle", {"r": 2.50, "fill": "#fff", "id": None})
    '<circle r="2.5" fill="#fff"/>'
    """
    said = "".join(f' {key}="{_value(value)}"' for key, value in (attributes or {}).items() if value is not None)
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def text(said: str, x: float, y: float, *, size: float = 12, anchor: str = "start", fill: str = INK, bold: bool = False) -> str:
    """Return a line of text; whatever it says stays text."""
    weight = "bold" if bold else None
    place: dict[str, object] = {"x": x, "y": y, "font-size": size, "text-anchor": anchor, "fill": fill, "font-weight": weight}
    return element("text", place, escape(visible(said), quote=False))


def line(x1: float, y1: float, x2: float, y2: float, stroke: str = RULE, width: float = 1, dash: str | None = None) -> str:
    """Return a straight line."""
    return element(
        "line", {"x1": x1, "y1": y1, "x2": x2, "y2": y2, "stroke": stroke, "stroke-width": width, "stroke-dasharray": dash}
    )


def path(points: Iterable[tuple[float, float]], *, closed: bool = False, **attributes: object) -> str:
    """Return a path through points, written as steps from point to point, which are short.

    >>> path([(1, 2), (3.04, 1), (3, 5)], closed=True)
    '<path d="M1 2l2-1 0 4Z"/>'
    """
    named = {key.replace("_", "-"): value for key, value in attributes.items()}
    return element("path", {"d": steps(points) + ("Z" if closed else ""), **named})


def steps(points: Iterable[tuple[float, float]]) -> str:
    """Return the way through points, each rounded to a tenth, from the first on in steps; nothing through none."""
    rounded = [(round(10 * x), round(10 * y)) for x, y in points]
    if not rounded:
        return ""
    said = [short(number / 10, 1) for pair in pairwise(rounded) for number in (pair[1][0] - pair[0][0], pair[1][1] - pair[0][1])]
    way = "".join(number if number.startswith("-") or not at else f" {number}" for at, number in enumerate(said))
    return f"M{short(rounded[0][0] / 10, 1)} {short(rounded[0][1] / 10, 1)}" + (f"l{way}" if way else "")


def picture(width: float, height: float, label: str, *inside: str) -> str:
    """Return a whole picture with what it says to those who cannot see it."""
    box = f"0 0 {short(width)} {short(height)}"
    said = {"role": "img", "aria-label": visible(label)} if label else {"aria-hidden": "true"}
    return element("svg", {"viewBox": box, "width": float(width), "height": float(height), **said}, *inside)


def alone(drawn: str, face: str = FONT) -> bytes:
    """Return a picture as a file of its own, which says what it is and in which letters; XML has no control characters."""
    head = f'<svg xmlns="http://www.w3.org/2000/svg" font-family="{escape(face)}"'
    return ('<?xml version="1.0" encoding="UTF-8"?>\n' + visible(drawn, lines=True).replace("<svg", head, 1) + "\n").encode()


def label_of(drawn: str) -> str:
    """Return what a picture says to those who cannot see it.

    >>> label_of(picture(1, 1, "A & B"))
    'A & B'
    """
    found = re.search(r'aria-label="([^"]*)"', drawn)
    return unescape(found[1]) if found else ""


def size_of(drawn: str) -> tuple[float, float]:
    """Return how wide and high a picture is.

    >>> size_of(picture(640, 34.5, ""))
    (640.0, 34.5)
    """
    found = re.search(r'width="([0-9.]+)" height="([0-9.]+)"', drawn)
    return (float(found[1]), float(found[2])) if found else (0.0, 0.0)


def short(number: float, decimals: int = 2) -> str:
    """Return a number with so many decimals at most.

    >>> short(3.0), short(-0.001), short(2.345)
    ('3', '0', '2.35')
    """
    shown = f"{number + 0.0:.{decimals}f}".rstrip("0").rstrip(".")
    return "0" if shown == "-0" else shown


def wide(said: str, size: float = 12) -> float:
    """Return a text's estimated width: a Chinese character takes its size, a capital three quarters of it, others less.

    Quotation marks and dashes, U+2014 to U+2026, are as wide as a character in Chinese fonts.
    """
    broad = (one > "\u2e7f" or "\u2014" <= one <= "\u2026" for one in said)
    return sum(size * (1.0 if full else 0.75 if one.isupper() else 0.58) for one, full in zip(said, broad, strict=True))


def fitted(said: str, width: float, size: float = 12) -> str:
    """Return a text that fits a width, its end left out where it is too long."""
    if wide(said, size) <= width:
        return said
    kept = said
    while kept and wide(kept + "…", size) > width:
        kept = kept[:-1]
    return kept + "…"


def _value(value: object) -> str:
    return escape(short(value) if isinstance(value, float) else str(value))
