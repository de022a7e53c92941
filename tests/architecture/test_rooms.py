"""A room is a folder where one change is one file and one line: no file without its line."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from rantau.cli.verbs.list import ROOMS

SOURCE = Path(__file__).parents[2] / "src" / "rantau"
#: Rooms whose rows are recipes and have no functions of their own.
IN_ONE_FILE = ["rantau.covariance.estimators"]


def rooms() -> list[str]:
    found = [path.parent for path in SOURCE.rglob("__init__.py") if "ROWS" in path.read_text("utf-8")]
    return sorted(".".join(("rantau", *folder.relative_to(SOURCE).parts)) for folder in found)


def test_there_are_rooms() -> None:
    assert len(rooms()) >= 10


@pytest.mark.parametrize("name", rooms())
def test_every_file_has_its_line(name: str) -> None:
    module = import_module(name)
    folder = Path(str(module.__file__)).parent
    files = {path.stem for path in folder.glob("*.py")} - {"__init__"}
    used = set()
    for row in module.ROWS:
        for value in (*vars(row).values(), getattr(row, "function", None)):
            home = getattr(value, "__module__", "")
            if callable(value) and home.startswith(name + "."):
                used.add(home.removeprefix(name + "."))
    assert files == used, f"files without a row: {sorted(files - used)}; rows without a file: {sorted(used - files)}"


@pytest.mark.parametrize("name", rooms() + IN_ONE_FILE)
def test_names_are_unique_and_sources_are_given(name: str) -> None:
    rows = import_module(name).ROWS
    assert isinstance(rows, tuple)
    names = [row.name for row in rows]
    assert len(set(names)) == len(names)
    assert all(row.source for row in rows if hasattr(row, "source"))


def test_rantau_list_shows_every_room() -> None:
    assert set(ROOMS.values()) == {*rooms(), *IN_ONE_FILE} - {"rantau.cli.verbs"}
