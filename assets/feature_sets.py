"""Feature sets of a delivery: features as read, kept under study and structure.

Belongs here: which records make a set, rule R049, the row of `feature_sets` that names its file.
Does not belong here: reading the table (`assets.readers.radiomics`), the file itself
(`warehouse.features`).
"""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from assets.context import Line
from assets.readers.mapping import Mapped, content_of
from assets.readers.read_file import ReadFile, ReadProblem
from schemas.catalogue import SITE_CHECKS
from schemas.profile import FileProfile
from schemas.showing import counted
from warehouse.features import KEYS, keep_set
from warehouse.staging import StagedDelivery

_CHECK = SITE_CHECKS["R049"]


@dataclass(frozen=True)
class Taking:
    """One delivery whose features are taken: kept in the home of `line`, or only judged.

    `studies` are those of the site, as far as they are known; where others may have come before
    (`is_open`), a study that is not among them is a warning.
    """

    line: Line | None
    delivery: StagedDelivery
    studies: Collection[str]
    is_open: bool

    def keep(self, table: pl.DataFrame, feature_set: str) -> dict[str, str]:
        """Keep a set; what its row says of the file. Nothing where it is only judged."""
        if self.line is None:
            return {}
        kept = keep_set(
            self.line.home,
            self.line.ledger,
            table,
            site=self.delivery.site,
            delivery=self.delivery.name,
            feature_set=feature_set,
        )
        counts = {"n_rows": str(kept.rows), "n_features": str(kept.n_features)}
        return {"file_sha256": kept.sha256, **counts}


def keep_features(
    taking: Taking, part: FileProfile, read: ReadFile, mapped: Mapped
) -> tuple[ReadFile, Mapped]:
    """Keep the sets of a table of features, and say in their rows which file is theirs.

    A set with a study that is not among the site's, or with one twice, is refused.
    """
    sets = mapped.tables.get("feature_sets")
    if read.features is None or sets is None or sets.is_empty():
        return read, mapped
    rows: list[dict[str, Any]] = []
    problems: list[ReadProblem] = []
    for row in sets.iter_rows(named=True):
        table = _table_of(row, part, read, mapped)
        problems += _unknown_as_warning(table, taking, line=row["_line"])
        if said := "; ".join(_broken(table, taking)):
            (record,) = read.frame.filter(pl.col("_record") == row["_record"]).to_dicts()
            problems.append(_refused(row, said, content_of(record, part)))
            continue
        rows.append({**row, **taking.keep(table, row["feature_set_id"])})
    made = pl.DataFrame(rows, schema=sets.schema)
    with_sets = replace(mapped, tables={**mapped.tables, "feature_sets": made})
    return replace(read, problems=(*read.problems, *problems)), with_sets


def keep_own_file(
    taking: Taking, read: ReadFile, sha256: str, sets: list[pl.DataFrame]
) -> tuple[ReadFile, dict[str, ReadProblem]]:
    """Keep the file of a set that a row of feature_sets describes; `sets` are such rows.

    Where the two do not fit both are refused: the second value says it of the row, by its file.
    """
    key = read.file.partition(".")[0]
    found = [(n, row) for n, rows in enumerate(sets) for row in rows.iter_rows(named=True)]
    described = [(n, row) for n, row in found if row["feature_set_id"] == key]
    if len(described) != 1 or read.features is None:
        said = f"{counted(len(described), 'row')} of feature_sets have its key, the file's name"
        return _file_refused(read, said), {}
    ((place, row),) = described
    keys = read.frame.select("_record", "study_id", "structure")
    table = keys.join(read.features, on="_record").drop("_record")
    said = "; ".join((*_unlike(table, row, sha256), *_broken(table, taking)))
    if said:
        content = json.dumps({k: v for k, v in row.items() if not k.startswith("_")})
        return _file_refused(read, said), {row["_file"]: _refused(row, said, content)}
    warnings = _unknown_as_warning(table, taking, line=None)
    is_it = pl.col("feature_set_id") == key
    sets[place] = sets[place].with_columns(
        pl.when(is_it).then(pl.lit(text)).otherwise(name).alias(name)
        for name, text in taking.keep(table, key).items()
    )
    return replace(read, problems=(*read.problems, *warnings)), {}


def _unlike(table: pl.DataFrame, row: dict[str, Any], sha256: str) -> Iterator[str]:
    """What the row of a set says otherwise than its file."""
    n_features = table.width - len(KEYS)
    for column, found in (
        ("file_sha256", sha256),
        ("n_rows", str(table.height)),
        ("n_features", str(n_features)),
    ):
        if row[column] != found:
            yield f"{column} of feature_sets is not that of the file"
    if not table["structure"].is_in([row["mask_structure"]]).all():
        yield "the structures of its rows are not mask_structure of feature_sets"


def _file_refused(read: ReadFile, said: str) -> ReadFile:
    """R049, of a whole file."""
    problem = ReadProblem(_CHECK.rule, f"The feature set was not kept: {said}.", _REMEDY)
    return ReadFile(read.file, read.frame.clear(), read.found, (problem,), is_refused=True)


_REMEDY = (
    "Deliver feature_sets.csv with one row for the file, made from the file as it is, and the "
    "studies first, each once."
)


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


def _unknown(table: pl.DataFrame, taking: Taking) -> str:
    """How many studies of a set are not known; empty where all are."""
    unknown = table.filter(~pl.col("study_id").is_in(list(taking.studies)))["study_id"].n_unique()
    one = "y is" if unknown == 1 else "ies are"
    return f"{unknown} stud{one} not in imaging_studies of the site" if unknown else ""


def _unknown_as_warning(
    table: pl.DataFrame, taking: Taking, *, line: int | None
) -> Iterator[ReadProblem]:
    """R049 where an earlier delivery may have brought the studies, as a delivery by itself is."""
    if taking.is_open and (said := _unknown(table, taking)):
        message = f"Unless an earlier delivery of the site settles it: {said}."
        yield ReadProblem(_CHECK.rule, message, _CHECK.remedy, line=line, severity="warning")


def _broken(table: pl.DataFrame, taking: Taking) -> Iterator[str]:
    """What is not as R049 demands it."""
    if not taking.is_open and (said := _unknown(table, taking)):
        yield said
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
