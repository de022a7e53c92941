"""rantau check: does everything fit together, before anything is estimated?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.show import OUT


def check(plan: Annotated[Path, typer.Argument(help="The study plan (.toml).", show_default=False)]) -> int:
    """Read a study's instrument, answers and model and check that they fit together."""
    study = rt.read_study(plan)
    material = rt.check_study(study)
    kept = material.screening.kept
    constructs = len(material.model.constructs)
    OUT.print(f"instrument  {material.survey.file}: {len(material.survey.constructs)} constructs, "
              f"{len(material.survey.items)} items", soft_wrap=True)  # fmt: skip
    OUT.print(f"answers     {material.responses}", soft_wrap=True)
    OUT.print(f"screening   {material.responses.n_obs - kept.n_obs} rows left out, {kept.n_obs} kept")
    OUT.print(f"model       {material.model.source}: {constructs} constructs, {len(material.model.paths)} paths, "
              f"{len(material.model.hypotheses)} hypotheses", soft_wrap=True)  # fmt: skip
    OUT.print("All is in order. Next: rantau run " + str(plan), soft_wrap=True)
    return 0
