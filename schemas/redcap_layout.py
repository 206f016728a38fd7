"""Profiles of the project's own REDCap dictionary: from its export back to the tables.

Belongs here: the layouts that an export of our dictionary can have, made from the declarations.
Does not belong here: the dictionary itself (`schemas.redcap`), reading (`assets.readers.redcap`).
REDCap has no place for the habits of a site and for feature sets: both come as files of the
project's own layout beside the export.
"""

from schemas.profile import FEATURE_FILE, FileProfile, Profile, Rows, Source, own_layout
from schemas.redcap import RECORD_ID, dictionary_csv, fields_of, forms, variable
from schemas.redcap_export import EVENT, INSTANCE, INSTRUMENT, RedcapExport
from schemas.table import Table
from schemas.tables import SCHEMA_VERSION
from schemas.versions import columns_at, is_optional_at

_LABEL, _LONGITUDINAL = "_label", "_longitudinal"
#: Names of the layouts: raw or label, of a project without or with events.
REDCAP_LAYOUTS = tuple(
    f"imsct_redcap{events}{export}" for events in ("", _LONGITUDINAL) for export in ("", _LABEL)
)
#: Files of the project's own layout that stand beside an export.
_BESIDE = ("sites.csv", "feature_sets.csv", FEATURE_FILE.file)
_IGNORED = {
    EVENT: "days from the index event say when",
    INSTANCE: "each row has a key of its own",
}


def redcap_layout(name: str, version: str = SCHEMA_VERSION) -> Profile:
    """The layout of that name, for a dictionary of that version.

    Examples
    --------
    >>> [part.file for part in redcap_layout("imsct_redcap").files if part.rows]
    ['sites.csv', 'feature_sets.csv', 'data.csv']
    """
    is_longitudinal = _LONGITUDINAL in name
    redcap = RedcapExport(
        export="label" if name.endswith(_LABEL) else "raw", dictionary=dictionary_csv()
    )
    beside = [part for part in own_layout(version).files if part.file in _BESIDE]
    return Profile(
        name=name,
        title="An export of the project's own REDCap dictionary",
        version=int(version),
        source="the data dictionary ('imsct dictionary --format redcap')",
        assumptions=("Habits of the site and feature sets come as CSV files beside the export.",),
        files=(
            *sorted(beside, key=lambda part: _BESIDE.index(part.file)),
            _data(redcap, version, is_longitudinal=is_longitudinal),
            FileProfile(
                file="dictionary.csv",
                format="redcap_dictionary",
                header=(),
                rows=(),
                redcap=redcap,
            ),
        ),
    )


def _data(redcap: RedcapExport, version: str, *, is_longitudinal: bool) -> FileProfile:
    """The export: the record is the patient, every other table a repeating instrument."""
    system = (*((EVENT,) if is_longitudinal else ()), INSTRUMENT, INSTANCE)
    header = [RECORD_ID, *system]
    ignored = {name: reason for name, reason in _IGNORED.items() if name in header}
    for table in forms():
        header += [name for name in _variables(table, version) if name != RECORD_ID]
        header.append(f"{table.name}_complete")
        ignored[f"{table.name}_complete"] = "the status of a form is no fact about a case"
    return FileProfile(
        file="data.csv",
        format="redcap",
        header=tuple(header),
        ignored=ignored,
        redcap=redcap,
        rows=tuple(_rows(table, version, is_longitudinal=is_longitudinal) for table in forms()),
    )


def _variables(table: Table, version: str) -> list[str]:
    """The fields of a form."""
    there = columns_at(table, version)
    return [variable(table.name, c.name) for c in fields_of(table) if c in there]


def _rows(table: Table, version: str, *, is_longitudinal: bool) -> Rows:
    """The rows of one table: from its instrument, of the patient from the record itself."""
    is_record = table.name == "patients"
    own = tuple(name for name in _variables(table, version) if name != RECORD_ID)
    return Rows(
        table=table.name,
        when={INSTRUMENT: ("" if is_record else table.name,)},
        # with events the record has a line for each, and the patient is on one of them
        when_any_filled=own if is_record and is_longitudinal else (),
        columns={
            column.name: Source(
                column=variable(table.name, column.name),
                empty=None if is_optional_at(column, version) else "",
            )
            for column in columns_at(table, version)
        },
        unlisted="refuse" if version == SCHEMA_VERSION else "not_recorded",
    )
