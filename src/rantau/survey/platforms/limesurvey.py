"""LimeSurvey: codes, questions or both as names of columns; `G1Q1[SQ001]` for a row of an array."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rantau.survey.platform import Layout, Platform, bracketed

#: As codes, and as questions in the two languages.
_OWN = (
    "id", "submitdate", "lastpage", "startlanguage", "seed", "startdate", "datestamp", "ipaddr", "refurl", "token",
    "Response ID", "Date submitted", "Last page", "Start language", "Seed", "Date started", "Date last action",
    "IP address", "Referrer URL", "ID Respon", "Tanggal dikirim", "Tanggal pengiriman", "Halaman terakhir",
    "Bahasa awal", "Tanggal dimulai", "Tanggal tindakan terakhir", "Alamat IP", "Total time", "interviewtime",
)  # fmt: skip
_MARKS = ("lastpage", "startlanguage", "submitdate", "seed", "last page", "start language", "date submitted")
_MARKS_ID = ("halaman terakhir", "bahasa awal", "tanggal dikirim", "tanggal pengiriman")
#: `Q01. Question`, `G1Q1[SQ001]. Question`: the export of code and question together.
_CODED = re.compile(r"([A-Za-z][A-Za-z0-9_]*(?:\[[A-Za-z0-9_]+\])?)\s*[.:]\s+(\S.*)", re.DOTALL)


def lay_out(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout of an export by codes, by questions, or by both."""
    names = tuple(name.strip() for name in rows[0])
    plain = {(_CODED.fullmatch(name) or [name, name])[1].casefold() for name in names}
    if sum(mark in plain for mark in (*_MARKS, *_MARKS_ID)) < 2:
        return None
    parts = [_CODED.fullmatch(name) for name in names]
    wordings = tuple(found[2] if found else "" for found in parts)
    aliases = tuple(
        (*(_parts(found[1]) if found else ()), *bracketed(found[2] if found else name))
        for name, found in zip(names, parts, strict=True)
    )
    return Layout(names, wordings, aliases, 1, None, _OWN)


def _parts(code: str) -> tuple[str, ...]:
    inside = bracketed(code)
    return (code, *inside[:1])


ROW = Platform("limesurvey", "LimeSurvey", "https://www.limesurvey.org/manual/Exporting_results", lay_out)
