"""A room of rotation criteria: what is made small when the factors of an exploratory block are turned."""

from __future__ import annotations

from collections.abc import Callable

from rantau.arrays import Array
from rantau.covariance.exploratory.settings import Settings
from rantau.covariance.rotations.bentler import bentler
from rantau.covariance.rotations.bifactor import bi_geomin, bi_quartimin
from rantau.covariance.rotations.crawford_ferguson import (
    cf_equamax,
    cf_facparsim,
    cf_parsimax,
    cf_quartimax,
    cf_varimax,
    crawford_ferguson,
)
from rantau.covariance.rotations.entropy import entropy
from rantau.covariance.rotations.geomin import geomin
from rantau.covariance.rotations.infomax import infomax
from rantau.covariance.rotations.mccammon import mccammon
from rantau.covariance.rotations.oblimin import oblimin, quartimin
from rantau.covariance.rotations.orthomax import equamax, orthomax, quartimax, varimax
from rantau.covariance.rotations.promax import promax
from rantau.covariance.rotations.target import target
from rantau.record import Record

Value = tuple[Array, Array]


class Criterion(Record):
    """A way to choose among the rotations of a matrix of loadings.

    Attributes
    ----------
    name
        As in lavaan, in snake case.
    function
        From loadings `(..., p, m)` and `Settings` to a value `(...)` to be made small, and its derivative
        `(..., p, m)`; with complex loadings too.
    factors
        `either`, or what it is for: `orthogonal` or `oblique`.
    source
        The paper.
    option
        The setting that belongs to it alone; empty where none.
    general
        Whether the first factor is a general one, which the criterion leaves alone and no other correlates with.
    after
        What is done to the loadings at the minimum, from loadings `(p, m)` and settings to the matrix `(m, m)` that
        they are multiplied with; None where nothing.
    weighted
        Whether items customarily have the same weight whatever their communality (Kaiser, 1958).
    """

    name: str
    function: Callable[[Array, Settings], Value]
    factors: str
    source: str
    option: str = ""
    general: bool = False
    after: Callable[[Array, Settings], Array] | None = None
    weighted: bool = False


ROWS = (
    Criterion("geomin", geomin, "either", "Yates (1987); Browne (2001)", "epsilon"),
    Criterion("oblimin", oblimin, "either", "Jennrich & Sampson (1966)", "gamma"),
    Criterion("quartimin", quartimin, "either", "Carroll (1953)"),
    Criterion("promax", varimax, "oblique", "Hendrickson & White (1964)", "kappa", after=promax, weighted=True),
    Criterion("varimax", varimax, "orthogonal", "Kaiser (1958)", weighted=True),
    Criterion("quartimax", quartimax, "orthogonal", "Neuhaus & Wrigley (1954)", weighted=True),
    Criterion("equamax", equamax, "orthogonal", "Saunders (1962)", weighted=True),
    Criterion("orthomax", orthomax, "orthogonal", "Harman (1976), ch. 13", "gamma", weighted=True),
    Criterion("cf", crawford_ferguson, "either", "Crawford & Ferguson (1970)", "gamma"),
    Criterion("cf_quartimax", cf_quartimax, "either", "Crawford & Ferguson (1970)"),
    Criterion("cf_varimax", cf_varimax, "either", "Crawford & Ferguson (1970)"),
    Criterion("cf_equamax", cf_equamax, "either", "Crawford & Ferguson (1970)"),
    Criterion("cf_parsimax", cf_parsimax, "either", "Crawford & Ferguson (1970)"),
    Criterion("cf_facparsim", cf_facparsim, "either", "Crawford & Ferguson (1970)"),
    Criterion("infomax", infomax, "either", "McKeon (1968); Browne (2001)"),
    Criterion("entropy", entropy, "orthogonal", "Jennrich (2004)"),
    Criterion("mccammon", mccammon, "orthogonal", "McCammon (1966)"),
    Criterion("bentler", bentler, "either", "Bentler (1977)"),
    Criterion("target", target, "either", "Browne (1972)", "target"),
    Criterion("bigeomin", bi_geomin, "either", "Jennrich & Bentler (2012)", "epsilon", general=True),
    Criterion("biquartimin", bi_quartimin, "either", "Jennrich & Bentler (2011, 2012)", general=True),
)
