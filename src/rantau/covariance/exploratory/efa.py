"""efa(): factors of items of which nothing is claimed but their number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from rantau.covariance.estimate import fit_request
from rantau.covariance.exploratory.result import EfaFit
from rantau.covariance.exploratory.rotation import Rotation, as_rotation
from rantau.covariance.request import SemRequest
from rantau.errors import OptionError
from rantau.model.spec import Block, Model, Modifier, Span, Term
from rantau.moments.chosen import chosen_sample
from rantau.moments.summary import SummaryStatistics
from rantau.options import column_name, several_names
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

BLOCK = "efa"


def efa(
    data: Responses | pd.DataFrame | SummaryStatistics,
    n_factors: int,
    *,
    rotation: Rotation | str = "geomin",
    items: str | Sequence[str] = (),
    estimator: str = "default",
    missing: str = "listwise",
    group: str | None = None,
    likelihood: str = "default",
    information: str = "default",
    se: str = "default",
    test: str = "default",
    sampling_weights: str | None = None,
    cluster: str | None = None,
    ordered: str | Sequence[str] | bool = False,
    parameterization: str = "delta",
) -> EfaFit:
    """Find a number of factors behind items, and turn them to a simple structure.

    Parameters
    ----------
    data
        Scored responses or a data frame, one row per respondent; or the moments that `rt.moments` makes.
    n_factors
        How many factors; `rt.parallel_analysis` suggests how many.
    rotation
        A criterion (`rantau list rotations`) or an `rt.Rotation` with its options.
    items
        Which columns; unless given every item of `Responses`, and of a data frame every column of numbers (but those
        that other options name).
    estimator, missing, group, likelihood, information, se, test, sampling_weights, cluster
        As for `rt.sem`; groups are turned each by itself.
    ordered, parameterization
        As for `rt.sem`: the items whose answers are ordered categories, True for all. They are fitted by their
        polychoric correlations (WLSMV), and the loadings are those of what lies behind the answers.

    Returns
    -------
    EfaFit
        Loadings, structure, factor correlations and communalities with standard errors; `fit` is the whole fit.

    Raises
    ------
    OptionError
        If an option has a value that is not allowed.
    ResponseError, ModelSyntaxError, IdentificationError, EstimationError
        As for `rt.sem`.

    Notes
    -----
    Maximum likelihood (Lawley, 1940; Jöreskog, 1967) with the factors held still, then gradient projection from many
    starts (Jennrich, 2001, 2002; Bernaards & Jennrich, 2005). Standard errors by the conditions of the rotation
    (Jennrich, 1973). Residual variances may be estimated below zero, which is a problem that is told (a Heywood case,
    most often of a factor too many); `efa()` of lavaan holds them at zero or above.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(400, 8))
    >>> answers = np.repeat(draw[:, :2], 3, axis=1) + draw[:, 2:]
    >>> data = pd.DataFrame(answers, columns=["a", "b", "c", "d", "e", "f"])
    >>> found = rt.efa(data, 2, rotation="oblimin")
    >>> (found.loadings() > 0.5).sum().tolist()
    [3, 3]
    """
    weights, clusters = column_name("sampling_weights", sampling_weights), column_name("cluster", cluster)
    by = column_name("group", group)
    chosen = several_names("items", items, "x1")
    if not chosen:
        chosen = data.names if isinstance(data, SummaryStatistics) else chosen_sample(data)[0].names
        chosen = tuple(name for name in chosen if name not in (by, weights, clusters))
    request = SemRequest(
        exploratory_model(chosen, n_factors), estimator=estimator, missing=missing, group=by, likelihood=likelihood,
        information=information, se=se, test=test, sampling_weights=weights, cluster=clusters,
        rotation=as_rotation(rotation), parameterization=parameterization,
        ordered=ordered if isinstance(ordered, bool) else several_names("ordered", ordered, "x1"),
    )  # fmt: skip
    return EfaFit(fit_request(request, data), BLOCK)


def exploratory_model(items: Sequence[str], n_factors: int) -> Model:
    """Return the model in which every item loads on every factor.

    Raises
    ------
    OptionError
        If there are fewer than one factor, or no more items than factors.
    """
    if isinstance(n_factors, bool) or not isinstance(n_factors, (int, np.integer)) or n_factors < 1:
        raise OptionError(f"n_factors is {n_factors!r}; it must be a whole number, 1 or more.")
    if len(items) <= n_factors:
        raise OptionError(f"{n_factors} factors of {len(items)} items: there must be more items than factors.")
    letter = next(one for one in ("f", "F", "factor_", "efa_") if f"{one}1" not in items)
    names = [f"{letter}{place + 1}" for place in range(n_factors)]
    at = Span(1, 1)
    modifier = Modifier("efa", (BLOCK,), at)
    terms = tuple(Term(item, (modifier,), at) for item in items)
    text = " + ".join(f'efa("{BLOCK}")*{name}' for name in names) + " =~ " + " + ".join(items)
    blocks = tuple(Block(name, "reflective", terms, Span(1, 1 + 20 * place)) for place, name in enumerate(names))
    return Model(blocks, (), (), (), (), (), (), (), text, "efa()")
