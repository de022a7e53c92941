"""How much room text takes, from a table of widths and not from the fonts of this machine."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from itertools import combinations, pairwise

from rantau.report.layout.shapes import Point

#: Advance widths of Arial and Liberation Sans as shares of the size, by letters that share one.
WIDTHS = (
    ("ijl'", 0.222),
    (" .,:;!/ft[]|\\", 0.278),
    ("()-r", 0.333),
    ("*", 0.389),
    ("ckszvxyJ", 0.5),
    ("+=<>\N{MINUS SIGN}×~", 0.584),
    ("FTZ", 0.611),
    ("AEBKPSVXY&", 0.667),
    ("CDHNRUw", 0.722),
    ("GOQ", 0.778),
    ("mM%", 0.86),
    ("W@", 0.98),
)
WIDTH_OF = {letter: width for letters, width in WIDTHS for letter in letters}
#: Room for a wider fallback font: DejaVu Sans runs about a tenth wider than Arial.
SLACK = 1.08
#: From one line to the next, in sizes of the text.
LINE = 1.18
#: Of a label in a figure.
LETTERS = 48

#: Sizes of text beside that of the construct names.
ITEM_SIZE, PATH_SIZE, LOADING_SIZE, R2_SIZE = 0.84, 0.92, 0.76, 0.86


def text_width(text: str, size: float) -> float:
    """Return about how wide a text is in a sans-serif font, in points.

    Widths are a table and not measured, so that a diagram is the same on every machine.

    Parameters
    ----------
    text
        One line.
    size
        In points.

    Returns
    -------
    float
        Rather too wide than too narrow.
    """
    return SLACK * size * sum(WIDTH_OF.get(letter, 0.556 if ord(letter) < 0x2E80 else 1.0) for letter in text)


def shortened(label: str) -> str:
    """Return a label as a figure has room for it: a question may be long, and stands whole in tables.

    Examples
    --------
    >>> shortened("For how many years has your business been operating since it was founded?")
    'For how many years has your business been…'
    """
    cut = textwrap.shorten(label, LETTERS, placeholder="")
    return label if cut == " ".join(label.split()) else (cut or label[:LETTERS]).rstrip(",;:–-") + "…"


def wrap(label: str, size: float) -> tuple[str, ...]:
    """Break a label at its spaces into as few lines as fit an ellipse, of lengths as even as can be.

    Parameters
    ----------
    label
        Words.
    size
        Of the text, in points.

    Returns
    -------
    tuple of str
        One to four lines.

    Examples
    --------
    >>> wrap("Perceived quality of the services", 9)
    ('Perceived', 'quality of', 'the services')
    """
    words = label.split()
    best: tuple[str, ...] = (label,)
    for count in range(1, min(len(words), 4) + 1):
        ways = []
        for cuts in combinations(range(1, len(words)), count - 1):
            ends = (0, *cuts, len(words))
            ways.append(tuple(" ".join(words[a:b]) for a, b in pairwise(ends)))
        best = min(ways, key=lambda lines: max(text_width(line, size) for line in lines))
        if max(text_width(line, size) for line in best) <= 7.4 * size:
            break
    return best


def ellipse_around(lines: Sequence[str], explained: str, size: float) -> Point:
    """Return width and height of the ellipse that holds lines of text.

    Parameters
    ----------
    lines
        The name of a construct.
    explained
        Its R², written smaller as the last line; may be empty.
    size
        Of the name, in points.

    Returns
    -------
    tuple of float
        In points.
    """
    sizes = [size] * len(lines) + ([R2_SIZE * size] if explained else [])
    heights = [LINE * each for each in sizes]
    top = sum(heights) / 2
    half_height = max(1.42 * top, 1.75 * size)
    half_width = 0.0
    for line, each, height in zip((*lines, explained), sizes, heights, strict=False):
        far = max(abs(top), abs(top - height)) - 0.12 * height
        half_width = max(half_width, text_width(line, each) / 2 / math.sqrt(1 - (far / half_height) ** 2))
        top -= height
    return 2 * half_width + 0.7 * size, 2 * half_height
