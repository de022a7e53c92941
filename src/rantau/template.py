"""Working studies that travel with the package, to start one's own from."""

from __future__ import annotations

import shutil
from pathlib import Path

from rantau.errors import StudyError
from rantau.options import choose

#: The first is what `rantau new` copies unless told otherwise.
TEMPLATES = ("internationalization", "mobile")
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
    if folder.is_dir() and any(folder.iterdir()):
        raise StudyError(f"{folder}: it is not empty; name a new folder, so that nothing of yours is written over.")
    for place in (folder, *folder.parents):
        if place.exists() and not place.is_dir():
            raise StudyError(f"{folder}: a folder is needed, and '{place}' is a file. Name another.")
    source = _source()
    files = sorted(path for part in _PARTS for path in source.glob(part.format(name=name)) if path.is_file())
    for path in files:
        target = folder / path.relative_to(source)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
    return folder / "analysis" / f"{name}.toml"


def _source() -> Path:
    """Return where the studies are: inside an installed package, or at the top of a checkout."""
    inside = Path(__file__).parent / "_studies"
    return inside if inside.is_dir() else Path(__file__).parents[2]
