"""Hypotheses: what the comment behind a path says of it, `Y ~ X  # H1 (+) X raises Y`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NoReturn

from rantau.model.spec import Hypothesis, Span
from rantau.model.tokens import Token

#: A path or a definition: left side, operator, right side.
Subject = tuple[str, str, str]

_HYPOTHESIS = re.compile(
    r"[#!]+\s*(?P<name>[Hh]\d+(?:\.\d+)*[A-Za-z]?)(?!\w)\s*[:.]?\s*(?:\(\s*(?P<sign>[^)]{0,3}?)\s*\))?\s*[:.]?\s*"
    r"(?P<text>.*)"
)
#: What is meant for one, and is not written as one.
_ALMOST = re.compile(r"[#!]+\W*(h|hyp|hypothes[ie]s|hipotes[ai]s?)[\s_.-]*\d", re.IGNORECASE)
_SIGNS = {"+": "+", "-": "-", "−": "-", "–": "-", "": "", "?": "", "+/-": "", "±": ""}
_SIGN_ELSEWHERE = re.compile(
    r"[+\-−–±<>]|.*[(\[]\s*[+\-−–±]\s*[)\]]|[(\[]?\s*(pos|neg)(\.|itive|ative|itif|atif)?\s*([)\]]|$)", re.IGNORECASE
)


def hypotheses_of(
    comments: Sequence[Token], subjects: Mapping[int, Sequence[Subject]], fail: Callable[[str, Span], NoReturn]
) -> tuple[Hypothesis, ...]:
    """Read `# H1 (+) text` behind a statement; a comment that is none of these is prose.

    Parameters
    ----------
    comments
        Of the whole file.
    subjects
        Paths and definitions by the line they are written on; every line with a statement is there.
    fail
        Refuses with a message and a place.

    Raises
    ------
    ModelSyntaxError
        If a hypothesis has no path on its line or more than one, is stated twice, or is not written as one.
    """
    found: dict[str, Hypothesis] = {}
    for comment in comments:
        match, behind = _HYPOTHESIS.match(comment.text), comment.span.line in subjects
        if match is None:
            if behind and _ALMOST.match(comment.text):
                fail(
                    "a hypothesis is written `# H1 (+) text`; its name is H and a number, as in H1, H2a or H3.1.",
                    comment.span,
                )
            continue
        if match["sign"] is None and not behind:
            continue
        name, sign = match["name"].upper()[0] + match["name"][1:], (match["sign"] or "").strip()
        if not behind:
            fail(f"{name} stands on a line of its own; write it behind the path it is about.", comment.span)
        if sign not in _SIGNS:
            fail(f"{name}: the sign is (+), (-) or left out, got '({sign})'.", comment.span)
        if match["sign"] is None and _SIGN_ELSEWHERE.match(match["text"]):
            fail(
                f"{name}: write the sign in parentheses behind the name: `# {name} (+)` or `# {name} (-)`.",
                comment.span,
            )
        if name in found:
            fail(f"{name} is stated twice.", comment.span)
        lhs, op, rhs = _subject(name, subjects[comment.span.line], comment.span, fail)
        found[name] = Hypothesis(name, _SIGNS[sign], match["text"].strip(), lhs, op, rhs, comment.span)
    return tuple(found.values())


def _subject(name: str, subjects: Sequence[Subject], span: Span, fail: Callable[[str, Span], NoReturn]) -> Subject:
    """Return the one path or definition of a line."""
    if len(subjects) != 1:
        what = "no path (`~`) or definition (`:=`)" if not subjects else f"{len(subjects)} paths"
        fail(f"{name} stands behind {what}; a hypothesis needs one path on its line.", span)
    return subjects[0]
