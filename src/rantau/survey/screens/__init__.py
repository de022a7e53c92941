"""The screens: one file per rule, one line here, in the order of tables."""

from __future__ import annotations

from rantau.survey.screens import (
    antonyms,
    attention,
    duplicate,
    eligibility,
    even_odd,
    irv,
    longstring,
    mahalanobis,
    missing,
    speed,
    synonyms,
    test_rows,
)

ROWS = (
    test_rows.ROW,
    eligibility.ROW,
    missing.ROW,
    speed.ROW,
    attention.ROW,
    longstring.ROW,
    irv.ROW,
    even_odd.ROW,
    synonyms.ROW,
    antonyms.ROW,
    mahalanobis.ROW,
    duplicate.ROW,
)
