"""Mutations of patients, cases, surgeries, pathology, treatments and what followed.

Belongs here: how a row of these tables is spoilt, rarest rows first.
Does not belong here: imaging (`mutations_imaging`), choosing rows (`faults`).
"""

import polars as pl

from analyses.simulation.mutation import Mutation, among, col, lit, number, whole

_DIFFUSE = among("histology", "diffuse_astrocytoma_nos", "anaplastic_astrocytoma_nos")
_MODIFIED, _ORIGINAL = (among("scale_version", x) for x in ("modified_1_5", "original_1_4"))


def _as_dmg(*, edition: str, grade: str, h3: str) -> dict[str, pl.Expr]:
    """The diagnosis called a diffuse midline glioma, with that evidence."""
    texts = {
        "histology": "dmg_h3_k27_altered",
        "histology_edition": edition,
        "who_grade": grade,
        "icdo3_morphology": "",
        "h3_k27m": h3,
        "h3_k27me3_loss": h3,
        "methylation_class": "",
        "methylation_score": "",
        "methylation_classifier": "",
    }
    return {name: lit(text) for name, text in texts.items()}


CLINICAL: tuple[Mutation, ...] = (
    Mutation("R073", "functional_status.score", _ORIGINAL, {"score": lit("5")}),
    Mutation(
        "R015",
        "cases.index_event",
        among("index_event", "diagnostic_imaging")
        & (number("study_day") == 0)
        & (col("studies_at_day_0") == 1),
        {"study_day": lit("5")},
        changes="imaging_studies",
    ),
    Mutation(
        "R014",
        "cases.index_event",
        among("index_event", "diagnostic_imaging"),
        {"index_event": lit("surgery")},
    ),
    Mutation(
        "R069",
        "surgeries.surgery_number",
        among("surgery_number", "2"),
        {"surgery_number": lit("1")},
        clashes_in=("case_id", "surgery_number"),
    ),
    Mutation(
        "R052",
        "pathology.who_grade",
        _DIFFUSE,
        _as_dmg(edition="unknown", grade="2", h3="altered"),
    ),
    Mutation(
        "R053",
        "pathology.h3_k27m",
        _DIFFUSE,
        _as_dmg(edition="cns5_2021", grade="4", h3="not_altered"),
    ),
    Mutation(
        "R056",
        "pathology.idh_mutation",
        _DIFFUSE,
        {
            "histology": lit("astrocytoma_idh_mutant"),
            "histology_edition": lit("cns5_2021"),
            "who_grade": lit("2"),
            "idh_mutation": lit("not_altered"),
            "icdo3_morphology": lit(""),
        },
    ),
    Mutation(
        "R055",
        "pathology.mycn_amplification",
        among("histology", "spinal_ependymoma"),
        {"histology_edition": lit("cns5_2021"), "mycn_amplification": lit("altered")},
    ),
    Mutation(
        "R051",
        "pathology.who_grade",
        among("histology", "spinal_ependymoma"),
        {"who_grade": lit("1")},
    ),
    Mutation(
        "R050",
        "pathology.specimen_day",
        among("specimen_kind", "resection"),
        {"specimen_day": lit("2000"), "surgery_id": lit("")},
    ),
    Mutation(
        "R060",
        "pathology.methylation_score",
        lit(True),
        {"methylation_score": lit("0.95"), "methylation_class": lit("")},
    ),
    Mutation(
        "R010",
        "cases.case_number",
        among("case_number", "1"),
        {"index_event": lit("diagnostic_imaging")},
        copy=True,
        new_key="91",
        clashes_in=("patient_id", "case_number"),
    ),
    Mutation(
        "R065",
        "surgeries.eor_basis",
        (col("mr_after") == 0) & (col("later_studies") > 0),
        {
            "eor_basis": lit("postoperative_mri"),
            "eor_assessment_day": lit(""),
            "eor_assessment_day_missing_reason": lit("not_recorded"),
        },
    ),
    Mutation(
        "R066",
        "surgeries.residual_volume_mm3",
        ~among("extent_of_resection", "gtr") & (col("volume") < 150_000),
        {
            "residual_volume_mm3": lit("190000.0"),
            "residual_volume_mm3_missing_reason": lit(""),
        },
    ),
    Mutation(
        "R068",
        "surgeries.ionm_alarm",
        among("ionm_mep", "yes"),
        {"ionm_alarm": lit("not_monitored")},
    ),
    Mutation(
        "R070",
        "surgeries.death_30_days",
        col("last_alive") > number("surgery_day") + 30,
        {"death_30_days": lit("yes")},
    ),
    Mutation(
        "R071",
        "treatments.end_day",
        number("start_day") > 0,
        {
            "end_day": whole(number("start_day") - 1),
            "end_day_missing_reason": lit(""),
        },
    ),
    Mutation(
        "R072",
        "treatments.rt_dose_gy",
        among("treatment_kind", "radiotherapy"),
        {
            "rt_dose_gy": lit("45.0"),
            "rt_dose_gy_missing_reason": lit(""),
            "rt_fractions": lit("2"),
            "rt_fractions_missing_reason": lit(""),
        },
    ),
    Mutation(
        "R080",
        "treatments.start_day",
        number("start_day") < col("death"),
        {
            "start_day": whole(col("death") + 5),
            "end_day": lit(""),
            "end_day_missing_reason": lit(""),
        },
    ),
    Mutation(
        "R077",
        "functional_status.timepoint",
        ~among("timepoint", "last") & (_MODIFIED | _ORIGINAL),
        copy=True,
        new_key="Q91",
        clashes_in=("case_id", "timepoint", "scale", "scale_version"),
    ),
    Mutation(
        "R079",
        "follow_up.vital_status",
        among("vital_status", "alive"),
        {"death_day_missing_reason": lit("not_recorded")},
    ),
    Mutation(
        "R081",
        "follow_up.progression_day",
        number("progression_day") > 0,
        {"progression_day": lit("0")},
    ),
    Mutation(
        "R063",
        "surgeries.residual_volume_mm3",
        among("extent_of_resection", "gtr") & among("residual_volume_mm3", "0.0"),
        {"residual_volume_mm3": lit("0.5")},
    ),
    Mutation(
        "R004",
        "surgeries.eor_basis",
        ~among("extent_of_resection", "none", ""),
        {"eor_basis": lit("")},
    ),
    Mutation(
        "R012",
        "cases.symptom_duration_months",
        (number("age_years") < 40) & (col("symptom_duration_months") != ""),
        {"symptom_duration_months": (number("age_years") * 12 + 24).round(1).cast(pl.String)},
    ),
    Mutation("R006", "cases.age_years", col("age_years") != "", {"age_years": lit("470")}),
    Mutation(
        "R007",
        "cases.age_years",
        col("age_years") != "",
        {"age_years": col("age_years").str.replace(".", ",", literal=True)},
    ),
    Mutation("R004", "patients.sex", ~among("sex", ""), {"sex": lit("")}),
    Mutation(
        "R005",
        "pathology.histology",
        among("histology", "spinal_ependymoma"),
        {"histology": lit("spinal_ependymona")},
    ),
    Mutation(
        "R004",
        "pathology.histology_edition",
        lit(True),
        {"histology_edition": lit("")},
    ),
    Mutation(
        "R002",
        "pathology.pathology_id",
        among("histology", "spinal_ependymoma"),
        {"histology": lit("subependymoma"), "who_grade": lit("1")},
        copy=True,
        rows=2,
    ),
    Mutation("R001", "follow_up.follow_up_id", lit(True), copy=True),
    Mutation(
        "R003",
        "follow_up.case_id",
        lit(True),
        {"case_id": pl.concat_str(col("case_id"), lit("9"))},
    ),
    Mutation("R073", "functional_status.score", _MODIFIED, {"score": lit("6")}),
    Mutation(
        "R074",
        "functional_status.assessment_day",
        among("timepoint", "preoperative") & (col("first_surgery_day") == 0),
        {"assessment_day": lit("3")},
    ),
    Mutation(
        "R082",
        "follow_up.last_imaging_day",
        col("last_imaging_day") != "",
        {"last_imaging_day": (number("contact_day") + 30).cast(pl.Int64).cast(pl.String)},
    ),
)
