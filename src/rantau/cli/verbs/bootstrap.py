"""rantau bootstrap: intervals by resampling."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Level, ModelFile, Out, Seed, SurveyFile, read_data
from rantau.cli.show import ERR, Steps, show_frame, show_problems
from rantau.options import choose


def bootstrap(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    engine: Annotated[str, typer.Option(help="pls or covariance.")] = "pls",
    draws: Annotated[int, typer.Option(help="How many resamples.")] = 10_000,
    seed: Seed = 1,
    workers: Annotated[int, typer.Option(help="Processes to share the work.")] = 1,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Resample rows and print estimates with percentile intervals."""
    choose("engine", engine, ("pls", "covariance"))
    function = rt.pls if engine == "pls" else rt.sem
    found = function(rt.read_model(model), read_data(data, survey))
    with Steps() as steps:
        drawn = rt.bootstrap(
            found, draws=draws, seed=seed, workers=workers, progress=lambda done, every: steps("bootstrap", done, every)
        )
    show_frame(drawn.table(level=level), title=f"{draws} draws, seed {seed}", out=out, as_json=as_json)
    for reason, count in drawn.failed:
        ERR.print(f"{count} draws failed: {reason}", soft_wrap=True)
    return show_problems(found.problems)
