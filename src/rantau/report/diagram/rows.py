"""The numbers of a fit as rows by their names in a model file, whichever engine made them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from rantau.errors import OptionError, ReportError, listing
from rantau.report.diagram.records import NAN

if TYPE_CHECKING:
    import pandas as pd

#: `lhs op rhs`, as in a model file.
Name = tuple[str, str, str]
#: Estimates that differ by less are the same, rounded perhaps.
_SAME = 1e-3


class Row(NamedTuple):
    """One estimate under its name in a model file, whichever engine made it."""

    lhs: str
    op: str
    rhs: str
    estimate: float = NAN
    low: float = NAN
    high: float = NAN
    p: float = NAN
    statistic: float = NAN

    @property
    def name(self) -> Name:
        """What it is an estimate of."""
        return self.lhs, self.op, self.rhs


def numbers_of(
    fit: Any,  # noqa: ANN401 - duck-typed, so that this file knows no engine
    draws: Any,  # noqa: ANN401 - Draws or the frame of their table
    group: int | None,
    *,
    standardized: bool,
) -> tuple[list[Row], list[tuple[str, float]]]:
    """Return what a diagram shows of a fit.

    Parameters
    ----------
    fit
        Of either engine.
    draws
        Bootstrap draws or their table; None without.
    group
        Which group of several, counted from 1.
    standardized
        Which estimates of a covariance-based fit; those of PLS always are standardised. Draws are of the same.

    Returns
    -------
    list of Row
        The estimates.
    list of tuple
        `(construct, R²)`.

    Raises
    ------
    OptionError
        If the draws are of other estimates than those shown.
    ReportError
        If the fit has several groups and none of them is chosen.
    """
    if hasattr(fit, "paths"):
        return _pls_rows(fit, _tested(draws, "estimates", None)), _explained(fit.r_squared(), None)
    # Interval, z and p are those of the number shown, as in the tables.
    shown = fit.standardized() if standardized else fit.estimates()
    rows = _frame_rows(_one_group(shown, group), "est_std" if standardized else "est")
    tested = _tested(draws, "standardized" if standardized else "estimates", group)
    _check_same(rows, tested, standardized=standardized)
    return [tested.get(row.name, row) for row in rows], _explained(fit.r_squared(), group)


def _check_same(rows: list[Row], tested: dict[Name, Row], *, standardized: bool) -> None:
    """Refuse draws of other numbers than those shown: their intervals would belong to nothing in the picture."""
    for row in rows:
        other = tested.get(row.name, row).estimate
        if abs(other - row.estimate) > _SAME * max(1.0, abs(row.estimate)):
            of, not_of = ("standardized", False) if standardized else ("estimates", True)
            raise OptionError(
                f"the draws are of other estimates than those shown: {' '.join(row.name)} is {other:.3f} in the draws "
                f"and {row.estimate:.3f} in the diagram. Give draws of this fit, of='{of}' where you give their table, "
                f"or standardized={not_of}."
            )


def _one_group(frame: pd.DataFrame, group: int | None) -> pd.DataFrame:
    """Return the rows of the group asked for; all of them where there is only one."""
    groups = [] if "group" not in frame else sorted({int(value) for value in frame["group"] if value > 0})
    if len(groups) < 2:
        return frame
    if group is None or group not in groups:
        raise ReportError(
            f"this fit has {len(groups)} groups and a diagram shows one: give group= one of "
            f"{listing([str(value) for value in groups])}" + ("." if group is None else f", not {group}.")
        )
    return frame[frame["group"] == group]


def _frame_rows(frame: pd.DataFrame, estimate: str) -> list[Row]:
    """Return the rows of a frame of estimates."""
    rows = []
    for cells in frame.to_dict("records"):
        numbers = (_float(cells, name) for name in (estimate, "ci_low", "ci_high", "p", "z"))
        rows.append(Row(str(cells["lhs"]), str(cells["op"]), str(cells["rhs"]), *numbers))
    return rows


def _float(cells: Mapping[Any, Any], name: str) -> float:
    """Return a number of a frame's row, NaN where it is lacking."""
    value = cells.get(name)
    return NAN if value is None else float(value)


def _tested(draws: Any, of: str, group: int | None) -> dict[Name, Row]:  # noqa: ANN401
    """Return the rows of a table of draws, by name."""
    if draws is None:
        return {}
    frame = draws.table(of=of) if callable(getattr(draws, "table", None)) else draws
    if not {"lhs", "op", "rhs", "est"}.issubset(getattr(frame, "columns", ())):
        raise OptionError(f"draws= takes rt.bootstrap(fit) or the frame of its table, got {type(draws).__name__}.")
    frame = _one_group(frame, group)
    rows = []
    for cells in frame.to_dict("records"):
        estimate, se = _float(cells, "est"), _float(cells, "se")
        statistic = estimate / se if se > 0 else NAN
        values = (estimate, *(_float(cells, name) for name in ("ci_low", "ci_high", "p")), statistic)
        rows.append(Row(str(cells["lhs"]), str(cells["op"]), str(cells["rhs"]), *values))
    return {row.name: row for row in rows}


def _pls_rows(fit: Any, tested: dict[Name, Row]) -> list[Row]:  # noqa: ANN401
    rows = [Row(str(r["lhs"]), "~", str(r["rhs"]), float(r["est"])) for r in fit.paths().to_dict("records")]
    for op, frame in (("=~", fit.loadings()), ("<~", fit.weights())):
        rows += [
            Row(str(cells["construct"]), op, str(cells["item"]), float(cells["est"]))
            for cells in frame.to_dict("records")
        ]
    # The estimate stays the fit's own: some intervals come with a bias-corrected one.
    return [tested.get(row.name, row)._replace(estimate=row.estimate) for row in rows]


def _explained(table: Any, group: int | None) -> list[tuple[str, float]]:  # noqa: ANN401 - a Series or a frame
    if getattr(table, "ndim", 1) == 2:
        table = _one_group(table, group)
        table = table.set_index("lhs")["r_squared"] if "lhs" in table else table["r_squared"]
    return [(str(key), float(value)) for key, value in table.items()]
