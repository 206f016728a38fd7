"""The five real REDCap projects of `tests/data/redcap`, and profiles under which they are read.

The profiles stand here because nobody delivers these projects; names are data and stay misspelt.
"""

import csv
import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

from assets.readers.read_file import ReadFile
from assets.readers.reading import read
from schemas.profile import FileProfile

COMMITTED = Path(__file__).parents[1] / "data" / "redcap"
#: Where the same files lie beside a checkout of the developers; elsewhere: IMSCT_REAL_DATA.
BESIDE = (
    Path(os.environ.get("IMSCT_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    / "redcap"
)
PROJECTS = (
    "arm-single-longitudinal",
    "checkboxes-1",
    "longitudinal",
    "repeating-instruments",
    "simple",
)
#: In `simple` the XML was made after a group and a field were added: neither is in the CSV files.
ADDED = ("redcap_data_access_group", "interpreter_needed")
_ADDED_FIELD = "interpreter_needed,race_and_ethnicity,,truefalse,Interpreter?" + "," * 13 + "\n"
#: The rows that a project gives: enough to see that no row is taken for something else.
_ROWS = {
    "arm-single-longitudinal": """
        - table: patients
          unlisted: not_recorded
          when: {redcap_event_name: [intake_arm_1]}
          columns: {patient_id: {id: [record_id], prefix: P-}}
        - table: follow_up
          unlisted: not_recorded
          when: {redcap_event_name: [dischage_arm_1, follow_up_arm_1]}
          columns: {follow_up_id: {id: [record_id, redcap_event_name]}}
        """,
    "checkboxes-1": """
        - table: imaging_reads
          unlisted: not_recorded
          columns:
            read_id: {id: [record_id], prefix: R-}
            cap_sign: {column: check_one___1, codes: {"1": present, "0": absent}}
        """,
    "longitudinal": """
        - table: patients
          unlisted: not_recorded
          when: {redcap_event_name: [enrollment_arm_1, enrollment_arm_2]}
          columns:
            patient_id: {id: [study_id], prefix: P-}
            sex: {column: sex, codes: {"0": female, "1": male}}
        - table: imaging_measurements
          unlisted: not_recorded
          when: {redcap_event_name: [visit_1_arm_1, visit_2_arm_1, first_visit_arm_2]}
          columns:
            measurement_id: {id: [study_id, redcap_event_name]}
            value: {column: vld5}
        """,
    "repeating-instruments": """
        - table: patients
          unlisted: not_recorded
          when: {redcap_repeat_instrument: [""]}
          columns:
            patient_id: {id: [record_id], prefix: P-}
            sex: {column: sex, codes: {"0": female, "1": male}}
        - table: follow_up
          unlisted: not_recorded
          when: {redcap_repeat_instrument: [bp]}
          columns: {follow_up_id: {id: [record_id, redcap_repeat_instance]}}
        """,
    "simple": """
        - table: patients
          unlisted: not_recorded
          columns:
            patient_id: {id: [record_id], prefix: P-}
            sex: {column: sex, codes: {"0": female, "1": male}}
        """,
}
_NOT_READ = {
    "longitudinal": {
        "redcap_event_name": {
            name: "nothing of it is in the dictionary"
            for name in (
                "dose_1_arm_1",
                "dose_2_arm_1",
                "final_visit_arm_1",
                "deadline_to_opt_ou_arm_2",
                "first_dose_arm_2",
                "final_visit_arm_2",
                "deadline_to_return_arm_2",
            )
        }
    }
}


def bytes_of(project: str, file: str, folder: Path = COMMITTED) -> bytes:
    """The bytes of one file of a project."""
    return (folder / project / file).read_bytes()


def header_of(project: str) -> list[str]:
    """The columns of a project's CSV export."""
    text = bytes_of(project, "data.csv").decode()
    return next(csv.reader(io.StringIO(text)))


def part_of(project: str, file: str = "data.csv", **changed: Any) -> FileProfile:
    """The profile of a project's CSV or XML; every column that no row reads is ignored."""
    dictionary = bytes_of(project, "dictionary.csv").decode()
    header = header_of(project)
    if project == "simple" and file == "project.xml":
        header = [header[0], ADDED[0], *header[1:-1], ADDED[1], header[-1]]
        dictionary = f"{dictionary.rstrip()}\n{_ADDED_FIELD}"
    said: dict[str, Any] = {
        "file": file,
        "format": "redcap_odm" if file == "project.xml" else "redcap",
        "header": header,
        "rows": yaml.safe_load(_ROWS[project]),
        "ignored_records": _NOT_READ.get(project, {}),
        "redcap": {"dictionary": dictionary},
        **changed,
    }
    said["ignored"] = dict.fromkeys(_unread(said["header"], said), "not in the dictionary")
    return FileProfile.model_validate(said)


def _unread(header: Sequence[str], said: dict[str, Any]) -> list[str]:
    """Columns that neither rows nor records left aside ask for."""
    asked = set(said["ignored_records"])
    for rows in said["rows"]:
        asked |= {*rows.get("when", {}), *rows.get("when_any_filled", ())}
        for source in rows["columns"].values():
            asked |= {source.get("column"), *source.get("id", ())}
    return [name for name in header if name not in asked]


def read_project(project: str, file: str, folder: Path = COMMITTED) -> ReadFile:
    """A project's CSV or XML, read by the shipped reader."""
    part = part_of(project, file)
    return read(bytes_of(project, file, folder), part, file=file, declared=None)
