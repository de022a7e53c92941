"""Asking another package for a number: quietly, and without being brought down by it."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from importlib.metadata import PackageNotFoundError, version
from io import StringIO

from rantau.errors import RantauError


class PackageFailedError(RantauError):
    """Another package could not compute what it was asked for; its number is then left out, with the reason."""


def installed(package: str) -> str:
    """Return the version of a package, empty if it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@contextmanager
def asking(package: str, failures: tuple[type[Exception], ...]) -> Iterator[None]:
    """Silence a package while it computes, and turn its failures into one that says whose it was.

    Only calls of the package belong inside, so that a fault of ours is never taken for one of theirs.

    Parameters
    ----------
    package
        Its name.
    failures
        What it is known to raise when it computes; a broken installation (ImportError) counts always.

    Raises
    ------
    PackageFailedError
        In place of any of `failures`.

    Examples
    --------
    >>> with asking("math", (ValueError,)):
    ...     print("this is not shown")
    """
    known: tuple[type[Exception], ...] = (*failures, ImportError)
    # logging.warning() speaks through the root logger, and installs a handler for good where the program has none.
    root, silence = logging.getLogger(), logging.NullHandler()
    root.addHandler(silence)
    root.addFilter(_nothing)
    try:
        with warnings.catch_warnings(), redirect_stdout(StringIO()), redirect_stderr(StringIO()):
            warnings.simplefilter("ignore")
            yield
    except known as fault:
        raise PackageFailedError(f"{package} failed: {type(fault).__name__}: {fault}") from fault
    finally:
        root.removeFilter(_nothing)
        root.removeHandler(silence)


def _nothing(record: logging.LogRecord) -> bool:
    return False
