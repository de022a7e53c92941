"""Whether the results hang on the flagged rows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.tables.paths import claims
from rantau.report.tables.sensitivity import ENGINES, estimate, view_of

if TYPE_CHECKING:
    from rantau.report.findings import Variant


def sensitivity(prose: Prose) -> str:
    """Return what changes between all rows and those without a flag; empty where it was not asked."""
    variants = prose.findings.sensitivity
    if not variants:
        return ""
    faults = [
        prose.say(f"sensitivity.fault_{one.name}", n=one.n, reason=literal(one.fault)) for one in variants if one.fault
    ]
    if faults:
        return join(*faults)
    told = [prose.say("sensitivity.rows", all=variants[0].n, unflagged=variants[1].n)]
    return join(*told, *_decisions(prose, *variants), _largest(prose, *variants))


def _decisions(prose: Prose, first: Variant, second: Variant) -> list[str]:
    """Name the hypotheses that are decided otherwise."""
    if not prose.findings.model.hypotheses:
        return []
    before, after = (view_of(prose.findings, one, prose.language).decisions for one in (first, second))
    changed = [
        prose.words("sensitivity.one", name=name, engine=prose.words(f"engine.{engine}"))
        for engine in ENGINES
        for name in before
        if before[name].get(engine, "") != after.get(name, {}).get(engine, "")
    ]
    if not changed:
        return [prose.say("sensitivity.same")]
    return [prose.say("sensitivity.changed", list=prose.words.listing(changed))]


def _largest(prose: Prose, first: Variant, second: Variant) -> str:
    """Return the path that changes most."""
    before, after = (view_of(prose.findings, one, prose.language) for one in (first, second))
    changes = [
        (abs(estimate(after, name, engine) - estimate(before, name, engine)), name, engine)
        for engine in ENGINES
        for name in claims(prose)
    ]
    known = [change for change in changes if not math.isnan(change[0])]
    if not known:
        return ""
    _, name, engine = max(known, key=lambda change: change[0])
    return prose.say(
        "sensitivity.largest",
        path=literal(prose.claim(*name)),
        engine=prose.words(f"engine.{engine}"),
        before=prose.num(estimate(before, name, engine), "loading"),
        after=prose.num(estimate(after, name, engine), "loading"),
    )
