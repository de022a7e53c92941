"""The entry point: a table of verbs, and what becomes of errors.

Exit status: 0 done; 1 computed, but not to be trusted (see the problems named); 2 wrong input.
"""

from __future__ import annotations

import os
import sys
import warnings
from io import TextIOWrapper
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from rantau import __version__
from rantau.cli.answers import with_reading
from rantau.cli.as_typed import Switch, switches_of
from rantau.cli.show import ERR, OUT, say
from rantau.cli.verbs import ROWS
from rantau.cli.write import check_apart
from rantau.errors import DataWarning, RantauError, RantauWarning

#: What an option takes, where it takes a number; whether a whole one.
_NUMBERS = {True: "whole number", False: "number, with a point before decimals,"}
#: How help is asked for.
HELP = {"help_option_names": ["--help", "-h"]}


class Verb(TyperCommand):
    """One verb: what it writes is none of the files that it reads."""

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the library's own signature
        """Run the verb, unless it would write over what it reads."""
        check_apart(ctx.params)
        return super().invoke(ctx)


class Verbs(TyperGroup):
    """The table of verbs: each is imported when it is used, so that `rantau --help` stays quick."""

    def __init__(self, **settings: Any) -> None:  # noqa: ANN401 - the library's own signature
        """Make the group with the names of all verbs, from which the nearest is told."""
        super().__init__(**settings)
        self.commands = dict.fromkeys((row.name for row in ROWS), self)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401 - the library's own signature
        """Return the names, in order."""
        return [row.name for row in ROWS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401 - the library's own signature
        """Return one verb, or None where there is none of that name."""
        row = next((one for one in ROWS if one.name == cmd_name), None)
        if row is None:
            return None
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
        alone.command(row.name, cls=Verb, context_settings=HELP, epilog=f"\b\nExample:\n  {row.example}")(
            with_reading(row.function)
        )
        return typer.main.get_command(alone)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401 - the library's own signature
        """Write the table of verbs."""
        with formatter.section("Commands"):
            formatter.write_dl([(row.name, row.summary) for row in ROWS])


app = typer.Typer(
    context_settings=HELP,
    cls=Verbs,
    help="Structural equation modelling of survey research: from a questionnaire to a journal-ready report.",
    epilog="\b\nBegin with:\n  rantau new my-study\n  rantau run my-study/analysis/internationalization.toml",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _version(asked: bool) -> None:
    if asked:
        OUT.print(f"rantau {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    pass


def main() -> None:
    """Run the command line and end with its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that lacks a letter shows its code, instead of stopping the work.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(status_of(sys.argv[1:]))


def status_of(arguments: list[str]) -> int:
    """Run one command and return its exit status; errors become one paragraph on standard error.

    Parameters
    ----------
    arguments
        What stands behind `rantau`.

    Returns
    -------
    int
        0 done, 1 computed but not to be trusted, 2 wrong input.
    """
    ERR.switches = _switches(arguments)
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", RantauWarning)
            status = app(arguments or ["--help"], standalone_mode=False, prog_name="rantau")
        for warning in caught:
            # Those about a fit are problems of that fit, which its verb has shown.
            if issubclass(warning.category, DataWarning):
                say(f"warning: {warning.message}")
        return int(status or 0)
    except RantauError as error:
        say(f"rantau: {error}")
    except typer.Exit as stop:
        return int(stop.exit_code)
    except (typer.Abort, KeyboardInterrupt):
        say("rantau: stopped.")
        return 130
    except BrokenPipeError:
        # What reads our output has gone away, as `| head` does; that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        say(f"rantau: {error.filename or 'file'}: {error.strerror}.")
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        say(f"rantau: {_usage(error)}")
    return 2


def _switches(arguments: list[str]) -> dict[str, Switch]:
    """Return the options of the verb that was called."""
    verbs: Any = typer.main.get_command(app)
    verb = verbs.get_command(None, arguments[0]) if arguments else None
    return switches_of(verb.params) if verb is not None else {}


def _usage(error: Any) -> str:  # noqa: ANN401 - a class of the command-line library, which has no public name
    """Say what is wrong with an option or argument, as the command-line library words it, and where to look."""
    told = error.format_message().strip()
    context = getattr(error, "ctx", None)
    takes = {one.name for one in context.command.params} if context is not None else set()
    if getattr(error, "option_name", "") in ("--data", "-d") and "data" in takes:
        told = f"The file of answers stands without {error.option_name}."
    elif "valid number" in told or "valid integer" in told:
        told = f"{told.partition(':')[0]}: a {_NUMBERS['valid integer' in told]} is needed."
    elif told.startswith("Got unexpected extra argument"):
        told = f"{told}. Between several values stand commas, and what has spaces stands in quotes"
    command = getattr(context, "command_path", "rantau")
    return f"{told}{'' if told[-1:] in '.?!' else '.'} See `{command} --help`."
