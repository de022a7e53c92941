"""reliability() and validity(): whether each construct is measured, and told apart from the others."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.covariance import SemFit, cfa
from rantau.covariance.implied import imply
from rantau.door import as_model
from rantau.errors import (
    AdmissibilityWarning,
    ConvergenceWarning,
    DataWarning,
    EstimationError,
    ModelSyntaxError,
    OptionError,
    RantauError,
    listing,
)
from rantau.extras import require
from rantau.model.exploratory import is_exploratory
from rantau.model.from_survey import measurement_model
from rantau.model.locate import refusal
from rantau.model.spec import Model, Span
from rantau.moments import complete_rows, sample
from rantau.options import check_kind, check_level
from rantau.pls import PlsFit, pls
from rantau.quality.keying import items_against_their_scale
from rantau.quality.reliability import ROWS
from rantau.quality.scale import ScaleFindings
from rantau.quality.sum_of_answers import sum_of_answers
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


def reliability(
    data: Responses | pd.DataFrame,
    model: Model | str | None = None,
    *,
    cfa_fit: SemFit | None = None,
    pls_fit: PlsFit | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    r"""Return reliability and convergent validity of every construct.

    Parameters
    ----------
    data
        Scored responses, or a data frame (which then needs a model).
    model
        What measures what; without one, the constructs of the survey, each related to every other.
    cfa_fit, pls_fit
        Fits of this model to these data, where there are any; they are made otherwise. A factor model that
        cannot be fitted, or does not converge, leaves omega and its AVE empty; a model that PLS cannot estimate,
        such as one with constraints, leaves rho_A, rho_C and AVE empty.
    level
        Of the interval of alpha, between 0 and 1.

    Returns
    -------
    DataFrame
        Index `construct`; `n_items`, then the columns of the room `quality.reliability`: `alpha`,
        `alpha_ci_low`, `alpha_ci_high` (raw items, complete rows), `omega` and `ave_cfa` (factor model),
        `rho_a`, `rho_c`, `ave` (PLS). All are NaN for a single item, whose reliability one survey cannot tell. The
        items of a construct of constructs are the PLS scores of its parts. All are NaN for the factors of an
        exploratory block, whose items are no scales.

    Raises
    ------
    OptionError
        If the level is not between 0 and 1, a data frame comes without a model, or `cfa_fit` has several groups.
    ResponseError
        If an item is not in the data.
    ModelSyntaxError
        If the model measures no construct.

    Warns
    -----
    DataWarning
        If an item correlates negatively with the rest of its scale.
    AdmissibilityWarning
        If a variance of the factor model, where it is fitted here, is below zero: omega may then be below 0 or above 1.

    Notes
    -----
    Sources stand in the rows of the room: Cronbach (1951), Feldt et al. (1987), McDonald (1999), Dijkstra &
    Henseler (2015), Werts et al. (1974), Fornell & Larcker (1981). Where `cfa_fit` is of ordered answers, omega is
    still that of the sum of the answers that people gave (Green & Yang, 2009; NaN given fixed covariates), and AVE
    that of what lies behind them. semTools' `compRelSEM(fit, obs.var = FALSE)` is the same, for continuous answers
    too: it divides by the variance of the sum in the sample unless told otherwise. Its AVE weighs continuous items
    by their variances.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 8))
    >>> data = pd.DataFrame(draw[:, :6] + draw[:, [6, 6, 6, 7, 7, 7]], columns=list("abcdef"))
    >>> table = rt.reliability(data, "F =~ a + b + c\nG =~ d + e + f\nG ~ F")
    >>> bool(table.loc["F", "alpha_ci_low"] < table.loc["F", "alpha"] < table.loc["F", "alpha_ci_high"])
    True
    """
    check_level(level)
    if cfa_fit is not None:
        check_kind("cfa_fit", cfa_fit, SemFit, "rt.cfa(model, data)")
    _check_pls(pls_fit)
    if cfa_fit is not None and cfa_fit.groups:
        raise OptionError(
            f"reliability is that of one group, and cfa_fit has {len(cfa_fit.groups)} ({listing(cfa_fit.groups)}); "
            "give the rows of each group by themselves, without cfa_fit."
        )
    claimed = model_of(data, model)
    if not claimed.blocks:
        raise refusal(claimed, Span(1, 1), "no construct is measured here; write a line such as `F =~ a + b + c`.")
    for problem in items_against_their_scale(claimed, data):
        warnings.warn(problem.text, DataWarning, stacklevel=2)
    if pls_fit is not None and not pls_fit.converged:
        pls_fit = None
    elif pls_fit is None:
        pls_fit = _pls_or_none(claimed, data)
    if cfa_fit is not None and not cfa_fit.converged:
        cfa_fit = None
    elif cfa_fit is None and any(len(block.items) > 1 for block in claimed.blocks):
        cfa_fit = _cfa_or_none(claimed, data)
    by_pls = None if pls_fit is None else pls_fit.reliability()
    by_cfa = None if cfa_fit is None else cfa_fit.estimates()
    rows = {}
    for block in claimed.blocks:
        loadings, common, total = _factor(block.construct, block.items, cfa_fit, by_cfa)
        found = {} if by_pls is None else dict(by_pls.loc[block.construct].items())
        scale = ScaleFindings(
            block.construct,
            block.items,
            _answers(claimed, block.items, data, pls_fit),
            loadings,
            common,
            total,
            float(found.get("rho_a", NAN)),
            float(found.get("rho_c", NAN)),
            float(found.get("ave", NAN)),
            level,
        )
        values = {"n_items": float(len(block.items))}
        for row in ROWS:
            values |= dict(zip(row.gives, row.function(scale), strict=True))
        if is_exploratory(block):
            values = {name: number if name == "n_items" else NAN for name, number in values.items()}
        rows[block.construct] = values
    frame = require("pandas").DataFrame.from_dict(rows, orient="index")
    frame.index.name = "construct"
    frame["n_items"] = frame["n_items"].astype(int)
    return frame  # type: ignore[no-any-return]


class Validity(Record):
    """Whether constructs are told apart; each table is read off a PLS fit.

    Attributes
    ----------
    fornell_larcker
        Square roots of AVE on the diagonal, correlations of constructs below.
    htmt
        Heterotrait-monotrait ratios, constructs by constructs.
    cross_loadings
        Items by constructs.
    """

    fornell_larcker: pd.DataFrame
    htmt: pd.DataFrame
    cross_loadings: pd.DataFrame

    def __str__(self) -> str:
        parts = (
            ("Fornell-Larcker", self.fornell_larcker), ("HTMT", self.htmt), ("Cross-loadings", self.cross_loadings),
        )  # fmt: skip
        return "\n\n".join(f"{title}\n{frame.to_string(float_format='%.3f')}" for title, frame in parts)

    def _repr_html_(self) -> str:
        frames = (self.fornell_larcker, self.htmt, self.cross_loadings)
        return "".join(frame.to_html(float_format=lambda value: f"{value:.3f}") for frame in frames)


def validity(
    data: Responses | pd.DataFrame, model: Model | str | None = None, *, pls_fit: PlsFit | None = None
) -> Validity:
    r"""Return the customary evidence of discriminant validity.

    Parameters
    ----------
    data
        Scored responses, or a data frame (which then needs a model).
    model
        What measures what; without one, the constructs of the survey, each related to every other.
    pls_fit
        A PLS fit of this model to these data, where there is one.

    Returns
    -------
    Validity
        Fornell-Larcker table, HTMT and cross-loadings as data frames.

    Raises
    ------
    OptionError
        If a data frame comes without a model.
    ResponseError
        If an item is not in the data.
    EstimationError
        If the PLS fit did not converge.

    Notes
    -----
    Fornell & Larcker (1981); Henseler, Ringle & Sarstedt (2015), eq. 6.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 8))
    >>> data = pd.DataFrame(draw[:, :6] + draw[:, [6, 6, 6, 7, 7, 7]], columns=list("abcdef"))
    >>> bool(rt.validity(data, "F =~ a + b + c\nG =~ d + e + f\nG ~ F").htmt.loc["F", "G"] < 0.85)
    True
    """
    _check_pls(pls_fit)
    fit = pls_fit if pls_fit is not None else pls(model_of(data, model), data)
    if not fit.converged:
        raise EstimationError(
            "the PLS weights did not settle, so nothing can be said of validity; see fit.problems. "
            "rt.pls(...).htmt() computes the ratios all the same, which need no weights."
        )
    return Validity(fit.fornell_larcker(), fit.htmt(), fit.cross_loadings())


def _check_pls(pls_fit: object) -> None:
    """Refuse what is no fit of PLS."""
    if pls_fit is not None:
        check_kind("pls_fit", pls_fit, PlsFit, "rt.pls(model, data)")


def model_of(data: Responses | pd.DataFrame, model: Model | str | None) -> Model:
    """Return the model given; without one, that of the survey's constructs."""
    if model is not None:
        return as_model(model)
    if isinstance(data, Responses):
        return measurement_model(data)
    raise OptionError("a data frame does not say which items measure which construct: give a model as well.")


def _answers(model: Model, items: tuple[str, ...], data: Responses | pd.DataFrame, fit: PlsFit | None) -> Array:
    """Return the complete rows of a block; the parts of a construct of constructs answer by their PLS scores."""
    parts = [item for item in items if item in model.constructs]
    if not parts:
        return complete_rows(sample(data, items)).values
    if fit is None or fit.request.ordered:
        return np.full((2, len(items)), NAN)
    scores: Array = fit.scores()[list(items)].dropna().to_numpy()
    return scores


def _pls_or_none(model: Model, data: Responses | pd.DataFrame) -> PlsFit | None:
    """Fit by PLS; a model that PLS does not know, or weights that do not settle, leave its columns empty."""
    if not model.paths:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        try:
            fit = pls(model, data)
        except ModelSyntaxError:
            return None
    return fit if fit.converged else None


def _cfa_or_none(model: Model, data: Responses | pd.DataFrame) -> SemFit | None:
    """Fit the factor model; one that these data or this model do not permit leaves its columns empty."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            fit = cfa(model, data)
        except RantauError:
            return None
    if not fit.converged:
        return None
    for problem in fit.problems:
        # Shares of variance are none where a variance is below zero; other problems leave them what they are.
        if problem.code == "negative_variance":
            warnings.warn(f"omega and ave_cfa: {problem.text}", AdmissibilityWarning, stacklevel=3)
    return fit


def _factor(
    construct: str, items: tuple[str, ...], fit: SemFit | None, frame: pd.DataFrame | None
) -> tuple[np.ndarray[tuple[int, ...], np.dtype[np.float64]], float, float]:
    """Return standardised loadings, and the common and whole variance of the item sum."""
    if fit is None or frame is None or construct not in fit.table.latent or not set(items) <= set(fit.table.observed):
        return np.full(len(items), NAN), NAN, NAN
    own = frame[(frame.lhs == construct) & (frame.op == "=~")].set_index("rhs").loc[list(items)]
    if fit.moments.ordering is not None:
        return own["std_all"].to_numpy(), *sum_of_answers(fit, construct, items, own["est"].to_numpy())
    moments = imply(fit.layout, fit.theta)
    positions = [fit.layout.variables.index(item) for item in items]
    variance = moments.total[0][fit.layout.variables.index(construct), fit.layout.variables.index(construct)]
    total = float(moments.sigma[0][np.ix_(positions, positions)].sum())
    return own["std_all"].to_numpy(), float(own["est"].sum()) ** 2 * float(variance), total
