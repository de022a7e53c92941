"""rantau power: how many answers a study needs, by simulation or by formula."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import Json, Level, ModelFile, Out, Seed, at_least, listed, refuse_idle
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.errors import OptionError
from rantau.model import Model
from rantau.simulate.sample_size import states_numbers


def power(
    context: typer.Context,
    model: ModelFile,
    n: Annotated[
        list[str] | None,
        typer.Option("--n", "-n", help="Rows of a sample, such as 150,300,600 (the default).", show_default=False),
    ] = None,
    replications: Annotated[
        int, typer.Option(help="Samples for each n.", callback=at_least("--replications", 2))
    ] = 1000,
    target: Annotated[float, typer.Option(help="The power that is enough.")] = 0.80,
    path: Annotated[
        float, typer.Option(help="Of formulas: the smallest standardised path that is to be found.")
    ] = 0.20,
    effect: Annotated[float, typer.Option(help="Of formulas: f2 of the largest regression.")] = 0.15,
    seed: Seed = 1,
    level: Level = 0.95,
    workers: Annotated[int, typer.Option(help="Processes to share the work.", callback=at_least("--workers", 1))] = 1,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """How many answers a study needs: power of every effect.

    A model in which every parameter is a number is a population: samples are drawn from it and fitted. Of any other
    model formulas tell how many rows it needs.
    """
    claimed = rt.read_model(model)
    if n is None and not states_numbers(claimed):
        refuse_idle(context, "is of samples, which need a number for every parameter of the model", "replications")
        return _by_formula(claimed, path, effect, target, level, out=out, as_json=as_json)
    refuse_idle(context, "is of formulas, and this population says how large its effects are", "path", "effect")
    with Steps() as steps:
        found = rt.power(
            claimed,
            n=_sizes(n),
            replications=replications,
            seed=seed,
            level=level,
            workers=workers,
            progress=lambda done, every: steps("samples", done, every),
        )
    samples = Part("samples", f"{replications} samples of each size, seed {seed}", found.samples())
    last = Part(
        "power", f"Power of tests at {1 - level:.3g}, by n; `enough` has {target:g}", found.power(target=target)
    )
    more = (
        Part("estimates", "Parameters", found.table()),
        Part("effects", "Direct, indirect and total effects", found.table(of="effects")),
    )
    # Too long to read at a prompt.
    parts = (samples, *more, last) if as_json or out is not None else (samples, last)
    return show_parts(parts, problems=found.problems, out=out, as_json=as_json)


def _by_formula(
    claimed: Model, path: float, effect: float, target: float, level: float, *, out: Out, as_json: bool
) -> int:
    table = rt.sample_size(claimed, path=path, effect=effect, power=target, level=level)
    status = show_parts((Part("sample_size", "Rows needed, by formula", table),), out=out, as_json=as_json)
    say(
        f"{claimed.source} has parameters without a number, so these are formulas: effects are assumed, not found "
        "(--path, --effect). Power of each effect takes a population: a file with a number for every parameter, such "
        "as `Y ~ 0.3*X`."
    )
    return status


def _sizes(n: list[str] | None) -> tuple[int, ...]:
    texts = listed(n) or ("150", "300", "600")
    if not all(text.isdecimal() for text in texts):
        raise OptionError(
            f"--n takes numbers of rows with commas between them, such as 150,300,600; got {','.join(texts)}."
        )
    return tuple(int(text) for text in texts)
