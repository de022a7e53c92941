"""form(): the instrument as a questionnaire that can be fielded."""

from __future__ import annotations

from collections.abc import Sequence

from rantau.errors import SurveyError
from rantau.options import check_switch, choose, several_names
from rantau.survey.form_kind import Form
from rantau.survey.forms import ROWS
from rantau.survey.instrument import Survey

KINDS = tuple(row.name for row in ROWS)


def form(
    survey: Survey, kind: str = "xlsform", *, languages: Sequence[str] | str | None = None, required: bool = False
) -> Form:
    """Turn an instrument into a form: its codes become the columns of the answers, so that these read back.

    Parameters
    ----------
    survey
        From `read_survey`.
    kind
        `xlsform` (KoBoToolbox, ODK), `surveyjs` (JSON), `limesurvey` (tab-separated structure), `word` (to print),
        or `entry` (a workbook to type paper answers into).
    languages
        Some of the survey's languages; all of them unless given. The first is shown first.
    required
        Whether respondents must answer every rated question. Unanswered questions are then impossible, and so is an
        honest refusal; most ethics boards want the default.

    Returns
    -------
    Form
        With `.write(path)` and `.remarks`: what the tool cannot hold as it is.

    Raises
    ------
    OptionError
        If there is no such kind or language.
    SurveyError
        If the tool cannot hold the instrument, with what to change.

    Examples
    --------
    >>> from rantau.survey import read_survey
    >>> made = form(read_survey("surveys/mobile/instrument.toml"), "surveyjs")
    >>> made.suffix, made.remarks
    ('.json', ())
    """
    if not isinstance(survey, Survey):
        raise SurveyError(
            f"rt.form() needs an instrument, got {type(survey).__name__}. Read it with rt.read_survey(path)."
        )
    row = {row.name: row for row in ROWS}[choose("kind", kind, KINDS)]
    check_switch("required", required)
    wanted = several_names("languages", languages, "en") or survey.languages
    for language in wanted:
        choose("languages", language, survey.languages)
    made = row.function(survey, tuple(dict.fromkeys(wanted)), required)
    return Form(row.name, row.suffix, made.content, made.remarks)
