"""What a plan asks of each step, by the names that the functions of rantau have: the tables of its file."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field

from rantau.covariance.request import DEFAULT, SemRequest
from rantau.model.spec import Model
from rantau.survey import Wording
from rantau.survey.screen import ALL
from rantau.toml_file import TomlTable

#: A list of the file.
Names = Annotated[tuple[str, ...], Field(strict=False)]


class Options(TomlTable):
    """Options of one step: a table of a plan."""

    model_config = ConfigDict(frozen=True)

    def by_name(self) -> dict[str, Any]:
        """Return the options as keyword arguments."""
        return dict(self)

    def replace(self, **changes: object) -> Self:
        """Return a copy with some options changed."""
        return self.model_copy(update=changes)


class DataOptions(Options):
    """`[data]`: which answers, and how their file is to be read where it does not say so itself.

    Attributes
    ----------
    responses, simulate
        The file of answers; or the model file of population values that answers are drawn from.
    n
        How many are drawn.
    source
        Where the answers are from, as reports name it, in one wording or by language; empty for data of one's own.
    columns, sheet, encoding, delimiter
        As for `rt.read_responses`; empty for what the file shows.
    """

    responses: str = ""
    simulate: str = ""
    n: int = 0
    source: dict[str, str] | str = ""
    columns: dict[str, str] | str = ""
    sheet: str = ""
    encoding: str = ""
    delimiter: str = ""

    def source_in(self, language: str) -> str:
        """Return where the answers are from, as a report in a language names it."""
        named = self.source if isinstance(self.source, dict) else {language: self.source}
        return Wording(tuple(named.items())).text(language)

    @property
    def reading(self) -> dict[str, Any]:
        """The options of `rt.read_responses` as keyword arguments."""
        return {
            "columns": self.columns or None,
            "sheet": self.sheet,
            "encoding": self.encoding,
            "delimiter": self.delimiter,
        }


class CovarianceOptions(Options):
    """`[covariance]`: how the covariance engine is to estimate, by the names of `rt.sem`.

    Attributes
    ----------
    estimator
        As for `rt.sem`; empty in the file for `ML`, or `WLSMV` where answers are ordered.
    missing, std_lv, fixed_x, meanstructure, likelihood, information, se, test
        As for `rt.sem`.
    sampling_weights, cluster
        Columns of the answers.
    group, group_equal, group_partial
        As for `rt.sem`: the model is also fitted to the groups together.
    ordered, parameterization
        The items whose answers are ordered categories, True for all; as for `rt.sem`.
    """

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
    ordered: bool | Names = False
    parameterization: str = "delta"
    group: str = ""
    group_equal: Names = ()
    group_partial: Names = ()

    @property
    def of_all_rows(self) -> CovarianceOptions:
        """The same without groups."""
        return self.replace(group="", group_equal=(), group_partial=())

    def of(self, model: Model) -> SemRequest:
        """Return what is asked of the engine for a model.

        Raises
        ------
        OptionError
            If an option has a value that is not allowed, or two contradict each other.
        """
        return SemRequest(model, **self.by_name())


class PlsOptions(Options):
    """`[pls]`: how PLS is to estimate, by the names of `rt.pls`.

    Attributes
    ----------
    scheme, consistent, missing, interaction, higher_order
        As for `rt.pls`.
    weights
        A column of the answers with sampling weights; empty where every row counts alike.
    """

    scheme: str = "path"
    consistent: bool = False
    missing: str = "mean"
    interaction: str = "two_stage"
    higher_order: str = "disjoint"
    weights: str = ""

    def by_name(self) -> dict[str, Any]:
        """Return the options as keyword arguments."""
        return {**super().by_name(), "weights": self.weights or None}


class ScreenOptions(Options):
    """`[screen]`: which rows are to be flagged, and what is to become of them.

    Attributes
    ----------
    rules
        Names of rules, or `all`; None for the usual ones that the answers allow.
    exclude, flags_to_exclude, limits, duration, attention
        As for `rt.screen`.
    sensitivity
        Whether the report shows the results with and without the flagged rows side by side.
    """

    rules: Names | None = None
    exclude: Names = ()
    flags_to_exclude: int = 0
    limits: dict[str, float] = Field(default_factory=dict)
    duration: str = ""
    attention: dict[str, str | int] = Field(default_factory=dict)
    sensitivity: bool = False

    def by_name(self) -> dict[str, Any]:
        """Return the options of `rt.screen` as keyword arguments."""
        told = dict(self)
        del told["sensitivity"]
        if self.rules is not None and ALL in self.rules:
            told["rules"] = ALL
        return {**told, "attention": {item: str(answer) for item, answer in self.attention.items()}}


class PredictOptions(Options):
    """`[predict]`: how rows left out are predicted, by the names of `rt.predict`."""

    folds: int = 10
    repeats: int = 10
    antecedents: str = "direct"
    benchmark: str = "antecedents"
    gaps: str = "training"


class ImportanceOptions(Options):
    """`[importance]`: of which construct importance, performance and necessity are told.

    Attributes
    ----------
    target
        The construct to be raised.
    permutations
        Of the test of necessity; 0 for none.
    """

    target: str
    permutations: int = 10_000


class GroupOptions(Options):
    """`[groups]`: which groups PLS compares, by the names of `rt.compare_groups`."""

    by: str
    permutations: int = 1000
    draws: int = 1000


class BiasOptions(Options):
    """`[bias]`: common method bias is looked for.

    Attributes
    ----------
    marker
        A construct, or columns, unrelated to the constructs in theory; empty without one.
    """

    marker: Names | str = ()


#: The checks of robustness, in the order of a report.
CHECKS = ("nonlinearity", "copulas", "segments", "tetrads")


class RobustnessOptions(Options):
    """`[robustness]`: which checks of robustness are made.

    Attributes
    ----------
    checks
        Of `CHECKS`; None for all that the model allows: tetrads need a construct of four items.
    draws
        Bootstrap draws of copulas and tetrads.
    segments, starts
        Of FIMIX: the largest number tried, and random starts for each.
    """

    checks: Names | None = None
    draws: int = 1000
    segments: int = 5
    starts: int = 10


class AssessOptions(Options):
    """`[assess]`: by which cut-offs PLS is assessed: a set's name, or a file of one's own."""

    cutoffs: str = "hair2022"
