"""From estimates of training samples to predictions of rows that they have not seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.errors import OptionError
from rantau.moments.sample import Sample, row_shares
from rantau.pls.iterate import spread
from rantau.pls.request import PlsRequest
from rantau.pls.scores import expected
from rantau.pls.stages import DATA, Ascent, Plan
from rantau.pls.structural import total_effects
from rantau.pls.structure import Structure
from rantau.record import Record

#: From which constructs an outcome is predicted.
ANTECEDENTS = ("direct", "earliest")


class Target(NamedTuple):
    """An item that is predicted: its place in the data, its outcome, and the loadings on the way down to it."""

    item: int
    outcome: int
    chain: tuple[tuple[int, int], ...]


class Outlook(Record):
    """What of a plan is predicted from what.

    Attributes
    ----------
    plan
        The stages.
    antecedents
        `direct` or `earliest`.
    targets
        The items of constructs with predictors, in the order of constructs.
    sources
        For each construct, the constructs from whose scores it is predicted; () where it has none.
    """

    plan: Plan
    antecedents: str
    targets: tuple[Target, ...]
    sources: tuple[tuple[int, ...], ...]

    @property
    def below(self) -> tuple[tuple[int, ...], ...]:
        """For each construct, the items of the data that its score is made of."""
        return self.plan.below

    @property
    def items(self) -> Indices:
        """The places of the predicted items in the data, `(m,)`."""
        return np.array([target.item for target in self.targets], dtype=np.intp)

    @property
    def outcomes(self) -> Indices:
        """The construct of each predicted item, `(m,)`."""
        return np.array([target.outcome for target in self.targets], dtype=np.intp)

    def items_of(self, constructs: tuple[int, ...]) -> tuple[int, ...]:
        """Return the items of the data that some constructs are made of, each once."""
        return tuple(dict.fromkeys(item for construct in constructs for item in self.below[construct]))

    @property
    def needed(self) -> tuple[int, ...]:
        """The items of the data that a row must have to be predicted."""
        return self.items_of(tuple(dict.fromkeys(source for some in self.sources for source in some)))


def outlook(plan: Plan, request: PlsRequest, antecedents: str) -> Outlook:
    """Find what a plan predicts from what.

    Parameters
    ----------
    plan, request
        Of a fit.
    antecedents
        `direct`: the constructs whose paths lead to the outcome, with their scores as observed. `earliest`: the
        constructs without predictors from which it can be reached.

    Raises
    ------
    OptionError
        If the model predicts a construct from its own items, or from a product with an outcome in it.
    """
    structure, names = plan.whole, plan.whole.constructs
    below = plan.below
    reach = (total_effects(structure.paths[None].astype(float))[0] > 0) & ~structure.paths.any(axis=1)
    reached = structure.paths if antecedents == "direct" else reach
    sources = tuple(tuple(np.flatnonzero(row).tolist()) for row in reached)
    for outcome in structure.endogenous:
        for source in sources[outcome]:
            if set(below[source]) & set(below[outcome]):
                shared = plan.items[min(set(below[source]) & set(below[outcome]))]
                advice = (
                    "Fit with higher_order='disjoint', whose last stage has every item once."
                    if request.higher_order != "disjoint"
                    else "Take the item, or the path, out of the model."
                )
                raise OptionError(
                    f"'{names[outcome]}' would be predicted from its own items: '{shared}' is part of the score of "
                    f"'{names[source]}' too. {advice}"
                )
    if antecedents == "earliest":
        for name in names:
            inner = [part for part in name.split(":") if ":" in name and structure.paths[names.index(part)].any()]
            if inner:
                raise OptionError(
                    f"antecedents='earliest' would predict '{inner[0]}' before the product '{name}' can be formed. "
                    "Take antecedents='direct'."
                )
    targets = tuple(
        Target(item, j, chain) for j in structure.endogenous for item, chain in _down(plan, names[j], plan.last[j])
    )
    return Outlook(plan, antecedents, targets, sources)


def _down(plan: Plan, name: str, stage: int) -> list[tuple[int, tuple[tuple[int, int], ...]]]:
    """Return each item of the data under a construct, with the loadings that lead to it: stage and column of each."""
    structure = plan.stages[stage].structure
    start = structure.blocks[structure.constructs.index(name)].start
    found: list[tuple[int, tuple[tuple[int, int], ...]]] = []
    for place, column in enumerate(plan.stages[stage].blocks[name], start=start):
        part, step = column.parts[0], (stage, place)
        if part.stage == DATA:
            found.append((plan.items.index(part.name), (step,)))
        else:
            found += [(item, (step, *chain)) for item, chain in _down(plan, part.name, part.stage)]
    return found


class Scorer(Record):
    """What gives rows their scores, for each member of a stack.

    Attributes
    ----------
    mean, sd
        Of the items in training, `(draws, p)`, the standard deviations with the rows as divisor.
    scores
        `(draws, q, J)`: how scores come from standardised items and, after them, centred products.
    products, centres
        The factors of each product, `(draws, p, factors)`, and its mean in training, `(draws, products)`.
    """

    mean: Array
    sd: Array
    scores: Array
    products: tuple[Array, ...]
    centres: Array

    def constructs(self, values: Array, draw: int) -> Array:
        """Return the scores of rows `(n, p)`, `(n, J)`; a missing answer counts as the mean of the training sample."""
        columns = np.nan_to_num((values - self.mean[draw]) / self.sd[draw], nan=0.0)
        if self.products:
            products = [(columns @ factors[draw]).prod(axis=1) for factors in self.products]
            columns = np.column_stack([columns, np.stack(products, axis=1) - self.centres[draw]])
        found: Array = columns @ self.scores[draw]
        return found


def scorer(sample: Sample, counts: Array, moments: tuple[Array, Array], ascent: Ascent, structure: Structure) -> Scorer:
    """Make of the estimates of a stack what gives rows their scores.

    Parameters
    ----------
    sample
        All rows, `(n, p)`.
    counts
        `(draws, n)`: how often each training sample takes each of them.
    moments
        Covariances and means of the training samples.
    ascent
        Their estimates.
    structure
        Of the model as it is shown.
    """
    covariance, mean = moments
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    sd = np.sqrt(np.where(variance > 0, variance, np.nan))
    scores = ascent.scores
    if scores is None:
        scores = spread(ascent.whole.weights, structure.owner, len(structure.constructs))
    centres, shares = np.empty((len(mean), len(ascent.products))), row_shares(sample, counts)
    for draw in range(len(mean) if ascent.products else 0):
        columns = np.nan_to_num((sample.values - mean[draw]) / sd[draw], nan=0.0)
        for place, factors in enumerate(ascent.products):
            centres[draw, place] = np.average((columns @ factors[draw]).prod(axis=1), weights=shares[draw])
    return Scorer(mean, sd, scores, ascent.products, centres)


class Forecaster(Record):
    """What predicts rows, for each member of a stack.

    Attributes
    ----------
    scorer
        Gives rows their scores.
    inner
        `(draws, J, J)` at `[source, outcome]`: how predicted scores come from observed ones.
    outer
        `(draws, J, m)`: how standardised items come from predicted scores.
    items
        The places of the predicted items, `(m,)`.
    own, sources
        For each construct, the items of its score and those that it is predicted from.
    covariance
        Of the items in training, `(draws, p, p)`, where gaps are filled by it; None where they count as the mean.
    """

    scorer: Scorer
    inner: Array
    outer: Array
    items: Indices
    own: tuple[tuple[int, ...], ...]
    sources: tuple[tuple[int, ...], ...]
    covariance: Array | None = None

    def constructs(self, values: Array, draw: int) -> tuple[Array, Array]:
        """Return the scores of rows `(n, p)`, observed and as predicted from others, `(n, J)` each.

        A missing answer counts as the mean of the training sample. Where its covariances fill gaps, it counts as what
        these and the row's answers lead to expect: for the score of a construct, those to its own items; for its
        prediction, those to all items that it is predicted from, and to no others, so that nothing is predicted from
        itself.
        """
        if self.covariance is not None and np.isnan(values).any():
            return self._by_expectation(values, draw)
        observed = self.scorer.constructs(values, draw)
        return observed, observed @ self.inner[draw]

    def _by_expectation(self, values: Array, draw: int) -> tuple[Array, Array]:
        observed, predicted = np.zeros((2, len(values), len(self.own)))
        scores, inner = self.scorer.scores[draw], self.inner[draw]
        for construct, (own, sources) in enumerate(zip(self.own, self.sources, strict=True)):
            observed[:, construct] = self.filled(values, own, draw) @ scores[list(own), construct]
            if sources:
                composites = self.filled(values, sources, draw) @ scores[list(sources)]
                predicted[:, construct] = composites @ inner[:, construct]
        return observed, predicted

    def filled(self, values: Array, items: tuple[int, ...], draw: int) -> Array:
        """Return some items of rows `(n, p)`, standardised as in training, their gaps filled from one another."""
        at = list(items)
        deviations = values[:, at] - self.scorer.mean[draw, at]
        if self.covariance is not None:
            deviations = expected(deviations, self.covariance[draw][np.ix_(at, at)])
        return np.asarray(np.nan_to_num(deviations / self.scorer.sd[draw, at], nan=0.0))

    def items_of(self, predicted: Array, draw: int) -> Array:
        """Return the items that predicted scores `(n, J)` lead to expect, `(n, m)`, in the unit of the answers."""
        mean, sd = self.scorer.mean[draw, self.items], self.scorer.sd[draw, self.items]
        found: Array = mean + sd * (predicted @ self.outer[draw])
        return found


def forecaster(
    sample: Sample,
    counts: Array,
    moments: tuple[Array, Array],
    ascent: Ascent,
    outlook: Outlook,
    *,
    by_expectation: bool = False,
) -> Forecaster:
    """Make of the estimates of a stack what predicts rows.

    Parameters
    ----------
    sample
        All rows, `(n, p)`.
    counts
        `(draws, n)`: how often each training sample takes each of them.
    moments
        Covariances and means of the training samples.
    ascent
        Their estimates.
    outlook
        What is predicted.
    by_expectation
        Whether gaps are filled by the covariances of the training sample, and not by its means.

    Source: Shmueli, Ray, Velasquez Estrada and Chatla (2016), The elephant in the room: scores from training weights,
    outcomes by training paths, items by training loadings, and back into units by training means and deviations.
    """
    whole, structure = ascent.whole, outlook.plan.whole
    # At [source, outcome], as rows of scores are multiplied from the left.
    paths = (whole.beta if outlook.antecedents == "direct" else total_effects(whole.beta)).transpose(0, 2, 1)
    exogenous: Mask = ~np.any(structure.paths, axis=1)
    inner = paths if outlook.antecedents == "direct" else np.where(exogenous[:, None], paths, 0.0)
    outer = np.zeros((len(paths), len(structure.constructs), len(outlook.targets)))
    for place, target in enumerate(outlook.targets):
        steps = [ascent.stages[stage].loadings[:, column] for stage, column in target.chain]
        outer[:, target.outcome, place] = np.prod(steps, axis=0)
    return Forecaster(
        scorer=scorer(sample, counts, moments, ascent, structure),
        inner=inner,
        outer=outer,
        items=outlook.items,
        own=outlook.below,
        sources=tuple(outlook.items_of(some) for some in outlook.sources),
        covariance=moments[0] if by_expectation else None,
    )
