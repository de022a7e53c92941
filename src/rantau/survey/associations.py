"""rt.correlations(): how items or scale scores go together, with p values and numbers of rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import stdtr

from rantau.arrays import Array
from rantau.errors import OptionError, ResponseError, listing, unknown
from rantau.extras import require
from rantau.options import choose, one_text, several_names
from rantau.record import Record
from rantau.survey.correlations import pairwise_correlations
from rantau.survey.frame import answers_of, frame_of
from rantau.survey.responses import Responses
from rantau.survey.scoring import score

if TYPE_CHECKING:
    import pandas as pd

METHODS = ("pearson", "spearman")
GAPS = ("pairwise", "listwise")
OF = ("items", "scores")


class Correlations(Record):
    """Correlations of every two variables.

    Attributes
    ----------
    names
        `k` variables.
    r, n, p
        `(k, k)` correlations, the rows each rests on, and two-sided p values; NaN where a correlation is not
        defined, and p on the diagonal.
    mean, sd
        `(k,)` of all answers to each variable; divisor n - 1.
    method
        `pearson` or `spearman`.
    """

    names: tuple[str, ...]
    r: Array
    n: Array
    p: Array
    mean: Array
    sd: Array
    method: str

    def matrix(self, what: str = "r") -> pd.DataFrame:
        """Return `r`, `n` or `p` as a table, variables by variables."""
        values = getattr(self, choose("what", what, ("r", "n", "p")))
        table: pd.DataFrame = require("pandas").DataFrame(np.array(values), list(self.names), list(self.names))
        return table

    def table(self) -> pd.DataFrame:
        """Return mean, standard deviation and the correlations below the diagonal, a row per variable."""
        below = np.where(np.tri(len(self.names), k=-1, dtype=bool), self.r, np.nan)
        pandas = require("pandas")
        index = pandas.Index(self.names, name="variable")
        left = pandas.DataFrame({"mean": self.mean, "sd": self.sd}, index=index)
        joined: pd.DataFrame = left.join(pandas.DataFrame(below, index, list(self.names)))
        return joined

    def __str__(self) -> str:
        least, most = self.n.min(), self.n.max()
        rows = f"{least:g} rows" if least == most else f"{least:g} to {most:g} rows"
        return f"Correlations ({self.method}): {len(self.names)} variables, {rows}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return str(self.table().to_html(notebook=True))


def correlations(
    data: Responses | pd.DataFrame,
    names: Sequence[str] | None = None,
    *,
    of: str = "items",
    method: str = "pearson",
    missing: str = "pairwise",
) -> Correlations:
    """Correlate items, or the scores of constructs, with each other.

    Parameters
    ----------
    data
        From `read_responses`, or a data frame of numbers.
    names
        Which items or columns; all of them unless given.
    of
        For responses: `items`, or `scores` for the means of each construct (of those who answered half of its items).
    method
        `pearson`, or `spearman` for ranks, ties shared.
    missing
        `pairwise`: each correlation from the rows that have both; `listwise`: all from the rows that have everything.

    Returns
    -------
    Correlations
        With `.matrix()`, `.matrix("p")`, `.matrix("n")` and `.table()`. p is that of r = 0 with n - 2 degrees of
        freedom, not adjusted for how many there are.

    Raises
    ------
    OptionError
        If an option is not allowed or there are fewer than two variables.
    ResponseError
        If a column is not known or holds text.

    Examples
    --------
    >>> import rantau as rt
    >>> raw = rt.read_responses("surveys/mobile/responses.csv", rt.read_survey("surveys/mobile/instrument.toml"))
    >>> found = correlations(raw, of="scores")
    >>> round(float(found.matrix().loc["Image", "Loyalty"]), 3)
    0.486
    """
    if one_text("method", method) == "polychoric":
        raise OptionError(
            "polychoric correlations, with thresholds and standard errors, are those of rt.polychoric(data) and of "
            "`rantau describe --show polychoric`; here, method='spearman' goes by the order of answers alone."
        )
    choose("method", method, METHODS)
    choose("missing", missing, GAPS)
    choose("of", of, OF)
    chosen, values = _columns(data, names, of)
    if len(chosen) < 2:
        raise OptionError(f"correlations need two variables or more; got {listing(chosen) or 'none'}.")
    if missing == "listwise":
        values = values[np.isfinite(values).all(axis=1)]
    if method == "pearson":
        r, n = pairwise_correlations(lambda rows: values[rows], len(values), len(chosen))
    else:
        r, n = _by_ranks(values)
    there = np.isfinite(values)
    count = there.sum(axis=0)
    mean = np.divide(np.where(there, values, 0).sum(axis=0), count, out=np.full(len(chosen), np.nan), where=count > 0)
    square = np.where(there, values - mean, 0) ** 2
    spread = np.divide(square.sum(axis=0), count - 1, out=np.full(len(chosen), np.nan), where=count > 1)
    return Correlations(chosen, r, n, _p_values(r, n), mean, np.sqrt(spread), method)


def _columns(data: Responses | pd.DataFrame, names: Sequence[str] | None, of: str) -> tuple[tuple[str, ...], Array]:
    """Return the variables' names and values `(n, k)`."""
    if isinstance(data, Responses):
        frame, known = (score(data), "construct") if of == "scores" else (data.frame()[_ordered(data)], "item")
    elif of == "scores":
        raise OptionError(
            "a data frame says nothing of constructs; score it first: rt.correlations(rt.score(data, keys))."
        )
    else:
        frame, known = frame_of(data), "column"
    every = [str(column) for column in frame.columns]
    chosen = tuple(every) if names is None else several_names("names", names, "x1")
    for name in chosen:
        if name not in every:
            raise ResponseError(unknown(known, str(name), every))
    columns = [answers_of(frame, name) for name in chosen]
    return chosen, np.column_stack(columns) if columns else np.empty((len(frame), 0))


def _ordered(data: Responses) -> list[str]:
    """Return the items that have a column, in the order of the instrument."""
    return [code for code in data.survey.codes if code in data.columns]


def _by_ranks(values: Array) -> tuple[Array, Array]:
    """Correlate ranks, taken anew for each two columns over the rows that have both."""
    k = values.shape[1]
    r, n = np.full((k, k), np.nan), np.zeros((k, k))
    there = np.isfinite(values)
    for left in range(k):
        for right in range(left + 1):
            both = there[:, left] & there[:, right]
            n[left, right] = n[right, left] = both.sum()
            ranks = np.column_stack([_ranks(values[both, left]), _ranks(values[both, right])])
            found = pairwise_correlations(ranks.__getitem__, len(ranks), 2)[0][0, 1]
            r[left, right] = r[right, left] = found
    return r, n


def _ranks(values: Array) -> Array:
    """Return ranks from 1; equal values share the mean of theirs."""
    _, which, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    ranks: Array = (last - (counts - 1) / 2)[which.ravel()]
    return ranks


def _p_values(r: Array, n: Array) -> Array:
    """Return the two-sided p of t = r sqrt((n - 2) / (1 - r²)), with n - 2 degrees of freedom."""
    df = n - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.abs(r) * np.sqrt(df / (1 - r**2))
    p: Array = 2 * stdtr(np.maximum(df, 1), -t)
    p = np.where(np.isfinite(r) & (df > 0), p, np.nan)
    np.fill_diagonal(p, np.nan)
    return p
