"""Whether the items of a construct agree."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET
from rantau.quality.finding import Evidence, Found, cell


def internal_consistency(evidence: Evidence) -> Found:
    """Judge alpha, the lower bound, rho_A in between, and rho_C, the upper bound.

    Source: Hair, Risher, Sarstedt and Ringle (2019), When to use and how to report the results of PLS-SEM.
    """
    table = evidence.fit.reliability()
    for name in evidence.reflective:
        for test in ("alpha", "rho_a", "rho_c"):
            value = cell(table, name, test)
            most = evidence.cutoffs[test].most
            redundant = most is not None and value > most
            words = {
                MET: "reliable",
                FAIR: "items say nearly the same; look for redundant ones"
                if redundant
                else "acceptable in exploration",
                FAILED: "not reliable",
            }
            yield evidence.finding(test, name, value, words, limits=evidence.limits(name, test, name))
