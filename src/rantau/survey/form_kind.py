"""FormKind: the row of the forms room; Form: what such a row makes of an instrument."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from rantau.errors import SurveyError
from rantau.record import Record
from rantau.survey.instrument import Survey


class Form(Record):
    """A questionnaire as a file of some form tool.

    Attributes
    ----------
    kind
        The name of the row that made it.
    suffix
        The ending of its file name.
    content
        The file.
    remarks
        What the tool cannot hold as it is, and what was done about it.
    """

    kind: str
    suffix: str
    content: bytes
    remarks: tuple[str, ...] = ()

    def write(self, path: str | Path) -> Path:
        """Write the file.

        Parameters
        ----------
        path
            Its name must end as the tool expects.

        Returns
        -------
        Path
            The file written.

        Raises
        ------
        SurveyError
            If the name ends otherwise, or the disk refuses.
        """
        file = Path(path)
        if file.suffix.lower() != self.suffix:
            raise SurveyError(f"{file}: a form of the kind '{self.kind}' is a file that ends in {self.suffix}.")
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(self.content)
        except OSError as fault:
            raise SurveyError(f"{file}: cannot be written: {fault.strerror}; is it open elsewhere?") from fault
        return file

    def __str__(self) -> str:
        told = "".join(f"\n  {remark}" for remark in self.remarks)
        return f"Form of the kind '{self.kind}', {len(self.content)} bytes: write it to a {self.suffix} file{told}"

    __repr__ = __str__


class Made(Record):
    """What a row returns: a file, and remarks on what its tool cannot hold."""

    content: bytes
    remarks: tuple[str, ...] = ()


class FormKind(Record):
    """One kind of form.

    Attributes
    ----------
    name
        How it is asked for.
    label
        What it is for.
    suffix
        The ending of its file name.
    source
        Where its format is described.
    function
        From the instrument, the languages wanted and whether an answer is required, to the file.
    """

    name: str
    label: str
    suffix: str
    source: str
    function: Callable[[Survey, tuple[str, ...], bool], Made]
