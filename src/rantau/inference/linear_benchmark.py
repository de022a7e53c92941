"""The linear models that PLS has to beat: each item regressed on other items, without constructs between."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array, Indices
from rantau.pls.forecast import Outlook
from rantau.pls.regression import inverse
from rantau.pls.scores import expected
from rantau.record import Record

#: Which items the benchmark regresses an item on, in words.
BENCHMARKS = {
    "antecedents": "the items of the constructs from which PLS predicts it",
    "exogenous": "the items of all constructs without predictors",
    "others": "the items of all other constructs",
}
#: From this variance inflation on, predictors determine one another.
_COLLINEAR = 1e10


class LinearModels(Record):
    """The regressions of a stack of training samples.

    Attributes
    ----------
    mean
        Of the items in training, `(draws, p)`.
    slopes
        `(draws, p, m)`: what an item adds to each predicted one; NaN where predictors determine one another, or are as
        many as the rows of the training sample.
    items
        The places of the predicted items, `(m,)`.
    predictors
        Of each predicted item.
    covariance
        Of the items in training, `(draws, p, p)`, where gaps are filled by it; None where they count as the mean.
    """

    mean: Array
    slopes: Array
    items: Indices
    predictors: tuple[tuple[int, ...], ...]
    covariance: Array | None = None

    def predicted(self, values: Array, draw: int) -> Array:
        """Return the items of rows `(n, p)` as the regressions predict them, `(n, m)`.

        A gap counts as the mean, or as what covariances and the answers to the other predictors lead to expect.
        """
        deviations = values - self.mean[draw]
        if self.covariance is not None and np.isnan(values).any():
            found = np.empty((len(values), len(self.predictors)))
            for at in dict.fromkeys(self.predictors):
                own = [place for place, one in enumerate(self.predictors) if one == at]
                filled = expected(deviations[:, list(at)], self.covariance[draw][np.ix_(at, at)])
                found[:, own] = filled @ self.slopes[draw][np.ix_(at, own)]
            return np.asarray(self.mean[draw, self.items] + found)
        deviations = np.nan_to_num(deviations, nan=0.0)
        return np.asarray(self.mean[draw, self.items] + deviations @ self.slopes[draw])


def linear_models(
    covariance: Array, mean: Array, size: Array, outlook: Outlook, benchmark: str, *, by_expectation: bool = False
) -> LinearModels:
    """Regress every predicted item on others, in each training sample.

    Parameters
    ----------
    covariance, mean, size
        Of the training samples: `(draws, p, p)`, `(draws, p)`, and their rows `(draws,)`.
    outlook
        What is predicted.
    benchmark
        A name of `BENCHMARKS`.
    by_expectation
        Whether gaps are filled by the covariances, and not by the means.

    Source: Shmueli et al. (2016; 2019), on the linear model benchmark.
    """
    outcomes = tuple(dict.fromkeys(outlook.outcomes.tolist()))
    chosen = {j: predictors_of(outlook, j, benchmark) for j in outcomes}
    slopes = np.zeros((*mean.shape, len(outlook.targets)))
    for predictors in dict.fromkeys(chosen.values()):
        at = np.array(predictors, dtype=np.intp)
        own = np.flatnonzero([chosen[j] == predictors for j in outlook.outcomes.tolist()])
        among = covariance[:, at[:, None], at]
        with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
            inverted = inverse(among)
            inflation = np.diagonal(inverted, axis1=1, axis2=2) * np.diagonal(among, axis1=1, axis2=2)
            found = inverted @ covariance[:, at[:, None], outlook.items[own]]
        regular = np.all((inflation > 0) & (inflation < _COLLINEAR), axis=1) & (size > at.size + 1)
        slopes[:, at[:, None], own] = np.where(regular[:, None, None], found, np.nan)
    each = tuple(chosen[j] for j in outlook.outcomes.tolist())
    return LinearModels(mean, slopes, outlook.items, each, covariance if by_expectation else None)


def predictors_of(outlook: Outlook, outcome: int, benchmark: str) -> tuple[int, ...]:
    """Return the items on which the items of an outcome are regressed, in the order of the data."""
    structure = outlook.plan.whole
    if benchmark == "antecedents":
        sources = outlook.sources[outcome]
    elif benchmark == "exogenous":
        last = outlook.plan.stages[-1].structure.constructs
        without = np.flatnonzero(~structure.paths.any(axis=1)).tolist()
        # Parts of a construct of constructs stand for it, and are no constructs without predictors of their own.
        sources = tuple(j for j in without if structure.constructs[j] in last)
    else:
        sources = tuple(range(len(structure.constructs)))
    return tuple(sorted(set(outlook.items_of(sources)) - set(outlook.below[outcome])))
