"""read_survey(): an instrument from its TOML file."""

from __future__ import annotations

from pathlib import Path

from rantau.errors import SurveyError
from rantau.survey.build_survey import build_survey
from rantau.survey.instrument import Survey
from rantau.survey.instrument_faults import faults_of
from rantau.survey.instrument_file import SurveyTable
from rantau.toml_file import read_toml, refusal


def read_survey(path: str | Path) -> Survey:
    """Read an instrument file.

    Parameters
    ----------
    path
        A TOML file: `title`, `languages`, `source`, `missing`, `introduction`, `order`, tables `[scales.<name>]`,
        `[[constructs]]` with their `[[constructs.items]]`, `[[attention_checks]]` and `[[demographics]]`.

    Returns
    -------
    Survey
        Checked: every scale declared, every wording there in every language, every code unique and usable
        in a model file.

    Raises
    ------
    SurveyError
        Naming file, table, key, what was got and what is allowed; up to ten faults at once.

    Examples
    --------
    >>> survey = read_survey("surveys/mobile/instrument.toml")
    >>> survey.codes[:3], survey.item("IMAG1").scale.maximum
    (('IMAG1', 'IMAG2', 'IMAG3'), 10)
    """
    table = read_toml(path, SurveyTable, what="instrument", error=SurveyError)
    faults = list(faults_of(table))
    if faults:
        raise refusal(path, faults, SurveyError)
    return build_survey(table, str(path))
