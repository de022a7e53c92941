"""compare_groups(): whether a PLS model is measured alike in groups, and whether its paths differ."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import AdmissibilityWarning, ConvergenceWarning, EstimationError, OptionError, listing
from rantau.extras import require
from rantau.fit import Problem, Quantity
from rantau.groups.comparison import GroupComparison
from rantau.groups.micom import compositional, moment_differences
from rantau.groups.pair import Pair
from rantau.groups.permute import (
    composite_names,
    composites,
    estimate_groups,
    indicators,
    permuted_memberships,
)
from rantau.inference.draws import counted
from rantau.inference.refit import refit_draws
from rantau.moments.belonging import labelled, memberships
from rantau.moments.sample import Sample
from rantau.options import Progress, is_several, part_of, told_to
from rantau.pls.estimate import reasons
from rantau.pls.flatten import named_in_stages
from rantau.pls.item_moments import moments_of_fit, refuse_ordered
from rantau.pls.resolve import directions, resolve
from rantau.pls.result import PlsFit
from rantau.pls.scores import score_rows

#: Fewer rows than this make no group.
LEAST = 3


def compare_groups(
    fit: PlsFit,
    *,
    by: str | Sequence[Any],
    seed: int = 1,
    permutations: int = 1000,
    draws: int = 1000,
    progress: Progress | None = None,
) -> GroupComparison:
    """Compare groups of rows by a PLS model: first whether they are measured alike, then whether their paths differ.

    Parameters
    ----------
    fit
        By `rt.pls`, of all groups together. Every group is estimated with its options; constructs point where they do
        in the fit.
    by
        The column of the data that tells groups apart, texts or numbers; or a label for each row of the data. Rows
        without an entry are left out. Two groups or more.
    seed
        The same seed gives the same numbers.
    permutations
        How many random divisions of the rows of each two groups, at least 20: for MICOM, permutation tests and
        distances.
    draws
        How many bootstrap samples of each group, for Henseler's, the parametric and Welch's test; 0 for none.
    progress
        Called with (done, all), of bootstrap samples and divisions together.

    Returns
    -------
    GroupComparison
        Print it, or see `configural()`, `micom()`, `permits()`, `table()`, `student_tests()` and `distances()`.

    Raises
    ------
    OptionError
        If an option has no meaning.
    ResponseError
        If the data have no such column.
    EstimationError
        If there are fewer than two groups, or one of them cannot be estimated.

    Notes
    -----
    With more than two groups, every two are compared by divisions of their own rows; `distances()` tests all at once.
    Missing answers are met in each group and division as in the fit. Rows with sampling weights keep them.

    Source: Henseler, Ringle and Sarstedt (2016) for MICOM; Chin and Dibbern (2010) for permutations; Henseler, Ringle
    and Sinkovics (2009); Keil et al. (2000); Sarstedt, Henseler and Ringle (2011); Klesel et al. (2019).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> group = np.where(np.arange(200) < 100, "a", "b")
    >>> y = np.where(group == "a", 0.9, -0.2) * draw[:, 0] + draw[:, 1]
    >>> x = draw[:, [0]] + draw[:, 2:5] / 2
    >>> data = pd.DataFrame({"x1": x[:, 0], "x2": x[:, 1], "x3": x[:, 2], "y": y, "group": group})
    >>> found = rt.compare_groups(rt.pls("X =~ x1 + x2 + x3; y ~ X", data), by="group", permutations=200, draws=0)
    >>> bool(found.table()["p_permutation"][0] < 0.05), bool(found.table()["permitted"][0])
    (True, True)
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(
            f"compare_groups() takes a fit by rt.pls, got a {type(fit).__name__}. A fit by rt.sem compares groups by "
            "group= and group_equal=."
        )
    refuse_ordered(
        fit.request,
        "compare_groups()",
        "MICOM compares the means and variances of scores: fit without ordered=, or compare the groups by "
        "rt.sem(model, data, ordered=..., group=..., group_equal=...).",
    )
    _check_count("permutations", permutations, 20)
    _check_count("draws", draws, 2, or_none=True)
    _check_count("seed", seed, 0)
    if fit.sample.cluster is not None:
        raise EstimationError("rows that come in clusters cannot be divided at random one by one.")
    tell = told_to(progress)
    codes, labels = _groups_of(fit, by)
    member = codes >= 0
    sample, own = (fit.sample, codes) if member.all() else (fit.sample.rows(member), codes[member])
    sizes = np.bincount(own, minlength=len(labels))
    names, values, problems = _each_group(fit, sample, own, labels)
    pairs = tuple(combinations(range(len(labels)), 2))
    every = draws * len(labels) + permutations * len(pairs)
    bootstrapped, lost = _bootstrapped(fit, sample, own, labels, draws, seed, tell, every)
    return GroupComparison(
        by=by if isinstance(by, str) else "",
        groups=labels,
        sizes=tuple(sizes.tolist()),
        left_out=int((~member).sum()),
        quantities=names,
        values=values,
        bootstrapped=bootstrapped,
        lost=lost,
        pairs=tuple(
            _pair(
                fit,
                sample,
                own,
                labels,
                pair,
                permutations,
                seed,
                1 + stream,
                part_of(tell, draws * len(labels) + permutations * stream, every),
            )
            for stream, pair in enumerate(pairs)
        ),
        constructs=composite_names(fit),
        problems=problems,
        fit=fit,
        sample=sample,
        codes=own,
        seed=seed,
        permutations=permutations,
    )


def _groups_of(fit: PlsFit, by: str | Sequence[Any]) -> tuple[Indices, tuple[str, ...]]:
    """Return the group of each row of the sample, `(n,)`, -1 for none, and labels of groups that have rows."""
    told = f"by='{by}'" if isinstance(by, str) else "by"
    if isinstance(by, str):
        if by in fit.plan.items:
            raise OptionError(f"{told} is an item of the model, so it cannot tell groups apart. Give another column.")
        if fit.origin.data is None:
            raise OptionError("this fit does not know its data: give by= a label for each row instead of a name.")
        codes, labels = memberships(fit.origin.data, by)
    elif not is_several(by):
        raise OptionError(f"by= takes the name of a column, such as by='gender', or a label for each row; got {by!r}.")
    else:
        column = require("pandas").Series(list(by))
        if len(column) != fit.entered.size:
            raise OptionError(f"by has {len(column)} labels, and the data have {fit.entered.size} rows: one each.")
        codes, labels = labelled(column)
    return check_groups(codes[fit.entered], labels, told=told)


def check_groups(codes: Indices, labels: tuple[str, ...], *, told: str) -> tuple[Indices, tuple[str, ...]]:
    """Return groups that can be compared: numbers of those that have rows, and their labels.

    Parameters
    ----------
    codes
        `(n,)` the group of each row, -1 for none.
    labels
        Of all groups.
    told
        What divides the rows, for messages.

    Raises
    ------
    EstimationError
        If there are fewer than two groups, or one has too few rows.
    """
    sizes = np.bincount(codes[codes >= 0], minlength=len(labels))
    there = [place for place, size in enumerate(sizes) if size]
    if len(there) < 2:
        what = f"'{labels[there[0]]}' in every row" if there else "no entry in any row"
        raise EstimationError(f"{told}: {what} that enters the fit; two groups at least are needed.")
    shown = listing([f"{labels[place]} ({sizes[place]})" for place in there], most=8)
    if all(sizes[place] < LEAST for place in there):
        raise EstimationError(f"{told} has another entry in nearly every row, so it divides nothing: {shown}.")
    small = [labels[place] for place in there if sizes[place] < LEAST]
    if small:
        raise EstimationError(
            f"{told}: group '{small[0]}' has fewer than {LEAST} rows, and nothing can be estimated from so few. The "
            f"groups: {shown}. Join it with another, or leave its rows out."
        )
    renumbered = np.full(len(labels) + 1, -1, dtype=np.intp)
    renumbered[there] = np.arange(len(there))
    return renumbered[codes], tuple(labels[place] for place in there)


def _check_count(option: str, got: int, least: int, *, or_none: bool = False) -> None:
    if isinstance(got, bool) or not isinstance(got, int | np.integer) or (got < least and not (or_none and got == 0)):
        allowed = f"0 for none, or {least} or more" if or_none else f"{least} or more"
        raise OptionError(f"{option} is a whole number, {allowed}, got {got!r}.")


def _each_group(
    fit: PlsFit, sample: Sample, codes: Indices, labels: tuple[str, ...]
) -> tuple[tuple[Quantity, ...], Array, tuple[Problem, ...]]:
    """Estimate the model in every group; return names, values `(groups, q)`, and what is wrong with whom."""
    found = estimate_groups(fit, sample, indicators(codes[None], len(labels)))
    sizes = np.bincount(codes)
    for fault in found.faults:
        if fault.fatal:
            group = int(np.flatnonzero(fault.where.any(axis=1))[0])
            raise EstimationError(
                f"group '{labels[group]}' ({sizes[group]} rows) cannot be estimated: {fault.text(group)}. Join it with "
                "another, leave its rows out, or take those items out of the model."
            )
    names, values = named_in_stages(fit.plan, found.ascent, "estimates", fit.request, int(sizes.min()))
    why = reasons(found.faults, len(labels))
    problems = tuple(
        Problem("error", reason.partition(":")[0], f"group '{label}': {reason.partition(': ')[2]}", (label,))
        for label, reason in zip(labels, why, strict=True)
        if reason
    )
    for problem in problems:
        category = ConvergenceWarning if problem.code == "not_converged" else AdmissibilityWarning
        warnings.warn(f"{problem.text} [{problem.code}]", category, stacklevel=3)
    return names, values, problems


def _bootstrapped(
    fit: PlsFit,
    sample: Sample,
    codes: Indices,
    labels: tuple[str, ...],
    draws: int,
    seed: int,
    tell: Progress,
    every: int,
) -> tuple[Array, tuple[str, ...]]:
    """Return draws from within each group, `(groups, draws, q)`, and why some failed, each with its group."""
    shown = fit.showing("estimates")
    if draws == 0:
        return np.empty((len(labels), 0, len(shown.quantities))), ()
    found, lost = [], []
    for group, label in enumerate(labels):
        own = shown.replace(sample=sample.rows(codes == group))
        stream = int(np.random.SeedSequence([seed, group]).generate_state(1)[0])
        refits = refit_draws(own, draws=draws, seed=stream, rows=None, progress=part_of(tell, draws * group, every))
        if sum(not reason for reason in refits.reasons) < 2:
            told = listing([f"{reason} ({count})" for reason, count in counted(refits.reasons)], most=3)
            raise EstimationError(
                f"fewer than two of {draws} bootstrap samples of group '{label}' could be estimated; draws=0 does "
                f"without them. Reasons: {told}."
            )
        found.append(refits.values)
        lost += [f"group '{label}': {reason}" for reason in refits.reasons if reason]
    return np.stack(found), tuple(lost)


def _pair(
    fit: PlsFit,
    sample: Sample,
    codes: Indices,
    labels: tuple[str, ...],
    pair: tuple[int, int],
    permutations: int,
    seed: int,
    stream: int,
    tell: Progress,
) -> Pair:
    """Compare two groups, and random divisions of their rows."""
    first, second = pair
    kept = np.flatnonzero((codes == first) | (codes == second))
    rows = sample if kept.size == sample.n_obs else sample.rows(kept)
    own = (codes[kept] == second).astype(np.intp)
    judged = _Judged(fit, rows, f"groups '{labels[first]}' and '{labels[second]}' together")
    c, raw_c, mean, variance, _, _ = judged(own[None])
    found = []
    for members in permuted_memberships(own, permutations, seed, stream):
        found.append(judged(members))
        tell(sum(len(one[5]) for one in found), permutations)
    why = tuple(reason for one in found for reason in one[5])
    good = np.array([not reason for reason in why])
    if good.sum() < 20:
        told = listing([f"{reason} ({count})" for reason, count in counted(why)], most=3)
        raise EstimationError(
            f"{good.sum()} of {permutations} random divisions of groups '{labels[first]}' and '{labels[second]}' could "
            f"be estimated; no test can be given. Reasons: {told}."
        )
    permuted = [np.concatenate([one[place] for one in found])[good] for place in range(5)]
    of_c, of_raw_c, of_mean, of_spread, of_values = permuted
    # A division in which a quantity is not defined, such as an HTMT of negative correlations, is kept for the others.
    observed = (c[0], raw_c[0], mean[0], variance[0])
    return Pair(first, second, *observed, of_c, of_raw_c, of_mean, of_spread, of_values, why)


class _Judged:
    """The statistics of two groups' difference, for any division of their rows."""

    def __init__(self, fit: PlsFit, rows: Sample, where: str) -> None:
        self.fit, self.rows = fit, rows
        once = np.ones((1, rows.n_obs))
        pooled, faults = resolve(rows, once, fit.plan, fit.request, towards=directions(fit.ascent.stages, fit.plan))
        for fault in faults:
            if fault.fatal:
                raise EstimationError(f"{where} cannot be estimated: {fault.text(0)}.")
        scores = score_rows(rows, fit.plan, pooled, fit.request)
        self.scores = scores[:, [":" not in name for name in fit.plan.whole.constructs]]
        self.covariance = np.array(moments_of_fit(rows, fit.request).covariance[0])
        unit = np.sqrt(np.diagonal(self.covariance))
        self.correlation = self.covariance / np.outer(unit, unit)

    def __call__(self, members: Indices) -> tuple[Array, Array, Array, Array, Array, tuple[str, ...]]:
        """Return c, c of raw items, differences in means, in variances and in quantities, and why some failed."""
        fit, draws = self.fit, len(members)
        counts = indicators(members, 2)
        found = estimate_groups(fit, self.rows, counts)
        formed = composites(fit, found.ascent)
        left, right = formed[:draws], formed[draws:]
        shares = counts if self.rows.weights is None else counts * self.rows.weights
        values = named_in_stages(fit.plan, found.ascent, "estimates", fit.request, self.rows.n_obs)[1]
        return (
            compositional(self.correlation, left, right),
            compositional(self.covariance, left, right),
            *moment_differences(self.scores, shares),
            values[:draws] - values[draws:],
            found.reasons,
        )
