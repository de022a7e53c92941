"""sem(), cfa() and growth(): from a model and data to a fit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rantau.covariance.estimate import fit_request
from rantau.covariance.exploratory.rotation import Rotation, as_rotation
from rantau.covariance.request import settled
from rantau.covariance.result import SemFit
from rantau.door import as_model
from rantau.model.measurement import measurement_part
from rantau.model.spec import Model
from rantau.moments.summary import SummaryStatistics
from rantau.options import column_name, several_names
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


def sem(
    model: Model | str,
    data: Responses | pd.DataFrame | SummaryStatistics,
    *,
    estimator: str = "default",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    std_lv: bool = False,
    fixed_x: bool | None = None,
    meanstructure: bool | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
    interaction: str = "product_indicators",
    pairs: str = "default",
    ordered: str | Sequence[str] | bool = False,
    parameterization: str = "delta",
    identification: str = "lavaan",
    rotation: Rotation | str | None = None,
) -> SemFit:
    """Fit a structural equation model, with lavaan's conventions.

    Parameters
    ----------
    model
        A `Model` or its text.
    data
        Scored responses or a data frame, one row per respondent; or the moments that `rt.moments` makes.
    estimator
        `ML` (maximum likelihood), `MLR`, `MLM`, `MLMV`, `MLMVS`, `MLF` (the same estimates with robust errors and
        tests), `GLS`, `ULS`, `WLS` (least squares). Of ordered answers `WLSMV`, `WLSM`, `WLSMVS`, `DWLS` (diagonally
        weighted), `ULSMV`, `ULSM`, `ULSMVS`, `ULS`, `WLS`. `default` is `ML`, or `WLSMV` with `ordered`;
        `rantau list estimators` describes them. All of these but `WLS` have robust errors; lavaan 0.6 gives those of
        `DWLS` and `ULS` as if what is minimised were a likelihood.
    missing
        `listwise`: rows with a missing answer to any item of the model are left out. `fiml` (or `ml`): every
        answer there is enters the likelihood; rows with a gap in a fixed covariate are left out, unless `fiml_x`.
        `pairwise` (of ordered answers): each correlation comes from the rows that answer both.
    group
        The column whose values tell groups apart.
    group_equal
        What is the same in all groups: `loadings`, `intercepts`, `thresholds`, `residuals`, `means`, `regressions`,
        `lv_variances`, `lv_covariances`, `residual_covariances`. Thresholds are the intercepts of ordered answers:
        either word holds the thresholds of ordered items equal, and the intercepts of the others.
    group_partial
        Parameters that are free all the same, such as `"F =~ x2"` or `"x3 ~ 1"`.
    std_lv
        Set each factor's scale by a unit variance instead of its first loading.
    fixed_x
        Take the moments of observed exogenous variables from the sample; None does so where a likelihood is
        maximised or answers are ordered, and estimates them elsewhere.
    meanstructure
        Make means part of the model; None does so where the model or another option needs it, and where `rt.moments`
        has been given means.
    likelihood
        `normal` (covariances divided by n) or `wishart` (by n - 1); `default` leaves it to the estimator: least
        squares divides by n - 1.
    information
        `expected`, `observed` or `first_order`; `default` is `first_order` for MLF, `observed` for errors from the
        scores of rows (those of MLR, of weights and of clusters) and where answers have gaps, else `expected`. Of ULS
        and WLS lavaan takes `expected` whatever is asked for.
    se
        `standard`, `robust_sem`, `robust_huber_white`, `robust_cluster`, `first_order`, `none`, or `default`. Where
        `robust_sem` meets `information="observed"`, lavaan weights the moments by their observed information, here
        the estimates are taken to follow the moments as they do.
    test
        A test of the model (`rantau list model_tests`), or `default`.
    sampling_weights
        The column of weights; standard errors are then robust, unless `se` says otherwise. For the robust errors and
        tests of MLM and its kin lavaan 0.6 leaves weights out of the scatter of the moments.
    cluster
        The column that names each row's cluster; standard errors are then cluster-robust. A cluster whose rows are
        in several groups is one cluster (lavaan makes one of each group's part), but for the standard errors of
        residuals, which take each group's part by itself.
    interaction
        How a product of constructs (`Y ~ X + M + X:M`, `Y ~ X + X:X`) is estimated: `product_indicators`, products
        of their items with double mean centring; `rt.sam` has another way. A product of two observed variables is
        the column of their products, not centred. A bootstrap takes the products of the sample as they are.
    pairs
        Which items are multiplied: `matched` (first with first, second with second, and so on), `all`, or
        `default`, which matches them where both constructs have equally many.
    ordered
        The variables whose answers are ordered categories; True for all but what only predicts. They are fitted by
        their thresholds and polychoric correlations; given fixed covariates (`fixed_x`, which need not be normal), by
        thresholds, slopes and residual correlations of probit regressions. With `fixed_x=False` covariates are taken
        for normal variables beside the answers. A fixed covariate that is named here counts as a number.
    parameterization
        Of ordered answers: `delta` gives the variable behind each a variance of 1, `theta` its residual.
    identification
        Of ordered answers in groups, what equal thresholds, loadings and intercepts set free from the second group on:
        `lavaan` frees scales and latent means as soon as thresholds are equal; `wu_estabrook` frees what each level of
        invariance tells (scales, or under theta residual variances, and intercepts with thresholds; latent variances
        with loadings, latent means with intercepts), so that the levels are nested tests.
    rotation
        How the factors of exploratory blocks, `efa("block")*f1 + efa("block")*f2 =~ x1 + x2 + ...`, are turned: a
        criterion (`rantau list rotations`) or an `rt.Rotation` with its options; geomin unless given. Loadings that are
        equal across groups stay so, as all groups are turned like the first; lavaan 0.6 turns each by itself, unless
        `std.ov = FALSE`.

    Returns
    -------
    SemFit
        Estimates, fit and problems.

    Raises
    ------
    ModelSyntaxError
        If the model asks for what the engine cannot do; with file, line and column.
    ResponseError
        If a variable is not in the data or is text.
    IdentificationError
        If the parameters cannot be told apart, or there are fewer rows than parameters.
    EstimationError
        If the covariance matrix of the items is singular.
    OptionError
        If an option has a value that is not allowed, or two options contradict each other.

    Notes
    -----
    Jöreskog (1967, 1971, 1973). Covariances have divisor n and chi-square is n times the minimum of the
    discrepancy; see `rantau.covariance.discrepancies`. Ordered answers: Muthén (1984), Muthén, du Toit & Spisic
    (1997); given covariates, Muthén & Satorra (1995); in groups, Wu & Estabrook (2016). Products of constructs: Marsh,
    Wen & Hau (2004), Lin, Wen, Marsh & Lin (2010); what they add to the model is said in `rantau.model.products`, and
    what they are centred at in `rantau.covariance.product_columns`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 4))
    >>> data = pd.DataFrame(draw[:, :3] + draw[:, 3:], columns=["a", "b", "c"])
    >>> fit = rt.sem("F =~ a + b + c", data)
    >>> fit.converged, fit.table.n_free
    (True, 6)
    """
    request = settled(
        as_model(model), estimator=estimator, missing=missing, group=column_name("group", group),
        group_equal=_equal(group_equal), group_partial=_partial(group_partial), std_lv=std_lv, fixed_x=fixed_x,
        meanstructure=meanstructure, likelihood=likelihood, information=information, se=se, test=test,
        sampling_weights=column_name("sampling_weights", sampling_weights), cluster=column_name("cluster", cluster),
        interaction=interaction, pairs=pairs, ordered=_ordered(ordered), parameterization=parameterization,
        identification=identification, rotation=None if rotation is None else as_rotation(rotation),
    )  # fmt: skip
    return fit_request(request, data)


def cfa(
    model: Model | str,
    data: Responses | pd.DataFrame | SummaryStatistics,
    *,
    estimator: str = "default",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    std_lv: bool = False,
    meanstructure: bool | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
    ordered: str | Sequence[str] | bool = False,
    parameterization: str = "delta",
    identification: str = "lavaan",
    rotation: Rotation | str | None = None,
) -> SemFit:
    """Fit the measurement part of a model: all constructs covary, no paths.

    Parameters
    ----------
    model
        A `Model` or its text; regressions and covariances of disturbances are left out (lavaan's `cfa` keeps them),
        and so are constraints and definitions that name their labels.
    data
        Scored responses or a data frame, one row per respondent.
    estimator, missing, group, group_equal, group_partial, std_lv, meanstructure
        As for `sem`.
    likelihood, information, se, test, sampling_weights, cluster, ordered, parameterization,
    identification, rotation
        As for `sem`.

    Returns
    -------
    SemFit
        Estimates, fit and problems.

    Raises
    ------
    ModelSyntaxError, ResponseError, IdentificationError, EstimationError, OptionError
        As for `sem`.

    Notes
    -----
    Jöreskog (1969).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> int(rt.cfa("F =~ a + b + c + d", data).fit_indices()["df"])
    2
    """
    request = settled(
        measurement_part(as_model(model)), estimator=estimator, missing=missing, group=column_name("group", group),
        group_equal=_equal(group_equal), group_partial=_partial(group_partial), std_lv=std_lv,
        meanstructure=meanstructure, likelihood=likelihood, information=information, se=se, test=test,
        sampling_weights=column_name("sampling_weights", sampling_weights), cluster=column_name("cluster", cluster),
        ordered=_ordered(ordered), parameterization=parameterization,
        identification=identification, rotation=None if rotation is None else as_rotation(rotation),
    )  # fmt: skip
    return fit_request(request, data)


def growth(
    model: Model | str,
    data: Responses | pd.DataFrame | SummaryStatistics,
    *,
    estimator: str = "default",
    missing: str = "listwise",
    group: str | None = None,
    group_equal: str | Sequence[str] = (),
    group_partial: str | Sequence[str] = (),
    fixed_x: bool | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
) -> SemFit:
    """Fit a latent growth curve: intercepts of the occasions are zero, means of the growth factors free.

    Parameters
    ----------
    model
        A `Model` or its text; loadings state the occasions, as in `s =~ 0*t1 + 1*t2 + 2*t3`.
    data
        One row per respondent, one column per occasion.
    estimator, missing, group, group_equal, group_partial, fixed_x
        As for `sem`.
    likelihood, information, se, test, sampling_weights, cluster
        As for `sem`.

    Returns
    -------
    SemFit
        Estimates, fit and problems.

    Raises
    ------
    ModelSyntaxError, ResponseError, IdentificationError, EstimationError, OptionError
        As for `sem`.

    Notes
    -----
    Meredith & Tisak (1990).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 5))
    >>> level, slope = draw[:, [0]], 0.5 + 0.3 * draw[:, [1]]
    >>> data = pd.DataFrame(level + slope * np.arange(3) + draw[:, 2:], columns=["t1", "t2", "t3"])
    >>> fit = rt.growth("i =~ 1*t1 + 1*t2 + 1*t3; s =~ 0*t1 + 1*t2 + 2*t3", data)
    >>> bool(fit.estimates().query("lhs == 's' and op == '~1'").est.iloc[0] > 0.3)
    True
    """
    request = settled(
        as_model(model), estimator=estimator, missing=missing, group=column_name("group", group),
        group_equal=_equal(group_equal), group_partial=_partial(group_partial), fixed_x=fixed_x, growth=True,
        likelihood=likelihood, information=information, se=se, test=test, cluster=column_name("cluster", cluster),
        sampling_weights=column_name("sampling_weights", sampling_weights),
    )  # fmt: skip
    return fit_request(request, data)


def _equal(value: str | Sequence[str]) -> tuple[str, ...]:
    return several_names("group_equal", value, "loadings")


def _partial(value: str | Sequence[str]) -> tuple[str, ...]:
    return several_names("group_partial", value, "F =~ x2")


def _ordered(value: str | Sequence[str] | bool) -> tuple[str, ...] | bool:
    return value if isinstance(value, bool) else several_names("ordered", value, "x1")
