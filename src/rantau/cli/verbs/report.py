"""rantau report: one document from one model and one file of answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, ModelFile, Seed, SurveyFile, read_data
from rantau.cli.show import ERR, Steps, show_problems


def report(
    data: DataFile,
    model: ModelFile,
    out: Annotated[Path, typer.Option("--out", "-o", help=".docx, .html, .xlsx, .md or .tex.", show_default=False)],
    survey: SurveyFile = None,
    draws: Annotated[int, typer.Option(help="Bootstrap resamples.")] = 10_000,
    seed: Seed = 1,
    style: Annotated[str, typer.Option(help="apa7 or skripsi.")] = "apa7",
    language: Annotated[str, typer.Option(help="en or id.")] = "en",
    title: Annotated[str, typer.Option(help="Of the report.")] = "",
) -> int:
    """Fit a model with both engines and write one document; `rantau run` writes them all from a plan."""
    claimed, answers = rt.read_model(model), read_data(data, survey)
    instrument = rt.read_survey(survey) if survey is not None else None
    sem, pls = rt.sem(claimed, answers), rt.pls(claimed, answers)
    with Steps() as steps:
        drawn = rt.bootstrap(pls, draws=draws, seed=seed, progress=lambda done, every: steps("bootstrap", done, every))
    parts = (rt.cfa(claimed, answers), sem, pls, drawn, *((answers,) if survey is not None else ()))
    rt.report(*parts, survey=instrument, title=title, style=style, language=language).write(out)
    ERR.print(f"written to {out}", soft_wrap=True)
    return max(show_problems(sem.problems), show_problems(pls.problems))
