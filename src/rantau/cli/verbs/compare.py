"""rantau compare: groups of rows by a PLS model."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Level, ModelFile, Out, Seed, SurveyFile, at_least, read_data
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.groups.comparison import SHOWN
from rantau.groups.corrections import CORRECTIONS
from rantau.groups.micom import ITEMS
from rantau.options import choose


def compare(
    data: DataFile,
    model: ModelFile,
    by: Annotated[str, typer.Option(help="The column that tells groups apart.", show_default=False)],
    survey: SurveyFile = None,
    of: Annotated[str, typer.Option(help=f"What is compared: {', '.join(SHOWN)}.")] = "paths",
    adjust: Annotated[
        str, typer.Option(help=f"Correction of p-values for many tests: {', '.join(CORRECTIONS)}.")
    ] = "none",
    items: Annotated[
        str, typer.Option(help="MICOM on items standardised, or raw (as answered, as cSEM does).")
    ] = "standardised",
    consistent: Annotated[
        bool, typer.Option("--consistent", help="Correct reflective constructs for unreliability (PLSc).")
    ] = False,
    permutations: Annotated[
        int, typer.Option(help="How many random divisions.", callback=at_least("--permutations", 20))
    ] = 1000,
    draws: Annotated[
        int, typer.Option(help="Bootstrap samples of each group; 0 for none.", callback=at_least("--draws", 0))
    ] = 1000,
    seed: Seed = 1,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Compare groups by PLS: invariance, then paths."""
    choose("of", of, SHOWN)
    choose("adjust", adjust, CORRECTIONS)
    choose("items", items, ITEMS)
    claimed = rt.read_model(model)
    fit = rt.pls(claimed, read_data(data, survey, claimed), consistent=consistent)
    with Steps() as steps:
        found = rt.compare_groups(
            fit, by=by, seed=seed, permutations=permutations, draws=draws, progress=steps.of("bootstrap, permutations")
        )
    how = f"{permutations} permutations, seed {seed}"
    parts = (
        Part("groups", f"Groups by {by}", found.configural()),
        Part("micom", f"Invariance of composites (MICOM), {how}", found.micom(items=items, level=level, adjust=adjust)),
        Part("permits", "What MICOM permits", found.permits(items=items, level=level, adjust=adjust)),
        Part(of, f"Differences, {how}", found.table(of=of, adjust=adjust, items=items, level=level)),
        Part("distances", "Distances of implied correlations (Klesel)", found.distances().table(level=level)),
    )
    status = show_parts(parts, problems=fit.problems + found.problems, out=out, as_json=as_json)
    if found.left_out:
        say(f"{found.left_out} rows have no entry in {by} and are left out")
    for reason, count in found.failed:
        say(f"{count} divisions failed and are left out: {reason}")
    for reason, count in found.failed_draws:
        say(f"{count} bootstrap draws failed and are left out: {reason}")
    return status
