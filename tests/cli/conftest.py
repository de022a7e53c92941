"""Running a verb in this process, and what came out of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rantau.cli.main import status_of
from rantau.record import Record
from small_study import write_study


class Ran(Record):
    """One command: its exit status and what it wrote to the two streams."""

    status: int
    out: str
    err: str


Rantau = Callable[..., Ran]


@pytest.fixture
def rantau(capsys: pytest.CaptureFixture[str]) -> Rantau:
    """A command: `rantau("fit", path, "--model", path)`."""

    def run(*arguments: object) -> Ran:
        capsys.readouterr()
        status = status_of([str(each) for each in arguments])
        streams = capsys.readouterr()
        return Ran(status, streams.out, streams.err)

    return run


@pytest.fixture
def study(tmp_path: Path) -> Callable[..., Path]:
    """A small study in a folder of its own: `study(plan=..., model=...)` returns the plan."""
    return lambda **files: write_study(tmp_path / "study", **files)
