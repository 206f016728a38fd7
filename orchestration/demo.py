"""The demo: a home filled from the simulated registry and the real published rows.

Belongs here: making the demo's deliveries, running the line, and saying where everything is.
Does not belong here: the simulation (`analyses.simulation`), the landing (`warehouse.landing`).
"""

from importlib import resources
from pathlib import Path

import polars as pl

from analyses.simulation import plant_faults, simulate_registry
from orchestration.home import make_ready
from orchestration.listing import run_as_text
from orchestration.resources import say
from orchestration.run import materialize
from schemas.manifest import IdScheme
from schemas.tables import SCHEMA_VERSION
from warehouse.home import Home
from warehouse.landing import deliver

#: The published files, by the profile that reads each, and the site they are delivered as.
PUBLISHED = {
    "published_case_reports": ("CASEREPORTS", "published_cases.csv"),
    "she2019": ("SHE2019", "she2019_cases.csv"),
}
#: The demo's deliveries have no clock: the same demo on another day is the same demo.
_CREATED = "2026-01-01T00:00:00Z"
DELIVERY = "demo-1"


def run_demo(home: Home, *, cases: int, sites: int, seed: int) -> str:
    """Deliver, materialise, publish; a second time nothing changes.

    Returns
    -------
    str
        What was taken in, and where report, snapshot and database are.
    """
    make_ready(home)
    for site, files in demo_files(cases=cases, sites=sites, seed=seed).items():
        scheme: IdScheme = "simulated"
        _hand_over(home, site, files, profile="imsct", scheme=scheme)
    for profile, (site, file) in PUBLISHED.items():
        data = resources.files("assets").joinpath("data", "evidence", file).read_bytes()
        _hand_over(home, site, {file: data}, profile=profile, scheme="published")
    materialize(home)
    return run_as_text(home)


def demo_files(*, cases: int, sites: int, seed: int) -> dict[str, dict[str, bytes]]:
    """The simulated registry with its planted faults, as files by site and name."""
    say(f"simulating {cases} cases at {sites} sites (seed {seed})")
    registry = simulate_registry(cases=cases, sites=sites, seed=seed)
    faulty, _ = plant_faults(registry, seed=seed)
    return {
        site: {f"{table}.csv": as_csv(rows) for table, rows in tables.items() if rows.height}
        for site, tables in faulty.items()
    }


def as_csv(rows: pl.DataFrame) -> bytes:
    """A table as a delivered file: UTF-8, comma, LF, quotes only where needed."""
    return rows.write_csv().encode()
