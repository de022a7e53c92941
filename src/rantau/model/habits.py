"""What is written by the habit of other programs, and how it is said here."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.model.tokens import Token

_MPLUS = {"by": "=~", "on": "~", "with": "~~"}
_BLOCKS = {
    "level": "levels of a multilevel model are not part of the language; cluster= gives errors that allow for them",
    "group": "a model is written once for all groups, with `c(a, b)*x` where they differ",
}
_MODIFIERS = {
    "label": "write a label before the variable: `a*x`",
    "lower": "write a label and a constraint: `a*x` and, on a line of its own, `a > 0`",
    "upper": "write a label and a constraint: `a*x` and, on a line of its own, `a < 1`",
    "fixed": "write the number before the variable: `1*x`",
    "free": "write `NA*x`",
}
#: Words that stand for a value elsewhere; as labels they would say the opposite of what is meant.
_VALUES = {
    "nan": "write `NA*x` to free a parameter",
    "none": "write `NA*x` to free a parameter",
    "null": "write `0*x` to fix a parameter at 0",
    "inf": "write the number that a parameter is fixed at",
    "true": "leave it out where a parameter is free, or write the number that it is fixed at",
    "false": "write `0*x` to fix a parameter at 0",
}


def of_line(tokens: Sequence[Token]) -> str:
    """Return advice for a statement without an operator; empty where no habit shows.

    Parameters
    ----------
    tokens
        Those of the statement.
    """
    words = [token.text.lower() for token in tokens]
    if len(words) > 2 and words[1] == ":" and words[0] in _BLOCKS:
        return f" Here {_BLOCKS[words[0]]}."
    mplus = next((word for word in words[1:-1] if word in _MPLUS), "")
    return f" Where Mplus says {mplus.upper()}, write `{_MPLUS[mplus]}`, and `+` between variables." if mplus else ""


def of_sign(sign: str, *, between: bool) -> str:
    """Return advice for a sign that stands where it cannot.

    Parameters
    ----------
    sign
        As written.
    between
        Whether it stands between two numbers.
    """
    if sign == "," and between:
        return " Decimals are written with a point: 0.5."
    if sign == "/" and between:
        return " Write the number that it comes to: 0.5 for 1/2."
    return {
        ",": " Put `+` between variables.",
        "^": " The square of x is the product `x:x`.",
        "-": " Terms are joined by `+`; what is not meant is left out.",
    }.get(sign, "")


def arrow(tokens: Sequence[Token]) -> Token | None:
    """Return the first sign of an arrow, `->` or `<-` before a name; None where there is none."""
    for first, second, third in zip(tokens, tokens[1:], [*tokens[2:], None], strict=False):
        adjacent = first.span.line == second.span.line and second.span.column == first.span.column + 1
        leftwards = first.text == "<" and second.text == "-" and third is not None and third.kind == "name"
        if adjacent and (leftwards or (first.text == "-" and second.text == ">")):
            return first
    return None


def of_modifier(name: str) -> str:
    """Return advice for a modifier that is none."""
    if name in _MODIFIERS:
        return f" {_MODIFIERS[name][0].upper()}{_MODIFIERS[name][1:]}."
    return " A variable that is a function of another is computed in the data first."


def of_label(name: str) -> str:
    """Return advice for a label that means a value elsewhere; empty where it is a label."""
    return _VALUES.get(name.lower(), "")
