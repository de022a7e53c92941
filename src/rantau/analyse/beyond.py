"""What a plan asks of PLS beyond estimates: checked against model and answers, then computed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from rantau.errors import EstimationError, StudyError, listing, unknown
from rantau.groups.compare import check_groups, compare_groups
from rantau.inference.importance import importance
from rantau.inference.necessity import necessity
from rantau.inference.predict import predict
from rantau.model.spec import Model
from rantau.moments.belonging import memberships
from rantau.moments.sample import sample
from rantau.pls import PlsFit
from rantau.quality.assess import assess
from rantau.report.findings import Findings
from rantau.robustness import copula_endogeneity, nonlinearity, tetrad_test
from rantau.robustness.tetrads import LEAST
from rantau.segments import fimix
from rantau.study import Study
from rantau.study.options import CHECKS
from rantau.survey import Responses
from rantau.survey.further import declared_bounds

Progress = Callable[[str, int, int], None]


def check_beyond(study: Study, model: Model, answers: Responses) -> None:
    """Refuse what cannot be done with this model and these answers.

    Raises
    ------
    StudyError
        If a construct, a column or a check is not there to be had.
    ResponseError
        If there is no column of groups.
    EstimationError
        If a column does not divide the rows into groups.
    """
    for table in ("predict", "importance"):
        if getattr(study, table) is not None and study.pls.missing == "em" and _gaps(model, answers):
            raise StudyError(
                f'{study.file}: [{table}] needs an answer to every item of a row, and [pls] missing = "em" fills in '
                'none. Take missing = "mean" or "listwise".'
            )
    if study.importance is not None:
        targets = tuple(dict.fromkeys(path.outcome for path in model.paths))
        if study.importance.target not in targets:
            told = unknown("target", study.importance.target, targets, where="[importance]")
            raise StudyError(f"{study.file}: {told} A target is a construct that paths lead to.")
        if {path.predictor for path in model.paths if path.outcome == study.importance.target} <= set(model.controls):
            raise StudyError(
                f"{study.file}: [importance]: only control variables lead to '{study.importance.target}', and no map "
                "shows these. Name another target, or give the path from one a hypothesis (`# H1 (+)`)."
            )
        endless = [name for name in model.observed if declared_bounds(answers.survey, name) is None]
        if endless:
            raise StudyError(
                f"{study.file}: [importance] counts performance from the lowest to the highest answer, and "
                f"{answers.survey.file} declares neither for {listing(endless)}. Add `minimum` and `maximum` to it."
            )
    if study.groups is not None:
        by = study.groups.by
        if by in model.observed:
            raise StudyError(f"{study.file}: [groups]: `by` is '{by}', an item of the model; name another column.")
        check_groups(*memberships(answers, by), told=f"{study.file}: [groups] by = '{by}'")
    if study.robustness is not None:
        _check_robustness(study, model, answers)


def _gaps(model: Model, answers: Responses) -> bool:
    return bool(np.isnan(sample(answers, model.observed).values).any())


def _check_robustness(study: Study, model: Model, answers: Responses) -> None:
    options = study.robustness
    if options is None:
        return
    if options.checks is not None and "tetrads" in options.checks and not _many(model):
        raise StudyError(
            f"{study.file}: [robustness]: tetrads need a construct of {LEAST} items or more, and the model has none. "
            "Leave them out of `checks`."
        )
    # As FIMIX counts: a segment's rows tell its paths, and one variance.
    outcomes = {path.outcome for path in model.paths}
    least = 2 + max(sum(path.outcome == name for path in model.paths) for name in outcomes)
    if "segments" in _checks(study, model) and options.segments * least > answers.n_obs:
        raise StudyError(
            f"{study.file}: [robustness]: {options.segments} segments of at least {least} rows do not fit into "
            f"{answers.n_obs} rows. Take fewer `segments`."
        )


def _many(model: Model) -> bool:
    return any(len(set(block.items) - set(model.constructs)) >= LEAST for block in model.blocks)


def _checks(study: Study, model: Model) -> tuple[str, ...]:
    """Return the checks of robustness that are to be made, in order."""
    if study.robustness is None:
        return ()
    asked = study.robustness.checks
    if asked is None:
        return tuple(name for name in CHECKS if name != "tetrads" or _many(model))
    return tuple(name for name in CHECKS if name in asked)


def beyond(study: Study, found: Findings, progress: Progress | None = None) -> Findings:
    """Compute what a plan asks of the PLS fit of its findings.

    Parameters
    ----------
    study
        The plan.
    found
        With the fit; without one that converged nothing is computed.
    progress
        Called with (step, done, all) before and after each step.

    Returns
    -------
    Findings
        With what was asked, and the reason for what these data do not give.
    """
    fit = found.pls
    if fit is None or not fit.converged:
        return found
    for step, field, compute in _steps(study, fit, found.model):
        if progress is not None:
            progress(step, 0, 1)
        try:
            found = found.replace(**{field: compute()})
        except EstimationError as fault:
            found = found.replace(faults=(*found.faults, (step, str(fault))))
        if progress is not None:
            progress(step, 1, 1)
    if study.assess is None:
        return found
    judged = assess(
        fit,
        bootstrap=found.draws,
        predict=found.prediction,
        by=found.comparison,
        cutoffs=study.assess.cutoffs,
        level=study.level,
    )
    return found.replace(assessment=judged)


def _steps(study: Study, fit: PlsFit, model: Model) -> Iterator[tuple[str, str, Callable[[], Any]]]:
    """Yield each step that is asked for: its section of a report, the field it fills, and how it is computed."""
    seed = study.seed
    if study.predict is not None:
        options = study.predict.by_name()
        yield "prediction", "prediction", lambda: predict(fit, seed=seed, **options)
    if study.importance is not None:
        target, times = study.importance.target, study.importance.permutations
        survey = fit.origin.data.survey if isinstance(fit.origin.data, Responses) else None
        yield "importance", "importance", lambda: importance(fit, target, bounds=survey)
        yield "importance", "necessity", lambda: necessity(fit, target, bounds=survey, permutations=times, seed=seed)
    if study.groups is not None:
        by = study.groups.by_name()
        yield "groups", "comparison", lambda: compare_groups(fit, seed=seed, **by)
    if study.robustness is None:
        return
    of = study.robustness
    every: dict[str, Callable[[], Any]] = {
        "nonlinearity": lambda: nonlinearity(fit),
        "copulas": lambda: copula_endogeneity(fit, draws=of.draws, seed=seed),
        "segments": lambda: fimix(fit, segments=of.segments, starts=of.starts, seed=seed),
        "tetrads": lambda: tetrad_test(fit, draws=of.draws, seed=seed),
    }
    for name in _checks(study, model):
        yield "robustness", name, every[name]
