"""The cohort: one row per case, drawn from the tables of `core`.

Belongs here: which study, read, surgery and diagnosis stand for a case before surgery.
Does not belong here: what is predicted (`analyses.endpoints`), statistics, reading the database.
"""

from collections.abc import Mapping, Sequence

import polars as pl

from analyses.contacts import COURSE, courses, deaths, yes_no
from schemas.columns import Availability, Code
from schemas.measures import MEASURES
from schemas.tables import BY_NAME
from schemas.vocabularies import TIMEPOINT_DAYS

Tables = Mapping[str, pl.DataFrame]

#: A preoperative study older than this does not describe the tumour that was operated (rule R019).
OLDEST_PREOPERATIVE_DAY = 180
_YEAR = 365
_PREOPERATIVE = ("diagnostic", "preoperative")
_FROM_SURGERY = (
    "intent",
    "surgeon_experience",
    "ionm_ssep",
    "ionm_mep",
    "ionm_dwave",
    "growth_type",
    "cleavage_plane",
    "extent_of_resection",
    "eor_basis",
    "eor_assessment_day",
    "residual_volume_mm3",
)
_FROM_PATHOLOGY = (
    "histology",
    "histology_edition",
    "who_grade",
    "diagnosis_level",
    "h3_k27m",
    "idh_mutation",
    "mycn_amplification",
    "braf_v600e",
)
_FROM_STUDY = (
    "field_strength_t",
    *(c.name for c in BY_NAME["imaging_studies"].columns if c.name.startswith("seq_")),
)
FROM_READ = tuple(
    c.name for c in BY_NAME["imaging_reads"].columns if c.available == Availability.BY_STUDY_DAY
)
_FROM_PATIENT = ("sex", "syndrome")
#: Columns of the cases table that go into the cohort as they are.
_FROM_CASE = tuple(
    c.name for c in BY_NAME["cases"].columns if not c.name.endswith("_missing_reason")
)


def build_cohort(tables: Tables) -> pl.DataFrame:
    """Draw one row per case.

    The study is the last MR study made for diagnosis or before the first surgery, at most 180 days
    before it; the read is the consensus, else the first round of the first reader. The surgery is
    the first one. Where a case has none of these its columns are missing.

    Parameters
    ----------
    tables
        The tables of `core` by name, with their kept columns.

    Returns
    -------
    pl.DataFrame
        Sorted by `case_id`: the columns of `cases` (`age_years` in years, `symptom_duration_months`
        in
        months), of `patients`, of the chosen study and read, the measures as columns in their own
        units,
        of the first surgery (`surgery_day` in days) and of the diagnosis, McCormick grades before
        surgery, at month 6 and at month 12 with the version of the scale, `death_day`,
        `cause_of_death`, the course (`analyses.contacts.courses`) and `provenance`.
    """
    surgeries = first_surgeries(tables["surgeries"])
    studies = preoperative_studies(tables["imaging_studies"], surgeries)
    tissue = first_tissue(tables["pathology"])
    reads = chosen_reads(tables["imaging_reads"], studies)
    cases = tables["cases"].select(*_FROM_CASE, "provenance")
    patients = tables["patients"].select("patient_id", *_FROM_PATIENT)
    return (
        cases.join(patients, on="patient_id", how="left")
        .join(
            studies.select("case_id", "study_id", "study_day", *_FROM_STUDY),
            on="case_id",
            how="left",
        )
        .join(reads.select("study_id", *FROM_READ), on="study_id", how="left")
        .join(wide_measurements(tables["imaging_measurements"], reads), on="study_id", how="left")
        .join(surgeries.select("case_id", "surgery_day", *_FROM_SURGERY), on="case_id", how="left")
        .join(chosen_diagnoses(tables["pathology"]), on="case_id", how="left")
        .join(tissue, on="case_id", how="left")
        .join(mccormick_grades(tables["functional_status"]), on="case_id", how="left")
        .join(
            mccormick_after_a_year(tables["functional_status"], surgeries),
            on="case_id",
            how="left",
        )
        .join(deaths(tables["follow_up"]), on="case_id", how="left")
        .join(courses(tables["follow_up"], surgeries), on="case_id", how="left")
        .drop("study_id")
        .sort("case_id")
    )


def first_surgeries(surgeries: pl.DataFrame) -> pl.DataFrame:
    """The first surgery of every case that had one, by day, then number."""
    return _first(surgeries, of="case_id", by=("surgery_day", "surgery_number", "surgery_id"))


def preoperative_studies(
    studies: pl.DataFrame, surgeries: pl.DataFrame, *, modalities: Sequence[str] = ("mr",)
) -> pl.DataFrame:
    """The last MR study before each first surgery; without surgery the last diagnostic one.

    Or the last of other `modalities`. A study whose day is not recorded counts by its purpose,
    behind those with a day.
    """
    dated = studies.filter(
        pl.col("modality").is_in(modalities) & pl.col("study_purpose").is_in(_PREOPERATIVE)
    ).join(surgeries.select("case_id", "surgery_day"), on="case_id", how="left")
    day, surgery = pl.col("study_day"), pl.col("surgery_day")
    in_time = (day <= surgery) & (day >= surgery - OLDEST_PREOPERATIVE_DAY)
    usable = dated.filter(
        pl.when(surgery.is_null()).then(day <= 0).otherwise(in_time).fill_null(True)
    )
    latest = usable.with_columns(place=-day.fill_null(-1_000_000))
    return _first(latest, of="case_id", by=("place", "study_id")).drop("place", "surgery_day")


def chosen_reads(reads: pl.DataFrame, studies: pl.DataFrame) -> pl.DataFrame:
    """The read that stands for each chosen study: the consensus, else the first."""
    ranked = reads.join(studies.select("study_id"), on="study_id", how="semi").with_columns(
        rank=pl.when(pl.col("is_consensus") == "yes").then(0).otherwise(1)
    )
    return _first(ranked, of="study_id", by=("rank", "read_round", "reader_id", "read_id"))


def wide_measurements(measurements: pl.DataFrame, reads: pl.DataFrame) -> pl.DataFrame:
    """The measures of each chosen study as columns named like the measure.

    A value that belongs to the chosen read comes first, then one that belongs to no read.
    """
    chosen = reads.select("study_id", chosen_read="read_id")
    of_read = pl.col("read_id") == pl.col("chosen_read")
    rank = pl.when(of_read).then(0).when(pl.col("read_id").is_null()).then(1).otherwise(2)
    ranked = (
        measurements.filter(pl.col("value").is_not_null())
        .join(chosen, on="study_id", how="inner")
        .with_columns(rank=rank)
        .sort("rank", "measurement_id")
    )
    columns = [
        pl.col("value").filter(pl.col("measure") == m.name).first().alias(m.name) for m in MEASURES
    ]
    return ranked.group_by("study_id", maintain_order=True).agg(columns)


def chosen_diagnoses(
    pathology: pl.DataFrame, *, columns: Sequence[str] = _FROM_PATHOLOGY
) -> pl.DataFrame:
    """One diagnosis per case: a resection specimen before a biopsy before any other."""
    kinds = {"resection": 0, "biopsy": 1, "earlier_specimen": 2}
    ranked = pathology.with_columns(
        rank=pl.col("specimen_kind").replace_strict(kinds, default=3, return_dtype=pl.Int64)
    )
    first = _first(ranked, of="case_id", by=("rank", "specimen_day", "pathology_id"))
    return first.select("case_id", *columns, diagnosis_day="specimen_day")


def first_tissue(pathology: pl.DataFrame) -> pl.DataFrame:
    """The first day on which tissue of each case was taken: `first_tissue_day`."""
    return (
        pathology.filter(pl.col("histology") != "no_tissue")
        .group_by("case_id")
        .agg(first_tissue_day=pl.col("specimen_day").min())
    )


def mccormick_grades(functional_status: pl.DataFrame) -> pl.DataFrame:
    """McCormick grade before surgery and at month 6, on one version of the scale where possible.

    `mccormick_preoperative` is the last grade before surgery, `mccormick_version` its version;
    `mccormick_month_6` the grade on that version nearest to half a year, and
    `mccormick_other_version` says whether month 6 was graded on another version only. A grade
    without a named version stands for none.
    """
    graded = functional_status.filter(
        (pl.col("scale") == "mccormick")
        & (pl.col("scale_version").is_in(("original_1_4", "modified_1_5")))
    )
    before = _first(
        graded.filter(pl.col("timepoint") == "preoperative").with_columns(
            place=-pl.col("assessment_day").fill_null(-1_000_000)
        ),
        of="case_id",
        by=("place", "status_id"),
    ).select(
        "case_id", mccormick_preoperative=pl.col("score"), mccormick_version=pl.col("scale_version")
    )
    after = graded.filter(pl.col("timepoint") == "month_6").join(before, on="case_id", how="inner")
    same = pl.col("scale_version") == pl.col("mccormick_version")
    middle = sum(TIMEPOINT_DAYS["month_6"]) / 2
    ranked = after.with_columns(
        same=same, distance=(pl.col("assessment_day") - middle).abs().fill_null(1e9)
    )
    month_6 = _first(ranked.filter("same"), of="case_id", by=("distance", "status_id"))
    seen = ranked.group_by("case_id").agg(other=~pl.col("same").any())
    return (
        before.join(
            month_6.select("case_id", mccormick_month_6=pl.col("score")), on="case_id", how="left"
        )
        .join(
            seen.select("case_id", mccormick_other_version=yes_no(pl.col("other"))),
            on="case_id",
            how="left",
        )
        .sort("case_id")
    )


def mccormick_after_a_year(
    functional_status: pl.DataFrame, surgeries: pl.DataFrame
) -> pl.DataFrame:
    """McCormick grade of the modified version nearest to a year after the first surgery.

    `mccormick_month_12_original` says whether month 12 was graded on the original version; its
    grades have no place on the modified one.
    """
    graded = functional_status.filter(
        (pl.col("scale") == "mccormick") & (pl.col("timepoint") == "month_12")
    ).join(surgeries.select("case_id", "surgery_day"), on="case_id", how="inner")
    after = pl.col("assessment_day") - pl.col("surgery_day")
    nearest = _first(
        graded.filter(pl.col("scale_version") == "modified_1_5").with_columns(
            distance=(after - _YEAR).abs().fill_null(1_000_000)
        ),
        of="case_id",
        by=("distance", "status_id"),
    ).select("case_id", mccormick_month_12=pl.col("score"))
    original = graded.filter(pl.col("scale_version") == "original_1_4").select("case_id").unique()
    return nearest.join(
        original.with_columns(mccormick_month_12_original=pl.lit("yes")),
        on="case_id",
        how="full",
        coalesce=True,
    ).sort("case_id")


def availability_of_columns() -> dict[str, str]:
    """When each column of the cohort becomes known, by column.

    Examples
    --------
    >>> known = availability_of_columns()
    >>> known["margin"], known["extent_of_resection"]
    ('preoperative_imaging', 'postoperative')
    """
    preoperative = Availability.PREOPERATIVE_IMAGING.value
    known = {c: BY_NAME["cases"][c].available.value for c in _FROM_CASE}
    known |= {c: BY_NAME["patients"][c].available.value for c in _FROM_PATIENT}
    # the chosen study lies before surgery, so what was seen on it was known then
    known |= dict.fromkeys((*_FROM_STUDY, *FROM_READ, *(m.name for m in MEASURES)), preoperative)
    known |= {c: BY_NAME["surgeries"][c].available.value for c in ("surgery_day", *_FROM_SURGERY)}
    known |= {c: BY_NAME["pathology"][c].available.value for c in _FROM_PATHOLOGY}
    later = Availability.FOLLOW_UP.value
    return known | {
        "provenance": Availability.ADMIN.value,
        "study_day": preoperative,
        "first_tissue_day": BY_NAME["pathology"]["specimen_day"].available.value,
        "diagnosis_day": BY_NAME["pathology"]["specimen_day"].available.value,
        "mccormick_preoperative": Availability.PREOPERATIVE_CLINICAL.value,
        "mccormick_version": Availability.PREOPERATIVE_CLINICAL.value,
        "mccormick_month_6": later,
        "mccormick_other_version": later,
        "mccormick_month_12": later,
        "mccormick_month_12_original": later,
        "death_day": later,
        "cause_of_death": later,
        **dict.fromkeys(COURSE, later),
    }


def sources_of_columns() -> dict[str, tuple[tuple[str, str], ...]]:
    """The columns of `core` that each column of the cohort is drawn from: table and column.

    Which row of a table stands for the case is decided by `build_cohort`.

    Examples
    --------
    >>> sources_of_columns()["margin"], sources_of_columns()["tumour_length_mm"]
    ((('imaging_reads', 'margin'),), (('imaging_measurements', 'value'),))
    """
    drawn = {
        "cases": _FROM_CASE,
        "patients": _FROM_PATIENT,
        "imaging_studies": ("study_day", *_FROM_STUDY),
        "imaging_reads": FROM_READ,
        "surgeries": ("surgery_day", *_FROM_SURGERY),
        "pathology": _FROM_PATHOLOGY,
        "follow_up": ("death_day", "cause_of_death"),
    }
    found: dict[str, tuple[tuple[str, str], ...]] = {
        column: ((table, column),) for table, columns in drawn.items() for column in columns
    }
    found |= {m.name: (("imaging_measurements", "value"),) for m in MEASURES}
    found |= {c: tuple(("follow_up", of) for of in drawn_from) for c, drawn_from in COURSE.items()}
    grade, version = ("functional_status", "score"), ("functional_status", "scale_version")
    return found | {
        "provenance": (("cases", "provenance"),),
        "first_tissue_day": (("pathology", "specimen_day"), ("pathology", "histology")),
        "diagnosis_day": (("pathology", "specimen_day"),),
        "mccormick_preoperative": (grade, version),
        "mccormick_version": (version,),
        "mccormick_month_6": (grade, version),
        "mccormick_other_version": (version,),
        "mccormick_month_12": (grade, version),
        "mccormick_month_12_original": (version,),
    }


def labels_of_columns() -> dict[str, str]:
    """A short label of each column of the cohort, with its unit.

    Examples
    --------
    >>> labels_of_columns()["age_years"]
    'age (years)'
    """
    units = {m.name: (m.unit, m.name.removesuffix(f"_{_suffix(m.unit)}")) for m in MEASURES}
    labels = {}
    units["mccormick_preoperative"] = ("", "McCormick grade before surgery")
    for table in (
        "cases",
        "patients",
        "imaging_studies",
        "imaging_reads",
        "surgeries",
        "pathology",
    ):
        for column in BY_NAME[table].columns:
            kind = "" if isinstance(column.type, Code) else column.unit
            stem = column.label or column.name.removesuffix(f"_{kind}")
            units.setdefault(column.name, (kind, stem))
    for name, (unit, stem) in units.items():
        words = stem.replace("_", " ").removesuffix(" 1e6 mm2 s")
        for word in ("adc", "mri", "who", "t1", "t2", "dwi", "dti", "mrs", "swi", "naa"):
            words = " ".join(word.upper() if part == word else part for part in words.split(" "))
        labels[name] = f"{words} ({_unit_shown(unit)})" if unit else words
    return labels


def _suffix(unit: str) -> str:
    """How a unit is written at the end of a column name."""
    return {"1e-6_mm2_s": "1e6_mm2_s"}.get(unit, unit)


def _unit_shown(unit: str) -> str:
    """A unit as a person writes it."""
    return {"1e-6_mm2_s": "10\u207b\u2076 mm\u00b2/s", "mm3": "mm\u00b3"}.get(unit, unit)


def _first(frame: pl.DataFrame, *, of: str, by: Sequence[str]) -> pl.DataFrame:
    """The first row of each group in the given order."""
    return frame.sort(*by).group_by(of, maintain_order=True).first().sort(of)
