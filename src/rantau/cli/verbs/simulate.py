"""rantau simulate: answers from stated population values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import Seed, SurveyFile
from rantau.cli.show import ERR, write_frame


def simulate(
    population: Annotated[Path, typer.Argument(help="A model file in which every value is fixed.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", "-o", help="The .csv file to write.", show_default=False)],
    n: Annotated[int, typer.Option("--n", "-n", help="How many answers.")] = 300,
    seed: Seed = 1,
    survey: SurveyFile = None,
) -> int:
    """Draw answers from a population model; with an instrument, on its scales and marked as simulated."""
    model = rt.read_model(population)
    if survey is None:
        write_frame(rt.simulate(model, n=n, seed=seed), out)
    else:
        rt.write_responses(rt.simulate(model, n=n, seed=seed, survey=rt.read_survey(survey)), out)
    ERR.print(f"{n} simulated rows written to {out}", soft_wrap=True)
    return 0
