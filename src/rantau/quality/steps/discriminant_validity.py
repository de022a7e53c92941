"""Whether constructs differ from one another."""

from __future__ import annotations

from rantau.quality.cutoffs import FAILED, FAIR, MET
from rantau.quality.finding import NAN, Evidence, Found, cell

_WORDS = {
    MET: "distinct",
    FAIR: "distinct if the two are alike in content; otherwise not",
    FAILED: "not distinct",
}
_ORDER = (MET, FAIR, FAILED)


def discriminant_validity(evidence: Evidence) -> Found:
    """Judge the heterotrait-monotrait ratio of each pair of reflective constructs.

    Given a bootstrap, the one-sided upper limit has to stay below the cut-off as well; it stands as the upper limit.

    A construct of constructs is not held against its own parts, which it is to contain (Sarstedt et al., 2019).

    Source: Henseler, Ringle and Sarstedt (2015); Franke and Sarstedt (2019) on the limit.
    """
    table, names, criterion = evidence.fit.htmt(), evidence.reflective, evidence.cutoffs["htmt"]
    plan = evidence.fit.plan
    items = dict(zip(plan.whole.constructs, map(set, plan.below), strict=True))
    for later, one in enumerate(names):
        for other in names[:later]:
            if items[one] & items[other]:
                continue
            value, upper = cell(table, one, other), evidence.upper(one, other)
            met = criterion.judge(value)
            if upper == upper and met:  # noqa: PLR0124 - NaN
                met = max(met, criterion.judge(upper), key=_ORDER.index)
            about, limits = f"{other}, {one}", (NAN, upper, NAN)
            yield evidence.finding("htmt", about, value, _WORDS, limits=limits, met=met)
