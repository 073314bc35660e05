"""A period's report as one page: what is shown comes from sheets and drawings, the layout from a template."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from markupsafe import Markup

from ....version import VERSION
from ....words.page import page
from ...numbers import listed
from ...sheets.analysed import Analysed
from ...sheets.sheet import Sheet
from ...sheets.what_if import what_if
from .blocks import block, contents
from .drawings import level_marks

HERE = Path(__file__).parent
_FIRST = "document.documentElement.classList.add('js')"
"""What runs before anything is drawn: a page on which scripts run lays out one run of a long table's rows, not all of them."""
_SCRIPTS = ("sort.js", "page.js", "score.js", "whatif.js", "map.js")
_SCRIPT_WORDS = (
    "found",
    "rows_of",
    "sorted_up",
    "sorted_down",
    "pinned_at_most",
    "unmoved",
    "ranks_move",
    "no_rank_moves",
    "sum_is",
    "published_weight",
    "lock",
    "first_stays",
    "link_too_long",
    "other_data",
    "bad_link",
    "nothing_changed",
    "copied",
    "map_of",
)
"""What scripts say."""


def report_page(
    shown: Analysed,
    languages: Sequence[str],
    *,
    public: bool = False,
    reporting: Mapping[str, Sheet] | None = None,
    inputs: Mapping[str, str] | None = None,
) -> bytes:
    """Return the page of a period in one or more languages, the same bytes for the same scores.

    `public` leaves out values, addresses, departments and warnings that the tree does not open; `reporting` is by language.
    """
    base = (inputs or {}).get(shown.scores.index.file.name if shown.scores.index.file else "tree", "")
    blocks = [
        block(
            shown,
            language,
            prefix="" if at == 0 else f"{language}-",
            public=public,
            reporting=(reporting or {}).get(language),
            inputs=inputs or {},
        )
        for at, language in enumerate(languages)
    ]
    css, script = resource("page.css"), "\n".join(map(resource, _SCRIPTS))
    for one in blocks:
        data = what_if(shown, base, one.language) if shown.unit is None else None
        if data and not one.maps and not any(node["free"] for node in data["nodes"]):
            data = None  # there is no weight to move
        fixed = [node["title"] for node in data["nodes"] if node.get("fixed")] if data else []
        one.parts["what_if"] = Markup(embedded(data)) if data else None  # noqa: S704 - escaped for a script element
        one.parts["what_if_fixed"] = page.fixed_nodes(one.language).format(nodes=listed(fixed, one.language)) if fixed else ""
        one.parts["contents"] = contents(one)
    words = {language: {name: getattr(page, name)(language) for name in _SCRIPT_WORDS} for language in languages}
    text = template("page.html.jinja").render(
        blocks=blocks,
        marks=level_marks(*languages),
        css=Markup(css),  # noqa: S704 - our own file
        first=Markup(_FIRST),  # noqa: S704 - our own text
        script=Markup(script),  # noqa: S704 - our own file
        words=Markup(embedded(words)),  # noqa: S704 - escaped for a script element
        policy=policy(css, _FIRST, script),
        version=VERSION,
    )
    return bytes(text.encode())


def policy(css: str, *scripts: str) -> str:
    """Return what a page may do: run its own scripts and style, which are known by their digests, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            " ".join(("script-src", *(f"'sha256-{_digest(script)}'" for script in scripts))),
            f"style-src 'sha256-{_digest(css)}'",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def embedded(data: Any) -> str:
    r"""Return data as JSON that may stand inside a script element: nothing in it ends the element or begins another.

    >>> embedded({"name": "</script>"})
    '{"name":"\\u003c/script\\u003e"}'
    """
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def resource(name: str) -> str:
    """Return one of our own files as a page holds it: without indents, and scripts without the lines that are for us alone."""
    lines = (line.strip() for line in (HERE / name).read_text(encoding="utf-8").splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


@cache
def template(name: str) -> Any:
    """Return one of our templates, in which what is filled in stays text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(HERE, encoding="utf-8"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template(name)
