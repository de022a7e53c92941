"""Messages that show the place in the user's own file."""

from __future__ import annotations

from rantau.errors import ModelSyntaxError
from rantau.model.spec import Model, Span

#: Of a line that is shown in a message.
_LONGEST = 160


def located(message: str, *, text: str, source: str, span: Span) -> str:
    """Put `file:line:column` before a message, and the line with a caret after it.

    Parameters
    ----------
    message
        What is wrong and what to do.
    text
        The whole source.
    source
        The file's name.
    span
        The place.

    Returns
    -------
    str
        Three lines, ready to print.
    """
    # Only what the reader counts as a line: splitlines() would also break at form feeds and the like.
    lines = [line.rstrip("\r") for line in text.split("\n")]
    line = lines[span.line - 1] if 0 < span.line <= len(lines) else ""
    line, column = _around(line, span.column)
    # Tabs stay tabs in the pointer's margin, so that the caret stands under its character.
    margin = "".join("\t" if character == "\t" else " " for character in line[: column - 1])
    return f"{source}:{span.line}:{span.column}: {message}\n    {line}\n    {margin}^"


def _around(line: str, column: int) -> tuple[str, int]:
    """Return the part of a long line around a column, and the column in it."""
    if len(line) <= _LONGEST:
        return line, column
    begin = max(0, min(column - _LONGEST // 2, len(line) - _LONGEST))
    before, after = ("... " if begin else ""), (" ..." if begin + _LONGEST < len(line) else "")
    return f"{before}{line[begin : begin + _LONGEST]}{after}", column - begin + len(before)


def refusal(model: Model, span: Span, message: str) -> ModelSyntaxError:
    """Build the error by which an engine refuses a statement that it cannot honour.

    Parameters
    ----------
    model
        The model refused.
    span
        Where the statement stands.
    message
        What is not supported, and what to write instead.

    Returns
    -------
    ModelSyntaxError
        To be raised by the caller.
    """
    return ModelSyntaxError(located(message, text=model.text, source=model.source, span=span))


def first_use(model: Model, name: str) -> Span:
    """Return where a variable is first used in a model; its first line if it is not."""
    places = [term.span for block in model.blocks for term in block.terms if name in term.factors]
    places += [block.span for block in model.blocks if block.construct == name]
    for path in model.paths:
        if path.outcome == name:
            places.append(path.span)
        if name in path.term.factors:
            places.append(path.term.span)
    for covariance in model.covariances:
        if covariance.left == name:
            places.append(covariance.span)
        if covariance.right == name:
            places.append(covariance.term.span)
    places += [row.span for row in model.intercepts if row.variable == name]
    places += [row.span for row in model.of_answers if row.variable == name]
    return min(places, key=lambda span: (span.line, span.column), default=Span(1, 1))
