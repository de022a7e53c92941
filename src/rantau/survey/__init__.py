"""What was asked and what was answered: the instrument, the answers, their scores and their screening."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rantau.extras import require
from rantau.survey.associations import Correlations, correlations
from rantau.survey.describe import describe
from rantau.survey.frame import responses_of
from rantau.survey.frequencies import frequencies
from rantau.survey.instrument import Construct, Item, Scale, Survey, Wording
from rantau.survey.parcels import parcel
from rantau.survey.profile import profile
from rantau.survey.read import read_responses
from rantau.survey.responses import Change, Responses
from rantau.survey.scoring import score
from rantau.survey.screen import Flag, Screening, screen
from rantau.survey.table import read_table

if TYPE_CHECKING:
    from rantau.survey.read_instrument import read_survey

__all__ = [
    "Change",
    "Construct",
    "Correlations",
    "Flag",
    "Item",
    "Responses",
    "Scale",
    "Screening",
    "Survey",
    "Wording",
    "correlations",
    "describe",
    "frequencies",
    "parcel",
    "profile",
    "read_responses",
    "read_survey",
    "read_table",
    "responses_of",
    "score",
    "screen",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401 - a module's attribute
    # Reading an instrument needs pydantic: slow to import, and of no use to those who bring a DataFrame.
    if name == "read_survey":
        return require("rantau.survey.read_instrument").read_survey
    raise AttributeError(f"module 'rantau.survey' has no attribute '{name}'")
