"""Writing answers to a file that reads back as the same answers."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from rantau.errors import ResponseError
from rantau.files import file_of
from rantau.survey.responses import Responses, need_responses
from rantau.survey.text import guarded

#: How what means no answer in a data frame is printed: None, NaN, and the two of pandas.
_GAPS = ("None", "nan", "NaT", "<NA>")


def write_responses(responses: Responses, path: str | Path) -> Path:
    """Write the answers as entered to a CSV file.

    Parameters
    ----------
    responses
        Simulated or real.
    path
        The file to write; its folder must be there.

    Returns
    -------
    Path
        The file. `read_responses` gives the same answers back, in `raw` and in `values`. Where answers are
        simulated, a column `simulated` says so in every row, so that they are never taken for real ones. A text that a
        spreadsheet would run as a formula, such as `=1+1`, gets an apostrophe before it; reading takes it off again.

    Raises
    ------
    OSError
        If the file cannot be written.

    Examples
    --------
    >>> import tempfile, rantau as rt
    >>> survey = rt.read_survey("surveys/mobile/instrument.toml")
    >>> answers = rt.read_responses("surveys/mobile/responses.csv", survey)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     again = rt.read_responses(write_responses(answers, f"{folder}/copy.csv"), survey)
    >>> bool((again.raw == answers.raw).all())
    True
    """
    need_responses(responses, "write_responses")
    target = file_of(path, what="answers", error=ResponseError)
    if target.is_dir():
        raise ResponseError(f"{target}: this is a folder; name the file to write.")
    marked = "simulated" in responses.extras_names or not responses.simulated
    header = [*responses.columns, *responses.extras_names, *([] if marked else ["simulated"])]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(map(guarded, header))
    for cells, extras in zip(responses.raw, responses.extras, strict=True):
        writer.writerow([_text(cell) for cell in (*cells, *extras)] + [*([] if marked else ["true"])])
    target.write_text(text.getvalue(), encoding="utf-8", newline="")
    return target


def _text(cell: object) -> str:
    """Return a cell as it is written; empty for what a data frame has in the place of no answer."""
    text = str(cell)
    return guarded(text) if isinstance(cell, str) or text not in _GAPS else ""
