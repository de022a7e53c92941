"""The products of columns that measure products of constructs: double mean centring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rantau.arrays import Array
from rantau.model.products import Product
from rantau.moments.sample import Sample


def with_products(sample: Sample, products: Sequence[Product]) -> Sample:
    """Append the products of columns that a model needs.

    Parameters
    ----------
    sample
        `(n_obs, p)` with every column that is multiplied; NaN where an answer is missing.
    products
        As `rantau.model.products.expand` gives them.

    Returns
    -------
    Sample
        With one more column per pair; a product is missing where one of its parts is.

    Notes
    -----
    Lin, Wen, Marsh & Lin (2010): columns are centred, multiplied, and the products centred again, so that neither
    the constructs nor their product need means. Each group is centred at its own means: about any other point the
    errors of products would covary with those of their items. So the effect of X beside `X:M` is that at the mean of
    M in the group, also where means differ between groups and are compared. Means are those of the answers there are,
    weighted by sampling weights. The product of two observed variables is taken as it is, as lavaan does.

    Examples
    --------
    >>> from rantau.model.syntax import parse_model
    >>> from rantau.model.products import expand
    >>> rows = Sample(("a", "b"), np.array([[1.0, 1.0], [2.0, 5.0], [3.0, 9.0]]))
    >>> with_products(rows, expand(parse_model("y ~ a + b + a:b")).products).values[:, 2].tolist()
    [1.0, 10.0, 27.0]
    """
    added = {}
    for product in products:
        for name, (left, right) in zip(product.columns, product.pairs, strict=True):
            columns = [sample.values[:, sample.names.index(part)] for part in (left, right)]
            if product.centred:
                columns = [_centred(column, sample) for column in columns]
            multiplied = columns[0] * columns[1]
            added[name] = _centred(multiplied, sample) if product.centred else multiplied
    if not added:
        return sample
    return sample.replace(names=(*sample.names, *added), values=np.column_stack([sample.values, *added.values()]))


def _centred(column: Array, sample: Sample) -> Array:
    """Subtract from each row the mean of its group."""
    weight = np.where(np.isnan(column), 0.0, 1.0 if sample.weights is None else sample.weights)
    total, membership, groups = np.where(np.isnan(column), 0.0, column) * weight, sample.membership, len(sample.groups)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.bincount(membership, total, groups) / np.bincount(membership, weight, groups)
    return np.asarray(column - mean[membership])
