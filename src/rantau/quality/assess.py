"""assess(): the assessment of a PLS model in the order in which a paper reports it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rantau.errors import EstimationError, OptionError, listing
from rantau.extras import require
from rantau.inference import Draws
from rantau.inference.intervals import ROWS as INTERVALS
from rantau.inference.prediction import Prediction
from rantau.options import check_level, choose, is_several
from rantau.pls.result import PlsFit
from rantau.quality.cutoffs import FAILED, FAIR, MET, OPEN, read_cutoffs
from rantau.quality.finding import Comparison, Evidence, Finding
from rantau.quality.steps import ROWS
from rantau.record import Record

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("test", "about", "value", "ci_low", "ci_high", "p", "criterion", "source", "met", "verdict")


class Assessment(Record):
    """What each step of the assessment found.

    Attributes
    ----------
    title
        What was assessed, by which cut-offs.
    cutoffs
        Whose cut-offs these are.
    findings
        `(step, finding)`, in order.
    notes
        On what it rests: problems of the fit, resamples, folds.
    """

    title: str
    cutoffs: str
    findings: tuple[tuple[str, Finding], ...]
    notes: tuple[str, ...] = ()

    def table(self, step: str | None = None) -> pd.DataFrame:
        """Return every value beside its criterion.

        Parameters
        ----------
        step
            A name of `rantau list steps`; all unless given.

        Returns
        -------
        DataFrame
            `step test about value ci_low ci_high p criterion source met verdict`: `met` is `yes`, `borderline`, `no`,
            or empty where nothing is asked or nothing was tested, and `verdict` says it in words.

        Raises
        ------
        OptionError
            If there is no such step.
        """
        if step is not None:
            choose("step", step, [row.name for row in ROWS])
        rows = [
            (name, *(getattr(one, column) for column in COLUMNS)) for name, one in self.findings if step in (None, name)
        ]
        return require("pandas").DataFrame(rows, columns=["step", *COLUMNS])  # type: ignore[no-any-return]

    def summary(self) -> pd.DataFrame:
        """Return how each step went: index step; `tests met borderline failed open verdict`."""
        rows, names = [], []
        for row in ROWS:
            own = [one for name, one in self.findings if name == row.name]
            if not own:
                continue
            counts = [sum(one.met == met for one in own) for met in (MET, FAIR, FAILED, OPEN)]
            names.append(row.name)
            rows.append((len(own), *counts, _in_words(own, counts)))
        frame = require("pandas").DataFrame(
            rows, columns=["tests", "met", "borderline", "failed", "open", "verdict"], index=names
        )
        return frame.rename_axis("step")  # type: ignore[no-any-return]

    @property
    def failed(self) -> pd.DataFrame:
        """The rows of `table()` that do not meet their criterion, or nearly not."""
        table = self.table()
        return table[table["met"].isin([FAILED, FAIR])].reset_index(drop=True)

    def __str__(self) -> str:
        parts = ["\n".join([self.title, *self.notes])]
        for row in ROWS:
            own = self.table(row.name)
            if len(own):
                asked = dict.fromkeys(
                    f"{one.test}: {one.criterion} ({one.source})" for name, one in self.findings if name == row.name
                )
                shown = own[["test", "about", "value", "ci_low", "ci_high", "p", "met", "verdict"]]
                text = _readable(shown).to_string(index=False, float_format=lambda value: f"{value:.3f}", na_rep="")
                parts.append("\n".join([row.title, *(f"  {one}" for one in asked), text]))
        return "\n\n".join(parts)

    def __repr__(self) -> str:
        counts = [sum(one.met == met for _, one in self.findings) for met in (MET, FAIR, FAILED)]
        return (
            f"<Assessment: {counts[0]} criteria met, {counts[1]} borderline, {counts[2]} not; print it, or see "
            "table(), summary(), failed>"
        )

    def _repr_html_(self) -> str:
        parts = [f"<p>{escape(one)}</p>" for one in (self.title, *self.notes)]
        for row in ROWS:
            own = self.table(row.name)
            if len(own):
                table = _readable(own.drop(columns="step")).to_html(
                    index=False, float_format=lambda value: f"{value:.3f}", na_rep="", border=0
                )
                parts.append(f"<h4>{escape(row.title)}</h4>{table}")
        return "\n".join(parts)


def assess(
    fit: PlsFit,
    *,
    bootstrap: Draws | None = None,
    predict: Prediction | None = None,
    by: Comparison | None = None,
    redundancy: PlsFit | Sequence[PlsFit] = (),
    cutoffs: str | Path = "hair2022",
    level: float = 0.95,
    interval: str = "percentile",
) -> Assessment:
    """Assess a PLS model as a paper reports it: measurement, structure, prediction, each value with its criterion.

    Parameters
    ----------
    fit
        By `rt.pls`.
    bootstrap
        `rt.bootstrap(fit)`: without it weights and paths are not tested, and nothing has an interval.
    predict
        `rt.predict(fit)`: without it prediction is not judged.
    by
        `rt.compare_groups(fit, by=...)`, to judge what groups have in common and where they differ.
    redundancy
        Fits by `rt.redundancy(fit, data, construct=..., against=...)`, one per formative construct.
    cutoffs
        `hair2022`, `chin1998`, or the path of a `.toml` file of one's own: a copy of the former, changed.
    level
        Of intervals; what p has to stay below is among the cut-offs.
    interval
        `percentile`, `bca`, `basic` or `student`.

    Returns
    -------
    Assessment
        Print it, or see `table()`, `summary()` and `failed`.

    Raises
    ------
    OptionError
        If an option has no meaning, or the bootstrap, prediction or comparison is of another fit.
    EstimationError
        If the fit did not converge.

    Notes
    -----
    Hair, Hult, Ringle and Sarstedt (2022), chapters 4 to 6; Hair, Risher, Sarstedt and Ringle (2019). Constructs of
    several items are judged as formative where they are weighted by mode B, as reflective otherwise. A cut-off is a
    convention, not a law: `verdict` says what a value means, and the decision stays with the researcher.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(200, 6))
    >>> draw[:, :4] += draw[:, [4]]
    >>> data = pd.DataFrame(draw[:, :4], columns=["a", "b", "c", "d"])
    >>> fit = rt.pls("X =~ a + b; Y =~ c + d; Y ~ X", data)
    >>> found = rt.assess(fit, bootstrap=rt.bootstrap(fit, draws=200), predict=rt.predict(fit, repeats=1))
    >>> found.summary().loc["paths", "verdict"]
    'all 1 met'
    """
    if not isinstance(fit, PlsFit):
        raise OptionError(
            f"assess() takes a fit by rt.pls, got a {type(fit).__name__}. For rt.sem see fit_indices() and rt.validity."
        )
    if not fit.converged:
        raise EstimationError("the fit did not converge, so there is nothing to assess. See fit.problems.")
    check_level(level)
    choose("interval", interval, [row.name for row in INTERVALS])
    if bootstrap is None and interval != "percentile":
        raise OptionError(f"interval='{interval}' is of resamples: give bootstrap=rt.bootstrap(fit), or leave it out.")
    _check_belonging("bootstrap", bootstrap, Draws, fit, "rt.bootstrap(fit)")
    _check_belonging("predict", predict, Prediction, fit, "rt.predict(fit)")
    _check_belonging("by", by, Comparison, fit, "rt.compare_groups(fit, by=...)")
    chosen = read_cutoffs(cutoffs)
    given = (redundancy,) if isinstance(redundancy, PlsFit) else redundancy
    if not is_several(given):
        raise OptionError(f"redundancy= takes fits by rt.redundancy(fit, ...), got a {type(given).__name__}.")
    measured = tuple(_redundancy(one, fit) for one in given)
    evidence = Evidence(fit, bootstrap, predict, measured, by, chosen, level, interval)
    findings = [(row.name, finding) for row in ROWS for finding in row.function(evidence)]
    title = f"Assessment of a PLS model, {fit.n_obs} rows, by the cut-offs of {chosen.title}"
    return Assessment(title, chosen.title, tuple(findings), tuple(_notes(evidence)))


def _notes(evidence: Evidence) -> Iterator[str]:
    """Say what a reader must know of the fit, and what intervals and predictions rest on."""
    fit, drawn, predicted = evidence.fit, evidence.bootstrap, evidence.prediction
    yield from (f"{problem.severity}: {problem.text}" for problem in fit.problems)
    left_out, gaps = fit.entered.size - fit.n_obs, int(np.isnan(fit.sample.values).sum())
    if left_out:
        yield f"{left_out} of {fit.entered.size} rows are left out for missing answers"
    if gaps:
        yield f"{gaps} of {fit.sample.values.size} answers are missing; missing='{fit.request.missing}'"
    if drawn is not None:
        how = "rows as given" if drawn.seed < 0 else f"seed {drawn.seed}"
        yield f"{evidence.level:.0%} {evidence.interval} intervals: {len(drawn.values)} bootstrap samples, {how}"
        yield from (f"{count} of them failed: {reason}" for reason, count in drawn.failed)
        yield from (f"{count} of them are kept: {reason}" for reason, count in drawn.inadmissible)
    if predicted is not None:
        yield predicted.headline


def _readable(table: pd.DataFrame) -> pd.DataFrame:
    """Leave out empty columns, and write no p as zero."""
    shown = table.dropna(axis=1, how="all")
    if "p" not in shown:
        return shown
    told = ["" if np.isnan(p) else "<0.001" if p < 0.001 else f"{p:.3f}" for p in shown["p"]]
    return shown.assign(p=told)


def _check_belonging(option: str, given: object, kind: type, fit: PlsFit, how: str) -> None:
    if given is None:
        return
    if not isinstance(given, kind):
        raise OptionError(f"{option}= takes {how}, got a {type(given).__name__}.")
    own = given.fit  # type: ignore[attr-defined]
    if not isinstance(own, PlsFit) or own.showing("estimates") != fit.showing("estimates"):
        raise OptionError(f"the {kind.__name__.lower()} given is of another fit; make it from this one: {how}.")


def _redundancy(given: PlsFit, fit: PlsFit) -> tuple[str, float]:
    if not isinstance(given, PlsFit):
        raise OptionError(f"redundancy= takes fits by rt.redundancy, got a {type(given).__name__} among them.")
    paths = given.paths()
    names = fit.structure.constructs
    if len(paths) != 1 or paths["rhs"].iloc[0] not in names:
        raise OptionError(
            f"redundancy= takes fits by rt.redundancy of this fit's constructs ({listing(names)}), each of one path."
        )
    return str(paths["rhs"].iloc[0]), float(paths["est"].iloc[0])


def _in_words(own: list[Finding], counts: list[int]) -> str:
    met, fair, failed, undecided = counts
    if undecided == len(own):
        words = Counter(one.verdict.partition(":")[0] for one in own)
        return ", ".join(f"{word} {count}" if len(words) > 1 else word for word, count in words.items())
    asked = len(own) - undecided
    if met == asked:
        return f"all {asked} met"
    parts = [f"{met} of {asked} met"]
    parts += [f"{fair} borderline"] if fair else []
    parts += [f"{failed} not met"] if failed else []
    return ", ".join(parts)
