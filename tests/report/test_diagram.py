"""What a path diagram says, before it is drawn: nodes, arrows, labels, the note and the words for readers."""

import math
import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from rantau.covariance import sem
from rantau.errors import OptionError, ReportError
from rantau.model.syntax import parse_model
from rantau.report.diagram import Edge, Options, diagram, diagram_of

TEXT = """
X =~ x1 + x2 + x3
M <~ m1 + m2
Y =~ y1 + y2 + y3
M ~ X   # H1 (+) more X, more M
Y ~ M   # H2 (+)
Y ~ X   # H3 (-)
x1 ~~ y1
"""
ROWS = [
    ("M", "~", "X", 0.4217, 0.30, 0.54, 0.00002, 6.1),
    ("Y", "~", "M", 0.055, -0.04, 0.15, 0.24, 1.2),
    ("Y", "~", "X", -0.3184, -0.44, -0.20, 0.004, -5.0),
    ("X", "=~", "x1", 0.81),
    ("M", "<~", "m1", 0.62),
    ("x1", "~~", "y1", 0.21, 0.02, 0.40, 0.03),
    ("X", "~~", "X", 1.0),
]


def drawn(*, content="full", rows=ROWS, names=(), **options):
    return diagram_of(
        parse_model(TEXT), rows, [("M", 0.178), ("Y", 0.5)], names=names, content=content, options=Options(**options)
    )


def edge(diagram, source, target):
    return next(e for e in diagram.edges if (e.source, e.target) == (source, target))


def test_nodes_and_arrows_follow_the_model():
    full = drawn()
    kinds = {node.key: node.kind for node in full.nodes}
    assert kinds["X"] == "construct"
    assert kinds["M"] == "composite"
    assert kinds["x1"] == "item"
    assert edge(full, "X", "x1").kind == "loading"
    assert edge(full, "m1", "M").kind == "weight"
    assert edge(full, "x1", "y1").kind == "covariance"
    assert [e.kind for e in full.edges].count("path") == 3
    assert not [e for e in full.edges if e.source == e.target]


def test_structural_leaves_the_items_out():
    assert [node.key for node in drawn(content="structural").nodes] == ["X", "M", "Y"]
    assert {e.kind for e in drawn(content="structural").edges} == {"path"}


def test_r_squared_belongs_to_outcomes():
    full = drawn()
    said = {node.key: full.node_line(node) for node in full.nodes}
    assert said["M"] == "R² = .18"
    assert said["X"] == said["x1"] == ""


@pytest.mark.parametrize(
    ("options", "lines"),
    [
        ({}, ("H3: \N{MINUS SIGN}.32**",)),
        ({"stars": False}, ("H3: \N{MINUS SIGN}.32",)),
        ({"leading_zero": True}, ("H3: \N{MINUS SIGN}0.32**",)),
        ({"show": "interval"}, ("H3: \N{MINUS SIGN}.32**", "[\N{MINUS SIGN}.44, \N{MINUS SIGN}.20]")),
        ({"show": "p"}, ("H3: \N{MINUS SIGN}.32**", "p = .004")),
        ({"show": "statistic"}, ("H3: \N{MINUS SIGN}.32**", "(\N{MINUS SIGN}5.00)")),
        ({"show": "none"}, ("H3",)),
        ({"standardized": False}, ("H3: \N{MINUS SIGN}0.32**",)),
        ({"language": "id"}, ("H3: \N{MINUS SIGN}0,32**",)),
    ],
)
def test_labels_of_a_path(options, lines):
    made = drawn(**options)
    assert made.edge_lines(edge(made, "X", "Y")) == lines


def test_loadings_show_no_stars_and_no_p():
    made = drawn(rows=[("X", "=~", "x1", 0.81, 0.7, 0.9, 0.0)], show="p")
    assert made.edge_lines(edge(made, "X", "x1")) == (".81",)
    assert made.edge_lines(edge(made, "X", "x2")) == ()


def test_three_stars_and_the_smallest_p():
    made = drawn(show="p")
    assert made.edge_lines(edge(made, "X", "M")) == ("H1: .42***", "p < .001")


def test_significance_comes_from_p_or_from_the_interval():
    made = drawn()
    assert edge(made, "X", "M").significant is True
    assert edge(made, "M", "Y").significant is False
    nan = math.nan
    rows = [("M", "~", "X", 0.4, 0.1, 0.6, nan), ("Y", "~", "M", 0.1, -0.1, 0.3, nan), ("Y", "~", "X", 0.2)]
    made = drawn(rows=rows)
    assert [edge(made, *pair).significant for pair in (("X", "M"), ("M", "Y"), ("X", "Y"))] == [True, False, None]


def test_nonsignificant_paths_can_be_left_out():
    made = drawn(hide_nonsignificant=True)
    assert [(e.source, e.target) for e in made.edges if e.kind == "path"] == [("X", "M"), ("X", "Y")]
    assert "left out" in made.note
    assert "Dashed" not in made.note


def test_the_conceptual_figure_names_hypotheses_and_signs():
    made = diagram(TEXT, content="structural")
    assert [made.edge_lines(e) for e in made.edges] == [("H1 (+)",), ("H2 (+)",), ("H3 (\N{MINUS SIGN})",)]
    assert made.note.startswith("Conceptual model")


def test_the_note_says_what_is_seen():
    note = drawn(show="interval").note
    assert note == (
        "Standardised estimates. Confidence intervals in brackets. "
        "Dashed arrows are not significant at p < .05. *p < .05. **p < .01. ***p < .001."
    )
    assert "p < 0,05" in drawn(language="id").note


def test_describe_has_one_sentence_per_path():
    said = drawn(names=(("X", "Diaspora engagement"),)).describe().splitlines()
    assert said[0] == "Path diagram: 3 constructs, 8 items, 3 paths."
    assert said[1] == "Diaspora engagement to M (H1): .42, [.30, .54], p < .001, significant."
    assert said[2] == "M to Y (H2): .06, [\N{MINUS SIGN}.04, .15], p = .240, not significant."
    assert said[4:] == ["M: R² = .18.", "Y: R² = .50."]
    assert "M ke Y (H2): 0,06" in drawn().describe("id")


def test_products_are_named_by_their_factors():
    made = diagram_of(parse_model("A =~ a\nB =~ b\nY =~ y\nY ~ A + B + A:B"), names=(("A", "Image"),))
    product = next(node for node in made.nodes if node.key == "A:B")
    assert (product.label, product.kind) == ("Image × B", "construct")


def test_survey_names_are_shown_in_the_language():
    survey = SimpleNamespace(constructs=(), names=lambda language: (("X", {"id": "Citra"}[language]),))
    made = diagram(TEXT, survey=survey, language="id")
    assert made.nodes[0].label == "Citra"


def sem_fit(groups=1):
    """Return a fit shaped as SemFit: unstandardised and standardised frames with different intervals."""
    rows = [("M", "X", 1.2, 0.42), ("Y", "M", 0.3, 0.06)]
    frame = [
        {"lhs": lhs, "op": "~", "rhs": rhs, "group": g, "est": est * g, "se": 0.2, "z": 6.0, "p": 0.001 * g,
         "ci_low": est - 0.4, "ci_high": est + 0.4, "std_all": std * g}
        for g in range(1, groups + 1) for lhs, rhs, est, std in rows
    ]  # fmt: skip
    shown = [row | {"est_std": row["std_all"], "z": 4.0, "p": 0.06, "ci_low": -0.1, "ci_high": 0.5} for row in frame]
    return SimpleNamespace(
        converged=True,
        trustworthy=True,
        model=parse_model(TEXT),
        estimates=lambda: pd.DataFrame(frame),
        standardized=lambda: pd.DataFrame(shown),
        r_squared=lambda: pd.Series({"M": 0.18, "x1": 0.66}),
    )


def test_a_covariance_fit_shows_interval_and_test_of_the_number_shown():
    path = edge(diagram(sem_fit()), "X", "M")
    assert (path.estimate, path.low, path.high, path.p, path.significant) == (0.42, -0.1, 0.5, 0.06, False)
    path = edge(diagram(sem_fit(), standardized=False), "X", "M")
    assert (path.estimate, path.low, path.high, path.p) == (1.2, pytest.approx(0.8), pytest.approx(1.6), 0.001)


def test_a_fit_of_several_groups_asks_which():
    with pytest.raises(ReportError, match=r"2 groups and a diagram shows one: give group= one of 1, 2\."):
        diagram(sem_fit(groups=2))
    with pytest.raises(ReportError, match="not 3"):
        diagram(sem_fit(groups=2), group=3)
    assert edge(diagram(sem_fit(groups=2), group=2), "X", "M").estimate == 0.84


def pls_fit():
    return SimpleNamespace(
        converged=True,
        trustworthy=True,
        model=parse_model(TEXT),
        paths=lambda: pd.DataFrame({"lhs": ["M"], "op": ["~"], "rhs": ["X"], "est": [0.51]}),
        loadings=lambda: pd.DataFrame({"construct": ["X", "M"], "item": ["x1", "m1"], "est": [0.8, 0.9]}),
        weights=lambda: pd.DataFrame({"construct": ["X", "M"], "item": ["x1", "m1"], "est": [0.4, 0.7]}),
        r_squared=lambda: pd.DataFrame({"r_squared": [0.26], "adjusted": [0.25]}, index=["M"]),
    )


def test_a_pls_fit_shows_loadings_or_weights_by_the_kind_of_block():
    made = diagram(pls_fit())
    assert edge(made, "X", "x1").estimate == 0.8
    assert edge(made, "m1", "M").estimate == 0.7
    assert edge(made, "X", "M").significant is None
    assert {n.key: n.r_squared for n in made.nodes}["M"] == 0.26


def test_draws_give_a_pls_fit_its_tests():
    table = pd.DataFrame(
        {
            "lhs": ["M"],
            "op": ["~"],
            "rhs": ["X"],
            "est": [0.52],
            "se": [0.13],
            "ci_low": [0.3],
            "ci_high": [0.7],
            "p": [0.02],
        }
    )
    for draws in (table, SimpleNamespace(table=lambda of: table)):
        path = edge(diagram(pls_fit(), draws=draws), "X", "M")
        assert (path.estimate, path.low, path.p, path.significant) == (0.51, 0.3, 0.02, True)
        assert path.statistic == pytest.approx(4.0)


def test_draws_of_the_numbers_shown_give_a_covariance_fit_its_tests():
    tables = {
        "estimates": pd.DataFrame({"lhs": ["M"], "op": ["~"], "rhs": ["X"], "est": [1.2], "se": [0.3], "p": [0.03]}),
        "standardized": pd.DataFrame(
            {"lhs": ["M"], "op": ["~"], "rhs": ["X"], "est": [0.42], "se": [0.1], "p": [0.02]}
        ),
    }
    draws = SimpleNamespace(table=lambda of: tables[of])
    assert edge(diagram(sem_fit(), draws=draws), "X", "M").p == 0.02
    assert edge(diagram(sem_fit(), draws=draws, standardized=False), "X", "M").p == 0.03
    assert edge(diagram(sem_fit(), draws=tables["standardized"]), "X", "M").statistic == pytest.approx(4.2)


def test_draws_of_several_groups_go_to_their_own():
    rows = [("M", "~", "X", g, 0.42 * g, p) for g, p in ((1, 0.02), (2, 0.04))]
    table = pd.DataFrame(rows, columns=["lhs", "op", "rhs", "group", "est", "p"])
    for group, p in ((1, 0.02), (2, 0.04)):
        assert edge(diagram(sem_fit(groups=2), draws=table, group=group), "X", "M").p == p


def test_draws_of_other_numbers_than_those_shown_are_refused():
    table = pd.DataFrame({"lhs": ["M"], "op": ["~"], "rhs": ["X"], "est": [1.2], "se": [0.2]})
    with pytest.raises(OptionError, match=r"M ~ X is 1\.200 in the draws and 0\.420 in the diagram.*of='standardized'"):
        diagram(sem_fit(), draws=table)
    with pytest.raises(OptionError, match="or standardized=True"):
        diagram(sem_fit(), draws=table.assign(est=0.42), standardized=False)


def test_unknown_options_name_the_nearest():
    with pytest.raises(OptionError, match=r"unknown show 'estimates'\. Did you mean 'estimate'\?"):
        diagram(TEXT, show="estimates")
    with pytest.raises(OptionError, match=r"unknown content 'structure'\. Did you mean 'structural'\?"):
        diagram(TEXT, content="structure")
    with pytest.raises(OptionError, match="unknown direction 'left'"):
        diagram(TEXT, direction="left")
    with pytest.raises(OptionError, match="unknown language 'de'"):
        drawn().describe("de")


def test_a_pinned_name_must_be_in_the_diagram():
    with pytest.raises(ReportError, match=r"unknown pinned name 'Z'\. .*Allowed: X, M, Y"):
        diagram(TEXT, positions=(("Z", 0, 0),))


def test_a_model_without_constructs_and_paths_cannot_be_drawn():
    with pytest.raises(ReportError, match="nothing to draw"):
        diagram("a ~ 1")


def test_an_edge_without_numbers_and_hypothesis_stays_bare():
    assert drawn().edge_lines(Edge("X", "M", "path")) == ()


def test_a_banner_is_part_of_the_picture_and_of_its_words(tmp_path):
    made = diagram("X =~ a + b + c\nY =~ d + e + f\nY ~ X", banner="SIMULATED ANSWERS: not from people.")
    assert made.describe().startswith(
        "SIMULATED ANSWERS: not from people.\nPath diagram: 2 constructs, 6 items, 1 path."
    )
    drawn = made.write(tmp_path / "model.svg").read_text(encoding="utf-8")
    assert ">SIMULATED ANSWERS: not from people.<" in drawn
    bare = made.replace(banner="").write(tmp_path / "bare.svg").read_text(encoding="utf-8")
    assert "SIMULATED" not in bare


def test_an_untrusted_fit_says_so_and_one_without_convergence_is_refused():
    data = pd.DataFrame(np.random.default_rng(3).normal(size=(30, 4)), columns=list("abcd"))
    model = "X =~ a + b + c + d"
    fit = next(
        fit
        for seed in range(50)
        for fit in [_quiet_fit(model, data.sample(30, replace=True, random_state=seed))]
        if fit.converged and not fit.trustworthy
    )
    assert diagram(fit).banner == "NOT TO BE TRUSTED: the solution is not admissible."
    with pytest.raises(ReportError, match="did not converge, so there is nothing to draw"):
        diagram(fit.replace(converged=False))


def _quiet_fit(model, data):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return sem(model, data)


def test_numbers_are_written_as_in_the_tables_of_a_style():
    rows = [("Y", "~", "X", 0.4217, 0.31, 0.53, 0.001)]
    model = parse_model("X =~ a + b\nY =~ c + d\nY ~ X")

    def written(style, language="en"):
        options = Options(style=style, language=language)
        drawn = diagram_of(model, rows, [("Y", 0.1778)], options=options)
        (path,) = [edge for edge in drawn.edges if edge.kind == "path"]
        outcome = next(node for node in drawn.nodes if node.key == "Y")
        return (*drawn.edge_lines(path), drawn.node_line(outcome), drawn.interval(path))

    # A standardised path can exceed 1 and keeps its zero, R² cannot.
    assert written("apa7") == ("0.42**", "R² = .18", "[0.31, 0.53]")
    assert written("skripsi") == ("0.42**", "R² = 0.18", "[0.31, 0.53]")
    assert written("skripsi", "id") == ("0,42**", "R² = 0,18", "[0,31; 0,53]")
    assert written("") == (".42**", "R² = .18", "[.31, .53]")
