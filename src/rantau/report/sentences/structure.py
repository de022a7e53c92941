"""Hypotheses, explained variance, and how well a stated population was found again."""

from __future__ import annotations

from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.sentences.fit import closest, poor
from rantau.report.tables.population import true_values
from rantau.report.view import number


def hypotheses(prose: Prose) -> tuple[str, ...]:
    """Return the paragraphs on hypotheses: what each engine supports, where they part, and what that means."""
    if not prose.decisions or not prose.findings.model.hypotheses:
        return (prose.say("hypotheses.intro_plain"),) if "paths" in prose.tables else ()
    told = [prose.say("hypotheses.intro")] if "paths" in prose.tables else []
    told += [join(verdict(prose, engine), _contradicted(prose, engine)) for engine in prose.engines]
    told += [_above_one(prose)]
    if _decided(prose, "sem"):
        told.append(poor(prose))
    paragraphs = [join(*told)]
    if all(prose.trusted(engine) for engine in prose.engines) and len(prose.engines) > 1:
        paragraphs.append(_disagreement(prose))
    if any(_decided(prose, engine) for engine in prose.engines):
        paragraphs.append(prose.say("hypotheses.consistent"))
    return tuple(text for text in paragraphs if text)


def _decided(prose: Prose, engine: str) -> dict[str, str]:
    return {name: each[engine] for name, each in prose.decisions.items() if each.get(engine)}


def verdict(prose: Prose, engine: str) -> str:
    """Return the sentence on what an engine supports, or why it gives no decision."""
    decided = _decided(prose, engine)
    if not decided:
        key = "undecided" if prose.trusted(engine) else "withheld"
        return prose.say(f"hypotheses.{key}", engine=prose.engine(engine))
    supported = [name for name, decision in decided.items() if decision == "supported"]
    said = {"engine": prose.engine(engine)}
    if len(decided) == 1:
        key = "engine_single" if supported else "engine_single_not"
        return prose.say(f"hypotheses.{key}", name=next(iter(decided)), **said)
    total = prose.words.in_words(len(decided))
    if len(supported) == len(decided) == 2:
        return prose.say("hypotheses.engine_both", **said)
    if len(supported) in (0, len(decided)):
        return prose.say(f"hypotheses.engine_{'all' if supported else 'none'}", total=total, **said)
    names = f" ({prose.words.listing(supported)})"
    counted = prose.words.in_words(len(supported))
    return prose.say("hypotheses.engine", count_text=counted, total=total, names=names, **said)


def _contradicted(prose: Prose, engine: str) -> str:
    names = [name for name, decision in _decided(prose, engine).items() if decision == "contradicted"]
    if not names:
        return ""
    listed = prose.words.listing(names)
    return prose.say_counted("hypotheses.contradicted", len(names), engine=prose.engine(engine), names=listed)


def _above_one(prose: Prose) -> str:
    """Name standardised paths beyond 1: possible, but worth a word."""
    found = []
    for path in prose.findings.model.paths:
        for engine in prose.engines:
            table = prose.sem if engine == "sem" else prose.pls
            value = number(table.get((path.outcome, "~", path.predictor)), "est")
            if abs(value) > 1:
                named = literal(prose.path(path.predictor, path.outcome))
                found.append(f"{named}, {prose.engine(engine)}: {prose.num(value, 'loading')}")
    return prose.say("hypotheses.above_one", names="; ".join(found)) if found else ""


def _disagreement(prose: Prose) -> str:
    claims = {one.name: one for one in prose.findings.model.hypotheses}
    parted = []
    for name, each in prose.decisions.items():
        if each.get("sem") and each.get("pls") and each["sem"] != each["pls"]:
            one = claims[name]
            said = {
                engine: prose.words(f"decision.{each[engine].replace(' ', '_')}").lower() for engine in prose.engines
            }
            parted.append(
                prose.say(
                    "hypotheses.disagree_item", name=name, path=literal(prose.claim(one.lhs, one.op, one.rhs)), **said
                )
            )
    if not all(_decided(prose, engine) for engine in prose.engines):
        return ""
    if not parted:
        return prose.say("hypotheses.agree")
    told = prose.say_counted("hypotheses.disagree", len(parted), names="; ".join(parted))
    # Scores and factors part by how they treat measurement error, but not by that alone.
    other = [prose.words("hypotheses.cause_remarks")] * bool(prose.findings.remarks)
    fit = prose.findings.sem
    alike = fit is not None and any(problem.code == "alike" for problem in fit.problems)
    measured = prose.findings.cfa
    alike = alike or (measured is not None and prose.trusted("cfa") and bool(closest(prose, measured)))
    other += [prose.words("hypotheses.cause_alike")] * alike
    other += [prose.words("hypotheses.cause_fit")] * bool(poor(prose))
    if not other:
        return join(told, prose.say("hypotheses.disagree_why"))
    return join(told, prose.say("hypotheses.disagree_why_else", causes=prose.words.listing_or(other)))


def explained(prose: Prose) -> str:
    """Return the paragraph on R², collinearity and effects."""
    told = []
    outcomes = list(dict.fromkeys(path.outcome for path in prose.findings.model.paths))
    sem, pls = prose.findings.sem, prose.findings.pls
    shares: list[tuple[str, dict[str, float]]] = []
    if sem is not None and prose.trusted("sem"):
        found = {str(name): float(value) for name, value in sem.r_squared().items()}
        shares.append(("sem", {name: found[name] for name in outcomes if name in found}))
    if pls is not None and prose.trusted("pls"):
        found = {str(name): float(value) for name, value in pls.r_squared()["r_squared"].items()}
        shares.append(("pls", {name: found[name] for name in outcomes}))
    for engine, values in shares:
        if values:
            key = "inner.r2" if len(values) > 1 else "inner.r2_one"
            told.append(prose.say(key, engine=prose.engine(engine), **_percents(prose, values)))
    if pls is not None and prose.trusted("pls"):
        frame = pls.vif()
        inner = frame[frame["kind"] == "inner"]["vif"]
        if len(inner) > len(outcomes):
            told.append(prose.say("inner.vif", value=prose.num(float(inner.max()))))
    return join(*told)


def _percents(prose: Prose, values: dict[str, float]) -> dict[str, str]:
    low, high = min(values, key=values.__getitem__), max(values, key=values.__getitem__)
    return {
        "low": f"{prose.num(100 * values[low], 'percent')}%",
        "high": f"{prose.num(100 * values[high], 'percent')}%",
        "low_name": prose.named(low),
        "high_name": prose.named(high),
    }


def population(prose: Prose) -> str:
    """Return how many true values each engine's intervals hold."""
    truth = true_values(prose.findings)
    told = []
    for engine in prose.engines:
        table = prose.sem if engine == "sem" else prose.pls
        held, total = 0, 0
        for name, value in truth.items():
            low, high = number(table.get(name), "ci_low"), number(table.get(name), "ci_high")
            if low == low and high == high and name[1] == "~":  # noqa: PLR0124 - NaN
                total += 1
                held += low <= value <= high
        if total:
            key = {0: "covered_none", total: "covered_all"}.get(held, "covered_paths")
            values = {"count_text": prose.words.in_words(held), "total": prose.words.in_words(total)}
            told.append(
                prose.say(f"population_text.{key}", percent=prose.percent, engine=prose.engine(engine), **values)
            )
    return join(*told)
