"""Whether the items of a formative construct contribute to it."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET
from rantau.quality.finding import Evidence, Finding, Found, rows_of


def formative_weights(evidence: Evidence) -> Found:
    """Judge weights, and loadings where a weight may be nothing.

    An item whose weight is significant contributes beside the others. One whose weight is not, but whose loading is
    high enough, contributes by itself. One with neither is kept only if its loading is significant and its content is
    not said by others.

    Source: Hair, Hult, Ringle and Sarstedt (2022), chapter 5.
    """
    if not evidence.formative:
        return
    if evidence.bootstrap is None:
        for name in evidence.formative:
            how = "give bootstrap=rt.bootstrap(fit)"
            untested = evidence.not_tested("weight", name, how, criterion="formative_loading")
            yield untested.replace(criterion=_asked(evidence))
        return
    loadings = {(row.construct, row.item): row.est for row in rows_of(evidence.fit.loadings())}
    for row in rows_of(evidence.fit.weights()):
        if row.construct in evidence.formative:
            yield _judged(evidence, row.construct, row.item, row.est, loadings[row.construct, row.item])


def _judged(evidence: Evidence, construct: str, item: str, weight: float, loading: float) -> Finding:
    alpha, limits = evidence.alpha, evidence.tested(construct, "<~", item)
    of_loading = evidence.tested(construct, "=~", item)[2]
    criterion = evidence.cutoffs["formative_loading"]
    if limits[2] < alpha:
        met, verdict = MET, "contributes beside the others"
    elif criterion.judge(loading) == MET:
        met, verdict = MET, f"not significant beside the others, but its loading is {loading:.2f}: keep"
    elif of_loading < alpha:
        met, verdict = FAIR, f"weight not significant and loading {loading:.2f}: keep only if no other item says it"
    else:
        met, verdict = FAILED, f"neither weight nor loading ({loading:.2f}) is significant: take the item out"
    about = f"{construct} <~ {item}"
    return Finding("weight", about, float(weight), *limits, _asked(evidence), criterion.source, met, verdict)


def _asked(evidence: Evidence) -> str:
    return f"p < {evidence.alpha:g}, or loading {evidence.cutoffs['formative_loading'].text}"
