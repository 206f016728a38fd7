"""The page of official counts: how many rows broke each rule, by the SQL pass and by GX.

Belongs here: order and grouping of the counts, their sums.
Does not belong here: counting (`warehouse.validation`), keeping (`warehouse.official_counts`), the
rows themselves (`analyses.report.queries`).
Great Expectations' own pages load scripts from elsewhere and show cells; this one does neither.
"""

from typing import Any

import polars as pl

from analyses.report import environment, words


def render_counts(counts: pl.DataFrame, deliveries: pl.DataFrame, *, snapshot: str) -> bytes:
    """One self-contained HTML page over every count that is kept.

    Parameters
    ----------
    counts
        One row per set and check: `set`, `deliveries` (numbers of the ledger), `table`, `rows`,
        `rule`, `column`, `sentence`, `severity`, `sql_pass`, `great_expectations`.
    deliveries
        `sequence` (number of the ledger), `site`, `delivery`, `provenance`.
    snapshot
        Id of the snapshot that was current when the page was written.

    Returns
    -------
    bytes
        UTF-8; the same counts, in any order, give the same bytes.
    """
    named = {row["sequence"]: row for row in deliveries.iter_rows(named=True)}
    ordered = counts.sort("set", "table", "rule", "column", "severity")
    by_set = ordered.partition_by("set", maintain_order=True)
    newest_of = {n: part["set"][0] for part in by_set for n in part["deliveries"][0]}
    html = (
        environment.templates()
        .get_template("counts.html")
        .render(
            sets=[_set(part, named, newest_of) for part in reversed(by_set)],
            totals=_by_provenance(by_set, named),
            unbroken=_unbroken(ordered),
            snapshot=snapshot,
            research_only=words.RESEARCH_ONLY,
        )
    )
    return html.encode("utf-8")


def _set(
    counts: pl.DataFrame, named: dict[int, dict[str, Any]], newest_of: dict[int, int]
) -> dict[str, Any]:
    """Deliveries that were judged together, and what of each table was broken."""
    number = counts["set"][0]
    return {
        "number": number,
        "provenance": _provenance(counts, named),
        "deliveries": [
            {**named[n], "again": newest_of[n] if newest_of[n] != number else None}
            for n in counts["deliveries"][0]
            if n in named
        ],
        "totals": _sums(counts),
        "tables": [
            {
                "name": part["table"][0],
                "rows": part["rows"][0],
                "checks": part.height,
                "totals": _sums(part),
                "broken": part.filter(pl.col("sql_pass") > 0).to_dicts(),
            }
            for part in counts.partition_by("table", maintain_order=True)
        ],
    }


def _provenance(counts: pl.DataFrame, named: dict[int, dict[str, Any]]) -> str:
    """Provenance of the rows of a set; each set has one."""
    found = {named[n]["provenance"] for n in counts["deliveries"][0] if n in named}
    return " and ".join(sorted(found))


def _by_provenance(
    sets: list[pl.DataFrame], named: dict[int, dict[str, Any]]
) -> list[dict[str, Any]]:
    """The sums of every provenance by itself: simulated rows say nothing of real ones."""
    apart: dict[str, list[pl.DataFrame]] = {}
    for part in sets:
        apart.setdefault(_provenance(part, named), []).append(part)
    return [
        {"provenance": name, **_sums(pl.concat(parts))} for name, parts in sorted(apart.items())
    ]


def _sums(counts: pl.DataFrame) -> dict[str, int]:
    """Counts made, rows counted, and broken rows by either program; a row may break several."""
    tables = counts.unique(["set", "table"])
    return {
        "checks": counts.height,
        "rows": int(tables["rows"].sum()),
        "sql_pass": int(counts["sql_pass"].sum()),
        "great_expectations": int(counts["great_expectations"].sum()),
    }


def _unbroken(counts: pl.DataFrame) -> list[dict[str, Any]]:
    """Checks that no row of any set broke, by table."""
    said = ["table", "rule", "column", "sentence", "severity"]
    both = pl.col("sql_pass", "great_expectations").sum()
    never = counts.group_by(said).agg(both).filter(pl.col("sql_pass") == 0).sort(said)
    return [
        {"name": part["table"][0], "checks": part.to_dicts()}
        for part in never.partition_by("table", maintain_order=True)
    ]
