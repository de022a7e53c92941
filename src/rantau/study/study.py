"""Study: the plan of a whole analysis, read and checked."""

from __future__ import annotations

from pathlib import Path

from rantau.record import Record
from rantau.study.options import (
    AssessOptions,
    BiasOptions,
    CovarianceOptions,
    DataOptions,
    GroupOptions,
    ImportanceOptions,
    PlsOptions,
    PredictOptions,
    RobustnessOptions,
    ScreenOptions,
)
from rantau.survey import Wording


class Study(Record):
    """A plan: which answers, which model, which engines, and where the report goes.

    Attributes
    ----------
    title
        In one or several languages.
    survey, model, output
        Paths of the instrument, the model file and the folder that outputs go to.
    answers
        The file of answers; or, where `simulated`, the model file of population values.
    data
        How the file of answers is read; whether they are drawn from population values, and how many.
    seed
        Of the simulation and the bootstrap.
    screen
        Which rows are flagged, and which of them are left out.
    engines
        `covariance`, `pls`.
    covariance
        Options of the covariance engine.
    pls
        Options of PLS.
    bias
        What is asked about common method bias; None for nothing.
    predict, importance, groups, robustness, assess
        What else is asked of PLS; None for nothing.
    draws, level, workers
        Of the bootstrap; `level` of all intervals.
    style, language
        Of the report.
    file
        The plan itself.
    """

    title: Wording
    survey: Path
    model: Path
    output: Path
    answers: Path
    data: DataOptions
    seed: int
    screen: ScreenOptions
    engines: tuple[str, ...]
    covariance: CovarianceOptions
    pls: PlsOptions
    draws: int
    level: float
    workers: int
    style: str
    language: str
    file: Path
    bias: BiasOptions | None = None
    predict: PredictOptions | None = None
    importance: ImportanceOptions | None = None
    groups: GroupOptions | None = None
    robustness: RobustnessOptions | None = None
    assess: AssessOptions | None = None

    @property
    def simulated(self) -> bool:
        """Whether the answers are drawn from population values."""
        return bool(self.data.simulate)

    @property
    def inputs(self) -> tuple[Path, ...]:
        """Every file that the results depend on."""
        return (self.file, self.survey, self.model, self.answers)
