"""Mutations that rules only warn of: the row is accepted, the finding is kept.

Belongs here: how a row is made unusual without being made impossible.
Does not belong here: what a rule refuses (`mutations_imaging`, `mutations_clinical`), choosing rows
(`faults`).
"""

import polars as pl

from analyses.simulation.mutation import Mutation, among, col, lit, number, whole

_MR = among("modality", "mr")
_FILLED = col("value") != ""
_NO_SUSCEPTIBILITY = among("seq_t2star_gre", "not_acquired") & among("seq_swi", "not_acquired")
_NO_AXIAL = (
    among("has_axial_t2", "not_acquired")
    & among("has_axial_t1_post_contrast", "not_acquired", "")
    & among("seq_3d_t2", "not_acquired")
)
_EPENDYMOMA = among("histology", "spinal_ependymoma")


def _called(histology: str, grade: str, edition: str = "cns5_2021") -> dict[str, pl.Expr]:
    """The diagnosis called another type, with nothing that contradicts it."""
    texts = {
        "histology": histology,
        "histology_edition": edition,
        "who_grade": grade,
        "icdo3_morphology": "",
        "methylation_class": "",
        "methylation_score": "",
        "methylation_classifier": "",
    }
    return {name: lit(text) for name, text in texts.items()}


def _mutation(
    rule: str,
    place: str,
    eligible: pl.Expr,
    change: dict[str, pl.Expr],
    *,
    copy: bool = False,
    new_key: str = "",
    clashes_in: tuple[str, ...] = (),
    changes: str = "",
    breaks_origin: bool = False,
) -> Mutation:
    """A mutation of warning level."""
    return Mutation(
        rule,
        place,
        eligible,
        change,
        copy=copy,
        new_key=new_key,
        clashes_in=clashes_in,
        changes=changes,
        breaks_origin=breaks_origin,
        severity="warning",
    )


_OF_CASES = (
    _mutation(
        "R013",
        "cases.is_incidental",
        among("is_incidental", "no") & among("symptom_pain", "yes"),
        {"is_incidental": lit("yes")},
    ),
    _mutation(
        "R016",
        "cases.case_kind",
        among("case_kind", "primary")
        & among("prior_surgery", "no")
        & among("prior_radiotherapy", "no"),
        {"case_kind": lit("recurrent")},
    ),
    _mutation(
        "R019",
        "cases.case_id",
        among("index_event", "surgery")
        & _MR
        & number("study_day").is_between(-180, 0)
        & (col("mr_in_time") == 1),
        {"study_day": lit("-400")},
        changes="imaging_studies",
    ),
)

_OF_IMAGING = (
    _mutation(
        "R036",
        "imaging_reads.axial_location",
        _MR & _NO_AXIAL & among("axial_location", "not_assessable"),
        {"axial_location": lit("central")},
    ),
    _mutation(
        "R026",
        "imaging_reads.cap_sign",
        _MR & among("seq_t2", "acquired") & _NO_SUSCEPTIBILITY & among("cap_sign", "not_reported"),
        {"cap_sign": lit("absent")},
    ),
    _mutation(
        "R027",
        "imaging_reads.cap_sign",
        among("cap_sign", "present") & ~among("haemorrhage", "absent"),
        {"haemorrhage": lit("absent")},
    ),
    _mutation(
        "R035",
        "imaging_reads.cord_region",
        among("cord_region", "cervical"),
        {"cord_region": lit("thoracic")},
    ),
    _mutation(
        "R037",
        "imaging_reads.syrinx",
        among("syrinx", "present", "absent") & among("syrinx_definition", "strict"),
        {"syrinx_definition": lit("unspecified")},
    ),
    _mutation(
        "R040",
        "imaging_reads.is_consensus",
        among("is_consensus", "no")
        & (col("reads_of_study") == 1)
        & among("scoliosis", "present", "absent"),
        {
            "reader_id": pl.concat_str(col("reader_id"), lit("X")),
            "scoliosis": pl.when(among("scoliosis", "present"))
            .then(lit("absent"))
            .otherwise(lit("present")),
        },
        copy=True,
        new_key="R92",
        clashes_in=("study_id",),
    ),
    _mutation(
        "R044",
        "imaging_measurements.value",
        among("measure", "tumour_length_mm") & _FILLED & (col("fewest_levels") > 1),
        {"value": lit("1.0")},
    ),
    _mutation(
        "R045",
        "imaging_measurements.value",
        among("measure", "tumour_volume_mm3") & _FILLED & (col("length_of_study") < 250),
        {"value": lit("199900.0")},
    ),
    _mutation(
        "R048",
        "imaging_measurements.value",
        among("measure", "tumour_max_ap_mm")
        & _FILLED
        & (col("cord_of_study") < 35)
        & ~col("is_exophytic"),
        {"value": lit("39.0")},
    ),
)

_OF_TISSUE = (
    _mutation(
        "R017",
        "pathology.histology",
        _EPENDYMOMA & among("syndrome", "nf2"),
        _called("haemangioblastoma", "1"),
    ),
    _mutation(
        "R051",
        "pathology.histology_edition",
        among("histology", "diffuse_astrocytoma_nos"),
        {"histology_edition": lit("who_2016"), "who_grade": lit("4")},
    ),
    _mutation(
        "R054",
        "pathology.histology",
        among("histology", "anaplastic_astrocytoma_nos"),
        {"histology_edition": lit("cns5_2021"), "h3_k27m": lit("altered")},
    ),
    _mutation(
        "R057", "pathology.icdo3_morphology", _EPENDYMOMA, {"icdo3_morphology": lit("9440/3")}
    ),
    _mutation(
        "R058",
        "pathology.ki67_percent",
        among("who_grade", "1"),
        {"ki67_percent": lit("45"), "ki67_percent_missing_reason": lit("")},
    ),
    _mutation(
        "R059",
        "pathology.histology",
        _EPENDYMOMA & col("is_above_t12"),
        _called("myxopapillary_ependymoma", "2"),
    ),
    _mutation(
        "R061",
        "pathology.is_centrally_reviewed",
        _EPENDYMOMA & among("is_centrally_reviewed", "no"),
        _called("subependymoma", "1"),
        copy=True,
        new_key="P91",
        clashes_in=("case_id", "specimen_day", "specimen_kind"),
    ),
)

_OF_COURSE = (
    _mutation(
        "R062",
        "surgeries.intent",
        among("intent", "resection") & among("extent_of_resection", "gtr"),
        {"intent": lit("biopsy")},
    ),
    _mutation(
        "R064",
        "surgeries.resection_percent",
        among("extent_of_resection", "subtotal"),
        {"resection_percent": lit("60"), "resection_percent_missing_reason": lit("")},
    ),
    _mutation(
        "R067",
        "surgeries.cleavage_plane",
        among("extent_of_resection", "gtr") & among("cleavage_plane", "good"),
        {"cleavage_plane": lit("none")},
    ),
    _mutation(
        "R075",
        "functional_status.timepoint",
        among("timepoint", "month_6"),
        {"timepoint": lit("month_3")},
    ),
    _mutation(
        "R076",
        "functional_status.scale_version",
        among("scale_version", "modified_1_5")
        & (number("score") < 5)
        & (col("scores_of_case") > 1),
        {"scale_version": lit("original_1_4")},
        clashes_in=("case_id", "scale"),
    ),
    _mutation(
        "R078",
        "functional_status.score",
        among("scale_version", "modified_1_5") & (number("score") == 1),
        {"scale": lit("asia"), "scale_version": lit("ais_a_e"), "score": lit("2")},
        copy=True,
        new_key="Q92",
        breaks_origin=True,
    ),
    _mutation(
        "R080",
        "cases.entry_day",
        col("death").is_not_null() & (col("entry_day") != ""),
        {"entry_day": whole(col("death") + 5)},
    ),
)

WARNINGS: tuple[Mutation, ...] = (*_OF_CASES, *_OF_IMAGING, *_OF_TISSUE, *_OF_COURSE)
