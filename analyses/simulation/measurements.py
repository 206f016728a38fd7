"""Measurements: sizes, ADC and choline of each study, and the table `imaging_measurements`.

Belongs here: one number per measure, in the measure's own unit.
Does not belong here: signs (`signs`); a length is measured only where its sign is present.
"""

import numpy as np
import polars as pl

from analyses.simulation import sign_parameters as s
from analyses.simulation.cases import Cases
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    codes,
    decimal,
    labelled,
    nth_of,
    stream,
    text_frame,
)
from analyses.simulation.imaging import MR, SURVEILLANCE, Studies
from analyses.simulation.imaging_details import further_measures, software_of
from analyses.simulation.reads import Reads
from analyses.simulation.signs import ABSENT, PRESENT
from schemas.measures import MEASURES
from schemas.tables import BY_NAME

_UNITS = {measure.name: measure.unit for measure in MEASURES}
_STRUCTURES = {
    "cord_max_ap_mm": "cord",
    "oedema_length_mm": "oedema",
    "polar_cyst_length_mm": "polar_cyst",
    "syrinx_length_mm": "syrinx",
    "enhancing_volume_mm3": "enhancing_tumour",
}


def draw_sizes(cases: Cases, *, seed: int) -> dict[str, Floats]:
    """Latent sizes of each tumour: length and diameters in mm, volume in mm3; assumptions."""
    rng = stream(seed, "measurements", site=1000 + cases.site.number)
    n = cases.n
    per_level = np.where(cases.child, 13.0, 17.0) * np.exp(rng.normal(0, 0.10, n))
    length = np.clip(per_level * (cases.length - 0.3), 3.0, 400.0)
    across = np.clip(rng.normal(9.5, 2.0, n), 3.0, 18.0)
    across = np.minimum(across, length)
    wide = across * np.clip(rng.normal(1.1, 0.15, n), 0.7, 1.6)
    return {
        "tumour_length_mm": length,
        "tumour_max_ap_mm": across,
        "cord_max_ap_mm": across + np.clip(rng.normal(1.8, 0.8, n), 0.2, 5.0),
        "tumour_volume_mm3": np.pi / 6 * length * across * wide,
    }


def imaging_measurements_table(
    cases: Cases,
    studies: Studies,
    reads: Reads,
    signs: dict[str, Ints],
    *,
    sizes: dict[str, Floats],
    seed: int,
) -> pl.DataFrame:
    """Table `imaging_measurements`: of the first read of each MR study before surgery."""
    rng = stream(seed, "measurements", site=cases.site.number)
    first = (nth_of(reads.study) == 1) & ~reads.gone
    first &= (studies.modality == MR)[reads.study]
    first &= (studies.purpose != SURVEILLANCE)[reads.study]
    values = {**_lengths(rng, cases, reads, signs, sizes), **_tissue(rng, cases, studies, reads)}
    minor = stream(seed, "details", site=4000 + cases.site.number)
    values |= further_measures(minor, studies, reads, values)
    names = [measure.name for measure in MEASURES if measure.name in values]
    numbers = np.stack([np.where(first, values[name], np.nan) for name in names], axis=1)
    read, place = np.nonzero(np.isfinite(numbers))
    read, place = read.astype(np.int64), place.astype(np.int64)
    study, value = reads.study[read], numbers[read, place]
    digits = np.array([2 if _UNITS[name] == "ratio" else 1 for name in names])[place]
    known = (digits == 2) | (rng.random(len(read)) > 0.02)
    method = (rng.random(len(read)) < 0.2).astype(np.int64)
    columns: dict[str, pl.Series | str] = {
        "measurement_id": labelled(studies.study_id.gather(study), "-M", nth_of(study), width=2),
        "study_id": studies.study_id.gather(study),
        "read_id": reads.read_id.gather(read),
        "structure": codes([_STRUCTURES.get(name, "tumour") for name in names], place),
        "measure": codes(names, place),
        "value": decimal(np.where(digits == 1, np.round(value, 1), value), 2, where=known),
        "value_missing_reason": codes(("not_assessable", ""), known),
        "unit": codes([_UNITS[name] for name in names], place),
        "method": codes(("manual", "semi_automatic"), method),
        **software_of(method),
    }
    return text_frame(BY_NAME["imaging_measurements"], columns, height=len(read))


def _lengths(
    rng: np.random.Generator,
    cases: Cases,
    reads: Reads,
    signs: dict[str, Ints],
    sizes: dict[str, Floats],
) -> dict[str, Floats]:
    """Sizes as measured: some not taken, each with an error of a few per cent."""

    def measured(name: str, share: float) -> Floats:
        taken = rng.random(reads.n) < share
        error = np.exp(rng.normal(0, 0.03, reads.n))
        return np.where(taken, sizes[name][reads.case] * error, np.nan)

    def extent(name: str, mean: float) -> Floats:
        taken = (signs[name] == PRESENT) & (rng.random(reads.n) < 0.5)
        return np.where(taken, 3 + rng.gamma(2.0, mean / 2, reads.n), np.nan)

    found = {
        "tumour_length_mm": measured("tumour_length_mm", 0.85),
        "tumour_max_ap_mm": measured("tumour_max_ap_mm", 0.6),
        "cord_max_ap_mm": measured("cord_max_ap_mm", 0.6),
        "tumour_volume_mm3": np.minimum(measured("tumour_volume_mm3", 0.5), 200_000.0),
        "oedema_length_mm": extent("oedema", 30.0),
        "polar_cyst_length_mm": extent("polar_cyst", 20.0),
        "syrinx_length_mm": extent("syrinx", 45.0),
    }
    wide = found["cord_max_ap_mm"]
    # The tumour is no wider than the cord, and a cord that is not expanded is narrow (R048).
    found["cord_max_ap_mm"] = np.fmax(
        wide, np.where(np.isnan(wide), np.nan, found["tumour_max_ap_mm"])
    )
    narrow = (signs["cord_expansion"] == ABSENT) & (found["cord_max_ap_mm"] > 15)
    return {**found, "cord_max_ap_mm": np.where(narrow, np.nan, found["cord_max_ap_mm"])}


def _tissue(
    rng: np.random.Generator, cases: Cases, studies: Studies, reads: Reads
) -> dict[str, Floats]:
    """ADC where diffusion was acquired, choline where spectroscopy was; scanners differ."""
    group = cases.group[reads.case]
    with_dwi: Bools = studies.has("dwi", "dti")[reads.study] & (rng.random(reads.n) < 0.9)
    with_mrs: Bools = studies.has("mrs")[reads.study]
    mean, sd = np.array(s.ADC)[group].T
    own = rng.normal(0, 1, cases.n)[reads.case]
    gain, shift = cases.site.adc_gain
    adc = np.clip(gain * (mean + sd * (own + shift)), 260.0, 3400.0)
    smallest = np.clip(adc * rng.uniform(0.6, 0.92, reads.n), 60.0, 3400.0)
    mean, sd = np.array(s.CHOLINE)[group].T
    choline = np.clip(mean + sd * rng.normal(0, 1, reads.n), 0.2, 12.0)
    return {
        "adc_mean_1e6_mm2_s": np.where(with_dwi, adc, np.nan),
        "adc_min_1e6_mm2_s": np.where(with_dwi, smallest, np.nan),
        "choline_naa_ratio": np.where(with_mrs, choline, np.nan),
    }
