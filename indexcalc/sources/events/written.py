"""How times are written in logs, as patterns that every engine reads alike."""

_DAY = r"\s*([12]\d{3})[-/](0?[1-9]|1[0-2])[-/](0?[1-9]|[12]\d|3[01])"
TIME = rf"^{_DAY}([ T]+([01]?\d|2[0-3]):([0-5]\d)(:([0-5]\d)(\.\d{{1,6}})?)?)?\s*$"
ZONED = r"^(.*:[0-5]\d(?:\.\d+)?(?: *[AaPp][Mm])?)\s*([Zz]|[-+](?:0\d|1[0-4])(?::?[0-5]\d)?)\s*$"
"""A time of day with the distance from Greenwich of the clock that it was read off."""
