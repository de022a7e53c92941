"""Google Forms: a column of times first, then the questions themselves as names of columns."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.survey.platform import Layout, Platform, bracketed

#: The first column, in the languages of forms.
_TIMES = ("timestamp", "stempel waktu", "cap waktu", "stempel tanggal")
#: What a quiz adds to each question, as the row of a grid that is none.
_OF_QUIZZES = (" [Score]", " [Feedback]", " [Skor]", " [Masukan]")
_OWN = ("Email Address", "Email address", "Alamat Email", "Alamat email", "Username", "Nama pengguna", "Score", "Skor")


def lay_out(rows: Sequence[Sequence[str]]) -> Layout | None:
    """Return the layout: a row of a grid is named `Question [Row]`."""
    names = tuple(name.strip() for name in rows[0])
    if not names or names[0].casefold() not in _TIMES:
        return None
    added = {name for name in names for mark in _OF_QUIZZES if name.removesuffix(mark) in names and name.endswith(mark)}
    aliases = tuple(() if name in added else bracketed(name) for name in names)
    return Layout(names, ("",) * len(names), aliases, 1, None, (names[0], *_OWN, *sorted(added)))


ROW = Platform("google_forms", "Google Forms", "https://support.google.com/docs/answer/2917686", lay_out)
