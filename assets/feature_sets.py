"""Feature sets of a delivery: features as read, kept under study and structure.

Belongs here: which records make a set, rule R049, the row of `feature_sets` that names its file.
Does not belong here: reading the table (`assets.readers.radiomics`), the file itself
(`warehouse.features`).
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from typing import Any

import polars as pl

from assets.context import Line
from assets.readers.mapping import Mapped, content_of
from assets.readers.read_file import ReadFile, ReadProblem
from schemas.catalogue import SITE_CHECKS
from schemas.profile import FileProfile
from schemas.showing import counted
from warehouse.features import keep_set
from warehouse.staging import StagedDelivery

_CHECK = SITE_CHECKS["R049"]


def keep_features(
    line: Line,
    delivery: StagedDelivery,
    part: FileProfile,
    read: ReadFile,
    mapped: Mapped,
    *,
    studies: Collection[str],
) -> tuple[Mapped, tuple[ReadProblem, ...]]:
    """Keep the sets of a table of features, and say in their rows which file is theirs.

    A set with a study that is not among the site's `studies`, or with one twice, is refused.
    """
    sets = mapped.tables.get("feature_sets")
    if read.features is None or sets is None or sets.is_empty():
        return mapped, ()
    rows: list[dict[str, Any]] = []
    problems: list[ReadProblem] = []
    for row in sets.iter_rows(named=True):
        table = _table_of(row, part, read, mapped)
        if said := next(_broken(table, studies), None):
            (record,) = read.frame.filter(pl.col("_record") == row["_record"]).to_dicts()
            problems.append(_refused(row, said, content_of(record, part)))
            continue
        kept = keep_set(
            line.home,
            line.ledger,
            table,
            site=delivery.site,
            delivery=delivery.name,
            feature_set=row["feature_set_id"],
        )
        counts = {"n_rows": str(kept.rows), "n_features": str(kept.n_features)}
        rows.append({**row, "file_sha256": kept.sha256, **counts})
    made = pl.DataFrame(rows, schema=sets.schema)
    return replace(mapped, tables={**mapped.tables, "feature_sets": made}), tuple(problems)


def _table_of(
    row: dict[str, Any], part: FileProfile, read: ReadFile, mapped: Mapped
) -> pl.DataFrame:
    """Study, structure and features of the records of the set's mask."""
    assert read.features is not None
    assert part.study is not None
    refused = {problem.record for problem in mapped.problems}
    # the reader gives every record of a mask the same hash
    of_mask = read.frame.filter(pl.col("_record") == row["_record"])["features_sha256"][0]
    records = read.frame.filter(
        (pl.col("features_sha256") == of_mask) & ~pl.col("_record").is_in(refused)
    )
    structure = pl.lit(row["mask_structure"]).alias("structure")
    keys = records.select("_record", pl.col(part.study).alias("study_id"), structure)
    return keys.join(read.features, on="_record").drop("_record")


def _broken(table: pl.DataFrame, studies: Collection[str]) -> Iterator[str]:
    """What is not as R049 demands it."""
    unknown = table.filter(~pl.col("study_id").is_in(list(studies)))["study_id"].n_unique()
    if unknown:
        one = "y is" if unknown == 1 else "ies are"
        yield f"{unknown} stud{one} not in imaging_studies of the site"
    repeated = int(table["study_id"].is_duplicated().sum())
    if repeated:
        yield f"{counted(repeated, 'row')} name a study that another row names too"


def _refused(row: dict[str, Any], said: str, content: str) -> ReadProblem:
    """R049, at the record that describes the set."""
    return ReadProblem(
        _CHECK.rule,
        f"The feature set was not kept: {said}.",
        _CHECK.remedy,
        line=row["_line"],
        record=row["_record"],
        content=content,
    )
