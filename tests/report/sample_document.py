"""One document with every kind of part and cell, for the tests of the writers."""

import math
import struct
import zlib
from pathlib import Path

from rantau.report.document import Document, FigureRef, Heading, ListBlock, Paragraph, TableRef
from rantau.report.table import Column, Interval, Marked, Note, Row, Table

WORDING = "I trust this provider to do what is right for people like me"
BANNER = "SIMULATED ANSWERS: these numbers come from a model, not from people."

SVG = """<?xml version="1.0" encoding="utf-8"?>
<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="320" height="120"
 viewBox="0 0 320 120">
<metadata>made elsewhere: http://example.org</metadata>
<defs><clipPath id="c1"><rect width="320" height="120"/></clipPath></defs>
<g clip-path="url(#c1)"><ellipse cx="80" cy="60" rx="60" ry="30" fill="none" stroke="black"/>
<text x="50" y="65">Trust</text><path d="M140 60 L230 60" stroke="black"/>
<ellipse id="e" cx="260" cy="60" rx="50" ry="30"
 fill="none" stroke="black"/><text x="232" y="65">Loyalty</text></g></svg>
"""


def png(width: int = 480, height: int = 180) -> bytes:
    """A grey picture, written by hand."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes([200] * width) for _ in range(height))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# Estimates of the mobile phone data in shape, with awkward values put in on purpose.
PATHS = Table(
    "paths",
    "Structural paths and the decisions on the hypotheses",
    (
        Column("hypothesis", "H"),
        Column("path", "Path"),
        Column("beta", "β", "loading", spanner="Estimate"),
        Column("se", "*SE*", "decimal", spanner="Estimate"),
        Column("ci", "95% CI", "interval"),
        Column("t", "*t*", "decimal"),
        Column("p", "*p*", "p"),
        Column("f2", "*f*^{2}", "decimal"),
        Column("decision", "Decision"),
    ),
    (
        Row(("Effects on satisfaction",), kind="group"),
        Row(
            (
                "H1",
                "Image → Satisfaction",
                Marked(0.17851, stars="***"),
                0.0551,
                Interval(0.0711, 0.2862),
                3.2401,
                0.0012,
                0.0312,
                "Supported",
            ),
            indent=1,
        ),
        Row(
            (
                "H2",
                "Expectation → Satisfaction",
                Marked(-0.0012, note="a"),
                0.0447,
                Interval(-0.0884, 0.0871),
                -0.0268,
                0.97861,
                0.0,
                "Not supported",
            ),
            indent=1,
        ),
        Row(
            (
                "H3",
                "Perceived quality → Satisfaction",
                Marked(0.5124, bold=True, stars="***"),
                0.0569,
                Interval(0.4021, 0.6223),
                9.0041,
                2.2e-16,
                0.2961,
                "Supported",
            ),
            indent=1,
        ),
        Row((), kind="rule"),
        Row(("Effects on loyalty",), kind="group"),
        Row(
            (
                "H4",
                "Satisfaction → Loyalty",
                Marked(0.4661, stars="***"),
                0.0823,
                Interval(0.2953, 0.6184),
                5.6634,
                0.00000002,
                0.2215,
                "Supported",
            ),
            indent=1,
        ),
        Row(
            (
                "H5",
                "Complaints → Loyalty",
                Marked(0.0501, dim=True),
                None,
                Interval(math.nan, math.nan),
                math.nan,
                0.4012,
                0.0,
                "Not supported",
            ),
            indent=1,
        ),
    ),
    (
        Note("probability", "*p* < .05 \\*, *p* < .01 \\*\\*, *p* < .001 \\*\\*\\*."),
        Note("specific", "The sign was expected to be positive.", mark="a"),
        Note("general", "*N* = 250. CI = percentile bootstrap interval from 10,000 draws; see {table:discriminant}."),
    ),
)

DISCRIMINANT = Table(
    "discriminant",
    "Means, standard deviations and correlations of the constructs",
    (
        Column("construct", "Construct"),
        Column("m", "*M*", "decimal"),
        Column("sd", "*SD*", "decimal"),
        Column("one", "1", "correlation", spanner="Correlation"),
        Column("two", "2", "correlation", spanner="Correlation"),
        Column("three", "3", "correlation", spanner="Correlation"),
        Column("floor", "% floor", "percent"),
        Column("n", "*n*", "integer"),
    ),
    (
        Row(("1. Image", 73.125, 12.4051, Marked(0.7421, bold=True), None, None, 0.4, 250)),
        Row(("2. Trust_x & *co* <50%", 5.0, 1.0049, 0.6128, Marked(0.8012, bold=True), None, 12.345, 249)),
        Row(("3. Loyalty", 6.6666, 0.995, -0.0049, -0.4351, Marked(1.0214, bold=True), 100.0, 1234)),
    ),
    (Note("general", "Bold: square root of AVE (√AVE). α ≥ .70 for all."),),
)

FIT = Table(
    "fit",
    "Fit of the measurement model",
    (Column("index", "Index"), Column("value", "Value", "index"), Column("ci", "90% CI", "index")),
    (
        Row((Marked("χ^{2}", markup=True), Marked(312.4567, kind="decimal"), None)),
        Row((Marked("*df*", markup=True), Marked(129, kind="integer"), None)),
        Row((Marked("*df* (corrected)", markup=True), Marked(128.374, kind="integer"), None)),
        Row((Marked("*p*", markup=True), Marked(1e-9, kind="p"), None)),
        Row(("CFI", 0.9531, None)),
        Row(("RMSEA", 0.0512, Interval(0.0461, 0.0564))),
        Row(("BIC", Marked(12345.678, kind="decimal", decimals=1), None)),
    ),
)


def wide(columns: int = 14) -> Table:
    names = [f"Construct {place}" for place in range(1, columns + 1)]
    heads = tuple(Column(f"c{place}", name, "loading") for place, name in enumerate(names))
    rows = tuple(
        Row((f"IMAG{row}", WORDING, *(Marked(0.05 * column - 0.3, dim=column != row) for column in range(columns))))
        for row in range(30)
    )
    return Table(
        "crossloadings",
        "Cross-loadings of the items",
        (Column("item", "Item"), Column("wording", "Wording"), *heads),
        rows,
    )


def sample(folder: Path, **changes: object) -> Document:
    (folder / "model picture.png").write_bytes(png())
    (folder / "model.svg").write_text(SVG, encoding="utf-8")
    figure = FigureRef(
        str(folder / "model picture.png"),
        str(folder / "model.svg"),
        "Structural model with *R*^{2}",
        "Dashed where not significant.",
        "Two ellipses, trust and loyalty, joined by an arrow",
        "model",
    )
    parts = (
        Heading(1, "Results"),
        Paragraph("Loyalty rose with trust (*β* = 0.42, *p* < .001), as {table:paths} and {figure:model} show. " * 4),
        TableRef(PATHS),
        Heading(2, "Discriminant validity"),
        ListBlock(("**HTMT** below .85", "*AVE* above .50")),
        TableRef(DISCRIMINANT),
        TableRef(FIT),
        FigureRef(str(folder / "model picture.png"), "", "A second picture", "", "A grey box", "grey"),
        figure,
        Heading(2, "All items"),
        TableRef(wide()),
        Heading(3, "Steps"),
        ListBlock(("First", "second"), ordered=True),
        Paragraph("Between the lists."),
        ListBlock(("One again",), ordered=True),
    )
    given = {"title": "Loyalty of mobile customers", "subtitle": "A sample *report*", "banner": BANNER, "parts": parts}
    return Document(**{**given, **changes})
