"""parallel_analysis(): how many factors are more than chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import OptionError
from rantau.extras import require
from rantau.options import choose, is_number
from rantau.quality.factors.correlations import chosen_rows, correlations_of
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

OF = ("components", "factors")
AGAINST = ("normal", "permuted")


class ParallelAnalysis(Record):
    """Eigenvalues beside those of answers without anything in common.

    Attributes
    ----------
    of, against
        Which eigenvalues, and of what they are held against.
    n_obs, draws, quantile, seed
        Complete rows, and how chance was drawn.
    eigenvalues, mean, limit
        `(p,)`: of the data; the mean of the draws, and their quantile.
    """

    of: str
    against: str
    n_obs: int
    draws: int
    quantile: float
    seed: int
    eigenvalues: Array
    mean: Array
    limit: Array

    @property
    def n_factors(self) -> int:
        """How many leading eigenvalues are beyond the quantile of chance."""
        beyond = self.eigenvalues > self.limit
        return int(beyond.size if beyond.all() else np.argmin(beyond))

    def frame(self) -> pd.DataFrame:
        """Return `eigenvalue mean limit retained` by number."""
        number = np.arange(1, self.eigenvalues.size + 1)
        columns = {"eigenvalue": self.eigenvalues, "mean": self.mean, "limit": self.limit}
        frame = require("pandas").DataFrame({**columns, "retained": number <= self.n_factors}, number)
        return frame.rename_axis("number")  # type: ignore[no-any-return]

    def __str__(self) -> str:
        noun = self.of if self.n_factors != 1 else self.of[:-1]
        return (
            f"Parallel analysis: {self.n_factors} {noun} beyond the {self.quantile:.0%} quantile of {self.draws} draws "
            f"({self.against}, {self.n_obs} complete rows, seed {self.seed})"
        )

    __repr__ = __str__


def parallel_analysis(
    data: Responses | pd.DataFrame,
    *,
    items: str | Sequence[str] | None = None,
    of: str = "components",
    against: str = "normal",
    draws: int = 500,
    quantile: float = 0.95,
    seed: int = 1,
) -> ParallelAnalysis:
    """Compare the eigenvalues of items with those of answers that have nothing in common.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`; rows with a gap are left out.
    items
        Which columns; every item of `Responses`, and of a data frame every column of numbers, unless given.
    of
        `components`: eigenvalues of the correlations (Horn's, the most tried). `factors`: with squared multiple
        correlations on the diagonal.
    against
        `normal` answers that are independent, or the answers of each item `permuted`, which keeps their distribution.
    draws
        How many samples of chance.
    quantile
        Of these, which an eigenvalue must exceed.
    seed
        Of the draws.

    Returns
    -------
    ParallelAnalysis
        `n_factors`, and the eigenvalues in `frame()`.

    Raises
    ------
    OptionError
        If an option has a value that is not allowed.
    ResponseError, EstimationError
        If an item is not there, does not vary or repeats others, or there are too few rows.

    Notes
    -----
    Horn (1965); quantiles: Glorfeld (1995); permuted answers: Buja & Eyuboglu (1992); squared multiple correlations:
    Humphreys & Ilgen (1969).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 8))
    >>> answers = np.repeat(draw[:, :2], 3, axis=1) + draw[:, 2:]
    >>> rt.parallel_analysis(pd.DataFrame(answers, columns=list("abcdef")), draws=100).n_factors
    2
    """
    choose("of", of, OF)
    choose("against", against, AGAINST)
    for option, given, least in (("draws", draws, 2), ("seed", seed, 0)):
        if isinstance(given, bool) or not isinstance(given, (int, np.integer)) or given < least:
            raise OptionError(f"{option} is {given!r}; it must be a whole number, {least} or more.")
    if not is_number(quantile) or not 0 < quantile < 1:
        raise OptionError(f"quantile is {quantile!r}; it lies between 0 and 1, such as 0.95.")
    rows = chosen_rows(data, items)
    own = _eigenvalues(correlations_of(rows), of)
    generator = np.random.default_rng(seed)
    found = np.empty((draws, own.size))
    for draw in range(draws):
        if against == "normal":
            values = generator.normal(size=rows.values.shape)
        else:
            values = generator.permuted(rows.values, axis=0)
        found[draw] = _eigenvalues(np.asarray(np.corrcoef(values, rowvar=False)), of)
    return ParallelAnalysis(
        of, against, rows.n_obs, draws, quantile, seed, own, found.mean(axis=0), np.quantile(found, quantile, axis=0)
    )


def _eigenvalues(correlation: Array, of: str) -> Array:
    """Return eigenvalues, largest first, `(p,)`, of correlations `(p, p)`."""
    if of == "factors":
        correlation = correlation.copy()
        np.fill_diagonal(correlation, 1 - 1 / np.diag(np.linalg.inv(correlation)))
    return np.asarray(np.linalg.eigvalsh(correlation)[::-1])
