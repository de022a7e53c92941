"""What reports call an indirect effect, by its own test and that of the direct effect."""

import numpy as np
import pandas as pd
import pytest

import rantau as rt
from rantau.report.findings import Findings
from rantau.report.prose import Prose
from rantau.report.sentences import mediation
from rantau.report.tables import ROWS
from rantau.report.words import read_words

BLOCKS = "X =~ x1 + x2; M =~ m1 + m2; Y =~ y1 + y2; M ~ X; "


def told(of_x, of_m, *, direct=" + X", draws=200, language="en"):
    """The paragraph on answers in which Y is of_x X + of_m M, and M is .6 X."""
    rng = np.random.default_rng(5)
    x, e, u = rng.normal(size=(3, 400))
    m = 0.6 * x + 0.8 * e
    y = of_x * x + of_m * m + u
    columns = {f"{name}{k}": value for name, value in (("x", x), ("m", m), ("y", y)) for k in (1, 2)}
    data = pd.DataFrame(columns) + 0.05 * rng.normal(size=(400, 6))
    fit = rt.pls(BLOCKS + f"Y ~ M{direct}", data)
    found = Findings(fit.model, pls=fit, draws=rt.bootstrap(fit, draws=draws, seed=2) if draws else None)
    (text,) = mediation(Prose(found, language, tables=[row.name for row in ROWS]))
    return text


@pytest.mark.parametrize(
    ("of_x", "of_m", "kind"),
    [
        (0.0, 0.6, "the direct one does not, which is called indirect-only mediation (Zhao et al., 2010): X → M → Y"),
        (0.5, 0.6, "with the same sign, which is called complementary mediation (Zhao et al., 2010): X → M → Y"),
        (-0.6, 0.8, "with opposite signs, which is called competitive mediation (Zhao et al., 2010): X → M → Y"),
        (0.6, 0.0, "Only the direct effect differs from zero, and nothing is mediated (Zhao et al., 2010): X → M → Y"),
        (0.0, 0.0, "Neither the indirect nor the direct effect differs from zero: X → M → Y"),
    ],
)
def test_the_kind_follows_from_both_effects(of_x, of_m, kind):
    assert kind in told(of_x, of_m)


def test_without_a_direct_path_nothing_is_classified():
    assert "differs from zero where the model has no direct path beside it: X → M → Y" in told(0.0, 0.6, direct="")


def test_without_draws_nothing_is_said_of_tests():
    assert (
        told(0.0, 0.6, draws=0)
        == "{table:effects} splits the effects in PLS-SEM into direct, indirect, and total ones."
    )


def test_the_effect_is_written_as_in_the_table():
    text = told(0.5, 0.6, language="id")
    assert "mediasi komplementer (*complementary*; Zhao et al., 2010): X → M → Y (β = 0," in text
    assert "; IK 95% [0," in text


def test_of_many_routes_the_numbers_are_left_to_the_table():
    rng = np.random.default_rng(3)
    scores = [rng.normal(size=300)]
    for _ in range(4):
        scores.append(0.6 * scores[-1] + 0.8 * rng.normal(size=300))
    data = pd.DataFrame({f"{name}{k}": value for name, value in zip("abcde", scores, strict=True) for k in (1, 2)})
    data += 0.3 * rng.normal(size=data.shape)
    blocks = "; ".join(f"{name.upper()} =~ {name}1 + {name}2" for name in "abcde")
    fit = rt.pls(f"{blocks}; B ~ A; C ~ A + B; D ~ C; E ~ D + C", data)
    found = Findings(fit.model, pls=fit, draws=rt.bootstrap(fit, draws=200, seed=2))
    (text,) = mediation(Prose(found, "en", tables=[row.name for row in ROWS]))
    routes = [row for row in found.draws.table().itertuples() if row.op == "indirect" and " -> " in row.rhs]
    mediated = {("C", "A"), ("E", "C")}
    alone = [row.p for row in routes if (row.lhs, row.rhs.split(" -> ")[0]) not in mediated]
    words = read_words("en").in_words
    assert "indirect-only mediation (Zhao et al., 2010): A → B → C; C → D → E. Of" in text
    assert "β" not in text
    assert f"Of {words(len(alone))} further indirect effects, beside which the model has no direct path, " in text
    assert text.endswith(f" {words(sum(p < 0.05 for p in alone))} differ from zero.")


def test_both_engines_tell_each_for_itself():
    rng = np.random.default_rng(5)
    x, e, u = rng.normal(size=(3, 400))
    m = 0.6 * x + 0.8 * e
    y = 0.5 * x + 0.5 * m + u
    columns = {f"{name}{k}": value for name, value in (("x", x), ("m", m), ("y", y)) for k in (1, 2, 3)}
    data = pd.DataFrame(columns) + rng.normal(size=(400, 9)) * 0.5
    text = "X =~ x1 + x2 + x3; M =~ m1 + m2 + m3; Y =~ y1 + y2 + y3; M ~ X; Y ~ M + X"
    sem, pls = rt.sem(text, data), rt.pls(text, data)
    findings = rt.report(sem, pls, rt.bootstrap(pls, draws=200, seed=2)).findings
    first, second = mediation(Prose(findings, "en", tables=[row.name for row in ROWS]))
    assert first.startswith("{table:effects} splits the effects in CB-SEM and PLS-SEM into direct, indirect, and total")
    assert "CB-SEM leads to the following conclusions. Both effects differ from zero" in first
    assert second.startswith("PLS-SEM leads to the following conclusions. Both effects differ from zero")
    drawn = findings.sem_draws.table(of="effects_standardized").query("rhs == 'X -> M'").iloc[0]
    assert f"(β = {drawn.est:.3f}, 95% CI [{drawn.ci_low:.3f}, {drawn.ci_high:.3f}])" in first
    assert f"(β = {drawn.est:.3f}" not in second


def test_one_engine_alone_needs_no_name_before_its_conclusions():
    data = pd.DataFrame(np.random.default_rng(4).normal(size=(200, 3)).cumsum(axis=1), columns=["x", "m", "y"])
    findings = rt.report(rt.sem("m ~ x; y ~ m", data)).findings
    (text,) = mediation(Prose(findings, "en", tables=[row.name for row in ROWS]))
    assert text.startswith(
        "{table:effects} splits the effects in CB-SEM into direct, indirect, and total ones. The ind"
    )
