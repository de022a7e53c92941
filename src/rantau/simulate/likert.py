"""Cutting a continuous attitude into the answers of a scale.

The rule: the range from 2.25 standard deviations below the mean to 2.25 above it is cut into as many
categories of equal width as the scale has points, and whatever lies beyond goes to the outer two. Equal
widths are what treating answers as numbers assumes. With 2.25, each end of a seven-point scale is given by
5.4 % (of five points 8.9 %, of ten 3.6 %), so no point stays empty and the ends are not crowded; and the
correlation of answer and attitude is the largest that equal widths allow, but for .0007 at five to eleven
points (Max, 1960: the best width is .651 for seven; here it is .643).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from rantau.arrays import Array
from rantau.errors import OptionError

#: Standard deviations from the mean to where the outer categories would end if they were as wide as the others.
REACH = 2.25


def thresholds(points: int) -> Array:
    """Return the cut points of a scale, on the attitude's z-scale.

    Parameters
    ----------
    points
        How many answers there are.

    Returns
    -------
    Array
        `(points - 1,)`, rising in equal steps, symmetric about 0.

    Raises
    ------
    OptionError
        If there are fewer than two answers.

    Source
    ------
    Max, J. (1960). Quantizing for minimum distortion. IRE Transactions on Information Theory, 6(1), 7-12.

    Examples
    --------
    >>> thresholds(4).round(3).tolist()
    [-1.125, 0.0, 1.125]
    """
    if points < 2:
        raise OptionError(f"a scale needs two points or more to be cut into, got {points}.")
    return np.linspace(-REACH, REACH, points + 1)[1:-1]


def attenuation(points: int) -> float:
    """Return the correlation of an answer with the normal attitude behind it.

    Standardised loadings of the answers are those of the attitudes times this number, but for terms of third
    order in the items' correlations; standardised paths between constructs hardly change.

    Parameters
    ----------
    points
        How many answers there are.

    Returns
    -------
    float
        Below 1; .976 for seven points.

    Raises
    ------
    OptionError
        If there are fewer than two answers.

    Source
    ------
    Olsson, U., Drasgow, F., & Dorans, N. J. (1982). The polyserial correlation coefficient. Psychometrika,
    47(3), 337-347: the sum of the normal densities at the cut points over the answers' deviation.

    Examples
    --------
    >>> round(attenuation(7), 3)
    0.976
    """
    cuts = thresholds(points)
    below = ndtr(cuts)
    shares = np.diff(np.concatenate([[0.0], below, [1.0]]))
    answers = np.arange(points)
    deviation = np.sqrt(shares @ (answers - shares @ answers) ** 2)
    return float(np.exp(-(cuts**2) / 2).sum() / np.sqrt(2 * np.pi) / deviation)
