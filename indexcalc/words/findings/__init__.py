"""Every finding's words, English and Chinese side by side, a file a hundred: severity, what was found, what to do, what it means.

A hint that quotes a value is left out when that value is not known. Lower case, no full stop, no blame.
"""

from __future__ import annotations

from .data import DATA
from .events import EVENTS
from .ledger import LEDGER
from .message import Message, message, plain_words
from .methods import METHODS
from .reports import REPORTS
from .text import TEXT
from .tree import TREE
from .warnings import WARNINGS

MESSAGES: dict[str, Message] = {
    code: message(row)
    for hundred in (TEXT, TREE, DATA, METHODS, REPORTS, LEDGER, EVENTS, WARNINGS)
    for code, row in hundred.items()
}

__all__ = ["MESSAGES", "Message", "plain_words"]
