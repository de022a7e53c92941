"""The checks of options: one of several names, a column's name, several names, yes or no."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from numbers import Integral, Real
from typing import Any, TypeAlias

from rantau.errors import OptionError, unknown

#: What is called with (done, all) while something long is computed.
Progress: TypeAlias = Callable[[int, int], None]


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


def column_name(option: str, got: Any) -> str:  # noqa: ANN401 - whatever a caller gives
    """Return the name of a column of the data; empty where none is given.

    Parameters
    ----------
    option
        The option's name as the user writes it.
    got
        A name, or None.

    Raises
    ------
    OptionError
        If it is no text: most often the column itself, where its name is needed.

    Examples
    --------
    >>> column_name("group", None), column_name("group", "school")
    ('', 'school')
    """
    if got is None:
        return ""
    if not isinstance(got, str):
        raise OptionError(
            f"{option}= takes the name of a column of the data, such as {option}='school'; got {_shown(got)}. A column "
            f"of your own is added to the data first: data.assign(school=...)."
        )
    return got


def several_names(option: str, got: Any, example: str) -> tuple[str, ...]:  # noqa: ANN401 - whatever a caller gives
    """Return one name, several or none as a tuple.

    Parameters
    ----------
    option
        The option's name as the user writes it.
    got
        A name, an iterable of names, or None.
    example
        What a value looks like, for the message.

    Raises
    ------
    OptionError
        If something else is given.

    Examples
    --------
    >>> several_names("group_equal", "loadings", "loadings"), several_names("group_equal", None, "loadings")
    (('loadings',), ())
    """
    names = (got,) if isinstance(got, str) else () if got is None else got
    if is_several(names):
        names = tuple(names)
        if all(isinstance(name, str) for name in names):
            return names
    raise OptionError(f"{option}= takes names, such as {option}=['{example}']; got {_shown(got)}.")


def check_switch(option: str, got: Any, *, may_be_none: bool = False) -> None:  # noqa: ANN401 - whatever a caller gives
    """Refuse what is neither True nor False: a text such as 'no' would count as True.

    Raises
    ------
    OptionError
        Saying what is allowed.

    Examples
    --------
    >>> check_switch("std_lv", "no")
    Traceback (most recent call last):
        ...
    rantau.errors.OptionError: std_lv= is True or False, got 'no'.
    """
    if isinstance(got, bool) or (may_be_none and got is None):
        return
    allowed = "True, False or None" if may_be_none else "True or False"
    raise OptionError(f"{option}= is {allowed}, got {_shown(got)}.")


def check_level(got: Any, *, such_as: str = "0.95") -> None:  # noqa: ANN401 - whatever a caller gives
    """Refuse a level of confidence that is no number between 0 and 1.

    Raises
    ------
    OptionError
        Saying what is allowed.

    Examples
    --------
    >>> check_level(95)
    Traceback (most recent call last):
        ...
    rantau.errors.OptionError: level must lie between 0 and 1, such as 0.95, got 95.
    """
    if not is_number(got) or not 0 < got < 1:
        raise OptionError(f"level must lie between 0 and 1, such as {such_as}, got {_shown(got)}.")


def whole_number(option: str, got: Any, *, least: int) -> int:  # noqa: ANN401 - whatever a caller gives
    """Return a whole number of at least so many; NumPy's are taken as well, what would be rounded is not.

    Raises
    ------
    OptionError
        Saying what is allowed.

    Examples
    --------
    >>> whole_number("draws", 2.5, least=2)
    Traceback (most recent call last):
        ...
    rantau.errors.OptionError: draws must be a whole number of at least 2, got 2.5.
    """
    if isinstance(got, bool) or not isinstance(got, Integral) or got < least:
        raise OptionError(f"{option} must be a whole number of at least {least}, got {_shown(got)}.")
    return int(got)


def is_several(got: Any) -> bool:  # noqa: ANN401 - whatever a caller gives
    """Tell whether a value can be gone through: an array of no dimension only says that it can."""
    return isinstance(got, Iterable) and getattr(got, "ndim", None) != 0


def one_text(option: str, got: Any) -> str:  # noqa: ANN401 - whatever a caller gives
    """Return a text; refuse what is none.

    Raises
    ------
    OptionError
        Saying so.

    Examples
    --------
    >>> one_text("title", "Trust")
    'Trust'
    """
    if not isinstance(got, str):
        raise OptionError(f"{option}= takes a text, got {_shown(got)}.")
    return got


def by_name(option: str, got: Any, example: str) -> dict[str, Any]:  # noqa: ANN401 - whatever a caller gives
    """Return values by name; none where None is given.

    Parameters
    ----------
    option
        The option's name as the user writes it.
    got
        A mapping from texts, or None.
    example
        What a value looks like, for the message.

    Raises
    ------
    OptionError
        If something else is given.

    Examples
    --------
    >>> by_name("limits", {"longstring": 0.4}, "{'longstring': 0.4}"), by_name("limits", None, "")
    ({'longstring': 0.4}, {})
    """
    if got is None:
        return {}
    if isinstance(got, Mapping) and all(isinstance(name, str) for name in got):
        return dict(got)
    raise OptionError(f"{option}= takes values by name, such as {option}={example}; got {_shown(got)}.")


def told_to(progress: Progress | None) -> Progress:
    """Return what is told how far a computation is; a function that does nothing where nobody asks.

    Parameters
    ----------
    progress
        As a caller gives it.

    Raises
    ------
    OptionError
        If it cannot be called.

    Examples
    --------
    >>> told_to(print)(1, 20)
    1 20
    >>> told_to(None)(1, 20)
    """
    if progress is None:
        return lambda done, every: None
    if not callable(progress):
        raise OptionError(f"progress= takes a function of (done, all), got {_shown(progress)}.")
    return progress


def part_of(tell: Progress, before: int, every: int) -> Progress:
    """Return what one part of a computation tells how far it is, so that the whole is told.

    Parameters
    ----------
    tell
        From `told_to`.
    before, every
        How much comes before this part, and how much there is in all.

    Examples
    --------
    >>> part_of(print, 100, 300)(5, 100)
    105 300
    """
    return lambda done, _: tell(before + done, every)


def check_kind(option: str, got: Any, kind: type | tuple[type, ...], made_by: str) -> None:  # noqa: ANN401 - whatever a caller gives
    """Refuse what is not of a class.

    Parameters
    ----------
    option
        The option's name as the user writes it.
    got
        The value given.
    kind
        The class, or several.
    made_by
        The call that makes one, for the message.

    Raises
    ------
    OptionError
        Saying what was got.
    """
    if not isinstance(got, kind):
        raise OptionError(f"{option}= takes what {made_by} gives, got {_shown(got)}.")


def is_number(got: Any) -> bool:  # noqa: ANN401 - whatever a caller gives
    """Tell whether a value is one number: no text, no boolean, no NaN."""
    return isinstance(got, Real) and not isinstance(got, bool) and not math.isnan(got)


def _shown(got: Any) -> str:  # noqa: ANN401 - whatever a caller gives
    """Show a value in a message, by its type where it is long."""
    text = repr(got)
    return text if len(text) <= 40 and "\n" not in text else f"a {type(got).__name__}"
