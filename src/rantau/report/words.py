"""Words: every text of a report, by key and language, from `texts/<language>.toml`."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rantau.options import choose
from rantau.record import Record
from rantau.report.citations import citation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_FOLDER = Path(__file__).parent / "texts"
_CITED = re.compile(r"@@?([a-z]+\d{4}[a-z]?)")
_PLACE = re.compile(r"<([a-z_]+)>")


class Words(Record):
    """The texts of one language.

    Attributes
    ----------
    language
        `en` or `id`.
    texts
        Pairs of key and text, keys sorted. `<name>` in a text is a place for a value; `@hu1999` is a citation within
        parentheses (Hu & Bentler, 1999) and `@@hu1999` one in the sentence.
    """

    language: str
    texts: tuple[tuple[str, str], ...]

    def __call__(self, key: str, **values: str | int) -> str:
        """Return a text with its places filled.

        Parameters
        ----------
        key
            Such as `table.fit.title`.
        **values
            What stands in its places. Whole numbers get the language's separator of thousands.

        Returns
        -------
        str
            With inline markup.

        Raises
        ------
        KeyError
            If there is no such text, or a place is not filled: a slip in rantau itself.

        Examples
        --------
        >>> read_words("en")("sample.read", n=1250)
        'The file held 1,250 rows of answers.'
        """
        filled = {name: self.whole(value) if isinstance(value, int) else value for name, value in values.items()}
        template = _CITED.sub(self._cited, _lookup(self)[key])
        text = _PLACE.sub(lambda found: filled[found.group(1)], template)
        # What comes first in a sentence, but not in a part of one, has a capital.
        return text[:1].upper() + text[1:] if _PLACE.match(template) and text.endswith((".", ":")) else text

    def counted(self, key: str, count: int, **values: str | int) -> str:
        """Return the text for one or for several: `key.one` or `key.other`, `<count>` in words up to nine.

        Examples
        --------
        >>> read_words("en").counted("sample.left_out", 3)
        'In all, three rows were left out.'
        """
        return self(f"{key}.{'one' if count == 1 else 'other'}", count=self.in_words(count), **values)

    def _cited(self, found: re.Match[str]) -> str:
        text = citation(found.group(1), narrative=found.group().startswith("@@"))
        # APA 7, section 8.17: "and" in the sentence, "&" within parentheses.
        return text.replace(" & ", self("list.two")) if found.group().startswith("@@") else text

    def has(self, key: str) -> bool:
        """Say whether there is such a text."""
        return key in _lookup(self)

    def whole(self, value: int) -> str:
        """Write a whole number with its separator of thousands."""
        return f"{value:,}".replace(",", self("number.thousands"))

    def in_words(self, value: int) -> str:
        """Write a whole number, in words from zero to nine (APA 7, section 6.32)."""
        return self(f"number.{value}") if 0 <= value <= 9 else self.whole(value)

    def listing(self, parts: Sequence[str]) -> str:
        """Join parts as a sentence does: "a, b, and c"."""
        return self._joined(parts, "")

    def listing_or(self, parts: Sequence[str]) -> str:
        """Join alternatives: "a, b, or c"."""
        return self._joined(parts, "_or")

    def _joined(self, parts: Sequence[str], kind: str) -> str:
        if len(parts) < 3:
            return self(f"list.two{kind}").join(parts)
        return ", ".join(parts[:-1]) + self(f"list.last{kind}") + parts[-1]


@lru_cache(maxsize=8)
def read_words(language: str = "en") -> Words:
    """Read the texts of a language.

    Parameters
    ----------
    language
        One with a file in `report/texts`.

    Returns
    -------
    Words

    Raises
    ------
    OptionError
        If there is no such language.
    """
    choose("language", language, tuple(sorted(path.stem for path in _FOLDER.glob("*.toml"))))
    content = tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))
    return Words(language, tuple(sorted(_flat(content, ""))))


@lru_cache(maxsize=8)
def _lookup(words: Words) -> dict[str, str]:
    return dict(words.texts)


def _flat(content: dict[str, Any], above: str) -> Iterator[tuple[str, str]]:
    for name, value in content.items():
        key = f"{above}.{name}" if above else name
        if isinstance(value, dict):
            yield from _flat(value, key)
        else:
            yield key, value
