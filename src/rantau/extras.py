"""require(): import a heavy or optional part at the moment it is needed, or say what to install."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from rantau.errors import MissingExtraError


def require(module: str, *, package: str = "", purpose: str = "") -> Any:  # noqa: ANN401 - a module
    """Import a module late.

    Heavy packages (pandas, matplotlib, semopy, ...) come in through here, so that `import rantau` and
    `rantau --help` stay quick.

    Parameters
    ----------
    module
        The dotted name to import.
    package
        What to install if it is missing; the module's first part unless given.
    purpose
        What it is needed for, for the message.

    Returns
    -------
    module
        The imported module.

    Raises
    ------
    MissingExtraError
        If it is not installed.

    Examples
    --------
    >>> require("math").sqrt(4.0)
    2.0
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        name = package or module.partition(".")[0]
        if error.name is not None and error.name.partition(".")[0] != module.partition(".")[0]:
            raise
        what = f" for {purpose}" if purpose else ""
        raise MissingExtraError(f"'{name}' is needed{what} and is not installed: pip install {name}") from error
