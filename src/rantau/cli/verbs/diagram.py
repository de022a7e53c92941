"""rantau diagram: the model as a picture."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.answers import Answers
from rantau.cli.inputs import Draws, ModelFile, Seed, SurveyFile, read_data, refuse_idle, to_write
from rantau.cli.show import Steps, say, show_problems
from rantau.options import choose

PICTURES = (".svg", ".png", ".pdf", ".tiff", ".tif", ".eps")


def diagram(
    context: typer.Context,
    model: ModelFile,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help=f"{', '.join(PICTURES)}.", show_default=False, callback=to_write(*PICTURES)),
    ],
    data: Annotated[
        Answers | None, typer.Option("--data", "-d", help="Answers to estimate from.", show_default=False)
    ] = None,
    survey: SurveyFile = None,
    engine: Annotated[str, typer.Option(help="pls or covariance.")] = "pls",
    draws: Draws = 2000,
    seed: Seed = 1,
    content: Annotated[str, typer.Option(help="full (with items) or structural.")] = "full",
    direction: Annotated[str, typer.Option(help="right or down.")] = "right",
    language: Annotated[str, typer.Option(help="en or id.")] = "en",
    monochrome: Annotated[bool, typer.Option("--monochrome", help="Black and white.")] = False,
) -> int:
    """Draw the model, or with --data its estimates."""
    choose("engine", engine, ("pls", "covariance"))
    if data is None:
        refuse_idle(context, "is of estimates, which need --data", "engine", "draws", "seed")
    if engine == "covariance":
        refuse_idle(context, "is of the bootstrap of PLS (--engine pls)", "draws", "seed")
    claimed = rt.read_model(model)
    instrument = rt.read_survey(survey) if survey is not None else None
    draw = partial(
        rt.diagram, survey=instrument, content=content, direction=direction, language=language, monochrome=monochrome
    )
    status = 0
    if data is None:
        picture = draw(claimed)
    elif engine == "covariance":
        found = rt.sem(claimed, read_data(data, survey, claimed))
        picture, status = draw(found), show_problems(found.problems)
    else:
        fit = rt.pls(claimed, read_data(data, survey, claimed))
        with Steps() as steps:
            drawn = rt.bootstrap(fit, draws=draws, seed=seed, progress=steps.of("bootstrap"))
        picture = draw(fit, draws=drawn)
        status = show_problems(fit.problems)
    picture.write(out)
    say(f"picture written to {out}")
    return status
