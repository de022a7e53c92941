"""Whether rows that the model has not seen are predicted."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN
from rantau.quality.finding import NAN, Evidence, Finding, Found, rows_of

_WORDS = {MET: "predicted better than by its mean", FAILED: "not predicted better than by its mean"}


def predictive_power(evidence: Evidence) -> Found:
    """Judge Q²predict of each item, and for each construct how many beat the linear model.

    Source: Shmueli et al. (2019).
    """
    if evidence.prediction is None:
        yield evidence.not_tested("q2_predict", "", evidence.to_predict)
        return
    for row in rows_of(evidence.prediction.items()):
        yield evidence.finding("q2_predict", f"{row.construct} =~ {row.Index}", row.q2_predict, _WORDS)
    criterion = evidence.cutoffs["predictive_power"]
    for row in rows_of(evidence.prediction.verdict()):
        share = row.better / row.items
        known = bool(row.verdict)
        met = criterion.judge(share) if known else OPEN
        if met == FAILED and share > 0:
            met = FAIR
        asked = f"share of items better than by the linear model {criterion.text}"
        verdict = row.verdict or "not tested: the linear model has more predictors than the rows can tell apart"
        value = share if known else NAN
        yield Finding("predictive_power", row.Index, value, NAN, NAN, NAN, asked, criterion.source, met, verdict)
