"""The paths between constructs, laid out once for the regressions of many draws."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.pls.regression import inverse, inverses, regressions
from rantau.record import Record


class Padded(NamedTuple):
    """All regressions of a network as one stack, those of few predictors filled up with rows of the identity.

    Positions are those in the flattened correlations of the `J` constructs, with a 0 and a 1 appended.
    """

    left: Indices  # (m, k, k)
    right: Indices  # (m, k, 1)
    at: Indices  # (m, k) in the flattened coefficients, J * J where there is no predictor


class Network(Record):
    """Which construct has a path to which.

    Attributes
    ----------
    paths
        `(J, J)`, true at `[outcome, predictor]`.
    """

    paths: Mask

    @cached_property
    def neighbours(self) -> Mask:
        """Which constructs a path joins, whichever way it points, `(J, J)`."""
        joined: Mask = self.paths | self.paths.T
        return joined

    @cached_property
    def successors(self) -> Array:
        """1 at `[construct, outcome]` where a path leads from the one to the other, `(J, J, 1)`."""
        return self.paths.T[:, :, None].astype(float)

    @cached_property
    def spans(self) -> tuple[slice, ...]:
        """From the first to the last neighbour of each construct."""
        places = [np.flatnonzero(row).tolist() or [0] for row in self.neighbours]
        return tuple(slice(own[0], own[-1] + 1) for own in places)

    @cached_property
    def equations(self) -> tuple[tuple[Indices, Indices], ...]:
        """Outcomes `(m, r)` and their predictors `(m, k)`: the r outcomes of one row have the same predictors.

        Rows of equal r and k stand together.
        """
        alike: dict[tuple[int, ...], list[int]] = {}
        for outcome in np.flatnonzero(self.paths.any(axis=1)).tolist():
            alike.setdefault(tuple(np.flatnonzero(self.paths[outcome]).tolist()), []).append(outcome)
        together: dict[tuple[int, int], list[tuple[int, ...]]] = {}
        for predictors, outcomes in alike.items():
            together.setdefault((len(predictors), len(outcomes)), []).append(predictors)
        return tuple(
            (np.array([alike[predictors] for predictors in rows]), np.array(rows)) for rows in together.values()
        )

    @cached_property
    def padded(self) -> Padded:
        """All equations at once, for where calls cost more than arithmetic."""
        count, most = len(self.paths), int(self.paths.sum(axis=1).max())
        outcomes = np.flatnonzero(self.paths.any(axis=1))
        left = np.full((len(outcomes), most, most), count**2)
        left[:, np.arange(most), np.arange(most)] = count**2 + 1
        right, at = np.full((len(outcomes), most, 1), count**2), np.full((len(outcomes), most), count**2)
        for place, outcome in enumerate(outcomes):
            predictors = np.flatnonzero(self.paths[outcome])
            own = slice(predictors.size)
            left[place, own, own] = predictors[:, None] * count + predictors
            right[place, own, 0] = predictors * count + outcome
            at[place, own] = outcome * count + predictors
        return Padded(left, right, at)

    def regress(self, correlation: Array) -> Array:
        """Regress each construct on its predictors.

        Parameters
        ----------
        correlation
            Of the constructs, `(J, J, draws)`: the draws come last.

        Returns
        -------
        Array
            Coefficients `(J, J, draws)` at `[outcome, predictor]`, zero where there is no path; where predictors
            determine one another, some that serve as well as others: `inflation` tells.
        """
        if correlation.shape[-1] == 1:
            return self._regress_one(correlation)
        beta = np.zeros_like(correlation)
        for outcomes, predictors in self.equations:
            if predictors.shape[1] == 1:
                beta[outcomes, predictors] = correlation[outcomes, predictors]
                continue
            columns = np.concatenate([predictors, outcomes], axis=1)
            found = regressions(correlation[predictors[:, :, None], columns[:, None, :]])
            beta[outcomes[:, None, :], predictors[:, :, None]] = found
        if not np.isfinite(beta).all():
            for draw in np.flatnonzero(np.isfinite(correlation).all(axis=(0, 1)) & ~np.isfinite(beta).all(axis=(0, 1))):
                beta[..., draw] = self._regress_one(correlation[..., [draw]])[..., 0]
        return beta

    def _regress_one(self, correlation: Array) -> Array:
        """Solve the equations of one draw by one call."""
        padded, count = self.padded, len(self.paths)
        cells = np.empty(count**2 + 2)
        cells[:-2], cells[-2], cells[-1] = correlation.ravel(), 0.0, 1.0
        left, right = cells[padded.left], cells[padded.right]
        try:
            found = np.linalg.solve(left, right)
        except np.linalg.LinAlgError:
            known = np.isfinite(cells).all()
            found = np.linalg.pinv(left, hermitian=True) @ right if known else np.full(right.shape, np.nan)
        beta = np.zeros(count**2 + 1)
        beta[padded.at] = found[..., 0]
        return beta[:-1].reshape(count, count, 1)

    def inflation(self, correlation: Array) -> Array:
        """Compute how the variance of each coefficient is inflated by the other predictors of its outcome.

        Parameters
        ----------
        correlation
            Of the constructs, `(J, J, draws)`.

        Returns
        -------
        Array
            Variance inflation factors `(J, J, draws)` at `[outcome, predictor]`, 1 where there is no path; not finite,
            below 0 or huge where predictors determine one another.

        Source: Belsley, Kuh and Welsch (1980), Regression Diagnostics: the diagonal of the inverse.
        """
        if correlation.shape[-1] == 1:
            padded, count = self.padded, len(self.paths)
            cells = np.concatenate([correlation.ravel(), (0.0, 1.0)])
            found = np.ones(count**2 + 1)
            found[padded.at] = np.diagonal(inverse(cells[padded.left]), axis1=1, axis2=2)
            return found[:-1].reshape(count, count, 1)
        factors = np.ones_like(correlation)
        for outcomes, predictors in self.equations:
            for alike, among in zip(outcomes, predictors, strict=True):
                diagonal = np.diagonal(inverses(correlation[among[:, None], among])).T
                factors[alike[:, None], among] = diagonal
        return factors
