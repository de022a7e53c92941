"""missing_answers(): which answers are missing, and together with which others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Mask
from rantau.extras import require
from rantau.moments.chosen import chosen_sample
from rantau.moments.patterns import alike_rows
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


class MissingAnswers(Record):
    """What is missing from a data set.

    Attributes
    ----------
    names
        `p` items.
    n_obs
        Rows.
    seen
        `(B, p)`: which items the rows of each pattern answered; the commonest pattern first.
    n
        `(B,)` rows of each.
    left_out
        Columns of the data that hold no numbers.
    source
        The data.
    """

    names: tuple[str, ...]
    n_obs: int
    seen: Mask
    n: Array
    left_out: tuple[str, ...]
    source: str

    @property
    def n_complete(self) -> int:
        """Rows with an answer to every item."""
        return int(self.n[self.seen.all(axis=1)].sum())

    @property
    def n_empty(self) -> int:
        """Rows with no answer at all."""
        return int(self.n[~self.seen.any(axis=1)].sum())

    @property
    def share(self) -> float:
        """The share of all answers that is missing."""
        return float(self.n @ (~self.seen).mean(axis=1) / self.n_obs)

    def items(self) -> pd.DataFrame:
        """Return `n` answers, the number `missing` and its `share`, a row per item."""
        pandas = require("pandas")
        answered = (self.n @ self.seen).astype(int)
        columns = {"n": answered, "missing": self.n_obs - answered, "share": 1 - answered / self.n_obs}
        return pandas.DataFrame(columns, index=pandas.Index(self.names, name="item"))  # type: ignore[no-any-return]

    def patterns(self) -> pd.DataFrame:
        """Return each pattern, the commonest first: `n`, `share`, the number of `gaps`, and `missing`, their items."""
        columns = {
            "n": self.n.astype(int),
            "share": self.n / self.n_obs,
            "gaps": (~self.seen).sum(axis=1),
            "missing": [" ".join(np.array(self.names)[~row]) for row in self.seen],
        }
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def matrix(self) -> pd.DataFrame:
        """Return the patterns as numbers: 1 where answered, 0 where not, a column per item, `n` last."""
        frame = require("pandas").DataFrame(self.seen.astype(int), columns=list(self.names))
        return frame.assign(n=self.n.astype(int))  # type: ignore[no-any-return]

    def pairs(self) -> pd.DataFrame:
        """Return the share of rows that answered both of two items: what their covariance rests on."""
        names, seen = list(self.names), self.seen.astype(float)
        return require("pandas").DataFrame((seen.T * self.n) @ seen / self.n_obs, names, names)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        told = [
            f"{self.source}: {self.n_obs} rows, {len(self.names)} items, {100 * self.share:.1f} % of the answers "
            f"missing; {self.n_complete} complete rows, {len(self.n)} patterns"
        ]
        told += [f"  {self.n_empty} rows have no answer at all"] if self.n_empty else []
        told += [f"  not looked at, for they hold no numbers: {', '.join(self.left_out)}"] if self.left_out else []
        return "\n".join([*told, self.patterns().head(10).to_string(index=False)])

    def __repr__(self) -> str:
        return f"<MissingAnswers: {self.n_obs} rows, {len(self.names)} items, {len(self.n)} patterns; see patterns()>"

    def _repr_html_(self) -> str:
        return str(self.patterns().to_html(index=False, float_format=lambda value: f"{value:.3f}"))


def missing_answers(data: Responses | pd.DataFrame, *, items: str | Sequence[str] | None = None) -> MissingAnswers:
    """Look at which answers are missing, and together with which others.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`, with NaN where an answer is missing.
    items
        The columns to look at; unless given every item of `Responses`, and of a data frame every column of numbers.

    Returns
    -------
    MissingAnswers
        Print it, or see `patterns()`, `items()`, `pairs()` and `matrix()`.

    Raises
    ------
    ResponseError
        If an item is not among the columns or holds text, or there is none.
    EstimationError
        If there are no rows.

    Examples
    --------
    >>> import pandas as pd, rantau as rt
    >>> data = pd.DataFrame({"a": [1, 2, None, 4], "b": [1, None, None, 2]})
    >>> rt.missing_answers(data).patterns().missing.tolist()
    ['', 'b', 'a b']
    """
    taken, left_out = chosen_sample(data, items)
    seen = ~np.isnan(taken.values)
    blocks = list(alike_rows(seen, np.zeros(taken.n_obs, dtype=np.intp)))
    rows = [(seen[block[0]], block.size) for block in blocks]
    empty = int((~seen.any(axis=1)).sum())
    if empty:
        rows.append((np.zeros(len(taken.names), dtype=bool), empty))
    rows.sort(key=lambda row: (-row[1], int((~row[0]).sum())))
    return MissingAnswers(
        taken.names,
        taken.n_obs,
        np.array([row[0] for row in rows]),
        np.array([row[1] for row in rows], dtype=float),
        left_out,
        taken.source,
    )
