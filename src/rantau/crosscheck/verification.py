"""What a cross-check found: numbers beside numbers, and what could not be compared."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from rantau.extras import require
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

_MOST_DIGITS = 16.0


class Check(Record):
    """One number of ours beside the same number of another package.

    Attributes
    ----------
    kind
        Of quantity, in the plural: `loadings`, `standard errors`, `fit indices`.
    quantity
        Which one, as in a model file: `visual =~ x2`.
    ours, theirs
        The two numbers.
    package, version
        Whose the other number is.
    note
        What was done to make the two comparable; empty where nothing was.
    fit
        What the fit is called, such as `CFA`; empty where it has no name.
    """

    kind: str
    quantity: str
    ours: float
    theirs: float
    package: str
    version: str
    note: str = ""
    fit: str = ""

    @property
    def difference(self) -> float:
        """Ours less theirs; NaN where either is."""
        return self.ours - self.theirs

    @property
    def digits(self) -> float:
        """How many digits agree: -log10 of the difference over max(1, |ours|), between 0 and 16; NaN if NaN.

        Examples
        --------
        >>> round(Check("loadings", "F =~ a", 0.5, 0.501, "semopy", "2.3").digits, 6)
        3.0
        """
        apart = self._apart
        if math.isnan(apart):
            return math.nan
        return _MOST_DIGITS if apart == 0 else min(max(-math.log10(apart), 0.0), _MOST_DIGITS)

    def agrees(self, tolerance: float) -> bool:
        """Return whether the difference, over max(1, |ours|), is within a tolerance; never where a number is NaN."""
        return self._apart <= tolerance

    @property
    def _apart(self) -> float:
        return abs(self.difference) / max(1.0, abs(self.ours))


class Skipped(Record):
    """What was not compared, and why; `fit` as in `Check`."""

    quantity: str
    package: str
    version: str
    reason: str
    fit: str = ""


class Verification(Record):
    """All comparisons of one fit, or of several with names.

    Its tables begin with a column `fit` where fits have names.

    Attributes
    ----------
    checks
        What was compared.
    skipped
        What was not, with reasons.
    """

    checks: tuple[Check, ...]
    skipped: tuple[Skipped, ...]

    def agreed(self, tolerance: float = 1e-4) -> bool:
        """Return whether something was compared and all of it agrees.

        Parameters
        ----------
        tolerance
            On each difference, over max(1, |ours|).
        """
        return bool(self.checks) and all(check.agrees(tolerance) for check in self.checks)

    def disagreements(self, tolerance: float = 1e-4) -> tuple[Check, ...]:
        """Return the checks that do not agree, in their order.

        Parameters
        ----------
        tolerance
            On each difference, over max(1, |ours|).
        """
        return tuple(check for check in self.checks if not check.agrees(tolerance))

    def of(self, fit: str) -> Verification:
        """Return the same comparisons under the name of a fit."""
        return Verification(
            tuple(check.replace(fit=fit) for check in self.checks),
            tuple(one.replace(fit=fit) for one in self.skipped),
        )

    def frame(self) -> pd.DataFrame:
        """Return every comparison: `package version kind quantity ours theirs difference digits note`."""
        names = (
            *self._named, "package", "version", "kind", "quantity", "ours", "theirs", "difference", "digits", "note",
        )  # fmt: skip
        rows = [tuple(getattr(check, name) for name in names) for check in self.checks]
        return _table(rows, names)

    def left_out(self) -> pd.DataFrame:
        """Return what was not compared: `package version quantity reason`."""
        names = (*self._named, "package", "version", "quantity", "reason")
        return _table([tuple(getattr(one, name) for name in names) for one in self.skipped], names)

    def summary(self) -> pd.DataFrame:
        """Return one row per fit, package and kind: `package version kind compared largest_difference digits`.

        The largest difference is absolute; digits are those of the quantity that agrees least. Both are NaN
        where a number of that kind is.
        """
        by = (*self._named, "package", "version", "kind")
        owners = [tuple(getattr(check, name) for name in by) for check in self.checks]
        rows: list[tuple[object, ...]] = []
        for group in dict.fromkeys(owners):
            own = [check for check, owner in zip(self.checks, owners, strict=True) if owner == group]
            apart, digits = [abs(check.difference) for check in own], [check.digits for check in own]
            broken = any(math.isnan(each) for each in apart)
            rows.append((*group, len(own), math.nan if broken else max(apart), math.nan if broken else min(digits)))
        return _table(rows, (*by, "compared", "largest_difference", "digits"))

    @property
    def _named(self) -> tuple[str, ...]:
        """The column of names, where any fit has one."""
        named = any(check.fit for check in self.checks) or any(one.fit for one in self.skipped)
        return ("fit",) if named else ()

    def __str__(self) -> str:
        parts = []
        if self.checks:
            parts.append(self.summary().to_string(index=False, float_format=lambda value: f"{value:.3g}"))
        parts += [
            f"not compared: {one.fit + ', ' if one.fit else ''}{one.quantity} ({one.package}): {one.reason}"
            for one in self.skipped
        ]
        return "\n".join(parts) or "Nothing was compared."

    def _repr_html_(self) -> str:
        tables = [(self.summary(), "Compared"), (self.left_out(), "Not compared")]
        return "\n".join(
            f"<h4>{title}</h4>{table.to_html(index=False, border=0, float_format=lambda value: f'{value:.3g}')}"
            for table, title in tables
            if len(table)
        )


def _table(rows: list[tuple[object, ...]], names: tuple[str, ...]) -> pd.DataFrame:
    return require("pandas").DataFrame(rows, columns=list(names))  # type: ignore[no-any-return]
