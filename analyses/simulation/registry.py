"""The simulated registry: six sites, or as many as wanted, each with its tables as text.

Belongs here: the order of generation and the public entry point.
Does not belong here: any number (`parameters`, `sign_parameters`), what of them is evidence
and what assumption (`bases`), any single table.
"""

from collections.abc import Iterator

import numpy as np
import polars as pl

from analyses.simulation.cases import (
    Site,
    cases_table,
    draw_cases,
    make_site,
    patients_table,
    sites_table,
)
from analyses.simulation.course import draw_course, follow_up_table
from analyses.simulation.draw import Ints, Registry
from analyses.simulation.function import functional_status_table
from analyses.simulation.imaging import draw_studies, imaging_studies_table
from analyses.simulation.measurements import draw_sizes, imaging_measurements_table
from analyses.simulation.parameters import SITE_WEIGHTS, Settings
from analyses.simulation.pathology import pathology_table
from analyses.simulation.reads import draw_reads
from analyses.simulation.signs import imaging_reads_table
from analyses.simulation.treatment import (
    draw_second,
    draw_surgery,
    surgeries_table,
    treatments_table,
)
from schemas.errors import UsageError
from schemas.tables import TABLES

#: Names have room for 702, streams for 1000.
MOST_SITES = 200


def simulate_registry(
    *, cases: int, sites: int, seed: int, settings: Settings | None = None
) -> Registry:
    """Draw a registry of simulated cases; the same arguments give the same frames.

    Parameters
    ----------
    cases
        Number of cases over all sites, at least one per site.
    sites
        Number of sites, 1 to 200; named SIM_A, SIM_B and so on, sizes skewed.
    seed
        Seed of every stream.
    settings
        Switches of the generator; the defaults are those of the demo.

    Returns
    -------
    Registry
        Per site the delivered tables: exactly the columns of the dictionary in its order, all
        text, an empty text for a missing value, rows sorted by key. `feature_sets` is left out.

    Raises
    ------
    UsageError
        If there are fewer cases than sites, or not 1 to 200 sites.

    Notes
    -----
    Resection depends on the growth type, which a model sees only through signs; the signs hang on
    it by odds ratios that are assumptions. Sources: the labels in `parameters`.

    Examples
    --------
    >>> registry = simulate_registry(cases=20, sites=2, seed=1)
    >>> sorted(registry), sum(site["cases"].height for site in registry.values())
    (['SIM_A', 'SIM_B'], 20)
    """
    return dict(simulate_sites(cases=cases, sites=sites, seed=seed, settings=settings))


def simulate_sites(
    *, cases: int, sites: int, seed: int, settings: Settings | None = None
) -> Iterator[tuple[str, dict[str, pl.DataFrame]]]:
    """The same, site after site, so that a large registry need not be held as a whole."""
    if not 1 <= sites <= MOST_SITES or cases < sites:
        raise UsageError(
            f"a simulated registry of {cases} cases at {sites} sites cannot be: take 1 to "
            f"{MOST_SITES} sites and at least one case per site."
        )
    made = (
        make_site(number, seed=seed, settings=settings or Settings()) for number in range(sites)
    )
    return (
        (site.site_id, simulate_site(site, int(size), seed=seed))
        for site, size in zip(made, site_sizes(cases, sites), strict=True)
    )


def site_sizes(cases: int, sites: int) -> Ints:
    """Cases per site: at least one each, the rest by weight, largest remainders first."""
    weights = np.array([SITE_WEIGHTS[k] if k < len(SITE_WEIGHTS) else 1 for k in range(sites)])
    exact = (cases - sites) * weights / weights.sum()
    sizes: Ints = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - sizes), kind="stable")
    sizes[order[: cases - sites - int(sizes.sum())]] += 1
    sizes += 1
    return sizes


def simulate_site(site: Site, n: int, *, seed: int) -> dict[str, pl.DataFrame]:
    """Draw the tables of one site, in the order of the specification."""
    cases = draw_cases(site, n, seed=seed)
    sizes = draw_sizes(cases, seed=seed)
    surgery = draw_surgery(cases, seed=seed)
    course = draw_course(cases, surgery, seed=seed)
    second = draw_second(cases, course.seen_day, course.last_day, seed=seed)
    studies = draw_studies(cases, surgery, second, course, seed=seed)
    reads = draw_reads(cases, studies, surgery, course, seed=seed)
    read_frame, signs = imaging_reads_table(cases, studies, reads, seed=seed)
    tissue = cases.operated
    frames = {
        "sites": sites_table(site),
        "patients": patients_table(cases, seed=seed),
        "cases": cases_table(cases, tissue=tissue, observed_until=course.last_day, seed=seed),
        "imaging_studies": imaging_studies_table(cases, studies, seed=seed),
        "imaging_reads": read_frame,
        "imaging_measurements": imaging_measurements_table(
            cases, studies, reads, signs, sizes=sizes, seed=seed
        ),
        "surgeries": surgeries_table(
            cases,
            surgery,
            second,
            volume=sizes["tumour_volume_mm3"],
            death_day=course.reported_death,
            seed=seed,
        ),
        "pathology": pathology_table(cases, second, tissue=tissue, seed=seed),
        "treatments": treatments_table(cases, surgery, course.seen_day, course.last_day, seed=seed),
        "functional_status": functional_status_table(cases, course, seed=seed),
        "follow_up": follow_up_table(cases, surgery, second, course, seed=seed),
    }
    order = [table.name for table in TABLES if table.name in frames]
    return {name: frames[name] for name in order if frames[name].height}
