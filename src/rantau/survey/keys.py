"""Keys: which columns make which scale, and which of them run the other way."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TypeAlias

from rantau.errors import OptionError, listing, unknown
from rantau.options import is_number
from rantau.record import Record
from rantau.survey.instrument import Survey

#: `(lowest, highest)` answer, for all columns or by the name of a key or a column.
Bounds: TypeAlias = "tuple[float, float] | Mapping[str, tuple[float, float]]"
#: Columns by scale, `-` before those that are reversed.
Keys: TypeAlias = Mapping[str, Sequence[str]]
_NONE = float("nan")


class Key(Record):
    """What one scale is scored from.

    Attributes
    ----------
    name
        Of the scale.
    items
        Its columns.
    reversed
        For each, whether it is turned.
    low, high
        For each the declared bounds; NaN where none are.
    parts
        The scales that it is made of, for one of higher order, which has no items.
    """

    name: str
    items: tuple[str, ...]
    reversed: tuple[bool, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    parts: tuple[str, ...] = ()


def keys_of(survey: Survey) -> tuple[Key, ...]:
    """Return the keys of an instrument, in its order."""
    return tuple(
        Key(
            construct.code,
            tuple(item.code for item in construct.items),
            tuple(item.reversed for item in construct.items),
            tuple(float(item.scale.minimum) for item in construct.items),
            tuple(float(item.scale.maximum) for item in construct.items),
            construct.parts,
        )
        for construct in survey.constructs
    )


def read_keys(keys: Keys, columns: Sequence[str], scale: Bounds | None, *, source: str = "data") -> tuple[Key, ...]:
    """Check keys written by hand against the columns there are.

    Parameters
    ----------
    keys
        Columns by scale, `-` before those that are reversed; names of other keys for a scale of higher order.
    columns
        Of the data.
    scale
        The bounds; None where nothing is reversed.
    source
        For messages.

    Returns
    -------
    tuple of Key

    Raises
    ------
    OptionError
        If there is no key, a column or a key is not known, comes twice in one key, or is to be reversed without
        bounds.

    Examples
    --------
    >>> read_keys({"DE": ["de1", "-de2"]}, ("de1", "de2"), (1, 5))[0].reversed
    (False, True)
    """
    if not isinstance(keys, Mapping) or not keys:
        raise OptionError(f"keys are columns by scale, such as {{'DE': ['de1', 'de2', '-de3']}}; got {keys!r}.")
    _check_bounds(scale, keys, columns)
    return tuple(_key(str(name), entries, keys, columns, scale, source) for name, entries in keys.items())


def _key(
    name: str, entries: Sequence[str], keys: Keys, columns: Sequence[str], scale: Bounds | None, source: str
) -> Key:
    where = f"{source}: key '{name}'"
    listed = isinstance(entries, Sequence) and not isinstance(entries, str) and len(entries) > 0
    if not listed or not all(isinstance(entry, str) for entry in entries):
        raise OptionError(
            f"{where}: a list of column names is needed, such as ['de1', 'de2', '-de3']; got {entries!r}."
        )
    codes = [entry.removeprefix("-") if entry not in columns else entry for entry in entries]
    twice = [code for code in dict.fromkeys(codes) if codes.count(code) > 1]
    if twice:
        raise OptionError(f"{where}: {listing(twice)} comes more than once.")
    if all(code in keys and code not in columns for code in codes):
        if codes != list(entries) or name in codes:
            raise OptionError(f"{where}: scales of its own cannot be reversed, nor be part of themselves.")
        return Key(name, (), (), (), (), tuple(codes))
    for code in codes:
        if code not in columns:
            raise OptionError(unknown("column", code, [*columns, *(key for key in keys if key != name)], where=where))
    turned = tuple(code != entry for code, entry in zip(codes, entries, strict=True))
    bounds = [_bounds(scale, name, code) for code in codes]
    lacking = [code for code, turn, (low, _) in zip(codes, turned, bounds, strict=True) if turn and math.isnan(low)]
    if lacking:
        raise OptionError(
            f"{where}: {listing(lacking)} can only be reversed between declared bounds, never between those observed. "
            "Give the lowest and the highest answer: scale=(1, 5)."
        )
    return Key(name, tuple(codes), turned, tuple(low for low, _ in bounds), tuple(high for _, high in bounds))


def _bounds(scale: Bounds | None, name: str, code: str) -> tuple[float, float]:
    if isinstance(scale, Mapping):
        scale = scale.get(code, scale.get(name))
    return (_NONE, _NONE) if scale is None else (float(scale[0]), float(scale[1]))


def _check_bounds(scale: Bounds | None, keys: Keys, columns: Sequence[str]) -> None:
    if scale is None:
        return
    for name, bounds in scale.items() if isinstance(scale, Mapping) else (("", scale),):
        if name and name not in keys and name not in columns:
            raise OptionError(unknown("key or column", str(name), [*keys, *columns], where="scale"))
        two = isinstance(bounds, Sequence) and len(bounds) == 2 and all(is_number(bound) for bound in bounds)
        if not two or not bounds[0] < bounds[1]:
            raise OptionError(f"scale is the lowest and the highest answer, such as (1, 5); got {bounds!r}.")
