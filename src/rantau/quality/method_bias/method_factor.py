"""A factor of the method beside the constructs: one unmeasured latent factor behind all items."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.covariance import SemFit
from rantau.fit import Problem
from rantau.quality.bias_evidence import MODELS, BiasEvidence, BiasFinding, Found, fit_findings, left_out, number_of

if TYPE_CHECKING:
    import pandas as pd

NAMES = ("model with a method factor", "measurement model")


def method_factor(evidence: BiasEvidence) -> Found:
    """Yield the fit with a method factor, what it takes of the variance, and what is left of the loadings.

    Its loadings are equal in the units of the answers (1, with a free variance), and it is uncorrelated with the
    constructs. The share is the mean of its squared standardised loadings. Its likelihood often has several maxima: it
    is fitted with either scaling of the constructs, and the better fit is taken.
    """
    few = evidence.too_few()
    fit = evidence.measurement
    if few is not None:
        yield few
        return
    if isinstance(fit, Problem):
        yield fit
        return
    wider = evidence.best(evidence.with_method, NAMES[0])
    if isinstance(wider, Problem):
        yield wider
        return
    with_it, without = wider.estimates(), fit.estimates()
    own = with_it["lhs"] == evidence.with_method.blocks[-1].construct
    variance = float(with_it.loc[own & (with_it["op"] == "~~") & (with_it["lhs"] == with_it["rhs"]), "est"].iloc[0])
    refused = _inadmissible(variance, wider, fit)
    if refused is not None:
        yield refused
        return
    frame = evidence.against(wider, fit, NAMES)
    if isinstance(frame, Problem):
        yield frame
        return
    yield from fit_findings(frame, NAMES[::-1])
    value, df, p = (number_of(frame, NAMES[1], name) for name in ("chisq_diff", "df_diff", "p_diff"))
    yield BiasFinding("chisq_diff", NAMES[0], value, df, p)
    shares = with_it.loc[own & (with_it["op"] == "=~"), "std_all"].to_numpy(dtype=float) ** 2
    yield BiasFinding("share_method", "all items", float(shares.mean()))
    for block in evidence.blocks:
        before, after = (_loadings(one, block.construct, evidence.items) for one in (without, with_it))
        # A factor of unit variance has no sign.
        sign = -1.0 if sum(before[item] * after[item] for item in before) < 0 else 1.0
        for item, loading in before.items():
            change = sign * after[item] - loading
            yield BiasFinding("loading_change", f"{block.construct} =~ {item}", change)


def _loadings(estimates: pd.DataFrame, construct: str, items: tuple[str, ...]) -> dict[str, float]:
    """Return the standardised loadings of a construct's observed items."""
    own = estimates[(estimates["lhs"] == construct) & (estimates["op"] == "=~") & estimates["rhs"].isin(items)]
    return dict(zip(own["rhs"], own["std_all"].astype(float), strict=True))


def _inadmissible(variance: float, wider: SemFit, fit: SemFit) -> Problem | None:
    """Say why estimates mean nothing, where they do: the method's variance is negative, or a fit is not admissible."""
    if variance < 0:
        return left_out(
            "negative_method",
            f"The variance of the method factor is estimated below zero ({variance:.3f}): beside their constructs the "
            "items share nothing of the kind.",
        )
    for name, one in zip(NAMES, (wider, fit), strict=True):
        faults = [problem.text for problem in one.problems if problem.severity == "error"]
        if faults:
            code = f"inadmissible_{MODELS[name]}"
            return left_out(code, f"The {name} has no admissible solution: {' '.join(faults)}", name)
    return None
