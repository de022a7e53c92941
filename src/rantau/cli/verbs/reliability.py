"""rantau reliability: how well each construct is measured."""

from __future__ import annotations

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Level, MaybeModel, Out, SurveyFile, need_blocks, read_data
from rantau.cli.show import show_frame


def reliability(
    data: DataFile,
    survey: SurveyFile = None,
    model: MaybeModel = None,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Alpha with interval, omega, rho_A, rho_C, AVE by construct."""
    need_blocks(survey, model, "reliability")
    claimed = rt.read_model(model) if model is not None else None
    frame = rt.reliability(read_data(data, survey, claimed), claimed, level=level)
    show_frame(frame, title="Reliability and convergent validity", out=out, as_json=as_json)
    return 0
