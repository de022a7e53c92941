"""The arguments that several verbs share, declared once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

import rantau as rt
from rantau.cli.answers import Answers
from rantau.cli.as_typed import switches_of
from rantau.cli.show import ERR, say
from rantau.cli.write import TABLES, check_place, check_suffix
from rantau.errors import OptionError, ResponseError, listing
from rantau.survey.table import far_off
from rantau.survey.understood import is_plain

if TYPE_CHECKING:
    from rantau.model import Model


def to_write(*suffixes: str) -> Callable[[Path | None], Path | None]:
    """Return a check of `--out`, made before anything is computed for it."""

    def check(out: Path | None) -> Path | None:
        if out is not None:
            check_suffix(out, suffixes)
            check_place(out)
        return out

    return check


def _level(level: float) -> float:
    if not 0 < level < 1:
        raise OptionError(f"--level is {level:g}; it lies between 0 and 1, such as 0.95.")
    return level


def at_least(option: str, least: int) -> Callable[[int], int]:
    """Return a check of a whole number."""

    def check(got: int) -> int:
        if got < least:
            raise OptionError(f"{option} is {got}; it must be {least} or more.")
        return got

    return check


def refuse_idle(context: typer.Context, why: str, *names: str) -> None:
    """Refuse options that were typed and would say nothing.

    Parameters
    ----------
    context
        Of the command, which knows what was typed and what is a default.
    why
        What the option is of, such as `is of --pos`.
    names
        Of the options, as the verb's function has them.

    Raises
    ------
    OptionError
        Naming the first of them.
    """
    switches = switches_of(context.command.params)
    for name in names:
        source = context.get_parameter_source(name)
        if source is not None and source.name == "COMMANDLINE":
            raise OptionError(f"{switches[name].on} {why}. Leave it out.")


def refuse_idle_pls(context: typer.Context, model: Model) -> None:
    """Refuse ways to estimate products and higher orders where a model has none.

    Parameters
    ----------
    context
        Of a verb with the options `--interaction` and `--higher-order`.
    model
        Its model.

    Raises
    ------
    OptionError
        Saying how they are written.
    """
    if not model.has_products:
        refuse_idle(
            context, "is of products such as `X:M`, and the model has none (`X*M` is the label X on M)", "interaction"
        )
    if not model.has_higher_orders:
        refuse_idle(context, "is of constructs measured by constructs, and the model has none", "higher_order")


DataFile = Annotated[
    Answers,
    typer.Argument(
        help="The answers: CSV, Excel, SPSS or Stata, as exported; the columns have names.", show_default=False
    ),
]
SurveyFile = Annotated[
    Path | None,
    typer.Option(
        "--survey",
        "-s",
        help="The instrument (.toml): labels become numbers, reversed items are turned, every cell is checked. "
        "Without it the cells must be numbers.",
        show_default=False,
    ),
]
ModelFile = Annotated[Path, typer.Option("--model", "-m", help="The model (.sem).", show_default=False)]
MaybeModel = Annotated[
    Path | None,
    typer.Option("--model", "-m", help="The model (.sem), to say which items measure what.", show_default=False),
]
Estimator = Annotated[
    str,
    typer.Option(
        help="ML: answers taken to be normal. MLR: the same estimates, with errors and a test that hold for answers "
        "that are not, gaps allowed. MLM, MLMV, MLMVS, MLF: kindred corrections. GLS, ULS, WLS: least squares. Of "
        "ordered answers WLSMV, WLSM, WLSMVS, DWLS, ULSMV, ULSM, ULSMVS, ULS, WLS. Default: ML; WLSMV with --ordered."
    ),
]
Missing = Annotated[
    str,
    typer.Option(
        help="listwise: a row with a gap is left out. fiml: every answer counts (full-information maximum "
        "likelihood; needs ML, MLR or MLF). fiml_x: rows with a gap in an observed predictor too."
    ),
]
Ordered = Annotated[
    list[str] | None,
    typer.Option(
        "--ordered",
        help="The items whose answers are ordered categories; repeat it, or put commas; `all` for every item. Their "
        "polychoric correlations are analysed.",
        show_default=False,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        "-o",
        help="Write unrounded numbers to this .csv or .xlsx.",
        show_default=False,
        callback=to_write(*TABLES),
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program to read.")]
Level = Annotated[float, typer.Option("--level", help="Confidence of the intervals.", callback=_level)]
Seed = Annotated[
    int, typer.Option("--seed", help="The same seed gives the same numbers.", callback=at_least("--seed", 0))
]
Draws = Annotated[int, typer.Option("--draws", help="How many resamples.", callback=at_least("--draws", 2))]


def listed(values: Sequence[str] | None) -> tuple[str, ...]:
    """Return what was repeated or put between commas as one list."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


def named_items(values: Sequence[str] | None) -> tuple[str, ...] | bool:
    """Return the items of `--ordered`; True for `all`."""
    names = listed(values)
    return True if names == ("all",) else names


def read_data(data: Answers, survey: Path | None, model: Model | None = None) -> Any:  # noqa: ANN401 - Responses, or a data frame
    """Read answers against their instrument; without one, a file in which the model's variables are numbers.

    Raises
    ------
    RantauError
        If the file cannot be read or does not fit.
    """
    if survey is not None:
        responses = data.responses(rt.read_survey(survey))
        if not is_plain(responses.understood):
            ERR.print(escape(responses.understood), style="dim", soft_wrap=True)
        return responses
    table = data.table(model.observed if model is not None else ())
    if table.attrs["log"]:
        ERR.print(escape(f"{data.path}: {'; '.join(table.attrs['log'])}."), style="dim", soft_wrap=True)
    stray = far_off(table, table.columns if model is None else model.observed)
    if stray:
        say(
            f"warning: {data.path}: far from every other answer: {listing(stray, most=6)}. Here a code for no answer "
            "is an empty cell; an instrument (--survey) can name it."
        )
    return table


def need_survey(survey: Path | None, verb: str) -> Path:
    """Return the instrument's path, which some verbs cannot do without.

    Raises
    ------
    ResponseError
        If it was not given.
    """
    if survey is None:
        raise ResponseError(
            f"`rantau {verb}` needs the instrument: add --survey surveys/<name>/instrument.toml. Where there is none, "
            "`rantau new my-study --from answers.csv` proposes one."
        )
    return survey


def need_blocks(survey: Path | None, model: Path | None, verb: str) -> None:
    """Refuse to judge scales where nothing says which items belong together.

    Raises
    ------
    ResponseError
        If neither an instrument nor a model was given.
    """
    if survey is None and model is None:
        raise ResponseError(
            f"`rantau {verb}` must know which items measure which construct: add --model models/<name>.sem, "
            "or --survey surveys/<name>/instrument.toml."
        )
