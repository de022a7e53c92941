"""PlsFit: what PLS found, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.extras import require
from rantau.fit import Problem, Quantity, Refits
from rantau.model.spec import Model
from rantau.moments import Sample
from rantau.options import check_level, check_switch, choose, several_names
from rantau.pls import measurement, model_fit, structural, tables
from rantau.pls.blindfolding import blindfold
from rantau.pls.estimate import Estimates, reasons
from rantau.pls.flatten import named_in_stages, staged_fit_indices
from rantau.pls.item_moments import item_moments, notes_on
from rantau.pls.origin import Origin
from rantau.pls.printed import account_of, line_of, page_of
from rantau.pls.quantities import (
    RELIABILITY,
    TABLES,
    VARIANTS,
    Solved,
    criteria,
    reliability,
    reliability_variants,
)
from rantau.pls.request import PlsRequest
from rantau.pls.resolve import directions, resolve
from rantau.pls.scores import score_rows, unit_lengths
from rantau.pls.slopes import Replicates, Slope, significant_regions, simple_slopes
from rantau.pls.stages import Ascent, Plan, Stage
from rantau.pls.structure import Structure
from rantau.pls.transform import transformed_rows
from rantau.pls.variants import Without, f_squared_estimated_again, redundancy_of_own_items
from rantau.pls.without_path import WithoutPath
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class PlsFit(Record):
    """A PLS path model, estimated.

    All tables are unrounded data frames. Where `consistent=True`, loadings, reliabilities but alpha,
    correlations of constructs, paths and all that follows from paths are the corrected ones; weights, scores
    and cross-loadings belong to the composites. Where answers are ordered, all is of the variables behind them: alpha
    is ordinal alpha (Zumbo, Gadermann & Zeisser, 2007).

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
    shows
        The table that `quantities`, `values()` and `refit()` are of: one of `tables`.
    origin
        The columns of the data that are no items, for what tells rows apart by them, such as `compare_groups`.
    """

    model: Model
    request: PlsRequest
    structure: Structure
    solution: Estimates
    problems: tuple[Problem, ...]
    sample: Sample
    entered: Mask
    plan: Plan
    ascent: Ascent
    shows: str = "estimates"
    origin: Origin = Origin()

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Every stage by itself, in the order of estimation; one where nothing is a product or of higher order."""
        pairs = zip(self.plan.stages, self.ascent.stages, strict=True)
        return tuple(Stage(stage.structure, estimates) for stage, estimates in pairs)

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
    def tables(self) -> tuple[str, ...]:
        """What `showing` takes: the tables whose numbers get intervals, named as the methods that return them."""
        return tuple(TABLES)

    def showing(self, of: str) -> PlsFit:
        """Return this fit with `quantities`, `values()` and `refit()` of one of its `tables`.

        `rt.bootstrap(fit).table(of="htmt2")` does this by itself, with the draws it has.

        Raises
        ------
        OptionError
            If there is no such table.
        """
        return self.replace(shows=choose("of", of, self.tables))

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The names of `values()`; `quantities.named_values` lists them."""
        return self._named(self.shows)[0]

    def estimates(self) -> pd.DataFrame:
        """Return every quantity: `lhs op rhs est`, named as `quantities.named_values` says."""
        names, values = self._named("estimates")
        rows = [(one.lhs, one.op, one.rhs, value) for one, value in zip(names, values, strict=True)]
        return tables.listed(rows, ("lhs", "op", "rhs", "est"))

    def values(self) -> Array:
        """Return the estimates, `(n_quantities,)`."""
        return self._named(self.shows)[1]

    def _named(self, of: str) -> tuple[tuple[Quantity, ...], Array]:
        names, values = named_in_stages(self.plan, self.ascent, of, self.request, self.n_obs, self._without())
        return names, values[0]

    @property
    def _last(self) -> Solved:
        """The last stage, for what estimates equations or blocks anew."""
        return Solved(self.ascent.stages[-1], self.plan.stages[-1].structure, self.request, self.n_obs)

    def _without(self, counts: Array | None = None, moments: tuple[Array, Array] | None = None) -> Without | None:
        """Return what estimates the model without a path where that takes several stages; None for one stage."""
        if len(self.plan.stages) == 1:
            return None
        taken = np.ones((1, self.n_obs)) if counts is None else counts
        return WithoutPath(self.model, self.request, self.sample, taken, moments).explained

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
        would be an error in `problems` is a failed draw. Polychoric correlations that are not positive definite are
        noted of a draw that is kept.

        Parameters
        ----------
        counts
            `(draws, n_obs)`: how often each draw takes each row of the sample; every draw takes as many.
        errors
            Whether standard errors are wanted; they are all NaN.

        Returns
        -------
        Refits
            Values `(draws, n_quantities)` of the table this fit `shows`, NaN in failed draws.
        """
        towards = directions(self.ascent.stages, self.plan)
        moments = item_moments(self.sample, counts, self.request)
        known = moments.covariance, moments.mean
        ascent, faults = resolve(self.sample, counts, self.plan, self.request, towards=towards, moments=known)
        why = reasons(faults, len(counts))
        n, without = round(float(counts[0].sum())), self._without(counts, known)
        values = named_in_stages(self.plan, ascent, self.shows, self.request, n, without)[1]
        values[[bool(reason) for reason in why]] = np.nan
        nothing = np.full_like(values, np.nan) if errors else None
        return Refits(values, why, nothing, notes_on(moments, self.request))

    def pointing_as(self, other: PlsFit) -> PlsFit:
        """Return this fit with its constructs pointing where they do in another fit of the same model.

        Fits that are averaged, such as those to completed data sets, must point one way: where the items of a block
        nearly balance, each fit by itself may turn either.

        Parameters
        ----------
        other
            Of the same model and options.
        """
        towards = directions(other.ascent.stages, other.plan)
        ascent = resolve(self.sample, np.ones((1, self.n_obs)), self.plan, self.request, towards=towards)[0]
        return self.replace(solution=ascent.whole, ascent=ascent)

    def conforming(self, model: str = "estimated") -> PlsFit:
        """Return this fit with rows whose correlations are those that a model implies, for the test of exact fit.

        Parameters
        ----------
        model
            `estimated`, or `saturated` to judge the outer model alone.

        Raises
        ------
        OptionError
            If there is no such model, or the items of the fit are scores or products.
        EstimationError
            If the rows have gaps that were not filled by means, or either matrix is not positive definite.

        Source: Beran and Srivastava (1985): (x - m) S^-1/2 Sigma^1/2, with symmetric roots.
        """
        choose("model", model, model_fit.MODELS)
        implied = model_fit.implied_by(self.solution, self.structure, model)[0]
        return self.replace(sample=transformed_rows(self.sample, self.structure, self.request, implied))

    # -- the outer model ---------------------------------------------------------------------------------

    def loadings(self) -> pd.DataFrame:
        """Return loadings: `construct item est`, correlations of items with their construct.

        Of a model in stages, every construct shows the items of the data where it has some, whatever later stages take
        in their place; a construct of constructs shows the scores of its parts, and a product, of unit variance here,
        itself or the products of items. So do `weights`, `reliability`, `htmt`, `vif` and `cross_loadings`.
        """
        return tables.by_item(self.structure, self.solution.loadings[0])

    def weights(self) -> pd.DataFrame:
        """Return outer weights: `construct item est`; with them scores have unit variance."""
        return tables.by_item(self.structure, self.solution.weights[0])

    def cross_loadings(self) -> pd.DataFrame:
        """Return the correlations of items (rows) with the scores of constructs (columns).

        An item that is repeated in a higher-order construct has one row.
        """
        items = self.structure.items
        once = [items.index(item) for item in dict.fromkeys(items)]
        return tables.square(self.solution.cross[0][once], tuple(dict.fromkeys(items)), self.structure.constructs)

    def scores(self) -> pd.DataFrame:
        """Return the scores of constructs, a row per row of the data; mean 0, variance 1 (divisor n - 1).

        The index is that of the data frame; of responses it counts the rows from 0. A product of scores is not
        standardised again. Under `missing="mean"` missing answers count as the item's mean; under `listwise` such rows
        are NaN; under `em` they count as what the row's other answers lead to expect, so that scores vary a little less
        than by 1.
        """
        scores = np.full((self.entered.size, len(self.structure.constructs)), np.nan)
        scores[self.entered] = score_rows(self.sample, self.plan, self.ascent, self.request)
        names = list(self.structure.constructs)
        return require("pandas").DataFrame(scores, index=self.sample.labels, columns=names)  # type: ignore[no-any-return]

    def communalities(self) -> pd.DataFrame:
        """Return the share of each item's variance that its construct explains: `construct item est`.

        Source: Tenenhaus et al. (2005): the squared loading, whose mean over a block is AVE.
        """
        return tables.by_item(self.structure, measurement.communality(self.solution.loadings)[0])

    def reliability(self, *, variants: bool = False) -> pd.DataFrame:
        """Return `alpha rho_a rho_c ave` per construct.

        A single item has 1 throughout, by assumption. A block weighted by mode B has rho_a 1, as its score is
        taken for free of error; its other columns are computed like any other's, but do not judge a formative
        construct.

        Parameters
        ----------
        variants
            Whether to add what else goes by these names, with l the loadings, w the weights, S the correlations of the
            items: `alpha_weighted` r(1'w)²/w'Sw with r the mean correlation (cSEM's RhoT_weighted); `rho_c_observed`
            (1'l)²/1'S1 (RhoC_mm); `rho_c_weighted` (w'l)²/w'Sw (RhoC_weighted); `rho_c_weighted_implied`
            (w'l)²/((w'l)² + sum w²(1 - l²)) (RhoC_weighted_mm). All are of the sum or the score that their name says,
            and in plain PLS, whose loadings are correlations with the score, the last three run high.

        Source: alpha, k/(k-1) (1 - k/1'S1): Cronbach (1951); rho_a, (w'w)² w'(S - I)w / w'(ww' - diag ww')w: Dijkstra
        and Henseler (2015); rho_c, (1'l)²/((1'l)² + sum(1 - l²)): Werts, Linn and Jöreskog (1974); ave, the mean of
        l²: Fornell and Larcker (1981).
        """
        check_switch("variants", variants)
        found = tables.square(reliability(self.solution, self.structure)[0], self.structure.constructs, RELIABILITY)
        if not variants:
            return found
        others = reliability_variants(self.solution, self.structure)[0]
        return found.join(tables.square(others, self.structure.constructs, VARIANTS))

    def htmt(self, *, signed: bool = False) -> pd.DataFrame:
        """Return heterotrait-monotrait ratios, symmetric, NaN on the diagonal.

        Parameters
        ----------
        signed
            Whether correlations keep their signs, as the ratio was first proposed; otherwise their absolute values
            are taken (HTMT+), so that a reversed item does not hide an overlap.

        Source: Henseler, Ringle and Sarstedt (2015), equation 6; Ringle et al. (2023) for absolute correlations.
        """
        check_switch("signed", signed)
        values = measurement.htmt(self.solution.correlation, self.structure.blocks, signed=signed)[0]
        return tables.square(values, self.structure.constructs, self.structure.constructs)

    def htmt2(self, *, signed: bool = False) -> pd.DataFrame:
        """Return heterotrait-monotrait ratios of geometric means (HTMT2), symmetric, NaN on the diagonal.

        They do not suppose that the items of a construct load alike.

        Parameters
        ----------
        signed
            Whether correlations keep their signs: a pair that a negative one enters has then no geometric mean and
            is NaN, as in cSEM. Otherwise absolute values are taken.

        Source: Roemer, Schuberth and Henseler (2021).
        """
        check_switch("signed", signed)
        values = measurement.htmt2(self.solution.correlation, self.structure.blocks, signed=signed)[0]
        return tables.square(values, self.structure.constructs, self.structure.constructs)

    def redundancy(self) -> pd.Series:
        """Return the correlation of each mode B score with that of the same items weighted by mode A.

        A redundancy analysis for want of another measure, as cSEM's `doRedundancyAnalysis`: the model is estimated once
        more for each such construct. It says little of validity; `rt.redundancy` holds a construct against a global
        item, as the analysis was meant.

        Source: Chin (1998); Hair et al. (2014).
        """
        structure = self._last.structure
        values = redundancy_of_own_items(self._last.estimates, structure, self.request)[0]
        which = [j for j, mode in enumerate(structure.modes) if mode == "B" and not structure.single[j]]
        names = [structure.constructs[j] for j in which]
        return require("pandas").Series(values[which], index=names, name="redundancy")  # type: ignore[no-any-return]

    def fornell_larcker(self) -> pd.DataFrame:
        """Return the square roots of AVE on the diagonal, correlations of constructs below it, NaN above.

        Source: Fornell and Larcker (1981): the diagonal should exceed what stands left of it and below it.
        """
        values = np.tril(self.solution.constructs[0], -1)
        values[np.triu_indices(len(values), 1)] = np.nan
        ave = reliability(self.solution, self.structure)[0, :, RELIABILITY.index("ave")]
        np.fill_diagonal(values, np.sqrt(ave))
        return tables.square(values, self.structure.constructs, self.structure.constructs)

    def construct_correlations(self) -> pd.DataFrame:
        """Return the correlations of constructs, corrected where `consistent=True`."""
        return tables.square(self.solution.constructs[0], self.structure.constructs, self.structure.constructs)

    # -- the inner model ---------------------------------------------------------------------------------

    def paths(self, *, unstandardised: bool = False) -> pd.DataFrame:
        """Return path coefficients: `lhs op rhs est`, lhs the outcome, in the order of the model.

        Scores are standardised, products of scores are not once more: the coefficient of `X:M` is by how much a
        standard deviation of M changes the effect of X (see `slopes`). Where items are repeated, the paths that join
        higher-order constructs to their parts are among `effects()`.

        Parameters
        ----------
        unstandardised
            In the units of the answers: each score is then a weighted mean of its items as they were answered, its
            weights summing to 1, and the coefficient of `X:M` belongs to the product of centred scores. This means
            something where all items of a construct have one scale and weights of one sign (Hair et al., 2022).

        Raises
        ------
        OptionError
            If unstandardised coefficients are asked of a consistent fit or of products of items.
        EstimationError
            If the weights of a construct cannot be scaled to sum to 1.
        """
        check_switch("unstandardised", unstandardised)
        at = self.structure.constructs.index
        beta = self.solution.coefficients[0]
        if unstandardised:
            lengths = unit_lengths(self.sample, self.plan, self.ascent, self.request)
            beta = beta * lengths / lengths[:, None]
        rows = [
            (path.outcome, "~", path.predictor, beta[at(path.outcome), at(path.predictor)]) for path in self.model.paths
        ]
        return tables.listed(rows, ("lhs", "op", "rhs", "est"))

    def r_squared(self) -> pd.DataFrame:
        """Return `r_squared adjusted` per construct that has predictors."""
        paths = self.structure.paths
        r_squared = self.solution.r_squared
        values = np.stack([r_squared[0], structural.adjusted(r_squared, paths, self.n_obs)[0]], axis=1)
        return tables.by_outcome(self.structure, values, ("r_squared", "adjusted"))

    def information_criteria(self) -> pd.DataFrame:
        """Return `aic aicc aicu bic fpe hq hqc gm cp` per construct that has predictors.

        Smaller is better among models of one outcome; `rt.rival_models` compares. Formulas stand at
        `structural.information_criteria`. Each has another origin, so compare a column, not a row.

        Source: Sharma, Sarstedt, Shmueli, Kim and Thiele (2019).
        """
        last = self._last
        return tables.by_outcome(last.structure, criteria(last)[0], structural.CRITERIA)

    def f_squared(self, *, again: bool = False) -> pd.DataFrame:
        """Return Cohen's f², outcomes (rows) x predictors (columns), NaN where there is no path.

        Where predictors explain an outcome entirely, as the parts of a sum do, no variance is left to hold an effect
        against: NaN.

        Parameters
        ----------
        again
            Whether the whole model, with all its stages, is estimated once more without each path, and all scores with
            it, as in seminr; NaN of a predictor that nothing joins then but its product with another. Otherwise the
            predictor is left out of the regression while all scores stay as they are, as in cSEM: f² asks what one
            predictor adds to the others for an outcome that remains what it is.

        Source: Cohen (1988), equation 9.2.3.
        """
        check_switch("again", again)
        if again:
            structure = self._last.structure
            values = f_squared_estimated_again(self._last.estimates, structure, self.request, self._without())[0]
        else:
            structure, estimates = self.structure, self.solution
            values = structural.f_squared(estimates.constructs, estimates.r_squared, structure.paths)[0]
        return tables.by_path(structure, values)

    def effects(self) -> pd.DataFrame:
        """Return `lhs rhs kind via est`: direct, indirect and total effects of rhs on lhs.

        An indirect effect has one row per route, with the constructs passed as `via` (`A -> B`), and one with
        an empty `via` for all routes together.
        """
        return tables.effects(self.structure, *self._named("estimates"))

    def variance_accounted_for(self) -> pd.DataFrame:
        """Return `lhs rhs direct indirect total vaf` of every pair that has both a direct and an indirect effect.

        `vaf` is the share of the total effect that is indirect. It reads as a share only where both effects have the
        same sign: outside 0 to 1 they have not, and suppression is what to write about.

        Source: Hair et al. (2014).
        """
        return tables.accounted_for(self.structure, self.solution.coefficients)

    def slopes(
        self,
        outcome: str,
        predictor: str,
        moderator: str | Sequence[str],
        *,
        at: Sequence[float] = (-1.0, 0.0, 1.0),
        draws: Replicates | None = None,
        level: float = 0.95,
    ) -> pd.DataFrame:
        """Return simple slopes: by how much the outcome rises with the predictor at values of a moderator.

        All is in standard deviations of the scores; constructs that are not named stand at their mean.

        Parameters
        ----------
        outcome, predictor
            Names of constructs, a product with the predictor among what predicts the outcome.
        moderator
            What it is multiplied with, or several of them; the predictor itself where it is squared.
        at
            Values of each moderator, in standard deviations from its mean.
        draws
            `rt.bootstrap(fit)`, for standard errors and percentile intervals.
        level
            Of the intervals.

        Returns
        -------
        DataFrame
            A column per moderator, `est`, and given draws `se ci_low ci_high`; a row per combination of values.

        Raises
        ------
        OptionError
            If there is no such product, or the draws are of another fit.

        Source: Aiken and West (1991).

        Examples
        --------
        >>> import pandas as pd, rantau as rt
        >>> data = pd.DataFrame({"x": [1, 2, 3, 4, 5, 6], "m": [2, 1, 4, 3, 6, 3], "y": [1, 3, 2, 5, 4, 9]})
        >>> fit = rt.pls("y ~ x + m + x:m", data)
        >>> fit.slopes("y", "x", "m").columns.tolist()
        ['m', 'est']
        """
        moderators = several_names("moderator", moderator, "Trust")
        check_level(level)
        slope = Slope(self.structure, outcome, predictor, moderators)
        estimate = slope.coefficients(self.solution, self.structure)[0]
        drawn = None if draws is None else slope.replicates(draws)
        rows = simple_slopes(slope, estimate, at, drawn, level)
        return tables.listed(rows, (*moderators, "est", *(("se", "ci_low", "ci_high") if drawn is not None else ())))

    def significant_regions(
        self, outcome: str, predictor: str, moderator: str, *, draws: Replicates, level: float = 0.95
    ) -> pd.DataFrame:
        """Return for which values of a moderator the predictor has an effect: the Johnson-Neyman regions.

        Parameters
        ----------
        outcome, predictor, moderator
            As for `slopes`.
        draws
            `rt.bootstrap(fit)`, whose covariances of coefficients are used.
        level
            Of confidence, for each value by itself.

        Returns
        -------
        DataFrame
            `low high slope share`: regions of the moderator in standard deviations from its mean, whether the slope is
            `positive`, `negative` or `not significant` there, and the share of rows that lie in it.

        Raises
        ------
        OptionError
            If there is no such product, or the draws are of another fit.

        Source: Johnson and Neyman (1936); Bauer and Curran (2005).
        """
        check_level(level)
        slope = Slope(self.structure, outcome, predictor, (moderator,))
        estimate = slope.coefficients(self.solution, self.structure)[0]
        scores = self.scores()[moderator].dropna().to_numpy()
        rows = significant_regions(slope, estimate, slope.replicates(draws), level, scores)
        return tables.listed(rows, ("low", "high", "slope", "share"))

    def definitions(self) -> pd.DataFrame:
        """Return what the model defines by `:=`: `lhs op rhs est`."""
        pairs = zip(*self._named("definitions"), strict=True)
        rows = [(quantity.lhs, ":=", quantity.rhs, value) for quantity, value in pairs]
        return tables.listed(rows, ("lhs", "op", "rhs", "est"))

    def vif(self) -> pd.DataFrame:
        """Return variance inflation factors: `kind target name vif`.

        `outer`: of each item (name) within the block of a construct (target); `inner`: of each predictor
        (name) in the equation of an outcome (target), from the corrected correlations where
        `consistent=True`.
        """
        return tables.inflation(self.structure, self.solution)

    # -- the whole model ---------------------------------------------------------------------------------

    def fit_indices(self, model: str = "estimated") -> pd.Series:
        """Return how well the model gives back the correlations of the items; NaN where the weights did not settle.

        `srmr` (over p(p+1)/2 elements), `d_uls`, `d_g` (logarithms of base 10) and `d_ml` are distances between the
        two matrices: `rt.fit_test` tests them. `nfi` compares with uncorrelated items, `rms_theta` judges the
        residuals of the outer model. `chisq df chisq_df cfi ifi nnfi rmsea gfi cn` are computed from the maximum
        likelihood discrepancy, which PLS does not minimise: they have no known distribution and no cut-off values.
        Formulas and sources stand at `model_fit.fit_indices`. There is no GoF: it does not tell models that fit from
        models that do not (Henseler & Sarstedt, 2013).

        Parameters
        ----------
        model
            `estimated`: constructs correlate as the paths imply; `saturated`: as they were estimated, so that
            only the outer model is judged.
        """
        choose("model", model, model_fit.MODELS)
        if self.plan.plain:
            found = model_fit.fit_indices(self.solution, self.structure, self.n_obs, model)
        else:
            found = staged_fit_indices(self.plan, self.ascent, self.n_obs, model)
        values = {name: float(value[0]) if self.converged else np.nan for name, value in found.items()}
        return require("pandas").Series(values, name=model)  # type: ignore[no-any-return]

    def blindfold(self, distance: int = 7) -> pd.DataFrame:
        """Return Q² by blindfolding: `sso sse_redundancy q2_redundancy sse_communality q2_communality` per construct.

        Legacy: it predicts cells that the model was estimated without, but not rows, and so mixes explanation and
        prediction (Shmueli, Ray, Velasquez Estrada & Chatla, 2016). See `blindfolding.blindfold` for the procedure.

        Parameters
        ----------
        distance
            Every so many answers of a block one is left out, in as many rounds, so that each is left out once; 5 to
            12 is usual. It must not divide the number of rows, or whole rows would be left out.

        Raises
        ------
        OptionError
            If the distance is not a whole number from 2, divides the number of rows or exceeds it.
        EstimationError
            If the fit is consistent or weighted, did not converge, has items that are scores or products, or cannot be
            made in some round.

        Source: Stone (1974); Geisser (1974); Chin (1998); Tenenhaus et al. (2005).
        """
        return blindfold(self.sample, self.structure, self.request, self.solution, distance)

    def summary(self) -> str:
        """Return the fit as text for a terminal, rounded to three places."""
        return account_of(self)

    def __str__(self) -> str:
        return account_of(self)

    def __repr__(self) -> str:
        return line_of(self)

    def _repr_html_(self) -> str:
        return page_of(self)
