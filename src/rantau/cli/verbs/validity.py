"""rantau validity: whether the constructs are told apart."""

from __future__ import annotations

from typing import Annotated

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Json, MaybeModel, Out, SurveyFile, need_blocks, read_data
from rantau.cli.show import show_frame
from rantau.options import choose

#: What can be shown, with its title and what stands in its rows.
TABLES = {
    "htmt": ("Heterotrait-monotrait ratios", "construct"),
    "fornell_larcker": ("Correlations, with the square root of AVE on the diagonal", "construct"),
    "cross_loadings": ("Cross-loadings", "item"),
}


def validity(
    data: DataFile,
    survey: SurveyFile = None,
    model: MaybeModel = None,
    show: Annotated[str, typer.Option(help="htmt, fornell_larcker or cross_loadings.")] = "htmt",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Discriminant validity: HTMT, Fornell-Larcker, cross-loadings."""
    choose("table to show", show, TABLES)
    need_blocks(survey, model, "validity")
    claimed = rt.read_model(model) if model is not None else None
    title, rows = TABLES[show]
    frame = getattr(rt.validity(read_data(data, survey, claimed), claimed), show)
    show_frame(frame.rename_axis(index=rows, columns=None), title=title, out=out, as_json=as_json)
    return 0
