"""read_study(): a plan is read from its file and checked."""

from __future__ import annotations

import os
from pathlib import Path

from rantau.errors import OptionError, StudyError, unknown
from rantau.model.syntax import parse_model
from rantau.moments.compute import MISSING
from rantau.pls.higher_order import ALIASES as ORDER_ALIASES
from rantau.pls.higher_order import METHODS as ORDERS
from rantau.pls.inner_schemes import ROWS as SCHEMES
from rantau.pls.interaction import METHODS as INTERACTIONS
from rantau.report.styles import read_style
from rantau.study.beyond import options_beyond
from rantau.study.options import CovarianceOptions, ScreenOptions
from rantau.study.plan_file import ENGINES, Plan
from rantau.study.study import Study
from rantau.survey import Wording
from rantau.survey.screen import ALL, RULES, USUAL, check_used, limits_of
from rantau.toml_file import read_toml


def read_study(path: str | Path) -> Study:
    """Read a study plan.

    Parameters
    ----------
    path
        A TOML file; the paths in it are relative to it.

    Returns
    -------
    Study
        Checked against the names of rules, engines, styles and languages; the files it names are read later.

    Raises
    ------
    StudyError
        Naming file, table and key, what was got and what is allowed.

    Examples
    --------
    >>> read_study("analysis/mobile.toml").draws
    10000
    """
    plan = read_toml(path, Plan, what="study plan", error=StudyError)
    file = Path(path)
    style = str(_beside(file.parent, plan.report.style)) if plan.report.style.endswith(".toml") else plan.report.style
    _check_data(path, plan)
    _check_names(path, plan, style)
    _check_engines(path, plan)
    _check_screen(path, plan.screen)
    _check_numbers(path, plan)
    _check_places(path, plan)
    folder = file.parent
    return Study(
        title=Wording(tuple(plan.title.items())),
        survey=_beside(folder, plan.survey),
        model=_beside(folder, plan.model),
        output=_beside(folder, plan.output),
        answers=_beside(folder, plan.data.responses or plan.data.simulate),
        data=plan.data,
        seed=plan.seed,
        screen=plan.screen,
        engines=tuple(dict.fromkeys(plan.engines)),
        covariance=_covariance_options(path, plan.covariance),
        pls=plan.pls,
        draws=plan.bootstrap.draws,
        level=plan.bootstrap.level,
        workers=plan.bootstrap.workers,
        style=style,
        language=plan.report.language,
        file=file,
        bias=plan.bias,
        **options_beyond(path, plan),
    )


def _check_data(path: str | Path, plan: Plan) -> None:
    """Refuse a plan that does not say where answers come from, or says it twice."""
    data = plan.data
    if bool(data.responses) == bool(data.simulate):
        got = "both" if data.responses else "neither"
        raise StudyError(
            f"{path}: [data]: got {got} of `responses` (a file of answers) and `simulate` (a file of population "
            "values, with `n`); give one of them."
        )
    if data.simulate and data.n < 2:
        told = f"is {data.n}" if "n" in data.model_fields_set else "is missing"
        raise StudyError(f"{path}: [data]: `n`, the number of answers to simulate, {told}; give at least 2.")
    if data.responses and "n" in data.model_fields_set:
        raise StudyError(f"{path}: [data]: `n` belongs to `simulate`; of `responses` every row is read. Leave it out.")
    reading = next((key for key in data.reading if key in data.model_fields_set), "")
    if data.simulate and reading:
        raise StudyError(f"{path}: [data]: `{reading}` is of a file of answers, and these are simulated. Leave it out.")
    if data.simulate and "source" in data.model_fields_set:
        raise StudyError(f"{path}: [data]: `source` is of a file of answers, and these are simulated. Leave it out.")
    named = list(data.source.values()) if isinstance(data.source, dict) else [data.source]
    if "source" in data.model_fields_set and not (named and all(text.strip() for text in named)):
        raise StudyError(
            f'{path}: [data]: `source` is empty; write source = "Author (year)", or {{ en = "...", id = "..." }}, or '
            "leave it out where the data are your own."
        )
    for key, value in (("survey", plan.survey), ("model", plan.model), ("output", plan.output)):
        if not value.strip():
            raise StudyError(f"{path}: top of the file: `{key}` is empty; give a path relative to this file.")


def _check_names(path: str | Path, plan: Plan, style: str) -> None:
    """Refuse a name that is not known, with the table it stands in and the nearest one."""
    if not plan.engines:
        raise StudyError(f"{path}: top of the file: `engines` is empty. Allowed: {', '.join(ENGINES)}.")
    if not any(text.strip() for text in plan.title.values()):
        raise StudyError(f'{path}: top of the file: `title` is empty; write title = {{ en = "..." }}.')
    schemes = [row.name for row in SCHEMES]
    for where, key, names, allowed in (
        ("top of the file", "engine", plan.engines, ENGINES),
        ("[screen]", "rule", plan.screen.rules or (), (*RULES, ALL)),
        ("[screen]", "rule to exclude by", plan.screen.exclude, _applied(plan.screen)),
        ("[pls]", "scheme", [plan.pls.scheme], schemes),
        ("[pls]", "missing", [plan.pls.missing], (*MISSING, "casewise")),
        ("[pls]", "interaction", [plan.pls.interaction], INTERACTIONS),
        ("[pls]", "higher_order", [plan.pls.higher_order], (*ORDERS, *ORDER_ALIASES)),
    ):
        for name in names:
            if name not in allowed:
                raise StudyError(f"{path}: {unknown(key, name, allowed, where=where)}")
    try:
        read_style(style, plan.report.language)
    except OptionError as fault:
        raise StudyError(f"{path}: [report]: {fault}") from fault


def _check_engines(path: str | Path, plan: Plan) -> None:
    """Refuse what is said to an engine that is not asked: nobody would read it."""
    for engine in ENGINES:
        if engine in plan.model_fields_set and engine not in plan.engines:
            both = ", ".join(f'"{one}"' for one in ENGINES)
            raise StudyError(
                f"{path}: [{engine}] is of an engine that `engines` does not name. Leave the table out, or add it: "
                f"engines = [{both}]."
            )
    told = next((key for key in ("draws", "workers") if key in plan.bootstrap.model_fields_set), "")
    if told and "pls" not in plan.engines:
        raise StudyError(
            f"{path}: [bootstrap]: `{told}` is of the bootstrap of PLS, and `engines` does not name it. Leave it out; "
            "`level` counts for the covariance engine as well."
        )


def _applied(screen: ScreenOptions) -> tuple[str, ...]:
    """Return the rules by which rows may be left out."""
    if screen.rules is None:
        return USUAL
    return RULES if ALL in screen.rules else screen.rules


def _check_screen(path: str | Path, screen: ScreenOptions) -> None:
    """Refuse limits that no rule has or none is applied with, and a count of flags that cannot be."""
    try:
        limits_of(screen.limits)
    except OptionError as fault:
        raise StudyError(f"{path}: [screen.limits]: {fault}") from fault
    try:
        check_used(_applied(screen), limits=screen.limits, duration=screen.duration, attention=screen.attention)
    except OptionError as fault:
        raise StudyError(f"{path}: [screen]: {fault}") from fault
    if screen.flags_to_exclude < 0:
        raise StudyError(
            f"{path}: [screen]: `flags_to_exclude` is {screen.flags_to_exclude}; give 0 for never, or a number of "
            "flags."
        )


def _covariance_options(path: str | Path, table: CovarianceOptions) -> CovarianceOptions:
    """Name the estimator, and refuse options that the engine refuses whatever the model."""
    if (table.group_equal or table.group_partial) and not table.group:
        raise StudyError(
            f"{path}: [covariance]: `group_equal` and `group_partial` are of groups; name their column: group = "
            '"gender".'
        )
    options = table.replace(estimator=table.estimator or ("WLSMV" if table.ordered else "ML"))
    try:
        # Of which items the answers are ordered is held against the model itself.
        options.of_all_rows.replace(ordered=bool(table.ordered)).of(parse_model("outcome ~ predictor"))
    except OptionError as fault:
        raise StudyError(f"{path}: [covariance]: {fault}") from fault
    return options


def _check_numbers(path: str | Path, plan: Plan) -> None:
    """Refuse a number outside the range in which it means something."""
    if not 0 < plan.bootstrap.level < 1:
        raise StudyError(f"{path}: [bootstrap]: `level` is {plan.bootstrap.level}; it lies between 0 and 1, as 0.95.")
    for where, key, value, least in (
        ("top of the file", "seed", plan.seed, 0),
        ("[bootstrap]", "draws", plan.bootstrap.draws, 2),
        ("[bootstrap]", "workers", plan.bootstrap.workers, 1),
    ):
        if value < least:
            raise StudyError(f"{path}: {where}: `{key}` is {value}; it must be at least {least}.")


def as_study(study: Study | str | Path) -> Study:
    """Return a study; the path of a plan is read first."""
    return study if isinstance(study, Study) else read_study(study)


def _beside(folder: Path, name: str) -> Path:
    """Return a path of the plan as seen from here, without `..` where it can be had."""
    return Path(os.path.normpath(folder / name))


def _check_places(path: str | Path, plan: Plan) -> None:
    """Say of a file that is not beside the plan, but is where the command runs, that paths count from the plan."""
    folder = Path(path).parent
    for key, name in (
        ("survey", plan.survey),
        ("model", plan.model),
        ("[data] responses", plan.data.responses),
        ("[data] simulate", plan.data.simulate),
    ):
        if name and not (folder / name).exists() and Path(name).exists():
            right = Path(os.path.relpath(name, folder)).as_posix()
            raise StudyError(
                f'{path}: `{key}` is "{name}": paths in a plan count from the plan\'s own folder. Write "{right}".'
            )
