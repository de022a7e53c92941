"""A covariance fit as tables to read: fit in a few lines, estimates group by group."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.cli.show import Part
from rantau.extras import require

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance import SemFit

#: What a reader looks for first, of some forty indices; files and JSON hold all.
SHORT = (
    "npar", "chisq", "df", "pvalue", "chisq_scaling_factor", "cfi", "tli", "rmsea", "rmsea_ci_lower",
    "rmsea_ci_upper", "rmsea_pvalue", "srmr", "aic", "bic",
)  # fmt: skip
#: Corrected values, where an estimator has them, stand beside the plain one under these endings.
CORRECTED = ("scaled", "robust")
#: Smaller modification indices are within chance (5 % of chi-square with one degree of freedom); residual
#: correlations beyond the other are worth a look (Kline, 2016, p. 278).
WORTH, LARGE = 3.84, 0.10
#: How many are shown.
MOST = 15


def parts_of(
    fit: SemFit,
    *,
    level: float,
    whole: bool,
    modification: bool = False,
    residuals: bool = False,
    categories: bool = False,
) -> tuple[Part, ...]:
    """Return the tables of a fit, the estimates last.

    Parameters
    ----------
    fit
        By `sem`, `cfa` or `growth`.
    level
        Of the intervals.
    whole
        All of every table, for a file or a program, instead of what a reader needs first.
    modification, residuals
        Whether modification indices and residual correlations are wanted too.
    categories
        Whether the probabilities of the categories of ordered items are.
    """
    parts = [Part("fit", title_of(fit), _every_index(fit) if whole else short_fit(fit))]
    if fit.groups and whole:
        parts.append(Part("groups", "Groups", _groups(fit)))
    if residuals and fit.converged:
        parts.append(_residuals(fit, whole=whole))
    if modification and fit.converged:
        parts.append(_modification(fit, whole=whole))
    if categories:
        title = "Categories: their shares among the answers, and what the model implies"
        parts.append(Part("categories", title, fit.category_probabilities()))
    effects = fit.effects(level=level)
    if (effects["kind"] == "indirect").any():
        parts.append(_effects(fit, effects, whole=whole))
    frame = fit.estimates(level=level)
    return (*parts, *([Part("estimates", "Estimates", frame)] if whole else _estimates(fit, frame)))


def title_of(fit: SemFit) -> str:
    """Say what was fitted to how many rows, in which groups."""
    rows = f"{fit.n_obs} rows"
    left_out = fit.n_read - fit.n_obs
    if left_out:
        rows += f" ({left_out} left out for missing answers)"
    gaps = 0 if fit.sample is None else int(np.isnan(fit.sample.values).any(axis=1).sum())
    if gaps:
        rows += f", {gaps} of them with gaps"
    if fit.groups:
        sizes = _groups(fit)
        rows += f", in {len(sizes)} groups: " + ", ".join(f"{row.label} {row.rows}" for row in sizes.itertuples())
    return f"Fit by {fit.request.estimator}, {rows}"


def short_fit(fit: SemFit) -> pd.DataFrame:
    """Return the indices that are read first: `index value`, and corrected ones beside where there are any."""
    found = fit.fit_indices()
    columns = {"value": [_plain(found[name]) if name in found else None for name in SHORT]}
    for ending in CORRECTED:
        cells = [found.get(f"{name}_{ending}") for name in SHORT]
        if any(cell is not None for cell in cells):
            columns[ending] = [None if cell is None else _plain(cell) for cell in cells]
    frame: pd.DataFrame = require("pandas").DataFrame({"index": SHORT, **columns}, dtype=object)
    missing = frame.drop(columns="index").isna().all(axis=1)
    return frame[~missing].reset_index(drop=True)


def _every_index(fit: SemFit) -> pd.DataFrame:
    values = {name: _plain(value) for name, value in fit.fit_indices().items()}
    series = require("pandas").Series(values, dtype=object, name="value").rename_axis("index")
    return series.reset_index()  # type: ignore[no-any-return]


def _plain(value: float) -> float | int | None:
    """Return a count as a whole number, which is shown without decimals."""
    if np.isnan(value):
        return None
    return int(value) if float(value).is_integer() else float(value)


def _groups(fit: SemFit) -> pd.DataFrame:
    if fit.sample is None or fit.sample.group is None:
        sizes = [int(n) for n in fit.moments.n]
    else:
        sizes = np.bincount(fit.sample.group, minlength=len(fit.groups)).tolist()
    numbers = range(1, len(sizes) + 1)
    return require("pandas").DataFrame({"group": numbers, "label": fit.groups, "rows": sizes})  # type: ignore[no-any-return]


def _estimates(fit: SemFit, frame: pd.DataFrame) -> list[Part]:
    """Return the estimates of each group under its name, and what is defined of all of them."""
    if not fit.groups:
        return [Part("estimates", "Estimates", frame.drop(columns="group"))]
    own, defined = frame[frame["op"] != ":="], frame[frame["op"] == ":="]
    parts = [
        Part(f"estimates_{row.group}", f"Estimates, {row.label} ({row.rows} rows)",
             own[own["group"] == row.group].drop(columns="group").reset_index(drop=True))
        for row in _groups(fit).itertuples()
    ]  # fmt: skip
    if len(defined):
        parts.append(Part("defined", "Defined quantities", defined.drop(columns="group").reset_index(drop=True)))
    return parts


def _effects(fit: SemFit, frame: pd.DataFrame, *, whole: bool) -> Part:
    """Return what paths do together; a reader sees direct effects among the estimates."""
    if whole:
        return Part("effects", "Effects", frame)
    shown = frame[frame["kind"] != "direct"].reset_index(drop=True)
    return Part(
        "effects",
        "Indirect and total effects (intervals by resampling: rantau bootstrap --of effects)",
        _named(fit, shown) if fit.groups else shown,
    )


def _named(fit: SemFit, frame: pd.DataFrame) -> pd.DataFrame:
    """Show groups by their labels, and none where there is one."""
    if not fit.groups:
        return frame.drop(columns="group")
    return frame.assign(group=[fit.groups[group - 1] for group in frame["group"]])


def _modification(fit: SemFit, *, whole: bool) -> Part:
    if whole:
        return Part("modification_indices", "Modification indices", fit.modification_indices())
    frame = fit.modification_indices(minimum=WORTH)
    shown = _named(fit, frame.head(MOST))
    title = f"Modification indices above {WORTH}, {min(MOST, len(frame))} of {len(frame)} (epc: expected change)"
    return Part("modification_indices", title, shown)


def _residuals(fit: SemFit, *, whole: bool) -> Part:
    frame = fit.residual_table(kind="cor_bollen")
    if whole:
        return Part("residuals", "Residual correlations", frame)
    frame = frame[(frame["op"] == "~~") & (frame["lhs"] != frame["rhs"])]
    order = frame["residual"].abs().sort_values(ascending=False, kind="stable").index
    large = int((frame["residual"].abs() > LARGE).sum())
    title = f"Residual correlations, the largest of {len(frame)}; {large} beyond {LARGE:.2f}"
    return Part("residuals", title, _named(fit, frame.loc[order].head(MOST).reset_index(drop=True)))
