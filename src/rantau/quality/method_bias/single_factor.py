"""One common factor against the measurement model."""

from __future__ import annotations

from rantau.fit import Problem
from rantau.quality.bias_evidence import BiasEvidence, BiasFinding, Found, fit_findings, held, number_of, one_factor

NAMES = ("measurement model", "model of one factor")


def single_factor(evidence: BiasEvidence) -> Found:
    """Yield the fit of both models and their difference: one factor says that all constructs correlate by 1.

    Where the constructs do, the difference is at the bound of what is possible, and its p-value too large.
    """
    few = evidence.too_few()
    if few is not None:
        yield few
        return
    fit = evidence.measurement
    if isinstance(fit, Problem):
        yield fit
        return
    single = evidence.single
    if len(evidence.blocks) < len(evidence.model.blocks):
        single = evidence.fitted(one_factor(evidence.model, evidence.blocks), NAMES[1])
    if isinstance(single, Problem):
        yield single
        return
    frame = evidence.against(fit, single, NAMES)
    if isinstance(frame, Problem):
        yield frame
        return
    yield from fit_findings(frame, NAMES)
    alpha = 1 - evidence.level
    value, df, p = (number_of(frame, NAMES[1], name) for name in ("chisq_diff", "df_diff", "p_diff"))
    yield BiasFinding("chisq_diff", NAMES[1], value, df, p, f"p < {alpha:.10g}", held(p < alpha))
