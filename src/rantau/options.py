"""choose(): the one check of an option given by name."""

from __future__ import annotations

from collections.abc import Iterable

from rantau.errors import OptionError, unknown


def choose(option: str, got: str, allowed: Iterable[str]) -> str:
    """Return `got` if it is allowed; otherwise refuse it with the nearest name.

    Parameters
    ----------
    option
        The option's name as the user writes it, for the message.
    got
        The value given.
    allowed
        The values that work, mostly the names of a room's rows.

    Returns
    -------
    str
        `got`, unchanged.

    Raises
    ------
    OptionError
        If the value is not allowed.

    Examples
    --------
    >>> choose("scheme", "path", ("path", "factorial"))
    'path'
    >>> choose("scheme", "pth", ("path", "factorial"))
    Traceback (most recent call last):
        ...
    rantau.errors.OptionError: unknown scheme 'pth'. Did you mean 'path'? Allowed: path, factorial.
    """
    names = tuple(allowed)
    if not isinstance(got, str) or got not in names:
        raise OptionError(unknown(option, str(got), names))
    return got
