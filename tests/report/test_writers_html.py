"""The web page, parsed with html.parser."""

import re
from html.parser import HTMLParser

import pytest
from sample_document import BANNER, DISCRIMINANT, sample

from rantau.errors import ReportError
from rantau.report.document import Document, FigureRef, TableRef, write

_VOID = {"meta", "img", "br", "link", "hr"}


class Page(HTMLParser):
    """Tables as rows of cell texts; every tag must be closed in order."""

    def __init__(self, text):
        super().__init__()
        self.open, self.tags, self.tables, self.text = [], [], [], ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag in _VOID:
            return
        self.open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")

    def handle_startendtag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data
        if "tr" in self.open:
            self.tables[-1][-1][-1] += data.replace("\u2007", "").replace("\u2008", "")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("html")
    return write(sample(folder), folder / "report.html").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(written):
    return Page(written)


def test_cells(page):
    assert page.tables[0][3] == [
        "H1", "Image → Satisfaction", "0.18***", "0.06", "[0.07, 0.29]", "3.24", ".001", "0.03", "Supported",
    ]  # fmt: skip
    assert page.tables[0][5][6] == "< .001"
    assert page.tables[1][3][0] == "2. Trust_x & *co* <50%"
    assert [row[1] for row in page.tables[2]] == [
        "Value",
        "312.46",
        "129",
        "128.37",
        "< .001",
        ".953",
        ".051",
        "12,345.7",
    ]


def test_the_page_needs_nothing_else(written, page):
    assert not re.search(r"""(src|href)=["']?(https?:)?//""", written)
    links = {value for _, given in page.tags for name, value in given.items() if name in ("src", "href")}
    assert all(link.startswith(("#", "data:image/png;base64,")) for link in links)
    assert not [tag for tag, _ in page.tags if tag in ("link", "script")]
    assert "@import" not in written and "example.org" not in written


def test_links_of_the_contents_lead_somewhere_and_ids_are_unique(page):
    ids = [given["id"] for _, given in page.tags if "id" in given]
    assert len(ids) == len(set(ids))
    targets = [given["href"][1:] for tag, given in page.tags if tag == "a"]
    assert len(targets) == 10
    assert set(targets) <= set(ids)


def test_readers_of_any_kind_find_their_way(page):
    tags = [tag for tag, _ in page.tags]
    assert tags.count("caption") == 4
    assert ("html", {"lang": "en-GB"}) in page.tags
    scopes = {given.get("scope") for tag, given in page.tags if tag == "th"}
    assert scopes == {"col", "row", "rowgroup", "colgroup", None}
    svg = next(given for tag, given in page.tags if tag == "svg")
    assert svg["role"] == "img" and svg["aria-label"].startswith("Two ellipses")
    assert next(given for tag, given in page.tags if tag == "img")["alt"] == "A grey box"


def test_pictures_keep_their_inner_links(written):
    (clip,) = re.findall(r'<clipPath id="([^"]+)"', written)
    assert f"url(#{clip})" in written


def test_the_banner_is_at_the_top_and_under_every_table_and_figure(page):
    assert page.text.count(BANNER) == 7
    assert page.text.index(BANNER) < page.text.index("Contents")


def test_titles_are_escaped(tmp_path):
    table = DISCRIMINANT.replace(title="A < B & <SCRIPT>")
    text = write(Document("<b>", parts=(TableRef(table),)), tmp_path / "a.html").read_text(encoding="utf-8")
    assert "<title>&lt;b&gt;</title>" in text
    assert "A &lt; B &amp; &lt;SCRIPT&gt;" in text


@pytest.mark.parametrize(
    ("content", "message"),
    [("<svg", "is not a valid SVG"), ("<svg><script>1</script></svg>", "not a plain SVG"), ("<p/>", "not a plain SVG")],
)
def test_what_is_no_picture_is_refused(tmp_path, content, message):
    (tmp_path / "a.svg").write_text(content)
    document = Document("T", parts=(FigureRef("", str(tmp_path / "a.svg"), "F", alt="x"),))
    with pytest.raises(ReportError, match=message):
        write(document, tmp_path / "a.html")
