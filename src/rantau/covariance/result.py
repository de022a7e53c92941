"""The fit of the covariance engine, and the tables read off it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.covariance.after_fit.category_probabilities import category_frame
from rantau.covariance.after_fit.comparison import difference_table, way_of
from rantau.covariance.after_fit.modification import modification_indices
from rantau.covariance.after_fit.residuals import covariance_frames, mean_frames, residual_summary, residual_table
from rantau.covariance.after_fit.score_test import ScoreTest, score_test
from rantau.covariance.after_fit.scores import predicted_frame, score_frame
from rantau.covariance.after_fit.wald_test import WaldTest, wald_test
from rantau.covariance.delta import delta_errors, inference_table
from rantau.covariance.derived import derived, row_names
from rantau.covariance.discrepancies import Discrepancy
from rantau.covariance.estimators import spelling
from rantau.covariance.exploratory.result import EfaFit, block_of
from rantau.covariance.fit_indices import fit_index_values
from rantau.covariance.implied import Implied, imply
from rantau.covariance.layout import Layout, cell_values
from rantau.covariance.model_test import Statistics
from rantau.covariance.path_effects import effects_frame
from rantau.covariance.printed import account_of, line_of, page_of
from rantau.covariance.quantities import quantity_names, quantity_values
from rantau.covariance.request import SemRequest
from rantau.covariance.resampling import INDICES, refit, refit_moments, transformed
from rantau.covariance.standardise import (
    KINDS,
    cell_jacobian,
    correlation_of,
    explained_variance,
    standardised,
    standardised_slopes,
    standardised_variables,
)
from rantau.errors import EstimationError
from rantau.extras import require
from rantau.fit import Problem, Quantity, Refits
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.moments.grouped import GroupMoments
from rantau.moments.sample import Sample
from rantau.options import check_switch, choose
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


class SemFit(Record):
    """A fitted covariance structure model.

    Attributes
    ----------
    request
        The call that made it.
    sample
        The rows that were used, `(n_obs, p)`; None where the data were summary statistics.
    moments
        The unrestricted means and covariances of each group, divisor n.
    table
        Every parameter.
    layout
        The model in the units of the data.
    discrepancy
        The fitting function.
    theta
        `(n_free,)` estimates.
    covariance
        `(n_free, n_free)` of the estimates; NaN where the information is singular.
    statistics
        Chi-square, log-likelihood and what else fit indices need.
    converged, iterations, problems
        How the estimation went.
    n_read
        Rows before those with missing answers were left out.
    active
        `(k,)`: which of the model's constraints hold with equality.
    """

    request: SemRequest
    sample: Sample | None
    moments: GroupMoments
    table: ParameterTable
    layout: Layout
    discrepancy: Discrepancy
    theta: Array
    covariance: Array
    statistics: Statistics
    converged: bool
    iterations: int
    problems: tuple[Problem, ...]
    n_read: int
    active: Mask

    @property
    def model(self) -> Model:
        """The model that was fitted."""
        return self.request.model

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""
        return round(float(self.moments.n.sum())) if self.sample is None else self.sample.n_obs

    @property
    def rows(self) -> Sample:
        """The rows that were used.

        Raises
        ------
        EstimationError
            If the data were summary statistics.
        """
        if self.sample is None:
            raise EstimationError("this needs the rows, and the fit was made from summary statistics. Fit the data.")
        return self.sample

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def groups(self) -> tuple[str, ...]:
        """The labels of the groups, in the order met in the data; empty where there is one group."""
        return self.table.groups if self.table.n_groups > 1 else ()

    # -- what a bootstrap needs --------------------------------------------------------------------

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The rows of `estimates()` and `effects()`, the same standardised, and the indices that resamples have."""
        return quantity_names(self.model, self.table, INDICES)

    @property
    def strata(self) -> Indices | None:
        """The group of each row, within which a bootstrap draws; None for one group."""
        return self.sample.group if self.groups and self.sample is not None else None

    def values(self) -> Array:
        """Return the estimates, standardised estimates and indices, one per quantity."""
        found = dict(fit_index_values(self.statistics, INDICES)) if self.converged else {}
        indices = np.array([found.get(name, np.nan) for name in INDICES])
        return np.concatenate([self.values_at(self.theta)[: -len(INDICES)], indices])

    def errors(self) -> Array:
        """Return the standard errors of `values()`; NaN for the indices, which have none."""
        found = [
            delta_errors(self.covariance, np.asarray(quantity_values(self.model, self.table, *cells)[1]))[0]
            for cells in (self._cells(), self._standardised_cells("all"))
        ]
        return np.concatenate([*found, np.full(len(INDICES), np.nan)])

    def values_at(self, theta: Array) -> Array:
        """Return the quantities at other parameters, `(..., n_free)` to `(..., n_quantities)`; NaN for the indices."""
        implied = imply(self.layout, theta)
        which = standardised_variables(self.layout, self.table.covariates, "all")
        turned = standardised(self.layout, theta, which, implied)
        return self._of_cells(cell_values(self.layout, theta), turned, theta.shape[:-1])

    def values_near(self, theta: Array) -> Array:
        """Return the same, standardised estimates by their tangent: `(..., n_free)` to `(..., n_quantities)`.

        Of parameters drawn about the estimates some have variances below zero, by which nothing can be standardised.
        """
        cells, slopes = self._standardised_cells("all")
        turned = cells + (theta - self.theta) @ slopes.T
        return self._of_cells(cell_values(self.layout, theta), turned, theta.shape[:-1])

    def refit(self, counts: Array, *, errors: bool = False) -> Refits:
        """Estimate again on resamples of the rows, starting from this fit.

        Parameters
        ----------
        counts
            `(draws, n_obs)`: how often each row of `sample` is taken.
        errors
            Whether standard errors of the estimates are wanted as well.

        Returns
        -------
        Refits
            `(draws, n_quantities)`; draws that do not converge, or whose moments are impossible, are named and NaN.

        Raises
        ------
        EstimationError
            If the data were summary statistics.
        OptionError
            If `errors` are asked for where those of resamples would be others than those of the fit: of turned
            factors, of ULS, and where they are robust or rest on first-order information.
        """
        return refit(self, counts, errors=errors)

    def refit_moments(self, moments: GroupMoments, *, errors: bool = False) -> Refits:
        """Estimate again on the moments of other samples, starting from this fit.

        Parameters
        ----------
        moments
            `(draws, G, p, p)` covariances, divisor n, of the variables of `moments` in their order.
        errors
            Whether standard errors of the estimates are wanted as well.

        Returns
        -------
        Refits
            `(draws, n_quantities)`; draws that do not converge are named and NaN.

        Raises
        ------
        OptionError
            If answers are ordered or have gaps, or the estimator is WLS: what weighs the moments is then in the rows.
        """
        return refit_moments(self, moments, errors=errors)

    def transformed(self) -> SemFit:
        """Return this fit with rows whose moments are the implied ones, for the test of Bollen & Stine (1992).

        Raises
        ------
        EstimationError
            If there are no rows, or they have gaps, weights, clusters or ordered answers.
        """
        return transformed(self)

    # -- tables ------------------------------------------------------------------------------------

    def estimates(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return every parameter and defined quantity.

        Parameters
        ----------
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs group label est se z p ci_low ci_high std_lv std_all`, rows as in lavaan's
            `parameterEstimates`. Where a parameter is fixed, `se` is 0, and `z` and `p` are NaN.

        Raises
        ------
        OptionError
            If the level is not between 0 and 1.
        """
        extra = {f"std_{kind}": self._standardised_values(kind) for kind in ("lv", "all")}
        return self._inference(self._cells(), level, "est", extra)

    def standardized(self, *, kind: str = "all", level: float = 0.95) -> pd.DataFrame:
        """Return the standardised solution with delta-method standard errors.

        Parameters
        ----------
        kind
            `all` standardises every variable, `lv` factors only, `nox` all but observed covariates.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs group label est_std se z p ci_low ci_high`.

        Raises
        ------
        OptionError
            If the kind is not known or the level is not between 0 and 1.

        Notes
        -----
        A path from a product of constructs (`Y ~ X:M`) is multiplied with the deviations of both parts, not with that
        of the product (Wen, Marsh & Hau, 2010): the effect of X in standard units changes by it when M rises by one
        standard deviation. lavaan's `std.all` takes the product's own deviation. The product of two observed
        variables is a column like any other, as in lavaan. Where a (residual) variance is negative its covariances have
        no correlation, NaN; lavaan takes the root of its absolute value. With `nox`, where some covariates are fixed
        and others random, lavaan 0.6 multiplies with deviations of other variables than those of the paths.
        """
        kind = choose("kind", str(spelling(kind)).removeprefix("std_"), KINDS)
        return self._inference(self._standardised_cells(kind), level, "est_std")

    def effects(self, *, standardized: bool = False, level: float = 0.95) -> pd.DataFrame:
        """Return the direct, indirect and total effects of variables on each other along the paths of the model.

        Parameters
        ----------
        standardized
            Whether effects are wanted in standard units, as `standardized()` has them.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs rhs kind via group est se z p ci_low ci_high`: effects of rhs on lhs. An indirect effect has one row
            per route, with the variables passed as `via` (`A -> B`), and one with an empty `via` for all routes
            together. Without groups there is no column `group`.

        Raises
        ------
        OptionError
            If an option has no meaning.

        Notes
        -----
        Bollen (1987). Standard errors are those of the delta method (Sobel, 1986), as for `:=`; a product of estimates
        is not normal, so for its interval `rt.bootstrap(fit).table(of="effects")` or
        `rt.monte_carlo(fit).table(of="effects")` serve better (`of="effects_standardized"` in standard units). Where
        paths run in a loop there are all routes together alone, and so with more than 500 routes. A path from a
        product (`Y ~ X:M`) is an effect of the product: those of its parts are where the other part is 0.

        Examples
        --------
        >>> import numpy as np, pandas as pd, rantau as rt
        >>> draw = np.random.default_rng(1).normal(size=(200, 3)).cumsum(axis=1)
        >>> fit = rt.sem("m ~ x; y ~ m + x", pd.DataFrame(draw, columns=["x", "m", "y"]))
        >>> fit.effects().query("kind == 'indirect'")[["lhs", "rhs", "via", "est"]].round(2)
          lhs rhs via   est
        3   y   x      0.97
        4   y   x   m  0.97
        """
        check_switch("standardized", standardized)
        cells = self._standardised_cells("all") if standardized else self._cells()
        return effects_frame(self.table, *cells, self.covariance, level)

    def fit_indices(self) -> pd.Series[float]:
        """Return the fit indices by lavaan's names in snake case; all NaN if the fit did not converge.

        Corrected tests give `_scaled` indices, which estimate another quantity, and `_robust` ones, which estimate
        what normal data without gaps would have shown; the latter are the ones to report.

        Notes
        -----
        Where lavaan 0.6 says otherwise: GFI, AGFI and PGFI are Steiger's (1989), as in lavaan 0.7. Of ordered answers
        robust RMSEA is over n, as in 0.7, and not over n less the number of groups; in several groups robust CFI and
        TLI take what the baseline leaves by chance once in each group, where lavaan divides it by the group's share
        of the rows; and the minimum of DWLS or ULS, which is no chi-square, has no p-value.
        With gaps and random covariates (`fixed_x=False`) robust indices count what the covariates lack, which lavaan
        leaves out; and it takes the spread of the scores where information is `first_order`.
        """
        pandas = require("pandas")
        names, values = zip(*fit_index_values(self.statistics), strict=True)
        found = np.array(values, dtype=float)
        if not self.converged:
            found[[name not in ("npar", "ntotal") for name in names]] = np.nan
        # A view, as labels are made once: what a user calls them is no business of the next fit.
        return pandas.Series(found, index=_labels(names).view(), name="value")  # type: ignore[no-any-return]

    def r_squared(self) -> pd.Series[float]:
        """Return the explained share of the variance of every item and construct that has causes.

        NaN where the variance left unexplained is estimated below zero.
        """
        shares = explained_variance(self.layout, self.theta)
        caused = {row.rhs if row.op == "=~" else row.lhs for row in self.table.rows if row.op in ("=~", "~")}
        names = [name for name in self.layout.variables if name in caused]
        places = [self.layout.variables.index(name) for name in names]
        series = require("pandas").Series
        return self._by_group([series(row[places], names, dtype=float, name="r_squared") for row in shares])  # type: ignore[no-any-return]

    def exploratory(self, block: str | None = None) -> EfaFit:
        """Return the tables of an exploratory block: loadings, structure, factor correlations, communalities.

        Parameters
        ----------
        block
            Its name; the only one unless given.

        Raises
        ------
        OptionError
            If the model has no such block, or several and none is named.
        """
        return block_of(self, block)

    def implied(self) -> tuple[pd.DataFrame, pd.Series[float]]:
        """Return the implied covariances of the items and their implied means, under each group's label.

        Of ordered answers with fixed covariates, those of the others where the covariates are 0.
        """
        pandas, kept, moments = require("pandas"), self.moments.modelled, self._implied()
        names = [self.table.observed[place] for place in kept]
        mean = moments.mu if self.table.mean_structure else self.moments.mean
        return (
            self._by_group([pandas.DataFrame(one[kept[:, None], kept], names, names) for one in moments.sigma]),
            self._by_group([pandas.Series(one[kept], names) for one in mean]),
        )

    def residuals(self, kind: str = "cor_bollen") -> pd.DataFrame:
        """Return what the model leaves of the sample's covariances, under each group's label.

        Parameters
        ----------
        kind
            `cor_bollen` (or `cor`): sample less implied correlations; `cor_bentler`: both covariances divided by the
            sample's deviations; `raw`; `normalized`: raw over the standard error of the sample's covariance;
            `standardized`: raw over its own standard error, a z-value; NaN where that error is 0.

        Raises
        ------
        OptionError
            If there is no such kind.

        Notes
        -----
        Bollen (1989), p. 258; Bentler (1995), ch. 6; Jöreskog & Sörbom (1981); Browne (1984), eq. 2.19a.
        """
        return self._by_group(covariance_frames(self, kind))  # type: ignore[no-any-return]

    def mean_residuals(self, kind: str = "cor_bollen") -> pd.Series[float]:
        """Return what the model leaves of the sample's means, in a kind of `residuals()`, under each group's label.

        Ordered variables have thresholds in place of means, which `residual_table()` has.

        Raises
        ------
        OptionError
            If means are no part of the model, or there is no such kind.
        """
        return self._by_group(mean_frames(self, kind))  # type: ignore[no-any-return]

    def residual_table(self, kind: str = "cor_bentler") -> pd.DataFrame:
        """Return every residual with its standard error: `lhs op rhs group residual se z p`.

        Of ordered variables there are thresholds (`x1 | t1`) in place of means. A moment that the model reproduces
        whatever the data has a standard error of 0 and no z or p. Kinds are `cor_bentler`, `cor_bollen` and `raw`, as
        for `residuals()`.

        Raises
        ------
        OptionError
            If there is no such kind.
        """
        return residual_table(self, kind)

    def residual_summary(self, kind: str = "cor_bentler", *, level: float = 0.90, close: float = 0.05) -> pd.DataFrame:
        """Return the size of the residuals overall, in the sample and estimated without bias for the population.

        Parameters
        ----------
        kind
            `cor_bentler` gives srmr, `cor_bollen` crmr, `raw` rmr.
        level
            Of the interval of the unbiased size.
        close
            A size that would be close to fitting, for its test.

        Returns
        -------
        DataFrame
            One row for covariances, and where means are modelled one for these and one for both; columns by
            lavaan's names in snake case: `srmr`, `srmr_exactfit_pvalue`, `usrmr`, `usrmr_ci_lower`, ...

        Raises
        ------
        OptionError
            If there is no such kind, or a number is out of range.

        Notes
        -----
        Maydeu-Olivares (2017); Maydeu-Olivares, Shi & Rosseel (2018).
        """
        return self._by_group(residual_summary(self, kind, level, close))  # type: ignore[no-any-return]

    def scores(
        self, method: str = "regression", *, data: Responses | pd.DataFrame | None = None, errors: bool = False
    ) -> pd.DataFrame:
        """Return the score of every row on every latent variable.

        Parameters
        ----------
        method
            `regression`: the expected value given the answers, nearest to the truth on average, drawn towards the
            mean; `bartlett`: unbiased given the truth, with more error. Of ordered answers: `map`, the most probable
            value given the answers (which `regression` means too); `eap`, the expected value; `ml`, where the
            likelihood of the answers is highest (`bartlett`).
        data
            Rows to score by this fit; those that it was fitted to unless given.
        errors
            Whether standard errors are wanted: of prediction for `regression`, of measurement for `bartlett`. Of
            ordered answers: the standard deviation given the answers for `eap`, from how the density bends at its top
            for `map`, from the observed information for `ml`.

        Returns
        -------
        DataFrame
            One column for each latent variable, and with `errors` one `<name>_se` each. The index is that of the data
            frame; of responses it says where a row stands, from 0. Under `missing="fiml"` and `"pairwise"` a row is
            scored from the answers it has; otherwise rows with a gap are left out. NaN where a row says nothing of a
            latent variable; under `ml` of ordered answers also where it says only that the score is beyond any limit
            (the highest category of each item, say), and for a latent variable of higher order, whose parts have no
            likelihood of their own. An error is NaN where negative variances of the solution leave none.

        Raises
        ------
        OptionError
            If there is no such method, or nothing to score.
        ResponseError
            If the data lack a variable, or have groups or categories that the fit does not know.
        EstimationError
            If the fit did not converge, items depend on each other exactly, or a residual variance of ordered answers
            is not positive; where ordered answers are related beyond the constructs, for all but `eap`; for `eap` of
            more than six constructs with items, whose integrals have too many dimensions.

        Notes
        -----
        Thurstone (1935); Bartlett (1937); Skrondal & Laake (2001), who show that regressions on the regression
        scores of causes, with Bartlett's scores as outcomes, are unbiased. All observed variables of the model are
        answers here, outcomes and covariates too. lavaan 0.6 leaves out what observed variables have to do with
        constructs by `~~`, gives away what items tell that paths lead to (Bartlett's scores), and without means moves
        all scores by a constant where observed outcomes have causes among each other. Ordered answers: Samejima (1969);
        Bock & Mislevy (1982); Muraki & Engelhard (1985); Jöreskog & Moustaki (2001). `eap` integrates by Gaussian
        quadrature with a rule made for each construct's items, with more points until nothing moves by a millionth of
        a prior standard deviation (Golub & Welsch, 1969).

        Examples
        --------
        >>> import numpy as np, pandas as pd, rantau as rt
        >>> draw = np.random.default_rng(1).normal(size=(200, 5))
        >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
        >>> fit = rt.cfa("F =~ a + b + c + d", data)
        >>> bool(fit.scores()["F"].std() < fit.scores("bartlett")["F"].std())
        True
        >>> likert = data.clip(-2, 2).round()
        >>> fit = rt.cfa("F =~ a + b + c + d", likert, ordered=True)
        >>> sorted(fit.scores("eap", errors=True).columns)
        ['F', 'F_se']
        """
        check_switch("errors", errors)
        return score_frame(self, method, data, errors=errors)

    def category_probabilities(self, at: pd.DataFrame | Mapping[str, Any] | None = None) -> pd.DataFrame:
        """Return how probable each category of each ordered item is.

        Parameters
        ----------
        at
            Values of constructs, or of continuous variables, at which probabilities are wanted: a data frame such as
            `scores()` returns, or a mapping such as `{"F": [-1, 0, 1]}`. What is not named, or NaN, is averaged over.
            A column with the groups' labels, under the name given as `group=`, says to which group a row belongs;
            without it every row is taken in every group. Unless given, probabilities are those over everybody.

        Returns
        -------
        DataFrame
            Over everybody `item category observed implied`: each category as the data have it, its share among those
            who answered, and what the model implies. At given values `row`, these values, and `item category
            probability`. With groups, `group` is the first column.

        Raises
        ------
        OptionError
            If no answers are ordered, or `at` names something else.
        EstimationError
            If the fit did not converge, or a residual variance of ordered answers is not positive.

        Notes
        -----
        Samejima (1969); Jöreskog & Moustaki (2001), with the normal ogive: an answer is the category between whose
        thresholds a normal variable falls. Without constraints on them thresholds reproduce the shares of the sample.

        Examples
        --------
        >>> import numpy as np, pandas as pd, rantau as rt
        >>> draw = np.random.default_rng(1).normal(size=(200, 4))
        >>> data = pd.DataFrame(draw[:, :3] + draw[:, 3:] > 0, columns=["a", "b", "c"]) * 1
        >>> fit = rt.cfa("F =~ a + b + c", data, ordered=True)
        >>> fit.category_probabilities().round(3).head(2)
          item  category  observed  implied
        0    a         0     0.545    0.545
        1    a         1     0.455    0.455
        >>> found = fit.category_probabilities(at={"F": [-1, 1]})
        >>> found[(found["item"] == "a") & (found["category"] == 1)].round(2)
           row    F item  category  probability
        1    0 -1.0    a         1         0.03
        7    1  1.0    a         1         0.93
        """
        return category_frame(self, at)

    def predicted(self, method: str = "regression", *, data: Responses | pd.DataFrame | None = None) -> pd.DataFrame:
        """Return the answers that a row's scores and its covariates lead to expect, one column per observed variable.

        Parameters
        ----------
        method, data
            As for `scores()`. Variables without causes stay as they were answered.

        Raises
        ------
        OptionError
            If answers are ordered, which have probabilities instead: `category_probabilities()`; and as `scores()`.
        ResponseError, EstimationError
            As `scores()`.
        """
        return predicted_frame(self, method, data)

    def compare(
        self, other: SemFit, *, method: str = "default", scaled_shifted: bool = True, restrictions: str = "delta"
    ) -> pd.DataFrame:
        """Test two fits of the same data against each other, one of them nested in the other.

        Parameters
        ----------
        other
            The other fit; it does not matter which has more degrees of freedom.
        method
            `standard`: the difference of the chi-squares; `satorra_bentler_2001`, `satorra_bentler_2010`: scaled by
            the models' scaling factors; `satorra_2000`: by what the larger model's robust standard errors are made
            of. `default` takes `standard` for an ordinary test, `satorra_2000` for one that corrects the variance
            too (MLMV, MLMVS), `satorra_bentler_2001` for other scaled tests (MLM, MLR).
        scaled_shifted
            For `satorra_2000`: correct the variance as well as the mean.
        restrictions
            For `satorra_2000`: `delta` finds the restrictions at both models' own estimates, as lavaan does, and
            depends a little on the units of the data; `exact` where the models meet, and does not (lavaan's takes
            values of the larger model by the smaller one's constraints, which means something only where the models
            differ by nothing else).

        Returns
        -------
        DataFrame
            One row for each fit, fewer degrees of freedom first: `df aic bic chisq chisq_diff rmsea_diff df_diff p`.

        Raises
        ------
        OptionError
            If the fits are not of the same variables, data and kind, are not nested, or lack what a method needs.
        EstimationError
            If one did not converge, the larger fits worse, or a scaling factor is not positive.

        Notes
        -----
        Steiger, Shapiro & Browne (1985); Satorra (2000); Satorra & Bentler (2001, 2010). For several fits
        at once, nested or not, see `rt.compare`. lavaan 0.6 differs in three: for `satorra_2000` with gaps it counts an
        empty cell as an answer that agrees with the mean; for `satorra_bentler_2010` it copies the smaller model's
        values, also where the larger one must move to imply the same; and its `A.method = "exact"` finds restrictions
        by the names of parameters. That says the same as `exact` where the smaller model is the larger one with
        equalities, and not of levels of invariance of ordered answers, each of which sets other parameters free: where
        thresholds are equal in truth its statistic is -0.4 on the average, with 7 degrees of freedom, and never
        rejects; `exact` and `delta` here, and lavaan's `delta`, average 6.9 and reject 6 % at the 5 % level (500
        samples of 2 x 300).
        """
        return difference_table(self, other, way_of(method, scaled_shifted, restrictions))

    def latent_correlations(self) -> pd.DataFrame:
        """Return the implied correlations of the constructs, under each group's label."""
        pandas, names, p = require("pandas"), list(self.table.constructs), self.layout.n_observed
        among = slice(p, p + len(names))
        totals = self._implied().total[:, among, among]
        return self._by_group([pandas.DataFrame(correlation_of(one), names, names) for one in totals])  # type: ignore[no-any-return]

    def modification_indices(
        self,
        *,
        minimum: float = 0.0,
        sort: bool = True,
        operators: str | Sequence[str] | None = None,
        free_remove: bool = True,
    ) -> pd.DataFrame:
        """Return what the chi-square would lose if one more parameter were free, for each that could be.

        Parameters
        ----------
        minimum
            Smaller indices are left out; 3.84 is the 5 per cent point of chi-square with one degree of freedom.
        sort
            Largest first, where lavaan keeps the order of the table unless asked.
        operators
            Only `=~`, `~~`, `~`, `~1`, or of ordered answers `|` and `~*~`; one or several. All unless given.
        free_remove
            Leave out what is free already. Otherwise a parameter that is held equal to others has the index of
            letting it alone go, as in `score_test()`, and any other free parameter has 0.

        Returns
        -------
        DataFrame
            `lhs op rhs group mi epc sepc_lv sepc_all sepc_nox`: the index, the expected change of the parameter, and
            that change in standard deviations as in `standardized()`. With a scaled test of the model also
            `mi_scaled`, the index over the scaling factor of that test.

        Raises
        ------
        OptionError
            If an operator is not one of these.
        EstimationError
            If the fit did not converge.

        Notes
        -----
        Sörbom (1989); Saris, Satorra & Sörbom (1987) for the expected change: with slope g and information V that
        the free parameters leave to a candidate, `n g^2 / (2 V)` and `-g / V` (where covariances are divided by
        n - 1, rows are counted as lavaan counts them here). The chi-square is n times the discrepancy, also where the
        model is tested otherwise, and as in lavaan the information is the expected one,
        whatever the standard errors rest on; under `ULS` the index is then no chi-square. Candidates are loadings of
        every factor on every item, covariances among items and among constructs, paths among the variables that
        paths connect, and what the model fixes, thresholds and scales of ordered answers as well (under `theta` the
        scale follows from the residual variance, which is the candidate); beyond lavaan, covariances among observed
        outcomes. What the data could not tell from the free parameters is left out, and so is whatever would explain
        a covariate whose moments are the sample's own (`fixed_x`). Where a construct, or its disturbance, covaries with
        an observed variable, or a path leads from one construct to another that measures it, lavaan 0.6's indices are
        those of another model; its score tests, and refits, agree with these.
        """
        return modification_indices(self, minimum=minimum, sort=sort, operators=operators, free_remove=free_remove)

    def score_test(
        self, release: int | str | Sequence[int | str] | None = None, *, add: str | None = None
    ) -> ScoreTest:
        """Test equalities that the model holds, or parameters that it does not have, without fitting again.

        Parameters
        ----------
        release
            Which equalities to let go: their numbers from 1 as in `univariate()`, labels, or names of parameters. All
            unless given: those of shared labels, of `group_equal`, and the `==` of the model.
        add
            Parameters to add instead, in the model language, such as `"visual =~ x9; x7 ~~ x8"`; in every group.

        Returns
        -------
        ScoreTest
            The joint test; `univariate()`, `cumulative()` and `epc()` are its tables.

        Raises
        ------
        OptionError
            If nothing is held equal, there is no such equality, or both arguments are given.
        ModelSyntaxError
            If `add` cannot be read or names an unknown variable.
        EstimationError
            If the fit did not converge.

        Notes
        -----
        Silvey (1959); Sörbom (1989). The ordinary test, with expected information, for every estimator. Degrees of
        freedom are the restrictions that can be told apart: intercepts that are equal in groups, all let go at once,
        take the latent means with them. lavaan gives the same chi-square, counts every restriction, and so a larger
        p; the changes it expects are then one of many solutions, and so are these.
        """
        return score_test(self, release, add)

    def wald_test(self, constraints: str) -> WaldTest:
        """Test constraints that the model does not have, by the estimates and their covariances.

        Parameters
        ----------
        constraints
            `==` of arithmetic over labels and defined quantities, such as `"a == b; c == 0"`.

        Returns
        -------
        WaldTest
            The joint test; `univariate()` has each alone. With robust standard errors it is robust.

        Raises
        ------
        ModelSyntaxError
            If the text cannot be read, names an unknown label, or has a constraint that follows from the others.
        EstimationError
            If the estimates have no covariances.

        Notes
        -----
        Wald (1943): `h' (J V J')^-1 h`, with the first-order delta method.
        """
        return wald_test(self, constraints)

    def latent_moments(self) -> tuple[pd.DataFrame, pd.Series[float]]:
        """Return the implied covariances and means of the constructs by group; means are 0 where not modelled."""
        pandas, names, p = require("pandas"), list(self.table.constructs), self.layout.n_observed
        moments, among = self._implied(), slice(p, p + len(names))
        return (
            self._by_group([pandas.DataFrame(one, names, names) for one in moments.total[:, among, among]]),
            self._by_group([pandas.Series(one, names, name="mean") for one in moments.mean[:, among]]),
        )

    def vcov(self) -> pd.DataFrame:
        """Return the covariance matrix of the free parameters' estimates, under their labels or `lhs op rhs`."""
        names = list(self.table.names)
        return require("pandas").DataFrame(self.covariance, names, names)  # type: ignore[no-any-return]

    def _by_group(self, frames: list[Any]) -> Any:  # noqa: ANN401 - a frame or a series
        """Return the one frame there is, or all of them under the labels of their groups."""
        pandas = require("pandas")
        return pandas.concat(frames, keys=list(self.groups), names=["group"]) if self.groups else frames[0]

    def _implied(self) -> Implied:
        return imply(self.layout, self.theta)

    def summary(self) -> str:
        """Return a readable account: how it went, fit, estimates."""
        return account_of(self)

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        return line_of(self)

    def _repr_html_(self) -> str:
        return page_of(self)

    # -- computing ---------------------------------------------------------------------------------

    def _of_cells(self, raw: Array, turned: Array, stack: tuple[int, ...]) -> Array:
        """Return the quantities of a stack of cells, as they are and standardised; NaN for the indices."""
        flat = [quantity_values(self.model, self.table, part.reshape(*stack, -1))[0] for part in (raw, turned)]
        return np.concatenate([*flat, np.full((*stack, len(INDICES)), np.nan)], axis=-1)

    def _cells(self) -> tuple[Array, Array]:
        """Return every cell `(G * cells,)` with its gradients by the free parameters."""
        own = cell_jacobian(self.layout).reshape(self.layout.place.size, self.table.n_free)
        return cell_values(self.layout, self.theta).ravel(), own

    def _standardised_cells(self, kind: str) -> tuple[Array, Array]:
        which = standardised_variables(self.layout, self.table.covariates, kind)
        values, gradients = standardised_slopes(self.layout, self.theta, which)
        return values.ravel(), gradients.reshape(values.size, self.table.n_free)

    def _standardised_values(self, kind: str) -> Array:
        which = standardised_variables(self.layout, self.table.covariates, kind)
        return derived(self.model, self.table, standardised(self.layout, self.theta, which).ravel())[0]

    def _inference(
        self, cells: tuple[Array, Array], level: float, name: str, extra: dict[str, Array] | None = None
    ) -> pd.DataFrame:
        values, gradients = derived(self.model, self.table, *cells)
        names = row_names(self.model, self.table)
        return inference_table(names, values, np.asarray(gradients), self.covariance, level, name, extra)


@lru_cache(maxsize=64)
def _labels(names: tuple[str, ...]) -> Any:  # noqa: ANN401 - an index of pandas
    return require("pandas").Index(names)
