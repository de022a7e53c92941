"""Whether rows that the model has not seen are predicted."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN
from rantau.quality.finding import NAN, Evidence, Finding, Found, rows_of

#: Errors skewed beyond this are better judged by their sizes than by their squares.
SKEWED = 1.0
_WORDS = {MET: "predicted better than by its mean", FAILED: "not predicted better than by its mean"}


def predictive_power(evidence: Evidence) -> Found:
    """Judge Q²predict of each item, and for each construct how many beat the linear model.

    By RMSE, or by MAE where the errors of some item of the construct are far from symmetric: skewed beyond 1.

    Source: Shmueli et al. (2019), on the choice of the measure.
    """
    if evidence.prediction is None:
        yield evidence.not_tested("q2_predict", "", evidence.to_predict)
        return
    items = evidence.prediction.items()
    for row in rows_of(items):
        yield evidence.finding("q2_predict", f"{row.construct} =~ {row.Index}", row.q2_predict, _WORDS)
    criterion = evidence.cutoffs["predictive_power"]
    skewed = (items["skewness"].abs() > SKEWED).groupby(items["construct"]).any()
    by = {measure: evidence.prediction.verdict(measure=measure) for measure in ("rmse", "mae")}
    for name in by["rmse"].index:
        measure = "mae" if skewed[name] else "rmse"
        row = next(rows_of(by[measure].loc[[name]]))
        share = row.better / row.items
        known = bool(row.verdict)
        met = criterion.judge(share) if known else OPEN
        if met == FAILED and share > 0:
            met = FAIR
        asked = f"share of items better than by the linear model, by {measure.upper()}, {criterion.text}"
        verdict = row.verdict or "not tested: the linear model has more predictors than the rows can tell apart"
        value = share if known else NAN
        yield Finding("predictive_power", row.Index, value, NAN, NAN, NAN, asked, criterion.source, met, verdict)
