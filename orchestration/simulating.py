"""A simulated registry as deliveries on disk, with the truth that nobody has of real ones.

Belongs here: writing deliveries, `truth.json` and what it says; the files of simulated tables.
Does not belong here: drawing and spoiling rows (`analyses.simulation`), taking deliveries in
(`warehouse.landing`).
"""

import hashlib
import io
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl

from analyses.simulation import (
    PlantedFault,
    Planter,
    Radiomics,
    Settings,
    SiteFault,
    draw_radiomics,
    informative,
    make_site,
    numbers,
    repeatability,
    simulate_sites,
    wrong_unit,
)
from analyses.simulation.radiomics import NAMES
from analyses.simulation.registry import site_sizes
from orchestration.resources import say
from schemas.errors import UsageError
from schemas.manifest import Mode
from schemas.tables import BY_NAME, SCHEMA_VERSION
from warehouse.files import as_storage_error, write_atomically
from warehouse.handing_over import Outgoing, deliver

#: Simulated deliveries have no clock: the same numbers on another day give the same bytes.
CREATED = "2026-01-01T00:00:00Z"
DELIVERY = "demo-1"
TRUTH = "truth.json"
#: Feature sets are a delivery of their own, an increment to the other one of the site.
FEATURES = "features"
LABEL = (
    "SIMULATED: every row was drawn by a program; nobody is behind it. Numbers that are published "
    "and numbers that are assumed stand under `numbers`; what comes out of them proves nothing "
    "about patients."
)


def write_registry(out: Path, *, cases: int, sites: int, seed: int, faults: int) -> str:
    """Write a registry as `<out>/<site>/<delivery>/` and `<out>/truth.json`.

    Returns
    -------
    str
        What was written, and what to do with it.

    Raises
    ------
    UsageError
        If the folder is there and not empty, or such a registry cannot be.
    StorageError
        If nothing can be written there.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UsageError(f"{out} is there and not empty. Name a new folder with --out.")
    say(f"simulating {cases} cases at {sites} sites (seed {seed})")
    drawn = simulate_sites(cases=cases, sites=sites, seed=seed)
    sizes = site_sizes(cases, sites).tolist() if faults else ()
    planter = Planter(sites=sites, mutations=faults, seed=seed, sizes=sizes)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise as_storage_error(error, f"{out} could not be made") from error
    rows: dict[str, int] = {}
    planted: list[PlantedFault] = []
    of_sites: list[SiteFault] = []
    features: list[dict[str, Any]] = []
    # one site at a time is held
    for number, (site, tables) in enumerate(drawn):
        features += _write_features(out, site, draw_radiomics(tables, number=number, seed=seed))
        units = wrong_unit(site, tables, place=number, sites=sites) if faults else []
        spare = {unit.table for unit in units}
        planted += planter.spoil(site, tables, spare=spare)
        of_sites += units
        rows[site] = _write_delivery(out, site, tables)
    truth = _truth(list(rows), planted, cases=cases, seed=seed, faults=faults)
    truth["site_faults"] = [{**asdict(fault), "delivery": DELIVERY} for fault in of_sites]
    truth["radiomics"] = {
        "informative": informative(),
        "repeated_share": dict(zip(NAMES, repeatability(seed).tolist(), strict=True)),
        "sets": features,
    }
    write_atomically(out / TRUTH, (json.dumps(truth, indent=1) + "\n").encode())
    return _as_text(rows, planted, of_sites, out)


def _write_delivery(out: Path, site: str, tables: Mapping[str, pl.DataFrame]) -> int:
    """Write the delivery of one site; the number of its rows."""
    files = files_of(tables)
    _hand_out(files, out, site=site, delivery=DELIVERY, mode="full")
    rows = sum(file.rows for file in files.values())
    say(f"{site}: {rows} rows")
    return rows


def _hand_out(
    files: Mapping[str, Outgoing], out: Path, *, site: str, delivery: str, mode: Mode
) -> None:
    """Write one delivery of simulated patients."""
    deliver(
        files,
        out,
        site=site,
        delivery=delivery,
        created=CREATED,
        profile="imsct",
        schema_version=SCHEMA_VERSION,
        id_scheme="simulated",
        mode=mode,
    )


def _write_features(out: Path, site: str, drawn: Radiomics) -> list[dict[str, Any]]:
    """Write the feature sets of a site as a delivery of their own; what is true of each."""
    files: dict[str, Outgoing] = {}
    rows: list[dict[str, Any]] = []
    found: list[dict[str, Any]] = []
    for name, frame in (("FS1", drawn.table), ("FS1-RETEST", drawn.retest)):
        if frame.is_empty():
            continue
        content = io.BytesIO()
        frame.write_parquet(content, compression="zstd", statistics=False)
        key = f"{site}-{name}"
        about = {
            "feature_set_id": key,
            "file_sha256": hashlib.sha256(content.getvalue()).hexdigest(),
            "n_rows": frame.height,
            "n_features": len(NAMES),
        }
        is_retest = name != "FS1"
        file = f"{key}.features.parquet"
        files[file] = Outgoing(content.getvalue(), frame.height)
        rows.append(
            _SET | about | {"site_id": site, "is_test_retest": "yes" if is_retest else "no"}
        )
        found.append(
            {
                "site": site,
                "file": f"{FEATURES}/{site}/{FEATURES}/{file}",
                **about,
                "is_test_retest": is_retest,
                "shift": drawn.shift.tolist(),
                "stretch": drawn.stretch.tolist(),
            }
        )
    names = BY_NAME["feature_sets"].names
    sets = pl.DataFrame([{name: str(row.get(name, "")) for name in names} for row in rows])
    files |= files_of({"feature_sets": sets})
    if rows:
        _hand_out(files, out / FEATURES, site=site, delivery=FEATURES, mode="increment")
    return found


#: What made the simulated features, in the words of the dictionary.
_SET = {
    "extractor": "other",
    "extractor_version": "simulated",
    "settings_sha256": hashlib.sha256(b"imsct simulate").hexdigest(),
    "image_kind": "t2",
    "mask_structure": "tumour",
    "mask_method": "manual",
    "voxel_spacing_mm": "1",
}


def files_of(tables: Mapping[str, pl.DataFrame]) -> dict[str, Outgoing]:
    """Tables as files of the project's own layout: UTF-8, comma, LF, quotes only where needed."""
    return {
        f"{table}.csv": Outgoing(rows.write_csv().encode(), rows.height)
        for table, rows in tables.items()
        if rows.height
    }


def _truth(
    sites: list[str], planted: list[PlantedFault], *, cases: int, seed: int, faults: int
) -> dict[str, Any]:
    """What only a simulation knows: the sites' habits, planted faults, evidence and assumption."""
    settings = Settings()
    habits = [
        asdict(make_site(number, seed=seed, settings=settings)) for number in range(len(sites))
    ]
    for site in habits:
        del site["settings"]
    return {
        "label": LABEL,
        "cases": cases,
        "seed": seed,
        "settings": asdict(settings),
        "sites": habits,
        "faults_asked_for": faults,
        "faults_planted": _mistakes(planted),
        "faults": [{**asdict(fault), "delivery": DELIVERY} for fault in planted],
        # E published, A assumed, T technical: value by value
        "numbers": [asdict(number) for number in numbers()],
    }


def _mistakes(planted: list[PlantedFault]) -> int:
    """How many mistakes were made; one may break several rows."""
    return len({fault.mistake for fault in planted})


def _as_text(
    rows: Mapping[str, int], planted: list[PlantedFault], of_sites: list[SiteFault], out: Path
) -> str:
    """What was written, for people."""
    kinds = len({fault.rule for fault in planted})
    spoilt = (
        f"; {_mistakes(planted)} mistakes break {len(planted)} of them by {kinds} rules"
        if planted
        else ""
    )
    units = "".join(f"\nsite fault  {each.site}: {each.what}" for each in of_sites)
    return (
        f"SIMULATED: {sum(rows.values())} rows at {len(rows)} sites{spoilt}{units}\n"
        f"deliveries  {out}/<site>/{DELIVERY}\n"
        f"features    {out / FEATURES}, radiomics before surgery: a delivery for each site\n"
        f"truth       {out / TRUTH}\n"
        f"Next: imsct check {out}/{next(iter(rows))}/{DELIVERY}"
    )
