"""The demo: a home filled from the simulated registry and the real published rows.

Belongs here: making the demo's deliveries, running the line, and saying where everything is.
Does not belong here: the simulation (`analyses.simulation`), the landing (`warehouse.landing`).
"""

from importlib import resources

from analyses.simulation import plant_faults, simulate_registry
from orchestration.home import make_ready
from orchestration.listing import run_as_text
from orchestration.resources import say
from orchestration.run import materialize
from orchestration.simulating import CREATED, DELIVERY, files_of
from schemas.errors import UsageError
from schemas.manifest import IdScheme
from schemas.tables import SCHEMA_VERSION
from warehouse.handing_over import Outgoing, deliver
from warehouse.home import Home
from warehouse.snapshots import current_id

#: The published files by the profile that reads each: the site, the file, its records.
PUBLISHED = {
    "published_case_reports": ("CASEREPORTS", "published_cases.csv", 300),
    "she2019": ("SHE2019", "she2019_cases.csv", 7),
}


def run_demo(home: Home, *, cases: int, sites: int, seed: int) -> str:
    """Deliver, materialise, publish; a second time nothing changes.

    Returns
    -------
    str
        What was taken in, and where report, snapshot and database are.
    """
    make_ready(home)
    before = current_id(home)
    for site, files in demo_files(cases=cases, sites=sites, seed=seed).items():
        _hand_over(home, site, files, profile="imsct", scheme="simulated")
    for profile, (site, file, rows) in PUBLISHED.items():
        data = resources.files("assets").joinpath("data", "evidence", file).read_bytes()
        published = {file: Outgoing(data, rows)}
        _hand_over(home, site, published, profile=profile, scheme="published")
    materialize(home)
    return run_as_text(home, before=before)


def _hand_over(
    home: Home, site: str, files: dict[str, Outgoing], *, profile: str, scheme: IdScheme
) -> None:
    """Put one delivery into the landing zone; the same one again changes nothing.

    Raises
    ------
    UsageError
        If the home holds a demo of other numbers.
    """
    try:
        deliver(
            files,
            home.landing,
            site=site,
            delivery=DELIVERY,
            created=CREATED,
            profile=profile,
            schema_version=SCHEMA_VERSION,
            id_scheme=scheme,
        )
    except UsageError as error:
        raise UsageError(
            f"{home.path} holds a demo of other --cases, --sites or --seed ({site}/{DELIVERY}). "
            "Name another home with --home, or the same numbers as then."
        ) from error


def demo_files(*, cases: int, sites: int, seed: int) -> dict[str, dict[str, Outgoing]]:
    """The simulated registry with its planted faults, as files by site and name."""
    say(f"simulating {cases} cases at {sites} sites (seed {seed})")
    faulty, _ = plant_faults(simulate_registry(cases=cases, sites=sites, seed=seed), seed=seed)
    return {site: files_of(tables) for site, tables in faulty.items()}
