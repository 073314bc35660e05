"""Every method and step by section and name, in plain text and both languages: made of the pages by `docs/generate.py`."""

from __future__ import annotations

import json
from pkgutil import get_data

ENTRIES: dict[str, dict[str, dict[str, str]]] = json.loads(get_data(__package__, "methods.json") or b"{}")
