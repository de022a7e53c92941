"""What columns of the data say about hidden segments, as tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.extras import require
from rantau.groups.corrections import adjusted
from rantau.options import choose
from rantau.record import Record
from rantau.segments.agreement import rand_of

if TYPE_CHECKING:
    import pandas as pd


_COLUMNS = (
    *("column", "kind", "rows", "groups", "test", "statistic", "df1", "df2", "p", "p_adjusted", "effect", "below_5"),
    *("adjusted_rand", "classified", "chance"),
)


class Column(Record):
    """One column of the data held against segments.

    Attributes
    ----------
    name
        As the data call it.
    numeric
        Whether it was taken for a number; otherwise each entry is a category.
    groups
        What its rows are divided into: its entries, or `<= 35` and `> 35` by the cut that tells most.
    codes
        The group of each row of the data, `(rows,)`, -1 where there is no entry.
    counts
        Rows in each group and segment, `(groups, K)`.
    statistic, df, p
        Of the test: chi-square with `(df,)`, or F with `(df1, df2)`.
    effect
        Cramer's V, or eta squared of a number.
    """

    name: str
    numeric: bool
    groups: tuple[str, ...]
    codes: Indices
    counts: Array
    statistic: float
    df: tuple[int, ...]
    p: float
    effect: float

    @property
    def below_5(self) -> float:
        """The share of cells in which fewer than 5 rows are expected; NaN of a number."""
        if self.numeric:
            return np.nan
        expected = np.outer(self.counts.sum(axis=1), self.counts.sum(axis=0)) / self.counts.sum()
        return float((expected < 5).mean())

    @property
    def classified(self) -> float:
        """The share of rows that are in the commonest segment of their group."""
        return float(self.counts.max(axis=1).sum() / self.counts.sum())

    @property
    def chance(self) -> float:
        """The share of rows in the largest segment: what is classified without the column."""
        return float(self.counts.sum(axis=0).max() / self.counts.sum())


class Explanation(Record):
    """Columns of the data held against segments, the one that tells most first.

    Attributes
    ----------
    columns
        One per column that divides the rows.
    segments
        Their labels.
    left_out
        `(name, reason)` of columns that were not looked at.
    adjust
        The correction of p-values.
    """

    columns: tuple[Column, ...]
    segments: tuple[str, ...]
    left_out: tuple[tuple[str, str], ...]
    adjust: str

    def table(self) -> pd.DataFrame:
        """Return one row per column of the data, by how well its groups agree with the segments.

        `column kind rows groups`; `test statistic df1 df2 p p_adjusted`, the chi-square test of independence of a
        category, the F test of equal means of a number; `effect`, Cramer's V or eta squared; `below_5`, the share of
        cells with an expected count below 5 (above .20 the chi-square test does not hold); `adjusted_rand` of the
        column's groups and the segments; `classified`, the share of rows in the commonest segment of their group, and
        `chance`, what the largest segment gives without the column. A number's groups are two, by the cut with the
        largest chi-square: the last four columns are of these, and, the cut having been sought, say too much.
        """
        corrected = adjusted(np.array([one.p for one in self.columns]), self.adjust)
        rows = [
            (
                one.name,
                "number" if one.numeric else "category",
                int(one.counts.sum()),
                len(one.groups),
                "F" if one.numeric else "chi-square",
                one.statistic,
                one.df[0],
                one.df[1] if one.numeric else np.nan,
                one.p,
                p,
                one.effect,
                one.below_5,
                rand_of(one.counts),
                one.classified,
                one.chance,
            )
            for one, p in zip(self.columns, corrected, strict=True)
        ]
        return require("pandas").DataFrame(rows, columns=list(_COLUMNS))  # type: ignore[no-any-return]

    def crosstab(self, column: str) -> pd.DataFrame:
        """Return how many rows of each group of a column (rows) are in each segment (columns).

        Parameters
        ----------
        column
            Its name.
        """
        one = self._of(column)
        frame = require("pandas").DataFrame(one.counts.astype(int), columns=list(self.segments), index=list(one.groups))
        return frame.rename_axis(index=column, columns="segment")  # type: ignore[no-any-return]

    def groups(self, column: str) -> pd.Series:
        """Return the group of each row of the data by a column, empty where it has no entry.

        Of a number these are the two sides of its cut: `rt.compare_groups(fit, by=found.groups("age"))`.

        Parameters
        ----------
        column
            Its name.
        """
        one = self._of(column)
        labels = np.array([*one.groups, ""], dtype=object)
        return require("pandas").Series(labels[one.codes], name=column)  # type: ignore[no-any-return]

    @property
    def advice(self) -> str:
        """What to go on with, in a sentence."""
        corrected = adjusted(np.array([one.p for one in self.columns]), self.adjust)
        telling = [
            one for one, p in zip(self.columns, corrected, strict=True) if p < 0.05 and one.classified > one.chance
        ]
        if not telling:
            return (
                "No column tells the segments apart better than their sizes do: they remain hidden, and what they are "
                "must be argued by theory or other columns."
            )
        best = telling[0]
        by = f"found.groups('{best.name}')" if best.numeric else f"'{best.name}'"
        return (
            f"'{best.name}' tells most: it classifies {best.classified:.0%} of the rows, where the largest segment "
            f"alone gives {best.chance:.0%}. Go on with rt.compare_groups(fit, by={by}), which groups that can be seen "
            "deserve."
        )

    def _of(self, column: str) -> Column:
        return next(one for one in self.columns if one.name == choose("column", column, [c.name for c in self.columns]))

    def __str__(self) -> str:
        shown = self.table().to_string(index=False, float_format=lambda value: f"{value:.3f}")
        told = [f"Columns held against {len(self.segments)} segments (p-values adjusted: {self.adjust})", shown]
        told += [f"{name} is left out: {reason}" for name, reason in self.left_out]
        return "\n".join([*told, "", self.advice])

    def __repr__(self) -> str:
        many = f"{len(self.columns)} column{'s' if len(self.columns) > 1 else ''}"
        return f"<Explanation: {many}; see table(), crosstab(column), groups(column), advice>"

    def _repr_html_(self) -> str:
        shown = self.table().to_html(index=False, float_format=lambda value: f"{value:.3f}", border=0)
        told = [*(f"{name} is left out: {reason}" for name, reason in self.left_out), self.advice]
        return "\n".join([shown, *(f"<p>{escape(one)}</p>" for one in told)])
