"""rantau run: a whole study, from answers to report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.account import account_of
from rantau.cli.show import OUT, Steps


def run(plan: Annotated[Path, typer.Argument(help="The study plan (.toml).", show_default=False)]) -> int:
    """Run a whole study, from answers to Word report."""
    study = rt.read_study(plan)
    with Steps() as steps:
        outcome = rt.run(study, progress=steps)
    for line in account_of(outcome):
        OUT.print(line, soft_wrap=True, markup=True)
    return 0 if outcome.trustworthy else 1
