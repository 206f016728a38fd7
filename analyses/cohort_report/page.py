"""The page of a cohort report: the released document and its figures into one HTML file.

Belongs here: words and layout of tables, the order of the sections.
Does not belong here: counting (`analyses.cohort_report.document`), HTML (`templates`).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from analyses import numbers
from analyses.cohort_report.completeness import HEADLINE, WINDOWS
from analyses.cohort_report.inputs import KEY_COLUMNS
from analyses.cohort_report.quality import WAITS
from analyses.report import environment, words
from analyses.report.index import COHORT_TITLE
from analyses.report.pictures import Picture

SECTIONS = (
    ("summary", "Summary"),
    ("recruitment", "Recruitment: where the cases come from"),
    ("case-mix", "Case mix"),
    ("follow-up", "Follow-up"),
    ("quality", "Quality of the data"),
    ("queries", "Open queries"),
    ("provenance", "Provenance of this file"),
)
OWN_LIST = "imsct quarantine --site SITE says what to do."
NOTHING = "Nothing to correct"
FIRST = 3  # open queries on the first page
STATUS = {
    "received": "taken in",
    "held": "waits for a decision",
    "refused": "refused at the door",
    "withdrawn": "withdrawn",
}


def render_cohort(document: dict[str, Any], figures: Mapping[str, Picture]) -> bytes:
    """One self-contained HTML file, a summary of one page first.

    Parameters
    ----------
    document
        As of `cohort_document`.
    figures
        As of `analyses.cohort_report.pictures`.

    Returns
    -------
    bytes
        UTF-8; the same document and figures give the same bytes.
    """
    provenance = document["cohort"]["provenance"]
    band, cohort, origin = words.COHORTS.get(provenance, words.UNKNOWN_COHORT)
    html = (
        environment.templates()
        .get_template("cohort_report.html")
        .render(
            page=document,
            provenance=provenance,
            snapshot=document["provenance"]["snapshot"],
            title=COHORT_TITLE,
            band=band,
            cohort_name=cohort,
            origin=origin,
            research_only=words.RESEARCH_ONLY,
            contents=SECTIONS,
            figures=figures,
            cannot_bear=words.CANNOT_BEAR if provenance == "published" else (),
            summary=summary(document),
            tables=tables(document),
            windows=WINDOWS,
            headline=HEADLINE,
            waits=WAITS,
        )
    )
    return html.encode("utf-8")


def summary(page: dict[str, Any]) -> dict[str, Any]:
    """What the first page says.

    Parameters
    ----------
    page
        The document.

    Returns
    -------
    dict
        Words and released numbers.
    """
    follow, account = page["follow_up"], page["account"]
    seen = next((r["counts"] for r in follow["contacts"] if f" {HEADLINE} " in r["label"]), None)
    living = follow["living"][0] if follow["living"] else 0
    first = [
        row for row in page["queries"] if row["rule"] != WAITS and NOTHING not in row["remedy"]
    ][:FIRST]
    return {
        "quarantined": numbers.share(account["quarantined"], account["received"]),
        "complete": numbers.share(seen[0] if seen else None, living),
        "seen": seen[0] if seen else 0,
        "living": living,
        "queries": first,
        "n_queries": len(page["queries"]),
        "changes": changes(page["quality"]["deliveries"]),
        "enough": _said(page["speaks"], "enough"),
        "few": _said(page["speaks"], "few"),
    }


def _said(variables: Sequence[dict[str, Any]], side: str) -> list[dict[str, str]]:
    """Kinds of patients with their numbers, variable by variable."""
    return [
        {"label": row["label"], "said": ", ".join(map(_kind, row[side]))}
        for row in variables
        if row[side]
    ]


def _kind(row: dict[str, Any]) -> str:
    """A kind of patient with its number, as far as that is told."""
    return row["label"] if row["n"] in (None, "hidden") else f"{row['label']} ({row['n']})"


def changes(deliveries: Sequence[dict[str, Any]]) -> list[str]:
    """What came last, and which sites got better or worse since their delivery before.

    Parameters
    ----------
    deliveries
        Of the document.

    Returns
    -------
    list of str
        Sentences.
    """
    taken = [row for row in deliveries if row["status"] == "received"]
    if not taken:
        return ["Nothing has been taken in yet."]
    last = taken[-1]
    told = {0: "no new case", 1: "1 new case", "hidden": "new cases, how many is not told"}
    new = told.get(last["new_cases"], f"{last['new_cases']} new cases")
    said = [
        f"The last delivery is {last['delivery']} of {last['site']}: {last['received']} records, "
        f"of which {last['quarantined']} were refused; it brought {new}."
    ]
    newest = {row["site"]: row for row in taken}
    moved = [
        row for row in newest.values() if row["before"] is not None and row["share"] is not None
    ]
    shares = [(row["share"], row["site"]) for row in newest.values() if row["share"]]
    if len(newest) > 1 and shares:
        most, site = max(shares)
        said.append(f"The site with the largest share refused is {site}: {percent(most)}.")
    if not moved:
        return [*said, "Each site has delivered once: there is no trend yet."]
    for word, sign in (("fewer", -1), ("more", 1)):
        sites = [row["site"] for row in moved if (row["share"] - row["before"]) * sign > 0]
        if sites:
            said.append(
                f"A share of {word} records refused than before: {', '.join(sorted(sites))}."
            )
    return said


def tables(page: dict[str, Any]) -> dict[str, Any]:
    """Every table as text.

    Parameters
    ----------
    page
        The document.

    Returns
    -------
    dict
        By name.
    """
    return {
        "recruitment": crossed(page["recruitment"]),
        "by_site": crossed(page["case_mix"]["site"]),
        "by_histology": crossed(page["case_mix"].get("histology")),
        "follow_up": followed(page["follow_up"]),
        "deliveries": [_delivery(row) for row in page["quality"]["deliveries"]],
        "has_sums": page["audience"] == "open",
        "rules": [_rule(row) for row in page["quality"]["rules"]],
        "queries": by_rule(page["queries"]),
        "key_columns": [name for _, _, name in KEY_COLUMNS],
        "missing": [
            {**row, "shares": [percent(share) for share in row["shares"]]}
            for row in page["quality"]["missing"]
        ],
    }


def crossed(table: dict[str, Any] | None) -> dict[str, Any] | None:
    """A table of counts with the share of its column.

    Parameters
    ----------
    table
        Of the document.

    Returns
    -------
    dict or None
        Heads, and one block per variable; None where there is no such table or no column.
    """
    if not table or not table["totals"]:
        return None
    totals = table["totals"]
    blocks = [
        {
            "label": part["label"],
            "cells": None,
            "rows": [
                {
                    "label": level["label"],
                    "cells": [
                        numbers.count_of(n, of)
                        for n, of in zip(level["counts"], totals, strict=True)
                    ],
                }
                for level in part["levels"]
            ],
        }
        for part in table["parts"]
    ]
    if table.get("age"):
        blocks.insert(
            0,
            {
                "label": "Age in years, median and quartiles",
                "cells": quartiles(table["age"]),
                "rows": [],
            },
        )
    heads = list(zip(["All", *table["columns"]], totals, strict=True))
    return {"heads": heads, "blocks": blocks}


def quartiles(rows: Sequence[Sequence[float] | None]) -> list[tuple[str, str]]:
    """Median and quartiles of each column.

    Examples
    --------
    >>> quartiles([[12.0, 6.24, 18.0]])
    [('12', '6.24 to 18')]
    """
    return [
        (numbers.NONE, "")
        if row is None
        else (numbers.typical(row[0]), f"{numbers.typical(row[1])} to {numbers.typical(row[2])}")
        for row in rows
    ]


def followed(follow: dict[str, Any]) -> dict[str, Any] | None:
    """The table of follow-up.

    Parameters
    ----------
    follow
        Of the document.

    Returns
    -------
    dict or None
        None without any case.
    """
    if not follow["living"]:
        return None
    living = follow["living"]
    rows = [
        (name, [numbers.count_of(n, of) for n, of in zip(row["counts"], living, strict=True)])
        for name, row in [
            *((row["label"][:1].upper() + row["label"][1:], row) for row in follow["contacts"]),
            *((f"McCormick grade {row['label']}", row) for row in follow["grades"]),
        ]
    ]
    medians = [
        (numbers.NONE, "")
        if row is None
        else (numbers.typical(row["estimate"]), _limits(row["interval"]))
        for row in follow["median_months"]
    ]
    gaps = quartiles(follow["image_gap_months"])
    more = [
        ("Median follow-up in months, 95% interval", medians),
        ("Months from image to image, quartiles", gaps),
    ]
    heads = list(zip(["All", *follow["columns"]], living, strict=True))
    return {"heads": heads, "rows": [*rows, *more]}


def _limits(pair: Sequence[float | None]) -> str:
    """Two limits, either of which may not be reached."""
    low, high = (numbers.typical(x) if x is not None else "not reached" for x in pair)
    return f"{low} to {high}"


def percent(value: float | None) -> str:
    """A share in whole per cent.

    Examples
    --------
    >>> percent(0.123), percent(0.0004), percent(0.0)
    ('12%', '<1%', '0%')
    """
    return numbers.NONE if value is None else numbers.share(round(value * 100_000), 100_000)


def _delivery(row: dict[str, Any]) -> dict[str, Any]:
    """One delivery in words."""
    change = ""
    if row["share"] is not None and row["before"] is not None:
        points = 100 * (row["share"] - row["before"])
        word = "better" if points < 0 else "worse" if points > 0 else "as before"
        change = f"{word}: {numbers.number(points, digits=1)} points" if points else word
    return {
        **row,
        "status": STATUS.get(row["status"], row["status"]),
        "share": percent(row["share"]),
        "change": change or "first",
    }


def by_rule(queries: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Open queries with the sites of one rule and column in one row, in the order they came.

    Parameters
    ----------
    queries
        Of the document.

    Returns
    -------
    list of dict
        `rule`, `column`, `kind`, `sites` (name and how many), `sentence`, `remedy`.
    """
    made: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in queries:
        kind = "held" if row["is_held"] else "refused" if row["severity"] == "error" else "warning"
        found = made.setdefault(
            (row["rule"], row["column"], kind),
            {
                "rule": row["rule"],
                "column": row["column"] or numbers.NONE,
                "kind": kind,
                "sites": [],
                "sentence": row["sentence"] or numbers.NONE,
                "remedy": row["remedy"] if row["sentence"] else OWN_LIST,
            },
        )
        found["sites"].append((row["site"], row["n"]))
    return list(made.values())


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    """One rule at one site in words."""
    now, then = row["newest"], row["before"]
    change = numbers.NONE
    if isinstance(now, int) and isinstance(then, int):
        change = "better" if now < then else "worse" if now > then else "as before"
    return {
        **row,
        "kind": "refused" if row["severity"] == "error" else "warning",
        "before": numbers.NONE if then is None else then,
        "change": change,
    }
