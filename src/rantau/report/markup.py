"""Light inline markup: `*italic*`, `**bold**`, `_{subscript}`, `^{superscript}`, read into runs of text."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, TypeAlias

from rantau.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rantau.report.styles import Style

Position: TypeAlias = Literal["", "sub", "super"]


class Run(Record):
    """A stretch of text set in one way."""

    text: str
    italic: bool = False
    bold: bool = False
    position: Position = ""
    dim: bool = False


_TOKEN = re.compile(
    r"\\(?P<literal>[*_^\\{}])"
    r"|\*\*(?=\S)(?P<bold>(?:\\.|[^\\])+?)(?<=\S)\*\*(?!\*)"
    r"|\*(?=[^\s*])(?P<italic>(?:\\.|[^*\\])+?)(?<=\S)\*"
    r"|_\{(?P<sub>[^{}]*)\}"
    r"|\^\{(?P<super>[^{}]*)\}"
)


def read_markup(text: str) -> tuple[Run, ...]:
    r"""Read inline markup; a star without its fellow stays a star.

    Parameters
    ----------
    text
        Text with markup. A backslash takes the meaning from the mark after it: `\*`.

    Returns
    -------
    tuple of Run

    Examples
    --------
    >>> [(run.text, run.italic, run.position) for run in read_markup("Δ*R*^{2} (adj.)")]
    [('Δ', False, ''), ('R', True, ''), ('2', False, 'super'), (' (adj.)', False, '')]
    """
    return _join(_read(text, Run("")))


def _read(text: str, like: Run) -> Iterable[Run]:
    done = 0
    for found in _TOKEN.finditer(text):
        yield like.replace(text=text[done : found.start()])
        done = found.end()
        name = str(found.lastgroup)
        inner = found.group(name)
        if name == "literal":
            yield like.replace(text=inner)
        elif name == "bold":
            yield from _read(inner, like.replace(bold=True))
        elif name == "italic":
            yield from _read(inner, like.replace(italic=True))
        else:
            yield from _read(inner, like.replace(position=name))
    yield like.replace(text=text[done:])


def _join(runs: Iterable[Run]) -> tuple[Run, ...]:
    joined: list[Run] = []
    for run in runs:
        if joined and joined[-1].replace(text="") == run.replace(text=""):
            joined[-1] = run.replace(text=joined[-1].text + run.text)
        elif run.text:
            joined.append(run)
    return tuple(joined)


def literal(text: str) -> str:
    r"""Return text that reads as itself: for an item's wording or a construct's name put into a sentence.

    Examples
    --------
    >>> literal("a*b")
    'a\\*b'
    """
    return re.sub(r"([*_^\\{}])", r"\\\1", text)


def plain(runs: Iterable[Run]) -> str:
    """Return the text of runs, without how it is set."""
    return "".join(run.text for run in runs)


def title_case(runs: Iterable[Run], style: Style) -> tuple[Run, ...]:
    """Capitalise the words of a title but for the minor ones; marked text (symbols) stays as it is.

    Parameters
    ----------
    runs
        The title.
    style
        Its language's minor words (articles, short prepositions) stay small unless they come first
        or after a colon.

    Returns
    -------
    tuple of Run
    """
    cased: list[Run] = []
    for run in runs:
        if run.italic or run.position:
            cased.append(run)
            continue
        before = plain(cased)

        def capitalised(found: re.Match[str], before: str = before) -> str:
            return _cased(found, before, style)

        cased.append(run.replace(text=_WORD.sub(capitalised, run.text)))
    return tuple(cased)


# A whole word of letters: codes such as trust_1 are left alone.
_WORD = re.compile(r"(?<![\w'’])[^\W\d_]+(?!\w)")


def _cased(found: re.Match[str], before: str, style: Style) -> str:
    word = found.group()
    so_far = before + found.string[: found.start()]
    if not word.islower() or so_far[-1:].isalnum():
        return word
    if word in style.words.minor:
        first = not so_far.strip() or so_far.rstrip().endswith((":", ".", "?", "!", "—"))
        return word[:1].upper() + word[1:] if first else word
    # A single letter is a symbol (p, n, α), and a capital would change its meaning.
    return word if len(word) == 1 else word[:1].upper() + word[1:]
