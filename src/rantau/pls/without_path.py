"""A model in stages, estimated once more without one of its paths."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from rantau.arrays import Array
from rantau.model.spec import Model
from rantau.moments.sample import Sample
from rantau.pls.from_model import plan_without
from rantau.pls.item_moments import item_moments
from rantau.pls.request import PlsRequest
from rantau.pls.resolve import resolve


class WithoutPath:
    """All stages of a model on resamples of rows, a path left out.

    Parameters
    ----------
    model, request
        Of the fit.
    sample
        Its rows, `(n, p)`.
    counts
        `(draws, n)`: how often each row is taken.
    moments
        Covariances `(draws, p, p)` and means `(draws, p)` of the resamples, where they are known already.
    """

    def __init__(
        self,
        model: Model,
        request: PlsRequest,
        sample: Sample,
        counts: Array,
        moments: tuple[Array, Array] | None = None,
    ) -> None:
        self.model, self.request, self.sample, self.counts, self._known = model, request, sample, counts, moments

    @cached_property
    def _moments(self) -> tuple[Array, Array]:
        if self._known is not None:
            return self._known
        found = item_moments(self.sample, self.counts, self.request)
        return found.covariance, found.mean

    def explained(self, outcome: str, predictor: str) -> Array:
        """Return R² of an outcome without a predictor, `(draws,)`; NaN where what is left cannot be estimated."""
        nothing = np.full(len(self.counts), np.nan)
        plan = plan_without(self.model, self.request, outcome, predictor)
        if plan is None:
            return nothing
        at = np.array([self.sample.names.index(item) for item in plan.items])
        covariance, mean = self._moments
        rows = self.sample.replace(names=plan.items, values=self.sample.values[:, at])
        moments = covariance[:, at[:, None], at], mean[:, at]
        ascent, faults = resolve(rows, self.counts, plan, self.request, moments=moments)
        # What is inadmissible has an R² all the same, here as in a fit.
        lost = ~ascent.whole.converged
        for fault in faults:
            if fault.fatal:
                lost |= fault.where.any(axis=1)
        return np.where(lost, nothing, ascent.whole.r_squared[:, plan.whole.constructs.index(outcome)])
