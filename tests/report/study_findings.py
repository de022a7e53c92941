"""Findings to make reports of: real answers, simulated ones, and fits that went wrong."""

import warnings
from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd

from rantau.covariance import cfa, sem
from rantau.crosscheck import Check, Skipped, Verification
from rantau.errors import RantauWarning
from rantau.inference import bootstrap
from rantau.inference.indirect import indirect_draws
from rantau.model import parse_model, read_model
from rantau.pls import pls
from rantau.quality import judge_hypotheses, reliability, validity
from rantau.report.collect import collect
from rantau.report.findings import Findings
from rantau.simulate import population_values, simulate
from rantau.survey import describe, read_responses, read_survey, screen

ROOT = Path(__file__).parents[2]
COLUMNS = ["a1", "a2", "a3", "b1", "b2", "b3"]
TWO = "A =~ a1 + a2 + a3\nB =~ b1 + b2 + b3\nB ~ A  # H1 (+) A raises B"

VERIFICATION = Verification(
    (
        Check("loadings", "Image =~ IMAG1", 0.5, 0.5 + 2e-8, "semopy", "2.3.11"),
        Check("loadings", "Image =~ IMAG2", 0.6, 0.6, "semopy", "2.3.11"),
        Check("adjusted R²", "Value", 0.3, 0.3 - 3e-16, "statsmodels", "0.15.0"),
    ),
    (
        Skipped("regressions of Value, Loyalty", "statsmodels", "0.15.0", "factors have no rows to regress on"),
        Skipped("i_l", "semopy", "2.3.11", "semopy has no defined quantities (`:=`)"),
        Skipped("v_l", "semopy", "2.3.11", "semopy has no defined quantities (`:=`)"),
    ),
)


def whole(model, screening, population=None, **options):
    """Every part of the findings, as a study computes them; the options are those of the covariance engine."""
    kept = screening.kept
    factor, path, composite = cfa(model, kept, **options), sem(model, kept, **options), pls(model, kept)
    draws, simulated_draws = bootstrap(composite, draws=200), indirect_draws(path)
    return Findings(
        model,
        survey=kept.survey,
        responses=kept,
        screening=screening,
        description=describe(kept),
        cfa=factor,
        sem=path,
        sem_draws=simulated_draws,
        pls=composite,
        draws=draws,
        reliability=reliability(kept, model, cfa_fit=factor, pls_fit=composite),
        validity=validity(kept, model, pls_fit=composite),
        hypotheses=judge_hypotheses(model, sem=path, sem_draws=simulated_draws, draws=draws),
        verification=VERIFICATION,
        population=population,
    )


@lru_cache
def mobile():
    """250 customers; the covariance engine gives chi-square 189.42 on 105 degrees of freedom."""
    survey = read_survey(ROOT / "surveys/mobile/instrument.toml")
    answers = read_responses(ROOT / "surveys/mobile/responses.csv", survey)
    return whole(read_model(ROOT / "models/mobile.sem"), screen(answers))


@lru_cache
def gaps():
    """The same customers with one answer in thirty missing, by robust full-information maximum likelihood."""
    found = mobile()
    values = np.array(found.responses.values)
    values[np.random.default_rng(3).random(values.shape) < 1 / 30] = np.nan
    return whole(found.model, screen(found.responses.replace(values=values)), estimator="MLR", missing="fiml")


@lru_cache
def simulated():
    """300 simulated firms, with the values of their population."""
    survey = read_survey(ROOT / "surveys/internationalization/instrument.toml")
    stated = read_model(ROOT / "models/internationalization_population.sem")
    answers = simulate(stated, n=300, seed=1, survey=survey)
    model = read_model(ROOT / "models/internationalization.sem")
    return whole(model, screen(answers), population_values(stated))


def quietly(function, *arguments):
    """Call what warns of a fit that went wrong, as it should."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RantauWarning)
        return function(*arguments)


@lru_cache
def heywood():
    """Converged, and inadmissible: a1 loads at .7 * .7 / .3 = 1.63, squared, so its residual variance is -0.63."""
    correlation = np.full((6, 6), 0.2)
    correlation[:3, :3] = [[1, 0.7, 0.7], [0.7, 1, 0.3], [0.7, 0.3, 1]]
    correlation[3:, 3:] = 0.5
    np.fill_diagonal(correlation, 1.0)
    draw = np.random.default_rng(0).normal(size=(100, 6))
    draw -= draw.mean(axis=0)
    white = draw @ np.linalg.inv(np.linalg.cholesky(np.cov(draw.T, ddof=0))).T
    data = pd.DataFrame(white @ np.linalg.cholesky(correlation).T, columns=COLUMNS)
    return quietly(lambda: collect([sem(parse_model(TWO), data)]))


@lru_cache
def not_converged():
    """A covariance fit of noise that finds no minimum, and a PLS fit beside it that does."""
    noise = pd.DataFrame(np.random.default_rng(1).normal(size=(40, 6)), columns=COLUMNS)
    model = parse_model(TWO)
    return quietly(lambda: collect([sem(model, noise), pls(model, noise)]))
