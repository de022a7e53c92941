"""What enters an engine: the model as a Model, the data as a Sample, both checked once, here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.errors import EstimationError, ModelSyntaxError, ResponseError, nearest
from rantau.model.locate import first_use, located
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.moments.belonging import belonging, weighted
from rantau.moments.sample import Sample, column_names, sample
from rantau.moments.summary import SummaryStatistics
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: Fourth powers of what differs by less are no numbers.
SMALLEST = 1e-70


def as_model(model: Model | str) -> Model:
    """Return a model; text in the model language is read first.

    Raises
    ------
    ModelSyntaxError
        If the text has a fault, or looks like a file's name.
    """
    if isinstance(model, Model):
        return model
    if isinstance(model, str):
        if model.strip().endswith(".sem") and "\n" not in model.strip():
            raise ModelSyntaxError(f"'{model}' is a file's name, not a model: use rt.read_model('{model}').")
        return parse_model(model)
    raise ModelSyntaxError(
        f"a model must be a Model or its text, got {type(model).__name__}. The model comes first, then the data."
    )


def take_sample(
    model: Model,
    data: Responses | pd.DataFrame,
    *,
    names: Sequence[str] | None = None,
    group: str | None = None,
    sampling_weights: str | None = None,
    cluster: str | None = None,
    weights: str | None = None,
) -> Sample:
    """Take the variables of a model from a data set, with errors that point into the model file.

    Parameters
    ----------
    model
        The model.
    data
        Scored responses or a data frame.
    names
        Which variables, in which order; all observed ones unless given.
    group
        The column that says to which group a row belongs, in texts or numbers. Rows without an entry are left out;
        the sample knows how many.
    sampling_weights
        The column with each row's weight, a positive number.
    cluster
        The column that says to which cluster a row belongs, such as a school.
    weights
        As `sampling_weights`, for the engine that calls it so.

    Returns
    -------
    Sample
        `(n_obs, n_items)`, columns in the order of `names`, groups in the order met in the data.

    Raises
    ------
    ResponseError
        If a variable is not in the data (file, line, column and nearest name), or holds text; if a column for
        groups, weights or clusters is not there, is a variable of the model, or holds what it cannot.
    EstimationError
        If there are fewer than two rows, or two groups, or two rows in a group, or a variable has the same value
        in every row of a group.
    """
    wanted = tuple(names) if names is not None else model.observed
    columns = column_names(data) if hasattr(data, "columns") else ()
    for name in wanted:
        if columns and name not in columns:
            raise _absent(model, name, columns, f"The data have {len(columns)} columns")
    asked = (("group", group), ("sampling_weights", sampling_weights), ("weights", weights), ("cluster", cluster))
    for option, column in asked:
        if column is not None and column in wanted:
            raise ResponseError(
                located(
                    f"'{column}' is a variable of the model, so it cannot be {option}= as well. Take it out of the "
                    "model, or give another column.",
                    text=model.text,
                    source=model.source,
                    span=first_use(model, column),
                )
            )
    taken = sample(data, wanted)
    if weights is not None:
        taken = weighted(taken, data, weights, option="weights")
    taken = belonging(taken, data, group=group, sampling_weights=sampling_weights, cluster=cluster)
    if taken.n_obs < 2:
        rows = f"{taken.n_obs} row{'' if taken.n_obs == 1 else 's'}"
        raise EstimationError(f"{taken.source}: {rows}; nothing can be estimated from fewer than two.")
    check_spread(taken)
    return taken


def take_summary(model: Model, data: SummaryStatistics, *, names: Sequence[str] | None = None) -> SummaryStatistics:
    """Take the variables of a model from summary statistics, with errors that point into the model file.

    Parameters
    ----------
    model
        The model.
    data
        Means and covariances, as `moments` or `read_moments` give them.
    names
        Which variables, in which order; all observed ones unless given.

    Returns
    -------
    SummaryStatistics
        Of these variables, in this order.

    Raises
    ------
    ResponseError
        If a variable is not among them (file, line, column and nearest name).
    """
    wanted = tuple(names) if names is not None else model.observed
    for name in wanted:
        if name not in data.names:
            raise _absent(model, name, data.names, f"The covariance matrix has {len(data.names)} variables")
    return data.take(wanted)


def _absent(model: Model, name: str, columns: tuple[str, ...], what: str) -> ResponseError:
    padded = next((column for column in columns if column.strip() == name), "")
    # A column's number is no name in a model.
    others = (construct for construct in model.constructs if name not in model.block(construct).items)
    guess = nearest(name, (column for column in (*columns, *others) if not column[:1].isdigit()))
    # As form tools put a code before its question: `TR1. I trust`, `[TR1] I trust`.
    before = re.compile(rf"\[?{re.escape(name)}\]?(\W\s|\s)")
    coded = next((column for column in columns if before.match(column)), "")
    hint = f" Did you mean '{guess}'?" if guess else ""
    if coded:
        hint = f" Is it '{coded}'? Say so in reading: columns={{'{name}': '...'}}; or give it this name."
    if len(columns) == 1:
        hint = " Is the delimiter of the file another one (delimiter=)?"
    if padded:
        hint = f" There is '{padded}', with a space: data.columns = data.columns.str.strip() takes it off."
    shown = f"{', '.join(columns[:10])}{', ...' if len(columns) > 10 else ''}"
    return ResponseError(
        located(
            f"'{name}' is not in the data.{hint} {what}: {shown}.",
            text=model.text,
            source=model.source,
            span=first_use(model, name),
        )
    )


def check_spread(taken: Sample) -> None:
    """Refuse a sample in which an item has no answers or one value only, in any group.

    Parameters
    ----------
    taken
        `(n_obs, n_items)`.

    Raises
    ------
    EstimationError
        Naming the item and the group.
    """
    for place, label in enumerate(taken.groups):
        values = taken.values if taken.group is None else taken.values[taken.group == place]
        spread = values.max(axis=0, initial=-np.inf) - values.min(axis=0, initial=np.inf)
        if (spread > SMALLEST).all():
            continue
        with np.errstate(all="ignore"):
            spread = np.nanmax(values, axis=0, initial=-np.inf) - np.nanmin(values, axis=0, initial=np.inf)
        for name, width, column in zip(taken.names, spread, values.T, strict=True):
            if not width > 0:
                answered = column[~np.isnan(column)]
                what = f"the value {answered[0]:g} in every row" if answered.size else "no answer in any row"
                where = f"{taken.source}, group '{label}'" if label else taken.source
                within = " of this group" if label else ""
                raise EstimationError(
                    f"{where}: '{name}' has {what}{within}; a constant item carries no information. "
                    "Take it out of the model, or look for a coding fault."
                )
            if width < SMALLEST:
                where = f"{taken.source}, group '{label}'" if label else taken.source
                raise EstimationError(
                    f"{where}: '{name}' differs by {width:g} at most, too little to be squared. Give it in a smaller "
                    "unit (multiply the column by a power of ten)."
                )
