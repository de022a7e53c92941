"""Klesel's test of whether the correlations that a model implies are the same in all groups."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.extras import require
from rantau.groups.micom import ROUNDING
from rantau.groups.permute import estimate_groups, indicators, permuted_memberships
from rantau.inference.draws import counted
from rantau.moments.sample import Sample
from rantau.options import check_level
from rantau.pls.flatten import implied_in_stages
from rantau.pls.model_fit import d_g, d_uls
from rantau.pls.result import PlsFit
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: Names of the distances: geodesic, and squared Euclidean.
NAMES = ("d_g", "d_l")
#: The random stream of divisions of all groups; those of pairs are counted from 1.
STREAM = 0


class Distances(Record):
    """Mean distances between the groups' implied correlations, and the same in random divisions.

    Attributes
    ----------
    values
        `(2,)` of `d_g`, with logarithms of base 10 as in `fit_indices`, and `d_l`.
    permuted
        `(permutations, 2)` of the divisions that could be estimated.
    reasons
        One per division: empty where it succeeded.
    """

    values: Array
    permuted: Array
    reasons: tuple[str, ...]

    def table(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return `distance est quantile p`: groups differ at 1 - level where est exceeds the quantile.

        A distance that the groups or some division leave undefined, as d_g is where correlations are not positive
        definite, has no quantile and no p.

        Parameters
        ----------
        level
            Of the quantile.
        """
        check_level(level)
        extreme = (self.permuted >= self.values - ROUNDING).sum(axis=0)
        unknown = np.isnan(self.values) | np.isnan(self.permuted).any(axis=0)
        p = np.where(unknown, np.nan, (extreme + 1) / (len(self.permuted) + 1))
        columns = {"distance": NAMES, "est": self.values, "quantile": np.quantile(self.permuted, level, axis=0), "p": p}
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        told = [f"Distances between groups, {sum(not reason for reason in self.reasons)} permutations"]
        told += [f"  {count} divisions failed: {reason}" for reason, count in counted(self.reasons)]
        return "\n".join([*told, self.table().to_string(index=False, float_format=lambda value: f"{value:.4f}")])


def distances(fit: PlsFit, sample: Sample, codes: Indices, groups: int, permutations: int, seed: int) -> Distances:
    """Measure how far groups are apart, and how far random groups of the same sizes are.

    Parameters
    ----------
    fit
        The model, and how it is estimated.
    sample
        The rows.
    codes
        The group of each, `(n,)`.
    groups
        How many there are.
    permutations, seed
        Of the random divisions.

    Source: Klesel et al. (2019), equations for d_G and d_L: the mean over all pairs of groups of the distance between
    model-implied correlation matrices of items.
    """
    values, _ = _distances(fit, sample, indicators(codes[None], groups))
    permuted: list[Array] = []
    reasons: list[str] = []
    for members in permuted_memberships(codes, permutations, seed, STREAM):
        found, why = _distances(fit, sample, indicators(members, groups))
        permuted.append(found)
        reasons += why
    every = np.concatenate(permuted)
    good = np.array([not reason for reason in reasons])
    return Distances(values[0], every[good] if good.any() else np.full((1, 2), np.nan), tuple(reasons))


def _distances(fit: PlsFit, sample: Sample, counts: Array) -> tuple[Array, tuple[str, ...]]:
    groups, draws, _ = counts.shape
    found = estimate_groups(fit, sample, counts)
    implied = implied_in_stages(fit.plan, found.ascent, "estimated")
    implied = implied.reshape(groups, draws, *implied.shape[1:])
    pairs = list(combinations(range(groups), 2))
    each = [np.stack([d_g(implied[a], implied[b]), d_uls(implied[a], implied[b])], axis=1) for a, b in pairs]
    return np.mean(each, axis=0), found.reasons
