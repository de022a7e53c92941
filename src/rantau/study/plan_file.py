"""The tables of a plan, as they stand in its file."""

from __future__ import annotations

from pydantic import Field

from rantau.covariance.request import DEFAULT
from rantau.toml_file import TomlTable

ENGINES = ("covariance", "pls")


class DataTable(TomlTable):
    """`[data]`."""

    responses: str = ""
    simulate: str = ""
    n: int = 0


class ScreenTable(TomlTable):
    """`[screen]`."""

    rules: list[str] | None = None
    exclude: list[str] = Field(default_factory=list)
    flags_to_exclude: int = 0
    limits: dict[str, float] = Field(default_factory=dict)
    duration: str = ""
    attention: dict[str, str | int] = Field(default_factory=dict)
    sensitivity: bool = False


class CovarianceTable(TomlTable):
    """`[covariance]`."""

    estimator: str = ""
    missing: str = "listwise"
    std_lv: bool = False
    fixed_x: bool | None = None
    meanstructure: bool | None = None
    likelihood: str = DEFAULT
    information: str = DEFAULT
    se: str = DEFAULT
    test: str = DEFAULT
    sampling_weights: str = ""
    cluster: str = ""
    group: str = ""
    group_equal: list[str] = Field(default_factory=list)
    group_partial: list[str] = Field(default_factory=list)
    ordered: bool | list[str] = False
    parameterization: str = "delta"


class PlsTable(TomlTable):
    """`[pls]`."""

    scheme: str = "path"
    consistent: bool = False
    missing: str = "mean"
    interaction: str = "two_stage"
    higher_order: str = "disjoint"
    weights: str = ""


class PredictTable(TomlTable):
    """`[predict]`."""

    folds: int = 10
    repeats: int = 10
    antecedents: str = "direct"
    benchmark: str = "antecedents"
    gaps: str = "training"


class ImportanceTable(TomlTable):
    """`[importance]`."""

    target: str
    permutations: int = 10_000


class GroupsTable(TomlTable):
    """`[groups]`."""

    by: str
    permutations: int = 1000
    draws: int = 1000


class RobustnessTable(TomlTable):
    """`[robustness]`."""

    checks: list[str] | None = None
    draws: int = 1000
    segments: int = 5
    starts: int = 10


class AssessTable(TomlTable):
    """`[assess]`."""

    cutoffs: str = "hair2022"


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
    engines: list[str] = Field(default_factory=lambda: list(ENGINES))
    data: DataTable
    screen: ScreenTable = Field(default_factory=ScreenTable)
    covariance: CovarianceTable = Field(default_factory=CovarianceTable)
    pls: PlsTable = Field(default_factory=PlsTable)
    bootstrap: BootstrapTable = Field(default_factory=BootstrapTable)
    predict: PredictTable | None = None
    importance: ImportanceTable | None = None
    groups: GroupsTable | None = None
    robustness: RobustnessTable | None = None
    assess: AssessTable | None = None
    report: ReportTable = Field(default_factory=ReportTable)
