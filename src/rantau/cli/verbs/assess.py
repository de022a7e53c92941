"""rantau assess: a PLS model as a paper reports it, each value with its cut-off."""

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
from rantau.quality.cutoffs import read_cutoffs
from rantau.quality.steps import ROWS


def assess(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    draws: Draws = 5_000,
    seed: Seed = 1,
    repeats: Annotated[
        int, typer.Option(help="How often rows are dealt into folds for PLSpredict.", callback=at_least("--repeats", 1))
    ] = 10,
    consistent: Annotated[
        bool, typer.Option("--consistent", help="Correct reflective constructs for unreliability; predicts nothing.")
    ] = False,
    ordered: Ordered = None,
    cutoffs: Annotated[
        str, typer.Option(help="hair2022, chin1998, or a .toml file of your own: a copy of the first, changed.")
    ] = "hair2022",
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Judge a PLS model by cut-offs and their sources."""
    read_cutoffs(cutoffs)
    claimed = rt.read_model(model)
    categories = named_items(ordered)
    fit = rt.pls(claimed, read_data(data, survey, claimed), consistent=consistent, ordered=categories)
    with Steps() as steps:
        drawn = rt.bootstrap(fit, draws=draws, seed=seed, progress=steps.of("bootstrap"))
        steps("prediction", 0, 1)
        predicted = None if consistent or categories else rt.predict(fit, repeats=repeats, seed=seed)
    found = rt.assess(fit, bootstrap=drawn, predict=predicted, cutoffs=cutoffs, level=level)
    if as_json or out is not None:
        parts: tuple[Part, ...] = (
            Part("summary", "", found.summary()),
            Part("assessment", "", found.table()),
        )
    else:
        parts = (
            *(
                Part(
                    row.name,
                    f"{row.title}, by {_sources(found, row.name)}",
                    found.table(row.name).drop(columns=["step", "source"]).dropna(axis=1, how="all"),
                )
                for row in ROWS
                if len(found.table(row.name))
            ),
            Part("summary", found.title, found.summary()),
        )
    status = show_parts(parts, problems=fit.problems, out=out, as_json=as_json)
    for reason, count in drawn.failed:
        say(f"{count} of {draws} draws failed and are left out: {reason}")
    return status


def _sources(found: rt.Assessment, step: str) -> str:
    """Return who asks for what a step asks for, each of them once."""
    every = [one for source in found.table(step)["source"] for one in source.split("; ")]
    return "; ".join(dict.fromkeys(every))
