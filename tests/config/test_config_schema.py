"""``agentrec config schema``: what editors are told of the file."""

from __future__ import annotations

import json

import jsonschema
import pytest
from config.sample import FILE, tables_of


@pytest.fixture
def schema(command):
    """What `schema` prints, checked to be a JSON Schema."""
    schema = json.loads(command("schema")[1])
    jsonschema.Draft202012Validator.check_schema(schema)
    return schema


def test_schema_accepts(schema):
    """The schema accepts a file that loads."""
    jsonschema.validate(tables_of(FILE), schema)


@pytest.mark.parametrize(
    "text",
    [
        "mode = 'auto'",
        "[agentrec]\nmode = 'replya'",
        "[agentrec]\ncorpsu = 'x'",
        "[agentrec]\nspeed = 0",
        "[agentrec]\nthreshold = 2",
        "[[key.rule]]\nignore = 'x'",
        "[redact]\npatterns = [{ pattern = 'a' }]",
        "[[tag]]\nurl = '*'\nlevel = 3",
    ],
)
def test_schema_refuses(schema, text):
    """The schema refuses what the loader refuses."""
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tables_of(text), schema)


def test_schema_describes(schema):
    """Every key has a description for editors to show, and a default that the schema itself accepts."""
    tables = {"File": schema, **schema["$defs"]}
    for table in tables.values():
        assert table["description"]
        for name, field in table["properties"].items():
            assert "description" in field or "$ref" in field, name
            if "default" in field:
                resolved = {**field, "$defs": schema["$defs"]}
                jsonschema.validate(field["default"], resolved)
