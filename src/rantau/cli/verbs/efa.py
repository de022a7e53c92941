"""rantau efa: factors behind items of which nothing is claimed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

import rantau as rt
from rantau.cli.fitted import short_fit, title_of
from rantau.cli.inputs import (
    DataFile,
    Estimator,
    Json,
    Level,
    Missing,
    Out,
    Seed,
    SurveyFile,
    named_items,
    read_data,
    refuse_idle,
)
from rantau.cli.show import Part, say, show_parts
from rantau.covariance.rotations import ROWS

if TYPE_CHECKING:
    import pandas as pd


def efa(
    context: typer.Context,
    data: DataFile,
    survey: SurveyFile = None,
    factors: Annotated[
        int | None,
        typer.Option(
            "--factors", "-k", help="How many. Default: as many as parallel analysis finds.", show_default=False
        ),
    ] = None,
    items: Annotated[
        list[str] | None,
        typer.Option(
            "--items",
            help="Columns to take, repeated or with commas. Default: the instrument's items, or every column of "
            "numbers.",
            show_default=False,
        ),
    ] = None,
    rotation: Annotated[
        str, typer.Option(help=f"One of: {', '.join(row.name for row in ROWS if row.name != 'target')}.")
    ] = "geomin",
    orthogonal: Annotated[
        bool, typer.Option("--orthogonal", help="Keep factors uncorrelated, where the rotation would not.")
    ] = False,
    starts: Annotated[int, typer.Option(help="Random starts of the rotation.")] = 30,
    seed: Seed = 1,
    ordered: Annotated[
        list[str] | None,
        typer.Option(
            help="The items whose answers are ordered categories; repeat it, or put commas; `all` for every item.",
            show_default=False,
        ),
    ] = None,
    estimator: Estimator = "default",
    missing: Missing = "listwise",
    group: Annotated[
        str | None, typer.Option(help="A column of groups; each is fitted by itself.", show_default=False)
    ] = None,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Exploratory factors: how many, rotated loadings, errors."""
    if factors == 1:
        refuse_idle(context, "turns factors, and one cannot be turned", "rotation", "orthogonal", "starts")
    answers = read_data(data, survey)
    chosen = tuple(part.strip() for value in items or () for part in value.split(",") if part.strip())
    turn = rt.Rotation(rotation, orthogonal=True if orthogonal else None, starts=starts, seed=seed)
    suited = rt.factorability(answers, items=chosen or None)
    parallel = rt.parallel_analysis(answers, items=chosen or None, draws=200, seed=seed)
    wanted = factors
    if wanted is None:
        wanted = max(parallel.n_factors, 1)
        say(f"{parallel}: --factors {wanted} is taken")
    found = rt.efa(
        answers, wanted, items=chosen, rotation=turn, estimator=estimator, missing=missing, group=group,
        ordered=named_items(ordered),
    )  # fmt: skip
    parts = [
        Part("kmo", str(suited), suited.frame().rename_axis("item")),
        Part("parallel", str(parallel), parallel.frame()),
        Part("fit", title_of(found.fit), short_fit(found.fit)),
    ]
    if wanted > 1:
        parts.append(Part("factor_correlations", "Factor correlations", _named(found.factor_correlations(), "factor")))
        parts.append(Part("structure", "Structure: items with factors", _named(found.structure(), "item")))
    parts.append(Part("communalities", "Communalities", _named(found.communalities(level=level), "item")))
    parts.append(Part("errors", "Standard errors of loadings", _named(found.loadings("se"), "item")))
    loadings = found.loadings().join(found.communalities()["est"].rename("communality"))
    parts.append(Part("loadings", f"Loadings, {turn.name} rotation", _named(loadings, "item")))
    if out is None and not as_json:
        parts = [part for part in parts if part.name not in ("kmo", "structure", "communalities", "errors")]
        say(str(suited))
    return show_parts(tuple(parts), problems=found.problems, out=out, as_json=as_json)


def _named(frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """Give the rows a name, by which they are shown; groups have theirs."""
    return frame.rename_axis([*frame.index.names[:-1], name]).reset_index()
