"""Whether the items of a formative construct can be told apart."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET
from rantau.quality.finding import Evidence, Found, rows_of

_WORDS = {
    MET: "no collinearity",
    FAIR: "collinearity is possible; look whether signs of weights are as expected",
    FAILED: "collinear: join items, or take one out",
}


def formative_collinearity(evidence: Evidence) -> Found:
    """Judge the variance inflation of each item within its block.

    Source: Hair, Risher, Sarstedt and Ringle (2019).
    """
    table = evidence.fit.vif()
    own = table[(table["kind"] == "outer") & table["target"].isin(evidence.formative)]
    for row in rows_of(own):
        yield evidence.finding("vif", f"{row.target} <~ {row.name}", row.vif, _WORDS, criterion="outer_vif")
