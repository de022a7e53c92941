"""From the moments of a stack to the estimates of every stage, and to those of the model as it is shown.

Every stage's items are columns of one ground: the standardised items of the data and, once it comes to that, products.
A stage sees them through a matrix `(draws, q, k)`, so that scores become items by matrix algebra alone.
"""

from __future__ import annotations

from collections import Counter
from math import factorial, prod

import numpy as np

from rantau.arrays import Array, Mask
from rantau.pls.consistent import disattenuated
from rantau.pls.estimate import SINGULAR, Estimates, Fault, estimate
from rantau.pls.iterate import spread
from rantau.pls.multiply import Rows, latent_moments, product_moments
from rantau.pls.regression import solve
from rantau.pls.request import PlsRequest
from rantau.pls.stages import DATA, Ascent, Column, Part, Plan, StagePlan

Key = tuple[Part, ...]


def climb(
    covariance: Array,
    mean: Array,
    plan: Plan,
    request: PlsRequest,
    rows: Rows,
    *,
    towards: tuple[Array, ...] | None = None,
) -> tuple[Ascent, tuple[Fault, ...]]:
    """Estimate all stages of a plan on each member of a stack.

    Parameters
    ----------
    covariance, mean
        Of the items of the plan, `(draws, p, p)` and `(draws, p)`.
    plan
        The stages.
    request
        The options.
    rows
        Those behind the moments, from which products are formed.
    towards
        For draws from a sample, the loadings of each stage in it, `(k,)` each.

    Returns
    -------
    tuple
        The estimates of all stages, and every fault that some member has at some stage, earlier stages first.
    """
    ground = _Ground(covariance, mean, plan.items, rows, consistent=request.consistent)
    faults: list[Fault] = []
    for place, stage in enumerate(plan.stages):
        lost = np.zeros(len(covariance), dtype=bool)
        for fault in faults:
            if fault.fatal:
                lost |= fault.where.any(axis=1)
        moments, means, found = ground.step(stage, lost)
        estimates, more = estimate(
            moments, means, stage.structure, request, towards=None if towards is None else towards[place]
        )
        if towards is None:
            estimates = estimates.turned(ground.against_factors(stage, estimates), stage.structure.owner)
        ground.arrive(stage, estimates)
        earlier = tuple(faults)
        faults += found
        for fault in more:
            fresh = fault.where & ~lost[:, None]
            # What an earlier stage has said of a member need not be said of it again.
            for said in earlier:
                if (said.code, said.names) == (fault.code, fault.names):
                    fresh &= ~said.where
            if fresh.any():
                faults.append(fault._replace(where=fresh))
    return ground.whole(plan, request), tuple(faults)


class _Ground:
    """What the stages of one stack have in common; it grows as they are climbed."""

    def __init__(self, covariance: Array, mean: Array, items: tuple[str, ...], rows: Rows, *, consistent: bool) -> None:
        variance = np.diagonal(covariance, axis1=1, axis2=2)
        usable = variance > 0
        self.mean, self.deviation = mean, np.sqrt(np.where(usable, variance, 0.0))
        self.sd = np.where(usable, self.deviation, 1.0)
        self.items, self.rows, self.consistent = items, rows, consistent
        #: Covariances of the ground's columns, `(draws, q, q)`; those of items are correlations.
        self.moments = covariance / (self.sd[:, :, None] * self.sd[:, None, :])
        #: Where each product stands on the ground.
        self.products: dict[Key, int] = {}
        self.estimates: list[Estimates] = []
        self.stages: list[StagePlan] = []
        self.columns: list[Array] = []
        self.scores: list[Array] = []
        #: The standard deviation of each column of each stage that is a product, from scores with divisor n - 1: of the
        #: product of scores, and of what coefficients are told of, which moments may have been corrected for.
        self.spreads: list[Array] = []
        self.units: list[Array] = []

    # -- columns ------------------------------------------------------------------------------------------

    def step(self, stage: StagePlan, lost: Mask) -> tuple[Array, Array, list[Fault]]:
        """Return the covariances and means of a stage's items, and what is wrong with them."""
        self._multiply(stage)
        vectors = np.stack([self._vector(column) for column in stage.columns], axis=2)
        moments = vectors.transpose(0, 2, 1) @ self.moments @ vectors
        variance = np.diagonal(moments, axis1=1, axis2=2)
        unit = np.sqrt(np.clip(variance, 0.0, None))
        products = np.array([column.product for column in stage.columns])
        self.spreads.append(np.where(products, unit * self._divisor(stage), 1.0))
        self.units.append(self.spreads[-1])
        faults = [
            Fault(
                "product_of_nothing_new",
                "{names} does not vary, or only with the items that it is made independent of",
                stage.structure.items,
                products & (variance <= SINGULAR * self._before_clearing(stage)) & ~lost[:, None],
                fatal=True,
            )
        ]
        if self.consistent and len(self.stages):
            moments = self._corrected(stage, moments)
            latent = np.diagonal(moments, axis1=1, axis2=2)
            faults.append(
                Fault(
                    "product_without_variance",
                    "the corrected variance of {names} is not positive",
                    stage.structure.items,
                    products & ~(latent > 0),
                    fatal=True,
                )
            )
            if products.any():
                faults.append(_indefinite(moments, np.asarray(faults[-1].where.any(axis=1))))
            latent_unit = np.sqrt(np.where(latent > 0, latent, np.nan))
            self.units[-1] = np.where(products, latent_unit * self._divisor(stage), 1.0)
        self.columns.append(vectors / np.where(unit > 0, unit, 1.0)[:, None, :])
        # The first stage looks at items as they are, to tell a constant one from one that varies little.
        own = [self.items.index(one.parts[0].name) if _of_data(one) else None for one in stage.columns]
        scale, means = np.ones_like(unit), np.zeros_like(unit)
        for place, item in enumerate(own):
            if item is not None:
                scale[:, place], means[:, place] = self.deviation[:, item], self.mean[:, item]
        moments = moments * scale[:, :, None] * scale[:, None, :]
        unknown = ~np.isfinite(moments).all(axis=(1, 2)) | lost
        for fault in faults:
            unknown |= fault.where.any(axis=1)
        moments[unknown], means[unknown] = np.eye(moments.shape[1]), 0.0
        return moments, means, [fault for fault in faults if fault.where.any()]

    def arrive(self, stage: StagePlan, estimates: Estimates) -> None:
        """Take what a stage has found."""
        structure = stage.structure
        outer = spread(estimates.weights, structure.owner, len(structure.constructs))
        scores = self.columns[-1] @ outer
        # Where moments were corrected, the scores that can be formed do not have unit variance by themselves.
        length = np.sqrt(np.einsum("dqj,dqr,drj->dj", scores, self.moments, scores))
        self.stages.append(stage)
        self.estimates.append(estimates)
        self.scores.append(np.divide(scores, length[:, None, :], out=scores, where=length[:, None, :] > 0))

    def _vector(self, column: Column) -> Array:
        if not column.product:
            return self._linear(column.parts[0])
        own = self._unit_vector(self.products[column.parts])
        if not column.cleared:
            return own
        against = np.stack(
            [
                self._linear(key[0]) if len(key) == 1 else self._unit_vector(self.products[key])
                for key in column.cleared
            ],
            axis=2,
        )
        crossed = against.transpose(0, 2, 1) @ self.moments
        return own - (against @ solve(crossed @ against, crossed @ own[:, :, None]))[:, :, 0]

    def _linear(self, part: Part) -> Array:
        if part.stage == DATA:
            return self._unit_vector(self.items.index(part.name))
        found = self.scores[part.stage][:, :, self.stages[part.stage].structure.constructs.index(part.name)]
        return np.pad(found, ((0, 0), (0, self.moments.shape[1] - found.shape[1])))

    def _unit_vector(self, place: int) -> Array:
        found = np.zeros(self.moments.shape[:2])
        found[:, place] = 1.0
        return found

    # -- products -----------------------------------------------------------------------------------------

    def _multiply(self, stage: StagePlan) -> None:
        """Add the products that a stage needs to the ground."""
        needed = dict.fromkeys(
            key
            for column in stage.columns
            if column.product
            for key in (column.parts, *(key for key in column.cleared if len(key) > 1))
        )
        if not needed:
            return
        p = len(self.items)
        factors = list(dict.fromkeys(part for key in needed for part in key))
        vectors = np.stack([self._linear(part)[:, :p] for part in factors], axis=2)
        powers = tuple(tuple(factors.index(part) for part in key) for key in needed)
        with_items, among, _ = product_moments(self.rows, self.mean, self.sd, vectors, powers)
        self.products = {key: p + place for place, key in enumerate(needed)}
        self.moments = np.concatenate(
            [
                np.concatenate([self.moments, with_items.transpose(0, 2, 1)], axis=2),
                np.concatenate([with_items, among], axis=2),
            ],
            axis=1,
        )

    def _before_clearing(self, stage: StagePlan) -> Array:
        """Return the variances of products as they were multiplied, `(draws, k)`; 0 for what is no product."""
        found = np.zeros((len(self.moments), len(stage.columns)))
        for place, column in enumerate(stage.columns):
            if column.product:
                at = self.products[column.parts]
                found[:, place] = self.moments[:, at, at]
        return found

    def against_factors(self, stage: StagePlan, estimates: Estimates) -> Array:
        """Return -1 where a product of items points away from the product of its factors' scores, `(draws, J)`.

        Reversed items have products of either sign, so that no majority of these tells where the product should point.
        """
        structure = stage.structure
        turn = np.ones((len(self.moments), len(structure.constructs)))
        at = {column.parts[0]: place for place, column in enumerate(stage.columns) if not column.product}
        for j, block in enumerate(structure.blocks):
            columns = stage.columns[block]
            if not columns[0].product or columns[0].parts[0].stage != DATA:
                continue
            meant = np.zeros(self.moments.shape[:2])
            for column in columns:
                # Of a construct with itself each pair of items is a column once, and twice in the square.
                times = 1 / prod(factorial(count) for count in Counter(column.parts).values())
                meant[:, self.products[column.parts]] = times * estimates.weights[
                    :, [at[part] for part in column.parts]
                ].prod(axis=1)
            score = (self.columns[-1][:, :, block] @ estimates.weights[:, block, None])[:, :, 0]
            turn[:, j] = np.where(np.einsum("dq,dqr,dr->d", meant, self.moments, score) < 0, -1.0, 1.0)
        return turn

    def _divisor(self, stage: StagePlan) -> Array:
        """Return what makes units of products those of scores standardised with n - 1, `(draws, k)`."""
        n = self.rows.size[:, None]
        order = np.array([len(column.parts) for column in stage.columns])
        found: Array = ((n - 1) / n) ** (order / 2) * np.sqrt(n / (n - 1))
        return found

    # -- consistent moments -------------------------------------------------------------------------------

    def _corrected(self, stage: StagePlan, moments: Array) -> Array:
        """Free the moments of scores from the unreliability of the factors that they stand for."""
        factor = np.ones(moments.shape[:2])
        for place, column in enumerate(stage.columns):
            part = column.parts[0]
            if not column.product and part.stage != DATA:
                factor[:, place] = self._attenuation(part)
        with np.errstate(invalid="ignore", divide="ignore"):
            found = moments / (factor[:, :, None] * factor[:, None, :])
        every = np.arange(moments.shape[1])
        found[:, every, every] = moments[:, every, every]
        products = [place for place, column in enumerate(stage.columns) if column.product]
        if not products:
            return found
        # All that is no product is a score then.
        scores = [place for place in every if place not in products]
        parts = [stage.columns[place].parts[0] for place in scores]
        p = len(self.items)
        vectors = np.stack([self._linear(part)[:, :p] for part in parts], axis=2)
        powers = tuple(tuple(parts.index(part) for part in stage.columns[place].parts) for place in products)
        with_scores, among = latent_moments(self.rows, self.mean, self.sd, vectors, factor[:, scores] ** 2, powers)
        found[:, np.array(products)[:, None], np.array(scores)] = with_scores
        found[:, np.array(scores)[:, None], np.array(products)] = with_scores.transpose(0, 2, 1)
        found[:, np.array(products)[:, None], np.array(products)] = among
        return found

    def _attenuation(self, part: Part) -> Array:
        """Return the correlation of a score with what it stands for, `(draws,)`."""
        stage, estimates = self.stages[part.stage], self.estimates[part.stage]
        place = stage.structure.constructs.index(part.name)
        if not stage.structure.factors[place]:
            block = stage.blocks[part.name]
            if len(block) == 1 and block[0].parts[0].stage != DATA and not block[0].product:
                return self._attenuation(block[0].parts[0])
            return np.ones(len(self.moments))
        with np.errstate(invalid="ignore"):
            found: Array = np.sqrt(estimates.rho_a[:, place])
        return found

    # -- the model as it is shown -------------------------------------------------------------------------

    def whole(self, plan: Plan, request: PlsRequest) -> Ascent:
        """Return the estimates of the model as it is shown."""
        structure = plan.whole
        q = self.moments.shape[1]
        scores = np.zeros((len(self.moments), q, len(structure.constructs)))
        columns = np.zeros((len(self.moments), q, len(structure.items)))
        weights, loadings = np.empty((2, len(self.moments), len(structure.items)))
        rho_a = np.empty((len(self.moments), len(structure.constructs)))
        unit, spreads = np.ones_like(rho_a), np.ones_like(rho_a)
        for j, (name, block) in enumerate(zip(structure.constructs, structure.blocks, strict=True)):
            home, last = plan.home[j], plan.last[j]
            there = plan.stages[home].structure
            own = there.blocks[there.constructs.index(name)]
            found = self.scores[last][:, :, plan.stages[last].structure.constructs.index(name)]
            scores[:, : found.shape[1], j] = found
            columns[:, : self.columns[home].shape[1], block] = self.columns[home][:, :, own]
            weights[:, block] = self.estimates[home].weights[:, own]
            loadings[:, block] = self.estimates[home].loadings[:, own]
            rho_a[:, j] = self.estimates[home].rho_a[:, there.constructs.index(name)]
            if ":" in name:
                size = np.abs(loadings[:, block])
                with np.errstate(invalid="ignore", divide="ignore"):
                    unit[:, j] = (size * self.units[home][:, own]).sum(axis=1) / size.sum(axis=1)
                    spreads[:, j] = (size * self.spreads[home][:, own]).sum(axis=1) / size.sum(axis=1)
        turned = columns.transpose(0, 2, 1) @ self.moments
        cross = turned @ scores
        proxies = scores.transpose(0, 2, 1) @ self.moments @ scores
        final, estimates = plan.stages[-1].structure, self.estimates[-1]
        at = np.array([structure.constructs.index(name) for name in final.constructs])
        beta = np.zeros_like(proxies)
        beta[:, at[:, None], at] = estimates.beta
        r_squared = np.full_like(rho_a, np.nan)
        r_squared[:, at] = estimates.r_squared
        whole = Estimates(
            correlation=turned @ columns,
            weights=weights,
            loadings=loadings,
            cross=cross,
            proxies=proxies,
            constructs=self._constructs(plan, proxies, rho_a) if request.consistent else proxies,
            rho_a=rho_a,
            beta=beta,
            r_squared=r_squared,
            iterations=np.max([one.iterations for one in self.estimates], axis=0),
            converged=np.all([one.converged for one in self.estimates], axis=0),
            units=unit,
        )
        p = len(self.items)
        products = tuple(np.stack([self._linear(part)[:, :p] for part in key], axis=2) for key in self.products)
        return Ascent(whole, tuple(self.estimates), scores, products, spreads)

    def _constructs(self, plan: Plan, proxies: Array, rho_a: Array) -> Array:
        """Return the corrected correlations: those of the last stage, and of the parts of constructs with them."""
        names = plan.whole.constructs
        found = disattenuated(proxies, rho_a, plan.whole.factors)
        final, estimates = plan.stages[-1].structure, self.estimates[-1]
        at = [names.index(name) for name in final.constructs]
        found[:, np.array(at)[:, None], np.array(at)] = estimates.constructs
        with np.errstate(invalid="ignore"):
            quality = np.sqrt(np.where(final.factors, estimates.rho_a, 1.0))
        for place, item in enumerate(final.items):
            part = names.index(item) if item in names else None
            if part is None or part in at:
                continue
            own = final.owner[place]
            across = estimates.cross[:, place] / quality
            across[:, own] = estimates.loadings[:, place]
            found[:, part, at] = found[:, at, part] = across
            for other, neighbour in enumerate(final.items):
                if neighbour in names and names.index(neighbour) not in at and other != place:
                    found[:, part, names.index(neighbour)] = estimates.correlation[:, place, other]
        return found


def _indefinite(moments: Array, known: Mask) -> Fault:
    """Name the members whose corrected moments are those of no variables at all."""
    usable = np.isfinite(moments).all(axis=(1, 2)) & ~known
    deviation = np.sqrt(np.diagonal(moments[usable], axis1=1, axis2=2))
    where = np.zeros(len(moments), dtype=bool)
    where[usable] = np.linalg.eigvalsh(moments[usable] / (deviation[:, :, None] * deviation[:, None, :]))[:, 0] <= 1e-10
    sentence = "the corrected correlations of constructs and their products are not positive definite"
    return Fault("products_not_positive_definite", sentence, ("",), where[:, None], fatal=True)


def _of_data(column: Column) -> bool:
    return not column.product and column.parts[0].stage == DATA
