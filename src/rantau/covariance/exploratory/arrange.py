"""The order and the signs of turned factors, which no criterion says."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.covariance.exploratory.rotation import Rotation

#: The share of a factor's largest loading beyond which an item says where the factor stands.
SALIENT = 0.8


def arrange(loadings: Array, turned: Array, rotation: Rotation) -> Array:
    """Return the matrix `(m, m)` of noughts, ones and minus ones by which turned loadings are put in order.

    Parameters
    ----------
    loadings
        `(p, m)` turned, in the units of the data.
    turned
        `(p, m)` the same in the units in which they were turned.
    rotation
        How they are ordered, and whether they are reflected.

    Notes
    -----
    As in lavaan: a factor stands by the mean place of the items whose loading, in the units of the data, is more than
    0.8 of its largest; and its loadings sum to more than nought.
    """
    m = loadings.shape[1]
    order = np.arange(m)
    if rotation.keeps_order:
        # A column of noughts says which factor it is, and not which way round.
        wanted = np.nan_to_num(np.array(rotation.target, dtype=float))
        open_sign = rotation.reflect & (wanted == 0).all(axis=0) & (loadings.sum(axis=0) < 0)
        return np.asarray(np.diag(np.where(open_sign, -1.0, 1.0)))
    if rotation.order != "none":
        if rotation.order == "index":
            size = np.abs(loadings)
            salient = size > SALIENT * size.max(axis=0)
            place = np.arange(len(loadings))[:, None]
            key = (place * salient).sum(axis=0) / salient.sum(axis=0)
        else:
            key = -(turned**2).sum(axis=0)
        if rotation.criterion.general:
            key[0] = -np.inf
        order = np.argsort(key, kind="stable")
    sign = np.where(loadings[:, order].sum(axis=0) < 0, -1.0, 1.0) if rotation.reflect else np.ones(m)
    return np.asarray(np.eye(m)[:, order] * sign)
