"""normality(): whether items come from a multivariate normal distribution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc, log_ndtr

from rantau.arrays import Array, lower_triangle
from rantau.errors import EstimationError
from rantau.extras import require
from rantau.moments.chosen import chosen_sample
from rantau.moments.compute import complete_rows
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: A smallest eigenvalue of the correlations that means that one item repeats others.
_SINGULAR = 1e-10
#: How many numbers a block may hold (16 MB).
_BLOCK = 2_000_000
#: Beyond so many rows the distances of all pairs take too long, and any departure is significant.
_MOST = 30_000


class Normality(Record):
    """Tests of normality.

    Attributes
    ----------
    names
        `p` items.
    n_obs, n_read
        Complete rows, which the multivariate tests are of; and all rows.
    skewness, kurtosis
        Mardia's `b1` and `b2`; `p (p + 2)` is the kurtosis of a normal distribution.
    henze_zirkler
        Their statistic; NaN beyond 30,000 rows.
    univariate
        `(p, 5)`: `n`, skewness G1 and kurtosis G2 with their standard errors, of all answers to each item.
    left_out
        Columns of the data that hold no numbers.
    source
        The data.
    """

    names: tuple[str, ...]
    n_obs: int
    n_read: int
    skewness: float
    kurtosis: float
    henze_zirkler: float
    univariate: Array
    left_out: tuple[str, ...]
    source: str

    def table(self) -> pd.DataFrame:
        """Return the multivariate tests.

        Returns
        -------
        DataFrame
            Rows `mardia_skewness` (chi-square), `mardia_skewness_corrected` (for small samples), `mardia_kurtosis` (a z
            value) and `henze_zirkler`; columns `estimate statistic df p`.

        Notes
        -----
        Mardia (1970), eqs. 2.26 and 3.12; the correction is that of Mardia (1974), eq. 5.5.
        """
        n, p = self.n_obs, len(self.names)
        df = p * (p + 1) * (p + 2) / 6
        plain = n * self.skewness / 6
        factor = (p + 1) * (n + 1) * (n + 3) / (n * ((n + 1) * (p + 1) - 6))
        z = (self.kurtosis - p * (p + 2)) / np.sqrt(8 * p * (p + 2) / n)
        nan = float("nan")
        rows = {
            "mardia_skewness": (self.skewness, plain, df, float(chdtrc(df, plain))),
            "mardia_skewness_corrected": (self.skewness, plain * factor, df, float(chdtrc(df, plain * factor))),
            "mardia_kurtosis": (self.kurtosis, z, nan, 2 * float(np.exp(log_ndtr(-abs(z))))),
            "henze_zirkler": (self.henze_zirkler, self.henze_zirkler, nan, _log_normal_tail(self.henze_zirkler, n, p)),
        }
        pandas = require("pandas")
        frame = pandas.DataFrame.from_dict(rows, orient="index", columns=["estimate", "statistic", "df", "p"])
        return frame.rename_axis("test")  # type: ignore[no-any-return]

    def items(self) -> pd.DataFrame:
        """Return each item's `n`, `skew` and `kurtosis` with `z_skew` and `z_kurtosis`, over their standard errors."""
        pandas = require("pandas")
        n, skew, skew_se, kurtosis, kurtosis_se = self.univariate.T
        columns = {
            "n": n.astype(int),
            "skew": skew,
            "z_skew": skew / skew_se,
            "kurtosis": kurtosis,
            "z_kurtosis": kurtosis / kurtosis_se,
        }
        return pandas.DataFrame(columns, index=pandas.Index(self.names, name="item"))  # type: ignore[no-any-return]

    def __str__(self) -> str:
        told = [f"{self.source}: normality of {len(self.names)} items, {self.n_obs} complete rows of {self.n_read}"]
        told += [f"  not looked at, for they hold no numbers: {', '.join(self.left_out)}"] if self.left_out else []
        if self.n_obs > _MOST:
            told.append(f"  beyond {_MOST} rows Henze and Zirkler's distances of all pairs are not computed")
        return "\n".join([*told, self.table().to_string(float_format=lambda value: f"{value:.4f}", na_rep="")])

    def __repr__(self) -> str:
        return f"<Normality: {len(self.names)} items, {self.n_obs} complete rows; see table() and items()>"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(float_format=lambda value: f"{value:.4f}", na_rep=""))


def normality(data: Responses | pd.DataFrame, *, items: str | Sequence[str] | None = None) -> Normality:
    """Test whether items are multivariate normal: Mardia's skewness and kurtosis, and Henze and Zirkler's test.

    Answers to questions never are, and in large samples every test says so. What matters is whether estimates need
    robust standard errors and tests (`estimator="MLR"`): rather the size of the kurtosis than its p.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`.
    items
        The columns to look at; unless given every item of `Responses`, and of a data frame every column of numbers.

    Returns
    -------
    Normality
        Of the complete rows; print it, or see `table()` and `items()`.

    Raises
    ------
    ResponseError
        If an item is not among the columns or holds text, or there is none.
    EstimationError
        If there are too few complete rows, or an item is constant or repeats others.

    Notes
    -----
    Mardia (1970, 1974); Henze & Zirkler (1990), with the lognormal approximation of their section 3; covariances have
    divisor n in both. Skewness and kurtosis of single items are the bias-adjusted ones (Joanes & Gill, 1998).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> data = pd.DataFrame(np.random.default_rng(1).normal(size=(200, 3)), columns=["a", "b", "c"])
    >>> rt.normality(data).table().p.gt(0.05).all().item()
    True
    """
    chosen = chosen_sample(data, items)
    whole = chosen.sample
    rows = complete_rows(whole)
    values, p = rows.values, len(rows.names)
    if rows.n_obs <= p:
        raise EstimationError(
            f"{rows.source}: {rows.n_obs} complete rows are too few for {p} items; name fewer: items=[...]."
        )
    standard = _whitened(values, rows.names, rows.source)
    univariate = np.array([_shape(column[~np.isnan(column)]) for column in whole.values.T])
    return Normality(
        rows.names,
        rows.n_obs,
        whole.n_obs,
        _skewness(standard),
        float(((standard**2).sum(axis=1) ** 2).mean()),
        _henze_zirkler(standard) if rows.n_obs <= _MOST else float("nan"),
        univariate,
        chosen.left_out,
        rows.source,
    )


def _whitened(values: Array, names: tuple[str, ...], source: str) -> Array:
    """Return rows `(n, p)` turned and stretched until their covariance matrix, divisor n, is the identity."""
    centred = values - values.mean(axis=0)
    sd = np.sqrt((centred**2).mean(axis=0))
    constant = [
        name for name, size, column in zip(names, sd, values.T, strict=True) if not size > 0 or not np.ptp(column)
    ]
    if constant:
        raise EstimationError(f"{source}: '{constant[0]}' has the same value in every complete row; leave it out.")
    centred = centred / sd
    correlation = centred.T @ centred / len(centred)
    roots, vectors = np.linalg.eigh(correlation)
    if roots[0] < _SINGULAR:
        worst = names[int(np.argmax(np.abs(vectors[:, 0])))]
        raise EstimationError(f"{source}: '{worst}' repeats what other items say; leave it out: items=[...].")
    return np.asarray(np.linalg.solve(np.linalg.cholesky(correlation), centred.T).T)


def _skewness(standard: Array) -> float:
    """Return Mardia's b1 of white rows `(n, p)`.

    The mean cube of all products of two rows is the sum of the squares of all third moments, which needs no pairs.
    """
    n, p = standard.shape
    left, right = lower_triangle(p)
    third = np.zeros((left.size, p))
    step = max(1, _BLOCK // left.size)
    for start in range(0, n, step):
        part = standard[start : start + step]
        third += (part[:, left] * part[:, right]).T @ part
    return float(np.where(left == right, 1.0, 2.0) @ ((third / n) ** 2).sum(axis=1))


def _henze_zirkler(standard: Array) -> float:
    """Return Henze and Zirkler's statistic of white rows `(n, p)`."""
    n, p = standard.shape
    beta = _smoothing(n, p)
    length = (standard**2).sum(axis=1)
    pairs, step = 0.0, max(1, _BLOCK // n)
    for start in range(0, n, step):
        part = slice(start, start + step)
        distance = length[part, None] + length - 2 * standard[part] @ standard.T
        pairs += float(np.exp(-(beta**2) / 2 * np.maximum(distance, 0.0)).sum())
    singles = float(np.exp(-(beta**2) / (2 * (1 + beta**2)) * length).sum())
    found = pairs / n - 2 * (1 + beta**2) ** (-p / 2) * singles + n * (1 + 2 * beta**2) ** (-p / 2)
    return float(found)


def _smoothing(n: int, p: int) -> float:
    return float(((2 * p + 1) * n / 4) ** (1 / (p + 4)) / np.sqrt(2))


def _log_normal_tail(statistic: float, n: int, p: int) -> float:
    """Return the probability of a larger statistic under normality."""
    b = _smoothing(n, p) ** 2
    a, w = 1 + 2 * b, (1 + b) * (1 + 3 * b)
    mean = 1 - a ** (-p / 2) * (1 + p * b / a + p * (p + 2) * b**2 / (2 * a**2))
    variance = (
        2 * (1 + 4 * b) ** (-p / 2)
        + 2 * a**-p * (1 + 2 * p * b**2 / a**2 + 3 * p * (p + 2) * b**4 / (4 * a**4))
        - 4 * w ** (-p / 2) * (1 + 3 * p * b**2 / (2 * w) + p * (p + 2) * b**4 / (2 * w**2))
    )
    spread = np.sqrt(np.log1p(variance / mean**2))
    centre = np.log(mean) - spread**2 / 2
    return float(np.exp(log_ndtr((centre - np.log(statistic)) / spread)))


def _shape(answers: Array) -> tuple[float, float, float, float, float]:
    """Return n, G1 and its standard error, G2 and its standard error, of answers `(n,)`."""
    n, nan = len(answers), float("nan")
    if n < 4 or not np.ptp(answers):
        return n, nan, nan, nan, nan
    away = answers - answers.mean()
    m2, m3, m4 = (float((away**power).mean()) for power in (2, 3, 4))
    skew = np.sqrt(n * (n - 1)) / (n - 2) * m3 / m2**1.5
    kurtosis = (n - 1) / ((n - 2) * (n - 3)) * ((n + 1) * (m4 / m2**2 - 3) + 6)
    skew_se = np.sqrt(6 * n * (n - 1) / ((n - 2) * (n + 1) * (n + 3)))
    kurtosis_se = 2 * skew_se * np.sqrt((n**2 - 1) / ((n - 3) * (n + 5)))
    return n, float(skew), float(skew_se), float(kurtosis), float(kurtosis_se)
