"""rt.likert(): figures of how the items were answered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from rantau.errors import ReportError, listing, unknown
from rantau.options import check_switch, choose, one_text, several_names
from rantau.report.figures.likert import Bar, Likert
from rantau.report.words import read_words
from rantau.survey.frequencies import frequencies
from rantau.survey.responses import need_responses

if TYPE_CHECKING:
    from rantau.survey.instrument import Item
    from rantau.survey.responses import Responses

#: More points than this make no bar that can be read, and more items no page.
MOST_POINTS, MOST_ITEMS = 11, 24


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
        One figure for each scale, and for each 24 items of it, with `.write(path)` (`.svg`, `.png`, `.pdf`, `.tiff`,
        `.eps`). Answers are those entered, before any reverse-coding; `(R)` marks reversed items.

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
    figures = []
    banner = words("banner") if responses.simulated else ""
    for batch in _batches(chosen):
        scale = batch[0].scale
        points = list(range(scale.minimum, scale.maximum + 1))
        bars = []
        for item in batch:
            mark = f" {words('table.items.reversed')}" if item.reversed else ""
            wording = item.wording.text(tongue)
            label = item.code if wording == item.code else f"{item.code}  {wording}"
            own: Any = shares.loc[item.code]
            shown = tuple(float(own[point]) for point in points)
            bars.append(Bar(label + mark, shown, round(own["n"]), item.reversed))
        figures.append(Likert(words("figure.likert.title"), tuple(bars), scale, words.language, banner, monochrome))
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


def _batches(items: list[Item]) -> Iterator[list[Item]]:
    """Yield items of one scale, about as many in each figure; constructs stay whole where a page has room for them."""
    for scale in dict.fromkeys(item.scale for item in items):
        own = [item for item in items if item.scale == scale]
        size = len(own) / -(-len(own) // MOST_ITEMS)
        batch: list[Item] = []
        for item in own:
            next_construct = bool(batch) and item.construct != batch[-1].construct
            if len(batch) >= MOST_ITEMS or (next_construct and len(batch) >= size - 1):
                yield batch
                batch = []
            batch.append(item)
        yield batch
