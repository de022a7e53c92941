"""The layouts of form tools: one file per tool, one line here, in the order in which they are looked for."""

from __future__ import annotations

from rantau.survey.platforms import google_forms, kobo, limesurvey, qualtrics

ROWS = (
    qualtrics.ROW,
    limesurvey.ROW,
    kobo.ROW,
    google_forms.ROW,
)
