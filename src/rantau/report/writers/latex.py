"""LaTeX: one file a table (booktabs and threeparttable), and a document that inputs them all."""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING

from rantau.report.format import DASH, format_cell, missing_tails, note_lines
from rantau.report.markup import Run, plain, read_markup, title_case
from rantau.report.table import value_of
from rantau.report.word_flow import table_height
from rantau.report.word_table import PADDING, column_widths, needs_landscape, text_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from rantau.report.document import Document
    from rantau.report.styles import Style
    from rantau.report.table import Column, Row, Table

_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "%": r"\%", "#": r"\#",
    "_": r"\_", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": "$<$", ">": "$>$", "|": "$|$",
    "−": "$-$", DASH: "---", "–": "--", "×": r"$\times$", "±": r"$\pm$", "≤": r"$\le$", "≥": r"$\ge$",
    "≠": r"$\ne$", "≈": r"$\approx$", "√": r"$\surd$", "∞": r"$\infty$", "→": r"$\rightarrow$",
    "←": r"$\leftarrow$", "↔": r"$\leftrightarrow$", "²": "$^2$", "³": "$^3$", "†": r"\dag{}",
    "\u00a0": "~", "…": r"\ldots{}", "“": "``", "”": "''", "‘": "`", "’": "'", "•": r"$\bullet$",
    "\u2007": "~", "\u2008": "~", "\u202f": "~", "·": r"$\cdot$", "∆": r"$\Delta$", "[": "{[}", "]": "{]}",
}  # fmt: skip
_GREEK = {
    "α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "ε": "varepsilon", "ζ": "zeta", "η": "eta",
    "θ": "theta", "ι": "iota", "κ": "kappa", "λ": "lambda", "μ": "mu", "ν": "nu", "ξ": "xi", "π": "pi",
    "ρ": "rho", "σ": "sigma", "τ": "tau", "υ": "upsilon", "φ": "varphi", "χ": "chi", "ψ": "psi",
    "ω": "omega", "Γ": "Gamma", "Δ": "Delta", "Θ": "Theta", "Λ": "Lambda", "Ξ": "Xi", "Π": "Pi",
    "Σ": "Sigma", "Φ": "Phi", "Ψ": "Psi", "Ω": "Omega",
}  # fmt: skip
# A table's number on its way through the escaping: private characters around its key.
_REFERENCE = "\ue000{}\ue001"
_LETTERS = {ord(letter): text for letter, text in _SPECIAL.items()} | {
    ord(letter): f"$\\{name}$" for letter, name in _GREEK.items()
}
_LABEL = re.compile("\ue000(.*?)\ue001")
# Tables higher than this share of the page go on overleaf.
_TALL = 0.85
_PACKAGES = r"\usepackage{array,booktabs,longtable,rotating,threeparttable}"
# LaTeX's sizes in a document of ten points, from the largest down.
_FACES = ((10.0, r"\normalsize"), (9.0, r"\small"), (8.0, r"\footnotesize"), (0.0, r"\scriptsize"))


def write(document: Document, path: Path) -> tuple[tuple[Path, bytes], ...]:
    """Make one file for each table in the folder `<name>`, and a main file that compiles.

    Parameters
    ----------
    document
        Its tables are written; text and figures are not.
    path
        The main file.

    Returns
    -------
    tuple of (Path, bytes)
    """
    folder = path.with_suffix("")
    files = [(folder / f"{table.key}.tex", _table(document, table)) for _, table in document.tables()]
    main = _main(document, [f"{folder.name}/{file.stem}" for file, _ in files])
    return tuple((file, text.encode()) for file, text in [*files, (path, main)])


def _main(document: Document, names: Sequence[str]) -> str:
    babel = {"en": "british", "id": "provide=*,indonesian"}.get(document.language, "english")
    lines = [
        r"\documentclass{article}",
        r"\usepackage[T1]{fontenc}",
        r"\usepackage[utf8]{inputenc}",
        rf"\usepackage[{babel}]{{babel}}",
        rf"\usepackage[{_geometry(document.look)}]{{geometry}}",
        _PACKAGES,
        rf"\title{{{_latex(read_markup(document.title))}}}",
        rf"\author{{{_latex(read_markup(document.subtitle))}}}",
        r"\date{}",
        r"\begin{document}",
        r"\maketitle",
    ]
    if document.banner:
        lines.append(rf"\noindent\fbox{{\parbox{{0.95\linewidth}}{{\textbf{{{_escaped(document.banner)}}}}}}}")
    lines.extend(rf"\input{{{name}}}" for name in names)
    return "\n".join([*lines, r"\end{document}", ""])


def _geometry(style: Style) -> str:
    top, right, bottom, left = (f"{margin:g}cm" for margin in style.page.margins_cm)
    return f"{style.page.paper.lower()}paper,top={top},right={right},bottom={bottom},left={left}"


def _escaped(text: str) -> str:
    pieces = _LABEL.split(text)
    # Every second piece is the key of a table.
    pieces[::2] = [piece.translate(_LETTERS).replace("\n", " ") for piece in pieces[::2]]
    pieces[1::2] = [rf"\ref{{tab:{key}}}" for key in pieces[1::2]]
    return "".join(pieces)


def _latex(runs: Iterable[Run]) -> str:
    pieces = []
    for run in runs:
        text = _escaped(run.text)
        if run.position:
            text = rf"\text{'subscript' if run.position == 'sub' else 'superscript'}{{{text}}}"
        text = rf"\textit{{{text}}}" if run.italic else text
        pieces.append(rf"\textbf{{{text}}}" if run.bold else text)
    return "".join(pieces)


def _table(document: Document, table: Table) -> str:
    """Set a table upright, turned where it is too wide for the page, or over several pages where it is too long."""
    style = document.look
    title = read_markup(table.title)
    title = title_case(title, style) if style.captions.title_case else title
    turned = needs_landscape(table, style)
    widths, size = column_widths(table, style, landscape=turned)
    kinds = "".join(_alignments(table, widths, size))
    top, _, bottom, _ = style.page.margins_cm
    long = not turned and table_height(table, style) > _TALL * (style.page.paper_cm[1] - top - bottom) / 2.54 * 72
    named = rf"\caption{{{_latex(title)}}}", rf"\label{{tab:{table.key}}}"
    # LaTeX numbers its tables itself, so the text refers to them by label.
    notes = [note.replace(text=document.resolve(note.text, table=_REFERENCE.format)) for note in table.notes]
    below = note_lines(notes, style, banner=document.banner, source=document.source_of(table))
    lines = [_latex(line) for line in below]
    warning = [f"% {_escaped(document.banner)}"] if document.banner else []
    face = [next(name for least, name in _FACES if size >= least), rf"\setlength{{\tabcolsep}}{{{PADDING:g}pt}}"]
    header, body = _header(table.columns), _body(table, style)
    made = (
        _over_pages(kinds, named, header, body, lines)
        if long
        else _on_one_page(kinds, named, header, body, lines, face, "sidewaystable" if turned else "table")
    )
    made = ["{" + "".join(face), *made, "}"] if long else made
    return "\n".join([*warning, rf"% Needs {_PACKAGES}", *made, ""])


def _on_one_page(
    kinds: str,
    named: tuple[str, str],
    header: Sequence[str],
    body: Sequence[str],
    notes: Sequence[str],
    face: Sequence[str],
    environment: str,
) -> list[str]:
    lines = [
        rf"\begin{{{environment}}}" + ("[htbp]" if environment == "table" else ""),
        r"\centering",
        *face,
        r"\begin{threeparttable}",
        *named,
        rf"\begin{{tabular*}}{{\linewidth}}{{@{{\extracolsep{{\fill}}}}{kinds}@{{}}}}",
        r"\toprule",
        *header,
        r"\midrule",
        *body,
        r"\bottomrule",
        r"\end{tabular*}",
    ]
    if notes:
        lines += [r"\begin{tablenotes}[flushleft]\footnotesize", *(rf"\item {note}" for note in notes)]
        lines += [r"\end{tablenotes}"]
    return [*lines, r"\end{threeparttable}", rf"\end{{{environment}}}"]


def _over_pages(
    kinds: str, named: tuple[str, str], header: Sequence[str], body: Sequence[str], notes: Sequence[str]
) -> list[str]:
    """Repeat the header on each page; the notes stand under the last."""
    return [
        rf"\begin{{longtable}}{{@{{\extracolsep{{\fill}}}}{kinds}@{{}}}}",
        *named,
        r"\\",
        r"\toprule",
        *header,
        r"\midrule",
        r"\endfirsthead",
        r"\toprule",
        *header,
        r"\midrule",
        r"\endhead",
        r"\bottomrule",
        r"\endfoot",
        *body,
        r"\end{longtable}",
        *(rf"\noindent\parbox{{\linewidth}}{{\footnotesize {note}}}\par" for note in notes),
    ]


def _alignments(table: Table, widths: Sequence[float], size: float) -> list[str]:
    """Return `r` for numbers; `l` for text, and a paragraph column of its share of the width where it is longer."""
    kinds = []
    for place, column in enumerate(table.columns):
        room = widths[place] - 2 * PADDING
        body = [row for row in table.rows if row.kind == "body"]
        long = any(text_width(f"{'m' * row.indent}{value_of(row.cells[place])}", size) > room for row in body)
        # Text that runs on hangs, so that a row still begins where the eye looks for it.
        ragged = rf">{{\raggedright\arraybackslash\hangindent=1em}}p{{{room / sum(widths):.3f}\linewidth}}"
        kinds.append("r" if column.kind != "text" else ragged if long else "l")
    return kinds


def _header(columns: Sequence[Column]) -> list[str]:
    lines = []
    if any(column.spanner for column in columns):
        cells, rules, start = [], [], 1
        for spanner, group in groupby(columns, key=lambda column: column.spanner):
            width = len(list(group))
            if spanner:
                cells.append(rf"\multicolumn{{{width}}}{{c}}{{{_latex(read_markup(spanner))}}}")
                rules.append(rf"\cmidrule(lr){{{start}-{start + width - 1}}}")
            else:
                cells.extend([""] * width)
            start += width
        lines = [" & ".join(cells) + r" \\", " ".join(rules)]
    heads = [(_latex(read_markup(column.header)), column) for column in columns]
    shown = [text if column.kind == "text" else rf"\multicolumn{{1}}{{c}}{{{text}}}" for text, column in heads]
    return [*lines, " & ".join(shown) + r" \\"]


def _body(table: Table, style: Style) -> list[str]:
    body = [row for row in table.rows if row.kind == "body"]
    tails: list[tuple[str, ...]] = []
    for place, column in enumerate(table.columns):
        texts = [plain(format_cell(row.cells[place], column, style)) for row in body]
        tails.append(("",) * len(body) if column.kind == "text" else missing_tails(texts, style))
    lines, at = [], 0
    for row in table.rows:
        if row.kind == "rule":
            lines.append(r"\midrule")
        elif row.kind == "group":
            label = _latex(format_cell(row.cells[0], table.columns[0], style))
            lines.append(rf"\multicolumn{{{len(table.columns)}}}{{@{{}}l}}{{{label}}} \\")
        else:
            lines.append(_row(row, table, style, [tail[at] for tail in tails]))
            at += 1
    return lines


def _row(row: Row, table: Table, style: Style, tails: Sequence[str]) -> str:
    """Set a row; a phantom leaves the room of the stars or decimals that other rows have."""
    cells = []
    for cell, column, tail in zip(row.cells, table.columns, tails, strict=True):
        space = rf"\hphantom{{{_escaped(tail)}}}" if tail else ""
        cells.append(_latex(format_cell(cell, column, style)) + space)
    cells[0] = rf"\hspace{{{row.indent}em}}" * bool(row.indent) + cells[0]
    # A star or bracket at the start would belong to the line end before it.
    guard = "{}" if cells[0][:1] == "*" else ""
    return guard + " & ".join(cells) + r" \\"
