"""A plan as it stands in its file."""

from __future__ import annotations

from pydantic import Field

from rantau.study.options import (
    AssessOptions,
    BiasOptions,
    CovarianceOptions,
    DataOptions,
    GroupOptions,
    ImportanceOptions,
    Names,
    PlsOptions,
    PredictOptions,
    RobustnessOptions,
    ScreenOptions,
)
from rantau.toml_file import TomlTable

ENGINES = ("covariance", "pls")


class BootstrapTable(TomlTable):
    """`[bootstrap]`."""

    draws: int = 10_000
    level: float = 0.95
    workers: int = 1


class ReportTable(TomlTable):
    """`[report]`."""

    style: str = "apa7"
    language: str = "en"


class Plan(TomlTable):
    """The whole file."""

    title: dict[str, str]
    survey: str
    model: str
    output: str
    seed: int = 1
    engines: Names = ENGINES
    data: DataOptions
    screen: ScreenOptions = ScreenOptions()
    covariance: CovarianceOptions = CovarianceOptions()
    pls: PlsOptions = PlsOptions()
    bootstrap: BootstrapTable = Field(default_factory=BootstrapTable)
    bias: BiasOptions | None = None
    predict: PredictOptions | None = None
    importance: ImportanceOptions | None = None
    groups: GroupOptions | None = None
    robustness: RobustnessOptions | None = None
    assess: AssessOptions | None = None
    report: ReportTable = Field(default_factory=ReportTable)
