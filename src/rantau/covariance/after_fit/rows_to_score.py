"""The rows that a fit can score: its own, or others with the answers that it needs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import OptionError, ResponseError, listing
from rantau.extras import require
from rantau.model.products import Product
from rantau.moments.belonging import labelled
from rantau.moments.sample import Sample, as_frame, sample, source_of, with_codes
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit


def rows_to_score(fit: SemFit, data: Responses | pd.DataFrame | None) -> Sample:
    """Return the rows that the fit used, or those of other data that have the answers it needs.

    Raises
    ------
    OptionError
        If the fit was made from moments and no data are given.
    ResponseError
        If a variable is not in the data, or a group is not one of the fit.
    """
    if data is None:
        if fit.sample is None:
            raise OptionError("this fit was made from moments; give the rows to score: data=...")
        return fit.sample
    if fit.sample is None and not fit.table.mean_structure and not fit.moments.mean.any():
        raise OptionError(
            "this fit was made from covariances without means, so nobody knows where a score of 0 lies; give them, and "
            "fit with meanstructure=True."
        )
    products = {name: pair for one in fit.request.expanded.products for name, pair in _pairs(one)}
    wanted = dict.fromkeys(part for name in fit.table.observed for part in products.get(name, (name,)))
    if fit.sample is not None:
        data = with_codes(data, fit.sample.texts)
    rows = sample(data, tuple(wanted))
    keep = np.ones(rows.n_obs, dtype=bool)
    if fit.groups and not fit.request.group:
        raise OptionError(
            "this fit was made from the moments of groups, so it does not know which column says to which group a row "
            "belongs; fit the rows with group= to score rows."
        )
    if fit.groups:
        codes = groups_of(data, fit.request.group, fit.groups)
        rows, keep = rows.replace(group=np.maximum(codes, 0), groups=fit.groups), codes >= 0
    columns = [
        _multiplied(fit, rows, name, products[name]) if name in products else rows.values[:, rows.names.index(name)]
        for name in fit.table.observed
    ]
    rows = rows.replace(names=fit.table.observed, values=np.column_stack(columns))
    gaps = np.isnan(rows.values)
    keep &= ~(gaps.any(axis=1) if fit.request.missing == "listwise" else gaps.all(axis=1))
    return rows.rows(keep)


def _pairs(product: Product) -> Iterator[tuple[str, tuple[str, str]]]:
    return zip(product.columns, product.pairs, strict=True)


def _multiplied(fit: SemFit, rows: Sample, name: str, pair: tuple[str, str]) -> Array:
    """Return a column of products `(n_obs,)`, centred as in the sample of the fit.

    What was subtracted there, `(a - i) (b - j) - k = ab - ja - ib + (ij - k)`, is read off its rows by group.
    """
    left, right = (rows.values[:, rows.names.index(part)] for part in pair)
    found = left * right
    if all(product.centred is False for product in fit.request.expanded.products if name in product.columns):
        return found
    used = fit.sample
    if used is None or not set(pair) <= set(used.names):
        raise OptionError(
            f"the model multiplies {' and '.join(pair)}, but has not both of them on their own, so other rows cannot "
            "be centred as these were; score the rows of the fit, or add their own paths to the model."
        )
    a, b, product = (used.values[:, used.names.index(part)] for part in (*pair, name))
    for group in range(len(used.groups)):
        known = (used.membership == group) & ~np.isnan(product)
        design = np.column_stack([a[known], b[known], np.ones(int(known.sum()))])
        shift = np.linalg.lstsq(design, product[known] - (a * b)[known], rcond=None)[0]
        here = rows.membership == group
        found[here] += left[here] * shift[0] + right[here] * shift[1] + shift[2]
    return np.asarray(found)


def groups_of(data: Responses | pd.DataFrame, name: str, groups: tuple[str, ...]) -> Indices:
    """Return the place of each row's group among those of the fit, -1 where it has no entry."""
    if isinstance(data, Responses):
        frame = require("pandas").DataFrame(data.extras, columns=list(data.extras_names))
        if name in data.columns:
            frame[name] = data.values[:, data.columns.index(name)]
        source = data.source
    else:
        frame = as_frame(data)
        source = source_of(frame)
    if name not in frame.columns:
        raise ResponseError(
            f"{source}: the column '{name}' is not there, which says to which group a row belongs; each row is scored "
            "by the parameters of its own group."
        )
    codes, labels = labelled(frame[name].reset_index(drop=True))
    strange = [label for label in labels if label not in groups]
    if strange:
        raise ResponseError(
            f"{source}: the column '{name}' has groups that the fit does not know: {listing(strange, most=6)}. "
            f"Its groups: {listing(groups)}. Leave these rows out."
        )
    places = np.array([*(groups.index(label) for label in labels), -1], dtype=np.intp)
    return places[codes]
