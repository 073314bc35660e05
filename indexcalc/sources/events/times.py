"""Times of a log: what a text says, the local time in which an event counts, and the moment by which times are told apart."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from .written import TIME, ZONED

if TYPE_CHECKING:
    from .engines import Engine

_FIXED = r"(?:UTC|GMT|Z)?(?:([-+])(\d{1,2})(?::?(\d{2}))?)?"
_MINUTE, _HOUR = 60_000_000, 3_600_000_000  # microseconds
_FORMATS = {
    "Y": r"([12]\d{3})",
    "m": r"(0?[1-9]|1[0-2])",
    "d": r"(0?[1-9]|[12]\d|3[01])",
    "H": r"([01]?\d|2[0-3])",
    "I": r"(0?[1-9]|1[0-2])",
    "M": r"([0-5]\d)",
    "S": r"([0-5]\d)",
    "p": r"([AaPp][Mm])",
}


@dataclass(frozen=True)
class Clock:
    """The clock by which local times of a log are read: that of its zone, if it names one."""

    engine: Engine
    zone: str | None

    @cached_property
    def fixed(self) -> int | None:
        """The clock's distance from Greenwich in microseconds, where the zone is said as one."""
        match = re.fullmatch(_FIXED, self.zone) if self.zone else None
        if match is None:
            return None
        minutes = int(match[2] or 0) * 60 + int(match[3] or 0)
        return (-minutes if match[1] == "-" else minutes) * _MINUTE

    @cached_property
    def steady(self) -> tuple[dt.datetime, int] | None:
        """Since when the clock has not been changed, and its distance from Greenwich in microseconds; unless it still is."""
        from zoneinfo import ZoneInfo

        try:
            zone = ZoneInfo(str(self.zone))
        except (ValueError, OSError, KeyError):  # a system without the database of zones
            return None
        days = [dt.datetime(year, month, 1, tzinfo=dt.UTC) for year in range(1970, 2038) for month in range(1, 13)]
        offsets = [day.astimezone(zone).utcoffset() for day in days]
        since = max((at + 1 for at, one in enumerate(offsets) if one != offsets[-1]), default=0)
        if since >= len(days) - 12:
            return None
        last = offsets[-1] or dt.timedelta()
        return days[since].replace(tzinfo=None) + dt.timedelta(days=1), last // dt.timedelta(microseconds=1)

    def local(self, moment: Any) -> Any:
        """Return the local time of a moment."""
        if self.fixed is not None:
            return self.engine.clock(moment + self.fixed, "UTC")
        return self.engine.clock(moment, str(self.zone))

    def moment(self, local: Any) -> Any:
        """Return the moment of a local time: of two, the first; without a zone, as though it were that of Greenwich."""
        import ibis

        if self.zone is None or self.fixed is not None:
            return self.engine.microseconds(local) - (self.fixed or 0)
        some = self.engine.moment(local, self.zone)
        earlier = some - _HOUR  # engines differ in which of two they take
        first = ibis.ifelse(self.local(earlier) == local, earlier, some)
        if self.steady is None:
            return first
        since, offset = self.steady
        return ibis.ifelse(local >= ibis.literal(since, "timestamp"), self.engine.microseconds(local) - offset, first)

    def no_earlier(self, moment: Any, local: Any, began: Any) -> Any:
        """Return the other moment of a local time that there are two of, where the first lies before an event's beginning."""
        import ibis

        if self.zone is None or self.fixed is not None:
            return moment
        later = moment + _HOUR
        return ibis.ifelse((moment < began) & (self.local(later) == local), later, moment)


def split(text: Any) -> tuple[Any, Any]:
    """Take the distance from Greenwich off a text: what is left, and the distance in microseconds, missing where it says none."""
    import ibis

    plain, zoned = text.re_search(TIME), text.re_search(ZONED)
    said = text.re_extract(ZONED, 2)
    hours, minutes = said.substr(1, 2), ibis.ifelse(said.length() > 3, said.right(2), "0")
    sign = ibis.ifelse(said.startswith("-"), -1, 1)
    distance = ibis.ifelse(said.upper() == "Z", 0, sign * (hours.cast("int64") * 60 + minutes.cast("int64")) * _MINUTE)
    left = ibis.ifelse(plain, text, ibis.ifelse(zoned, text.re_extract(ZONED, 1), text))
    return left, ibis.ifelse(plain, ibis.null("int64"), ibis.ifelse(zoned, distance, ibis.null("int64")))


def literal_of(text: str, zone: str | None) -> dt.datetime | None:
    """Return the local time that a text in a condition says; nothing where it says none."""
    if zoned := re.match(ZONED, text):
        text = zoned[1]
    if not re.search(TIME, text):
        return None
    try:
        time = dt.datetime.fromisoformat(_padded(text))
        if zoned is None or zone is None:
            return time
        away = dt.datetime.fromisoformat(f"2000-01-01T00:00:00{zoned[2].upper()}").utcoffset() or dt.timedelta()
    except ValueError:
        return None
    fixed = Clock(None, zone).fixed  # type: ignore[arg-type]
    if fixed is not None:
        return time - away + dt.timedelta(microseconds=fixed)
    from zoneinfo import ZoneInfo

    return (time - away).replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)


def _padded(text: str) -> str:
    """Write a text that is a time as ISO 8601, with two digits everywhere."""
    day, _, clock = text.strip().replace("/", "-").replace("T", " ").partition(" ")
    year, month, date = day.split("-")
    hour, _, rest = clock.strip().partition(":")
    return f"{year}-{month:0>2}-{date:0>2}" + (f" {hour:0>2}:{rest}" if clock.strip() else "")


def as_iso(text: Any, form: str) -> Any:
    """Rewrite a text in a declared format as ISO 8601 has it; a text that is not in it becomes one that says no time."""
    pattern, at = "", 0
    marks: list[str] = []
    while at < len(form):
        if form[at] == "%":
            pattern, marks, at = pattern + _FORMATS[form[at + 1]], [*marks, form[at + 1]], at + 2
        else:
            pattern, at = pattern + (r"\s+" if form[at] == " " else _escaped(form[at])), at + 1
    pattern = rf"^\s*{pattern}\s*$"

    def part(mark: str) -> Any:
        return text.re_extract(pattern, marks.index(mark) + 1).fill_null("")

    import ibis

    hour = part("H") if "H" in marks else part("I") if "I" in marks else ibis.literal("0")
    if "I" in marks:
        whole = ibis.ifelse(hour == "", ibis.null("string"), hour).cast("int64") % 12
        hour = (whole + ibis.ifelse(part("p").lower() == "pm", 12, 0)).cast("string").fill_null("")
    minute = part("M") if "M" in marks else ibis.literal("00")
    second = part("S") if "S" in marks else ibis.literal("00")
    return part("Y") + "-" + part("m") + "-" + part("d") + " " + hour + ":" + minute + ":" + second


def _escaped(sign: str) -> str:
    return sign if sign.isalnum() else f"[{sign}]" if sign not in "^\\]" else f"\\{sign}"
