"""The published JSON Schema is that of the reader."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

from rantau.survey.schema import FILE, schema_text

ROOT = Path(__file__).parents[2]


def test_the_published_schema_is_current():
    assert FILE.read_text("utf-8") == schema_text(), "write it anew: python -m rantau.survey.schema"


def test_every_key_is_described_and_no_other_allowed():
    schema = json.loads(schema_text())
    for table in (schema, *schema["$defs"].values()):
        assert table["additionalProperties"] is False
        assert all(key.get("description") for key in table["properties"].values()), table


def test_the_instruments_of_the_repository_have_only_keys_of_the_schema():
    schema = json.loads(schema_text())
    files = [*(ROOT / "surveys").glob("*/instrument.toml"), ROOT / "tests" / "survey" / "forms" / "trust.toml"]
    assert len(files) >= 3
    for file in files:
        table = tomllib.loads(file.read_text("utf-8"))
        assert set(table) <= set(schema["properties"])
        assert set(schema["required"]) <= set(table)
        for construct in table["constructs"]:
            assert set(construct) <= set(schema["$defs"]["ConstructTable"]["properties"])
