"""What was understood of a file of answers, in a few sentences."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rantau.errors import listing
from rantau.survey.instrument import Survey
from rantau.survey.match import Matched
from rantau.survey.meaning import Reading
from rantau.survey.platforms import ROWS as PLATFORMS
from rantau.survey.sheet import Sheet, shown


def understood(
    sheet: Sheet, survey: Survey, matched: Sequence[Matched], readings: Sequence[Reading], others: Sequence[str]
) -> str:
    """Say what a file was taken for.

    Parameters
    ----------
    sheet
        The file.
    survey
        The instrument.
    matched
        Its questions and their columns.
    readings
        What the cells of its items mean.
    others
        The names of the columns that are no items.
    """
    label = next((each.label for each in PLATFORMS if each.name == sheet.platform), "")
    lines = [f"{sheet.file}: {sheet.kind}{f', laid out by {label}' if label else ''}; {len(sheet.lines)} rows."]
    codes = set(survey.codes)
    ways = Counter(each.how for each in matched if each.code in codes)
    found = listing(
        f"{times} {'item' if times == 1 else 'items'} by {_their(times)} {how}" for how, times in ways.items()
    )
    own = {sheet.columns[place].name for place in sheet.own}
    asked = [each.code for each in matched if each.code not in codes]
    rest = [name for name in others if name not in asked and name not in own]
    more = [f"Also asked: {listing(asked)}."] if asked else []
    more += [f"Columns of the tool itself: {len(own)}."] if own else []
    more += [f"Other columns, kept as they are: {listing(shown(rest))}."] if rest else []
    absent = [each.code for each in survey.questions if each.code not in {match.code for match in matched}]
    more += [f"Not in the file: {listing(absent)}."] if absent else []
    lines.append(" ".join([f"{found}.", *(more or ["Every column is an item."])]))
    scales = Counter(each.how for each in readings if each.how)
    own_words = sum(bool(each.worded) and not each.how for each in readings)
    told = [f"{times} by the {how}" for how, times in scales.items()]
    told += [f"{own_words} by the labels of the instrument"] if own_words else []
    if told:
        lines.append(f"Items with words for numbers: {listing(told)}.")
    general = [change.action if not change.column else f"{change.column}: {change.action}" for change in sheet.log]
    if general:
        lines.append(f"In reading: {listing(general, most=6)}.")
    return "\n".join(lines)


def is_plain(text: str) -> bool:
    """Say whether there is nothing to tell: UTF-8 text whose columns are named by codes, nothing repaired or guessed.

    Parameters
    ----------
    text
        What was understood.
    """
    first, *others = text.splitlines() or [""]
    return (
        "UTF-8" in first
        and ", laid out by" not in first
        and len(others) == 1
        and " by " not in others[0][_code_ends(others[0]) :]
    )


def _code_ends(line: str) -> int:
    return max(line.find(f"{word} code.") for word in ("its", "their")) + 1


def _their(times: int) -> str:
    return "its" if times == 1 else "their"
