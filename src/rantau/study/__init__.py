"""A study: the plan of a whole analysis, read from its file and checked."""

from rantau.study.options import (
    AssessOptions,
    BiasOptions,
    CovarianceOptions,
    DataOptions,
    GroupOptions,
    ImportanceOptions,
    Options,
    PlsOptions,
    PredictOptions,
    RobustnessOptions,
    ScreenOptions,
)
from rantau.study.plan_file import ENGINES
from rantau.study.read import as_study, read_study
from rantau.study.study import Study

__all__ = [
    "ENGINES", "AssessOptions", "BiasOptions", "CovarianceOptions", "DataOptions", "GroupOptions", "ImportanceOptions",
    "Options", "PlsOptions", "PredictOptions", "RobustnessOptions", "ScreenOptions", "Study", "as_study", "read_study",
]  # fmt: skip
