"""rantau screen: which rows deserve a look."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data
from rantau.cli.pairs import numbers_of, pairs_of
from rantau.cli.show import Part, say, show_parts
from rantau.extras import require


def screen(
    data: DataFile,
    survey: SurveyFile = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            help="A rule to apply, or all; may be repeated. Without it, those that go by what a respondent plainly "
            "did. `rantau list screens` shows every rule.",
            show_default=False,
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="A rule whose flagged rows are left out; may be repeated.", show_default=False),
    ] = None,
    flags_to_exclude: Annotated[
        int, typer.Option(help="Leave a row out when at least so many rules flag it; 0 for never.")
    ] = 0,
    limit: Annotated[
        list[str] | None,
        typer.Option(help="Another limit than the usual one, longstring=0.4; may be repeated.", show_default=False),
    ] = None,
    duration: Annotated[str, typer.Option(help="The column that says how many seconds a respondent took.")] = "",
    attention: Annotated[
        list[str] | None,
        typer.Option(help="A column and its right answer, CHECK1=4; may be repeated.", show_default=False),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Flag rows that look careless; none goes unless you say."""
    responses = read_data(data, need_survey(survey, "screen"))
    limits = {
        name: numbers_of("--limit", value, "longstring=0.4", many=1)[0]
        for name, value in pairs_of("--limit", limit, "longstring=0.4").items()
    }
    screening = rt.screen(
        responses,
        rules="all" if rule and "all" in rule else rule or None,
        exclude=tuple(exclude or ()),
        flags_to_exclude=flags_to_exclude,
        limits=limits,
        duration=duration,
        attention=pairs_of("--attention", attention, "CHECK1=4"),
    )
    pandas = require("pandas")
    rows = [(flag.row, flag.rule, flag.excluded) for flag in screening.log]
    flags = pandas.DataFrame(rows, columns=["line", "rule", "left_out"])
    counts = screening.counts()[["flagged", "share", "excluded", "label"]]
    steps = [
        (step.rule or f"flags >= {flags_to_exclude}", step.flagged, step.left_out, step.left)
        for step in screening.flow()
    ]
    flow = pandas.DataFrame(steps, columns=["step", "flagged", "left_out", "left"])
    parts = [Part("flags", "Flagged rows, by line of the file", flags)]
    parts += [Part("flow", "From the rows read to the rows kept", flow)] * bool(exclude or flags_to_exclude)
    parts.append(Part("rules", "Rules", counts))
    if out is not None or as_json:
        # What each rule looked at is for a file: a table of all respondents.
        parts.insert(0, Part("index", "What each rule looked at", screening.frame()))
    # A file of screening is a file of flags: the counts can be had from it.
    flags_last = (*(part for part in parts if part.name != "flags"), *(part for part in parts if part.name == "flags"))
    show_parts(tuple(parts) if out is None else flags_last, out=out, as_json=as_json)
    for name, reason in screening.skipped:
        say(f"not applied: {name}: {reason}")
    say(f"{responses.n_obs} rows read, {screening.kept.n_obs} kept")
    return 0
