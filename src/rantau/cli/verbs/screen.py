"""rantau screen: which rows deserve a look."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data
from rantau.cli.show import Part, say, show_parts
from rantau.extras import require


def screen(
    data: DataFile,
    survey: SurveyFile = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option(help="A rule whose flagged rows are left out; may be repeated.", show_default=False),
    ] = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Flag rows that look careless; none goes unless you say."""
    responses = read_data(data, need_survey(survey, "screen"))
    screening = rt.screen(responses, exclude=tuple(exclude or ()))
    rows = [(flag.row, flag.rule, flag.excluded) for flag in screening.log]
    flags = require("pandas").DataFrame(rows, columns=["line", "rule", "left_out"])
    counts = screening.counts()[["flagged", "share", "excluded", "label"]]
    parts = (Part("flags", "Flagged rows, by line of the file", flags), Part("rules", "Rules", counts))
    # A file of screening is a file of flags: the counts can be had from it.
    show_parts(parts if out is None else parts[::-1], out=out, as_json=as_json)
    say(f"{responses.n_obs} rows read, {screening.kept.n_obs} kept")
    return 0
