"""Sheets of how scores evolve: differences and their parts, convergence, shape, moves between classes, neighbours."""

from __future__ import annotations

import math
from collections.abc import Iterable

from ...analysis.evolution import Evolution
from ...analysis.moves import Chain
from ...findings import Language
from ...methods.arrays import np
from ...words.reports import word, word_of
from ..numbers import finite, listed
from .alone import unit_label
from .sheet import Heading, Kind, Sheet, Value

LONG = ("density", "local")
"""Tables that files have in full, and a terminal or a page not at all."""
_FINE = 4  # decimals of measures that are small numbers


def evolution_sheets(result: Evolution, language: Language) -> dict[str, Sheet]:
    """Return the tables by short names, without those that would be empty."""
    sheets = {"": _differences(result, language), "sigma": _sigma(result, language)}
    if result.by:
        sheets |= {"groups": _groups(result, language), "pairs": _pairs(result, language)}
    if result.beta:
        sheets["beta"] = _beta(result, language)
    if any(one.controls for one in result.beta):
        sheets["controls"] = _controls(result, language)
    sheets["shape"] = _shape(result, language)
    if result.chain.counts.sum():
        sheets["moves"] = _moves(result, language)
    if result.moran is not None:
        sheets |= {"space": _space(result, language), "local": _local(result, language)}
    if result.ellipses is not None:
        sheets["ellipse"] = _ellipse(result, language)
    return {**sheets, "density": _density(result, language)}


def _fine(title: str, over: str = "", kind: Kind = "score") -> Heading:
    return Heading(title, kind, over=over, decimals=_FINE)


def _differences(result: Evolution, language: Language) -> Sheet:
    theil, dagum, cv = word.theil(language), word.gini(language), word.variation(language)
    headings = [Heading(word.period(language), "period"), Heading(word.units_there(language), "count"), _fine(theil, theil)]
    headings += [_fine(word.between(language).format(by=name), theil) for name in result.by]
    within = word.within_groups(language)
    if result.by:
        headings.append(_fine(within, theil))
    headings.append(_fine(dagum, dagum))
    if result.by:
        headings += [_fine(within, dagum), _fine(word.net_between(language), dagum), _fine(word.overlap(language), dagum)]
    headings.append(_fine(cv, cv))
    rows: list[tuple[Value, ...]] = []
    for at, period in enumerate(result.periods):
        one, other = result.theil[at], result.dagum[at]
        parts = (*one.between, one.within) if result.by else ()
        more = (other.within, other.between, other.overlap) if result.by else ()
        count = int((~np.isnan(result.values[at])).sum())
        rows.append((period, count, *map(finite, (one.total, *parts, other.total, *more, result.variation[at].total))))
    notes = (word.differences_help(language), *((word.no_differences(language),) if _lacks(rows) else ()))
    return Sheet(word.differences(language), tuple(headings), tuple(rows), notes=notes)


def _lacks(rows: list[tuple[Value, ...]]) -> bool:
    return any(value is None for row in rows for value in row)


def _groups(result: Evolution, language: Language) -> Sheet:
    theil = word.theil(language)
    headings = (
        Heading(word.period(language), "period"),
        Heading(word.group(language), "text"),
        _fine(theil, theil),
        Heading(word.contribution_share(language), "percent", over=theil),
        _fine(word.gini(language)),
        _fine(word.variation(language)),
    )
    rows = tuple(
        (
            period,
            group,
            *map(finite, (*own, result.dagum[at].groups.get(group, np.nan), result.variation[at].groups.get(group, np.nan))),
        )
        for at, period in enumerate(result.periods)
        for group, own in result.theil[at].groups.items()
    )
    return Sheet(word.differences_of_groups(language), headings, rows)


def _pairs(result: Evolution, language: Language) -> Sheet:
    headings = (
        Heading(word.period(language), "period"),
        Heading(word.group(language), "text"),
        Heading(word.other_group(language), "text"),
        _fine(word.gini(language)),
        _fine(word.affluence(language)),
    )
    rows = tuple(
        (period, *pair, *map(finite, own))
        for at, period in enumerate(result.periods)
        for pair, own in result.dagum[at].pairs.items()
    )
    return Sheet(word.differences_between_groups(language), headings, rows)


def _sigma(result: Evolution, language: Language) -> Sheet:
    headings = (
        Heading(word.period(language), "period"),
        _fine(word.variation(language)),
        _fine(word.variation_of_sample(language)),
        _fine(word.log_deviation(language)),
    )
    rows = tuple(
        (period, *map(finite, (own.cv, own.cv_of_sample, own.log)))
        for period, own in zip(result.periods, result.sigma, strict=True)
    )
    return Sheet(word.sigma_convergence(language), headings, rows)


def _beta(result: Evolution, language: Language) -> Sheet:
    given = any(one.controls for one in result.beta)
    headings = (
        Heading(word.effects(language), "text"),
        *((Heading(word.given_columns(language), "text"),) if given else ()),
        _fine("β"),
        _fine(word.standard_error(language)),
        _fine("p"),
        _fine("R²"),
        Heading(word.observations(language), "count"),
        _fine(word.speed(language)),
        Heading(word.half_life(language), "score"),
    )
    rows = tuple(
        (
            word_of(f"effects {one.effects}", language),
            *((listed(_titles(result, one.controls, language), language) or "–",) if given else ()),
            *map(finite, (one.beta, one.error, one.p, one.r2)),
            one.count,
            finite(one.speed),
            finite(one.half_life),
        )
        for one in result.beta
    )
    return Sheet(word.beta_convergence(language), headings, rows, notes=(word.beta_help(language),))


def _controls(result: Evolution, language: Language) -> Sheet:
    errors = [term.error for one in result.beta for term in one.controls.values() if term.error > 0]
    decimals = min(12, max(_FINE, 1 - math.floor(math.log10(min(errors))))) if errors else _FINE  # two digits of each error
    headings = (
        Heading(word.effects(language), "text"),
        Heading(word.given_columns(language), "text"),
        Heading(word.coefficient(language), "score", decimals=decimals),
        Heading(word.standard_error(language), "score", decimals=decimals),
        _fine("p"),
    )
    rows = tuple(
        (word_of(f"effects {one.effects}", language), title, *map(finite, (term.value, term.error, term.p)))
        for one in result.beta
        for title, term in zip(_titles(result, one.controls, language), one.controls.values(), strict=True)
    )
    return Sheet(word.conditional_columns(language), headings, rows, notes=(word.controls_help(language),))


def _titles(result: Evolution, columns: Iterable[str], language: Language) -> list[str]:
    """Return what conditional columns are called: as nodes and denominators are, others by their names."""
    index = result.scores.index
    named = {**{one.id: one for one in index.denominators}, **index.by_id}
    return [named[column].title(language) if column in named else column for column in columns]


def _shape(result: Evolution, language: Language) -> Sheet:
    headings = (
        Heading(word.period(language), "period"),
        _fine(word.bandwidth(language)),
        Heading(word.peaks(language), "count"),
        Heading(word.highest_peak(language), "score"),
        _fine(word.peak_height(language)),
    )
    rows: list[tuple[Value, ...]] = []
    for period, own in zip(result.periods, result.density, strict=True):
        peaks = own.peaks if len(own.at) else []
        rows.append((period, finite(own.bandwidth), len(peaks), *(peaks[0] if peaks else (None, None))))
    return Sheet(
        word.kernel_density(language),
        headings,
        tuple(rows),
        notes=(word.kernel_help(language).format(rule=_rule(result, language)),),
    )


def _rule(result: Evolution, language: Language) -> str:
    """Say where bandwidths come from."""
    return word_of(f"bandwidth_{result.width if isinstance(result.width, str) else 'given'}", language)


def _density(result: Evolution, language: Language) -> Sheet:
    headings = (
        Heading(word.score(language), "score"),
        *(Heading(period, "score", decimals=6) for period in result.periods),
    )
    at = result.density[-1].at
    rows = tuple((float(x), *(finite(own.density[i]) for own in result.density)) for i, x in enumerate(at))
    return Sheet(word.density(language), headings, rows)


def _moves(result: Evolution, language: Language) -> Sheet:
    size, over = len(result.cuts) + 1, word.class_then(language)
    headings = (
        Heading(word.class_of_neighbours(language), "text"),
        Heading(word.class_now(language), "text"),
        Heading(word.moves(language), "count"),
        *(Heading(str(one + 1), "percent", over=over) for one in range(size)),
        Heading(word.in_the_end(language), "percent"),
    )
    chains = [(str(word.all_moves(language)), result.chain)]
    if result.spatial is not None:
        chains += [(str(at + 1), own) for at, own in enumerate(result.spatial.chains)]
    rows = tuple(row for name, own in chains for row in _rows(name, own))
    cuts = " / ".join(f"{cut:.2f}" for cut in result.cuts)
    notes = [word.moves_help(language).format(cuts=cuts)]
    if result.spatial is not None:
        own = result.spatial
        notes.append(word.moves_test(language).format(chi2=f"{own.chi2:.3f}", freedom=own.freedom, p=f"{own.p:.4f}"))
    return Sheet(word.markov(language), headings, rows, notes=tuple(notes))


def _rows(name: str, own: Chain) -> list[tuple[Value, ...]]:
    return [
        (name, str(at + 1), int(own.counts[at].sum()), *map(finite, own.shares[at]), finite(own.stationary[at]))
        for at in range(len(own.counts))
    ]


def _space(result: Evolution, language: Language) -> Sheet:
    assert result.moran is not None
    headings = (
        Heading(word.period(language), "period"),
        Heading(word.units_there(language), "count"),
        _fine("Moran I"),
        _fine(word.expected_by_chance(language)),
        _fine(word.p_of_permutations(language)),
        _fine(word.p_of_randomisation(language)),
        _fine("Geary C"),
    )
    rows = tuple(
        (period, len(own.places), *map(finite, (own.value, own.expected, own.p, own.p_random, own.geary)))
        if own
        else (period, 0, *[None] * 5)
        for period, own in zip(result.periods, result.moran, strict=True)
    )
    scores, known = result.scores, {place for own in result.moran if own for place in own.places.tolist()}
    alone = [unit for unit in np.flatnonzero(~np.isnan(result.values).all(axis=0)).tolist() if unit not in known]
    named = listed(scores.panel.units.titles(alone, language), language)
    how = word.weights_standardised if result.standardise else word.weights_as_they_are
    notes = [word.space_help(language).format(label=unit_label(scores, language), how=how(language))]
    notes += [word.without_neighbours(language).format(units=named)] if alone else []
    return Sheet(word.space(language), headings, rows, notes=tuple(notes))


def _local(result: Evolution, language: Language) -> Sheet:
    assert result.moran is not None
    headings = (
        Heading(word.period(language), "period"),
        Heading(unit_label(result.scores, language), "text"),
        Heading(word.score(language), "score"),
        Heading(word.mean_of_neighbours(language), "score"),
        _fine(word.local_moran(language)),
        Heading(word.quadrant(language), "text"),
        _fine("p"),
    )
    rows: list[tuple[Value, ...]] = []
    for at, period in enumerate(result.periods):
        own = result.moran[at]
        for i, place in enumerate(own.places.tolist() if own else ()):
            assert own is not None
            title = result.scores.panel.units.title(place, language)
            numbers = (float(result.values[at, place]), float(own.lag[i]), float(own.local[i]))
            rows.append((period, title, *numbers, own.quadrant[i], finite(own.local_p[i])))
    return Sheet(word.local_space(language), headings, tuple(rows))


def _ellipse(result: Evolution, language: Language) -> Sheet:
    assert result.ellipses is not None
    assert result.steps is not None
    headings = (
        Heading(word.period(language), "period"),
        _fine(word.centre_x(language)),
        _fine(word.centre_y(language)),
        _fine(word.semi_major(language)),
        _fine(word.semi_minor(language)),
        Heading(word.azimuth(language), "score"),
        _fine(word.ellipse_area(language)),
        _fine(word.centre_moved(language)),
        Heading(word.moved_towards(language), "score"),
    )
    rows: list[tuple[Value, ...]] = []
    for period, own, step in zip(result.periods, result.ellipses, result.steps, strict=True):
        told = (own.x, own.y, own.major, own.minor, own.azimuth, own.area) if own else (None,) * 6
        rows.append((period, *told, *((step.distance, step.azimuth) if step else (None, None))))
    return Sheet(word.ellipse(language), headings, tuple(rows), notes=(word.ellipse_help(language),))
