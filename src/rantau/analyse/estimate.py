"""analyse(): from what was read and checked to findings; nothing is written."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from rantau.analyse.beyond import Progress, beyond
from rantau.analyse.check import Material
from rantau.covariance import SemFit, cfa, sem
from rantau.crosscheck import Verification, crosscheck
from rantau.errors import EstimationError, RantauError, RantauWarning
from rantau.groups.levels import invariance
from rantau.inference import Draws, FitTest, bootstrap, fit_test
from rantau.inference.indirect import indirect_draws
from rantau.model import read_model
from rantau.model.spec import Model
from rantau.pls import PlsFit, pls
from rantau.pls.model_fit import MODELS
from rantau.quality import judge_hypotheses, reliability, validity
from rantau.quality.bias import method_bias
from rantau.report.findings import Findings, Variant
from rantau.simulate import population_values
from rantau.study import Study
from rantau.survey import Responses, describe

if TYPE_CHECKING:
    import pandas as pd

#: Draws of a test of fit: its quantiles need no more, and each draw is judged by all indices.
MOST_TEST_DRAWS = 1000


def analyse(material: Material, *, progress: Progress | None = None) -> Findings:
    """Estimate everything that a study asks for.

    Parameters
    ----------
    material
        From `check_study`.
    progress
        Called with (step, done, all) while the bootstrap runs.

    Returns
    -------
    Findings
        Fits with their problems; nothing is written.

    Raises
    ------
    RantauError
        If an engine refuses the data or the model.
    """
    with warnings.catch_warnings():
        # Each is a problem of its fit or a remark on the answers as well, and told there.
        warnings.simplefilter("ignore", RantauWarning)
        return _findings(material, progress)


def _findings(material: Material, progress: Progress | None) -> Findings:
    study, kept, model = material.study, material.screening.kept, material.model
    measurement, structural = _by_covariance(study, model, kept)
    simulated = None if structural is None else indirect_draws(structural, seed=study.seed)
    composite, draws = _by_pls(study, model, kept, progress)
    usable = composite if composite is not None and composite.converged else None
    fits = (("CFA", measurement), ("SEM", structural), ("PLS", composite))
    checked = [crosscheck(fit, name=name) for name, fit in fits if fit is not None and fit.converged]
    found = Findings(
        model=model,
        survey=material.survey,
        responses=kept,
        screening=material.screening,
        description=describe(kept),
        cfa=measurement,
        sem=structural,
        sem_draws=simulated,
        grouped=sem(model, kept, **study.covariance.by_name()) if study.covariance.group else None,
        pls=composite,
        draws=draws,
        fit_tests=_fit_tests(study, usable, progress),
        reliability=(
            reliability(kept, model, cfa_fit=measurement, pls_fit=composite, level=study.level)
            if model.blocks
            else None
        ),
        validity=validity(kept, model, pls_fit=usable) if usable is not None and model.blocks else None,
        hypotheses=_judged(study, model, (structural, simulated), (composite, draws)),
        verification=Verification(
            tuple(check for one in checked for check in one.checks),
            tuple(skipped for one in checked for skipped in one.skipped),
        ),
        remarks=material.remarks,
        sensitivity=_sensitivity(material, progress) if study.screen.sensitivity else (),
        population=population_values(read_model(study.answers)) if study.simulated else None,
        level=study.level,
        seed=study.seed,
    )
    return beyond(study, _bias(study, _levels(study, found, kept), kept), progress)


def _bias(study: Study, found: Findings, kept: Responses) -> Findings:
    """Look for common method bias, where the study asks for it."""
    if study.bias is None:
        return found
    options = study.covariance
    # Without a factor model of the study's own, one is made as its options say.
    how: dict[str, Any] = {"cfa_fit": found.cfa}
    if found.cfa is None:
        how = {"estimator": options.estimator, "missing": options.missing}
        how["ordered"] = _of_items(found.model, options.ordered)
    try:
        told = method_bias(
            kept, found.model, marker=study.bias.marker or None, pls_fit=found.pls, level=study.level, **how
        )
    except RantauError as fault:
        return found.replace(faults=(*found.faults, ("bias", str(fault))))
    return found.replace(bias=told)


def _levels(study: Study, found: Findings, kept: Responses) -> Findings:
    """Test whether the groups of the covariance engine are measured alike, where constructs are measured at all."""
    options = study.covariance
    if not options.group or not found.model.blocks:
        return found
    ordered = _of_items(found.model, options.ordered)
    names = ("estimator", "missing", "std_lv", "test", "likelihood", "information", "sampling_weights", "cluster")
    asked: dict[str, Any] = {name: getattr(options, name) or None for name in names} | {"std_lv": options.std_lv}
    try:
        table = invariance(found.model, kept, by=options.group, ordered=ordered, partial=options.group_partial, **asked)
    except RantauError as fault:
        return found.replace(faults=(*found.faults, ("groups", str(fault))))
    return found.replace(invariance=table)


def _of_items(model: Model, ordered: tuple[str, ...] | bool) -> tuple[str, ...] | bool:
    """Return which of the items are ordered: a measurement model has nothing else."""
    if isinstance(ordered, bool):
        return ordered
    measured = {item for block in model.blocks for item in block.items}
    return tuple(name for name in ordered if name in measured)


def _judged(
    study: Study,
    model: Model,
    by_covariance: tuple[SemFit | None, Draws | None],
    by_pls: tuple[PlsFit | None, Draws | None],
) -> pd.DataFrame:
    """Decide on the hypotheses, by PLS only where its fit can be trusted."""
    (structural, simulated), (composite, draws) = by_covariance, by_pls
    trusted = draws if composite is not None and composite.converged and composite.trustworthy else None
    return judge_hypotheses(model, sem=structural, sem_draws=simulated, draws=trusted, level=study.level)


def _sensitivity(material: Material, progress: Progress | None) -> tuple[Variant, ...]:
    """Estimate the model from all rows, and from those that no rule flags."""
    screening = material.screening
    if not screening.flags.any():
        return ()
    rows = (("all", screening.responses), ("unflagged", screening.unflagged))
    return tuple(_variant(material, name, answers, progress) for name, answers in rows)


def _variant(material: Material, name: str, answers: Responses, progress: Progress | None) -> Variant:
    study, model = material.study, material.model
    try:
        structural = (
            sem(model, answers, **study.covariance.of_all_rows.by_name()) if "covariance" in study.engines else None
        )
        simulated = None if structural is None else indirect_draws(structural, seed=study.seed)
        composite, draws = _by_pls(study, model, answers, progress, step=f"bootstrap ({name})")
        judged = _judged(study, model, (structural, simulated), (composite, draws))
    except RantauError as fault:
        return Variant(name, answers.n_obs, fault=str(fault))
    return Variant(name, answers.n_obs, structural, simulated, composite, draws, judged)


def _by_pls(
    study: Study, model: Model, rows: Responses, progress: Progress | None, step: str = "bootstrap"
) -> tuple[PlsFit | None, Draws | None]:
    """Fit by PLS and bootstrap, where the study asks for this engine; no draws where it did not converge."""
    if "pls" not in study.engines:
        return None, None
    composite = pls(model, rows, **study.pls.by_name())
    if not composite.converged:
        return composite, None
    tell = (lambda done, every: progress(step, done, every)) if progress is not None else None
    return composite, bootstrap(composite, draws=study.draws, seed=study.seed, workers=study.workers, progress=tell)


def _fit_tests(study: Study, composite: PlsFit | None, progress: Progress | None) -> tuple[FitTest, ...]:
    """Test the fit of a PLS model of items, saturated and estimated, where the answers allow it."""
    if composite is None or not composite.plan.plain:
        return ()
    found = []
    for model in reversed(MODELS):  # saturated first, as in the table
        step = f"test of fit ({model})"
        tell = (lambda done, every, step=step: progress(step, done, every)) if progress is not None else None
        try:
            draws = min(study.draws, MOST_TEST_DRAWS)
            found.append(
                fit_test(composite, model=model, draws=draws, seed=study.seed, workers=study.workers, progress=tell)
            )
        except EstimationError:
            # Such as rows with gaps, or fewer rows than items: the table then shows the distances alone.
            continue
    return tuple(found)


def _by_covariance(study: Study, model: Model, kept: Responses) -> tuple[SemFit | None, SemFit | None]:
    """Fit the measurement model and the whole model, where the study asks for this engine."""
    if "covariance" not in study.engines:
        return None, None
    options = study.covariance.of_all_rows.by_name()
    structural = sem(model, kept, **options)
    del options["fixed_x"]  # a measurement model has no predictors
    options["ordered"] = _of_items(model, options["ordered"])
    return (cfa(model, kept, **options) if model.blocks else None), structural
