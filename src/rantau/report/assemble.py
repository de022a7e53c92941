"""assemble() and report(): from findings to a document, and to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rantau.covariance import SemFit
from rantau.crosscheck import Verification
from rantau.errors import OptionError, ReportError, listing
from rantau.extras import require
from rantau.inference import Draws
from rantau.model.from_survey import measurement_model
from rantau.pls import PlsFit
from rantau.quality import judge_hypotheses, reliability, validity
from rantau.record import Record
from rantau.report import sentences
from rantau.report.checklist import checklist
from rantau.report.citations import cited_in
from rantau.report.document import Document, write
from rantau.report.findings import Findings
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, TableRef
from rantau.report.prose import Prose
from rantau.report.table import value_of
from rantau.report.tables import ROWS
from rantau.survey import Responses, Screening, Survey, describe

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from rantau.model.spec import Model
    from rantau.report.parts import Part
    from rantau.report.table import Table

#: What `report()` takes.
ReportPart: TypeAlias = SemFit | PlsFit | Draws | Responses | Screening | Verification

#: Columns beyond which a table is for a spreadsheet and not for a page.
WIDEST = 33
APPENDIX = ("cross_loadings", "estimates", "correlations")


def assemble(
    findings: Findings,
    *,
    title: str,
    style: str = "apa7",
    language: str = "en",
    figures: tuple[FigureRef, ...] = (),
    wide: bool = False,
) -> Document:
    """Make the report of a study: sentences, tables, checklist and references, in order.

    Parameters
    ----------
    findings
        What was found; what is lacking is left out.
    title
        Of the report, with inline markup.
    style
        A style's name or file.
    language
        `en` or `id`.
    figures
        Pictures of the model, shown before the structural results.
    wide
        Also tables too wide for any page, such as the correlations of forty items: for spreadsheets.

    Returns
    -------
    Document
        Ready for `document.write`.

    Raises
    ------
    OptionError
        If the style or the language is not known.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 8))
    >>> data = pd.DataFrame(draw[:, :6] + draw[:, [6, 6, 6, 7, 7, 7]], columns=list("abcdef"))
    >>> model = rt.parse_model("F =~ a + b + c; G =~ d + e + f; G ~ F")
    >>> document = assemble(Findings(model, sem=rt.sem(model, data)), title="Two constructs")
    >>> [table.key for _, table in document.tables()]
    ['fit', 'paths', 'inner', 'checklist', 'estimates', 'correlations']
    """
    built = {row.name: table for row in ROWS if (table := row.table(findings, language)) is not None}
    kept = {name: table for name, table in built.items() if wide or len(table.columns) <= WIDEST}
    prose = Prose(findings, language, style, tables=kept)
    left_out = len(built) > len(kept)
    body = [*_front(prose), *_sample(prose, kept), *_measurement(prose, kept)]
    body += [*_structure(prose, kept, figures), *_checks(prose, kept)]
    appendix = [TableRef(kept[name]) for name in APPENDIX if name in kept]
    after: list[Part] = [Heading(1, prose.words("section.appendix")), *appendix] if appendix else []
    after += [Paragraph(prose.words("appendix.wide"))] if left_out else []
    cited = cited_in(_texts((*body, *after)))
    listed: list[Part] = []
    if cited:
        listed = [Heading(1, prose.words("section.references")), ListBlock(tuple(one.text for one in cited))]
    banner = prose.words("banner") if findings.simulated else ""
    return Document(title, "", language, style, banner, (*body, *listed, *after))


def _front(prose: Prose) -> list[Part]:
    return [Heading(1, prose.words("section.summary")), Paragraph(sentences.account(prose))]


def _sample(prose: Prose, tables: dict[str, Table]) -> list[Part]:
    parts: list[Part] = [Heading(1, prose.words("section.sample")), *map(Paragraph, sentences.sample(prose))]
    parts += _placed(tables, "screening", "items")
    return [*parts, Heading(1, prose.words("section.methods")), Paragraph(sentences.methods(prose))]


def _measurement(prose: Prose, tables: dict[str, Table]) -> list[Part]:
    parts: list[Part] = []
    fit = sentences.fit(prose, "cfa")
    if fit:
        parts += [Heading(2, prose.words("section.fit")), Paragraph(fit), *_placed(tables, "fit")]
    reliable = sentences.reliability(prose)
    if reliable:
        parts += [Heading(2, prose.words("section.reliability")), Paragraph(reliable)]
    parts += _placed(tables, "measurement")
    apart = sentences.discriminant(prose)
    if apart:
        parts += [Heading(2, prose.words("section.discriminant")), Paragraph(apart)]
    parts += _placed(tables, "discriminant", "htmt")
    return [Heading(1, prose.words("section.measurement")), *parts] if parts else []


def _structure(prose: Prose, tables: dict[str, Table], figures: tuple[FigureRef, ...]) -> list[Part]:
    parts: list[Part] = list(figures)
    fit = [text for text in (sentences.fit(prose, "sem"), sentences.pls_fit(prose)) if text]
    if fit:
        parts += [Heading(2, prose.words("section.fit")), *map(Paragraph, fit)]
    # With a measurement model, both fits stand in one table, further up.
    parts += _placed(tables, *(() if sentences.fit(prose, "cfa") else ("fit",)), "pls_fit")
    if "paths" in tables:
        parts += [Heading(2, prose.words("section.hypotheses")), *map(Paragraph, sentences.hypotheses(prose))]
        parts += _placed(tables, "paths")
    if "effects" in tables:
        parts += [Heading(2, prose.words("section.effects")), Paragraph(prose.say("inner.effects"))]
        parts += _placed(tables, "effects")
    explained = sentences.explained(prose)
    if "inner" in tables:
        parts += [Heading(2, prose.words("section.inner")), *([Paragraph(explained)] if explained else [])]
        parts += _placed(tables, "inner")
    if "population" in tables:
        parts += [Heading(2, prose.words("section.population")), Paragraph(sentences.population(prose))]
        parts += _placed(tables, "population")
    return [Heading(1, prose.words("section.structure")), *parts] if parts else []


def _checks(prose: Prose, tables: dict[str, Table]) -> list[Part]:
    parts: list[Part] = []
    words = prose.words
    if prose.findings.verification is not None:
        parts += [Heading(1, words("section.crosscheck")), Paragraph(sentences.crosscheck(prose))]
        parts += _placed(tables, "crosscheck")
        skipped = sentences.skipped(prose)
        parts += [Paragraph(words("crosscheck_text.skipped")), ListBlock(skipped)] if skipped else []
    found, limits = sentences.problems(prose), sentences.limits(prose)
    parts += [Heading(1, words("section.problems"))]
    parts += [Paragraph(words("problems.intro")), ListBlock(found)] if found else [Paragraph(words("problems.none"))]
    parts += [Paragraph(words("limits.intro")), ListBlock(limits)] if limits else []
    parts += [Heading(1, words("section.checklist")), Paragraph(words("checklist.intro")), TableRef(checklist(prose))]
    return parts


def _placed(tables: dict[str, Table], *names: str) -> list[Part]:
    return [TableRef(tables[name]) for name in names if name in tables]


def _texts(parts: Iterable[Part]) -> list[str]:
    """Return everything in which a work may be cited."""
    texts: list[str] = []
    for part in parts:
        if isinstance(part, Heading | Paragraph):
            texts.append(part.text)
        elif isinstance(part, ListBlock):
            texts += part.items
        elif isinstance(part, TableRef):
            texts += [note.text for note in part.table.notes]
            texts += [str(value_of(cell)) for row in part.table.rows for cell in row.cells]
    return texts


class Report(Record):
    """A report ready to be written.

    Attributes
    ----------
    findings
        What it shows.
    title, style, language
        As asked for.
    """

    findings: Findings
    title: str
    style: str = "apa7"
    language: str = "en"

    @property
    def document(self) -> Document:
        """The report as parts."""
        return assemble(self.findings, title=self.title, style=self.style, language=self.language)

    def write(self, path: str | Path) -> Path:
        """Write the report; the suffix picks the format.

        Parameters
        ----------
        path
            `.docx`, `.html`, `.md`, `.tex`, or `.xlsx`, which also holds tables too wide for a page. A path without
            suffix is a folder, into which LaTeX tables go.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        OptionError
            If no writer has that suffix.
        ReportError
            If the disk refuses.
        """
        target = Path(path)
        if not target.suffix:
            target = target / "tables.tex"
        if target.suffix.lower() == ".xlsx":
            whole = assemble(self.findings, title=self.title, style=self.style, language=self.language, wide=True)
            return write(whole, target)
        return write(self.document, target)

    def _repr_html_(self) -> str:
        tables = "".join(table._repr_html_() for _, table in self.document.tables())
        return f"<h2>{self.title}</h2>{tables}"


def report(
    *parts: ReportPart, survey: Survey | None = None, title: str = "", style: str = "apa7", language: str = "en"
) -> Report:
    """Collect results into a report.

    Parameters
    ----------
    *parts
        Fits, bootstrap draws, answers, screening, cross-check, in any order, at most one of each kind; a covariance
        fit without structural paths is taken for the measurement model.
    survey
        For names and wordings, where no answers bring it.
    title
        The survey's unless given.
    style
        `apa7`, `skripsi`, or a style file.
    language
        `en` or `id`.

    Returns
    -------
    Report
        With `.write(path)`.

    Raises
    ------
    OptionError
        If a part is of no known kind, comes twice, or draws belong to no fit given.
    ReportError
        If there is no fit and no survey to make a model from.

    Examples
    --------
    >>> import numpy as np, pandas as pd, rantau as rt
    >>> draw = np.random.default_rng(1).normal(size=(300, 8))
    >>> data = pd.DataFrame(draw[:, :6] + draw[:, [6, 6, 6, 7, 7, 7]], columns=list("abcdef"))
    >>> model = rt.parse_model("F =~ a + b + c; G =~ d + e + f; G ~ F  # H1 (+)")
    >>> pls = rt.pls(model, data)
    >>> found = rt.report(rt.sem(model, data), pls, rt.bootstrap(pls, draws=100), title="Two constructs")
    >>> found.document.tables()[0][1].key
    'measurement'
    >>> import tempfile, pathlib
    >>> folder = tempfile.TemporaryDirectory()
    >>> found.write(pathlib.Path(folder.name, "report.md")).name
    'report.md'
    >>> folder.cleanup()
    """
    given = _sorted(parts)
    findings = _collected(given, survey)
    if not title:
        title = findings.survey.title.text(language) if findings.survey is not None else "SEM"
    made = Report(findings, title, style, language)
    made.document  # noqa: B018 - refuses an unknown style or language before any file is touched
    return made


_KINDS = (
    ("draws", Draws),
    ("pls", PlsFit),
    ("responses", Responses),
    ("screening", Screening),
    ("verification", Verification),
)


def _sorted(parts: Iterable[object]) -> dict[str, object]:
    """Name each part by the field of the findings that it fills."""
    given: dict[str, object] = {}
    for part in parts:
        if isinstance(part, SemFit):
            name = "sem" if part.model.paths else "cfa"
        else:
            name = next((field for field, kind in _KINDS if isinstance(part, kind)), "")
        if not name:
            known = listing(["SemFit", *(kind.__name__ for _, kind in _KINDS)])
            raise OptionError(f"report() got a {type(part).__name__}, which it cannot show. Allowed: {known}.")
        if name in given:
            raise OptionError(f"report() got two parts for '{name}'; give one, and make a second report of the other.")
        given[name] = part
    return given


def _collected(given: dict[str, object], survey: Survey | None) -> Findings:
    """Compute what the parts allow: description, reliability, validity, hypotheses."""
    screening, responses = given.get("screening"), given.get("responses")
    if responses is None and isinstance(screening, Screening):
        responses = screening.kept
    responses = responses if isinstance(responses, Responses) else None
    survey = survey if survey is not None else responses.survey if responses is not None else None
    sem, cfa, pls, draws = (given.get(name) for name in ("sem", "cfa", "pls", "draws"))
    sem, cfa = (fit if isinstance(fit, SemFit) else None for fit in (sem, cfa))
    pls = pls if isinstance(pls, PlsFit) else None
    draws = draws if isinstance(draws, Draws) else None
    _check_draws(draws, pls)
    model = _model(sem, cfa, pls, responses)
    data = (
        responses if responses is not None and set(model.observed) <= set(responses.columns) else _rows(sem, cfa, pls)
    )
    findings = Findings(model, survey=survey, responses=responses, sem=sem, cfa=cfa, pls=pls, draws=draws)
    verification = given.get("verification")
    return findings.replace(
        screening=screening if isinstance(screening, Screening) else None,
        verification=verification if isinstance(verification, Verification) else None,
        description=describe(responses) if responses is not None else None,
        reliability=reliability(data, model, cfa_fit=cfa if cfa is not None else sem, pls_fit=pls)
        if model.blocks
        else None,
        validity=validity(data, model, pls_fit=pls) if pls is not None else None,
        hypotheses=judge_hypotheses(model, sem=sem, draws=draws)
        if model.hypotheses and (sem is not None or draws is not None)
        else None,
        seed=draws.seed if draws is not None else 1,
    )


def _check_draws(draws: Draws | None, pls: PlsFit | None) -> None:
    """Refuse draws of another fit: their intervals would stand beside numbers they do not belong to."""
    if draws is None:
        return
    if (
        pls is None
        or draws.quantities != pls.quantities
        or not np.array_equal(draws.estimates, pls.values(), equal_nan=True)
    ):
        raise OptionError(
            "report() got bootstrap draws that are not of the PLS fit given with them. Give that fit as well; draws "
            "of a covariance-based fit are not shown yet, as it has standard errors of its own."
        )


def _model(sem: SemFit | None, cfa: SemFit | None, pls: PlsFit | None, responses: Responses | None) -> Model:
    for fit in (sem, pls, cfa):
        if fit is not None:
            return fit.model
    if responses is None:
        raise ReportError(
            "report() got no fit and no answers, so that there is nothing to show. Give rt.sem(...) or rt.pls(...)."
        )
    return measurement_model(responses)


def _rows(*fits: SemFit | PlsFit | None) -> pd.DataFrame:
    """Return the rows that entered the fits, where no answers are given."""
    found = [fit.sample for fit in fits if fit is not None]
    largest = max(found, key=lambda sample: len(sample.names))
    frame: pd.DataFrame = require("pandas").DataFrame(largest.values, columns=list(largest.names))
    return frame
