"""rantau fit: covariance-based SEM, CFA or growth curves."""

from __future__ import annotations

from typing import Annotated, Any

import typer

import rantau as rt
from rantau.cli.fitted import parts_of
from rantau.cli.inputs import (
    DataFile,
    Estimator,
    Json,
    Level,
    Missing,
    ModelFile,
    Ordered,
    Out,
    SurveyFile,
    listed,
    named_items,
    read_data,
)
from rantau.cli.show import show_parts
from rantau.covariance.model_tests import ROWS as TESTS
from rantau.covariance.request import PARAMETERIZATION
from rantau.errors import OptionError
from rantau.model.group_equality import IDENTIFICATION

#: What the other two kinds of model settle by themselves.
NOT_FOR = {"--cfa": ("--fixed-x/--random-x",), "--growth": ("--std-lv", "--meanstructure/--no-meanstructure")}


def fit(
    data: DataFile,
    model: ModelFile,
    survey: SurveyFile = None,
    cfa: Annotated[bool, typer.Option("--cfa", help="The measurement part only: all constructs covary.")] = False,
    growth: Annotated[
        bool,
        typer.Option(
            "--growth",
            help="Growth curves: intercepts of the occasions are 0, and the means of the growth factors are estimated.",
        ),
    ] = False,
    estimator: Estimator = "default",
    ordered: Ordered = None,
    identification: Annotated[
        str,
        typer.Option(
            help=f"Of ordered answers in groups, what is free from the second group on: {' or '.join(IDENTIFICATION)} "
            "(Wu & Estabrook, 2016). `rantau invariance` tests level by level."
        ),
    ] = IDENTIFICATION[0],
    parameterization: Annotated[
        str,
        typer.Option(
            help=f"Of ordered answers: {' or '.join(PARAMETERIZATION)} (what has a variance of 1: the variable behind "
            "an answer, or its residual)."
        ),
    ] = PARAMETERIZATION[0],
    missing: Missing = "listwise",
    group: Annotated[
        str | None,
        typer.Option(
            help="A column of the answers, such as sex or country: the model is fitted in each of its groups.",
            show_default=False,
        ),
    ] = None,
    group_equal: Annotated[
        list[str] | None,
        typer.Option(
            help="What is the same in all groups; repeat it, or put commas: loadings (metric invariance), intercepts "
            "(with them, scalar), thresholds (of ordered answers), residuals (strict), means, regressions, "
            "lv_variances, lv_covariances, residual_covariances.",
            show_default=False,
        ),
    ] = None,
    group_partial: Annotated[
        list[str] | None,
        typer.Option(
            help="A parameter that differs all the same, as in --group-partial 'F =~ x2'; may be repeated.",
            show_default=False,
        ),
    ] = None,
    std_lv: Annotated[
        bool, typer.Option("--std-lv", help="Factor variances are 1, instead of first loadings.")
    ] = False,
    fixed_x: Annotated[
        bool | None,
        typer.Option(
            "--fixed-x/--random-x",
            help="Observed predictors keep the moments of the sample, or have them estimated. Default: fixed, but "
            "with least squares.",
            show_default=False,
        ),
    ] = None,
    meanstructure: Annotated[
        bool | None,
        typer.Option(
            "--meanstructure/--no-meanstructure",
            help="Means are part of the model. Default: where the model, groups or gaps need them.",
            show_default=False,
        ),
    ] = None,
    likelihood: Annotated[
        str,
        typer.Option(
            help="normal (covariances divided by n) or wishart (by n - 1, as least squares does unless told).",
            show_default=False,
        ),
    ] = "default",
    information: Annotated[
        str,
        typer.Option(
            help="What standard errors rest on: expected, observed or first_order. Default: the estimator's own.",
            show_default=False,
        ),
    ] = "default",
    se: Annotated[
        str,
        typer.Option(
            help="Standard errors: standard, robust_sem or robust_huber_white (answers need not be normal), "
            "robust_cluster, first_order, none. Default: the estimator's own. `rantau bootstrap` resamples.",
            show_default=False,
        ),
    ] = "default",
    test: Annotated[
        str,
        typer.Option(
            help=f"The test of the model: {', '.join(row.name for row in TESTS)}, none. Default: the estimator's own.",
            show_default=False,
        ),
    ] = "default",
    sampling_weights: Annotated[
        str | None,
        typer.Option(help="A column that says how many people each row stands for.", show_default=False),
    ] = None,
    cluster: Annotated[
        str | None,
        typer.Option(
            help="A column that says which rows belong together, such as a school; standard errors allow for it.",
            show_default=False,
        ),
    ] = None,
    rotation: Annotated[
        str | None,
        typer.Option(
            help='How the factors of exploratory blocks, `efa("block")*f1 + ...`, are turned (`rantau list '
            "rotations`). Default: geomin.",
            show_default=False,
        ),
    ] = None,
    modification_indices: Annotated[
        bool,
        typer.Option(
            "--modification-indices",
            help="Show what chi-square would lose if one more parameter were free: a hint, no reason to free it.",
        ),
    ] = False,
    residuals: Annotated[
        bool,
        typer.Option("--residuals", help="Show what the model leaves of each correlation, the largest first."),
    ] = False,
    categories: Annotated[
        bool,
        typer.Option(
            "--categories",
            help="Show how many chose each category of each ordered item, and what the model implies (--ordered).",
        ),
    ] = False,
    level: Level = 0.95,
    out: Out = None,
    as_json: Json = False,
) -> int:
    """Covariance-based SEM, CFA or growth curves, in groups too."""
    _refuse(cfa=cfa, growth=growth, fixed_x=fixed_x, std_lv=std_lv, meanstructure=meanstructure)
    options: dict[str, Any] = {
        "estimator": estimator, "missing": missing, "group": group, "group_equal": listed(group_equal),
        "group_partial": tuple(group_partial or ()), "likelihood": likelihood, "information": information,
        "se": se, "test": test, "sampling_weights": sampling_weights, "cluster": cluster,
    }  # fmt: skip
    names = named_items(ordered)
    of_answers = (parameterization, identification) != (PARAMETERIZATION[0], IDENTIFICATION[0])
    if growth and (names or of_answers):
        raise OptionError(
            "--growth follows continuous answers; leave --ordered, --parameterization and --identification out."
        )
    if not growth:
        options |= {
            "std_lv": std_lv, "meanstructure": meanstructure, "rotation": rotation,
            "ordered": names, "parameterization": parameterization,
            "identification": identification,
        }  # fmt: skip
    elif rotation is not None:
        raise OptionError("--rotation has no place with --growth: occasions tell its factors apart. Leave it out.")
    if not cfa:
        options |= {"fixed_x": fixed_x}
    function = rt.growth if growth else rt.cfa if cfa else rt.sem
    claimed = rt.read_model(model)
    found = function(claimed, read_data(data, survey, claimed), **options)
    whole = as_json or out is not None
    parts = parts_of(
        found, level=level, whole=whole, modification=modification_indices, residuals=residuals, categories=categories
    )
    return show_parts(parts, problems=found.problems, out=out, as_json=as_json)


def _refuse(*, cfa: bool, growth: bool, fixed_x: bool | None, std_lv: bool, meanstructure: bool | None) -> None:
    """Refuse options that contradict each other.

    Raises
    ------
    OptionError
        Naming both.
    """
    if cfa and growth:
        raise OptionError("--cfa and --growth are two kinds of model; give one of them.")
    given = {
        "--fixed-x/--random-x": fixed_x is not None,
        "--std-lv": std_lv,
        "--meanstructure/--no-meanstructure": meanstructure is not None,
    }
    for kind, asked in (("--cfa", cfa), ("--growth", growth)):
        for option in NOT_FOR[kind] if asked else ():
            if given[option]:
                why = (
                    "a measurement model has no predictors" if cfa else "a growth curve settles scales and means itself"
                )
                raise OptionError(f"{option} has no place with {kind}: {why}. Leave it out.")
