"""What samples from a stated population show: power, bias, standard errors, coverage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from rantau.arrays import Array
from rantau.errors import OptionError
from rantau.extras import require
from rantau.fit import Problem, Quantity
from rantau.inference.draws import counted
from rantau.model.spec import Model
from rantau.options import choose, is_number
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: The tables of quantities.
TABLES = ("estimates", "effects")


class Power(Record):
    """Fits of many samples from a stated population, of one or several sizes.

    Attributes
    ----------
    model
        What was fitted.
    quantities
        What is estimated in each sample, q of them.
    population
        `(q,)`: their values in the population, as the fitted model has them there.
    sizes
        The rows of a sample.
    estimates, errors
        `(sizes, replications, q)`: estimates and standard errors; NaN where a sample did not converge.
    reasons, notes
        For each size and sample why it failed, and why it is inadmissible though it converged; empty where neither.
    level
        Of the intervals, and one minus that of the two-sided tests.
    seed
        Of the samples.
    exact
        Whether the fitted model holds in the population.
    """

    model: Model
    quantities: tuple[Quantity, ...]
    population: Array
    sizes: tuple[int, ...]
    estimates: Array
    errors: Array
    reasons: tuple[tuple[str, ...], ...]
    notes: tuple[tuple[str, ...], ...]
    level: float
    seed: int
    exact: bool

    @property
    def replications(self) -> int:
        """How many samples of each size were drawn."""
        return int(self.estimates.shape[1])

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What must be known before the numbers are believed: samples that are left out, a model that does not hold."""
        found = []
        for size, reasons in zip(self.sizes, self.reasons, strict=True):
            failed = sum(reason != "" for reason in reasons)
            if failed:
                found.append(
                    Problem(
                        "error" if len(reasons) - failed < 2 else "warning", "not_converged",
                        f"{failed} of {len(reasons)} samples of {size} rows were not estimated and are left out. "
                        "Shares are of the others: the chance that a study of this size finds an effect is smaller.",
                    )
                )  # fmt: skip
        if not self.exact:
            text = "The fitted model does not hold in the population: values are those that it has there."
            found.append(Problem("warning", "misspecified", text))
        return tuple(found)

    def samples(self) -> pd.DataFrame:
        """Return how the samples of each size went.

        Returns
        -------
        DataFrame
            `n replications converged inadmissible reasons`. Samples that did not converge enter no other number;
            inadmissible ones (a negative variance) do, as their reasons say.
        """
        rows = []
        for size, reasons, notes in zip(self.sizes, self.reasons, self.notes, strict=True):
            told = "; ".join(f"{reason} ({count})" for reason, count in (*counted(reasons), *counted(notes)))
            failed, doubtful = (sum(one != "" for one in column) for column in (reasons, notes))
            rows.append((size, len(reasons), len(reasons) - failed, doubtful, told))
        columns = ["n", "replications", "converged", "inadmissible", "reasons"]
        frame: pd.DataFrame = require("pandas").DataFrame(rows, columns=columns)
        return frame

    def table(self, *, of: str = "estimates") -> pd.DataFrame:
        """Return what the samples say of each quantity, size by size.

        Parameters
        ----------
        of
            `estimates`: parameters and what `:=` defines; `effects`: direct, indirect and total effects.

        Returns
        -------
        DataFrame
            `n lhs op rhs value mean bias sd se se_bias coverage power power_error`. `value` is of the population,
            `mean` and `sd` of the estimates, `se` the mean standard error; `bias` and `se_bias` are relative
            (mean / value - 1, NaN where the value is 0; se / sd - 1). `coverage` is the share of intervals that hold
            the value, `power` the share of samples in which the estimate is significant, `power_error` its standard
            error. Shares are of the samples that converged; one without a standard error finds nothing and holds
            nothing.

        Raises
        ------
        OptionError
            If there is no such table.
        """
        choose("of", of, TABLES)
        which = [place for place, one in enumerate(self.quantities) if one.of == of]
        names = [(one.lhs, one.op, one.rhs) for one in (self.quantities[place] for place in which)]
        pandas = require("pandas")
        parts = []
        for number, size in enumerate(self.sizes):
            part = pandas.DataFrame(names, columns=["lhs", "op", "rhs"])
            part.insert(0, "n", size)
            for column, values in self._shown(number).items():
                part[column] = values[which]
            parts.append(part)
        frame: pd.DataFrame = pandas.concat(parts, ignore_index=True)
        return frame

    def power(self, *, target: float = 0.80) -> pd.DataFrame:
        """Return the power of what a study asks about, one column for each size.

        Parameters
        ----------
        target
            What is often enough, between 0 and 1.

        Returns
        -------
        DataFrame
            `lhs op rhs value`, a column of shares for each n, and `enough`: the smallest of these n whose power is the
            target or more, NaN where none is. Rows are loadings, paths, defined quantities, and indirect effects with
            the total effects they are part of.

        Raises
        ------
        OptionError
            If `target` does not lie between 0 and 1.
        """
        if not is_number(target) or not 0 < target < 1:
            raise OptionError(f"target= is a power between 0 and 1, such as 0.8, got {target!r}.")
        asked = [place for place, one in enumerate(self.quantities) if self._asked(one)]
        rows = [(one.lhs, one.op, one.rhs) for one in (self.quantities[place] for place in asked)]
        frame: pd.DataFrame = require("pandas").DataFrame(rows, columns=["lhs", "op", "rhs"])
        frame["value"] = self.population[asked]
        shares = np.stack([self._shown(number)["power"][asked] for number in range(len(self.sizes))], axis=-1)
        for number, size in enumerate(self.sizes):
            frame[str(size)] = shares[:, number]
        reached = shares >= target
        frame["enough"] = np.where(reached.any(axis=1), np.array(self.sizes)[reached.argmax(axis=1)], np.nan)
        return frame

    def _asked(self, one: Quantity) -> bool:
        """Tell whether a study asks about a quantity, and no other row says the same."""
        if one.of == "estimates":
            return one.op in ("=~", "~", ":=", "<~")
        along = [other for other in self.quantities if other.op == "indirect" and other.lhs == one.lhs]
        source = one.rhs.split(" -> ")[0]
        if one.op == "total":
            return any(other.rhs == source for other in along)
        # A route that is the only one is what all routes together are.
        routes = sum(other.rhs.startswith(f"{source} -> ") for other in along)
        return one.op == "indirect" and (one.rhs == source or routes > 1)

    def __str__(self) -> str:
        sizes = ", ".join(map(str, self.sizes))
        told = [f"{self.replications} samples of {sizes} rows, seed {self.seed}, tests at {1 - self.level:.3g}"]
        for row in self.samples().to_dict("records"):
            if row["reasons"]:
                doubts = f"{row['converged']} converged, {row['inadmissible']} inadmissible; {row['reasons']}"
                told.append(f"  n = {row['n']}: {doubts}")
        told += [f"{problem.severity}: {problem.text}" for problem in self.problems]
        shown = self.power().round(3)
        shown["enough"] = ["" if np.isnan(n) else f"{n:.0f}" for n in shown["enough"]]
        return "\n".join([*told, shown.to_string(index=False)])

    def __repr__(self) -> str:
        return f"<Power: {self.replications} samples of {self.sizes} rows, seed {self.seed}; see power(), table()>"

    def _repr_html_(self) -> str:
        return str(self.power().to_html(index=False, float_format=lambda value: f"{value:.3f}"))

    def _shown(self, number: int) -> dict[str, Array]:
        """Return the columns of one size, each `(q,)`; NaN where fewer than two samples converged."""
        converged = np.array([reason == "" for reason in self.reasons[number]])
        estimates, errors = self.estimates[number, converged], self.errors[number, converged]
        count = len(estimates)
        if count < 2:
            nothing = np.full(len(self.quantities), np.nan)
            names = ("mean", "bias", "sd", "se", "se_bias", "coverage", "power", "power_error")
            return {"value": self.population} | dict.fromkeys(names, nothing)
        known = np.isfinite(errors) & (errors > 0)
        reach = float(ndtri((1 + self.level) / 2)) * np.where(known, errors, 0.0)
        mean, sd = estimates.mean(axis=0), estimates.std(axis=0, ddof=1)
        se = np.where(known, errors, 0.0).sum(axis=0) / np.where(known.any(axis=0), known.sum(axis=0), np.nan)
        share = (known & (np.abs(estimates) > reach)).mean(axis=0)
        value = np.where(np.abs(self.population) > 1e-10, self.population, np.nan)
        return {
            "value": self.population,
            "mean": mean,
            "bias": mean / value - 1,
            "sd": sd,
            "se": se,
            "se_bias": se / np.where(sd > 0, sd, np.nan) - 1,
            "coverage": (known & (np.abs(estimates - self.population) <= reach)).mean(axis=0),
            "power": share,
            "power_error": np.sqrt(share * (1 - share) / count),
        }
