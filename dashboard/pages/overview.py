"""Overview: what is published, how fresh it is, and that no record was lost.

Belongs here: the numbers of the first page.
Does not belong here: the cohort page (`dashboard.pages.cohort`), HTML (`templates`).
"""

from datetime import UTC, datetime
from typing import Any

from analyses.disclosure import Shown, disclose
from analyses.report.words import COHORTS, human
from dashboard.pages.reports import reports_of
from dashboard.shelf import View
from warehouse.home import Home
from warehouse.queries import cohorts, count_by_site_and_histology


def overview(view: View, home: Home, *, now: datetime) -> dict[str, Any]:
    """What the first page shows of a snapshot."""
    deliveries = view.reader.deliveries().to_dicts()
    return {
        "deliveries": deliveries,
        "totals": _totals(deliveries),
        "tables": [_by_site(view, cohort) for cohort in cohorts(view.reader)],
        "reports": reports_of(home, view.snapshot.id),
        "age": age_in_words(view.snapshot.created, now),
    }


def _totals(deliveries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records of each provenance: simulated ones are never added to others."""
    totals = []
    for provenance in sorted({row["provenance"] for row in deliveries}):
        mine = [row for row in deliveries if row["provenance"] == provenance]
        sums = {k: sum(row[k] for row in mine) for k in ("received", "accepted", "quarantined")}
        adds_up = sums["received"] == sums["accepted"] + sums["quarantined"]
        totals.append({"provenance": provenance, **sums, "adds_up": adds_up})
    return totals


def _by_site(view: View, cohort: str) -> dict[str, Any]:
    """Cases of one cohort by site and histology group, small counts kept back."""
    raw = count_by_site_and_histology(view.reader, cohort=cohort)
    sites = sorted({site for site, _ in raw})
    groups = sorted(
        {group for _, group in raw}, key=lambda g: (g == "not_recorded", g == "other", g)
    )
    counts: dict[tuple[str, ...], int] = {
        (site, group): raw.get((site, group), 0) for site in sites for group in groups
    }
    sums: list[tuple[tuple[str, ...], list[tuple[str, ...]]]] = []
    for site in sites:
        counts["site", site] = sum(raw.get((site, group), 0) for group in groups)
        sums.append((("site", site), [(site, group) for group in groups]))
    for group in groups:
        counts["group", group] = sum(raw.get((site, group), 0) for site in sites)
        sums.append((("group", group), [(site, group) for site in sites]))
    counts["all",] = sum(raw.values())
    sums.append((("all",), [("site", site) for site in sites]))
    sums.append((("all",), [("group", group) for group in groups]))
    shown = disclose(counts, sums=sums, audience="internal", provenance=cohort, keep=[("all",)])
    return {
        "cohort": cohort,
        "name": COHORTS[cohort][1],
        "band": COHORTS[cohort][0],
        "groups": [{"value": g, "label": human(g)} for g in groups],
        "rows": [
            {
                "site": site,
                "cells": [shown[site, group] for group in groups],
                "total": shown["site", site],
            }
            for site in sites
        ],
        "foot": [shown["group", group] for group in groups],
        "all": shown["all",],
        "is_hidden": any(not isinstance(count, int) for count in shown.values()),
    }


def cases_behind(view: View) -> list[tuple[str, Shown]]:
    """How many cases of each cohort a page rests on."""
    behind = []
    for cohort, n in cohorts(view.reader).items():
        shown = disclose({"n": n}, sums=[], audience="internal", provenance=cohort)
        behind.append((COHORTS[cohort][1], shown["n"]))
    return behind


def age_in_words(created: str, now: datetime) -> str:
    """How long ago something was published, in words.

    Examples
    --------
    >>> now = datetime(2026, 3, 4, 12, tzinfo=UTC)
    >>> age_in_words("2026-03-04T11:20:00Z", now), age_in_words("2026-03-01T12:00:00Z", now)
    ('40 minutes ago', '3 days ago')
    """
    minutes = int((now - datetime.fromisoformat(created)).total_seconds() // 60)
    if minutes < 2:
        return "just now"
    if minutes < 120:
        return f"{minutes} minutes ago"
    if minutes < 2 * 24 * 60:
        return f"{minutes // 60} hours ago"
    return f"{minutes // (24 * 60)} days ago"


def today() -> datetime:
    """The time of the request."""
    return datetime.now(UTC)
