"""A room of forms: one file and one row each."""

from __future__ import annotations

from rantau.survey.forms.entry import ROW as ENTRY
from rantau.survey.forms.limesurvey import ROW as LIMESURVEY
from rantau.survey.forms.surveyjs import ROW as SURVEYJS
from rantau.survey.forms.word import ROW as WORD
from rantau.survey.forms.xlsform import ROW as XLSFORM

ROWS = (XLSFORM, SURVEYJS, LIMESURVEY, WORD, ENTRY)
