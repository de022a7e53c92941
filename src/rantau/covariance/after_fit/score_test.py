"""Score tests: what the chi-square would lose without some equalities, or with further parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import chdtrc

from rantau.arrays import Array, Indices
from rantau.covariance.after_fit.modification import check_converged, rows_factor, standardised_changes
from rantau.covariance.after_fit.restrictions import Restrictions, independent, restrictions_of
from rantau.covariance.after_fit.wider import (
    UNIDENTIFIED,
    UNIDENTIFIED_EXACTLY,
    Further,
    exactly_left,
    slope_and_information,
    whitened,
    widen,
)
from rantau.covariance.constraints import free_directions
from rantau.covariance.evidence import Evidence
from rantau.covariance.layout import Layout, cell_values
from rantau.covariance.setting import Setting, evidence_of, setting_of
from rantau.errors import EstimationError, OptionError, listing, unknown
from rantau.extras import require
from rantau.model.composites import composites
from rantau.model.locate import first_use, refusal
from rantau.model.parameters import ParameterTable
from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit


class ScoreTest(Record):
    """Tests of restrictions, from the fit that they hold in.

    Attributes
    ----------
    chisq, df
        Of releasing all of them together.
    restrictions
        `lhs`, `op` and `rhs` of each.
    each
        `(k,)`: chi-square of releasing one alone; NaN where it follows from the ones before it, or where nothing in
        the data could tell it.
    expected
        `(k,)`: what `lhs - rhs` would become.
    order
        Largest first, without those that add nothing to what is released before them.
    together
        Chi-square of the first, the first two, ... of `order`.
    parameters, labels, est
        Every parameter, its label and its value.
    change
        `(4, parameters)`: by how much it would change with all of them released; the same in standard deviations as
        by `lv`, `all` and `nox`. NaN where it stays fixed.
    """

    chisq: float
    df: int
    restrictions: tuple[tuple[str, str, str], ...]
    each: Array
    expected: Array
    order: Indices
    together: Array
    parameters: tuple[Further, ...]
    labels: tuple[str, ...]
    est: Array
    change: Array

    @property
    def pvalue(self) -> float:
        """The probability of a larger chi-square if all restrictions hold; NaN without any."""
        return float(chdtrc(self.df, self.chisq)) if self.df > 0 else float("nan")

    def univariate(self) -> pd.DataFrame:
        """Return the test of each restriction alone.

        Returns
        -------
        DataFrame
            `lhs op rhs chisq df p epc`; `epc` is what `lhs - rhs` would become.
        """
        df = np.isfinite(self.each).astype(np.intp)
        p = np.where(df > 0, chdtrc(1, np.nan_to_num(self.each)), np.nan)
        return self._frame(range(len(self.restrictions)), self.each, df, p, epc=self.expected)

    def cumulative(self) -> pd.DataFrame:
        """Return tests of the largest restriction, of the two largest, and so on: `lhs op rhs chisq df p`.

        A restriction is left out where nothing could tell its release from that of the ones above it.
        """
        df = np.arange(1, len(self.order) + 1)
        return self._frame(self.order, self.together, df, chdtrc(df, self.together))

    def epc(self) -> pd.DataFrame:
        """Return expected changes and values with all restrictions released.

        Returns
        -------
        DataFrame
            `lhs op rhs group label est epc epv sepc_lv sepc_all sepc_nox`.
        """
        lhs, op, rhs, group = zip(*self.parameters, strict=True)
        change, *standardised = self.change
        columns = {"lhs": lhs, "op": op, "rhs": rhs, "group": group, "label": self.labels, "est": self.est}
        columns |= {"epc": change, "epv": self.est + change}
        columns |= {f"sepc_{kind}": one for kind, one in zip(("lv", "all", "nox"), standardised, strict=True)}
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def _frame(
        self, which: Sequence[int] | Indices, chisq: Array, df: Indices, p: Array, **more: Array
    ) -> pd.DataFrame:
        names = [self.restrictions[place] for place in which]
        columns: dict[str, object] = {name: [one[k] for one in names] for k, name in enumerate(("lhs", "op", "rhs"))}
        return require("pandas").DataFrame(columns | {"chisq": chisq, "df": df, "p": p} | more)  # type: ignore[no-any-return]

    def __repr__(self) -> str:
        count = len(self.restrictions)
        return (
            f"<ScoreTest: {count} restriction{'s' if count > 1 else ''}, chi-square {self.chisq:.3f}, df {self.df}, "
            f"p {self.pvalue:.3g}; see univariate(), cumulative(), epc()>"
        )


class Question(NamedTuple):
    """What is tested.

    Attributes
    ----------
    table, layout, scale
        With every parameter that could move; the layout in standard units.
    free
        `(n, z)`: the directions that stay free in any case.
    ways
        `(n, k)`: how to leave each restriction by one unit of the data, the others held; nought where there is no way.
    names
        Of the restrictions.
    """

    table: ParameterTable
    layout: Layout
    scale: Array
    free: Array
    ways: Array
    names: tuple[tuple[str, str, str], ...]


def score_test(fit: SemFit, release: Sequence[int | str] | int | str | None, add: str | None) -> ScoreTest:
    """Test equalities of a fit, or further parameters; see `SemFit.score_test`."""
    if release is not None and add is not None:
        raise OptionError("give `release` (equalities to let go) or `add` (parameters to add), not both.")
    check_converged(fit, "score tests are")
    setting = setting_of(fit)
    evidence = evidence_of(fit, setting)
    question = _released(fit, setting, release) if add is None else _added(fit, evidence, setting, add)
    return _answer(fit, evidence, question)


def _answer(fit: SemFit, evidence: Evidence, question: Question) -> ScoreTest:
    """Compute the tests of a question, and what would change."""
    gradient, hessian = slope_and_information(evidence, question.layout)
    white = whitened(hessian, question.free)
    ways, k = question.ways, question.ways.shape[1]
    bent = hessian @ ways
    across = white.T @ bent
    exact = exactly_left(evidence, question.layout, question.free, ways)
    left, limit = (ways.T @ bent - across.T @ across, UNIDENTIFIED) if exact is None else (exact, UNIDENTIFIED_EXACTLY)
    slope, alone = ways.T @ gradient, np.diag(left)
    told = alone > limit * np.einsum("nk,nk->k", ways, bent)
    by_rows, shrunk = rows_factor(fit, evidence.n_obs)
    half = evidence.n_obs / 2 * by_rows
    each, expected = np.full((2, k), np.nan)
    each[told] = half * slope[told] ** 2 / alone[told]
    expected[told] = -shrunk * slope[told] / alone[told]
    if not told.any():
        names = listing([name[0] for name in question.names], most=3)
        raise EstimationError(f"{fit.model.source}: the data could not tell {names} from what is free already.")
    order = np.flatnonzero(told)
    order, steps, move = _one_by_one(left, slope, order[np.argsort(-each[order], kind="stable")])
    change = ways[:, order] @ move
    change = (change - white @ (across[:, order] @ move)) * shrunk / question.scale

    hidden = set(fit.table.excrescent)
    moving = {(row.lhs, row.op, row.rhs, row.group): row for row in question.table.rows if row.free >= 0}
    rows = dict.fromkeys((row.lhs, row.op, row.rhs, row.group) for row in question.table.rows)
    parameters = tuple(Further(*row) for row in rows if not hidden & {row[0], row[2]})
    known = zip(fit.table.rows, cell_values(fit.layout, fit.theta).ravel(), strict=True)
    values = {(row.lhs, row.op, row.rhs, row.group): (row.label, float(value)) for row, value in known}
    labels, est = zip(*(values.get(one, ("", 0.0)) for one in parameters), strict=True)
    by_row = np.array([change[moving[one].free] if one in moving else np.nan for one in parameters])
    chisq = half * np.cumsum(steps)
    return ScoreTest(
        float(chisq[-1]) if order.size else 0.0, order.size, question.names, each, expected, order, chisq,
        parameters, labels, np.array(est),
        np.array([by_row, *standardised_changes(fit, parameters, by_row).values()]),
    )  # fmt: skip


def _one_by_one(left: Array, slope: Array, order: Indices) -> tuple[Indices, Array, Array]:
    """Release restrictions one after the other.

    Returns
    -------
    tuple
        The ones that add something to those before them; by how much each lowers the discrepancy, doubled; and how
        far each is left when all are released.

    Notes
    -----
    The rows of a Cholesky factor of the information, each with its share of the statistic.
    """
    taken: list[int] = []
    root, part = np.zeros((order.size, order.size)), np.zeros(order.size)
    for place in order:
        size = len(taken)
        row = solve_triangular(root[:size, :size], left[taken, place], lower=True) if size else np.zeros(0)
        rest = left[place, place] - row @ row
        if rest <= UNIDENTIFIED * left[place, place]:
            continue
        root[size, :size], root[size, size] = row, np.sqrt(rest)
        part[size] = (slope[place] - row @ part[:size]) / root[size, size]
        taken.append(int(place))
    size = len(taken)
    part = part[:size]
    move = -solve_triangular(root[:size, :size], part, lower=True, trans="T") if size else part
    return np.array(taken, dtype=np.intp), part**2, np.asarray(move)


# -- equalities ------------------------------------------------------------------------------------


def _released(fit: SemFit, setting: Setting, release: Sequence[int | str] | int | str | None) -> Question:
    """Ask what equalities hold back."""
    held = restrictions_of(fit, setting)
    chosen = _chosen(held, release)
    own = independent(held.jacobian, held.kept)
    every = np.concatenate([held.kept, held.jacobian[own]])
    ways = np.zeros((held.table.n_free, len(held.names)))
    # Each column of the inverse leaves one restriction and holds the others.
    ways[:, own] = np.linalg.pinv(every)[:, len(held.kept) :]
    free, _ = free_directions(every)
    names = tuple(held.names[place] for place in chosen)
    return Question(held.table, held.layout, held.scale, free, ways[:, chosen], names)


def _chosen(held: Restrictions, release: Sequence[int | str] | int | str | None) -> list[int]:
    """Return the places of the equalities that are to go: by number from 1, by label, or by a parameter's name."""
    count = len(held.names)
    if count == 0:
        raise OptionError(
            "nothing is held equal in this fit: a score test is about a label that two parameters share, about "
            "`group_equal`, or about a `==`. What the model does not have is tested by add='F =~ x4', or all of it at "
            "once by modification_indices()."
        )
    if release is None:
        return list(range(count))
    known = [(label, name[0], name[2]) for name, label in zip(held.names, held.labels, strict=True)]
    found: set[int] = set()
    asked = (release,) if isinstance(release, int | str) else tuple(release) if isinstance(release, Iterable) else ()
    if not asked or any(isinstance(one, bool) or not isinstance(one, int | str) for one in asked):
        raise OptionError(
            f"release= takes numbers from 1 to {count} as in univariate(), labels, or names of parameters; got "
            f"{release!r}."
        )
    for one in asked:
        if isinstance(one, int):
            if not 1 <= one <= count:
                raise OptionError(f"release counts the equalities from 1 to {count}, as univariate() does; got {one}.")
            found.add(one - 1)
            continue
        matching = {place for place, texts in enumerate(known) if _bare(one) in [_bare(text) for text in texts]}
        if not matching:
            names = dict.fromkeys(text for texts in known for text in texts if text)
            raise OptionError(unknown("equality to release", one, names))
        found |= matching
    return sorted(found)


def _bare(name: str) -> str:
    return "".join(name.split())


# -- further parameters ----------------------------------------------------------------------------


def _added(fit: SemFit, evidence: Evidence, setting: Setting, text: str) -> Question:
    """Ask what further parameters would take up, each in every group where it is not free."""
    table = fit.table
    if not isinstance(text, str) or not text.strip():
        raise OptionError(f"add= takes parameters as a text, such as 'F =~ x4; x7 ~~ x8'; got {text!r}.")
    values = {(row.lhs, row.op, row.rhs, row.group): row for row in table.rows}
    further: list[Further] = []
    names: list[tuple[str, str, str]] = []
    for name in dict.fromkeys(_stated(fit, parse_model(text, source="add"))):
        for group, label in enumerate(table.groups, start=1):
            row = values.get((*name, group))
            if row is not None and row.free >= 0:
                continue
            further.append(Further(*name, group))
            shown = " ".join(name).strip() + (f" ({label})" if table.n_groups > 1 else "")
            names.append((shown, "==", f"{0.0 if row is None else row.value:.15g}"))
    if not further:
        raise OptionError(f"add='{text}': this is free in the model already.")
    wider = widen(table, further, setting, fit.moments)
    k = len(further)
    ways = np.zeros((wider.layout.n_free, k))
    ways[wider.n_own + np.arange(k), np.arange(k)] = wider.scale[wider.n_own :]
    free = np.concatenate([evidence.directions, np.zeros((k, evidence.directions.shape[1]))])
    return Question(wider.table, wider.layout, wider.scale, free, ways, tuple(names))


def _refuse_more(model: Model) -> None:
    """Refuse statements that add no parameter, and modifiers, which a test has no use for."""
    spans = [one.span for one in model.definitions] + [one.span for one in model.constraints]
    spans += [one.span for one in model.of_answers] + [one.span for one in composites(model)]
    if spans:
        raise refusal(model, spans[0], "add= takes loadings (`=~`), paths (`~`), covariances (`~~`) and means (`~ 1`).")
    for term in model.terms:
        if term.modifiers:
            raise refusal(model, term.modifiers[0].span, "a parameter is added as a free one; leave the modifier out.")


def _stated(fit: SemFit, model: Model) -> Iterator[tuple[str, str, str]]:
    """Name the parameters that a text states, as the table does where it has them."""
    _refuse_more(model)
    named = [(block.construct, "=~", item) for block in model.blocks for item in block.items]
    named += [(path.outcome, "~", path.predictor) for path in model.paths]
    named += [(one.left, "~~", one.right) for one in model.covariances]
    named += [(one.variable, "~1", "") for one in model.intercepts]
    known = [name for name in fit.layout.variables if name not in fit.table.excrescent]
    have = {(row.lhs, row.op, row.rhs) for row in fit.table.rows}
    for lhs, op, rhs in named:
        for name in (lhs, rhs):
            if name and name not in known:
                raise refusal(model, first_use(model, name), unknown("variable", name, known))
        if op == "~1" and not fit.table.mean_structure:
            raise refusal(model, first_use(model, lhs), "means are no part of this fit; ask for meanstructure=True.")
        if op == "=~" and lhs not in fit.table.latent:
            raise refusal(model, first_use(model, lhs), f"'{lhs}' is no factor of this model.")
        yield (rhs, op, lhs) if op == "~~" and (rhs, op, lhs) in have else (lhs, op, rhs)
