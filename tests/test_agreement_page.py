"""What docs/agreement.md names is there."""

from __future__ import annotations

import re
from pathlib import Path

import rantau as rt

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs/agreement.md").read_text("utf-8")


def test_functions_and_methods_are_there() -> None:
    functions = set(re.findall(r"rt\.(\w+)", PAGE))
    methods = set(re.findall(r"\bfit1?\.(\w+)\(", PAGE))
    assert len(functions) > 8
    assert [name for name in functions if not hasattr(rt, name)] == []
    assert [name for name in methods if not (hasattr(rt.SemFit, name) or hasattr(rt.PlsFit, name))] == []


def test_folders_of_golden_numbers_are_all_named() -> None:
    named = set(re.findall(r"golden/(\w+)", PAGE))
    assert named == {path.name for path in (ROOT / "tests" / "golden").iterdir() if path.is_dir()}
