"""rantau score: one score per respondent and construct."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data
from rantau.cli.show import show_frame


def score(
    data: DataFile,
    survey: SurveyFile = None,
    method: Annotated[str, typer.Option(help="mean or sum.")] = "mean",
    minimum_answered: Annotated[
        float, typer.Option(help="The share of a construct's items that must be answered, 0 to 1.")
    ] = 0.5,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """One score per respondent and construct."""
    responses = read_data(data, need_survey(survey, "score"))
    frame = rt.score(responses, method=method, minimum_answered=minimum_answered)
    frame.insert(0, "line", responses.rows)
    show_frame(frame, title=f"Scores ({method}), by line of the file", out=out, as_json=as_json)
    return 0
