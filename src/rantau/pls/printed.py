"""A PLS fit in words and figures, for a terminal and a notebook."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from rantau.extras import require
from rantau.pls.model_fit import DISTANCES, MODELS

if TYPE_CHECKING:
    import pandas as pd

    from rantau.pls.result import PlsFit


def account_of(fit: PlsFit) -> str:
    """Return a readable account, rounded to three places: how it went, paths, outer model, fit."""
    parts = [_headline(fit), *(f"{problem.severity}: {problem.text}" for problem in fit.problems)]
    for title, frame in _main_tables(fit):
        parts.append(f"{title}\n{frame.to_string(float_format=_three_digits, na_rep='')}")
    return "\n\n".join(parts)


def line_of(fit: PlsFit) -> str:
    """Return one line for the prompt."""
    trusted = "" if fit.trustworthy else "; NOT TO BE TRUSTED, see problems"
    how = f"{fit.iterations} iterations" if fit.converged else "did not converge"
    return (
        f"<PlsFit: {fit.request.scheme} scheme, {fit.n_obs} rows, {len(fit.structure.constructs)} constructs, "
        f"{how}{trusted}; print it, or see paths(), loadings(), r_squared(), effects()>"
    )


def page_of(fit: PlsFit) -> str:
    """Return the same account as HTML for a notebook."""
    parts = [f"<p>{escape(_headline(fit))}</p>"]
    parts += [f"<p>{escape(problem.severity)}: {escape(problem.text)}</p>" for problem in fit.problems]
    for title, frame in _main_tables(fit):
        table = frame.to_html(float_format=_three_digits, na_rep="", border=0)
        parts.append(f"<h4>{title}</h4>{table}")
    return "\n".join(parts)


def _headline(fit: PlsFit) -> str:
    name = "Consistent PLS" if fit.request.consistent else "PLS"
    ended = f"{'' if fit.converged else 'NOT '}converged after {fit.iterations}"
    ordered = len(fit.request.ordered)
    if ordered:
        name += f" on polychoric correlations ({ordered} of {len(fit.plan.items)} items ordered)"
    left_out = fit.entered.size - fit.n_obs
    rows = f"n = {fit.n_obs}" + (f" ({left_out} rows left out for missing answers)" if left_out else "")
    return f"{name}, {fit.request.scheme} scheme; {rows}; {ended} iterations"


def _main_tables(fit: PlsFit) -> tuple[tuple[str, pd.DataFrame], ...]:
    indices = require("pandas").DataFrame([fit.fit_indices(model)[[*DISTANCES, "nfi"]] for model in MODELS])
    return (
        ("Paths", fit.paths()),
        ("Explained variance", fit.r_squared()),
        ("Loadings", fit.loadings()),
        ("Weights", fit.weights()),
        ("Reliability", fit.reliability()),
        ("HTMT", fit.htmt()),
        ("Model fit", indices),
    )


def _three_digits(value: float) -> str:
    return f"{value:.3f}"
