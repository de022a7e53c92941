"""sample_size(): how many rows a study needs, by the formulas of the literature side by side."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rantau.covariance.estimate import degrees_of_freedom
from rantau.covariance.request import settled
from rantau.door import as_model
from rantau.errors import IdentificationError, OptionError
from rantau.extras import require
from rantau.inference.required_rows import check_chance, path_rows, path_rows_by_gamma, regression_rows, rmsea_rows
from rantau.model.parameters import tabulate
from rantau.model.spec import Model
from rantau.options import whole_number
from rantau.simulate.analysed import analysed_model

if TYPE_CHECKING:
    import pandas as pd

#: A medium effect by Cohen's f².
EFFECT = 0.15
#: Tests of the fit of a model: what is tested, with the RMSEA of the null and the one to be told from it.
FITS = (("close fit", 0.05, 0.08), ("not-close fit", 0.05, 0.01), ("exact fit", 0.0, 0.05))


def sample_size(
    model: Model | str | None = None,
    *,
    path: float = 0.20,
    predictors: int | None = None,
    effect: float = EFFECT,
    df: int | None = None,
    power: float = 0.80,
    level: float = 0.95,
) -> pd.DataFrame:
    """Tell how many rows a study needs, by the formulas that need no simulation.

    They look at one thing each, and `power` at the whole model; where they differ the largest number serves all.

    Parameters
    ----------
    model
        A `Model` or its text, with numbers or without: it tells the degrees of freedom and the most predictors of one
        outcome (or items that form one composite). None where `df` or `predictors` tell these.
    path
        The smallest standardised path that is to be found; .20 is an assumption, not a finding.
    predictors
        Of the largest regression; None for that of the model.
    effect
        Cohen's f² of that regression; .15 is a medium effect.
    df
        Degrees of freedom of the model; None for those that `sem` counts, covariates fixed and without means.
    power
        The chance to find what is there, between 0 and 1.
    level
        Of confidence: .95 for tests at 5 %.

    Returns
    -------
    DataFrame
        `method asks n source`: each formula, what it asks for and under which assumptions, the rows it needs, and where
        it is from. What needs predictors or degrees of freedom has no row where there are none, or where they are not
        told; nor has fit where a model has more parameters than moments, as only PLS estimates it.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    OptionError
        If an option has no meaning, or no number of rows up to ten million will do.

    Notes
    -----
    Kock & Hadaya (2018): a path of PLS, by the inverse square root and the gamma-exponential method, one-sided as
    there. Cohen (1988): the F test of a regression. MacCallum, Browne & Sugawara (1996): tests of fit by RMSEA.

    Examples
    --------
    >>> import rantau as rt
    >>> rt.sample_size("F =~ a + b + c + d; y ~ F", path=0.197)[["method", "n"]]
                    method     n
    0  inverse square root   160
    1    gamma-exponential   146
    2    F of a regression    55
    3      RMSEA close fit  1464
    4  RMSEA not-close fit  1216
    5      RMSEA exact fit  1028
    """
    check_chance(power, level)
    read = None if model is None else as_model(model)
    if read is not None:
        predictors = _most_predictors(read) if predictors is None else predictors
        df = _df_of(read) if df is None else df
    if not predictors and effect != EFFECT:
        raise OptionError("effect= is of a regression, and there is none: give predictors=, or a model with paths.")
    needed = [one(path, power=power, level=level) for one in (path_rows, path_rows_by_gamma)]
    tests = f"power {power:g} at {1 - level:.3g}"
    smallest = f"smallest standardised path {abs(path):g}, {tests} one-sided"
    rows = [
        (name, smallest, n, "Kock & Hadaya (2018)")
        for name, n in zip(("inverse square root", "gamma-exponential"), needed, strict=True)
    ]
    if predictors is not None and whole_number("predictors", predictors, least=0) > 0:
        asks = f"{predictors} predictor{'s' if predictors > 1 else ''}, f2 {effect:g}, {tests}"
        n = regression_rows(predictors, effect=effect, power=power, level=level)
        rows.append(("F of a regression", asks, n, "Cohen (1988)"))
    if df is not None and whole_number("df", df, least=0) > 0:
        for name, null, alternative in FITS:
            asks = f"df {df}, RMSEA {null:g} tested and {alternative:g} true, {tests}"
            n = rmsea_rows(df, null=null, alternative=alternative, power=power, level=level)
            rows.append((f"RMSEA {name}", asks, n, "MacCallum, Browne & Sugawara (1996)"))
    frame: pd.DataFrame = require("pandas").DataFrame(rows, columns=["method", "asks", "n", "source"])
    return frame


def states_numbers(model: Model) -> bool:
    """Tell whether a model is a population: a number for every parameter, none left to be estimated."""
    return tabulate(model, fixed_x=False).n_free == 0


def _df_of(model: Model) -> int:
    """Return the degrees of freedom of a model; 0 where only PLS can fit it, which no test by RMSEA is of."""
    try:
        return degrees_of_freedom(settled(analysed_model(model) if states_numbers(model) else model))
    except IdentificationError:
        return 0


def _most_predictors(model: Model) -> int:
    arrows = Counter(path.outcome for path in model.paths)
    arrows.update({block.construct: len(block.terms) for block in model.blocks if block.kind == "composite"})
    return max(arrows.values(), default=0)
