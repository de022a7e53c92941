"""A study to start from: a working one that travels with the package, or one proposed from answers."""

from __future__ import annotations

import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from rantau.errors import StudyError
from rantau.options import choose

if TYPE_CHECKING:
    from rantau.survey.proposal import Proposal

#: The published JSON Schema, by which editors help with instruments.
SCHEMA = Path(__file__).parent / "survey" / "instrument.schema.json"
#: The first is what `rantau new` copies unless told otherwise.
TEMPLATES = ("internationalization", "mobile", "personality")
#: What belongs to a study. A template that builds on another, such as `mobile_ecsi`, comes along with it.
_PARTS = ("surveys/{name}/*", "models/{name}*.sem", "analysis/{name}*.toml", "docs/studies/{name}.md")


def copy_study(name: str, folder: Path) -> Path:
    """Copy a working study into a folder.

    Parameters
    ----------
    name
        One of `TEMPLATES`.
    folder
        Made if it is not there; it must be empty.

    Returns
    -------
    Path
        The study's plan.

    Raises
    ------
    OptionError
        If there is no such study.
    StudyError
        If the folder holds files already, or stands where no folder can be.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as place:
    ...     copy_study("mobile", Path(place) / "mine").relative_to(place).as_posix()
    'mine/analysis/mobile.toml'
    """
    choose("template", name, TEMPLATES)
    check_folder(folder)
    source = _source()
    files = sorted(path for part in _PARTS for path in source.glob(part.format(name=name)) if path.is_file())
    for path in files:
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder / "analysis" / f"{name}.toml"


def check_folder(folder: Path) -> None:
    """Refuse a folder for a new study that holds something, or stands where none can be.

    Raises
    ------
    StudyError
        Saying what is in the way.
    """
    if folder.is_dir() and any(folder.iterdir()):
        raise StudyError(f"{folder}: it is not empty; name a new folder, so that nothing of yours is written over.")
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise StudyError(f"{folder}: a folder is needed, and '{place}' is a file. Name another.")


def write_proposal(proposal: Proposal, answers: Path, folder: Path, reading: Mapping[str, str] | None = None) -> Path:
    """Write a proposed instrument, its measurement model, a plan, and a copy of the answers it was proposed from.

    Parameters
    ----------
    proposal
        From `propose_survey`.
    answers
        The file it is from.
    folder
        Made if it is not there; it must be empty.
    reading
        How that file is read, by the keys of a plan's `[data]`; empty for what it shows.

    Returns
    -------
    Path
        The instrument.

    Raises
    ------
    StudyError
        If the folder holds files already, or stands where no folder can be.
    """
    check_folder(folder)
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", folder.resolve().name).strip("-") or "study"
    survey, models, plans = folder / "surveys" / name, folder / "models", folder / "analysis"
    survey.mkdir(parents=True)
    models.mkdir()
    plans.mkdir()
    instrument = survey / "instrument.toml"
    instrument.write_text(proposal.text, "utf-8")
    shutil.copyfile(SCHEMA, survey / SCHEMA.name)
    responses = f"responses{answers.suffix.lower()}"
    shutil.copyfile(answers, survey / responses)
    (models / f"{name}.sem").write_text(proposal.model, "utf-8")
    (plans / f"{name}.toml").write_text(proposal.plan(name, responses, reading or {}), "utf-8")
    return instrument


def _source() -> Path:
    """Return where the studies are: inside an installed package, or at the top of a checkout."""
    inside = Path(__file__).parent / "_studies"
    return inside if inside.is_dir() else Path(__file__).parents[2]
