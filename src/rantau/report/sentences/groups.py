"""Whether groups are measured alike, and whether their paths differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rantau.report.markup import literal
from rantau.report.prose import Prose, join

if TYPE_CHECKING:
    from rantau.covariance import SemFit
    from rantau.groups import GroupComparison


def groups(prose: Prose) -> tuple[str, ...]:
    """Return the paragraphs on invariance and on differences; () where no groups were compared."""
    told = [_levels(prose), _together(prose)]
    found = prose.findings.comparison
    if found is not None and prose.trusted("pls"):
        told += [join(_rows(prose, found), *_invariance(prose, found)), _differences(prose, found)]
    return tuple(text for text in told if text)


#: By how much CFI may fall and RMSEA rise from one level to the next (Chen, 2007).
FALL, RISE = 0.010, 0.015


def _levels(prose: Prose) -> str:
    """Return how far the groups are measured alike, by the changes of CFI and RMSEA."""
    frame = prose.findings.invariance
    if frame is None:
        return ""
    held: list[str] = []
    broken = ""
    for level, row in frame.to_dict("index").items():
        if not row["against"]:
            continue
        if _holds(row):
            held.append(prose.words(f"level.{level}"))
            continue
        changes = {
            "cfi": prose.stat("ΔCFI", row["cfi_change"], "index"),
            "rmsea": prose.stat("ΔRMSEA", row["rmsea_change"], "index"),
        }
        broken = prose.say("levels.broken", level=prose.words(f"level.{level}"), **changes)
        break
    kept = prose.say_counted("levels.held", len(held), levels=prose.words.listing(held)) if held else ""
    return join(prose.say("levels.intro"), kept, broken)


def _holds(row: dict[Any, Any]) -> bool:
    """Say whether a level holds, by its changes at the precision at which they are printed."""
    return bool(round(row["cfi_change"], 3) >= -FALL and round(row["rmsea_change"], 3) <= RISE)


def _together(prose: Prose) -> str:
    """Return the paragraph on the covariance-based model of several groups, with the constructs' means."""
    fit = prose.findings.grouped
    if fit is None:
        return ""
    by = fit.request.group
    held = [prose.words(f"equal.{name}") for name in fit.request.group_equal if prose.words.has(f"equal.{name}")]
    told = [
        prose.say(
            "groups.together",
            column=literal(prose.grouping(by)),
            groups=prose.words.listing([literal(prose.group(label, by)) for label in fit.groups]),
            held=prose.say("groups.held", what=prose.words.listing(held)) if held else prose.say("groups.free"),
        )
    ]
    if not fit.converged:
        return join(*told, prose.say("fit_text.not_converged", fit=prose.words("fit.grouped")))
    told.append(prose.say("groups.together_fit", fit=prose.fit_statement(fit)))
    if not prose.trusted("grouped"):
        return join(*told, prose.say("fit_text.distrust"))
    return join(*told, _means(prose, fit))


def _means(prose: Prose, fit: SemFit) -> str:
    """Name the constructs whose means differ from those of the first group."""
    table = fit.estimates(level=prose.findings.level)
    model = prose.findings.model
    # What is estimated of an outcome is its intercept and no mean.
    constructs = set(model.constructs) - {path.outcome for path in model.paths}
    own = table[(table["op"] == "~1") & table["lhs"].isin(constructs) & (table["se"] > 0)]
    if not len(own):
        return ""
    by, reference = fit.request.group, literal(prose.group(fit.groups[0], fit.request.group))
    listed = [
        prose.words(
            "groups.mean_one",
            name=prose.named(str(row["lhs"])),
            group=literal(prose.group(fit.groups[row["group"] - 1], by)),
            value=prose.num(row["est"]),
            p=prose.stat("*p*", row["p"], "p"),
        )
        for row in own[own["p"] < 1 - prose.findings.level].to_dict("records")
    ]
    if not listed:
        return prose.say("groups.means_same", reference=reference)
    told = prose.say_counted("groups.means", len(listed), reference=reference, means=prose.words.listing(listed))
    return join(told, "" if _scalar_holds(prose) else prose.say("groups.means_reserve"))


def _scalar_holds(prose: Prose) -> bool:
    """Say whether every level up to equal intercepts holds, where levels were tested at all."""
    frame = prose.findings.invariance
    if frame is None or "scalar" not in frame.index:
        return True
    return all(_holds(row) for row in frame.loc[:"scalar"].to_dict("records") if row["against"])


def _rows(prose: Prose, found: GroupComparison) -> str:
    sizes = [
        f"{literal(prose.group(name))} (*n* = {prose.words.whole(n)})"
        for name, n in zip(found.groups, found.sizes, strict=True)
    ]
    key = "groups.by" if found.by else "groups.given"
    told = prose.say(key, column=literal(prose.grouping(found.by)), groups=prose.words.listing(sizes))
    left = prose.say_counted("groups.left_out", found.left_out) if found.left_out else ""
    return join(told, left)


def _invariance(prose: Prose, found: GroupComparison) -> list[str]:
    """Say which composites are the same in every two groups."""
    table = found.micom(level=prose.findings.level)
    told = [prose.say("groups.micom", permutations=found.permutations)]
    if found.problems:
        failed = prose.words.listing([literal(prose.group(problem.about[0])) for problem in found.problems])
        told.append(prose.say("groups.problems", groups=failed))
    said: dict[tuple[str, str], str] = {}
    for pair in _pairs(found):
        own = table[(table["group_1"] == pair[0]) & (table["group_2"] == pair[1])]
        states = {state: [str(name) for name in own["construct"][own["invariance"] == state]] for state in _STATES}
        whole = next((state for state in _STATES if len(states[state]) == len(own)), "")
        if whole:
            said[pair] = prose.say(f"groups.{whole}_all")
            continue
        parts = [
            prose.words.counted(f"groups.{state}", len(states[state]), names=prose.names(states[state]))
            for state in _STATES
            if states[state]
        ]
        barred = prose.say("groups.barred") if states["none"] else ""
        said[pair] = join(prose.say("groups.mixed", parts="; ".join(parts)), barred)
    return told + _two_by_two(prose, said)


_STATES = ("full", "partial", "none")


def _differences(prose: Prose, found: GroupComparison) -> str:
    """Name the paths that differ, of those that may be compared."""
    alpha = 1 - prose.findings.level
    table = found.table(level=prose.findings.level)
    holm = found.table(adjust="holm", level=prose.findings.level)["p_permutation"]
    told = [prose.say("groups.mga", permutations=found.permutations)]
    said: dict[tuple[str, str], str] = {}
    kept = 0
    for pair in _pairs(found):
        own = table[(table["group_1"] == pair[0]) & (table["group_2"] == pair[1])]
        asked = own[own["permitted"].astype(bool)]
        differing = asked[asked["p_permutation"] < alpha]
        kept += int((holm[differing.index] < alpha).sum())
        listed = [_difference(prose, row) for row in differing.to_dict("records")]
        if listed:
            said[pair] = prose.say_counted("groups.difference", len(listed), paths=prose.words.listing(listed))
        else:
            said[pair] = prose.say("groups.no_difference" if len(asked) else "groups.none_permitted")
    told += _two_by_two(prose, said)
    if (table["permitted"].astype(bool) & (table["p_permutation"] < alpha)).any():
        tests = prose.words.in_words(len(table))
        told.append(
            prose.say_counted("groups.holm", kept, tests=tests) if kept else prose.say("groups.holm_none", tests=tests)
        )
    return join(*told)


def _difference(prose: Prose, row: dict[Any, Any]) -> str:
    return prose.words(
        "groups.one",
        path=literal(prose.path(row["rhs"], row["lhs"])),
        first=literal(prose.group(str(row["group_1"]))),
        second=literal(prose.group(str(row["group_2"]))),
        est_first=prose.num(row["est_1"], "loading"),
        est_second=prose.num(row["est_2"], "loading"),
        p=prose.stat("*p*", row["p_permutation"], "p"),
    )


def _pairs(found: GroupComparison) -> list[tuple[str, str]]:
    return [(found.groups[pair.first], found.groups[pair.second]) for pair in found.pairs]


def _two_by_two(prose: Prose, said: dict[tuple[str, str], str]) -> list[str]:
    """Return what is said of every two groups, once where it is the same; groups are named where there are more."""
    if len(said) == 1:
        return list(said.values())
    pairs: dict[str, list[str]] = {}
    for (first, second), sentence in said.items():
        pairs.setdefault(sentence, []).append(literal(prose.pair(first, second)))
    return [prose.words("groups.where", pairs="; ".join(named)) + " " + sentence for sentence, named in pairs.items()]
