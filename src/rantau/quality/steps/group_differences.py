"""Whether groups are measured alike, and whether their paths differ."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN
from rantau.quality.finding import NAN, Evidence, Finding, Found, rows_of

_INVARIANCE = {
    "full": (MET, "full invariance: rows may be pooled, if of every construct"),
    "partial": (FAIR, "partial invariance: paths may be compared, rows not pooled"),
    "none": (FAILED, "composites differ: compare nothing that rests on them"),
}


def group_differences(evidence: Evidence) -> Found:
    """Judge the invariance of composites between groups, and tell which paths differ where that permits it.

    Nothing is asked of groups that is not given: most studies have none to compare.

    Source: Henseler, Ringle and Sarstedt (2016) for MICOM; Chin and Dibbern (2010) for permutations.
    """
    if evidence.groups is None:
        return
    alpha, source = evidence.alpha, evidence.cutoffs["significance"].source
    for row in rows_of(evidence.groups.micom()):
        met, verdict = _INVARIANCE[row.invariance]
        yield Finding(
            "micom", f"{row.construct}: {row.group_1}, {row.group_2}", row.c, row.c_quantile, NAN, row.c_p,
            "c above its 5 % quantile; then means and variances", "Henseler, Ringle and Sarstedt (2016)", met, verdict,
        )  # fmt: skip
    for row in rows_of(evidence.groups.table()):
        if not row.permitted:
            verdict = "not to be compared: composites differ"
        else:
            verdict = "differs" if row.p_permutation < alpha else "no difference found"
        yield Finding(
            "path_difference", f"{row.lhs} ~ {row.rhs}: {row.group_1}, {row.group_2}", row.difference, NAN, NAN,
            row.p_permutation, f"the first group less the second: p < {alpha:g}", source, OPEN, verdict,
        )  # fmt: skip
