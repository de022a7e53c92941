"""What a step of the assessment looks at, and what it says."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from rantau.inference import Draws
from rantau.inference.prediction import Prediction
from rantau.pls.result import PlsFit
from rantau.quality.cutoffs import OPEN, Criterion, Cutoffs
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

NAN = float("nan")


class Finding(Record):
    """One value held against its criterion.

    Attributes
    ----------
    test
        What is tested.
    about
        Of which item, construct or path.
    value, ci_low, ci_high, p
        NaN where there is none.
    criterion, source
        In words.
    met
        `yes`, `borderline`, `no`, or empty where nothing is asked.
    verdict
        What it means, in words.
    """

    test: str
    about: str
    value: float
    ci_low: float
    ci_high: float
    p: float
    criterion: str
    source: str
    met: str
    verdict: str


#: What a step returns.
Found = Iterator[Finding]


@runtime_checkable
class Comparison(Protocol):
    """What a step asks of a comparison of groups."""

    @property
    def fit(self) -> PlsFit:
        """The fit of all groups together."""

    def micom(self) -> pd.DataFrame:
        """Return `group_1 group_2 construct c c_quantile c_p invariance`, a row per construct and two groups."""

    def table(self) -> pd.DataFrame:
        """Return `lhs rhs group_1 group_2 difference p_permutation permitted`, a row per path and two groups."""


def rows_of(frame: pd.DataFrame) -> Iterator[Any]:
    """Return the rows of a table, with its columns as attributes."""
    yield from frame.itertuples()


def cell(frame: pd.DataFrame, row: str, column: str) -> float:
    """Return one number of a table."""
    value: Any = frame.loc[row, column]
    return float(value)


class Evidence(Record):
    """All that the steps of an assessment may look at.

    Attributes
    ----------
    fit
        A PLS fit.
    bootstrap, prediction
        Of the fit; None where there is none.
    redundancy
        `(construct, path)` of redundancy analyses.
    groups
        A comparison of groups; None where there is none.
    cutoffs
        The criteria.
    level, interval
        Of the intervals.
    """

    fit: PlsFit
    bootstrap: Draws | None
    prediction: Prediction | None
    redundancy: tuple[tuple[str, float], ...]
    groups: Comparison | None
    cutoffs: Cutoffs
    level: float
    interval: str

    @property
    def to_predict(self) -> str:
        """What it takes to judge prediction."""
        if self.fit.request.consistent:
            return "consistent PLS predicts nothing; fit with consistent=False, and predict from that"
        if self.fit.request.ordered:
            return "PLS of ordered answers predicts nothing; fit without ordered=, and predict from that"
        return "give predict=rt.predict(fit)"

    @property
    def reflective(self) -> tuple[str, ...]:
        """The constructs of several items that should agree: those not weighted by mode B, products left out."""
        return self._constructs(formative=False)

    @property
    def formative(self) -> tuple[str, ...]:
        """The constructs of several items weighted by mode B."""
        return self._constructs(formative=True)

    def _constructs(self, *, formative: bool) -> tuple[str, ...]:
        structure = self.fit.structure
        return tuple(
            name
            for name, mode, single in zip(structure.constructs, structure.modes, structure.single, strict=True)
            if not single and ":" not in name and (mode == "B") == formative
        )

    @cached_property
    def _drawn(self) -> dict[tuple[str, str, str], tuple[float, float, float]]:
        if self.bootstrap is None:
            return {}
        table = self.bootstrap.table(of="estimates", interval=self.interval, level=self.level)
        return {(row.lhs, row.op, row.rhs): (row.ci_low, row.ci_high, row.p) for row in rows_of(table)}

    def tested(self, lhs: str, op: str, rhs: str) -> tuple[float, float, float]:
        """Return the limits of an estimate and the p of the hypothesis that it is zero; NaN without a bootstrap."""
        return self._drawn.get((lhs, op, rhs), (NAN, NAN, NAN))

    def limits(self, lhs: str, op: str, rhs: str) -> tuple[float, float, float]:
        """Return the limits of an estimate that nobody expects to be zero, and no p."""
        low, high, _ = self.tested(lhs, op, rhs)
        return low, high, NAN

    @property
    def alpha(self) -> float:
        """What p has to stay below."""
        below = self.cutoffs["significance"].below
        return 0.05 if below is None else below

    @cached_property
    def _uppers(self) -> dict[tuple[str, str], float]:
        if self.bootstrap is None:
            return {}
        table = self.bootstrap.table(of="estimates", interval=self.interval, level=self.level, side="upper")
        own = table[table["op"] == "htmt"]
        return {(row.lhs, row.rhs): float(row.ci_high) for row in rows_of(own)}

    def upper(self, one: str, other: str) -> float:
        """Return the one-sided upper limit of the HTMT of a pair; NaN without a bootstrap."""
        return self._uppers.get((one, other), self._uppers.get((other, one), NAN))

    def finding(
        self,
        test: str,
        about: str,
        value: float,
        words: dict[str, str],
        *,
        criterion: str = "",
        limits: tuple[float, float, float] = (NAN, NAN, NAN),
        met: str | None = None,
    ) -> Finding:
        """Hold a value against a criterion of the set, and say what it means.

        Parameters
        ----------
        test, about, value
            Of the finding; the criterion is that of the test unless named.
        words
            The verdict for each of `yes`, `borderline`, `no`; with grades these speak for themselves.
        criterion
            Its name in the set.
        limits
            Of the interval, and p.
        met
            Where more is looked at than the value.
        """
        own: Criterion = self.cutoffs[criterion or test]
        judged = own.judge(value) if met is None else met
        low, high, p = limits
        said = own.grade(value) if own.grades else words.get(judged, "")
        if np.isnan(value) and judged == OPEN and not said:
            said = "not computed"
        return Finding(test, about, float(value), low, high, p, own.text, own.source, judged, said)

    def not_tested(self, test: str, about: str, what: str, *, criterion: str = "") -> Finding:
        """Say that a test was not made, and what it takes."""
        own = self.cutoffs[criterion or test]
        return Finding(test, about, NAN, NAN, NAN, NAN, own.text, own.source, OPEN, f"not tested: {what}")
