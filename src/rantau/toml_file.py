"""TOML files against a schema: every fault named by its table and key, with the nearest known one."""

from __future__ import annotations

import re
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from rantau.errors import RantauError, listing, nearest, unknown
from rantau.files import read_text

#: What one of the two files that are mixed up has, and the other has not.
_KEYS = {"instrument": ("languages", "constructs"), "study plan": ("survey", "output")}
_MOST_FAULTS = 10


class TomlTable(BaseModel):
    """A table of a file: no key but the known ones, no value turned into another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


_T = TypeVar("_T", bound=TomlTable)

_WANTED = {
    "string_type": "text in quotes",
    "int_type": "a whole number without quotes",
    "float_type": "a number without quotes",
    "bool_type": "true or false, without quotes",
    "dict_type": 'a table such as { en = "..." }',
    "model_type": "a table",
    "list_type": "a list in [ ]",
    "tuple_type": "a list in [ ]",
}


def read_toml(path: str | Path, schema: type[_T], *, what: str, error: type[RantauError]) -> _T:
    """Read a TOML file and hold it against a schema.

    Parameters
    ----------
    path
        The file.
    schema
        The table at its top.
    what
        What the file should hold, for messages.
    error
        The exception to raise.

    Returns
    -------
    TomlTable
        An instance of the schema.

    Raises
    ------
    RantauError
        Of the class given: if the file is missing, empty, not UTF-8 or not TOML, lacks a key, has one that is
        not known, or a value of the wrong type; up to ten faults at once.
    """
    text = read_text(path, what=what, error=error)
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as fault:
        # Beside syntax errors: numbers of thousands of digits, and tables nested beyond reason.
        raise error(f"{path}: not valid TOML: {fault}.{_shown(text, str(fault))}") from fault
    for kind, keys in _KEYS.items():
        if kind != what and all(key in data for key in keys) and not any(key in data for key in _KEYS.get(what, ())):
            raise error(f"{path}: this is a file with the {kind}; give the one with the {what}.")
    try:
        return schema.model_validate(data)
    except ValidationError as fault:
        raise refusal(path, _sentences(schema, data, fault), error) from fault


def refusal(path: str | Path, faults: list[str], error: type[RantauError]) -> RantauError:
    """Gather the faults of one file into one error."""
    if len(faults) == 1:
        return error(f"{path}: {faults[0]}")
    more = len(faults) - _MOST_FAULTS
    shown = [f"  {fault}" for fault in faults[:_MOST_FAULTS]] + ([f"  and {more} more."] if more > 0 else [])
    return error("\n".join([f"{path}: {len(faults)} faults:", *shown]))


def _shown(text: str, fault: str) -> str:
    """Return the line that a TOML error is about, with what the commonest slips need."""
    found = re.search(r"at line (\d+), column (\d+)", fault)
    if found is None:
        return ""
    # Lines as TOML counts them: splitlines() also ends one at a separator that word processors put into a text.
    line = text.replace("\r\n", "\n").split("\n")[int(found[1]) - 1]
    if re.search(r"=\s*(True|False)\b", line):
        hint = " Write true or false, in small letters."
    elif "\\" in line:
        hint = " Write / in paths, on Windows too."
    elif re.search(r"=\s*[^\s\"'\[{0-9+-]", line) and not re.search(r"=\s*(true|false|inf|nan)\b", line):
        hint = " A text stands in quotes."
    else:
        hint = ""
    return f"{hint}\n    {line}\n    {' ' * (int(found[2]) - 1)}^"


def _sentences(schema: type[TomlTable], data: dict[str, Any], fault: ValidationError) -> list[str]:
    """Say every fault; a key that is missing because it is misspelt is told once, as the misspelling."""
    meant = set()
    # What several types may stand for is refused once by each of them: one sentence names them all.
    told: dict[tuple[str | int, ...], list[Any]] = {}
    for one in fault.errors():
        loc, plain = _without_members(schema, tuple(one["loc"]))
        if not (plain and isinstance(one["input"], dict)):
            told.setdefault(loc, []).append(one)
    for loc, every in told.items():
        where, table, key = _place(schema, data, loc)
        if every[0]["type"] == "extra_forbidden":
            meant.add((where, nearest(key, table.model_fields)))
    return [
        _told(schema, data, loc, every)
        for loc, every in told.items()
        if every[0]["type"] != "missing" or _place(schema, data, loc)[::2] not in meant
    ]


def _told(schema: type[TomlTable], data: dict[str, Any], loc: tuple[str | int, ...], faults: list[Any]) -> str:
    """Say pydantic's errors about one place in the words of the file."""
    kind, got = faults[0]["type"], faults[0]["input"]
    where, table, key = _place(schema, data, loc)
    if kind == "extra_forbidden":
        return unknown("key", key, table.model_fields, where=where)
    if kind == "missing":
        return f"{where}: the key '{key}' is missing. Allowed: {listing(table.model_fields)}."
    wanted = " or ".join(_WANTED.get(one["type"], one["msg"]) for one in faults)
    return f"{where}: '{key}' is {got!r}; expected {wanted}."


def _without_members(schema: type[TomlTable], loc: tuple[str | int, ...]) -> tuple[tuple[str | int, ...], bool]:
    """Return a location without the names of union members, and whether one that is no table came last.

    Where a value may be of several types, pydantic puts the type it tried into the location.
    """
    kept: list[str | int] = []
    table: type[TomlTable] | None = schema
    rest = list(loc)
    plain = False
    while rest:
        name = rest.pop(0)
        kept.append(name)
        if table is None or isinstance(name, int):
            continue
        members = _members(table, name)
        inner, kind = _inner(table, name)
        if kind is not None and rest:
            kept.append(rest.pop(0))
        if len(members) > 1 and rest:
            plain = rest.pop(0) != getattr(inner, "__name__", None) and inner is not None
        table = inner
    return tuple(kept), plain


def _members(table: type[TomlTable], name: str) -> tuple[Any, ...]:
    """Return the types that a key's value may have; one, unless it is a union."""
    field = table.model_fields.get(name)
    annotation = field.annotation if field else None
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return tuple(one for one in typing.get_args(annotation) if one is not type(None))
    return (annotation,)


def _is_table(annotation: object) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, TomlTable)


def _place(
    schema: type[TomlTable],
    data: Any,  # noqa: ANN401 - what the file holds
    loc: tuple[str | int, ...],
) -> tuple[str, type[TomlTable], str]:
    """Return the table a location lies in, in words and as a class, and the key within it."""
    names: list[str] = []
    table, value, rest = schema, data, list(loc)
    while len(rest) > 1:
        inner, kind = _inner(table, str(rest[0]))
        depth = 1 if kind is None else 2
        if inner is None or len(rest) <= depth:
            break
        name, which = str(rest[0]), rest[1]
        value = value[name] if kind is None else value[name][which]
        if kind is list:
            code = value.get("code") if isinstance(value, dict) else None
            names.append(f"{name.removesuffix('s')} {int(which) + 1}" + (f" ({code})" if code else ""))
        else:
            names.append(f"[{name}]" if kind is None else f"[{name}.{which}]")
        table, rest = inner, rest[depth:]
    return ", ".join(names) or "top of the file", table, ".".join(str(part) for part in rest)


def _inner(table: type[TomlTable], name: str) -> tuple[type[TomlTable] | None, type | None]:
    """Return the table behind a key, and whether it stands in a list, in a dict, or by itself (None)."""
    members = _members(table, name)
    annotation = next(filter(_is_table, members), members[0])
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    candidate = arguments[-1] if origin in (list, dict) else annotation
    if isinstance(candidate, type) and issubclass(candidate, TomlTable):
        return candidate, origin
    return None, None
