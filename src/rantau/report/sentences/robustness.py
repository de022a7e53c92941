"""What PLS takes for granted, put to the test: straight lines, exogenous predictors, one population, reflection."""

from __future__ import annotations

from rantau.report.markup import literal
from rantau.report.prose import Prose, join
from rantau.report.tables.tetrads import LEVEL


def robustness(prose: Prose) -> tuple[str, ...]:
    """Return a paragraph for each check that was made."""
    if not prose.trusted("pls"):
        return ()
    return tuple(text for text in (_lines(prose), _copulas(prose), _segments(prose), _tetrads(prose)) if text)


def _lines(prose: Prose) -> str:
    found = prose.findings.nonlinearity
    if found is None:
        return ""
    alpha = 1 - prose.findings.level
    told = [prose.say("robust.lines")]
    bent = [row for row in found.reset().to_dict("records") if row["p"] < alpha]
    if bent:
        listed = [
            prose.words(
                "robust.bent",
                name=prose.named(row["outcome"]),
                test=prose.stat(f"*F*({row['df']}{prose.look.words.separator}{row['df_residual']})", row["f"]),
                p=prose.stat("*p*", row["p"], "p"),
            )
            for row in bent
        ]
        told.append(prose.say_counted("robust.lines_bent", len(bent), outcomes=prose.words.listing(listed)))
    else:
        told.append(prose.say("robust.lines_straight"))
    curved = [row for row in found.quadratic().to_dict("records") if row["p"] < alpha]
    if curved:
        listed = [
            prose.words(
                "robust.curved",
                path=literal(prose.path(row["predictor"], row["outcome"])),
                p=prose.stat("*p*", row["p"], "p"),
                size=prose.stat("*f*^{2}", row["f_squared"]),
            )
            for row in curved
        ]
        told.append(prose.say_counted("robust.squares", len(curved), paths=prose.words.listing(listed)))
    else:
        told.append(prose.say("robust.squares_none"))
    return join(*told)


def _copulas(prose: Prose) -> str:
    found = prose.findings.copulas
    if found is None:
        return ""
    conditions = found.conditions()
    usable = int(conditions["usable"].sum())
    told = [prose.say("robust.copulas")]
    total = prose.words.in_words(len(conditions))
    if not usable:
        return join(*told, prose.say("robust.copulas_none", total=total))
    key = "robust.copulas_all" if usable == len(conditions) else "robust.copulas_some"
    told.append(prose.say(key, count=prose.words.in_words(usable), total=total))
    terms = found.table()
    terms = terms[terms["p"] < 1 - prose.findings.level]
    alone = terms[terms["copulas"] == terms["predictor"]]
    if not len(terms):
        return join(*told, prose.say("robust.exogenous"))
    if not len(alone):
        paths = dict.fromkeys(prose.path(row["predictor"], row["outcome"]) for row in terms.to_dict("records"))
        return join(*told, prose.say("robust.endogenous_jointly", paths=prose.words.listing([*map(literal, paths)])))
    listed = [
        prose.words(
            "robust.endogenous_one",
            path=literal(prose.path(row["predictor"], row["outcome"])),
            plain=prose.num(row["path"], "loading"),
            treated=prose.num(row["path_with_copula"], "loading"),
            p=prose.stat("*p*", row["p"], "p"),
        )
        for row in alone.to_dict("records")
    ]
    return join(*told, prose.say_counted("robust.endogenous", len(listed), paths=prose.words.listing(listed)))


def _segments(prose: Prose) -> str:
    found = prose.findings.segments
    if found is None:
        return ""
    criteria = found.criteria()
    most = prose.words.in_words(int(criteria.index.max()))
    chosen = {name: found.best(name) for name in ("aic3", "caic")}
    told = [prose.say("robust.segments", most=most)]
    if len(set(chosen.values())) > 1:
        first, second = map(prose.words.in_words, chosen.values())
        told.append(prose.say("robust.segments_apart", first=first, second=second))
    elif chosen["caic"] == 1:
        told.append(prose.say("robust.segments_one"))
    else:
        count = chosen["caic"]
        one = criteria.to_dict("index")[count]
        told.append(
            prose.say(
                "robust.segments_several",
                count=prose.words.in_words(count),
                en=prose.stat("EN", float(one["en"]), "correlation"),
                smallest=prose.words.in_words(int(one["smallest_segment"])),
            )
        )
    return join(*told)


def _tetrads(prose: Prose) -> str:
    found = prose.findings.tetrads
    if found is None:
        return ""
    verdicts = found.verdicts(level=LEVEL)
    tested = verdicts[verdicts["tetrads"] > 0]
    rejected = [str(name) for name in tested["construct"][tested["not_vanishing"] > 0]]
    told = [prose.say("robust.tetrads", names=prose.names(map(str, tested["construct"])))]
    if rejected:
        told.append(prose.say_counted("robust.tetrads_rejected", len(rejected), names=prose.names(rejected)))
    else:
        told.append(prose.say("robust.tetrads_kept"))
    untested = [str(name) for name in verdicts["construct"][verdicts["tetrads"] == 0]]
    if untested:
        told.append(prose.say_counted("robust.tetrads_untested", len(untested), names=prose.names(untested)))
    return join(*told)
