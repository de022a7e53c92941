"""What cfa() takes of a model: its measurement, with all that is said of it."""

from pathlib import Path

import pandas as pd
import pytest

import rantau as rt
from rantau.errors import ModelSyntaxError
from rantau.model import parse_model
from rantau.model.measurement import measurement_part

HS = pd.read_csv(Path(__file__).parents[1] / "data" / "hs.csv")
MEASURED = "visual =~ x1 + a*x2 + b*x3; textual =~ x4 + c*x5 + d*x6\n"


def test_constraints_and_definitions_of_loadings_are_kept():
    # d <- read.csv("tests/data/hs.csv")
    # cfa("visual =~ x1 + a*x2 + b*x3; textual =~ x4 + c*x5 + d*x6; c == d + 0.1; a < 0.5; ratio := c/d", d)
    fit = rt.cfa(MEASURED + "c == d + 0.1; a < 0.5; ratio := c/d", HS)
    indices, rows = fit.fit_indices(), fit.estimates().set_index("label")
    assert indices["chisq"] == pytest.approx(26.582628, abs=1e-5)
    assert indices["df"] == 9
    assert rows.loc[["a", "b", "c", "d"], "est"].to_numpy() == pytest.approx(
        [0.5, 0.670332, 1.057888, 0.957888], abs=1e-5
    )
    assert rows.loc["ratio", ["est", "se"]].to_numpy(float) == pytest.approx([1.104396, 0.005609], abs=1e-5)


def test_what_names_the_label_of_a_path_goes_with_it():
    model = parse_model(MEASURED + "textual ~ p*visual; p > 0; a == p; a == b; r := a*p; s := r + c; t := c*d; t < 3")
    part = measurement_part(model)
    assert [one.name for one in part.definitions] == ["t"]
    assert [(one.left.names, one.operator) for one in part.constraints] == [(("a",), "=="), (("t",), "<")]


def test_a_label_that_is_nowhere_is_refused():
    with pytest.raises(ModelSyntaxError, match="unknown parameter label 'cc'"):
        rt.cfa(MEASURED + "cc == d", HS)
