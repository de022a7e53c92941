"""Whether the predictors of a construct can be told apart."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET
from rantau.quality.finding import Evidence, Found, rows_of

_WORDS = {
    MET: "no collinearity",
    FAIR: "collinearity is possible; look whether signs of paths are as expected",
    FAILED: "collinear: join predictors, or leave one out",
}


def structural_collinearity(evidence: Evidence) -> Found:
    """Judge the variance inflation of each predictor in each equation.

    Source: Becker, Ringle, Sarstedt and Völckner (2015).
    """
    table = evidence.fit.vif()
    for row in rows_of(table[table["kind"] == "inner"]):
        yield evidence.finding("vif", f"{row.target} ~ {row.name}", row.vif, _WORDS, criterion="inner_vif")
