"""agreement(): whether several informants of one firm, team or school say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import fdtrc

from rantau.arrays import Array, Indices
from rantau.errors import EstimationError, OptionError, ResponseError, listing
from rantau.extras import require
from rantau.moments.belonging import memberships
from rantau.moments.sample import as_frame, sample, source_of
from rantau.options import choose, column_name, is_number
from rantau.record import Record
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: What answers would be like if informants agreed on nothing.
NULLS = ("uniform", "triangular")
#: Agreement that is commonly asked for before answers are averaged (LeBreton & Senter, 2008).
ENOUGH = 0.70
NAN = float("nan")


class ConstructAgreement(Record):
    """How far informants agree on one construct.

    Attributes
    ----------
    construct
        Its name.
    labels
        The units that have two informants or more, such as firms.
    sizes
        `(units,)` informants of each.
    r_wg
        `(units,)`; below zero where they differ more than by chance.
    n_single
        Units with one informant, of which nothing can be said.
    mean_squares
        Between and within units.
    n_average
        Informants of a unit, averaged so that units of uneven size are allowed for.
    """

    construct: str
    labels: tuple[str, ...]
    sizes: Indices
    r_wg: Array
    n_single: int
    mean_squares: tuple[float, float]
    n_average: float

    @property
    def icc1(self) -> float:
        """The share of the variance of single answers that lies between units; NaN where nothing varies."""
        between, within = self.mean_squares
        whole = between + (self.n_average - 1) * within
        return (between - within) / whole if whole > 0 else NAN

    @property
    def icc2(self) -> float:
        """The reliability of the means of units; NaN where these are all alike."""
        between, within = self.mean_squares
        return (between - within) / between if between > 0 else NAN

    @property
    def f_test(self) -> tuple[float, int, int, float]:
        """F of the differences between units, its degrees of freedom, and p; F and p are NaN where nothing varies."""
        between, within = self.mean_squares
        df = (len(self.sizes) - 1, int(self.sizes.sum()) - len(self.sizes))
        ratio = between / within if within > 0 else float("inf") if between > 0 else NAN
        return ratio, *df, float(fdtrc(*df, ratio))


class Agreement(Record):
    """How far the informants of each unit agree.

    Attributes
    ----------
    constructs
        One each.
    null, null_variance
        What answers would be like without agreement, and their variance for each construct.
    group
        The column that names the unit.
    source
        The data.
    n_left_out
        Rows without a unit.
    """

    constructs: tuple[ConstructAgreement, ...]
    null: str
    null_variance: tuple[float, ...]
    group: str
    source: str
    n_left_out: int

    def table(self) -> pd.DataFrame:
        """Return what is reported, a row per construct.

        Returns
        -------
        DataFrame
            `units`, `informants`; `r_wg_mean`, `r_wg_median`, `r_wg_enough` (the share of units at .70 or more),
            `r_wg_below_0` (how many units differ more than by chance; they count as 0 in mean and median, as James,
            Demaree & Wolf, 1984, advise); `icc1`, `icc2`; `f`, `df1`, `df2`, `p`.
        """
        rows = []
        for one in self.constructs:
            cut = np.maximum(one.r_wg, 0.0)
            ratio, df1, df2, p = one.f_test
            rows.append(
                {
                    "units": len(one.sizes),
                    "informants": int(one.sizes.sum()),
                    "r_wg_mean": cut.mean(),
                    "r_wg_median": np.median(cut),
                    "r_wg_enough": (cut >= ENOUGH).mean(),
                    "r_wg_below_0": int((one.r_wg < 0).sum()),
                    "icc1": one.icc1,
                    "icc2": one.icc2,
                    "f": ratio,
                    "df1": df1,
                    "df2": df2,
                    "p": p,
                }
            )
        pandas = require("pandas")
        return pandas.DataFrame(rows, index=pandas.Index([one.construct for one in self.constructs], name="construct"))  # type: ignore[no-any-return]

    def units(self) -> pd.DataFrame:
        """Return `construct`, the unit, its `informants` and `r_wg`, a row for each of both; not cut at 0."""
        rows = [
            (one.construct, label, int(size), value)
            for one in self.constructs
            for label, size, value in zip(one.labels, one.sizes, one.r_wg, strict=True)
        ]
        return require("pandas").DataFrame(rows, columns=["construct", self.group, "informants", "r_wg"])  # type: ignore[no-any-return]

    def __str__(self) -> str:
        told = [f"{self.source}: agreement of informants within '{self.group}', against answers that are {self.null}"]
        told += [f"  {self.n_left_out} rows name no unit and are left out"] if self.n_left_out else []
        told += [
            f"  {one.construct}: {one.n_single} units with one informant are left out"
            for one in self.constructs
            if one.n_single
        ]
        return "\n".join([*told, self.table().to_string(float_format=lambda value: f"{value:.3f}")])

    def __repr__(self) -> str:
        return f"<Agreement: {len(self.constructs)} constructs within '{self.group}'; see table() and units()>"

    def _repr_html_(self) -> str:
        return str(self.table().to_html(float_format=lambda value: f"{value:.3f}"))


def agreement(
    data: Responses | pd.DataFrame,
    group: str,
    *,
    constructs: Mapping[str, Sequence[str]] | None = None,
    scale: tuple[float, float] | None = None,
    null: str = "uniform",
    null_variance: float | None = None,
) -> Agreement:
    """Measure how far several informants of one unit agree: r_wg or r_wg(J), ICC(1) and ICC(2).

    Parameters
    ----------
    data
        Responses or a data frame, one row per informant. Items are turned already where they are reversed.
    group
        The column that names the unit, such as the firm.
    constructs
        Of a data frame: each construct with its items, such as `{"DE": ["de1", "de2"]}`. Responses know theirs.
    scale
        Of a data frame: the lowest and highest point of the scale, such as `(1, 5)`.
    null
        What answers would be like if informants agreed on nothing: `uniform`, any point as often; `triangular`, the
        middle more often, which asks for more agreement.
    null_variance
        The variance of such answers, instead: for a skewed null, say, from a table.

    Returns
    -------
    Agreement
        Print it, or see `table()` and `units()`.

    Raises
    ------
    ResponseError
        If a column is not there or holds text, or an answer lies outside the scale.
    OptionError
        If a data frame comes without constructs or scale, or an option has no meaning.
    EstimationError
        If fewer than two units have two informants.

    Notes
    -----
    James, Demaree & Wolf (1984), eqs. 1 and 3, with variances of divisor k - 1; the triangular null is theirs too.
    ICC(1) and ICC(2) are of the mean of the items: Bliese (2000), with the average size of units of uneven size by
    Haggard (1958). An informant who left out an item does not count for its construct.

    Examples
    --------
    >>> import pandas as pd, rantau as rt
    >>> data = pd.DataFrame({"firm": [1, 1, 1, 2, 2, 2], "a": [4, 4, 5, 1, 2, 1], "b": [4, 5, 5, 2, 1, 1]})
    >>> found = rt.agreement(data, "firm", constructs={"A": ["a", "b"]}, scale=(1, 5))
    >>> found.table().loc["A", ["r_wg_mean", "icc1"]].round(3).tolist()
    [0.909, 0.967]
    """
    by = column_name("group", group)
    choose("null", null, NULLS)
    if null_variance is not None and (not is_number(null_variance) or not null_variance > 0):
        raise OptionError(f"null_variance is a number above 0, got {null_variance!r}.")
    codes, labels = memberships(data, by, option="group")
    asked, source = _asked(data, constructs, scale)
    known = np.flatnonzero(codes >= 0)
    found, variances = [], []
    for name, items, (low, high) in asked:
        taken = sample(data, items)
        values = taken.values[known]
        _check_within(values, items, (low, high), source)
        whole = np.flatnonzero(~np.isnan(values).any(axis=1))
        units = [labels[code] for code in codes[known[whole]]]
        variance = float(null_variance) if null_variance is not None else _null_variance(null, high - low + 1)
        found.append(_of_construct(name, values[whole], units, variance, source))
        variances.append(variance)
    told = "as given" if null_variance is not None else null
    return Agreement(tuple(found), told, tuple(variances), by, source, len(codes) - len(known))


def _asked(
    data: Responses | pd.DataFrame,
    constructs: Mapping[str, Sequence[str]] | None,
    scale: tuple[float, float] | None,
) -> tuple[list[tuple[str, tuple[str, ...], tuple[float, float]]], str]:
    """Return the items and scale of each construct, and the source of the data."""
    if isinstance(data, Responses):
        if constructs is not None or scale is not None:
            raise OptionError("responses know their constructs and scales; leave `constructs` and `scale` out.")
        own = []
        # A construct of higher order has no items of its own.
        for one in (construct for construct in data.survey.constructs if construct.items):
            scales = {(item.scale.minimum, item.scale.maximum) for item in one.items}
            if len(scales) > 1:
                raise ResponseError(
                    f"{data.source}: the items of '{one.code}' have different scales, so their variances cannot be "
                    "averaged; take one construct of a data frame: rt.agreement(responses.frame(), ...)."
                )
            low, high = scales.pop()
            own.append((one.code, tuple(item.code for item in one.items), (float(low), float(high))))
        return own, data.source
    if not isinstance(constructs, Mapping) or not constructs:
        raise OptionError('agreement() of a data frame needs constructs={"DE": ["de1", "de2"], ...}.')
    if not isinstance(scale, tuple | list) or len(scale) != 2 or not all(map(is_number, scale)) or scale[0] >= scale[1]:
        raise OptionError(f"agreement() of a data frame needs its scale, such as scale=(1, 5), got {scale!r}.")
    bounds = (float(scale[0]), float(scale[1]))
    asked = []
    for name, items in constructs.items():
        if isinstance(items, str) or not isinstance(items, Sequence) or not items:
            raise OptionError(f"constructs: '{name}' needs a list of items, such as ['de1', 'de2'], got {items!r}.")
        asked.append((str(name), tuple(items), bounds))
    return asked, source_of(as_frame(data))


def _check_within(values: Array, items: tuple[str, ...], bounds: tuple[float, float], source: str) -> None:
    """Refuse answers `(n, j)` outside the scale: the variance without agreement would be another."""
    outside = (values < bounds[0]) | (values > bounds[1])
    if outside.any():
        row, column = (int(place) for place in np.argwhere(outside)[0])
        raise ResponseError(
            f"{source}: '{items[column]}' has {values[row, column]:g}, outside the scale from {bounds[0]:g} to "
            f"{bounds[1]:g}. Give the scale that was asked, scale=(low, high), or correct the answer."
        )


def _null_variance(null: str, points: float) -> float:
    """Return the variance of answers on a scale with so many points if nobody agreed (James et al., 1984)."""
    if null == "uniform":
        return (points**2 - 1) / 12
    even = round(points) % 2 == 0
    return float((points**2 + 2 * points - 2) / 24 if even else (points - 1) * (points + 3) / 24)


def _of_construct(name: str, values: Array, units: list[str], null_variance: float, source: str) -> ConstructAgreement:
    """Measure agreement on one construct from complete answers `(n, j)` and each row's unit."""
    members: dict[str, list[int]] = {}
    for row, unit in enumerate(units):
        members.setdefault(unit, []).append(row)
    several = {unit: rows for unit, rows in members.items() if len(rows) > 1}
    if len(several) < 2:
        raise EstimationError(
            f"{source}: '{name}' has {len(several)} units with two informants or more ({listing(several) or 'none'}); "
            "agreement needs two such units."
        )
    sizes = np.array([len(rows) for rows in several.values()], dtype=np.intp)
    r_wg = np.array([_r_wg(values[rows], null_variance) for rows in several.values()])
    score = values.mean(axis=1)
    groups = [score[rows] for rows in several.values()]
    n, grand = int(sizes.sum()), float(np.concatenate(groups).mean())
    between = sum(one.size * (one.mean() - grand) ** 2 for one in groups) / (len(groups) - 1)
    within = sum(((one - one.mean()) ** 2).sum() for one in groups) / (n - len(groups))
    average = float((n - (sizes**2).sum() / n) / (len(sizes) - 1))
    return ConstructAgreement(
        name, tuple(several), sizes, r_wg, len(members) - len(several), (float(between), float(within)), average
    )


def _r_wg(values: Array, null_variance: float) -> float:
    """Return r_wg(J) of the answers `(k, j)` of one unit."""
    share = float(values.var(axis=0, ddof=1).mean()) / null_variance
    j = values.shape[1]
    if share >= 1:
        # Beyond chance the formula for several items has no meaning and jumps; the one for one item goes on.
        return 1 - share
    return float(j * (1 - share) / (j * (1 - share) + share))
