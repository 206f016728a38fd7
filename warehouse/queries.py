"""Queries: every question that a page may ask of a published snapshot, each a named function.

Belongs here: the closed list of questions, with every value bound and every column from an
enumeration.
Does not belong here: the connection (`warehouse.published`), small numbers (`analyses.disclosure`).
Only cases with consent for the research registry are counted.
"""

from collections.abc import Collection, Mapping
from enum import StrEnum

import polars as pl

from warehouse.published import PublishedReader

#: Shown in place of a value that nobody wrote down, beside the values of the vocabulary.
NOT_RECORDED = "not_recorded"
#: Shown for the extent of resection where no surgery is recorded: that is not "not operated".
NO_SURGERY = "no_surgery_recorded"
#: Bands of age in years, by their lower ends. Source: statistics.md, section 7 (subgroups).
AGE_BANDS = ("under_18", "18_to_64", "65_and_over")


class Facet(StrEnum):
    """A variable by which cases are counted and chosen; its value is its name in an address."""

    HISTOLOGY = "histology"
    REGION = "region"
    EXTENT = "extent"
    SITE = "site"
    SEX = "sex"
    AGE = "age"


def _recorded(column: str) -> str:
    """SQL of a column with its missing values named."""
    is_missing = f"coalesce({column}, 'unknown') = 'unknown'"
    return f"case when {is_missing} then '{NOT_RECORDED}' else {column} end"


#: SQL of each facet, over `analysis.cases`; constants, never a caller's text.
_SQL = {
    Facet.HISTOLOGY: _recorded("histology_group"),
    Facet.REGION: _recorded("cord_region"),
    Facet.EXTENT: (
        f"case when surgery_day is null then '{NO_SURGERY}'"
        f" else {_recorded('extent_of_resection')} end"
    ),
    Facet.SITE: "site_id",
    Facet.SEX: _recorded("sex"),
    Facet.AGE: (
        f"case when age_years is null then '{NOT_RECORDED}'"
        f" when age_years < 18 then '{AGE_BANDS[0]}'"
        f" when age_years < 65 then '{AGE_BANDS[1]}' else '{AGE_BANDS[2]}' end"
    ),
}
_CASES = "from analysis.cases where consent_scope = 'research_registry'"


def cohorts(reader: PublishedReader) -> dict[str, int]:
    """Cases of each provenance, most first; cohorts are never counted together."""
    rows = reader.answer(f"select provenance, count(*) as n {_CASES} group by 1 order by n desc, 1")
    return {str(name): int(n) for name, n in rows.iter_rows()}


def count_by(
    reader: PublishedReader,
    facet: Facet,
    *,
    cohort: str,
    chosen: Mapping[Facet, Collection[str]],
) -> dict[str, int]:
    """Cases of one cohort by the values of a facet, within the values chosen of the others.

    Parameters
    ----------
    reader
        The snapshot.
    facet
        What to count by; values chosen of the facet itself are ignored.
    cohort
        Provenance.
    chosen
        Values of each facet; a facet without values does not choose.
    """
    where, values = _choice({f: v for f, v in chosen.items() if f is not facet})
    rows = reader.answer(
        f"select {_SQL[facet]} as value, count(*) as n {_CASES} and provenance = ?{where}"
        " group by 1 order by 1",
        (cohort, *values),
    )
    return {str(value): int(n) for value, n in rows.iter_rows()}


def count_selected(
    reader: PublishedReader, *, cohort: str, chosen: Mapping[Facet, Collection[str]]
) -> int:
    """Cases of one cohort within the values chosen of every facet."""
    where, values = _choice(chosen)
    rows = reader.answer(
        f"select count(*) as n {_CASES} and provenance = ?{where}", (cohort, *values)
    )
    return int(rows["n"][0])


def count_by_site_and_histology(
    reader: PublishedReader, *, cohort: str
) -> dict[tuple[str, str], int]:
    """Cases of one cohort by site and histology group."""
    rows = reader.answer(
        f"select {_SQL[Facet.SITE]}, {_SQL[Facet.HISTOLOGY]}, count(*) as n {_CASES}"
        " and provenance = ? group by 1, 2 order by 1, 2",
        (cohort,),
    )
    return {(str(site), str(group)): int(n) for site, group, n in rows.iter_rows()}


def levels_of_lesions(reader: PublishedReader, *, cohort: str) -> pl.DataFrame:
    """Levels and histology of every case of one cohort: rows for counting, never for a page."""
    return reader.answer(
        "select case_id, provenance, consent_scope, histology, level_upper, level_lower"
        f" {_CASES} and provenance = ? order by case_id",
        (cohort,),
    )


def cord_norms(reader: PublishedReader) -> pl.DataFrame:
    """Norms of the healthy cord by level, as published with the snapshot."""
    return reader.answer("from reference.cord_norms order by vert_level, sex, measure")


def _choice(chosen: Mapping[Facet, Collection[str]]) -> tuple[str, tuple[list[str], ...]]:
    """SQL conditions of the chosen values, and the values to be bound."""
    used = [(facet, sorted(values)) for facet, values in sorted(chosen.items()) if values]
    where = "".join(f" and list_contains(?, {_SQL[facet]})" for facet, _ in used)
    return where, tuple(values for _, values in used)
