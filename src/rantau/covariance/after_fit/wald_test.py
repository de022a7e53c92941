"""Wald tests: whether the estimates agree with constraints that the fit did not have."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from rantau.arrays import Array
from rantau.covariance.after_fit.restrictions import independent
from rantau.covariance.constraints import Constraints, check_constraints, in_text
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.model.locate import refusal
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit


class WaldTest(Record):
    """A test of constraints on the parameters of a fit.

    Attributes
    ----------
    chisq, df
        Of all of them together.
    constraints
        `lhs`, `op` and `rhs` of each.
    difference
        `(k,)`: `lhs - rhs` at the estimates.
    covariance
        `(k, k)`: of these differences.
    """

    chisq: float
    df: int
    constraints: tuple[tuple[str, str, str], ...]
    difference: Array
    covariance: Array

    @property
    def pvalue(self) -> float:
        """The probability of a larger chi-square if the constraints hold."""
        return float(chdtrc(self.df, self.chisq))

    def univariate(self) -> pd.DataFrame:
        """Return the test of each constraint alone: `lhs op rhs difference se chisq df p`."""
        lhs, op, rhs = zip(*self.constraints, strict=True)
        variance = np.diag(self.covariance)
        chisq = self.difference**2 / variance
        columns = {"lhs": lhs, "op": op, "rhs": rhs, "difference": self.difference, "se": np.sqrt(variance)}
        columns |= {"chisq": chisq, "df": np.ones(chisq.size, dtype=int), "p": chdtrc(1, chisq)}
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        return f"<WaldTest: chi-square {self.chisq:.3f}, df {self.df}, p {self.pvalue:.3g}; see univariate()>"


def wald_test(fit: SemFit, constraints: str) -> WaldTest:
    """Test constraints that a fit did not have; see `SemFit.wald_test`."""
    model = _read(fit, constraints)
    if np.isnan(fit.covariance).any():
        raise EstimationError(
            f"{fit.model.source}: a Wald test needs the covariances of the estimates, and this fit has none "
            "(se='none', or a singular information matrix)."
        )
    # In units of standard errors, so that whether constraints depend on each other is no matter of scale.
    scale = 1 / np.sqrt(np.maximum(np.diag(fit.covariance), 1e-300))
    covariance = fit.covariance * np.outer(scale, scale)
    difference, jacobian = Constraints(model, fit.table, scale).margins(fit.theta * scale)
    spread = jacobian @ covariance @ jacobian.T
    valued = np.isfinite(difference) & np.isfinite(jacobian).all(axis=1)
    if not valued.all():
        one = model.constraints[int(np.argmin(valued))]
        raise refusal(model, one.span, f"`{' '.join(in_text(one))}` has no value at the estimates.")
    _check_testable(model, jacobian, spread)
    chisq = float(difference @ np.linalg.solve(spread, difference))
    return WaldTest(chisq, difference.size, tuple(in_text(one) for one in model.constraints), difference, spread)


def _read(fit: SemFit, text: str) -> Model:
    """Read constraints, with the labels and the definitions of the fit."""
    if not isinstance(text, str) or not text.strip():
        raise OptionError(f"constraints are given as a text, such as 'a == b; c == 0'; got {text!r}.")
    read = parse_model(text, source="constraints")
    others = (read.blocks, read.paths, read.covariances, read.intercepts, read.of_answers, read.definitions)
    said = [one.span for part in others for one in part]
    if said:
        raise refusal(read, said[0], "a Wald test takes constraints only, such as `a == b; c == 0`.")
    for one in read.constraints:
        if one.operator != "==":
            raise refusal(read, one.span, f"a Wald test takes equalities; write `==` in place of `{one.operator}`.")
    model = fit.model.replace(constraints=read.constraints, text=read.text, source=read.source)
    check_constraints(model, tuple(dict.fromkeys(row.label for row in fit.table.rows if row.label)))
    return model


def _check_testable(model: Model, jacobian: Array, spread: Array) -> None:
    """Refuse a constraint that follows from the others, or that no parameter of the fit can break."""
    for one, slope, variance in zip(model.constraints, jacobian, np.diag(spread), strict=True):
        if not variance > 1e-12 * float(slope @ slope):
            raise refusal(model, one.span, f"`{' '.join(in_text(one))}` is about nothing that was estimated freely.")
    found = independent(spread / np.sqrt(np.outer(np.diag(spread), np.diag(spread))), spread[:0])
    if not found.all():
        one = model.constraints[int(np.argmin(found))]
        raise refusal(
            model, one.span, f"`{' '.join(in_text(one))}` follows from the others or contradicts them; leave it out."
        )
