"""rantau: structural equation modelling of survey research.

Covariance-based SEM and PLS-SEM from one model file, Likert scoring, journal-ready reports.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rantau.analyse import check_study
    from rantau.covariance import EfaFit, Rotation, SamFit, SemFit, cfa, compare, efa, growth, sam, sem
    from rantau.crosscheck import Verification, crosscheck
    from rantau.errors import RantauError, RantauWarning
    from rantau.groups import GroupComparison, compare_groups, invariance
    from rantau.imputation import Imputations, Pooled, PooledTest, impute, pool
    from rantau.inference import BollenStine, Draws, FitTest, bollen_stine, bootstrap, fit_test, monte_carlo
    from rantau.inference.importance import Importance, importance
    from rantau.inference.necessity import Necessity, necessity
    from rantau.inference.predict import predict
    from rantau.inference.prediction import Prediction
    from rantau.model import Model, parse_model, read_model
    from rantau.model.against_survey import check_survey
    from rantau.moments.gaps import MissingAnswers, missing_answers
    from rantau.moments.mcar import McarTest, mcar_test
    from rantau.moments.normality import Normality, normality
    from rantau.moments.polychoric import Polychoric, polychoric
    from rantau.moments.stream import read_moments
    from rantau.moments.summary import SummaryStatistics, moments
    from rantau.pls import PlsFit, pls
    from rantau.pls.redundancy import redundancy
    from rantau.pls.rivals import rival_models
    from rantau.quality import Validity, judge_hypotheses, reliability, validity
    from rantau.quality.agreement import Agreement, agreement
    from rantau.quality.assess import Assessment, assess
    from rantau.quality.bias import MethodBias, method_bias
    from rantau.quality.factors.factorability import Factorability, factorability
    from rantau.quality.factors.parallel import ParallelAnalysis, parallel_analysis
    from rantau.report.assemble import Report, report
    from rantau.report.diagram import Diagram, diagram
    from rantau.report.likert import likert
    from rantau.robustness import (
        CopulaTest,
        Nonlinearity,
        TetradTest,
        copula_endogeneity,
        nonlinearity,
        tetrad_test,
    )
    from rantau.run import Outcome, run
    from rantau.segments import Explanation, Fimix, Pos, explain_segments, fimix, pos
    from rantau.simulate import Power, population_values, power, sample_size, simulate, write_responses
    from rantau.study import Study, read_study
    from rantau.survey import (
        Responses,
        Screening,
        Survey,
        correlations,
        describe,
        frequencies,
        parcel,
        profile,
        read_responses,
        read_survey,
        read_table,
        responses_of,
        score,
        screen,
    )
    from rantau.survey.form import form
    from rantau.survey.proposal import Proposal
    from rantau.survey.propose import propose_survey

__version__ = "0.1.0"

#: Where each public name lives. Modules are imported when a name is first used, so that `import rantau` is quick.
_HOMES = {
    "rantau.analyse": ("check_study",),
    "rantau.covariance": (
        "EfaFit",
        "Rotation",
        "SamFit",
        "SemFit",
        "cfa",
        "compare",
        "efa",
        "growth",
        "sam",
        "sem",
    ),
    "rantau.crosscheck": ("Verification", "crosscheck"),
    "rantau.errors": ("RantauError", "RantauWarning"),
    "rantau.groups": ("GroupComparison", "compare_groups", "invariance"),
    "rantau.imputation": ("Imputations", "Pooled", "PooledTest", "impute", "pool"),
    "rantau.inference": ("BollenStine", "Draws", "FitTest", "bollen_stine", "bootstrap", "fit_test", "monte_carlo"),
    "rantau.inference.importance": ("Importance", "importance"),
    "rantau.inference.necessity": ("Necessity", "necessity"),
    "rantau.inference.predict": ("predict",),
    "rantau.inference.prediction": ("Prediction",),
    "rantau.model": ("Model", "parse_model", "read_model"),
    "rantau.model.against_survey": ("check_survey",),
    "rantau.moments.gaps": ("MissingAnswers", "missing_answers"),
    "rantau.moments.mcar": ("McarTest", "mcar_test"),
    "rantau.moments.normality": ("Normality", "normality"),
    "rantau.moments.polychoric": ("Polychoric", "polychoric"),
    "rantau.moments.stream": ("read_moments",),
    "rantau.moments.summary": ("SummaryStatistics", "moments"),
    "rantau.pls": ("PlsFit", "pls"),
    "rantau.pls.redundancy": ("redundancy",),
    "rantau.pls.rivals": ("rival_models",),
    "rantau.quality": ("Validity", "judge_hypotheses", "reliability", "validity"),
    "rantau.quality.assess": ("Assessment", "assess"),
    "rantau.quality.agreement": ("Agreement", "agreement"),
    "rantau.quality.bias": ("MethodBias", "method_bias"),
    "rantau.quality.factors.factorability": ("Factorability", "factorability"),
    "rantau.quality.factors.parallel": ("ParallelAnalysis", "parallel_analysis"),
    "rantau.report.assemble": ("Report", "report"),
    "rantau.report.diagram": ("Diagram", "diagram"),
    "rantau.report.likert": ("likert",),
    "rantau.robustness": (
        "CopulaTest",
        "Nonlinearity",
        "TetradTest",
        "copula_endogeneity",
        "nonlinearity",
        "tetrad_test",
    ),
    "rantau.run": ("Outcome", "run"),
    "rantau.segments": ("Explanation", "Fimix", "Pos", "explain_segments", "fimix", "pos"),
    "rantau.simulate": ("Power", "population_values", "power", "sample_size", "simulate", "write_responses"),
    "rantau.study": ("Study", "read_study"),
    "rantau.survey": (
        "Responses",
        "Screening",
        "Survey",
        "correlations",
        "describe",
        "frequencies",
        "parcel",
        "profile",
        "read_responses",
        "read_survey",
        "read_table",
        "responses_of",
        "score",
        "screen",
    ),
    "rantau.survey.form": ("form",),
    "rantau.survey.proposal": ("Proposal",),
    "rantau.survey.propose": ("propose_survey",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Agreement",
    "Assessment",
    "BollenStine",
    "CopulaTest",
    "Diagram",
    "Draws",
    "EfaFit",
    "Explanation",
    "Factorability",
    "Fimix",
    "FitTest",
    "GroupComparison",
    "Importance",
    "Imputations",
    "McarTest",
    "MethodBias",
    "MissingAnswers",
    "Model",
    "Necessity",
    "Nonlinearity",
    "Normality",
    "Outcome",
    "ParallelAnalysis",
    "PlsFit",
    "Polychoric",
    "Pooled",
    "PooledTest",
    "Pos",
    "Power",
    "Prediction",
    "Proposal",
    "RantauError",
    "RantauWarning",
    "Report",
    "Responses",
    "Rotation",
    "SamFit",
    "Screening",
    "SemFit",
    "Study",
    "SummaryStatistics",
    "Survey",
    "TetradTest",
    "Validity",
    "Verification",
    "agreement",
    "assess",
    "bollen_stine",
    "bootstrap",
    "cfa",
    "check_study",
    "check_survey",
    "compare",
    "compare_groups",
    "copula_endogeneity",
    "correlations",
    "crosscheck",
    "describe",
    "diagram",
    "efa",
    "explain_segments",
    "factorability",
    "fimix",
    "fit_test",
    "form",
    "frequencies",
    "growth",
    "importance",
    "impute",
    "invariance",
    "judge_hypotheses",
    "likert",
    "mcar_test",
    "method_bias",
    "missing_answers",
    "moments",
    "monte_carlo",
    "necessity",
    "nonlinearity",
    "normality",
    "parallel_analysis",
    "parcel",
    "parse_model",
    "pls",
    "polychoric",
    "pool",
    "population_values",
    "pos",
    "power",
    "predict",
    "profile",
    "propose_survey",
    "read_model",
    "read_moments",
    "read_responses",
    "read_study",
    "read_survey",
    "read_table",
    "redundancy",
    "reliability",
    "report",
    "responses_of",
    "rival_models",
    "run",
    "sam",
    "sample_size",
    "score",
    "screen",
    "sem",
    "simulate",
    "tetrad_test",
    "validity",
    "write_responses",
]


class _Package(ModuleType):
    """The package itself, in which a public function wins over the folder of the same name.

    Importing `rantau.pls` binds that folder to `rantau.pls`, where `rt.pls(...)` must find the function.
    """

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME_OF and isinstance(value, ModuleType)):
            super().__setattr__(name, value)

    def __getattr__(self, name: str) -> object:
        if name not in _HOME_OF:
            raise AttributeError(f"module 'rantau' has no attribute '{name}'")
        found = getattr(import_module(_HOME_OF[name]), name)
        setattr(self, name, found)
        return found

    def __dir__(self) -> list[str]:
        return sorted([*__all__, "__version__"])


sys.modules[__name__].__class__ = _Package
