"""The entry point: a table of verbs, and what becomes of errors.

Exit status: 0 done; 1 computed, but not to be trusted (see the problems named); 2 wrong input.
"""

from __future__ import annotations

import os
import sys
import warnings

import typer

from rantau.cli.show import ERR
from rantau.cli.verbs import ROWS
from rantau.errors import DataWarning, RantauError, RantauWarning

app = typer.Typer(
    help="Structural equation modelling of survey research: from a questionnaire to a journal-ready report.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for _row in ROWS:
    app.command(_row.name)(_row.function)


def main() -> None:
    """Run the command line and end with its exit status."""
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
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", RantauWarning)
            status = app(arguments, standalone_mode=False, prog_name="rantau")
        for warning in caught:
            # Those about a fit are problems of that fit, which its verb has shown.
            if issubclass(warning.category, DataWarning):
                ERR.print(f"warning: {warning.message}", soft_wrap=True, markup=False)
        return int(status or 0)
    except RantauError as error:
        ERR.print(f"rantau: {error}", soft_wrap=True, markup=False)
    except typer.Exit as stop:
        return int(stop.exit_code)
    except typer.Abort:
        return 130
    except KeyboardInterrupt:
        ERR.print("rantau: stopped.")
        return 130
    except BrokenPipeError:
        # What reads our output has gone away, as `| head` does; that is no fault.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        ERR.print(f"rantau: {error.filename or 'file'}: {error.strerror}.", soft_wrap=True, markup=False)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        # A wrong option or argument, as the command-line library words it.
        ERR.print(f"rantau: {error.format_message()} See `rantau --help`.", soft_wrap=True, markup=False)
    return 2
