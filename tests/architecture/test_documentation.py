"""Public functions say what they take, give and raise, with shapes, and show an example that runs."""

from __future__ import annotations

import ast
import inspect
from pathlib import Path

import pytest

import rantau as rt

SOURCE = Path(__file__).parents[2] / "src" / "rantau"
FUNCTIONS = [name for name in rt.__all__ if inspect.isfunction(getattr(rt, name))]
KERNELS = ("moments", "covariance", "pls", "inference")


def test_public_names_exist_and_are_complete() -> None:
    assert sorted(rt.__all__) == sorted(rt._HOME_OF)
    assert set(rt.__all__) <= set(dir(rt))
    with pytest.raises(AttributeError, match="has no attribute 'sme'"):
        _ = rt.sme


def test_type_checkers_see_the_same_names() -> None:
    tree = ast.parse((SOURCE / "__init__.py").read_text("utf-8"))
    seen = {
        (node.module, alias.name)
        for branch in tree.body
        if isinstance(branch, ast.If)
        for node in branch.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert seen == {(home, name) for home, names in rt._HOMES.items() for name in names}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_docstring(name: str) -> None:
    function = getattr(rt, name)
    text = inspect.getdoc(function) or ""
    for section in ("Parameters", "Returns", "Raises", "Examples"):
        assert f"{section}\n---" in text, f"{name}: no section {section}"
    assert ">>>" in text, f"{name}: no example"
    stated = text[text.index("Parameters\n") : text.index("Returns\n")]
    for parameter in inspect.signature(function).parameters:
        assert parameter in stated, f"{name}: '{parameter}' is not described"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_options_are_keyword_only_after_the_second_argument(name: str) -> None:
    positional = [
        parameter
        for parameter in inspect.signature(getattr(rt, name)).parameters.values()
        if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
    ]
    assert len(positional) <= 2


@pytest.mark.parametrize("room", KERNELS)
def test_kernels_state_the_shapes_of_their_arrays(room: str) -> None:
    silent = []
    for path in sorted((SOURCE / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            annotations = [argument.annotation for argument in node.args.args if argument.annotation]
            takes_arrays = any("Array" in ast.unparse(annotation) for annotation in annotations)
            if takes_arrays and "`(" not in (ast.get_docstring(node) or ""):
                silent.append(f"{path.relative_to(SOURCE)}:{node.name}")
    assert not silent, f"no shape such as `(n_obs, p)` in the docstring of {silent}"
