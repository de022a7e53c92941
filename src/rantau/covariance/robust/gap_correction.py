"""Misfit as it would be if no answer were missing."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from rantau.arrays import Array, Indices
from rantau.covariance.discrepancies.ml import ml, ml_floor
from rantau.covariance.evidence import Evidence
from rantau.covariance.implied import moment_jacobian
from rantau.covariance.outcome import Corrected
from rantau.covariance.robust.casewise import by_cluster, moment_scores, weigh_and_sum
from rantau.covariance.robust.deviations import normal_weight
from rantau.covariance.robust.unrestricted import free_moments, moment_information
from rantau.covariance.standard_errors import inverse_information
from rantau.record import Record


class GapCorrection(Record):
    """What the correction of a model and that of its baseline have in common.

    Attributes
    ----------
    evidence
        The model's.
    robust
        Whether the unrestricted moments vary as the rows say, and not as those of normal data.
    kind
        One of `estimators.INFORMATION`: `expected` takes that for how the estimates follow the moments, as lavaan does;
        all else is observed.
    """

    evidence: Evidence
    robust: bool
    kind: str

    @cached_property
    def blocks(self) -> tuple[tuple[Array, Array], ...]:
        """For each group: what the gaps leave of the moments' information, and that of complete rows."""
        found, among = [], np.ix_(self.free, self.free)
        for group, information in enumerate(self.evidence.moments.information_of_gaps):
            complete = normal_weight(np.linalg.inv(self.evidence.moments.covariance[group]), means=True)
            found.append((information[among], complete[among]))
        return tuple(found)

    @cached_property
    def free(self) -> Indices:
        """The places of the moments that are not fixed."""
        return free_moments(self.evidence)

    @cached_property
    def of_estimates(self) -> list[Array]:
        """For each group, the information by which the estimates follow the moments."""
        if self.kind != "expected":
            return [information for information, _ in self.blocks]
        moments, among = self.evidence.moments, np.ix_(self.free, self.free)
        found = moment_information(self.evidence, moments.covariance, moments.mean, exact=False)
        return [information[among] for information in found]

    @cached_property
    def scores(self) -> Array:
        """What each row says of the unrestricted moments that are not fixed, `(n, m)`."""
        moments = self.evidence.moments
        found = moment_scores(moments.covariance, moments.mean, self.evidence.rows, means=True)
        return np.asarray(found[:, self.free])

    @cached_property
    def whole(self) -> float:
        """`tr(V Gamma)`: the expected misfit of the unrestricted moments themselves, summed over groups."""
        found, rows = 0.0, self.evidence.rows
        for group, (information, complete) in enumerate(self.blocks):
            if not self.robust:
                found += float((complete * np.linalg.inv(information)).sum())
                continue
            members = np.flatnonzero(rows.membership == group)
            weights = self.evidence.row_weights[members]
            own = self.scores[members] * weights[:, None]
            if rows.cluster is not None:
                own = by_cluster(own, rows.cluster[members])
            pulled = cho_solve(cho_factor(information), own.T)
            found += float((pulled * (complete @ pulled)).sum() / weights.sum())
        return found

    def of(self, evidence: Evidence) -> Corrected:
        """Correct the misfit of a structure fitted to the same rows.

        Parameters
        ----------
        evidence
            Of the model, or of its baseline.

        Notes
        -----
        Zhang & Savalei (2023), eq. 13 to 16: the misfit of the complete-data discrepancy at the estimates, held against
        the unrestricted moments, less `tr(V R Gamma R')` over n, with V the information of complete rows, A and Gamma
        the information and covariance matrix of the unrestricted moments with their gaps, and
        `R = I - Delta (Delta'A Delta)^-1 Delta'A`.
        """
        moments = evidence.moments.replace(patterns=None)
        misfit = float(ml(evidence.implied, moments).value - ml_floor(moments))
        jacobian = moment_jacobian(evidence.layout, evidence.slope)[:, self.free]
        of_gaps, of_complete = np.zeros((2, evidence.theta.size, evidence.theta.size))
        along, pulled = np.zeros((2, evidence.rows.n_obs if self.robust else 0, evidence.theta.size))
        for group, (information, complete) in enumerate(self.blocks):
            share, slope = evidence.shares[group], jacobian[group]
            of_gaps += share * (slope.T @ self.of_estimates[group] @ slope)
            weighted = complete @ slope
            of_complete += share * (slope.T @ weighted)
            if self.robust:
                members = np.flatnonzero(evidence.rows.membership == group)
                along[members] = self.scores[members] @ slope
                pulled[members] = self.scores[members] @ cho_solve(cho_factor(information), weighted)
        inverse = inverse_information(of_gaps, evidence.directions)
        used = inverse @ of_complete
        trace = self.whole - float(np.trace(used))
        if self.robust:
            # A cluster may lie in several groups, and pulls on what they have in common as one.
            along, pulled = weigh_and_sum(evidence, along), weigh_and_sum(evidence, pulled)
            n = evidence.row_weights.sum()
            spread, between = along.T @ along / n, along.T @ pulled / n
            trace = self.whole - 2 * float((inverse * between.T).sum()) + float(np.sum((inverse @ spread) * used.T))
        chisq, df = evidence.n_obs * misfit, float(evidence.df)
        if df <= 0:
            return Corrected(chisq - trace, df, 0.0, float("nan"))
        # A negative expectation is no correction.
        trace = trace if trace > 0 else float("nan")
        return Corrected(chisq - trace, df, chisq * df / trace, trace / df)
