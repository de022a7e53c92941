"""rantau diagram: the model as a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import ModelFile, SurveyFile, read_data
from rantau.cli.show import ERR, show_problems
from rantau.options import choose


def diagram(
    model: ModelFile,
    out: Annotated[Path, typer.Option("--out", "-o", help=".svg, .png, .pdf, .tiff or .eps.", show_default=False)],
    data: Annotated[Path | None, typer.Option("--data", "-d", help="Answers to estimate from.")] = None,
    survey: SurveyFile = None,
    engine: Annotated[str, typer.Option(help="pls or covariance.")] = "pls",
    content: Annotated[str, typer.Option(help="full or structural.")] = "full",
    direction: Annotated[str, typer.Option(help="right or down.")] = "right",
    language: Annotated[str, typer.Option(help="en or id.")] = "en",
    monochrome: Annotated[bool, typer.Option("--monochrome", help="Black and white.")] = False,
) -> int:
    """Draw the hypotheses, or with --data the estimates."""
    choose("engine", engine, ("pls", "covariance"))
    claimed = rt.read_model(model)
    instrument = rt.read_survey(survey) if survey is not None else None
    common = {
        "survey": instrument, "content": content, "direction": direction, "language": language,
        "monochrome": monochrome,
    }  # fmt: skip
    status = 0
    if data is None:
        picture = rt.diagram(claimed, **common)
    elif engine == "covariance":
        found = rt.sem(claimed, read_data(data, survey))
        picture, status = rt.diagram(found, **common), show_problems(found.problems)
    else:
        fit = rt.pls(claimed, read_data(data, survey))
        picture = rt.diagram(fit, draws=rt.bootstrap(fit, draws=2000), **common)
        status = show_problems(fit.problems)
    picture.write(out)
    ERR.print(f"written to {out}", soft_wrap=True)
    return status
