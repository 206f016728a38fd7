"""The structure of a REDCap project beside its data: a delivered dictionary, events and arms.

Belongs here: which fields a project has changed since its profile was written, names of events.
Does not belong here: reading a dictionary (`redcap_dictionary`), reading data (`redcap`).
"""

import csv
import io
from collections.abc import Iterable

import polars as pl

from assets.readers.read_file import ReadFile, ReadProblem, frame_schema, refused
from assets.readers.redcap_dictionary import Field, read_dictionary
from schemas.errors import UsageError
from schemas.profile import FileProfile
from schemas.showing import counted


def read_delivered_dictionary(data: bytes, profile: FileProfile, declared: int | None) -> ReadFile:
    """Compare a delivered dictionary with the profile's: no records, at most one problem."""
    assert profile.redcap is not None
    try:
        known = read_dictionary(profile.redcap.dictionary.encode())
    except UsageError as error:
        problem = ReadProblem("E_SCHEMA", f"In the profile: {error}", "Mend the profile.")
        return refused(profile, problem)
    try:
        changed = changed_fields(known, read_dictionary(data))
    except UsageError as error:
        return refused(profile, ReadProblem("E_FORMAT", str(error), "Export it again."))
    if changed:
        return refused(profile, _changed(changed))
    if declared:
        return refused(profile, _ANNOUNCED)
    return ReadFile(profile.file, pl.DataFrame(schema=frame_schema(profile)), 0)


def changed_fields(known: Iterable[Field], today: Iterable[Field]) -> list[str]:
    """Names of known fields that are gone, or whose form, kind, validation or choices changed.

    Of a field that is new only the form is named: nobody has looked at its name.
    """
    before = {field.name: field for field in known}
    now = {field.name: field for field in today}
    changed = [name for name, field in before.items() if _meaning(field) != _meaning(now.get(name))]
    return changed + [f"a new one in {f.form}" for name, f in now.items() if name not in before]


def _meaning(field: Field | None) -> tuple[object, ...] | None:
    """What a mapping rests on."""
    return None if field is None else (field.form, field.kind, field.validation, field.choices)


def _changed(changed: list[str]) -> ReadProblem:
    """E_SCHEMA: the project is not the one that the profile was written for."""
    return ReadProblem(
        "E_SCHEMA",
        f"The project's dictionary differs from the profile's in {counted(len(changed), 'field')}: "
        f"{', '.join(changed[:4])}{', ...' * (len(changed) > 4)}. A code may mean something else "
        "than the profile takes it for.",
        "Put the dictionary of today into the profile, and look at its `codes` and `rows`.",
    )


_ANNOUNCED = ReadProblem(
    "E_COUNT",
    "The manifest announces rows for the dictionary, which has no records.",
    "Make the manifest with 'imsct prepare' or 'imsct deliver'.",
)


def event_labels(events: bytes, arms: bytes) -> dict[str, str]:
    """Label of every event, as a label export has it, to its name: for `labels` of a profile.

    `events` and `arms` are the CSV files of the API; with one arm the label is the event's alone.

    Raises
    ------
    UsageError
        If a file is not what the API writes.
    """
    try:
        named = {row["arm_num"]: row["name"] for row in _rows(arms)}
        labels = {}
        for row in _rows(events):
            arm = f" (Arm {row['arm_num']}: {named[row['arm_num']]})" if len(named) > 1 else ""
            labels[row["event_name"] + arm] = row["unique_event_name"]
        return labels
    except (KeyError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(
            "The lists of events and arms are not those of REDCap's API. Export both again."
        ) from error


def _rows(data: bytes) -> list[dict[str, str]]:
    """The lines of a small CSV file."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
