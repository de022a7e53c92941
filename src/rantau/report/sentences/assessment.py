"""How a PLS model stands by the cut-offs of its field."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN
from rantau.report.citations import as_cited
from rantau.report.markup import literal
from rantau.report.prose import Prose, join


def assessment(prose: Prose) -> tuple[str, ...]:
    """Return the paragraph on the assessment; () where there is none."""
    found = prose.findings.assessment
    if found is None or not prose.trusted("pls"):
        return ()
    every = [one for _, one in found.findings]
    asked = [one for one in every if one.met != OPEN]
    counts = {met: sum(one.met == met for one in asked) for met in (MET, FAIR, FAILED)}
    told = [
        prose.say(
            "assess.counts",
            cutoffs=literal(as_cited(found.cutoffs, narrative=True).replace(" & ", prose.words("list.two"))),
            total=prose.words.in_words(len(asked)),
            met=prose.words.in_words(counts[MET]),
            fair=prose.words.in_words(counts[FAIR]),
            failed=prose.words.in_words(counts[FAILED]),
        )
    ]
    tests = dict.fromkeys(one.test for one in asked if one.met == FAILED)
    if tests:
        listed = []
        for test in tests:
            own = [one for one in asked if one.test == test]
            failed = sum(one.met == FAILED for one in own)
            listed.append(
                prose.words(
                    "assess.failed_one",
                    test=prose.words(f"test.{test}"),
                    failed=prose.words.in_words(failed),
                    total=prose.words.in_words(len(own)),
                )
            )
        told.append(prose.say("assess.failed", tests=prose.words.listing(listed)))
    untested = dict.fromkeys(prose.words(f"test.{one.test}") for one in every if one.verdict.startswith("not tested"))
    if untested:
        told.append(prose.say("assess.untested", tests=prose.words.listing(list(untested))))
    return (join(*told, prose.say("assess.law")),)
