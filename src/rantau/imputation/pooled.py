"""Pooled: what the fits to several completed data sets say together."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rantau.covariance.fit_indices.cfi import comparative_fit
from rantau.covariance.fit_indices.rmsea import with_limits
from rantau.covariance.fit_indices.srmr import standardised_residual
from rantau.covariance.fit_indices.tli import tucker_lewis
from rantau.covariance.result import SemFit
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Fit, Quantity
from rantau.imputation.chi_square import TESTS, PooledTest, pool_ratios, pool_statistics
from rantau.imputation.likelihood import (
    Deviances,
    average_moments,
    baseline_deviances,
    check_likelihood,
    deviances_of,
    implied_moments,
    ratios_of,
    saturated_deviances,
    stacked_fit,
)
from rantau.imputation.rubin import Combined, combine, quantile, two_sided
from rantau.inference.draws import Draws, counted
from rantau.options import check_level, choose
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class Pooled(Record):
    """Fits of one model to several completed data sets, pooled.

    Attributes
    ----------
    fits
        Those that are pooled.
    dropped
        What was wrong with those that are not, one text each.
    complete_df
        Degrees of freedom of the tests of estimates if no answer were missing.
    resamples
        The bootstrap of each fit, where standard errors come from one; () otherwise.
    """

    fits: tuple[Fit, ...]
    dropped: tuple[str, ...]
    complete_df: float
    resamples: tuple[Draws, ...] = ()

    @property
    def m(self) -> int:
        """How many completed data sets are behind it."""
        return len(self.fits)

    @property
    def n_obs(self) -> int:
        """Rows of each."""
        return self.fits[0].n_obs

    @property
    def trustworthy(self) -> bool:
        """Whether no fit has a problem that is an error, and none was dropped."""
        return not self.dropped and all(fit.trustworthy for fit in self.fits)

    @property
    def problems(self) -> tuple[tuple[str, int], ...]:
        """Each problem of the fits with the number of those that have it, the commonest first."""
        found = Counter(f"{one.severity}: {one.text}" for fit in self.fits for one in fit.problems)
        return tuple(found.most_common())

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Each reason why resamples gave no estimate, with its count over all imputations, the commonest first."""
        return counted(reason for draws in self.resamples for reason in draws.reasons)

    @property
    def tables(self) -> tuple[str, ...]:
        """What `table(of=)` takes."""
        if self.resamples:
            return self.resamples[0].tables
        known = dict.fromkeys(one.of for one in self.fits[0].quantities)
        return tuple(name for name in known if name != "fit_indices")

    def table(self, *, of: str = "estimates", level: float = 0.95) -> pd.DataFrame:
        """Return pooled estimates with their standard errors, tests and intervals.

        Parameters
        ----------
        of
            Which quantities: `estimates`, `standardized`; of a PLS fit any of its `tables`, such as `htmt`.
        level
            Of the intervals, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs est se t df p ci_low ci_high riv fmi`; where the fit has several groups, `group` after the name.
            `riv` is by how much, relatively, missing answers increase the variance, `fmi` the share of the information
            that is missing. A fixed parameter has `se` 0 and no `t`, `df` or `p`.

        Raises
        ------
        OptionError
            If there is no such table or the level is not between 0 and 1.

        Notes
        -----
        Rubin (1987), ch. 3; Barnard & Rubin (1999) where `complete_df` is finite.
        """
        check_level(level)
        choose("of", of, self.tables)
        names, found = self._combined(of)
        with np.errstate(divide="ignore", invalid="ignore"):
            t = np.where(found.se > 0, found.est / found.se, np.nan)
        df = np.where(found.se > 0, found.df, np.nan)
        reach = np.where(found.se > 0, quantile(level, df) * found.se, found.se)
        columns = {
            "lhs": [one.lhs for one in names],
            "op": [one.op for one in names],
            "rhs": [one.rhs for one in names],
            "group": [one.group for one in names],
            "est": found.est,
            "se": found.se,
            "t": t,
            "df": df,
            "p": np.where(np.isnan(t), np.nan, two_sided(t, df)),
            "ci_low": found.est - reach,
            "ci_high": found.est + reach,
            "riv": found.riv,
            "fmi": found.fmi,
        }
        if not getattr(self.fits[0], "groups", ()):
            del columns["group"]
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def estimates(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return `table(of="estimates")`."""
        return self.table(level=level)

    def _combined(self, of: str) -> tuple[tuple[Quantity, ...], Combined]:
        if self.resamples:
            frames = [draws.table(of=of) for draws in self.resamples]
            first = frames[0]
            groups = list(first["group"]) if "group" in first.columns else [1] * len(first)
            cells = zip(first["lhs"], first["op"], first["rhs"], groups, strict=True)
            names = tuple(Quantity(lhs, op, rhs, group, of) for lhs, op, rhs, group in cells)
            values, errors = (np.array([frame[name].to_numpy() for frame in frames]) for name in ("est", "se"))
        else:
            which = np.array([one.of == of for one in self.fits[0].quantities])
            names = tuple(one for one in self.fits[0].quantities if one.of == of)
            values, errors = (
                np.array([part[which] for part in parts])
                for parts in ([fit.values() for fit in self.fits], [fit.errors() for fit in self.fits])
            )
        return names, combine(values, errors, self.complete_df)

    # -- the test of the model -------------------------------------------------------------------------

    def chi_square(self, *, test: str = "default") -> PooledTest:
        """Test the model as a whole.

        Parameters
        ----------
        test
            `D4` (Chan & Meng, 2022), `D4_robust`, `D3` (Meng & Rubin, 1992) or `D2` (Li, Meng, Raghunathan & Rubin,
            1991); `default` takes D4 where a likelihood is maximised, and D2 where none is.

        Returns
        -------
        PooledTest
            An F statistic; `chisq` is it times its degrees of freedom. Where the fits have a test that is scaled for
            data that are not normal, it is divided by the mean of the scaling factors; D2 pools the scaled statistics.

        Raises
        ------
        OptionError
            If a test cannot be had, as for PLS, which has no chi-square.
        EstimationError
            If D4 needs a fit that does not converge.
        """
        fits, name = self._likelihood_fits(test)
        if name == "D2":
            return pool_statistics(np.array([_statistic(fit) for fit in fits]), float(fits[0].statistics.df))
        return self._scaled(pool_ratios(ratios_of(self._own, self._saturated, fits[0].statistics.df), name))

    def fit_indices(self, *, test: str = "default") -> pd.Series[float]:
        """Return fit indices from the pooled chi-squares of the model and of its baseline.

        Parameters
        ----------
        test
            As for `chi_square()`.

        Returns
        -------
        Series
            `chisq df pvalue` (of F) `cfi tli rmsea rmsea_ci_lower rmsea_ci_upper srmr riv fmi`; SRMR is that of the
            pooled moments against those implied by the pooled estimates.

        Raises
        ------
        OptionError, EstimationError
            As for `chi_square()`.
        """
        fits, name = self._likelihood_fits(test)
        own = self.chi_square(test=test)
        statistics = fits[0].statistics
        base_df = float(statistics.baseline.df)
        if name == "D2":
            base = pool_statistics(np.array([_statistic(fit, baseline=True) for fit in fits]), base_df)
        else:
            baseline = baseline_deviances(fits, self._stacked, self._saturated)
            base = self._scaled(pool_ratios(ratios_of(baseline, self._saturated, base_df), name), baseline=True)
        chisq = own.chisq if own.df > 0 else 0.0
        point, low, high, *_ = with_limits(chisq, own.df, statistics.per_group)
        sample, implied = average_moments(fits), implied_moments(fits)
        means = sample.mu - implied.mu if fits[0].table.mean_structure else None
        found = {
            "chisq": chisq,
            "df": own.df,
            "pvalue": own.pvalue,
            "cfi": float(comparative_fit(chisq, own.df, base.chisq, base_df)),
            "tli": float(tucker_lewis(chisq, own.df, base.chisq, base_df)),
            "rmsea": point,
            "rmsea_ci_lower": low,
            "rmsea_ci_upper": high,
            "srmr": float(standardised_residual(sample.sigma, implied.sigma, means, statistics.shares)),
            "riv": own.riv,
            "fmi": own.fmi,
        }
        return require("pandas").Series(found, name="value", dtype=float)  # type: ignore[no-any-return]

    def compare(self, other: Pooled, *, test: str = "default") -> PooledTest:
        """Test two models of the same completed data sets against each other, one of them nested in the other.

        Parameters
        ----------
        other
            The other model; it does not matter which has more degrees of freedom. That one is nested in the other is
            taken on trust: `rt.compare` on the fits to one data set says so.
        test
            As for `chi_square()`.

        Returns
        -------
        PooledTest
            Of the restrictions of the smaller model.

        Raises
        ------
        OptionError
            If the fits are not of the same data, or a test cannot be had.
        """
        if not isinstance(other, Pooled):
            raise OptionError(f"compare() takes what rt.pool gives, got a {type(other).__name__}.")
        ones, name = self._likelihood_fits(test)
        others, _ = other._likelihood_fits(test)
        _check_same_data(ones, others)
        larger, smaller = sorted((self, other), key=lambda each: each.degrees_of_freedom)
        df = smaller.degrees_of_freedom - larger.degrees_of_freedom
        if df == 0:
            raise OptionError("both models have as many degrees of freedom, so neither is a restriction of the other.")
        if name == "D2":
            if any(fit.statistics.scaled is not None for fit in (*ones, *others)):
                raise OptionError(
                    "differences of scaled statistics are no chi-squares, so D2 cannot pool them; take test='D4'."
                )
            pairs = zip(smaller._sem_fits(), larger._sem_fits(), strict=True)
            return pool_statistics(np.array([one.statistics.chisq - two.statistics.chisq for one, two in pairs]), df)
        found = pool_ratios(ratios_of(smaller._own, larger._own, df), name)
        pair = [_mean_scaling(each._sem_fits()) for each in (smaller, larger)]
        if pair == [1.0, 1.0]:
            return found
        factor = (smaller.degrees_of_freedom * pair[0] - larger.degrees_of_freedom * pair[1]) / df
        if not factor > 0:
            raise EstimationError(f"the scaling factor of the difference is {factor:.3f}, which must be positive.")
        return found.replace(statistic=found.statistic / factor, scaling=factor)

    @property
    def degrees_of_freedom(self) -> int:
        """Of the model."""
        return self._sem_fits()[0].statistics.df

    def _sem_fits(self) -> tuple[SemFit, ...]:
        fits = tuple(fit for fit in self.fits if isinstance(fit, SemFit))
        if len(fits) < len(self.fits):
            raise OptionError(
                f"a {type(self.fits[0]).__name__} has no chi-square, so none can be pooled: it minimises no misfit of "
                "the model. Its estimates are in table(), and table(of='fit_indices') has its distances."
            )
        return fits

    def _likelihood_fits(self, test: str) -> tuple[tuple[SemFit, ...], str]:
        """Return the fits and the test to be taken, checked."""
        fits = self._sem_fits()
        choose("test", test, (*TESTS, "default"))
        plain = fits[0].discrepancy.name in ("ml", "fiml") and fits[0].request.likelihood == "normal"
        name = ("D4" if plain else "D2") if test == "default" else test
        if name != "D2":
            check_likelihood(fits, name)
            if any(fit.statistics.scaled is not None and fit.statistics.scaled.shift for fit in fits):
                raise OptionError(
                    f"test='{name}' is divided by a scaling factor, and the test of these fits is shifted too; take "
                    "test='D2', or fit with estimator='MLR' or 'MLM'."
                )
        return fits, name

    def _scaled(self, found: PooledTest, *, baseline: bool = False) -> PooledTest:
        factor = _mean_scaling(self._sem_fits(), baseline=baseline)
        return found if factor == 1.0 else found.replace(statistic=found.statistic / factor, scaling=factor)

    @cached_property
    def _stacked(self) -> SemFit:
        return stacked_fit(self._sem_fits())

    @cached_property
    def _own(self) -> Deviances:
        return deviances_of(self._sem_fits(), self._stacked)

    @cached_property
    def _saturated(self) -> Deviances:
        return saturated_deviances(self._sem_fits(), self._stacked)

    def __str__(self) -> str:
        told = [f"{self.m} imputations of {self.n_obs} rows, pooled"]
        if self.resamples:
            told[0] += f"; standard errors from {len(self.resamples[0].values)} resamples of each"
        told += [f"  left out: {why}" for why in self.dropped]
        told += [f"  {count} resamples failed: {reason}" for reason, count in self.failed]
        told += [f"  {count} of {self.m}: {text}" for text, count in self.problems]
        if all(isinstance(fit, SemFit) for fit in self.fits):
            told.append(str(self.chi_square()))
        return "\n".join([*told, self.table().to_string(index=False, float_format=lambda value: f"{value:.3f}")])

    def __repr__(self) -> str:
        return f"<Pooled: {self.m} fits, n = {self.n_obs}; see table() and chi_square()>"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False, float_format=lambda value: f"{value:.3f}"))


def _statistic(fit: SemFit, *, baseline: bool = False) -> float:
    statistics = fit.statistics
    if baseline:
        return (statistics.baseline_scaled or statistics.baseline).statistic
    return (statistics.scaled or statistics.test).statistic


def _mean_scaling(fits: tuple[SemFit, ...], *, baseline: bool = False) -> float:
    """Return the mean of the scaling factors; 1 where the test is not scaled."""
    parts = [fit.statistics.baseline_scaled if baseline else fit.statistics.scaled for fit in fits]
    factors = [part.scaling for part in parts if part is not None]
    found = float(np.mean(factors)) if factors else 1.0
    return 1.0 if np.isnan(found) else found


def _check_same_data(ones: tuple[SemFit, ...], others: tuple[SemFit, ...]) -> None:
    if len(ones) != len(others):
        raise OptionError(
            f"{len(ones)} fits are pooled here and {len(others)} there; fit both models to the same data sets."
        )
    for one, other in zip(ones, others, strict=True):
        if set(one.table.observed) != set(other.table.observed) or one.table.groups != other.table.groups:
            raise OptionError("the two models are of different variables or groups, so they cannot be compared.")
        if one.table.mean_structure != other.table.mean_structure or set(one.table.exogenous) != set(
            other.table.exogenous
        ):
            raise OptionError(
                "one model takes means or covariates as given and the other does not; fit both with the same "
                "meanstructure= and fixed_x=."
            )
        order = [other.table.observed.index(name) for name in one.table.observed]
        same = one.n_obs == other.n_obs and np.allclose(
            one.moments.covariance, other.moments.covariance[:, order][:, :, order], rtol=1e-9, atol=0
        )
        if not same:
            raise OptionError("the two models were not fitted to the same completed data sets, in the same order.")
