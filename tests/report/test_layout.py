"""The geometry of path diagrams: nothing overlaps, arrows end on outlines, the same input gives the same picture."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rantau.model.syntax import parse_model
from rantau.report.diagram import Options, diagram_of
from rantau.report.layout import arrange, gauge, ranks, text_width, wrap
from rantau.report.layout.shapes import crosses
from rantau.report.layout.text import LETTERS

# Customer satisfaction in mobile telephony: Tenenhaus, Vinzi, Chatelin & Lauro (2005), figure 4.
MOBILE = """
Image =~ IMAG1 + IMAG2 + IMAG3 + IMAG4 + IMAG5
Expectation =~ CUEX1 + CUEX2 + CUEX3
Quality =~ PERQ1 + PERQ2 + PERQ3 + PERQ4 + PERQ5 + PERQ6 + PERQ7
Value =~ PERV1 + PERV2
Satisfaction =~ CUSA1 + CUSA2 + CUSA3
Complaints =~ CUSCO
Loyalty =~ CUSL1 + CUSL2 + CUSL3
Expectation ~ Image          # H1 (+)
Quality ~ Expectation        # H2 (+)
Value ~ Expectation          # H3 (+)
Value ~ Quality              # H4 (+)
Satisfaction ~ Image         # H5 (+)
Satisfaction ~ Expectation   # H6 (+)
Satisfaction ~ Quality       # H7 (+)
Satisfaction ~ Value         # H8 (+)
Complaints ~ Satisfaction    # H9 (+)
Loyalty ~ Image              # H10 (+)
Loyalty ~ Satisfaction       # H11 (+)
Loyalty ~ Complaints         # H12 (+)
"""
INTERNATIONAL = """
Engagement =~ DE1 + DE2 + DE3 + DE4
Network =~ NS1 + NS2 + NS3 + NS4
Support =~ AS1 + AS2 + AS3 + AS4
Performance =~ IP1 + IP2 + IP3 + IP4 + IP5
Network ~ Engagement          # H1 (+)
Network ~ Support             # H2 (+)
Performance ~ Engagement      # H3 (+)
Performance ~ Network         # H4 (+)
Performance ~ Support         # H5 (+)
Support ~ Engagement          # H6 (+)
"""
NAMES = (
    ("Engagement", "Diaspora engagement"),
    ("Network", "Network strength"),
    ("Support", "Association support"),
    ("Performance", "International performance"),
)
DEMOCRACY = """
ind60 =~ x1 + x2 + x3
dem60 =~ y1 + y2 + y3 + y4
dem65 =~ y5 + y6 + y7 + y8
dem60 ~ ind60
dem65 ~ ind60 + dem60
y1 ~~ y5
y2 ~~ y4 + y6
y3 ~~ y7
y4 ~~ y8
y6 ~~ y8
"""
CFA = """
visual =~ x1 + x2 + x3
textual =~ x4 + x5 + x6
speed =~ x7 + x8 + x9
visual ~~ textual + speed
textual ~~ speed
"""
FIVE = "\n".join(
    [
        *(f"F{f} =~ " + " + ".join(f"f{f}i{i}" for i in range(3)) for f in range(5)),
        *(f"F{a} ~~ F{b}" for a, b in combinations(range(5), 2)),
    ]
)


def estimated(text, *, content="full", names=(), **options):
    """Return a diagram in which every arrow carries a long label."""
    model = parse_model(text)
    rows = [(p.outcome, "~", p.predictor, -0.42, -0.61, -0.23, 0.0004) for p in model.paths]
    rows += [(b.construct, "=~", i, 0.79, 0.7, 0.9, 0.0) for b in model.blocks for i in b.items]
    rows += [(c.left, "~~", c.right, 0.31, 0.1, 0.5, 0.004) for c in model.covariances]
    explained = [(path.outcome, 0.44) for path in model.paths]
    return diagram_of(model, rows, explained, names=names, content=content, options=Options(**options))


CASES = [
    pytest.param(text, names, content, direction, show, id=f"{name}-{content}-{direction}-{show}")
    for name, text, names in (
        ("mobile", MOBILE, ()),
        ("international", INTERNATIONAL, NAMES),
        ("democracy", DEMOCRACY, ()),
        ("cfa", CFA, ()),
        ("five factors", FIVE, ()),
    )
    for content in ("full", "structural")
    for direction in ("right", "down")
    for show in ("estimate", "interval")
]


def apart(one, other):
    """Return whether two rectangles (or ellipses, by their rectangles) do not overlap."""
    across = abs(one.x - other.x) >= (one.width + other.width) / 2
    return across or abs(one.y - other.y) >= (one.height + other.height) / 2


def touches(label, shape):
    """Return whether a label's box overlaps a node: the box's nearest point lies inside the outline."""
    half = np.array((label.width, label.height)) / 2
    centre = np.array((label.x, label.y))
    nearest = np.clip((shape.x, shape.y), centre - half, centre + half)
    return gauge(shape, nearest) < 1


@pytest.mark.parametrize(("text", "names", "content", "direction", "show"), CASES)
def test_nothing_overlaps(text, names, content, direction, show):
    drawn = estimated(text, names=names, content=content, direction=direction, show=show)
    placed = arrange(drawn)
    for one, other in combinations(placed.shapes, 2):
        assert apart(one, other), (one.key, other.key)
    labels = [label for label in placed.labels if label.lines]
    assert len(labels) == len(drawn.edges)
    for one, other in combinations(labels, 2):
        assert apart(one, other), (one, other)
    for label in labels:
        assert not [shape.key for shape in placed.shapes if touches(label, shape)], label


@pytest.mark.parametrize(("text", "names", "content", "direction", "show"), CASES)
def test_no_arrow_runs_through_a_node(text, names, content, direction, show):
    drawn = estimated(text, names=names, content=content, direction=direction, show=show)
    placed = arrange(drawn)
    for edge, route in zip(drawn.edges, placed.routes, strict=True):
        points = route.points(200)
        for shape in placed.shapes:
            own = 1e-6 if shape.key in (edge.source, edge.target) else 0.0
            assert (gauge(shape, points) >= 1 - own).all(), (edge, shape.key)


@pytest.mark.parametrize("direction", ["right", "down"])
@pytest.mark.parametrize("text", [MOBILE, INTERNATIONAL, DEMOCRACY, CFA])
def test_arrows_end_exactly_on_the_outlines(text, direction):
    drawn = estimated(text, direction=direction)
    placed = arrange(drawn)
    shapes = {shape.key: shape for shape in placed.shapes}
    for edge, route in zip(drawn.edges, placed.routes, strict=True):
        assert gauge(shapes[edge.source], np.array(route.start)) == pytest.approx(1, abs=1e-9)
        assert gauge(shapes[edge.target], np.array(route.end)) == pytest.approx(1, abs=1e-9)


def test_gauge_of_known_points():
    drawn = arrange(estimated("X =~ a + b + c\nY =~ d + e + f\nY ~ X"))
    ellipse, box = drawn.shapes[0], drawn.shapes[2]
    assert (ellipse.outline, box.outline) == ("ellipse", "box")
    corner = np.array((1.0, 1.0)) / 2
    at = np.array((ellipse.x, ellipse.y)) + corner * (ellipse.width, ellipse.height)
    assert gauge(ellipse, at) == pytest.approx(2**0.5)
    assert gauge(box, np.array((box.x, box.y)) + corner * (box.width, box.height)) == pytest.approx(1)


def test_items_stand_outside():
    shapes = {shape.key: shape for shape in arrange(estimated(MOBILE)).shapes}
    assert all(shapes[f"IMAG{n}"].x < shapes["Image"].x for n in range(1, 6))
    assert all(shapes[f"CUSL{n}"].x > shapes["Loyalty"].x for n in range(1, 4))
    for construct, item in (("Expectation", "CUEX1"), ("Quality", "PERQ1"), ("Satisfaction", "CUSA1")):
        outside = shapes[construct].y - shapes["Image"].y
        assert (shapes[item].y - shapes[construct].y) * outside > 0


def test_the_mobile_model_fits_a_page():
    # Between margins of an inch a page is 6.27 to 6.5 inches wide: names of 9 points stay above 7.5.
    for direction in ("right", "down"):
        left, bottom, right, top = arrange(estimated(MOBILE, direction=direction)).box
        assert right - left < 7.5 * 72
        assert top - bottom < 8.5 * 72


def test_down_turns_the_order_of_ranks():
    shapes = {shape.key: shape for shape in arrange(estimated(MOBILE, direction="down")).shapes}
    order = ["Image", "Expectation", "Quality", "Value", "Satisfaction", "Complaints", "Loyalty"]
    heights = [shapes[key].y for key in order]
    assert heights == sorted(heights, reverse=True)


def test_the_same_diagram_always_gets_the_same_layout():
    assert arrange(estimated(DEMOCRACY)) == arrange(estimated(DEMOCRACY))


def test_ranks_by_the_longest_path():
    arrows = [("X", "M"), ("M", "Y"), ("X", "Y"), ("W", "Y")]
    assert ranks(("X", "W", "M", "Y"), arrows) == {"X": 0, "W": 0, "M": 1, "Y": 2}


def test_ranks_survive_a_loop():
    assert ranks(("A", "B"), [("A", "B"), ("B", "A")]) == {"A": 0, "B": 1}
    assert ranks(("A",), [("A", "A")]) == {"A": 0}
    around = [("A", "B"), ("B", "C"), ("C", "D"), ("D", "A")]
    assert ranks(("A", "B", "C", "D"), around) == {"A": 0, "B": 1, "C": 2, "D": 3}


def test_opposite_paths_do_not_lie_on_each_other():
    placed = arrange(estimated("X =~ a + b\nY =~ c + d\nY ~ X\nX ~ Y", content="structural"))
    one, back = placed.routes
    gap = np.hypot(*(one.points(9)[4] - back.points(9)[4]))
    assert gap > 8


def test_pinned_nodes_stand_where_they_are_put():
    pins = (("Network", 300.0, -40.0), ("IP1", 500.0, 300.0))
    shapes = {shape.key: shape for shape in arrange(estimated(INTERNATIONAL, positions=pins)).shapes}
    assert (shapes["Network"].x, shapes["Network"].y) == (300.0, -40.0)
    assert (shapes["IP1"].x, shapes["IP1"].y) == (500.0, 300.0)
    assert np.hypot(shapes["NS1"].x - 300, shapes["NS1"].y + 40) < 150


def test_a_path_past_a_pinned_node_curves_around_it():
    pins = (("X", 0.0, 0.0), ("M", 200.0, 0.0), ("Y", 400.0, 0.0))
    drawn = estimated("X =~ a + b\nM =~ c + d\nY =~ e + f\nM ~ X\nY ~ M + X", content="structural", positions=pins)
    placed = arrange(drawn)
    number = next(n for n, edge in enumerate(drawn.edges) if (edge.source, edge.target) == ("X", "Y"))
    points = placed.routes[number].points(200)
    assert np.abs(points[:, 1]).max() > placed.shapes[1].height / 2
    assert (gauge(placed.shapes[1], points) > 1).all()


def test_nodes_pinned_on_each_other_still_give_a_picture():
    drawn = estimated("X =~ a + b\nY =~ c + d\nY ~ X", positions=(("X", 7.0, -3.0), ("Y", 7.0, -3.0)))
    placed = arrange(drawn)
    assert np.isfinite(placed.box).all()
    (label,) = [label for edge, label in zip(drawn.edges, placed.labels, strict=True) if edge.kind == "path"]
    assert (label.x, label.y) == pytest.approx((7.0, -3.0))


def test_lines_cross_in_the_open_only():
    at = np.array([(0.0, 0.0), (2.0, 2.0), (0.0, 2.0), (2.0, 0.0), (3.0, 3.0)])
    assert crosses(at[0], at[1], at[2], at[3])
    assert not crosses(at[0], at[2], at[1], at[3])
    assert not crosses(at[0], at[1], at[1], at[3])
    assert not crosses(at[0], at[1], at[1], at[4])


def test_longer_names_make_wider_lines_and_are_wrapped():
    assert wrap("Image", 9) == ("Image",)
    assert wrap("Diaspora engagement", 9) == ("Diaspora", "engagement")
    assert wrap("Perceived quality of the services", 9) == ("Perceived", "quality of", "the services")
    assert text_width("mmm", 9) > text_width("iii", 9)
    # Arial's advance widths per 1000: H 722, e 556, l 222, l 222, o 556, with room for a wider font.
    assert text_width("Hello", 10) == pytest.approx(22.78 * 1.08)


@settings(max_examples=25, deadline=None)
@given(
    st.integers(2, 5).flatmap(
        lambda count: st.tuples(
            st.lists(st.integers(1, 5), min_size=count, max_size=count),
            st.sets(st.sampled_from(list(combinations(range(count), 2))), min_size=1, max_size=7),
        )
    ),
    st.sampled_from(["right", "down"]),
)
def test_no_two_nodes_overlap_in_any_recursive_model(shape, direction):
    sizes, paths = shape
    blocks = [f"F{f} =~ " + " + ".join(f"f{f}i{i}" for i in range(size)) for f, size in enumerate(sizes)]
    text = "\n".join([*blocks, *(f"F{b} ~ F{a}" for a, b in sorted(paths))])
    placed = arrange(estimated(text, direction=direction))
    for one, other in combinations(placed.shapes, 2):
        assert apart(one, other), (one.key, other.key)


def test_a_long_question_is_cut_in_the_picture_and_not_in_its_description():
    question = "For how many years has your business been operating since it was founded by its present owner?"
    model = parse_model("Y =~ a + b\nX =~ c + d\nY ~ X + age")
    drawn = diagram_of(model, names=(("age", question),), content="structural")
    (box,) = [shape for shape in arrange(drawn).shapes if shape.outline == "box"]
    shown = " ".join(box.lines)
    assert shown.endswith("…")
    assert len(shown) <= LETTERS + 1
    assert question in drawn.describe()
