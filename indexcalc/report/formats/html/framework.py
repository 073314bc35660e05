"""The page of the index itself: the tree with weights, meanings and settings, and a unit's lineage from cell to index."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from markupsafe import Markup

from ....findings import Language, spoken
from ....version import VERSION
from ....words.framework import framework as said
from ....words.page import page
from ....words.periods import period_title
from ....words.reports import Said, word
from ....words.shown import visible
from ...draw.palette import DIMENSIONS
from ...draw.strips import bar
from ...sheets.alone import unit_label
from ...sheets.analysed import Analysed
from ...sheets.framework import (
    Shown,
    blocks_sheet,
    counts,
    coverage_over_time,
    denominators_sheet,
    departments_sheet,
    nodes_shown,
    percent,
    sources_sheet,
)
from ...sheets.lineage import lineage_sheet, unit_names, units_shown
from ...sheets.open import may_see
from ...sheets.tables import notes
from . import PAGE
from .blocks import title_of
from .markup import Head, table
from .page import embedded, policy, resource, template

_SCRIPT_WORDS = ("found", "open_all", "close_all")


def framework_page(
    shown: Analysed, languages: Sequence[str], *, public: bool = False, inputs: Mapping[str, str] | None = None
) -> bytes:
    """Return the page of the index in a period, in one or more languages: the same bytes for the same scores.

    `public` leaves out values, addresses, departments and sources that the tree does not open.
    """
    blocks = [
        _block(shown, spoken(language), "" if at == 0 else f"{language}-", public=public, inputs=inputs or {})
        for at, language in enumerate(languages)
    ]
    css, script = "\n".join((resource("page.css"), resource("framework.css"))), resource("framework.js")
    words = {language: {name: getattr(said, name)(language) for name in _SCRIPT_WORDS} for language in languages}
    text = template("framework.html.jinja").render(
        blocks=blocks,
        css=Markup(css),  # noqa: S704 - our own files
        script=Markup(script),  # noqa: S704 - our own file
        words=Markup(embedded(words)),  # noqa: S704 - escaped for a script element
        policy=policy(css, script),
    )
    return bytes(text.encode())


def _block(shown: Analysed, language: Language, prefix: str, *, public: bool, inputs: Mapping[str, str]) -> SimpleNamespace:
    """Return all that the page shows in a language."""
    scores, index = shown.scores, shown.scores.index
    label = unit_label(scores, language)
    addresses = may_see(index, "addresses", public=public)
    sheets = {
        "departments": departments_sheet(scores, shown.period, language)
        if may_see(index, "departments", public=public)
        else None,
        "sources": sources_sheet(index, language) if addresses else None,
        "denominators": denominators_sheet(index, language),
        "coverage": coverage_over_time(scores, language),
        "blocks": blocks_sheet(index, language) if not public else None,
    }
    tables = [(name, table(sheet, language)) for name, sheet in sheets.items() if sheet is not None and sheet.rows]
    lineage = _lineage(shown, language, public=public) if may_see(index, "values", public=public) else {"lineage": None}
    contents = [("tree", said.tree(language))]
    contents += [("lineage", said.lineage(language))] if lineage["lineage"] else []
    return SimpleNamespace(
        words=SimpleNamespace(
            **{name: one(language) for room in (page, said) for name, one in vars(room).items() if isinstance(one, Said)}
        ),
        language=language,
        html_language="en" if language == "en" else "zh-CN",
        prefix=prefix,
        other="zh" if language == "en" else "en",
        title=title_of(shown, language),
        period=period_title(shown.period, language),
        remark=next(iter(notes(scores, language)), ""),
        about=said.about(language).format(label=label),
        another=said.another(language).format(label=label),
        coverage_word=word.coverage(language),
        contents=[*contents, *((name, made.caption) for name, made in tables)],
        report=PAGE if "html" in shown.formats else "",
        counts=counts(scores, shown.period, language),
        tree=_node(nodes_shown(scores, shown.period, language, public=public), language),
        tables=tables,
        one_alone=said.one_unit_alone(language).format(label=label) if shown.unit is None else "",
        inputs=[(name, digest[:16]) for name, digest in sorted(inputs.items())] if not public else [],
        made_by=page.made_by(language).format(version=VERSION, seed=shown.seed),
        **lineage,
    )


def _node(one: Shown, language: str, band: int = 0) -> SimpleNamespace:
    """Return a node as the template takes it, with those below it."""
    fill = DIMENSIONS[band % len(DIMENSIONS)]
    return SimpleNamespace(
        id=one.id,
        title=visible(one.title),
        level=one.level,
        band=band % len(DIMENSIONS),
        weight=percent(one.weight),
        weight_at=one.weight_at,
        share=percent(one.share),
        bar=Markup(bar(one.share, "", fill=fill, width=60, height=10)) if one.share else "",  # noqa: S704 - drawn by us
        coverage=percent(one.coverage, 1),
        about=[(name, visible(text)) for name, text in one.about],
        formula=visible(one.formula),
        settings=table(one.settings, language),
        children=[_node(child, language, at if one.level == 0 else band) for at, child in enumerate(one.children)],
    )


def _lineage(shown: Analysed, language: Language, *, public: bool) -> dict[str, Any]:
    """Return the lineage of the first of the units that can be chosen, and those of the others as text."""
    units, tree = units_shown(shown), shown.scores.tree
    sheets = {unit: lineage_sheet(shown, unit, language, public=public) for unit in units}
    first = sheets[units[0]]
    ids = shown.scores.panel.units.ids
    texts = {
        ids[unit]: [sheet.title, *([visible(str(text), lines=True) for text in row[1:]] for row in sheet.rows)]
        for unit, sheet in sheets.items()
    }
    rows = [
        SimpleNamespace(id=tree.nodes[position].id, level=min(tree.depth(position), 9), title=visible(str(row[0])), cells=cells)
        for position, row, cells in zip(tree.reading_order, first.rows, texts[ids[units[0]]][1:], strict=True)
    ]
    heads = [Head(heading.title, "t" if heading.kind == "text" else "n") for heading in first.headings]
    return {
        "lineage": SimpleNamespace(caption=first.title, heads=heads, rows=rows, notes=first.notes),
        "units": unit_names(shown, units, language),
        "others": Markup(embedded(texts)) if len(units) > 1 else "",  # noqa: S704 - escaped for a script element
    }
