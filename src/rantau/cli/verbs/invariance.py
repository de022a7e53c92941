"""rantau invariance: whether constructs are measured alike in groups."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import rantau as rt
from rantau.cli.inputs import DataFile, Estimator, Json, Missing, ModelFile, Out, SurveyFile, named_items, read_data
from rantau.cli.show import Part, show_parts
from rantau.covariance.after_fit.difference_test import METHODS
from rantau.groups.levels import invariance_levels, invariance_table
from rantau.options import choose


def invariance(
    data: DataFile,
    model: ModelFile,
    by: Annotated[str, typer.Option(help="The column that tells groups apart.", show_default=False)],
    survey: SurveyFile = None,
    ordered: Annotated[
        list[str] | None,
        typer.Option(
            help="The items whose answers are ordered categories; repeat it, or put commas; `all` for every item.",
            show_default=False,
        ),
    ] = None,
    partial: Annotated[
        list[str] | None,
        typer.Option(
            help="A parameter that differs all the same, as in --partial 'x3 ~ 1'; may be repeated.",
            show_default=False,
        ),
    ] = None,
    estimator: Estimator = "default",
    missing: Missing = "listwise",
    std_lv: Annotated[
        bool, typer.Option("--std-lv", help="Factor variances are 1, instead of first loadings.")
    ] = False,
    sampling_weights: Annotated[
        str | None,
        typer.Option(help="A column that says how many people each row stands for.", show_default=False),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(help="A column that says which rows belong together, such as a school.", show_default=False),
    ] = None,
    method: Annotated[str, typer.Option(help=f"How differences are tested: {', '.join(METHODS)}.")] = METHODS[0],
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Are constructs measured alike in groups? Level by level."""
    choose("method", method, METHODS)
    claimed = rt.read_model(model)
    options: dict[str, Any] = {
        "estimator": estimator, "missing": missing, "std_lv": std_lv, "sampling_weights": sampling_weights,
        "cluster": cluster,
    }  # fmt: skip
    levels = invariance_levels(
        claimed, read_data(data, survey, claimed), by=by, ordered=named_items(ordered),
        partial=tuple(partial or ()), **options,
    )  # fmt: skip
    table = invariance_table(levels, method=method)
    numbers = table.columns.get_loc("against")
    fits, tests = table.iloc[:, :numbers], table.iloc[:, numbers:]
    parts = (
        Part("fit", f"Fit of each level, groups by {by}", fits.dropna(axis="columns", how="all")),
        Part("tests", "Each level against the one before it", tests),
    )
    problems = tuple(
        problem.replace(text=f"{one.name}: {problem.text}") for one in levels for problem in one.fit.problems
    )
    return show_parts(parts, problems=problems, out=out, as_json=as_json)
