"""Frames of a snapshot, made from the simulated registry without the line.

Belongs here: delivered text, typed as the dictionary says and drawn into cases; faults are not
planted, so nothing has to be refused.
Does not belong here: the line itself (`tests.support.lines`).
"""

import polars as pl

from analyses.cohort import build_cohort
from analyses.endpoints import add_endpoints
from analyses.simulation import Settings, simulate_registry
from schemas.tables import TABLES


def simulated_frames(
    *, cases: int, sites: int = 6, seed: int, settings: Settings | None = None
) -> dict[str, pl.DataFrame]:
    """`analysis.cases` under the name "cases", and the other tables of `core`."""
    registry = simulate_registry(cases=cases, sites=sites, seed=seed, settings=settings)
    tables = {}
    for table in TABLES:
        parts = [one[table.name] for one in registry.values() if table.name in one]
        if not parts:
            continue
        typed = [
            pl.col(c.name).replace("", None).cast(c.type.dtype).alias(c.name) for c in table.columns
        ]
        provenance = pl.lit("simulated").alias("provenance")
        tables[table.name] = pl.concat(parts).select(*typed, provenance)
    return {**tables, "cases": add_endpoints(build_cohort(tables))}
