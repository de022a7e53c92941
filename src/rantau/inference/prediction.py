"""Prediction: what PLSpredict found, as tables, and predictions of rows yet unseen."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from rantau.arrays import Array, Indices
from rantau.errors import OptionError
from rantau.extras import require
from rantau.inference.cvpat import COLUMNS, loss_difference
from rantau.inference.draws import counted
from rantau.inference.linear_benchmark import BENCHMARKS, LinearModels
from rantau.inference.prediction_errors import (
    Errors,
    interval_of_new,
    less,
    loss_of_rows,
    mean_of_known,
    mean_of_repetitions,
)
from rantau.moments.sample import column_names, sample
from rantau.options import check_level, choose
from rantau.pls.forecast import Forecaster, Outlook
from rantau.pls.result import PlsFit
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

    from rantau.survey.responses import Responses

#: By what errors are compared: root mean square, or mean absolute.
MEASURES = ("rmse", "mae")
#: What errors of several repetitions are made of: every one counts, or the mean of a row's predictions is judged.
POOLED = ("errors", "predictions")
#: How many of the items have to be predicted better than by the linear model, in words of Shmueli et al. (2019).
POWERS = ("no predictive power", "low predictive power", "medium predictive power", "high predictive power")
_WITHOUT = "no predictive relevance"
#: All items together, where a construct is named otherwise.
OVERALL = "(all)"


class Prediction(Record):
    """How well a PLS model predicts rows that it was estimated without.

    Attributes
    ----------
    fit
        The model on all rows.
    outlook
        What is predicted from what.
    benchmark
        What the linear model regresses items on: a name of `linear_benchmark.BENCHMARKS`.
    folds, repetition
        `(repetitions, rows)`: the training sample that leaves each row out; the repetition of each training sample.
    seed
        Of the folds; -1 where they were given.
    reasons
        One per training sample: why it could not be estimated, empty where it was.
    model, linear, whole
        What predicts rows: PLS and the linear model on each training sample, and PLS on all rows.
    truth
        `(rows, m)`: each item as answered, NaN where it was not.
    predicted, by_linear, by_average
        `(repetitions, rows, m)`: each item as predicted out of sample.
    in_sample, in_sample_linear
        Likewise, the mean of the predictions by the training samples that hold the row.
    observed_scores, predicted_scores
        `(repetitions, rows, J)`: by the weights of the training sample that leaves the row out.
    """

    fit: PlsFit
    outlook: Outlook
    benchmark: str
    folds: Indices
    repetition: Indices
    seed: int
    reasons: tuple[str, ...]
    model: Forecaster
    linear: LinearModels
    whole: Forecaster
    truth: Array
    predicted: Array
    by_linear: Array
    by_average: Array
    in_sample: Array
    in_sample_linear: Array
    observed_scores: Array
    predicted_scores: Array

    @property
    def item_names(self) -> tuple[str, ...]:
        """The predicted items, m of them."""
        return tuple(self.outlook.plan.items[item] for item in self.outlook.items.tolist())

    @property
    def construct_names(self) -> tuple[str, ...]:
        """The construct of each predicted item, the outcome of a path, m of them."""
        return tuple(self.fit.structure.constructs[j] for j in self.outlook.outcomes.tolist())

    @property
    def predictors(self) -> pd.DataFrame:
        """`construct pls linear`: the constructs from which each is predicted, and the items of the linear model."""
        structure, rows = self.fit.structure, []
        for j in dict.fromkeys(self.outlook.outcomes.tolist()):
            place = self.outlook.outcomes.tolist().index(j)
            items = [self.outlook.plan.items[item] for item in self.linear.predictors[place]]
            sources = [structure.constructs[source] for source in self.outlook.sources[j]]
            rows.append((structure.constructs[j], ", ".join(sources), ", ".join(items)))
        return _frame(rows, ("construct", "pls", "linear"))

    @property
    def failed(self) -> tuple[tuple[str, int], ...]:
        """Why training samples could not be estimated, with their number, the commonest first."""
        return counted(self.reasons)

    # -- how well ----------------------------------------------------------------------------------------

    def items(self, *, pooled: str = "errors", in_sample: bool = False) -> pd.DataFrame:
        """Return how well each item is predicted.

        Parameters
        ----------
        pooled
            What is made of several repetitions. `errors`: the errors of all count, so that the numbers are those of one
            model. `predictions`: those of a row are averaged first, which makes errors smaller than any one model's.
        in_sample
            Predictions of rows by the models that were estimated with them, to see how much the model overfits.

        Returns
        -------
        DataFrame
            Index item; `construct q2_predict`, 1 less the squared errors over those of the mean in training; `rmse mae`
            of PLS, `rmse_lm mae_lm` of the linear model, NaN where some training sample cannot estimate it, and
            `rmse_average mae_average` of the mean; `q2_predict_lm`; `rmse_difference mae_difference` of PLS less the
            linear model, negative where PLS is better; `skewness` of the errors of PLS: where it is beyond 1, compare
            by `mae`.

        Raises
        ------
        OptionError
            If there is no such way of pooling.

        Source: Shmueli et al. (2016, 2019).
        """
        errors = self._errors(pooled, in_sample=in_sample)
        columns: dict[str, object] = {"construct": self.construct_names}
        pls, linear, average = ((self._mean(one**2), self._mean(np.abs(one))) for one in errors)
        with np.errstate(invalid="ignore", divide="ignore"):
            columns |= {"q2_predict": 1 - pls[0] / average[0], "rmse": np.sqrt(pls[0]), "mae": pls[1]}
            columns |= {"q2_predict_lm": 1 - linear[0] / average[0], "rmse_lm": np.sqrt(linear[0]), "mae_lm": linear[1]}
            columns |= {"rmse_average": np.sqrt(average[0]), "mae_average": average[1]}
            columns |= {"rmse_difference": less(np.sqrt(pls[0]), np.sqrt(linear[0]), np.sqrt(linear[0]))}
            columns |= {"mae_difference": less(pls[1], linear[1], linear[1])}
            centred = errors.pls - self._mean(errors.pls)
            columns["skewness"] = self._mean(centred**3) / self._mean(centred**2) ** 1.5
        frame = require("pandas").DataFrame(columns, index=list(self.item_names))
        return frame.rename_axis("item")  # type: ignore[no-any-return]

    def constructs(self) -> pd.DataFrame:
        """Return how well scores are predicted: index construct; `q2_predict rmse mae`.

        Scores have mean 0 and variance 1 (divisor n) in the training sample, so that their mean predicts 0; observed
        ones are by the weights of that sample, where seminr takes those of all rows.
        """
        places = list(dict.fromkeys(self.outlook.outcomes.tolist()))
        truth = self.observed_scores[:, :, places]
        error = truth - self.predicted_scores[:, :, places]
        squared = self._mean(error**2)
        columns = {
            "q2_predict": 1 - squared / self._mean(truth**2),
            "rmse": np.sqrt(squared),
            "mae": self._mean(np.abs(error)),
        }
        index = [self.fit.structure.constructs[j] for j in places]
        return require("pandas").DataFrame(columns, index=index).rename_axis("construct")  # type: ignore[no-any-return]

    def cvpat(self, *, level: float = 0.95, draws: int = 0, seed: int = 1) -> pd.DataFrame:
        """Test whether the model predicts better than its benchmarks: the cross-validated predictive ability test.

        The loss of a row is the mean of its squared errors over the items, and over the repetitions. A negative
        difference that differs from zero says that the model predicts better.

        Parameters
        ----------
        level
            Of the interval of the difference.
        draws
            So many resamples of rows from a population without a difference give `p_bootstrap` besides; 0 for none.
        seed
            Of these.

        Returns
        -------
        DataFrame
            `construct benchmark`, the construct `(all)` for all items together, and benchmark `average` or `linear`;
            `loss loss_benchmark difference se t df p ci_low ci_high n`, with t of the paired test and p two-sided; rows
            with an answer missing are judged by the others. NaN where the linear model of some item has no rmse.

        Raises
        ------
        OptionError
            If the level or the number of draws makes no sense.

        Source: Liengaard et al. (2021), Prediction: Coveted, yet forsaken?; Sharma, Liengaard, Hair, Sarstedt and
        Ringle (2023), Predictive model assessment and selection in composite-based modeling using PLS-SEM.
        """
        check_level(level)
        errors, names = self._errors("errors"), np.array(self.construct_names)
        rows: list[tuple[object, ...]] = []
        for construct in (OVERALL, *dict.fromkeys(self.construct_names)):
            own = np.full(names.size, True) if construct == OVERALL else names == construct
            losses = [loss_of_rows(one[:, :, own]) for one in errors]
            for benchmark, loss in (("average", losses[2]), ("linear", losses[1])):
                found = loss_difference(losses[0], loss, level=level, draws=draws, seed=seed, weights=self._weights)
                rows.append((construct, benchmark, *found))
        frame = _frame(rows, ("construct", "benchmark", *COLUMNS))
        return frame if draws else frame.drop(columns="p_bootstrap")

    def compare(self, other: Prediction, outcome: str, *, level: float = 0.95) -> pd.DataFrame:
        """Test whether this model predicts the items of an outcome better than another one does.

        Parameters
        ----------
        other
            Of the same rows in the same folds, with the same items for the outcome.
        outcome
            The construct.
        level
            Of the interval.

        Returns
        -------
        DataFrame
            One row: `outcome loss loss_other difference se t df p ci_low ci_high n`; the difference is negative where
            this model predicts better.

        Raises
        ------
        OptionError
            If folds, rows or items differ.

        Source: Liengaard et al. (2021).
        """
        if not isinstance(other, Prediction):
            raise OptionError(f"compare() takes another prediction by rt.predict, got a {type(other).__name__}.")
        check_level(level)
        (items, truth, loss), (other_items, other_truth, other_loss) = self._losses(outcome), other._losses(outcome)
        if items != other_items:
            raise OptionError(f"'{outcome}' is measured by other items in the other model; losses cannot be compared.")
        if not np.array_equal(self.fit.entered, other.fit.entered) or not np.array_equal(self.folds, other.folds):
            raise OptionError(
                "the two predictions rest on different rows or folds. Fit both models to the same rows, and predict "
                "both with one seed, or one fold_of=."
            )
        if not np.array_equal(truth, other_truth, equal_nan=True):
            raise OptionError(f"the two predictions are of other answers to the items of '{outcome}'.")
        if not np.array_equal(self._weights, other._weights):
            raise OptionError("the two predictions weight rows differently, so that their losses cannot be compared.")
        found = loss_difference(loss, other_loss, level=level, draws=0, seed=1, weights=self._weights)
        frame = _frame([(outcome, *found)], ("outcome", *COLUMNS)).drop(columns="p_bootstrap")
        return frame.rename(columns={"loss_benchmark": "loss_other"})

    def _losses(self, outcome: str) -> tuple[list[str], Array, Array]:
        """Return the items of an outcome by name, the answers to them `(rows, k)`, and the loss of each row."""
        choose("outcome", outcome, dict.fromkeys(self.construct_names))
        named = zip(self.item_names, self.construct_names, strict=True)
        own = sorted((item, place) for place, (item, construct) in enumerate(named) if construct == outcome)
        at = [place for _, place in own]
        return [item for item, _ in own], self.truth[:, at], loss_of_rows(self._errors("errors").pls[:, :, at])

    def verdict(self, *, measure: str = "rmse", pooled: str = "errors") -> pd.DataFrame:
        """Say in words how well each construct is predicted.

        Parameters
        ----------
        measure
            `rmse`, or `mae` where the errors are far from symmetric (see `skewness` in `items()`).
        pooled
            As of `items`.

        Returns
        -------
        DataFrame
            Index construct; `items`, how many are predicted; `relevant`, of how many Q²predict is above 0; `better`, of
            how many of these the error is below that of the linear model as well; `verdict`: no predictive relevance
            where no item is predicted better than by its mean, else high, medium, low or no predictive power where all,
            at least half, less than half or none of the items are predicted better than by the linear model; empty
            where there is no linear model.

        Source: Shmueli et al. (2019), Predictive model assessment in PLS-SEM.
        """
        choose("measure", measure, MEASURES)
        table = self.items(pooled=pooled)
        rows = []
        for construct, own in table.groupby("construct", sort=False):
            relevant = own["q2_predict"] > 0
            difference = own[f"{measure}_difference"]
            better = int(((difference < 0) & relevant).sum())
            known = not difference.isna().any()
            word = _WITHOUT if not relevant.any() else power_in_words(better, len(own)) if known else ""
            rows.append((construct, len(own), int(relevant.sum()), better, word))
        frame = _frame(rows, ("construct", "items", "relevant", "better", "verdict"))
        return frame.set_index("construct")

    @property
    def _weights(self) -> Array:
        """How much each row counts, `(rows,)`: all alike, or by its sampling weight."""
        weights = self.fit.sample.weights
        return np.ones(self.fit.n_obs) if weights is None else weights

    def _mean(self, values: Array) -> Array:
        return mean_of_known(values, self._weights)

    def _errors(self, pooled: str, *, in_sample: bool = False) -> Errors:
        choose("pooled", pooled, POOLED)
        pls, linear, average = self.predicted, self.by_linear, self.by_average
        if in_sample:
            centre = np.broadcast_to(self.whole.scorer.mean[0, self.outlook.items], average.shape)
            pls, linear, average = self.in_sample, self.in_sample_linear, centre
        # A linear model that some training samples lack would be judged by other rows than PLS.
        lacking = np.any(np.isnan(linear) & ~np.isnan(pls), axis=(0, 1))
        found = (pls, np.where(lacking, np.nan, linear), average)
        if pooled == "predictions":
            found = (mean_of_repetitions(pls), mean_of_repetitions(found[1]), mean_of_repetitions(average))
        return Errors(*(self.truth - one for one in found))

    # -- rows yet unseen -----------------------------------------------------------------------------------

    def rows(self, data: Responses | pd.DataFrame, *, level: float = 0.95) -> pd.DataFrame:
        """Predict rows that are new, with intervals.

        Parameters
        ----------
        data
            With the items of all constructs from which something is predicted; those that are predicted need not be
            there.
        level
            Of the intervals.

        Returns
        -------
        DataFrame
            `row construct item est low high`, `row` as the data's index; the prediction by the model on all rows, in
            the unit of the answers, and the interval in which an answer is to be expected.

        Raises
        ------
        ResponseError
            If an item is not among the columns, or no number.
        OptionError
            If the level makes no sense.

        Notes
        -----
        Barber, Candès, Ramdas and Tibshirani (2021), CV+: the interval is made of the predictions of all training
        samples, each with the size of the error that it made on a row it left out. It supposes nothing about the
        distribution of errors but that new rows are drawn as the old ones were, and covers at least 1 - 2(1 - level),
        in practice about `level`. It does not end where the scale does, and it is infinite where there are too few rows
        for the level. Where rows are weighted, errors count by their weights, and a new row as one of average weight.
        """
        check_level(level)
        values = self._new_rows(data)
        point = self.whole.items_of(self.whole.constructs(values, 0)[1], 0)
        good = [draw for draw, reason in enumerate(self.reasons) if not reason]
        each = np.full((len(self.reasons), *point.shape), np.nan)
        for draw in good:
            each[draw] = self.model.items_of(self.model.constructs(values, draw)[1], draw)
        errors = np.abs(self._errors("errors").pls)
        ends = [
            interval_of_new(each[:, :, item], errors[:, :, item], self.folds, self._weights, level)
            for item in range(point.shape[1])
        ]
        low, high = np.stack(ends, axis=2)
        index = list(data.index) if hasattr(data, "index") else list(range(len(values)))
        rows = [
            (index[new], construct, item, point[new, place], low[new, place], high[new, place])
            for new in range(len(point))
            for place, (construct, item) in enumerate(zip(self.construct_names, self.item_names, strict=True))
        ]
        return _frame(rows, ("row", "construct", "item", "est", "low", "high"))

    def _new_rows(self, data: Any) -> Array:  # noqa: ANN401 - whatever a caller gives
        names = self.outlook.plan.items
        there = set(column_names(data))
        needed = {names[place] for place in self.outlook.needed}
        wanted = [name for name in names if name in needed or name in there]
        taken = sample(data, wanted)
        values = np.full((taken.n_obs, len(names)), np.nan)
        values[:, [names.index(name) for name in wanted]] = taken.values
        return values

    # -- to read -------------------------------------------------------------------------------------------

    def __str__(self) -> str:
        parts = [self.headline]
        parts += [f"{count} training samples could not be estimated: {reason}" for reason, count in self.failed]
        for title, frame in self._main_tables():
            parts.append(f"{title}\n{frame.to_string(float_format=lambda value: f'{value:.3f}', na_rep='')}")
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        return f"<Prediction: {self.headline}; print it, or see items(), cvpat(), verdict(), rows(data)>"

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(self.headline)}</p>"]
        parts += [
            f"<p>{count} training samples could not be estimated: {escape(why)}</p>" for why, count in self.failed
        ]
        for title, frame in self._main_tables():
            table = frame.to_html(float_format=lambda value: f"{value:.3f}", na_rep="", border=0)
            parts.append(f"<h4>{escape(title)}</h4>{table}")
        return "\n".join(parts)

    @property
    def headline(self) -> str:
        """How rows were predicted, in a line."""
        repeats = len(self.folds)
        sizes = f"{len(self.repetition) // repeats} folds" if len(self.repetition) % repeats == 0 else "folds"
        how = f"{sizes}, {repeats} repetition{'s' if repeats > 1 else ''}"
        how += ", folds as given" if self.seed < 0 else f", seed {self.seed}"
        if self.fit.request.weights is not None:
            how += f", rows and their errors weighted by '{self.fit.request.weights}'"
        return (
            f"PLSpredict from {self.outlook.antecedents} antecedents, {self.fit.n_obs} rows, {how}; the linear model "
            f"regresses an item on {BENCHMARKS[self.benchmark]}"
        )

    def _main_tables(self) -> tuple[tuple[str, pd.DataFrame], ...]:
        shown = ["construct", "q2_predict", "rmse", "rmse_lm", "rmse_difference", "mae", "mae_lm", "mae_difference"]
        return (
            ("Items", self.items()[shown]),
            ("Constructs", self.constructs()),
            ("CVPAT: loss less that of the benchmark", self.cvpat()),
            ("Verdict (Shmueli et al., 2019)", self.verdict()),
        )


def power_in_words(better: int, items: int) -> str:
    """Say what it means that so many of some items are predicted better than by the linear model.

    Source: Shmueli et al. (2019): all, the majority or the same number, the minority, none.

    Examples
    --------
    >>> power_in_words(2, 3)
    'medium predictive power'
    """
    if better in (0, items):
        return POWERS[3 if better else 0]
    return POWERS[2 if 2 * better >= items else 1]


def _frame(rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> pd.DataFrame:
    return require("pandas").DataFrame(rows, columns=list(columns))  # type: ignore[no-any-return]
