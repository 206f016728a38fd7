"""Targets of a draft: which column of the dictionary a delivered name stands for.

Belongs here: names compared, usual headers that resemble no name of the dictionary, usual words
for codes.
Does not belong here: what a draft says of them (`assets.draft_rows`).
"""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from schemas.columns import Code, Column
from schemas.table import Table, day_columns
from schemas.tables import BY_NAME, TABLES

#: Table, column, and whether that is sure.
Target = tuple[Table, Column, bool]
#: Usual headers that resemble no name of the dictionary, or that of a wrong column.
_ALSO = {
    "diagnosis": ("pathology", "histology"),
    "diagnose": ("pathology", "histology"),
    "histologie": ("pathology", "histology"),
    "whograd": ("pathology", "who_grade"),
    "ki67": ("pathology", "ki67_percent"),
    "patientennummer": ("patients", "patient_id"),
    "patientennr": ("patients", "patient_id"),
    "fallnummer": ("cases", "case_id"),
    "fallnr": ("cases", "case_id"),
    "geschlecht": ("patients", "sex"),
    "alter": ("cases", "age_years"),
    "asa": ("cases", "asa_grade"),
    "opdatum": ("surgeries", "surgery_day"),
    "operationsdatum": ("surgeries", "surgery_day"),
    "opdauer": ("surgeries", "duration_min"),
    "verweildauer": ("surgeries", "length_of_stay_days"),
    "mridate": ("imaging_studies", "study_day"),
    "mrtdatum": ("imaging_studies", "study_day"),
    "untersuchungsdatum": ("imaging_studies", "study_day"),
    "resektionsausmass": ("surgeries", "extent_of_resection"),
    "blutverlust": ("surgeries", "blood_loss_ml"),
    "todesdatum": ("follow_up", "death_day"),
}
#: Usual words for a code; one is proposed where the vocabulary has it.
_WORDS = {
    "w": ("female",),
    "f": ("female",),
    "weiblich": ("female",),
    "frau": ("female",),
    "m": ("male",),
    "maennlich": ("male",),
    "mann": ("male",),
    "ja": ("yes", "present"),
    "nein": ("no", "absent"),
    "ntr": ("near_total",),
    "str": ("subtotal",),
}
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def plain(name: str) -> str:
    """A name without case and separators; an umlaut as two letters.

    Examples
    --------
    >>> plain("Resektionsausmaß (%)")
    'resektionsausmass'
    """
    return re.sub("[^a-z0-9]", "", name.lower().translate(_UMLAUTS))


def is_id(name: str) -> bool:
    """Whether a column is named like one of local ids, which become pseudonyms."""
    return plain(name).endswith("id")


def target_of(name: str, tables: Sequence[Table] = TABLES) -> Target | None:
    """The column of one of these tables that a name stands for."""
    known = {
        plain(said): (table, column)
        for table in reversed(tables)
        for column in reversed(table.columns)
        for said in (column.title, column.name, f"{column.name.removesuffix('_day')}_date")
        if said == column.title or said == column.name or column.name in day_columns(table)
    }
    wanted = plain(name)
    usual = _ALSO.get(wanted)
    if usual is not None and BY_NAME[usual[0]] in tables:
        table = BY_NAME[usual[0]]
        return table, table[usual[1]], False
    if wanted in known:
        return *known[wanted], True
    # a name of three letters is one slip away from many others
    values = [said for said, (table, column) in known.items() if column.name not in table.key]
    names = list(known) if is_id(name) else values
    near = get_close_matches(wanted, names, n=1, cutoff=0.8) if len(wanted) > 3 else []
    return (*known[near[0]], False) if near else None


def code_of(text: str, column: Column) -> str | None:
    """The code that a word stands for in a column, where it is a code, a label or a usual word."""
    if not isinstance(column.type, Code):
        return None
    vocabulary = column.type.vocabulary
    words = {plain(value.label): value.code for value in vocabulary.values}
    words |= {plain(code): code for code in vocabulary.codes}
    usual = next((c for c in _WORDS.get(plain(text), ()) if c in vocabulary.codes), None)
    return words.get(plain(text), usual)
