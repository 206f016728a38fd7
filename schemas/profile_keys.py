"""Keys of a profile: what each means, an example, and what of it is refused.

Belongs here: one text for every key of `schemas.profile`; a test holds the two together.
Does not belong here: the keys' types and defaults (`schemas.profile`), the page
(`docs/profile_page.py`).
"""

from dataclasses import dataclass

from pydantic import BaseModel

from schemas.profile import FileProfile, Profile, Rows, Source
from schemas.redcap_export import RedcapExport


@dataclass(frozen=True)
class Key:
    """A key of a profile: what it says, as one writes it, and what of it is refused."""

    says: str
    example: str
    refused: str


@dataclass(frozen=True)
class Part:
    """A part of a profile, where it stands, and its keys in their order."""

    model: type[BaseModel]
    title: str
    about: str
    keys: dict[str, Key]


_PROFILE = {
    "name": Key(
        "The name by which a manifest calls the profile.",
        "name: ward",
        "in a home's `profiles/`: another name than the file's; a shipped name stays the shipped "
        "profile",
    ),
    "title": Key("What it reads, in a few words.", "title: Operations of our ward", "nothing"),
    "version": Key("A whole number; count it up when the export changes.", "version: 1", "a text"),
    "source": Key("The system that the files come from.", "source: the ward's list", "nothing"),
    "assumptions": Key(
        "What the profile supplies that no cell says, in sentences. `profile check` repeats them.",
        "assumptions: [Every patient has one tumour.]",
        "nothing",
    ),
    "files": Key("One entry for each kind of file.", "files: [...]", "a file named twice"),
}
_FILE = {
    "file": Key(
        "The name of the file. `{name}` in it stands for letters, digits, `-` and `_` and is a "
        "column of every record, where one file is one subject.",
        'file: "{study}_seg.csv"',
        "a path, `..`, a name that is also in the header",
    ),
    "format": Key(
        "What kind of file it is; `delimited` text where it is left out.",
        "format: excel",
        "a kind that no reader reads",
    ),
    "delimiter": Key(
        "The separator of a delimited text: comma, semicolon, tab or bar. A comma where it is "
        "left out.",
        'delimiter: ";"',
        "any other character",
    ),
    "encoding": Key(
        "How letters are stored: `utf-8` (where it is left out), `latin-1` or `windows-1252`.",
        "encoding: windows-1252",
        "any other; a file that is not what is declared",
    ),
    "header": Key(
        "Every column of the first line, letter by letter and in order.",
        'header: [Fallnummer, Geschlecht, "OP-Datum"]',
        "a name twice or beginning with `_`; a file with another first line; a header where the "
        "format has none",
    ),
    "sheet": Key(
        "The sheet of a workbook.",
        "sheet: Patienten",
        "a workbook without it, any other file with it",
    ),
    "features": Key(
        "Of a table of radiomics: how the names of the features begin.",
        "features: [original_]",
        "with any other format",
    ),
    "study": Key(
        "Of a table of radiomics: the column that names the study.",
        "study: PatientID",
        "with any other format; a column that is not in the header",
    ),
    "decimal": Key(
        'The decimal sign of the numbers: "." (where it is left out) or ",".',
        'decimal: ","',
        "with a comma declared, a number with a point (`R007`)",
    ),
    "missing": Key(
        "Texts that stand for a missing value, and the reason: `not_done`, `not_assessable`, "
        "`not_recorded`, `not_applicable`, `withheld` or `pending`. Exact spelling; a text that "
        "`codes` of a column names is a value there.",
        'missing: {"k.A.": not_recorded, ND: not_done}',
        "any other reason",
    ),
    "ignored": Key(
        "Columns that are not read, each with the reason. Names, dates of birth and free text "
        "belong here, or better not into the export at all.",
        "ignored: {Name: identifies a person}",
        "a column that is also read; a column of the header that is neither read nor ignored",
    ),
    "ignored_records": Key(
        "Records that make no rows, by the value of a column, each with the reason; `*` is every "
        "value that no rows ask for.",
        "ignored_records: {visit: {phone: nothing of it is in the dictionary}}",
        "a record that no `when` asks for and that is not named here (`E_SCHEMA`)",
    ),
    "redcap": Key(
        "Of a REDCap export, and of nothing else: see below.",
        "redcap: {export: raw, dictionary: ...}",
        "with any other format; a REDCap format without it",
    ),
    "rows": Key("The rows that a record makes, table by table.", "rows: [...]", "no such key"),
}
_ROWS = {
    "table": Key(
        "The table of [the dictionary](dictionary.md) that gets the rows.",
        "table: surgeries",
        "a table that does not exist",
    ),
    "columns": Key(
        "Where each column of the table comes from: see the next part.",
        "columns: {case_id: {column: Fallnummer}}",
        "a column that the table does not have; rows without a key, or without a column that "
        "must be filled (`profile check`)",
    ),
    "when": Key(
        "Make the row only where these columns hold one of these values.",
        "when: {visit: [baseline, month_3]}",
        "of a REDCap export: rows that do not say from which form and event they come",
    ),
    "when_any_filled": Key(
        "Make the row only where one of these columns is filled.",
        'when_any_filled: ["OP-Datum", Operateur]',
        "a column that is not in the header",
    ),
    "once": Key(
        "Make one row only of the whole file, of its first record whose cells fit the table: "
        "the site's own.",
        "once: true",
        "nothing",
    ),
    "unlisted": Key(
        "What the table's other columns hold. `not_recorded`: that nothing is known. `refuse`, "
        "where it is left out: the profile must name each.",
        "unlisted: not_recorded",
        "with `refuse`, a column without a source",
    ),
}
_SOURCE = {
    "column": Key(
        "The delivered column.", 'case_id: {column: "Fall-Nr"}', "together with constant or id"
    ),
    "constant": Key(
        "The same value in every row.",
        "index_event: {constant: surgery}",
        "a value that the column cannot hold (`profile check`)",
    ),
    "id": Key(
        "An id made of the values of these columns, joined by `-`; empty where one is empty.",
        "surgery_id: {id: [Fallnummer, Nr]}",
        "together with column or constant",
    ),
    "prefix": Key(
        "What such an id begins with.",
        "surgery_id: {id: [Fallnummer], prefix: OP-}",
        "without id",
    ),
    "codes": Key(
        "Delivered text to code of [the vocabulary](vocabularies.md), exact spelling. A text that "
        "is not named stays as it is, and is judged.",
        "sex: {column: Geschlecht, codes: {w: female, m: male}}",
        "a code that the vocabulary does not have (`profile check` names the nearest)",
    ),
    "empty": Key(
        "What an empty cell means here; where it is left out, that nothing was recorded.",
        "cap_sign: {column: Cap, empty: not_reported}",
        "as codes",
    ),
    "empty_where": Key(
        "Exceptions from `empty`, by the value of another column.",
        "syrinx: {column: Syrinx, empty_where: {MRT: {nein: not_assessable}}}",
        "as codes",
    ),
    "only_where": Key(
        "The value is taken only where these columns hold one of these values; else it is empty.",
        "death_day: {column: Datum, date: iso, only_where: {Status: [tot]}}",
        "a column that is not in the header",
    ),
    "only_where_filled": Key(
        "The value is taken only where this column is filled.",
        "timepoint: {constant: discharge, only_where_filled: McCormick}",
        "a column that is not in the header",
    ),
    "months_to_days": Key(
        "The number is months; of each month 30.4375 days are made.",
        "contact_day: {column: FU_Monate, months_to_days: true}",
        "with date",
    ),
    "date": Key(
        "The cell is a date of this one format, of which `imsct prepare` makes days from day 0: "
        "`iso`, or %Y, %m and %d with one separator.",
        'surgery_day: {column: "OP-Datum", date: "%d.%m.%Y"}',
        "a year of two digits; a column that holds no day; a cell of another format "
        "(`E_DATE_FORMAT`)",
    ),
    "factor": Key(
        "The delivered number times this is in the dictionary's unit.",
        'duration_min: {column: "OP-Dauer (h)", factor: "60"}',
        "a number without quotes, with a comma, or beside date",
    ),
}
_REDCAP = {
    "export": Key(
        "`raw` (codes; where it is left out) or `label`.", "export: raw", "any other; the other one"
    ),
    "dictionary": Key(
        "The project's data dictionary, the whole file as REDCap writes it. "
        "`profile draft --dictionary FILE` puts it in.",
        'dictionary: "(the whole file)"',
        "a text that is none, or that lacks a column of the header",
    ),
    "labels": Key(
        "Of a label export: labels that the dictionary does not name, such as events.",
        'labels: {redcap_event_name: {"First visit": first_arm_1}}',
        "a label of no name (`E_SCHEMA`)",
    ),
}

#: The parts of a profile, from the outside in.
PARTS = (
    Part(Profile, "The profile", "At the top of the file.", _PROFILE),
    Part(FileProfile, "A file", "Each entry of `files`.", _FILE),
    Part(
        Rows,
        "Rows",
        "Each entry of `rows` of a file; one record may make rows of many tables.",
        _ROWS,
    ),
    Part(
        Source,
        "A column",
        "Each entry of `columns`; exactly one of `column`, `constant` and `id`.",
        _SOURCE,
    ),
    Part(RedcapExport, "REDCap", "Under `redcap` of a file.", _REDCAP),
)
