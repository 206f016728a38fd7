"""Delivery folders on disk: a clean one of two cases, and the means to spoil it.

A script `make.py` of `tests/faults` writes the clean files, spoils them, then announces what lies
there.
"""

import csv
import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path

from schemas.tables import BY_NAME, SCHEMA_VERSION
from tests.support.rows import valid_row

_TABLES = {
    "sites": (),
    "patients": ("patient_id",),
    "cases": ("case_id", "patient_id"),
    "imaging_studies": ("study_id", "case_id"),
    "imaging_reads": ("read_id", "study_id"),
    "imaging_measurements": ("measurement_id", "read_id", "study_id"),
    "surgeries": ("surgery_id", "case_id"),
    "pathology": ("pathology_id", "case_id", "surgery_id"),
}
_LETTERS = {
    "patient_id": "P",
    "case_id": "C",
    "study_id": "S",
    "read_id": "R",
    "measurement_id": "M",
    "surgery_id": "O",
    "pathology_id": "H",
}


def clean(folder: Path) -> None:
    """Write the files of two cases that break no rule: 8 tables, 15 records, no manifest yet."""
    for table, keys in _TABLES.items():
        numbers = (1, 2) if keys else (1,)
        write_rows(
            folder,
            table,
            [valid_row(table, **{key: f"{_LETTERS[key]}{n}" for key in keys}) for n in numbers],
        )


def write_rows(folder: Path, table: str, rows: list[dict[str, str]]) -> None:
    """Write a table's file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, BY_NAME[table].names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    (folder / f"{table}.csv").write_text(out.getvalue(), encoding="utf-8")


def read_rows(folder: Path, table: str) -> list[dict[str, str]]:
    """The records of a table's file."""
    text = (folder / f"{table}.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))


def set_cells(folder: Path, table: str, *, row: int = 1, **values: str) -> None:
    """Change cells of one record, the first being 1."""
    rows = read_rows(folder, table)
    assert set(values) <= set(rows[row - 1]), values
    rows[row - 1] |= values
    write_rows(folder, table, rows)


def add(folder: Path, table: str, **values: str) -> None:
    """Add a valid record with the given cells; a table without a file gets one."""
    there = (folder / f"{table}.csv").exists()
    rows = read_rows(folder, table) if there else []
    write_rows(folder, table, [*rows, valid_row(table, **values)])


def drop(folder: Path, table: str, *, row: int) -> None:
    """Leave one record out."""
    rows = read_rows(folder, table)
    write_rows(folder, table, rows[: row - 1] + rows[row:])


def lines_of(folder: Path, table: str) -> list[str]:
    """The lines of a table's file, the header first."""
    return (folder / f"{table}.csv").read_text(encoding="utf-8").splitlines()


def write_lines(folder: Path, table: str, lines: list[str]) -> None:
    """Write a table's file from its lines."""
    (folder / f"{table}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")


def announce(folder: Path, *, rows: Mapping[str, int] | None = None, **fields: object) -> None:
    """Write the manifest of what lies in the folder; `rows` of a file that cannot be counted."""
    entries = [
        {
            "file": path.name,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            "bytes": path.stat().st_size,
            "rows": (rows or {}).get(path.name, path.read_bytes().count(b"\n") - 1),
        }
        for path in sorted(folder.iterdir())
    ]
    manifest = {
        "format": "imsct.delivery/1",
        "delivery": "d1",
        "site": "SITE_A",
        "created": "2026-01-31T08:00:00Z",
        "profile": "imsct",
        "schema_version": SCHEMA_VERSION,
        "mode": "full",
        "supersedes": None,
        "id_scheme": "simulated",
        "key_id": None,
        "files": entries,
    }
    (folder / "manifest.json").write_text(json.dumps(manifest | fields, indent=1), encoding="utf-8")


def fingerprint(folder: Path) -> dict[str, tuple[int, int, str]]:
    """Mode, time and content of everything in a folder: what must not change."""
    found = {}
    for path in sorted(folder.rglob("*")):
        status = path.lstat()
        is_file = path.is_file() and not path.is_symlink()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if is_file else ""
        found[path.relative_to(folder).as_posix()] = (status.st_mode, status.st_mtime_ns, content)
    return found
