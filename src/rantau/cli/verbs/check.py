"""rantau check: whether everything fits together, before anything is estimated."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import rantau as rt
from rantau.cli.show import OUT, typed

if TYPE_CHECKING:
    from rantau.study import Material, Study


def check(plan: Annotated[Path, typer.Argument(help="The study plan (.toml).", show_default=False)]) -> int:
    """Check that a study fits together; nothing is estimated."""
    study = rt.read_study(plan)
    material = rt.check_study(study)
    for name, text in _account(study, material):
        OUT.print(f"{name:12s} {text}", soft_wrap=True, markup=False)
    OUT.print(f"All is in order. Next:  rantau run {typed(plan)}", soft_wrap=True, markup=False)
    return 0


def _account(study: Study, material: Material) -> tuple[tuple[str, str], ...]:
    survey, model, responses = material.survey, material.model, material.responses
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
        ("Output", f"{study.output}/"),
    )  # fmt: skip
