"""A room of verbs: one file and one row each, in the order of `rantau --help`."""

from __future__ import annotations

from collections.abc import Callable

from rantau.cli.verbs.assess import assess
from rantau.cli.verbs.bootstrap import bootstrap
from rantau.cli.verbs.check import check
from rantau.cli.verbs.compare import compare
from rantau.cli.verbs.crosscheck import crosscheck
from rantau.cli.verbs.describe import describe
from rantau.cli.verbs.diagram import diagram
from rantau.cli.verbs.efa import efa
from rantau.cli.verbs.fit import fit
from rantau.cli.verbs.form import form
from rantau.cli.verbs.importance import importance
from rantau.cli.verbs.impute import impute
from rantau.cli.verbs.list import list_rows
from rantau.cli.verbs.new import new
from rantau.cli.verbs.pls import pls
from rantau.cli.verbs.predict import predict
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
    example
        A command that works in the folder of a study.
    """

    name: str
    function: Callable[..., int]
    example: str


_MOBILE = "surveys/mobile/responses.csv --survey surveys/mobile/instrument.toml"
_MODEL = "surveys/mobile/responses.csv --model models/mobile.sem"

ROWS = (
    Verb("new", new, "rantau new my-study --template mobile"),
    Verb("check", check, "rantau check analysis/mobile.toml"),
    Verb("form", form, "rantau form surveys/mobile/instrument.toml --kind xlsform"),
    Verb("run", run, "rantau run analysis/mobile.toml"),
    Verb("screen", screen, f"rantau screen {_MOBILE}"),
    Verb("score", score, f"rantau score {_MOBILE} --out scores.csv"),
    Verb("describe", describe, f"rantau describe {_MOBILE}"),
    Verb("impute", impute, f"rantau impute {_MOBILE} --m 5 --out completed.csv"),
    Verb("reliability", reliability, f"rantau reliability {_MODEL}"),
    Verb("validity", validity, f"rantau validity {_MODEL} --show fornell_larcker"),
    Verb("efa", efa, f"rantau efa {_MOBILE} --factors 3 --rotation oblimin"),
    Verb("fit", fit, f"rantau fit {_MODEL} --cfa"),
    Verb("pls", pls, f"rantau pls {_MODEL}"),
    Verb("bootstrap", bootstrap, f"rantau bootstrap {_MODEL} --draws 500"),
    Verb(
        "compare",
        compare,
        "rantau compare surveys/reputation/responses.csv --survey surveys/reputation/instrument.toml "
        "--model models/reputation.sem --by servicetype",
    ),
    Verb("predict", predict, f"rantau predict {_MODEL} --folds 10 --repeats 10"),
    Verb("assess", assess, f"rantau assess {_MODEL} --draws 500"),
    Verb("importance", importance, f"rantau importance {_MOBILE} --model models/mobile.sem --target Loyalty"),
    Verb("crosscheck", crosscheck, f"rantau crosscheck {_MODEL}"),
    Verb(
        "simulate",
        simulate,
        "rantau simulate models/internationalization_population.sem --n 200 --out simulated.csv",
    ),
    Verb("diagram", diagram, "rantau diagram --model models/mobile.sem --out mobile.svg"),
    Verb("report", report, f"rantau report {_MODEL} --draws 500 --out mobile.docx"),
    Verb("list", list_rows, "rantau list screens"),
)
