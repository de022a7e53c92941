"""pls(): estimate a PLS path model."""

from __future__ import annotations

import warnings
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rantau.arrays import Mask
from rantau.door import as_model, take_sample
from rantau.errors import (
    AdmissibilityWarning,
    ConvergenceWarning,
    EstimationError,
    OptionError,
)
from rantau.fit import Problem
from rantau.model.ordered import ordered_names
from rantau.model.spec import Model
from rantau.moments.compute import answered_rows, complete_rows, sample_moments
from rantau.moments.sample import Sample, ordered_texts, with_codes
from rantau.options import check_switch, choose, column_name, is_number, is_several, whole_number
from rantau.pls.estimate import Fault
from rantau.pls.from_model import plan_of
from rantau.pls.higher_order import ALIASES
from rantau.pls.higher_order import METHODS as ORDERS
from rantau.pls.inner_schemes import ROWS as SCHEMES
from rantau.pls.interaction import METHODS as PRODUCTS
from rantau.pls.interaction import products_of
from rantau.pls.item_moments import doubtful_answers, moments_of_fit
from rantau.pls.ordered_request import asked, gaps_of, settled
from rantau.pls.origin import origin_of
from rantau.pls.request import PlsRequest
from rantau.pls.resolve import resolve
from rantau.pls.result import PlsFit
from rantau.pls.stages import Plan
from rantau.survey.responses import Responses

if TYPE_CHECKING:
    import pandas as pd

#: A weight that changes by more has not settled.
LOOSEST = 1e-3
#: What may help, by the code of the fault.
ADVICE = {
    "no_answer": "Take the item out of the model, or look for a coding fault.",
    "no_moments": "Take an item with few answers out of the model, or use missing='listwise'.",
    "no_variance": "Take the item out of the model, or look at how it was coded.",
    "collinear_items": "Drop a redundant item, or weight the block by mode A: modes=((construct, 'A'),).",
    "score_without_variance": (
        "They are those of no variables, as polychoric correlations of few rows or rare categories can be: merge rare "
        "categories, take fewer items, or leave ordered= out."
    ),
    "items_cancel": (
        "Look for an item that stands beside its own mirror image, as before and after it was reversed, and take one "
        "of them out."
    ),
    "collinear_predictors": "Drop one of the predictors, or join them.",
    "not_converged": (
        "Raise max_iterations, or try another scheme; weights that never settle often mean that a construct "
        "is unrelated to its neighbours, or that items weighted by mode B say nearly the same (see vif())."
    ),
    "product_of_nothing_new": (
        "An item of two values says the same when it is squared: take the product out of the model, or look at how its "
        "items were coded."
    ),
    "product_without_variance": (
        "The product varies no more than its unreliable parts make it: report consistent=False and say so, or take "
        "the product out of the model."
    ),
    "products_not_positive_definite": (
        "The sample is too small, or the parts too unreliable, for products to be corrected: leave some out, or report "
        "consistent=False and say so."
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
    ordered: str | Sequence[str] | bool = False,
    weights: str | None = None,
    missing: str = "default",
    signs: str = "dominant",
    tolerance: float = 1e-10,
    max_iterations: int = 300,
    interaction: str = "two_stage",
    higher_order: str = "disjoint",
) -> PlsFit:
    """Estimate a PLS path model.

    Parameters
    ----------
    model
        A model or its text. `=~` blocks are weighted by mode A, `<~` blocks by mode B; an observed variable
        in a path is a construct of one item. A product in a path (`Y ~ X + M + X:M`, `X:X`, `X:M:W`) is a construct of
        its own, and a block may hold constructs (`G =~ A + B`). What only the covariance engine reads (`~~`, start
        values and fixed numbers of loadings) is named in `problems` and otherwise passed over.
    data
        Responses or a data frame.
    scheme
        Inner weighting: `path`, `factorial` or `centroid`.
    consistent
        Correct reflective constructs for unreliability (PLSc). Composites (`<~`) by mode A are left as they are, as in
        cSEM; beside reflective constructs seminr corrects their correlations too.
    modes
        `(construct, mode)` pairs or a mapping, mode `A`, `B` or `unit`, to replace the mode that the block's
        operator gives it.
    ordered
        The items whose answers are ordered categories; True for all but what only predicts, as in `rt.sem`. What PLS
        works on are then the polychoric and polyserial correlations of the normal variables behind the answers
        (OrdPLS; with `consistent=True` OrdPLSc), estimated again in each resample. All that follows from correlations
        is there; scores, and what is made of them, are refused, as are products.
    weights
        The column of sampling weights, positive numbers: how much rows count in means, correlations and scores.
        `n_obs` stays the number of rows. A resample takes rows with equal chances and keeps their weights.
    missing
        `mean`: the item's mean stands in for a missing answer; `listwise` (or `casewise`): such rows are left out;
        `em`: means and covariances are those under which the answers there are would be most likely, were they
        normal. Each resample does so anew. Of ordered answers `listwise`, or `pairwise`: each correlation comes from
        the rows that answer both. `default` is `mean`, and `listwise` with `ordered`.
    signs
        `dominant`: each construct points where the correlations of its items with it sum to more than zero.
        `none`: signs as the weight loop ends, as in seminr, which differ where a block has reversed items. Each
        bootstrap draw points where the sample does. A product points where the product of its parts' scores does,
        whichever it is.
    tolerance
        The weight loop ends when no outer weight changes by more.
    max_iterations
        Where the weight loop gives up.
    interaction
        How products are estimated. `two_stage`: the product of standardised scores of a first stage is one item of
        the second, which estimates all weights again (as seminr does). `scores`: likewise, but the second stage is a
        regression on scores (as Hair et al., 2022, describe it). `product_indicator`: products of standardised items.
        `orthogonal`: these, made independent of the items. A product is not standardised again: its coefficient is by
        how much a standard deviation of one changes the effect of the other. Under `consistent=True` both stages of
        scores have their moments corrected; products of items are refused.
    higher_order
        How constructs of constructs are estimated. `disjoint` (or `two_stage`): scores of the parts, from a first stage
        in which they stand for the whole, measure it in the second, where all others keep their items. `embedded`:
        scores of parts and of all others, from a first stage of repeated items. `saturated`: likewise, from one in
        which all first-order constructs are related (as cSEM does). `repeated`: one stage, with all items of the parts
        measuring the whole once more.

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

    Source: Wold (1982); Lohmöller (1989); Dijkstra and Henseler (2015) for `consistent`, Dijkstra and
    Schermelleh-Engel (2014) for its products; Cantaluppi (2012) and Schuberth, Henseler and Dijkstra (2018) for
    `ordered`; Becker and Ismail (2016) for `weights`; Little and Rubin (2002),
    section 11.2, for `em`; Henseler and Chin (2010) for `interaction`; Becker, Klein and Wetzels
    (2012), Sarstedt et al. (2019), and Schuberth, Rademaker and Henseler (2020) for `higher_order`.

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
    prepared = prepare(
        model,
        data,
        scheme=scheme,
        consistent=consistent,
        modes=modes,
        ordered=ordered,
        weights=weights,
        missing=missing,
        signs=signs,
        tolerance=tolerance,
        max_iterations=max_iterations,
        interaction=interaction,
        higher_order=higher_order,
    )
    read, request, plan, taken, entered = prepared
    moments = moments_of_fit(taken, request)
    ascent, faults = resolve(
        taken, np.ones((1, taken.n_obs)), plan, request, moments=(moments.covariance, moments.mean)
    )
    for fault in faults:
        if fault.fatal:
            if request.missing == "em":
                # Which says more exactly why there are no moments, if that is what is wrong.
                sample_moments(taken, missing="em")
            raise EstimationError(_sentence(fault))
    found = (Problem("error", fault.code, _sentence(fault), fault.about(0)) for fault in faults)
    doubts = doubtful_answers(taken, request, moments)
    problems = (*plan.whole.ignored, *_mistaken(read, data), *_exact(plan, taken.n_obs), *doubts, *found)
    _warn(problems)
    return PlsFit(
        model=read,
        request=request,
        structure=plan.whole,
        solution=ascent.whole,
        problems=problems,
        sample=taken,
        entered=entered,
        plan=plan,
        ascent=ascent,
        origin=origin_of(data, plan.items),
    )


class Prepared(NamedTuple):
    """What a call asks for, checked: the model, the options, the plan, the rows that enter, and which those are."""

    model: Model
    request: PlsRequest
    plan: Plan
    sample: Sample
    entered: Mask


def prepare(
    model: Model | str,
    data: Responses | pd.DataFrame,
    *,
    scheme: str,
    consistent: bool,
    missing: str,
    interaction: str,
    higher_order: str,
    weights: str | None,
    modes: Mapping[str, str] | Iterable[tuple[str, str]] = (),
    ordered: str | Sequence[str] | bool = False,
    signs: str = "dominant",
    tolerance: float = 1e-10,
    max_iterations: int = 300,
) -> Prepared:
    """Check what `pls` is asked, without estimating anything; the arguments and what is raised are its own."""
    check_switch("consistent", consistent)
    read = as_model(model)
    names = ordered_names(read, asked(ordered))
    request = PlsRequest(
        scheme=choose("scheme", scheme, [row.name for row in SCHEMES]),
        consistent=consistent,
        modes=_pairs(modes),
        ordered=names,
        missing=gaps_of(missing, ordered=bool(names)),
        weights=None if weights is None else column_name("weights", weights),
        signs=choose("signs", signs, ("dominant", "none")),
        tolerance=_tolerance(tolerance),
        max_iterations=whole_number("max_iterations", max_iterations, least=1),
        interaction=choose("interaction", interaction, PRODUCTS),
        higher_order=ALIASES.get(choose("higher_order", higher_order, (*ORDERS, *ALIASES)), higher_order),
    )
    plan = plan_of(
        read,
        modes=request.modes,
        consistent=consistent,
        interaction=request.interaction,
        higher_order=request.higher_order,
    )
    if request.missing == "em" and any(column.product for stage in plan.stages for column in stage.columns):
        raise OptionError(
            f"missing='em' estimates means and covariances, and the product '{products_of(plan.whole)[0]}' needs rows. "
            "Take missing='mean' or 'listwise'."
        )
    if request.ordered:
        request = settled(request, plan)
        data = with_codes(data, ordered_texts(data, request.ordered))
    taken = take_sample(read, data, names=plan.items, weights=request.weights)
    answered = (~np.isnan(taken.values)).sum(axis=1)
    entered = np.ones(taken.n_obs, dtype=bool)
    if request.missing == "listwise":
        entered, taken = answered == len(plan.items), complete_rows(taken)
    elif request.missing == "em":
        entered, taken = answered > 0, answered_rows(taken)
    return Prepared(read, request, plan, taken, entered)


def _pairs(modes: Mapping[str, str] | Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    given: Any = tuple(modes.items()) if isinstance(modes, Mapping) else modes
    pairs = tuple(given) if is_several(given) else (given,)
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise OptionError(
                f"modes takes (construct, mode) pairs such as (('Image', 'B'),), got {pair!r} among them."
            )
    twice = [name for name, count in Counter(name for name, _ in pairs).items() if count > 1]
    if twice:
        raise OptionError(f"modes gives '{twice[0]}' more than once. Give it one mode.")
    return pairs


def _tolerance(got: float) -> float:
    """Refuse what would end the weight loop before it has begun."""
    if not is_number(got) or not 0 < got <= LOOSEST:
        raise OptionError(f"tolerance must be a number above 0 and at most {LOOSEST:g}, such as 1e-10, got {got!r}.")
    return float(got)


def _mistaken(model: Model, data: Responses | pd.DataFrame) -> tuple[Problem, ...]:
    """Tell of labels of paths that are columns of the data: in `Y ~ x*m` a product may have been meant."""
    columns = set(data.columns)
    labels = (
        (path, str(modifier.values[0]))
        for path in model.paths
        for modifier in path.term.modifiers
        if modifier.kind == "label"
    )
    return tuple(
        Problem(
            "warning",
            "label_of_a_column",
            f"{model.source}:{path.span.line}: '{label}', a column of the data, is here the label of the path from "
            f"'{path.predictor}' to '{path.outcome}'. A product is written `{label}:{path.predictor}`.",
            (path.outcome, path.predictor),
        )
        for path, label in labels
        if label in columns
    )


def _exact(plan: Plan, n_obs: int) -> tuple[Problem, ...]:
    """Tell of equations that fit any answers, because they have as many terms as there are rows."""
    structure = plan.whole
    terms = {f"the equation of '{structure.constructs[j]}'": len(structure.predictors(j)) for j in structure.endogenous}
    for name, mode, block in zip(structure.constructs, structure.modes, structure.blocks, strict=True):
        if mode == "B":
            terms[f"the mode B block of '{name}'"] = block.stop - block.start
    return tuple(
        Problem(
            "error",
            "too_few_rows",
            f"{n_obs} rows are too few for {what} with {count} term{'' if count == 1 else 's'}: it fits exactly "
            "whatever the answers are. Take more rows, or a smaller model.",
        )
        for what, count in terms.items()
        if n_obs <= count + 1
    )


def _sentence(fault: Fault) -> str:
    text = fault.text(0)
    return f"{text[:1].upper() if fault.sentence[0] != '{' else text[:1]}{text[1:]}. {ADVICE[fault.code]}"


def _warn(problems: tuple[Problem, ...]) -> None:
    """Say aloud what must not be missed; it stays in `problems` besides."""
    for problem in problems:
        if problem.severity == "error":
            category = ConvergenceWarning if problem.code == "not_converged" else AdmissibilityWarning
            warnings.warn(f"{problem.text} [{problem.code}]", category, stacklevel=3)
