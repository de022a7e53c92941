"""GroupComparison: what differs between groups, and what may be compared at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Problem, Quantity
from rantau.groups.bootstrap_tests import StudentTest, not_larger, parametric, welch
from rantau.groups.corrections import CORRECTIONS, adjusted
from rantau.groups.distances import Distances, distances
from rantau.groups.micom import ITEMS, ROUNDING, share_as_extreme
from rantau.groups.pair import Pair
from rantau.inference.draws import counted
from rantau.moments.sample import Sample
from rantau.options import check_level, choose
from rantau.pls.result import PlsFit
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: What `of=` takes, and the operators of the quantities that it shows.
SHOWN = {
    "paths": ("~",),
    "effects": ("indirect", "total"),
    "loadings": ("=~",),
    "weights": ("<~",),
    "r_squared": ("r2",),
    "reliability": ("alpha", "rho_a", "rho_c", "ave"),
    "htmt": ("htmt",),
    "definitions": (":=",),
    "all": (),
}


class GroupComparison(Record):
    """What `compare_groups` found. Tables are unrounded data frames; `print` shows the usual ones.

    Attributes
    ----------
    by
        The column that tells the groups apart; empty where labels were given.
    groups
        Labels, in the order met in the data.
    sizes
        Rows of each.
    left_out
        Rows that belong to no group.
    quantities, values
        Names, and the estimates of each group, `(groups, q)`.
    bootstrapped
        `(groups, draws, q)` draws from within each group; NaN where a draw failed. No draws if none were asked for.
    lost
        Why draws failed, one text each.
    pairs
        Every two groups.
    constructs
        Those whose invariance is judged: all but products, which are as invariant as their parts.
    problems
        What is wrong with the estimates of a group.
    fit, sample, codes
        The fit of all rows, the rows that belong to a group, and to which.
    seed, permutations
        Of the random divisions.
    """

    by: str
    groups: tuple[str, ...]
    sizes: tuple[int, ...]
    left_out: int
    quantities: tuple[Quantity, ...]
    values: Array
    bootstrapped: Array
    lost: tuple[str, ...]
    pairs: tuple[Pair, ...]
    constructs: tuple[str, ...]
    problems: tuple[Problem, ...]
    fit: PlsFit
    sample: Sample
    codes: Indices
    seed: int
    permutations: int

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Each reason why random divisions gave no estimate, with its count, the commonest first."""
        return counted(reason for pair in self.pairs for reason in pair.reasons)

    @property
    def failed_draws(self) -> tuple[tuple[str, int], ...]:
        """Each reason why bootstrap draws of a group gave no estimate, with its count, the commonest first."""
        return counted(self.lost)

    # -- step by step ------------------------------------------------------------------------------------

    def configural(self) -> pd.DataFrame:
        """Return the first step of MICOM: `group n estimated problem`, one row per group.

        Every group has the same items, the same treatment of them and the same algorithm, as one call estimates all of
        them; what remains to be seen is whether each can be estimated.
        """
        told = {problem.about[0]: problem.text for problem in self.problems}
        rows = [
            (group, n, group not in told, told.get(group, "")) for group, n in zip(self.groups, self.sizes, strict=True)
        ]
        return _frame(rows, ("group", "n", "estimated", "problem"))

    def micom(self, *, items: str = "standardised", level: float = 0.95, adjust: str = "none") -> pd.DataFrame:
        """Return the second and third step of MICOM, one row per pair of groups and construct.

        Parameters
        ----------
        items
            `standardised`: the groups' weights meet the pooled items standardised, as weights of standardised items
            should, so that units do not matter; `raw`: the items as they were answered, as cSEM does.
        level
            Invariance is rejected where p is below 1 - level.
        adjust
            Correction of the p-values of each of the three tests for their number: one of `none bonferroni holm
            hochberg bh by`.

        Returns
        -------
        DataFrame
            `group_1 group_2 construct`; `c`, `c_quantile` (the 1 - level quantile if weights were the same), `c_p`,
            `compositional`; `mean_difference mean_low mean_high mean_p equal_means`; `log_variance_ratio variance_low
            variance_high variance_p equal_variances`; and `invariance`: `full` (all three), `partial` (compositional
            alone: paths may be compared, rows not be pooled) or `none`.

        Source: Henseler, Ringle and Sarstedt (2016), Testing measurement invariance of composites using partial least
        squares. p counts the observed division, so it is never zero; a single item is its own composite.
        """
        choose("items", items, ITEMS)
        choose("adjust", adjust, CORRECTIONS)
        check_level(level)
        alpha, rows = 1 - level, []
        for pair in self.pairs:
            c, permuted = (pair.c, pair.permuted_c) if items == "standardised" else (pair.raw_c, pair.permuted_raw_c)
            tail = [alpha / 2, 1 - alpha / 2]
            columns = (
                c,
                np.quantile(permuted, alpha, axis=0),
                share_as_extreme(c, permuted, below=True),
                pair.mean,
                *np.quantile(pair.permuted_mean, tail, axis=0),
                share_as_extreme(pair.mean, pair.permuted_mean),
                pair.variance,
                *np.quantile(pair.permuted_variance, tail, axis=0),
                share_as_extreme(pair.variance, pair.permuted_variance),
            )
            labels = (self.groups[pair.first], self.groups[pair.second])
            rows += [(*labels, name, *numbers) for name, *numbers in zip(self.constructs, *columns, strict=True)]
        names = "c c_quantile c_p mean_difference mean_low mean_high mean_p"
        names += " log_variance_ratio variance_low variance_high variance_p"
        found = _frame(rows, ("group_1", "group_2", "construct", *names.split()))
        for p in ("c_p", "mean_p", "variance_p"):
            found[p] = adjusted(found[p].to_numpy(), adjust)
        # A p that is not known permits nothing; 1 - .95 is a little more than the .05 that a p may be.
        verdicts = {name: found[p] >= alpha - ROUNDING for p, name in _VERDICTS}
        for place, name in ((6, "compositional"), (11, "equal_means"), (16, "equal_variances")):
            found.insert(place, name, verdicts[name])
        full = found["compositional"] & found["equal_means"] & found["equal_variances"]
        found["invariance"] = np.where(full, "full", np.where(found["compositional"], "partial", "none"))
        return found

    def permits(self, *, items: str = "standardised", level: float = 0.95, adjust: str = "none") -> pd.DataFrame:
        """Return which comparisons MICOM permits: `group_1 group_2 comparison subject permitted because`.

        A path may be compared where the composites at both its ends are the same in both groups (partial invariance);
        a construct's mean likewise; the rows of two groups may be pooled where every construct is fully invariant.

        Parameters
        ----------
        items, level, adjust
            As for `micom`.

        Source: Henseler, Ringle and Sarstedt (2016).
        """
        found = self.micom(items=items, level=level, adjust=adjust)
        rows: list[tuple[object, ...]] = []
        # Without the first step the others say nothing.
        failed = {problem.about[0]: f"group {problem.about[0]} is not estimated properly" for problem in self.problems}
        for (first, second), part in found.groupby(["group_1", "group_2"], sort=False):
            state = part.set_index("construct")
            paths = [one for one in self.quantities if one.op == "~"]
            subjects = [("path", f"{one.lhs} ~ {one.rhs}", (*one.lhs.split(":"), *one.rhs.split(":"))) for one in paths]
            subjects += [("mean", name, (name,)) for name in self.constructs]
            for comparison, subject, concerned in subjects:
                wrong = [name for name in dict.fromkeys(concerned) if not state.loc[name, "compositional"]]
                told = [failed[group] for group in (first, second) if group in failed]
                told += [_composite_differs(name, state["c"][name], state["c_p"][name]) for name in wrong]
                because = "; ".join(told) or "composites are the same"
                rows.append((first, second, comparison, subject, not told, because))
            wrong = [f"{name} ({state.loc[name, 'invariance']})" for name in state.index[state["invariance"] != "full"]]
            told = [failed[group] for group in (first, second) if group in failed]
            told += [f"not fully invariant: {', '.join(wrong)}"] if wrong else []
            because = "; ".join(told) or "composites, means and variances are the same"
            rows.append((first, second, "pooling", "all rows", not told, because))
        return _frame(rows, ("group_1", "group_2", "comparison", "subject", "permitted", "because"))

    # -- differences -------------------------------------------------------------------------------------

    def table(
        self, *, of: str = "paths", adjust: str = "none", items: str = "standardised", level: float = 0.95
    ) -> pd.DataFrame:
        """Return estimates of each two groups, and tests of their difference.

        Parameters
        ----------
        of
            `paths`, `effects`, `loadings`, `weights`, `r_squared`, `reliability`, `htmt`, `definitions` or `all`.
        adjust
            Correction of the p-values of each test for the rows of this table: one of `none bonferroni holm hochberg
            bh by`.
        items
            For MICOM, as in `micom`.
        level
            Of MICOM, and of the intervals.

        Returns
        -------
        DataFrame
            `lhs op rhs group_1 group_2 est_1 est_2 difference`; `p_permutation` (Chin & Dibbern, 2010); and with
            bootstrap draws `low_1 high_1 low_2 high_2`, the percentile intervals of both, `not_larger`, the probability
            that the first group's is not the larger one (Henseler, Ringle & Sinkovics, 2009), `p_henseler`, which makes
            two sides of it, `p_parametric` (Keil et al., 2000) and `p_welch` (Sarstedt, Henseler & Ringle, 2011). What
            is the same in every draw has no p, and what some draw leaves undefined neither p nor interval. Paths have
            `permitted`: whether MICOM finds the composites at both ends invariant.

        Raises
        ------
        OptionError
            If an option has no such value.
        """
        choose("of", of, SHOWN)
        choose("adjust", adjust, CORRECTIONS)
        choose("items", items, ITEMS)
        check_level(level)
        pandas = require("pandas")
        parts = []
        for pair, which in self._shown(of):
            part = self._estimates(pair, which)
            permuted = pair.permuted_difference[:, which]
            # Of what every division leaves as it is, such as the loading of a single item, nothing is tested.
            moves = np.ptp(permuted, axis=0) > ROUNDING
            part["p_permutation"] = np.where(moves, share_as_extreme(part["difference"].to_numpy(), permuted), np.nan)
            if self.bootstrapped.shape[1]:
                first, second = (self._draws(place)[:, which] for place in (pair.first, pair.second))
                for number, draws in ((1, first), (2, second)):
                    ends = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2], axis=0)
                    part[f"low_{number}"], part[f"high_{number}"] = ends
                # NaN, of what some draw leaves undefined, is not above anything.
                widths = np.ptp(first, axis=0), np.ptp(second, axis=0)
                varies = np.maximum(*widths) > ROUNDING
                share = np.where(varies, not_larger(first, second), np.nan)
                part["not_larger"] = share
                least = 1 / min(len(first), len(second))
                part["p_henseler"] = np.clip(2 * np.minimum(share, 1 - share), least, 1.0)
                students = self._students(pair, which)
                part["p_parametric"], part["p_welch"] = (test.p for test in students)
            parts.append(part)
        found = pandas.concat(parts, ignore_index=True)
        for column in [name for name in found.columns if name.startswith("p_")]:
            found[column] = adjusted(found[column].to_numpy(), adjust)
        if of == "paths":
            allowed = self.permits(items=items, level=level)
            allowed = allowed[allowed["comparison"] == "path"]
            key = {(a, b, subject): ok for a, b, subject, ok in _columns(allowed, "group_1 group_2 subject permitted")}
            named = _columns(found, "group_1 group_2 lhs rhs")
            found["permitted"] = [key[a, b, f"{lhs} ~ {rhs}"] for a, b, lhs, rhs in named]
        return found  # type: ignore[no-any-return]

    def student_tests(self, *, of: str = "paths", adjust: str = "none") -> pd.DataFrame:
        """Return the tests by bootstrap standard errors in full.

        Parameters
        ----------
        of, adjust
            As for `table`.

        Returns
        -------
        DataFrame
            As `table`, then `se_1 se_2`, and of either test `t df p`: `t_parametric` and so on takes the errors of both
            groups for equal, `t_welch` does not.

        Raises
        ------
        OptionError
            If an option has no such value.
        EstimationError
            If there are no bootstrap draws.
        """
        choose("of", of, SHOWN)
        choose("adjust", adjust, CORRECTIONS)
        if not self.bootstrapped.shape[1]:
            raise EstimationError("these tests need bootstrap draws, and draws=0 asked for none: give draws=1000.")
        parts = []
        for pair, which in self._shown(of):
            part = self._estimates(pair, which)
            part["se_1"], part["se_2"] = self._errors(pair)[:, which]
            for name, test in zip(("parametric", "welch"), self._students(pair, which), strict=True):
                part[f"t_{name}"], part[f"df_{name}"], part[f"p_{name}"] = test
            parts.append(part)
        found = require("pandas").concat(parts, ignore_index=True)
        for name in ("p_parametric", "p_welch"):
            found[name] = adjusted(found[name].to_numpy(), adjust)
        return found  # type: ignore[no-any-return]

    def distances(self) -> Distances:
        """Test whether all groups have the same model-implied correlations of items (`print` it, or see `table()`).

        The rows are divided at random once more, all groups at a time.

        Source: Klesel, Schuberth, Henseler and Niehaves (2019), A test for multigroup comparison using partial least
        squares path modeling.
        """
        known: Distances | None = self.__dict__.get("_distances")
        if known is None:
            known = distances(self.fit, self.sample, self.codes, len(self.groups), self.permutations, self.seed)
            object.__setattr__(self, "_distances", known)
        return known

    def _shown(self, of: str) -> Iterator[tuple[Pair, Indices]]:
        ops = SHOWN[of]
        which = np.array(
            [place for place, one in enumerate(self.quantities) if not ops or one.op in ops], dtype=np.intp
        )
        if which.size == 0:
            raise OptionError(f"this model has no {of} to compare.")
        for pair in self.pairs:
            yield pair, which

    def _estimates(self, pair: Pair, which: Indices) -> pd.DataFrame:
        first, second = self.values[pair.first][which], self.values[pair.second][which]
        named = [self.quantities[place] for place in which]
        columns = {
            "lhs": [one.lhs for one in named],
            "op": [one.op for one in named],
            "rhs": [one.rhs for one in named],
            "group_1": self.groups[pair.first],
            "group_2": self.groups[pair.second],
            "est_1": first,
            "est_2": second,
            "difference": first - second,
        }
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def _draws(self, group: int) -> Array:
        """Return the draws of a group that succeeded, `(draws, q)`."""
        values = self.bootstrapped[group]
        found: Array = values[~np.isnan(values).all(axis=1)]
        return found

    def _errors(self, pair: Pair) -> Array:
        found = np.stack([self._draws(place).std(axis=0, ddof=1) for place in (pair.first, pair.second)])
        return np.where(found > ROUNDING, found, 0.0)

    def _students(self, pair: Pair, which: Indices) -> tuple[StudentTest, StudentTest]:
        difference = (self.values[pair.first] - self.values[pair.second])[which]
        n = np.array([self.sizes[pair.first], self.sizes[pair.second]], dtype=float)
        errors = self._errors(pair)[:, which]
        return parametric(difference, errors, n), welch(difference, errors, n)

    # -- to read -----------------------------------------------------------------------------------------

    def __str__(self) -> str:
        sizes = ", ".join(f"{group} ({n})" for group, n in zip(self.groups, self.sizes, strict=True))
        told = [f"Groups{f' by {self.by}' if self.by else ''}: {sizes}"]
        told += [f"  {self.left_out} rows belong to no group and are left out"] if self.left_out else []
        told += [f"  {problem.text}" for problem in self.problems]
        told += [f"  {count} divisions failed: {reason}" for reason, count in self.failed]
        told += [f"  {count} bootstrap draws failed: {reason}" for reason, count in self.failed_draws]
        for title, frame in (("Invariance (MICOM)", self.micom()), ("Paths", self.table())):
            shown = frame.to_string(index=False, float_format=lambda value: f"{value:.3f}")
            told += ["", f"{title}, {self.permutations} permutations, seed {self.seed}", shown]
        return "\n".join(told)

    def __repr__(self) -> str:
        return (
            f"<GroupComparison: {len(self.groups)} groups, {self.permutations} permutations, seed {self.seed}; "
            "see micom(), permits(), table(), distances()>"
        )

    def _repr_html_(self) -> str:
        return str(self.table().to_html(index=False, float_format=lambda value: f"{value:.3f}"))


_VERDICTS = (("c_p", "compositional"), ("mean_p", "equal_means"), ("variance_p", "equal_variances"))


def _composite_differs(name: str, c: float, p: float) -> str:
    return f"{name} has another composite (c = {c:.3f}, p {'unknown' if np.isnan(p) else f'= {p:.3f}'})"


def _columns(frame: pd.DataFrame, names: str) -> Iterator[tuple[object, ...]]:
    return frame[names.split()].itertuples(index=False, name=None)


def _frame(rows: Sequence[tuple[object, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    return require("pandas").DataFrame(rows, columns=list(columns))  # type: ignore[no-any-return]
