"""Data that are no rows: covariances, means and numbers of rows, as articles print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, ResponseError, listing, unknown
from rantau.moments.grouped import GroupMoments
from rantau.moments.printed import row_of, square_of
from rantau.options import choose
from rantau.record import Record

DIVISORS = ("n-1", "n")
#: A smallest eigenvalue of the correlations that means that one variable repeats others.
_SINGULAR = 1e-10
#: Squares of smaller variances are no numbers.
_SMALLEST = 1e-140


class SummaryStatistics(Record):
    """Means and covariances of one or more groups, in place of their rows.

    Attributes
    ----------
    names
        `p` variables.
    groups
        `G` labels; `("",)` where there is one group.
    n
        `(G,)` rows behind each group.
    covariance
        `(G, p, p)` with divisor n.
    mean
        `(G, p)`; NaN where none were given.
    has_means
        Whether means were given.
    looks_like_correlations
        Whether the matrices were given with ones in their diagonals. Analysed as covariances, correlations give
        right fit and standardised estimates for most models, but wrong standard errors (Cudeck 1989).
    left_out
        Rows not used because of a gap, where rows were read.
    source
        The file or kind of data, for messages.
    models_means
        Whether a model has means unless the call says otherwise: where someone gave them, as in lavaan. Of rows that
        were read means are known in any case, which says nothing.
    """

    names: tuple[str, ...]
    groups: tuple[str, ...]
    n: Array
    covariance: Array
    mean: Array
    has_means: bool
    looks_like_correlations: bool = False
    left_out: int = 0
    source: str = "covariances"
    models_means: bool = False

    @property
    def n_obs(self) -> int:
        """The number of rows behind all groups."""
        return round(float(self.n.sum()))

    def take(self, names: Sequence[str]) -> SummaryStatistics:
        """Return some of the variables, in another order.

        Parameters
        ----------
        names
            Those wanted.

        Raises
        ------
        ResponseError
            If one is not there, with the nearest name.
        """
        for name in names:
            if name not in self.names:
                raise ResponseError(unknown("variable", name, self.names, where=self.source))
        places = np.array([self.names.index(name) for name in names], dtype=np.intp)
        return self.replace(
            names=tuple(names),
            covariance=self.covariance[:, places[:, None], places],
            mean=self.mean[:, places],
        )

    def moments(self) -> GroupMoments:
        """Return what an engine reads; means are NaN where none were given."""
        return GroupMoments(self.names, self.groups, self.n, self.covariance, self.mean)


def moments(
    covariance: Any,  # noqa: ANN401 - a matrix in any guise
    n_obs: int | Mapping[str, int],
    *,
    mean: Any = None,  # noqa: ANN401 - a row of numbers in any guise
    sd: Any = None,  # noqa: ANN401 - as mean
    names: Sequence[str] | None = None,
    divisor: str = "n-1",
) -> SummaryStatistics:
    """Take covariances, as an article prints them, in place of rows.

    Parameters
    ----------
    covariance
        A data frame with a row and a column per variable, an array, the lower triangle as text or as rows of
        growing length; for several groups a dict of these by label. What stands above the diagonal may be left out.
    n_obs
        How many rows are behind it; for several groups a dict by label.
    mean
        The means: a series, a dict by variable, or numbers in the order of the variables; for several groups a dict
        of these by label. Where they are given they are part of the model, unless `meanstructure=False`.
    sd
        Standard deviations, as `mean`, where `covariance` holds correlations. Without them correlations are analysed
        as if they were covariances, which gives wrong standard errors.
    names
        The variables, where the matrix does not name them.
    divisor
        What the covariances were divided by: `n-1`, as most programs print them, or `n`.

    Returns
    -------
    SummaryStatistics
        Covariances with divisor n.

    Raises
    ------
    ResponseError
        If a matrix is not square or not symmetric, has an empty cell, or does not fit its names.
    EstimationError
        If a matrix is not positive definite, or has fewer than two rows behind it.
    OptionError
        If `divisor` is neither.

    Examples
    --------
    >>> printed = '''
    ...   4.0
    ...   1.5  2.0
    ... '''
    >>> both = moments(printed, 201, names=["x", "y"], mean=[3.5, 2.0])
    >>> both.covariance[0].round(3).tolist()
    [[3.98, 1.493], [1.493, 1.99]]
    """
    choose("divisor", divisor, DIVISORS)
    by_group = isinstance(covariance, Mapping)
    if by_group and not covariance:
        raise ResponseError("covariance: an empty dict; give a matrix for each group, by label.")
    groups = tuple(str(label) for label in covariance) if by_group else ("",)
    matrices = list(covariance.values()) if by_group else [covariance]
    sizes = _sizes(n_obs, groups if by_group else None)
    means, spreads = (_for_groups(given, groups, by_group, what) for given, what in ((mean, "mean"), (sd, "sd")))
    found, centres, correlations = [], [], []
    own: tuple[str, ...] = ()
    for label, matrix, rows, centre, spread in zip(groups, matrices, sizes, means, spreads, strict=True):
        where = _of("covariance", label)
        square, called = square_of(matrix, names, where)
        own = own or called
        if set(called) != set(own) or len(called) != len(own):
            raise ResponseError(
                f"{where}: its variables are {listing(called)}; those of group '{groups[0]}' are {listing(own)}."
            )
        order = [called.index(name) for name in own]
        square = square[np.ix_(order, order)]
        correlations.append(bool(np.allclose(square.diagonal(), 1.0, rtol=0, atol=1e-12)) and len(own) > 1)
        if spread is not None:
            square = _scaled(square, row_of(spread, own, _of("sd", label)), correlations[-1], where)
        check_definite(square, own, where)
        found.append(square * ((rows - 1) / rows if divisor == "n-1" else 1.0))
        centres.append(np.full(len(own), np.nan) if centre is None else row_of(centre, own, _of("mean", label)))
    return SummaryStatistics(
        own,
        groups,
        sizes,
        np.stack(found),
        np.stack(centres),
        has_means=mean is not None,
        looks_like_correlations=all(correlations) and sd is None,
        models_means=mean is not None,
    )


def _of(what: str, label: str) -> str:
    return f"{what} of group '{label}'" if label else what


def _sizes(n_obs: Any, groups: tuple[str, ...] | None) -> Array:  # noqa: ANN401 - checked here
    if groups is None:
        given = {"": n_obs}
    elif isinstance(n_obs, Mapping):
        given = {str(label): rows for label, rows in n_obs.items()}
        _same_labels(given, groups, "n_obs")
    else:
        raise ResponseError(
            f"n_obs: a number of rows for each group is needed: {{'{groups[0]}': ..., ...}}; got {n_obs!r}."
        )
    for label, rows in given.items():
        where = _of("n_obs", label)
        whole = (
            isinstance(rows, int | float | np.integer | np.floating)
            and not isinstance(rows, bool)
            and rows == rows // 1
        )
        if not whole:
            raise ResponseError(f"{where}: a whole number of rows is needed, got {rows!r}.")
        if rows < 2:
            raise EstimationError(f"{where}: got {rows}; nothing can be estimated from fewer than two rows.")
    return np.array([float(given[label]) for label in groups or ("",)])


def _same_labels(given: Mapping[str, Any], groups: tuple[str, ...], what: str) -> None:
    if set(given) != set(groups):
        raise ResponseError(f"{what}: the groups are {listing(groups)}; got {listing(given)}.")


def _for_groups(given: Any, groups: tuple[str, ...], by_group: bool, what: str) -> list[Any]:  # noqa: ANN401
    if given is None or not by_group:
        return [given] * len(groups)
    if not isinstance(given, Mapping):
        raise ResponseError(f"{what}: values for each group are needed: {{'{groups[0]}': [...], ...}}.")
    labelled = {str(label): values for label, values in given.items()}
    _same_labels(labelled, groups, what)
    return [labelled[label] for label in groups]


def _scaled(square: Array, sd: Array, correlations: bool, where: str) -> Array:
    if not correlations:
        raise OptionError(f"sd= is for correlations, and the diagonal of the {where} is not 1. Leave sd= out.")
    if not (sd > 0).all():
        raise ResponseError(f"sd: standard deviations are positive, got {sd.min():g}.")
    scaled: Array = square * np.multiply.outer(sd, sd)
    return scaled


def check_definite(square: Array, names: tuple[str, ...], where: str) -> None:
    """Refuse covariances that no rows can have.

    Parameters
    ----------
    square
        `(p, p)` symmetric.
    names
        `p` variables.
    where
        What it is, for messages.

    Raises
    ------
    EstimationError
        Naming the variance or covariance where one is to blame.
    """
    variance = square.diagonal()
    if not (variance > 0).all():
        place = int(np.flatnonzero(~(variance > 0))[0])
        raise EstimationError(f"{where}: the variance of '{names[place]}' is {variance[place]:g}; it must be positive.")
    if variance.min() < _SMALLEST:
        place = int(variance.argmin())
        raise EstimationError(
            f"{where}: the variance of '{names[place]}' is {variance[place]:g}, too small to be squared; give it in a "
            "smaller unit."
        )
    sd = np.sqrt(variance)
    correlation = square / np.multiply.outer(sd, sd)
    beyond = np.argwhere(np.tril(np.abs(correlation), -1) > 1)
    if beyond.size:
        row, column = (int(k) for k in beyond[0])
        raise EstimationError(
            f"{where}: '{names[row]}' and '{names[column]}' would correlate at "
            f"{correlation[row, column]:.3f}; look for a misprint."
        )
    smallest = float(np.linalg.eigvalsh(correlation)[0])
    if smallest <= _SINGULAR:
        raise EstimationError(
            f"{where}: not positive definite (the smallest eigenvalue of its correlations is {smallest:.3g}). Either a "
            "number is misprinted, or a variable is a sum of others, or the covariances come from different rows each "
            "(pairwise deletion)."
        )
