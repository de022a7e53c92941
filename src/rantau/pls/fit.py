"""pls(): estimate a PLS path model."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from rantau.door import as_model, take_sample
from rantau.errors import (
    AdmissibilityWarning,
    ConvergenceWarning,
    EstimationError,
    OptionError,
)
from rantau.fit import Problem
from rantau.model.spec import Model
from rantau.moments.compute import MISSING, complete_rows, sample_moments
from rantau.options import choose
from rantau.pls.estimate import Fault, estimate
from rantau.pls.from_model import structure_of
from rantau.pls.inner_schemes import ROWS as SCHEMES
from rantau.pls.request import PlsRequest
from rantau.pls.result import PlsFit
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: What may help, by the code of the fault.
ADVICE = {
    "no_variance": "Take the item out of the model, or look at how it was coded.",
    "collinear_items": "Drop a redundant item, or weight the block by mode A: modes=((construct, 'A'),).",
    "collinear_predictors": "Drop one of the predictors, or join them.",
    "not_converged": (
        "Raise max_iterations, or try another scheme; weights that never settle often mean that a construct "
        "is unrelated to its neighbours."
    ),
    "reliability_out_of_range": (
        "Look at the loadings of that block; a weak or reversed item, or a block of mixed content, is the usual cause."
    ),
    "loading_above_one": (
        "This is a Heywood case: the block or the sample is too small, or the item is not reflective."
    ),
    "constructs_not_positive_definite": (
        "Two constructs are hardly distinct (see htmt()); join them, or report consistent=False and say so."
    ),
}


def pls(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    scheme: str = "path",
    consistent: bool = False,
    modes: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    missing: str = "mean",
    signs: str = "dominant",
    tolerance: float = 1e-10,
    max_iterations: int = 300,
) -> PlsFit:
    """Estimate a PLS path model.

    Parameters
    ----------
    model
        A model or its text. `=~` blocks are weighted by mode A, `<~` blocks by mode B; an observed variable
        in a path is a construct of one item. What only the covariance engine reads (`~~`, start values and
        fixed numbers of loadings) is named in `problems` and otherwise passed over.
    data
        Responses or a data frame.
    scheme
        Inner weighting: `path`, `factorial` or `centroid`.
    consistent
        Correct reflective constructs for unreliability (PLSc).
    modes
        `(construct, mode)` pairs or a mapping, mode `A`, `B` or `unit`, to replace the mode that the block's
        operator gives it.
    missing
        `mean`: the item's mean stands in for a missing answer; `listwise`: such rows are left out.
    signs
        `dominant`: each construct points where the correlations of its items with it sum to more than zero.
        `none`: signs as the weight loop ends. Each bootstrap draw points where the sample does.
    tolerance
        The weight loop ends when no outer weight changes by more.
    max_iterations
        Where the weight loop gives up.

    Returns
    -------
    PlsFit
        Converged or not, admissible or not: see `converged` and `problems`.

    Raises
    ------
    ModelSyntaxError
        Where the model asks for what PLS cannot do, with its line.
    ResponseError
        If the data lack an item.
    EstimationError
        If an item does not vary, or items or predictors determine one another.
    OptionError
        If an option has no such value.

    Source: Wold (1982); Lohmöller (1989); Dijkstra and Henseler (2015) for `consistent`.

    Examples
    --------
    >>> import pandas as pd
    >>> data = pd.DataFrame({"x1": [1, 2, 3, 4, 5, 6], "x2": [2, 1, 4, 3, 6, 5], "y1": [1, 3, 2, 5, 4, 6]})
    >>> fit = pls("X =~ x1 + x2; Y =~ y1; Y ~ X", data)
    >>> fit.converged
    True
    >>> round(float(fit.r_squared().loc["Y", "r_squared"]), 3)
    0.601
    """
    request = PlsRequest(
        scheme=choose("scheme", scheme, [row.name for row in SCHEMES]),
        consistent=consistent,
        modes=_pairs(modes),
        missing=choose("missing", missing, MISSING),
        signs=choose("signs", signs, ("dominant", "none")),
        tolerance=_positive("tolerance", tolerance),
        max_iterations=int(_positive("max_iterations", max_iterations)),
    )
    read = as_model(model)
    structure = structure_of(read, modes=request.modes, consistent=consistent)
    taken = take_sample(read, data, names=structure.items)
    entered = np.ones(taken.n_obs, dtype=bool)
    if request.missing == "listwise":
        entered = np.isfinite(taken.values.sum(axis=1))
        taken = complete_rows(taken)
    computed = sample_moments(taken, missing=request.missing)
    estimates, faults = estimate(computed.covariance[None], computed.mean[None], structure, request)
    for fault in faults:
        if fault.fatal:
            raise EstimationError(_sentence(fault))
    problems = (*structure.ignored, *(Problem("error", f.code, _sentence(f), f.about(0)) for f in faults))
    _warn(problems)
    return PlsFit(
        model=read,
        request=request,
        structure=structure,
        solution=estimates,
        problems=problems,
        sample=taken,
        entered=entered,
    )


def _pairs(modes: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    pairs = tuple(modes.items()) if isinstance(modes, Mapping) else tuple(modes)
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2):
            raise OptionError(
                f"modes takes (construct, mode) pairs such as (('Image', 'B'),), got {pair!r} among them."
            )
    return pairs


def _positive(option: str, value: float) -> float:
    if not value > 0:
        raise OptionError(f"{option} must be more than 0, got {value!r}.")
    return value


def _sentence(fault: Fault) -> str:
    text = fault.text(0)
    return f"{text[:1].upper() if fault.sentence[0] != '{' else text[:1]}{text[1:]}. {ADVICE[fault.code]}"


def _warn(problems: tuple[Problem, ...]) -> None:
    """Say aloud what must not be missed; it stays in `problems` besides."""
    for problem in problems:
        if problem.severity == "error":
            category = ConvergenceWarning if problem.code == "not_converged" else AdmissibilityWarning
            warnings.warn(f"{problem.text} [{problem.code}]", category, stacklevel=3)
