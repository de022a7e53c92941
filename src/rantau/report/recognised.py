"""Texts of the library that reports say in their own language: each is recognised by its pattern."""

from __future__ import annotations

import re
from collections.abc import Iterable

from rantau.record import Record


class Known(Record):
    """A text that has words of its own.

    Attributes
    ----------
    name
        Of its words, whose place `<about>` takes what the pattern's group `about` caught.
    pattern
        The text in English, whole.
    """

    name: str
    pattern: str


def recognise(known: Iterable[Known], text: str) -> tuple[Known, str] | None:
    """Return the first that a text matches, and what it is about; None where none does.

    Examples
    --------
    >>> recognise((Known("loads", r"loads (?P<about>.*)"),), "loads 0.7")
    (Known(name='loads', pattern='loads (?P<about>.*)'), '0.7')
    """
    for one in known:
        found = re.fullmatch(one.pattern, text)
        if found:
            return one, found.groupdict().get("about") or ""
    return None
