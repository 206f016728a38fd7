"""The dictionary as a REDCap project: data dictionary, repeating instruments, names read back.

Belongs here: how a table becomes an instrument, a column a field, a condition branching logic.
Does not belong here: reading an export (`assets.readers`), the declarations (`schemas.tables`).
One record is one patient. Every other table is a repeating instrument, because a patient may have
several of everything. REDCap's data dictionary has no place for that: `repeating_csv` is the table
that its API takes for it (`content=repeatingFormsEvents`), or tick them under Project Setup.
"Identifier?" stays empty: it is for what identifies a person directly, and a pseudonym made at the
site does not; the field's note says so. REDCap warns of names longer than 26 characters and takes
up to 100: they are kept, because a name that is cut is not the column's.
"""

import csv
import io
from collections.abc import Iterator

from schemas.columns import REASON_SUFFIX, Code, Column, Integer, Number
from schemas.expressions import AllOf, AnyOf, Col, IsFilled, IsIn, Not, Predicate
from schemas.pages.words import AVAILABILITY, assessable_of, range_of
from schemas.table import Table
from schemas.tables import BY_NAME, TABLES
from schemas.vocabulary import UNKNOWN, Value

#: The eighteen columns, as REDCap writes and reads them.
HEADER = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
#: What a site fills by hand, with the beginning of its variables: every name of a project is
#: unique, and stays the same when another table gets a column of that name.
PREFIXES = {
    "patients": "pt",
    "cases": "ca",
    "imaging_studies": "st",
    "imaging_reads": "rd",
    "imaging_measurements": "me",
    "surgeries": "su",
    "pathology": "pa",
    "treatments": "tr",
    "functional_status": "fs",
    "follow_up": "fu",
}
#: The record: the first field of the first form, which every row of an export repeats.
RECORD_ID = "patient_id"
_RADIO_AT_MOST = 6

Field = dict[str, str]


def variable(table: str, column: str) -> str:
    """REDCap's name of a column.

    Examples
    --------
    >>> variable("cases", "age_years"), variable("cases", "patient_id")
    ('ca_age_years', 'patient_id')
    """
    return RECORD_ID if column == RECORD_ID else f"{PREFIXES[table]}_{column}"


def columns_by_variable() -> dict[str, tuple[str, str]]:
    """Table and column of every variable; the record's id stands for `patients` alone."""
    return {
        variable(table.name, column.name): (table.name, column.name)
        for table in forms()
        for column in fields_of(table)
    }


def dictionary_csv() -> str:
    """The data dictionary, one line per field, as REDCap's upload takes it."""
    out = io.StringIO()
    writer = csv.DictWriter(out, HEADER, lineterminator="\n")
    writer.writeheader()
    for table in forms():
        for place, column in enumerate(fields_of(table)):
            writer.writerow(_field(table, column, is_first=place == 0))
    return out.getvalue()


def repeating_csv() -> str:
    """The instruments that repeat, as REDCap's API takes them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("form_name", "custom_form_label"))
    for table in forms():
        if table.name != "patients":
            writer.writerow((table.name, f"[{variable(table.name, table.key[0])}]"))
    return out.getvalue()


def forms() -> Iterator[Table]:
    """The tables that a site fills by hand; habits of the site and feature sets are files."""
    return (table for table in TABLES if table.name in PREFIXES)


def fields_of(table: Table) -> Iterator[Column]:
    """The columns that are fields: the patient of a case is its record."""
    return (c for c in table.columns if table.name == "patients" or c.name != RECORD_ID)


def _field(table: Table, column: Column, *, is_first: bool) -> Field:
    """One line of the data dictionary."""
    kind = column.type
    field = dict.fromkeys(HEADER, "")
    field |= {
        "Variable / Field Name": variable(table.name, column.name),
        "Form Name": table.name,
        "Section Header": f"{table.name.replace('_', ' ')}: {table.grain}" if is_first else "",
        "Field Type": "text",
        "Field Label": f"{column.title[:1].upper()}{column.title[1:]}",
        "Field Note": _note(column),
        "Branching Logic (Show field only if...)": _shown_when(table, column),
        "Required Field?": "y" if _is_required(table, column) else "",
        "Field Annotation": f"imsct {table.name}.{column.name} since {column.since}",
    }
    if isinstance(kind, Code):
        values = kind.vocabulary.values
        field["Field Type"] = "radio" if len(values) <= _RADIO_AT_MOST else "dropdown"
        choices = (f"{value.code}, {_choice(value)}" for value in values)
        field["Choices, Calculations, OR Slider Labels"] = " | ".join(choices)
    elif isinstance(kind, Integer | Number):
        name = "Text Validation Type OR Show Slider Number"
        field[name] = "integer" if isinstance(kind, Integer) else "number"
        if kind.high < 1e300:
            field["Text Validation Min"] = f"{kind.low:g}"
            field["Text Validation Max"] = f"{kind.high:g}"
    return field


def _note(column: Column) -> str:
    """What it means, where to find it, unit and range, when it is known, on what it is judged."""
    kind, parts = column.type, [column.description]
    if isinstance(kind, Integer | Number):
        if kind.high < 1e300:
            parts.append(f"{range_of(kind.low, kind.high)} {kind.unit}".strip() + ".")
    elif not isinstance(kind, Code):
        parts.append(f"{kind.phrase[:1].upper()}{kind.phrase[1:]}.")
    if column.name == RECORD_ID:
        parts.append("A pseudonym made at the site: no name, no hospital number.")
    elif column.parent is not None and column.parent in PREFIXES:
        source = variable(column.parent, column.name)
        parts.append(f"Copy it from the field {source} of the form {column.parent}.")
    elif column.name == "site_id":
        parts.append("The same in every record of this project.")
    parts.append(f"Known {AVAILABILITY[column.available].short}.")
    judged = assessable_of(column)
    if judged.startswith("on "):
        parts.append(f"Judged {judged}.")
    return " ".join(parts).replace("`", "'")


def _choice(value: Value) -> str:
    """A value as a choice is shown: its label, and what it means where the label does not say it.

    Examples
    --------
    >>> _choice(Value("gtr", "no residual tumour")), _choice(Value("vhl"))
    ('GTR: gross total resection (no residual tumour)', 'VHL: von Hippel-Lindau disease')
    """
    meaning = value.definition.replace("|", "/")
    says_more = meaning and meaning.casefold() not in value.label.casefold()
    return f"{value.label} ({meaning})" if says_more else value.label


def _is_required(table: Table, column: Column) -> bool:
    """Whether REDCap shall insist: of a number that may be explained, on the reason.

    The reason is shown only while the number is empty, so one of the two is asked for.
    """
    asked = column
    if column.name.endswith(REASON_SUFFIX):
        asked = table[column.name.removesuffix(REASON_SUFFIX)]
    must = asked.required or asked.required_when is not None
    return must and not (asked is column and column.may_be_explained)


def unknown_of(column: Column) -> tuple[str, ...]:
    """The code that counts as missing in a condition, where the column has it."""
    kind = column.type
    return (UNKNOWN,) if isinstance(kind, Code) and UNKNOWN in kind.vocabulary.codes else ()


def _shown_when(table: Table, column: Column) -> str:
    """Branching logic: the reason of a number only while the number is empty, and the condition."""
    parts = []
    asked = column
    if column.name.endswith(REASON_SUFFIX):
        asked = table[column.name.removesuffix(REASON_SUFFIX)]
        parts.append(f'[{variable(table.name, asked.name)}] = ""')
    condition = asked.applies_when or asked.required_when
    if condition is not None:
        parts.append(_logic(table.name, condition))
    return " and ".join(_grouped(part) if len(parts) > 1 else part for part in parts)


def _logic(table: str, node: Predicate, *, negated: bool = False) -> str:
    """A condition in REDCap's logic, which has no "not": it is moved to the comparisons."""
    match node:
        case IsIn(Col(name), values):
            sign, word = ("<>", " and ") if negated else ("=", " or ")
            asked = (*values, *unknown_of(BY_NAME[table][name])) if negated else values
            return word.join(f'[{variable(table, name)}] {sign} "{value}"' for value in asked)
        case IsFilled(Col(name)):
            return f'[{variable(table, name)}] {"=" if negated else "<>"} ""'
        case Not(part):
            return _logic(table, part, negated=not negated)
        case AllOf(parts) | AnyOf(parts):
            word = " and " if isinstance(node, AllOf) != negated else " or "
            return word.join(_grouped(_logic(table, part, negated=negated)) for part in parts)
    raise TypeError(f"REDCap has no logic for a {type(node).__name__}")


def _grouped(text: str) -> str:
    """A part of a longer condition, in brackets where it has parts of its own."""
    return f"({text})" if " and " in text or " or " in text else text
