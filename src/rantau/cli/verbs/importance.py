"""rantau importance: the importance-performance map of an outcome, and what it cannot do without."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, ModelFile, Out, Seed, SurveyFile, at_least, read_data
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.errors import OptionError
from rantau.inference.ceiling import CEILINGS
from rantau.inference.rescaling import Bounds
from rantau.options import choose


def importance(
    data: DataFile,
    model: ModelFile,
    target: Annotated[str, typer.Option("--target", "-t", help="The construct to be raised.", show_default=False)],
    survey: SurveyFile = None,
    bounds: Annotated[
        str | None,
        typer.Option(
            help="The ends of all scales, such as 1,7, to rescale to 0-100; those of --survey unless given.",
            show_default=False,
        ),
    ] = None,
    permutations: Annotated[
        int, typer.Option(help="For the p of necessary conditions.", callback=at_least("--permutations", 0))
    ] = 10_000,
    seed: Seed = 1,
    ceiling: Annotated[str, typer.Option(help="ce_fdh (steps) or cr_fdh (line), for the combined map.")] = "ce_fdh",
    want: Annotated[
        float | None,
        typer.Option(
            "--want", help="The level of the target to be reached; its mean unless given.", show_default=False
        ),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Map what matters for an outcome, and what it needs."""
    choose("ceiling", ceiling, CEILINGS)
    claimed = rt.read_model(model)
    instrument = None if survey is None else rt.read_survey(survey)
    ends: Bounds | None = instrument if bounds is None else _ends(bounds)
    fit = rt.pls(claimed, read_data(data, survey, claimed))
    found = rt.importance(fit, target, bounds=ends)
    with Steps() as steps:
        needs = rt.necessity(
            fit, target, bounds=ends, permutations=permutations, seed=seed, progress=steps.of("permutations")
        )
    unit = "0 to 100" if found.rescaled else "in the unit of the answers"
    parts = (
        Part("items", f"Items: importance for {target}, performance {unit}", found.items()),
        Part("necessity", f"Necessary conditions, {permutations} permutations, seed {seed}", needs.table()),
        Part(
            "bottlenecks",
            f"What levels of {target} need (% of the scope, {ceiling})",
            needs.bottlenecks(ceiling=ceiling),
        ),
        Part("constructs", f"Constructs: importance for {target}, performance {unit}", found.constructs()),
        Part("combined", "Importance, performance and necessity", found.combined(needs, level=want, ceiling=ceiling)),
    )
    status = show_parts(parts, problems=fit.problems, out=out, as_json=as_json)
    if found.negative:
        say(f"negative weights, which a map cannot tell sensibly: {', '.join(found.negative)}")
    return status


def _ends(bounds: str) -> tuple[float, float]:
    try:
        low, high = (float(end) for end in bounds.split(","))
    except ValueError:
        raise OptionError(f"--bounds is '{bounds}'; give two numbers, such as 1,7.") from None
    return low, high
