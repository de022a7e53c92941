"""rantau crosscheck: the same numbers from other people's code."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, ModelFile, Out, SurveyFile, read_data
from rantau.cli.show import Part, say, show_parts
from rantau.options import choose


def crosscheck(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    engine: Annotated[str, typer.Option(help="covariance or pls.")] = "covariance",
    every: Annotated[bool, typer.Option("--every", help="Show each number, not one line per kind.")] = False,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Hold the numbers against semopy, statsmodels and pingouin."""
    choose("engine", engine, ("covariance", "pls"))
    function = rt.sem if engine == "covariance" else rt.pls
    claimed = rt.read_model(model)
    found = function(claimed, read_data(data, survey, claimed))
    verification = rt.crosscheck(found)
    parts = [Part("left_out", "Not compared", verification.left_out())]
    if every or as_json or out is not None:
        parts.append(Part("checks", "Every number", verification.frame()))
    parts.append(Part("summary", "Agreement: digits are those of the number that agrees least", verification.summary()))
    status = show_parts(tuple(parts), problems=found.problems, out=out, as_json=as_json)
    apart = verification.disagreements()
    for check in apart:
        say(f"{check.package} {check.version} disagrees on {check.quantity}: ours {check.ours:.6g}, {check.theirs:.6g}")
    return max(status, int(bool(apart)))
