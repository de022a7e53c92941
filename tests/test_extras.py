"""require(): late imports, and what to install where one is missing."""

import math
import sys

import pytest

from rantau.errors import MissingExtraError
from rantau.extras import require


def test_a_module_is_imported():
    assert require("math") is math
    assert require("os.path").join("a", "b")


def test_a_missing_package_says_what_to_install():
    with pytest.raises(MissingExtraError, match=r"'nosuchpackage' is needed for a test.*pip install nosuchpackage"):
        require("nosuchpackage.part", purpose="a test")
    with pytest.raises(MissingExtraError, match="pip install the-name"):
        require("nosuchpackage", package="the-name")


def test_a_package_that_is_there_but_broken_is_not_called_missing(tmp_path, monkeypatch):
    (tmp_path / "halfinstalled.py").write_text("import nosuchdependency\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="nosuchdependency"):
        require("halfinstalled")
    assert "halfinstalled" not in sys.modules
