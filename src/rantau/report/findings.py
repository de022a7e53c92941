"""Findings: everything that a report may show, each part optional."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rantau.covariance import SemFit
from rantau.fit import Problem
from rantau.groups import GroupComparison
from rantau.inference import Draws, FitTest
from rantau.inference.importance import Importance
from rantau.inference.necessity import Necessity
from rantau.inference.prediction import Prediction
from rantau.model.spec import Model
from rantau.pls import PlsFit
from rantau.quality import Validity
from rantau.quality.assess import Assessment
from rantau.quality.bias import MethodBias
from rantau.record import Record
from rantau.robustness.copula import CopulaTest
from rantau.robustness.nonlinear import Nonlinearity
from rantau.robustness.tetrads import TetradTest
from rantau.segments import Fimix
from rantau.survey import Responses, Screening, Survey

if TYPE_CHECKING:
    import pandas as pd

    from rantau.crosscheck import Verification


class Variant(Record):
    """The same analysis of other rows.

    Attributes
    ----------
    name
        `all` rows read, or those `unflagged`.
    n
        How many rows there are.
    sem, sem_draws, pls, draws
        The fits, as far as they could be made, and draws of what is not normal.
    hypotheses
        The decisions they lead to.
    fault
        Why nothing could be estimated; empty where it could.
    """

    name: str
    n: int
    sem: SemFit | None = None
    sem_draws: Draws | None = None
    pls: PlsFit | None = None
    draws: Draws | None = None
    hypotheses: pd.DataFrame | None = None
    fault: str = ""


class Findings(Record):
    """What was found, as the steps returned it; a table whose parts are missing is left out of the report.

    Attributes
    ----------
    model
        What was claimed, with its hypotheses.
    survey
        For names and wordings; codes are shown without it.
    responses
        The answers that were analysed.
    screening
        What was flagged and left out.
    description
        `describe(responses)`.
    cfa, sem
        The measurement model and the whole model, by the covariance engine.
    sem_draws
        A bootstrap of the whole model, or draws of its parameters: for indirect effects.
    grouped
        The whole model in several groups together, by the covariance engine.
    invariance
        As `rt.invariance` returns it: whether the groups are measured alike, level by level.
    pls, draws
        The PLS fit and its bootstrap.
    fit_tests
        Tests of exact fit of PLS, at most one for each of `saturated` and `estimated`.
    prediction
        Of rows that the PLS fit had not seen.
    importance, necessity
        For one target: what matters, and what it cannot do without.
    comparison
        Of groups.
    nonlinearity, copulas, segments, tetrads
        Checks of robustness of the PLS fit.
    assessment
        Of the PLS fit by cut-offs, as one table.
    bias
        What the search for common method bias found.
    faults
        What was asked and could not be computed: the section of the report it belongs to, and why.
    reliability, validity, hypotheses
        As their functions return them.
    verification
        The same numbers from other people's code.
    remarks
        What about the answers deserves a look before any result is believed, such as items that run against
        their scale.
    sensitivity
        The results with all rows read and without any flagged one; empty unless asked for.
    population
        The values that simulated answers were drawn from.
    level
        Of all intervals.
    seed
        Of the study.
    """

    model: Model
    survey: Survey | None = None
    responses: Responses | None = None
    screening: Screening | None = None
    description: pd.DataFrame | None = None
    cfa: SemFit | None = None
    sem: SemFit | None = None
    sem_draws: Draws | None = None
    grouped: SemFit | None = None
    invariance: pd.DataFrame | None = None
    pls: PlsFit | None = None
    draws: Draws | None = None
    fit_tests: tuple[FitTest, ...] = ()
    prediction: Prediction | None = None
    importance: Importance | None = None
    necessity: Necessity | None = None
    comparison: GroupComparison | None = None
    nonlinearity: Nonlinearity | None = None
    copulas: CopulaTest | None = None
    segments: Fimix | None = None
    tetrads: TetradTest | None = None
    assessment: Assessment | None = None
    bias: MethodBias | None = None
    faults: tuple[tuple[str, str], ...] = ()
    reliability: pd.DataFrame | None = None
    validity: Validity | None = None
    hypotheses: pd.DataFrame | None = None
    verification: Verification | None = None
    remarks: tuple[Problem, ...] = ()
    sensitivity: tuple[Variant, ...] = ()
    population: pd.DataFrame | None = None
    level: float = 0.95
    seed: int = 1

    @property
    def simulated(self) -> bool:
        """Whether the answers were made by a program; every table must then say so."""
        return self.responses is not None and self.responses.simulated
