"""Whether the model gives back the correlations of the items."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, MET
from rantau.quality.finding import Evidence, Found

_WORDS = {
    MET: "fits; rt.fit_test tests it exactly",
    FAILED: "does not fit well; PLS does not minimise misfit, so look where residuals are before judging",
}


def model_fit(evidence: Evidence) -> Found:
    """Judge the standardised root mean square residual of the outer model, and of the whole.

    Source: Henseler et al. (2014); Hair et al. (2022) advise against resting on it.
    """
    words = {**_WORDS, MET: "fits"} if evidence.fit.request.ordered else _WORDS
    for model in ("saturated", "estimated"):
        value = float(evidence.fit.fit_indices(model)["srmr"])
        yield evidence.finding("srmr", f"{model} model", value, words)
