"""polychoric(): the correlations behind ordered answers, for any mix of ordered and continuous items."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, unknown
from rantau.extras import require
from rantau.moments.chosen import chosen_sample
from rantau.moments.compute import complete_rows
from rantau.moments.ordered_groups import sample_ordering
from rantau.moments.ordinal import OrdinalMoments, ordinal_moments
from rantau.moments.sample import ordered_texts, with_codes
from rantau.options import choose, several_names
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: How missing answers are met.
MISSING = ("listwise", "pairwise")
#: What the correlation of a pair is called, by how many of the two are ordered.
KINDS = ("pearson", "polyserial", "polychoric")


class Polychoric(Record):
    """Polychoric, polyserial and ordinary correlations.

    Attributes
    ----------
    names
        `p` variables.
    values
        `(n, p)`: the answers that they come from, NaN where one is missing.
    moments
        Thresholds and covariances.
    n_pairs
        `(p, p)`: how many rows answer both.
    left_out
        Columns of the data that hold no numbers.
    """

    names: tuple[str, ...]
    values: Array
    moments: OrdinalMoments
    n_pairs: Array
    left_out: tuple[str, ...] = ()

    @cached_property
    def spread(self) -> Array:
        """The covariance matrix of root-n times all moments, `(m, m)`; computed where errors are asked for."""
        return ordinal_moments(self.values, self.moments.ordering).spread

    def correlations(self) -> pd.DataFrame:
        """Return the correlations, `(p, p)`."""
        names = list(self.names)
        return require("pandas").DataFrame(self._correlation(), names, names)  # type: ignore[no-any-return]

    def thresholds(self) -> pd.DataFrame:
        """Return the thresholds `item threshold below est se`; answers up to `below` lie below the threshold."""
        ordering, rows = self.moments.ordering, []
        se = np.sqrt(np.diag(self.spread)[: self.moments.level.size] / self.moments.n_obs)
        for item, first in enumerate(ordering.first):
            for k, category in enumerate(ordering.categories[item][:-1]):
                place = first + k
                rows.append((self.names[item], f"t{k + 1}", category, self.moments.level[place], se[place]))
        columns = ["item", "threshold", "below", "est", "se"]
        return require("pandas").DataFrame(rows, columns=columns)  # type: ignore[no-any-return]

    def table(self) -> pd.DataFrame:
        """Return every pair: `lhs rhs kind r se n note`; the note names an empty cell or a perfect association."""
        i, j = np.tril_indices(len(self.names), -1)
        r, se = self._correlation()[i, j], self._errors()
        ordered = self.moments.ordering.ordered
        pairs = list(zip(i.tolist(), j.tolist(), strict=True))
        notes = dict.fromkeys(self.moments.sparse, "empty cell")
        notes |= dict.fromkeys(self.moments.perfect, "perfect association")
        frame = {
            "lhs": [self.names[b] for _, b in pairs],
            "rhs": [self.names[a] for a, _ in pairs],
            "kind": [KINDS[int(ordered[a]) + int(ordered[b])] for a, b in pairs],
            "r": r,
            "se": se,
            "n": self.n_pairs[i, j].astype(int),
            "note": [notes.get(pair, "") for pair in pairs],
        }
        return require("pandas").DataFrame(frame)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return str(self.correlations().round(3))

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return str(self.correlations().to_html(float_format="{:.3f}".format))

    def _correlation(self) -> Array:
        deviation = np.sqrt(np.diag(self.moments.covariance))
        return np.asarray(self.moments.covariance / np.outer(deviation, deviation))

    def _errors(self) -> Array:
        """Return the standard errors of the correlations by the delta method (Olkin & Siotani, 1976)."""
        moments, p = self.moments, len(self.names)
        i, j = moments.ordering.lower
        t, deviation, r = moments.level.size, np.sqrt(np.diag(moments.covariance)), self._correlation()
        at = np.full((p, p), -1, dtype=np.intp)
        at[i, j] = t + np.arange(i.size)
        a, b = np.tril_indices(p, -1)
        slope = np.zeros((a.size, len(self.spread)))
        pair = np.arange(a.size)
        slope[pair, at[a, b]] = 1 / (deviation[a] * deviation[b])
        for one in (a, b):
            moved = at[one, one] >= 0
            slope[pair[moved], at[one, one][moved]] -= (r[a, b] / (2 * deviation[one] ** 2))[moved]
        variance = np.einsum("ij,jk,ik->i", slope, self.spread, slope, optimize=True)
        return np.asarray(np.sqrt(np.maximum(variance, 0.0) / moments.n_obs))


def polychoric(
    data: Responses | pd.DataFrame,
    *,
    items: str | Sequence[str] | None = None,
    ordered: str | Sequence[str] | bool = True,
    missing: str = "pairwise",
) -> Polychoric:
    """Estimate the correlations of what lies behind ordered answers.

    Two ordered items have a polychoric correlation, an ordered and a continuous one a polyserial, two continuous ones
    the ordinary.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`, in any coding that sorts as the answers do; NaN where one is missing.
    items
        The columns to look at; unless given every item of `Responses`, and of a data frame every column of numbers.
    ordered
        Which of them are ordered categories; True for all.
    missing
        `pairwise`: each correlation is of the rows that answer both. `listwise`: of those that answer all.

    Returns
    -------
    Polychoric
        `correlations()`, `thresholds()` and `table()`, with standard errors.

    Raises
    ------
    OptionError
        If a name in `ordered` is not among the items.
    ResponseError
        If an item is not among the columns or holds text, or there are fewer than two.
    EstimationError
        If an item is answered alike by everybody, has too many categories, or no row answers some pair.

    Notes
    -----
    Olsson (1979); Olsson, Drasgow & Dorans (1982); in two steps, thresholds first. Standard errors: Muthén (1984).
    Where two items of two categories leave a cell empty, half a row is put there and the margins are kept, as lavaan
    does; psych adds half a row to empty cells of larger tables as well. A table that only a perfect correlation fits
    gives 0.9999 and a note, where lavaan gives 0.999 (1 of two items of two categories).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).multivariate_normal([0, 0], [[1, 0.6], [0.6, 1]], size=2000)
    >>> data = pd.DataFrame(np.digitize(draw, [-1, 0, 1]) + 1, columns=["a", "b"])
    >>> bool(abs(rt.polychoric(data).correlations().loc["a", "b"] - 0.6) < 0.05)
    True
    """
    choose("missing", missing, MISSING)
    chosen = chosen_sample(with_codes(data, ordered_texts(data)), items, least=2)
    taken = complete_rows(chosen.sample) if missing == "listwise" else chosen.sample
    names = taken.names if ordered is True else () if ordered is False else several_names("ordered", ordered, "x1")
    for name in names:
        if name not in taken.names:
            raise OptionError(unknown("item in ordered", name, taken.names))
    seen = ~np.isnan(taken.values)
    n_pairs = seen.astype(float).T @ seen
    for place, name in enumerate(taken.names):
        column = taken.values[seen[:, place], place]
        if column.size == 0 or np.ptp(column) == 0:
            what = "no answer" if column.size == 0 else f"the answer {column[0]:g} only"
            raise EstimationError(f"{taken.source}: '{name}' has {what}, so that nothing goes with it. Leave it out.")
        alone = next((other for other, count in zip(taken.names, n_pairs[place], strict=True) if count < 2), "")
        if alone:
            raise EstimationError(f"{taken.source}: nobody answered both '{name}' and '{alone}'. Leave one out.")
    found = ordinal_moments(taken.values, sample_ordering(taken, names), spread=False)
    return Polychoric(taken.names, taken.values, found, n_pairs, chosen.left_out)
