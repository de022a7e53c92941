"""The one formatter: unrounded numbers to the text a journal prints, by APA 7 and the style's own rules."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import TYPE_CHECKING

from rantau.errors import ReportError
from rantau.report.markup import Run, read_markup
from rantau.report.table import Column, Interval, Marked, value_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rantau.report.styles import Style
    from rantau.report.table import Cell, Kind, Note

MINUS = "−"
DASH = "—"
# Spaces as wide as a digit and as a decimal mark: they stand where another row of the column has one.
FIGURE_SPACE = "\u2007"
PUNCTUATION_SPACE = "\u2008"
# Enough digits for any double written out in full.
_EXACT = Context(prec=800)


def format_number(value: float, kind: Kind, style: Style, *, decimals: int | None = None) -> str:
    """Write one number.

    Parameters
    ----------
    value
        The unrounded number; NaN gives a dash.
    kind
        As `Column.kind`; `text` is read as `decimal`.
    style
        Decimals, leading zeros and the decimal mark.
    decimals
        Decimals other than the style's.

    Returns
    -------
    str

    Raises
    ------
    ReportError
        If a probability lies outside 0 to 1.

    Notes
    -----
    Halves are rounded away from zero on the number's shortest decimal form, so 2.675 gives 2.68 as it does
    in a spreadsheet. A number that rounds to zero has no minus.

    Source: American Psychological Association (2020), Publication manual (7th ed.), sections 6.36 and 6.43.

    Examples
    --------
    >>> from rantau.report.styles import read_style
    >>> format_number(-0.318, "correlation", read_style("apa7"))
    '−.32'
    >>> format_number(0.00004, "p", read_style("skripsi", "id"))
    '< 0,001'
    """
    if math.isnan(value):
        return DASH
    if math.isinf(value) and kind != "p":
        return "∞" if value > 0 else f"{MINUS}∞"
    rule = style.rule("decimal" if kind == "text" else kind)
    places = rule.decimals if decimals is None else decimals
    if kind == "p":
        return _probability(value, places, style)
    if kind == "integer" and not float(value).is_integer():
        places = max(places, 2)  # corrected degrees of freedom: rounding them away would hide the correction
    # Degrees of freedom are not grouped in thousands, counts are (APA 7, section 6.38).
    return _written(rounded(value, places), style, leading_zero=rule.leading_zero, grouped=kind != "integer")


def rounded(value: float, places: int) -> Decimal:
    """Round a number on its shortest decimal form, halves away from zero."""
    return Decimal(repr(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, context=_EXACT)


def _written(shown: Decimal, style: Style, *, leading_zero: bool, grouped: bool = False) -> str:
    text = f"{abs(shown):,f}" if grouped else f"{abs(shown):f}"
    if not leading_zero and text.startswith("0."):
        text = text[1:]
    sign = MINUS if shown < 0 else ""
    marks = str.maketrans({".": style.words.decimal_mark, ",": style.words.thousands})
    return sign + text.translate(marks)


def _probability(value: float, places: int, style: Style) -> str:
    """Write a probability: never .000, and never 1.000, which no finite sample can show."""
    if not 0 <= value <= 1:
        raise ReportError(f"a probability lies between 0 and 1, and got {value}")
    unit = Decimal(1).scaleb(-max(places, 2))  # APA asks for two or three decimals; fewer would say nothing
    zero = style.rule("p").leading_zero
    exact = Decimal(repr(value))
    shown = rounded(value, max(places, 2))
    if exact < unit:
        return f"< {_written(unit, style, leading_zero=zero)}"
    if shown == 1:
        return f"> {_written(1 - unit, style, leading_zero=zero)}"
    return _written(shown, style, leading_zero=zero)


def format_statement(symbol: str, value: float, kind: Kind, style: Style, *, decimals: int | None = None) -> str:
    """Write a statistic for a sentence, with its sign of relation.

    Parameters
    ----------
    symbol
        With markup: `*p*`.
    value, kind, style, decimals
        As in `format_number`.

    Returns
    -------
    str
        With markup.

    Examples
    --------
    >>> from rantau.report.styles import read_style
    >>> format_statement("*p*", 0.00002, "p", read_style("apa7"))
    '*p* < .001'
    >>> format_statement("β", 0.4217, "loading", read_style("apa7"))
    'β = 0.42'
    """
    text = format_number(value, kind, style, decimals=decimals)
    return f"{symbol} {text}" if text[:1] in "<>" else f"{symbol} = {text}"


def format_interval(interval: Interval, kind: Kind, style: Style, *, decimals: int | None = None) -> str:
    """Write an interval in brackets; a dash where neither bound is known.

    Examples
    --------
    >>> from rantau.report.styles import read_style
    >>> format_interval(Interval(0.0412, 0.0688), "index", read_style("apa7"))
    '[.041, .069]'
    >>> format_interval(Interval(0.3241, 0.5163), "interval", read_style("apa7", "id"))
    '[0,32; 0,52]'
    """
    if math.isnan(interval.low) and math.isnan(interval.high):
        return DASH
    bounds = (format_number(bound, kind, style, decimals=decimals) for bound in (interval.low, interval.high))
    return f"[{style.words.separator.join(bounds)}]"


def cell_kind(cell: Cell, column: Column) -> Kind:
    """Return the kind that rules a cell: its own where it has one, otherwise its column's."""
    return cell.kind if isinstance(cell, Marked) and cell.kind else column.kind


def format_cell(cell: Cell, column: Column, style: Style) -> tuple[Run, ...]:
    """Write one cell.

    Parameters
    ----------
    cell
        What the table holds.
    column
        Its column.
    style
        How numbers are written.

    Returns
    -------
    tuple of Run
        Empty for None.

    Examples
    --------
    >>> from rantau.report.styles import read_style
    >>> cell = Marked(-0.4214, stars="***", note="a")
    >>> runs = format_cell(cell, Column("b", "β", "loading"), read_style("apa7"))
    >>> [(run.text, run.position) for run in runs]
    [('−0.42***', ''), ('a', 'super')]
    """
    mark = cell if isinstance(cell, Marked) else Marked(cell)
    value = value_of(cell)
    kind = cell_kind(cell, column)
    decimals = column.decimals if mark.decimals is None else mark.decimals
    runs: tuple[Run, ...]
    if value is None:
        runs = ()
    elif isinstance(value, str):
        runs = read_markup(value) if mark.markup else (Run(value),) if value else ()
    elif isinstance(value, Interval):
        runs = (Run(format_interval(value, kind, style, decimals=decimals)),)
    elif kind == "text":
        runs = (Run(str(value)),)
    else:
        runs = (Run(format_number(value, kind, style, decimals=decimals)),)
    if mark.stars:
        last = runs[-1] if runs else Run("")
        runs = (*runs[:-1], last.replace(text=last.text + mark.stars))
    if mark.note:
        runs = (*runs, Run(mark.note, position="super"))
    return tuple(run.replace(bold=run.bold or mark.bold, dim=mark.dim) for run in runs)


def missing_tails(texts: Sequence[str], style: Style) -> tuple[str, ...]:
    """Return for each number of a column what it lacks behind its decimal mark beside the longest one.

    Right-aligned with that much empty space behind them, numbers stand decimal mark under decimal mark,
    whatever stars or decimals the others carry.

    Parameters
    ----------
    texts
        The cells of one column as written.
    style
        For the decimal mark.

    Returns
    -------
    tuple of str
        As many as `texts`; empty for cells without a digit.

    Examples
    --------
    >>> from rantau.report.styles import read_style
    >>> missing_tails(("0.42***", "0.31", "—"), read_style("apa7"))
    ('', '***', '')
    """
    tails = [_tail(text, style) for text in texts]
    longest = max((tail for tail in tails if tail is not None), key=len, default="")
    return tuple("" if tail is None else longest[len(tail) :] for tail in tails)


def _tail(text: str, style: Style) -> str | None:
    if not any(character.isdigit() for character in text):
        return None
    if "]" in text:
        return text.partition("]")[2]
    _, mark, behind = text.partition(style.words.decimal_mark)
    return mark + behind if mark else text[len(text.rstrip("*†abcdefghijklmnopqrstuvwxyz")) :]


def blank(tail: str, style: Style) -> str:
    """Return spaces as wide as a tail of digits, stars and a decimal mark."""
    return "".join(PUNCTUATION_SPACE if mark == style.words.decimal_mark else FIGURE_SPACE for mark in tail)


def note_lines(
    notes: Sequence[Note], style: Style, *, banner: str = "", source: str | None = ""
) -> tuple[tuple[Run, ...], ...]:
    """Set the notes under a table or figure, in APA's order: general, specific, probability; then the source.

    Parameters
    ----------
    notes
        The notes, in any order.
    style
        Its words for "Note." and for the source line, if it wants one.
    banner
        The document's warning (such as simulated answers), repeated first; it takes the place of the source line.
    source
        Where the data are from; "" for what the style says of data of one's own, None where no data are shown.

    Returns
    -------
    tuple of tuple of Run
        One line each.
    """
    by_kind = {kind: [note for note in notes if note.kind == kind] for kind in ("general", "specific", "probability")}
    lines: list[tuple[Run, ...]] = []
    general = " ".join(note.text for note in by_kind["general"])
    if banner or general:
        warning = (Run(f" {banner}", bold=True),) if banner else ()
        lines.append((Run(style.words.note, italic=True), *warning, *read_markup(f" {general}" if general else "")))
    specific = sorted(by_kind["specific"], key=lambda note: note.mark)
    for group in (
        [f"^{{{note.mark}}} {note.text}" for note in specific],
        [n.text for n in by_kind["probability"]],
    ):
        if group:
            lines.append(read_markup(" ".join(group)))
    if style.words.source and not banner and source is not None:
        lines.append((Run(f"{style.words.source} {source or style.words.primary}"),))
    return tuple(lines)
