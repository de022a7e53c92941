"""pos(): segments of rows in which a PLS model explains its outcomes best, by moving rows (PLS-POS)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Problem
from rantau.inference.required_rows import regression_rows
from rantau.moments.belonging import labelled
from rantau.options import Progress, choose, is_several, several_names, told_to, whole_number
from rantau.pls.result import PlsFit
from rantau.robustness.equations import check_scores
from rantau.segments.division import Divider, Division
from rantau.segments.fimix_result import Fimix
from rantau.segments.minimum import most_arrows
from rantau.segments.pos_result import Pos
from rantau.segments.reassign import Climbed, reassign

#: Starts that end within this of the best are taken to have found it.
SAME = 1e-4


def pos(
    fit: PlsFit,
    *,
    segments: int = 2,
    start: Fimix | Sequence[Any] | None = None,
    starts: int = 10,
    seed: int = 1,
    targets: str | Sequence[str] | None = None,
    least: int | None = None,
    depth: int | None = None,
    max_iterations: int = 1000,
    progress: Progress | None = None,
) -> Pos:
    """Look for segments of rows in each of which the whole model explains most (PLS-POS).

    Unlike `rt.fimix`, nothing is supposed of distributions, every row belongs to one segment, and segments may differ
    in weights as well as in paths: the model is estimated anew in each.

    Parameters
    ----------
    fit
        By `rt.pls`.
    segments
        How many; `rt.fimix` helps to say.
    start
        A division to begin with, beside random ones: what `rt.fimix` found, or a label for each row of the data.
    starts
        How many random divisions to begin with; the best end is kept.
    seed
        The same seed gives the same numbers.
    targets
        The outcomes whose R² count; all that have predictors if None.
    least
        The smallest number of rows of a segment. None takes ten for each arrow of the construct with most of them
        (paths, or items that form it), but at most half of what equal segments would have, and no more than `start`
        has.
    depth
        How many moves of single rows are tried, the most promising first, before a search ends. None tries all, so
        that no move of a row would be better; a small number is quick.
    max_iterations
        Where a search gives up.
    progress
        Called with (done, all) as searches end, which go side by side.

    Returns
    -------
    Pos
        Print it, or see `table()`, `paths()`, `r_squared()`, `memberships()`, `trace()` and `problems`.

    Raises
    ------
    OptionError
        If an option has no meaning, or the paths of the fit are not regressions of its scores (consistent, weighted).
    EstimationError
        If the fit did not converge, or no start can be estimated.

    Notes
    -----
    What is raised is the sum of R² of the targets in each segment, the segments weighted by their rows. A row's
    distance to a segment is the sum over targets of the roots of its squared residuals by that segment's weights and
    paths, each as a share of those of its own segment; who is nearer to another segment is tried there first.
    A start is a random division into equal parts. The objective rises in any data, homogeneous ones too: a gain is no
    evidence of segments. Whether there are any, and how many, `rt.fimix` must say, and what they are, columns of the
    data (`rt.explain_segments`).

    Source: Becker, Rai, Ringle and Völckner (2013), Discovering unobserved heterogeneity in structural equation models
    to avert validity threats.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> random = np.random.default_rng(1)
    >>> x = random.normal(size=200)
    >>> y = np.where(np.arange(200) < 100, 0.9, -0.9) * x + 0.2 * random.normal(size=200)
    >>> found = rt.pos(rt.pls("y ~ x", pd.DataFrame({"x": x, "y": y})), segments=2, starts=3)
    >>> found.whole < 0.1, found.objective > 0.9
    (True, True)
    """
    check_scores(fit, "pos")
    segments = whole_number("segments", segments, least=1)
    starts = whole_number("starts", starts, least=0 if start is not None else 1)
    seed = whole_number("seed", seed, least=0)
    max_iterations = whole_number("max_iterations", max_iterations, least=1)
    depth = None if depth is None else whole_number("depth", depth, least=0)
    tell = told_to(progress)
    at = _targets(fit, targets)
    if fit.request.missing == "em" and np.isnan(fit.sample.values).any():
        raise OptionError(
            "pos() estimates thousands of divisions, for which missing='em' is too slow. Take missing='mean' or "
            "'listwise', or fill the gaps by rt.impute."
        )
    given = None if start is None else _given(fit, start, segments)
    divider = Divider(fit, segments, at, _least(fit, segments, least, given))
    begun = [] if given is None else [given]
    # One segment has one division.
    begun += _starts(fit.n_obs, segments, starts if segments > 1 else 1 - len(begun), seed)
    ended = reassign(divider, begun, depth=depth, max_iterations=max_iterations, progress=tell)
    best = max(ended, key=lambda one: one.division.objective)
    if not np.isfinite(best.division.objective):
        why = next(filter(None, best.division.answer.reasons), "")
        raise EstimationError(
            f"none of {len(begun)} starts with {segments} segments can be estimated in each segment"
            f"{f' ({why})' if why else ''}. Take fewer segments, or take what does not vary within them out of the "
            "model."
        )
    return _result(fit, divider, best, ended, at, given=given is not None, seed=seed)


def _targets(fit: PlsFit, targets: str | Sequence[str] | None) -> Indices:
    names, outcomes = fit.structure.constructs, fit.structure.endogenous
    if targets is None:
        return np.array(outcomes)
    known = [names[place] for place in outcomes]
    wanted = [choose("targets", name, known) for name in several_names("targets", targets, known[-1])]
    if not wanted:
        raise OptionError("targets= names no outcome; leave it out for all.")
    return np.array([place for place in outcomes if names[place] in wanted])


def _least(fit: PlsFit, segments: int, least: int | None, given: Indices | None) -> int:
    """Return the smallest size of a segment, which a division given to begin with must have as well."""
    arrows, equal = most_arrows(fit.plan), fit.n_obs // segments
    # Fewer rows than this are fitted exactly.
    floor = arrows + 2
    smallest = equal if given is None else int(np.bincount(given).min())
    found = least
    if found is None:
        found = max(min(10 * arrows, equal // 2, smallest), floor)
    elif whole_number("least", found, least=1) < floor:
        raise OptionError(f"least is {found}; with {arrows} predictors of one construct a segment needs {floor} rows.")
    if found > equal:
        raise OptionError(
            f"{segments} segments of at least {found} rows do not fit into {fit.n_obs} rows. Take fewer segments"
            f"{'' if least is None else ', or a smaller least='}."
        )
    if found > smallest:
        raise OptionError(
            f"start has a segment of {smallest} rows, and {found} are needed at least. Leave start= out, or "
            f"{'give another' if found == floor else 'a smaller least='}."
        )
    return found


def _starts(n: int, segments: int, starts: int, seed: int) -> list[Indices]:
    """Return random divisions into equal parts, `(n,)` each."""
    equal = np.arange(n) % segments
    return [
        np.random.default_rng(np.random.SeedSequence([seed, segments, number])).permutation(equal)
        for number in range(starts)
    ]


def _labels(start: Any) -> list[Any]:  # noqa: ANN401 - whatever a caller gives
    """Return labels as a list."""
    if isinstance(start, str) or not is_several(start):
        raise OptionError(f"start= takes a segment for each row, or a fit by rt.fimix, got {start!r}.")
    return list(start)


def _given(fit: PlsFit, start: Fimix | Sequence[Any], segments: int) -> Indices:
    """Return the division that the caller begins with, `(n,)`."""
    labels = start.memberships(segments) if isinstance(start, Fimix) else require("pandas").Series(_labels(start))
    if len(labels) != fit.entered.size:
        raise OptionError(f"start has {len(labels)} labels, and the data have {fit.entered.size} rows: one each.")
    codes = labelled(labels)[0][fit.entered]
    if (codes < 0).any():
        raise OptionError(f"start has no label for row {1 + int(np.flatnonzero(fit.entered)[codes < 0][0])}.")
    # Labels of rows that did not enter leave no gap in the numbers.
    there, codes = np.unique(codes, return_inverse=True)
    if there.size != segments:
        raise OptionError(f"start has {there.size} segments, and segments={segments}.")
    return np.asarray(codes, dtype=np.intp)


def _result(
    fit: PlsFit, divider: Divider, best: Climbed, ended: list[Climbed], targets: Indices, *, given: bool, seed: int
) -> Pos:
    # The largest segment comes first.
    order = np.argsort(-best.division.sizes, kind="stable")
    division = divider.divide(np.argsort(order)[best.division.codes])
    whole, names = divider.estimates(division).whole, fit.structure.constructs
    at = names.index
    paths = [(at(path.outcome), at(path.predictor)) for path in fit.model.paths]
    outcomes = np.array(fit.structure.endogenous)
    ends = np.array([one.division.objective for one in ended])
    return Pos(
        codes=division.codes,
        sizes=division.sizes,
        coefficients=np.stack([whole.coefficients[:, j, i] for j, i in paths], axis=1),
        whole_coefficients=np.array([fit.solution.coefficients[0, j, i] for j, i in paths]),
        path_names=tuple((path.outcome, path.predictor) for path in fit.model.paths),
        explained=whole.r_squared[:, outcomes],
        whole_explained=fit.solution.r_squared[0, outcomes],
        outcomes=tuple(names[j] for j in outcomes),
        targets=tuple(names[j] for j in targets),
        objective=division.objective,
        whole=float(fit.solution.r_squared[0, targets].sum()),
        histories=tuple(one.history for one in ended),
        settled=tuple(one.settled for one in ended),
        entered=fit.entered,
        given=given,
        seed=seed,
        least=divider.least,
        problems=_problems(fit, division, best, ends, divider.least),
        labels=fit.sample.labels,
    )


def _problems(fit: PlsFit, division: Division, best: Climbed, ends: Array, least: int) -> tuple[Problem, ...]:
    found = []
    segments = division.sizes.size
    if not best.settled:
        told = f"the search was given up after {len(best.history) - 1} steps. Raise max_iterations."
        found.append(Problem("error", "not_settled", told))
    if segments > 1 and division.sizes.min() == least:
        told = (
            f"a segment has {least} rows, the fewest that were allowed: the search would make it smaller still. Take "
            "fewer segments, or say with least= how small a segment may be."
        )
        found.append(Problem("warning", "segment_at_least", told))
    needed, smallest = regression_rows(most_arrows(fit.plan)), int(division.sizes.min())
    if smallest < needed:
        told = (
            f"the smallest segment has {smallest} rows; {needed} are needed to find a medium effect (f² = .15) with "
            "power .80 (Cohen, 1988)."
        )
        found.append(Problem("warning", "small_segment", told))
    same = int((ends > ends.max() - SAME).sum())
    if len(ends) > 1 and same == 1:
        told = f"only one of {len(ends)} starts led to this division: there are many peaks. Take more starts."
        found.append(Problem("warning", "found_once", told))
    lost = int((~np.isfinite(ends)).sum())
    if lost:
        told = f"{lost} of {len(ends)} starts could not be estimated in each segment and were left out."
        found.append(Problem("warning", "lost_starts", told))
    return tuple(found)
