"""Options typed as NAME=VALUE, and lists of numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rantau.errors import OptionError


def pairs_of(option: str, typed: Sequence[str] | None, example: str) -> dict[str, str]:
    """Return options typed as NAME=VALUE by name.

    Raises
    ------
    OptionError
        If one has no name, no value, or comes twice.

    Examples
    --------
    >>> pairs_of("--limit", ["longstring=0.4"], "longstring=0.4")
    {'longstring': '0.4'}
    """
    found: dict[str, str] = {}
    for each in typed or ():
        name, sign, value = (part.strip() for part in each.partition("="))
        if not (name and sign and value):
            raise OptionError(f"{option} is typed as {example}; got '{each}'.")
        if name in found:
            raise OptionError(f"{option}: '{name}' comes twice.")
        found[name] = value
    return found


def numbers_of(option: str, typed: str, example: str, *, many: int = 0) -> tuple[float, ...]:
    """Return numbers typed with commas between them.

    Raises
    ------
    OptionError
        If one is no number, or there are more or fewer than `many`, where that is given.

    Examples
    --------
    >>> numbers_of("--scale", "1,5", "1,5", many=2)
    (1.0, 5.0)
    """
    try:
        found = tuple(float(each) for each in typed.split(","))
    except ValueError:
        found = ()
    if not found or (many and len(found) != many) or not all(math.isfinite(value) for value in found):
        raise OptionError(f"{option} is typed as {example}; got '{typed}'.")
    return found
