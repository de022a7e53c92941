"""Common method bias: what was looked for, what was found, and what that cannot tell."""

from __future__ import annotations

from rantau.quality.bias_evidence import BiasFinding
from rantau.quality.method_bias.full_collinearity import OF_FACTORS, OF_SCORES
from rantau.report.markup import literal
from rantau.report.prose import Prose, join

#: Above this many pairs, they are counted.
MANY = 3


def bias(prose: Prose) -> tuple[str, ...]:
    """Return a paragraph on what was found, and one on what could not be had."""
    found = prose.findings.bias
    if found is None:
        return ()
    steps: dict[str, list[BiasFinding]] = {}
    for name, one in found.findings:
        steps.setdefault(name, []).append(one)
    told = [prose.say("bias.intro")]
    told += [tell(prose, steps[name]) for name, tell in TOLD if name in steps]
    reasons = [prose.say("bias.omitted", reason=prose.problem(problem)) for problem in found.problems]
    return tuple(text for text in (join(*told), join(*reasons)) if text)


def _one(own: list[BiasFinding], quantity: str) -> BiasFinding:
    return next(one for one in own if one.quantity == quantity)


def _difference(prose: Prose, one: BiasFinding) -> str:
    """Write a difference test: Δχ²(14) = 127.97, p < .001."""
    df = str(int(one.df)) if float(one.df).is_integer() else prose.num(one.df)
    parts = (prose.stat(f"Δχ^{{2}}({df})", one.value), prose.stat("*p*", one.p, "p"))
    return prose.look.words.separator.join(parts)


def _harman(prose: Prose, own: list[BiasFinding]) -> str:
    first, second = _one(own, "share_component"), _one(own, "share_factor")
    shares = {"component": prose.num(100 * first.value, "percent"), "factor": prose.num(100 * second.value, "percent")}
    fine = first.met == second.met == "yes"
    return prose.say("bias.harman_met" if fine else "bias.harman_failed", **shares)


def _single(prose: Prose, own: list[BiasFinding]) -> str:
    one = _one(own, "chisq_diff")
    return prose.say("bias.single_worse" if one.met == "yes" else "bias.single_as_well", test=_difference(prose, one))


def _collinear(prose: Prose, own: list[BiasFinding]) -> str:
    told = []
    for quantity in ("vif_pls", "vif_cfa"):
        vifs = [one for one in own if one.quantity == quantity]
        if not vifs:
            continue
        corrected = prose.findings.pls is not None and prose.findings.pls.request.consistent
        limit = OF_SCORES if quantity == "vif_pls" and not corrected else OF_FACTORS
        values = {"limit": prose.num(limit, "decimal", decimals=1)}
        above = [one for one in vifs if one.met != "yes"]
        if above:
            listed = [f"{prose.named(one.about)} ({prose.num(one.value)})" for one in above]
            told.append(prose.say(f"bias.{quantity}_above", names=prose.words.listing(listed), **values))
        else:
            highest = prose.num(max(one.value for one in vifs))
            told.append(prose.say(f"bias.{quantity}_met", highest=highest, **values))
    return join(*told)


def _method(prose: Prose, own: list[BiasFinding]) -> str:
    test, share = _one(own, "chisq_diff"), _one(own, "share_method")
    changes = [one for one in own if one.quantity == "loading_change"]
    most = max(changes, key=lambda one: abs(one.value))
    better = test.p < 1 - prose.findings.level
    return prose.say(
        "bias.method_better" if better else "bias.method_no_better",
        test=_difference(prose, test),
        share=prose.num(100 * share.value, "percent"),
        change=prose.num(most.value, "loading"),
        item=literal(most.about.partition(" =~ ")[2]),
    )


def _marker(prose: Prose, own: list[BiasFinding]) -> str:
    found = prose.findings.bias
    name = "" if found is None else found.marker
    taken = prose.stat("*r*_{M}", _one(own, "r_marker").value, "correlation")
    asked = [one for one in own if one.quantity == "correlation_adjusted" and one.met]
    said = {"marker": prose.named(name), "taken": taken}
    if not asked:
        return prose.say("bias.marker_none", **said)
    lost = [one for one in asked if one.met == "no"]
    if not lost:
        return prose.say("bias.marker_kept", **said)
    if len(lost) > MANY:
        several = {"count": prose.words.in_words(len(lost)), "total": prose.words.in_words(len(asked))}
        return prose.say("bias.marker_lost_many", **several, **said)
    pairs = [prose.words.listing([prose.named(code) for code in one.about.split(" ~~ ")]) for one in lost]
    return prose.say("bias.marker_lost", pairs="; ".join(pairs), **said)


#: The sentence of each step, in order.
TOLD = (
    ("harman", _harman),
    ("single_factor", _single),
    ("full_collinearity", _collinear),
    ("method_factor", _method),
    ("marker", _marker),
)
