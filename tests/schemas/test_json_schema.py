"""JSON Schema: valid by the metaschema, and of one mind with the rules about single rows."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from analyses.simulation import simulate_registry
from schemas.columns import Code, Column, Integer, Number
from schemas.json_schema import json_schema
from schemas.tables import BY_NAME, TABLES
from tests.support.rows import valid_row


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    schema = json_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def typed(column: Column, text: str) -> object:
    """A delivered text as JSON has it."""
    if text == "":
        return None
    if isinstance(column.type, Integer):
        return int(text)
    return float(text) if isinstance(column.type, Number) else text


def as_row(table: str, row: dict[str, str]) -> dict[str, object]:
    """A delivered row as JSON."""
    return {name: typed(BY_NAME[table][name], text) for name, text in row.items()}


def errors(validator: Draft202012Validator, table: str, **values: Any) -> list[str]:
    """What is wrong with a valid row when these values are put into it."""
    row = as_row(table, valid_row(table)) | values
    return [error.message for error in validator.iter_errors({table: [row]})]


def test_every_row_of_a_simulated_registry_is_valid(validator: Draft202012Validator) -> None:
    for tables in simulate_registry(cases=40, sites=2, seed=3).values():
        content = {
            name: [as_row(name, row) for row in rows.to_dicts()] for name, rows in tables.items()
        }
        assert [error.message for error in validator.iter_errors(content)] == []


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("patients", {"sex": "Female"}),
        ("patients", {"sex": None}),
        ("patients", {"patient_id": "P 1"}),
        ("patients", {"name": "x"}),
        ("cases", {"age_years": 470}),
        ("cases", {"age_years": "47"}),
        ("cases", {"age_years": None}),
        ("cases", {"age_years": 47, "age_years_missing_reason": "not_done"}),
        ("cases", {"case_number": 1.5}),
        ("imaging_studies", {"seq_t2": None}),
        ("surgeries", {"extent_of_resection": "gtr", "eor_basis": None}),
        ("surgeries", {"eor_basis": "both", "eor_assessment_day": None}),
        ("imaging_reads", {"syrinx": "absent", "syrinx_definition": None}),
        ("follow_up", {"vital_status": "dead", "cause_of_death": "tumour"}),
        ("functional_status", {"scale": "mccormick", "scale_version": None}),
    ],
)
def test_a_spoilt_row_is_not(
    validator: Draft202012Validator, table: str, values: dict[str, Any]
) -> None:
    assert errors(validator, table) == []
    assert errors(validator, table, **values)


@pytest.mark.parametrize(
    ("table", "values"),
    [
        ("cases", {"age_years": None, "age_years_missing_reason": "not_recorded"}),
        ("imaging_studies", {"modality": "ct", "seq_t2": None}),
        ("surgeries", {"extent_of_resection": "none", "eor_basis": None}),
        ("surgeries", {"extent_of_resection": "unknown", "eor_basis": None}),
        ("imaging_reads", {"syrinx": "not_assessable", "syrinx_definition": None}),
        ("functional_status", {"scale": "ecog", "scale_version": None}),
    ],
)
def test_what_may_be_missing_may_be_missing(
    validator: Draft202012Validator, table: str, values: dict[str, Any]
) -> None:
    assert errors(validator, table, **values) == []


def test_every_column_has_its_facts() -> None:
    tables = json_schema()["$defs"]
    for table in TABLES:
        properties = tables[table.name]["properties"]
        assert list(properties) == list(table.names)
        for column in table.columns:
            found = properties[column.name]
            assert found["description"]
            assert found["x-imsct-availability"] == column.available.value
            assert found["x-imsct-since"] == column.since
            assert found.get("x-imsct-unit", "") == column.unit
            if isinstance(column.type, Code):
                assert [v for v in found["enum"] if v] == list(column.type.vocabulary.codes)
