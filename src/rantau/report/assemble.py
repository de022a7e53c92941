"""assemble() and report(): from findings to a document, and to files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rantau.options import check_kind, one_text
from rantau.record import Record
from rantau.report import sentences
from rantau.report.checklist import checklist
from rantau.report.citations import cited_in
from rantau.report.collect import ReportPart, collect
from rantau.report.document import Document, write
from rantau.report.findings import Findings
from rantau.report.markup import literal
from rantau.report.parts import FigureRef, Heading, ListBlock, Paragraph, References, TableRef
from rantau.report.prose import Prose, join
from rantau.report.table import value_of
from rantau.report.tables import ROWS
from rantau.report.words import read_words
from rantau.survey.instrument import Survey

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rantau.report.parts import Part
    from rantau.report.table import Table

#: Columns beyond which a table is for a spreadsheet and not for a page.
WIDEST = 33
APPENDIX = ("assessment", "cross_loadings", "information", "estimates", "thresholds", "correlations")
#: Kinds of figures that stand elsewhere than with the model.
ELSEWHERE = ("likert", "slopes", "importance")


def assemble(
    findings: Findings,
    *,
    title: str,
    style: str = "apa7",
    language: str = "en",
    source: str = "",
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
    source
        Where the data are from, such as `Tenenhaus et al. (2005)`: told with the sample, and under tables and figures
        by styles that have a line for it; "" for data of one's own.
    figures
        Pictures: of the answers (keys that begin with `likert`), shown with the sample; of slopes (`slopes`), shown
        with moderations; the map of importance (`importance`), shown with it; of the model, shown before the structural
        results.
    wide
        Also tables too wide for any page, such as the correlations of forty items, and columns that pages have no
        room for: for spreadsheets.

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
    ['fit', 'paths', 'inner', 'checklist', 'information', 'estimates', 'correlations']
    """
    built = {row.name: table for row in ROWS if (table := row.table(findings, language)) is not None}
    kept = {
        name: table if wide else table.as_printed()
        for name, table in built.items()
        if wide or len(table.columns) <= WIDEST
    }
    prose = Prose(findings, language, style, source=source, tables=kept, figures=[figure.key for figure in figures])
    left_out = len(built) > len(kept)
    body = [*_front(prose), *_sample(prose, kept, figures), *_measurement(prose, kept)]
    body += [*_structure(prose, kept, figures), *_beyond(prose, kept, figures), *_checks(prose, kept)]
    appendix = [TableRef(kept[name]) for name in APPENDIX if name in kept]
    after: list[Part] = [Heading(1, prose.words("section.appendix")), *appendix] if appendix else []
    after += [Paragraph(prose.words("appendix.wide"))] if left_out else []
    cited = cited_in(_texts((*body, *after)))
    listed: list[Part] = []
    if cited:
        listed = [Heading(1, prose.words("section.references")), References(tuple(one.text for one in cited))]
    banner = prose.words("banner") if findings.simulated else ""
    return Document(title, "", language, style, banner, source, (*body, *listed, *after))


def _front(prose: Prose) -> list[Part]:
    return [Heading(1, prose.words("section.summary")), Paragraph(sentences.account(prose))]


def _figures_of(figures: tuple[FigureRef, ...], key: str) -> list[FigureRef]:
    """Return the figures of one kind: those whose keys begin with its name."""
    return [figure for figure in figures if figure.key.startswith(key)]


def _sample(prose: Prose, tables: dict[str, Table], figures: tuple[FigureRef, ...]) -> list[Part]:
    parts: list[Part] = [Heading(1, prose.words("section.sample")), *map(Paragraph, sentences.sample(prose))]
    parts += _placed(tables, "screening", "profile", "items")
    parts += _figures_of(figures, "likert")
    return [*parts, Heading(1, prose.words("section.methods")), Paragraph(sentences.methods(prose))]


def _measurement(prose: Prose, tables: dict[str, Table]) -> list[Part]:
    parts: list[Part] = []
    fit = sentences.fit(prose, "cfa")
    if fit:
        parts += [Heading(2, prose.words("section.fit")), Paragraph(fit), *_placed(tables, "fit")]
    reliable = sentences.reliability(prose)
    if reliable:
        parts += [Heading(2, prose.words("section.reliability")), Paragraph(reliable)]
    parts += _placed(tables, "measurement", "formative")
    apart = sentences.discriminant(prose)
    if apart:
        parts += [Heading(2, prose.words("section.discriminant")), Paragraph(apart)]
    parts += _placed(tables, "discriminant", "htmt")
    biased = sentences.bias(prose)
    if biased:
        parts += [Heading(2, prose.words("section.bias")), *map(Paragraph, biased), *_placed(tables, "bias")]
    return [Heading(1, prose.words("section.measurement")), *parts] if parts else []


def _structure(prose: Prose, tables: dict[str, Table], figures: tuple[FigureRef, ...]) -> list[Part]:
    placed = [figure for kind in ELSEWHERE for figure in _figures_of(figures, kind)]
    parts: list[Part] = [figure for figure in figures if figure not in placed]
    fit = [
        text
        for text in (join(sentences.fit(prose, "sem"), sentences.covarying(prose)), sentences.pls_fit(prose))
        if text
    ]
    if fit:
        parts += [Heading(2, prose.words("section.fit")), *map(Paragraph, fit)]
    # With a measurement model, both fits stand in one table, further up.
    parts += _placed(tables, *(() if sentences.fit(prose, "cfa") else ("fit",)), "pls_fit")
    if "paths" in tables:
        heading = "hypotheses" if prose.findings.model.hypotheses else "paths"
        parts += [Heading(2, prose.words(f"section.{heading}")), *map(Paragraph, sentences.hypotheses(prose))]
        parts += _placed(tables, "paths")
    steady = sentences.sensitivity(prose)
    if steady:
        parts += [Heading(2, prose.words("section.sensitivity")), Paragraph(steady), *_placed(tables, "sensitivity")]
    moderated = sentences.moderation(prose)
    if moderated:
        parts += [Heading(2, prose.words("section.moderation")), *map(Paragraph, moderated)]
        parts += [*_placed(tables, "slopes"), *_figures_of(figures, "slopes")]
    if "effects" in tables:
        parts += [Heading(2, prose.words("section.effects")), *map(Paragraph, sentences.mediation(prose))]
        parts += _placed(tables, "effects")
    explained = sentences.explained(prose)
    if "inner" in tables:
        parts += [Heading(2, prose.words("section.inner")), *([Paragraph(explained)] if explained else [])]
        parts += _placed(tables, "inner")
    if "population" in tables:
        parts += [Heading(2, prose.words("section.population")), Paragraph(sentences.population(prose))]
        parts += _placed(tables, "population")
    return [Heading(1, prose.words("section.structure")), *parts] if parts else []


def _beyond(prose: Prose, tables: dict[str, Table], figures: tuple[FigureRef, ...]) -> list[Part]:
    """Return what goes beyond the hypotheses: prediction, importance, groups, robustness, the assessment."""
    parts: list[Part] = []
    for name, told, shown in (
        ("prediction", sentences.prediction(prose), ("prediction", "cvpat")),
        ("importance", sentences.importance(prose), ("importance", "necessity", "bottleneck")),
        ("groups", sentences.groups(prose), ("invariance", "grouped", "micom", "mga")),
        ("robustness", sentences.robustness(prose), ("linearity", "copulas", "segments", "tetrads")),
        ("assessment", sentences.assessment(prose), ()),
    ):
        if told:
            parts += [Heading(2, prose.words(f"section.{name}")), *map(Paragraph, told)]
            parts += [*_figures_of(figures, name), *_placed(tables, *shown)]
    return [Heading(1, prose.words("section.beyond")), *parts] if parts else []


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
    title, style, language, source
        As asked for.
    """

    findings: Findings
    title: str
    style: str = "apa7"
    language: str = "en"
    source: str = ""

    @property
    def document(self) -> Document:
        """The report as parts."""
        return self._assembled()

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
            return write(self._assembled(wide=True), target)
        return write(self.document, target)

    def _assembled(self, *, wide: bool = False) -> Document:
        return assemble(
            self.findings, title=self.title, style=self.style, language=self.language, source=self.source, wide=wide
        )

    def _repr_html_(self) -> str:
        tables = "".join(table._repr_html_() for _, table in self.document.tables())
        return f"<h2>{self.title}</h2>{tables}"


def report(
    *parts: ReportPart,
    survey: Survey | None = None,
    title: str = "",
    style: str = "apa7",
    language: str = "en",
    source: str = "",
) -> Report:
    """Collect results into a report.

    Parameters
    ----------
    *parts
        Fits, bootstrap draws, tests of fit, prediction, importance, necessity, comparison of groups, checks of
        robustness, assessment, method bias, answers, screening, cross-checks, in any order, at most one of each kind
        but cross-checks; a covariance fit without structural paths is taken for the measurement model.
    survey
        For names and wordings, where no answers bring it.
    title
        The survey's unless given.
    style
        `apa7`, `skripsi`, or a style file.
    language
        `en` or `id`.
    source
        Where the data are from, such as `Tenenhaus et al. (2005)`; "" for data of one's own.

    Returns
    -------
    Report
        With `.write(path)`.

    Raises
    ------
    OptionError
        If a part is of no known kind or comes twice, is of another PLS fit than the one given, or fits are of different
        models.
    ReportError
        If there is neither a fit nor answers.

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
    one_text("title", title)
    one_text("style", style)
    one_text("language", language)
    one_text("source", source)
    if survey is not None:
        check_kind("survey", survey, Survey, "rt.read_survey(path)")
    findings = collect(parts, survey)
    if not title:
        known = findings.survey
        title = read_words(language)("report.title") if known is None else literal(known.title.text(language))
    made = Report(findings, title, style, language, source)
    made.document  # noqa: B018 - refuses an unknown style or language before any file is touched
    return made
