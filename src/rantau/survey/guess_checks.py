"""Questions that say what to answer: they show who reads, and measure nothing."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from rantau.arrays import Array
from rantau.survey.text import token

#: Words by which a question tells respondents what to answer.
_TOLD = re.compile(r"\b(pilih|pilihlah|jawab|jawablah|tandai|klik|choose|select|pick|mark|tick|click|answer)\b")
#: So many of those who answered must have done as told.
_MOST = 0.5


def told_answer(wording: str, values: Array, minimum: int, labels: Sequence[str]) -> int | None:
    """Return the answer that a question asks for; None where it is a question like others.

    Parameters
    ----------
    wording
        As asked.
    values
        `(n,)` the answers as points of the scale; NaN where there is none.
    minimum, labels
        Of the scale: its lowest point, and a label per point (none, or the two ends, where there are no others).

    Examples
    --------
    >>> import numpy as np
    >>> agree = ("Tidak setuju", "Netral", "Setuju")
    >>> told_answer("Untuk pernyataan ini, pilihlah Tidak setuju.", np.array([1.0, 1.0, 3.0]), 1, agree)
    1
    >>> told_answer("Saya setuju dengan harga ini.", np.array([3.0, 3.0, 3.0]), 1, agree)
    """
    text = token(wording)
    answers = values[np.isfinite(values)]
    if not _TOLD.search(text) or not answers.size:
        return None
    points, counts = np.unique(answers, return_counts=True)
    usual = int(points[counts.argmax()])
    names = {minimum + place: token(label) for place, label in enumerate(labels)} if len(labels) > 2 else {}
    # Of labels of which one holds another, as `Setuju` stands in `Tidak setuju`, the longer is meant.
    named = {point: name for point, name in names.items() if re.search(rf"\b{re.escape(name)}\b", text)}
    longer = [name for name in named.values() if any(other != name and other in name for other in named.values())]
    meant = [point for point, name in named.items() if name in longer or not any(name in other for other in longer)]
    if not meant:
        meant = [int(found) for found in re.findall(r"\b\d+\b", text)]
    return usual if meant == [usual] and counts.max() > _MOST * answers.size else None
