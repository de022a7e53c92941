"""rantau bootstrap: intervals by resampling."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import (
    DataFile,
    Draws,
    Json,
    Level,
    ModelFile,
    Ordered,
    Out,
    Seed,
    SurveyFile,
    at_least,
    named_items,
    read_data,
)
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.errors import OptionError
from rantau.inference.intervals import ROWS as INTERVALS
from rantau.options import choose


def bootstrap(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    engine: Annotated[str, typer.Option(help="pls or covariance.")] = "pls",
    consistent: Annotated[
        bool, typer.Option("--consistent", help="Of PLS: correct reflective constructs for unreliability (PLSc).")
    ] = False,
    ordered: Ordered = None,
    draws: Draws = 10_000,
    seed: Seed = 1,
    workers: Annotated[int, typer.Option(help="Processes to share the work.", callback=at_least("--workers", 1))] = 1,
    interval: Annotated[str, typer.Option(help="percentile, bca, basic or student.")] = "percentile",
    of: Annotated[
        str,
        typer.Option(
            help="estimates or effects; of a covariance-based fit also standardized, effects_standardized or "
            "fit_indices; of a PLS fit also reliability, htmt, htmt2, f_squared, vif, fit_indices and its other tables."
        ),
    ] = "estimates",
    level: Level = 0.95,
    side: Annotated[str, typer.Option(help="both limits, or one: upper or lower.")] = "both",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Estimates with bootstrap intervals, PLS or covariance-based."""
    choose("engine", engine, ("pls", "covariance"))
    needs = {row.name: row.needs for row in INTERVALS}[choose("interval", interval, [row.name for row in INTERVALS])]
    if consistent and engine != "pls":
        raise OptionError("--consistent is of PLS, and covariance-based SEM needs no such correction. Leave it out.")
    claimed = rt.read_model(model)
    answers, categories = read_data(data, survey, claimed), named_items(ordered)
    found: rt.PlsFit | rt.SemFit = (
        rt.pls(claimed, answers, consistent=consistent, ordered=categories)
        if engine == "pls"
        else rt.sem(claimed, answers, ordered=categories)
    )
    with Steps() as steps:
        drawn = rt.bootstrap(
            found,
            draws=draws,
            seed=seed,
            errors=needs == "errors",
            workers=workers,
            progress=steps.of("bootstrap"),
        )
    title = f"{level:.0%} {interval} intervals, {draws} draws, seed {seed}"
    table = Part("estimates", title, drawn.table(of=of, interval=interval, level=level, side=side))
    status = show_parts((table,), problems=found.problems, out=out, as_json=as_json)
    for reason, count in drawn.failed:
        say(f"{count} of {draws} draws failed and are left out: {reason}")
    for reason, count in drawn.inadmissible:
        say(f"{count} of {draws} draws are inadmissible and are kept: {reason}")
    return status
