"""rantau new: a study to start from, a working one or one proposed from answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

import rantau as rt
from rantau.cli.answers import Answers
from rantau.cli.inputs import refuse_idle
from rantau.cli.show import OUT, typed
from rantau.errors import OptionError
from rantau.survey.proposal import summary
from rantau.template import TEMPLATES, check_folder, copy_study, write_proposal

if TYPE_CHECKING:
    from rantau.survey.proposal import Proposal


def new(
    context: typer.Context,
    folder: Annotated[Path, typer.Argument(help="A folder that does not exist yet, or is empty.", show_default=False)],
    template: Annotated[str, typer.Option(help=f"{' or '.join(TEMPLATES)}.")] = TEMPLATES[0],
    answers: Annotated[
        Answers | None,
        typer.Option("--from", help="Answers of your own: an instrument is proposed from them.", show_default=False),
    ] = None,
    decide: Annotated[
        list[str] | None,
        typer.Option(
            help="With --from: a scale that the answers do not show, as in --decide TR=points1to7; may be repeated.",
            show_default=False,
        ),
    ] = None,
) -> int:
    """Start a study: a copy of a working one, or from your answers."""
    if answers is not None:
        refuse_idle(context, "copies a study, and --from begins one of your own", "template")
        refuse_idle(context, "is of an instrument's questions, and --from takes the names in the file", "columns")
        return _propose(answers, folder, decide or [])
    if decide:
        raise OptionError("--decide goes with --from: it settles what answers do not show.")
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


def _propose(answers: Answers, folder: Path, decide: list[str]) -> int:
    """Propose an instrument, ask about what is unclear, and write it."""
    check_folder(folder)
    proposal = _asked(rt.propose_survey(answers.path, decide=_pairs(decide), **answers.way))
    instrument = write_proposal(proposal, answers.path, folder, reading=answers.way)
    data = answers.replace(path=next(instrument.parent.glob("responses*")))
    for line in summary(proposal):
        OUT.print(line, soft_wrap=True, markup=False)
    for doubt in proposal.doubts:
        OUT.print(f"To decide:  {doubt}", soft_wrap=True, markup=False)
    OUT.print(
        f"Proposed in {instrument}: look at every line marked GUESS, DECIDE or WRITE.", soft_wrap=True, markup=False
    )
    OUT.print(f"Next:  rantau check {typed(instrument)} --data {data.typed}", soft_wrap=True, markup=False)
    plan = folder / "analysis" / f"{instrument.parent.name}.toml"
    OUT.print(f"Then:  rantau run {typed(plan)}", soft_wrap=True, markup=False)
    return 0


def _pairs(decide: list[str]) -> dict[str, str]:
    """Take `TR=points1to7` apart."""
    for each in decide:
        if "=" not in each:
            raise OptionError(f"--decide {each}: write the construct and its scale, as in --decide TR=points1to7.")
    return {name.strip(): scale.strip() for name, _, scale in (each.partition("=") for each in decide)}


def _asked(proposal: Proposal) -> Proposal:
    """Ask at a terminal about what the answers do not show; elsewhere it stays marked in the file."""
    if not sys.stdin.isatty():
        return proposal
    for doubt in proposal.doubts:
        OUT.print(f"{doubt.about}: {doubt.text}", soft_wrap=True, markup=False)
        choices = (*doubt.choices, "later")
        answer = ""
        while answer not in choices:
            answer = str(typer.prompt(f"Which scale has {doubt.about}? ({', '.join(choices)})", default="later"))
        if answer != "later":
            proposal = proposal.decided(doubt.about, answer)
    return proposal
