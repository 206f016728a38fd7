"""A small published home for the tests of the dashboard: invented cases, hostile names.

Belongs here: frames of a snapshot and publishing them.
Does not belong here: the whole line (`tests.orchestration`), browser and server.
"""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from schemas.vocabularies import LEVEL
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.snapshots import Snapshot, publish

#: A name that would be markup, were it not escaped.
HOSTILE = "<b>NORTH</b>&amp;"
SITES = ("SIM_A", "SIM_B", HOSTILE)
REPORT = (
    "<!DOCTYPE html><html lang='en'><head><title>r</title><style>p { color: #1b1f24; }</style>"
    "</head><body><p>A report.</p></body></html>"
)

_TYPE = {
    "ependymoma": "spinal_ependymoma",
    "astrocytic": "pilocytic_astrocytoma",
    "haemangioblastoma": "haemangioblastoma",
    "other": "lymphoma",
    "": "no_tissue",
}


def noon() -> datetime:
    """A clock that stands still."""
    return datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)


def cases(*, n: int = 300, seed: int = 4) -> pl.DataFrame:
    """Simulated and published cases with every state a facet can have."""
    rng = np.random.default_rng(seed)
    simulated = rng.random(n) < 0.7
    histology = rng.choice(
        ["ependymoma", "astrocytic", "haemangioblastoma", "other", ""],
        n,
        p=[0.5, 0.2, 0.02, 0.23, 0.05],
    )
    region = rng.choice(["cervical", "thoracic", "conus", "unknown"], n, p=[0.4, 0.4, 0.1, 0.1])
    consented = rng.random(n) > 0.04
    region[np.flatnonzero(simulated & consented)[:3]] = "holocord"  # three: too few to show
    extent = rng.choice(["gtr", "subtotal", "biopsy", "unknown"], n, p=[0.6, 0.3, 0.05, 0.05])
    operated = rng.random(n) < 0.9
    upper = np.random.default_rng(seed + 1).integers(-1, 18, n)  # -1: not recorded
    return pl.DataFrame(
        {
            "case_id": [f"C-{i:04d}" for i in range(n)],
            "site_id": np.where(simulated, rng.choice(SITES, n, p=[0.6, 0.35, 0.05]), "REPORTS"),
            "provenance": np.where(simulated, "simulated", "published"),
            "consent_scope": np.where(consented, "research_registry", "site_only"),
            "histology_group": [value or None for value in histology],
            "histology": [_TYPE[value] for value in histology],
            "level_upper": ["unknown" if row < 0 else LEVEL.coded[row] for row in upper],
            "level_lower": ["unknown" if row < 0 else LEVEL.coded[row + 3] for row in upper],
            "cord_region": region,
            "surgery_day": [0 if done else None for done in operated],
            "extent_of_resection": [
                str(value) if done else None for value, done in zip(extent, operated, strict=True)
            ],
            "sex": rng.choice(["female", "male", "unknown"], n, p=[0.48, 0.48, 0.04]),
            "age_years": [
                None if rng.random() < 0.03 else float(rng.integers(3, 85)) for _ in range(n)
            ],
        }
    )


def deliveries(frame: pl.DataFrame) -> pl.DataFrame:
    """An account of one delivery for each site; what it received is more than it has cases."""
    rows = [
        {
            "site": site,
            "delivery": "d1",
            "provenance": provenance,
            "status": "received",
            "received": 3 * n + 2,
            "accepted": 3 * n,
            "quarantined": 2,
        }
        for site, provenance, n in frame.group_by("site_id", "provenance")
        .len()
        .sort("site_id")
        .rows()
    ]
    return pl.DataFrame(rows)


def publish_cases(home: Home, frame: pl.DataFrame) -> Snapshot:
    """Publish cases as the current snapshot."""
    home.create()
    ledger = Ledger.open(home.ledger, clock=noon)
    frames = {("analysis", "cases"): frame, ("received", "deliveries"): deliveries(frame)}
    return publish(frames, home=home, ledger=ledger)


def write_report(home: Home, snapshot: Snapshot, *, plan: str = "histology") -> str:
    """Put a report beside a snapshot; returns its folder name."""
    folder = f"{plan}-simulated-{snapshot.id}"
    for place, name, text in (
        (home.reports, "report.html", REPORT),
        (
            home.results,
            "results.json",
            '{"title": "Histology <i>group</i>", "verdict": {"level": "penalised_only"},'
            ' "data": {"used": 77}}',
        ),
    ):
        (place / folder).mkdir(parents=True, exist_ok=True)
        (place / folder / name).write_text(text)
    return folder


def published_home(path: Path) -> tuple[Home, pl.DataFrame, Snapshot, str]:
    """A home with one snapshot and one report on it."""
    home, frame = Home(path), cases()
    snapshot = publish_cases(home, frame)
    return home, frame, snapshot, write_report(home, snapshot)
