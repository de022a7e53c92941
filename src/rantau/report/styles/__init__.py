"""Styles: how a journal or a faculty wants numbers, tables and pages; one TOML file each."""

from __future__ import annotations

import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

from rantau.errors import ReportError, unknown
from rantau.files import read_text
from rantau.options import choose
from rantau.record import Record

_FOLDER = Path(__file__).parent
_R = TypeVar("_R", bound=Record)
# Width and height of the papers a style may name, in centimetres.
_PAPERS = {"A4": (21.0, 29.7), "letter": (21.59, 27.94)}


class KindRule(Record):
    """Decimals of one kind of number, and whether a zero stands before the decimal mark below 1."""

    decimals: int
    leading_zero: bool


class Page(Record):
    """Paper, fonts (points) and spacing of a printed page; margins are top, right, bottom, left."""

    font: str
    size: float
    table_size: float
    line_spacing: float
    first_line_cm: float
    paper: str
    margins_cm: tuple[float, ...]
    headings: tuple[str, ...]

    @property
    def paper_cm(self) -> tuple[float, float]:
        """Width and height of the upright paper."""
        return _PAPERS[self.paper]


class Captions(Record):
    """Where and how "Table 1" and its title are set."""

    number_prefix: str
    label_bold: bool
    title_below_label: bool
    title_italic: bool
    title_bold: bool
    title_case: bool
    align: str
    figure: str


class Words(Record):
    """The words and marks of one language.

    `source` stands before the source under tables and figures, "" for no such line; `primary` is what stands there
    unless a report names where its data are from.
    """

    locale: str
    table: str
    figure: str
    note: str
    source: str
    primary: str
    contents: str
    tables: str
    low: str
    high: str
    decimal_mark: str
    separator: str
    always_leading_zero: bool
    minor: tuple[str, ...]

    @property
    def thousands(self) -> str:
        """The mark between groups of three digits: a point where the decimal mark is a comma."""
        return "." if self.decimal_mark == "," else ","


class Style(Record):
    """One style in one language: everything a writer or the formatter needs to know."""

    name: str
    language: str
    title: str
    source: str
    kinds: tuple[tuple[str, KindRule], ...]
    page: Page
    captions: Captions
    words: Words

    def rule(self, kind: str) -> KindRule:
        """Return the number rule of a kind; the language may insist on the leading zero."""
        found = dict(self.kinds)[kind]
        return found.replace(leading_zero=True) if self.words.always_leading_zero else found


def style_names() -> tuple[str, ...]:
    """Return the names of the styles that come with rantau."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def read_style(name: str = "apa7", language: str = "en") -> Style:
    """Read a style in a language.

    Parameters
    ----------
    name
        A style that comes with rantau (`apa7`, `skripsi`), or the path of your own `.toml` file.
    language
        A language the style has words for (`en`, `id`).

    Returns
    -------
    Style

    Raises
    ------
    OptionError
        If the style or the language is not known.
    ReportError
        If a style file lacks a key, has one too many, or gives one a wrong type.

    Examples
    --------
    >>> read_style("skripsi", "id").words.table
    'Tabel'
    >>> read_style("apa")
    Traceback (most recent call last):
        ...
    rantau.errors.OptionError: unknown style 'apa'. Did you mean 'apa7'? Allowed: apa7, skripsi.
    """
    own = name.endswith(".toml")
    path = Path(name) if own else _FOLDER / f"{choose('style', name, style_names())}.toml"
    return _read(path, language, path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=32)
def _read(path: Path, language: str, _changed: int) -> Style:
    """Read a style file once, and again when it has changed."""
    try:
        content = tomllib.loads(read_text(path, what="style", error=ReportError))
    except tomllib.TOMLDecodeError as error:
        raise ReportError(f"style file '{path}' is not valid TOML: {error}") from error
    for section in ("kinds", "page", "captions", "words"):
        if not isinstance(content.get(section), dict):
            raise ReportError(f"{path}: section [{section}] is missing; copy it from apa7.toml")
    _check_names(f"{path} [kinds]", content["kinds"], _KINDS)
    kinds = tuple((kind, _record(KindRule, content["kinds"][kind], f"{path} [kinds] {kind}")) for kind in _KINDS)
    words = content["words"][choose("language", language, content["words"])]
    page = _record(Page, content["page"], f"{path} [page]")
    captions = _record(Captions, content["captions"], f"{path} [captions]")
    choose("paper", page.paper, _PAPERS)
    choose("align", captions.align, ("left", "center"))
    choose("figure", captions.figure, ("above", "below"))
    if len(page.margins_cm) != 4 or len(page.headings) != 4:
        raise ReportError(f"{path} [page]: margins_cm and headings have four entries each; copy them from apa7.toml")
    return Style(
        name=path.stem,
        language=language,
        title=str(content.get("title", path.stem)),
        source=str(content.get("source", "")),
        kinds=kinds,
        page=page,
        captions=captions,
        words=_record(Words, words, f"{path} [words.{language}]"),
    )


_KINDS = ("integer", "count", "decimal", "correlation", "index", "p", "percent", "interval", "loading")


def _check_names(where: str, got: dict[str, Any], wanted: tuple[str, ...]) -> None:
    for name in got:
        if name not in wanted:
            raise ReportError(unknown("key", name, wanted, where=where))
    for name in wanted:
        if name not in got:
            raise ReportError(f"{where}: key '{name}' is missing; copy it from apa7.toml")


def _record(record: type[_R], got: dict[str, Any], where: str) -> _R:
    """Build a record from a TOML table whose keys and types must be exactly its fields'."""
    _check_names(where, got, record.field_names())
    hints = get_type_hints(record)
    values = {}
    for name, value in got.items():
        wanted = hints[name]
        kind = wanted if isinstance(wanted, type) else tuple
        read = tuple(value) if isinstance(value, list) else value
        read = float(read) if kind is float and type(read) is int else read
        if type(read) is not kind:
            raise ReportError(f"{where}: '{name}' is {value!r}, and must be of type {kind.__name__}")
        values[name] = read
    return record(**values)
