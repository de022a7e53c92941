"""Levels of invariance of ordered answers find what the groups were drawn from."""

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.groups.levels import invariance_levels

LOADINGS = np.array([0.8, 1.0, 1.2, 0.9, 1.1])
CUTS = np.array([-1.2, 0.2, 1.4])
MEAN, VARIANCE, RESIDUAL = 0.5, 1.5, 0.7


def drawn(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Draw two groups that answer by the same thresholds, the second with other means, variances and residuals."""
    parts = []
    for group, (mean, variance, residual) in enumerate(((0.0, 1.0, 1.0), (MEAN, VARIANCE, RESIDUAL))):
        factor = mean + np.sqrt(variance) * rng.normal(size=(n, 1))
        behind = factor * LOADINGS + np.sqrt(residual) * rng.normal(size=(n, 5))
        answers = (behind[..., None] > CUTS).sum(axis=-1)
        parts.append(pd.DataFrame(answers, columns=list("abcde")).assign(group=group))
    return pd.concat(parts, ignore_index=True)


@pytest.mark.slow
def test_latent_means_variances_and_residuals_and_the_size_of_the_tests():
    rng, found, covered, tests = np.random.default_rng(11), [], [], []
    # Under theta the residual variances are 1 in the first group, as they were drawn.
    options = {"by": "group", "ordered": True, "std_lv": True, "parameterization": "theta"}
    for _ in range(150):
        levels = invariance_levels("F =~ a + b + c + d + e", drawn(rng, 500), **options)
        fits = {level.name: level.fit for level in levels}
        rows = fits["scalar"].estimates().query("group == 2").set_index(["lhs", "op", "rhs"])
        wanted = {("F", "~1", ""): MEAN, ("F", "~~", "F"): VARIANCE, ("b", "~~", "b"): RESIDUAL}
        found.append([rows.est[key] for key in wanted])
        covered.append([rows.ci_low[key] < value < rows.ci_high[key] for key, value in wanted.items()])
        pairs = (("configural", "thresholds"), ("thresholds", "metric"), ("metric", "scalar"))
        tests.append(
            [
                fits[one].compare(fits[two], restrictions=how)[["chisq_diff", "df_diff", "p"]].iloc[1]
                for one, two in pairs
                for how in ("delta", "exact")
            ]
        )
    assert np.mean(found, axis=0) == pytest.approx([MEAN, VARIANCE, RESIDUAL], abs=0.05)
    assert (np.abs(np.mean(covered, axis=0) - 0.95) < 0.055).all()
    statistic, df, p = np.moveaxis(np.array(tests), -1, 0)
    assert ((p < 0.05).mean(axis=0) < 0.11).all()
    assert statistic.mean(axis=0) == pytest.approx(df[0], rel=0.16)
    # What differs is found: residual variances of 1 and 0.7.
    assert rt.compare(fits["scalar"], fits["strict"]).p_diff.iloc[1] < 0.05
