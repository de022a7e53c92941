"""Rows dealt into folds, and the moments of what each fold leaves: those of all rows less those of the fold."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.errors import OptionError
from rantau.moments.sample import Sample, row_shares
from rantau.options import whole_number

#: Below this share of its variance in all rows, what is left of an item's variance is rounding noise.
_NOTHING = 1e-12


class Folds(NamedTuple):
    """Which rows each of several training samples leaves out.

    Attributes
    ----------
    of
        `(repeats, n_obs)` the training sample, counted from 0 over all repetitions, that leaves a row out.
    repetition
        `(draws,)` the repetition of each training sample.
    """

    of: Indices
    repetition: Indices

    @property
    def draws(self) -> int:
        """How many training samples there are."""
        return len(self.repetition)

    def held_out(self, draw: int) -> Indices:
        """Return the rows that a training sample leaves out."""
        return np.flatnonzero(self.of[self.repetition[draw]] == draw)

    def counts(self) -> Array:
        """Return how often each training sample takes each row, `(draws, n_obs)`: once or not at all."""
        taken: Array = (self.of[self.repetition] != np.arange(self.draws)[:, None]).astype(float)
        return taken


def dealt_folds(n_obs: int, folds: int, repeats: int, seed: int) -> Folds:
    """Deal rows into folds of nearly equal size, anew in each repetition.

    Parameters
    ----------
    n_obs
        Rows.
    folds
        From 2 (halves) to `n_obs` (each row by itself).
    repeats
        How often, at least once.
    seed
        The same seed gives the same folds; a repetition does not depend on how many there are.

    Raises
    ------
    OptionError
        If a number makes no sense.

    Examples
    --------
    >>> [int((dealt_folds(7, 3, 2, seed=1).of[0] == fold).sum()) for fold in range(3)]
    [3, 2, 2]
    """
    folds = whole_number("folds", folds, least=2)
    repeats, seed = whole_number("repeats", repeats, least=1), whole_number("seed", seed, least=0)
    if folds > n_obs:
        raise OptionError(f"folds={folds} is more than the {n_obs} rows; folds={n_obs} leaves out one row at a time.")
    children = np.random.SeedSequence(seed).spawn(repeats)
    dealt = np.arange(n_obs) % folds
    of = np.stack([np.random.default_rng(child).permutation(dealt) + folds * r for r, child in enumerate(children)])
    return Folds(of, np.repeat(np.arange(repeats), folds))


def given_folds(fold_of: Any, n_obs: int, entered: Mask) -> Folds:  # noqa: ANN401 - whatever a caller gives
    """Return folds that are given from outside.

    Parameters
    ----------
    fold_of
        `(n_obs,)`, or `(repeats, n_obs)`: the fold of each row, by any whole numbers; of every row that entered the
        fit, or of every row of the data.
    n_obs
        Rows that entered.
    entered
        Which rows of the data those are.

    Raises
    ------
    OptionError
        If these are no folds, or not of these rows.
    """
    try:
        labels = np.atleast_2d(np.asarray(fold_of))
    except ValueError:  # Rows of different lengths.
        labels = np.array([["?"]])
    if labels.ndim != 2 or labels.dtype.kind not in "iuf" or not np.all(np.equal(np.mod(labels, 1), 0)):
        raise OptionError(
            "fold_of takes the fold of each row as a whole number, (rows,) or (repetitions, rows), such as "
            "[1, 2, 1, 2, ...]."
        )
    if labels.shape[1] == entered.size:
        labels = labels[:, entered]
    if labels.shape[1] != n_obs:
        rows = f"{n_obs} rows" if n_obs == entered.size else f"{n_obs} rows of {entered.size} in the data"
        raise OptionError(f"fold_of has {labels.shape[1]} entries and the fit {rows}; give the fold of each row.")
    of = np.empty(labels.shape, dtype=np.intp)
    repetition: list[int] = []
    for r, row in enumerate(labels):
        names, place = np.unique(row, return_inverse=True)
        if names.size < 2:
            raise OptionError(f"fold_of has one fold ({names[0]:g}) in repetition {r + 1}; at least 2 are needed.")
        of[r] = place + len(repetition)
        repetition += [r] * names.size
    return Folds(of, np.array(repetition, dtype=np.intp))


def fold_moments(sample: Sample, folds: Folds) -> tuple[Array, Array]:
    """Compute the moments of every training sample as those of all rows less those of the fold.

    Each row is looked at once per repetition, however many folds there are. Where answers are missing, each training
    sample puts its own item means in their place.

    Parameters
    ----------
    sample
        `(n_obs, p)` values, NaN where missing, with sampling weights or without.
    folds
        Which rows each training sample leaves out.

    Returns
    -------
    tuple
        Covariances `(draws, p, p)`, the rows of the training sample as divisor, and means `(draws, p)`.

    Source: Chan, Golub and LeVeque (1983) on updating moments, here downwards; deviations are from the means of all
    rows, so that what is subtracted is small.
    """
    shares, centred = row_shares(sample), sample.centred
    seen = ~np.isnan(sample.values)
    gaps = not bool(seen.all())
    here = seen.astype(float)

    def sums(rows: Indices | slice) -> tuple[Array, ...]:
        deviations, weight = centred[rows], shares[rows]
        weighted = deviations * weight[:, None]
        found = (weighted.T @ deviations, weighted.sum(axis=0), np.asarray(weight.sum()))
        if not gaps:
            return found
        answered = here[rows]
        return (*found, weight @ answered, weighted.T @ answered, (answered * weight[:, None]).T @ answered)

    every = sums(slice(None))
    of_folds = [sums(folds.held_out(draw)) for draw in range(folds.draws)]
    left = [whole - np.stack(parts) for whole, parts in zip(every, zip(*of_folds, strict=True), strict=True)]
    products, total, size = left[:3]
    size = size[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        if gaps:
            answered, crossed, both = left[3:]
            shift = total / answered
            # An imputed cell deviates from its mean by nothing, so only pairs of observed cells contribute.
            half = crossed * shift[:, None, :]
            products = products - half - half.transpose(0, 2, 1) + shift[:, :, None] * shift[:, None, :] * both
        else:
            shift = total / size
            products = products - size[:, :, None] * shift[:, :, None] * shift[:, None, :]
        covariance = products / size[:, :, None]
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    nothing = variance < _NOTHING * np.diagonal(every[0]) / every[2]
    covariance = np.where(nothing[:, :, None] | nothing[:, None, :], 0.0, covariance)
    return covariance, sample.centre + shift
