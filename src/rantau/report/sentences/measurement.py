"""Loadings, reliability, convergent and discriminant validity."""

from __future__ import annotations

from itertools import combinations
from math import isnan, sqrt
from typing import TYPE_CHECKING

from rantau.model.exploratory import is_exploratory
from rantau.report.markup import literal
from rantau.report.prose import Prose, join, known
from rantau.report.tables.htmt import compared, upper_bounds
from rantau.report.view import at, column_of, number, trustworthy

if TYPE_CHECKING:
    import pandas as pd

#: Where Hair et al. (2019) and Fornell & Larcker (1981) begin to ask questions.
LOADING, RELIABLE, CONVERGENT = 0.708, 0.70, 0.50
#: Henseler, Ringle & Sarstedt (2015).
HTMT, HTMT_CLOSE = 0.85, 0.90
#: Items whose loading is below this should be removed (Hair et al., 2022).
REMOVE = 0.40
#: So many names are still read; of more, only how many there are is said.
MANY = 8


def reliability(prose: Prose) -> str:
    """Return the paragraph on loadings, reliability and AVE."""
    told = [_loadings(prose, "cfa"), _loadings(prose, "pls")]
    frame = prose.findings.reliability
    if frame is None:
        return join(*told)
    composites = {block.construct for block in prose.findings.model.blocks if block.kind == "composite"}
    frame = frame[[name not in composites for name in frame.index]]
    return join(*told, *_consistency(prose, frame), *_variance(prose, frame))


def _consistency(prose: Prose, frame: pd.DataFrame) -> list[str]:
    """Return the ranges of alpha, omega, rho_A and rho_C, and which constructs fall short by which of them."""
    ranges: list[str] = []
    short: dict[str, list[str]] = {}
    for column, measure in (("alpha", "α"), ("omega", "ω"), ("rho_a", "ρ_{A}"), ("rho_c", "ρ_{C}")):
        found = column_of(frame, column)
        if not found or not _trusted(prose, column):
            continue
        key = "range" if len(found) > 1 else "range_one"
        name = prose.words(f"measurement.{column}")
        ranges.append(prose.say(f"measurement.{key}", measure=name, **prose.ends(found, "correlation")))
        for construct, value in found.items():
            if value < RELIABLE:
                short.setdefault(construct, []).append(measure)
    if not ranges:
        return []
    several = len(frame["alpha"].dropna()) > 1
    who = "" if several else prose.named(str(frame["alpha"].first_valid_index()))
    key = "ranges" if several else "ranges_one"
    told = [prose.say(f"measurement.{key}", list=prose.words.listing(ranges), name=who)]
    if short:
        listed = [f"{prose.named(construct)} ({', '.join(measures)})" for construct, measures in short.items()]
        told.append(prose.say_counted("measurement.unreliable", len(listed), names=prose.words.listing(listed)))
    else:
        told.append(prose.say("measurement.reliable"))
    rho_a = column_of(frame, "rho_a") if _trusted(prose, "rho_a") else {}
    beyond = [name for name, value in rho_a.items() if not 0 <= value <= 1]
    if beyond:
        told.append(prose.say_counted("measurement.beyond", len(beyond), names=prose.names(beyond)))
    return told


def _trusted(prose: Prose, column: str) -> bool:
    """Say whether the fit that a measure of reliability rests on can be trusted; alpha rests on none."""
    if column in ("omega", "ave_cfa"):
        return trustworthy(prose.measurement)
    return column == "alpha" or prose.trusted("pls")


def _variance(prose: Prose, frame: pd.DataFrame) -> list[str]:
    """Return where AVE falls short, by engine."""
    short: list[str] = []
    with_ave: set[str] = set()
    for column, engine in (("ave_cfa", "cfa"), ("ave", "pls")):
        found = column_of(frame, column) if _trusted(prose, column) else {}
        with_ave |= set(found)
        low = [name for name, value in found.items() if value < CONVERGENT]
        if low:
            short.append(prose.say(f"measurement.ave_{engine}", names=prose.names(low)))
    if short:
        return [prose.say("measurement.ave_below", list=prose.words.listing(short))]
    key = "ave_fine" if set(prose.findings.model.constructs) == with_ave else "ave_fine_judged"
    return [prose.say(f"measurement.{key}")] if with_ave else []


def _loadings(prose: Prose, engine: str) -> str:
    fit = prose.measurement if engine == "cfa" else prose.findings.pls
    if not trustworthy(fit):
        return ""
    table = prose.cfa if engine == "cfa" else prose.pls
    found = known(
        {
            item: number(table.get((block.construct, "=~", item)), "est")
            for block in prose.findings.model.blocks
            for item in block.items
            if len(block.items) > 1 and block.kind == "reflective" and not is_exploratory(block)
        }
    )
    if not found:
        return ""
    told = prose.say(f"measurement.{engine}_loadings", **prose.ends(found, "loading"))
    # An item that runs against the others is to be looked at, and is no weak one: what counts is the size.
    against = [item for item, value in found.items() if value < 0]
    if against:
        items = literal(prose.words.listing(against))
        told = join(told, prose.say_counted("measurement.against", len(against), items=items))
    weak = [item for item, value in found.items() if abs(value) < LOADING]
    # The reason for the limit is given once.
    key = "weak_again" if engine == "pls" and prose.measurement is not None else "weak"
    limit = prose.num(LOADING, "loading", decimals=3)
    if not weak:
        return join(told, prose.say(f"measurement.{key}_none", limit=limit))
    if len(weak) <= MANY:
        items = literal(prose.words.listing(weak))
        return join(told, prose.say_counted(f"measurement.{key}", len(weak), items=items, limit=limit))
    # The number of the table stands at the start of the paragraph.
    size = {"count": prose.words.whole(len(weak)), "total": prose.words.whole(len(found))}
    told = join(told, prose.say(f"measurement.{key}_many", limit=limit, **size))
    poor = [item for item in weak if abs(found[item]) < REMOVE]
    if not poor:
        return told
    items = literal(prose.words.listing(poor)) if len(poor) <= 2 * MANY else prose.words.whole(len(poor))
    return join(told, prose.say("measurement.remove", items=items, limit=prose.num(REMOVE, "loading")))


def discriminant(prose: Prose) -> str:
    """Return the paragraph on Fornell-Larcker, by each engine, and HTMT."""
    validity = prose.findings.validity
    scores = validity is not None and (prose.findings.pls is None or prose.trusted("pls"))
    told = []
    if validity is not None and scores:
        frame = validity.fornell_larcker
        roots = {str(name): at(frame, str(name), str(name)) for name in frame.index}
        told.append(_fornell(prose, "pls", frame, roots))
    cfa, reliable = prose.findings.cfa, prose.findings.reliability
    if cfa is not None and prose.trusted("cfa") and reliable is not None and "ave_cfa" in reliable.columns:
        roots = {name: sqrt(value) for name, value in column_of(reliable, "ave_cfa").items()}
        told.append(_fornell(prose, "cfa", cfa.latent_correlations(), roots))
    return join(*told, _htmt(prose) if scores else "")


def _fornell(prose: Prose, engine: str, correlations: pd.DataFrame, roots: dict[str, float]) -> str:
    """Hold the correlations of constructs against the square roots of their AVE.

    Source: Fornell & Larcker (1981).
    """
    judged = [
        block.construct for block in prose.findings.model.blocks
        if len(block.items) > 1 and block.kind == "reflective"
        and block.construct in correlations.index and block.construct in roots
    ]  # fmt: skip
    pairs = _apart(prose, judged)
    if not pairs:
        return ""
    broken = []
    for left, right in pairs:
        # Where only the lower triangle holds correlations, whichever of the two comes first there.
        found = [at(correlations, *pair) for pair in ((left, right), (right, left))]
        if max(abs(r) for r in found if not isnan(r)) >= min(roots[left], roots[right]):
            broken.append(prose.say("measurement.pair", left=prose.named(left), right=prose.named(right)))
    where = prose.say(f"measurement.fornell_{engine}")
    if not broken:
        key = "fornell_met" if len(judged) == len(prose.findings.model.blocks) else "fornell_met_judged"
        return prose.say(f"measurement.{key}", where=where)
    if len(broken) == len(pairs) > 1:
        return prose.say("measurement.fornell_none", where=where)
    if len(broken) > MANY:
        several = {"count": prose.words.in_words(len(broken)), "total": prose.words.in_words(len(pairs))}
        return prose.say("measurement.fornell_many", where=where, **several)
    return prose.say("measurement.fornell_broken", where=where, pairs=prose.words.listing(broken))


def _apart(prose: Prose, names: list[str]) -> list[tuple[str, str]]:
    """Return the pairs that are meant to be distinct: a construct of constructs is not from its own parts."""
    parts = {block.construct: set(block.items) for block in prose.findings.model.blocks}

    def within(one: str, other: str) -> bool:
        below = parts.get(one, set())
        return other in below or any(within(part, other) for part in below if part in parts)

    return [pair for pair in combinations(names, 2) if not within(*pair) and not within(*reversed(pair))]


def _htmt(prose: Prose) -> str:
    validity = prose.findings.validity
    names = compared(prose.findings)
    if validity is None or len(names) < 2:
        return ""
    ratios = {pair: at(validity.htmt, pair[1], pair[0]) for pair in _apart(prose, names)}
    if not ratios:
        return ""

    def pairs(chosen: list[tuple[str, str]], values: dict[tuple[str, str], float]) -> str:
        return prose.words.listing(
            [
                prose.say(
                    "measurement.pair_value",
                    left=prose.named(left),
                    right=prose.named(right),
                    value=prose.num(values[left, right], "index"),
                )
                for left, right in chosen
            ]
        )

    above = [pair for pair, value in ratios.items() if value >= HTMT_CLOSE]
    between = [pair for pair, value in ratios.items() if HTMT <= value < HTMT_CLOSE]
    told = [prose.say("measurement.htmt_above", pairs=pairs(above, ratios))] if above else []
    told += [prose.say("measurement.htmt_between", pairs=pairs(between, ratios))] if between else []
    told = told or [prose.say("measurement.htmt_met")]
    bounds = upper_bounds(prose.findings)
    upper = {pair: bounds[frozenset(pair)] for pair in ratios if frozenset(pair) in bounds}
    wide = [pair for pair, value in upper.items() if value >= HTMT_CLOSE and pair not in above]
    if wide:
        told.append(prose.say("measurement.htmt_bounds", pairs=pairs(wide, upper)))
    return join(*told)
