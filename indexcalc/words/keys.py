"""What every key of the tree means, in Chinese, by the model's blocks; in English the texts under its fields say it."""

from __future__ import annotations

import re
from pkgutil import get_data
from typing import Any

import yaml

from .shown import CLOSING


def unfolded(said: Any) -> Any:
    """Return words without the spaces that folded lines of Chinese leave after its punctuation."""
    if isinstance(said, dict):
        return {key: unfolded(words) for key, words in said.items()}
    return re.sub(f"(?<=[{CLOSING}]) ", "", said) if isinstance(said, str) else said


KEYS: dict[str, dict[str, str]] = unfolded(yaml.safe_load(get_data(__package__, "keys.zh.yaml") or b""))
"""Keys that mean the same everywhere stand once, under `everywhere`."""


def meaning(block: str, key: str) -> str:
    """Return what a key of a block means, or nothing where there are no words for it."""
    return KEYS.get(block, {}).get(key) or KEYS["everywhere"].get(key, "")
