"""A room of tests of the model: one file and one row each."""

from __future__ import annotations

from collections.abc import Callable

from rantau.covariance.evidence import Evidence
from rantau.covariance.model_tests.outcome import ModelTest
from rantau.covariance.model_tests.standard import standard
from rantau.record import Record


class TestRow(Record):
    """One test of the model.

    Attributes
    ----------
    name
        As in `test=`.
    function
        From the evidence of a fitted structure to its outcome.
    with_gaps
        Whether it works where rows have gaps.
    scaled
        Whether it corrects the standard statistic, which is then given beside it.
    source
        The paper.
    """

    name: str
    function: Callable[[Evidence], ModelTest]
    with_gaps: bool
    scaled: bool
    source: str


ROWS = (TestRow("standard", standard, True, False, "Jöreskog (1967)"),)
