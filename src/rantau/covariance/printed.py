"""A fit in words and figures, for a terminal and a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from rantau.covariance.fit_indices import SHORT
from rantau.model.products import Product

if TYPE_CHECKING:
    import pandas as pd

    from rantau.covariance.result import SemFit


def account_of(fit: SemFit) -> str:
    """Return a readable account: how it went, fit, estimates."""
    lines = [
        f"{fit.request.estimator} on {fit.n_obs} rows ({fit.n_read - fit.n_obs} left out for missing "
        f"answers), {_free(fit)} free parameters, {fit.iterations} steps",
        *(_of_product(product) for product in fit.request.expanded.products),
        *(f"{problem.severity.upper()}: {problem.text}" for problem in fit.problems),
        "",
        *(
            f"{name:21s} {(_probability if 'pvalue' in str(name) else three_digits)(value):>9s}"
            for name, value in fit.fit_indices().items()
            if name in SHORT
        ),
        "",
        shown(fit.estimates()).to_string(index=False, float_format=three_digits, na_rep=""),
    ]
    return "\n".join(lines)


def line_of(fit: SemFit) -> str:
    """Return one line for the prompt."""
    if not fit.converged:
        how = "did not converge, see problems"
    else:
        trusted = "" if fit.trustworthy else "; NOT TO BE TRUSTED, see problems"
        how = f"chi-square {fit.statistics.chisq:.2f}, df {fit.statistics.df}{trusted}"
    return (
        f"<SemFit: {fit.request.estimator}, {fit.n_obs} rows, {_free(fit)} free parameters, {how}; "
        "print it, or see estimates(), standardized(), fit_indices()>"
    )


def page_of(fit: SemFit) -> str:
    """Return problems and estimates as HTML for a notebook."""
    notes = "".join(f"<p><strong>{problem.severity}</strong>: {problem.text}</p>" for problem in fit.problems)
    return notes + str(shown(fit.estimates()).to_html(index=False, float_format=three_digits, na_rep=""))


def _free(fit: SemFit) -> int:
    """Return how many parameters are free; those of exploratory blocks less what the rotation settles."""
    return fit.statistics.n_free if fit.table.explored else fit.table.n_free


def _of_product(product: Product) -> str:
    """Say how a product was estimated."""
    if not product.centred:
        return f"{product.name}: the product of two columns, not centred"
    how = {"matched": "matched pairs of items", "all": "all pairs of items"}.get(product.how, "items and a column")
    return f"{product.name}: {len(product.pairs)} products of {how}, double mean-centred"


def three_digits(value: float) -> str:
    """Write a number with three digits; nothing where there is none."""
    return "" if np.isnan(value) else f"{value:.3f}"


def _probability(value: float) -> str:
    """Write a p-value; none is zero."""
    return "<.001" if value < 0.001 else three_digits(value)


def shown(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table of estimates as it is printed: no p-value is zero."""
    return frame.assign(p=[_probability(value) for value in frame["p"]])
