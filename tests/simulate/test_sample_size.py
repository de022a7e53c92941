"""Formulas side by side: what they ask, and what a model tells them."""

from __future__ import annotations

from pathlib import Path

import pytest

import rantau as rt
from rantau.errors import OptionError

MODELS = Path(__file__).parents[2] / "models"


def test_a_model_tells_predictors_and_degrees_of_freedom() -> None:
    table = rt.sample_size(rt.read_model(MODELS / "internationalization.sem")).set_index("method")
    assert list(table.index) == [
        "inverse square root", "gamma-exponential", "F of a regression", "RMSEA close fit", "RMSEA not-close fit",
        "RMSEA exact fit",
    ]  # fmt: skip
    # 20 items: 210 moments less 46 parameters.
    assert "df 164" in table.asks["RMSEA close fit"] and table.n["RMSEA close fit"] == 96
    assert table.asks["F of a regression"] == "3 predictors, f2 0.15, power 0.8 at 0.05" and table.n.iloc[2] == 77
    assert "smallest standardised path 0.2, power 0.8 at 0.05 one-sided" in table.asks.iloc[0]


def test_a_population_has_the_same_degrees_of_freedom_as_its_model() -> None:
    both = [rt.read_model(MODELS / f"internationalization{kind}.sem") for kind in ("", "_population")]
    assert rt.sample_size(both[0]).equals(rt.sample_size(both[1]))


def test_without_a_model() -> None:
    assert list(rt.sample_size(path=-0.197).n) == [160, 146]
    assert list(rt.sample_size(predictors=2, effect=0.35, df=50).n) == [155, 142, 31, 214, 268, 243]


def test_what_only_pls_fits_has_no_test_of_fit() -> None:
    table = rt.sample_size("F =~ a + b\nG =~ c\nG ~ F\nF ~ G")
    assert not table.method.str.startswith("RMSEA").any() and len(table) == 3


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({"effect": 0.35}, "effect= is of a regression, and there is none"),
        ({"df": -1}, "df must be a whole number of at least 0"),
        ({"predictors": 1.5}, "predictors must be a whole number"),
        ({"path": "large"}, "a path is a standardised coefficient"),
        ({"power": 80}, "power must lie between 0.05"),
    ],
)
def test_refusals(options: dict[str, object], text: str) -> None:
    with pytest.raises(OptionError, match=text):
        rt.sample_size(**options)  # type: ignore[arg-type]
