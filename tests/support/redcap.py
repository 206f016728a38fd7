"""What REDCap would export of rows that were typed into a project of our dictionary.

Written from the dictionary's CSV and the rules seen in real exports, without the reader's own
functions: record by record, the record itself first, then each instrument's instances; a cell that
does not belong to the instrument is empty, the status of its form is 2.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

from schemas.exports import dictionary_as
from schemas.redcap import variable
from tests.support.folders import announce

Row = dict[str, str]
#: By which column a row leads to its patient.
_LEADS = ("patient_id", "case_id", "study_id")
_SYSTEM = ("redcap_event_name", "redcap_repeat_instrument", "redcap_repeat_instance")
_SYSTEM_LABELS = ("Event Name", "Repeat Instrument", "Repeat Instance")


def read_own(folder: Path) -> dict[str, list[Row]]:
    """The rows of a delivery in the project's own layout, by table."""
    return {
        path.stem: list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"))))
        for path in sorted(folder.glob("*.csv"))
    }


def write_redcap(
    folder: Path, tables: Mapping[str, Sequence[Row]], *, label: bool, events: bool
) -> None:
    """Write `data.csv`, `dictionary.csv` and `sites.csv`; with events every form is in one."""
    folder.mkdir(exist_ok=True)
    lines = list(csv.DictReader(io.StringIO(dictionary_as("redcap"))))
    system = _SYSTEM if events else _SYSTEM[1:]
    names, headings = _header(lines, system)
    choices = {line["Variable / Field Name"]: _labels(line) for line in lines}
    records = [
        {
            name: _shown(name, record.get(name, ""), choices) if label else record.get(name, "")
            for name in names
        }
        for record in _records(tables)
    ]
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(headings if label else names)
    writer.writerows([record[name] for name in names] for record in records)
    (folder / "data.csv").write_text(out.getvalue(), encoding="utf-8")
    (folder / "dictionary.csv").write_text(dictionary_as("redcap"), encoding="utf-8")
    out = io.StringIO()
    sites = csv.DictWriter(out, list(tables["sites"][0]), lineterminator="\n")
    sites.writeheader()
    sites.writerows(tables["sites"])
    (folder / "sites.csv").write_text(out.getvalue(), encoding="utf-8")


def as_redcap(folder: Path, *, label: bool = False) -> None:
    """Put an export in the place of a delivery in the project's own layout."""
    tables = read_own(folder)
    for table in tables:
        (folder / f"{table}.csv").unlink()
    write_redcap(folder, tables, label=label, events=False)


def announce_redcap(folder: Path, *, label: bool = False) -> None:
    """Write the manifest of an export without line breaks in its cells."""
    announce(
        folder,
        rows={"dictionary.csv": 0},
        profile="imsct_redcap_label" if label else "imsct_redcap",
    )


def _header(lines: list[Row], system: Sequence[str]) -> tuple[list[str], list[str]]:
    """Names and labels of the columns, in the order of an export."""
    names, headings = [], []
    for place, line in enumerate(lines):
        names.append(line["Variable / Field Name"])
        headings.append(line["Field Label"])
        if place == 0:
            names += system
            headings += _SYSTEM_LABELS[-len(system) :]
        form = line["Form Name"]
        if place + 1 == len(lines) or lines[place + 1]["Form Name"] != form:
            names.append(f"{form}_complete")
            headings.append("Complete?")
    return names, headings


def _labels(line: Row) -> dict[str, str]:
    """Labels of a field's choices by code."""
    text = line["Choices, Calculations, OR Slider Labels"]
    pairs = [choice.split(",", 1) for choice in text.split("|") if choice]
    return {code.strip(): label.strip() for code, label in pairs}


def _shown(name: str, text: str, choices: Mapping[str, Mapping[str, str]]) -> str:
    """A cell as people see it."""
    if name == "redcap_event_name":
        return {"baseline_arm_1": "Baseline"}[text]
    if name == "redcap_repeat_instrument":
        return text.replace("_", " ").title()
    if name.endswith("_complete"):
        return {"2": "Complete", "": ""}[text]
    return choices[name].get(text, text) if choices.get(name) else text


def _records(tables: Mapping[str, Sequence[Row]]) -> list[Row]:
    """Every line of the export, in its order."""
    patients = {row["patient_id"]: row for row in tables["patients"]}
    of_key = {
        "case_id": {row["case_id"]: row for row in tables.get("cases", ())},
        "study_id": {row["study_id"]: row for row in tables.get("imaging_studies", ())},
    }
    found = {name: [_record("patients", row, name, 0)] for name, row in patients.items()}
    for table, rows in tables.items():
        if table in ("patients", "sites"):
            continue
        instances = dict.fromkeys(patients, 0)
        for row in rows:
            patient = _patient_of(row, of_key)
            instances[patient] += 1
            found[patient].append(_record(table, row, patient, instances[patient]))
    return [record for records in found.values() for record in records]


def _patient_of(row: Row, of_key: Mapping[str, Mapping[str, Row]]) -> str:
    """The patient of a row, by the keys that lead there."""
    lead = next(name for name in _LEADS if name in row)
    return row[lead] if lead == "patient_id" else _patient_of(of_key[lead][row[lead]], of_key)


def _record(table: str, row: Row, patient: str, instance: int) -> Row:
    """One line: its own cells, and none of another instrument."""
    return {
        **{variable(table, name): text for name, text in row.items()},
        "patient_id": patient,
        "redcap_event_name": "baseline_arm_1",
        "redcap_repeat_instrument": table if instance else "",
        "redcap_repeat_instance": str(instance) if instance else "",
        f"{table}_complete": "2",
    }
