"""Whether groups are measured alike, and whether their paths differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rantau.report.markup import literal
from rantau.report.prose import Prose, join

if TYPE_CHECKING:
    from rantau.groups import GroupComparison


def groups(prose: Prose) -> tuple[str, ...]:
    """Return the paragraphs on invariance and on differences; () where no groups were compared."""
    found = prose.findings.comparison
    if found is None or not prose.trusted("pls"):
        return ()
    return join(_rows(prose, found), *_invariance(prose, found)), _differences(prose, found)


def _rows(prose: Prose, found: GroupComparison) -> str:
    sizes = [
        f"{literal(prose.group(name))} (*n* = {prose.words.whole(n)})"
        for name, n in zip(found.groups, found.sizes, strict=True)
    ]
    key = "groups.by" if found.by else "groups.given"
    told = prose.say(key, column=literal(prose.grouping), groups=prose.words.listing(sizes))
    left = prose.say_counted("groups.left_out", found.left_out) if found.left_out else ""
    return join(told, left)


def _invariance(prose: Prose, found: GroupComparison) -> list[str]:
    """Say which composites are the same in every two groups."""
    table = found.micom(level=prose.findings.level)
    told = [prose.say("groups.micom", permutations=found.permutations)]
    if found.problems:
        failed = prose.words.listing([literal(prose.group(problem.about[0])) for problem in found.problems])
        told.append(prose.say("groups.problems", groups=failed))
    for first, second in _pairs(found):
        own = table[(table["group_1"] == first) & (table["group_2"] == second)]
        where = _where(prose, found, first, second)
        states = {state: [str(name) for name in own["construct"][own["invariance"] == state]] for state in _STATES}
        whole = next((state for state in _STATES if len(states[state]) == len(own)), "")
        if whole:
            told.append(where + prose.say(f"groups.{whole}_all"))
            continue
        parts = [
            prose.words.counted(f"groups.{state}", len(states[state]), names=prose.names(states[state]))
            for state in _STATES
            if states[state]
        ]
        told.append(where + prose.say("groups.mixed", parts="; ".join(parts)))
        if states["none"]:
            told.append(prose.say("groups.barred"))
    return told


_STATES = ("full", "partial", "none")


def _differences(prose: Prose, found: GroupComparison) -> str:
    """Name the paths that differ, of those that may be compared."""
    alpha = 1 - prose.findings.level
    table = found.table(level=prose.findings.level)
    holm = found.table(adjust="holm", level=prose.findings.level)["p_permutation"]
    told = [prose.say("groups.mga", permutations=found.permutations)]
    kept = 0
    for first, second in _pairs(found):
        own = table[(table["group_1"] == first) & (table["group_2"] == second)]
        where = _where(prose, found, first, second)
        asked = own[own["permitted"].astype(bool)]
        if not len(asked):
            told.append(where + prose.say("groups.none_permitted"))
            continue
        differing = asked[asked["p_permutation"] < alpha]
        kept += int((holm[differing.index] < alpha).sum())
        if not len(differing):
            told.append(where + prose.say("groups.no_difference"))
            continue
        listed = [_difference(prose, row) for row in differing.to_dict("records")]
        told.append(where + prose.say_counted("groups.difference", len(listed), paths=prose.words.listing(listed)))
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


def _where(prose: Prose, found: GroupComparison, first: str, second: str) -> str:
    """Name the two groups that a sentence is about, where there are more."""
    if len(found.groups) == 2:
        return ""
    return prose.words("groups.where", first=literal(prose.group(first)), second=literal(prose.group(second))) + " "
