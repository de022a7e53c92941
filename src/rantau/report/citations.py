"""Citations: how a work is cited in the text, and the list of what was cited."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rantau.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable

_FILE = Path(__file__).parent / "references.toml"


class Reference(Record):
    """A work that reports may cite.

    Attributes
    ----------
    key
        `hu1999`.
    cited
        Within parentheses: `Hu & Bentler, 1999`.
    text
        Its entry in the list of references (APA 7), with inline markup.
    also
        Other ways in which rantau names it.
    """

    key: str
    cited: str
    text: str
    also: tuple[str, ...] = ()

    @property
    def narrative(self) -> str:
        """As part of a sentence: `Hu & Bentler (1999)`."""
        names, _, year = self.cited.rpartition(", ")
        return f"{names} ({year})"


@lru_cache(maxsize=1)
def references() -> tuple[Reference, ...]:
    """Return every work that reports may cite, in the order of their keys."""
    content = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(
        Reference(key, entry["cited"], entry["text"], tuple(entry.get("also", ())))
        for key, entry in sorted(content.items())
    )


def citation(key: str, *, narrative: bool = False) -> str:
    """Return how a work is cited.

    Parameters
    ----------
    key
        In `references.toml`.
    narrative
        As part of a sentence rather than within parentheses.

    Returns
    -------
    str

    Raises
    ------
    KeyError
        If there is no such work: a slip in rantau itself.

    Examples
    --------
    >>> citation("hu1999"), citation("hu1999", narrative=True)
    ('Hu & Bentler, 1999', 'Hu & Bentler (1999)')
    """
    found = {reference.key: reference for reference in references()}[key]
    return found.narrative if narrative else found.cited


def as_cited(source: str, *, narrative: bool = False) -> str:
    """Return works named as rantau's own rules name them, as they are cited within parentheses.

    Parameters
    ----------
    source
        Works apart by semicolons; one that is not known stays as it is.
    narrative
        As part of a sentence rather than within parentheses.

    Examples
    --------
    >>> as_cited("Shmueli et al. (2016, 2019); Fornell and Larcker (1981); My own table (2026)")
    'Fornell & Larcker, 1981; My own table (2026); Shmueli et al., 2016, 2019'
    """
    found: list[str] = []
    for part in source.split("; "):
        works = [one for one in references() if part in _names(one)]
        if narrative:
            return works[0].narrative if works else source
        # Of works by the same people the names are told once.
        names: dict[str, list[str]] = {one.cited.rpartition(", ")[0]: [] for one in works} or {part: []}
        for one in works:
            names[one.cited.rpartition(", ")[0]].append(one.cited.rpartition(", ")[2])
        found += [", ".join((name, *sorted(years))) for name, years in names.items()]
    return "; ".join(sorted(found, key=str.casefold))


def cited_in(texts: Iterable[str]) -> tuple[Reference, ...]:
    """Return the works that texts cite, in the order of a list of references.

    Parameters
    ----------
    texts
        Sentences, notes and cells.

    Returns
    -------
    tuple of Reference

    Examples
    --------
    >>> [reference.key for reference in cited_in(["See Hu and Bentler", "as usual (Curran, 2016)"])]
    ['curran2016']
    """
    whole = "\n".join(texts)
    found = [reference for reference in references() if any(name in whole for name in _names(reference))]
    return tuple(sorted(found, key=lambda reference: re.sub(r"[*_]", "", reference.text).casefold()))


def _names(reference: Reference) -> tuple[str, ...]:
    """Return every way in which a text may cite a work."""
    spoken = tuple(reference.narrative.replace(" & ", word) for word in (" & ", " and ", " dan "))
    return (reference.cited, *spoken, *reference.also)
