"""rantau impute: missing answers drawn many times, and a model fitted to each completed data set."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Level, Out, Seed, SurveyFile, at_least, read_data, refuse_idle
from rantau.cli.show import Part, Steps, say, show_frame, show_parts
from rantau.errors import OptionError
from rantau.imputation.methods import ROWS as METHODS
from rantau.options import choose
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

    from rantau.model import Model


def impute(
    context: typer.Context,
    data: DataFile,
    survey: SurveyFile = None,
    model: Annotated[
        Path | None,
        typer.Option("--model", "-m", help="A model (.sem) to fit to each completed data set.", show_default=False),
    ] = None,
    engine: Annotated[str, typer.Option(help="pls or covariance.")] = "covariance",
    m: Annotated[int, typer.Option("--m", help="How many times.", callback=at_least("--m", 2))] = 20,
    seed: Seed = 1,
    method: Annotated[str, typer.Option(help="pmm or normal.")] = "pmm",
    iterations: Annotated[
        int, typer.Option(help="How often all items are drawn.", callback=at_least("--iterations", 1))
    ] = 10,
    group: Annotated[str, typer.Option(help="A column within whose values rows are taken apart.")] = "",
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Fill gaps many times, and pool the fits of a model."""
    choose("engine", engine, ("pls", "covariance"))
    choose("method", method, [row.name for row in METHODS])
    if model is None and out is None and not as_json:
        raise OptionError(
            "completed data need a place: add --out completed.csv; or --model model.sem, to pool the fits of a model."
        )
    if model is None:
        refuse_idle(context, "is of the fits of a model, --model", "engine", "level")
    claimed = None if model is None else rt.read_model(model)
    answers = read_data(data, survey, claimed)
    with Steps() as steps:
        imputed = rt.impute(
            answers,
            items=_items(answers, claimed),
            m=m,
            seed=seed,
            method=method,
            iterations=iterations,
            group=group or None,
            progress=steps.of("imputation"),
        )
    say(str(imputed).splitlines()[0])
    if claimed is None:
        show_frame(imputed.stacked(), out=out, as_json=as_json)
        return 0
    with Steps() as steps:
        pooled = rt.pool(
            imputed.fits(rt.pls if engine == "pls" else rt.sem, claimed, progress=steps.of("fits")), seed=seed
        )
    for text in pooled.dropped:
        say(f"left out: {text}")
    for text, count in pooled.failed:
        say(f"{count} resamples failed and are left out: {text}")
    for text, count in pooled.problems:
        say(f"{count} of {pooled.m}: {text}")
    table = Part("estimates", f"{m} imputations, pooled; {level:.0%} intervals", pooled.table(level=level))
    parts: tuple[Part, ...] = (table,)
    if engine == "covariance":
        indices = pooled.fit_indices().rename_axis("index").to_frame()
        parts = (Part("fit_indices", str(pooled.chi_square()), indices), table)
    show_parts(parts, out=out, as_json=as_json)
    return 0 if pooled.trustworthy else 1


def _items(answers: Responses | pd.DataFrame, model: Model | None) -> tuple[str, ...] | None:
    """Return every item, and the questions on the respondent that the model uses; None for all columns of numbers."""
    if model is None or not isinstance(answers, Responses):
        return None
    return (*answers.columns, *(name for name in model.observed if name in answers.extras_names))
