"""check_survey(): an instrument alone, against a model, and against answers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rantau.errors import ResponseError, listing, nearest
from rantau.model.spec import Block, Model
from rantau.model.syntax import read_model
from rantau.record import Record
from rantau.survey.further import further_numbers
from rantau.survey.instrument import Construct, Survey
from rantau.survey.read import read_responses
from rantau.survey.read_instrument import read_survey
from rantau.survey.remarks import response_remarks, survey_remarks
from rantau.survey.responses import Responses


class SurveyCheck(Record):
    """An instrument, and what it was held against.

    Attributes
    ----------
    survey
        The instrument.
    model, responses
        What it was held against; None where it was not.
    faults
        What does not go together, a sentence each: nothing can be estimated so.
    remarks
        What deserves a look, a sentence each; empty where there is nothing to say.
    """

    survey: Survey
    model: Model | None
    responses: Responses | None
    faults: tuple[str, ...]
    remarks: tuple[str, ...]


def check_survey(
    survey: Survey | str | Path,
    *,
    model: Model | str | Path | None = None,
    data: Responses | str | Path | None = None,
) -> SurveyCheck:
    """Check an instrument: alone, against a model file, against answers.

    Parameters
    ----------
    survey
        The instrument, or its path.
    model
        A model, or the path of its file.
    data
        Answers, or the path of their file.

    Returns
    -------
    SurveyCheck
        With `.faults`: what does not go together; and `.remarks`: what deserves a look although it can be computed.

    Raises
    ------
    RantauError
        Whatever is wrong in the instrument, the model or the answers by itself.

    Examples
    --------
    >>> found = check_survey("surveys/mobile/instrument.toml", model="models/mobile.sem")
    >>> [remark for remark in found.remarks if "single item" in remark]  # doctest: +ELLIPSIS
    ["Construct 'Complaints' has a single item: ..."]
    """
    asked = survey if isinstance(survey, Survey) else read_survey(survey)
    claimed = model if isinstance(model, Model) or model is None else read_model(model)
    answers = data if isinstance(data, Responses) or data is None else read_responses(data, asked)
    remarks = list(survey_remarks(asked))
    faults: tuple[str, ...] = ()
    if claimed is not None:
        faults = model_faults(claimed, asked, () if answers is None else answers.extras_names)
        faults += () if answers is None else _no_numbers(claimed, answers)
        remarks += model_remarks(claimed, asked)
    if answers is not None:
        remarks += response_remarks(answers)
    return SurveyCheck(asked, claimed, answers, faults, tuple(remarks))


def model_faults(model: Model, survey: Survey, others: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Return what a model needs and neither the instrument nor the answers have, a sentence each.

    Parameters
    ----------
    model
        What is claimed.
    survey
        What was asked.
    others
        Columns of the answers beside the items.
    """
    asked = (*(question.code for question in survey.questions), *others)
    absent = [name for name in model.observed if name not in asked]
    if not absent:
        return ()
    if len(absent) == len(model.observed):
        return (f"{model.source}: none of its variables is a question of {survey.file}: {listing(absent, most=6)}.",)
    guesses = [(name, nearest(name, asked)) for name in absent]
    hints = [f"'{guess}' for '{name}'" for name, guess in guesses if guess]
    hint = f" Did you mean {listing(hints, most=4)}?" if hints else ""
    return (f"{model.source}: variables of the model that are no questions of {survey.file}: {listing(absent)}.{hint}",)


def _no_numbers(model: Model, answers: Responses) -> tuple[str, ...]:
    """Return why columns beside the items that a model uses are no numbers, a sentence each."""
    told = []
    for name in model.observed:
        if name in answers.extras_names:
            try:
                further_numbers(answers, name)
            except ResponseError as fault:
                told.append(str(fault))
    return tuple(told)


def model_remarks(model: Model, survey: Survey) -> tuple[str, ...]:
    """Return what deserves a look in a model beside an instrument, a sentence each.

    Parameters
    ----------
    model
        What is claimed.
    survey
        What was asked.
    """
    idle = [code for code in survey.codes if code not in model.observed]
    told = [f"{model.source}: the model leaves out the items {listing(idle)}."] if idle else []
    told += [
        f"{model.source}: the codes of the {len(one.categories)} categories of '{one.code}' are taken for amounts, as "
        "if each step were alike. Where they have no order, a column of 0 and 1 for each but one says what is meant."
        for one in survey.demographics
        if one.several_categories and one.code in model.observed
    ]
    return (*told, *_of_blocks(model, survey))


def _of_blocks(model: Model, survey: Survey) -> Iterator[str]:
    """Yield constructs that are made of something else in the model than in the instrument."""
    constructs = {construct.code: construct for construct in survey.constructs}
    owners = {item.code: item.construct for item in survey.items}
    for name in model.constructs:
        items = model.block(name).items
        if name in constructs:
            yield from _difference(model.block(name), constructs[name], model.source)
            continue
        of = {owners[item] for item in items if item in owners}
        guess = nearest(name, constructs)
        if len(of) == 1:
            yield f"{model.source}: '{name}' has items of '{of.pop()}', as the instrument calls that construct."
        elif guess:
            yield f"{model.source}: '{name}' is no construct of the instrument. Did you mean '{guess}'?"


def _difference(block: Block, construct: Construct, source: str) -> Iterator[str]:
    stated = construct.parts or tuple(item.code for item in construct.items)
    foreign = [item for item in block.items if item not in stated]
    if foreign:
        yield (
            f"{source}: '{construct.code}' is measured by {listing(foreign)}, which the instrument does not count "
            f"among its own: {listing(stated)}."
        )
