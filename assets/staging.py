"""Staging the pending deliveries: files read, mapped and written as typed rows.

Belongs here: the order of the steps for one delivery, and what reading refuses.
Does not belong here: the reader and the mapping (`assets.readers`), typing (`warehouse.staging`).
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import polars as pl

from assets.context import Line
from assets.profiles import profile_named
from assets.readers.mapping import Mapped, map_records
from assets.readers.read_file import ReadFile, ReadProblem
from assets.readers.sandbox import Job, read_files
from schemas.errors import IntegrityError, UsageError
from schemas.profile import FileProfile, Profile
from schemas.tables import BY_NAME, TABLES
from schemas.versions import VERSIONS
from warehouse.files import sha256_of
from warehouse.staging import (
    PROBLEM_COLUMNS,
    StagedDelivery,
    StagedFile,
    clear_staged,
    forget,
    note_file,
    note_without_rows,
    pending_deliveries,
    stage,
)
from warehouse.store import Store


def stage_pending(line: Line) -> dict[str, int]:
    """Stage every delivery whose account is not closed.

    Returns
    -------
    dict[str, int]
        Rows staged by table name.
    """
    with line.store.transaction():
        clear_staged(line.store)
        for delivery in pending_deliveries(line.store):
            line.say(f"staged: {delivery.site}/{delivery.name}")
            forget(line.store, delivery.number)
            stage_delivery(line.store, delivery, lambda file: _kept(line, file.sha256))
    return {table.name: line.store.count("staged", table.name) for table in TABLES}


def _kept(line: Line, sha256: str) -> Path:
    """Where the bytes of a received file lie, checked against the hash that is their name."""
    path = line.home.received / sha256
    if not path.is_file() or sha256_of(path) != sha256:
        raise IntegrityError(
            f"received/{sha256[:16]}... (E_SHA256): the kept file is missing or has changed. "
            "Restore it from a backup, then repeat; 'imsct snapshot verify' lists every such file."
        )
    return path


def stage_delivery(
    store: Store, delivery: StagedDelivery, path_of: Callable[[StagedFile], Path]
) -> None:
    """Read, map and stage the files of one delivery; `path_of` says where a file's bytes lie."""
    tables: dict[str, list[pl.DataFrame]] = {}
    for file, part, read in _read_all(delivery, path_of):
        mapped = Mapped({})
        if part is not None and not read.is_refused:
            mapped = map_records(read.frame, part)
            read = replace(read, problems=(*read.problems, *mapped.problems))
        read = _of_another_site(read, mapped.tables, delivery.site)
        note_file(
            store,
            delivery,
            file=file.file,
            declared=file.rows,
            found=read.found,
            is_refused=read.is_refused,
            problems=_problems(read, part),
        )
        if not read.is_refused:
            note_without_rows(store, delivery, file.file, mapped.without_rows)
            for table, rows in mapped.tables.items():
                tables.setdefault(table, []).append(rows.with_columns(_file=pl.lit(file.file)))
    for table, parts in tables.items():
        rows = (
            pl.concat(parts)
            .with_row_index("_row")
            .with_columns(
                pl.col("_row").cast(pl.Int64), _delivery=pl.lit(delivery.number, pl.Int64)
            )
        )
        stage(store, BY_NAME[table], rows)


def _read_all(
    delivery: StagedDelivery, path_of: Callable[[StagedFile], Path]
) -> Iterator[tuple[StagedFile, FileProfile | None, ReadFile]]:
    """Every file of a delivery, read or refused, in its order."""
    profile, unknown = _profile_of(delivery)
    parts = [profile.file(file.file) if profile else None for file in delivery.files]
    known = [(file, part) for file, part in zip(delivery.files, parts, strict=True) if part]
    results = read_files([Job(f.file, path_of(f), part, f.rows) for f, part in known])
    for file, part in zip(delivery.files, parts, strict=True):
        yield file, part, next(results) if part else _refused(file.file, unknown or _NO_SUCH_FILE)


def _of_another_site(read: ReadFile, mapped: dict[str, pl.DataFrame], site: str | None) -> ReadFile:
    """Refuse a file in which a row claims another site than the manifest's."""
    for table, rows in mapped.items():
        if "site_id" not in rows.columns or site is None:
            continue
        foreign = rows.filter((pl.col("site_id") != site) & (pl.col("site_id") != ""))
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


_NO_SUCH_FILE = ReadProblem(
    "E_SCHEMA",
    "The delivery's profile knows no file of this name.",
    "Name the file as the profile says, or declare it there. Nothing of it was loaded.",
)


def _profile_of(delivery: StagedDelivery) -> tuple[Profile | None, ReadProblem | None]:
    """The delivery's profile, or why there is none: one site must not stop the others."""
    if delivery.schema_version not in VERSIONS:
        shown = f"version {delivery.schema_version} of the dictionary"
        remedy = (
            f"This program reads versions {VERSIONS[0]} to {VERSIONS[-1]}. Export under one of "
        )
        remedy += "them, or update the program."
        return None, ReadProblem("E_SCHEMA", f"The delivery was made under {shown}.", remedy)
    try:
        return profile_named(delivery.profile, delivery.schema_version), None
    except UsageError as error:
        return None, ReadProblem("E_SCHEMA", str(error), "Name a shipped profile in the manifest.")


def _refused(file: str, problem: ReadProblem) -> ReadFile:
    """A file that cannot be read at all."""
    return ReadFile(file, pl.DataFrame(), 0, (problem,), is_refused=True)


def _problems(read: ReadFile, part: FileProfile | None) -> pl.DataFrame:
    """The problems of reading, in the columns of the quarantine."""
    table = part.rows[0].table if part is not None and len(part.rows) == 1 else None
    rows = [
        (p.record, p.line, table, p.column, p.rule, p.message, p.suggestion, p.content)
        for p in read.problems
    ]
    return pl.DataFrame(rows, schema=PROBLEM_COLUMNS, orient="row")
