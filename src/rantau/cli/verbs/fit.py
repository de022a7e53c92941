"""rantau fit: covariance-based SEM or CFA."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Level, ModelFile, Out, SurveyFile, read_data
from rantau.cli.show import Part, show_parts
from rantau.extras import require


def fit(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    cfa: Annotated[bool, typer.Option("--cfa", help="The measurement part only.")] = False,
    estimator: Annotated[str, typer.Option(help="ML.")] = "ML",
    missing: Annotated[str, typer.Option(help="listwise: rows with a gap are left out.")] = "listwise",
    std_lv: Annotated[
        bool, typer.Option("--std-lv", help="Factor variances are 1, instead of first loadings.")
    ] = False,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Covariance-based SEM or CFA by maximum likelihood."""
    claimed = rt.read_model(model)
    answers = read_data(data, survey, claimed)
    function = rt.cfa if cfa else rt.sem
    found = function(claimed, answers, estimator=estimator, missing=missing, std_lv=std_lv)
    # Counts without decimals beside indices with three: Python's own numbers in one column.
    values = {name: int(value) if value.is_integer() else value for name, value in found.fit_indices().items()}
    indices = require("pandas").Series(values, dtype=object, name="value").rename_axis("index")
    parts = (
        Part("fit", f"Fit, {found.n_obs} rows", indices.reset_index()),
        Part("estimates", "Estimates", found.estimates(level=level)),
    )
    return show_parts(parts, problems=found.problems, out=out, as_json=as_json)
