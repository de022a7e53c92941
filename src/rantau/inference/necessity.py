"""necessity(): what an outcome cannot do without: necessary condition analysis."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.covariance.result import SemFit
from rantau.errors import EstimationError, OptionError, listing
from rantau.extras import require
from rantau.inference.ceiling import CEILINGS, Ceiling, Scope, hull, line, required, zone
from rantau.inference.rescaling import Bounds, scores_in_units, sources_of
from rantau.moments.sample import as_frame, sample
from rantau.options import Progress, choose, is_number, part_of, several_names, told_to, whole_number
from rantau.pls.result import PlsFit
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: The column that says whether a condition counts as necessary.
NECESSARY = "necessary"
#: From which effect size on it is called so.
SIZES = ((0.5, "very large"), (0.3, "large"), (0.1, "medium"), (0.0, "small"))
#: The least effect size that counts.
LEAST = 0.1
#: Numbers in one portion of permutations.
_PORTION = 4_000_000


class Necessity(Record):
    """What a necessary condition analysis found.

    Attributes
    ----------
    target
        The outcome.
    conditions
        What it may need, k of them.
    values, outcome
        `(n, k)` and `(n,)`, the points.
    scopes
        `(k, 4)` between which values condition and outcome can lie.
    ceilings
        Names of `ceiling.CEILINGS`.
    effects, p_values
        `(k, ceilings)`; p NaN where nothing was permuted.
    weights
        `(n,)` how much each row counts in shares of rows: its sampling weight, or 1.
    permutations, seed
        How often rows were permuted, and of which random numbers.
    """

    target: str
    conditions: tuple[str, ...]
    values: Array
    outcome: Array
    scopes: Array
    ceilings: tuple[str, ...]
    effects: Array
    p_values: Array
    weights: Array
    permutations: int
    seed: int

    def table(self, *, alpha: float = 0.05) -> pd.DataFrame:
        """Return how large each effect is, and whether it may be chance.

        Parameters
        ----------
        alpha
            A condition is necessary where its effect size is 0.1 or more and p below this.

        Returns
        -------
        DataFrame
            `condition ceiling effect size p necessary`; `accuracy`, the share of points on or below the ceiling;
            `corners` of the step function; `zone scope`, the areas whose ratio the effect is; `intercept slope` of the
            line.
        """
        if not is_number(alpha) or not 0 < alpha < 1:
            raise OptionError(f"alpha must lie between 0 and 1, such as 0.05, got {alpha!r}.")
        rows = []
        for k, condition in enumerate(self.conditions):
            found, scope = self._ceiling(k), self._scope(k)
            intercept, slope = (float(one[0]) for one in line(found))
            for place, kind in enumerate(self.ceilings):
                effect, p = float(self.effects[k, place]), float(self.p_values[k, place])
                straight = kind == "cr_fdh"
                rows.append(
                    {
                        "condition": condition,
                        "ceiling": kind,
                        "effect": effect,
                        "size": size_in_words(effect),
                        "p": p,
                        NECESSARY: bool(effect >= LEAST and p < alpha) if p == p else None,  # noqa: PLR0124 - NaN
                        "accuracy": self._accuracy(k, intercept, slope) if straight else 1.0,
                        "corners": int(found.peer.sum()),
                        "zone": effect * scope.area,
                        "scope": scope.area,
                        "intercept": intercept if straight else np.nan,
                        "slope": slope if straight else np.nan,
                    }
                )
        return require("pandas").DataFrame(rows)  # type: ignore[no-any-return]

    def bottlenecks(
        self, *, ceiling: str = "ce_fdh", levels: Sequence[float] | None = None, unit: str = "percent"
    ) -> pd.DataFrame:
        """Return what levels of the outcome need of each condition.

        Parameters
        ----------
        ceiling
            `ce_fdh` or `cr_fdh`.
        levels
            Of the outcome, in the unit; every tenth of its scope unless given.
        unit
            `percent` of the scope, of outcome and conditions; `actual`; or `percentile`: the outcome as it is, and of
            each condition the percentage of rows that have less of it than the level needs.

        Returns
        -------
        DataFrame
            Index level of the outcome; a column per condition: NaN where it is not necessary for that level, infinite
            where no value within the scope would do (as percentile: 100, all rows).

        Raises
        ------
        OptionError
            If there is no such ceiling or unit, or a level is no number.

        Source: Dul (2016), on the bottleneck technique; Hauff et al. (2024) for percentiles.
        """
        choose("ceiling", ceiling, self.ceilings)
        choose("unit", unit, ("percent", "actual", "percentile"))
        *_, low, high = self._scope(0)
        if levels is None:
            wanted = np.linspace(0, 100, 11) if unit == "percent" else np.linspace(low, high, 11)
        else:
            if not isinstance(levels, Sequence | np.ndarray) or not all(is_number(one) for one in levels):
                raise OptionError(f"levels are numbers of the outcome, such as [50, 85], got {levels!r}.")
            wanted = np.array(levels, dtype=float)
        actual = low + wanted / 100 * (high - low) if unit == "percent" else wanted
        columns = {}
        for k, condition in enumerate(self.conditions):
            scope = self._scope(k)
            needs = np.array([required(self._ceiling(k), scope, ceiling, float(one)) for one in actual])
            if unit == "percent":
                needs = 100 * (needs - scope.x_low) / (scope.x_high - scope.x_low)
            elif unit == "percentile":
                needs = np.array([np.nan if np.isnan(one) else 100 * self._below(k, one) for one in needs])
            columns[condition] = needs
        frame = require("pandas").DataFrame(columns, index=wanted)
        return frame.rename_axis(self.target)  # type: ignore[no-any-return]

    def required(self, level: float, *, ceiling: str = "ce_fdh") -> pd.DataFrame:
        """Return what a level of the outcome needs: index condition; `required`, and `below`, the share of rows below.

        Parameters
        ----------
        level
            Of the outcome, in its own unit.
        ceiling
            `ce_fdh` or `cr_fdh`.
        """
        needs = self.bottlenecks(ceiling=ceiling, levels=[level], unit="actual").iloc[0]
        below = [0.0 if np.isnan(need) else self._below(k, need) for k, need in enumerate(needs.to_numpy())]
        return require("pandas").DataFrame({"required": needs, "below": below})  # type: ignore[no-any-return]

    def _below(self, k: int, need: float) -> float:
        return float(np.average(self.values[:, k] < need, weights=self.weights))

    def _ceiling(self, k: int) -> Ceiling:
        return hull(self.values[:, k], self.outcome[None])

    def _scope(self, k: int) -> Scope:
        return Scope(*self.scopes[k].tolist())

    def _accuracy(self, k: int, intercept: float, slope: float) -> float:
        if np.isnan(slope):
            return 1.0
        limit = intercept + slope * self.values[:, k]
        slack = 1e-9 * max(1.0, float(np.abs(self.outcome).max()))
        return float(np.average(self.outcome <= limit + slack, weights=self.weights))

    def __str__(self) -> str:
        shown = self.table()[["condition", "ceiling", "effect", "size", "p", NECESSARY, "accuracy"]]
        return f"{self._headline()}\n\n{shown.to_string(index=False, float_format=lambda value: f'{value:.3f}')}"

    def __repr__(self) -> str:
        return f"<Necessity: {self._headline()}; print it, or see table(), bottlenecks()>"

    def _repr_html_(self) -> str:
        table = self.table().to_html(index=False, float_format=lambda value: f"{value:.3f}", border=0)
        return f"<p>{escape(self._headline())}</p>\n{table}"

    def _headline(self) -> str:
        how = f"{self.permutations} permutations, seed {self.seed}" if self.permutations else "no permutations"
        return f"Necessary conditions for {self.target}, {len(self.outcome)} rows, {how}"


def necessity(
    data: PlsFit | Responses | pd.DataFrame,
    target: str,
    *,
    bounds: Bounds | None = None,
    conditions: Iterable[str] | str | None = None,
    ceilings: Iterable[str] | str = CEILINGS,
    scope: Mapping[str, tuple[float, float]] | None = None,
    permutations: int = 10_000,
    seed: int = 1,
    progress: Progress | None = None,
) -> Necessity:
    """Ask which conditions an outcome cannot do without: necessary condition analysis (NCA).

    Where a condition is necessary, high values of the outcome are not met with low ones of it: the upper left corner of
    their scatter plot is empty. The effect size is the share of the scope that is.

    Parameters
    ----------
    data
        A fit by `rt.pls`, whose scores are taken as weighted means of answers, or answers, or columns of numbers.
    target
        The outcome: a construct or a column.
    bounds
        As of `rt.importance`, to rescale the items of a fit to 0 to 100.
    conditions
        Constructs or columns; all from which the target is reached, or all other columns, unless given.
    ceilings
        `ce_fdh`, a step function over all points, for few levels or irregular borders, and `cr_fdh`, the straight line
        through its corners; or one of them.
    scope
        Between which values columns can lie, such as `{"Trust": (0, 100)}`; between those they have unless given.
    permutations
        How often the outcome is dealt anew to the conditions, for p; 0 for none.
    seed
        The same seed gives the same p.
    progress
        Called with (done, all), of the permutations of all conditions.

    Returns
    -------
    Necessity
        Print it, or see `table()` and `bottlenecks()`.

    Raises
    ------
    OptionError
        If an option has no meaning, or a scope does not hold the values of its column.
    EstimationError
        If a column does not vary.

    Notes
    -----
    Dul (2016) for ceilings and effect sizes: below 0.1 small, below 0.3 medium, below 0.5 large, else very large; Dul,
    van der Laan and Kuik (2020) for the permutation test, whose p counts the sample among the permutations. Rows with a
    missing value are left out. Sampling weights of a fit count in shares of rows; a ceiling lies over all rows, however
    much each counts.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"x": [0.0, 1, 2, 3], "y": [0.0, 1, 2, 3]})
    >>> necessity(data, "y", permutations=0).effects.round(3).tolist()
    [[0.667, 0.5]]
    """
    target = str(target)
    frame = _frame(data, target, bounds)
    others = tuple(str(name) for name in frame.columns if str(name) != target)
    chosen = others if conditions is None else several_names("conditions", conditions, "Trust")
    if not chosen:
        told = "the data have no other column" if conditions is None else "conditions= names none; leave it out for all"
        raise OptionError(f"there is no condition to hold against '{target}': {told}.")
    for name in chosen:
        choose("conditions", name, others)
    kinds = several_names("ceilings", ceilings, "ce_fdh")
    if not kinds:
        raise OptionError(f"ceilings= names none; leave it out for {listing(CEILINGS)}.")
    for kind in kinds:
        choose("ceilings", kind, CEILINGS)
    permutations, seed = whole_number("permutations", permutations, least=0), whole_number("seed", seed, least=0)
    rows = sample(frame, (*chosen, target)).values
    rows = rows[~np.isnan(rows).any(axis=1)]
    if len(rows) < 2:
        raise EstimationError(
            f"{len(rows)} of {len(frame)} rows have a value in each of {listing((*chosen, target), most=6)}; two at "
            "least are needed. Leave out the columns that nobody answered: conditions=."
        )
    values, outcome = rows[:, :-1], rows[:, -1]
    constant = [name for name, spread in zip((*chosen, target), np.ptp(rows, axis=0), strict=True) if not spread > 0]
    if constant:
        raise EstimationError(f"no variance in {listing(constant)}: every value is the same. Leave it out.")
    if scope is not None and not isinstance(scope, Mapping):
        raise OptionError(f"scope maps columns to ends, such as {{'Trust': (0, 100)}}, got {scope!r}.")
    limits = {} if scope is None else dict(scope)
    for name in limits:
        choose("scope", name, (*chosen, target))
    y_ends = _ends(target, outcome, limits)
    scopes = [Scope(*_ends(name, values[:, k], limits), *y_ends) for k, name in enumerate(chosen)]
    effects, p_values = np.empty((2, len(chosen), len(kinds)))
    tell, every = told_to(progress), permutations * len(chosen)
    for k, own in enumerate(scopes):
        generator = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(k,)))
        effects[k], p_values[k] = _tested(
            values[:, k], outcome, own, kinds, permutations, generator,
            part_of(tell, permutations * k, every),
        )  # fmt: skip
    given = data.sample.weights if isinstance(data, PlsFit) else None
    weights = np.ones(len(rows)) if given is None else given
    return Necessity(
        target, chosen, values, outcome, np.array(scopes), kinds, effects, p_values, weights, permutations, seed
    )


def _frame(data: PlsFit | Responses | pd.DataFrame, target: str, bounds: Bounds | None) -> pd.DataFrame:
    if isinstance(data, PlsFit):
        places = (*sources_of(data, target), data.structure.constructs.index(target))
        names = [data.structure.constructs[place] for place in places]
        return require("pandas").DataFrame(scores_in_units(data, places, bounds), columns=names)  # type: ignore[no-any-return]
    if isinstance(data, SemFit):
        raise OptionError(
            f"necessity() takes a fit by rt.pls or columns of numbers, got a {type(data).__name__}; give it scores: "
            "rt.necessity(fit.scores(), target)."
        )
    frame = data.frame() if isinstance(data, Responses) else as_frame(data)
    if bounds is not None:
        raise OptionError("bounds= rescales the items of a fit; columns of numbers are taken as they are.")
    choose("target", target, [str(name) for name in frame.columns])
    return frame


def size_in_words(effect: float) -> str:
    """Call an effect size as Dul (2016) does.

    Examples
    --------
    >>> size_in_words(0.0), size_in_words(0.29), size_in_words(0.3)
    ('none', 'medium', 'large')
    """
    if effect <= 0:
        return "none"
    return next(word for least, word in SIZES if effect >= least)


def _tested(
    x: Array,
    y: Array,
    scope: Scope,
    kinds: tuple[str, ...],
    permutations: int,
    generator: np.random.Generator,
    tell: Progress,
) -> tuple[Array, Array]:
    found = hull(x, y[None])
    effects = np.array([zone(found, scope, kind)[0] for kind in kinds]) / scope.area
    if not permutations:
        return effects, np.full(len(kinds), np.nan)
    reached = np.ones(len(kinds))
    step = max(1, _PORTION // len(y))
    for start in range(0, permutations, step):
        dealt = generator.permuted(np.tile(y, (min(step, permutations - start), 1)), axis=1)
        clouds = hull(x, dealt)
        for place, kind in enumerate(kinds):
            # A permutation that comes out as the sample does must not fall short of it by rounding.
            drawn = zone(clouds, scope, kind) / scope.area
            reached[place] += (drawn >= effects[place] - 1e-12).sum()
        tell(start + len(dealt), permutations)
    return effects, reached / (permutations + 1)


def _ends(name: str, values: Array, limits: Mapping[str, tuple[float, float]]) -> tuple[float, float]:
    least, most = float(values.min()), float(values.max())
    if name not in limits:
        return least, most
    got: object = limits[name]
    if not (isinstance(got, tuple | list) and len(got) == 2 and all(is_number(end) for end in got)):
        raise OptionError(f"the scope of '{name}' is two numbers, such as (0, 100), got {got!r}.")
    low, high = got
    if low > least or high < most:
        raise OptionError(
            f"the scope of '{name}' must hold its values, {least:g} to {most:g}; got {low!r} to {high!r}."
        )
    return float(low), float(high)
