"""rantau crosscheck: the same numbers from other people's code."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, ModelFile, Out, SurveyFile, read_data
from rantau.cli.show import show_frame, show_problems
from rantau.options import choose


def crosscheck(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    engine: Annotated[str, typer.Option(help="covariance or pls.")] = "covariance",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Recompute a fit with semopy, statsmodels and pingouin and say how many digits agree."""
    choose("engine", engine, ("covariance", "pls"))
    function = rt.sem if engine == "covariance" else rt.pls
    found = function(rt.read_model(model), read_data(data, survey))
    show_frame(rt.crosscheck(found).frame(), title="Cross-check", out=out, as_json=as_json)
    return show_problems(found.problems)
