"""Qualtrics: a row of names, a row of questions, a row of import ids; previews among the answers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rantau.survey.platform import Layout, Platform
from rantau.survey.text import token

_OWN = (
    "StartDate", "EndDate", "Status", "IPAddress", "Progress", "Duration (in seconds)", "Finished", "RecordedDate",
    "ResponseId", "RecipientLastName", "RecipientFirstName", "RecipientEmail", "ExternalReference",
    "LocationLatitude", "LocationLongitude", "DistributionChannel", "UserLanguage", "Q_RecaptchaScore",
)  # fmt: skip
#: `Status` and `DistributionChannel` of rows that no respondent has sent, as text and as number.
_STATUS = {"survey preview": "preview", "1": "preview", "survey test": "test", "2": "test", "9": "preview"}
_STATUS |= {"spam survey preview": "preview", "17": "preview"}
_CHANNEL = {"preview": "preview", "test": "test"}
_IMPORT_ID = re.compile(r'\s*\{\s*"ImportId"\s*:')
_TAG = re.compile(r"<[^<>]{1,200}>")


def lay_out(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout of an export, with its import ids or, as the tool wrote until 2017, without."""
    names = tuple(name.strip() for name in rows[0])
    known = len(set(_OWN) & set(names))
    marked = next((place for place, row in enumerate(rows) if any(map(_IMPORT_ID.match, row))), None)
    if marked is None and known < 3:
        return None
    # Without import ids, the second row holds questions if it repeats the tool's names in words.
    second = rows[1] if len(rows) > 1 else ()
    worded = marked == 2 or (marked is None and _repeats(names, second))
    width = len(names)
    wordings = tuple(_TAG.sub("", cell) for cell in (*second, *("",) * width)[:width]) if worded else ("",) * width
    aliases = tuple((wording.rpartition(" - ")[2],) if " - " in wording else () for wording in wordings)
    places = {token(name): place for place, name in enumerate(names)}
    watched = [
        (places[name], marks)
        for name, marks in (("status", _STATUS), ("distributionchannel", _CHANNEL))
        if name in places
    ]

    def dropped(cells: Sequence[str]) -> str:
        for place, marks in watched:
            if place < len(cells) and (why := marks.get(token(cells[place]))):
                return why
        return ""

    header_rows = marked + 1 if marked is not None else 1 + worded
    return Layout(names, wordings, aliases, header_rows, dropped, _OWN)


def _repeats(names: Sequence[str], second: Sequence[str]) -> bool:
    told = {token(cell).replace(" ", "") for cell in second}
    return sum(token(name).replace(" ", "") in told for name in names if name in _OWN) >= 2


ROW = Platform(
    "qualtrics",
    "Qualtrics",
    "https://www.qualtrics.com/support/survey-platform/data-and-analysis-module/data/download-data/understanding-your-dataset/",
    lay_out,
)
