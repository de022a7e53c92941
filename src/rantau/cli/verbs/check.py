"""rantau check: whether everything fits together, before anything is estimated."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

import rantau as rt
from rantau.cli.estimation import account_of, pls_account
from rantau.cli.show import OUT, typed

if TYPE_CHECKING:
    from rantau.analyse import Material


def check(plan: Annotated[Path, typer.Argument(help="The study plan (.toml).", show_default=False)]) -> int:
    """Check that a study fits together; nothing is estimated."""
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
