"""The label sets of rating scales in two languages, as `label_sets.toml` lists them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from rantau.record import Record

_FILE = Path(__file__).with_name("label_sets.toml")
#: How long a scale may be of which the ends alone carry words.
_FEWEST, _MOST = 4, 11


class LabelSet(Record):
    """The words of one rating scale.

    Attributes
    ----------
    scale
        What is rated: `agree`, `frequency`, ...
    language
        `en` or `id`; `en, id` for both together.
    usual
        Whether it is among the forms most often met; the others are taken only where no usual one can be meant.
    points
        For each point, from the lowest: its wordings, and for each wording its spellings, the full one first.
        No wording where the point is shown as a bare number.
    english
        Of a set in both languages: how many wordings of each point, the first of them, are English; otherwise empty.
    """

    scale: str
    language: str
    usual: bool
    points: tuple[tuple[tuple[str, ...], ...], ...]
    english: tuple[int, ...] = ()

    @property
    def labels(self) -> tuple[str, ...]:
        """The first wording of each point; empty where it has none."""
        return tuple(wordings[0][0] if wordings else "" for wordings in self.points)


@cache
def label_sets() -> tuple[LabelSet, ...]:
    """Return the sets in which every point carries words; the likelier of equal ones first.

    Examples
    --------
    >>> label_sets()[0].labels
    ('Strongly disagree', 'Disagree', 'Neither agree nor disagree', 'Agree', 'Strongly agree')
    """
    rows = tomllib.loads(_FILE.read_text("utf-8"))["sets"]
    return tuple(
        LabelSet(row["scale"], row["language"], row.get("usual", True), tuple(map(_wordings, row["points"])))
        for row in rows
    )


@cache
def ended_sets() -> tuple[LabelSet, ...]:
    """Return the sets in which the two ends alone carry words, of every length."""
    rows = tomllib.loads(_FILE.read_text("utf-8"))["ends"]
    return tuple(
        LabelSet(
            row["scale"],
            row["language"],
            False,
            (_wordings(row["points"][0]), *((),) * (points - 2), _wordings(row["points"][1])),
        )
        for points in range(_FEWEST, _MOST + 1)
        for row in rows
    )


@cache
def mixed_sets() -> tuple[LabelSet, ...]:
    """Return the sets of both languages put together: one form, answered in either."""
    return tuple(
        LabelSet(
            english.scale,
            "en, id",
            english.usual and other.usual,
            tuple((*mine, *theirs) for mine, theirs in zip(english.points, other.points, strict=True)),
            tuple(map(len, english.points)),
        )
        for english in label_sets()
        for other in label_sets()
        if (english.language, other.language) == ("en", "id")
        and (english.scale, len(english.points)) == (other.scale, len(other.points))
    )


@cache
def words_for_no_answer() -> tuple[str, ...]:
    """Return what people and form tools write where there is no answer, in either language."""
    return tuple(tomllib.loads(_FILE.read_text("utf-8"))["no_answer"])


def _wordings(point: str) -> tuple[tuple[str, ...], ...]:
    """Take a point apart: `|` between its wordings, `=` before other spellings of one."""
    parts = (wording.partition("=") for wording in point.split("|"))
    return tuple(
        (full.strip(), *(short.strip() for short in others.split(",") if short.strip())) for full, _, others in parts
    )
