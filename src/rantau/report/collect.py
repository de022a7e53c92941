"""collect(): the results a user has in hand become findings; what follows from them is computed here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from rantau.covariance import SemFit
from rantau.crosscheck import Verification
from rantau.errors import OptionError, ReportError, listing
from rantau.extras import require
from rantau.groups import GroupComparison
from rantau.inference import Draws, FitTest
from rantau.inference.importance import Importance
from rantau.inference.indirect import indirect_draws
from rantau.inference.necessity import Necessity
from rantau.inference.prediction import Prediction
from rantau.model.from_survey import measurement_model
from rantau.pls import PlsFit
from rantau.pls.model_fit import MODELS
from rantau.quality import judge_hypotheses, reliability, validity
from rantau.quality.assess import Assessment
from rantau.quality.bias import MethodBias
from rantau.report.belonging import check_belonging
from rantau.report.findings import Findings
from rantau.report.view import trustworthy
from rantau.robustness import CopulaTest, Nonlinearity, TetradTest
from rantau.segments import Fimix
from rantau.survey import Responses, Screening, Survey, describe

if TYPE_CHECKING:
    import pandas as pd

    from rantau.model.spec import Model

#: What `report()` takes.
ReportPart: TypeAlias = (
    SemFit
    | PlsFit
    | Draws
    | FitTest
    | Prediction
    | Importance
    | Necessity
    | GroupComparison
    | Nonlinearity
    | CopulaTest
    | Fimix
    | TetradTest
    | Assessment
    | MethodBias
    | Responses
    | Screening
    | Verification
)
#: What is made of a PLS fit, by the field of the findings that holds it, and what it is called in messages.
_OF_PLS: dict[str, tuple[type, str]] = {
    "prediction": (Prediction, "prediction"),
    "importance": (Importance, "importance-performance map"),
    "necessity": (Necessity, "necessary condition analysis"),
    "comparison": (GroupComparison, "comparison of groups"),
    "nonlinearity": (Nonlinearity, "test of straight lines"),
    "copulas": (CopulaTest, "test of endogeneity"),
    "segments": (Fimix, "search for segments"),
    "tetrads": (TetradTest, "tetrad analysis"),
    "assessment": (Assessment, "assessment"),
}
_KINDS = (
    SemFit, PlsFit, Draws, FitTest, *(kind for kind, _ in _OF_PLS.values()), MethodBias, Responses, Screening,
    Verification,
)  # fmt: skip
_P = TypeVar("_P")


def collect(parts: Sequence[ReportPart], survey: Survey | None = None) -> Findings:
    """Collect results into findings, and compute what they allow.

    Parameters
    ----------
    parts
        In any order; at most one of each kind, but for cross-checks, which are joined. A covariance fit without
        structural paths is taken for the measurement model. Draws may be of the PLS fit and of the structural model;
        without the latter its indirect effects have Monte Carlo intervals.
    survey
        For names and wordings, where no answers bring it.

    Returns
    -------
    Findings
        With description, reliability, validity and hypotheses where there is something to compute them from.

    Raises
    ------
    OptionError
        If a part is of no known kind or comes twice, if draws or what else is made of a PLS fit are of another than
        the one given, or if fits are of different models.
    ReportError
        If there is neither a fit nor answers.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 4))
    >>> data = pd.DataFrame(draw[:, :3] + draw[:, 3:], columns=["a", "b", "c"])
    >>> findings = collect([rt.cfa("F =~ a + b + c", data)])
    >>> round(float(findings.reliability.loc["F", "omega"]), 2)
    0.75
    """
    for part in parts:
        if not isinstance(part, _KINDS):
            known = listing(kind.__name__ for kind in _KINDS)
            raise OptionError(f"report() got a {type(part).__name__}, which it cannot show. Allowed: {known}.")
    grouped = _only([part for part in parts if isinstance(part, SemFit) and part.groups], "fit of several groups")
    factor_fits = [part for part in parts if isinstance(part, SemFit) and not part.groups]
    sem = _only([fit for fit in factor_fits if fit.model.paths], "fit of a structural model by the covariance engine")
    cfa = _only([fit for fit in factor_fits if not fit.model.paths], "fit of a measurement model")
    pls = _only([part for part in parts if isinstance(part, PlsFit)], "PLS fit")
    drawn = [part for part in parts if isinstance(part, Draws)]
    sem_draws = _only([one for one in drawn if _is_of(one, sem)], "set of draws of the covariance-based fit")
    draws = _only([one for one in drawn if one is not sem_draws], "bootstrap of the PLS fit")
    tests = tuple(part for part in parts if isinstance(part, FitTest))
    for judged in MODELS:
        _only([test for test in tests if test.model == judged], f"test of fit of the {judged} model")
    _check_tests(tests, pls)
    screening = _only([part for part in parts if isinstance(part, Screening)], "screening")
    responses = _only([part for part in parts if isinstance(part, Responses)], "set of answers")
    if responses is None and screening is not None:
        responses = screening.kept
    _check_draws(draws, pls)
    of_pls = {
        name: _only([part for part in parts if isinstance(part, kind)], what) for name, (kind, what) in _OF_PLS.items()
    }
    for name, made in of_pls.items():
        if made is not None:
            check_belonging(made, pls, _OF_PLS[name][1])
    _check_models(sem, cfa, pls, grouped)
    model = _model(sem, cfa, pls, grouped, responses)
    bias = _only([part for part in parts if isinstance(part, MethodBias)], "search for method bias")
    if bias is not None and bias.constructs != model.constructs:
        raise OptionError(
            f"report() got the method bias of {listing(bias.constructs)}, and its model has "
            f"{listing(model.constructs)}. Take both from one model."
        )
    found = Findings(
        model,
        survey=survey if survey is not None or responses is None else responses.survey,
        responses=responses,
        screening=screening,
        description=None if responses is None else describe(responses),
        cfa=cfa,
        sem=sem,
        sem_draws=sem_draws if sem_draws is not None or sem is None else indirect_draws(sem),
        grouped=grouped,
        pls=pls,
        draws=draws,
        fit_tests=tests,
        bias=bias,
        verification=_joined([part for part in parts if isinstance(part, Verification)]),
        seed=1 if draws is None else draws.seed,
    )
    return _judged(found.replace(**of_pls))


def _only(found: Sequence[_P], what: str) -> _P | None:
    if len(found) > 1:
        raise OptionError(
            f"report() got {len(found)} parts of one kind ({what}). Give one, and report the other apart."
        )
    return found[0] if found else None


def _joined(found: Sequence[Verification]) -> Verification | None:
    if not found:
        return None
    checks = tuple(check for one in found for check in one.checks)
    return Verification(checks, tuple(skipped for one in found for skipped in one.skipped))


def _check_draws(draws: Draws | None, pls: PlsFit | None) -> None:
    """Refuse draws of another fit: their intervals would stand beside numbers they do not belong to."""
    if draws is not None and not _is_of(draws, pls):
        raise OptionError(
            "report() got draws that are neither of the PLS fit nor of the structural model given with them. Give "
            "that fit as well: rt.report(fit, rt.bootstrap(fit))."
        )


def _is_of(draws: Draws, fit: SemFit | PlsFit | None) -> bool:
    """Say whether draws are those of a fit; of parameters drawn there are no fit indices, which come last."""
    if fit is None or not draws.quantities:
        return False
    known = len(draws.quantities)
    return draws.quantities == fit.quantities[:known] and np.array_equal(
        draws.estimates, fit.values()[:known], equal_nan=True
    )


def _check_tests(tests: Sequence[FitTest], pls: PlsFit | None) -> None:
    """Refuse tests of another fit."""
    for test in tests:
        own = None if pls is None else pls.fit_indices(test.model)[list(test.names)].to_numpy()
        if own is None or not np.array_equal(test.distances, own, equal_nan=True):
            raise OptionError(
                "report() got a test of fit that is not of the PLS fit given with it. Give that fit as well: "
                "rt.report(fit, rt.fit_test(fit))."
            )


def _check_models(sem: SemFit | None, cfa: SemFit | None, pls: PlsFit | None, grouped: SemFit | None) -> None:
    """Refuse fits of different models, or by different estimators: one table would hold what is not alike."""
    fits = [fit for fit in (sem, cfa, pls, grouped) if fit is not None]
    blocks = {frozenset((block.construct, block.items) for block in fit.model.blocks) for fit in fits}
    paths = {
        frozenset((path.outcome, path.predictor) for path in fit.model.paths) for fit in (sem, pls) if fit is not None
    }
    if len(blocks) > 1 or len(paths) > 1:
        raise OptionError(
            "report() got fits of different models: their constructs, items or paths differ. Fit one model with each "
            "engine, or make a report for each."
        )
    if sem is not None and cfa is not None:
        ways = [f"{fit.request.estimator}, missing='{fit.request.missing}'" for fit in (cfa, sem)]
        if ways[0] != ways[1] or cfa.request.recipe != sem.request.recipe:
            raise OptionError(
                f"report() got a measurement model and a structural model estimated in two ways ({'; '.join(ways)}), "
                "and its tables name one. Fit both with the same options."
            )


def _model(
    sem: SemFit | None, cfa: SemFit | None, pls: PlsFit | None, grouped: SemFit | None, responses: Responses | None
) -> Model:
    for fit in (sem, pls, cfa, grouped):
        if fit is not None:
            return fit.model
    if responses is None:
        raise ReportError(
            "report() got neither a fit nor answers, so that there is nothing to show. Give it what rt.sem, rt.cfa, "
            "rt.pls or rt.read_responses returned."
        )
    return measurement_model(responses)


def _judged(found: Findings) -> Findings:
    """Add reliability, validity and hypotheses, as far as there is something to compute them from."""
    model, pls = found.model, found.pls
    factor = found.cfa if found.cfa is not None else found.sem
    if model.blocks:
        # Without a fit to trust, reliability() makes its own or leaves the columns of that engine empty.
        usable = factor if trustworthy(factor) else None
        found = found.replace(reliability=reliability(_rows(found), model, cfa_fit=usable, pls_fit=pls))
    if pls is not None:
        found = found.replace(validity=validity(_rows(found), model, pls_fit=pls))
    if model.hypotheses and (found.sem is not None or found.draws is not None):
        found = found.replace(
            hypotheses=judge_hypotheses(model, sem=found.sem, sem_draws=found.sem_draws, draws=found.draws)
        )
    return found


def _rows(found: Findings) -> Responses | pd.DataFrame:
    """Return the answers; where there are none, the rows that entered a fit."""
    wanted = {item for block in found.model.blocks for item in block.items}
    if found.responses is not None and wanted <= set(found.responses.columns):
        return found.responses
    fits = [fit for fit in (found.pls, found.sem, found.cfa, found.grouped) if fit is not None]
    sample = fits[0].sample
    if sample is None:
        raise ReportError("a report describes the answers, and these fits were made from summary statistics.")
    frame: pd.DataFrame = require("pandas").DataFrame(sample.values, columns=list(sample.names))
    return frame
