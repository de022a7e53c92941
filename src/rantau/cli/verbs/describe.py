"""rantau describe: how each item was answered."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data
from rantau.cli.show import Part, say, show_frame, show_parts
from rantau.errors import EstimationError
from rantau.options import choose

#: What can be described.
SHOWN = ("items", "missing", "normality")


def describe(
    data: DataFile,
    survey: SurveyFile = None,
    show: Annotated[
        str,
        typer.Option(
            help="items; missing: which answers are missing together, with Little's test; normality: Mardia's and "
            "Henze and Zirkler's tests."
        ),
    ] = "items",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Describe every item: mean, spread, shape, ends, gaps."""
    choose("show", show, SHOWN)
    if show == "items":
        frame = rt.describe(read_data(data, need_survey(survey, "describe")))
        show_frame(frame, title="Items, reverse-coded where the instrument says so", out=out, as_json=as_json)
        return 0
    answers = read_data(data, survey)
    parts = _missing(answers) if show == "missing" else _normality(answers)
    return show_parts(parts, out=out, as_json=as_json)


def _missing(answers: Any) -> tuple[Part, ...]:  # noqa: ANN401 - Responses, or a data frame
    found = rt.missing_answers(answers)
    say(str(found).splitlines()[0])
    if found.left_out:
        say(f"not looked at, for they hold no numbers: {', '.join(found.left_out)}")
    try:
        say(str(rt.mcar_test(answers)))
    except EstimationError as error:
        say(f"Little's MCAR test: none, for {error}")
    return (
        Part("items", "Missing answers of each item", found.items()),
        Part("patterns", "Items that are missing together", found.patterns()),
    )


def _normality(answers: Any) -> tuple[Part, ...]:  # noqa: ANN401 - Responses, or a data frame
    found = rt.normality(answers)
    say(f"{found.source}: {found.n_obs} complete rows of {found.n_read}, {len(found.names)} items")
    if found.left_out:
        say(f"not looked at, for they hold no numbers: {', '.join(found.left_out)}")
    return (
        Part("items", "Each item by itself", found.items()),
        Part("normality", "All items together", found.table()),
    )
