"""Chained equations: each item with gaps is drawn given all others, in turn, again and again."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.imputation.draw import regress
from rantau.imputation.method import Method


class Chain(NamedTuple):
    """One completed set of answers and how it came about.

    Attributes
    ----------
    values
        `(n, p)` without gaps.
    trace
        `(iterations, p, 2)`: mean and standard deviation of the answers drawn for each item; NaN without gaps.
    """

    values: Array
    trace: Array


class Plan(NamedTuple):
    """What is drawn from what.

    Attributes
    ----------
    order
        The items with gaps in the order in which they are drawn, those with fewest gaps first.
    predictors
        `(p, p)`: which items (columns) each item (row) is drawn from.
    method
        How.
    donors, iterations
        Of how many near rows one gives its answer; how often all items are drawn.
    """

    order: Indices
    predictors: Mask
    method: Method
    donors: int
    iterations: int


def run_chain(values: Array, plan: Plan, seed: np.random.SeedSequence) -> Chain:
    """Complete a set of answers once.

    Parameters
    ----------
    values
        `(n, p)`, NaN where an answer is missing; every item has answers.
    plan
        What is drawn from what.
    seed
        The same seed gives the same draws.

    Returns
    -------
    Chain
        With the answers that were there unchanged.

    Notes
    -----
    van Buuren & Groothuis-Oudshoorn (2011), section 2.2. The start is a draw from each item's own answers.
    """
    rng = np.random.default_rng(seed)
    gaps = np.isnan(values)
    filled = values.copy()
    for item in plan.order:
        answers = values[~gaps[:, item], item]
        filled[gaps[:, item], item] = answers[rng.integers(answers.size, size=int(gaps[:, item].sum()))]
    centre = np.nanmean(values, axis=0)
    spread = np.nanstd(values, axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    standard = (filled - centre) / spread
    trace = np.full((plan.iterations, values.shape[1], 2), np.nan)
    for turn in range(plan.iterations):
        for item in plan.order:
            missing = gaps[:, item]
            predictors = standard[:, plan.predictors[item]]
            found = regress(values[~missing, item], predictors[~missing], predictors[missing], rng)
            drawn = plan.method.function(found, rng, donors=plan.donors)
            filled[missing, item] = drawn
            standard[missing, item] = (drawn - centre[item]) / spread[item]
            trace[turn, item] = drawn.mean(), drawn.std()
    return Chain(filled, trace)


def nearest_predictors(values: Array, most: int) -> Mask:
    """Choose the items most correlated with each, over the rows that answered both.

    Parameters
    ----------
    values
        `(n, p)`.
    most
        How many at most.

    Returns
    -------
    Mask
        `(p, p)`: the predictors of each row's item.
    """
    p = values.shape[1]
    seen = ~np.isnan(values)
    centred = np.where(seen, values - np.nanmean(values, axis=0), 0.0)
    here = seen.astype(float)
    squares = (centred**2).T @ here
    with np.errstate(invalid="ignore", divide="ignore"):
        size = np.abs(centred.T @ centred) / np.sqrt(squares * squares.T)
    size = np.nan_to_num(size, nan=0.0)
    np.fill_diagonal(size, -1.0)
    chosen = np.zeros((p, p), dtype=bool)
    np.put_along_axis(chosen, np.argsort(-size, axis=1, kind="stable")[:, : min(most, p - 1)], values=True, axis=1)
    return chosen
