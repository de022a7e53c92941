"""Responses: the answers as numbers, beside what the file held and a log of every change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Cells, Mask, check_shape
from rantau.errors import ResponseError, unknown
from rantau.extras import require
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from rantau.survey.instrument import Survey


class Change(Record):
    """One line of the log: what was done to which column.

    Attributes
    ----------
    column
        The item code; empty where all columns are concerned.
    action
        What was done, in words.
    cells
        How many cells were touched.
    """

    column: str
    action: str
    cells: int

    def __str__(self) -> str:
        if not self.cells:
            # What was done to the file, and to no cell of it.
            return f"{self.column}: {self.action}" if self.column else self.action
        return f"{self.column or 'all columns'}: {self.action} ({self.cells} cells)"


class Responses(Record):
    """The answers to a survey, checked against its instrument.

    Attributes
    ----------
    survey
        The instrument that was answered.
    columns
        `k` item codes in the order of the file's columns, taken to be the order of presentation.
    values
        `(n, k)`; reverse-coded where the instrument says so, NaN where there is no answer.
    raw
        `(n, k)`; the cells as the file holds them.
    rows
        `n` line numbers in the file.
    extras_names
        `m` names of the columns that are not items.
    extras
        `(n, m)`; their cells as the file holds them.
    source
        The file.
    simulated
        Whether the file says of itself that its answers were made by a program.
    log
        Every change made to the cells since they were read.
    understood
        What the file was taken for: its kind, the form tool, how columns and labels were recognised.
    platform
        The name of the form tool whose layout the file has; empty where it has none.
    """

    survey: Survey
    columns: tuple[str, ...]
    values: Array
    raw: Cells
    rows: tuple[int, ...]
    extras_names: tuple[str, ...]
    extras: Cells
    source: str
    simulated: bool = False
    log: tuple[Change, ...] = ()
    understood: str = ""
    platform: str = ""

    def __post_init__(self) -> None:
        """Close the arrays and check that they belong together."""
        super().__post_init__()
        check_shape("values", self.values, (len(self.rows), len(self.columns)))
        check_shape("raw", self.raw, (len(self.rows), len(self.columns)))
        check_shape("extras", self.extras, (len(self.rows), len(self.extras_names)))

    def __hash__(self) -> int:
        # The bytes of an object array are addresses, so equal cells would hash apart; the values suffice.
        return hash((self.source, self.rows, self.columns))

    @property
    def n_obs(self) -> int:
        """The number of rows."""
        return len(self.rows)

    def entered(self, rows: slice = slice(None)) -> Array:
        """Return the answers as numbers before any reverse-coding; NaN where there is none.

        Parameters
        ----------
        rows
            Some of the rows; all unless given.

        Returns
        -------
        Array
            `(rows, k)`.
        """
        entered = np.array(self.values[rows])
        for place, code in enumerate(self.columns):
            item = self.survey.item(code)
            if item.reversed:
                entered[:, place] = item.scale.minimum + item.scale.maximum - entered[:, place]
        return entered

    def frame(self) -> pd.DataFrame:
        """Return the values as a table.

        Returns
        -------
        DataFrame
            `(n, k)`, a column per item, reverse-coded, NaN where there is no answer. Rows are numbered from
            0 in their order here; `rows` has the lines of the file.
        """
        table: pd.DataFrame = require("pandas").DataFrame(np.array(self.values), columns=list(self.columns))
        return table

    def column(self, item: str) -> Array:
        """Return the values of one item.

        Parameters
        ----------
        item
            Its code.

        Returns
        -------
        Array
            `(n,)`.

        Raises
        ------
        ResponseError
            If the item has no column here, with the nearest code.
        """
        if item not in self.columns:
            raise ResponseError(unknown("item", item, self.columns, where=self.source))
        return self.values[:, self.columns.index(item)]

    def columns_of(self, construct: str) -> Array:
        """Return the values of one construct's items.

        Parameters
        ----------
        construct
            Its code.

        Returns
        -------
        Array
            `(n, items of the construct)`, in the instrument's order.

        Raises
        ------
        SurveyError
            If the instrument has no such construct.
        ResponseError
            If one of its items has no column here.
        """
        return np.column_stack([self.column(item.code) for item in self.survey.construct(construct).items])

    def take(self, row_mask: Mask) -> Responses:
        """Return the rows where the mask is true, in their order.

        Parameters
        ----------
        row_mask
            `(n,)` of booleans.

        Raises
        ------
        ValueError
            If the mask has another shape or is not boolean.
        """
        mask = np.asarray(row_mask)
        check_shape("row_mask", mask, (self.n_obs,))
        if mask.dtype != np.bool_:
            raise ValueError(f"`row_mask` must be boolean, got {mask.dtype}.")
        return self.replace(
            values=self.values[mask],
            raw=self.raw[mask],
            rows=tuple(row for row, keep in zip(self.rows, mask, strict=True) if keep),
            extras=self.extras[mask],
        )

    def __str__(self) -> str:
        missing = int(np.isnan(self.values).sum())
        origin = f" from {self.source}" if self.source else ""
        made = ", simulated" if self.simulated else ""
        shape = f"{self.n_obs} rows, {len(self.columns)} items, {missing} missing answers"
        return f"Responses: {shape}{origin}{made}"

    __repr__ = __str__

    def _repr_html_(self) -> str:
        return str(self.frame().to_html(max_rows=10, notebook=True))


def need_responses(data: object, what: str) -> None:
    """Refuse what is no `Responses`: it has no instrument to be read by.

    Parameters
    ----------
    data
        What was handed in.
    what
        The public function that needs it.

    Raises
    ------
    ResponseError
        Saying how to get responses.
    """
    if not isinstance(data, Responses):
        raise ResponseError(
            f"rt.{what}() needs answers that know their instrument, got {type(data).__name__}. "
            "Read them with rt.read_responses(path, rt.read_survey(instrument))."
        )
