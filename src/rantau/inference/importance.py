"""importance(): what matters for an outcome, and how well it does: the importance-performance map."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import numpy as np

from rantau.arrays import Array
from rantau.errors import OptionError, listing
from rantau.extras import require
from rantau.inference.necessity import NECESSARY, Necessity
from rantau.inference.rescaling import Bounds, rescaled, sources_of, unstandardised_weights
from rantau.options import choose, is_number
from rantau.pls.result import PlsFit
from rantau.pls.structural import total_effects
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

#: The quarters of the map, by (importance above the mean, performance above the mean).
QUARTERS = {
    (True, False): "concentrate here",
    (True, True): "keep up the good work",
    (False, False): "low priority",
    (False, True): "possible overkill",
}


class Importance(Record):
    """An importance-performance map.

    Attributes
    ----------
    target
        The construct that is to be raised.
    rescaled
        Whether items were rescaled to 0 to 100; otherwise all is in the unit of the answers.
    names
        The constructs from which the target is reached.
    effects, standardized
        Their total effects on it, `(k,)`, unstandardised and standardised.
    performances
        Their means, `(k,)`.
    owner
        The construct of each item below, `(m,)`, counted as `names`.
    item_names, item_weights, item_means
        The items, m of them, their weights (of a construct they sum to 1) and means.
    target_performance
        The mean of the target.
    controls
        The control variables that lead to the target, which are left out.
    """

    target: str
    rescaled: bool
    names: tuple[str, ...]
    effects: Array
    standardized: Array
    performances: Array
    owner: tuple[int, ...]
    item_names: tuple[str, ...]
    item_weights: Array
    item_means: Array
    target_performance: float
    controls: tuple[str, ...] = ()

    def constructs(self) -> pd.DataFrame:
        """Return the map of constructs.

        Returns
        -------
        DataFrame
            Index construct; `importance`, the unstandardised total effect on the target: by how much the target's
            performance rises where that of the construct rises by one; `importance_standardized`; `performance`, the
            mean of the score; `quadrant`, by the means of both: `concentrate here` where importance is above and
            performance below.
        """
        columns = {
            "importance": self.effects,
            "importance_standardized": self.standardized,
            "performance": self.performances,
            "quadrant": _quarters(self.effects, self.performances),
        }
        frame = require("pandas").DataFrame(columns, index=list(self.names))
        return frame.rename_axis("construct")  # type: ignore[no-any-return]

    def items(self) -> pd.DataFrame:
        """Return the map of items.

        Returns
        -------
        DataFrame
            `construct item weight importance performance quadrant`: `weight` of the item in its construct, in the unit
            of the answers, which sum to 1; `importance`, this weight times the construct's; `performance`, the mean of
            the item.
        """
        owner = np.array(self.owner, dtype=np.intp)
        importance = self.item_weights * self.effects[owner]
        columns = {
            "construct": [self.names[j] for j in self.owner],
            "item": self.item_names,
            "weight": self.item_weights,
            "importance": importance,
            "performance": self.item_means,
            "quadrant": _quarters(importance, self.item_means),
        }
        return require("pandas").DataFrame(columns)  # type: ignore[no-any-return]

    @property
    def negative(self) -> tuple[str, ...]:
        """The items with a negative weight, whose performance would have to fall for the construct's to rise."""
        return tuple(name for name, weight in zip(self.item_names, self.item_weights, strict=True) if weight < 0)

    def combined(
        self, necessity: Necessity, *, level: float | None = None, ceiling: str = "ce_fdh", alpha: float = 0.05
    ) -> pd.DataFrame:
        """Return the map together with what is necessary: the combined importance-performance map (cIPMA).

        Parameters
        ----------
        necessity
            `rt.necessity(fit, target)`, of the same fit, target and bounds.
        level
            Of the target that is to be reached, in the unit of the map; its mean unless given.
        ceiling
            `ce_fdh` or `cr_fdh`.
        alpha
            A condition is necessary where its effect size is 0.1 or more and p below this.

        Returns
        -------
        DataFrame
            Index construct; `importance performance effect p necessary`, then `required`, what a row needs of the
            construct to reach the level (NaN where nothing, infinite where more than there is), and `below`, the share
            of rows that do not have it: the size of the bubble in Hauff's map.

        Raises
        ------
        OptionError
            If it is of another target, other bounds or other conditions.

        Source: Hauff, Richter, Sarstedt and Ringle (2024), Importance and performance in PLS-SEM and NCA.
        """
        if not isinstance(necessity, Necessity):
            raise OptionError(f"combined() takes rt.necessity(fit, target), got a {type(necessity).__name__}.")
        if level is not None and not is_number(level):
            raise OptionError(f"level is a number in the unit of the map, such as 85, got {level!r}.")
        if necessity.target != self.target or not set(self.names) <= set(necessity.conditions):
            raise OptionError(
                f"this necessity analysis is of '{necessity.target}' on {listing(necessity.conditions)}, and the map "
                f"of '{self.target}' on {listing(self.names)}. Make both "
                f"from one fit: rt.necessity(fit, '{self.target}')."
            )
        at = [necessity.conditions.index(name) for name in self.names]
        means = np.average(necessity.values[:, at], axis=0, weights=necessity.weights)
        if not np.allclose(means, self.performances, rtol=1e-6, atol=1e-9):
            raise OptionError("the map and the necessity analysis are in different units; give both the same bounds=.")
        wanted = self.target_performance if level is None else level
        table = necessity.table(alpha=alpha)
        table = table[table["ceiling"] == choose("ceiling", ceiling, necessity.ceilings)].set_index("condition")
        found = self.constructs()[["importance", "performance"]].join(table[["effect", "p", NECESSARY]])
        return found.join(necessity.required(wanted, ceiling=ceiling))

    def __str__(self) -> str:
        told = [self._headline(), *self._warnings()]
        told += [
            frame.to_string(float_format=lambda value: f"{value:.3f}") for frame in (self.constructs(), self.items())
        ]
        return "\n\n".join(told)

    def __repr__(self) -> str:
        return f"<Importance: {self._headline()}; print it, or see constructs(), items()>"

    def _repr_html_(self) -> str:
        told = [f"<p>{escape(text)}</p>" for text in (self._headline(), *self._warnings())]
        frames = (self.constructs(), self.items())
        told += [frame.to_html(float_format=lambda value: f"{value:.3f}", border=0) for frame in frames]
        return "\n".join(told)

    def _headline(self) -> str:
        unit = "0 to 100" if self.rescaled else "in the unit of the answers"
        return f"Importance for {self.target} (performance {self.target_performance:.3f}), {unit}"

    def _warnings(self) -> tuple[str, ...]:
        told = [f"left out, as control variables: {listing(self.controls)}"] if self.controls else []
        if self.negative:
            told.append(f"negative weights, which a map cannot tell sensibly: {listing(self.negative)}")
        return tuple(told)


def importance(fit: PlsFit, target: str, *, bounds: Bounds | None = None) -> Importance:
    """Lay out which constructs and items matter most for an outcome, and how well they do (IPMA).

    Parameters
    ----------
    fit
        By `rt.pls`.
    target
        The construct that is to be raised.
    bounds
        The ends of the scales, by which items are rescaled to 0 to 100: `(1, 7)` for all, a mapping from item to ends,
        or the `Survey` that declares them. Without it everything stays in the unit of the answers, which compares
        constructs only where all items have one scale.

    Returns
    -------
    Importance
        Print it, or see `constructs()`, `items()` and, with `rt.necessity`, `combined()`.

    Raises
    ------
    OptionError
        If there is no such construct, nothing or only control variables lead to it, the bounds do not hold the answers,
        or the fit is consistent, which has no scores.
    EstimationError
        If the fit did not converge, or the weights of a construct do not sum to more than zero.

    Notes
    -----
    Ringle and Sarstedt (2016); Höck, Ringle and Sarstedt (2010). A product is left out of the map; effects of what it
    is made of are those at the mean of the other. All items are to point the same way, and outer weights to be
    positive: `negative` names those that are not. A control variable (`Model.controls`: a column that no hypothesis is
    about) is left out too: its coefficient adjusts those of the others, and is no effect to act on (Hünermund and Louw,
    2023). One that is meant to be there has a hypothesis, or is a construct of its own (`Age =~ age`).

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).integers(1, 6, size=(100, 4))
    >>> data = pd.DataFrame(draw, columns=["a", "b", "c", "d"])
    >>> data["d"] = data[["a", "b"]].max(axis=1)
    >>> found = rt.importance(rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", data), "Y", bounds=(1, 5))
    >>> bool(found.constructs().loc["X", "performance"] > 30)
    True
    """
    reached = sources_of(fit, target)
    structure = fit.structure
    sources = tuple(source for source in reached if structure.constructs[source] not in fit.model.controls)
    if not sources:
        raise OptionError(
            f"only control variables lead to '{target}', and no map shows these. Give the path from one a hypothesis "
            "(`# H1 (+)`) where it is part of what you claim."
        )
    sample = rescaled(fit.sample, bounds)
    weights, lengths, mean = unstandardised_weights(fit, sample)
    j = structure.constructs.index(target)
    direct = fit.solution.coefficients
    total = total_effects(direct)[0, j]
    effects = total * lengths / lengths[j]
    owner: list[int] = []
    items: list[int] = []
    for place, source in enumerate(sources):
        own = np.flatnonzero(weights[:, source]).tolist()
        owner += [place] * len(own)
        items += own
    chosen = list(sources)
    return Importance(
        target=target,
        rescaled=bounds is not None,
        names=tuple(structure.constructs[source] for source in chosen),
        effects=effects[chosen],
        standardized=total[chosen],
        performances=mean @ weights[:, chosen],
        owner=tuple(owner),
        item_names=tuple(sample.names[item] for item in items),
        item_weights=weights[items, [chosen[place] for place in owner]],
        item_means=mean[items],
        target_performance=float(mean @ weights[:, j]),
        controls=tuple(structure.constructs[source] for source in reached if source not in sources),
    )


def _quarters(importance: Array, performance: Array) -> list[str]:
    above = importance >= importance.mean(), performance >= performance.mean()
    return [QUARTERS[bool(one), bool(other)] for one, other in zip(*above, strict=True)]
