"""Made-up inputs of a cohort report: three sites, two deliveries each, states of every kind.

Belongs here: frames as the warehouse gives them, small and invented.
Does not belong here: tests.
"""

import numpy as np
import polars as pl

from analyses.cohort_report import KEY_COLUMNS, Inputs
from analyses.cohort_report.pictures import FINDINGS

SITES = ("SIM_A", "SIM_B", "SIM_C")
STAMP = {"snapshot": "0123456789abcdef", "code": "c", "lock": "l", "inputs": "i"}
_TYPES = ("spinal_ependymoma", "pilocytic_astrocytoma", "haemangioblastoma", "lymphoma")


def cases(
    n: int, *, provenance: str, sites: tuple[str, ...] = SITES, seed: int = 3
) -> pl.DataFrame:
    """Cases with the columns that the report reads."""
    rng = np.random.default_rng(seed)
    surgery = np.where(rng.random(n) < 0.9, 10, None)
    dead = rng.random(n) < 0.15
    last = np.where(rng.random(n) < 0.85, rng.integers(30, 1500, n), None)
    upper = rng.integers(1, 12, n)
    frame = {
        "case_id": [f"C-{i:04d}" for i in range(n)],
        "patient_id": [f"P-{i - (i == 1):04d}" for i in range(n)],
        "site_id": rng.choice(sites, n, p=_weights(len(sites))),
        "provenance": [provenance] * n,
        "consent_scope": np.where(rng.random(n) < 0.95, "research_registry", "site_only"),
        "index_period": rng.choice(["1995_2004", "2015_2020", "2021_on", "unknown"], n),
        "age_years": [float(a) if a > 3 else None for a in rng.integers(0, 80, n)],
        "sex": rng.choice(["female", "male", "unknown"], n, p=[0.5, 0.45, 0.05]),
        "cord_region": rng.choice(["cervical", "thoracic", "conus"], n, p=[0.6, 0.35, 0.05]),
        "histology": rng.choice(_TYPES, n, p=[0.6, 0.25, 0.05, 0.1]),
        "who_grade": rng.choice(["1", "2", "4", "unknown"], n),
        "surgery_day": pl.Series(surgery.tolist(), dtype=pl.Int64),
        "extent_of_resection": rng.choice(["gtr", "subtotal", "biopsy"], n),
        "level_upper": [f"T{u}" for u in upper],
        "level_lower": [f"T{u + 1}" for u in upper],
        "axial_location": ["central"] * n,
        "axial_sector": ["left"] * n,
        "vital_status": np.where(dead, "dead", "alive"),
        "death_day": pl.Series([400 if d else None for d in dead], dtype=pl.Int64),
        "last_alive_day": pl.Series(last.tolist(), dtype=pl.Int64),
        "os": np.where(dead, "yes", "no"),
        "os_months": rng.uniform(1, 60, n),
        "image_gap_days": rng.uniform(90, 400, n),
        "tumour_length_mm": rng.uniform(10, 90, n),
        **{
            sign: rng.choice(["present", "absent", "not_assessable", "not_reported"], n)
            for sign in FINDINGS
        },
    }
    return pl.DataFrame(frame)


def _weights(n: int) -> list[float]:
    """Mostly the first site."""
    return [1.0] if n == 1 else [0.75, *([0.25 / (n - 1)] * (n - 1))]


def tables(frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables of `core` that go with cases."""
    case, days = frame["case_id"], frame["last_alive_day"]
    none = pl.Series([None] * frame.height, dtype=pl.Int64)
    return {
        "surgeries": pl.DataFrame({"case_id": case, "surgery_day": frame["surgery_day"]}),
        "treatments": pl.DataFrame(
            {"case_id": case[:2], "treatment_kind": ["radiotherapy"] * len(case[:2])}
        ).with_columns(start_day=pl.lit(20), end_day=pl.lit(60)),
        "follow_up": pl.DataFrame(
            {
                "case_id": case,
                "contact_day": days,
                "vital_status": frame["vital_status"],
                "death_day": frame["death_day"],
                "progression_day": none,
            }
        ).with_columns(progression_status=pl.lit("stable")),
        "functional_status": pl.DataFrame({"case_id": case}).with_columns(
            scale=pl.lit("mccormick"), score=pl.lit(2), timepoint=pl.lit("month_12")
        ),
    }


def deliveries(frame: pl.DataFrame, *, quarantined: tuple[int, int] = (30, 10)) -> pl.DataFrame:
    """Two deliveries of each site, the second better than the first unless told otherwise."""
    sites = sorted(set(frame["site_id"])) or ["SIM_A"]
    rows = [
        {
            "sequence": 10 * turn + place,
            "site": site,
            "delivery": f"d{turn}",
            "provenance": "any",
            "status": "received",
            "mode": "full",
            "received": 200,
            "accepted": 200 - quarantined[turn - 1],
            "quarantined": quarantined[turn - 1],
        }
        for turn in (1, 2)
        for place, site in enumerate(sites, start=1)
    ]
    return pl.DataFrame(rows)


_PROBLEMS = {
    "sequence": pl.Int64,
    "site": pl.String,
    "rule": pl.String,
    "column": pl.String,
    "severity": pl.String,
    "n": pl.Int64,
    "open": pl.Int64,
}


def problems(came: pl.DataFrame) -> pl.DataFrame:
    """Of the first deliveries all is answered, of the second nothing."""
    kinds = (
        ("R005", "histology", "error", 9),
        ("R006", "age_years", "error", 3),
        ("E_PARENT", "case_id", "error", 18),
        ("R026", "cap_sign", "warning", 7),
    )
    rows = [
        (n, site, *kind, kind[3] if n > 20 else 0)
        for n, site in came.select("sequence", "site").iter_rows()
        for kind in kinds
    ]
    return pl.DataFrame(rows, schema=_PROBLEMS, orient="row")


def inputs(
    n: int = 240,
    *,
    provenance: str = "simulated",
    sites: tuple[str, ...] = SITES,
    quarantined: tuple[int, int] = (30, 10),
) -> Inputs:
    """Everything of one cohort."""
    frame = cases(n, provenance=provenance, sites=sites)
    came = deliveries(frame, quarantined=quarantined)
    second = {
        site: n
        for n, site in came.filter(pl.col("sequence") > 20).select("sequence", "site").rows()
    }
    missing = [
        (n, site, table, column, 50, 5)
        for n, site in came.select("sequence", "site").iter_rows()
        for table, column, _ in KEY_COLUMNS
    ]
    return Inputs(
        provenance=provenance,
        cases=frame,
        tables=tables(frame),
        deliveries=came,
        problems=problems(came) if any(quarantined) else pl.DataFrame(schema=_PROBLEMS),
        missing=pl.DataFrame(
            missing,
            schema=["sequence", "site", "table", "column", "rows", "missing"],
            orient="row",
        ),
        first=frame.select(
            "case_id", sequence=pl.col("site_id").replace_strict(second, default=11)
        ),
    )
