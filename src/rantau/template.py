"""Working studies that travel with the package, to start one's own from."""

from __future__ import annotations

import shutil
from pathlib import Path

from rantau.errors import StudyError
from rantau.options import choose

#: The first is what `rantau new` copies unless told otherwise.
TEMPLATES = ("internationalization", "mobile")
_PARTS = ("surveys/{name}", "models/{name}.sem", "models/{name}_population.sem", "analysis/{name}.toml")


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
        If the folder holds files already.
    """
    choose("template", name, TEMPLATES)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StudyError(f"{folder}: it is not empty; name a new folder, so that nothing of yours is written over.")
    source = _source()
    for part in _PARTS:
        path = source / part.format(name=name)
        target = folder / part.format(name=name)
        if path.is_dir():
            shutil.copytree(path, target)
        elif path.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return folder / "analysis" / f"{name}.toml"


def _source() -> Path:
    """Return where the studies are: inside an installed package, or at the top of a checkout."""
    inside = Path(__file__).parent / "_studies"
    return inside if inside.is_dir() else Path(__file__).parents[2]
