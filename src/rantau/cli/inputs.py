"""The arguments that several verbs share, declared once."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import rantau as rt
from rantau.errors import ResponseError

DataFile = Annotated[Path, typer.Argument(help="The answers: a CSV file.", show_default=False)]
SurveyFile = Annotated[Path | None, typer.Option("--survey", "-s", help="The instrument (.toml).", show_default=False)]
ModelFile = Annotated[Path, typer.Option("--model", "-m", help="The model file (.sem).", show_default=False)]
MaybeModel = Annotated[Path | None, typer.Option("--model", "-m", help="The model file (.sem).", show_default=False)]
Out = Annotated[Path | None, typer.Option("--out", "-o", help="Write to this .csv or .xlsx.", show_default=False)]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
Level = Annotated[float, typer.Option("--level", help="Of intervals, between 0 and 1.")]
Seed = Annotated[int, typer.Option("--seed", help="The same seed gives the same numbers.")]


def read_data(data: Path, survey: Path | None) -> Any:  # noqa: ANN401 - Responses, or a data frame
    """Read answers against their instrument; without one, a CSV file whose cells are numbers.

    Raises
    ------
    RantauError
        If the file cannot be read or does not fit.
    """
    if survey is not None:
        return rt.read_responses(data, rt.read_survey(survey))
    return rt.read_table(data)


def need_survey(survey: Path | None, verb: str) -> Path:
    """Return the instrument's path, which some verbs cannot do without.

    Raises
    ------
    ResponseError
        If it was not given.
    """
    if survey is None:
        raise ResponseError(f"`rantau {verb}` needs the instrument: add --survey surveys/<name>/instrument.toml.")
    return survey
