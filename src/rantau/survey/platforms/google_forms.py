"""Google Forms: a column of times first, then the questions themselves as names of columns."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.survey.platform import Layout, Platform, bracketed

#: The first column, in the languages of forms.
_TIMES = ("timestamp", "stempel waktu", "cap waktu", "stempel tanggal")
_OWN = ("Email Address", "Email address", "Alamat Email", "Alamat email", "Username", "Nama pengguna", "Score", "Skor")


def lay_out(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout: a row of a grid is named `Question [Row]`."""
    names = tuple(name.strip() for name in rows[0])
    if not names or names[0].casefold() not in _TIMES:
        return None
    return Layout(names, ("",) * len(names), tuple(map(bracketed, names)), 1, None, (names[0], *_OWN))


ROW = Platform("google_forms", "Google Forms", "https://support.google.com/docs/answer/2917686", lay_out)
