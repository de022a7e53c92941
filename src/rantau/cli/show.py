"""How results leave the command line: tables to read, a file, or JSON for a program."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.progress import Progress as Bar

from rantau.cli.as_typed import Switch, as_typed
from rantau.cli.grid import grid_of
from rantau.cli.write import write_frame, write_sheets
from rantau.extras import require
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from rantau.fit import Problem
    from rantau.options import Progress


#: What the shells of all systems leave as it is are letters, digits and these.
_SHELL = re.compile(r"[^\w@%+=:,./\\-]")


class _Printer(Console):
    """A console that leaves it to the caller what a closed pipe means.

    Attributes
    ----------
    switches
        The options of the verb that runs, as which the words of the library are said to who types.
    """

    switches: Mapping[str, Switch] = MappingProxyType({})

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


#: Results go to standard output; what is said about them to standard error.
OUT = _Printer(highlight=False, emoji=False)
ERR = _Printer(stderr=True, highlight=False, emoji=False)


class Part(Record):
    """One table of a result.

    Attributes
    ----------
    name
        Its key in JSON and its sheet in a workbook.
    title
        Above it where people read.
    frame
        Unrounded; an index without a name is not shown.
    """

    name: str
    title: str
    frame: pd.DataFrame

    @property
    def plain(self) -> pd.DataFrame:
        """The table with its index as a column."""
        return self.frame.reset_index() if self.frame.index.name else self.frame


def show_frame(frame: pd.DataFrame, *, title: str = "", out: Path | None = None, as_json: bool = False) -> None:
    """Print one table, or write it where the user says.

    Parameters
    ----------
    frame
        What to show, unrounded.
    title
        Above the table where people read.
    out
        A `.csv` or `.xlsx` file to write; numbers are not rounded.
    as_json
        Print JSON, a list with one object per row.
    """
    part = Part("table", title, frame)
    if out is not None:
        write_frame(part.plain, out)
        say(f"{len(frame)} rows written to {out}")
    if as_json:
        _print_json(_records(part.plain))
    elif out is None:
        _print_part(part)


def show_parts(
    parts: tuple[Part, ...],
    *,
    problems: tuple[Problem, ...] | None = None,
    out: Path | None = None,
    as_json: bool = False,
) -> int:
    """Print the tables of a result, or write them where the user says.

    Parameters
    ----------
    parts
        The one that matters most last, where a reader's eye is when the command ends; a `.csv` holds that one.
    problems
        Of the fit that the tables are from, which go wherever the tables go; None where there is no fit.
    out
        A `.csv` file of the last table, or an `.xlsx` file with a sheet for each.
    as_json
        Print JSON, an object with a list of rows for each.

    Returns
    -------
    int
        The exit status: 1 where a problem is an error.
    """
    faulty = any(problem.severity == "error" for problem in problems or ())
    if problems is not None and (problems or as_json) and (as_json or out is not None):
        parts = (_part_of(problems), *parts)
    if out is not None:
        if out.suffix.lower() == ".csv":
            write_frame(parts[-1].plain, out)
            left = ", ".join(part.name for part in parts[:-1])
            say(f"{parts[-1].name} written to {out}; an .xlsx would hold {left} too")
        else:
            write_sheets({part.name: part.plain for part in parts}, out)
            say(f"{', '.join(part.name for part in parts)} written to {out}")
    if as_json:
        _print_json({part.name: _records(part.plain) for part in parts})
    elif out is None:
        if faulty:
            OUT.print("NOT TO BE TRUSTED: the errors below say why.\n", style="bold red", soft_wrap=True)
        for number, part in enumerate(parts):
            if number:
                OUT.print()
            _print_part(part)
    return show_problems(problems or ())


def _part_of(problems: tuple[Problem, ...]) -> Part:
    rows = [(problem.severity, problem.code, problem.text) for problem in problems]
    return Part("problems", "Problems", require("pandas").DataFrame(rows, columns=["severity", "code", "text"]))


def show_problems(problems: tuple[Problem, ...]) -> int:
    """Print the problems of a fit and return the exit status: 1 where one is an error."""
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        text = escape(as_typed(problem.text, ERR.switches))
        ERR.print(f"[{colour}]{problem.severity}[/{colour}]: {text}", soft_wrap=True)
    return int(any(problem.severity == "error" for problem in problems))


def say(text: str) -> None:
    """Print a line to standard error, with options as they are typed."""
    ERR.print(as_typed(text, ERR.switches), soft_wrap=True, markup=False)


def typed(word: Path | str) -> str:
    """Return a path or a value as it is typed in a command: in quotes where a shell would take a sign for its own."""
    return f'"{word}"' if _SHELL.search(str(word)) else str(word)


class Steps:
    """A progress bar on a terminal, and nothing in a pipe."""

    def __init__(self) -> None:
        self.bar = Bar(console=ERR, transient=True, disable=not ERR.is_terminal)
        self.tasks: dict[str, Any] = {}

    def __enter__(self) -> Steps:
        self.bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.bar.stop()

    def __call__(self, step: str, done: int, every: int) -> None:
        """Move the bar of one step; of one that is done in a piece it can only be seen that it goes on."""
        if step not in self.tasks:
            self.tasks[step] = self.bar.add_task(step)
        self.bar.update(self.tasks[step], completed=done, total=None if (done, every) == (0, 1) else every)

    def of(self, step: str) -> Progress:
        """Return what moves the bar of one step, as functions of the library take it."""
        return partial(self, step)


def _print_part(part: Part) -> None:
    if part.title:
        OUT.print(part.title, style="bold", soft_wrap=True, markup=False)
    for line in grid_of(part.plain, width=OUT.width if OUT.is_terminal else None):
        OUT.print(line, soft_wrap=True, markup=False)


def _print_json(value: object) -> None:
    OUT.print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False), soft_wrap=True, markup=False)


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): _json(value) for name, value in row.items()} for row in frame.to_dict("records")]


def _json(value: object) -> object:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
