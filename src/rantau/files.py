"""Text files at the door: UTF-8, or a reason why not; and zip files that come out the same each time."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

from rantau.errors import RantauError, nearest

#: What a file with this ending holds, for those who mix up two arguments.
KINDS = {".sem": ("model",), ".toml": ("instrument", "study plan"), ".csv": ("answers",)}
KINDS |= dict.fromkeys((".tsv", ".xlsx", ".xlsm", ".sav", ".zsav", ".dta"), ("answers",))
#: Beyond this no system has names of files; contents given in place of a path, perhaps.
LONGEST_PATH = 1024
#: The same, in bytes, of a single folder or file.
LONGEST_NAME = 255


def read_text(path: str | Path, *, what: str, error: type[RantauError]) -> str:
    """Read a UTF-8 file, with or without a byte order mark.

    Parameters
    ----------
    path
        The file.
    what
        What it should hold, for the message.
    error
        The exception to raise.

    Raises
    ------
    RantauError
        Of the class given, if the file is missing, a folder, empty, or not UTF-8.
    """
    file = file_of(path, what=what, error=error)
    kind = KINDS.get(file.suffix.lower(), (what,))
    if what not in kind and any(what in other for other in KINDS.values()):
        raise error(f"{file}: its name is that of a file with the {' or '.join(kind)}; give the one with the {what}.")
    if file.is_dir():
        raise error(f"{file}: this is a folder; give the file with the {what}.")
    if not file.exists():
        folder = file.parent
        hint = f" The folder '{folder}' does not exist either." if not folder.is_dir() else nearest_file(file)
        raise error(f"{file}: no such file for the {what}.{hint}")
    data = file.read_bytes()
    if data.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        if what in ("model", "instrument", "study plan"):
            raise error(f"{file}: this is a workbook or a document, not text. Save the {what} as plain text, in UTF-8.")
        raise error(f"{file}: this is a workbook, not text. In Excel, save it as 'CSV UTF-8'.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = data.count(b"\n", 0, fault.start) + 1
        raise error(
            f"{file}: line {line}: not UTF-8: byte {fault.start} is 0x{data[fault.start]:02X}. Save the file "
            "again as UTF-8: in Excel 'Save as' > 'CSV UTF-8', in an editor 'Save with encoding' > 'UTF-8'."
        ) from fault
    if not text.strip():
        raise error(f"{file}: the file is empty; it should hold the {what}.")
    return text


def file_of(path: object, *, what: str, error: type[RantauError]) -> Path:
    """Return a path, or refuse what can be none.

    Raises
    ------
    RantauError
        Of the class given, if it is no text and no path, or a text that no file is named by.
    """
    if not isinstance(path, str | Path):
        raise error(f"the {what}: a path is needed, such as 'folder/file', got {type(path).__name__}.")
    text = str(path)
    too_long = any(len(part.encode("utf-8", "surrogatepass")) > LONGEST_NAME for part in Path(text).parts)
    if "\n" in text or "\0" in text or len(text) > LONGEST_PATH or too_long:
        said = " ".join(text[:40].split()).replace("\0", "")
        advice = " A model in a text is read by rt.parse_model(text)." if what == "model" else ""
        raise error(f"'{said}...': no such file for the {what}: this is no name of a file.{advice}")
    return Path(path)


def nearest_file(file: Path) -> str:
    """Return a hint at the file in the same folder whose name is nearest; empty where none is near."""
    guess = nearest(file.name, sorted(entry.name for entry in file.parent.iterdir() if entry.is_file()))
    return f" Did you mean '{file.parent / guess}'?" if guess else ""


def steady_zip(content: bytes) -> bytes:
    """Return a zip file, which a Word document is too, with one date for every part.

    Parameters
    ----------
    content
        A zip file; what is written twice is then the same twice.
    """
    memory = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(memory, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(zipfile.ZipInfo(name, (2000, 1, 1, 0, 0, 0)), old.read(name), zipfile.ZIP_DEFLATED)
    return memory.getvalue()
