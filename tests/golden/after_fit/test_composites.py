"""Composites by the Henseler-Ogasawara specification, written out by hand for lavaan (make_composites.R)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import rantau as rt

HERE = Path(__file__).parent
DATA = HERE.parents[1] / "data"
CASES = {case["name"]: case for case in json.loads((HERE / "composites.json").read_text("utf-8"))}


@pytest.fixture(scope="module", params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> tuple[dict[str, Any], rt.SemFit]:
    stated = CASES[request.param]
    data = pd.read_csv(DATA / f"{stated['data']}.csv")
    return stated, rt.sem(stated["short"], data, **stated["options"])


def rows_of(columns: dict[str, list[Any]], frame: pd.DataFrame) -> list[tuple[dict[str, Any], Any]]:
    """Pair lavaan's rows with ours; what only completes a composite is not shown."""
    stated = [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]
    keyed = {(row.lhs, row.op, row.rhs, row.group): row for row in frame.itertuples()}
    found = []
    for row in stated:
        if "_e" in row["lhs"] or "_e" in row["rhs"]:
            continue
        group = row.get("group") or 1
        key = (row["lhs"], row["op"], row["rhs"], group)
        found.append((row, keyed[key if key in keyed else (row["rhs"], row["op"], row["lhs"], group)]))
    return found


def test_fit(case: tuple[dict[str, Any], rt.SemFit]) -> None:
    stated, fit = case
    indices = fit.fit_indices()
    for name in ("npar", "chisq", "df", "cfi", "tli", "rmsea", "srmr", "logl", "aic", "bic"):
        assert indices[name] == pytest.approx(stated["fit"][name], rel=1e-5, abs=1e-6), name


def test_estimates_and_errors(case: tuple[dict[str, Any], rt.SemFit]) -> None:
    stated, fit = case
    pairs = rows_of(stated["est"], fit.estimates())
    assert len(pairs) > 15
    for theirs, ours in pairs:
        assert ours.est == pytest.approx(theirs["est"], abs=1e-5), theirs
        assert ours.se == pytest.approx(theirs["se"], abs=1e-5), theirs


def test_standardised_solution(case: tuple[dict[str, Any], rt.SemFit]) -> None:
    stated, fit = case
    for theirs, ours in rows_of(stated["std.all"], fit.standardized()):
        assert ours.est_std == pytest.approx(theirs["est.std"], abs=1e-5), theirs


def test_weights(case: tuple[dict[str, Any], rt.SemFit]) -> None:
    stated, fit = case
    standard = fit.standardized().query("op == '<~'").set_index(["lhs", "rhs", "group"])
    of_items = fit.estimates().query("op == '<~'").set_index(["lhs", "rhs", "group"])
    rows = [dict(zip(stated["weights"], row, strict=True)) for row in zip(*stated["weights"].values(), strict=True)]
    for row in rows:
        key = (row["composite"], row["indicator"], row["group"])
        assert standard.est_std[key] == pytest.approx(row["standardised"], abs=1e-5), key
        # The script differentiates numerically.
        assert standard.se[key] == pytest.approx(row["standardised_se"], abs=2e-5), key
        assert of_items.std_lv[key] == pytest.approx(row["weight"], abs=1e-5), key


def test_the_anchor_changes_nothing() -> None:
    data = pd.read_csv(DATA / "hs.csv")
    tail = "\ntextual =~ x4 + x5 + x6\ntextual ~ C"
    one, other = (rt.sem(f"C <~ {items}{tail}", data) for items in ("x1 + x2 + x3", "x3 + x2 + x1"))
    assert one.fit_indices()["chisq"] == pytest.approx(other.fit_indices()["chisq"], abs=1e-8)
    left, right = (fit.standardized().query("op == '<~'").set_index("rhs") for fit in (one, other))
    assert left.est_std.to_dict() == pytest.approx(right.est_std[left.index].to_dict(), abs=1e-7)
    assert left.se.to_dict() == pytest.approx(right.se[left.index].to_dict(), abs=1e-7)


def test_a_weight_near_nought_does_no_harm() -> None:
    """The first item of D has hardly any weight, so that it could not be what the others are measured against."""
    fit = rt.sem(
        "C <~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nD <~ x7 + x8 + x9\nD ~ C + textual\ntextual ~ C",
        pd.read_csv(DATA / "hs.csv"),
        std_lv=True,
    )
    assert fit.converged
    assert fit.iterations < 30


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("C <~ x1 + 0.5*x2\nx9 ~ C", "the weights of a composite are estimated"),
        ("C <~ x1 + x2\nF =~ x2 + x3 + x4\nF ~ C", "'x2' already forms the composite 'C'"),
        ("C <~ x1 + x2\nx2 ~ x5\nx9 ~ C", "forms the composite 'C', which stands for it in paths"),
        ("C <~ x1 + x2\nx1 ~~ x5\nx9 ~ C", "covary freely and have no residuals"),
    ],
)
def test_what_leaves_no_room_for_weights_is_refused(text: str, message: str) -> None:
    with pytest.raises(rt.RantauError, match=message):
        rt.sem(text, pd.read_csv(DATA / "hs.csv"))


def test_a_composite_that_explains_nothing_is_not_identified() -> None:
    with pytest.raises(rt.RantauError, match="not identified"):
        rt.sem("C <~ x1 + x2 + x3\nF =~ x4 + x5 + x6\nC ~~ 0*F", pd.read_csv(DATA / "hs.csv"))
