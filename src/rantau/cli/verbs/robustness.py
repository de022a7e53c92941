"""rantau robustness: what PLS takes for granted, put to the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, ModelFile, Out, Seed, SurveyFile, at_least, read_data, refuse_idle
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.options import Progress, choose
from rantau.robustness.tetrads import LEAST


def robustness(
    context: typer.Context,
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    check: Annotated[
        list[str] | None,
        typer.Option(
            help="nonlinearity (RESET, squares), copulas (endogeneity) or tetrads (reflective items); may be given "
            "several times. All unless given.",
            show_default=False,
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option(help="Bootstrap samples of copulas and tetrads.", callback=at_least("--draws", 100))
    ] = 1000,
    seed: Seed = 1,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Test what a PLS model takes for granted."""
    for name in check or ():
        choose("check", name, CHECKS)
    claimed = rt.read_model(model)
    asked = [name for name in CHECKS if name in (check or CHECKS)]
    if not check and not any(len(block.items) >= LEAST for block in claimed.blocks):
        say(f"no construct has {LEAST} items, so that no tetrads were tested")
        asked.remove("tetrads")
    if asked == ["nonlinearity"]:
        refuse_idle(context, "is of copulas and tetrads, which resample", "draws", "seed")
    fit = rt.pls(claimed, read_data(data, survey, claimed))
    with Steps() as steps:
        parts = tuple(part for name in asked for part in CHECKS[name](fit, draws, seed, steps.of(name)))
    return show_parts(parts, problems=fit.problems, out=out, as_json=as_json)


def _nonlinearity(fit: rt.PlsFit, draws: int, seed: int, progress: Progress) -> Iterator[Part]:
    found = rt.nonlinearity(fit)
    yield Part("squares", "Squares of predictors, added one at a time", found.quadratic())
    yield Part("reset", "RESET: a small p speaks against straight lines", found.reset())


def _copulas(fit: rt.PlsFit, draws: int, seed: int, progress: Progress) -> Iterator[Part]:
    found = rt.copula_endogeneity(fit, draws=draws, seed=seed, progress=progress)
    yield Part("conditions", "What copulas need: predictors that are not normal", found.conditions())
    yield Part("copulas", f"Copula terms, {draws} draws, seed {seed}: a small p points to endogeneity", found.table())


def _tetrads(fit: rt.PlsFit, draws: int, seed: int, progress: Progress) -> Iterator[Part]:
    found = rt.tetrad_test(fit, draws=draws, seed=seed, progress=progress)
    yield Part("tetrads", f"Tetrads, Bonferroni-adjusted 90% intervals, {draws} draws, seed {seed}", found.table())
    yield Part("reflective", "Verdict on reflective measurement", found.verdicts())


#: What may be asked for, and how its tables are made.
CHECKS: dict[str, Callable[[rt.PlsFit, int, int, Progress], Iterator[Part]]] = {
    "nonlinearity": _nonlinearity,
    "copulas": _copulas,
    "tetrads": _tetrads,
}
