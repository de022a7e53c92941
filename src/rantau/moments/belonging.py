"""Columns that say what a row belongs to and how much it counts: groups, clusters, sampling weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import EstimationError, ResponseError, listing, nearest
from rantau.extras import require
from rantau.moments.sample import Sample, as_frame, source_of
from rantau.survey.instrument import Survey
from rantau.survey.labels import plain
from rantau.survey.numerals import numbers
from rantau.survey.responses import Responses
from rantau.survey.text import token

if TYPE_CHECKING:
    import pandas as pd

#: Text that stands for no answer, in a column that no instrument describes.
EMPTY = ("", "NA")


def belonging(
    sample: Sample,
    data: Responses | pd.DataFrame,
    *,
    group: str | None = None,
    sampling_weights: str | None = None,
    cluster: str | None = None,
) -> Sample:
    """Add to a sample the groups, weights and clusters that other columns of its data name.

    Parameters
    ----------
    sample
        `(n_obs, p)`, the rows of the data.
    data
        Scored responses, whose columns may also be no items of the instrument, or a data frame.
    group
        A column of texts or numbers. Rows without an entry are left out and counted.
    sampling_weights
        A column of positive numbers.
    cluster
        A column of texts or numbers, such as a school.

    Returns
    -------
    Sample
        With labels in the order met in the data.

    Raises
    ------
    ResponseError
        If a column is not there, or holds something else.
    EstimationError
        If there are fewer than two groups or clusters, or fewer than two rows in a group.
    """
    if sampling_weights is not None:
        sample = sample.replace(weights=_weights(data, sampling_weights, sample.source, "sampling_weights"))
    if cluster is not None:
        codes, labels = labelled(named_column(data, cluster, "cluster"))
        sample = sample.replace(cluster=codes)
        if len(labels) < 2:
            raise EstimationError(
                f"{sample.source}: the column '{cluster}' (cluster) has {len(labels)} "
                f"cluster{'' if len(labels) == 1 else 's'}; two at least are needed."
            )
    if group is not None:
        codes, labels = labelled(named_column(data, group, "group"))
        _check_groups(codes, labels, f"{sample.source}: the column '{group}' (group)")
        whole = sample.replace(group=codes, groups=labels, ungrouped=int((codes < 0).sum()))
        sample = whole.rows(codes >= 0) if whole.ungrouped else whole
    # Looked at last: a row that belongs to no group needs neither.
    if sampling_weights is not None and sample.weights is not None:
        _refuse(~(sample.weights > 0), sample, f"'{sampling_weights}' (sampling_weights)", "a positive weight")
    if sample.cluster is not None:
        _refuse(sample.cluster < 0, sample, f"'{cluster}' (cluster)", "a cluster")
    return sample


def memberships(data: Responses | pd.DataFrame, name: str, *, option: str = "by") -> tuple[Indices, tuple[str, ...]]:
    """Return the group of each row by a column of the data: numbers `(n_obs,)`, -1 where there is no entry, and labels.

    Parameters
    ----------
    data
        Scored responses or a data frame.
    name
        A column of texts or numbers.
    option
        What the caller calls it, for messages.

    Raises
    ------
    ResponseError
        If the column is not there, or holds lists or the like.
    """
    return labelled(named_column(data, name, option))


def _asked(survey: Survey, wording: str) -> str:
    """Return the code of the question of this wording, as a file may name its column; empty where there is none."""
    sought = plain(wording)
    return next(
        (one.code for one in survey.questions if any(plain(text) == sought for _, text in one.wording.texts)), ""
    )


def named_column(data: Responses | pd.DataFrame, name: str, option: str) -> pd.Series:
    """Return one column, `(n_obs,)`, whatever it holds.

    Parameters
    ----------
    data
        Scored responses or a data frame.
    name
        Of an item, or of a column that is none.
    option
        What the caller calls it, for messages.

    Raises
    ------
    ResponseError
        If the column is not there, or there twice.
    """
    pandas = require("pandas")
    if isinstance(data, Responses):
        names: Sequence[str] = (*data.columns, *data.extras_names)
        source = data.source
    else:
        frame = as_frame(data)
        names, source = [str(column) for column in frame.columns], source_of(frame)
    if name not in names:
        asked = _asked(data.survey, str(name)) if isinstance(data, Responses) else ""
        guess = nearest(str(name), names)
        hint = f" Did you mean '{guess}'?" if guess else ""
        if asked in names:
            hint = f" The question is called '{asked}': {option}='{asked}'."
        raise ResponseError(
            f"{source}: {option}='{name}': the data have no such column.{hint} Columns: {listing(names)}."
        )
    if list(names).count(name) > 1:
        raise ResponseError(f"{source}: the column '{name}' appears more than once; rename one of them.")
    place = list(names).index(name)
    if not isinstance(data, Responses):
        found: pd.Series = frame.iloc[:, place]
    elif place < len(data.columns):
        found = pandas.Series(np.array(data.values[:, place]))
    else:
        found = pandas.Series(_given(data, name, np.array(data.extras[:, place - len(data.columns)])))
    return found.reset_index(drop=True)


def _given(data: Responses, name: str, cells: Array) -> Array:
    """Empty the cells that the instrument declares to be no answer."""
    question = data.survey.demographic(name)
    missing = {token(each) for each in question.missing} if question is not None else set()
    if missing:
        cells[[token(str(cell)) in missing for cell in cells]] = ""
    return cells


def labelled(column: pd.Series) -> tuple[Indices, tuple[str, ...]]:
    """Give each row the number of its entry, in the order in which entries are met.

    Parameters
    ----------
    column
        `(n_obs,)` texts or numbers.

    Returns
    -------
    tuple
        Numbers `(n_obs,)`, -1 where there is no entry; and the entries as texts.

    Raises
    ------
    ResponseError
        If it holds lists or the like.
    """
    try:
        codes, entries = require("pandas").factorize(column)
    except TypeError:
        kind = type(column.iloc[0]).__name__
        raise ResponseError(f"the column '{column.name}' holds a {kind}; a text or a number is needed.") from None
    texts = [_label(entry) for entry in entries]
    labels = tuple(dict.fromkeys(text for text in texts if text not in EMPTY))
    place = {label: position for position, label in enumerate(labels)}
    translated = np.array([*(place.get(text, -1) for text in texts), -1], dtype=np.intp)
    # A code of -1 finds the last entry, which is -1.
    return translated[codes], labels


def _label(entry: Any) -> str:  # noqa: ANN401 - a cell
    if isinstance(entry, float | np.floating) and float(entry).is_integer():
        return str(int(entry))
    return str(entry).strip()


def weighted(sample: Sample, data: Responses | pd.DataFrame, name: str, *, option: str = "sampling_weights") -> Sample:
    """Add to a sample the weights of its rows.

    Parameters
    ----------
    sample
        `(n_obs, p)`, the rows of the data.
    data
        Scored responses or a data frame.
    name
        A column of positive numbers.
    option
        What the caller calls it, for messages.

    Raises
    ------
    ResponseError
        If the column is not there, holds text, or a number that is missing or not positive.
    """
    sample = sample.replace(weights=_weights(data, name, sample.source, option))
    if sample.weights is not None:
        _refuse(~(sample.weights > 0), sample, f"'{name}' ({option})", "a positive weight")
    return sample


def _weights(data: Responses | pd.DataFrame, name: str, source: str, option: str) -> Array:
    column = named_column(data, name, option)
    if isinstance(data, Responses):
        # Columns that no instrument describes are text.
        column = column.map(lambda cell: None if isinstance(cell, str) and cell.strip() in EMPTY else cell)
    return numbers(column, f"{source}: column '{name}' ({option})")


def _check_groups(codes: Indices, labels: tuple[str, ...], where: str) -> None:
    if len(labels) < 2:
        what = f"'{labels[0]}' in every row" if labels else "no entry in any row"
        raise EstimationError(f"{where} has {what}; two groups at least are needed. Leave group= out for one.")
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels))
    small = [label for label, size in zip(labels, sizes, strict=True) if size < 2]
    if len(small) == len(labels):
        raise EstimationError(
            f"{where} has another entry in every row, so it divides nothing: {listing(labels, most=6)}. "
            "Give the column that says to which group a row belongs."
        )
    if small:
        raise EstimationError(
            f"{where}: group '{small[0]}' has 1 row, and nothing can be estimated from fewer than two. The groups: "
            f"{listing([f'{label} ({size})' for label, size in zip(labels, sizes, strict=True)])}. Join it with "
            "another, or leave its rows out."
        )


def check_clusters(sample: Sample) -> None:
    """Refuse rows of which some group lies in one cluster: nothing then says how clusters differ.

    Raises
    ------
    EstimationError
        Naming the group.
    """
    if sample.cluster is None:
        return
    for place, label in enumerate(sample.groups):
        if np.unique(sample.cluster[sample.membership == place]).size < 2:
            where = f", group '{label}'," if label else ""
            raise EstimationError(
                f"{sample.source}: the rows that are used{where} are of one cluster; two at least are needed"
                f"{' in each group' if label else ''}, or nothing says how clusters differ. Leave cluster= out, or "
                "give the column of smaller units."
            )


def _refuse(wrong: Any, sample: Sample, column: str, needed: str) -> None:  # noqa: ANN401 - a mask
    rows = np.flatnonzero(wrong)
    if rows.size:
        more = f" and {rows.size - 1} more" if rows.size > 1 else ""
        got = ""
        if sample.weights is not None and "weights" in column:
            value = sample.weights[rows[0]]
            got = ", got none" if np.isnan(value) else f", got {value:g}"
        where = f"row {rows[0] + 1}{more}" if not sample.ungrouped else f"row {rows[0] + 1}{more} of those in a group"
        raise ResponseError(f"{sample.source}: column {column}, {where}: {needed} is needed{got}. Leave such rows out.")
