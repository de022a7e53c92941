"""rantau simulate: answers from stated population values."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import Seed, at_least, to_write
from rantau.cli.show import say
from rantau.cli.write import write_frame
from rantau.errors import OptionError, RantauError


def simulate(
    population: Annotated[Path, typer.Argument(help="A model file in which every value is fixed.", show_default=False)],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="The .csv file to write.", show_default=False, callback=to_write(".csv")),
    ],
    n: Annotated[int, typer.Option("--n", "-n", help="How many answers.", callback=at_least("--n", 1))] = 300,
    seed: Seed = 1,
    survey: Annotated[
        Path | None,
        typer.Option("--survey", "-s", help="The instrument (.toml), on whose scales to answer.", show_default=False),
    ] = None,
) -> int:
    """Draw answers, marked simulated, from a population model."""
    _check_over(out)
    model = rt.read_model(population)
    if survey is None:
        write_frame(rt.simulate(model, n=n, seed=seed).assign(simulated="true"), out)
    else:
        rt.write_responses(rt.simulate(model, n=n, seed=seed, survey=rt.read_survey(survey)), out)
    say(f"{n} simulated rows written to {out}")
    return 0


def _check_over(out: Path) -> None:
    """Refuse to write over a file that does not say of each row that it is simulated: it may hold real answers."""
    if not out.is_file():
        return
    try:
        marks = rt.read_table(out).get("simulated", default=())
    except RantauError:
        marks = ()
    if {str(mark).lower() for mark in marks} != {"true"}:
        raise OptionError(f"{out}: this file is there, and its answers are not marked as simulated; name another.")
