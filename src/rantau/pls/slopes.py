"""What products of constructs mean: the slope of one construct at values of others, and where it differs from zero."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import product as every_combination
from typing import Protocol

import numpy as np
from numpy.polynomial import Polynomial
from scipy.special import ndtri

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, listing, unknown
from rantau.fit import Quantity
from rantau.options import is_number
from rantau.pls.estimate import Estimates
from rantau.pls.structure import Structure


class Replicates(Protocol):
    """What is asked of the draws of a bootstrap."""

    @property
    def quantities(self) -> tuple[Quantity, ...]:
        """The names of the columns of `values`."""

    @property
    def values(self) -> Array:
        """`(draws, n_quantities)`, NaN in failed draws."""


class Slope:
    """The slope of a predictor as a polynomial in the scores of its moderators.

    The derivative of the equation by the predictor: its own coefficient, and that of each product with it times what is
    left of the product. Constructs that are not named stand at their mean, 0.

    Parameters
    ----------
    structure
        The model.
    outcome, predictor
        Names of constructs; a path leads from one to the other.
    moderators
        Names of constructs that stand in products with the predictor; the predictor itself where it is squared.

    Raises
    ------
    OptionError
        Naming what could be meant.
    """

    def __init__(self, structure: Structure, outcome: str, predictor: str, moderators: tuple[str, ...]) -> None:
        names = structure.constructs
        _check_names(outcome, predictor, moderators)
        moderated = dict.fromkeys(
            names[row] for row in structure.endogenous for j in structure.predictors(row) if ":" in names[j]
        )
        if not moderated:
            raise OptionError("no path of this model leads from a product, so slopes are the same everywhere.")
        if outcome not in moderated:
            raise OptionError(unknown("outcome", outcome, tuple(moderated), where="slopes"))
        terms = tuple(names[j] for j in structure.predictors(names.index(outcome)))
        products = [name for name in terms if ":" in name]
        inside = tuple(dict.fromkeys(part for name in products for part in name.split(":")))
        if predictor not in inside:
            raise OptionError(unknown("predictor", predictor, inside, where=f"products that predict {outcome}"))
        beside: Counter[str] = Counter()
        for name in products:
            powers = Counter(name.split(":"))
            if predictor in powers:
                beside += powers - Counter([predictor])
        for moderator in moderators:
            if moderator not in beside:
                allowed = tuple(beside)
                raise OptionError(unknown("moderator", moderator, allowed, where=f"products with {predictor}"))
        self.outcome, self.predictor, self.moderators = outcome, predictor, moderators
        #: The terms that depend on the predictor, and what each contributes: a factor, and powers of the moderators.
        self.terms: list[tuple[str, int, tuple[int, ...]]] = []
        for name in terms:
            powers = Counter(name.split(":"))
            if predictor not in powers:
                continue
            left = powers - Counter([predictor])
            if all(part in moderators for part in left):
                self.terms.append((name, powers[predictor], tuple(left[one] for one in moderators)))

    def design(self, values: Array) -> Array:
        """Return what each coefficient is multiplied by, `(points, terms)`, at `(points, moderators)`."""
        return np.stack(
            [factor * (values ** np.array(powers)).prod(axis=1) for _, factor, powers in self.terms], axis=1
        )

    def coefficients(self, estimates: Estimates, structure: Structure) -> Array:
        """Return the coefficients of the terms, `(draws, terms)`."""
        at = structure.constructs.index
        return estimates.coefficients[:, at(self.outcome), [at(name) for name, _, _ in self.terms]]

    def replicates(self, draws: Replicates) -> Array:
        """Return the coefficients of the draws that succeeded, `(draws, terms)`.

        Raises
        ------
        OptionError
            If the draws are those of another model.
        EstimationError
            If fewer than two succeeded.
        """
        if not hasattr(draws, "quantities") or not isinstance(getattr(draws, "values", None), np.ndarray):
            raise OptionError(f"draws= takes what rt.bootstrap(fit) returns, got a {type(draws).__name__}.")
        found = {(one.lhs, one.op, one.rhs): place for place, one in enumerate(draws.quantities)}
        wanted = [(self.outcome, "~", name) for name, _, _ in self.terms]
        lacking = [f"{lhs} {op} {rhs}" for lhs, op, rhs in wanted if (lhs, op, rhs) not in found]
        if lacking:
            raise OptionError(
                f"the draws lack {listing(lacking)}: they are those of another fit. Give rt.bootstrap(fit) of this one."
            )
        values = draws.values[:, [found[name] for name in wanted]]
        values = values[np.isfinite(values).all(axis=1)]
        if len(values) < 2:
            raise EstimationError(
                f"{len(values)} draws succeeded; intervals need two at least, and thousands to be good."
            )
        return values


def _check_names(outcome: object, predictor: object, moderators: tuple[object, ...]) -> None:
    """Refuse what are no names, and moderators named twice or not at all."""
    for option, names in (("outcome", (outcome,)), ("predictor", (predictor,)), ("moderator", moderators)):
        for name in names:
            if not isinstance(name, str):
                raise OptionError(f"{option} takes the name of a construct, got {name!r}.")
    if not moderators or len(set(moderators)) < len(moderators):
        raise OptionError("slopes take one moderator or several, each of them once.")


Row = tuple[float, ...]


def simple_slopes(
    slope: Slope, estimate: Array, at: Sequence[float], draws: Array | None, level: float
) -> tuple[Row, ...]:
    """Return the slope at every combination of values of the moderators.

    Parameters
    ----------
    slope
        As a polynomial.
    estimate
        Its coefficients, `(terms,)`.
    at
        Values of each moderator, in standard deviations from its mean.
    draws
        The coefficients of draws, `(draws, terms)`, for percentile intervals.
    level
        Of these.

    Returns
    -------
    tuple
        Rows of the moderators' values, the slope and, given draws, standard error and limits.

    Source: Aiken and West (1991), Multiple Regression: Testing and Interpreting Interactions.
    """
    given = tuple(at) if isinstance(at, Iterable) else ()
    if not given or not all(map(_finite, given)):
        raise OptionError(f"at= takes values of the moderator in standard deviations, such as (-1, 0, 1), got {at!r}.")
    points = np.array(list(every_combination(*[given] * len(slope.moderators))), dtype=float)
    design = slope.design(points)
    columns = [*points.T, design @ estimate]
    if draws is not None:
        values = draws @ design.T
        columns += [values.std(axis=0, ddof=1), *np.quantile(values, [(1 - level) / 2, (1 + level) / 2], axis=0)]
    return tuple(tuple(float(cell) for cell in row) for row in zip(*columns, strict=True))


def _finite(value: object) -> bool:
    return is_number(value) and bool(np.isfinite(float(value)))  # type: ignore[arg-type]


def significant_regions(
    slope: Slope, estimate: Array, draws: Array, level: float, scores: Array
) -> tuple[tuple[float, float, str, float], ...]:
    """Return where in the range of a moderator the slope differs from zero.

    The bounds are where the square of the slope equals that of its standard error, from the covariances of the
    coefficients over the draws, times the normal quantile.

    Parameters
    ----------
    slope
        With one moderator.
    estimate
        The coefficients, `(terms,)`.
    draws
        Those of draws, `(draws, terms)`.
    level
        Of confidence.
    scores
        Of the moderator, `(n,)`, to tell how many rows lie in each region.

    Returns
    -------
    tuple
        `(low, high, slope, share)`: the bounds in standard deviations, `positive`, `negative` or `not significant`,
        and the share of rows.

    Source: Johnson and Neyman (1936); Bauer and Curran (2005), equation 11, with covariances from the bootstrap.
    """
    line = sum(
        (Polynomial([0.0] * powers[0] + [factor * value])
         for (_, factor, powers), value in zip(slope.terms, estimate, strict=True)),
        Polynomial([0.0]),
    )  # fmt: skip
    covariance = np.atleast_2d(np.cov(draws, rowvar=False))
    variance = Polynomial([0.0])
    for (_, one, above), row in zip(slope.terms, covariance, strict=True):
        for (_, two, below), value in zip(slope.terms, row, strict=True):
            variance += Polynomial([0.0] * (above[0] + below[0]) + [one * two * value])
    edge = line**2 - ndtri((1 + level) / 2) ** 2 * variance
    roots = edge.trim(1e-14).roots()
    real = np.sort(roots.real[np.abs(roots.imag) < 1e-9])
    found = []
    for low, high in zip([-np.inf, *real], [*real, np.inf], strict=True):
        # A point inside: halfway, or one beyond the outermost bound.
        inside = (low + high) / 2 if np.isfinite([low, high]).all() else (high - 1 if np.isfinite(high) else low + 1)
        inside = float(inside) if np.isfinite(inside) else 0.0
        sign = "positive" if line(inside) > 0 else "negative"
        share = float(((scores >= low) & (scores < high)).mean())
        found.append((float(low), float(high), sign if edge(inside) > 0 else "not significant", share))
    return tuple(found)
