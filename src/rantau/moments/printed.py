"""Matrices and rows of numbers in the guises in which they are printed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from rantau.arrays import Array, Mask
from rantau.errors import ResponseError, listing
from rantau.options import several_names

#: By how much two cells that should be equal may differ, relative to the variances, before it is no rounding.
_UNEVEN = 1e-6
#: Squares of larger numbers overflow.
_LARGEST = 1e140


def square_of(matrix: Any, names: Sequence[str] | None, where: str) -> tuple[Array, tuple[str, ...]]:  # noqa: ANN401
    """Return a symmetric matrix without empty cells, and the names of its variables.

    Parameters
    ----------
    matrix
        A data frame, an array `(p, p)`, text, or rows of full or growing length.
    names
        The variables, where the matrix does not name them.
    where
        What it is, for messages.

    Raises
    ------
    ResponseError
        If it is not square or not symmetric, has an empty cell, or does not fit its names.
    """
    called: tuple[str, ...] | None = None if names is None else several_names("names", names, "x1")
    if isinstance(matrix, str):
        square = _lower_triangle(
            [line.replace(",", " ").split() for line in re.split(r"[\n;]", matrix) if line.strip()], where
        )
    elif hasattr(matrix, "columns") and hasattr(matrix, "index"):
        columns = tuple(str(name) for name in matrix.columns)
        if called is not None and set(called) != set(columns):
            raise ResponseError(f"names: the columns of the {where} are {listing(columns)}; got {listing(called)}.")
        called = columns
        rows = [str(name) for name in matrix.index]
        square = _numbers(matrix.to_numpy(), where)
        if set(rows) == set(columns):
            square = square[[rows.index(name) for name in columns]] if rows != list(columns) else square
        elif rows != [str(place) for place in range(len(rows))]:
            raise ResponseError(
                f"{where}: the rows are {listing(rows)}, the columns {listing(columns)}; they must be the same."
            )
    elif getattr(matrix, "ndim", 0) == 2:
        square = _numbers(np.asarray(matrix), where)
    else:
        square = _lower_triangle(_rows(matrix, where), where)
    if not square.size:
        raise ResponseError(f"{where}: it is empty.")
    if called is None:
        raise ResponseError(f"{where}: the variables have no names; give names=[...] in the order of the matrix.")
    if len(set(called)) != len(called):
        raise ResponseError(f"names: '{next(name for name in called if called.count(name) > 1)}' is there twice.")
    if square.shape != (len(called), len(called)):
        shape = f"{square.shape[0]} rows and {square.shape[1]} columns"
        answers = (
            " Rows of answers need no moments: give them to rt.sem or rt.cfa." if len(square) > len(called) else ""
        )
        raise ResponseError(f"{where}: {len(called)} names ({listing(called)}) and a matrix of {shape}.{answers}")
    return _mirrored(square, called, where), called


def _rows(matrix: Any, where: str) -> list[Any]:  # noqa: ANN401 - a matrix in any guise
    """Return the rows of what is neither a frame nor an array."""
    try:
        rows = [list(row) for row in matrix]
    except TypeError:
        rows = []
    if not rows:
        raise ResponseError(
            f"{where}: a data frame, an array, or the rows of a lower triangle are needed, got {matrix!r}."
        )
    return rows


def _numbers(cells: Any, where: str) -> Array:  # noqa: ANN401 - cells of any kind
    try:
        found = np.array(cells, dtype=float)
    except (TypeError, ValueError):
        raise ResponseError(
            f"{where}: it must hold numbers alone, got {listing(map(str, np.ravel(cells)), most=6)}."
        ) from None
    huge = found[np.isfinite(found) & (np.abs(found) > _LARGEST)]
    if huge.size:
        raise ResponseError(f"{where}: values such as {huge[0]:g} cannot be analysed; give them in a larger unit.")
    return found


def _lower_triangle(rows: list[Any], where: str) -> Array:
    """Fill a square from rows of growing length, of full length, or one row of all."""
    if len(rows) == 1 and len(rows[0]) > 1:
        cells = list(rows[0])
        size = round((np.sqrt(8 * len(cells) + 1) - 1) / 2)
        if size * (size + 1) // 2 != len(cells):
            raise ResponseError(
                f"{where}: one row of {len(cells)} numbers is no lower triangle; p variables have p(p + 1)/2."
            )
        rows = [cells[k * (k + 1) // 2 : (k + 1) * (k + 2) // 2] for k in range(size)]
    lengths = [len(row) for row in rows]
    if lengths not in (list(range(1, len(rows) + 1)), [len(rows)] * len(rows)):
        raise ResponseError(
            f"{where}: row k of a lower triangle has k numbers, diagonal included; got rows of "
            f"{listing(map(str, lengths))} numbers."
        )
    square = np.full((len(rows), len(rows)), np.nan)
    for place, row in enumerate(rows):
        square[place, : len(row)] = _numbers(row, where)
    return square


def _mirrored(square: Array, names: tuple[str, ...], where: str) -> Array:
    """Fill the triangle that was left empty from the other, and refuse two that differ."""
    empty, filled = np.isnan(square), np.nan_to_num(square)
    for triangle in (np.triu(np.ones_like(empty), 1), np.tril(np.ones_like(empty), -1)):
        # Some programs write zeros where nothing stands; no symmetric matrix has them on one side only.
        if not filled[triangle].any() and filled[triangle.T].any():
            empty = empty | triangle
    whole = np.where(empty, square.T, square)
    if not np.isfinite(whole).all():
        row, column = (int(k) for k in np.argwhere(~np.isfinite(whole))[0])
        raise ResponseError(f"{where}: no number for '{names[row]}' and '{names[column]}', got {whole[row, column]:g}.")
    uneven: Mask = np.abs(whole - whole.T) > _UNEVEN * np.sqrt(
        np.abs(np.multiply.outer(whole.diagonal(), whole.diagonal()))
    )
    if uneven.any():
        row, column = (int(k) for k in np.argwhere(uneven)[0])
        raise ResponseError(
            f"{where}: not symmetric: '{names[row]}' with '{names[column]}' is {whole[row, column]:g}, and "
            f"'{names[column]}' with '{names[row]}' is {whole[column, row]:g}. Correct one, or leave "
            "the upper triangle out."
        )
    mirrored: Array = 0.5 * (whole + whole.T)
    return mirrored


def row_of(given: Any, names: tuple[str, ...], where: str) -> Array:  # noqa: ANN401 - numbers in any guise
    """Return one number for each variable.

    Parameters
    ----------
    given
        A series or dict by variable, or numbers in their order.
    names
        The variables.
    where
        What they are, for messages.

    Raises
    ------
    ResponseError
        If there are too few or too many, or one is no number.
    """
    if isinstance(given, Mapping) or (hasattr(given, "index") and hasattr(given, "to_dict")):
        by_name = {str(name): value for name, value in dict(given).items()}
        lacking = [name for name in names if name not in by_name]
        if lacking:
            raise ResponseError(f"{where}: none for {listing(lacking)}; got those of {listing(by_name)}.")
        given = [by_name[name] for name in names]
    values = _numbers(given, where)
    if values.shape != (len(names),):
        raise ResponseError(
            f"{where}: {len(names)} numbers are needed, in the order {listing(names)}; got {values.size}."
        )
    if not np.isfinite(values).all():
        raise ResponseError(f"{where}: no number for '{names[int(np.flatnonzero(~np.isfinite(values))[0])]}'.")
    return values
