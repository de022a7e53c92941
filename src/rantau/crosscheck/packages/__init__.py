"""The room of packages that a fit is checked against: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rantau.crosscheck.kinds import FactorFit, ScoreFit
from rantau.crosscheck.packages import pingouin, semopy, statsmodels
from rantau.crosscheck.verification import Verification
from rantau.record import Record


class Package(Record):
    """A package to check against.

    Attributes
    ----------
    name
        Of the row, and of the package to install.
    takes
        The kinds of fit it can say something about.
    function
        From a fit of such a kind to what was found.
    compares
        In words, for documentation.
    """

    name: str
    takes: tuple[type[Any], ...]
    function: Callable[[Any], Verification]
    compares: str

    def can(self, fit: object) -> bool:
        """Return whether the package can check a fit, going by what the fit offers."""
        return isinstance(fit, self.takes)


ROWS = (
    Package("semopy", (FactorFit,), semopy.check, "factor and path models by maximum likelihood"),
    Package(
        "statsmodels", (FactorFit, ScoreFit), statsmodels.check,
        "regressions among observed variables or construct scores, and their variance inflation",
    ),
    Package(
        "pingouin", (FactorFit, ScoreFit), pingouin.check,
        "Cronbach's alpha, correlations of construct scores, and regressions",
    ),
)  # fmt: skip
