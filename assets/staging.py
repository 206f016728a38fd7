"""Staging the pending deliveries: files read, mapped and written as typed rows.

Belongs here: the order of the steps for one delivery, and what reading refuses.
Does not belong here: the reader and the mapping (`assets.readers`), typing (`warehouse.staging`).
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import polars as pl

from assets.context import Line
from assets.profiles import profile_named
from assets.readers.identifiers import IDENTIFIER_RULES, Scan
from assets.readers.mapping import Mapped, map_records
from assets.readers.read_file import ReadFile, ReadProblem
from assets.readers.sandbox import Job, read_files
from assets.redaction import redacted
from schemas.errors import IntegrityError, UsageError
from schemas.problems import Problem
from schemas.profile import FileProfile, Profile
from schemas.tables import BY_NAME, TABLES
from schemas.versions import VERSIONS
from warehouse.files import sha256_of
from warehouse.landing import received_deliveries
from warehouse.staging import (
    PROBLEM_COLUMNS,
    StagedDelivery,
    StagedFile,
    clear_staged,
    forget,
    note_file,
    pending_deliveries,
    stage,
)
from warehouse.store import Store


@redacted
def stage_pending(line: Line) -> dict[str, int]:
    """Stage every delivery whose account is not closed.

    Returns
    -------
    dict[str, int]
        Rows staged by table name.
    """
    withheld = {d.seq: d.withheld for d in received_deliveries(line.ledger)}
    with line.store.transaction():
        clear_staged(line.store)
        for delivery in pending_deliveries(line.store):
            line.say(f"staged: {delivery.site}/{delivery.name}")
            forget(line.store, delivery.number)
            stage_delivery(
                line.store,
                delivery,
                lambda file: _kept(line, file.sha256),
                withheld=withheld.get(delivery.number, {}),
            )
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
    store: Store,
    delivery: StagedDelivery,
    path_of: Callable[[StagedFile], Path],
    *,
    withheld: Mapping[str, Sequence[Problem]] | None = None,
    scan: Scan | None = None,
    profile: Profile | None = None,
) -> None:
    """Read, map and stage the files of one delivery; `path_of` says where a file's bytes lie.

    `withheld` are the files refused at the door, with what was found there; with `scan` the others
    are searched now. `profile` takes the place of the one that the delivery names.
    """
    tables: dict[str, list[pl.DataFrame]] = {}
    at_the_door = {file: _withheld(file, found) for file, found in (withheld or {}).items()}
    there = replace(delivery, files=tuple(f for f in delivery.files if f.file not in at_the_door))
    read_now = read_all(there, path_of, scan=scan, profile=profile)
    refused = ((f, None, at_the_door[f.file]) for f in delivery.files if f.file in at_the_door)
    for file, part, read in (*refused, *read_now):
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


def read_all(
    delivery: StagedDelivery,
    path_of: Callable[[StagedFile], Path],
    *,
    scan: Scan | None,
    profile: Profile | None = None,
) -> Iterator[tuple[StagedFile, FileProfile | None, ReadFile]]:
    """Every file of a delivery, read or refused, in its order."""
    layout, unknown = (profile, None) if profile else _profile_of(delivery)
    parts = [layout.file(file.file) if layout else None for file in delivery.files]
    # a file that no profile knows is read only to be searched
    jobs = [
        Job(file.file, path_of(file), part or _any_file(file.file), file.rows, scan)
        for file, part in zip(delivery.files, parts, strict=True)
        if part or scan
    ]
    results = read_files(jobs)
    for file, part in zip(delivery.files, parts, strict=True):
        read = next(results) if part or scan else None
        if part is None and not (read and _is_identifying(read)):
            read = _refused(file.file, unknown or _NO_SUCH_FILE)
        assert read is not None
        yield file, part, read


def _any_file(name: str) -> FileProfile:
    """The part for a file of which nothing is known."""
    return FileProfile(file=name, header=(), rows=())


def _is_identifying(read: ReadFile) -> bool:
    """Whether the scan found something in a file."""
    return any(problem.rule in IDENTIFIER_RULES for problem in read.problems)


def identifying(
    delivery: StagedDelivery, path_of: Callable[[StagedFile], Path], scan: Scan
) -> dict[str, tuple[Problem, ...]]:
    """The files of a delivery that identify a person, each with the places."""
    return {
        file.file: tuple(
            Problem(
                file=file.file,
                line=problem.line,
                table=_table(part),
                column=problem.column,
                rule=problem.rule,
                message=problem.message,
                suggestion=problem.suggestion,
            )
            for problem in read.problems
        )
        for file, part, read in read_all(delivery, path_of, scan=scan)
        if _is_identifying(read)
    }


def _withheld(file: str, found: Sequence[Problem]) -> ReadFile:
    """A file refused at the door, whose bytes are nowhere."""
    problems = tuple(
        ReadProblem(p.rule, p.message, p.suggestion, line=p.line, column=p.column) for p in found
    )
    return ReadFile(file, pl.DataFrame(), 0, problems, is_refused=True)


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


def _table(part: FileProfile | None) -> str | None:
    """The table that a file is for, where it is for one."""
    return part.rows[0].table if part is not None and len(part.rows) == 1 else None


def _problems(read: ReadFile, part: FileProfile | None) -> pl.DataFrame:
    """The problems of reading, in the columns of the quarantine."""
    table = _table(part)
    rows = [
        (p.record, p.line, table, p.column, p.rule, p.message, p.suggestion, p.content)
        for p in read.problems
    ]
    return pl.DataFrame(rows, schema=PROBLEM_COLUMNS, orient="row")
