"""What mutations see beside a row: its study and read, and what happened to its case.

Belongs here: the joins.
Does not belong here: which row is spoilt, and how (`mutation` and its lists).
"""

from collections.abc import Mapping

import polars as pl

from analyses.simulation.mutation import among, col, number
from schemas.vocabularies import LEVEL

Tables = Mapping[str, pl.DataFrame]
_DAY = number("study_day")


def with_context(frame: pl.DataFrame, table: str, tables: Tables) -> pl.DataFrame:
    """The rows with what mutations need beside them, in their order."""
    beside = {
        "imaging_studies": _beside_studies,
        "imaging_reads": _beside_reads,
        "imaging_measurements": _beside_measurements,
        "pathology": _beside_pathology,
        "surgeries": _beside_surgeries,
        "cases": _beside_death,
        "treatments": _beside_death,
        "functional_status": _beside_assessments,
    }
    return beside[table](frame, tables) if table in beside else frame


def _beside_studies(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`index_event` of the case; its studies that are, or may be, of day 0; MR in time for it."""
    at_0 = (_DAY == 0) | (col("study_day") == "")
    in_time = among("modality", "mr") & (_DAY.is_between(-180, 0) | (col("study_day") == ""))
    counted = frame.group_by("case_id").agg(studies_at_day_0=at_0.sum(), mr_in_time=in_time.sum())
    return _joined(_joined(frame, counted), tables["cases"].select("case_id", "index_event"))


def _beside_reads(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """The columns of the study, and `reads_of_study`."""
    counted = tables["imaging_reads"].group_by("study_id").agg(reads_of_study=pl.len())
    beside = _joined(frame, tables["imaging_studies"], on="study_id")
    return _joined(beside, counted, on="study_id")


def _beside_measurements(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """The columns of the study, the read's `polar_cyst`, what reads and measures of it say."""
    reads = tables["imaging_reads"]
    said = reads.group_by("study_id").agg(
        fewest_levels=number("n_segments").min(),
        is_exophytic=among("exophytic_component", "present").any(),
    )
    sizes = frame.group_by("study_id").agg(
        length_of_study=number("value").filter(among("measure", "tumour_length_mm")).max(),
        cord_of_study=number("value").filter(among("measure", "cord_max_ap_mm")).max(),
    )
    beside = _joined(_beside_reads(frame, tables), said, on="study_id")
    beside = _joined(beside, reads.select("read_id", "polar_cyst"), on="read_id")
    return _joined(beside, sizes, on="study_id")


def _beside_pathology(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`syndrome` of the patient; `is_above_t12`: a read of the case has it end above T12."""
    studies = tables["imaging_studies"].select("study_id", "case_id")
    reads = tables["imaging_reads"].join(studies, on="study_id")
    above = col("level_lower").is_in(LEVEL.coded[: LEVEL.coded.index("T12")])
    where = reads.group_by("case_id").agg(is_above_t12=above.any())
    patients = tables["patients"].select("patient_id", "syndrome")
    of_case = tables["cases"].select("case_id", "patient_id").join(patients, on="patient_id")
    return _joined(_joined(frame, where), of_case.select("case_id", "syndrome"))


def _beside_surgeries(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`last_alive`, `mr_after`: MR studies of the 180 days after it, `later_studies`, `volume`."""
    studies = frame.join(tables["imaging_studies"], on="case_id", how="left")
    after = _DAY - number("surgery_day")
    is_soon = among("modality", "mr") & after.is_between(0, 180)
    counted = studies.group_by("surgery_id").agg(
        mr_after=(is_soon | (col("study_day") == "")).sum(), later_studies=(after >= 0).sum()
    )
    volumes = tables["imaging_measurements"].filter(among("measure", "tumour_volume_mm3"))
    volume = (
        studies.filter(after <= 0)
        .join(volumes, on="study_id")
        .group_by("surgery_id")
        .agg(volume=number("value").max())
    )
    alive = tables["follow_up"].filter(among("vital_status", "alive"))
    last = alive.group_by("case_id").agg(last_alive=number("contact_day").max())
    beside = _joined(_joined(frame, last), counted, on="surgery_id")
    return _joined(beside, volume, on="surgery_id")


def _beside_death(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`death`: the day of it."""
    day = tables["follow_up"].group_by("case_id").agg(death=number("death_day").max())
    return _joined(frame, day)


def _beside_assessments(frame: pl.DataFrame, tables: Tables) -> pl.DataFrame:
    """`first_surgery_day`, and `scores_of_case`."""
    operated = tables.get("surgeries", pl.DataFrame(schema=["case_id", "surgery_day"]))
    day = number("surgery_day").min().alias("first_surgery_day")
    beside = _joined(frame, operated.cast(pl.String).group_by("case_id").agg(day))
    return _joined(beside, frame.group_by("case_id").agg(scores_of_case=pl.len()))


def _joined(frame: pl.DataFrame, beside: pl.DataFrame, *, on: str = "case_id") -> pl.DataFrame:
    """The rows with the other columns beside them, in their order."""
    return frame.join(beside, on=on, how="left", maintain_order="left")
