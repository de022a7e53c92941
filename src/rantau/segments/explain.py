"""explain_segments(): which columns of the data tell hidden segments apart (the ex-post step)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import chdtrc, fdtrc

from rantau.arrays import Array, Cells, Indices, Mask
from rantau.errors import EstimationError, OptionError, ResponseError, listing
from rantau.extras import require
from rantau.groups.corrections import CORRECTIONS
from rantau.moments.belonging import EMPTY, labelled, named_column
from rantau.moments.sample import as_frame
from rantau.options import choose, is_several, several_names
from rantau.segments.agreement import rand_of
from rantau.segments.explanation import Column, Explanation
from rantau.segments.fimix_result import Fimix
from rantau.segments.pos_result import Pos
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: A column of numbers with more different values than this is cut in two where that tells most.
CATEGORIES = 10


def explain_segments(
    memberships: Sequence[Any] | pd.Series,
    data: Responses | pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    numbers: str | Sequence[str] = (),
    adjust: str = "holm",
) -> Explanation:
    """Look for columns of the data that tell hidden segments apart: the ex-post step.

    Parameters
    ----------
    memberships
        The segment of each row of the data, `(rows,)`: `rt.fimix(fit).memberships(2)`, or
        `rt.pos(fit).memberships()`. Rows without an entry are left out.
    data
        The rows, with columns that are no part of the model.
    by
        The columns to hold against the segments. None takes all columns of a data frame, or those of responses that
        are no items.
    numbers
        Columns of numbers to be taken for such though they have few different values. One with more than ten is
        always.
    adjust
        The correction of p-values for the number of columns: `none`, `bonferroni`, `holm`, `hochberg`, `bh` or `by`.

    Returns
    -------
    Explanation
        Print it, or see `table()`, `crosstab(column)`, `groups(column)` and `advice`.

    Raises
    ------
    OptionError
        If an option has no meaning.
    ResponseError
        If the data have no such column, or it holds no numbers where numbers are asked for.
    EstimationError
        If there are fewer than two segments, or no column divides the rows.

    Notes
    -----
    Segments were sought in the same rows, but not by these columns, so that the tests hold as tests. A column that
    tells segments apart makes of hidden groups such as can be seen, which others can find again.

    Source: Sarstedt and Ringle (2010), Treating unobserved heterogeneity in PLS path modeling; Hair, Sarstedt, Matthews
    and Ringle (2016) and Matthews, Sarstedt, Hair and Ringle (2016), Identifying and treating unobserved heterogeneity
    with FIMIX-PLS, parts I and II; Hubert and Arabie (1985) for the adjusted Rand index.

    Examples
    --------
    >>> import pandas as pd, rantau as rt
    >>> data = pd.DataFrame({"sex": ["f", "m"] * 20, "age": range(20, 60)})
    >>> found = rt.explain_segments(["1", "2"] * 20, data)
    >>> found.table()["column"].tolist(), found.table()["classified"].tolist()
    (['sex', 'age'], [1.0, 0.525])
    """
    choose("adjust", adjust, CORRECTIONS)
    if not isinstance(data, Responses):
        data = as_frame(data)
    n = data.n_obs if isinstance(data, Responses) else len(data)
    codes, segments = _segments_of(memberships, n)
    forced = several_names("numbers", numbers, "age")
    named = several_names("by", by, "age")
    if by is None:
        named = data.extras_names if isinstance(data, Responses) else tuple(str(name) for name in data.columns)
    if not named:
        raise OptionError("there is no column to hold against the segments: name some with by=.")
    for name in forced:
        choose("numbers", name, named)
    columns, left_out = [], []
    for name in dict.fromkeys(named):
        column = named_column(data, name, "by")
        found = _column(name, column, codes, len(segments), number=name in forced)
        if isinstance(found, Column):
            columns.append(found)
        elif by is not None:
            raise EstimationError(f"by='{name}' {found}.")
        else:
            left_out.append((name, found))
    if not columns:
        told = listing([f"{name} ({reason})" for name, reason in left_out], most=4)
        raise EstimationError(f"no column divides the rows: {told}.")
    columns.sort(key=lambda one: (-rand_of(one.counts), one.p))
    return Explanation(tuple(columns), segments, tuple(left_out), adjust)


def _segments_of(memberships: Sequence[Any] | pd.Series, n: int) -> tuple[Indices, tuple[str, ...]]:
    """Return the segment of each of n rows, `(n,)`, -1 for none, and the labels of segments."""
    if isinstance(memberships, Fimix | Pos):
        how = "memberships(2), of so many segments" if isinstance(memberships, Fimix) else "memberships()"
        raise OptionError(f"explain_segments() takes a segment for each row: give found.{how}.")
    if isinstance(memberships, str) or not is_several(memberships):
        raise OptionError(
            "explain_segments() takes a segment for each row, such as data['segment'] or found.memberships(); got "
            f"{memberships!r}."
        )
    codes, segments = labelled(require("pandas").Series(list(memberships)))
    if len(codes) != n:
        raise OptionError(f"memberships has {len(codes)} labels, and the data have {n} rows: one each.")
    if len(segments) < 2:
        told = f"'{segments[0]}' in every row that has one" if segments else "no segment in any row"
        raise EstimationError(f"memberships has {told}; two segments at least can be told apart.")
    if len(segments) > n / 2:
        raise EstimationError(f"memberships has {len(segments)} different segments in {n} rows, so it divides nothing.")
    # Segments are named by numbers, whichever is met first.
    order = np.argsort(segments, kind="stable")
    return np.append(np.argsort(order), -1)[codes], tuple(segments[place] for place in order)


def _column(name: str, column: pd.Series, segment: Indices, k: int, *, number: bool) -> Column | str:
    """Hold one column against the segments; return why not where it divides nothing."""
    # As objects first: a column of pandas' own numbers keeps its NA where None is put in its place.
    values = _numbers(column.astype(object).where(column.notna(), None).to_numpy(dtype=object))
    if number and values is None:
        raise ResponseError(f"numbers='{name}': the column holds texts that are no numbers.")
    inside = segment >= 0
    if values is not None:
        known = inside & ~np.isnan(values)
        different = np.unique(values[known]).size
        if different > CATEGORIES or (number and different > 1):
            return _of_number(name, values, segment, known, k)
    codes, entries = labelled(column)
    there = np.unique(codes[inside & (codes >= 0)])
    if there.size < 2:
        return "has one entry in all rows of the segments" if there.size else "has no entry in any row of the segments"
    if there.size > inside.sum() / 2:
        return f"has {there.size} different entries in {inside.sum()} rows, so it divides nothing"
    renumbered = np.full(len(entries) + 1, -1, dtype=np.intp)
    renumbered[there] = np.arange(there.size)
    codes = renumbered[codes]
    counts = _counts(codes, segment, there.size, k)
    statistic, df, effect = independence(counts)
    p = float(chdtrc(df, statistic)) if df else np.nan
    return Column(name, False, tuple(entries[place] for place in there), codes, counts, statistic, (df,), p, effect)


def _of_number(name: str, values: Array, segment: Indices, known: Mask, k: int) -> Column:
    y, own = values[known], segment[known]
    sizes = np.bincount(own, minlength=k).astype(float)
    there = sizes > 0
    means = np.bincount(own, weights=y, minlength=k)[there] / sizes[there]
    between = float((sizes[there] * (means - y.mean()) ** 2).sum())
    total = float(((y - y.mean()) ** 2).sum())
    df = int(there.sum()) - 1, y.size - int(there.sum())
    f = (between / df[0]) / ((total - between) / df[1]) if df[0] and total > between else np.inf if df[0] else np.nan
    cut = best_cut(y, own, k)
    codes = np.where(np.isnan(values), -1, (values > cut).astype(np.intp))
    return Column(
        name=name,
        numeric=True,
        groups=(f"<= {cut:g}", f"> {cut:g}"),
        codes=codes,
        counts=_counts(codes, segment, 2, k),
        statistic=f,
        df=df,
        p=float(fdtrc(*df, f)) if df[0] else np.nan,
        effect=between / total,
    )


def independence(counts: Array) -> tuple[float, int, float]:
    """Return chi-square of a table of counts `(r, c)`, its degrees of freedom, and Cramer's V.

    Rows and columns without counts are left out.

    Source: Cramér (1946), Mathematical methods of statistics, ch. 21.9.
    """
    table = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    r, c = table.shape
    least = min(r, c) - 1
    return statistic, (r - 1) * (c - 1), float(np.sqrt(statistic / (table.sum() * least))) if least else np.nan


def best_cut(values: Array, segment: Indices, k: int) -> float:
    """Return the number that divides values `(n,)` so that chi-square with the segments is largest.

    It lies halfway between two neighbouring values.
    """
    order = np.argsort(values, kind="stable")
    ranked = values[order]
    below = np.cumsum(segment[order, None] == np.arange(k), axis=0)
    ends = np.flatnonzero(np.diff(ranked) > 0)
    whole = below[-1]
    size = (ends + 1.0)[:, None] / len(values)
    # Both sides deviate from what is expected by as much.
    deviation = (below[ends] - size * whole) ** 2
    with np.errstate(invalid="ignore", divide="ignore"):
        gain = np.nansum(deviation / whole * (1 / size + 1 / (1 - size)), axis=1)
    place = ends[int(np.argmax(gain))]
    return float((ranked[place] + ranked[place + 1]) / 2)


def _counts(codes: Indices, segment: Indices, groups: int, k: int) -> Array:
    both = (codes >= 0) & (segment >= 0)
    found = np.zeros((groups, k))
    np.add.at(found, (codes[both], segment[both]), 1.0)
    return found


def _numbers(cells: Cells) -> Array | None:
    """Return a column as numbers, NaN where there is no entry; None where some entry is no number."""
    found = np.full(len(cells), np.nan)
    for row, cell in enumerate(cells):
        if cell is None or (isinstance(cell, str) and cell.strip() in EMPTY):
            continue
        if isinstance(cell, bool | np.bool_):
            return None
        try:
            found[row] = float(cell)
        except (TypeError, ValueError):
            return None
    return np.where(np.isfinite(found), found, np.nan)
