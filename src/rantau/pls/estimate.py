"""From a stack of covariance matrices to everything PLS estimates, and to what is wrong with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.errors import listing
from rantau.pls.consistent import consistent_loadings, disattenuated, rho_a
from rantau.pls.inner_schemes import ROWS as SCHEMES
from rantau.pls.iterate import covariances_of_scores, iterate, turns
from rantau.pls.outer_modes import ROWS as MODES
from rantau.pls.outer_modes.mode_a import MODE_A
from rantau.pls.request import PlsRequest
from rantau.pls.rows import OuterMode
from rantau.pls.structure import Structure
from rantau.record import Record

#: Below this share of its mean, the standard deviation of an item is rounding noise.
_CONSTANT = 1e-7
#: Below this, the share of a variable's variance that others do not explain counts as zero.
SINGULAR = 1e-10
_SCHEMES = {row.name: row for row in SCHEMES}
_MODES = {row.name: row for row in MODES}


class Estimates(Record):
    """A stack of PLS estimates.

    In memory the draws lie side by side, so that what runs over all of them is quick.

    Attributes
    ----------
    correlation
        Of the items, `(draws, p, p)`.
    weights, loadings
        `(draws, p)`; loadings are correlations with the score, or consistent ones.
    cross
        Correlations of items with scores, `(draws, p, J)`.
    proxies, constructs
        Correlations of the scores, and of the constructs (the same unless corrected), `(draws, J, J)`.
    rho_a
        `(draws, J)`; 1 where the block is weighted by mode B or has one item.
    beta
        Path coefficients at `[outcome, predictor]`, `(draws, J, J)`.
    r_squared
        `(draws, J)`; NaN without predictors.
    iterations, converged
        `(draws,)`.
    units
        The standard deviation of each construct's score in the unit in which coefficients are told, `(draws, J)`: 1 but
        for products of scores, which are not standardised again; None where there are none.
    """

    correlation: Array
    weights: Array
    loadings: Array
    cross: Array
    proxies: Array
    constructs: Array
    rho_a: Array
    beta: Array
    r_squared: Array
    iterations: Indices
    converged: Mask
    units: Array | None = None

    @property
    def coefficients(self) -> Array:
        """Path coefficients in the units of the predictors, `(draws, J, J)`: `beta` but for products."""
        return self.beta if self.units is None else self.beta / self.units[:, None, :]

    def turned(self, turn: Array, owner: Indices) -> Estimates:
        """Return these with some constructs pointing the other way.

        Parameters
        ----------
        turn
            1 or -1, `(draws, J)`.
        owner
            The construct of each item, `(p,)`.
        """
        if np.all(turn > 0):
            return self
        among = turn[:, :, None] * turn[:, None, :]
        return self.replace(
            weights=self.weights * turn[:, owner],
            loadings=self.loadings * turn[:, owner],
            cross=self.cross * turn[:, None, :],
            proxies=self.proxies * among,
            constructs=self.constructs * among,
            beta=self.beta * among,
        )


class Fault(NamedTuple):
    """One thing that can be wrong with members of a stack.

    `where` is `(draws, k)`, `names` the k things it is about; the sentence has a place for `{names}`. A
    `fatal` fault leaves nothing to estimate.
    """

    code: str
    sentence: str
    names: tuple[str, ...]
    where: Mask
    fatal: bool = False

    def about(self, draw: int) -> tuple[str, ...]:
        """Return the names concerned in one member of the stack."""
        return tuple(name for name, hit in zip(self.names, self.where[draw], strict=True) if hit and name)

    def text(self, draw: int) -> str:
        """Return the sentence for one member of the stack."""
        return self.sentence.format(names=listing(self.about(draw)))


def estimate(
    covariance: Array, mean: Array, structure: Structure, request: PlsRequest, *, towards: Array | None = None
) -> tuple[Estimates, tuple[Fault, ...]]:
    """Estimate a PLS model on each member of a stack.

    Parameters
    ----------
    covariance
        Of the items in the order of the structure, `(draws, p, p)`; any divisor.
    mean
        `(draws, p)`, to tell a constant item from one that varies little.
    structure
        The model.
    request
        The options.
    towards
        `(p,)` loadings of the sample, for draws from it: each draw's constructs then point where the sample's do.

    Returns
    -------
    tuple
        The estimates, and every fault that some member has. Numbers of members with a fatal fault are without
        meaning.
    """
    # One item is its own score whatever the mode; mode A says so without an inverse.
    modes = tuple(
        MODE_A if single else _MODES[mode] for mode, single in zip(structure.modes, structure.single, strict=True)
    )
    correlation, matrices, faults = _prepared(covariance, mean, structure, modes)
    blocks, owner, network = structure.blocks, structure.owner, structure.network
    loop = iterate(
        correlation,
        owner=owner,
        network=network,
        blocks=blocks,
        scheme=_SCHEMES[request.scheme],
        modes=modes,
        matrices=matrices,
        tolerance=request.tolerance,
        max_iterations=request.max_iterations,
    )
    weights = loop.weights
    cross, proxies = covariances_of_scores(correlation, weights, blocks, owner)
    loadings = cross[owner, np.arange(owner.size)]
    if towards is not None or request.signs == "dominant":
        turn = turns(loadings, blocks, towards)
        weights *= turn[owner]
        loadings *= turn[owner]
        cross *= turn[:, None]
        proxies *= turn
        proxies *= turn[:, None]

    correctable = ~structure.single & (np.array(structure.modes) != "B")
    reliability = np.where(correctable[:, None], rho_a(weights, blocks), 1.0)
    constructs = proxies
    if request.consistent:
        for j in np.flatnonzero(structure.factors).tolist():
            loadings[blocks[j]] = consistent_loadings(weights[blocks[j]].T, reliability[j]).T
        constructs = disattenuated(proxies.transpose(2, 0, 1), reliability.T, structure.factors).transpose(1, 2, 0)
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        beta = network.regress(constructs)
    r_squared = np.einsum("oid,oid->od", beta, constructs)
    r_squared[~network.paths.any(axis=1)] = np.nan
    estimates = Estimates(
        correlation=_draws_first(correlation),
        weights=_draws_first(weights),
        loadings=_draws_first(loadings),
        cross=_draws_first(cross.swapaxes(0, 1)),
        proxies=_draws_first(proxies),
        constructs=_draws_first(constructs),
        rho_a=_draws_first(reliability),
        beta=_draws_first(beta),
        r_squared=_draws_first(r_squared),
        iterations=loop.iterations,
        converged=loop.converged,
    )
    faults += _faults_of_estimates(estimates, proxies, structure, request)
    return estimates, tuple(fault for fault in faults if fault.where.any())


def _draws_first(array: Array) -> Array:
    """Turn `(..., draws)` into `(draws, ...)` and close it; the numbers stay where they are, a draw beside the next."""
    array.setflags(write=False)
    if array.base is not None:
        array.base.setflags(write=False)
    return array.transpose(array.ndim - 1, *range(array.ndim - 1))


def _prepared(
    covariance: Array, mean: Array, structure: Structure, modes: tuple[OuterMode, ...]
) -> tuple[Array, tuple[Array | None, ...], list[Fault]]:
    """Standardise, the draws last, and make what outer modes need of their blocks.

    Members that cannot be estimated become identity matrices and are named by a fault.
    """
    variance = np.ascontiguousarray(np.diagonal(covariance, axis1=1, axis2=2).T)
    with np.errstate(invalid="ignore"):
        varies = variance > (_CONSTANT * mean.T) ** 2
    faults: list[Fault] = []
    if not varies.all():
        faults += _faults_of_moments(varies, np.isfinite(variance), structure)
        variance = np.where(varies, variance, 1.0)
    reciprocal = 1 / np.sqrt(variance)
    correlation = reciprocal[:, None] * reciprocal
    correlation *= covariance.transpose(1, 2, 0)
    every = np.arange(len(variance))
    correlation[every, every] = 1.0
    _blank(correlation, np.any(~varies, axis=0))

    matrices = [mode.matrix(correlation[block, block]) for mode, block in zip(modes, structure.blocks, strict=True)]
    inverted = [j for j, mode in enumerate(modes) if mode.inverts]
    diagonals = [np.diagonal(matrix).T for matrix in matrices if matrix is not None]
    if diagonals and not _regular(np.concatenate(diagonals)).all():
        singular = np.zeros((len(modes), len(covariance)), dtype=bool)
        for j, diagonal in zip(inverted, diagonals, strict=True):
            singular[j] = ~_regular(diagonal).all(axis=0)
        told = "items of {names} are exact combinations of one another, so mode B cannot weight them"
        faults.append(Fault("collinear_items", told, structure.constructs, singular.T, fatal=True))
        for matrix in (correlation, *matrices):
            if matrix is not None:
                _blank(matrix, np.any(singular, axis=0))
    sums = np.stack([correlation[block, block].sum(axis=(0, 1)) for block in structure.blocks])
    # Below zero, correlations are those of no variables, which is another fault.
    cancelled = np.abs(sums) <= SINGULAR
    if cancelled.any():
        told = "the items of {names} cancel out: their sum, with which weights begin, does not vary"
        faults.append(Fault("items_cancel", told, structure.constructs, cancelled.T, fatal=True))
        for matrix in (correlation, *matrices):
            if matrix is not None:
                _blank(matrix, np.any(cancelled, axis=0))
    return correlation, tuple(matrices), faults


def _faults_of_moments(varies: Mask, known: Mask, structure: Structure) -> list[Fault]:
    """Say what is wrong with variances, `(p, draws)`, that are not known or nothing."""
    nothing: Mask = np.all(~known, axis=0)
    undetermined = "the answers do not determine the covariances of the items"
    untold = "the answers do not tell the variance of {names}"
    same = "no variance in {names}: every answer is the same, or differs by no more than rounding does"
    return [
        Fault("no_moments", undetermined, ("",), nothing[:, None], fatal=True),
        Fault("no_answer", untold, structure.items, (~known & ~nothing).T, fatal=True),
        Fault("no_variance", same, structure.items, (known & ~varies).T, fatal=True),
    ]


def _blank(matrices: Array, which: Mask) -> None:
    """Make some members of `(k, k, draws)` identity matrices."""
    if which.any():
        matrices[..., which] = np.eye(len(matrices))[..., None]


def _regular(inflation: Array) -> Mask:
    """Say which variance inflation factors mean that something is left beside what the other variables give."""
    with np.errstate(invalid="ignore"):
        regular: Mask = (inflation > 0) & (inflation < 1 / SINGULAR)
    return regular


def _faults_of_estimates(
    estimates: Estimates, proxies: Array, structure: Structure, request: PlsRequest
) -> list[Fault]:
    """Look for what makes estimates useless or not to be trusted; `proxies` are `(J, J, draws)`."""
    faults: list[Fault] = []
    unknown = ~np.isfinite(np.einsum("jjd->dj", proxies))
    if unknown.any():
        # With correlations that variables can have, it is weights that are nothing: these do not settle.
        lost = np.flatnonzero(unknown.any(axis=1))
        unknown[lost[np.linalg.eigvalsh(estimates.correlation[lost])[:, 0] >= 0]] = False
        told = "the correlations of the items leave the score of {names} without a positive variance"
        faults.append(Fault("score_without_variance", told, structure.constructs, unknown, fatal=True))
    regular = _regular(structure.network.inflation(proxies))
    if not regular.all():
        collinear: Mask = np.any(~regular, axis=1) & np.all(np.isfinite(proxies), axis=(0, 1))
        told = "the predictors of {names} are exact combinations of one another"
        faults.append(Fault("collinear_predictors", told, structure.constructs, collinear.T, fatal=True))
    if not estimates.converged.all():
        told = f"the weights did not settle within {request.max_iterations} iterations"
        faults.append(Fault("not_converged", told, ("",), ~estimates.converged[:, None]))
    if not request.consistent:
        return faults
    factors = structure.factors
    reliability = np.where(factors, estimates.rho_a, 1.0)
    of_factor = factors[structure.owner]
    finite: Mask = np.all(np.isfinite(estimates.constructs), axis=(1, 2))
    indefinite = np.zeros(len(finite), dtype=bool)
    indefinite[finite] = np.linalg.eigvalsh(estimates.constructs[finite])[:, 0] <= 0
    faults += [
        Fault(
            "reliability_out_of_range",
            "the reliability rho_A of {names} is not between 0 and 1, so it cannot correct for unreliability",
            structure.constructs,
            ~((reliability > 0) & (reliability <= 1)),
        ),
        Fault(
            "loading_above_one",
            "the consistent loading of {names} exceeds 1",
            structure.items,
            of_factor & (np.abs(estimates.loadings) > 1),
        ),
        Fault(
            "constructs_not_positive_definite",
            "the corrected correlations of the constructs are not positive definite",
            ("",),
            indefinite[:, None],
        ),
    ]
    return faults


def reasons(faults: tuple[Fault, ...], draws: int) -> tuple[str, ...]:
    """Say for each member of a stack why it failed; empty where it did not."""
    found = [""] * draws
    for fault in reversed(faults):
        for draw in np.flatnonzero(fault.where.any(axis=1)):
            found[draw] = f"{fault.code}: {fault.text(int(draw))}"
    return tuple(found)
