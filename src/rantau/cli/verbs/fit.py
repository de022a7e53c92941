"""rantau fit: covariance-based SEM or CFA."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Level, ModelFile, Out, SurveyFile, read_data
from rantau.cli.show import show_frame, show_problems
from rantau.extras import require


def fit(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    cfa: Annotated[bool, typer.Option("--cfa", help="The measurement part only.")] = False,
    estimator: Annotated[str, typer.Option(help="ML.")] = "ML",
    missing: Annotated[str, typer.Option(help="listwise.")] = "listwise",
    std_lv: Annotated[bool, typer.Option("--std-lv", help="Unit factor variances.")] = False,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Fit a model by maximum likelihood."""
    claimed, answers = rt.read_model(model), read_data(data, survey)
    function = rt.cfa if cfa else rt.sem
    found = function(claimed, answers, estimator=estimator, missing=missing, std_lv=std_lv)
    if not as_json:
        indices = found.fit_indices()
        show_frame(require("pandas").DataFrame([indices]).round(6), title=f"Fit, {found.n_obs} rows")
    show_frame(found.estimates(level=level), title="Estimates", out=out, as_json=as_json)
    return show_problems(found.problems)
