"""Valid rows: one delivery of one site with one case, which breaks no rule."""

from collections.abc import Mapping

import polars as pl

from schemas.columns import Code
from schemas.filling import not_recorded
from schemas.tables import BY_NAME, TABLES

_VALID: dict[str, dict[str, str]] = {
    "sites": {"definition_version": "1", "syrinx_definition": "strict"},
    "patients": {"sex": "female", "syndrome": "none"},
    "cases": {
        "case_number": "1",
        "index_event": "surgery",
        "index_period": "2015_2020",
        "age_years": "47",
        "case_kind": "primary",
        "consent_scope": "research_registry",
    },
    "imaging_studies": {
        "modality": "mr",
        "study_day": "-3",
        "study_purpose": "preoperative",
        "contrast_given": "yes",
        "field_strength_t": "1.5",
        **{
            c.name: "acquired"
            for c in BY_NAME["imaging_studies"].columns
            if c.name.startswith(("seq_", "has_axial_"))
        },
    },
    "imaging_reads": {
        "read_round": "1",
        "level_upper": "C4",
        "level_lower": "C6",
        "n_segments": "3",
        "reader_id": "reader1",
    },
    "imaging_measurements": {
        "structure": "tumour",
        "measure": "tumour_length_mm",
        "value": "40",
        "unit": "mm",
        "software": "unknown",
        "software_version": "unknown",
    },
    "feature_sets": {
        "extractor_version": "3.0.1",
        "settings_sha256": "a" * 64,
        "file_sha256": "b" * 64,
        "mask_structure": "tumour",
        "voxel_spacing_mm": "1",
        "n_rows": "1",
        "n_features": "1",
    },
    "surgeries": {
        "surgery_day": "0",
        "surgery_number": "1",
        "extent_of_resection": "gtr",
        "eor_assessment_day": "2",
    },
    "pathology": {"specimen_day": "0", "histology": "spinal_ependymoma"},
    "treatments": {"start_day": "40"},
    "functional_status": {
        "timepoint": "preoperative",
        "assessment_day": "-1",
        "scale": "mccormick",
        "scale_version": "modified_1_5",
        "score": "2",
    },
    "follow_up": {"contact_day": "365", "last_imaging_day": "30", "vital_status": "alive"},
}
_KEYS = {
    "site_id": "SITE_A",
    "patient_id": "P1",
    "case_id": "C1",
    "study_id": "S1",
    "read_id": "R1",
    "surgery_id": "O1",
}


def valid_row(table: str, **values: str) -> dict[str, str]:
    """One valid row of a table, with the given values in place of its own."""
    row = {}
    for column in BY_NAME[table].columns:
        fallback = not_recorded(column) if isinstance(column.type, Code) else ""
        row[column.name] = _VALID[table].get(column.name, _KEYS.get(column.name, fallback))
    if f"{table}_key" not in values and BY_NAME[table].key[0] not in _KEYS:
        row[BY_NAME[table].key[0]] = "K1"
    unknown = set(values) - set(row)
    assert not unknown, f"{table} has no column {unknown}"
    return row | values


def frame_of(table: str, rows: list[Mapping[str, str]]) -> pl.DataFrame:
    """Rows as a text frame in the columns of the table."""
    names = BY_NAME[table].names
    return pl.DataFrame(
        {name: [row[name] for row in rows] for name in names},
        schema=dict.fromkeys(names, pl.String),
    )


def valid_delivery(**tables: list[Mapping[str, str]]) -> dict[str, pl.DataFrame]:
    """One valid row per table; a named table gets the given rows instead (each completed)."""
    return {
        table.name: frame_of(
            table.name,
            [valid_row(table.name, **row) for row in tables.get(table.name, [{}])],
        )
        for table in TABLES
    }


def as_files(delivery: Mapping[str, pl.DataFrame]) -> dict[str, bytes]:
    """A delivery as files of the project's own layout."""
    return {f"{name}.csv": rows.write_csv().encode() for name, rows in delivery.items()}
