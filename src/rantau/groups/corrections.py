"""Corrections of p-values for the number of tests."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array

#: What `adjust=` takes. All but `none`, `bh` and `by` keep the chance of any false finding below the level; `bh` and
#: `by` (the latter under any dependence) keep the share of false findings among all findings below it.
CORRECTIONS = ("none", "bonferroni", "holm", "hochberg", "bh", "by")


def adjusted(p: Array, method: str) -> Array:
    """Correct p-values for their number.

    Parameters
    ----------
    p
        `(tests,)`; NaN is no test, and stays so.
    method
        One of `CORRECTIONS`.

    Returns
    -------
    Array
        `(tests,)`, 1 at most.

    Source: Holm (1979); Hochberg (1988); Benjamini and Hochberg (1995); Benjamini and Yekutieli (2001).

    Examples
    --------
    >>> adjusted(np.array([0.01, 0.04, 0.03]), "holm").round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    found = np.array(p, dtype=float)
    known = np.flatnonzero(~np.isnan(found))
    m = known.size
    if method == "none" or m == 0:
        return found
    order = known[np.argsort(found[known], kind="stable")]
    ranked, rank = found[order], np.arange(1, m + 1)
    if method == "bonferroni":
        raised = ranked * m
    elif method == "holm":
        raised = np.maximum.accumulate(ranked * (m - rank + 1))
    else:
        by = float(np.sum(1 / rank)) if method == "by" else 1.0
        factor = m - rank + 1 if method == "hochberg" else by * m / rank
        raised = np.minimum.accumulate((ranked * factor)[::-1])[::-1]
    found[order] = np.minimum(raised, 1.0)
    return found
