"""Loadings, reliability, convergent and discriminant validity."""

from __future__ import annotations

from itertools import combinations
from math import isnan
from typing import TYPE_CHECKING

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
    """Return the ranges of alpha, omega and rho_C, and which constructs fall short by which of them."""
    ranges: list[str] = []
    short: dict[str, list[str]] = {}
    for column, measure in (("alpha", "α"), ("omega", "ω"), ("rho_c", "ρ_{C}")):
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
    if not short:
        return [*told, prose.say("measurement.reliable")]
    listed = [f"{prose.named(construct)} ({', '.join(measures)})" for construct, measures in short.items()]
    return [*told, prose.say_counted("measurement.unreliable", len(listed), names=prose.words.listing(listed))]


def _trusted(prose: Prose, column: str) -> bool:
    """Say whether the fit that a measure of reliability rests on can be trusted; alpha rests on none."""
    if column in ("omega", "ave_cfa"):
        return trustworthy(prose.measurement)
    return column == "alpha" or prose.trusted("pls")


def _variance(prose: Prose, frame: pd.DataFrame) -> list[str]:
    """Return where AVE falls short, by engine."""
    short, judged = [], False
    for column, engine in (("ave_cfa", "cfa"), ("ave", "pls")):
        found = column_of(frame, column) if _trusted(prose, column) else {}
        judged = judged or bool(found)
        low = [name for name, value in found.items() if value < CONVERGENT]
        if low:
            short.append(prose.say(f"measurement.ave_{engine}", names=prose.names(low)))
    if short:
        return [prose.say("measurement.ave_below", list=prose.words.listing(short))]
    return [prose.say("measurement.ave_fine")] if judged else []


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
            if len(block.items) > 1 and block.kind == "reflective"
        }
    )
    if not found:
        return ""
    told = prose.say(f"measurement.{engine}_loadings", **prose.ends(found, "loading"))
    weak = [item for item, value in found.items() if value < LOADING]
    # The reason for the limit is given once.
    key = "weak_again" if engine == "pls" and prose.measurement is not None else "weak"
    limit = prose.num(LOADING, "loading", decimals=3)
    if not weak:
        return join(told, prose.say(f"measurement.{key}_none", limit=limit))
    items = literal(prose.words.listing(weak))
    return join(told, prose.say_counted(f"measurement.{key}", len(weak), items=items, limit=limit))


def discriminant(prose: Prose) -> str:
    """Return the paragraph on Fornell-Larcker and HTMT."""
    validity = prose.findings.validity
    if validity is None or (prose.findings.pls is not None and not prose.trusted("pls")):
        return ""
    frame = validity.fornell_larcker
    judged = [
        block.construct for block in prose.findings.model.blocks
        if len(block.items) > 1 and block.kind == "reflective" and block.construct in frame.index
    ]  # fmt: skip
    broken = []
    for left, right in combinations(judged, 2):
        # The lower triangle holds the correlation, whichever of the two comes first there.
        r = max(abs(at(frame, *pair)) for pair in ((left, right), (right, left)) if not isnan(at(frame, *pair)))
        if r >= min(at(frame, left, left), at(frame, right, right)):
            broken.append(prose.say("measurement.pair", left=prose.named(left), right=prose.named(right)))
    told = []
    if len(judged) > 1:
        key = "broken" if broken else "met"
        told.append(prose.say(f"measurement.fornell_{key}", pairs=prose.words.listing(broken) if broken else ""))
    return join(*told, _htmt(prose))


def _htmt(prose: Prose) -> str:
    validity = prose.findings.validity
    names = compared(prose.findings)
    if validity is None or len(names) < 2:
        return ""
    ratios = {pair: at(validity.htmt, pair[1], pair[0]) for pair in combinations(names, 2)}

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
