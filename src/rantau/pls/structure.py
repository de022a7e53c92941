"""What PLS needs of a model: blocks of items, a network of paths, and which of them is a factor."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

import numpy as np

from rantau.arrays import Indices, Mask
from rantau.fit import Problem
from rantau.model.spec import Definition
from rantau.pls.network import Network
from rantau.record import Record


class Structure(Record):
    """A model as the kernels see it.

    Items stand in the order of their constructs, so that each block is a slice.

    Attributes
    ----------
    constructs
        Names, J of them: the blocks of the model, then observed variables that stand in paths.
    kinds
        `reflective` or `composite`, per construct.
    modes
        The name of each construct's outer mode.
    items
        Names, p of them.
    owner
        The construct of each item, `(p,)`.
    paths
        `(J, J)`, true at `[outcome, predictor]`.
    labels
        `(label, outcome, predictor)` for each labelled path, as positions.
    definitions
        The `:=` statements that can be computed from path coefficients.
    ignored
        What the model says that only the covariance engine reads.
    """

    constructs: tuple[str, ...]
    kinds: tuple[str, ...]
    modes: tuple[str, ...]
    items: tuple[str, ...]
    owner: Indices
    paths: Mask
    labels: tuple[tuple[str, int, int], ...]
    definitions: tuple[Definition, ...]
    ignored: tuple[Problem, ...]

    @cached_property
    def blocks(self) -> tuple[slice, ...]:
        """The items of each construct, as slices of 0..p."""
        starts = np.searchsorted(self.owner, np.arange(len(self.constructs) + 1))
        return tuple(slice(int(a), int(b)) for a, b in pairwise(starts))

    @cached_property
    def network(self) -> Network:
        """The paths, laid out for regressions."""
        return Network(self.paths)

    @cached_property
    def single(self) -> Mask:
        """Which constructs have one item, `(J,)`."""
        mask: Mask = np.bincount(self.owner, minlength=len(self.constructs)) == 1
        return mask

    @cached_property
    def factors(self) -> Mask:
        """Which constructs consistent PLS corrects, `(J,)`: reflective, several items, mode A."""
        reflective = np.array([kind == "reflective" for kind in self.kinds])
        mode_a = np.array([mode == "A" for mode in self.modes])
        mask: Mask = reflective & mode_a & ~self.single
        return mask

    @cached_property
    def endogenous(self) -> tuple[int, ...]:
        """The constructs that have predictors."""
        return tuple(int(j) for j in np.flatnonzero(self.paths.any(axis=1)))

    @cached_property
    def routes(self) -> tuple[tuple[int, ...], ...]:
        """Every directed route of two or more paths, as the constructs passed, predictor first."""
        found: list[tuple[int, ...]] = []
        edges: list[tuple[int, ...]] = [(int(i), int(j)) for j, i in np.argwhere(self.paths)]
        while edges:
            edges = [(*route, int(j)) for route in edges for j in np.flatnonzero(self.paths[:, route[-1]])]
            found += edges
        return tuple(sorted(found, key=lambda route: (route[-1], route[0], len(route), route)))

    @cached_property
    def reached(self) -> tuple[tuple[int, int], ...]:
        """Every `(outcome, predictor)` that a path or a route joins."""
        direct = {(int(j), int(i)) for j, i in np.argwhere(self.paths)}
        return tuple(sorted(direct | {(route[-1], route[0]) for route in self.routes}))

    def among(self, kept: Mask) -> Structure:
        """Return the model of some constructs `(J,)` alone, without labels and definitions."""
        which, items = np.flatnonzero(kept), np.flatnonzero(kept[self.owner])
        return self.replace(
            constructs=tuple(self.constructs[j] for j in which),
            kinds=tuple(self.kinds[j] for j in which),
            modes=tuple(self.modes[j] for j in which),
            items=tuple(self.items[i] for i in items),
            owner=which.searchsorted(self.owner[items]),
            paths=self.paths[np.ix_(which, which)],
            labels=(),
            definitions=(),
        )

    def predictors(self, outcome: int) -> Indices:
        """Return the positions of the direct predictors of a construct."""
        return np.flatnonzero(self.paths[outcome])


def ordered(paths: Mask) -> tuple[int, ...]:
    """Put constructs after their predictors; those on a loop, and what follows from it, are left out."""
    placed: list[int] = []
    while True:
        ready = [j for j in range(len(paths)) if j not in placed and all(i in placed for i in np.flatnonzero(paths[j]))]
        if not ready:
            return tuple(placed)
        placed += ready
