"""rantau pls: PLS path modelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

import rantau as rt
from rantau.cli.inputs import (
    DataFile,
    Json,
    ModelFile,
    Ordered,
    Out,
    SurveyFile,
    named_items,
    read_data,
    refuse_idle_pls,
)
from rantau.cli.show import Part, show_parts
from rantau.extras import require

if TYPE_CHECKING:
    import pandas as pd


def pls(
    context: typer.Context,
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    scheme: Annotated[str, typer.Option(help="path, factorial or centroid.")] = "path",
    consistent: Annotated[
        bool, typer.Option("--consistent", help="Correct reflective constructs for unreliability (PLSc).")
    ] = False,
    ordered: Ordered = None,
    missing: Annotated[
        str,
        typer.Option(
            help="mean (of the item in the place of a gap), listwise or casewise (rows left out), or em; of ordered "
            "answers listwise or pairwise. Default: mean; listwise with --ordered."
        ),
    ] = "default",
    weights: Annotated[str | None, typer.Option(help="Column of sampling weights.", show_default=False)] = None,
    interaction: Annotated[
        str, typer.Option(help="How X:M is estimated: two_stage, scores, product_indicator or orthogonal.")
    ] = "two_stage",
    higher_order: Annotated[
        str, typer.Option(help="How constructs of constructs are: disjoint, embedded, repeated or saturated.")
    ] = "disjoint",
    out: Out = None,
    as_json: Json = False,
) -> int:
    """PLS path modelling; `rantau bootstrap` adds intervals."""
    claimed = rt.read_model(model)
    refuse_idle_pls(context, claimed)
    found = rt.pls(
        claimed,
        read_data(data, survey, claimed),
        scheme=scheme,
        consistent=consistent,
        ordered=named_items(ordered),
        missing=missing,
        weights=weights,
        interaction=interaction,
        higher_order=higher_order,
    )
    parts = (
        Part("loadings", f"Loadings, {_rows_of(found)}", found.loadings()),
        Part("weights", "Weights", found.weights()),
        Part("reliability", "Reliability", found.reliability().rename_axis("construct")),
        Part("htmt", "HTMT", found.htmt().rename_axis("construct")),
        Part("fit_indices", "Model fit", _fit_of(found)),
        Part("effects", "Effects", found.effects()),
        Part("r_squared", "Explained variance", found.r_squared().rename_axis("construct")),
        Part("paths", "Paths", found.paths()),
    )
    return show_parts(parts, problems=found.problems, out=out, as_json=as_json)


def _rows_of(found: rt.PlsFit) -> str:
    """Say how many rows entered, and what was made of their answers."""
    left_out = found.entered.size - found.n_obs
    told = f"{found.n_obs} rows" + (f" ({left_out} left out for missing answers)" if left_out else "")
    return f"{told}, polychoric correlations" if found.request.ordered else told


def _fit_of(found: rt.PlsFit) -> pd.DataFrame:
    """Return the fit indices, a column for the saturated model and one for the estimated."""
    columns = {model: found.fit_indices(model) for model in ("saturated", "estimated")}
    return require("pandas").DataFrame(columns).rename_axis("index")  # type: ignore[no-any-return]
