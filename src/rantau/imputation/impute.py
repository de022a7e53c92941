"""impute(): fill the gaps of a data set several times, by chained equations."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Cells, Indices, Mask
from rantau.errors import DataWarning, EstimationError, OptionError, ResponseError
from rantau.imputation.chained import Plan, nearest_predictors, run_chain
from rantau.imputation.imputations import Imputations
from rantau.imputation.methods import ROWS as METHODS
from rantau.moments.belonging import memberships
from rantau.moments.chosen import chosen_sample
from rantau.moments.sample import Sample, as_frame
from rantau.options import Progress, choose, column_name, told_to, whole_number
from rantau.survey.responses import Change, Responses

if TYPE_CHECKING:
    import pandas as pd


def impute(
    data: Responses | pd.DataFrame,
    *,
    m: int = 20,
    seed: int = 1,
    items: str | Sequence[str] | None = None,
    method: str = "pmm",
    iterations: int = 10,
    donors: int = 5,
    predictors: int | None = None,
    group: str | None = None,
    progress: Progress | None = None,
) -> Imputations:
    """Fill the gaps of a data set several times, by chained equations.

    Each item with gaps is drawn given all others, in turn; what is drawn serves to draw the next. Take in everything
    that will enter the model, and what else tells something of the answers that are missing or of why they are. A
    column that numbers the rows tells nothing: name the items, or drop it first. Fit the model to each completed
    data set and pool: `rt.pool(rt.impute(data).fits(rt.sem, model))`. For models of normal items
    `rt.sem(model, data, missing="fiml")` needs no imputation and comes to the same.

    Parameters
    ----------
    data
        Responses or a data frame, `(n, p)`, with NaN where an answer is missing.
    m
        How many times, at least 2. A rule: as many as per cent of the rows have gaps (White, Royston & Wood, 2011).
    seed
        The same seed gives the same draws; the first of 40 are those of 20.
    items
        The columns to fill and to draw from; unless given every item of `Responses`, and of a data frame every column
        of numbers. Other columns stay as they are.
    method
        `pmm` (predictive mean matching): the answer of someone whose expected answer is near, so that it is always one
        that was given; `normal`: a draw from the regression, for measures without steps.
    iterations
        How often all items are drawn; see `Imputations.convergence()`.
    donors
        For `pmm`: of how many near rows one gives its answer.
    predictors
        From how many other items, the most correlated ones, each item is drawn; all unless given.
    group
        A column within whose values rows are taken apart: what is to be compared between groups must not be mixed
        by the imputation.
    progress
        Called with (done, all) after each data set.

    Returns
    -------
    Imputations
        `frame(number)`, `frames()`, `fits(engine, model)`.

    Raises
    ------
    ResponseError
        If an item is not among the columns or holds text, there are fewer than two, or a row has no group.
    EstimationError
        If nobody answered an item, or too few did for the items it is to be drawn from.
    OptionError
        If an option has no meaning.

    Warns
    -----
    DataWarning
        If nothing is missing.

    Notes
    -----
    Rubin (1987); van Buuren & Groothuis-Oudshoorn (2011); Little (1988b) for `pmm`. Items are drawn in the order of
    their gaps, fewest first. The ridge that keeps items that repeat each other apart is 1e-5 of the cross-products.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 4))
    >>> data = pd.DataFrame((draw[:, :3] + draw[:, 3:]).round() + 4, columns=["a", "b", "c"])
    >>> gaps = np.random.default_rng(2).random(data.shape) < 0.1
    >>> imputed = rt.impute(data.mask(gaps), m=5, seed=1)
    >>> imputed.m, bool(imputed.frame(0).notna().all(axis=None)), imputed.frame(0)["a"].isin(data["a"]).all().item()
    (5, True, True)
    """
    m, seed = whole_number("m", m, least=2), whole_number("seed", seed, least=0)
    iterations, donors = whole_number("iterations", iterations, least=1), whole_number("donors", donors, least=1)
    if predictors is not None:
        predictors = whole_number("predictors", predictors, least=1)
    tell = told_to(progress)
    row = {one.name: one for one in METHODS}[choose("method", method, [one.name for one in METHODS])]
    taken = chosen_sample(data, items, least=2).sample
    by = column_name("group", group)
    if by and by in taken.names and items is None:
        taken = _without(taken, by)
    groups = _groups(data, by, taken)
    gaps = np.isnan(taken.values)
    if not gaps.any():
        warnings.warn(
            f"{taken.source}: no answer is missing, so the {m} data sets are all alike. [nothing_missing]",
            DataWarning,
            stacklevel=2,
        )
    order = [item for item in np.argsort(gaps.sum(axis=0), kind="stable") if gaps[:, item].any()]
    plans = []
    for label, members in groups:
        values = taken.values[members]
        chosen = _predictors(values, predictors)
        where = f"{taken.source}, {by} '{label}'" if by else taken.source
        _check_possible(values, chosen, taken.names, where)
        own = np.array([item for item in order if gaps[members, item].any()], dtype=np.intp)
        plans.append((members, Plan(own, chosen, row, donors, iterations)))
    drawn = np.empty((m, int(gaps.sum())))
    trace = np.empty((m, len(plans), iterations, len(taken.names), 2))
    for number, seeds in enumerate(np.random.SeedSequence(seed).spawn(m)):
        filled = np.array(taken.values)
        for place, ((members, plan), own_seed) in enumerate(zip(plans, seeds.spawn(len(plans)), strict=True)):
            chain = run_chain(taken.values[members], plan, own_seed)
            filled[members], trace[number, place] = chain.values, chain.trace
        drawn[number] = filled[gaps]
        tell(number + 1, m)
    log = tuple(
        Change(taken.names[item], f"missing answers drawn {m} times by {row.about}", int(gaps[:, item].sum()))
        for item in sorted(order)
    )
    frame = _whole_frame(data)
    columns = tuple(str(name) for name in frame.columns)
    at = [place for place, name in enumerate(columns) if name not in taken.names]
    return Imputations(
        taken.names, taken.values, drawn, trace, row.name, seed, by, tuple(columns[place] for place in at),
        _cells([frame.iloc[:, place] for place in at], len(frame)), tuple(frame.dtypes.iloc[place] for place in at),
        columns, _cells([frame.index], len(frame))[:, 0], taken.source, log,
        data if isinstance(data, Responses) else None,
    )  # fmt: skip


def _without(taken: Sample, name: str) -> Sample:
    keep = [place for place, one in enumerate(taken.names) if one != name]
    return taken.replace(names=tuple(taken.names[place] for place in keep), values=taken.values[:, keep])


def _groups(data: Responses | pd.DataFrame, by: str, taken: Sample) -> list[tuple[str, Indices]]:
    """Return each group's label and its rows."""
    if not by:
        return [("", np.arange(taken.n_obs))]
    if by in taken.names:
        raise OptionError(f"'{by}' is among the items, so it cannot be group= as well; leave it out of items=.")
    codes, labels = memberships(data, by, option="group")
    if (codes < 0).any():
        row = int(np.flatnonzero(codes < 0)[0]) + 1
        raise ResponseError(f"{taken.source}: row {row} has no '{by}', so it belongs to no group. Leave such rows out.")
    return [(label, np.flatnonzero(codes == place)) for place, label in enumerate(labels)]


def _whole_frame(data: Responses | pd.DataFrame) -> pd.DataFrame:
    """Return all columns, those that are no items as they were read."""
    if not isinstance(data, Responses):
        return as_frame(data)
    frame = data.frame()
    for place, name in enumerate(data.extras_names):
        frame[name] = data.extras[:, place]
    return frame


def _cells(columns: Sequence[pd.Series | pd.Index], n: int) -> Cells:
    """Return columns as they are, `(n, k)`."""
    found = np.empty((n, len(columns)), dtype=object)
    for place, column in enumerate(columns):
        found[:, place] = list(column)
    return found


def _predictors(values: Array, most: int | None) -> Mask:
    """Return which items each is drawn from, `(p, p)`, for answers `(n, p)`."""
    p = values.shape[1]
    return ~np.eye(p, dtype=bool) if most is None or most >= p - 1 else nearest_predictors(values, most)


def _check_possible(values: Array, predictors: Mask, names: tuple[str, ...], where: str) -> None:
    """Refuse items `(n, p)` that nobody answered, or too few for the items they are to be drawn from."""
    answered = (~np.isnan(values)).sum(axis=0)
    for place, name in enumerate(names):
        if not answered[place]:
            raise EstimationError(f"{where}: nobody answered '{name}'. Leave it out: items=[...].")
        wanted = int(predictors[place].sum())
        if answered[place] < len(values) and answered[place] < wanted + 3:
            raise EstimationError(
                f"{where}: '{name}' has {answered[place]} answers, too few to be drawn from {wanted} other items. Name "
                f"fewer items, or draw each from its nearest: predictors={max(1, min(10, int(answered[place]) // 3))}."
            )
