"""Figures as files: fonts, formats, and words for those who cannot see them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rantau.errors import ReportError
from rantau.extras import require
from rantau.record import Record
from rantau.report.drawers.matplotlib import DPI, FONTS

SUFFIXES = (".svg", ".png", ".pdf", ".tiff", ".tif", ".eps")


class Exhibit(Record):
    """A figure of numbers, drawn by matplotlib.

    Attributes
    ----------
    title
        For those who cannot see it.
    """

    title: str

    def describe(self) -> str:
        """Return the figure in words."""
        raise NotImplementedError

    def paper(self) -> Any:  # noqa: ANN401 - a matplotlib Figure
        """Return the figure drawn."""
        raise NotImplementedError

    def write(self, path: str | Path) -> Path:
        """Write the picture; the suffix says the format. The same figure always gives the same SVG.

        Raises
        ------
        ReportError
            If no picture can be written under that suffix, or the disk refuses.
        """
        return write_picture(
            lambda target: save(self.paper, target, title=self.title, description=self.describe()), path
        )


def write_picture(draw: Callable[[Path], None], path: str | Path) -> Path:
    """Write a picture; the suffix says the format.

    Parameters
    ----------
    draw
        Draws into a file.
    path
        Where to; missing folders are made.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ReportError
        If no picture can be written under that suffix, or the disk refuses.
    """
    target = Path(path)
    if target.suffix.lower() not in SUFFIXES:
        raise ReportError(f"{target}: a picture's name must end in {', '.join(SUFFIXES)}; got '{target.suffix}'.")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        draw(target)
    except OSError as error:
        raise ReportError(f"{target}: cannot be written: {error.strerror}; is it open elsewhere?") from error
    return target


def save(make: Callable[[], Any], path: Path, *, title: str, description: str) -> None:
    """Make a matplotlib figure in the fonts of reports and write it; the same figure always gives the same file.

    Parameters
    ----------
    make
        Returns the figure.
    path
        Where to; the suffix says the format.
    title, description
        For those who cannot see it, in formats that hold words.
    """
    matplotlib = require("matplotlib", purpose="figures")
    installed = {font.name for font in require("matplotlib.font_manager").fontManager.ttflist}
    settings = {
        "svg.fonttype": "none",
        "svg.hashsalt": "rantau",
        "pdf.fonttype": 42,
        "font.family": [font for font in FONTS if font in installed],
        "font.size": 8,
    }
    suffix = path.suffix.lower()
    saving: dict[str, Any] = {"pil_kwargs": {"compression": "tiff_lzw"}} if suffix in (".tiff", ".tif") else {}
    if suffix == ".svg":
        saving = {"metadata": {"Title": title, "Description": description, "Date": None}}
    if suffix == ".png":
        saving = {"metadata": {"Title": title, "Description": description, "Software": None}}
    with matplotlib.rc_context(settings):
        make().savefig(path, dpi=DPI, **saving)


def as_written(axis: Any, decimal: str, *, least: int = 1) -> None:  # noqa: ANN401 - a matplotlib Axis
    """Write the numbers of an axis as the text does, all with as many decimals.

    Parameters
    ----------
    axis
        Of a figure.
    decimal
        The decimal mark of the language.
    least
        How many decimals there are at least; there are two at most.
    """

    def written(value: float, _: object) -> str:
        places = _places(axis.get_majorticklocs(), least)
        return f"{value:.{places}f}".replace("-", "\u2212").replace(".", decimal)

    axis.set_major_formatter(require("matplotlib.ticker").FuncFormatter(written))


def _places(values: Iterable[float], least: int) -> int:
    """Return how many decimals, up to two, numbers need.

    Examples
    --------
    >>> _places([0.2, 0.25, 0.3], 1), _places([55.0, 60.0], 0)
    (2, 0)
    """
    parts = (f"{value:.2f}".partition(".")[2].rstrip("0") for value in values)
    return max(least, *map(len, parts))
