"""The model language: every operator and modifier, every layout, every error with its place."""

import re

import pytest

from rantau.errors import ModelSyntaxError
from rantau.model import parse_model, read_model


def terms(text):
    return [
        (term.name, tuple((m.kind, m.values) for m in term.modifiers)) for term in parse_model(text).blocks[0].terms
    ]


def test_every_operator():
    model = parse_model(
        "F =~ a + b\nG <~ c + d\nF ~ G\na ~~ b\na ~ 1\nc | t1 + t2\nq := k*2\nk == 1\nk < 2\nk > 0.5\nG ~ k*x\n"
    )
    assert [(block.construct, block.kind, block.items) for block in model.blocks] == [
        ("F", "reflective", ("a", "b")),
        ("G", "composite", ("c", "d")),
    ]
    assert [(path.outcome, path.predictor) for path in model.paths] == [("F", "G"), ("G", "x")]
    assert [(one.left, one.right) for one in model.covariances] == [("a", "b")]
    assert [one.variable for one in model.intercepts] == ["a"]
    assert [(one.variable, one.term.name) for one in model.thresholds] == [("c", "t1"), ("c", "t2")]
    assert [(one.name, one.text) for one in model.definitions] == [("q", "k*2")]
    assert [one.operator for one in model.constraints] == ["==", "<", ">"]
    assert model.constructs == ("F", "G")
    assert model.observed == ("a", "b", "c", "d", "x")
    assert model.block("G").kind == "composite"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("1*a", ("fixed", (1.0,))),
        ("0.8*a", ("fixed", (0.8,))),
        (".5*a", ("fixed", (0.5,))),
        ("1.*a", ("fixed", (1.0,))),
        ("-0.5*a", ("fixed", (-0.5,))),
        ("- .5*a", ("fixed", (-0.5,))),
        ("1e-3*a", ("fixed", (0.001,))),
        ("-2E+1 * a", ("fixed", (-20.0,))),
        ("NA*a", ("free", ("NA",))),
        ("lab*a", ("label", ("lab",))),
        ("lab.1_x*a", ("label", ("lab.1_x",))),
        ('"lab"*a', ("label", ("lab",))),
        ("'lab'*a", ("label", ("lab",))),
        ("start(0.5)*a", ("start", (0.5,))),
        ("start(-.5)*a", ("start", (-0.5,))),
        ("c(1, -2)*a", ("fixed", (1.0, -2.0))),
        ("c(x, y)*a", ("label", ("x", "y"))),
        ('c("x", "y")*a', ("label", ("x", "y"))),
        ("c(NA, NA)*a", ("free", ("NA", "NA"))),
        ("c(NA, 1)*a", ("fixed", ("NA", 1.0))),
        ('equal("F=~b")*a', ("equal", ("F=~b",))),
    ],
)
def test_every_modifier(written, wanted):
    assert terms(f"F =~ {written} + b") == [("a", (wanted,)), ("b", ())]


def test_modifiers_gather_over_repeated_terms():
    assert terms("F =~ NA*a + b\nF =~ lab*a + start(2)*a") == [
        ("a", (("free", ("NA",)), ("label", ("lab",)), ("start", (2.0,)))),
        ("b", ()),
    ]
    model = parse_model("a ~~ b\nb ~~ 0.3*a")
    assert [(one.left, one.right, one.term.modifiers[0].values) for one in model.covariances] == [("a", "b", (0.3,))]
    assert parse_model('efa("e")*F =~ a + b').blocks[0].terms[0].modifiers[0].kind == "efa"


@pytest.mark.parametrize(
    "text",
    [
        "F =~ a + b; Y ~ F",
        "F =~ a + b\r\nY ~ F\r\n",
        "\ufeffF =~ a + b\nY ~ F",
        "\tF\t=~\ta\t+\tb\n\tY ~\tF",
        "F =~ a +\n     b\nY ~ F",
        "F =~ a\n  + b\nY ~ F",
        "F =~\n a + b\nY ~ F",
        "# a comment\nF =~ a + b ! another; with + and ~\n\n\nY ~ F # H1 (+) it rises",
        "F =~ a + # the first\n\n # between\n b\nY ~ F;",
        "F\u00a0=~\u2003a + b;;\nY ~ F",
        "F =~ a\nF =~ b\nY ~ F",
    ],
)
def test_layout_does_not_matter(text):
    model = parse_model(text)
    assert [(block.construct, block.items) for block in model.blocks] == [("F", ("a", "b"))]
    assert [(path.outcome, path.predictor) for path in model.paths] == [("Y", "F")]


@pytest.mark.parametrize("name", ["x.1", "x_2", "größe", "âge", "Ωmega", ".hidden", "变量", "c", "start", "if"])
def test_names(name):
    assert parse_model(f"{name} ~ a").paths[0].outcome == name
    assert parse_model(f"y ~ 2*{name}").paths[0].predictor == name


def test_places_are_those_of_an_editor():
    model = parse_model("F =~ a +\r\n\t  lab*b\r\nY ~ F")
    second = model.blocks[0].terms[1]
    assert (second.span.line, second.span.column) == (2, 4)
    assert (model.paths[0].term.span.line, model.paths[0].term.span.column) == (3, 5)


@pytest.mark.parametrize(
    ("comment", "name", "sign", "text"),
    [
        ("# H1 (+) it rises", "H1", "+", "it rises"),
        ("# H1(+)it rises", "H1", "+", "it rises"),
        ("! H2 (-): it falls", "H2", "-", "it falls"),
        ("# H3 (−) a typographic minus", "H3", "-", "a typographic minus"),
        ("# H4", "H4", "", ""),
        ("# H4a: open direction # more", "H4a", "", "open direction # more"),
        ("# H5 (+/-) either way", "H5", "", "either way"),
        ("# h6 (+) small letter", "H6", "+", "small letter"),
        ("# H7A (+) a large letter", "H7A", "+", "a large letter"),
        ("# H7.1 (-) a number of its own", "H7.1", "-", "a number of its own"),
        ("# H7.1b: (+) and a letter", "H7.1b", "+", "and a letter"),
        ("# H8. a full stop", "H8", "", "a full stop"),
        ("## H9 (+)", "H9", "+", ""),
        ("# H10 holds for firms (Smith, 2010)", "H10", "", "holds for firms (Smith, 2010)"),
    ],
)
def test_hypotheses(comment, name, sign, text):
    found = parse_model(f"Y ~ X {comment}").hypotheses[0]
    assert (found.name, found.sign, found.text) == (name, sign, text)
    assert (found.lhs, found.op, found.rhs) == ("Y", "~", "X")


def test_hypotheses_on_continuation_lines_and_definitions():
    model = parse_model("Y ~ a*X   # H1 (+)\n  + b*Z   # H2 (-) second\nM ~ X +  # H3\n Z\nq := a*b  # H4 (+) indirect")
    assert [(one.name, one.sign, one.lhs, one.op, one.rhs) for one in model.hypotheses] == [
        ("H1", "+", "Y", "~", "X"),
        ("H2", "-", "Y", "~", "Z"),
        ("H3", "", "M", "~", "X"),
        ("H4", "+", "q", ":=", "a*b"),
    ]


def test_prose_is_no_hypothesis():
    model = parse_model("# H1 and H2 come from the first paper\n# Y ~ Z  # H9 (+)\nY ~ X # not H1 (+)")
    assert model.hypotheses == ()


ERRORS = [
    ("", 1, 1, "the model is empty: write at least one line such as `F =~ item1"),
    ("# nothing\n", 1, 1, "the model is empty"),
    ("F = a", 1, 3, "a single '=' means nothing here; write `=~`"),
    ("F =~", 1, 5, "nothing stands right of '=~'"),
    ("=~ a", 1, 1, "nothing stands left of '=~'"),
    ("F =~ a b", 1, 8, "an operator is missing before 'b' (a '+'?)"),
    ("F =~ a + ", 1, 9, "the line ends after '+'"),
    ("F =~ a, b", 1, 7, "',' does not belong here"),
    ("Y ~ X ~ Z", 1, 7, "a second operator '~' in one statement; begin a new line"),
    ("X =~ a + b +\nY =~ c", 2, 3, "in one statement; line 1 ends in '+', so that it goes on here. Take that off."),
    ("F =~ F", 1, 1, "'F' cannot measure itself"),
    ("Y ~ Y", 1, 5, "'Y' is regressed on itself"),
    ("Y ~ Y:X", 1, 5, "'Y' is regressed on itself"),
    ("a\nF =~ b", 1, 1, "this line has no operator"),
    ("F =~ foo(2)*a", 1, 6, "'foo' is not a modifier; known: start(), equal(), c(), efa()"),
    ("Y ~ I(X)", 1, 5, "'I' is not a modifier"),
    ("Y ~ log(X)", 1, 5, "A variable that is a function of another is computed in the data first."),
    ("Y ~ lower(0)*X", 1, 5, "Write a label and a constraint: `a*x`"),
    ("Y ~ nan*X", 1, 5, "'nan' is no label: write `NA*x` to free a parameter"),
    ("Y ~ TRUE*X", 1, 5, "'TRUE' is no label"),
    ("Y <- X", 1, 3, "arrows are not part of the language: write `y ~ x` for a path from x to y"),
    ("X -> Y", 1, 3, "arrows are not part of the language"),
    ("X <-> Y", 1, 4, "`x ~~ y` for a covariance"),
    ("F BY a b c", 1, 1, "Where Mplus says BY, write `=~`, and `+` between variables"),
    ("Y on X", 1, 1, "Where Mplus says ON, write `~`"),
    ("level: 1\nF =~ a", 1, 1, "levels of a multilevel model are not part of the language"),
    ("F =~ a\nd = a*2", 2, 3, "`:=` (is defined as)"),
    ("F =~ 2*3", 1, 8, "a number alone is no term; write `*` and a variable"),
    ("Y ~ 0", 1, 5, "write `0*1` to fix an intercept at 0"),
    ("Y ~ 2x", 1, 6, "write a `*` between '2' and 'x'"),
    ("Y ~ X*2", 1, 7, "a number alone is no term"),
    ("Y ~ (X)", 1, 5, "expected a variable, got '('"),
    ("Y ~ X - Z", 1, 7, "'-' does not belong here"),
    ("Y ~ -a*X", 1, 5, "'-' stands only before a number"),
    ("Y ~ X:", 1, 7, "expected a variable after ':'"),
    ("F =~ 1", 1, 6, "'1' stands for an intercept and goes with '~', not with '=~'"),
    ("1 ~ X", 1, 1, "'1' cannot stand left of '~'"),
    ("A:B ~ X", 1, 1, "'A:B' cannot stand left of '~'"),
    ('efa("e")*Y ~ X', 1, 1, "efa() goes before a factor, left of `=~`"),
    ('efa("e")*a ~~ b', 1, 1, "efa() goes before a factor, left of `=~`"),
    ("a*F =~ x", 1, 1, "modifiers belong to the right of the operator"),
    ("Y ~ NA", 1, 5, "'NA' is no variable's name"),
    ("Y ~ ''*X", 1, 5, "an empty label labels nothing"),
    ("Y ~ 1e999*X", 1, 5, "'1e999' is too large a number"),
    ("Y ~ start()*X", 1, 11, "expected a value inside start(), got ')'"),
    ("Y ~ start(1*X", 1, 12, "expected ')' here, got '*'"),
    ("Y ~ start(1)X", 1, 13, "expected '*' here, got 'X'"),
    ("Y ~ c(1, a)*X", 1, 5, "c() mixes numbers and labels"),
    ("F =~ a + b + a", 1, 14, "'a' is written twice; was another variable meant?"),
    ("F =~ 0.5*a + 0.6*a", 1, 14, "already has the fixed value 0.5; the fixed value 0.6 contradicts it"),
    ("F =~ l*a + m*a", 1, 12, "already has the label 'l'; the label 'm' contradicts it"),
    ("F =~ a\nF =~ NA*b + 1*b", 2, 13, "already has `NA*`; the fixed value 1 contradicts it"),
    ("F =~ start(1)*a + start(2)*a", 1, 19, "already has start(1); start(2) contradicts it"),
    ("F =~ a\nF <~ b", 2, 1, "'F' is already reflective; a construct is measured in one way"),
    ("x ~*~ 1*y", 1, 7, "a scale is of one item: write `x ~*~ x`"),
    ("a <= b", 1, 3, "write `<`"),
    ("a >= b", 1, 3, "write `>`"),
    ("q :=", 1, 5, "expected a number or a name, got 'the end of the line'"),
    ("q := a b", 1, 8, "'b' does not belong here"),
    ("ab := a*(b", 1, 11, "expected ')' here, got 'the end of the line'"),
    ("ab := a)", 1, 8, "')' does not belong here"),
    ("q + r := 3", 1, 1, "one new name stands left of ':='"),
    ("Y ~ a*X\nq := a; q := 2*a", 2, 9, "'q' is defined twice"),
    ("Y ~ a*X\na := 2*a", 2, 1, "'a' is already a parameter's label"),
    ("a := 2*b\nY ~ a*X + b*Z", 1, 1, "'a' is already a parameter's label"),
    ("== b", 1, 1, "expected a number or a name"),
    ("Y ~ X # H1 (x)", 1, 7, "H1: the sign is (+), (-) or left out, got '(x)'"),
    ("Y ~ X + Z # H1 (+)", 1, 11, "H1 stands behind 2 paths; a hypothesis needs one path on its line"),
    *(
        (f"Y ~ X # {said}", 1, 7, "a hypothesis is written `# H1 (+) text`; its name is H and a number")
        for said in ("H 1 (+)", "H-1 (+)", "H1_a (+)", "H1ab (+)", "(H1) +", "Hypothesis 1 (+)", "Hipotesis 2: naik")
    ),
    *(
        (f"Y ~ X # {said}", 1, 7, "H1: write the sign in parentheses behind the name: `# H1 (+)` or `# H1 (-)`")
        for said in ("H1 +", "H1: - it falls", "H1 it rises (+)", "H1, H2 (+)", "H1 [+]", "H1 (positive)", "H1 > 0")
    ),
    ("F =~ X # H1 (+)", 1, 8, "H1 stands behind no path (`~`) or definition (`:=`)"),
    ("Y ~ X # H1\nZ ~ Y # H1", 2, 7, "H1 is stated twice"),
    ("Y ~ X\n# H2 (+) forgotten", 2, 1, "H2 stands on a line of its own"),
    ("Y @ X", 1, 3, "'@' (U+0040) means nothing here"),
    ("F =∼ a + b", 1, 3, "the '∼' (U+223C) behind this '=' is not that of the keyboard; write =~"),
    ("F ＝~ a + b", 1, 3, "'＝' (U+FF1D) means nothing here; write ="),
    ("Y ~ X ＋ Z", 1, 7, "'＋' (U+FF0B) means nothing here; write +"),
    ("Y ~ gro\u0308\u00dfe", 1, 8, "it is a mark apart from its letter. Type the letter anew"),
    ("F =~ a + 0.8?b", 1, 13, "a value to start from is written `start(0.8)*x`"),
    ("F =~ a + 0,5*b", 1, 11, "',' does not belong here. Decimals are written with a point: 0.5."),
    ("Y ~ a*X\na == 0,5", 2, 7, "Decimals are written with a point: 0.5."),
    ("F =~ a + 1/2*b", 1, 11, "'/' does not belong here. Write the number that it comes to: 0.5 for 1/2."),
    ("F =~ a, b, c", 1, 7, "',' does not belong here. Put `+` between variables."),
    ("F =~ a - b", 1, 8, "'-' does not belong here. Terms are joined by `+`"),
    ("Y ~ X^2", 1, 6, "'^' does not belong here. The square of x is the product `x:x`."),
    ("my F =~ a + b", 1, 4, "a name has no spaces: write `my_F`"),
    ("Y ~ a*X\nq := a**2", 2, 8, "expected a number or a name, got '*'. A power is written `^`."),
    ("Y ~ X\x00", 1, 6, "an invisible character (U+0000) means nothing here"),
    ("Y ~ X — Z", 1, 7, "'—' (U+2014) means nothing here; write -"),
    ("Y ~ “a”*X", 1, 5, 'means nothing here; write "'),
    ('Y ~ "a*X', 1, 5, 'the quotation mark " is not closed on this line'),
    ("F =~ a\n\n\f\n\n\tG ~", 5, 5, "nothing stands right of '~'"),
]


@pytest.mark.parametrize(("text", "line", "column", "message"), ERRORS, ids=[repr(row[0]) for row in ERRORS])
def test_errors_name_their_place(text, line, column, message):
    with pytest.raises(ModelSyntaxError, match=re.escape(message)) as caught:
        parse_model(text, source="study.sem")
    head, shown, caret = str(caught.value).split("\n")
    assert head.startswith(f"study.sem:{line}:{column}: ")
    assert shown == "    " + text.split("\n")[line - 1].rstrip("\r")
    assert caret.replace("\t", " ") == " " * (4 + column - 1) + "^"


def test_a_long_line_is_shown_around_the_place():
    text = "F =~ " + " + ".join(f"item{number}" for number in range(500)) + " + item7"
    with pytest.raises(ModelSyntaxError, match="'item7' is written twice") as caught:
        parse_model(text)
    head, shown, caret = str(caught.value).split("\n")
    assert len(shown) < 180
    assert shown[caret.index("^") :] == "item7"
    assert head.startswith(f"<model>:1:{len(text) - 4}: ")


def test_lines_end_in_three_ways():
    lines = ("F =~ a + b", "G =~ c +", " d", "G ~ F  # H1 (+) up")
    assert len({parse_model(end.join(lines)).replace(text="") for end in ("\n", "\r\n", "\r")}) == 1


def test_a_model_is_a_text():
    for given in (None, b"F =~ a", ["F =~ a"]):
        with pytest.raises(ModelSyntaxError, match=r"a model is read from its text, got .*rt\.read_model\(path\)"):
            parse_model(given)


# -- files -----------------------------------------------------------------------------------------


def test_a_file_is_read_as_utf8_with_any_line_ends(tmp_path):
    file = tmp_path / "small.sem"
    file.write_bytes("\ufeffGröße =~ a + b + c\r\ny ~ Größe\r\n".encode())
    model = read_model(file)
    assert model.constructs == ("Größe",)
    assert model.source == str(file)


def test_files_that_cannot_be_read(tmp_path):
    (tmp_path / "other.sem").write_text("F =~ a + b + c")
    with pytest.raises(ModelSyntaxError, match=r"othr\.sem: no such file for the model.*other\.sem"):
        read_model(tmp_path / "othr.sem")
    with pytest.raises(ModelSyntaxError, match="folder"):
        read_model(tmp_path)
    (tmp_path / "latin.sem").write_bytes("Größe =~ a".encode("latin-1"))
    with pytest.raises(ModelSyntaxError, match="UTF-8"):
        read_model(tmp_path / "latin.sem")


def test_models_are_equal_by_value():
    assert parse_model("F =~ a + b") == parse_model("F =~ a + b")
    assert hash(parse_model("F =~ a + b")) == hash(parse_model("F =~ a + b"))
    assert parse_model("F =~ a + b") != parse_model("F =~ a + c")


def test_expressions_nested_beyond_reason_are_refused():
    with pytest.raises(ModelSyntaxError, match="nested too deeply"):
        parse_model("y ~ a*x\nb := " + "(" * 5000 + "a" + ")" * 5000)


def test_a_sum_of_hundreds_of_terms_is_refused():
    assert parse_model("y ~ a*x\nq := " + " + ".join(["a"] * 200)).definitions[0].expression.names == ("a",)
    with pytest.raises(ModelSyntaxError, match=r":2:804: more than 200 terms in a row; define parts by `:=`"):
        parse_model("y ~ a*x\nq := " + " + ".join(["a"] * 1000))


def test_a_minus_behind_a_space_is_no_arrow():
    model = parse_model("y ~ a*x + b*z\na < -b\na <-5")
    assert [one.operator for one in model.constraints] == ["<", "<"]


@pytest.mark.parametrize(
    ("paths", "controls"),
    [
        ("Y ~ X + age + size", ("age", "size")),
        ("Y ~ X  # H1 (+)\nY ~ age", ("age",)),
        # What a hypothesis is about is no control: by itself, in a product, or along a defined route.
        ("Y ~ X\nY ~ age  # H1 (+)", ()),
        ("Y ~ X + age\nY ~ X:age  # H1 (+)", ()),
        ("X ~ a*age\nY ~ b*X\nroute := a*b  # H1 (+)", ()),
        # Nor is a construct, an item, or what something leads to.
        ("Y ~ X + y1\nage ~ size\nY ~ age", ("size",)),
    ],
)
def test_control_variables_are_columns_that_no_hypothesis_is_about(paths, controls):
    assert parse_model(f"X =~ x1 + x2\nY =~ y1 + y2\n{paths}").controls == controls


def test_a_model_of_columns_alone_has_no_controls():
    assert parse_model("y ~ x + z").controls == ()
