"""A room of the steps that look for method bias: one file and one row each, in the order of reports."""

from __future__ import annotations

from collections.abc import Callable

from rantau.quality.bias_evidence import BiasEvidence, Found
from rantau.quality.method_bias.full_collinearity import full_collinearity
from rantau.quality.method_bias.harman import harman
from rantau.quality.method_bias.marker import marker
from rantau.quality.method_bias.method_factor import method_factor
from rantau.quality.method_bias.single_factor import single_factor
from rantau.record import Record


class BiasStep(Record):
    """One step.

    Attributes
    ----------
    name
        In tables.
    title
        Above its findings.
    function
        From `BiasEvidence` to findings, and to reasons where there are none.
    source
        The papers.
    about
        What it cannot tell.
    """

    name: str
    title: str
    function: Callable[[BiasEvidence], Found]
    source: str
    about: str


ROWS = (
    BiasStep(
        "harman",
        "Harman's test: one factor of all items",
        harman,
        "Podsakoff et al. (2003); Fuller et al. (2016)",
        "weak: a small share does not exclude bias",
    ),
    BiasStep(
        "single_factor",
        "One factor against the measurement model",
        single_factor,
        "Podsakoff et al. (2003)",
        "weak: constructs that are told apart may be biased all the same",
    ),
    BiasStep(
        "full_collinearity",
        "Full collinearity of the constructs",
        full_collinearity,
        "Kock (2015)",
        "constructs that are related in truth are collinear too",
    ),
    BiasStep(
        "method_factor",
        "An unmeasured method factor",
        method_factor,
        "Podsakoff et al. (2003); Richardson et al. (2009)",
        "does not tell the method from what all constructs share in truth",
    ),
    BiasStep(
        "marker",
        "Correlations less that of a marker",
        marker,
        "Lindell & Whitney (2001)",
        "as good as the marker: alike in method, unrelated in theory, and named before the data were seen",
    ),
)
