"""Tables as files: whole or not at all, and refused before anything is computed."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rantau.errors import ReportError
from rantau.extras import require
from rantau.survey.text import guarded

if TYPE_CHECKING:
    import pandas as pd

#: What a table can be written as.
TABLES = (".csv", ".xlsx")
#: The options that name a file to write.
WRITTEN = ("out", "figure", "members")
#: Text stays text: a cell that begins with `=` is no formula, and one that looks like an address is no link.
_AS_TEXT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def write_frame(frame: pd.DataFrame, out: Path) -> None:
    """Write a table to a `.csv` or `.xlsx` file, unrounded.

    Raises
    ------
    ReportError
        If the suffix is neither, or the disk refuses.
    """
    check_suffix(out, TABLES)
    if out.suffix.lower() == ".csv":
        _write(out, lambda place: _guarded(frame).to_csv(place, index=False, lineterminator="\n"))
    else:
        write_sheets({out.stem[:31]: frame}, out)


def write_sheets(frames: dict[str, pd.DataFrame], out: Path) -> None:
    """Write tables to the sheets of an `.xlsx` file, unrounded.

    Raises
    ------
    ReportError
        If the suffix is another, or the disk refuses.
    """
    check_suffix(out, TABLES)

    def write(place: Path) -> None:
        with require("pandas").ExcelWriter(place, engine="xlsxwriter", engine_kwargs={"options": _AS_TEXT}) as book:
            for name, frame in frames.items():
                frame.to_excel(book, sheet_name=name, index=False)

    _write(out, write)


def _guarded(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet runs as formulas."""
    safe = frame.map(lambda cell: guarded(cell) if isinstance(cell, str) else cell)
    safe.columns = [guarded(name) if isinstance(name, str) else name for name in frame.columns]
    return safe


def check_suffix(out: Path, suffixes: tuple[str, ...]) -> None:
    """Refuse a file name whose ending nothing can be written as."""
    if out.suffix.lower() not in suffixes:
        allowed = f"{', '.join(suffixes[:-1])} or {suffixes[-1]}" if suffixes[1:] else suffixes[0]
        got = f"got '{out.suffix}'" if out.suffix else "got none"
        raise ReportError(f"{out}: the name of the file to write must end in {allowed}, {got}.")


def check_place(out: Path) -> None:
    """Refuse a file that cannot be written, before anything is computed for it.

    Raises
    ------
    ReportError
        If it is a folder, is not to be changed, or stands where no folder can be.
    """
    if out.is_dir():
        raise ReportError(f"{out}: this is a folder; name the file to write.")
    if out.exists() and not os.access(out, os.W_OK):
        raise ReportError(f"{out}: this file may not be changed; name another.")
    for folder in out.parents:
        if folder.is_dir():
            if not os.access(folder, os.W_OK):
                raise ReportError(f"{out}: the folder '{folder}' does not allow writing.")
            return
        if folder.exists():
            raise ReportError(f"{out}: '{folder}' is a file, and a folder is needed there.")


def check_apart(given: Mapping[str, object]) -> None:
    """Refuse to write over a file that is read, or twice to one: answers cannot be had again.

    Parameters
    ----------
    given
        Arguments and options by name, as the verb takes them.

    Raises
    ------
    ReportError
        Naming the file.
    """
    files = {name: value for name, value in given.items() if isinstance(value, Path)}
    for name in (name for name in WRITTEN if name in files):
        for other, file in files.items():
            if other != name and file.resolve() == files[name].resolve():
                what = "written twice" if other in WRITTEN else "read, and would be written over"
                raise ReportError(f"{file}: this file is {what}; name another to write.")


def _write(out: Path, write: Callable[[Path], object]) -> None:
    """Write beside the file and put it in its place when it is whole."""
    check_place(out)
    beside = out.with_name(f".{out.stem}.part{out.suffix}")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write(beside)
        beside.replace(out)
    except OSError as error:
        raise ReportError(f"{out}: cannot be written: {error.strerror}; is it open elsewhere?") from error
    finally:
        beside.unlink(missing_ok=True)
