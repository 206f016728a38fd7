"""Opening a delivery: every file of it read by its profile, and searched where that is asked for.

Belongs here: which part of which profile a file is read by, files refused unread or withheld.
Does not belong here: the readers (`assets.readers`), what becomes of records (`assets.staging`).
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import polars as pl

from assets.profiles import profile_named
from assets.readers.identifiers import IDENTIFIER_RULES, Scan, is_withheld, unsearched
from assets.readers.read_file import ReadFile, ReadProblem
from assets.readers.sandbox import Job, Limits, read_files
from schemas.errors import UsageError
from schemas.manifest import MANIFEST_NAME
from schemas.problems import Problem
from schemas.profile import FileProfile, Profile, withdrawal_layout
from schemas.versions import VERSIONS
from warehouse.delivery_check import name_that_identifies
from warehouse.staging import StagedDelivery, StagedFile


def read_all(
    delivery: StagedDelivery,
    path_of: Callable[[StagedFile], Path],
    *,
    scan: Scan | None,
    profile: Profile | None = None,
    limits: Limits | None = None,
) -> Iterator[tuple[StagedFile, FileProfile | None, ReadFile]]:
    """Every file of a delivery, read or refused; those with features last, after what they name."""
    layout, unknown = (profile, None) if profile else _profile_of(delivery)
    found = [(layout.file(file.file) if layout else None, file) for file in delivery.files]
    found.sort(key=lambda pair: pair[0] is not None and bool(pair[0].features))
    parts, files = [part for part, _ in found], [file for _, file in found]
    # a file that no profile knows is read only to be searched
    jobs = [
        Job(file.file, path_of(file), part or _any_file(file.file), file.rows, scan)
        for file, part in zip(files, parts, strict=True)
        if part or scan
    ]
    results = read_files(jobs, limits=limits)
    for file, part in zip(files, parts, strict=True):
        read = next(results) if part or scan else None
        if part is None and not (read and _is_identifying(read)):
            refused = _refused(file.file, unknown or _NO_SUCH_FILE)
            read = unsearched(refused) if read and read.is_unsearched else refused
        assert read is not None
        yield file, part, read


def _any_file(name: str) -> FileProfile:
    """The part for a file of which nothing is known."""
    column = "unknown"
    return FileProfile(file=name, header=(column,), ignored={column: "not read"}, rows=())


def _is_identifying(read: ReadFile) -> bool:
    """Whether the scan found something in a file."""
    return any(problem.rule in IDENTIFIER_RULES for problem in read.problems)


def identifying(
    delivery: StagedDelivery,
    path_of: Callable[[StagedFile], Path],
    scan: Scan,
    *,
    limits: Limits,
    profile: Profile | None = None,
) -> dict[str, tuple[Problem, ...]]:
    """The files of a delivery that identify a person, or may do so unseen, each with the places.

    Where the name of a file does, the problem is one of the manifest, and of the whole delivery.
    """
    found = {
        file.file: tuple(
            Problem(
                file=file.file,
                line=problem.line,
                table=table_of(part),
                column=problem.column,
                rule=problem.rule,
                message=problem.message,
                suggestion=problem.suggestion,
            )
            for problem in read.problems
        )
        for file, part, read in read_all(
            delivery, path_of, scan=scan, limits=limits, profile=profile
        )
        if is_withheld(read)
    }
    places = [p for problems in found.values() for p in problems]
    named = names_that_identify(delivery, places, profile=profile)
    return {MANIFEST_NAME: tuple(named.values())} if named else found


def names_that_identify(
    delivery: StagedDelivery, problems: Sequence[Problem], *, profile: Profile | None = None
) -> dict[str, Problem]:
    """Files in whose name, where the profile reads a column from it, the scan found something."""
    layout = profile or _profile_of(delivery)[0]
    hit = {(p.file, p.column) for p in problems if p.rule in IDENTIFIER_RULES}
    return {
        file.file: name_that_identifies(f"files[{number}].file", "it holds an id of a person")
        for number, file in enumerate(delivery.files)
        if layout is not None
        and (part := layout.file(file.file)) is not None
        and any((file.file, column) in hit for column in part.named_in_file)
    }


def withheld_file(file: str, found: Sequence[Problem]) -> ReadFile:
    """A file refused at the door, whose bytes are nowhere."""
    problems = tuple(
        ReadProblem(p.rule, p.message, p.suggestion, line=p.line, column=p.column) for p in found
    )
    return ReadFile(file, pl.DataFrame(), 0, problems, is_refused=True)


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
    if delivery.mode == "withdrawal":
        return withdrawal_layout(), None
    try:
        return profile_named(delivery.profile, delivery.schema_version), None
    except UsageError as error:
        return None, ReadProblem(
            "E_SCHEMA",
            str(error),
            "Name a shipped profile in the manifest, or let the operator put yours into profiles/.",
        )


def _refused(file: str, problem: ReadProblem) -> ReadFile:
    """A file that cannot be read at all."""
    return ReadFile(file, pl.DataFrame(), 0, (problem,), is_refused=True)


def table_of(part: FileProfile | None) -> str | None:
    """The table that a file is for, where it is for one."""
    return part.rows[0].table if part is not None and len(part.rows) == 1 else None
