"""rantau pls: PLS path modelling."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, ModelFile, Out, SurveyFile, read_data
from rantau.cli.show import show_frame, show_problems


def pls(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    scheme: Annotated[str, typer.Option(help="path, factorial or centroid.")] = "path",
    consistent: Annotated[bool, typer.Option("--consistent", help="PLSc.")] = False,
    missing: Annotated[str, typer.Option(help="mean or listwise.")] = "mean",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Fit a model by PLS; `rantau bootstrap` adds intervals."""
    found = rt.pls(rt.read_model(model), read_data(data, survey), scheme=scheme, consistent=consistent, missing=missing)
    if not as_json:
        show_frame(found.loadings(), title="Loadings")
        show_frame(found.r_squared(), title="Explained variance")
    show_frame(found.paths(), title="Paths", out=out, as_json=as_json)
    return show_problems(found.problems)
