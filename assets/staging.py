"""Staging one delivery: files read, mapped and written as typed rows.

Belongs here: the order of the steps for one delivery, and what reading refuses.
Does not belong here: which delivery is next (`assets.intake`), the reader and the mapping
(`assets.readers`), typing (`warehouse.staging`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from assets.context import Line
from assets.feature_sets import Taking, keep_features, keep_own_file
from assets.opening import read_all, table_of, withheld_file
from assets.readers.identifiers import Scan
from assets.readers.mapping import Mapped, map_records
from assets.readers.read_file import ReadFile, ReadProblem
from assets.readers.sandbox import Limits
from schemas.errors import IntegrityError
from schemas.problems import UNREADABLE, Problem
from schemas.profile import FEATURE_FILE, FileProfile, Profile
from schemas.showing import counted
from schemas.tables import BY_NAME
from warehouse.files import sha256_of
from warehouse.rejudging import stage_held_back
from warehouse.staging import (
    PROBLEM_COLUMNS,
    StagedDelivery,
    StagedFile,
    known_studies,
    note_file,
    note_problems,
    stage,
    stage_context,
    stage_withdrawals,
)
from warehouse.store import Store


def kept_bytes(line: Line, sha256: str) -> Path:
    """Where the bytes of a received file lie, checked against the hash that is their name."""
    path = line.home.received / sha256
    if not path.is_file() or sha256_of(path) != sha256:
        raise IntegrityError(
            f"received/{sha256[:16]}... (E_SHA256): the kept file is missing or has changed. "
            "Restore it from a backup, then repeat; 'imsct snapshot verify' lists every such file."
        )
    return path


def stage_delivery(
    store: Store,
    delivery: StagedDelivery,
    path_of: Callable[[StagedFile], Path],
    *,
    withheld: Mapping[str, Sequence[Problem]] | None = None,
    scan: Scan | None = None,
    profile: Profile | None = None,
    limits: Limits | None = None,
    line: Line | None = None,
) -> None:
    """Read, map and stage the files of one delivery; `path_of` says where a file's bytes lie.

    `withheld` are the files refused at the door, with what was found there; with `scan` the others
    are searched now. `profile` takes the place of the one that the delivery names. With `line`
    features are kept in its home; the studies they are of come first in the delivery or before it.
    """
    tables: dict[str, list[pl.DataFrame]] = {}
    at_the_door = {file: withheld_file(file, found) for file, found in (withheld or {}).items()}
    there = replace(delivery, files=tuple(f for f in delivery.files if f.file not in at_the_door))
    read_now = read_all(there, path_of, scan=scan, profile=profile, limits=limits)
    refused = ((f, None, at_the_door[f.file]) for f in delivery.files if f.file in at_the_door)
    for file, part, read in (*refused, *read_now):
        mapped = Mapped({})
        if part is not None and not read.is_refused:
            mapped = map_records(read.frame, part)
            nothing = _nothing_taken(read, mapped, part)
            read = replace(read, problems=(*read.problems, *mapped.problems, *nothing))
        read = _of_another_site(read, mapped, delivery.site)
        if part is not None and read.features is not None and not read.is_refused:
            taking = _taking(store, delivery, tables, line)
            sets = tables.get("feature_sets", [])
            if part == FEATURE_FILE:
                read = _own_file(store, taking, read, sha256_of(path_of(file)), sets)
            else:
                read, mapped = keep_features(taking, part, read, mapped)
        note_file(
            store,
            delivery,
            file=file.file,
            declared=file.rows,
            found=read.found,
            is_refused=read.is_refused,
            tables=None if part is None else {rows.table for rows in part.rows},
            problems=_problems(read.problems, table_of(part)),
            left_aside=() if read.is_refused else mapped.left_aside,
        )
        if not read.is_refused:
            for table, rows in mapped.whole():
                tables.setdefault(table, []).append(rows.with_columns(_file=pl.lit(file.file)))
    _put(store, delivery, tables)


def _own_file(
    store: Store, taking: Taking, read: ReadFile, sha256: str, sets: list[pl.DataFrame]
) -> ReadFile:
    """Take the file of a set; where its row does not fit it, that is a problem of the row too."""
    taken, of_rows = keep_own_file(taking, read, sha256, sets)
    for described, problem in of_rows.items():
        said = _problems((problem,), "feature_sets")
        note_problems(store, taking.delivery, file=described, problems=said)
    return taken


def _taking(
    store: Store,
    delivery: StagedDelivery,
    tables: Mapping[str, Sequence[pl.DataFrame]],
    line: Line | None,
) -> Taking:
    """What features are judged by; without `line` no earlier delivery is known."""
    here = tables.get("imaging_studies", ())
    studies = known_studies(store, delivery.site).union(*(rows["study_id"] for rows in here))
    is_open = line is None and (not here or delivery.mode != "full")
    return Taking(line, delivery, studies, is_open)


def _put(
    store: Store, delivery: StagedDelivery, tables: Mapping[str, Sequence[pl.DataFrame]]
) -> None:
    """Write the rows of a delivery into the staged tables, each with its number."""
    put = stage_withdrawals if delivery.mode == "withdrawal" else stage
    for table, parts in tables.items():
        rows = pl.concat(parts).with_row_index("_row")
        number = pl.lit(delivery.number, pl.Int64)
        put(
            store,
            BY_NAME[table],
            rows.with_columns(pl.col("_row").cast(pl.Int64), _delivery=number),
        )
    if delivery.mode in ("increment", "correction"):
        stage_context(store, delivery)
        stage_held_back(store, delivery)


def _nothing_taken(read: ReadFile, mapped: Mapped, part: FileProfile) -> tuple[ReadProblem, ...]:
    """A warning where a file has records and the profile leaves every one of them aside."""
    if read.features is not None or not 0 < read.found <= len(mapped.left_aside):
        return ()
    reasons = dict.fromkeys(
        reason for values in part.ignored_records.values() for reason in values.values()
    )
    why = f": {'; '.join(reasons)}" if reasons else ""
    warning = ReadProblem(
        "E_SCHEMA",
        f"Nothing was taken from this file: the profile leaves all of its "
        f"{counted(read.found, 'record')} aside{why}.",
        "If it was to bring rows, deliver records that the profile takes, or another profile.",
        severity="warning",
    )
    return (warning,)


def _of_another_site(read: ReadFile, mapped: Mapped, site: str | None) -> ReadFile:
    """Refuse a file in which a row claims another site than the manifest's."""
    for table, rows in (*mapped.tables.items(), *mapped.refused.items()):
        if "site_id" not in rows.columns or site is None:
            continue
        foreign = rows.filter(~pl.col("site_id").is_in([site, "", UNREADABLE]))
        if not foreign.is_empty():
            problem = ReadProblem(
                "E_SITE",
                f"A row of {table} names another site than the manifest ({site}).",
                "Deliver each site's rows under its own name. Nothing of this file was loaded.",
                line=int(foreign["_line"][0]),
                column="site_id",
            )
            return ReadFile(read.file, read.frame.clear(), read.found, (problem,), is_refused=True)
    return read


def _problems(problems: Sequence[ReadProblem], table: str | None) -> pl.DataFrame:
    """The problems of reading, in the columns of the quarantine."""
    rows = [
        (p.record, p.line, table, p.column, p.rule, p.message, p.suggestion, p.content, p.severity)
        for p in problems
    ]
    return pl.DataFrame(rows, schema=PROBLEM_COLUMNS, orient="row")
