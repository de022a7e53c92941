"""rantau report: one document from one model and one file of answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Draws, Estimator, Missing, ModelFile, Seed, SurveyFile, read_data, to_write
from rantau.cli.show import Steps, say, show_problems
from rantau.report.styles import read_style

DOCUMENTS = (".docx", ".html", ".xlsx", ".md", ".tex")


def report(
    data: DataFile,
    model: ModelFile,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help=f"{', '.join(DOCUMENTS)}.", show_default=False, callback=to_write(*DOCUMENTS)),
    ],
    survey: SurveyFile = None,
    estimator: Estimator = "ML",
    missing: Missing = "listwise",
    draws: Draws = 10_000,
    seed: Seed = 1,
    style: Annotated[str, typer.Option(help="apa7, skripsi, or a .toml file of your own.")] = "apa7",
    language: Annotated[str, typer.Option(help="en or id.")] = "en",
    title: Annotated[str, typer.Option(help="Of the report.", show_default=False)] = "",
    source: Annotated[
        str, typer.Option(help="Where the data are from, unless they are your own.", show_default=False)
    ] = "",
) -> int:
    """One document from a model and answers, by both engines."""
    read_style(style, language)
    claimed = rt.read_model(model)
    answers = read_data(data, survey, claimed)
    instrument = rt.read_survey(survey) if survey is not None else None
    measurement = rt.cfa(claimed, answers, estimator=estimator, missing=missing)
    sem, pls = rt.sem(claimed, answers, estimator=estimator, missing=missing), rt.pls(claimed, answers)
    with Steps() as steps:
        drawn = rt.bootstrap(pls, draws=draws, seed=seed, progress=steps.of("bootstrap"))
    parts = (measurement, sem, pls, drawn, *((answers,) if survey is not None else ()))
    rt.report(*parts, survey=instrument, title=title, style=style, language=language, source=source).write(out)
    say(f"report written to {out}")
    return max(show_problems(fit.problems) for fit in (measurement, sem, pls))
