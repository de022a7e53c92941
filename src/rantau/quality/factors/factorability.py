"""factorability(): whether items have enough in common for factors."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from rantau.extras import require
from rantau.quality.factors.correlations import chosen_rows, correlations_of
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: Kaiser's (1974) words for a measure of sampling adequacy.
WORDS = ((0.9, "marvellous"), (0.8, "meritorious"), (0.7, "middling"), (0.6, "mediocre"), (0.5, "miserable"))


class Factorability(Record):
    """Sampling adequacy and sphericity of items.

    Attributes
    ----------
    items
        Their names.
    n_obs
        Complete rows.
    kmo
        The measure of Kaiser, Meyer and Olkin, of all items together.
    kmo_items
        The same of each item.
    chisq, df
        Bartlett's test that no two items correlate.
    """

    items: tuple[str, ...]
    n_obs: int
    kmo: float
    kmo_items: tuple[float, ...]
    chisq: float
    df: int

    @property
    def pvalue(self) -> float:
        """The probability of a larger chi-square if nothing correlates."""
        return float(chdtrc(self.df, self.chisq))

    @property
    def verdict(self) -> str:
        """Kaiser's (1974) word for the measure."""
        return next((word for least, word in WORDS if self.kmo >= least), "unacceptable")

    def frame(self) -> pd.DataFrame:
        """Return the measure of each item, `kmo` by item, and of all of them in the last row."""
        values = [*self.kmo_items, self.kmo]
        return require("pandas").DataFrame({"kmo": values}, [*self.items, "all"])  # type: ignore[no-any-return]

    def __str__(self) -> str:
        p = "p < .001" if self.pvalue < 0.001 else f"p = {self.pvalue:.3f}"
        low = [item for item, value in zip(self.items, self.kmo_items, strict=True) if value < 0.5]
        weak = f"; below .5: {', '.join(low)}" if low else ""
        return (
            f"KMO = {self.kmo:.3f} ({self.verdict}{weak}); Bartlett's test of sphericity: chi-square = "
            f"{self.chisq:.2f}, df = {self.df}, {p} ({len(self.items)} items, {self.n_obs} complete rows)"
        )

    __repr__ = __str__


def factorability(data: Responses | pd.DataFrame, *, items: str | Sequence[str] | None = None) -> Factorability:
    """Measure whether items have enough in common to look for factors.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`; rows with a gap are left out.
    items
        Which columns; every item of `Responses`, and of a data frame every column of numbers, unless given.

    Returns
    -------
    Factorability
        The Kaiser-Meyer-Olkin measure, of all items and of each, and Bartlett's test of sphericity.

    Raises
    ------
    ResponseError, EstimationError
        If an item is not there, does not vary or repeats others, or there are too few rows.

    Notes
    -----
    Kaiser & Rice (1974), eq. 1: squared correlations over these and squared partial correlations given all other
    items. Bartlett (1951): `-(n - 1 - (2p + 5) / 6) log |R|`.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 5))
    >>> data = pd.DataFrame(draw[:, :4] + draw[:, 4:], columns=["a", "b", "c", "d"])
    >>> rt.factorability(data).verdict
    'middling'
    """
    rows = chosen_rows(data, items)
    correlation = correlations_of(rows)
    p = len(correlation)
    inverse = np.linalg.inv(correlation)
    unit = np.sqrt(np.diag(inverse))
    off = ~np.eye(p, dtype=bool)
    squared = np.where(off, correlation**2, 0.0)
    partial = np.where(off, (inverse / np.outer(unit, unit)) ** 2, 0.0)
    each = squared.sum(axis=1) / (squared + partial).sum(axis=1)
    whole = float(squared.sum() / (squared + partial).sum())
    chisq = -(rows.n_obs - 1 - (2 * p + 5) / 6) * float(np.linalg.slogdet(correlation)[1])
    return Factorability(rows.names, rows.n_obs, whole, tuple(each.tolist()), chisq, p * (p - 1) // 2)
