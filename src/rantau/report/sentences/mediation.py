"""What kind of mediation each indirect route is, by which of its two effects differ from zero."""

from __future__ import annotations

from rantau.report.format import format_interval
from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.view import Numbers, interval, number

#: In the order in which they are told; `alone` and `alone_not` where the model has no direct path.
MEDIATED = ("indirect_only", "complementary", "competitive")
KINDS = (*MEDIATED, "alone", "direct_only", "neither", "alone_not")
#: Of more routes the numbers are left to the table, and those that mediate nothing are counted.
MANY = 6


def mediation(prose: Prose) -> list[str]:
    """Return the paragraphs on effects, and on what mediates what where they were tested: one for each engine.

    Source: Zhao, Lynch & Chen (2010), figure 2.
    """
    told = {engine: _mediated(prose, engine) for engine in prose.engines if prose.trusted(engine)}
    engines = [engine for engine in told if any(op == "indirect" for _, op, _ in prose.effects(engine))]
    named = prose.words.listing([prose.engine(engine) for engine in engines or prose.engines])
    first = prose.say("inner.effects", engines=named)
    spoken = [(engine, told[engine]) for engine in engines if told[engine]]
    if len(spoken) < 2:
        return [join(first, *(text for _, text in spoken))]
    paragraphs = [join(prose.say("mediation.by", engine=prose.engine(engine)), text) for engine, text in spoken]
    return [join(first, paragraphs[0]), *paragraphs[1:]]


def _mediated(prose: Prose, engine: str) -> str:
    """Say of every route of an engine what kind of mediation it is; nothing where it was not tested."""
    numbers = prose.effects(engine)
    found: dict[str, list[tuple[tuple[str, ...], Numbers]]] = {}
    for (target, op, rhs), indirect in numbers.items():
        source, *through = rhs.split(" -> ")
        if op == "indirect" and through and number(indirect, "p") >= 0:
            kind = _kind(indirect, numbers.get((target, "~", source)), 1 - prose.findings.level)
            found.setdefault(kind, []).append(((source, *through, target), indirect))
    many = sum(map(len, found.values())) > MANY
    told = [
        prose.say(f"mediation.{kind}", list="; ".join(_route(prose, *route, many=many) for route in found[kind]))
        for kind in (MEDIATED if many else KINDS)
        if kind in found
    ]
    if many:
        told += _counted(prose, {kind: len(found.get(kind, ())) for kind in KINDS})
    return join(*told)


def _counted(prose: Prose, count: dict[str, int]) -> list[str]:
    """Say along how many routes nothing is mediated, and how many effects differ from zero without a direct path."""
    told = []
    idle = count["direct_only"] + count["neither"]
    if idle:
        told.append(prose.say_counted("mediation.idle", idle))
    alone = prose.words.in_words(count["alone"] + count["alone_not"])
    if count["alone"]:
        told.append(prose.say_counted("mediation.alone_many", count["alone"], all=alone))
    elif count["alone_not"]:
        told.append(prose.say("mediation.alone_none", all=alone))
    return told


def _kind(indirect: Numbers, direct: Numbers | None, alpha: float) -> str:
    mediated = number(indirect, "p") < alpha
    if direct is None:
        return "alone" if mediated else "alone_not"
    left = number(direct, "p") < alpha
    if mediated and left:
        same = number(indirect, "est") * number(direct, "est") > 0
        return "complementary" if same else "competitive"
    return "indirect_only" if mediated else "direct_only" if left else "neither"


def _route(prose: Prose, codes: tuple[str, ...], found: Numbers, *, many: bool) -> str:
    """Write a route; unless there are many with its effect, to the decimals of the table of effects."""
    route = literal(prose.path(*codes))
    if many:
        return route
    return prose.words(
        "mediation.route",
        route=route,
        effect=prose.num(number(found, "est"), "loading", decimals=3),
        ci=prose.ci,
        limits=format_interval(interval(found), "loading", prose.look, decimals=3),
        separator=prose.look.words.separator,
    )
