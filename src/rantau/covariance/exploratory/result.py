"""What an exploratory block shows: items by factors."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rantau.arrays import Array, diagonal
from rantau.covariance.delta import normal_inference
from rantau.covariance.exploratory.turn import Where, places_of
from rantau.covariance.implied import imply
from rantau.covariance.layout import cell_values
from rantau.errors import EstimationError, OptionError, unknown
from rantau.extras import require
from rantau.options import check_level, choose
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit
    from rantau.fit import Problem

#: What a table of estimates can hold.
OF = ("est", "se", "z", "p", "ci_low", "ci_high")
#: Half the step of a derivative, in standard errors of a parameter near 1.
STEP = 1e-5


class _Shown(NamedTuple):
    """The quantities of a block, `(..., G, ...)` each."""

    loadings: Array
    structure: Array
    correlations: Array
    communalities: Array


class EfaFit(Record):
    """The rotated factors of an exploratory block.

    Attributes
    ----------
    fit
        The whole model, with fit indices, scores, residuals and the rest.
    block
        The name of the block.
    """

    fit: SemFit
    block: str

    @property
    def factors(self) -> tuple[str, ...]:
        """The names of the factors."""
        return next(factors for name, factors in self.fit.table.explored if name == self.block)

    @property
    def items(self) -> tuple[str, ...]:
        """The names of the items."""
        return tuple(self.fit.table.observed[place] for place in self._where.items)

    @property
    def n_obs(self) -> int:
        """Rows that entered the estimation."""
        return self.fit.n_obs

    @property
    def converged(self) -> bool:
        """Whether the estimation reached a minimum."""
        return self.fit.converged

    @property
    def problems(self) -> tuple[Problem, ...]:
        """How the estimation and the rotation went."""
        return self.fit.problems

    @property
    def trustworthy(self) -> bool:
        """Whether no problem is an error."""
        return self.fit.trustworthy

    def fit_indices(self) -> pd.Series[float]:
        """Return the fit indices, as of any fit."""
        return self.fit.fit_indices()

    def loadings(self, of: str = "est", *, level: float = 0.95) -> pd.DataFrame:
        """Return the standardised rotated loadings (the pattern), items by factors.

        Parameters
        ----------
        of
            `est`, or what goes with it: `se`, `z`, `p`, `ci_low`, `ci_high`.
        level
            Of the intervals.

        Raises
        ------
        OptionError
            If there is no such column or level.

        Notes
        -----
        Standard errors by the conditions of the rotation (Jennrich, 1973) and the delta method. Loadings in the units
        of the data are in `fit.estimates()`.
        """
        return self._frame("loadings", of, level, self.items, self.factors)

    def structure(self, of: str = "est", *, level: float = 0.95) -> pd.DataFrame:
        """Return the correlations of items with factors, items by factors; arguments as of `loadings()`."""
        return self._frame("structure", of, level, self.items, self.factors)

    def factor_correlations(self, of: str = "est", *, level: float = 0.95) -> pd.DataFrame:
        """Return the correlations among the factors; arguments as of `loadings()`."""
        return self._frame("correlations", of, level, self.factors, self.factors)

    def communalities(self, *, level: float = 0.95) -> pd.DataFrame:
        """Return the share of each item's variance that the factors of the block explain, with its error.

        Parameters
        ----------
        level
            Of the intervals.

        Returns
        -------
        DataFrame
            By item `est se ci_low ci_high uniqueness complexity`; complexity is Hofmann's (1978): how many factors it
            takes to explain the item.
        """
        check_level(level)
        parts = [
            self._frame("communalities", name, level, self.items, ("",)).iloc[:, 0].rename(name)
            for name in OF
            if name not in ("z", "p")
        ]
        frame = require("pandas").concat(parts, axis=1)
        squared = self.loadings() ** 2
        complexity = squared.sum(axis=1) ** 2 / (squared**2).sum(axis=1)
        return frame.assign(uniqueness=1 - frame["est"], complexity=complexity)  # type: ignore[no-any-return]

    def variance_explained(self) -> pd.DataFrame:
        """Return by factor the sum of squared loadings and its share of the items' variance.

        Of correlated factors it is the sum of loadings times structure, which adds up to the communalities.
        """
        products, pandas = self.loadings() * self.structure(), require("pandas")
        if self.fit.groups:
            sums = products.groupby(level=0, sort=False).sum().stack()  # noqa: PD013 - melt loses the groups' order
            whole = sums.groupby(level=0, sort=False).cumsum()
        else:
            sums = products.sum()
            whole = sums.cumsum()
        n_items = len(self.items)
        found = {"ss_loadings": sums, "share": sums / n_items, "cumulative": whole / n_items}
        return pandas.DataFrame(found)  # type: ignore[no-any-return]

    def eigenvalues(self) -> pd.Series[float]:
        """Return the eigenvalues of the items' correlations, largest first."""
        if self.fit.groups:
            raise EstimationError("the eigenvalues are those of one group; fit each by itself.")
        places = self._where.items
        covariance = self.fit.moments.covariance[0][np.ix_(places, places)]
        deviation = np.sqrt(np.diag(covariance))
        values = np.linalg.eigvalsh(covariance / np.outer(deviation, deviation))[::-1]
        index = range(1, len(values) + 1)
        return require("pandas").Series(values, index, name="eigenvalue")  # type: ignore[no-any-return]

    def summary(self) -> str:
        """Return a readable account: fit, loadings and factor correlations."""
        found = self.fit.fit_indices()
        scaled = "_scaled" if "chisq_scaled" in found else ""
        named = (
            (f"chisq{scaled}", "chi-square (scaled)" if scaled else "chi-square"), ("df", "df"),
            (f"pvalue{scaled}", "p"), (f"cfi{scaled}", "CFI"), (f"tli{scaled}", "TLI"),
            (f"rmsea{scaled}", "RMSEA"), ("srmr", "SRMR"),
        )  # fmt: skip
        rotation = self.fit.request.rotation
        name = "" if rotation is None else rotation.name
        kind = "oblique" if rotation is None or rotation.oblique else "orthogonal"
        show: Callable[[float], str] = "{:.3f}".format
        parts = [
            f"{self._size()}, {self.fit.request.estimator} on {self.n_obs} rows, rotation {name} ({kind})",
            *(f"{problem.severity.upper()}: {problem.text}" for problem in self.problems),
            ", ".join(f"{text} {found[key]:.3f}" for key, text in named),
            "",
            self.loadings().assign(communality=self.communalities()["est"]).to_string(float_format=show),
        ]
        if len(self.factors) > 1:
            parts += ["", self.factor_correlations().to_string(float_format=show)]
        return "\n".join(parts)

    def _size(self) -> str:
        return f"{len(self.factors)} factor{'s' if len(self.factors) > 1 else ''} of {len(self.items)} items"

    def __str__(self) -> str:
        return self.summary()

    def __repr__(self) -> str:
        trusted = "" if self.trustworthy else "; NOT TO BE TRUSTED, see problems"
        return (
            f"<EfaFit: {self._size()}, {self.n_obs} rows{trusted}; print it, "
            "or see loadings(), structure(), factor_correlations(), communalities()>"
        )

    def _repr_html_(self) -> str:
        notes = "".join(f"<p><strong>{one.severity}</strong>: {one.text}</p>" for one in self.problems)
        return notes + str(self.loadings().to_html(float_format="{:.3f}".format))

    # -- computing ---------------------------------------------------------------------------------

    @cached_property
    def _where(self) -> Where:
        found = {where.name: where for where in places_of(self.fit.table, self.fit.layout)}
        return found[self.block]

    def _values(self, theta: Array) -> _Shown:
        """Return what is shown at parameters `(..., n_free)`."""
        where, layout = self._where, self.fit.layout
        total = imply(layout, theta).total
        deviation = np.sqrt(diagonal(total))
        correlation = total / (deviation[..., :, None] * deviation[..., None, :])
        items, factors = where.items, where.factors
        cells = cell_values(layout, theta)[..., where.loadings]
        loadings = cells * deviation[..., None, factors] / deviation[..., items, None]
        among = correlation[..., factors[:, None], factors]
        communalities = ((loadings @ among) * loadings).sum(axis=-1)[..., None]
        return _Shown(loadings, correlation[..., items[:, None], factors], among, communalities)

    @cached_property
    def _found(self) -> tuple[_Shown, _Shown]:
        """What is shown, and its standard errors: derivatives by central differences, each about 1e-9 of its size."""
        theta, covariance = self.fit.theta, self.fit.covariance
        values = self._values(theta)
        step = STEP * np.maximum(np.abs(theta), 0.1)
        up, down = self._values(theta + np.diag(step)), self._values(theta - np.diag(step))
        errors = []
        for value, high, low in zip(values, up, down, strict=True):
            slope = ((high - low) / (2 * step).reshape(-1, *(1,) * value.ndim)).reshape(theta.size, -1)
            slope[np.abs(slope) < 1e-9] = 0.0
            variance = np.einsum("ik,ij,jk->k", slope, covariance, slope)
            moved = np.abs(slope).max(axis=0, initial=0.0) > 0
            error = np.sqrt(np.where(variance > 0, variance, np.nan))
            errors.append(np.where(moved, error, 0.0).reshape(value.shape))
        return values, _Shown(*errors)

    def _frame(self, what: str, of: str, level: float, rows: tuple[str, ...], columns: tuple[str, ...]) -> pd.DataFrame:
        choose("of", of, OF)
        pandas = require("pandas")
        est, se = (np.asarray(getattr(part, what)) for part in self._found)
        value = {"est": est, "se": se, **normal_inference(est, se, se > 0, level)}[of]
        frames = [pandas.DataFrame(one, list(rows), list(columns)) for one in value]
        if not self.fit.groups:
            return frames[0]  # type: ignore[no-any-return]
        return pandas.concat(frames, keys=list(self.fit.groups), names=["group"])  # type: ignore[no-any-return]


def block_of(fit: SemFit, block: str | None) -> EfaFit:
    """Return the view of one exploratory block of a fit; of the only one unless named.

    Raises
    ------
    OptionError
        If there is no such block, or several and none is named.
    """
    names = [name for name, _ in fit.table.explored]
    if not names:
        raise OptionError('the model has no exploratory block: `efa("block")*f1 + efa("block")*f2 =~ x1 + x2 + ...`.')
    if block is None and len(names) > 1:
        raise OptionError(f"the model has several exploratory blocks; name one of {', '.join(names)}.")
    if block is not None and block not in names:
        raise OptionError(unknown("exploratory block", block, names))
    return EfaFit(fit, names[0] if block is None else block)
