"""A room of the steps of an assessment: one file and one row each, in the order in which a paper reports them."""

from __future__ import annotations

from collections.abc import Callable

from rantau.quality.finding import Evidence, Found
from rantau.quality.steps.convergent_validity import convergent_validity
from rantau.quality.steps.discriminant_validity import discriminant_validity
from rantau.quality.steps.effect_sizes import effect_sizes
from rantau.quality.steps.explained_variance import explained_variance
from rantau.quality.steps.formative_collinearity import formative_collinearity
from rantau.quality.steps.formative_validity import formative_validity
from rantau.quality.steps.formative_weights import formative_weights
from rantau.quality.steps.group_differences import group_differences
from rantau.quality.steps.indicator_reliability import indicator_reliability
from rantau.quality.steps.internal_consistency import internal_consistency
from rantau.quality.steps.model_fit import model_fit
from rantau.quality.steps.paths import paths
from rantau.quality.steps.predictive_ability import predictive_ability
from rantau.quality.steps.predictive_power import predictive_power
from rantau.quality.steps.structural_collinearity import structural_collinearity
from rantau.record import Record


class Step(Record):
    """One step.

    Attributes
    ----------
    name
        In tables.
    title
        Above its findings.
    function
        From `Evidence` to findings.
    source
        The paper.
    """

    name: str
    title: str
    function: Callable[[Evidence], Found]
    source: str


ROWS = (
    Step("indicator_reliability", "Reflective items: loadings", indicator_reliability, "Hair et al. (2022)"),
    Step("internal_consistency", "Reflective constructs: reliability", internal_consistency, "Hair et al. (2019)"),
    Step("convergent_validity", "Reflective constructs: AVE", convergent_validity, "Fornell & Larcker (1981)"),
    Step("discriminant_validity", "Reflective constructs: HTMT", discriminant_validity, "Henseler et al. (2015)"),
    Step("formative_validity", "Formative constructs: redundancy", formative_validity, "Cheah et al. (2018)"),
    Step("formative_collinearity", "Formative items: collinearity", formative_collinearity, "Hair et al. (2019)"),
    Step("formative_weights", "Formative items: weights", formative_weights, "Hair et al. (2022)"),
    Step("structural_collinearity", "Paths: collinearity", structural_collinearity, "Becker et al. (2015)"),
    Step("paths", "Paths: significance", paths, "Hair et al. (2022)"),
    Step("explained_variance", "Constructs: explained variance", explained_variance, "Hair et al. (2011)"),
    Step("effect_sizes", "Paths: effect sizes", effect_sizes, "Cohen (1988)"),
    Step("predictive_power", "Prediction: PLSpredict", predictive_power, "Shmueli et al. (2019)"),
    Step("predictive_ability", "Prediction: CVPAT", predictive_ability, "Sharma et al. (2023)"),
    Step(
        "group_differences",
        "Groups: invariance and differences",
        group_differences,
        "Henseler, Ringle and Sarstedt (2016)",
    ),
    Step("model_fit", "Model fit", model_fit, "Henseler et al. (2014)"),
)
