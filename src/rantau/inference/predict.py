"""predict(): how well a PLS model predicts rows that it has not seen."""

from __future__ import annotations

from typing import Any

import numpy as np

from rantau.arrays import Array
from rantau.errors import EstimationError, OptionError, listing
from rantau.inference.draws import counted
from rantau.inference.linear_benchmark import BENCHMARKS, LinearModels, linear_models
from rantau.inference.prediction import Prediction
from rantau.moments.folds import Folds, dealt_folds, fold_moments, given_folds
from rantau.moments.sample import Sample
from rantau.options import choose
from rantau.pls.estimate import reasons
from rantau.pls.forecast import ANTECEDENTS, Forecaster, Outlook, forecaster, outlook
from rantau.pls.item_moments import item_moments, moments_of_fit, refuse_ordered
from rantau.pls.resolve import directions, resolve
from rantau.pls.result import PlsFit

#: What stands in for a missing answer.
GAPS = ("training", "sample")


def predict(
    fit: PlsFit,
    *,
    folds: int = 10,
    repeats: int = 10,
    seed: int = 1,
    fold_of: Any = None,  # noqa: ANN401 - whatever makes an array
    antecedents: str = "direct",
    benchmark: str = "antecedents",
    gaps: str = "training",
) -> Prediction:
    """Judge how well a PLS model predicts rows that it has not seen: PLSpredict, with CVPAT.

    Rows are dealt into folds. Each fold is predicted by the model estimated on the rows of all others, and so are its
    benchmarks: the item's mean in training, and a linear model that regresses each item on other items. Every
    repetition deals anew.

    Parameters
    ----------
    fit
        By `rt.pls`, also with products and constructs of constructs. Where rows are weighted, training samples and
        errors are.
    folds
        How many, from 2 to the number of rows.
    repeats
        How often rows are dealt into folds.
    seed
        The same seed gives the same folds.
    fold_of
        `(rows,)` or `(repetitions, rows)`: the fold of each row, by any whole numbers, to be used instead of random
        ones; of the rows that entered the fit, or of all in the data.
    antecedents
        From what a construct is predicted. `direct`: the constructs whose paths lead to it, with the scores that the
        row's own answers give them. `earliest`: the constructs without predictors, through all that lies between.
    benchmark
        The items on which the linear model regresses an item: `antecedents`, those of the constructs from which PLS
        predicts it; `exogenous`, those of all constructs without predictors (Shmueli et al., 2019); `others`, those of
        all other constructs, also of ones that it leads to (as seminr does).
    gaps
        What stands in for a missing answer. `training`: the item's mean in the training sample, and what is missing is
        not judged; under `missing="em"`, what the moments that EM finds in the training sample and the row's answers to
        the constructs that it is predicted from lead to expect. `sample`: the item's mean in all rows, put in before
        rows are dealt into folds, and predicted like an answer (as seminr does): each row then knows a little of those
        it is predicted from.

    Returns
    -------
    Prediction
        Print it, or see `items()`, `constructs()`, `cvpat()`, `verdict()` and, for rows yet unseen, `rows(data)`.

    Raises
    ------
    OptionError
        If an option has no meaning, the fit is not by rt.pls, is consistent or of ordered answers, or a construct
        would be predicted from its own items.
    EstimationError
        If the fit did not converge, or no training sample can be estimated.

    Notes
    -----
    Shmueli et al. (2016; 2019) for PLSpredict, Danks (2021) for antecedents. With `benchmark="others"`,
    `gaps="sample"` and the folds of seminr, all numbers are those of seminr.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 5))
    >>> draw[:, :4] += draw[:, [4]]
    >>> data = pd.DataFrame(draw[:, :4], columns=["a", "b", "c", "d"])
    >>> found = rt.predict(rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", data), repeats=2)
    >>> bool((found.items()["q2_predict"] > 0).all())
    True
    """
    choose("antecedents", antecedents, ANTECEDENTS)
    choose("benchmark", benchmark, BENCHMARKS)
    choose("gaps", gaps, GAPS)
    _check(fit, gaps)
    sample = _filled(fit) if gaps == "sample" else fit.sample
    seen = outlook(fit.plan, fit.request, antecedents)
    n = fit.n_obs
    dealt = dealt_folds(n, folds, repeats, seed) if fold_of is None else given_folds(fold_of, n, fit.entered)
    counts = dealt.counts()
    by_em = fit.request.missing == "em" and bool(np.isnan(sample.values).any())
    if by_em:
        estimated = item_moments(sample, counts, fit.request)
        moments = estimated.covariance, estimated.mean
    else:
        moments = fold_moments(sample, dealt)
    towards = directions(fit.ascent.stages, fit.plan)
    ascent, faults = resolve(sample, counts, fit.plan, fit.request, towards=towards, moments=moments)
    why = reasons(faults, dealt.draws)
    if all(why):
        told = listing([f"{reason} ({count})" for reason, count in counted(why)], most=3)
        raise EstimationError(
            f"none of {dealt.draws} training samples could be estimated: {told}. Take fewer constructs or items, or "
            "more folds, so that training samples are larger."
        )
    model = forecaster(sample, counts, moments, ascent, seen, by_expectation=by_em)
    lines = linear_models(*moments, counts.sum(axis=1), seen, benchmark, by_expectation=by_em)
    return Prediction(
        fit=fit,
        outlook=seen,
        benchmark=benchmark,
        folds=dealt.of,
        repetition=dealt.repetition,
        seed=seed if fold_of is None else -1,
        reasons=why,
        model=model,
        linear=lines,
        whole=_of_all_rows(fit, seen, by_expectation=by_em),
        truth=sample.values[:, seen.items],
        **_predicted(sample.values, dealt, why, model, lines, seen),
    )


def _filled(fit: PlsFit) -> Sample:
    """Put the item's mean in the place of every missing answer."""
    sample, mean = fit.sample, moments_of_fit(fit.sample, fit.request).mean[0]
    return sample.replace(values=np.where(np.isnan(sample.values), mean, sample.values))


def _of_all_rows(fit: PlsFit, seen: Outlook, *, by_expectation: bool) -> Forecaster:
    found = moments_of_fit(fit.sample, fit.request)
    known, once = (found.covariance, found.mean), np.ones((1, fit.n_obs))
    return forecaster(fit.sample, once, known, fit.ascent, seen, by_expectation=by_expectation)


def _predicted(
    values: Array, folds: Folds, why: tuple[str, ...], model: Forecaster, lines: LinearModels, seen: Outlook
) -> dict[str, Array]:
    """Predict every row by the training sample that left it out, and by those that did not."""
    m, (repeats, n) = len(seen.targets), folds.of.shape
    pls, linear, average = (np.full((repeats, n, m), np.nan) for _ in range(3))
    inside, beside = np.zeros((2, repeats, n, m))
    often = np.zeros((repeats, n))
    scores = np.full((2, repeats, n, len(seen.sources)), np.nan)
    for draw, r in enumerate(folds.repetition.tolist()):
        if why[draw]:
            continue
        out = folds.held_out(draw)
        observed, expected = model.constructs(values, draw)
        items, by_lines = model.items_of(expected, draw), lines.predicted(values, draw)
        pls[r, out], linear[r, out], average[r, out] = items[out], by_lines[out], model.scorer.mean[draw, seen.items]
        scores[0, r, out], scores[1, r, out] = observed[out], expected[out]
        trained = folds.of[r] != draw
        inside[r, trained] += items[trained]
        beside[r, trained] += by_lines[trained]
        often[r, trained] += 1
    with np.errstate(invalid="ignore"):
        return {
            "predicted": pls,
            "by_linear": linear,
            "by_average": average,
            "in_sample": inside / often[:, :, None],
            "in_sample_linear": beside / often[:, :, None],
            "observed_scores": scores[0],
            "predicted_scores": scores[1],
        }


def _check(fit: PlsFit, gaps: str) -> None:
    if not isinstance(fit, PlsFit):
        raise OptionError(
            f"predict() takes a fit by rt.pls, got a {type(fit).__name__}. Scores of constructs, by which rows are "
            "predicted, are what PLS estimates; fit the model with rt.pls(model, data)."
        )
    if not fit.converged:
        raise EstimationError("the fit did not converge, so there is nothing to predict by. See fit.problems.")
    refuse_ordered(fit.request, "predict()", "Fit without ordered= to predict answers as numbers.")
    if fit.request.consistent:
        raise OptionError(
            "predictions are made from scores, and consistent=True corrects paths and loadings to factors, which no "
            "row has a score of: with what a row does have they would predict too much. Fit with consistent=False to "
            "predict, and report the corrected paths beside it."
        )
    if fit.request.missing == "em" and gaps == "sample":
        raise OptionError(
            "gaps='sample' puts the item's mean in the place of a missing answer, and this fit does not "
            "(missing='em'). Take gaps='training', or fit with missing='mean'."
        )
