"""A room of tests of the model: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.covariance.evidence import Evidence
from rantau.covariance.model_tests.browne_residual_adf import browne_residual_adf
from rantau.covariance.model_tests.browne_residual_nt import browne_residual_nt, browne_residual_nt_model
from rantau.covariance.model_tests.mean_var_adjusted import mean_var_adjusted
from rantau.covariance.model_tests.satorra_bentler import satorra_bentler
from rantau.covariance.model_tests.scaled_shifted import scaled_shifted
from rantau.covariance.model_tests.standard import standard
from rantau.covariance.model_tests.yuan_bentler import yuan_bentler
from rantau.covariance.model_tests.yuan_bentler_mplus import yuan_bentler_mplus
from rantau.covariance.outcome import ModelTest
from rantau.record import Record


class TestRow(Record):
    """One test of the model.

    Attributes
    ----------
    name
        As in `test=`.
    function
        From the evidence of a fitted structure, and a kind of information, to its outcome.
    with_gaps
        Whether it works where rows have gaps.
    scaled
        Whether it corrects the standard statistic; it is a statistic of its own otherwise.
    source
        The paper.
    """

    name: str
    function: Callable[[Evidence, str], ModelTest]
    with_gaps: bool
    scaled: bool
    source: str


ROWS = (
    TestRow("standard", standard, True, False, "Jöreskog (1967)"),
    TestRow("satorra_bentler", satorra_bentler, False, True, "Satorra & Bentler (1994)"),
    TestRow("mean_var_adjusted", mean_var_adjusted, False, True, "Satorra & Bentler (1994)"),
    TestRow("scaled_shifted", scaled_shifted, False, True, "Asparouhov & Muthén (2010)"),
    TestRow("yuan_bentler", yuan_bentler, True, True, "Yuan & Bentler (2000)"),
    TestRow("yuan_bentler_mplus", yuan_bentler_mplus, True, True, "Yuan & Bentler (2000)"),
    TestRow("browne_residual_adf", browne_residual_adf, False, False, "Browne (1984)"),
    TestRow("browne_residual_nt", browne_residual_nt, False, False, "Browne (1984)"),
    TestRow("browne_residual_nt_model", browne_residual_nt_model, False, False, "Browne (1984)"),
)
