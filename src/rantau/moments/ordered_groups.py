"""The moments of ordered answers, group by group, of one sample or of a stack of resamples."""

from __future__ import annotations

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, listing
from rantau.moments.given import given_moments, unknown_moments
from rantau.moments.grouped import GroupMoments
from rantau.moments.ordinal import OrdinalMoments, ordinal_moments
from rantau.moments.sample import Sample
from rantau.moments.single_answers import Ordering, ordering_of


def sample_ordering(sample: Sample, ordered: tuple[str, ...], given: tuple[str, ...] = ()) -> Ordering:
    """Return which variables of a sample are ordered, with their categories.

    Parameters
    ----------
    sample
        `(n, p)`, NaN where an answer is missing.
    ordered
        Names among those of the sample.
    given
        Those of the covariates that all others are regressed on.

    Raises
    ------
    EstimationError
        If a group does not use a category that others do, or a variable has so many that it is none of categories.
    """
    which = np.isin(np.array(sample.names), np.array(ordered, dtype=str))
    found = ordering_of(sample.values, which).replace(given=tuple(sample.names.index(name) for name in given))
    for name, column, categories in zip(sample.names, sample.values.T, found.categories, strict=True):
        if len(categories) > max(30, sample.n_obs // 5):
            raise EstimationError(
                f"{sample.source}: '{name}' has {len(categories)} different answers, too many for ordered categories. "
                "Take it out of ordered=, so that it counts as continuous."
            )
        for group, label in enumerate(sample.groups if len(sample.groups) > 1 else ()):
            met = set(np.unique(column[sample.membership == group]).tolist())
            absent = [one for one in categories if one not in met]
            if absent:
                raise EstimationError(
                    f"{sample.source}, group '{label}': nobody answered {listing([f'{one:g}' for one in absent])} to "
                    f"'{name}', which others did, so that the thresholds beside it cannot be estimated here. Merge the "
                    "category with its neighbour in all groups."
                )
    return found


def ordered_moments(
    sample: Sample, ordering: Ordering, *, counts: Array | None = None, spread: bool = True
) -> tuple[GroupMoments, tuple[OrdinalMoments, ...]]:
    """Compute the moments of every group.

    Parameters
    ----------
    sample
        `(n, p)`, NaN where an answer is missing and pairs are to be estimated from the rows that answer both.
    ordering
        Of its variables.
    counts
        `(draws, n)`: how often each row is taken in each resample; each row once unless given.
    spread
        Whether the covariance matrix of the moments is wanted.

    Returns
    -------
    tuple
        Of the sample itself, or with a leading axis of resamples; and those of each group (and resample) with what
        is to be said of them. A resample in which a category is not met has NaN moments.
    """
    if counts is None:
        _check_continuous(sample, ordering)
    drawn = [None] if counts is None else list(counts)
    found = [
        [_of_group(sample, ordering, group, draw, spread) for group in range(len(sample.groups))] for draw in drawn
    ]
    n, mean, covariance, level, wide = (
        _stack([_stack([np.asarray(getattr(one, name)) for one in row]) for row in found])
        for name in ("n_obs", "mean", "covariance", "level", "spread")
    )
    if counts is None:
        n, mean, covariance, level, wide = n[0], mean[0], covariance[0], level[0], wide[0]
        _check_regressions(sample, ordering, level)
    moments = GroupMoments(
        sample.names,
        sample.groups,
        n,
        covariance,
        mean,
        ordering=ordering,
        level=level,
        spread=wide if spread else None,
    )
    return moments, tuple(one for row in found for one in row)


def _stack(arrays: list[Array]) -> Array:
    """Stack arrays; one alone is large enough not to be copied."""
    return arrays[0][None] if len(arrays) == 1 else np.stack(arrays)


def _of_group(sample: Sample, ordering: Ordering, group: int, draw: Array | None, spread: bool) -> OrdinalMoments:
    members = sample.membership == group
    values, counts = sample.values[members], None if draw is None else draw[members]
    if counts is not None and not _all_met(values[counts > 0], ordering):
        return unknown_moments(ordering, float(counts.sum()), spread=spread)
    estimate = given_moments if ordering.given else ordinal_moments
    return estimate(values, ordering, counts=counts, spread=spread)


def _check_continuous(sample: Sample, ordering: Ordering) -> None:
    """Refuse variables of two values as continuous ones: their mean says all, and leaves nothing for a variance."""
    for place, name in enumerate(sample.names):
        if ordering.ordered[place] or place in ordering.given:
            continue
        for group, label in enumerate(sample.groups):
            column = sample.values[sample.membership == group, place]
            if np.unique(column[~np.isnan(column)]).size == 2:
                where = f"{sample.source}, group '{label}'" if label else sample.source
                raise EstimationError(
                    f"{where}: '{name}' has two values and is taken for continuous among ordered answers, whose "
                    "variance then follows from its mean. Name it in ordered=; or, if it only predicts, leave "
                    "fixed_x=False out."
                )


def _check_regressions(sample: Sample, ordering: Ordering, level: Array) -> None:
    """Refuse a sample in which something could not be regressed on the covariates; `level (G, t + q)` is NaN then."""
    if not np.isnan(level).any():
        return
    place = int(np.flatnonzero(np.isnan(level).any(axis=1))[0])
    where = f"{sample.source}, group '{label}'" if (label := sample.groups[place]) else sample.source
    covariates = listing([sample.names[one] for one in ordering.given], most=6)
    lost = np.isnan(level[place][: ordering.item.size])
    if lost.all():
        raise EstimationError(
            f"{where}: the covariates {covariates} depend on each other exactly: one repeats or sums up the others (as "
            "dummies of all categories do). Take one out."
        )
    name = sample.names[ordering.item[np.flatnonzero(lost)[0]]]
    raise EstimationError(
        f"{where}: the covariates {covariates} tell the answers to '{name}' without exception, so that its probit "
        "regression has no end. Merge rare categories of the item, or take out the covariate that does."
    )


def _all_met(values: Array, ordering: Ordering) -> bool:
    """Tell whether every category of every ordered variable is answered by someone."""
    for column, categories in zip(values.T, ordering.categories, strict=True):
        if categories and np.unique(column[~np.isnan(column)]).size < len(categories):
            return False
    return True
