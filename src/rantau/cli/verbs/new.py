"""rantau new: a working study to start from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from rantau.cli.show import OUT, typed
from rantau.template import TEMPLATES, copy_study


def new(
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet, or is empty.", show_default=False)],
    template: Annotated[str, typer.Option(help=f"{' or '.join(TEMPLATES)}.")] = TEMPLATES[0],
) -> int:
    """Copy a working study into a folder, to make it your own."""
    plan = copy_study(template, folder)
    for line in (
        f"A working study is in {folder}:",
        f"  surveys/{template}/instrument.toml   what was asked",
        f"  models/{template}.sem                what is claimed",
        f"  analysis/{template}.toml             what to do",
        f"Next:  rantau run {typed(plan)}",
    ):
        OUT.print(line, soft_wrap=True, markup=False)
    return 0
