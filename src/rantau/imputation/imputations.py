"""Imputations: a data set completed several times."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from rantau.arrays import Array, Cells, Mask
from rantau.errors import OptionError, ResponseError
from rantau.extras import require
from rantau.options import Progress, told_to
from rantau.record import Record
from rantau.survey.responses import Change, Responses

if TYPE_CHECKING:
    import pandas as pd

    from rantau.model.spec import Model

Found = TypeVar("Found")


class Imputations(Record):
    """A data set whose missing answers were drawn `m` times.

    Attributes
    ----------
    names
        `p` items whose gaps were filled, or that others were drawn from.
    observed
        `(n, p)` answers, NaN where missing.
    drawn
        `(m, gaps)` answers drawn for the gaps, row by row.
    trace
        `(m, groups, iterations, p, 2)`: mean and standard deviation of the answers drawn for each item.
    method, seed, group
        How they were drawn; `group` is the column within whose values, empty for none.
    others_names, others, kinds
        Columns that were left as they are, `(n, k)`, and pandas' types of them.
    columns
        All columns in their order.
    labels
        `(n,)` of the rows.
    source
        The data.
    log
        What was filled, item by item.
    responses
        The answers with their instrument, where the data were such.
    """

    names: tuple[str, ...]
    observed: Array
    drawn: Array
    trace: Array
    method: str
    seed: int
    group: str
    others_names: tuple[str, ...]
    others: Cells
    kinds: tuple[Any, ...]
    columns: tuple[str, ...]
    labels: Cells
    source: str
    log: tuple[Change, ...]
    responses: Responses | None = None

    @property
    def m(self) -> int:
        """How many completed data sets there are."""
        return len(self.drawn)

    @property
    def gaps(self) -> Mask:
        """Which answers were missing, `(n, p)`."""
        return np.isnan(self.observed)

    def __len__(self) -> int:
        return self.m

    def values(self, number: int) -> Array:
        """Return the answers to the items `(n, p)`, completed.

        Parameters
        ----------
        number
            Which of them, from 0.

        Raises
        ------
        OptionError
            If there is no such number.
        """
        if isinstance(number, bool) or not isinstance(number, int | np.integer) or not 0 <= number < self.m:
            raise OptionError(
                f"there are {self.m} completed data sets, numbered from 0 to {self.m - 1}, got {number!r}."
            )
        filled = np.array(self.observed)
        filled[self.gaps] = self.drawn[number]
        return filled

    def frame(self, number: int) -> pd.DataFrame:
        """Return a completed data set, with all columns and rows of the data in their order.

        Parameters
        ----------
        number
            Which of them, from 0.
        """
        pandas = require("pandas")
        index = pandas.Index(list(self.labels))
        items = pandas.DataFrame(self.values(number), columns=list(self.names), index=index)
        others = [
            pandas.Series(list(cells), name=name, index=index, dtype=kind)
            for name, cells, kind in zip(self.others_names, self.others.T, self.kinds, strict=True)
        ]
        found = pandas.concat([items, *others], axis=1)[list(self.columns)]
        found.attrs["source"] = f"{self.source}, imputation {number + 1}"
        return found  # type: ignore[no-any-return]

    def frames(self) -> Iterator[pd.DataFrame]:
        """Give each completed data set in turn."""
        return (self.frame(number) for number in range(self.m))

    def stacked(self) -> pd.DataFrame:
        """Return all completed data sets one below the other; the column `imputation` counts them from 1."""
        pandas = require("pandas")
        frames = [frame.assign(imputation=number) for number, frame in enumerate(self.frames(), start=1)]
        return pandas.concat(frames, ignore_index=True)  # type: ignore[no-any-return]

    def completed(self, number: int) -> Responses:
        """Return completed responses, with the log of what was filled; of columns beside the items as text.

        Parameters
        ----------
        number
            Which of them, from 0.

        Raises
        ------
        ResponseError
            If the data were a frame, which has no instrument.
        """
        if self.responses is None:
            raise ResponseError("these imputations are of a data frame, which has no instrument: see frame(number).")
        values, extras = np.array(self.responses.values), np.array(self.responses.extras)
        for name, gaps, filled in zip(self.names, self.gaps.T, self.values(number).T, strict=True):
            if name in self.responses.columns:
                values[:, self.responses.columns.index(name)] = filled
            else:
                extras[gaps, self.responses.extras_names.index(name)] = [f"{value:.17g}" for value in filled[gaps]]
        return self.responses.replace(values=values, extras=extras, log=(*self.responses.log, *self.log))

    def fits(
        self,
        engine: Callable[..., Found],
        model: Model | str,
        *,
        progress: Progress | None = None,
        **options: Any,  # noqa: ANN401 - whatever the engine takes
    ) -> tuple[Found, ...]:
        """Fit a model to each completed data set, for `rt.pool`.

        Parameters
        ----------
        engine
            `rt.sem`, `rt.cfa`, `rt.growth` or `rt.pls`.
        model
            A `Model` or its text.
        progress
            Called with (done, all) after each fit.
        **options
            As the engine takes them.
        """
        tell, found = told_to(progress), list[Found]()
        for frame in self.frames():
            found.append(engine(model, frame, **options))
            tell(len(found), self.m)
        return tuple(found)

    def convergence(self) -> pd.DataFrame:
        """Return how well the chains agree, a row per item with gaps.

        Returns
        -------
        DataFrame
            `drawn`, the number of gaps; `rhat_mean` and `rhat_sd`, the factor by which the spread of the mean and the
            standard deviation of what was drawn might still shrink, over the later half of the iterations. Above
            about 1.2, take more iterations. The largest of all groups; NaN for fewer than four iterations.

        Notes
        -----
        Gelman & Rubin (1992).
        """
        pandas = require("pandas")
        length = self.trace.shape[2] // 2
        late = self.trace[:, :, self.trace.shape[2] - length :]
        count = self.gaps.sum(axis=0)
        rhat = np.full((len(self.names), 2), np.nan)
        if length >= 2:
            within = late.var(axis=2, ddof=1).mean(axis=0)
            between = late.mean(axis=2).var(axis=0, ddof=1)
            with np.errstate(invalid="ignore", divide="ignore"):
                ratio = np.sqrt((length - 1) / length + between / within)
            ratio = np.where(between <= 1e-24, 1.0, ratio)
            rhat = np.where(np.isnan(late).any(axis=(0, 2)), -np.inf, ratio).max(axis=0)
        which = np.flatnonzero(count)
        index = pandas.Index([self.names[k] for k in which], name="item")
        columns = {"drawn": count[which], "rhat_mean": rhat[which, 0], "rhat_sd": rhat[which, 1]}
        return pandas.DataFrame(columns, index=index)  # type: ignore[no-any-return]

    def __str__(self) -> str:
        rows = int(self.gaps.any(axis=1).sum())
        told = [
            f"{self.m} imputations of {int(self.gaps.sum())} missing answers in {rows} of {len(self.observed)} rows of "
            f"{self.source} ({self.method}, seed {self.seed})"
        ]
        return "\n".join([*told, *(f"  {change}" for change in self.log)])

    def __repr__(self) -> str:
        shape = f"{len(self.observed)} rows, {len(self.names)} items, {int(self.gaps.sum())} gaps"
        return f"<Imputations: {self.m} of {shape}, seed {self.seed}; see frames()>"

    def _repr_html_(self) -> str:
        return str(self.convergence().to_html(float_format=lambda value: f"{value:.3f}"))
