"""Files of path diagrams: every format opens, text stays text, the same diagram gives the same SVG."""

import re
import xml.etree.ElementTree as ET

import pytest

from rantau.errors import OptionError
from rantau.model.syntax import parse_model
from rantau.report.diagram import Options, diagram_of
from rantau.report.layout import arrange

TEXT = """
X =~ x1 + x2 + x3
M =~ m1 + m2
Y =~ y1 + y2 + y3
M ~ X   # H1 (+)
Y ~ M   # H2 (+)
Y ~ X   # H3 (+)
"""
ROWS_OF = [
    ("M", "~", "X", 0.42, 0.3, 0.5, 0.0),
    ("Y", "~", "M", -0.3, -0.5, -0.1, 0.004),
    ("Y", "~", "X", 0.05, -0.1, 0.2, 0.4),
]
SVG = "{http://www.w3.org/2000/svg}"


def drawn(**options):
    names = (("X", "Perceived quality & price"), ("M", "Trust < $5 $"))
    return diagram_of(parse_model(TEXT), ROWS_OF, [("Y", 0.3)], names=names, options=Options(**options))


def test_svg_keeps_every_text_as_text(tmp_path):
    made = drawn()
    tree = ET.parse(made.write(tmp_path / "d.svg"))
    found = ["".join(node.itertext()) for node in tree.iter(f"{SVG}text")]
    placed = arrange(made)
    wanted = [line for part in (*placed.shapes, *placed.labels) for line in part.lines]
    assert sorted(found) == sorted(wanted)
    assert "R² = .30" in found
    assert "H2: \N{MINUS SIGN}.30**" in found


def test_svg_names_fallback_fonts_and_has_a_description(tmp_path):
    svg = drawn().write(tmp_path / "d.svg").read_text(encoding="utf-8")
    families = set(re.findall(r"font-family: ([^;\"]+)", svg))
    assert families == {"'Arial', 'Liberation Sans', 'DejaVu Sans', sans-serif"}
    assert "Trust &lt; $5 $ to Y (H2)" in svg


def test_the_same_diagram_gives_the_same_svg(tmp_path):
    one = drawn().write(tmp_path / "a.svg").read_bytes()
    assert drawn().write(tmp_path / "b.svg").read_bytes() == one


def test_a_missing_font_does_not_warn_or_blank(tmp_path, caplog):
    drawn().write(tmp_path / "d.png")
    assert not [record for record in caplog.records if "findfont" in record.getMessage()]


def test_dashes_mark_what_is_not_significant(tmp_path):
    svg = drawn().write(tmp_path / "d.svg").read_text(encoding="utf-8")
    assert svg.count("stroke-dasharray") == 1


def test_monochrome_has_no_colour(tmp_path):
    svg = drawn(monochrome=True).write(tmp_path / "d.svg").read_text(encoding="utf-8")
    for colour in set(re.findall(r"#[0-9a-f]{6}", svg)):
        assert colour[1:3] == colour[3:5] == colour[5:7], colour
    coloured = drawn().write(tmp_path / "c.svg").read_text(encoding="utf-8")
    assert "#b3402a" in coloured


@pytest.mark.parametrize(
    ("suffix", "start"),
    [(".png", b"\x89PNG"), (".pdf", b"%PDF"), (".eps", b"%!PS"), (".tiff", b"II*\x00"), (".svg", b"<?xml")],
)
def test_every_format_opens(tmp_path, suffix, start):
    file = drawn().write(tmp_path / "new" / f"d{suffix}")
    assert file.read_bytes().startswith(start)


def test_png_is_300_dpi_at_the_size_of_the_layout(tmp_path):
    made = drawn()
    data = made.write(tmp_path / "d.png").read_bytes()
    width = int.from_bytes(data[16:20], "big")
    left, _, right, _ = arrange(made).box
    assert width == pytest.approx((right - left + 10) / 72 * 300, abs=1)


def test_an_unknown_suffix_names_those_that_work(tmp_path):
    with pytest.raises(OptionError, match=r"unknown picture format '\.jpg'.* Allowed: \.svg, \.png, \.pdf"):
        drawn().write(tmp_path / "d.jpg")
