"""Confirmatory tetrad analysis (CTA-PLS): whether the items of a block may be reflections of one construct."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, listing, nearest
from rantau.extras import require
from rantau.inference.intervals.bca import bca
from rantau.inference.replicates import Replicates
from rantau.inference.resample import count_blocks, draw_counts
from rantau.options import Progress, by_name, check_level, choose, several_names, told_to, whole_number
from rantau.pls.item_moments import item_moments
from rantau.pls.result import PlsFit
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: How many items a construct needs for tetrads of its own.
LEAST = 4
#: A tetrad that varies by less over all draws, items having unit variance, does not vary.
_ROUNDING = 1e-12
#: What `adjust=` takes.
ADJUST = ("bonferroni", "none")


class Tetrad(Record):
    """The difference of two products of covariances, s_ab s_cd - s_ac s_bd, that one factor makes vanish."""

    construct: str
    items: tuple[str, str, str, str]


class TetradTest(Record):
    """What a confirmatory tetrad analysis found.

    Attributes
    ----------
    tetrads
        Those tested: of each construct as many as do not follow from one another.
    estimates, errors
        Their values and bootstrap standard errors, `(tetrads,)`, items having unit variance.
    draws
        `(draws, tetrads)`, those in which all covariances are known.
    lost
        How many draws leave some covariance unknown, as where nobody answered an item.
    acceleration
        `(tetrads,)`, of BCa intervals.
    untested
        Constructs with too few items, and why.
    seed
        Of the random numbers.
    """

    tetrads: tuple[Tetrad, ...]
    estimates: Array
    errors: Array
    draws: Array
    lost: int
    acceleration: Array
    untested: tuple[tuple[str, str], ...]
    seed: int

    def table(self, *, level: float = 0.9, adjust: str = "bonferroni") -> pd.DataFrame:
        """Return every tetrad with its BCa interval.

        Parameters
        ----------
        level
            Of the intervals of a construct together; 0.9, a two-sided test at 10 %, is usual.
        adjust
            `bonferroni`: each of the m intervals of a construct has the level 1 - (1 - level)/m; or `none`.

        Returns
        -------
        DataFrame
            `construct tetrad est se ci_low ci_high vanishes`: the tetrad `a,b,c,d` is s_ab s_cd - s_ac s_bd; it does
            not vanish where the interval leaves out 0.

        Raises
        ------
        OptionError
            If an option has no meaning.
        """
        check_level(level)
        choose("adjust", adjust, ADJUST)
        owners = [one.construct for one in self.tetrads]
        low, high = np.empty((2, len(owners)))
        for name in dict.fromkeys(owners):
            at = np.array([owner == name for owner in owners])
            m = int(at.sum()) if adjust == "bonferroni" else 1
            nothing = np.full(int(at.sum()), np.nan)
            given = Replicates(self.estimates[at], self.draws[:, at], nothing, nothing[None], self.acceleration[at])
            low[at], high[at] = bca(given, 1 - (1 - level) / m)
        # Items that are the same, three of them, have tetrads that are 0 in any rows, and no interval.
        still = np.ptp(self.draws, axis=0) <= _ROUNDING
        fixed = np.where(np.abs(self.estimates) <= _ROUNDING, 0.0, self.estimates)
        low, high = np.where(still, fixed, low), np.where(still, fixed, high)
        columns = {
            "construct": owners,
            "tetrad": [",".join(one.items) for one in self.tetrads],
            "est": self.estimates,
            "se": self.errors,
            "ci_low": low,
            "ci_high": high,
            "vanishes": (low <= 0) & (high >= 0),
        }
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def verdicts(self, *, level: float = 0.9, adjust: str = "bonferroni") -> pd.DataFrame:
        """Return `construct tetrads not_vanishing verdict`, one row per construct.

        Parameters
        ----------
        level, adjust
            As for `table`.

        Returns
        -------
        DataFrame
            The verdict is `reflective not rejected`, `reflective rejected` where a tetrad does not vanish, or why
            nothing was tested.
        """
        found = self.table(level=level, adjust=adjust)
        rows: list[tuple[object, ...]] = []
        for name, part in found.groupby("construct", sort=False):
            wrong = int((~part["vanishes"]).sum())
            rows.append((name, len(part), wrong, "reflective rejected" if wrong else "reflective not rejected"))
        rows += [(name, 0, 0, f"not tested: {why}") for name, why in self.untested]
        columns = ["construct", "tetrads", "not_vanishing", "verdict"]
        return require("pandas").DataFrame(rows, columns=columns)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        shown = self.table().to_string(index=False, float_format=lambda value: f"{value:.3f}")
        lost = f", {self.lost} more without all covariances" if self.lost else ""
        return f"{shown}\n\n{self.verdicts().to_string(index=False)}\n{len(self.draws)} draws{lost}, seed {self.seed}"


def tetrad_test(
    fit: PlsFit,
    *,
    draws: int = 5000,
    seed: int = 1,
    borrow: Mapping[str, Iterable[str]] | None = None,
    progress: Progress | None = None,
) -> TetradTest:
    """Test for each construct whether its items may reflect one factor: the tetrads then vanish.

    Parameters
    ----------
    fit
        By `rt.pls`. Every construct measured by items of the data is looked at, whatever its mode.
    draws
        How many bootstrap samples, at least 100.
    seed
        The same seed gives the same numbers.
    borrow
        Items of one other construct for constructs with two or three of their own, such as `{"Value": ["IMAG1",
        "IMAG2"]}`: three need one, two need two. What is tested then takes for granted that these reflect the other.
    progress
        Called with (done, all) as samples are drawn.

    Returns
    -------
    TetradTest
        Print it, or see `table()` and `verdicts()`.

    Raises
    ------
    OptionError
        If an option has no meaning.
    EstimationError
        If no construct has enough items, or the covariances of items cannot be had without some row or in most draws.

    Notes
    -----
    Of the tetrads that vanish under one factor, those are tested, in the order of the items, that do not follow from
    the ones before: k(k - 3)/2 of k items (Bollen & Ting, 1993). Other choices are as good, and packages make others.
    Covariances are those of items standardised once, so that units do not matter; intervals are BCa.

    Source: Gudergan, Ringle, Wende and Will (2008), Confirmatory tetrad analysis in PLS path modeling.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> random = np.random.default_rng(1)
    >>> x = random.normal(size=(300, 1)) + random.normal(size=(300, 5))
    >>> data = pd.DataFrame(x, columns=list("abcdy"))
    >>> rt.tetrad_test(rt.pls("X =~ a + b + c + d; y ~ X", data), draws=500).verdicts().verdict[0]
    'reflective not rejected'
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(f"tetrad_test() takes a fit by rt.pls, got a {type(fit).__name__}.")
    draws, seed = whole_number("draws", draws, least=100), whole_number("seed", seed, least=0)
    if fit.sample.cluster is not None:
        raise EstimationError("rows that come in clusters cannot be resampled one by one.")
    blocks = _blocks(fit)
    lent = _borrowed(blocks, by_name("borrow", borrow, "{'Trust': ['LO1']}"))
    tetrads: list[Tetrad] = []
    untested: list[tuple[str, str]] = []
    for name, items in blocks.items():
        found = [Tetrad(name, four) for four in independent(items, lent.get(name, ()))]
        tetrads += found
        if not found and len(items) > 1:
            short = LEAST - len(items)
            untested.append((name, f"{len(items)} items, 4 are needed; borrow= lends {short} of another construct"))
        elif not found:
            untested.append((name, "one item"))
    if not tetrads:
        raise EstimationError(
            f"no construct has four items: {listing([f'{name} ({len(items)})' for name, items in blocks.items()])}. "
            "borrow= lends items of another construct."
        )
    n, tell = fit.n_obs, told_to(progress)
    shown = _Values(fit, tetrads)
    drawn: list[Array] = []
    for child, size in count_blocks(draws, seed):
        drawn.append(shown(draw_counts(np.zeros(n, dtype=np.intp), size, child)))
        tell(sum(map(len, drawn)), draws)
    without = [shown(np.ones((len(part), n)) - np.eye(n)[part]) for part in np.array_split(np.arange(n), -(-n // 100))]
    influence, values = np.concatenate(without), np.concatenate(drawn)
    known, needed = np.isfinite(values).all(axis=1), np.flatnonzero(~np.isfinite(influence).all(axis=1))
    if needed.size or known.mean() < 0.5:
        told = f"without row {needed[0]} of the sample, counted from 0" if needed.size else "in most resamples"
        raise EstimationError(
            f"the answers do not determine the covariances of the items {told}, so tetrads cannot be tested. Take "
            "items with few answers out of the model, or fit with missing='listwise'."
        )
    influence = influence.mean(axis=0) - influence
    values = values[known]
    return TetradTest(
        tetrads=tuple(tetrads),
        estimates=shown(np.ones((1, n)))[0],
        errors=values.std(axis=0, ddof=1),
        draws=values,
        lost=int((~known).sum()),
        acceleration=_acceleration(influence),
        untested=tuple(untested),
        seed=seed,
    )


def _acceleration(influence: Array) -> Array:
    """Return the acceleration of BCa intervals, `(tetrads,)`, from what leaving out each row does; 0 where nothing."""
    spread = (influence**2).sum(axis=0)
    found: Array = (influence**3).sum(axis=0) / (6 * np.where(spread > 0, spread, 1.0) ** 1.5)
    return found


def independent(own: tuple[str, ...], lent: tuple[str, ...] = ()) -> list[tuple[str, str, str, str]]:
    """Return tetrads that vanish if the items of a block reflect one factor, none of which follows from others.

    Parameters
    ----------
    own
        Items of the construct.
    lent
        Items of one other construct; at most two.

    Returns
    -------
    list
        `(a, b, c, d)` for s_ab s_cd - s_ac s_bd.

    Notes
    -----
    That it vanishes says of the logarithms of covariances that l_ab + l_cd - l_ac - l_bd = 0. Tetrads follow from one
    another where these equations are linearly dependent.
    """
    items = (*own, *lent)
    place = {pair: number for number, pair in enumerate(combinations(range(len(items)), 2))}
    rows = np.empty((0, len(place)))
    found: list[tuple[str, str, str, str]] = []
    for i, j, k, m in combinations(range(len(items)), 4):
        # s_ij s_km - s_ik s_jm; s_ij s_km - s_im s_jk; s_ik s_jm - s_im s_jk.
        for a, b, c, d in ((i, j, k, m), (i, j, m, k), (i, k, m, j)):
            pairs = [(a, b), (c, d), (a, c), (b, d)]
            # Covariances within two constructs of two items each say nothing of one another.
            inside = [(x < len(own)) == (y < len(own)) for x, y in pairs]
            if len(lent) == 2 and any(inside):
                continue
            row = np.zeros((1, len(place)))
            for (x, y), sign in zip(pairs, (1, 1, -1, -1), strict=True):
                row[0, place[min(x, y), max(x, y)]] += sign
            longer = np.concatenate([rows, row])
            if np.linalg.matrix_rank(longer) == len(longer):
                rows = longer
                found.append((items[a], items[b], items[c], items[d]))
    return found


def _blocks(fit: PlsFit) -> dict[str, tuple[str, ...]]:
    """Return the constructs that are measured by items of the data."""
    structure, known = fit.plan.whole, set(fit.plan.items)
    found = {}
    for name, block in zip(structure.constructs, structure.blocks, strict=True):
        items = structure.items[block]
        if known.issuperset(items):
            found[name] = items
    return found


def _borrowed(blocks: dict[str, tuple[str, ...]], borrow: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    owner = {item: name for name, items in blocks.items() for item in items}
    found: dict[str, tuple[str, ...]] = {}
    for name, items in borrow.items():
        given = several_names("borrow", items, "LO1")
        if name not in blocks:
            guess = nearest(str(name), blocks)
            hint = f" Did you mean '{guess}'?" if guess else ""
            raise OptionError(f"borrow= names '{name}', which is no construct of items.{hint}")
        if len(blocks[name]) not in (2, 3):
            raise OptionError(f"borrow= is for constructs of two or three items; '{name}' has {len(blocks[name])}.")
        unknown = [item for item in given if item not in owner or owner[item] == name]
        if unknown:
            raise OptionError(f"borrow= lends '{name}' the item '{unknown[0]}', which is no item of another construct.")
        needed = LEAST - len(blocks[name])
        if len(set(given)) != needed or len({owner[item] for item in given}) != 1:
            raise OptionError(
                f"borrow= lends '{name}' {listing(given)}; with {len(blocks[name])} items of its own it needs {needed} "
                f"item{'s' if needed > 1 else ''} of one other construct."
            )
        found[name] = given
    return found


class _Values:
    """The values of tetrads on stacks of resamples."""

    def __init__(self, fit: PlsFit, tetrads: list[Tetrad]) -> None:
        place = {item: number for number, item in enumerate(fit.plan.items)}
        self.at = np.array([[place[item] for item in one.items] for one in tetrads]).T
        self.fit = fit
        once = self._covariance(np.ones((1, fit.n_obs)))[0]
        self.unit = np.sqrt(np.diagonal(once))

    def _covariance(self, counts: Array) -> Array:
        return item_moments(self.fit.sample, counts, self.fit.request).covariance

    def __call__(self, counts: Array) -> Array:
        """Return `(draws, tetrads)`."""
        s = self._covariance(counts) / np.outer(self.unit, self.unit)
        a, b, c, d = self.at
        found: Array = s[:, a, b] * s[:, c, d] - s[:, a, c] * s[:, b, d]
        return found
