"""PlsFit: what PLS found, as tables."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.extras import require
from rantau.fit import Problem, Quantity, Refits
from rantau.model.spec import Model
from rantau.moments import Sample, resampled_moments
from rantau.options import choose
from rantau.pls import measurement, model_fit, structural
from rantau.pls.estimate import Estimates, estimate, reasons
from rantau.pls.iterate import spread
from rantau.pls.quantities import RELIABILITY, named_values, reliability
from rantau.pls.request import PlsRequest
from rantau.pls.structure import Structure
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class PlsFit(Record):
    """A PLS path model, estimated.

    All tables are unrounded data frames. Where `consistent=True`, loadings, reliabilities but alpha,
    correlations of constructs, paths and all that follows from paths are the corrected ones; weights, scores
    and cross-loadings belong to the composites.

    Attributes
    ----------
    model, request
        What was asked.
    structure
        The model as PLS understands it.
    solution
        The numbers, as a stack of one.
    problems
        What must be known before the numbers are believed.
    sample
        The rows that entered, NaN where an answer is missing.
    entered
        Which rows of the data those are, `(rows of the data,)`.
    """

    model: Model
    request: PlsRequest
    structure: Structure
    solution: Estimates
    problems: tuple[Problem, ...]
    sample: Sample
    entered: Mask

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""
        return self.sample.n_obs

    @property
    def converged(self) -> bool:
        """Whether the weights settled."""
        return bool(self.solution.converged[0])

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def iterations(self) -> int:
        """How many iterations the weight loop took."""
        return int(self.solution.iterations[0])

    # -- for bootstrap, groups and prediction -----------------------------------------------------------

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The names of `values()`; `quantities.named_values` lists them."""
        return named_values(self.solution, self.structure)[0]

    def estimates(self) -> pd.DataFrame:
        """Return every quantity: `lhs op rhs est`, named as `quantities.named_values` says."""
        rows = [(one.lhs, one.op, one.rhs, value) for one, value in zip(self.quantities, self.values(), strict=True)]
        return _table(rows, ("lhs", "op", "rhs", "est"))

    def values(self) -> Array:
        """Return the estimates, `(n_quantities,)`."""
        found: Array = named_values(self.solution, self.structure)[1][0]
        return found

    def _directions(self) -> Array:
        """Return each item's correlation with its own score, `(p,)`."""
        found: Array = self.solution.cross[0][np.arange(self.structure.owner.size), self.structure.owner]
        return found

    @property
    def strata(self) -> None:
        """PLS has one group, so rows are drawn from all of them."""
        return

    def errors(self) -> Array:
        """Return NaN for every quantity, `(n_quantities,)`: PLS has no standard errors but those of a bootstrap."""
        return np.full(len(self.quantities), np.nan)

    def refit(self, counts: Array, *, errors: bool = False) -> Refits:
        """Estimate again on resamples of the rows, with the options of the request.

        In each draw the constructs point where they do in this fit. A draw fails, with its reason, where it cannot
        be estimated, where the weights do not settle, and where a consistent solution is inadmissible: what
        would be an error in `problems` is a failed draw.

        Parameters
        ----------
        counts
            `(draws, n_obs)`: how often each draw takes each row of the sample; every draw takes as many.
        errors
            Whether standard errors are wanted; they are all NaN.

        Returns
        -------
        Refits
            Values `(draws, n_quantities)`, NaN in failed draws.
        """
        moments = resampled_moments(self.sample, counts)
        stack, means = moments.covariance, moments.mean
        estimates, faults = estimate(stack, means, self.structure, self.request, towards=self._directions())
        why = reasons(faults, len(stack))
        values = named_values(estimates, self.structure)[1]
        values[[bool(reason) for reason in why]] = np.nan
        return Refits(values, why, np.full_like(values, np.nan) if errors else None)

    # -- the outer model ---------------------------------------------------------------------------------

    def loadings(self) -> pd.DataFrame:
        """Return loadings: `construct item est`."""
        return self._outer(self.solution.loadings[0])

    def weights(self) -> pd.DataFrame:
        """Return outer weights: `construct item est`; with them scores have unit variance."""
        return self._outer(self.solution.weights[0])

    def cross_loadings(self) -> pd.DataFrame:
        """Return the correlations of items (rows) with the scores of constructs (columns)."""
        return _frame(self.solution.cross[0], self.structure.items, self.structure.constructs)

    def scores(self) -> pd.DataFrame:
        """Return the scores of constructs, a row per row of the data; mean 0, variance 1 (divisor n - 1).

        Under `missing="mean"` missing answers count as the item's mean; under `listwise` such rows are NaN.
        """
        values = self.sample.values
        values = np.where(np.isnan(values), np.nanmean(values, axis=0), values)
        standardised = (values - values.mean(axis=0)) / values.std(axis=0, ddof=1)
        outer = spread(self.solution.weights, self.structure.owner, len(self.structure.constructs))[0]
        scores = np.full((self.entered.size, outer.shape[1]), np.nan)
        scores[self.entered] = standardised @ outer
        return _frame(scores, tuple(range(len(scores))), self.structure.constructs)

    def reliability(self) -> pd.DataFrame:
        """Return `alpha rho_a rho_c ave` per construct.

        A single item has 1 throughout, by assumption. A block weighted by mode B has rho_a 1, as its score is
        taken for free of error; its other columns are computed like any other's, but do not judge a formative
        construct.

        Source: Cronbach (1951); Dijkstra and Henseler (2015); Werts, Linn and Jöreskog (1974);
        Fornell and Larcker (1981).
        """
        return _frame(reliability(self.solution, self.structure)[0], self.structure.constructs, RELIABILITY)

    def htmt(self) -> pd.DataFrame:
        """Return heterotrait-monotrait ratios (HTMT+), symmetric, NaN on the diagonal.

        Source: Henseler, Ringle and Sarstedt (2015); Ringle et al. (2023) for absolute
        correlations.
        """
        values = measurement.htmt(self.solution.correlation, self.structure.blocks)[0]
        return _frame(values, self.structure.constructs, self.structure.constructs)

    def fornell_larcker(self) -> pd.DataFrame:
        """Return the square roots of AVE on the diagonal, correlations of constructs below it, NaN above.

        Source: Fornell and Larcker (1981): the diagonal should exceed what stands left of it and below it.
        """
        values = np.tril(self.solution.constructs[0], -1)
        values[np.triu_indices(len(values), 1)] = np.nan
        ave = reliability(self.solution, self.structure)[0, :, RELIABILITY.index("ave")]
        np.fill_diagonal(values, np.sqrt(ave))
        return _frame(values, self.structure.constructs, self.structure.constructs)

    def construct_correlations(self) -> pd.DataFrame:
        """Return the correlations of constructs, corrected where `consistent=True`."""
        return _frame(self.solution.constructs[0], self.structure.constructs, self.structure.constructs)

    # -- the inner model ---------------------------------------------------------------------------------

    def paths(self) -> pd.DataFrame:
        """Return path coefficients: `lhs op rhs est`, lhs the outcome, in the order of the model."""
        at = self.structure.constructs.index
        beta = self.solution.beta[0]
        rows = [
            (path.outcome, "~", path.predictor, beta[at(path.outcome), at(path.predictor)]) for path in self.model.paths
        ]
        return _table(rows, ("lhs", "op", "rhs", "est"))

    def r_squared(self) -> pd.DataFrame:
        """Return `r_squared adjusted` per construct that has predictors."""
        paths = self.structure.paths
        r_squared = self.solution.r_squared
        values = np.stack([r_squared[0], structural.adjusted(r_squared, paths, self.n_obs)[0]], axis=1)
        return self._endogenous(values, ("r_squared", "adjusted"))

    def information_criteria(self) -> pd.DataFrame:
        """Return `aic bic` per construct that has predictors; smaller is better among models of one outcome.

        Source: Sharma et al. (2019).
        """
        both = structural.information_criteria(self.solution.r_squared, self.structure.paths, self.n_obs)
        return self._endogenous(np.stack([values[0] for values in both], axis=1), ("aic", "bic"))

    def f_squared(self) -> pd.DataFrame:
        """Return Cohen's f², outcomes (rows) x predictors (columns), NaN where there is no path.

        The predictor is left out of the regression while all scores stay as they are.

        Source: Cohen (1988), equation 9.2.3.
        """
        estimates, paths = self.solution, self.structure.paths
        values = structural.f_squared(estimates.constructs, estimates.r_squared, paths)[0]
        rows, columns = np.flatnonzero(paths.any(axis=1)), np.flatnonzero(paths.any(axis=0))
        names = self.structure.constructs
        return _frame(values[rows[:, None], columns], tuple(names[j] for j in rows), tuple(names[j] for j in columns))

    def effects(self) -> pd.DataFrame:
        """Return `lhs rhs kind via est`: direct, indirect and total effects of rhs on lhs.

        An indirect effect has one row per route, with the constructs passed as `via` (`A -> B`), and one with
        an empty `via` for all routes together.
        """
        rows = []
        for quantity, value in zip(self.quantities, self.values(), strict=True):
            kind = {"~": "direct"}.get(quantity.op, quantity.op)
            if kind in ("direct", "indirect", "total"):
                source, _, via = quantity.rhs.partition(" -> ")
                rows.append((quantity.lhs, source, kind, via, value))
        order = {"direct": 0, "indirect": 1, "total": 2}
        at = self.structure.constructs.index
        rows.sort(key=lambda row: (order[row[2]], at(row[0]), at(row[1]), row[3] != ""))
        return _table(rows, ("lhs", "rhs", "kind", "via", "est"))

    def definitions(self) -> pd.DataFrame:
        """Return what the model defines by `:=`: `lhs op rhs est`."""
        pairs = zip(self.quantities, self.values(), strict=True)
        rows = [(quantity.lhs, ":=", quantity.rhs, value) for quantity, value in pairs if quantity.op == ":="]
        return _table(rows, ("lhs", "op", "rhs", "est"))

    def vif(self) -> pd.DataFrame:
        """Return variance inflation factors: `kind target name vif`.

        `outer`: of each item (name) within the block of a construct (target); `inner`: of each predictor
        (name) in the equation of an outcome (target), from the corrected correlations where
        `consistent=True`.
        """
        structure, names = self.structure, self.structure.constructs
        outer = measurement.item_inflation(self.solution.correlation, structure.blocks)[0]
        inner = structural.predictor_inflation(self.solution.constructs, structure.paths)[0]
        rows = [
            ("outer", names[owner], item, value)
            for item, owner, value in zip(structure.items, structure.owner, outer, strict=True)
        ]
        rows += [
            ("inner", names[outcome], names[predictor], inner[outcome, predictor])
            for outcome, predictor in np.argwhere(structure.paths)
        ]
        return _table(rows, ("kind", "target", "name", "vif"))

    # -- the whole model ---------------------------------------------------------------------------------

    def fit_indices(self, model: str = "estimated") -> pd.Series:
        """Return `srmr d_uls d_g nfi`; NaN where the weights did not settle.

        Parameters
        ----------
        model
            `estimated`: constructs correlate as the paths imply; `saturated`: as they were estimated, so that
            only the outer model is judged.
        """
        choose("model", model, model_fit.MODELS)
        estimates, structure = self.solution, self.structure
        constructs = estimates.constructs
        if model == "estimated":
            constructs = structural.implied_constructs(constructs, estimates.beta, estimates.r_squared, structure.paths)
        implied = model_fit.implied_items(estimates.correlation, estimates.loadings, constructs, structure)
        indices = {
            index.__name__: float(index(estimates.correlation, implied)[0]) if self.converged else np.nan
            for index in (model_fit.srmr, model_fit.d_uls, model_fit.d_g, model_fit.nfi)
        }
        return require("pandas").Series(indices, name=model)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        trusted = "" if self.trustworthy else "; NOT TO BE TRUSTED, see problems"
        count = len(self.structure.constructs)
        how = f"{self.iterations} iterations" if self.converged else "did not converge"
        return (
            f"<PlsFit: {self.request.scheme} scheme, {self.n_obs} rows, {count} constructs, {how}{trusted}; "
            "print it, or see paths(), loadings(), r_squared(), effects()>"
        )

    def summary(self) -> str:
        """Return the fit as text for a terminal, rounded to three places."""
        parts = [self._headline(), *(f"{problem.severity}: {problem.text}" for problem in self.problems)]
        for title, frame in self._main_tables():
            parts.append(f"{title}\n{frame.to_string(float_format=lambda value: f'{value:.3f}', na_rep='')}")
        return "\n\n".join(parts)

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self._headline())}</p>"]
        parts += [f"<p>{escape(problem.severity)}: {escape(problem.text)}</p>" for problem in self.problems]
        for title, frame in self._main_tables():
            table = frame.to_html(float_format=lambda value: f"{value:.3f}", na_rep="", border=0)
            parts.append(f"<h4>{title}</h4>{table}")
        return "\n".join(parts)

    def _headline(self) -> str:
        name = "Consistent PLS" if self.request.consistent else "PLS"
        ended = f"converged after {self.iterations}" if self.converged else f"NOT converged after {self.iterations}"
        return f"{name}, {self.request.scheme} scheme; n = {self.n_obs}; {ended} iterations"

    def _main_tables(self) -> tuple[tuple[str, pd.DataFrame], ...]:
        indices = require("pandas").DataFrame([self.fit_indices(model) for model in model_fit.MODELS])
        return (
            ("Paths", self.paths()),
            ("Explained variance", self.r_squared()),
            ("Loadings", self.loadings()),
            ("Weights", self.weights()),
            ("Reliability", self.reliability()),
            ("HTMT", self.htmt()),
            ("Model fit", indices),
        )

    def _outer(self, values: Array) -> pd.DataFrame:
        names = [self.structure.constructs[owner] for owner in self.structure.owner]
        rows = list(zip(names, self.structure.items, values, strict=True))
        return _table(rows, ("construct", "item", "est"))

    def _endogenous(self, values: Array, columns: tuple[str, ...]) -> pd.DataFrame:
        rows = list(self.structure.endogenous)
        return _frame(values[rows], tuple(self.structure.constructs[j] for j in rows), columns)


def _frame(values: Array, rows: tuple[str, ...] | tuple[int, ...], columns: tuple[str, ...]) -> pd.DataFrame:
    return require("pandas").DataFrame(values, index=list(rows), columns=list(columns))  # type: ignore[no-any-return]


def _table(rows: Iterable[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    return require("pandas").DataFrame(list(rows), columns=list(columns))  # type: ignore[no-any-return]
