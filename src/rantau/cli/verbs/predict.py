"""rantau predict: how well a PLS model predicts, and what it predicts of new rows."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import rantau as rt
from rantau.cli.answers import Answers
from rantau.cli.inputs import (
    DataFile,
    Json,
    Level,
    ModelFile,
    Out,
    Seed,
    SurveyFile,
    at_least,
    read_data,
    refuse_idle_pls,
)
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.inference.linear_benchmark import BENCHMARKS
from rantau.options import choose
from rantau.pls.forecast import ANTECEDENTS


def predict(
    context: typer.Context,
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    folds: Annotated[int, typer.Option(help="How many folds.", callback=at_least("--folds", 2))] = 10,
    repeats: Annotated[
        int, typer.Option(help="How often rows are dealt into folds.", callback=at_least("--repeats", 1))
    ] = 10,
    seed: Seed = 1,
    antecedents: Annotated[
        str,
        typer.Option(
            help="direct: a construct is predicted from those whose paths lead to it. earliest: from those without "
            "predictors."
        ),
    ] = "direct",
    benchmark: Annotated[
        str,
        typer.Option(
            help="What the linear model regresses an item on: the items of its antecedents, of all exogenous "
            "constructs, or of all others (as seminr does)."
        ),
    ] = "antecedents",
    gaps: Annotated[
        str,
        typer.Option(
            help="training: means of the training sample (by em, what it leads to expect) stand in for gaps. sample: "
            "those of all rows, put in before "
            "(as seminr does)."
        ),
    ] = "training",
    new: Annotated[
        Path | None,
        typer.Option(
            "--new",
            help="Predict the rows of this file, with intervals; it is read as the answers are.",
            show_default=False,
        ),
    ] = None,
    level: Level = 0.95,
    scheme: Annotated[str, typer.Option(help="path, factorial or centroid.")] = "path",
    missing: Annotated[
        str, typer.Option(help="mean (of the item in the place of a gap), listwise or casewise (rows left out), or em.")
    ] = "mean",
    weights: Annotated[str | None, typer.Option(help="Column of sampling weights.", show_default=False)] = None,
    interaction: Annotated[
        str, typer.Option(help="How X:M is estimated: two_stage, scores, product_indicator or orthogonal.")
    ] = "two_stage",
    higher_order: Annotated[
        str, typer.Option(help="How constructs of constructs are: disjoint, embedded, repeated or saturated.")
    ] = "disjoint",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Predict rows not seen before: PLSpredict and CVPAT."""
    choose("antecedents", antecedents, ANTECEDENTS)
    choose("benchmark", benchmark, BENCHMARKS)
    claimed = rt.read_model(model)
    refuse_idle_pls(context, claimed)
    fit = rt.pls(
        claimed,
        read_data(data, survey, claimed),
        scheme=scheme,
        missing=missing,
        weights=weights,
        interaction=interaction,
        higher_order=higher_order,
    )
    rows_to_come = None if new is None else _new_rows(fit, data.replace(path=new), survey)
    with Steps() as steps:
        steps("prediction", 0, 1)
        found = rt.predict(
            fit, folds=folds, repeats=repeats, seed=seed, antecedents=antecedents, benchmark=benchmark, gaps=gaps
        )
    rows: tuple[Part, ...] = ()
    if rows_to_come is not None:
        title = f"New rows of {new}, {level:.0%} intervals (CV+)"
        rows = (Part("rows", title, found.rows(rows_to_come, level=level)),)
    many = f"{repeats} repetitions" if repeats > 1 else "1 repetition"
    parts = (
        Part(
            "items", f"Items, out of sample: {found.fit.n_obs} rows, {folds} folds, {many}, seed {seed}", found.items()
        ),
        Part("constructs", "Scores of constructs, out of sample", found.constructs()),
        Part("benchmark", f"The linear model regresses an item on {BENCHMARKS[benchmark]}", found.predictors),
        Part("cvpat", "CVPAT: loss less that of the benchmark, negative where PLS is better", found.cvpat(level=level)),
        Part("verdict", "Verdict by RMSE (Shmueli et al., 2019)", found.verdict()),
        *rows,
    )
    status = show_parts(parts, problems=fit.problems, out=out, as_json=as_json)
    for reason, count in found.failed:
        say(f"{count} of {len(found.reasons)} training samples could not be estimated and are left out: {reason}")
    return status


def _new_rows(fit: rt.PlsFit, new: Answers, survey: Path | None) -> Any:  # noqa: ANN401 - Responses, or a data frame
    """Read new rows, before anything is computed; what is predicted need not be there."""
    if survey is not None:
        return new.responses(rt.read_survey(survey))
    there = set(new.table().columns)
    return new.table([name for name in fit.plan.items if name in there])
