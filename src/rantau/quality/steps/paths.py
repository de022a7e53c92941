"""Whether relations between constructs are more than chance, and as expected."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, MET, OPEN
from rantau.quality.finding import Evidence, Finding, Found, rows_of
from rantau.quality.hypotheses import SUPPORTED, decide


def paths(evidence: Evidence) -> Found:
    """Judge path coefficients by their bootstrap, and hypotheses by sign and significance.

    A control variable's path is told, and nothing is asked of it.

    Source: Hair, Hult, Ringle and Sarstedt (2022), chapter 6.
    """
    source, alpha = evidence.cutoffs["significance"].source, evidence.alpha
    claimed = {(one.lhs, one.rhs): one for one in evidence.fit.model.hypotheses if one.op == "~"}
    for row in rows_of(evidence.fit.paths()):
        hypothesis = claimed.get((row.lhs, row.rhs))
        about = f"{row.lhs} ~ {row.rhs}" + (f" ({hypothesis.name})" if hypothesis else "")
        limits = evidence.tested(row.lhs, "~", row.rhs)
        if evidence.bootstrap is None:
            met, verdict = OPEN, "not tested: give bootstrap=rt.bootstrap(fit)"
        else:
            word = decide(row.est, limits[2], hypothesis.sign if hypothesis else "", 1 - alpha)
            met = OPEN if not word else MET if word == SUPPORTED else FAILED
            verdict = word if hypothesis else {MET: "significant", FAILED: "not significant"}.get(met, "not computed")
            met = OPEN if row.rhs in evidence.fit.model.controls else met
        yield Finding("path", about, float(row.est), *limits, f"p < {alpha:g}", source, met, verdict)
