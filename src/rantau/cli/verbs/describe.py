"""rantau describe: how each item was answered."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, Out, SurveyFile, need_survey, read_data, refuse_idle, to_write
from rantau.cli.show import Part, say, show_frame, show_parts
from rantau.errors import EstimationError
from rantau.options import choose

#: What can be described.
SHOWN = ("items", "answers", "profile", "correlations", "polychoric", "missing", "normality")
PICTURES = (".svg", ".png", ".pdf", ".tiff", ".tif", ".eps")


def describe(
    context: typer.Context,
    data: DataFile,
    survey: SurveyFile = None,
    show: Annotated[
        str,
        typer.Option(
            help="items; answers: how often each was given; profile: who answered; correlations; polychoric: "
            "correlations of what lies behind ordered answers; missing: which answers are missing together, with "
            "Little's test; normality: Mardia's and Henze and Zirkler's tests."
        ),
    ] = "items",
    of: Annotated[
        str, typer.Option(help="Correlations of items, or of the scores of constructs: items or scores.")
    ] = "items",
    figure: Annotated[
        Path | None,
        typer.Option(
            "--draw",
            help=f"Draw how the items were answered: {', '.join(PICTURES)}.",
            show_default=False,
            callback=to_write(*PICTURES),
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="Of the profile and the figure; the instrument's first.")] = "",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Describe every item: mean, spread, shape, ends, gaps."""
    choose("show", show, SHOWN)
    if show != "correlations":
        refuse_idle(context, "is of --show correlations", "of")
    if show != "profile" and figure is None:
        refuse_idle(context, "is of --show profile and of --draw", "language")
    if figure is not None or show in _TITLES:
        need_survey(survey, "describe")
    answers = read_data(data, survey)
    if figure is not None:
        _draw(answers, figure, language)
    if show in _TITLES:
        show_frame(_frame(answers, show, language), title=_TITLES[show], out=out, as_json=as_json)
        return 0
    if show == "correlations":
        parts = _correlations(answers, of)
        return show_parts(parts if as_json or out is not None else parts[-1:], out=out, as_json=as_json)
    if show == "polychoric":
        return show_parts(_polychoric(answers), out=out, as_json=as_json)
    parts = _missing(answers) if show == "missing" else _normality(answers)
    return show_parts(parts, out=out, as_json=as_json)


#: What needs an instrument.
_TITLES = {
    "items": "Items, reverse-coded where the instrument says so",
    "answers": "How often each answer was given, before reverse-coding",
    "profile": "Who answered",
}


def _frame(responses: Any, show: str, language: str) -> Any:  # noqa: ANN401 - Responses, and a data frame
    if show == "items":
        return rt.describe(responses)
    return rt.frequencies(responses) if show == "answers" else _profile(responses, language)


def _draw(responses: Any, figure: Path, language: str) -> None:  # noqa: ANN401 - Responses
    """Write the figures of answers; where there are several, each with its number."""
    pictures = rt.likert(responses, language=language)
    for number, picture in enumerate(pictures, start=1):
        path = figure if len(pictures) == 1 else figure.with_stem(f"{figure.stem}_{number}")
        say(f"picture written to {picture.write(path)}")


def _profile(responses: Any, language: str) -> Any:  # noqa: ANN401 - Responses, and a data frame
    frame = rt.profile(responses, language=language)
    return frame.assign(category=frame["category"].fillna("(no answer)"))


def _correlations(answers: Any, of: str) -> tuple[Part, ...]:  # noqa: ANN401 - Responses, or a data frame
    found = rt.correlations(answers, of=of)
    say(f"{found}; two-sided p of each, not adjusted for their number, with --out or --json")
    p = found.matrix("p")
    p.index.name = "variable"
    return (
        Part("p", "Two-sided p", p),
        Part("correlations", "Means, standard deviations, correlations", found.table()),
    )


def _polychoric(answers: Any) -> tuple[Part, ...]:  # noqa: ANN401 - Responses, or a data frame
    found = rt.polychoric(answers)
    return (
        Part("thresholds", "Thresholds: answers up to `below` lie below them", found.thresholds()),
        Part("correlations", "Polychoric correlations, every answer taken for an ordered category", found.table()),
    )


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
