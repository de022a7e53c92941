"""A room of verbs: one file and one row each, in the order of `rantau --help`."""

from __future__ import annotations

from collections.abc import Callable

from rantau.cli.verbs.bootstrap import bootstrap
from rantau.cli.verbs.check import check
from rantau.cli.verbs.crosscheck import crosscheck
from rantau.cli.verbs.describe import describe
from rantau.cli.verbs.diagram import diagram
from rantau.cli.verbs.fit import fit
from rantau.cli.verbs.list import list_rows
from rantau.cli.verbs.new import new
from rantau.cli.verbs.pls import pls
from rantau.cli.verbs.reliability import reliability
from rantau.cli.verbs.report import report
from rantau.cli.verbs.run import run
from rantau.cli.verbs.score import score
from rantau.cli.verbs.screen import screen
from rantau.cli.verbs.simulate import simulate
from rantau.cli.verbs.validity import validity
from rantau.record import Record


class Verb(Record):
    """One verb of the command line.

    Attributes
    ----------
    name
        As typed.
    function
        Its arguments become options; it returns the exit status.
    """

    name: str
    function: Callable[..., int]


ROWS = (
    Verb("new", new),
    Verb("check", check),
    Verb("run", run),
    Verb("screen", screen),
    Verb("score", score),
    Verb("describe", describe),
    Verb("reliability", reliability),
    Verb("validity", validity),
    Verb("fit", fit),
    Verb("pls", pls),
    Verb("bootstrap", bootstrap),
    Verb("crosscheck", crosscheck),
    Verb("simulate", simulate),
    Verb("diagram", diagram),
    Verb("report", report),
    Verb("list", list_rows),
)
