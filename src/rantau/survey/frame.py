"""Answers from a data frame, without an instrument."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.arrays import Array
from rantau.errors import OptionError, ResponseError, listing
from rantau.extras import require
from rantau.options import is_number, is_several, one_text
from rantau.survey.instrument import Construct, Item, Scale, Survey, Wording
from rantau.survey.keys import Bounds, Key, Keys, read_keys
from rantau.survey.numerals import numbers
from rantau.survey.responses import Change, Responses

if TYPE_CHECKING:
    import pandas as pd


def responses_of(
    data: pd.DataFrame, keys: Keys, *, scale: Bounds, missing: float | Sequence[float] = (), title: str = "Survey"
) -> Responses:
    """Take a data frame of numbers for the answers to a survey, so that it can be screened and described.

    Parameters
    ----------
    data
        A row per respondent, `(n, columns)`.
    keys
        Columns by construct, `-` before those that are reversed: `{"DE": ["de1", "de2", "-de3"]}`.
    scale
        The lowest and the highest answer, `(1, 5)`, or several by key or column: `{"DE": (1, 5), "age": (18, 99)}`.
    missing
        Numbers that mean no answer, such as -99.
    title
        Of the survey.

    Returns
    -------
    Responses
        Columns of no key are its extras; rows are counted from 1.

    Raises
    ------
    OptionError
        If keys or scale are not as they should be, or a column belongs to two keys.
    ResponseError
        If a cell is no number, or lies outside its scale.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"de1": [1, 5, 4], "de2": [5, 1, -99], "age": [31, 45, 28]})
    >>> responses = responses_of(data, {"DE": ["de1", "-de2"]}, scale=(1, 5), missing=[-99])
    >>> responses.values.tolist(), responses.extras_names
    ([[1.0, 1.0], [5.0, 5.0], [4.0, nan]], ('age',))
    """
    one_text("title", title)
    codes_for_none = missing_codes(missing)
    frame = frame_of(data)
    names = tuple(str(column) for column in frame.columns)
    made = read_keys(keys, names, scale)
    codes = [code for key in made for code in key.items]
    twice = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    if twice:
        raise OptionError(f"{listing(twice)} belongs to more than one key; rt.score allows that, a survey does not.")
    constructs = tuple(_construct(key) for key in made)
    survey = Survey(Wording((("en", title),)), ("en",), "", constructs, (), "")
    columns = tuple(name for name in names if name in codes)
    entered = np.column_stack([answers_of(frame, code, codes_for_none) for code in columns])
    values = np.array(entered)
    for key in made:
        for code, turn, low, high in zip(key.items, key.reversed, key.low, key.high, strict=True):
            check_within(entered[:, columns.index(code)], code, low, high)
            if turn:
                values[:, columns.index(code)] = low + high - values[:, columns.index(code)]
    others = [name for name in names if name not in codes]
    places = [names.index(name) for name in columns]
    cells = frame.astype(object).to_numpy()
    gone = sum(int((np.isin(answers_of(frame, code), codes_for_none)).sum()) for code in columns)
    log = (Change("", f"{listing(f'{code:g}' for code in codes_for_none)} read as missing", gone),) if gone else ()
    return Responses(
        survey,
        columns,
        values,
        cells[:, places],
        tuple(range(1, len(frame) + 1)),
        tuple(others),
        cells[:, [names.index(name) for name in others]],
        str(frame.attrs.get("source", "data")),
        log=log,
    )


def _construct(key: Key) -> Construct:
    name = Wording((("en", key.name),))
    items = tuple(
        Item(code, key.name, Wording((("en", code),)), _scale(code, low, high), turn, (), "", "", "")
        for code, turn, low, high in zip(key.items, key.reversed, key.low, key.high, strict=True)
    )
    return Construct(key.name, name, name, "", "", items, key.parts)


def _scale(code: str, low: float, high: float) -> Scale:
    if math.isnan(low):
        raise OptionError(f"scale says nothing of '{code}'; give its lowest and highest answer.")
    if not (low.is_integer() and high.is_integer()):
        raise OptionError(f"scale of '{code}' is ({low:g}, {high:g}); a rating scale has whole numbers as bounds.")
    return Scale(f"from {low:g} to {high:g}", int(low), int(high), ())


def frame_of(data: Any) -> pd.DataFrame:  # noqa: ANN401 - a frame of any package
    """Return a data frame of any kind as one of pandas.

    Raises
    ------
    ResponseError
        If it is none, or two columns share a name.
    """
    frame = data
    if not isinstance(data, require("pandas").DataFrame):
        if not hasattr(data, "to_pandas"):
            raise ResponseError(
                f"data must be Responses or a data frame, got {type(data).__name__}. "
                "Read a file with rt.read_responses(path, survey) or rt.read_table(path)."
            )
        frame = data.to_pandas()
    names = [str(column) for column in frame.columns]
    twice = [name for name in dict.fromkeys(names) if names.count(name) > 1]
    if twice:
        raise ResponseError(f"data: {listing(twice)} is the name of more than one column; rename one of them.")
    found: pd.DataFrame = frame
    return found


def answers_of(frame: pd.DataFrame, code: str, missing: Sequence[float] = ()) -> Array:
    """Return a column as numbers `(n,)`, NaN where there is none or one of those that mean no answer.

    Raises
    ------
    ResponseError
        If a cell is no number, with its row.
    """
    column = frame.iloc[:, [str(each) for each in frame.columns].index(code)]
    values = np.array(numbers(column, f"{frame.attrs.get('source', 'data')}: column '{code}'"))
    values[np.isin(values, missing)] = np.nan
    return values


def missing_codes(missing: Any) -> tuple[float, ...]:  # noqa: ANN401 - whatever a caller gives
    """Return the numbers that mean no answer; one alone counts as a list of one.

    Raises
    ------
    OptionError
        If something else is given.
    """
    codes = () if missing is None else tuple(missing) if is_several(missing) else (missing,)
    if not all(map(is_number, codes)):
        raise OptionError(f"missing= takes numbers that mean no answer, such as missing=[-99]; got {missing!r}.")
    return tuple(map(float, codes))


def check_within(values: Array, code: str, low: float, high: float) -> None:
    """Refuse answers outside the declared bounds; NaN bounds allow everything.

    Raises
    ------
    ResponseError
        With the row and the value of the first.
    """
    outside = np.flatnonzero((values < low) | (values > high))
    if outside.size:
        raise ResponseError(
            f"data: column '{code}', row {int(outside[0]) + 1}: {values[outside[0]]:g} is outside the scale from "
            f"{low:g} to {high:g} (cells outside it in all: {outside.size}). If it means no answer, say so: "
            f"missing=[{values[outside[0]]:g}]."
        )
