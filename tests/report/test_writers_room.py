"""The room of writers: every file has its line, every line its file."""

from pathlib import Path

from rantau.report import writers


def test_every_file_has_its_line():
    files = {path.stem for path in Path(writers.__file__).parent.glob("*.py")} - {"__init__"}
    assert {row.name for row in writers.ROWS} == files
    assert len({row.suffix for row in writers.ROWS}) == len(writers.ROWS)
    assert all(row.purpose for row in writers.ROWS)
