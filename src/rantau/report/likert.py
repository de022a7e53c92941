"""rt.likert(): figures of how the items were answered."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeAlias

from rantau.errors import ReportError, listing, unknown
from rantau.options import check_switch, choose, one_text, several_names
from rantau.report.figures.likert import Bar, Likert, height_of
from rantau.report.words import read_words
from rantau.survey.frequencies import frequencies
from rantau.survey.responses import need_responses

if TYPE_CHECKING:
    from rantau.survey.instrument import Item, Scale
    from rantau.survey.responses import Responses

#: More points than this make no bar that can be read.
MOST_POINTS = 11
#: Rows of more inches would be shrunk to fit a page, and their letters with them.
TALLEST = 6.0
#: The bars of a figure, each with the code of its construct.
Bars: TypeAlias = tuple[tuple[str, Bar], ...]


def likert(
    responses: Responses,
    items: str | Sequence[str] | None = None,
    *,
    language: str = "",
    monochrome: bool = False,
) -> tuple[Likert, ...]:
    """Draw how each item was answered, a bar per item, centred on the middle of its scale.

    Parameters
    ----------
    responses
        From `read_responses`, or `responses_of` for a data frame.
    items
        Codes of items or of constructs; all items unless given.
    language
        Of labels, `en` or `id`; the survey's first unless given.
    monochrome
        In greys, for print.

    Returns
    -------
    tuple of Likert
        One figure for each scale, or several where a page has no room for all its items, with `.write(path)` (`.svg`,
        `.png`, `.pdf`, `.tiff`, `.eps`). Answers are those entered, before any reverse-coding; `(R)` marks reversed
        items.

    Raises
    ------
    ReportError
        If there is no such item, or no scale of at most 11 points.

    Examples
    --------
    >>> import rantau as rt
    >>> survey = rt.read_survey("surveys/personality/instrument.toml")
    >>> figures = likert(rt.read_responses("surveys/personality/responses.csv", survey), ["Openness"])
    >>> [(bar.label[:2], round(bar.shares[0], 2)) for bar in figures[0].bars][:2]
    [('O1', 0.01), ('O2', 0.29)]
    """
    need_responses(responses, "likert")
    survey = responses.survey
    check_switch("monochrome", monochrome)
    if one_text("language", language):
        choose("language", language, dict.fromkeys((*survey.languages, "en", "id")))
    tongue = language or survey.languages[0]
    words = read_words(tongue if tongue in ("en", "id") else "en")
    chosen = [item for item in _chosen(responses, items) if item.scale.points <= MOST_POINTS]
    if not chosen:
        raise ReportError(
            f"no item has a scale of at most {MOST_POINTS} points, and more make no bar that can be read."
        )
    shares = frequencies(responses, share=True)
    batches: list[tuple[Bars, Scale]] = []
    banner = words("banner") if responses.simulated else ""
    for scale in dict.fromkeys(item.scale for item in chosen):
        points = list(range(scale.minimum, scale.maximum + 1))
        bars = []
        for item in chosen:
            if item.scale != scale:
                continue
            mark = f" {words('table.items.reversed')}" if item.reversed else ""
            wording = item.wording.text(tongue)
            label = item.code if wording == item.code else f"{item.code}  {wording}"
            own: Any = shares.loc[item.code]
            parts = tuple(float(own[point]) for point in points)
            bars.append((item.construct, Bar(label + mark, parts, round(own["n"]), item.reversed)))
        batches += [(batch, scale) for batch in _batches(bars)]
    title = f"figure.likert.title{'_of' if len(batches) > 1 else ''}"
    names = {one.code: one.name.text(tongue) for one in survey.constructs}
    figures = []
    for batch, scale in batches:
        named = words.listing([names.get(code, code) for code in dict.fromkeys(code for code, _ in batch)])
        shown = tuple(bar for _, bar in batch)
        figures.append(Likert(words(title, names=named), shown, scale, words.language, banner, monochrome))
    return tuple(figures)


def _chosen(responses: Responses, names: Sequence[str] | None) -> list[Item]:
    """Return the items asked for that have a column, in the order of the instrument."""
    survey = responses.survey
    every = [item for item in survey.items if item.code in responses.columns]
    if names is None:
        return every
    asked = several_names("items", names, "TR1")
    constructs = {construct.code for construct in survey.constructs}
    known = [*constructs, *(item.code for item in every)]
    for name in asked:
        if name not in known:
            raise ReportError(unknown("item or construct", str(name), sorted(known), where=listing([survey.file])))
    wanted = {name for name in asked if name not in constructs}
    wanted |= {item.code for name in asked if name in constructs for item in survey.items_of(name)}
    return [item for item in every if item.code in wanted]


def _batches(bars: Sequence[tuple[str, Bar]]) -> Iterator[Bars]:
    """Yield the bars of each figure, about as high as one another; constructs stay whole where a page has room."""
    tall = sum(height_of(bar.label) for _, bar in bars)
    size = tall / math.ceil(tall / TALLEST)
    batch: list[tuple[str, Bar]] = []
    filled = 0.0
    for _, each in groupby(bars, key=lambda one: one[0]):
        own = tuple(each)
        more = sum(height_of(bar.label) for _, bar in own)
        # Half a construct over or under the size is as near as whole constructs come.
        if batch and (filled + more > TALLEST or filled + more / 2 > size):
            yield tuple(batch)
            batch, filled = [], 0.0
        for one in own:
            height = height_of(one[1].label)
            if filled + height > TALLEST:
                yield tuple(batch)
                batch, filled = [], 0.0
            batch.append(one)
            filled += height
    yield tuple(batch)
