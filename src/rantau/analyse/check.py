"""check_study(): everything a plan names is read, and fits together, before anything is estimated."""

from __future__ import annotations

import os
from pathlib import Path

from rantau.analyse.beyond import check_beyond
from rantau.covariance.estimate import prepare
from rantau.door import take_sample
from rantau.errors import ModelSyntaxError, OptionError, StudyError
from rantau.fit import Problem
from rantau.model import read_model
from rantau.model.spec import Model
from rantau.moments import Sample
from rantau.pls.fit import prepare as prepare_pls
from rantau.quality import items_against_their_scale
from rantau.quality.bias import check_bias
from rantau.record import Record
from rantau.simulate import simulate
from rantau.study import Study, as_study
from rantau.survey import Responses, Screening, Survey, read_responses, screen
from rantau.survey.further import refuse_thousands
from rantau.survey.read_instrument import read_survey


class Material(Record):
    """What a study starts from, read and checked, before anything is estimated.

    Attributes
    ----------
    study
        The plan.
    survey, model, responses
        What it names.
    screening
        Of the responses.
    remarks
        What deserves a look before any result is believed.
    rows
        Those that the covariance engine will use; None where the study does without it.
    """

    study: Study
    survey: Survey
    model: Model
    responses: Responses
    screening: Screening
    remarks: tuple[Problem, ...]
    rows: Sample | None = None


def check_study(study: Study | str | Path) -> Material:
    """Read everything a study names and check that it fits together, without estimating anything.

    Parameters
    ----------
    study
        The plan, or its path.

    Returns
    -------
    Material
        Instrument, model, answers, their screening, and remarks on them.

    Raises
    ------
    RantauError
        Whatever is wrong first: in the instrument, the answers, the model, an option, or between them.

    Examples
    --------
    >>> check_study("analysis/mobile.toml").responses.n_obs
    250
    """
    study = as_study(study)
    _check_output(study.output)
    survey = read_survey(study.survey)
    model = read_model(study.model)
    if study.simulated:
        responses = simulate(read_model(study.answers), n=study.data.n, seed=study.seed, survey=survey)
    else:
        responses = read_responses(study.answers, survey, **study.data.reading)
    for question in survey.demographics:
        # The sample's profile is written at the end of a run; what it cannot read is told before it.
        if question.kind == "number" and question.code in responses.extras_names:
            refuse_thousands(responses, question.code)
    screening = screen(responses, **study.screen.by_name())
    kept = screening.kept
    take_sample(model, kept)
    rows = None
    if "covariance" in study.engines:
        try:
            rows = prepare(study.covariance.of_all_rows.of(model), kept)[1]
            if study.covariance.group:
                prepare(study.covariance.of(model), kept)
        except ModelSyntaxError as fault:
            raise _of_one_engine(fault, study) from fault
        except OptionError as fault:
            raise StudyError(f"{study.file}: [covariance]: {fault}") from fault
    if "pls" in study.engines:
        prepare_pls(model, kept, **study.pls.by_name())
        check_beyond(study, model, kept)
    if study.bias is not None:
        try:
            check_bias(model, kept, study.bias.marker or None)
        except OptionError as fault:
            raise StudyError(f"{study.file}: [bias]: {fault}") from fault
    remarks = items_against_their_scale(model, kept)
    return Material(study, survey, model, responses, screening, remarks, rows)


def _of_one_engine(fault: ModelSyntaxError, study: Study) -> ModelSyntaxError:
    """Add how to do without the engine that refuses a model, where the study asks for the other as well."""
    if "pls" not in study.engines:
        return fault
    return ModelSyntaxError(
        f'{fault}\nSo the covariance engine; `engines = ["pls"]` at the top of {study.file}, and no [covariance], asks '
        "PLS alone."
    )


def _check_output(folder: Path) -> None:
    """Refuse a folder that cannot be written to, before anything is computed for it."""
    for place in (folder, *folder.parents):
        if place.is_dir():
            if not os.access(place, os.W_OK):
                raise StudyError(f"{folder}: nothing can be written there: '{place}' does not allow it.")
            return
        if place.exists():
            raise StudyError(f"{folder}: `output` must be a folder, and '{place}' is a file. Name another.")
