"""rantau form: the instrument as a questionnaire that can be fielded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import rantau as rt
from rantau.cli.show import OUT, say, typed
from rantau.cli.write import check_place, check_suffix
from rantau.options import choose
from rantau.survey.forms import ROWS


def form(
    survey: Annotated[Path, typer.Argument(help="The instrument (.toml).", show_default=False)],
    kind: Annotated[str, typer.Option(help=f"{', '.join(row.name for row in ROWS)}.")] = "xlsform",
    language: Annotated[
        list[str] | None,
        typer.Option(help="Only this language; may be repeated, the first is shown first.", show_default=False),
    ] = None,
    required: Annotated[bool, typer.Option("--required", help="Every rated question must be answered.")] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; named after the study.", show_default=False)
    ] = None,
) -> int:
    """Turn an instrument into a form to field or to print."""
    row = {each.name: each for each in ROWS}[choose("kind", kind, [each.name for each in ROWS])]
    instrument = rt.read_survey(survey)
    made = rt.form(instrument, kind, languages=tuple(language or ()) or None, required=required)
    file = out or Path(
        f"{survey.resolve().parent.name if survey.stem == 'instrument' else survey.stem}_{kind}{row.suffix}"
    )
    check_suffix(file, (row.suffix,))
    check_place(file)
    made.write(file)
    for remark in made.remarks:
        say(f"Note: {remark}")
    languages = ", ".join(language or instrument.languages)
    OUT.print(f"{len(instrument.questions)} questions ({languages}) written to {file}", soft_wrap=True, markup=False)
    OUT.print(f"For {row.label}.", soft_wrap=True, markup=False)
    told = "The columns of its answers are the codes of the instrument: they read back as they are exported."
    if kind == "word":
        told = f"Type the answers into the workbook of:  rantau form {typed(survey)} --kind entry"
    OUT.print(told, soft_wrap=True, markup=False)
    return 0
