"""Quality of the data: every delivery in the order of the ledger, and what changed since the last.

Belongs here: shares refused, problems by rule, what is missing in the key columns, open queries.
Does not belong here: which rules there are (`schemas.catalogue`), single rows (`imsct quarantine`).
Records received, accepted and in quarantine are the account of a delivery and tell nothing of a
patient: they are exact, as everywhere. Counts by rule name a trait: they are released.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import polars as pl

from analyses.cohort_report.inputs import KEY_COLUMNS, Inputs
from analyses.cohort_report.tally import Count, Tally
from analyses.disclosure import SMALLEST_SHOWN, Audience
from schemas.catalogue import SITE_CHECKS, all_checks

#: A row that only waits for its parent comes in by itself: no query of its own.
WAITS = "E_PARENT"
_PARENT = (
    "the row that it hangs on is accepted",
    "Correct the row of its parent; this one then comes in too.",
)
_NAMED = ("sequence", "site", "delivery", "status", "mode")
BOTH = ("open", "closed")
#: Steps to which a share is rounded where counts are confidential.
_STEPS = (0.05, 0.1, 0.2)


def problems(tally: Tally, inputs: Inputs) -> pl.DataFrame:
    """Put every count of problems into the tally; each row keeps the keys of its two parts."""
    rows = inputs.problems.sort("sequence", "rule", "column", "severity")
    for sequence, rule, column, severity, n, still in rows.select(
        "sequence", "rule", "column", "severity", "n", "open"
    ).iter_rows():
        here = ("problems", sequence, rule, column, severity)
        tally.add((*here, "open"), still)
        tally.add((*here, "closed"), n - still)
    return rows


def _sum(tally: Tally, name: str, rows: pl.DataFrame, kinds: tuple[str, ...]) -> Count | int:
    """The sum of counts of problems; 0 where there is none."""
    places = rows.select("sequence", "rule", "column", "severity").rows()
    keys = [("problems", *place, kind) for place in places for kind in kinds]
    if not keys:
        return 0
    return tally.split(("sum", name), {key: tally.counts[key] for key in keys})


def deliveries(tally: Tally, inputs: Inputs, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Every delivery: its account, its problems, and the share refused beside that of the last.

    Parameters
    ----------
    tally
        Holds the counts.
    inputs
        The deliveries.
    rows
        As of `problems`.

    Returns
    -------
    list of dict
        In the order of the ledger; `before` is the share in quarantine of the delivery before of
        the same site.
    """
    made: list[dict[str, Any]] = []
    last: dict[str, float] = {}
    for row in inputs.deliveries.sort("sequence").iter_rows(named=True):
        here = rows.filter(pl.col("sequence") == row["sequence"])
        share = row["quarantined"] / row["received"] if row["received"] else None
        entry = {name: row[name] for name in (*_NAMED, "received", "accepted", "quarantined")}
        entry |= {"share": share, "before": last.get(row["site"])}
        new = {k: n for k, n in tally.counts.items() if k[:2] == ("new", row["sequence"])}
        entry |= {"new_cases": tally.split(("came", row["sequence"]), new) if new else 0}
        for severity in ("error", "warning"):
            of = here.filter(pl.col("severity") == severity)
            is_told = inputs.audience == "open"  # a sum would take the rules' own counts with it
            told = _sum(tally, f"{severity} {row['sequence']}", of, BOTH) if is_told else None
            entry[f"{severity}s"] = told
        made.append(entry)
        if share is not None:
            last[row["site"]] = share
    return made


def by_rule(tally: Tally, inputs: Inputs, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """Problems by site and rule in the newest delivery and in the one before.

    A correction brings a part of a site's rows only: it is not held against a full delivery.
    """
    made = []
    taken = inputs.deliveries.filter((pl.col("status") == "received") & (pl.col("mode") == "full"))
    for (site,), part in taken.sort("site", "sequence").group_by("site", maintain_order=True):
        newest, *before = reversed(part["sequence"].to_list())
        both = rows.filter(pl.col("sequence").is_in([newest, *before[:1]]))
        for rule, severity in (
            both.select("rule", "severity").unique().sort("rule", "severity").rows()
        ):
            same = both.filter((pl.col("rule") == rule) & (pl.col("severity") == severity))
            now, then = (
                _sum(
                    tally,
                    f"{rule} {severity} {n}",
                    same.filter(pl.col("sequence") == n),
                    BOTH,
                )
                for n in (newest, before[0] if before else -1)
            )
            made.append(
                {
                    "site": str(site),
                    "rule": rule,
                    "severity": severity,
                    "newest": now,
                    "before": then if before else None,
                }
            )
    return made


def missing(inputs: Inputs) -> list[dict[str, Any]]:
    """Share without a value in the key columns, of a site as it stood after each delivery."""
    found = {
        (sequence, table, column): (n, of)
        for sequence, table, column, n, of in inputs.missing.select(
            "sequence", "table", "column", "missing", "rows"
        ).iter_rows()
    }
    made = []
    for row in inputs.deliveries.sort("site", "sequence").iter_rows(named=True):
        if row["status"] != "received":
            continue
        shares = [
            coarse(*found.get((row["sequence"], table, column), (0, 0)), audience=inputs.audience)
            for table, column, _ in KEY_COLUMNS
        ]
        made.append({"site": row["site"], "delivery": row["delivery"], "shares": shares})
    return made


def coarse(n: int, of: int, *, audience: Audience) -> float | None:
    """A share; where counts are confidential in steps of at least 5 rows, or not at all.

    Examples
    --------
    >>> coarse(3, 8, audience="open"), coarse(3, 8, audience="internal")
    (0.375, None)
    >>> coarse(13, 60, audience="internal")
    0.2
    """
    if audience == "open":
        return n / of if of else None
    step = next((s for s in _STEPS if s * of >= SMALLEST_SHOWN), None)
    return None if step is None else round(round(n / of / step) * step, 2)


def open_queries(tally: Tally, inputs: Inputs, rows: pl.DataFrame) -> list[dict[str, Any]]:
    """What is refused or found and not yet answered, the most important first.

    Deliveries that wait for a decision come first, then errors by how many rows they hold back,
    then warnings; rows that wait for their parent last, for they come in by themselves.

    Returns
    -------
    list of dict
        `site`, `rule`, `column`, `severity`, `is_held`, `n`, `sentence`, `remedy`; no value and no
        key of a row.
    """
    held = set(inputs.deliveries.filter(pl.col("status") == "held")["sequence"])
    told = _catalogue()
    still = rows.filter(pl.col("open") > 0)
    made: list[tuple[Any, dict[str, Any]]] = []
    kinds = ("site", "rule", "column", "severity")
    for kind, part in still.sort(*kinds).group_by(*kinds, maintain_order=True):
        site, rule, column, severity = map(str, kind)
        is_held = severity == "error" and bool(held & set(part["sequence"]))
        sentence, remedy = told.get((rule, column)) or told.get((rule, "")) or ("", "")
        entry = {
            "site": site,
            "rule": rule,
            "column": column,
            "severity": severity,
            "is_held": is_held,
            "n": _sum(tally, f"open {site} {rule} {column} {severity}", part, ("open",)),
            "sentence": sentence,
            "remedy": remedy or f"imsct quarantine --site {site} says what to do.",
        }
        least = 0 if inputs.audience == "open" else SMALLEST_SHOWN - 1  # no order among small ones
        many = -max(int(part["open"].sum()), least)
        order = (rule == WAITS, not is_held, severity != "error", many)
        made.append(((*order, site, rule, column), entry))
    return [entry for _, entry in sorted(made, key=lambda pair: pair[0])]


def _catalogue() -> Mapping[tuple[str, str], tuple[str, str]]:
    """What each rule demands of a column and what to do, without any cell."""
    return dict(_told())


def _told() -> Iterator[tuple[tuple[str, str], tuple[str, str]]]:
    """Rule and column, sentence and remedy; a rule by itself as its first check says it."""
    seen: set[str] = set()
    for check in (*all_checks(), *SITE_CHECKS.values()):
        said = (check.sentence.replace("`", ""), check.remedy)
        yield (check.rule, check.column), said
        if check.rule not in seen:
            seen.add(check.rule)
            yield (check.rule, ""), said
    yield (WAITS, ""), _PARENT
