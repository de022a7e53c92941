"""rantau validity: are the constructs told apart?"""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, MaybeModel, Out, SurveyFile, read_data
from rantau.cli.show import show_frame
from rantau.options import choose


def validity(
    data: DataFile,
    survey: SurveyFile = None,
    model: MaybeModel = None,
    show: Annotated[str, typer.Option(help="htmt, fornell_larcker or cross_loadings.")] = "htmt",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """HTMT, the Fornell-Larcker table, or cross-loadings."""
    tables = ("htmt", "fornell_larcker", "cross_loadings")
    choose("show", show, tables)
    claimed = rt.read_model(model) if model is not None else None
    frame = getattr(rt.validity(read_data(data, survey), claimed), show)
    frame.index.name = "item" if show == "cross_loadings" else "construct"
    show_frame(frame, title=show, out=out, as_json=as_json)
    return 0
