"""What FIMIX-PLS found, as tables."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array, Labels, Mask
from rantau.errors import OptionError
from rantau.extras import require
from rantau.fit import Problem
from rantau.inference.required_rows import regression_rows
from rantau.options import choose
from rantau.record import Record
from rantau.segments.advice import Advice, advise

if TYPE_CHECKING:
    import pandas as pd

#: Criteria of which the smallest value is best; of the others, `ln_l`, `en` and `nfi` are better when larger.
SMALLEST = ("aic", "aic3", "aic4", "bic", "caic", "hq", "mdl5", "nec")


class Segments(Record):
    """A mixture of so many segments, the largest first.

    Attributes
    ----------
    shares
        `(K,)` of the rows.
    paths
        `(K, paths)`, in the order of `Fimix.path_names`.
    residual, r_squared
        `(K, equations)`.
    posteriors
        Probabilities of segments, `(n, K)`.
    loglik, parameters
        The log-likelihood, and how many numbers were estimated.
    found
        How many starts ended at this likelihood (to 0.01), and how many a segment of collapsed.
    iterations, converged
        Of the best start.
    """

    shares: Array
    paths: Array
    residual: Array
    r_squared: Array
    posteriors: Array
    loglik: float
    parameters: int
    found: int
    collapsed: int
    iterations: int
    converged: bool

    @property
    def entropy(self) -> float:
        """The entropy of the posteriors, summed over rows."""
        p = np.clip(self.posteriors, 1e-300, 1.0)
        return float(-(p * np.log(p)).sum())


class Fimix(Record):
    """What FIMIX-PLS found, for each number of segments.

    Attributes
    ----------
    solutions
        One per number of segments, the first of which is 1.
    path_names
        `(outcome, predictor)`, in the order of paths.
    outcomes
        Of the equations.
    entered
        Which rows of the data have scores, `(rows,)`.
    starts, seed
        How many random starts each, and their seed.
    arrows
        The most that point at one construct, which says how many rows a segment needs.
    problems
        What must be known before solutions are believed.
    labels
        The index of the data frame, `(rows,)`; None where it counts them from 0.
    """

    solutions: tuple[Segments, ...]
    path_names: tuple[tuple[str, str], ...]
    outcomes: tuple[str, ...]
    entered: Mask
    starts: int
    seed: int
    arrows: int
    problems: tuple[Problem, ...] = ()
    labels: Labels | None = None

    def criteria(self) -> pd.DataFrame:
        """Return what the number of segments is chosen by, one row per number.

        Columns: `ln_l parameters`; `aic aic3 aic4 bic caic hq mdl5`, -2 lnL plus N times 2, 3, 4, ln n, ln n + 1,
        2 ln ln n and 5 ln n, small ones being good; `en`, the normed entropy, and `nfi`, the non-fuzzy index, both 1
        where every row surely belongs to one segment; `nec`, the entropy over the gain in lnL; `smallest_segment`, its
        rows; `found`, how many starts led there; `converged`.

        Source: Sarstedt, Becker, Ringle and Schwaiger (2011), Uncovering and treating unobserved heterogeneity with
        FIMIX-PLS, for all of them together; Akaike (1973), Bozdogan (1987, 1994), Schwarz (1978), Hannan and Quinn
        (1979) and Liang, Jaszczak and Coleman (1992) for the information criteria; Ramaswamy et al. (1993) for `en`,
        Roubens (1978) for `nfi`, Celeux and Soromenho (1996) for `nec`.
        """
        first, rows = self.solutions[0].loglik, []
        for one in self.solutions:
            k, n, free, deviance = one.shares.size, len(one.posteriors), one.parameters, -2 * one.loglik
            several = k > 1
            gain = one.loglik - first
            log = float(np.log(n))
            factors = (2.0, 3.0, 4.0, log, log + 1, 2 * float(np.log(log)), 5 * log)
            rows.append(
                (
                    one.loglik,
                    free,
                    *(deviance + factor * free for factor in factors),
                    1 - one.entropy / (n * np.log(k)) if several else np.nan,
                    (k * float((one.posteriors**2).sum()) / n - 1) / (k - 1) if several else np.nan,
                    one.entropy / gain if several and gain > 0 else np.nan,
                    int(np.bincount(one.posteriors.argmax(axis=1), minlength=k).min()),
                    one.found,
                    one.converged,
                )
            )
        names = ["ln_l", "parameters", *SMALLEST[:7], "en", "nfi", "nec", "smallest_segment", "found", "converged"]
        index = require("pandas").Index([one.shares.size for one in self.solutions], name="segments")
        return require("pandas").DataFrame(rows, columns=names, index=index)  # type: ignore[no-any-return]

    def best(self, criterion: str) -> int:
        """Return the number of segments that a criterion prefers.

        Parameters
        ----------
        criterion
            One of `aic aic3 aic4 bic caic hq mdl5 nec`; `advice` reads them together. `nec` is not defined of one
            segment, and prefers it only where there is no other solution.
        """
        values = self.criteria()[choose("criterion", criterion, SMALLEST)].to_numpy(dtype=float)
        if np.isnan(values).all():
            return 1
        return self.solutions[int(np.nanargmin(values))].shares.size

    def advice(self) -> Advice:
        """Return how many segments the criteria speak for together: `print` it, or see `segments`, `table()`.

        AIC3 and CAIC where they agree, else AIC4 and BIC; then whether the segments are clear (EN of .5 or more) and
        each has the rows that a medium effect needs, by the largest number of arrows that point at one construct.

        Source: Sarstedt, Becker, Ringle and Schwaiger (2011); Hair, Sarstedt, Matthews and Ringle (2016), Identifying
        and treating unobserved heterogeneity with FIMIX-PLS: part I.
        """
        return advise(self.criteria(), len(self.solutions[0].posteriors), regression_rows(self.arrows))

    def paths(self, segments: int) -> pd.DataFrame:
        """Return the paths of each segment: `lhs op rhs segment_1 segment_2 ...`.

        Parameters
        ----------
        segments
            How many.
        """
        one = self._of(segments)
        table = [(a, "~", b, *row) for (a, b), row in zip(self.path_names, one.paths.T, strict=True)]
        columns = ["lhs", "op", "rhs", *_names(segments)]
        return require("pandas").DataFrame(table, columns=columns)  # type: ignore[no-any-return]

    def r_squared(self, segments: int) -> pd.DataFrame:
        """Return the share of each outcome's mean square that is explained in each segment, a row per outcome.

        Parameters
        ----------
        segments
            How many.
        """
        frame = require("pandas").DataFrame
        return frame(self._of(segments).r_squared.T, index=list(self.outcomes), columns=_names(segments))  # type: ignore[no-any-return]

    def sizes(self, segments: int) -> pd.DataFrame:
        """Return `segment share rows`: the share in the mixture, and the rows that most probably belong to it.

        Parameters
        ----------
        segments
            How many.
        """
        one = self._of(segments)
        rows = np.bincount(one.posteriors.argmax(axis=1), minlength=segments)
        columns = {"segment": range(1, segments + 1), "share": one.shares, "rows": rows}
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    def posteriors(self, segments: int) -> pd.DataFrame:
        """Return the probability of each segment, a row per row of the data; NaN where it did not enter the fit.

        Parameters
        ----------
        segments
            How many.
        """
        found = np.full((self.entered.size, segments), np.nan)
        found[self.entered] = self._of(segments).posteriors
        return require("pandas").DataFrame(found, index=self.labels, columns=_names(segments))  # type: ignore[no-any-return]

    def memberships(self, segments: int) -> pd.Series:
        """Return the most probable segment of each row of the data, empty where it did not enter the fit.

        `rt.compare_groups(fit, by=found.memberships(2))` compares the segments; their differences were sought, so
        that its p-values are no tests.

        Parameters
        ----------
        segments
            How many.
        """
        labels = np.full(self.entered.size, "", dtype=object)
        labels[self.entered] = [str(1 + place) for place in self._of(segments).posteriors.argmax(axis=1)]
        return require("pandas").Series(labels, index=self.labels, name="segment")  # type: ignore[no-any-return]

    def _of(self, segments: int) -> Segments:
        for one in self.solutions:
            if one.shares.size == segments:
                return one
        known = ", ".join(str(one.shares.size) for one in self.solutions)
        raise OptionError(f"there is no solution of {segments!r} segments; there are those of {known}.")

    def __str__(self) -> str:
        shown = self.criteria().T.to_string(float_format=lambda value: f"{value:.3f}")
        told = [f"FIMIX-PLS, {self.starts} starts each, seed {self.seed}", shown, "", str(self.advice())]
        return "\n".join([*told, *(f"{problem.severity}: {problem.text}" for problem in self.problems)])

    def __repr__(self) -> str:
        many = len(self.solutions)
        return f"<Fimix: 1 to {many} segments; see criteria(), advice(), paths(k), sizes(k), memberships(k)>"

    def _repr_html_(self) -> str:
        shown = self.criteria().T.to_html(float_format=lambda value: f"{value:.3f}", border=0)
        told = [*(f"{problem.severity}: {problem.text}" for problem in self.problems), *str(self.advice()).splitlines()]
        return "\n".join([f"<p>FIMIX-PLS, seed {self.seed}</p>", shown, *(f"<p>{escape(one)}</p>" for one in told)])


def _names(segments: int) -> list[str]:
    return [f"segment_{1 + place}" for place in range(segments)]
