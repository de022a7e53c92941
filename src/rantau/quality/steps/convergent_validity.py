"""Whether a construct explains its items."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, MET
from rantau.quality.finding import Evidence, Found, cell

_WORDS = {
    MET: "explains more than half of its items' variance",
    FAILED: "more error than construct in its items",
}


def convergent_validity(evidence: Evidence) -> Found:
    """Judge the average variance extracted of reflective constructs.

    Source: Fornell and Larcker (1981).
    """
    table = evidence.fit.reliability()
    for name in evidence.reflective:
        limits = evidence.limits(name, "ave", name)
        yield evidence.finding("ave", name, cell(table, name, "ave"), _WORDS, limits=limits)
