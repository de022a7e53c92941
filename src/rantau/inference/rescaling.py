"""Scores in the unit of the answers, or from 0 to 100 by the bounds of their scales."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, listing, nearest
from rantau.moments.sample import Sample
from rantau.options import is_number
from rantau.pls.item_moments import moments_of_fit, refuse_ordered
from rantau.pls.iterate import spread
from rantau.pls.result import PlsFit
from rantau.pls.scores import unit_lengths
from rantau.survey.further import declared_bounds
from rantau.survey.instrument import Survey

#: The ends of the scale: of all items, of each, or as an instrument declares them.
Bounds = tuple[float, float] | Mapping[str, tuple[float, float]] | Survey


def sources_of(fit: PlsFit, target: str) -> tuple[int, ...]:
    """Return the constructs from which a target is reached, products left out.

    Raises
    ------
    OptionError
        If there is no such target, or what is given is no PLS fit.
    EstimationError
        If the fit did not converge.
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(f"a fit by rt.pls is needed, got a {type(fit).__name__}.")
    if not fit.converged:
        raise EstimationError("the fit did not converge, so its scores mean nothing. See fit.problems.")
    refuse_ordered(fit.request, "what a construct performs", "Fit without ordered= to map importance and performance.")
    structure = fit.structure
    names = structure.constructs
    outcomes = [names[outcome] for outcome in structure.endogenous]
    if not isinstance(target, str) or target not in outcomes:
        guess = nearest(str(target), outcomes)
        hint = f" Did you mean '{guess}'?" if guess else ""
        raise OptionError(f"no path of the model leads to '{target}'.{hint} Outcomes: {listing(outcomes)}.")
    j = names.index(target)
    return tuple(i for outcome, i in structure.reached if outcome == j and ":" not in names[i])


def rescaled(sample: Sample, bounds: Bounds | None) -> Sample:
    """Return a sample whose items run from 0 to 100; as it is where there are no bounds.

    Raises
    ------
    OptionError
        If bounds are missing for an item, are no bounds, or do not hold its answers.
    """
    if bounds is None:
        return sample
    ends = np.array([_ends(name, bounds) for name in sample.names], dtype=float)
    low, high = ends.T
    for name, least, most, (start, end) in zip(
        sample.names, np.nanmin(sample.values, axis=0), np.nanmax(sample.values, axis=0), ends, strict=True
    ):
        if least < start or most > end:
            raise OptionError(
                f"the answers to '{name}' run from {least:g} to {most:g}, beyond the bounds {start:g} to {end:g}."
            )
    return sample.replace(values=100 * (sample.values - low) / (high - low))


def _ends(name: str, bounds: Bounds) -> tuple[float, float]:
    if isinstance(bounds, Survey):
        declared = declared_bounds(bounds, name)
        if declared is None:
            raise OptionError(
                f"the instrument does not declare the lowest and highest answer to '{name}'; add them (minimum, "
                "maximum), or give bounds= as a mapping."
            )
        return declared
    found = bounds
    if isinstance(bounds, Mapping):
        if name not in bounds:
            raise OptionError(f"bounds has no entry for the item '{name}', such as {{'{name}': (1, 7)}}.")
        found = bounds[name]
    if isinstance(found, tuple | list) and len(found) == 2 and all(is_number(end) for end in found):
        low, high = found
        if -np.inf < low < high < np.inf:
            return float(low), float(high)
    raise OptionError(f"bounds are two numbers, the lower first, such as (1, 7); got {found!r} for '{name}'.")


def unstandardised_weights(fit: PlsFit, sample: Sample) -> tuple[Array, Array, Array]:
    """Return what makes scores of answers.

    Parameters
    ----------
    fit
        Whose standardised weights are taken.
    sample
        Its rows, the items in any unit.

    Returns
    -------
    tuple
        Weights of items `(p, J)` that sum to 1 for each construct, one over the standard deviation of each score so
        made, `(J,)`, and the means of the items `(p,)`. Those of products are without meaning.

    Source: Hair, Hult, Ringle and Sarstedt (2022), on unstandardised weights.
    """
    lengths = unit_lengths(sample, fit.plan, fit.ascent, fit.request)
    moments = moments_of_fit(sample, fit.request)
    deviation = np.sqrt(np.diagonal(moments.covariance[0]) * sample.n_obs / (sample.n_obs - 1))
    if fit.ascent.scores is None:
        vectors = spread(fit.solution.weights, fit.structure.owner, len(fit.structure.constructs))[0]
    else:
        vectors = fit.ascent.scores[0][: len(deviation)]
    with np.errstate(invalid="ignore", divide="ignore"):
        weights = vectors / deviation[:, None] / lengths
    return weights, lengths, moments.mean[0]


def scores_in_units(fit: PlsFit, constructs: tuple[int, ...], bounds: Bounds | None) -> Array:
    """Return scores as weighted means of answers, `(n, k)`; a missing answer counts as the item's mean.

    Raises
    ------
    EstimationError
        Where gaps were filled by EM: such a score would be of no answer.
    """
    sample = rescaled(fit.sample, bounds)
    gaps = np.isnan(sample.values)
    if fit.request.missing == "em" and gaps.any():
        raise EstimationError("missing='em' fills no gap by itself. Fit with missing='mean' or 'listwise'.")
    weights, _, mean = unstandardised_weights(fit, sample)
    found: Array = np.where(gaps, mean, sample.values) @ weights[:, list(constructs)]
    return found
