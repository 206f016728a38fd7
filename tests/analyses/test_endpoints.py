"""Endpoints: value and first reason against a case, as small tables a clinician can read."""

import polars as pl
import pytest

from analyses.cohort import first_tissue, mccormick_after_a_year, mccormick_grades
from analyses.contacts import deaths
from analyses.eligibility import EXCLUSIONS
from analyses.endpoints import ENDPOINTS, add_endpoints
from analyses.left_open import endpoint_warnings
from schemas.vocabularies import HISTOLOGY
from tests.support.text_tables import read_table

COLUMNS = {
    "patient_id": "P1",
    "case_number": 1,
    "consent_scope": "research_registry",
    "histology": "spinal_ependymoma",
    "case_kind": "primary",
    "study_day": -3,
    "first_tissue_day": 0,
    "surgery_day": 0,
    "intent": "resection",
    "extent_of_resection": "gtr",
    "mccormick_preoperative": 2.0,
    "mccormick_version": "modified_1_5",
    "mccormick_month_6": 2.0,
    "mccormick_other_version": "no",
    "mccormick_month_12": 2.0,
    "mccormick_month_12_original": None,
    "who_grade": "2",
    "death_day": None,
    "cause_of_death": None,
    "diagnosis_day": 0,
    "eor_assessment_day": 2,
    "entry_day": 0,
    "vital_status": "alive",
    "last_alive_day": 1000,
    "last_imaging_day": 900,
    "progression_day": None,
    "is_progression_known": "yes",
    "is_progression_undated": "no",
}
TYPES = {
    "histology": pl.String,
    "surgery_day": pl.Int64,
    "mccormick_preoperative": pl.Float64,
    "mccormick_version": pl.String,
    "mccormick_month_6": pl.Float64,
    "mccormick_other_version": pl.String,
    "mccormick_month_12": pl.Float64,
    "mccormick_month_12_original": pl.String,
    "who_grade": pl.String,
    "death_day": pl.Int64,
    "cause_of_death": pl.String,
    "diagnosis_day": pl.Int64,
    "eor_assessment_day": pl.Int64,
    "entry_day": pl.Int64,
    "vital_status": pl.String,
    "last_alive_day": pl.Int64,
    "last_imaging_day": pl.Int64,
    "progression_day": pl.Int64,
    "is_progression_known": pl.String,
}


def _case(**changes: object) -> pl.DataFrame:
    return add_endpoints(
        pl.DataFrame({name: [value] for name, value in (COLUMNS | changes).items()}).cast(TYPES)  # type: ignore[arg-type]
    )


def _found(endpoint: str, **changes: object) -> tuple[str | None, str | None]:
    row = _case(**changes).row(0, named=True)
    return row[endpoint], row[f"{endpoint}_exclusion"]


@pytest.mark.parametrize(
    ("histology", "group"),
    [
        ("spinal_ependymoma_mycn", "ependymoma"),
        ("anaplastic_ependymoma", "ependymoma"),
        ("pilocytic_astrocytoma", "astrocytic"),
        ("dmg_h3_k27_altered", "astrocytic"),
        ("haemangioblastoma", "haemangioblastoma"),
        ("subependymoma", "other"),
        ("ganglioglioma", "other"),
        ("cavernous_malformation", "other"),
        ("glioma_nos", "other"),
        ("metastasis", "other"),
    ],
)
def test_histology_group(histology: str, group: str) -> None:
    assert _found("histology_group", histology=histology) == (group, None)


def test_every_type_of_tumour_has_a_group_or_a_reason() -> None:
    for code in HISTOLOGY.codes:
        value, reason = _found("histology_group", histology=code)
        assert value is not None or reason is not None or code == "unknown"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"histology": "lipoma"}, "lipoma, myxopapillary ependymoma or no tumour"),
        ({"histology": "no_tissue"}, "no tissue was taken"),
        ({"histology": None}, "no tissue was taken"),
        ({"case_kind": "recurrent"}, "treated before elsewhere: its type is known"),
        ({"study_day": 5}, "imaged only after tissue was first taken"),
        ({"consent_scope": "site_only"}, "no consent for the research registry"),
    ],
)
def test_who_is_left_out_of_histology(changes: dict[str, object], reason: str) -> None:
    assert _found("histology_group", **changes)[1] == reason


@pytest.mark.parametrize("endpoint", ["histology_group", "ependymoma_vs_astrocytoma", "high_grade"])
def test_unknown_histology_is_a_missing_outcome_not_an_exclusion(endpoint: str) -> None:
    assert _found(endpoint, histology="unknown") == (None, None)


@pytest.mark.parametrize(
    ("histology", "value", "reason"),
    [
        ("spinal_ependymoma", "yes", None),
        ("pilocytic_astrocytoma", "no", None),
        ("ganglioglioma", None, "neither ependymoma nor astrocytic tumour"),
        ("subependymoma", None, "neither ependymoma nor astrocytic tumour"),
    ],
)
def test_ependymoma_against_astrocytoma(
    histology: str, value: str | None, reason: str | None
) -> None:
    assert _found("ependymoma_vs_astrocytoma", histology=histology) == (value, reason)


@pytest.mark.parametrize(
    ("histology", "grade", "value", "reason"),
    [
        ("spinal_ependymoma", "2", "no", None),
        ("dmg_h3_k27_altered", "4", "yes", None),
        ("ganglioglioma", "1", "no", None),
        ("spinal_ependymoma_mycn", "not_assigned", "yes", None),  # high by convention
        ("spinal_ependymoma", "unknown", None, "WHO grade not known, or none assigned"),
        ("spinal_ependymoma", None, None, "WHO grade not known, or none assigned"),
        ("haemangioblastoma", "1", None, "neither ependymoma, astrocytic nor glioneuronal"),
    ],
)
def test_high_grade(
    histology: str, grade: str | None, value: str | None, reason: str | None
) -> None:
    found = _found("high_grade", histology=histology, who_grade=grade)
    assert found[0] == value
    assert (found[1] or "").startswith(reason or "")
    assert (found[1] is None) == (reason is None)


@pytest.mark.parametrize(
    ("changes", "value", "reason"),
    [
        ({"mccormick_month_12": 4.0}, 4, None),
        ({"mccormick_month_12": None}, None, None),  # missing, never filled in
        ({"mccormick_month_12": None, "death_day": 300}, None, "died before the grade of month 12"),
        ({"mccormick_month_12": 3.0, "death_day": 400}, 3, None),
        (
            {"mccormick_month_12": None, "mccormick_month_12_original": "yes"},
            None,
            "graded at month 12 on the original version of the scale only",
        ),
        ({"surgery_day": None}, 2, "no surgery recorded"),
    ],
)
def test_mccormick_after_a_year(
    changes: dict[str, object], value: int | None, reason: str | None
) -> None:
    assert _found("mccormick_12m", **changes) == (value, reason)


def test_the_grade_nearest_to_a_year_after_surgery_counts() -> None:
    status = pl.DataFrame(
        {
            "status_id": ["a", "b", "c", "d"],
            "case_id": ["C1", "C1", "C1", "C2"],
            "scale": ["mccormick"] * 4,
            "scale_version": ["modified_1_5", "modified_1_5", "original_1_4", "original_1_4"],
            "timepoint": ["month_12"] * 4,
            "assessment_day": [320, 400, 365, 365],
            "score": [2.0, 3.0, 4.0, 1.0],
        }
    )
    # operated on day 30: day 400 lies five days from a year, day 320 seventy-five
    surgeries = pl.DataFrame({"case_id": ["C1", "C2"], "surgery_day": [30, 0]})
    found = mccormick_after_a_year(status, surgeries).rows()
    assert found == [("C1", 3.0, "yes"), ("C2", None, "yes")]


@pytest.mark.parametrize(
    ("changes", "value", "reason"),
    [
        ({"mccormick_month_6": 3.0}, "yes", None),
        ({"mccormick_month_6": 1.0}, "no", None),
        ({"mccormick_month_6": None}, None, None),  # never filled in
        ({"mccormick_month_6": None, "death_day": 80, "cause_of_death": "tumour"}, "yes", None),
        ({"mccormick_month_6": None, "death_day": 20, "cause_of_death": "treatment"}, "yes", None),
        (
            {"mccormick_month_6": None, "death_day": 80, "cause_of_death": "other"},
            None,
            "died before month 6 of another or an unknown cause",
        ),
        (
            {"mccormick_month_6": None, "death_day": 80, "cause_of_death": None},
            None,
            "died before month 6 of another or an unknown cause",
        ),
        # the window ends on day 270 after surgery, not after day 0
        ({"mccormick_month_6": None, "death_day": 271, "cause_of_death": "tumour"}, None, None),
        (
            {
                "mccormick_month_6": None,
                "surgery_day": 40,
                "death_day": 310,
                "cause_of_death": "tumour",
            },
            "yes",
            None,
        ),
        # graded at month 6, dead later within the window: the grade counts
        ({"mccormick_month_6": 2.0, "death_day": 200, "cause_of_death": "tumour"}, "no", None),
        (
            {"mccormick_preoperative": 5.0},
            "no",
            "highest McCormick grade already before surgery",
        ),
        (
            {"mccormick_preoperative": 4.0, "mccormick_version": "original_1_4"},
            "no",
            "highest McCormick grade already before surgery",
        ),
        ({"mccormick_preoperative": 4.0}, "no", None),
        (
            {"mccormick_month_6": None, "mccormick_other_version": "yes"},
            None,
            "graded after surgery on another version of the scale",
        ),
        (
            {"mccormick_preoperative": None, "mccormick_version": None},
            None,
            "no McCormick grade before surgery on a named version of the scale",
        ),
        ({"surgery_day": None}, None, "no surgery recorded"),
    ],
)
def test_functional_decline(
    changes: dict[str, object], value: str | None, reason: str | None
) -> None:
    found, why = _found("functional_decline", **changes)
    assert why == reason
    if reason is None:
        assert found == value


def test_every_reason_is_in_the_order_of_exclusions() -> None:
    assert len(set(EXCLUSIONS)) == len(EXCLUSIONS)
    assert (
        _found("functional_decline", consent_scope="site_only", surgery_day=None)[1]
        == EXCLUSIONS[0]
    )


def test_every_endpoint_is_added() -> None:
    assert set(ENDPOINTS) <= set(_case().columns)


def test_what_the_source_leaves_open_is_said() -> None:
    cases = _case(case_kind="unknown").with_columns(provenance=pl.lit("published"))
    warning = endpoint_warnings(cases, "histology_group", "published")[0]
    assert warning["code"] == "earlier_treatment_unknown"
    assert warning["message"].startswith("In 1 of 1 cases")
    assert endpoint_warnings(cases, "functional_decline", "published") == []


def test_grades_before_and_at_month_6_are_on_one_version() -> None:
    """The last grade before surgery counts, and month 6 on its version nearest to half a year."""
    rows = read_table(
        """
        status_id | case_id | timepoint    | assessment_day | scale     | scale_version | score
        ----------+---------+--------------+----------------+-----------+---------------+------
        1         | C1      | preoperative | -30            | mccormick | modified_1_5  | 1
        2         | C1      | preoperative | -2             | mccormick | modified_1_5  | 2
        3         | C1      | month_6      | 140            | mccormick | modified_1_5  | 4
        4         | C1      | month_6      | 190            | mccormick | modified_1_5  | 3
        5         | C2      | preoperative | -1             | mccormick | original_1_4  | 2
        6         | C2      | month_6      | 180            | mccormick | modified_1_5  | 3
        7         | C3      | preoperative | -1             | mccormick | unknown       | 2
        8         | C4      | preoperative | -1             | kps       |               | 80
        9         | C5      | preoperative | -1             | mccormick | modified_1_5  | 3
        """
    )
    frame = pl.DataFrame(rows).with_columns(
        pl.col("assessment_day").cast(pl.Int64), pl.col("score").cast(pl.Float64)
    )
    found = {row["case_id"]: row for row in mccormick_grades(frame).rows(named=True)}
    assert sorted(found) == ["C1", "C2", "C5"]
    assert (found["C1"]["mccormick_preoperative"], found["C1"]["mccormick_month_6"]) == (2.0, 3.0)
    assert found["C1"]["mccormick_other_version"] == "no"
    assert (found["C2"]["mccormick_month_6"], found["C2"]["mccormick_other_version"]) == (
        None,
        "yes",
    )
    assert found["C5"]["mccormick_other_version"] is None


def test_first_tissue_and_death() -> None:
    pathology = pl.DataFrame(
        {
            "case_id": ["C1", "C1", "C2"],
            "histology": ["spinal_ependymoma", "spinal_ependymoma", "no_tissue"],
            "specimen_day": [12, 3, 0],
        }
    )
    assert first_tissue(pathology).rows() == [("C1", 3)]
    follow_up = pl.DataFrame(
        {
            "case_id": ["C1", "C1", "C2"],
            "follow_up_id": ["F1", "F2", "F3"],
            "contact_day": [100, 400, 90],
            "vital_status": ["alive", "dead", "alive"],
            "death_day": [None, 390, None],
            "cause_of_death": [None, "tumour", None],
        }
    )
    assert deaths(follow_up).rows() == [("C1", 390, "tumour")]
