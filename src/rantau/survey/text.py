"""A cell in the form in which it is compared."""

from __future__ import annotations

import re
import unicodedata

_WHOLE = re.compile(r"[+-]?[0-9]{1,18}(\.0*)?")


def token(cell: str) -> str:
    """Return a cell in the form in which cells, labels and missing codes are compared.

    Letter case and spacing are ignored, and a whole number counts as itself however it is written: pandas
    saves the 5 of a column with gaps as `5.0`.

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
    return str(int(plain.partition(".")[0])) if _WHOLE.fullmatch(plain) else plain
