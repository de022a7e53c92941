"""Whether the model predicts better than its benchmarks, beyond chance."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN
from rantau.quality.finding import Evidence, Finding, Found, rows_of

_NAMES = {"average": "the items' means", "linear": "the linear model"}


def predictive_ability(evidence: Evidence) -> Found:
    """Judge the differences of losses by CVPAT: below zero for the means at least, for the linear model at best.

    Source: Liengaard et al. (2021); Sharma et al. (2023).
    """
    if evidence.prediction is None:
        yield evidence.not_tested("cvpat", "", evidence.to_predict)
        return
    criterion, alpha = evidence.cutoffs["cvpat"], evidence.alpha
    for row in rows_of(evidence.prediction.cvpat(level=evidence.level)):
        against = _NAMES[row.benchmark]
        # Losses that are the same in every row have no p, and one is no better than the other.
        if row.p != row.p and row.difference != 0:
            met, verdict = OPEN, "not computed"
        elif row.p < alpha:
            better = criterion.judge(row.difference) == MET
            met, verdict = (MET, f"better than {against}") if better else (FAILED, f"worse than {against}")
        else:
            met, verdict = (FAILED if row.benchmark == "average" else FAIR), f"no better than {against}"
        yield Finding(
            "cvpat", f"{row.construct}: {against}", row.difference, row.ci_low, row.ci_high, row.p,
            f"{criterion.text}, p < {alpha:g}", criterion.source, met, verdict,
        )  # fmt: skip
