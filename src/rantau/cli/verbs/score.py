"""rantau score: one score per respondent and construct."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import rantau as rt
from rantau.cli.answers import Answers
from rantau.cli.inputs import DataFile, Json, MaybeModel, Ordered, Out, SurveyFile, named_items, read_data
from rantau.cli.pairs import numbers_of, pairs_of
from rantau.cli.show import show_frame, show_problems
from rantau.errors import OptionError
from rantau.survey.scoring import FACTOR_METHODS


def score(
    data: DataFile,
    survey: SurveyFile = None,
    key: Annotated[
        list[str] | None,
        typer.Option(help="Without an instrument: DE=de1,de2,-de3, a minus before what is reversed; may be repeated."),
    ] = None,
    scale: Annotated[str, typer.Option(help="With --key: the lowest and the highest answer, such as 1,5.")] = "",
    missing: Annotated[str, typer.Option(help="With --key: numbers that mean no answer, such as -99.")] = "",
    method: Annotated[
        str,
        typer.Option(
            help="mean, sum, prorated_sum; with --model factor scores: regression or bartlett; with --ordered too: "
            "map, eap or ml."
        ),
    ] = "mean",
    minimum_answered: Annotated[
        float | None,
        typer.Option(help="The share of a construct's items that must be answered, 0 to 1; half unless given."),
    ] = None,
    model: MaybeModel = None,
    ordered: Ordered = None,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """One score per respondent and construct."""
    status = 0
    if ordered and method not in FACTOR_METHODS:
        raise OptionError(f"--ordered is of factor scores: --method {', '.join(FACTOR_METHODS[2:])}, with --model.")
    _refuse_unused(method, key, scale, missing, minimum_answered, model)
    if method in FACTOR_METHODS:
        frame, lines, status = _by_fit(data, survey, model, method, named_items(ordered))
    elif key:
        if survey is not None:
            raise OptionError("give either --survey, which says which items belong together, or --key.")
        frame, lines = _by_keys(data, key, scale, missing, method=method, minimum_answered=minimum_answered)
    else:
        if survey is None:
            raise OptionError(
                "`rantau score` must know which items belong together: add --survey surveys/<name>/instrument.toml, or "
                "for a file of numbers --key DE=de1,de2,-de3 --scale 1,5."
            )
        responses = read_data(data, survey)
        frame = rt.score(responses, method=method, minimum_answered=minimum_answered)
        lines = responses.rows
    frame = frame.reset_index(drop=True)
    frame.insert(0, "line", lines)
    show_frame(frame, title=f"Scores ({method}), by line of the file", out=out, as_json=as_json)
    return status


def _refuse_unused(
    method: str, key: list[str] | None, scale: str, missing: str, minimum_answered: float | None, model: Path | None
) -> None:
    """Refuse options that would say nothing."""
    if method in FACTOR_METHODS:
        given = {"--key": key, "--minimum-answered": minimum_answered is not None}
        for option in (name for name, there in given.items() if there):
            raise OptionError(f"{option} is of means and sums; leave it out with --method {method}.")
    elif model is not None:
        raise OptionError(f"--model is of factor scores: --method {', '.join(FACTOR_METHODS)}; or leave it out.")
    for option in (name for name, there in (("--scale", scale), ("--missing", missing)) if there and not key):
        raise OptionError(f"{option} is of --key; an instrument (--survey) says it itself. Leave it out.")


def _by_keys(
    data: Answers, key: list[str], scale: str, missing: str, *, method: str, minimum_answered: float | None
) -> tuple[Any, Any]:
    """Score a file of numbers without an instrument."""
    keys = {name: entries.split(",") for name, entries in pairs_of("--key", key, "DE=de1,de2,-de3").items()}
    bounds = numbers_of("--scale", scale, "1,5", many=2) if scale else None
    codes = [entry.strip().removeprefix("-") for entries in keys.values() for entry in entries]
    table = data.table()
    answers = data.table([code for code in dict.fromkeys(codes) if code in table.columns])
    frame = rt.score(
        answers,
        {name: [entry.strip() for entry in entries] for name, entries in keys.items()},
        scale=None if bounds is None else (bounds[0], bounds[1]),
        missing=numbers_of("--missing", missing, "-99") if missing else (),
        method=method,
        minimum_answered=minimum_answered,
    )
    return frame, answers.attrs["lines"]


def _by_fit(
    data: Answers, survey: Path | None, model: Path | None, method: str, ordered: tuple[str, ...] | bool
) -> tuple[Any, Any, int]:
    """Score by the measurement part of a model."""
    if model is None:
        raise OptionError(f"--method {method} weighs items as a factor model does: add --model models/<name>.sem.")
    claimed = rt.read_model(model)
    answers = read_data(data, survey, claimed)
    fit = rt.cfa(claimed, answers, ordered=ordered)
    frame = rt.score(answers, fit=fit, method=method)
    lines = answers.rows if isinstance(answers, rt.Responses) else answers.attrs["lines"]
    return frame, lines, show_problems(fit.problems)
