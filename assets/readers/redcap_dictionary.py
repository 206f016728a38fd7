"""A REDCap project's data dictionary as plain objects: its fields and how an export writes them.

Belongs here: the file of eighteen columns read, the columns and labels an export has for a field.
Does not belong here: reading an export (`redcap`, `redcap_odm`), writing our own dictionary
(`schemas.redcap`).
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

from schemas.errors import UsageError
from schemas.redcap import HEADER
from schemas.redcap_export import SYSTEM_COLUMNS

#: The same eighteen columns as the API writes them (content=metadata).
API_HEADER = (
    "field_name",
    "form_name",
    "section_header",
    "field_type",
    "field_label",
    "select_choices_or_calculations",
    "field_note",
    "text_validation_type_or_show_slider_number",
    "text_validation_min",
    "text_validation_max",
    "identifier",
    "branching_logic",
    "required_field",
    "custom_alignment",
    "question_number",
    "matrix_group_name",
    "matrix_ranking",
    "field_annotation",
)
_WITH_CHOICES = ("radio", "dropdown", "checkbox")
_FIXED_CHOICES = {
    "yesno": (("1", "Yes"), ("0", "No")),
    "truefalse": (("1", "True"), ("0", "False")),
}
#: What REDCap adds at the end of every form.
STATUS_CHOICES = (("0", "Incomplete"), ("1", "Unverified"), ("2", "Complete"))
COMPLETE = "2"
_CHECKED = (("1", "Checked"), ("0", "Unchecked"))


@dataclass(frozen=True)
class Field:
    """One line of the dictionary; `choices` are pairs of code and label."""

    name: str
    form: str
    section: str
    kind: str
    label: str
    choices: tuple[tuple[str, str], ...]
    calculation: str
    note: str
    validation: str
    low: str
    high: str
    is_identifier: bool
    branching: str
    is_required: bool
    annotation: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of an export that hold the field: of a checkbox one per choice."""
        if self.kind == "descriptive":
            return ()
        if self.kind == "checkbox":
            return tuple(checkbox_column(self.name, code) for code, _ in self.choices)
        return (self.name,)


@dataclass(frozen=True)
class ExportColumn:
    """A column of an export: `heading` and `choices` are what a label export writes."""

    name: str
    heading: str
    choices: tuple[tuple[str, str], ...] = ()
    form: str | None = None
    is_checkbox: bool = False


def read_dictionary(data: bytes) -> tuple[Field, ...]:
    """The fields of a data dictionary, in its order; the first is the record's id.

    Raises
    ------
    UsageError
        If it is no data dictionary, or names a field twice.
    """
    try:
        lines = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError("The REDCap data dictionary is no CSV file in UTF-8.") from error
    if not lines or tuple(lines[0]) not in (HEADER, API_HEADER):
        raise UsageError(
            "The REDCap data dictionary lacks the header of eighteen columns that REDCap writes. "
            "Download it again: Project Setup, Data Dictionary."
        )
    wrong = next((n for n, cells in enumerate(lines, 1) if len(cells) != len(HEADER)), None)
    if wrong is not None:
        raise UsageError(f"The REDCap data dictionary has not eighteen cells in its row {wrong}.")
    fields = tuple(_field(cells) for cells in lines[1:])
    names = [field.name for field in fields]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not fields:
        what = f"names twice {', '.join(twice)}" if twice else "has no fields"
        raise UsageError(f"The REDCap data dictionary {what}. Download it again.")
    return fields


def _field(cells: list[str]) -> Field:
    """One line of the dictionary as a field."""
    name, form, section, kind, label, choices, note, validation, low, high = cells[:10]
    identifier, branching, required = cells[10:13]
    return Field(
        name=name,
        form=form,
        section=section,
        kind=kind,
        label=label,
        choices=read_choices(choices) if kind in _WITH_CHOICES else _FIXED_CHOICES.get(kind, ()),
        calculation=choices if kind == "calc" else "",
        note=note,
        validation=validation,
        low=low,
        high=high,
        is_identifier=identifier == "y",
        branching=branching,
        is_required=required == "y",
        annotation=cells[17],
    )


def read_choices(text: str) -> tuple[tuple[str, str], ...]:
    """Codes and labels: split at bars, then at the first comma, blanks around them dropped.

    Examples
    --------
    >>> read_choices("0, Female | 1, Male")
    (('0', 'Female'), ('1', 'Male'))
    >>> read_choices("a, A|b, B, or C")
    (('a', 'A'), ('b', 'B, or C'))
    """
    parts = [part.partition(",") for part in text.split("|")]
    return tuple((code.strip(), label.strip()) for code, _, label in parts if code.strip())


def checkbox_column(name: str, code: str) -> str:
    """The column of one choice of a checkbox.

    Codes in capitals or with a sign are written in small letters and '_'.

    Examples
    --------
    >>> checkbox_column("race", "3"), checkbox_column("race", "-9"), checkbox_column("race", "A")
    ('race___3', 'race____9', 'race___a')
    """
    return f"{name}___{re.sub('[^a-z0-9_]', '_', code.lower())}"


def export_columns(fields: Iterable[Field]) -> dict[str, ExportColumn]:
    """Every column that an export of the project may have, by name, in the order of an export.

    Columns of the system come after the record's id; after each form its status.
    """
    found: list[ExportColumn] = []
    form: str | None = None
    for field in fields:
        if form is not None and field.form != form:
            found.append(_status(form))
        form = field.form
        for place, column in enumerate(field.columns):
            found.append(_column(field, column, place))
        if len(found) == 1:
            found += [ExportColumn(name, heading) for name, heading in SYSTEM_COLUMNS.items()]
    if form is not None:
        found.append(_status(form))
    return {column.name: column for column in found}


def _column(field: Field, name: str, place: int) -> ExportColumn:
    """The column of a field, or of one choice of it."""
    if field.kind != "checkbox":
        return ExportColumn(name, field.label, field.choices, field.form)
    heading = f"{field.label} (choice={field.choices[place][1]})"
    return ExportColumn(name, heading, _CHECKED, field.form, is_checkbox=True)


def _status(form: str) -> ExportColumn:
    """The status that REDCap keeps for a form."""
    return ExportColumn(f"{form}_complete", "Complete?", STATUS_CHOICES, form)


def instrument_label(form: str) -> str:
    """How a form is headed where nobody renamed it.

    Examples
    --------
    >>> instrument_label("imaging_studies")
    'Imaging Studies'
    """
    return " ".join(word[:1].upper() + word[1:] for word in form.split("_"))
