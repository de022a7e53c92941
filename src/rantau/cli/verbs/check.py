"""rantau check: whether everything fits together, before anything is estimated."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

import rantau as rt
from rantau.cli.answers import Answers
from rantau.cli.estimation import account_of, pls_account
from rantau.cli.show import ERR, OUT, typed
from rantau.errors import OptionError

if TYPE_CHECKING:
    from rantau.analyse import Material
    from rantau.model.against_survey import SurveyCheck


def check(
    plan: Annotated[Path, typer.Argument(help="The study plan or the instrument (.toml).", show_default=False)],
    model: Annotated[
        Path | None,
        typer.Option("--model", "-m", help="A model (.sem) to hold an instrument against.", show_default=False),
    ] = None,
    data: Annotated[
        Answers | None, typer.Option("--data", "-d", help="Answers to hold an instrument against.", show_default=False)
    ] = None,
) -> int:
    """Check a study or an instrument; nothing is estimated."""
    if _holds_instrument(plan):
        return _check_instrument(plan, model, data)
    if model is not None or data is not None:
        raise OptionError(
            f"{plan}: a study plan names its model and data itself, and in [data] how they are read; --model and "
            "--data go with an instrument."
        )
    # What is wrong with a plan is mended in the plan, which has no options.
    ERR.switches = {}
    material = rt.check_study(plan)
    for name, text in _account(material):
        OUT.print(f"{name:12s} {text}", soft_wrap=True, markup=False)
    for each in material.model.hypotheses:
        claim = f"{each.rhs} -> {each.lhs}" if each.op == "~" else f"{each.lhs} := {each.rhs}"
        OUT.print(
            f"  {each.name:4s} {f'({each.sign})' if each.sign else 'open':5s} {claim}", soft_wrap=True, markup=False
        )
    for remark in material.remarks:
        OUT.print(f"[yellow]Look at this first[/yellow]: {escape(remark.text)}", soft_wrap=True)
    order = "It fits together, but for what is said above." if material.remarks else "All is in order."
    OUT.print(f"{order} Next:  rantau run {typed(plan)}", soft_wrap=True, markup=False)
    return 0


def _holds_instrument(file: Path) -> bool:
    """Say whether a file is an instrument: only such a file has constructs, and only a plan names a survey."""
    try:
        keys = tomllib.loads(file.read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        # What is wrong is told better by who reads it whole.
        return file.name == "instrument.toml"
    return "survey" not in keys and any(key in keys for key in ("constructs", "scales", "languages"))


def _check_instrument(file: Path, model: Path | None, data: Answers | None) -> int:
    """Check an instrument alone, against a model, against answers."""
    survey = rt.read_survey(file)
    found = rt.check_survey(survey, model=model, data=None if data is None else data.responses(survey))
    for name, text in _instrument(found):
        OUT.print(f"{name:12s} {text}", soft_wrap=True, markup=False)
    for remark in found.remarks:
        OUT.print(f"[yellow]Look at this[/yellow]: {escape(remark)}", soft_wrap=True)
    for fault in found.faults:
        OUT.print(f"[red]Does not go together[/red]: {escape(fault)}", soft_wrap=True)
    if found.faults:
        return 2
    order = "It is in order, but for what is said above." if found.remarks else "All is in order."
    # Who has answers needs no form any more.
    then = f"rantau form {typed(file)}" if data is None else f"rantau describe {data.typed} --survey {typed(file)}"
    OUT.print(f"{order} Next:  {then}", soft_wrap=True, markup=False)
    return 0


def _instrument(found: SurveyCheck) -> Iterator[tuple[str, str]]:
    survey, model, responses = found.survey, found.model, found.responses
    higher = len(survey.constructs) - len(survey.measured)
    parts = f" ({higher} of higher order)" if higher else ""
    reversed_items = sum(item.reversed for item in survey.items)
    yield (
        "Instrument",
        f"{survey.file}: {len(survey.constructs)} constructs{parts}, {len(survey.items)} items ({reversed_items} "
        f"reversed), in {', '.join(survey.languages)}",
    )
    if survey.attention_checks or survey.demographics:
        checks, others = len(survey.attention_checks), len(survey.demographics)
        yield "Besides", f"attention checks: {checks}, questions on the respondent: {others}"
    for scale in survey.scales:
        labels = scale.label_set(survey.languages[0])
        told = f": {labels[0]} ... {labels[-1]}" if labels else ", without labels"
        yield "Scale", f"{scale.name}, {scale.minimum} to {scale.maximum}{told}"
    if model is not None:
        yield "Model", f"{model.source}: {len(model.constructs)} constructs, {len(model.paths)} paths"
    if responses is not None:
        missing = sum(change.cells for change in responses.log if "missing" in change.action)
        yield "Answers", f"{responses.source}: {responses.n_obs} rows, {missing} missing answers"


def _account(material: Material) -> tuple[tuple[str, str], ...]:
    study, survey, model, responses = material.study, material.survey, material.model, material.responses
    missing = sum(change.cells for change in responses.log if "missing" in change.action)
    kept = material.screening.kept.n_obs
    answers = f"{responses.n_obs} rows, {missing} missing answers"
    if responses.simulated:
        answers = f"{answers}: SIMULATED from {study.answers}, seed {study.seed}"
    else:
        answers = f"{study.answers}: {answers}"
    return (
        ("Instrument", f"{study.survey}: {len(survey.constructs)} constructs, {len(survey.items)} items"),
        ("Answers", answers),
        ("Screening", f"{responses.n_obs - kept} rows left out, {kept} kept"),
        ("Model", f"{study.model}: {len(model.constructs)} constructs, {len(model.paths)} paths, "
                  f"{len(model.hypotheses)} hypotheses"),
        *_engines(material),
        ("Output", f"{study.output}/"),
    )  # fmt: skip


def _engines(material: Material) -> Iterator[tuple[str, str]]:
    """Yield a line for each engine: how it will estimate, and from which rows."""
    study, rows, model = material.study, material.rows, material.model
    if rows is not None:
        read = material.screening.kept.n_obs
        request = study.covariance.of(model)
        yield from zip(("Covariance", "  rows"), account_of(request, rows.values, read), strict=True)
    if "pls" in study.engines:
        yield "PLS", f"{pls_account(study.pls, model)}; {study.draws} bootstrap draws"
