"""The kinds of files that hold answers: one file per kind, one line here; plain text last."""

from __future__ import annotations

from rantau.survey.readers import delimited, excel, spss, stata, surveyjs

ROWS = (
    excel.ROW,
    spss.ROW,
    stata.ROW,
    surveyjs.ROW,
    delimited.ROW,
)
