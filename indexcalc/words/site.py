"""Where the documentation site has its page of a finding and of a method: said on screen, and kept to by docs/reference.py."""

from __future__ import annotations


def finding_page(code: str) -> str:
    """Return the page of a finding, below the folder of a language.

    >>> finding_page("IC201")
    'findings/IC201.html'
    """
    return f"findings/{code}.html"


def method_page(room: str, name: str) -> str:
    """Return the page of a method or step, below the folder of a language.

    >>> method_page("derive", "target and range")
    'methods/derive/target-and-range.html'
    """
    return f"methods/{room}/{name.replace(' ', '-')}.html"
