"""How results leave the command line: a table to read, a file, or JSON for a program."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import Progress as Bar
from rich.table import Table as Grid

from rantau.errors import ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from rantau.fit import Problem

#: Results go to standard output; what is said about them to standard error.
OUT = Console(highlight=False)
ERR = Console(stderr=True, highlight=False)


def show_frame(frame: pd.DataFrame, *, title: str = "", out: Path | None = None, as_json: bool = False) -> None:
    """Print a table, or write it where the user says.

    Parameters
    ----------
    frame
        What to show, unrounded.
    title
        Above the table on a terminal.
    out
        A `.csv` or `.xlsx` file to write instead; numbers are not rounded.
    as_json
        Print JSON, one object per row.
    """
    plain = frame.reset_index() if frame.index.name else frame
    if out is not None:
        write_frame(plain, out)
        ERR.print(f"{len(plain)} rows written to {out}", soft_wrap=True)
        return
    if as_json:
        OUT.print_json(json.dumps([{str(k): _json(v) for k, v in row.items()} for row in plain.to_dict("records")]))
        return
    grid = Grid(title=title or None, title_justify="left", box=None, pad_edge=False)
    for column in plain.columns:
        grid.add_column(str(column), justify="right" if plain[column].dtype.kind in "fiu" else "left")
    for row in plain.itertuples(index=False):
        grid.add_row(*(_cell(value) for value in row))
    OUT.print(grid)


def write_frame(frame: pd.DataFrame, out: Path) -> None:
    """Write a table to a `.csv` or `.xlsx` file.

    Raises
    ------
    ReportError
        If the suffix is neither, or the disk refuses.
    """
    if out.suffix.lower() not in (".csv", ".xlsx"):
        raise ReportError(f"'{out}': tables are written as .csv or .xlsx, got '{out.suffix}'.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix.lower() == ".csv":
            frame.to_csv(out, index=False)
        else:
            frame.to_excel(out, index=False, engine="xlsxwriter")
    except OSError as error:
        raise ReportError(f"'{out}' cannot be written: {error.strerror}; is it open elsewhere?") from error


def show_problems(problems: tuple[Problem, ...]) -> int:
    """Print the problems of a fit and return the exit status: 1 where one is an error."""
    for problem in problems:
        colour = "red" if problem.severity == "error" else "yellow"
        ERR.print(f"[{colour}]{problem.severity}[/{colour}] {problem.text}", soft_wrap=True)
    return int(any(problem.severity == "error" for problem in problems))


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
        """Move the bar of one step."""
        if step not in self.tasks:
            self.tasks[step] = self.bar.add_task(step, total=every)
        self.bar.update(self.tasks[step], completed=done)


def lines_of(text: str) -> Iterator[str]:
    """Yield the lines of a text without its trailing blanks."""
    yield from (line.rstrip() for line in text.splitlines())


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else f"{value:.3f}"
    return str(value)


def _json(value: object) -> object:
    plain = value.item() if hasattr(value, "item") else value
    return None if isinstance(plain, float) and not math.isfinite(plain) else plain
