"""What PLS-POS found, as tables."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Indices, Labels, Mask
from rantau.extras import require
from rantau.fit import Problem
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd


class Pos(Record):
    """Segments in each of which the model explains most, the largest first.

    Attributes
    ----------
    codes
        The segment of each row that entered, from 0, `(n,)`.
    sizes
        Their rows, `(K,)`.
    coefficients, whole_coefficients
        Of paths, `(K, paths)` and, of all rows together, `(paths,)`, in the order of `path_names`.
    path_names
        `(outcome, predictor)`.
    explained, whole_explained
        R², `(K, outcomes)` and, of all rows together, `(outcomes,)`.
    outcomes, targets
        The constructs that have predictors, and those whose R² were raised.
    objective, whole
        The sum of the targets' R², a mean of the segments weighted by their rows; and that of all rows together.
    histories
        The objective after each step, start by start.
    settled
        Whether each start ended where no move was better.
    entered
        Which rows of the data entered, `(rows,)`.
    given
        Whether the first start was given by the caller; the others are random.
    seed
        Of the random starts.
    least
        The smallest number of rows that a segment was allowed.
    problems
        What must be known before the segments are believed.
    labels
        The index of the data frame, `(rows,)`; None where it counts them from 0.
    """

    codes: Indices
    sizes: Indices
    coefficients: Array
    whole_coefficients: Array
    path_names: tuple[tuple[str, str], ...]
    explained: Array
    whole_explained: Array
    outcomes: tuple[str, ...]
    targets: tuple[str, ...]
    objective: float
    whole: float
    histories: tuple[tuple[float, ...], ...]
    settled: tuple[bool, ...]
    entered: Mask
    given: bool
    seed: int
    least: int
    problems: tuple[Problem, ...]
    labels: Labels | None = None

    @property
    def segments(self) -> int:
        """How many there are."""
        return int(self.sizes.size)

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return not any(problem.severity == "error" for problem in self.problems)

    def paths(self) -> pd.DataFrame:
        """Return the paths of each segment and of all rows: `lhs op rhs segment_1 segment_2 ... whole`."""
        values = np.column_stack([self.coefficients.T, self.whole_coefficients])
        rows = [(a, "~", b, *row) for (a, b), row in zip(self.path_names, values, strict=True)]
        return _frame(rows, ["lhs", "op", "rhs", *self._names, "whole"])

    def r_squared(self) -> pd.DataFrame:
        """Return the R² of each outcome: `segment_1 segment_2 ...`, `weighted` by their rows, and `whole`."""
        weighted = self.sizes @ self.explained / self.sizes.sum()
        values = np.column_stack([self.explained.T, weighted, self.whole_explained])
        columns = [*self._names, "weighted", "whole"]
        return require("pandas").DataFrame(values, index=list(self.outcomes), columns=columns)  # type: ignore[no-any-return]

    def table(self) -> pd.DataFrame:
        """Return `segment rows share objective`: of each segment, the sum of the targets' R²; and of all rows."""
        counted = [place for place, name in enumerate(self.outcomes) if name in self.targets]
        own = self.explained[:, counted].sum(axis=1)
        n = int(self.sizes.sum())
        rows: list[tuple[object, ...]] = [
            (str(1 + place), int(size), size / n, value)
            for place, (size, value) in enumerate(zip(self.sizes, own, strict=True))
        ]
        rows += [("all segments", n, 1.0, self.objective), ("whole", n, 1.0, self.whole)]
        return _frame(rows, ["segment", "rows", "share", "objective"])

    def memberships(self) -> pd.Series:
        """Return the segment of each row of the data, empty where it did not enter the fit.

        `rt.compare_groups(fit, by=found.memberships())` compares the segments; their differences were sought, so that
        its p-values are no tests.
        """
        labels = np.full(self.entered.size, "", dtype=object)
        labels[self.entered] = [str(1 + code) for code in self.codes]
        return require("pandas").Series(labels, index=self.labels, name="segment")  # type: ignore[no-any-return]

    def trace(self) -> pd.DataFrame:
        """Return the objective after each step of each start: `start step objective settled`."""
        rows = [
            (start, step, objective, settled)
            for start, (history, settled) in enumerate(zip(self.histories, self.settled, strict=True), start=1)
            for step, objective in enumerate(history)
        ]
        return _frame(rows, ["start", "step", "objective", "settled"])

    def starts(self) -> pd.DataFrame:
        """Return where each start began and ended: `start kind first last steps settled`."""
        rows = [
            (start, "given" if self.given and start == 1 else "random", one[0], one[-1], len(one) - 1, settled)
            for start, (one, settled) in enumerate(zip(self.histories, self.settled, strict=True), start=1)
        ]
        return _frame(rows, ["start", "kind", "first", "last", "steps", "settled"])

    @property
    def _names(self) -> list[str]:
        return [f"segment_{1 + place}" for place in range(self.segments)]

    def __str__(self) -> str:
        many = f"{len(self.histories)} start{'s' if len(self.histories) > 1 else ''}"
        told = [
            f"PLS-POS, {self.segments} segments of at least {self.least} rows, {many}, seed {self.seed}",
            f"Sum of R² of {', '.join(self.targets)}: {self.objective:.3f}; of all rows together {self.whole:.3f}",
        ]
        for title, frame in (("Segments", self.table()), ("Paths", self.paths())):
            shown = frame.to_string(index=False, float_format=lambda value: f"{value:.3f}")
            told += ["", title, shown]
        shown = self.r_squared().to_string(float_format=lambda value: f"{value:.3f}")
        told += ["", "R²", shown]
        if self.problems:
            told += ["", *(f"{problem.severity}: {problem.text}" for problem in self.problems)]
        return "\n".join(told)

    def __repr__(self) -> str:
        many = f"{self.segments} segment{'s' if self.segments > 1 else ''}"
        return (
            f"<Pos: {many}, objective {self.objective:.3f} against {self.whole:.3f} of all rows; see "
            "table(), paths(), r_squared(), memberships(), trace()>"
        )

    def _repr_html_(self) -> str:
        targets = escape(", ".join(self.targets))
        parts = [f"<p>PLS-POS, seed {self.seed}: sum of R² of {targets} {self.objective:.3f}</p>"]
        parts += [f"<p>{escape(problem.severity)}: {escape(problem.text)}</p>" for problem in self.problems]
        for frame in (self.table(), self.paths()):
            parts.append(frame.to_html(index=False, float_format=lambda value: f"{value:.3f}", border=0))
        parts.append(self.r_squared().to_html(float_format=lambda value: f"{value:.3f}", border=0))
        return "\n".join(parts)


def _frame(rows: Sequence[tuple[object, ...]], columns: list[str]) -> pd.DataFrame:
    return require("pandas").DataFrame(rows, columns=columns)  # type: ignore[no-any-return]
