"""rantau describe: how each item was answered."""

from __future__ import annotations

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data
from rantau.cli.show import show_frame


def describe(data: DataFile, survey: SurveyFile = None, out: Out = None, as_json: Json = False) -> int:
    """Describe every item: mean, spread, shape, ends, gaps."""
    frame = rt.describe(read_data(data, need_survey(survey, "describe")))
    show_frame(frame, title="Items, reverse-coded where the instrument says so", out=out, as_json=as_json)
    return 0
