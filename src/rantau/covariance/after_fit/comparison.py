"""Several models of the same data side by side: their fit, and tests of those that are nested."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, diagonal
from rantau.covariance.after_fit.difference_test import METHODS, RESTRICTIONS, difference_test, method_for
from rantau.covariance.after_fit.nesting import Meeting, Standing, meet, standing, variable_order
from rantau.covariance.estimators import spelling
from rantau.covariance.outcome import ModelTest
from rantau.errors import EstimationError, OptionError, listing
from rantau.extras import require
from rantau.options import check_switch, choose, several_names

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit

NAN = float("nan")
#: A larger model that fits worse by more than this share of its chi-square has missed its minimum.
ROUNDING = 1e-6


class Way(NamedTuple):
    """How differences are tested: see `SemFit.compare`."""

    method: str
    scaled_shifted: bool
    restrictions: str


def way_of(method: str, scaled_shifted: bool, restrictions: str) -> Way:
    """Check these options, spelt as in `METHODS` and `RESTRICTIONS`.

    Raises
    ------
    OptionError
        If one has a value that is not allowed.
    """
    check_switch("scaled_shifted", scaled_shifted)
    return Way(
        choose("method", spelling(method), METHODS),
        scaled_shifted,
        choose("restrictions", spelling(restrictions), RESTRICTIONS),
    )


def compare(
    *fits: SemFit,
    names: Sequence[str] = (),
    method: str = "default",
    scaled_shifted: bool = True,
    restrictions: str = "delta",
) -> pd.DataFrame:
    """Put several models of the same data side by side, and test each against the one that it is nested in.

    Parameters
    ----------
    *fits
        Two fits or more, in any order.
    names
        What to call them; `model 1`, `model 2`, ... unless given.
    method
        How differences are tested, see `SemFit.compare`.
    scaled_shifted, restrictions
        For `satorra_2000`, see `SemFit.compare`.

    Returns
    -------
    DataFrame
        One row for each model, from the fewest degrees of freedom to the most: `df chisq p cfi tli rmsea srmr aic bic
        weight`, the last being Akaike's weight, how likely it is that a model predicts best among these. Where all
        models have robust indices these take the place of the plain ones, under their own names. Then `against`, the
        nearest model above in which this one is nested, with `chisq_diff df_diff rmsea_diff p_diff`; `note` says why
        a model is tested against none.

    Raises
    ------
    OptionError
        If the fits are not of the same variables, data and kind, or a method cannot be had.
    EstimationError
        If a fit did not converge.

    Notes
    -----
    Nesting is checked by fitting the larger model to what the smaller one implies (Bentler & Satorra, 2010).
    Steiger, Shapiro & Browne (1985) for the tests; Burnham & Anderson (2002), p. 75, for the weights. `rmsea_diff` is
    RMSEA of the difference (Browne & du Toit, 1992; Savalei, Brace & Fouladi, 2023).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> free = rt.cfa("F =~ a + b + c + d", data)
    >>> parallel = rt.cfa("F =~ a + 1*b + 1*c + 1*d", data)
    >>> table = rt.compare(free, parallel, names=["free", "equal loadings"])
    >>> table["df_diff"].tolist()[1], bool(table["p_diff"].iloc[1] > 0.05)
    (3.0, True)
    """
    if len(fits) < 2:
        hint = (
            " Give a list's fits one by one: rt.compare(*fits)." if fits and isinstance(fits[0], list | tuple) else ""
        )
        raise OptionError(f"compare() needs two fits or more, got {len(fits)}.{hint}")
    if isinstance(names, str):
        raise OptionError(f"names= takes {len(fits)} names, one for each fit, got the text {names!r}.")
    given = several_names("names", names, "baseline")
    called = given or tuple(f"model {place}" for place in range(1, len(fits) + 1))
    if len(called) != len(fits) or len(set(called)) < len(called):
        raise OptionError(f"names needs {len(fits)} names, all different, one for each fit, got {listing(called)}.")
    way = way_of(method, scaled_shifted, restrictions)
    check_comparable(fits, called)
    order = sorted(range(len(fits)), key=lambda place: fits[place].statistics.df)
    fits, called = tuple(fits[place] for place in order), tuple(called[place] for place in order)
    standings = [standing(fit) for fit in fits]
    rows = _described(fits)
    for place, one in enumerate(standings):
        rows[place] |= _tested(standings[:place], called, one, way)
    return require("pandas").DataFrame(rows, index=require("pandas").Index(called, name="model"))  # type: ignore[no-any-return]


def difference_table(fit: SemFit, other: SemFit, way: Way) -> pd.DataFrame:
    """Return the test of one fit against another; see `SemFit.compare`."""
    check_comparable((fit, other), ("this", "other"))
    pairs = sorted((("this", fit), ("other", other)), key=lambda pair: pair[1].statistics.df)
    larger, smaller = (standing(each) for _, each in pairs)
    if larger.evidence.df == smaller.evidence.df:
        raise OptionError(
            f"both models have {larger.evidence.df} degrees of freedom, so neither is a restriction of the other; "
            "their AIC and BIC can be compared: rt.compare(fit, other)."
        )
    meeting = meet(larger, smaller)
    if not meeting.nested:
        raise OptionError(
            "the model with more degrees of freedom is not nested in the other: it implies covariances that the other "
            "cannot. A test of their difference has no meaning; compare AIC and BIC: rt.compare(fit, other)."
        )
    found, fault = _test(larger, smaller, meeting, way)
    if fault:
        raise EstimationError(f"the difference cannot be tested: {fault}.")
    rows = []
    for place, each in enumerate((larger.fit, smaller.fit)):
        indices = each.fit_indices()
        row = {name: float(indices.get(name, NAN)) for name in ("df", "aic", "bic", "chisq")}
        rows.append(row | _difference(found if place else None, each))
    frame = require("pandas").DataFrame(rows, index=[name for name, _ in pairs]).rename(columns={"p_diff": "p"})
    return frame[["df", "aic", "bic", "chisq", "chisq_diff", "rmsea_diff", "df_diff", "p"]]  # type: ignore[no-any-return]


def _test(larger: Standing, smaller: Standing, meeting: Meeting, way: Way) -> tuple[ModelTest, str]:
    """Test a nested model, and say what is wrong with the test; "" where nothing is."""
    method = method_for(larger.fit, smaller.fit, way.method)
    found = difference_test(larger, smaller, meeting, method, shifted=way.scaled_shifted, restrictions=way.restrictions)
    if smaller.evidence.chisq < larger.evidence.chisq * (1 - ROUNDING) - ROUNDING:
        return found, "the larger model fits worse than the smaller one, so it has stopped at a local minimum"
    if np.isnan(found.statistic):
        return found, (
            f"its scaling factor is {found.scaling:.3f} under {method}, which must be positive; take "
            "method='satorra_2000'"
        )
    return found, ""


def check_comparable(fits: Sequence[SemFit], names: Sequence[str]) -> None:
    """Refuse fits that are not of the same variables, the same data and the same kind.

    Raises
    ------
    EstimationError
        If one did not converge.
    OptionError
        Naming the first two that differ, and how.
    """
    for fit, name in zip(fits, names, strict=True):
        if not hasattr(fit, "statistics"):
            raise OptionError(
                f"'{name}' is a {type(fit).__name__}, which has no test of the model as a whole; compare fits of "
                "rt.sem, rt.cfa or rt.growth."
            )
        if not fit.converged:
            raise EstimationError(f"'{name}' did not converge, so it cannot be compared with others; see its problems.")
    first, start = fits[0], names[0]
    for fit, name in zip(fits[1:], names[1:], strict=True):
        _check_variables(first, fit, start, name)
        for option, one, two in (
            ("missing", first.request.missing, fit.request.missing),
            ("estimator", first.discrepancy.name, fit.discrepancy.name),
            ("likelihood", first.request.recipe.likelihood, fit.request.recipe.likelihood),
        ):
            if one != two:
                raise OptionError(
                    f"'{start}' and '{name}' were fitted with different {option}= ({one}, {two}), so their numbers "
                    "cannot be compared; fit both in the same way."
                )
        if first.table.mean_structure != fit.table.mean_structure:
            raise OptionError(
                f"one of '{start}' and '{name}' models means and the other does not; fit both with meanstructure=True."
            )
        if not _same_data(first, fit):
            raise OptionError(
                f"'{start}' and '{name}' were not fitted to the same rows ({first.n_obs} and {fit.n_obs}); fit both to "
                "the same data, with the same rows left out."
            )


def _check_variables(one: SemFit, two: SemFit, name: str, other: str) -> None:
    left, right = set(one.table.observed), set(two.table.observed)
    if left != right:
        sides = ((left - right, name), (right - left, other))
        only = [f"{listing(sorted(extra))} only in '{which}'" for extra, which in sides if extra]
        raise OptionError(
            f"'{name}' and '{other}' are models of different variables ({'; '.join(only)}), so their fit cannot be "
            "compared. Give both models all variables; a path or loading of nought is written `y ~ 0*x`."
        )
    if set(one.table.exogenous) != set(two.table.exogenous):
        raise OptionError(
            f"'{name}' and '{other}' take different covariates as fixed ({listing(one.table.exogenous) or 'none'}; "
            f"{listing(two.table.exogenous) or 'none'}), so their likelihoods are of different things; fit both with "
            "fixed_x=False."
        )
    if one.table.groups != two.table.groups:
        raise OptionError(f"'{name}' and '{other}' have different groups; fit both with the same group=.")


def _same_data(one: SemFit, two: SemFit) -> bool:
    """Say whether two fits are of the same moments, of the same number of rows in each group."""
    order = variable_order(two, one)
    left, right = one.moments, two.moments
    if left.n.shape != right.n.shape or not np.allclose(left.n, right.n, rtol=1e-12, atol=0):
        return False
    unit = np.sqrt(diagonal(left.covariance))
    covariance = (left.covariance - right.covariance[:, order[:, None], order]) / (unit[:, :, None] * unit[:, None, :])
    mean = (left.mean - right.mean[:, order]) / unit
    return bool(np.abs(covariance).max() < 1e-6 and np.abs(mean).max() < 1e-6)


def _tested(above: Sequence[Standing], names: Sequence[str], smaller: Standing, way: Way) -> dict[str, float | str]:
    """Test a model against the nearest one above in which it is nested, and say so where there is none."""
    note = ""
    for place in reversed(range(len(above))):
        larger, name = above[place], names[place]
        meeting = meet(larger, smaller)
        if not meeting.nested:
            note = note or f"not nested in '{name}'"
        elif larger.evidence.df == smaller.evidence.df:
            note = f"equivalent to '{name}': both imply the same covariances"
        else:
            found, fault = _test(larger, smaller, meeting, way)
            note = f"the difference from '{name}' cannot be tested: {fault}" if fault else note
            return {"against": name, **_difference(None if fault else found, smaller.fit), "note": note}
    return {"against": "", **_difference(None, smaller.fit), "note": note}


def _difference(found: ModelTest | None, fit: SemFit) -> dict[str, float]:
    """Return the numbers of a difference test; NaN where there is none."""
    if found is None:
        return {"chisq_diff": NAN, "df_diff": NAN, "rmsea_diff": NAN, "p_diff": NAN}
    n, groups = fit.statistics.n_obs, fit.table.n_groups
    excess = found.statistic / (n * found.df) - 1 / n
    rmsea = float(np.sqrt(np.maximum(excess, 0.0) * groups))
    return {"chisq_diff": found.statistic, "df_diff": found.df, "rmsea_diff": rmsea, "p_diff": found.pvalue}


def _described(fits: Sequence[SemFit]) -> list[dict[str, float | str]]:
    """Return the fit of each model, by the most robust indices that all of them have."""
    every = [fit.fit_indices() for fit in fits]
    chosen = {"df": "df"}
    for name, found in (("chisq", "chisq"), ("p", "pvalue"), ("cfi", "cfi"), ("tli", "tli"), ("rmsea", "rmsea")):
        versions = [f"{found}_robust", f"{found}_scaled", found]
        known = [one for one in versions if all(one in row.index for row in every)]
        best = next((one for one in known if all(np.isfinite(row[one]) or row["df"] == 0 for row in every)), found)
        chosen[name + best[len(found) :]] = best
    chosen |= {"srmr": "srmr", "aic": "aic", "bic": "bic"}
    weights = _akaike_weights(np.array([float(row.get("aic", NAN)) for row in every]))
    return [
        {name: float(row.get(index, NAN)) for name, index in chosen.items()} | {"weight": weight}
        for row, weight in zip(every, weights.tolist(), strict=True)
    ]


def _akaike_weights(aic: Array) -> Array:
    """Return each model's share of the evidence, `exp(-(AIC - least) / 2)` over their sum."""
    likelihood = np.exp(-(aic - aic.min()) / 2)
    return np.asarray(likelihood / likelihood.sum())
