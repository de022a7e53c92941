"""A file of answers as it is typed: where it is, and how it is read where it does not say so itself."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

import rantau as rt
from rantau.cli.pairs import pairs_of
from rantau.cli.show import typed
from rantau.errors import OptionError
from rantau.record import Record
from rantau.survey.match import POSITION

if TYPE_CHECKING:
    import pandas as pd

#: Delimiters by their names: shells take the signs themselves for their own.
SIGNS = {"comma": ",", "semicolon": ";", "tab": "\t", r"\t": "\t"}


class Answers(Record):
    """A file of answers.

    Attributes
    ----------
    path
        The file.
    columns
        `position`, or questions and their columns, as typed.
    sheet, encoding, delimiter
        As `rt.read_responses` takes them; empty for what the file shows.
    """

    path: Path
    columns: tuple[str, ...] = ()
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""

    def responses(self, survey: rt.Survey) -> rt.Responses:
        """Return the answers held against their instrument."""
        return rt.read_responses(self.path, survey, columns=self._columns, **self.way)

    def table(self, numeric: Sequence[str] = ()) -> pd.DataFrame:
        """Return the answers as a data frame; these of its columns must be numbers."""
        columns = self._columns
        if isinstance(columns, str):
            raise OptionError(f"--columns {columns} is of the questions of an instrument: add --survey, or name each.")
        return rt.read_table(self.path, numeric=numeric, columns=columns, **self.way)

    @property
    def way(self) -> dict[str, str]:
        """What is said of the kind of file, by the names of the library."""
        return {
            "sheet": self.sheet,
            "encoding": self.encoding,
            "delimiter": SIGNS.get(self.delimiter, self.delimiter),
        }

    @property
    def typed(self) -> str:
        """The file and its options as they are typed in another command."""
        said = [("columns", each) for each in self.columns]
        said += [(name, value) for name in self.way if (value := getattr(self, name))]
        return " ".join([typed(self.path), *(f"--{name} {typed(value)}" for name, value in said)])

    @property
    def _columns(self) -> dict[str, str] | str | None:
        if self.columns == (POSITION,):
            return POSITION
        return pairs_of("--columns", self.columns, f"TR1='Q7 1', or {POSITION}") or None


#: How a file of answers is read: the options of every verb that reads one.
READING: Mapping[str, str] = {
    "columns": "The column of a question, or of a variable of the model, where the file calls it otherwise: "
    f"TR1='Q7 1'; may be repeated. With --survey also {POSITION}: the columns are the items, in order.",
    "sheet": "Of a workbook: the sheet with the answers. Default: the one that names most of what is needed.",
    "encoding": "Of a text file, such as cp1252 (Windows) or utf-8. Default: as it shows.",
    "delimiter": "Of a text file, what stands between cells: comma, semicolon, tab, or another sign. Default: as it "
    "shows.",
}


def with_reading(function: Callable[..., int]) -> Callable[..., int]:
    """Return a verb with the options of how its file of answers is read.

    Parameters
    ----------
    function
        A verb. Of a parameter that is an `Answers` the path is typed where that stands, the rest as options.
    """
    signature = inspect.signature(function, eval_str=True)
    kinds = {name: get_args(one.annotation) for name, one in signature.parameters.items()}
    place = next((name for name, kind in kinds.items() if kind and Answers in (kind[0], *get_args(kind[0]))), "")
    if not place:
        return function

    def verb(**given: Any) -> int:  # noqa: ANN401 - whatever the verb takes
        path, said = given.pop(place), {name: given.pop(name) for name in READING}
        if path is None:
            for name in (name for name, value in said.items() if value):
                raise OptionError(
                    f"--{name} says how a file of answers is read, and none is given here: leave it out. A plan says "
                    "it in its [data]."
                )
            return function(**given, **{place: None})
        return function(**given, **{place: Answers(path, **said | {"columns": tuple(said["columns"] or ())})})

    kind, *told = kinds[place]
    spelt: Any = Path if kind is Answers else Path | None
    parameters = [
        one.replace(annotation=Annotated[spelt, *told]) if one.name == place else one
        for one in signature.parameters.values()
    ]
    parameters += [_option(name, told) for name, told in READING.items()]
    verb.__doc__ = function.__doc__
    verb.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    verb.__annotations__ = {one.name: one.annotation for one in parameters}
    return verb


def _option(name: str, told: str) -> inspect.Parameter:
    kind: Any = list[str] | None if name == "columns" else str
    annotation = Annotated[kind, typer.Option(f"--{name}", help=told, show_default=False)]
    default = None if name == "columns" else ""
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
