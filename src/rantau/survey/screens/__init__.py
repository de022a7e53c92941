"""The screens: one file per rule, one line here, in the order of tables."""

from __future__ import annotations

from rantau.survey.screens import duplicate, longstring, missing

ROWS = (
    missing.ROW,
    longstring.ROW,
    duplicate.ROW,
)
