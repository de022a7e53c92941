"""A model from an instrument alone: its constructs and items, and nothing claimed about their relations."""

from __future__ import annotations

from rantau.model.spec import Model
from rantau.model.syntax import parse_model
from rantau.survey.responses import Responses


def measurement_model(responses: Responses) -> Model:
    """Return the measurement model that an instrument states, for data without a model file.

    Every construct is reflective and related to every other: each is regressed on all before it, which puts
    no restriction on their correlations.

    Parameters
    ----------
    responses
        Answers with their survey; items without a column are left out.

    Returns
    -------
    Model
        One block per construct that has an item among the answers.
    """
    survey = responses.survey
    lines: list[str] = []
    before: list[str] = []
    for construct in survey.constructs:
        items = [item.code for item in construct.items if item.code in responses.columns]
        if not items:
            continue
        lines.append(f"{construct.code} =~ {' + '.join(items)}")
        if before:
            lines.append(f"{construct.code} ~ {' + '.join(before)}")
        before.append(construct.code)
    return parse_model("\n".join(lines), source=f"<measurement model of {survey.file}>")
