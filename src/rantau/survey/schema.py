"""The JSON Schema of instrument files, by which editors complete keys and mark mistakes.

`python -m rantau.survey.schema` writes `instrument.schema.json` anew after a change of `instrument_file.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

from rantau.survey.instrument_file import SurveyTable

#: Where the published schema stands.
FILE = Path(__file__).with_name("instrument.schema.json")


def schema_text() -> str:
    """Return the schema as JSON.

    Returns
    -------
    str
        Draft 2020-12. What no schema can say, such as that a scale is declared, is left to `read_survey`.

    Examples
    --------
    >>> '"title": "rantau instrument"' in schema_text()
    True
    """
    schema = _without_titles(SurveyTable.model_json_schema())
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "rantau instrument"}
    return json.dumps({**head, **schema}, indent=2, ensure_ascii=False) + "\n"


def _without_titles(schema: dict[str, object]) -> dict[str, object]:
    """Leave out the titles that are only the keys in capitals; a key of its own is called `title`, and stays."""
    return {
        key: {name: _plain(each) for name, each in value.items()}
        if key in ("properties", "$defs") and isinstance(value, dict)
        else _plain(value)
        for key, value in schema.items()
        if key != "title"
    }


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return _without_titles(value)
    return [_plain(each) for each in value] if isinstance(value, list) else value


if __name__ == "__main__":
    FILE.write_text(schema_text(), "utf-8")
