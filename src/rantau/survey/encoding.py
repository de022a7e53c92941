"""In which encoding a text file is written: told by its bytes, never by its name."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from rantau.errors import OptionError, ResponseError
from rantau.record import Record

_AT_ONCE = 1 << 22
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig", "UTF-8"),
    (codecs.BOM_UTF32_LE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "UTF-32"),
    (codecs.BOM_UTF16_LE, "utf-16", "UTF-16"),
    (codecs.BOM_UTF16_BE, "utf-16", "UTF-16"),
)
#: A character of several bytes, as UTF-8 writes it.
_SEQUENCE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
#: Bytes that stand for nothing in Windows-1252.
_NOTHING = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")
_SAVE = "Save it again as UTF-8: in Excel 'Save as' > 'CSV UTF-8'."


class Encoding(Record):
    """An encoding: Python's name for it, the name for readers, and whether it was guessed."""

    name: str
    label: str
    guessed: bool = False


def encoding_of(path: Path, asked: str = "") -> Encoding:
    """Tell the encoding of a text file.

    Parameters
    ----------
    path
        A file that is there.
    asked
        An encoding that the user names.

    Returns
    -------
    Encoding
        A byte order mark decides; then UTF-8, if every byte is; then UTF-16 without a mark, by the place of its zero
        bytes; then Windows-1252, which is what spreadsheets write that do not write UTF-8. The last two are guesses.

    Raises
    ------
    ResponseError
        If it is none of them, or a mixture.
    """
    if asked:
        try:
            return Encoding(codecs.lookup(asked).name, asked)
        except (LookupError, UnicodeError, ValueError) as fault:
            told = f"unknown encoding '{asked}'. Allowed: utf-8, cp1252, utf-16 and whatever else Python knows."
            raise OptionError(told) from fault
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name, label in _MARKS:
        if head.startswith(mark):
            return Encoding(name, label)
    if half := _sixteen(head):
        return Encoding(half, "UTF-16", guessed=True)
    return _scan(path)


def _sixteen(head: bytes) -> str:
    """Return the name of UTF-16 if every second byte is mostly zero, as in plain Latin text."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if half < 4 or max(even, odd) < 0.6 * half or min(even, odd) > 0.05 * half:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _scan(path: Path) -> Encoding:
    """Read the whole file once, in portions."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    fault: tuple[int, int] | None = None
    sequences = nothing = lines = 0
    with path.open("rb") as file:
        while portion := file.read(_AT_ONCE):
            if b"\0" in portion:
                line = lines + portion.count(b"\n", 0, portion.index(b"\0")) + 1
                raise ResponseError(
                    f"{path}: line {line}: this is not plain text: it holds a NUL character, as damaged "
                    f"files and files of other programs do. {_SAVE}"
                )
            if fault is None:
                try:
                    decoder.decode(portion)
                except UnicodeDecodeError as error:
                    # Where a character is cut by the portion's end, the decoder puts its first bytes in front.
                    place = max(error.start - (len(error.object) - len(portion)), 0)
                    fault = lines + portion.count(b"\n", 0, place) + 1, error.object[error.start]
            found = _SEQUENCE.findall(portion) if not portion.isascii() else []
            sequences += sum(_is_character(each) for each in found)
            nothing += len(_NOTHING.findall(portion)) if fault is not None else 0
            lines += portion.count(b"\n")
    if fault is None and not decoder.getstate()[0]:
        return Encoding("utf-8", "UTF-8")
    line, byte = fault if fault is not None else (lines + 1, decoder.getstate()[0][0])
    if sequences:
        raise ResponseError(
            f"{path}: line {line}: this file mixes encodings: byte 0x{byte:02X} is not UTF-8, and {sequences} "
            f"characters elsewhere are. Part of it was pasted from elsewhere. {_SAVE}"
        )
    if nothing:
        raise ResponseError(
            f"{path}: line {line}: not UTF-8: byte 0x{byte:02X}; nor is it Windows-1252. {_SAVE} Or name the encoding, "
            "such as encoding='cp1250'."
        )
    return Encoding("cp1252", "Windows-1252", guessed=True)


def _is_character(some: bytes) -> bool:
    try:
        some.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
