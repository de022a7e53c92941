"""A room of verbs: one file and one row each, in the order of `rantau --help`."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import cast

from rantau.record import Record


class Verb(Record):
    """One verb of the command line; its file, of the same name, is read when it is used.

    Attributes
    ----------
    name
        As typed.
    summary
        What `rantau --help` says of it: the first line of its function's docstring.
    example
        A command that works in the folder of a study.
    """

    name: str
    summary: str
    example: str

    @property
    def function(self) -> Callable[..., int]:
        """Its arguments become options; it returns the exit status."""
        home = import_module(f"{__name__}.{self.name}")
        # `list` is a word of Python's own, so the function of that verb is `list_rows`.
        return cast("Callable[..., int]", getattr(home, self.name, None) or getattr(home, f"{self.name}_rows"))


_MOBILE = "surveys/mobile/responses.csv --survey surveys/mobile/instrument.toml"
_MODEL = "surveys/mobile/responses.csv --model models/mobile.sem"

ROWS = (
    Verb(
        "new", "Start a study: a copy of a working one, or from your answers.", "rantau new my-study --template mobile"
    ),
    Verb("check", "Check a study or an instrument; nothing is estimated.", "rantau check analysis/mobile.toml"),
    Verb(
        "form",
        "Turn an instrument into a form to field or to print.",
        "rantau form surveys/mobile/instrument.toml --kind xlsform",
    ),
    Verb("run", "Run a whole study, from answers to Word report.", "rantau run analysis/mobile.toml"),
    Verb("screen", "Flag rows that look careless; none goes unless you say.", f"rantau screen {_MOBILE}"),
    Verb("score", "One score per respondent and construct.", f"rantau score {_MOBILE} --out scores.csv"),
    Verb("describe", "Describe every item: mean, spread, shape, ends, gaps.", f"rantau describe {_MOBILE}"),
    Verb(
        "impute",
        "Fill gaps many times, and pool the fits of a model.",
        f"rantau impute {_MOBILE} --m 5 --out completed.csv",
    ),
    Verb("reliability", "Alpha with interval, omega, rho_A, rho_C, AVE by construct.", f"rantau reliability {_MODEL}"),
    Verb(
        "validity",
        "Discriminant validity: HTMT, Fornell-Larcker, cross-loadings.",
        f"rantau validity {_MODEL} --show fornell_larcker",
    ),
    Verb(
        "bias",
        "Look for common method bias, in five ways.",
        f"rantau bias {_MODEL}",
    ),
    Verb(
        "efa",
        "Exploratory factors: how many, rotated loadings, errors.",
        f"rantau efa {_MOBILE} --factors 3 --rotation oblimin",
    ),
    Verb("fit", "Covariance-based SEM, CFA or growth curves, in groups too.", f"rantau fit {_MODEL} --cfa"),
    Verb("pls", "PLS path modelling; `rantau bootstrap` adds intervals.", f"rantau pls {_MODEL}"),
    Verb(
        "bootstrap",
        "Estimates with bootstrap intervals, PLS or covariance-based.",
        f"rantau bootstrap {_MODEL} --draws 500",
    ),
    Verb(
        "invariance",
        "Are constructs measured alike in groups? Level by level.",
        "rantau invariance surveys/reputation/responses.csv --survey surveys/reputation/instrument.toml "
        "--model models/reputation.sem --by servicetype",
    ),
    Verb(
        "compare",
        "Compare groups by PLS: invariance, then paths.",
        "rantau compare surveys/reputation/responses.csv --survey surveys/reputation/instrument.toml "
        "--model models/reputation.sem --by servicetype",
    ),
    Verb(
        "segments",
        "Look for hidden groups by PLS, and what explains them.",
        f"rantau segments {_MODEL} --most 3",
    ),
    Verb(
        "predict",
        "Predict rows not seen before: PLSpredict and CVPAT.",
        f"rantau predict {_MODEL} --folds 10 --repeats 10",
    ),
    Verb("assess", "Judge a PLS model by cut-offs and their sources.", f"rantau assess {_MODEL} --draws 500"),
    Verb(
        "importance",
        "Map what matters for an outcome, and what it needs.",
        f"rantau importance {_MOBILE} --model models/mobile.sem --target Loyalty",
    ),
    Verb(
        "robustness",
        "Test what a PLS model takes for granted.",
        f"rantau robustness {_MODEL} --draws 500",
    ),
    Verb("crosscheck", "Hold the numbers against semopy, statsmodels and pingouin.", f"rantau crosscheck {_MODEL}"),
    Verb(
        "simulate",
        "Draw answers, marked simulated, from a population model.",
        "rantau simulate models/internationalization_population.sem --n 200 --out simulated.csv",
    ),
    Verb(
        "power",
        "How many answers a study needs: power of every effect.",
        "rantau power --model models/internationalization_population.sem --n 150,300 --replications 200",
    ),
    Verb(
        "diagram",
        "Draw the model, or with --data its estimates.",
        "rantau diagram --model models/mobile.sem --out mobile.svg",
    ),
    Verb(
        "report",
        "One document from a model and answers, by both engines.",
        f"rantau report {_MODEL} --draws 500 --out mobile.docx",
    ),
    Verb("list", "Show what can be chosen, and its source.", "rantau list screens"),
)
