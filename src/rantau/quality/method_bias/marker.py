"""A marker: correlations of constructs less what a variable shares with them that should share nothing."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from scipy.special import stdtr

from rantau.arrays import Array
from rantau.moments.compute import complete_rows
from rantau.moments.sample import sample
from rantau.quality.bias_evidence import NAN, BiasEvidence, BiasFinding, Found, held, items_of, left_out
from rantau.quality.cutoffs import OPEN


def marker(evidence: BiasEvidence) -> Found:
    """Yield the marker's correlation, and each pair of constructs before and after it is taken away.

    Constructs are the means of their items as scored, of the rows that answer all of them and the marker. What is
    taken away is the smallest positive correlation of the marker with a construct.
    """
    if not evidence.marker:
        yield left_out("no_marker", 'No marker was named; a plan or `marker="..."` names one.')
        return
    if evidence.request.sampling_weights:
        yield left_out("weighted", "The marker counts every row alike, and the rows have sampling weights.")
        return
    constructs = set(evidence.model.constructs)
    own = [
        block for block in evidence.model.blocks
        if not set(block.items) & constructs and not set(block.items) <= set(evidence.marker)
    ]  # fmt: skip
    if len(own) < 2:
        yield left_out("no_pair", "Beside the marker there are no two constructs whose correlation it could correct.")
        return
    rows = complete_rows(sample(evidence.data, (*items_of(evidence.model, tuple(own)), *evidence.marker)))
    means = [
        rows.values[:, [rows.names.index(item) for item in items]].mean(axis=1)
        for items in (*(block.items for block in own), evidence.marker)
    ]
    n = rows.n_obs
    if n < 5 or any(not score.std() > 0 for score in means):
        yield left_out("no_spread", f"A score has no spread in the {n} rows that answer all items and the marker.")
        return
    found = np.corrcoef(means)
    names = [block.construct for block in own]
    with_marker = {name: float(found[-1, place]) for place, name in enumerate(names)}
    positive = {name: value for name, value in with_marker.items() if value > 0}
    if not positive:
        yield left_out(
            "no_positive",
            f"No construct correlates positively with the marker '{evidence.marker_name}': nothing is to be corrected.",
            evidence.marker_name,
        )
        return
    for name, value in with_marker.items():
        yield BiasFinding("marker_correlation", name, value, n - 2, tail(value, n - 2))
    least = min(positive, key=positive.__getitem__)
    method = positive[least]
    yield BiasFinding("r_marker", least, method, n - 2, tail(method, n - 2))
    alpha = 1 - evidence.level
    for (i, one), (j, other) in combinations(enumerate(names), 2):
        plain = float(found[i, j])
        adjusted = float(less(np.asarray(plain), method))
        before, after = tail(plain, n - 2), tail(adjusted, n - 3)
        pair = f"{one} ~~ {other}"
        yield BiasFinding("correlation", pair, plain, n - 2, before)
        # One that has turned its sign is not what it was, however far from nought.
        met = OPEN if before >= alpha else held(after < alpha and adjusted * plain > 0)
        yield BiasFinding("correlation_adjusted", pair, adjusted, n - 3, after, f"p < {alpha:.10g}, same sign", met)


def less(correlation: Array, method: float) -> Array:
    """Return correlations less that of the method, any shape: Lindell & Whitney (2001)."""
    return np.asarray((correlation - method) / (1 - method))


def tail(correlation: float, df: int) -> float:
    """Return the two-sided p-value of a correlation by Student's t."""
    if not abs(correlation) <= 1:
        return NAN
    if abs(correlation) == 1:
        return 0.0
    t = abs(correlation) * np.sqrt(df / (1 - correlation**2))
    return float(2 * stdtr(df, -t))
