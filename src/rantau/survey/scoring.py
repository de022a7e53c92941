"""Scale scores: one number per respondent and construct."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

import numpy as np

from rantau.arrays import Array
from rantau.errors import DataWarning, OptionError, listing
from rantau.extras import require
from rantau.options import choose, is_number, one_text
from rantau.survey.correlations import rest_correlations
from rantau.survey.frame import answers_of, check_within, frame_of, missing_codes
from rantau.survey.keys import Bounds, Key, Keys, keys_of, read_keys
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: From a key to its keyed answers `(n, items)`, fetched one key at a time: all at once would be the data again.
Fetch: TypeAlias = "Callable[[Key], Array]"
METHODS = ("mean", "sum", "prorated_sum")
FACTOR_METHODS = ("regression", "bartlett", "map", "eap", "ml")


class Scored(Protocol):
    """A fit that has scores of its constructs."""

    def scores(self) -> pd.DataFrame:
        """Return them, by the place of the row in the data."""


def score(
    data: Responses | pd.DataFrame,
    keys: Keys | None = None,
    *,
    scale: Bounds | None = None,
    method: str = "",
    minimum_answered: float | None = None,
    missing: float | Sequence[float] = (),
    fit: Scored | None = None,
) -> pd.DataFrame:
    """Score each construct by the mean or the sum of its items, or as a fit weighs them.

    Items are reverse-coded between their declared bounds. The mean of whatever was answered, and the sum prorated
    with it, is biased even where answers are missing completely at random (Mazza, Enders & Ruehlman, 2015), unless the
    items of a scale share one mean and one correlation. For a model, prefer full information maximum likelihood
    (`missing="fiml"`) on the items themselves.

    Parameters
    ----------
    data
        From `read_responses`; or any data frame of numbers, with `keys`.
    keys
        For a data frame: columns by scale, `-` before those that are reversed, `{"DE": ["de1", "de2", "-de3"]}`. A
        scale of higher order lists the names of others: `{"A": [...], "B": [...], "Both": ["A", "B"]}`. For responses
        only to score other scales than those of their instrument.
    scale
        For a data frame: the lowest and the highest answer, `(1, 5)`, or several by key or column. Needed where
        something is reversed; answers outside are refused.
    method
        `mean`, the usual one; `sum`, for those who answered every item; `prorated_sum`, the mean times the number of
        items (of a scale of higher order: the sum of its parts, over the share of items that those have). With `fit`:
        `regression` or `bartlett`, for a fit of the covariance engine; `map`, `eap` or `ml` where its answers are
        ordered.
    minimum_answered
        The share of a construct's items, from 0 to 1, that a respondent must have answered to get a score; half of
        them unless given. A `sum` needs them all.
    missing
        For a data frame: numbers that mean no answer, such as -99.
    fit
        From `rt.cfa`, `rt.sem` or `rt.pls`: scores of its constructs.

    Returns
    -------
    DataFrame
        `(n, constructs)`; NaN for who answered too few items. A construct of higher order is scored from the scores
        of its parts. Rows as in the data, with the index of a data frame; those of responses are numbered from 0.

    Raises
    ------
    OptionError
        If an option is not allowed, or keys are not as they should be.
    ResponseError
        If a cell is no number, or lies outside its scale.

    Warns
    -----
    DataWarning
        If an item correlates negatively with the rest of its scale: mostly a `reversed` that is missing in
        the instrument, or one too many.

    Source
    ------
    Mazza, G. L., Enders, C. K., & Ruehlman, L. S. (2015). Addressing item-level missing data: A comparison of
    proration and full information maximum likelihood estimation. Multivariate Behavioral Research, 50(5),
    504-519.

    Examples
    --------
    >>> from rantau.survey import read_responses, read_survey
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> scores = score(read_responses("surveys/mobile/responses.csv", survey))
    >>> scores.loc[0, ["Value", "Loyalty"]].tolist()
    [2.5, 5.666666666666667]

    A data frame needs no instrument:

    >>> import pandas as pd
    >>> data = pd.DataFrame({"de1": [1, 5, 4], "de2": [2, 5, 4], "de3": [5, 2, 2]})
    >>> score(data, {"DE": ["de1", "de2", "-de3"]}, scale=(1, 5))["DE"].round(2).tolist()
    [1.33, 4.67, 4.0]
    """
    codes = missing_codes(missing)
    if fit is not None:
        unused = {"keys": keys, "scale": scale, "missing": codes or None, "minimum_answered": minimum_answered}
        for option in (name for name, given in unused.items() if given is not None):
            raise OptionError(
                f"{option}= is of means and sums, and fit= scores as the fit does. Leave one of them out."
            )
        return _by_fit(data, fit, method)
    way = choose("method", one_text("method", method) or "mean", METHODS)
    enough = _share(minimum_answered, way)
    made, columns, told = columns_to_score(data, keys, scale, codes)
    warn_of_negative_items(made, columns, told)
    found: dict[str, Array] = {}
    n_items: dict[str, int] = {}
    waiting = list(made)
    while waiting:
        ready = [key for key in waiting if all(part in found for part in key.parts)]
        if not ready:
            raise OptionError(f"scales of higher order go round in a circle: {listing(key.name for key in waiting)}.")
        for key in ready:
            parts = np.column_stack([found[part] for part in key.parts]) if key.parts else columns(key)
            sizes = np.array([n_items[part] for part in key.parts] or [1] * len(key.items), dtype=float)
            found[key.name], n_items[key.name] = _scores(parts, sizes, way, enough), int(sizes.sum())
        waiting = [key for key in waiting if key not in ready]
    table: pd.DataFrame = require("pandas").DataFrame({key.name: found[key.name] for key in made}, index=index_of(data))
    return table


def index_of(data: Responses | pd.DataFrame) -> pd.Index | None:
    """Return the index of a data frame, which its scores have as well; None of responses."""
    return None if isinstance(data, Responses) else frame_of(data).index


def columns_to_score(
    data: Responses | pd.DataFrame, keys: Keys | None, scale: Bounds | None, missing: Sequence[float]
) -> tuple[tuple[Key, ...], Fetch, str]:
    """Return the keys, what fetches the keyed answers of each, and what the data are called in messages."""
    if isinstance(data, Responses):
        return _of_responses(data, keys, scale, missing)
    frame = frame_of(data)
    source = str(frame.attrs.get("source", "data"))
    if keys is None:
        raise OptionError(
            "a data frame says nothing of which columns belong together: give keys, such as "
            "rt.score(data, {'DE': ['de1', 'de2', '-de3']}, scale=(1, 5)), or read the answers with an instrument."
        )
    made = read_keys(keys, [str(column) for column in frame.columns], scale, source=source)
    return made, partial(_keyed, frame, missing=missing), source


def _of_responses(
    data: Responses, keys: Keys | None, scale: Bounds | None, missing: Sequence[float]
) -> tuple[tuple[Key, ...], Fetch, str]:
    if scale is not None or len(missing):
        raise OptionError("responses know their scales and what means no answer; leave `scale` and `missing` out.")
    if keys is None:
        made = keys_of(data.survey)
        return made, partial(_columns, data), data.source
    if any(code.removeprefix("-") in data.columns for code in _turned(keys)):
        raise OptionError("items of responses are reverse-coded already as their instrument says; leave the `-` out.")
    made = read_keys(keys, data.columns, None, source=data.source)
    return made, partial(_columns, data), data.source


def _turned(keys: Keys) -> Iterator[str]:
    """Yield the entries that are to be reversed; what is no key is refused by `read_keys`."""
    for entries in keys.values() if isinstance(keys, Mapping) else ():
        yield from (entry for entry in entries if isinstance(entry, str) and entry.startswith("-"))


def _columns(data: Responses, key: Key) -> Array:
    found = [data.column(code) for code in key.items]
    return np.column_stack(found) if found else np.empty((data.n_obs, 0))


def _keyed(frame: pd.DataFrame, key: Key, missing: Sequence[float]) -> Array:
    """Return the columns of a key `(n, items)`, checked against their bounds and turned where they are reversed."""
    found = []
    for code, turn, low, high in zip(key.items, key.reversed, key.low, key.high, strict=True):
        values = answers_of(frame, code, missing)
        check_within(values, code, low, high)
        found.append(low + high - values if turn else values)
    return np.column_stack(found) if found else np.empty((len(frame), 0))


def _scores(values: Array, sizes: Array, method: str, minimum_answered: float) -> Array:
    """Return one construct's scores `(n,)` from its items, or from the scores of its parts, `(n, k)`.

    `sizes` `(k,)`: how many items each part has. In a prorated sum a long part that is lacking counts for more.
    """
    there = np.isfinite(values)
    answered = there.sum(axis=1)
    enough = (answered > 0) & (answered / values.shape[1] >= minimum_answered)
    totals = np.where(there, values, 0.0).sum(axis=1)
    share = answered if method == "mean" else there @ sizes / sizes.sum()
    scores: Array = np.divide(totals, share, out=np.full(len(values), np.nan), where=enough)
    return scores


def _share(minimum_answered: float | None, method: str) -> float:
    """Return the share of items that must be answered."""
    if minimum_answered is None:
        return 1.0 if method == "sum" else 0.5
    if not is_number(minimum_answered) or not 0 <= minimum_answered <= 1:
        raise OptionError(f"minimum_answered is {minimum_answered}; allowed: a share from 0 to 1.")
    if method == "sum" and minimum_answered < 1:
        raise OptionError(
            "a sum over fewer items than others answered is no score on the same scale. Take method='prorated_sum', "
            "or leave minimum_answered out."
        )
    return float(minimum_answered)


def _by_fit(data: Any, fit: Any, method: str) -> pd.DataFrame:  # noqa: ANN401 - as score
    """Return the scores of a fit, a row for each of the data."""
    if not hasattr(fit, "scores"):
        raise OptionError(
            f"fit is {type(fit).__name__}, which has no scores; give what rt.cfa, rt.sem or rt.pls returned."
        )
    frame = None if isinstance(data, Responses) else frame_of(data)
    n_obs = data.n_obs if frame is None else len(frame)
    known = inspect.signature(fit.scores).parameters
    if "method" in known:
        way = choose("method", method or "regression", FACTOR_METHODS)
        # Where rows stand is told by labels, which need not differ: those of the frame come back at the end.
        scores = fit.scores(way, data=data if frame is None else frame.reset_index(drop=True))
    elif method:
        raise OptionError(f"method is '{method}'; scores of PLS are the weighted sums of their items. Leave it out.")
    else:
        scores = fit.scores().reset_index(drop=True)
        if len(scores) != n_obs:
            raise OptionError(f"the fit has scores of its {len(scores)} rows, and the data have {n_obs}.")
    table: pd.DataFrame = scores.reindex(range(n_obs))
    return table if frame is None else table.set_axis(frame.index)


def warn_of_negative_items(keys: Sequence[Key], columns: Fetch, source: str) -> None:
    """Warn of items that correlate negatively with the rest of their scale after reversing."""
    told = [
        f"{code} of {key.name} (r = {r:.2f})"
        for key in keys
        for code, r in zip(key.items, rest_correlations(columns(key)), strict=True)
        if r < 0
    ]
    if told:
        warnings.warn(
            f"{source}: after reverse-coding, these items correlate negatively with the rest of "
            f"their scale: {listing(told)}. Compare their wording with how they are keyed: `reversed` in an "
            "instrument, `-` before a column.",
            DataWarning,
            stacklevel=3,
        )
