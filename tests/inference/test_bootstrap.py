"""The bootstrap: what is drawn, what is counted, and what does not depend on how it is shared out."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from ratio_fit import QUANTITIES, ratio_fit

import rantau as rt
from rantau.errors import ConvergenceWarning, EstimationError, OptionError
from rantau.fit import Quantity
from rantau.inference.resample import count_blocks, counts_of, draw_counts
from rantau.moments import Sample, resampled_moments


@pytest.fixture(scope="module")
def mobile() -> pd.DataFrame:
    return pd.read_csv("tests/data/mobile.csv")


@pytest.fixture(scope="module")
def fit() -> rt.PlsFit:
    return rt.pls(rt.read_model("models/mobile.sem"), pd.read_csv("tests/data/mobile.csv"))


def test_one_seed_one_result_on_any_number_of_workers(fit: rt.PlsFit) -> None:
    alone = rt.bootstrap(fit, draws=620, seed=7)
    shared = rt.bootstrap(fit, draws=620, seed=7, workers=2)
    np.testing.assert_array_equal(alone.values, shared.values)
    assert not np.array_equal(alone.values, rt.bootstrap(fit, draws=620, seed=8).values)


def test_fewer_draws_are_the_first_of_more(fit: rt.PlsFit) -> None:
    few, more = rt.bootstrap(fit, draws=130, seed=7), rt.bootstrap(fit, draws=620, seed=7)
    np.testing.assert_allclose(few.values, more.values[:130], rtol=0, atol=1e-12)


def test_given_rows_are_the_rows_of_the_data(mobile: pd.DataFrame, fit: rt.PlsFit) -> None:
    rows = np.random.default_rng(1).integers(0, len(mobile), size=(3, len(mobile)))
    drawn = rt.bootstrap(fit, rows=rows)
    again = rt.pls(fit.model, mobile.iloc[rows[2]])
    np.testing.assert_allclose(drawn.values[2], again.values(), atol=1e-9)
    assert drawn.seed == -1


def test_covariance_engine_by_the_same_call(mobile: pd.DataFrame) -> None:
    model = "V =~ PERV1 + PERV2\nS =~ CUSA1 + CUSA2 + CUSA3\nS ~ V"
    fit = rt.sem(model, mobile)
    rows = np.random.default_rng(1).integers(0, len(mobile), size=(2, len(mobile)))
    drawn = rt.bootstrap(fit, rows=rows)
    again = rt.sem(model, mobile.iloc[rows[1]])
    np.testing.assert_allclose(drawn.values[1], again.values(), atol=1e-6)


def test_covariates_take_the_moments_of_each_draw() -> None:
    draw = np.random.default_rng(2).normal(size=(80, 2))
    data = pd.DataFrame({"x": draw[:, 0], "y": draw[:, 0] + draw[:, 1]})
    rows = np.random.default_rng(3).integers(0, 80, size=(2, 80))
    drawn = rt.bootstrap(rt.sem("y ~ x", data), rows=rows)
    again = rt.sem("y ~ x", data.iloc[rows[0]])
    np.testing.assert_allclose(drawn.values[0], again.values(), atol=1e-9)


def test_standard_errors_near_those_of_theory() -> None:
    draw = np.random.default_rng(4).normal(size=(400, 2))
    data = pd.DataFrame({"x": draw[:, 0], "y": 0.5 * draw[:, 0] + draw[:, 1]})
    fit = rt.sem("y ~ x", data)
    drawn = rt.bootstrap(fit, draws=2000, seed=1).table()
    assert drawn.se[0] == pytest.approx(fit.estimates().se[0], rel=0.1)


def test_table_by_hand(fit: rt.PlsFit) -> None:
    drawn = rt.bootstrap(fit, draws=300, seed=2)
    table = drawn.table(level=0.9)
    values = drawn.values[:, 0]
    assert table.est[0] == fit.values()[0]
    assert table["mean"][0] == pytest.approx(values.mean())
    assert table.se[0] == pytest.approx(values.std(ddof=1))
    assert table.ci_low[0] == pytest.approx(np.quantile(values, 0.05))
    assert table.ci_high[0] == pytest.approx(np.quantile(values, 0.95))
    below, above = ((values <= 0).sum() + 1) / 301, ((values >= 0).sum() + 1) / 301
    assert table.p[0] == pytest.approx(min(1, 2 * min(below, above)))
    assert (table.p.dropna() > 0).all()


def test_item_means_are_computed_again_in_every_resample() -> None:
    random = np.random.default_rng(6)
    values = random.normal(loc=5, size=(40, 3))
    values[random.random(values.shape) < 0.2] = np.nan
    rows = random.integers(0, 40, size=(5, 40))
    stack = resampled_moments(Sample(("a", "b", "c"), values), counts_of(rows, 40))
    for draw, chosen in enumerate(rows):
        frame = pd.DataFrame(values[chosen])
        filled = frame.fillna(frame.mean())
        np.testing.assert_allclose(stack.covariance[draw], filled.cov(ddof=0), atol=1e-12)
        np.testing.assert_allclose(stack.mean[draw], filled.mean(), atol=1e-12)


def test_failed_draws_are_counted_with_their_reason() -> None:
    # The second row alone makes b vary: a third of the resamples miss it.
    data = pd.DataFrame({"a": [1.0, 2, 4, 3, 7, 5], "b": [1.0, 2, 1, 1, 1, 1]})
    drawn = rt.bootstrap(rt.pls("b ~ a", data), draws=300, seed=1)
    assert 60 < drawn.n_failed < 140
    (reason, count), *rest = drawn.failed
    assert "no variance in b" in reason and count > sum(times for _, times in rest)
    assert np.isnan(drawn.values[[bool(reason) for reason in drawn.reasons]]).all()
    assert np.isfinite(drawn.table().est).all()


def test_too_few_good_draws() -> None:
    data = pd.DataFrame({"a": [1.0, 2, 4, 3, 7, 5], "b": [1.0, 2, 1, 1, 1, 1]})
    drawn = rt.bootstrap(rt.pls("b ~ a", data), rows=[[0, 2, 3, 4, 5, 0], [0, 2, 3, 4, 5, 2]])
    with pytest.raises(EstimationError, match=r"0 of 2 draws succeeded.*no variance in b"):
        drawn.table()


def test_progress_is_told(fit: rt.PlsFit) -> None:
    told: list[tuple[int, int]] = []
    rt.bootstrap(fit, draws=1120, seed=1, progress=lambda done, every: told.append((done, every)))
    assert told == [(500, 1120), (1000, 1120), (1120, 1120)]


def test_what_is_infinite_in_some_draw_has_no_spread_and_raises_no_warning(mobile: pd.DataFrame) -> None:
    """Two items that are the same but in one row: without it their inflation is infinite."""
    table = mobile.assign(IMAG2=mobile.IMAG1.where(mobile.index != 4, mobile.IMAG1 + 1))
    draws = rt.bootstrap(rt.pls("X =~ IMAG1 + IMAG2 + IMAG3\nCUSL1 ~ X", table), draws=40)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for interval in ("percentile", "bca"):
            found = draws.table(of="vif", interval=interval).set_index("rhs")
            assert np.isinf(found.loc["IMAG1", "mean"])
            assert np.isnan(found.loc["IMAG1", "se"])
            assert np.isfinite(found.loc["IMAG3", ["se", "ci_low", "ci_high"]].astype(float)).all()


def test_refusals(fit: rt.PlsFit) -> None:
    with pytest.raises(OptionError, match="draws must be a whole number of at least 2, got 1"):
        rt.bootstrap(fit, draws=1)
    with pytest.raises(OptionError, match="seed must be a whole number of at least 0, got -1"):
        rt.bootstrap(fit, seed=-1)
    with pytest.raises(OptionError, match="workers must be a whole number of at least 1, got 0"):
        rt.bootstrap(fit, workers=0)
    with pytest.raises(EstimationError, match="rows run from 0 to 250"):
        rt.bootstrap(fit, rows=[[0, 250]])
    with pytest.raises(OptionError, match="whole numbers of shape"):
        rt.bootstrap(fit, rows=[[0.5, 1.0]])
    for shape in ((0, 250), (3, 0)):
        with pytest.raises(OptionError, match="rows names no row"):
            rt.bootstrap(fit, rows=np.empty(shape, dtype=int))
    draws = rt.bootstrap(fit, draws=2)
    with pytest.raises(OptionError, match=r"unknown interval 'percentil'\. Did you mean 'percentile'\?"):
        draws.table(interval="percentil")
    with pytest.raises(OptionError, match=r"unknown alternative 'two.sided'\. Did you mean 'two-sided'\?"):
        draws.table(alternative="two.sided")
    with pytest.raises(OptionError, match=r"unknown inadmissible 'dropped'\. Did you mean 'drop'\?"):
        draws.table(inadmissible="dropped")
    with pytest.raises(OptionError, match=r"level must lie between 0 and 1, such as 0\.95, got 95"):
        draws.table(level=95)


def test_a_fit_that_did_not_converge_is_refused(mobile: pd.DataFrame) -> None:
    with pytest.warns(ConvergenceWarning):
        fit = rt.pls(rt.read_model("models/mobile.sem"), mobile, max_iterations=1)
    with pytest.raises(EstimationError, match="did not converge"):
        rt.bootstrap(fit, draws=10)
    assert rt.bootstrap(fit, draws=10, unconverged="keep").n_failed == 10


def test_rows_are_drawn_within_strata() -> None:
    strata = np.array([1, 0, 1, 2, 0, 1])
    ((seed, size),) = count_blocks(40, 3)
    counts = draw_counts(strata, size, seed)
    for stratum, rows in enumerate((2, 3, 1)):
        np.testing.assert_array_equal(counts[:, strata == stratum].sum(axis=1), rows)
    # Every row has its chance, and no draw is the sample itself by construction.
    assert (counts.max(axis=0) > 1).tolist() == [True, True, True, False, True, True]
    ((seed, _),) = count_blocks(40, 3)
    one = draw_counts(np.zeros(6, dtype=np.intp), size, seed)
    ((seed, _),) = count_blocks(40, 3)
    np.testing.assert_array_equal(one, counts_of(np.random.default_rng(seed).integers(0, 6, size=(40, 6)), 6))


def test_a_bootstrap_keeps_the_strata_of_its_fit_and_takes_given_rows_as_they_are() -> None:
    # All of u's variation is between the strata: its mean never changes, so the ratio is that of x.
    fit = ratio_fit([1, 1, 1, 3, 3, 3], [1, 2, 3, 4, 5, 9], strata=np.array([0, 0, 0, 1, 1, 1]))
    values = rt.bootstrap(fit, draws=200).values
    np.testing.assert_allclose(values[:, 2], values[:, 0] / 2)
    given = rt.bootstrap(fit, rows=[[0, 0, 0, 0, 0, 0], [5, 5, 5, 5, 5, 5]]).values
    np.testing.assert_allclose(given[:, 2], [1, 3])


def test_tables_hold_the_quantities_asked_for() -> None:
    draws = rt.bootstrap(ratio_fit(np.arange(1, 20), np.arange(1, 20) ** 1.5), draws=100)
    assert draws.table().lhs.tolist() == ["x", "marker", "ratio"]
    standardized, indices = draws.table(of="standardized"), draws.table(of="fit_indices")
    assert standardized.est.tolist() == [draws.estimates[3]]
    assert standardized["mean"][0] == pytest.approx(draws.values[:, 3].mean())
    assert indices.lhs.tolist() == ["chisq"]
    assert "group" not in indices
    # That an index is zero is no hypothesis.
    assert np.isnan(indices.p[0]) and np.isfinite(indices.ci_low[0])
    with pytest.raises(OptionError, match=r"unknown of 'standardised'\. Did you mean 'standardized'\?"):
        draws.table(of="standardised")


def test_groups_have_their_column_where_there_are_several() -> None:
    quantities = (*QUANTITIES[:2], Quantity("x", "~1", "", group=2), *QUANTITIES[3:])
    draws = rt.bootstrap(ratio_fit([1, 2, 3, 4], [2, 3, 5, 9], quantities=quantities), draws=20)
    assert draws.table().columns.tolist() == [
        "lhs",
        "op",
        "rhs",
        "group",
        "est",
        "mean",
        "se",
        "ci_low",
        "ci_high",
        "p",
    ]
    assert draws.table().group.tolist() == [1, 1, 2]
    assert draws.table(of="standardized").group.tolist() == [1]


def test_one_sided_p_values() -> None:
    draws = rt.bootstrap(ratio_fit([1, 1, 1, 1], [-1, 0.5, 1, 2]), draws=300, seed=4)
    values = draws.values[:, 0]
    p = {side: draws.table(alternative=side).p[0] for side in ("two-sided", "greater", "less")}
    assert p["greater"] == pytest.approx(((values <= 0).sum() + 1) / 301)
    assert p["less"] == pytest.approx(((values >= 0).sum() + 1) / 301)
    assert p["two-sided"] == pytest.approx(2 * p["greater"])


def test_inadmissible_draws_are_counted_and_dropped_on_demand() -> None:
    draws = rt.bootstrap(ratio_fit([1, 2, 3, 4], [2, 3, 5, 9], noted=4), draws=200, seed=1)
    small = draws.values[:, 0] < 4
    assert draws.inadmissible == (("x is small", small.sum()),)
    assert draws.n_failed == 0
    assert draws.table()["mean"][0] == pytest.approx(draws.values[:, 0].mean())
    assert draws.table(inadmissible="drop")["mean"][0] == pytest.approx(draws.values[~small, 0].mean())
    assert f"{small.sum()} kept, though inadmissible: x is small" in str(draws)
    few = rt.bootstrap(ratio_fit([1, 2, 3, 4], [2, 3, 5, 9], noted=99), draws=20)
    with pytest.raises(EstimationError, match=r"0 of 20 draws succeeded.*x is small \(20\)"):
        few.table(inadmissible="drop")


def test_what_some_draw_leaves_undefined_has_no_interval() -> None:
    # Where one row is drawn throughout, the ratio has no error, and what is divided by it is undefined.
    draws = rt.bootstrap(ratio_fit([1, 2, 3], [2, 3, 5]), draws=300, seed=1)
    assert np.isnan(draws.values[:, 3]).any() and not draws.n_failed
    for interval in ("percentile", "basic", "bca"):
        row = draws.table(of="standardized", interval=interval).iloc[0]
        assert np.isnan([row["mean"], row.se, row.ci_low, row.ci_high, row.p]).all()
        assert np.isfinite(draws.table(interval=interval).ci_low).all()


def test_rows_in_clusters_are_not_drawn_one_by_one() -> None:
    fit = ratio_fit([1, 2, 3, 4], [2, 3, 5, 9])
    fit = fit.replace(sample=fit.rows.replace(cluster=np.array([0, 0, 1, 1])))
    with pytest.raises(EstimationError, match=r"come in clusters.*rows= takes resamples of whole clusters"):
        rt.bootstrap(fit, draws=20)
    draws = rt.bootstrap(fit, rows=[[0, 1, 0, 1], [2, 3, 2, 3]])
    assert np.isfinite(draws.table().ci_low).all()
    with pytest.raises(EstimationError, match="come in clusters"):
        draws.table(interval="bca")


def test_a_fit_without_rows_is_refused() -> None:
    with pytest.raises(EstimationError, match=r"made from moments\. Fit the data instead"):
        rt.bootstrap(ratio_fit([1, 2], [1, 2]).replace(sample=None), draws=20)
