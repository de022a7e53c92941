"""What kind of mediation each indirect route of PLS is, by which of its two effects differ from zero."""

from __future__ import annotations

from rantau.report.format import format_interval
from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.view import Numbers, interval, number

#: In the order in which they are told; `alone` and `alone_not` where the model has no direct path.
KINDS = ("indirect_only", "complementary", "competitive", "alone", "direct_only", "neither", "alone_not")


def mediation(prose: Prose) -> str:
    """Return the paragraph on the effects of PLS, and what mediates what where they were tested.

    Source: Zhao, Lynch & Chen (2010), figure 2.
    """
    found: dict[str, list[str]] = {}
    for (target, op, rhs), indirect in prose.pls.items() if prose.trusted("pls") else ():
        source, *through = rhs.split(" -> ")
        if op == "indirect" and through and number(indirect, "p") >= 0:
            kind = _kind(indirect, prose.pls.get((target, "~", source)), 1 - prose.findings.level)
            found.setdefault(kind, []).append(_route(prose, (source, *through, target), indirect))
    told = [prose.say(f"mediation.{kind}", list="; ".join(found[kind])) for kind in KINDS if kind in found]
    return join(prose.say("inner.effects"), *told)


def _kind(indirect: Numbers, direct: Numbers | None, alpha: float) -> str:
    mediated = number(indirect, "p") < alpha
    if direct is None:
        return "alone" if mediated else "alone_not"
    left = number(direct, "p") < alpha
    if mediated and left:
        same = number(indirect, "est") * number(direct, "est") > 0
        return "complementary" if same else "competitive"
    return "indirect_only" if mediated else "direct_only" if left else "neither"


def _route(prose: Prose, codes: tuple[str, ...], found: Numbers) -> str:
    """Write a route with its effect, to the decimals of the table of effects."""
    return prose.words(
        "mediation.route",
        route=literal(prose.path(*codes)),
        effect=prose.num(number(found, "est"), "loading", decimals=3),
        ci=prose.ci,
        limits=format_interval(interval(found), "loading", prose.look, decimals=3),
        separator=prose.look.words.separator,
    )
