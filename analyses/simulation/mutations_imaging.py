"""Mutations of studies, reads and measurements.

Belongs here: how a row of imaging is spoilt, rarest rows first.
Does not belong here: other tables (`mutations_clinical`), choosing rows (`faults`).
"""

import polars as pl

from analyses.simulation.mutation import Mutation, among, col, lit, number

_FILLED = col("value") != ""
_MR, _CT = among("modality", "mr"), among("modality", "ct")
_NO_DIFFUSION = _MR & among("seq_dwi", "not_acquired") & among("seq_dti", "not_acquired")
_NO_T2STAR = _MR & among("seq_t2star_gre", "not_acquired") & among("seq_swi", "not_acquired")
_ADC_MEAN = among("measure", "adc_mean_1e6_mm2_s") & _FILLED
_LENGTH = among("measure", "tumour_length_mm") & _FILLED
_SYRINX_READ = among("syrinx", "present", "absent")


def _added(measure: str, value: str, unit: str) -> dict[str, pl.Expr]:
    """A further measurement of the same study."""
    texts = {"structure": "tumour", "measure": measure, "value": value, "unit": unit}
    return {name: lit(text) for name, text in texts.items()}


IMAGING: tuple[Mutation, ...] = (
    Mutation(
        "R028",
        "imaging_reads.t1_signal",
        _CT & among("t1_signal", "not_assessable"),
        {"t1_signal": lit("hypointense")},
    ),
    Mutation(
        "R025",
        "imaging_reads.cap_sign",
        _CT & among("cap_sign", "not_assessable") & ~among("haemorrhage", "absent"),
        {"cap_sign": lit("present")},
    ),
    Mutation("R020", "imaging_studies.modality", _CT, {"seq_t2": lit("acquired")}),
    Mutation(
        "R022",
        "imaging_reads.enhancement_degree",
        _MR
        & among("seq_t1_post_contrast", "not_acquired")
        & among("enhancement_pattern", "not_assessable"),
        {"enhancement_degree": lit("marked")},
    ),
    Mutation(
        "R023",
        "imaging_reads.enhancement_pattern",
        among("enhancement_degree", "none"),
        {"enhancement_pattern": lit("rim")},
    ),
    Mutation(
        "R038",
        "imaging_reads.syrinx",
        among("syrinx_definition", "any_cavity") & among("syrinx", "absent"),
        {"polar_cyst": lit("present")},
    ),
    Mutation(
        "R024",
        "imaging_reads.enhancement_degree",
        among("enhancement_degree", "none") & among("seq_t2", "acquired"),
        {"t2_high_at_enhancing_part": lit("present")},
    ),
    Mutation(
        "R039",
        "imaging_reads.read_round",
        among("is_consensus", "no"),
        copy=True,
        new_key="R91",
        clashes_in=("study_id", "reader_id", "read_round"),
    ),
    Mutation(
        "R042",
        "imaging_measurements.value",
        among("measure", "adc_min_1e6_mm2_s") & _FILLED,
        {"value": (number("value") / 1000).round(3).cast(pl.String)},
    ),
    Mutation(
        "R043",
        "imaging_measurements.value",
        among("measure", "adc_min_1e6_mm2_s") & _FILLED,
        {"value": lit("3490.0")},
    ),
    Mutation(
        "R031",
        "imaging_measurements.measure",
        _LENGTH & _MR & among("seq_dti", "not_acquired"),
        _added("fa_mean", "0.4", "ratio"),
        copy=True,
        new_key="M93",
    ),
    Mutation(
        "R046",
        "imaging_measurements.value",
        among("measure", "tumour_volume_mm3") & (number("value") < 90_000),
        {
            "structure": lit("enhancing_tumour"),
            "measure": lit("enhancing_volume_mm3"),
            "value": (number("value") * 2).round(1).cast(pl.String),
        },
        copy=True,
        new_key="M94",
    ),
    Mutation(
        "R047",
        "imaging_measurements.value",
        among("measure", "polar_cyst_length_mm")
        & (number("value") > 0)
        & among("polar_cyst", "present"),
        {"value": lit("0.0")},
    ),
    Mutation("R041", "imaging_measurements.unit", _ADC_MEAN, {"unit": lit("1e-3_mm2_s")}),
    Mutation("R041", "imaging_measurements.unit", _LENGTH, {"unit": lit("cm")}),
    Mutation(
        "R029",
        "imaging_measurements.measure",
        _LENGTH & _NO_DIFFUSION,
        _added("adc_mean_1e6_mm2_s", "1320.0", "1e-6_mm2_s"),
        copy=True,
        new_key="M91",
    ),
    Mutation(
        "R030",
        "imaging_measurements.measure",
        _LENGTH & _MR & among("seq_mrs", "not_acquired"),
        _added("choline_naa_ratio", "2.1", "ratio"),
        copy=True,
        new_key="M92",
    ),
    Mutation("R006", "imaging_measurements.value", _LENGTH, {"value": lit("910.0")}),
    Mutation(
        "R007",
        "imaging_measurements.value",
        _LENGTH,
        {"value": col("value").str.replace(".", ",", literal=True)},
    ),
    Mutation(
        "R009",
        "imaging_measurements.value",
        _LENGTH,
        {"value_missing_reason": lit("not_done")},
    ),
    Mutation(
        "R018",
        "imaging_studies.study_purpose",
        among("study_purpose", "early_postoperative"),
        {"study_purpose": lit("diagnostic")},
    ),
    Mutation(
        "R021",
        "imaging_studies.seq_t1_post_contrast",
        _MR & among("seq_t1_post_contrast", "acquired") & among("contrast_given", "yes"),
        {"contrast_given": lit("no")},
    ),
    Mutation(
        "R005",
        "imaging_reads.margin",
        among("margin", "well_defined"),
        {"margin": lit("well-defined")},
    ),
    Mutation(
        "R032",
        "imaging_reads.calcification",
        _NO_T2STAR & among("calcification", "not_assessable"),
        {"calcification": lit("absent")},
    ),
    Mutation(
        "R033",
        "imaging_reads.level_lower",
        (number("n_segments") > 1) & ~among("level_upper", "unknown"),
        {"level_upper": col("level_lower"), "level_lower": col("level_upper")},
    ),
    Mutation(
        "R034",
        "imaging_reads.n_segments",
        (number("n_segments") < 20) & ~among("level_upper", "unknown"),
        {"n_segments": (number("n_segments") + 1).cast(pl.Int64).cast(pl.String)},
    ),
    Mutation(
        "R037",
        "imaging_reads.syrinx_definition",
        _SYRINX_READ,
        {"syrinx_definition": lit("")},
    ),
)
