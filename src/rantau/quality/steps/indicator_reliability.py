"""Whether items say enough about their construct."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET
from rantau.quality.finding import Evidence, Found, rows_of

_WORDS = {
    MET: "reliable",
    FAIR: "keep, unless without it reliability or AVE would rise above the cut-off",
    FAILED: "take the item out",
}


def indicator_reliability(evidence: Evidence) -> Found:
    """Judge the loadings of reflective items.

    Source: Hair, Hult, Ringle and Sarstedt (2022), chapter 4: 0.708² is half of the item's variance.
    """
    for row in rows_of(evidence.fit.loadings()):
        if row.construct in evidence.reflective:
            limits = evidence.limits(row.construct, "=~", row.item)
            yield evidence.finding("loading", f"{row.construct} =~ {row.item}", row.est, _WORDS, limits=limits)
