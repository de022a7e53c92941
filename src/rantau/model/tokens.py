"""Text to tokens: the first step of reading a model file."""

from __future__ import annotations

import re
import unicodedata

from rantau.errors import ModelSyntaxError
from rantau.model.locate import located
from rantau.model.spec import Span
from rantau.record import Record

#: Longest first, so that `<~` is not read as `<` and `~`.
OPERATORS = ("~*~", "=~", "<~", "~~", ":=", "==", "<=", ">=", "<", ">", "~", "|")
SYMBOLS = ("*", "+", "-", "/", "^", "(", ")", ",", ":", "%")

_PATTERN = re.compile(
    "|".join(
        (
            r"(?P<space>(?:[^\S\n]|[\ufeff\u200b])+)",
            r"(?P<comment>[#!][^\n]*)",
            r"(?P<end>[\n;])",
            r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)",
            r"(?P<name>[^\W\d][\w.]*|\.[^\W\d][\w.]*)",
            r"(?P<text>\"[^\"\n]*\"|'[^'\n]*')",
            "(?P<operator>" + "|".join(re.escape(operator) for operator in OPERATORS) + ")",
            "(?P<symbol>" + "|".join(re.escape(symbol) for symbol in SYMBOLS) + ")",
        )
    )
)


#: What word processors and phones put in the place of plain characters.
_PLAIN = {
    "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u2018": "'", "\u2019": "'", "\u2013": "-", "\u2014": "-",
    "\u2212": "-", "\u00d7": "*", "\u223c": "~", "\u02dc": "~", "\u223d": "~", "\u301c": "~",
}  # fmt: skip


def _foreign(text: str, position: int) -> str:
    """Say what to write instead of a character that is not of the language."""
    character, following = text[position], text[position + 1 : position + 2]
    if character == "=" and _plain(following) == "~":
        return f"the '{following}' (U+{ord(following):04X}) behind this '=' is not that of the keyboard; write =~"
    if character == "=":
        return (
            "a single '=' means nothing here; write `=~` (is measured by), `~` (is explained by), `:=` (is defined as) "
            "or `==`."
        )
    if character in "\"'":
        return f"the quotation mark {character} is not closed on this line."
    shown = f"'{character}'" if character.isprintable() else "an invisible character"
    told = f"{shown} (U+{ord(character):04X}) means nothing here"
    if plain := _plain(character):
        return f"{told}; write {plain}"
    if unicodedata.combining(character):
        return f"{told}: it is a mark apart from its letter. Type the letter anew, so that it is one with its mark."
    if character == "?":
        return f"{told}; a value to start from is written `start(0.8)*x`."
    return f"{told}."


def _plain(character: str) -> str:
    """Return the character of the keyboard that another stands for, such as one of full width; empty where none."""
    found = _PLAIN.get(character) or unicodedata.normalize("NFKC", character)
    return found if found != character and found.isascii() else ""


class Token(Record):
    """One word of a model file: its kind, its text, and where it stands."""

    kind: str
    text: str
    span: Span


def tokens_of(text: str, source: str) -> tuple[tuple[Token, ...], tuple[Token, ...]]:
    """Split a model's text into words.

    Parameters
    ----------
    text
        The whole file.
    source
        Its name, for messages.

    Returns
    -------
    tuple of (tokens, comments)
        Tokens without white space; a token of kind `end` for each `;` and line end. Comments apart.

    Raises
    ------
    ModelSyntaxError
        At a character that means nothing in the language.
    """
    found: list[Token] = []
    comments: list[Token] = []
    position, line, line_start = 0, 1, 0
    while position < len(text):
        span = Span(line, position - line_start + 1)
        match = _PATTERN.match(text, position)
        if match is None:
            raise ModelSyntaxError(located(_foreign(text, position), text=text, source=source, span=span))
        kind = str(match.lastgroup)
        token = Token(kind, match.group(), span)
        if kind == "comment":
            comments.append(token)
        elif kind != "space":
            found.append(token)
        position = match.end()
        if token.text == "\n":
            line, line_start = line + 1, position
    return tuple(found), tuple(comments)
