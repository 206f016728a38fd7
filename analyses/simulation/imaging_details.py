"""Minor columns of reads and measurements, consistent with what was drawn before.

Belongs here: columns that nothing else in the generator reads.
Does not belong here: studies (`study_details`), signs (`signs`), sizes (`measurements`), the
numbers (`detail_parameters`).
"""

import numpy as np
import polars as pl

from analyses.simulation import detail_parameters as d
from analyses.simulation import parameters as p
from analyses.simulation.cases import Cases
from analyses.simulation.draw import (
    Bools,
    Floats,
    Ints,
    choose,
    codes,
    decimal,
    keep,
    whole,
)
from analyses.simulation.imaging import Studies
from analyses.simulation.reads import Reads

Columns = dict[str, pl.Series]
#: First radiological diagnosis of a reader who is right, by group of the generator.
_GUESS = {
    p.EPN: "ependymoma",
    p.SUB: "subependymoma",
    p.PA: "astrocytic",
    p.LGA: "astrocytic",
    p.HGA: "astrocytic",
    p.HB: "haemangioblastoma",
    p.CAV: "vascular",
    p.GG: "glioneuronal",
    p.OTH: "other",
}
_GUESSES = tuple(dict.fromkeys(_GUESS.values()))


def read_details(
    rng: np.random.Generator,
    cases: Cases,
    studies: Studies,
    reads: Reads,
    *,
    enhancement: pl.Series,
    axial: pl.Series,
) -> Columns:
    """Who read, how blind, and the fields that models do not use; fitting degree and place."""
    n, group = reads.n, cases.group[reads.case]
    by_report = cases.site.reading_mode == "report_text"
    blind = (rng.random(n) < d.BLINDED) & ~np.full(n, by_report)
    who = np.where(reads.consensus, 2, reads.reader - 1)
    proportion = _proportion(rng, enhancement)
    off_centre = axial.is_in(["eccentric", "unilateral"]).to_numpy()
    sector = keep(
        codes(("left", "right", "anterior", "posterior"), rng.integers(0, 4, n)), off_centre
    )
    several = (group == p.HB) & cases.syndrome[reads.case]
    shares = np.where(
        cases.displacing[reads.case][:, None], np.array(d.DTI_FIBRES[0]), np.array(d.DTI_FIBRES[1])
    )
    fibres = codes(("1", "2", "3"), choose(rng.random(n), shares))
    guess = _first_diagnosis(rng, group)
    told = ~reads.gone & (rng.random(n) < 0.7)
    return {
        "is_blinded_to_histology": codes(("no", "yes"), blind),
        "is_blinded_to_outcome": codes(("no", "yes"), blind),
        "reader_role": codes(("neuroradiologist", "radiologist", "neuroradiologist"), who),
        "reader_experience_years": decimal(np.array(d.READER_YEARS)[who], 0),
        "axial_sector": sector,
        "n_cord_lesions": whole(np.where(several, 1 + rng.integers(0, 5, n), 1), where=~reads.gone),
        "enhancing_proportion": proportion,
        "dti_fibre_type": keep(
            fibres, studies.has("dti")[reads.study] & ~reads.gone, "not_assessable"
        ),
        "predicted_cleavage_plane": keep(
            codes(("good", "partial", "none"), choose(rng.random(n), shares)), told
        ),
        "first_radiological_diagnosis": keep(guess, told),
        "reader_confidence": whole(rng.integers(2, 6, n), where=told),
    }


def _proportion(rng: np.random.Generator, enhancement: pl.Series) -> pl.Series:
    """Enhancing proportion that fits the degree of enhancement."""
    enhances = enhancement.is_in(["mild", "marked", "present_unspecified"]).to_numpy()
    share = choose(rng.random(len(enhancement)), np.array(d.ENHANCING_PROPORTION))
    proportion = codes(("over_67", "34_to_67", "6_to_33", "under_6"), share)
    none = (enhancement == "none").to_numpy()
    return keep(keep(proportion, enhances, "not_reported"), ~none, "not_applicable")


def _first_diagnosis(rng: np.random.Generator, group: Ints) -> pl.Series:
    """What the reader thinks first: often right, else anything."""
    right = np.array([_GUESSES.index(_GUESS[g]) for g in range(len(p.GROUPS))])[group]
    n = len(group)
    guess = np.where(rng.random(n) < d.RIGHT_FIRST, right, rng.integers(0, len(_GUESSES), n))
    return codes(_GUESSES, guess)


def further_measures(
    rng: np.random.Generator, studies: Studies, reads: Reads, values: dict[str, Floats]
) -> dict[str, Floats]:
    """Measures that hang on others of the same read: parts, ratios, further sequences."""
    n = reads.n

    def of(share: float, has: Bools, value: Floats) -> Floats:
        return np.where(has & (rng.random(n) < share), value, np.nan)

    has = {name: studies.has(name)[reads.study] for name in ("dti", "mrs", "perfusion")}
    volume, adc = values["tumour_volume_mm3"], values["adc_mean_1e6_mm2_s"]
    wide = values["tumour_max_ap_mm"] / values["cord_max_ap_mm"]
    part = np.round(volume * (0.3 + 0.6 * rng.random(n)), 1)
    return {
        "enhancing_volume_mm3": of(0.5, np.isfinite(volume), part),
        "adc_ratio": of(0.7, np.isfinite(adc), adc / d.ADC_OF_CORD),
        "fa_mean": of(0.9, has["dti"], np.clip(rng.normal(0.35, 0.12, n), 0.05, 0.95)),
        "choline_creatine_ratio": of(0.9, has["mrs"], np.clip(rng.normal(1.4, 0.5, n), 0.2, 8)),
        "rcbv_ratio": of(0.9, has["perfusion"], np.clip(rng.normal(1.6, 0.8, n), 0.1, 10)),
        "max_axial_damage_ratio": of(0.3, np.isfinite(wide), np.clip(wide**2, 0.05, 1.0)),
    }


def software_of(method: Ints) -> Columns:
    """Program and version of what was not measured by hand; `method` is 1 there."""
    return {
        "software": keep(codes(("sct",), np.zeros(len(method), dtype=np.int64)), method == 1),
        "software_version": keep(
            codes(("7.1",), np.zeros(len(method), dtype=np.int64)), method == 1
        ),
    }
