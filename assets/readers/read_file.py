"""What a reader gives: the records of one delivered file as text, and what is wrong with them.

Belongs here: the one result of every reader, whatever the format.
Does not belong here: the readers, one per module beside this one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import polars as pl

from schemas.checks import Severity
from schemas.profile import FileProfile


@dataclass(frozen=True)
class ReadProblem:
    """What is wrong with a file (`line` None) or with one of its records."""

    rule: str
    message: str
    suggestion: str
    line: int | None = None
    record: int | None = None
    column: str | None = None
    content: str | None = None
    severity: Severity = "error"


@dataclass(frozen=True)
class ReadFile:
    """A file as read: `frame` has `_record`, `_line` and every column as text.

    `found` counts data records, refused ones included. Where `is_refused`, nothing of the file goes
    on; where it `is_unsearched`, nobody can tell whom it names.
    """

    file: str
    frame: pl.DataFrame
    found: int
    problems: Sequence[ReadProblem] = field(default_factory=tuple)
    is_refused: bool = False
    features: pl.DataFrame | None = None
    is_unsearched: bool = False


def frame_schema(profile: FileProfile) -> dict[str, type[pl.DataType]]:
    """Columns of the frame of a file: record and line, then every column of the file as text."""
    return {"_record": pl.Int64, "_line": pl.Int64, **dict.fromkeys(profile.columns, pl.String)}


def refused(profile: FileProfile, problem: ReadProblem, *, found: int = 0) -> ReadFile:
    """A file of which nothing goes on; `found` records were counted in it."""
    frame = pl.DataFrame(schema=frame_schema(profile))
    return ReadFile(profile.file, frame, found, problems=(problem,), is_refused=True)
