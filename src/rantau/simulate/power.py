"""power(): how often samples from a stated population would show what the population has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from rantau.covariance import SemFit
from rantau.covariance.estimate import fit_request
from rantau.covariance.request import SemRequest, settled
from rantau.door import as_model
from rantau.errors import EstimationError, OptionError
from rantau.extras import require
from rantau.fit import Refits
from rantau.model.exploratory import explored
from rantau.model.spec import Model
from rantau.moments.summary import SummaryStatistics
from rantau.options import check_level, check_switch, choose, is_several, whole_number
from rantau.simulate.analysed import analysed_model
from rantau.simulate.draw_moments import draw_moments
from rantau.simulate.population import Population
from rantau.simulate.population import population as population_of
from rantau.simulate.power_result import Power

#: Samples that share one stream of random numbers and are fitted as one stack, whoever computes them.
BLOCK = 250
#: Half the minimum at the population itself above which the model fitted does not hold there.
EXACT = 1e-8


class Job(NamedTuple):
    """A stack of samples to be drawn and fitted."""

    n: int
    draws: int
    seed: np.random.SeedSequence


def power(
    population: Model | str,
    *,
    n: int | Sequence[int] = (150, 300, 600),
    model: Model | str | None = None,
    replications: int = 1000,
    seed: int = 1,
    level: float = 0.95,
    estimator: str = "ML",
    std_lv: bool = False,
    likelihood: str = "default",
    information: str = "default",
    progress: Callable[[int, int], None] | None = None,
    workers: int = 1,
) -> Power:
    r"""Draw samples from a stated population, fit each, and tell how often every effect is found.

    Answers are continuous, normal and complete, as `simulate` draws them without a survey. Of such answers maximum
    likelihood reads nothing but means and covariances, and so these are drawn, not rows, and fitted as stacks by the
    covariance-based engine. Searches begin at the population's values, from where a few more samples converge than from
    start values that know nothing. For paths of PLS see `sample_size`.

    Parameters
    ----------
    population
        A `Model` or its text in which every parameter is a number, as for `simulate`.
    n
        Rows of a sample: one number, or several to be compared.
    model
        The model to be fitted; None for that of the population with its numbers set free, all but what gives factors
        their scales (the first loading, or the variance with `std_lv`), residual variances of single items and means
        of factors. A path that is stated as 0 is estimated too: its power is the chance of a false finding.
    replications
        Samples for each n, at least 2.
    seed
        A whole number from 0; the same seed gives the same samples, on any number of workers.
    level
        Of the intervals, and one minus that of the two-sided tests.
    estimator
        `ML` or `GLS`. Of normal answers robust estimators have the same power in all but small samples.
    std_lv, likelihood, information
        As for `sem`; information is `expected` or `observed`.
    progress
        Called with (done, all) after each stack of samples.
    workers
        Processes to share the work.

    Returns
    -------
    Power
        Power, bias, standard errors and coverage of every parameter, defined quantity and effect.

    Raises
    ------
    ModelSyntaxError
        If a parameter of the population has no number, with its line and what to write.
    ResponseError
        If the model to be fitted has variables that the population has not.
    IdentificationError
        If the parameters cannot be told apart, or there are fewer rows than parameters.
    EstimationError
        If no variables can have the covariance matrix that the numbers imply, or there are not more rows than items.
    OptionError
        If an option has no meaning.

    Notes
    -----
    Muthén & Muthén (2002), How to use a Monte Carlo study to decide on sample size and determine power; Wolf,
    Harrington, Clark & Miller (2013).

    Examples
    --------
    >>> import rantau as rt
    >>> found = rt.power("y ~ 0.3*x; x ~~ 1*x; y ~~ 0.91*y", n=(50, 100), replications=200, seed=1)
    >>> found.table().query("op == '~'")[["n", "lhs", "rhs", "value"]]
         n lhs rhs  value
    0   50   y   x    0.3
    3  100   y   x    0.3
    """
    sizes = _sizes(n)
    replications = whole_number("replications", replications, least=2)
    seed, workers = whole_number("seed", seed, least=0), whole_number("workers", workers, least=1)
    check_level(level)
    check_switch("std_lv", std_lv)
    choose("estimator", estimator, ("ML", "GLS"))
    choose("information", information, ("default", "expected", "observed"))
    if progress is not None and not callable(progress):
        raise OptionError(f"progress= takes a function of (done, all), got {progress!r}.")
    known = population_of(population)
    fitted = analysed_model(known.model, std_lv=std_lv) if model is None else as_model(model)
    if explored(fitted):
        raise OptionError(
            "errors of turned factors are not computed for each sample; state the population without efa() blocks."
        )
    _check_rows(known, sizes)
    request = settled(fitted, estimator=estimator, std_lv=std_lv, likelihood=likelihood, information=information)
    fit = fit_request(request, _of_population(known, request, min(sizes)))
    if not fit.converged:
        raise EstimationError(
            f"{fitted.source}: the model cannot be fitted even to the population itself. Look at its start, and at "
            "whether it is the model that the population was stated for."
        )
    jobs = [job for size in sizes for job in _jobs(size, replications, seed)]
    done: list[Refits] = []
    for one in _run(fit, known, jobs, workers):
        done.append(one)
        if progress is not None:
            progress(sum(len(part.reasons) for part in done), replications * len(sizes))
    return _gathered(fit, sizes, replications, seed, level, done)


def _gathered(
    fit: SemFit, sizes: tuple[int, ...], replications: int, seed: int, level: float, done: Sequence[Refits]
) -> Power:
    """Put the stacks together: of estimates and effects, what is estimated and not held."""
    errors = fit.errors()
    wanted = [
        place for place, one in enumerate(fit.quantities) if one.of in ("estimates", "effects") and errors[place] > 0
    ]
    shape = (len(sizes), replications, len(wanted))
    reasons = [reason for part in done for reason in part.reasons]
    notes = [note for part in done for note in part.notes or ("",) * len(part.reasons)]
    spans = [slice(start, start + replications) for start in range(0, len(reasons), replications)]
    return Power(
        fit.model,
        tuple(fit.quantities[place] for place in wanted),
        fit.values()[wanted],
        sizes,
        np.concatenate([part.values[:, wanted] for part in done]).reshape(shape),
        np.concatenate([part.errors[:, wanted] for part in done if part.errors is not None]).reshape(shape),
        tuple(tuple(reasons[span]) for span in spans),
        tuple(
            tuple("" if reason else note for reason, note in zip(reasons[span], notes[span], strict=True))
            for span in spans
        ),
        level,
        seed,
        fit.statistics.fmin <= EXACT,
    )


def _of_population(known: Population, request: SemRequest, n: int) -> SummaryStatistics:
    """Return the moments whose fit has the population's values: what it divides by n - 1 was multiplied with it."""
    means = known.table.mean_structure
    share = (n - 1) / n if request.likelihood == "wishart" else 1.0
    return SummaryStatistics(
        known.names, ("",), np.array([float(n)]), share * known.covariance[None], known.mean[None], True,
        source=known.model.source, models_means=means,
    )  # fmt: skip


def _jobs(n: int, replications: int, seed: int) -> Iterator[Job]:
    # Samples of one size do not depend on what other sizes are looked at.
    blocks = -(-replications // BLOCK)
    for number, child in enumerate(np.random.SeedSequence((seed, n)).spawn(blocks)):
        yield Job(n, min(BLOCK, replications - number * BLOCK), child)


def _run(fit: SemFit, known: Population, jobs: Sequence[Job], workers: int) -> Any:  # noqa: ANN401 - an iterator of Refits
    if workers == 1:
        return (_refit(fit, known, job) for job in jobs)
    joblib = require("joblib")
    parts = (joblib.delayed(_refit)(fit, known, job) for job in jobs)
    return joblib.Parallel(n_jobs=workers, return_as="generator")(parts)


def _refit(fit: SemFit, known: Population, job: Job) -> Refits:
    """Draw the moments of samples and fit them, as one stack."""
    random = np.random.default_rng(job.seed)
    mean, covariance = draw_moments(known.mean, known.covariance, job.n, job.draws, random)
    order = np.array([known.names.index(name) for name in fit.moments.names])
    moments = fit.moments.replace(
        n=np.full((job.draws, 1), float(job.n)),
        covariance=covariance[:, None, order[:, None], order],
        mean=mean[:, None, order],
    )
    return fit.refit_moments(moments, errors=True)


def _sizes(n: int | Sequence[int]) -> tuple[int, ...]:
    given: Iterable[int] = n if isinstance(n, Iterable) and is_several(n) and not isinstance(n, str) else (n,)  # type: ignore[assignment]
    sizes = tuple(whole_number("n", one, least=2) for one in given)
    if not sizes or len(set(sizes)) < len(sizes):
        raise OptionError(f"n= takes one number of rows or several that differ, such as n=(150, 300), got {n!r}.")
    return tuple(sorted(sizes))


def _check_rows(known: Population, sizes: tuple[int, ...]) -> None:
    if min(sizes) <= len(known.names):
        raise EstimationError(
            f"{known.model.source}: the covariance matrix of {len(known.names)} variables is singular in samples of "
            f"{min(sizes)} rows. Take n of {len(known.names) + 1} or more."
        )
