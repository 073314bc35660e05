"""Set Sphinx for the documentation site; docs/build.py gives it the pages of a language. Nothing is asked from outside.

Formulas are written as MathML, which browsers set themselves. Chinese is searched by pairs of characters, for which no dictionary
is needed: the reader's words are taken apart in the same way.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import yaml
from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.search import SearchLanguage

from indexcalc.version import VERSION

WORDS = yaml.safe_load((Path(__file__).parent / "site.yaml").read_text(encoding="utf-8"))
OTHER = {"zh_CN": "en", "en": "zh"}

project, version, release = "indexcalc", VERSION, VERSION
extensions = ["myst_parser"]
suppress_warnings = ["misc.highlighting_failure"]  # an excerpt need not be whole
smartquotes = False  # options begin with two hyphens

myst_heading_anchors = 4
myst_fence_as_directive = ["math"]

html_theme = "furo"
html_title = "indexcalc"
html_math_renderer = "mathml"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = html_show_sourcelink = html_use_index = False
html_show_search_summary = False  # pages that are opened from a file may not read others
html_theme_options = {"top_of_page_buttons": []}
html_show_copyright = False


class Chinese(SearchLanguage):
    """The search of Chinese: Latin words whole, and of everything else each pair of characters."""

    lang = "zh"
    language_name = "Chinese"
    js_splitter_code = r"""
var splitQuery = (query) => (query.match(/[0-9A-Za-z_]+|(?:(?![0-9A-Za-z_])[\p{L}\p{N}])+/gu) || []).flatMap((run) =>
  /^[0-9A-Za-z_]/.test(run) || run.length < 2 ? [run] : [...run].slice(1).map((_, at) => run.slice(at, at + 2)));
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - the name that Sphinx has
        """Return the words of a text, as the page of a search splits what is looked for."""
        words: list[str] = []
        for run in re.findall(r"[0-9A-Za-z_]+|[^\W0-9A-Za-z_]+", input):
            pairs = [run[at : at + 2] for at in range(len(run) - 1)]
            words += [run] if run[0].isascii() else [*run, *pairs]
        return words

    def stem(self, word: str) -> str:
        """Return a word as it is looked for."""
        return word.lower()


def display(translator: Any, node: nodes.math_block) -> None:
    """Write a formula of its own."""
    translator.body.append(f'<div class="math">{_mathml(node.astext(), "block")}</div>')
    raise nodes.SkipNode


def inline(translator: Any, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(_mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def _mathml(formula: str, shown: str) -> str:
    return str(convert(formula, display=shown)).replace("<math ", f'<math alttext="{escape(formula, {chr(34): "&quot;"})}" ', 1)


def to_the_other_language(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: Any) -> None:  # noqa: ARG001
    """Put a link to the same page of the other language above it."""
    other = OTHER[app.config.language]
    words = WORDS["switch"]["en" if other == "zh" else "zh"]
    up = "../" * (page.count("/") + 1)
    switch = f'<p class="switch"><a href="{up}{other}/{page}.html" lang="{other}">{words}</a></p>'
    context["switch"] = switch
    if "body" in context:
        context["body"] = switch + context["body"]


def setup(app: Sphinx) -> None:
    """Add the search of Chinese, formulas and the switch of languages."""
    app.add_search_language(Chinese)
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    app.connect("html-page-context", to_the_other_language)
