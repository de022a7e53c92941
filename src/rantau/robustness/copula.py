"""copula_endogeneity(): whether predictors are exogenous, by Gaussian copulas."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import log_ndtr, ndtri

from rantau.arrays import Array
from rantau.extras import require
from rantau.inference.resample import count_blocks, draw_counts
from rantau.options import Progress, told_to, whole_number
from rantau.pls.result import PlsFit
from rantau.record import Record
from rantau.robustness.equations import Equation, equations

if TYPE_CHECKING:
    import pandas as pd

#: Up to so many predictors every combination of them is taken for endogenous; beyond, each one and all.
EVERY = 4
#: A predictor with fewer different scores says too little of its distribution.
DISTINCT = 5
#: Where a p of normality is below, a predictor is taken for not normal.
NORMAL = 0.05


class Copulas(Record):
    """One equation with copula terms of some of its predictors.

    Attributes
    ----------
    outcome, predictors
        The equation.
    treated
        The predictors with a copula term.
    plain
        `(k,)` paths without these terms.
    values
        `(k + treated,)`: paths, then coefficients of the terms.
    draws
        `(draws, k + treated)` of resamples of rows.
    """

    outcome: str
    predictors: tuple[str, ...]
    treated: tuple[str, ...]
    plain: Array
    values: Array
    draws: Array


class Condition(Record):
    """What must hold of a predictor for its copula term to tell anything."""

    outcome: str
    predictor: str
    n: int
    skewness: float
    excess_kurtosis: float
    anderson_darling: float
    p_normal: float
    distinct: int
    usable: bool
    because: str


class CopulaTest(Record):
    """What Gaussian copulas say of endogeneity.

    Attributes
    ----------
    conditions_of
        Of every predictor in every equation.
    models
        Each equation with each set of copula terms.
    seed
        Of the random numbers.
    """

    conditions_of: tuple[Condition, ...]
    models: tuple[Copulas, ...]
    seed: int

    def conditions(self) -> pd.DataFrame:
        """Return what identification needs, one row per path.

        `outcome predictor n skewness excess_kurtosis anderson_darling p_normal distinct usable because`: a predictor
        that may be normal has a copula term that is a straight line of itself, and nothing can be told apart.
        """
        names = Condition.field_names()
        cells = [[getattr(one, name) for name in names] for one in self.conditions_of]
        return require("pandas").DataFrame(cells, columns=list(names))  # type: ignore[no-any-return]

    def table(self, *, usable: bool = True) -> pd.DataFrame:
        """Return every copula term, one row for each predictor that a model treats as endogenous.

        Parameters
        ----------
        usable
            Whether to leave out models with a predictor that does not meet the conditions.

        Returns
        -------
        DataFrame
            `outcome copulas predictor path path_with_copula copula se p`: `copulas` lists all predictors with a term in
            that model; `p` tests the term by the normal distribution: where it is small, the predictor is endogenous.
        """
        fine = {(one.outcome, one.predictor) for one in self.conditions_of if one.usable}
        rows: list[tuple[object, ...]] = []
        for model in self.models:
            if usable and not all((model.outcome, name) in fine for name in model.treated):
                continue
            k = len(model.predictors)
            errors = model.draws.std(axis=0, ddof=1)
            for place, name in enumerate(model.treated):
                own = model.predictors.index(name)
                value, error = model.values[k + place], errors[k + place]
                p = 2 * float(np.exp(log_ndtr(-abs(value / error)))) if error > 0 else np.nan
                copulas = ", ".join(model.treated)
                rows.append((model.outcome, copulas, name, model.plain[own], model.values[own], value, error, p))
        columns = ["outcome", "copulas", "predictor", "path", "path_with_copula", "copula", "se", "p"]
        return require("pandas").DataFrame(rows, columns=columns)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        told = []
        for title, frame in (("Conditions", self.conditions()), ("Copula terms", self.table())):
            shown = frame.to_string(index=False, float_format=lambda value: f"{value:.3f}") if len(frame) else "none"
            told += [title, shown, ""]
        return "\n".join(told)


def copula_endogeneity(
    fit: PlsFit, *, draws: int = 1000, seed: int = 1, progress: Progress | None = None
) -> CopulaTest:
    """Test whether predictors correlate with what their equation leaves unexplained, without instruments.

    Parameters
    ----------
    fit
        By `rt.pls`; its scores are taken as they are.
    draws
        How many bootstrap samples of rows, at least 100; copula terms are formed anew in each.
    seed
        The same seed gives the same numbers.
    progress
        Called with (done, all) after each regression with copula terms.

    Returns
    -------
    CopulaTest
        Print it, or see `conditions()` and `table()`.

    Raises
    ------
    OptionError
        If an option has no meaning, or the paths of the fit are not regressions of its scores (consistent, weighted).
    EstimationError
        If the fit did not converge.

    Notes
    -----
    To the regression of an outcome are added terms normal-quantile(H(x)), H being the empirical distribution of a
    predictor, each row counting for 1/(n + 1), so that the largest has no infinite term (Becker et al., 2022). Of up to
    four predictors, every set is treated as endogenous in turn; of more, each one and all.

    Needed are predictors that are not normal (judged by Anderson and Darling's test, with the 5 % usual), and errors
    that are; with a constant in the equation, as here, samples of some hundreds may have too little power (Becker,
    Proksch & Ringle, 2022). A product is not treated: it is endogenous as far as its parts are.

    Source: Park and Gupta (2012), Handling endogenous regressors by joint estimation using copulas; Hult et al. (2018),
    Addressing endogeneity in international marketing applications of PLS-SEM.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> random = np.random.default_rng(1)
    >>> hidden = random.normal(size=1500)
    >>> x = np.exp(0.7 * hidden + 0.7 * random.normal(size=1500))
    >>> data = pd.DataFrame({"x": x, "y": 0.5 * x + hidden + random.normal(size=1500)})
    >>> found = rt.copula_endogeneity(rt.pls("y ~ x", data), draws=200)
    >>> bool(found.conditions()["usable"][0]), bool(found.table()["p"][0] < 0.01)
    (True, True)
    """
    draws, seed = whole_number("draws", draws, least=100), whole_number("seed", seed, least=0)
    every = tuple(equations(fit, "copula_endogeneity"))
    wanted = []
    for one in every:
        treatable = [place for place, name in enumerate(one.predictors) if ":" not in name]
        sizes = range(1, len(treatable) + 1) if len(treatable) <= EVERY else (1, len(treatable))
        for size in sizes:
            wanted += [(one, chosen) for chosen in combinations(treatable, size)]
    tell, models = told_to(progress), []
    for one, chosen in wanted:
        models.append(_estimated(one, chosen, draws, seed))
        tell(len(models), len(wanted))
    conditions = (
        _condition(one, place) for one in every for place, name in enumerate(one.predictors) if ":" not in name
    )
    return CopulaTest(tuple(conditions), tuple(models), seed)


def copula_terms(x: Array, counts: Array) -> Array:
    """Return normal quantiles of a variable's empirical distribution in resamples.

    Parameters
    ----------
    x
        `(n,)`.
    counts
        `(draws, n)`: how often each row is taken.

    Returns
    -------
    Array
        `(draws, n)`: that of each row's value, whether the draw took it or not.
    """
    order = np.argsort(x, kind="stable")
    up_to = np.cumsum(counts[:, order], axis=1)
    # Rows of one value share the share of all rows up to them.
    last = np.searchsorted(x[order], x, side="right") - 1
    total = counts.sum(axis=1, keepdims=True)
    # A row below all that a draw took has no share in it, and counts for nothing.
    found: Array = ndtri(np.maximum(up_to[:, last], 0.5) / (total + 1))
    return found


def _estimated(one: Equation, chosen: tuple[int, ...], draws: int, seed: int) -> Copulas:
    n = one.y.size
    whole = _regressions(one, chosen, np.ones((1, n)))[0]
    nothing = np.zeros(n, dtype=np.intp)
    found = [_regressions(one, chosen, draw_counts(nothing, size, child)) for child, size in count_blocks(draws, seed)]
    return Copulas(
        outcome=one.outcome,
        predictors=one.predictors,
        treated=tuple(one.predictors[place] for place in chosen),
        plain=_regressions(one, (), np.ones((1, n)))[0],
        values=whole,
        draws=np.concatenate(found),
    )


def _regressions(one: Equation, chosen: tuple[int, ...], counts: Array) -> Array:
    """Return the coefficients of predictors and copula terms in resamples, `(draws, k + chosen)`."""
    draws, n = counts.shape
    terms = [copula_terms(one.x[:, place], counts) for place in chosen]
    fixed = np.broadcast_to(one.x.T[:, None], (one.x.shape[1], draws, n))
    columns = np.stack([*fixed, *terms, np.broadcast_to(one.y, (draws, n))], axis=1)
    total = counts.sum(axis=1)[:, None, None]
    columns = columns - (columns * counts[:, None]).sum(axis=2, keepdims=True) / total
    products = (columns * counts[:, None]) @ columns.transpose(0, 2, 1)
    # The least of squares also where a draw leaves two columns alike.
    inverse = np.linalg.pinv(products[:, :-1, :-1], rcond=1e-12, hermitian=True)
    found: Array = (inverse @ products[:, :-1, -1:])[:, :, 0]
    return found


def anderson_darling(x: Array) -> tuple[float, float]:
    """Return Anderson and Darling's statistic of normality, mean and variance estimated, and its p.

    Parameters
    ----------
    x
        `(n,)`.

    Source: D'Agostino and Stephens (1986), Goodness-of-fit techniques, table 4.9.
    """
    n = x.size
    z = np.sort((x - x.mean()) / x.std(ddof=1))
    rank = np.arange(1, n + 1)
    statistic = float(-n - ((2 * rank - 1) * (log_ndtr(z) + log_ndtr(-z[::-1]))).sum() / n)
    # Beyond 10 the fitted curve turns round, and p is nothing to speak of.
    a = min(statistic * (1 + 0.75 / n + 2.25 / n**2), 10.0)
    if a < 0.2:
        p = 1 - np.exp(-13.436 + 101.14 * a - 223.73 * a**2)
    elif a < 0.34:
        p = 1 - np.exp(-8.318 + 42.796 * a - 59.938 * a**2)
    elif a < 0.6:
        p = np.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    else:
        p = np.exp(1.2937 - 5.709 * a + 0.0186 * a**2)
    return statistic, float(p)


def _condition(one: Equation, place: int) -> Condition:
    x = one.x[:, place]
    z = (x - x.mean()) / x.std()
    statistic, p = anderson_darling(x)
    distinct = int(np.unique(np.round(z, 9)).size)
    because = "not normal"
    if distinct < DISTINCT:
        because = f"only {distinct} different scores"
    elif p >= NORMAL:
        because = "may be normal: its copula term is all but a straight line of itself"
    usable = distinct >= DISTINCT and p < NORMAL
    name = one.predictors[place]
    skewness, kurtosis = float((z**3).mean()), float((z**4).mean() - 3)
    return Condition(one.outcome, name, x.size, skewness, kurtosis, statistic, p, distinct, usable, because)
