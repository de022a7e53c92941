"""Small cases of what reading the engine line by line has brought to light, each with a law or a second road."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from rantau.covariance import cfa, compare, sam, sem
from rantau.covariance.constraints import Constraints
from rantau.errors import AdmissibilityWarning, ModelSyntaxError, OptionError
from rantau.moments import moments

TWO_FACTORS = "f =~ y1 + y2 + y3\ng =~ y4 + y5 + y6"
NOTHING_FREE = "f =~ 1*y1 + 1*y2 + 1*y3\nf ~~ 1*f\ny1 ~~ 1*y1\ny2 ~~ 1*y2\ny3 ~~ 1*y3"


def two_groups(seed: int = 3, n: int = 300) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    factors = rng.normal(size=(n, 2)) @ np.array([[1.0, 0.5], [0.0, 1.0]])
    data = pd.DataFrame(np.repeat(factors, 3, axis=1) + rng.normal(size=(n, 6)), columns=[f"y{k}" for k in range(1, 7)])
    return data.assign(side=np.where(rng.random(n) < 0.5, "left", "right"))


# -- options as others spell them --------------------------------------------------------------------


@pytest.mark.parametrize("held", [["Loadings"], ["loadings", " Intercepts"], ["loadings", "Residuals", "LV.variances"]])
def test_what_is_held_equal_may_be_spelt_in_capitals(held):
    model, data = TWO_FACTORS + "\ng ~ f", two_groups()
    plain = [kind.strip().lower().replace(".", "_") for kind in held]
    found, wanted = (sam(model, data, group="side", group_equal=names) for names in (held, plain))
    assert found.estimates().equals(wanted.estimates())
    assert found.fit_indices()["df"] == wanted.fit_indices()["df"]


def test_thresholds_in_capitals_are_of_ordered_answers_too():
    with pytest.raises(OptionError, match="say which are: ordered="):
        cfa(TWO_FACTORS, two_groups(), group="side", group_equal="Thresholds")
