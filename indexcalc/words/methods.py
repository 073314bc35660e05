"""Every method and step by section and name, in plain text and both languages: made of the pages by `docs/generate.py`."""

from __future__ import annotations

import json
import re
from pkgutil import get_data

ENTRIES: dict[str, dict[str, dict[str, str]]] = json.loads(get_data(__package__, "methods.json") or b"{}")


def in_a_sentence(room: str, method: str, language: str) -> str:
    """Return the first sentence of what a page says of a method, below its title."""
    _, _, text = ENTRIES.get(room, {}).get(method, {}).get(language, "").partition("\n\n")
    found = re.match(r"[^\n]*?(?:\u3002|\uff1b|\.(?= |\n|$)|(?=\n|$))", text)
    return f"{found[0][:-1]}\u3002" if found and found[0].endswith("\uff1b") else found[0] if found else ""
