"""run(): the whole pipeline, from a plan to a folder of reports."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from rantau.analyse import Progress, analyse, check_study
from rantau.errors import ReportError
from rantau.extras import require
from rantau.record import Record
from rantau.report.assemble import assemble
from rantau.report.diagram import Diagram, diagram
from rantau.report.document import write
from rantau.report.findings import Findings
from rantau.report.importance_figure import importance_figure
from rantau.report.likert import MOST_POINTS, likert
from rantau.report.markup import literal
from rantau.report.parts import FigureRef
from rantau.report.slope_figures import slope_figures
from rantau.report.view import View
from rantau.report.words import Words, read_words
from rantau.simulate import write_responses
from rantau.study import Options, Study

#: Whose versions decide the numbers.
PACKAGES = ("rantau", "numpy", "scipy", "pandas", "matplotlib", "semopy", "statsmodels", "pingouin")


class Outcome(Record):
    """What a run found and wrote.

    Attributes
    ----------
    findings
        Every result.
    folder
        Where the files are.
    files
        Their paths, relative to the folder.
    """

    findings: Findings
    folder: Path
    files: tuple[str, ...]

    @property
    def trustworthy(self) -> bool:
        """Whether no fit has a problem that is an error."""
        found = self.findings
        fits = (found.cfa, found.sem, found.grouped, found.pls)
        return all(fit.trustworthy for fit in fits if fit is not None)


def run(study: Study | str | Path, *, progress: Progress | None = None) -> Outcome:
    """Run a study: read, check, screen, estimate, bootstrap, cross-check, and write the report.

    Everything is computed and written to a temporary folder first; the output folder is touched only when all is
    there.

    Parameters
    ----------
    study
        The plan, or its path.
    progress
        Called with (step, done, all) while long steps run.

    Returns
    -------
    Outcome
        The findings and the files.

    Raises
    ------
    RantauError
        If anything is wrong with the inputs; nothing is written then.

    Examples
    --------
    >>> import rantau as rt
    >>> outcome = rt.run("analysis/mobile.toml")  # doctest: +SKIP
    """
    material = check_study(study)
    study, findings = material.study, analyse(material, progress=progress)
    if progress is not None:
        progress("report", 0, 1)
    with tempfile.TemporaryDirectory(prefix="rantau-") as name:
        folder = Path(name)
        _write(study, findings, folder)
        files = _move(folder, study.output)
    if progress is not None:
        progress("report", 1, 1)
    return Outcome(findings, study.output, files)


def _write(study: Study, findings: Findings, folder: Path) -> None:
    """Write every output into a folder that nobody else sees."""
    figures = _figures(study, findings, folder / "figures")
    built = partial(
        assemble,
        findings,
        title=study.title.text(study.language),
        style=study.style,
        language=study.language,
        source=study.data.source_in(study.language),
        figures=figures,
    )
    document = built()
    for name in ("report.docx", "report.html", "report.md", "tables.tex"):
        write(document, folder / name)
    # A sheet has room for tables that no page has.
    write(built(wide=True), folder / "tables.xlsx")
    if findings.simulated and findings.responses is not None:
        write_responses(findings.responses, folder / "responses_simulated.csv")
    (folder / "run.json").write_text(
        json.dumps(_account(study, findings), indent=2, ensure_ascii=False) + "\n", "utf-8"
    )


def _figures(study: Study, findings: Findings, folder: Path) -> tuple[FigureRef, ...]:
    """Draw the hypotheses and each engine's results; `model` is that of PLS where there is one."""
    words = _TITLES.get(study.language, _TITLES["en"])
    drawn: list[tuple[str, str, Diagram]] = []
    banner = read_words(study.language)("banner") if findings.simulated else ""
    draw = partial(diagram, survey=findings.survey, language=study.language, style=study.style, banner=banner)
    if findings.model.hypotheses:
        drawn.append(("hypotheses", words["hypotheses"], draw(findings.model, content="structural")))
    if findings.pls is not None and findings.pls.converged:
        drawn.append(("model", words["pls"], draw(findings.pls, draws=findings.draws)))
    if findings.sem is not None and findings.sem.converged:
        name = "model" if findings.pls is None else "model_covariance"
        drawn.append((name, words["covariance"], draw(findings.sem)))
    folder.mkdir()
    references = list(_answers(study, findings, folder, words=read_words(study.language)))
    for key, title, picture in drawn:
        svg, png = (picture.write(folder / f"{key}{suffix}") for suffix in (".svg", ".png"))
        told, of_data = picture.describe(study.language), key != "hypotheses"
        references.append(FigureRef(str(png), str(svg), title, _note(picture), told, key, of_data))
    references += _slopes(study, findings, folder, words=read_words(study.language))
    references += _importance(study, findings, folder, words=read_words(study.language))
    return tuple(references)


def _importance(study: Study, findings: Findings, folder: Path, words: Words) -> Iterator[FigureRef]:
    """Draw the importance-performance map, where there is one."""
    picture = importance_figure(findings, language=study.language, style=study.style)
    if picture is None or findings.importance is None:
        return
    svg, png = (picture.write(folder / f"importance{suffix}") for suffix in (".svg", ".png"))
    target = View(findings, study.language).construct(findings.importance.target)
    note = words("figure.importance.note", target=literal(target))
    yield FigureRef(str(png), str(svg), literal(picture.title), note, picture.told, "importance")


def _slopes(study: Study, findings: Findings, folder: Path, words: Words) -> Iterator[FigureRef]:
    """Draw every moderation by PLS."""
    figures = slope_figures(findings, language=study.language, style=study.style)
    for number, picture in enumerate(figures, start=1):
        key = "slopes" if len(figures) == 1 else f"slopes_{number}"
        svg, png = (picture.write(folder / f"{key}{suffix}") for suffix in (".svg", ".png"))
        names = {part: literal(getattr(picture, part)) for part in ("outcome", "predictor", "moderator")}
        note = words("figure.slopes.note", **names)
        if picture.band is not None:
            percent = f"{100 * findings.level:g}".replace(".", words("number.decimal"))
            note += " " + words("figure.slopes.note_region", percent=percent, **names)
        yield FigureRef(str(png), str(svg), literal(picture.title), note, picture.told, key)


def _answers(study: Study, findings: Findings, folder: Path, words: Words) -> Iterator[FigureRef]:
    """Draw how the items of the model were answered, where they have scales of few points."""
    if findings.responses is None or not findings.responses.n_obs:
        return
    asked = [item for item in findings.responses.survey.items if item.code in findings.model.observed]
    codes = [item.code for item in asked if item.scale.points <= MOST_POINTS]
    if not codes:
        return
    figures = likert(findings.responses, codes, language=study.language)
    for number, picture in enumerate(figures, start=1):
        key = "likert" if len(figures) == 1 else f"likert_{number}"
        svg, png = (picture.write(folder / f"{key}{suffix}") for suffix in (".svg", ".png"))
        note = words(f"figure.likert.{'note_reversed' if any(bar.reversed for bar in picture.bars) else 'note'}")
        yield FigureRef(str(png), str(svg), literal(picture.title), note, picture.describe(), key)


def _note(picture: Diagram) -> str:
    """Return a picture's note with markup: its stars are stars, *p* is italic, and `p < .05` stays on one line."""
    return re.sub(r"\bp < ", "*p*\u00a0<\u00a0", literal(picture.note))


_TITLES = {
    "en": {
        "hypotheses": "Research Model and Hypotheses",
        "pls": "Structural Model Estimated by PLS",
        "covariance": "Structural Model Estimated by Covariance-Based SEM",
    },
    "id": {
        "hypotheses": "Model Penelitian dan Hipotesis",
        "pls": "Model Struktural Hasil Estimasi PLS",
        "covariance": "Model Struktural Hasil Estimasi SEM Berbasis Kovarians",
    },
}


def _account(study: Study, findings: Findings) -> dict[str, object]:
    """Say what the numbers depend on; the same inputs give the same account."""
    options = {
        name: value.by_name() if isinstance(value, Options) else value
        for name in Study.field_names()
        if name not in ("title", "survey", "model", "output", "answers", "file")
        for value in (getattr(study, name),)
    }
    return {
        "title": dict(study.title.texts),
        "simulated": findings.simulated,
        "seed": study.seed,
        "versions": {"python": python_version(), **{package: _version(package) for package in PACKAGES}},
        "inputs": {
            Path(os.path.relpath(path, study.file.parent)).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in study.inputs
        },
        "options": options,
        "rows": {
            "read": findings.screening.responses.n_obs if findings.screening is not None else None,
            "kept": findings.responses.n_obs if findings.responses is not None else None,
        },
        "bootstrap": {
            "draws": len(findings.draws.values) if findings.draws is not None else 0,
            "failed": dict(findings.draws.failed) if findings.draws is not None else {},
        },
        "problems": [
            {"fit": name, "severity": problem.severity, "code": problem.code, "text": problem.text}
            for name in ("cfa", "sem", "grouped", "pls")
            for problem in getattr(getattr(findings, name), "problems", ())
        ],
    }


def _version(package: str) -> str:
    if package == "rantau":
        # From the code that runs, which may be a checkout that was never installed.
        return str(require(package).__version__)
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _move(source: Path, target: Path) -> tuple[str, ...]:
    """Put every file in its place, or none; files of other names that are there stay."""
    files = sorted(path.relative_to(source) for path in source.rglob("*") if path.is_file())
    try:
        for file in files:
            _refuse_unwritable(target / file)
        for file in files:
            place = target / file
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(source / file, place)
    except OSError as error:
        raise ReportError(f"{error.filename}: cannot be written: {error.strerror}; is it open elsewhere?") from error
    return tuple(file.as_posix() for file in files)


def _refuse_unwritable(place: Path) -> None:
    """Find out before the first file is moved whether each can be."""
    if place.is_dir():
        raise ReportError(f"{place}: cannot be written: a folder of this name is there. Move it away.")
    if place.parent.exists() and not place.parent.is_dir():
        raise ReportError(f"{place}: cannot be written: '{place.parent}' is a file. Move it away.")
    if place.exists():
        # A document open in a word processor refuses this on Windows.
        with place.open("r+b"):
            pass
