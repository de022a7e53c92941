"""Advice of the library in the words of the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer

from rantau.cli.as_typed import Switch, as_typed, switches_of
from rantau.cli.main import app

SWITCHES = {
    "missing": Switch("--missing"),
    "ordered": Switch("--ordered"),
    "group_partial": Switch("--group-partial"),
    "fixed_x": Switch("--fixed-x", "--random-x", takes_value=False),
    "std_lv": Switch("--std-lv", takes_value=False),
    "scale": Switch("--scale"),
}


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("take missing='fiml'.", "take --missing fiml."),
        ("missing= needs the rows", "--missing needs the rows"),
        ("(ordered=)", "(--ordered)"),
        ("ordered=['x1', 'x2'] or ordered=['item', ...]", "--ordered x1,x2 or --ordered item,..."),
        ("ordered=True, std_lv=True, fixed_x=False", "--ordered all, --std-lv, --random-x"),
        ("the lowest and the highest answer: scale=(1, 5).", "the lowest and the highest answer: --scale 1,5."),
        ("group_partial='F =~ x2'", "--group-partial 'F =~ x2'"),
        (
            "Improve them by rt.pos, or rt.bootstrap(fit).",
            "Improve them by `rantau segments --pos`, or `rantau bootstrap`.",
        ),
        ("rt.bootstrap(fit, errors=True), rt.position", "rt.bootstrap(fit, errors=True), rt.position"),
        # What the verb has no option for, or no word for, stays as it was said.
        ("draws=5000, std_lv=False, missing=None", "draws=5000, std_lv=False, missing=None"),
        ("rt.sem(model, data, ordered=['x1'], missing='fiml')", "rt.sem(model, data, ordered=['x1'], missing='fiml')"),
        ("sigma=missing == 1", "sigma=missing == 1"),
    ],
)
def test_options_are_said_as_they_are_typed(said, typed):
    assert as_typed(said, SWITCHES) == typed


def test_switches_are_those_of_the_verb():
    verb = typer.main.get_command(app).get_command(None, "fit")
    found = switches_of(verb.params)
    assert found["group_equal"] == Switch("--group-equal")
    assert found["fixed_x"] == Switch("--fixed-x", "--random-x", takes_value=False)
    assert "data" not in found


def test_problems_of_a_fit_are_said_as_typed_and_written_as_the_library_says_them(rantau, tmp_path):
    few, model = tmp_path / "few.csv", tmp_path / "model.sem"
    lines = Path("surveys/mobile/responses.csv").read_text("utf-8").splitlines(keepends=True)
    few.write_text("".join(lines[:41]), "utf-8")
    model.write_text("Satisfaction =~ CUSA1 + CUSA2 + CUSA3\nImage =~ IMAG1 + IMAG2\nSatisfaction ~ Image\n", "utf-8")
    asked = ("fit", few, "--model", model, "--estimator", "WLS")
    shown = rantau(*asked)
    assert "standard errors are too small. Take --estimator MLR." in shown.err
    written = rantau(*asked, "--json")
    assert any("Take estimator='MLR'." in row["text"] for row in json.loads(written.out)["problems"])
