"""simulate(): data from a stated population."""

from __future__ import annotations

from typing import TYPE_CHECKING, overload

import numpy as np

from rantau.arrays import Array, Cells
from rantau.errors import OptionError, ResponseError, listing, unknown
from rantau.extras import require
from rantau.model.spec import Model
from rantau.options import check_kind
from rantau.simulate.likert import thresholds
from rantau.simulate.population import Population, population
from rantau.survey.instrument import Survey
from rantau.survey.responses import Change, Responses

if TYPE_CHECKING:
    import pandas as pd


@overload
def simulate(model: Model | str, *, n: int, seed: int, survey: None = None) -> pd.DataFrame: ...


@overload
def simulate(model: Model | str, *, n: int, seed: int, survey: Survey) -> Responses: ...


def simulate(model: Model | str, *, n: int, seed: int, survey: Survey | None = None) -> pd.DataFrame | Responses:
    r"""Draw data from a population: multivariate normal, or answers to a survey.

    Parameters
    ----------
    model
        A `Model` or its text in which every parameter is a number: loadings, paths, variances of constructs
        and disturbances, residual variances of items, covariances of exogenous constructs.
    n
        Rows.
    seed
        A whole number from 0; one seed gives the same data.
    survey
        If given, each item's attitude is standardised and cut into the points of its scale by
        `rantau.simulate.thresholds`, so that means and variances of the model do not show in the answers.

    Returns
    -------
    DataFrame or Responses
        Without a survey: `(n, p)` continuous values, columns in the order of the model. With one: its
        responses, marked as simulated, columns in the order of the survey; reversed items are reversed in
        `raw` as respondents would write them, and keyed in `values`.

    Raises
    ------
    ModelSyntaxError
        If a parameter has no number, with its line and what to write.
    EstimationError
        If no variables can have the covariance matrix that the numbers imply.
    ResponseError
        If survey and model do not have the same items.
    OptionError
        If `n` or `seed` is not a whole number of the right size.

    Examples
    --------
    >>> text = "F =~ 0.8*a + 0.6*b\nF ~~ 1*F\na ~~ 0.36*a\nb ~~ 0.64*b"
    >>> simulate(text, n=4, seed=1).shape
    (4, 2)
    """
    _whole("n", n, 1)
    _whole("seed", seed, 0)
    known = population(model)
    if survey is not None:
        _same_items(known, survey)
    generator = np.random.Generator(np.random.PCG64(np.random.SeedSequence(int(seed))))
    values = known.mean + generator.standard_normal((n, len(known.names))) @ np.linalg.cholesky(known.covariance).T
    if survey is None:
        frame: pd.DataFrame = require("pandas").DataFrame(values, columns=list(known.names))
        return frame
    z = (values - known.mean) / np.sqrt(np.diag(known.covariance))
    places = [known.names.index(code) for code in survey.codes]
    return _responses(survey, z[:, places], f"simulated from {known.model.source}, n = {n}, seed = {seed}")


def _responses(survey: Survey, z: Array, source: str) -> Responses:
    """Turn standardised attitudes `(n, items)`, in the order of the survey, into answers."""
    values = np.empty(z.shape)
    raw: Cells = np.empty(z.shape, dtype=object)
    log = []
    for place, item in enumerate(survey.items):
        low, high = item.scale.minimum, item.scale.maximum
        keyed = low + np.searchsorted(thresholds(item.scale.points), z[:, place])
        written = low + high - keyed if item.reversed else keyed
        values[:, place] = keyed
        raw[:, place] = [str(answer) for answer in written]
        if item.reversed:
            log.append(Change(item.code, f"reverse-coded as {low} + {high} - answer", len(z)))
    return Responses(
        survey=survey, columns=survey.codes, values=values, raw=raw,
        # As in the file that `write_responses` makes: the header is line 1.
        rows=tuple(range(2, len(z) + 2)),
        extras_names=("simulated",), extras=np.full((len(z), 1), "true", dtype=object),
        source=source, simulated=True, log=tuple(log),
    )  # fmt: skip


def _same_items(known: Population, survey: Survey) -> None:
    """Refuse a survey that asks what the population does not have, or the other way round."""
    check_kind("survey", survey, Survey, "rt.read_survey(path)")
    for name in known.names:
        if name not in survey.codes:
            raise ResponseError(unknown("item", name, survey.codes, where=f"{known.model.source}, in {survey.file}"))
    absent = [code for code in survey.codes if code not in known.names]
    if absent:
        raise ResponseError(
            f"{known.model.source}: {survey.file} asks items that the model does not have, so their answers cannot "
            f"be drawn: {listing(absent)}. Add them to the model with numbers, or leave out `survey`."
        )


def _whole(option: str, got: int, least: int) -> None:
    if isinstance(got, bool) or not isinstance(got, int | np.integer) or got < least:
        raise OptionError(f"{option} must be a whole number, {least} or more, got {got!r}.")
