"""Record: the base of every value that flows through rantau."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Self, dataclass_transform

import numpy as np


def _frozen(value: object) -> object:
    """Return an array as a read-only copy, unless nobody can write into it; and anything else as it is."""
    if not isinstance(value, np.ndarray):
        return value
    whole: object = value
    while isinstance(whole, np.ndarray) and not whole.flags.writeable:
        whole = whole.base
    if whole is None:
        return value
    copy = np.array(value)
    copy.setflags(write=False)
    return copy


def _same(left: object, right: object) -> bool:
    if isinstance(left, np.ndarray) and isinstance(right, np.ndarray):
        if left.dtype.kind == "f" and right.dtype.kind == "f":
            return np.array_equal(left, right, equal_nan=True)
        return np.array_equal(left, right)
    if isinstance(left, float) and isinstance(right, float) and math.isnan(left) and math.isnan(right):
        return True
    return bool(left == right)


def _key(value: object) -> object:
    # What is equal has one key: NaN is NaN here, and -0 is 0.
    if isinstance(value, float) and math.isnan(value):
        return "nan"
    if not isinstance(value, np.ndarray):
        return value
    if value.dtype.kind == "f":
        value = np.where(np.isnan(value), np.nan, value) + 0.0
    # The bytes of an object array are addresses, which equal cells do not share.
    return (value.shape, tuple(value.ravel()) if value.dtype.hasobject else value.tobytes())


def _brief(value: object) -> str:
    if isinstance(value, np.ndarray):
        return f"array{value.shape}"
    if isinstance(value, tuple) and len(value) > 4:
        return f"({len(value)} items)"
    if isinstance(value, tuple):
        return "(" + ", ".join(_brief(each) for each in value) + ("," if len(value) == 1 else "") + ")"
    if isinstance(value, Record):
        return f"{type(value).__name__}(...)"
    if isinstance(value, str) and len(value) > 60:
        return repr(value[:57] + "...")
    if hasattr(value, "shape"):
        return f"{type(value).__name__}{value.shape}"
    return repr(value)


@dataclass_transform(frozen_default=True, kw_only_default=False)
class Record:
    """A frozen dataclass, equal by value, whose arrays are copied in and stay read-only.

    Subclasses are dataclasses by being subclasses; no decorator is written. Arrays remain read-only
    after `pickle` and `copy.deepcopy`, where plain NumPy would make them writeable again. Fields are
    never dicts or lists: tuples keep a record hashable and its order stated.

    Examples
    --------
    >>> import numpy as np
    >>> class Point(Record):
    ...     at: np.ndarray
    >>> Point(np.zeros(2)) == Point(np.zeros(2))
    True
    """

    def __init_subclass__(cls) -> None:
        """Make each subclass a frozen dataclass that compares by value."""
        super().__init_subclass__()
        dataclass(frozen=True, eq=False, repr=False)(cls)

    def __repr__(self) -> str:
        """Show the fields, long ones by their size: a fit at the prompt should not fill the screen."""
        shown = ", ".join(f"{name}={_brief(getattr(self, name))}" for name in self.field_names())
        return f"{type(self).__name__}({shown})"

    def __post_init__(self) -> None:
        """Copy arrays in and close them."""
        values = self.__dict__
        for name, value in values.items():
            if isinstance(value, np.ndarray):
                values[name] = _frozen(value)

    def __getstate__(self) -> dict[str, Any]:
        # Fields alone: a hash of text differs from one process to the next.
        return {name: getattr(self, name) for name in self.field_names()}

    def __setstate__(self, state: dict[str, Any]) -> None:
        for name, value in state.items():
            object.__setattr__(self, name, _frozen(value))

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        # By its fields alone: what a cached property has worked out of them is no part of the value.
        return all(_same(getattr(self, name), getattr(other, name)) for name in self.field_names())

    def __hash__(self) -> int:
        # Worked out once: a model is looked up by it whenever it is fitted again.
        known = self.__dict__.get("_hash")
        if known is None:
            known = self._hashed()
            object.__setattr__(self, "_hash", known)
        return int(known)

    def _hashed(self) -> int:
        return hash((type(self), *(_key(getattr(self, name)) for name in self.field_names())))

    def replace(self, **changes: Any) -> Self:  # noqa: ANN401 - as dataclasses.replace
        """Return a copy with some fields changed.

        Parameters
        ----------
        **changes
            New values by field name.

        Raises
        ------
        TypeError
            If a name is not a field.
        """
        # The fields are what the instance was made of; dataclasses.replace looks at each of them again.
        return type(self)(**{name: self.__dict__[name] for name in self.field_names()} | changes)

    @classmethod
    def field_names(cls) -> tuple[str, ...]:
        """Return the names of the fields, in order."""
        names: tuple[str, ...] = cls.__match_args__  # type: ignore[attr-defined]
        return names
