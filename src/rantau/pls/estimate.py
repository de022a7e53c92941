"""From a stack of covariance matrices to everything PLS estimates, and to what is wrong with it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from rantau.arrays import Array, Indices, Mask
from rantau.errors import listing
from rantau.pls.consistent import consistent_loadings, disattenuated, rho_a
from rantau.pls.inner_schemes import ROWS as SCHEMES
from rantau.pls.iterate import aligned_signs, iterate, spread
from rantau.pls.outer_modes import ROWS as MODES
from rantau.pls.outer_modes.mode_a import MODE_A
from rantau.pls.request import PlsRequest
from rantau.pls.structural import explained, path_coefficients
from rantau.pls.structure import Structure
from rantau.record import Record

#: Below this share of its mean, the standard deviation of an item is rounding noise.
_CONSTANT = 1e-7
#: Below this, the smallest eigenvalue of a correlation matrix counts as zero.
_SINGULAR = 1e-10


class Estimates(Record):
    """A stack of PLS estimates.

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
        `(draws, J)`; 1 where the block is not weighted by mode A or has one item.
    beta
        Path coefficients at `[outcome, predictor]`, `(draws, J, J)`.
    r_squared
        `(draws, J)`; NaN without predictors.
    iterations, converged
        `(draws,)`.
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
    correlation, faults = _correlations(covariance, mean, structure)
    blocks = structure.blocks
    modes = {row.name: row for row in MODES}
    loop = iterate(
        correlation,
        owner=structure.owner,
        paths=structure.paths,
        blocks=blocks,
        scheme={row.name: row for row in SCHEMES}[request.scheme],
        # One item is its own score whatever the mode; mode A says so without an inverse.
        modes=tuple(
            MODE_A if single else modes[mode] for mode, single in zip(structure.modes, structure.single, strict=True)
        ),
        tolerance=request.tolerance,
        max_iterations=request.max_iterations,
    )
    weights = loop.weights
    if towards is not None:
        weights = aligned_signs(weights, correlation, blocks, towards)
    elif request.signs == "dominant":
        weights = aligned_signs(weights, correlation, blocks, np.ones(weights.shape[1]))

    outer = spread(weights, structure.owner, len(blocks))
    cross = correlation @ outer
    proxies = outer.transpose(0, 2, 1) @ cross
    reliability = np.stack(
        [
            rho_a(weights[:, block], correlation[:, block, block]) if mode != "B" else np.ones(len(weights))
            for mode, block in zip(structure.modes, blocks, strict=True)
        ],
        axis=1,
    )
    loadings = cross[:, np.arange(structure.owner.size), structure.owner]
    constructs = proxies
    if request.consistent:
        loadings = loadings.copy()
        for j in np.flatnonzero(structure.factors):
            loadings[:, blocks[j]] = consistent_loadings(weights[:, blocks[j]], reliability[:, j])
        constructs = disattenuated(proxies, reliability, structure.factors)
    beta = path_coefficients(constructs, structure.paths)
    estimates = Estimates(
        correlation=correlation,
        weights=weights,
        loadings=loadings,
        cross=cross,
        proxies=proxies,
        constructs=constructs,
        rho_a=reliability,
        beta=beta,
        r_squared=explained(constructs, beta, structure.paths),
        iterations=loop.iterations,
        converged=loop.converged,
    )
    every = (*faults, *_faults_of_estimates(estimates, structure, request))
    return estimates, tuple(fault for fault in every if fault.where.any())


def _correlations(covariance: Array, mean: Array, structure: Structure) -> tuple[Array, list[Fault]]:
    """Standardise; members that cannot be estimated become identity matrices and are named by a fault."""
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    constant = ~(variance > (_CONSTANT * mean) ** 2)
    faults = [
        Fault(
            "no_variance",
            "no variance in {names}: every answer is the same",
            structure.items,
            constant,
            fatal=True,
        )
    ]
    sd = np.sqrt(np.where(constant, 1.0, variance))
    correlation = covariance / (sd[:, :, None] * sd[:, None, :])
    diagonal = np.arange(sd.shape[1])
    correlation[:, diagonal, diagonal] = 1.0
    correlation[constant.any(axis=1)] = np.eye(sd.shape[1])

    inverts = {row.name for row in MODES if row.inverts}
    singular = np.zeros((len(sd), len(structure.constructs)), dtype=bool)
    for j, block in enumerate(structure.blocks):
        if structure.modes[j] in inverts and not structure.single[j]:
            singular[:, j] = np.linalg.eigvalsh(correlation[:, block, block])[:, 0] < _SINGULAR
    correlation[singular.any(axis=1)] = np.eye(sd.shape[1])
    sentence = "items of {names} are exact combinations of one another, so mode B cannot weight them"
    faults.append(Fault("collinear_items", sentence, structure.constructs, singular, fatal=True))
    return correlation, faults


def _faults_of_estimates(estimates: Estimates, structure: Structure, request: PlsRequest) -> list[Fault]:
    """Look for what makes estimates useless or not to be trusted."""
    collinear = np.zeros((len(estimates.weights), len(structure.constructs)), dtype=bool)
    for outcome in structure.endogenous:
        among = estimates.proxies[:, structure.predictors(outcome)[:, None], structure.predictors(outcome)]
        usable = np.isfinite(among).all(axis=(1, 2))
        collinear[usable, outcome] = np.linalg.eigvalsh(among[usable])[:, 0] < _SINGULAR
    lost = f"the weights did not settle within {request.max_iterations} iterations"
    faults = [
        Fault(
            "collinear_predictors",
            "the predictors of {names} are exact combinations of one another",
            structure.constructs,
            collinear,
            fatal=True,
        ),
        Fault("not_converged", lost, ("",), ~estimates.converged[:, None]),
    ]
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
