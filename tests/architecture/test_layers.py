"""Imports go downward only, and none hides in a function."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "rantau"

#: From the foundation up. Those of one line do not know each other, but for the findings, which may use what is
#: written before them.
LEVELS = (
    ("errors", "record", "arrays", "options", "extras", "files", "toml_file"),
    ("survey",),
    ("model", "moments"),
    ("fit", "door"),
    ("covariance", "pls"),
    ("inference", "groups", "robustness", "segments", "imputation", "quality", "simulate", "crosscheck"),
    ("report",),
    ("study", "template"),
    ("analyse",),
    ("run",),
    ("cli",),
    ("__main__",),
)
FOUNDATION, FINDINGS = LEVELS[0], LEVELS[5]
LEVEL_OF = {room: level for level, rooms in enumerate(LEVELS) for room in rooms}

#: What may be imported from outside at the top of a module, by room; everything else comes in through `require`.
OUTSIDE = {
    "default": {"numpy", "scipy"},
    "toml_file": {"pydantic"},
    "survey": {"numpy", "pydantic"},
    "study": {"pydantic"},
    "cli": {"typer", "rich"},
}


def modules() -> list[Path]:
    return sorted(SOURCE.rglob("*.py"))


def room_of(path: Path) -> str:
    first = path.relative_to(SOURCE).parts[0]
    return first.removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield str(node.module), node


def type_only(tree: ast.AST) -> set[ast.stmt]:
    """Statements under `if TYPE_CHECKING:`; they are never run."""
    return {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for inner in ast.walk(node)
        if isinstance(inner, ast.stmt)
    }


def test_every_room_has_a_level() -> None:
    assert {room_of(path) for path in modules()} - {"__init__"} == set(LEVEL_OF)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_imports_go_downward(path: Path) -> None:
    room = room_of(path)
    if room == "__init__":
        return
    for name, _ in imported(ast.parse(path.read_text("utf-8"))):
        if name != "rantau" and not name.startswith("rantau."):
            continue
        if name == "rantau":
            assert room == "cli", f"{path.name} imports the whole package"
            continue
        other = name.split(".")[1]
        if other == room or (room in FOUNDATION and other in FOUNDATION):
            continue
        if room in FINDINGS and other in FINDINGS:
            assert FINDINGS.index(other) < FINDINGS.index(room), f"{room} uses {other}, which is written after it"
            continue
        if {room, other} == {"fit", "door"}:
            continue
        assert LEVEL_OF[other] < LEVEL_OF[room], f"{path.relative_to(SOURCE)} imports {name}, which is not below it"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_no_import_hides_in_a_function(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    hidden = [
        inner.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert not hidden, f"lines {hidden}: import at the top, or a heavy package through extras.require"


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SOURCE)))
def test_heavy_packages_come_in_late(path: Path) -> None:
    import sys

    tree = ast.parse(path.read_text("utf-8"))
    unrun = type_only(tree)
    for name, node in imported(tree):
        top = name.partition(".")[0]
        if node in unrun or top == "rantau" or top in sys.stdlib_module_names:
            continue
        allowed = OUTSIDE["default"] | OUTSIDE.get(room_of(path), set())
        assert top in allowed, f"line {node.lineno}: {name} is heavy; use extras.require"
        assert name != "scipy.stats", f"line {node.lineno}: scipy.stats is slow to import; scipy.special has the tails"


def test_the_engines_do_not_know_each_other_nor_pandas() -> None:
    for room in ("covariance", "pls"):
        for path in (SOURCE / room).rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            unrun = type_only(tree)
            names = {name.partition(".")[0] for name, node in imported(tree) if node not in unrun}
            assert "pandas" not in names
