"""Cases of the ledger: one row per case of one cohort, with what the claims ask beside its columns.

Belongs here: who is asked, and columns that only the ledger needs: tumour group, myelography, what
CT and MR each show, Ki-67.
Does not belong here: the questions themselves (`analyses.ledger.questions`), which read stands for
a case (`analyses.cohort`).
"""

from collections.abc import Mapping

import polars as pl

from analyses.cohort import chosen_diagnoses, chosen_reads, first_surgeries, preoperative_studies
from analyses.eligibility import common_conditions
from schemas.histology import HISTOLOGY_GROUP

#: What is needed of a snapshot: `analysis.cases` under the name "cases", and tables of `core`.
FRAMES = ("cases", "imaging_studies", "imaging_reads", "surgeries", "pathology")
_MYELOGRAPHY = ("myelography", "ct_myelography")
_CT = ("ct", "ct_myelography")
_NOT_A_GROUP = ("none", "unknown")
_SIGNS_OF_CT = ("calcification", "haemorrhage")


def ledger_cases(frames: Mapping[str, pl.DataFrame], *, provenance: str) -> pl.DataFrame:
    """The cases of one provenance that claims are asked of.

    As for every endpoint: consent for the registry, a tumour of the cord, the first case of a
    patient.

    Returns
    -------
    pl.DataFrame
        Sorted by `case_id`: the columns of `analysis.cases`, `tumour` (group of the histology),
        `myelography` (whether any was made; missing without a study), `has_ct` (read before
        surgery), `seen_on` (calcification or blood: "CT only", "MR only", "both", "neither";
        missing unless both tell), `ki67_percent`, `stated_syrinx_definition` and
        `known_experience` (missing where not stated).
    """
    cases = frames["cases"].filter(pl.col("provenance") == provenance)
    against = [condition.fill_null(value=False) for condition, _ in common_conditions()]
    group = pl.col("histology").replace_strict(HISTOLOGY_GROUP, default=None)
    return (
        cases.filter(~pl.any_horizontal(against))
        .with_columns(
            tumour=pl.when(~group.is_in(_NOT_A_GROUP)).then(group),
            stated_syrinx_definition=_known("syrinx_definition", "unspecified"),
            known_experience=_known("surgeon_experience", "unknown"),
        )
        .join(_myelography(frames["imaging_studies"]), on="case_id", how="left")
        .join(_seen_on_ct(frames), on="case_id", how="left")
        .with_columns(seen_on=_seen_on(pl.col("on_ct"), _is_seen()))
        .drop("on_ct")
        .join(_ki67(frames["pathology"]), on="case_id", how="left")
        .sort("case_id")
    )


def _known(column: str, not_known: str) -> pl.Expr:
    """A column without the value that says nothing."""
    return pl.when(pl.col(column) != not_known).then(pl.col(column))


def _myelography(studies: pl.DataFrame) -> pl.DataFrame:
    """Whether any study of a case was a myelography."""
    made = pl.col("modality").is_in(_MYELOGRAPHY).any()
    return studies.group_by("case_id").agg(myelography=made)


def _seen_on_ct(frames: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Whether the last CT before surgery shows calcification or blood."""
    studies = preoperative_studies(
        frames["imaging_studies"], first_surgeries(frames["surgeries"]), modalities=_CT
    )
    reads = chosen_reads(frames["imaging_reads"], studies)
    return studies.join(reads, on="study_id").select(
        "case_id", on_ct=_is_seen(), has_ct=pl.lit(True)
    )


def _is_seen() -> pl.Expr:
    """True with one of the signs present, False with both absent, else missing."""
    signs = [pl.col(name) for name in _SIGNS_OF_CT]
    is_there = pl.any_horizontal([(sign == "present").fill_null(value=False) for sign in signs])
    is_not = pl.all_horizontal([(sign == "absent").fill_null(value=False) for sign in signs])
    return pl.when(is_there).then(True).when(is_not).then(False)


def _seen_on(ct: pl.Expr, mr: pl.Expr) -> pl.Expr:
    """Which of two ways of imaging shows it; missing where one does not tell."""
    return (
        pl.when(ct & ~mr)
        .then(pl.lit("CT only"))
        .when(mr & ~ct)
        .then(pl.lit("MR only"))
        .when(ct & mr)
        .then(pl.lit("both"))
        .when(~ct & ~mr)
        .then(pl.lit("neither"))
    )


def _ki67(pathology: pl.DataFrame) -> pl.DataFrame:
    """Ki-67 of the specimen that stands for the case."""
    return chosen_diagnoses(pathology, columns=("ki67_percent",)).drop("diagnosis_day")
