"""The sample as both engines see it: rows of numbers under names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rantau.arrays import Array, Indices, Labels, Mask, check_shape, lower_triangle
from rantau.errors import ResponseError, listing, nearest
from rantau.extras import require
from rantau.record import Record
from rantau.survey.further import further_numbers
from rantau.survey.numerals import LARGEST, numbers
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: Names of columns with the texts of their categories, lowest first.
Texts: TypeAlias = tuple[tuple[str, tuple[str, ...]], ...]


class Sample(Record):
    """Rows of numbers under names.

    Attributes
    ----------
    names
        One per column.
    values
        `(n_obs, n_items)`; NaN where an answer is missing.
    source
        The file or kind of data it came from, for messages.
    group
        `(n_obs,)` the group of each row, counted from 0; None where there is one group.
    groups
        The groups' labels, in the order met in the data; `("",)` where there is one group.
    weights
        `(n_obs,)` sampling weights as the data hold them; None where every row counts alike.
    cluster
        `(n_obs,)` the cluster of each row, counted from 0; None where rows are independent.
    ungrouped
        How many rows of the data were left out because they belong to no group.
    positions
        `(n_obs,)` where each row stands in the data, counted from 0; None where no row was left out.
    texts
        Of columns that held ordered texts, the texts that stand behind the codes from 1.
    labels
        The index of the data frame, of all its rows; None where it counts them from 0, or the data are responses.
    """

    names: tuple[str, ...]
    values: Array
    source: str = "data"
    group: Indices | None = None
    groups: tuple[str, ...] = ("",)
    weights: Array | None = None
    cluster: Indices | None = None
    ungrouped: int = 0
    positions: Indices | None = None
    texts: Texts = ()
    labels: Labels | None = None

    def __post_init__(self) -> None:
        """Close the arrays and check that they belong together."""
        super().__post_init__()
        for name in ("group", "weights", "cluster"):
            if getattr(self, name) is not None:
                check_shape(name, getattr(self, name), (len(self.values),))

    @property
    def n_obs(self) -> int:
        """The number of rows."""
        return int(self.values.shape[0])

    @property
    def index(self) -> pd.Index:
        """The index of what is told of these rows: that of the data frame, otherwise where they stand in the data."""
        positions = np.arange(self.n_obs) if self.positions is None else self.positions
        if self.labels is None:
            return require("pandas").Index(positions, name="row")  # type: ignore[no-any-return]
        return require("pandas").Index(self.labels[positions])  # type: ignore[no-any-return]

    @property
    def membership(self) -> Indices:
        """The group of each row `(n_obs,)`, counted from 0, also where there is one group."""
        return np.zeros(self.n_obs, dtype=np.intp) if self.group is None else self.group

    @cached_property
    def centre(self) -> Array:
        """The mean of those who answered each item, `(n_items,)`; NaN where nobody did."""
        answered = (~np.isnan(self.values)).sum(axis=0)
        with np.errstate(invalid="ignore", divide="ignore"):
            found: Array = np.nansum(self.values, axis=0) / answered
        return found

    @cached_property
    def centred(self) -> Array:
        """Deviations from `centre`, `(n_obs, n_items)`; 0 where an answer is missing."""
        return np.nan_to_num(self.values - self.centre, nan=0.0)

    @cached_property
    def products(self) -> Array:
        """The products of deviations of each pair of items, `(n_items (n_items + 1) / 2, n_obs)`, row by row."""
        columns = np.ascontiguousarray(self.centred.T)
        left, right = lower_triangle(len(columns))
        found: Array = columns[left] * columns[right]
        return found

    def rows(self, keep: Mask | Indices) -> Sample:
        """Return some of the rows, with their groups, weights and clusters.

        Parameters
        ----------
        keep
            `(n_obs,)` booleans, or the numbers of the rows wanted.
        """
        return self.replace(
            values=self.values[keep],
            group=None if self.group is None else self.group[keep],
            weights=None if self.weights is None else self.weights[keep],
            cluster=None if self.cluster is None else self.cluster[keep],
            positions=(np.arange(self.n_obs) if self.positions is None else self.positions)[keep],
        )


def row_shares(sample: Sample, counts: Array | None = None) -> Array:
    """Compute how much each row counts: how often it is taken times its sampling weight, scaled.

    Parameters
    ----------
    sample
        `(n_obs, p)` with sampling weights or without.
    counts
        `(draws, n_obs)` how often each row is taken; once unless given.

    Returns
    -------
    Array
        `(n_obs,)`, or `(draws, n_obs)`; the sum is the number of rows taken.
    """
    taken = np.ones(sample.n_obs) if counts is None else np.asarray(counts, dtype=float)
    if sample.weights is None:
        return taken
    weighted = taken * sample.weights
    scale = taken.sum(axis=-1, keepdims=True) / weighted.sum(axis=-1, keepdims=True)
    shares: Array = weighted * scale
    return shares


def sample(data: Responses | pd.DataFrame, names: Sequence[str]) -> Sample:
    """Take the named columns of a data set as numbers; this is the door through which all data enter.

    Parameters
    ----------
    data
        Scored `Responses`, of which columns beside the items are taken if they hold numbers, or any data frame (pandas;
        polars and pyarrow are converted).
    names
        The columns wanted, in order.

    Returns
    -------
    Sample
        `(n_obs, len(names))`, rows in the order of the data; nothing is dropped here.

    Raises
    ------
    ResponseError
        If a column is missing (the nearest is named), appears twice, or holds text.

    Examples
    --------
    >>> import pandas as pd
    >>> sample(pd.DataFrame({"a": [1, 2], "b": [3, None]}), ["b"]).values.tolist()
    [[3.0], [nan]]
    """
    if isinstance(data, Responses):
        _check_columns(names, column_names(data), data.source)
        places = {name: place for place, name in enumerate(data.columns)}
        if all(name in places for name in names):
            return Sample(tuple(names), data.values[:, [places[name] for name in names]], data.source)
        every = [data.values[:, places[name]] if name in places else further_numbers(data, name) for name in names]
        return Sample(tuple(names), np.column_stack(every), data.source)
    frame = as_frame(data)
    source = source_of(frame)
    labels = frame.columns.tolist()
    columns = [str(label) for label in labels]
    _check_columns(names, columns, source)
    _check_rows(frame, columns, source)
    chosen = [frame[labels[columns.index(name)]] for name in names]
    if all(getattr(column.dtype, "kind", "O") in "iuf" for column in chosen):
        values: Array = np.column_stack([_plain(column) for column in chosen])
        if not (np.abs(values) > LARGEST).any():
            return Sample(tuple(names), values, source, labels=row_labels(frame))
    # One by one where something is to be said of a cell.
    each = [numbers(column, f"{source}: column '{name}'") for column, name in zip(chosen, names, strict=True)]
    return Sample(tuple(names), np.column_stack(each), source, labels=row_labels(frame))


def row_labels(frame: pd.DataFrame) -> Labels | None:
    """Return the index of a data frame, `(n_obs,)`; None where it counts the rows from 0."""
    index = frame.index
    counted = isinstance(index, require("pandas").RangeIndex) and index.start == 0 and index.step == 1
    return None if counted else np.asarray(index.to_numpy())


def _plain(column: pd.Series) -> Array:
    """Return a column of numbers as floats; those of pandas' own types may lack some."""
    if isinstance(column.dtype, np.dtype):
        return np.asarray(column.to_numpy(), dtype=float)
    return np.asarray(column.to_numpy(dtype=float, na_value=np.nan))


def ordered_texts(data: Responses | pd.DataFrame, names: Sequence[str] | None = None) -> Texts:
    """Return the texts of those columns that are pandas categoricals of texts and say their order.

    Parameters
    ----------
    data
        Responses, which are numbers already, or a data frame.
    names
        The columns to look at; all unless given.
    """
    if isinstance(data, Responses):
        return ()
    frame = as_frame(data)
    wanted = {str(column) for column in frame.columns} if names is None else set(names)
    found = []
    for column, dtype in zip(frame.columns, frame.dtypes, strict=True):
        categories = getattr(dtype, "categories", None)
        if str(column) not in wanted or categories is None or not getattr(dtype, "ordered", False):
            continue
        if getattr(categories.dtype, "kind", "O") not in "iufb":
            found.append((str(column), tuple(str(text) for text in categories)))
    return tuple(found)


def with_codes(data: Responses | pd.DataFrame, texts: Texts) -> Responses | pd.DataFrame:
    """Return data with codes from 1 in the place of texts, so that these can be ordered answers.

    Parameters
    ----------
    data
        Responses, which are numbers already, or a data frame.
    texts
        Of these columns, as `ordered_texts` gives them; a text that is not among them stays.

    Examples
    --------
    >>> import pandas as pd
    >>> column = pd.Categorical(["high", "low", None], categories=["low", "high"], ordered=True)
    >>> data = pd.DataFrame({"a": column})
    >>> with_codes(data, ordered_texts(data)).a.tolist()
    [2.0, 1.0, nan]
    """
    if isinstance(data, Responses) or not texts:
        return data
    frame = as_frame(data)
    codes = {name: {text: place + 1.0 for place, text in enumerate(own)} for name, own in texts}
    coded = {
        column: frame[column].astype(object).map(lambda cell, own=codes[str(column)]: own.get(str(cell), cell))
        for column in frame.columns
        if str(column) in codes
    }
    return frame.assign(**{str(name): column for name, column in coded.items()})


def column_names(data: Responses | pd.DataFrame) -> tuple[str, ...]:
    """Return the names of all columns, of items and others."""
    if isinstance(data, Responses):
        return (*data.columns, *data.extras_names)
    return tuple(str(column) for column in as_frame(data).columns)


def source_of(frame: pd.DataFrame) -> str:
    """Return where a frame came from, for messages: one that `read_table` made knows its file."""
    return str(frame.attrs.get("source", "data"))


def as_frame(data: object) -> pd.DataFrame:
    """Return a data frame of any kind as one of pandas.

    Raises
    ------
    ResponseError
        If it is none.
    """
    pandas = require("pandas")
    if isinstance(data, pandas.DataFrame):
        return data  # type: ignore[no-any-return]
    if hasattr(data, "to_pandas"):
        return data.to_pandas()  # type: ignore[no-any-return]
    advice = "Read a file with rt.read_responses(path, survey) or rt.read_table(path)."
    if not isinstance(data, str) and data is not None:
        advice = "Make one of columns with names: pandas.DataFrame(data, columns=[...])."
    raise ResponseError(f"data must be Responses or a data frame, got {type(data).__name__}. {advice}")


def _check_columns(names: Sequence[str], columns: Sequence[str], source: str) -> None:
    missing = [name for name in names if name not in columns]
    if missing:
        guesses = [f"'{name}' (nearest: {nearest(name, columns) or 'none'})" for name in missing]
        only = " One column: is the delimiter of the file another one (delimiter=)?" if len(columns) == 1 else ""
        raise ResponseError(
            f"{source}: not among the columns: {listing(guesses, most=6)}. Columns: {listing(columns) or 'none'}.{only}"
        )
    twice = [name for name in names if list(columns).count(name) > 1]
    if twice:
        raise ResponseError(f"{source}: the column '{twice[0]}' appears more than once; rename one of them.")


def _check_rows(frame: pd.DataFrame, columns: Sequence[str], source: str) -> None:
    """Refuse a matrix of covariances in the place of rows."""
    if frame.shape[0] != frame.shape[1] or frame.shape[0] < 2:
        return
    if [label if isinstance(label, str) else None for label in frame.index] == list(columns):
        raise ResponseError(
            f"{source}: rows and columns have the same names, as in a matrix of covariances; answers are needed. "
            "Covariances are given with the number of rows behind them: rt.moments(data, n_obs)."
        )
