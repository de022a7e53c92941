"""A cell in the form in which it is compared."""

from __future__ import annotations

import re
import unicodedata

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}([.]0*|,0{1,2})?")
_NUMERAL = re.compile(r"[+-]?([0-9]+[.,]?[0-9]*|[.,][0-9]+)([eE][+-]?[0-9]+)?")
#: How a text begins that a spreadsheet would run as a formula.
_RUN = ("=", "+", "-", "@", "\t", "\r")
_GUARD = "'"
#: How a cell without an answer is written, in the form of `token`, by spreadsheets and by pandas.
NOTHING = ("", "nan", "none", "<na>", "nat")


def token(cell: str) -> str:
    """Return a cell in the form in which cells, labels and missing codes are compared.

    Letter case and spacing are ignored, and a whole number counts as itself however it is written: pandas
    saves the 5 of a column with gaps as `5.0`, a spreadsheet with decimal commas as `5,0`.

    Parameters
    ----------
    cell
        As the file holds it.

    Examples
    --------
    >>> token("  Strongly   AGREE ")
    'strongly agree'
    >>> token("5.0"), token("-99"), token("4.5")
    ('5', '-99', '4.5')
    """
    plain = " ".join(unicodedata.normalize("NFC", cell).split()).casefold()
    return str(int(re.split("[.,]", plain)[0])) if _WHOLE.fullmatch(plain) else plain


def guarded(cell: str) -> str:
    """Return a text as it goes into a CSV file: with an apostrophe before what a spreadsheet would run as a formula.

    `unguarded` takes it off again, and that of a cell which has one of its own.

    Examples
    --------
    >>> guarded("=HYPERLINK(A1)"), guarded("-99"), guarded("Agree")
    ("'=HYPERLINK(A1)", '-99', 'Agree')
    """
    bare = cell.lstrip(_GUARD)
    runs = bare.startswith(_RUN) and len(bare) > 1
    return _GUARD + cell if runs and (bare != cell or not _NUMERAL.fullmatch(bare)) else cell


def unguarded(cell: str) -> str:
    """Return a cell without the apostrophe that keeps it from being a formula.

    Examples
    --------
    >>> unguarded("'=HYPERLINK(A1)"), unguarded("'tis")
    ('=HYPERLINK(A1)', "'tis")
    """
    bare = cell.lstrip(_GUARD)
    return cell[1:] if bare != cell and bare.startswith(_RUN) and len(bare) > 1 else cell
