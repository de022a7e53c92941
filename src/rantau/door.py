"""What enters an engine: the model as a Model, the data as a Sample, both checked once, here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.errors import EstimationError, ModelSyntaxError, ResponseError, nearest
from rantau.model.locate import first_use, located
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.moments.sample import Sample, sample
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd


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
    raise ModelSyntaxError(f"a model must be a Model or its text, got {type(model).__name__}.")


def take_sample(model: Model, data: Responses | pd.DataFrame, *, names: Sequence[str] | None = None) -> Sample:
    """Take the variables of a model from a data set, with errors that point into the model file.

    Parameters
    ----------
    model
        The model.
    data
        Scored responses or a data frame.
    names
        Which variables, in which order; all observed ones unless given.

    Returns
    -------
    Sample
        `(n_obs, n_items)`, columns in the order of `names`.

    Raises
    ------
    ResponseError
        If a variable is not in the data (file, line, column and nearest name), or holds text.
    EstimationError
        If there are no rows, or a variable has the same value in every row.
    """
    wanted = tuple(names) if names is not None else model.observed
    if isinstance(data, Responses):
        columns: tuple[str, ...] = data.columns
    else:
        columns = tuple(str(column) for column in getattr(data, "columns", ()))
    for name in wanted:
        if columns and name not in columns:
            guess = nearest(name, (*columns, *model.constructs))
            hint = f" Did you mean '{guess}'?" if guess else ""
            raise ResponseError(
                located(
                    f"'{name}' is not in the data.{hint} The data have {len(columns)} columns: "
                    f"{', '.join(columns[:10])}{', ...' if len(columns) > 10 else ''}.",
                    text=model.text,
                    source=model.source,
                    span=first_use(model, name),
                )
            )
    taken = sample(data, wanted)
    if taken.n_obs < 2:
        raise EstimationError(f"{taken.source}: {taken.n_obs} rows; nothing can be estimated from fewer than two.")
    check_spread(taken)
    return taken


def check_spread(taken: Sample) -> None:
    """Refuse a sample in which an item has no answers or one value only.

    Parameters
    ----------
    taken
        `(n_obs, n_items)`.

    Raises
    ------
    EstimationError
        Naming the item.
    """
    with np.errstate(all="ignore"):
        spread = np.nanmax(taken.values, axis=0, initial=-np.inf) - np.nanmin(taken.values, axis=0, initial=np.inf)
    for name, width, column in zip(taken.names, spread, taken.values.T, strict=True):
        if not width > 0:
            answered = column[~np.isnan(column)]
            what = f"the value {answered[0]:g} in every row" if answered.size else "no answer in any row"
            raise EstimationError(
                f"{taken.source}: '{name}' has {what}; a constant item carries no information. "
                "Take it out of the model, or look for a coding fault."
            )
