"""Preparing a delivery at the site: what leaves it holds pseudonyms, days, codes and numbers only.

Belongs here: the order of the steps, from the site's files to a delivery with its manifest.
Does not belong here: pseudonyms (`schemas.identifiers`), dates (`assets.day_zero`), what is printed
(`orchestration.preparing`).
A record with a cell that is neither a code, a number nor a technical text of its form is not
written: such a text may be a name. Everything is made in a hidden folder and named last.
"""

import csv
import io
import os
import secrets
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from assets.checking import check_folder
from assets.day_zero import Record, date_problems, day_zeros, with_days
from assets.readers.identifiers import IDENTIFIER_RULES
from assets.readers.mapping import Mapped, map_records
from assets.readers.read_file import ReadProblem
from assets.readers.sandbox import Job, read_files
from assets.source_places import (
    at_the_source,
    each_once,
    of_other_sites,
    part_of,
    record_of,
    source_column,
)
from schemas.errors import UsageError
from schemas.identifiers.pseudonyms import id_columns, key_id, pseudonym
from schemas.manifest import DeliveredFile, Manifest, Mode
from schemas.problems import UNREADABLE, Problem
from schemas.profile import Profile
from schemas.tables import BY_NAME, SCHEMA_VERSION, TABLES
from warehouse.files import as_storage_error, size_and_sha256, sync_folder, write_atomically

#: Rules whose cell may be a name: such a record does not leave the site.
_TEXT_RULES = frozenset({"R005", "R007", "R008"})
#: Reading of the site's own files has said it: of a cell that could not be read, and what waits.
_OF_READING = frozenset({"E_CHAR", "E_PARENT"})
#: An age above this is a slip, and is left for R006.
_OLDEST = 120


@dataclass(frozen=True, kw_only=True)
class Label:
    """What the manifest says that the files do not; `created` is the clock of the dates."""

    site: str
    delivery: str
    created: str
    mode: Mode = "full"
    supersedes: str | None = None


@dataclass(frozen=True)
class Prepared:
    """What became of the records: read = written + refused; `problems` name places of the source.

    `is_written` is False where a file was refused whole: half a state must not be delivered; and
    where no record became a row.
    """

    read: int
    refused: int
    rows: Mapping[str, int]
    problems: tuple[Problem, ...]
    lookup: tuple[tuple[str, str, str, str, int], ...]
    is_written: bool
    unread: int

    @property
    def written(self) -> int:
        """Records of which the delivery holds the rows."""
        return self.read - self.refused


@dataclass(frozen=True)
class _Source:
    """The site's files as rows of the tables, still with local ids and dates.

    `tables` hold the records that reading refused too, where it could read a part of them: only to
    be judged. `lost` are the tables of those of which it could read nothing.
    """

    tables: dict[str, pl.DataFrame]
    lost: frozenset[str]
    read: int
    problems: tuple[tuple[Record, Problem], ...]
    refused_files: tuple[Problem, ...]
    unread: int


def prepare(path: Path, out: Path, *, profile: Profile, key: bytes, label: Label) -> Prepared:
    """Write a delivery that may leave the site into the new folder `out`.

    Raises
    ------
    UsageError
        If the path holds no file of the profile, `out` exists, or the label is not of its form.
    StorageError
        If a file cannot be read or written.
    """
    if os.path.lexists(out):
        raise UsageError(f"{out}: is there already. Name a new folder; nothing was written.")
    manifest = _manifest(label, key)
    source = _read(path, profile)
    if source.refused_files:
        all_found = (*source.refused_files, *(problem for _, problem in source.problems))
        return Prepared(source.read, source.read, {}, all_found, (), False, source.unread)
    foreign = tuple(of_other_sites(source.tables, profile, label.site))
    if foreign:
        all_found = (*foreign, *(problem for _, problem in source.problems))
        return Prepared(source.read, source.read, {}, all_found, (), False, source.unread)
    dated = _dated(profile)
    wrong = [*source.problems]
    created = datetime.fromisoformat(label.created).date()
    zeros = day_zeros(source.tables, created, source.lost)
    wrong += [
        (record, replace(problem, column=source_column(part_of(profile, record[0]), problem)))
        for record, problem in date_problems(source.tables, dated, created, zeros)
    ]
    days = _rounded(with_days(source.tables, dated, zeros))
    coded, lookup = _with_pseudonyms(days, key, label.site)
    wrong += _of_refused(coded, profile, label.site, {record for record, _ in wrong})
    refused = {record for record, _ in wrong}
    coded = _without(coded, refused)
    rows = {name: table.height for name, table in coded.items()}
    found = _written(coded, out, manifest, profile)
    problems = each_once((*(problem for _, problem in wrong), *found))
    is_written = any(rows.values()) and not any(p.rule in IDENTIFIER_RULES for p in found)
    count = len(refused) if is_written else source.read
    return Prepared(source.read, count, rows, problems, lookup, is_written, source.unread)


def _manifest(label: Label, key: bytes) -> Manifest:
    """The manifest but for its files, of which one stands in."""
    try:
        return Manifest(
            delivery=label.delivery,
            site=label.site,
            created=label.created,
            profile="imsct",
            schema_version=SCHEMA_VERSION,
            mode=label.mode,
            supersedes=label.supersedes,
            id_scheme="hmac-sha256/1",
            key_id=key_id(key),
            files=[DeliveredFile(file="sites.csv", sha256="0" * 64, bytes=0, rows=0)],
        )
    except ValidationError as error:
        places = sorted({str(part) for e in error.errors() for part in e["loc"][:1]})
        raise UsageError(
            f"--{', --'.join(places) or 'supersedes'}: not of the form that a manifest has. A site "
            "is in capitals such as CLINIC_A, a delivery such as 2026-03, the time in UTC such as "
            "2026-01-31T08:00:00Z; a correction names with --supersedes what it corrects."
        ) from error


def _read(path: Path, profile: Profile) -> _Source:
    """The site's files, parsed in the sandbox and mapped."""
    there = sorted(path.iterdir()) if path.is_dir() else [path]
    parts = [(file, profile.file(file.name)) for file in there]
    jobs = [Job(file.name, file, part, None) for file, part in parts if part is not None]
    if not jobs:
        known = ", ".join(part.file for part in profile.files[:4])
        raise UsageError(
            f"{path}: holds no file of the profile '{profile.name}' ({known}). Name the folder "
            "that holds them, or another profile."
        )
    tables: dict[str, list[pl.DataFrame]] = {}
    problems: list[tuple[Record, Problem]] = []
    refused: list[Problem] = []
    lost: set[str] = set()
    count = 0
    for number, (job, read) in enumerate(zip(jobs, read_files(jobs), strict=True), start=1):
        name = _shown(job, number)
        count += read.found
        mapped = Mapped({}) if read.is_refused else map_records(read.frame, job.part)
        for problem in (*read.problems, *mapped.problems):
            said = _said(problem, name)
            if problem.record is None:
                refused.append(said)
            else:
                problems.append(((name, problem.record), said))
        judged: set[int | None] = set()
        for made in (mapped.tables, mapped.refused, mapped.undated):
            for table, rows in made.items():
                tables.setdefault(table, []).append(rows.with_columns(_file=pl.lit(name)))
                judged |= {*rows["_record"]}
        if {problem.record for problem in (*read.problems, *mapped.problems)} - judged:
            lost |= {rows.table for rows in job.part.rows}
    all_rows = {t.name: pl.concat(tables[t.name]) for t in TABLES if t.name in tables}
    aside = len(parts) - len(jobs)
    return _Source(all_rows, frozenset(lost), count, tuple(problems), tuple(refused), aside)


def _said(problem: ReadProblem, name: str) -> Problem:
    """A problem of reading, without the record that it quotes."""
    return Problem(
        file=name,
        line=problem.line,
        column=problem.column,
        rule=problem.rule,
        message=problem.message,
        suggestion=problem.suggestion,
    )


def _shown(job: Job, number: int) -> str:
    """A file as it may be named: where a subject is in the name, its pattern and its place."""
    return f"{job.part.file} (file {number})" if job.part.named_in_file else job.file


def _dated(profile: Profile) -> dict[str, set[str]]:
    """Columns by table that hold dates, as the profile declares."""
    found: dict[str, set[str]] = {}
    for part in profile.files:
        for rows in part.rows:
            names = {name for name, source in rows.columns.items() if source.date is not None}
            found.setdefault(rows.table, set()).update(names)
    return found


def _without(tables: Mapping[str, pl.DataFrame], refused: set[Record]) -> dict[str, pl.DataFrame]:
    """The tables without the rows of refused records."""
    if not refused:
        return dict(tables)
    schema = {"_file": pl.String, "_record": pl.Int64}
    gone = pl.DataFrame(sorted(refused), schema=schema, orient="row")
    return {
        name: rows.join(gone, on=["_file", "_record"], how="anti", maintain_order="left")
        for name, rows in tables.items()
    }


def _rounded(tables: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    """The tables with ages above 90 as 90, which stands for 90 and above."""
    if "cases" not in tables:
        return tables
    age = pl.col("age_years").str.extract(r"^([0-9]{1,3}(?:\.[0-9]{1,15})?)$").cast(pl.Float64)
    is_old = (age > 90) & (age <= _OLDEST)
    rounded = pl.when(is_old).then(pl.lit("90")).otherwise("age_years").alias("age_years")
    return {**tables, "cases": tables["cases"].with_columns(rounded)}


def _with_pseudonyms(
    tables: Mapping[str, pl.DataFrame], key: bytes, site: str
) -> tuple[dict[str, pl.DataFrame], tuple[tuple[str, str, str, str, int], ...]]:
    """The tables with pseudonyms, and what leads back: kind, pseudonym, local id, file, line."""
    made: dict[str, pl.DataFrame] = {}
    lookup: dict[str, tuple[str, str, str, str, int]] = {}
    for name, rows in tables.items():
        for column in id_columns(BY_NAME[name]):
            local = rows[column].unique().to_list()
            new = {t: pseudonym(key, column=column, site=site, local_id=t) for t in local}
            kind = column.removesuffix("_id")
            new[UNREADABLE] = UNREADABLE
            for text, file, line in rows.select(column, "_file", "_line").iter_rows():
                if new[text] and text != UNREADABLE:
                    lookup.setdefault(new[text], (kind, new[text], text, file, line))
            rows = rows.with_columns(pl.col(column).replace_strict(new, return_dtype=pl.String))
        made[name] = rows
    return made, tuple(sorted(lookup.values()))


def _of_refused(
    tables: Mapping[str, pl.DataFrame], profile: Profile, site: str, refused: set[Record]
) -> list[tuple[Record, Problem]]:
    """What else is wrong with refused records, and those with a text that may be a name.

    Such a text is no code, number or technical text of its form. So every problem is told in one
    pass: those of the other records are found again in what is written.
    """
    if all(table.is_empty() for table in tables.values()):
        return []
    with tempfile.TemporaryDirectory(prefix="imsct-prepare-") as folder:
        _write_tables(tables, Path(folder))
        checked = check_folder(Path(folder), profile="imsct", site=site, scan=None)
    found = [
        (record_of(tables, problem), problem)
        for problem in checked.problems
        if problem.line is not None and problem.rule not in _OF_READING
    ]
    refused = refused | {record for record, problem in found if problem.rule in _TEXT_RULES}
    return [
        (record, at_the_source(problem, tables, profile))
        for record, problem in found
        if record in refused and problem.severity == "error"
    ]


def _written(
    tables: Mapping[str, pl.DataFrame], out: Path, manifest: Manifest, profile: Profile
) -> list[Problem]:
    """Write the delivery, check it as the platform will, and give it its name last."""
    folder = out.parent / f".imsct-prepare-{secrets.token_hex(8)}"
    try:
        folder.mkdir(parents=True)
        entries = _write_tables(tables, folder)
        if not entries:
            return []
        written = manifest.model_copy(update={"files": entries})
        write_atomically(folder / "manifest.json", written.to_json())
        checked = check_folder(folder, profile=None)
        if not any(problem.rule in IDENTIFIER_RULES for problem in checked.problems):
            sync_folder(folder)
            folder.rename(out)
            sync_folder(out.parent)
    except OSError as error:
        raise as_storage_error(error, f"{out} cannot be written") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return [at_the_source(problem, tables, profile) for problem in checked.problems]


def _write_tables(tables: Mapping[str, pl.DataFrame], folder: Path) -> list[DeliveredFile]:
    """Write the tables that have rows in the project's own layout."""
    entries = []
    for name, rows in tables.items():
        if rows.is_empty():
            continue
        path = folder / f"{name}.csv"
        write_atomically(path, _as_csv(BY_NAME[name].names, rows.iter_rows(named=True)))
        size, digest = size_and_sha256(path)
        entries.append(DeliveredFile(file=path.name, sha256=digest, bytes=size, rows=rows.height))
    return sorted(entries, key=lambda entry: entry.file)


def _as_csv(names: Iterable[str], rows: Iterable[Mapping[str, object]]) -> bytes:
    """Rows in the project's own layout."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(names), lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()
