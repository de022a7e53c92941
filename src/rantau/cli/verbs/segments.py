"""rantau segments: hidden groups of a PLS model, and the columns that may explain them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import rantau as rt
from rantau.cli.inputs import (
    DataFile,
    Json,
    ModelFile,
    Out,
    Seed,
    SurveyFile,
    at_least,
    read_data,
    refuse_idle,
    to_write,
)
from rantau.cli.show import Part, Steps, say, show_parts
from rantau.cli.write import TABLES, write_frame
from rantau.errors import OptionError
from rantau.groups.corrections import CORRECTIONS
from rantau.moments.belonging import named_column
from rantau.options import choose

if TYPE_CHECKING:
    import pandas as pd


def segments(
    context: typer.Context,
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    most: Annotated[
        int, typer.Option(help="FIMIX-PLS tries 1 to so many segments.", callback=at_least("--most", 2))
    ] = 5,
    chosen: Annotated[
        int | None,
        typer.Option(
            "--segments",
            "-k",
            help="Show so many segments. Default: the number that the criteria speak for.",
            show_default=False,
        ),
    ] = None,
    starts: Annotated[int, typer.Option(help="Random starts of each search.", callback=at_least("--starts", 1))] = 10,
    pos: Annotated[
        bool,
        typer.Option("--pos", help="Look for these segments by PLS-POS: the whole model may differ, not paths alone."),
    ] = False,
    least: Annotated[
        int | None,
        typer.Option(help="With --pos: the smallest number of rows of a segment.", show_default=False),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="A column to hold against the segments; may be given several times.", show_default=False),
    ] = None,
    adjust: Annotated[
        str, typer.Option(help=f"Correction of the p-values of columns: {', '.join(CORRECTIONS)}.")
    ] = "holm",
    members: Annotated[
        Path | None,
        typer.Option(
            help="Write the segment of each row to this .csv or .xlsx.", show_default=False, callback=to_write(*TABLES)
        ),
    ] = None,
    seed: Seed = 1,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Look for hidden groups by PLS, and what explains them."""
    choose("adjust", adjust, CORRECTIONS)
    if chosen is not None and not 2 <= chosen <= most:
        raise OptionError(f"--segments is {chosen}; it lies between 2 and --most, which is {most}.")
    if least is not None and not pos:
        raise OptionError("--least is of PLS-POS: add --pos, or leave it out.")
    if not by:
        refuse_idle(context, "is of columns held against the segments, --by", "adjust")
    claimed = rt.read_model(model)
    answers = read_data(data, survey, claimed)
    for name in by or ():
        # Before anything is computed.
        named_column(answers, name, "by")
    fit = rt.pls(claimed, answers)
    with Steps() as steps:
        found = rt.fimix(fit, segments=most, starts=starts, seed=seed, progress=steps.of("FIMIX-PLS"))
    advice = found.advice()
    how = f"FIMIX-PLS, {fit.n_obs} rows, {starts} starts each, seed {seed}"
    criteria = found.criteria()
    parts = [
        Part("criteria", how, criteria if as_json or out is not None else criteria.T.rename_axis("criterion")),
        Part("advice", "What the criteria say together", advice.table()),
    ]
    problems = fit.problems + found.problems
    k = chosen or advice.segments
    if k > 1:
        belong = found.memberships(k)
        if pos:
            with Steps() as steps:
                moved = rt.pos(fit, segments=k, starts=starts, seed=seed, least=least, progress=steps.of("PLS-POS"))
            problems += moved.problems
            belong = moved.memberships()
            parts += _by_pos(moved)
        else:
            parts += _by_fimix(found, k)
        if members is not None:
            _write(members, belong, None if pos else found.posteriors(k))
        if by:
            told = rt.explain_segments(belong, answers, by=by, adjust=adjust)
            parts += [
                Part(f"by_{name}", f"Rows by {name} and segment", told.crosstab(name)) for name in dict.fromkeys(by)
            ]
            parts.append(Part("explained", f"Columns held against the segments, p adjusted: {adjust}", told.table()))
    status = show_parts(tuple(parts), problems=problems, out=out, as_json=as_json)
    say(advice.verdict)
    if k < 2 and (pos or by or members is not None):
        say("No segments to go on with: give --segments 2 to look at two all the same.")
    elif k > 1 and by:
        say(told.advice)
    return status


def _by_fimix(found: rt.Fimix, k: int) -> list[Part]:
    return [
        Part("sizes", f"{k} segments by FIMIX-PLS", found.sizes(k)),
        Part("r_squared", "R² in each", found.r_squared(k).rename_axis("outcome")),
        Part("paths", "Paths in each", found.paths(k)),
    ]


def _by_pos(moved: rt.Pos) -> list[Part]:
    what = (
        f"{moved.segments} segments by PLS-POS, of at least {moved.least} rows; sum of R² of {', '.join(moved.targets)}"
    )
    return [
        Part("sizes", what, moved.table()),
        Part("starts", "Where each start ended", moved.starts()),
        Part(
            "r_squared",
            "R² in each, weighted by their rows, and in the whole sample",
            moved.r_squared().rename_axis("outcome"),
        ),
        Part("paths", "Paths in each, and of all rows", moved.paths()),
    ]


def _write(members: Path, belong: pd.Series, posteriors: pd.DataFrame | None) -> None:
    frame = belong.to_frame() if posteriors is None else belong.to_frame().join(posteriors)
    frame.insert(0, "row", range(1, len(frame) + 1))
    write_frame(frame, members)
    say(f"segments of {len(frame)} rows written to {members}")
