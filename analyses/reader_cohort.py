"""Reads apart: what each reader saw in the study that stands for a case.

Belongs here: one row per case and reader, drawn from the tables of `core`.
Does not belong here: which study stands for a case (`analyses.cohort`), agreement
(`analyses.readers`).
"""

import polars as pl

from analyses.agreement import READER
from analyses.cohort import FROM_READ, Tables, first_surgeries, preoperative_studies
from schemas.measures import MEASURES

#: The tables that the reads are drawn from.
READ_TABLES = ("imaging_reads", "imaging_measurements", "imaging_studies", "surgeries")
#: How the agreed read of several readers is called among the readers.
CONSENSUS = "consensus"


def build_reads(tables: Tables) -> pl.DataFrame:
    """Every case that two readers read independently, one row per reader.

    Parameters
    ----------
    tables
        Those of `READ_TABLES` by name.

    Returns
    -------
    pl.DataFrame
        Sorted by `case_id` and `reader` ("reader 1" and "reader 2" in the order of their
        pseudonyms within the study, and "consensus" where there is one): the signs, and the
        measures that belong to the read, under the names that they have in the cohort.
    """
    surgeries = first_surgeries(tables["surgeries"])
    studies = preoperative_studies(tables["imaging_studies"], surgeries)
    reads = tables["imaging_reads"].join(
        studies.select("study_id", "case_id"), on="study_id", how="inner"
    )
    is_agreed = pl.col("is_consensus") == "yes"
    own = (
        reads.filter(~is_agreed & (pl.col("read_round") == 1))
        .sort("case_id", "reader_id", "read_id")
        .with_columns(
            place=pl.int_range(1, pl.len() + 1).over("case_id"), n=pl.len().over("case_id")
        )
        .filter((pl.col("n") > 1) & (pl.col("place") <= 2))
        .with_columns(pl.format("reader {}", "place").alias(READER))
        .drop("place", "n")
    )
    agreed = reads.filter(is_agreed).join(own.select("case_id").unique(), on="case_id", how="semi")
    every = pl.concat(
        [own, agreed.with_columns(pl.lit(CONSENSUS).alias(READER)).select(own.columns)]
    )
    measured = _measures(tables["imaging_measurements"])
    return (
        every.join(measured, on="read_id", how="left")
        .select("case_id", READER, *FROM_READ, *(m.name for m in MEASURES))
        .unique(["case_id", READER], keep="first", maintain_order=True)
        .sort("case_id", READER)
    )


def _measures(measurements: pl.DataFrame) -> pl.DataFrame:
    """The measures that belong to a read, as columns."""
    own = measurements.filter(pl.col("read_id").is_not_null() & pl.col("value").is_not_null())
    columns = [
        pl.col("value").filter(pl.col("measure") == m.name).first().alias(m.name) for m in MEASURES
    ]
    return own.sort("measurement_id").group_by("read_id").agg(columns)
