"""Checking a whole profile: what it reads and makes, and which rows it could only have refused.

Belongs here: columns without a source although every row needs one, the dictionary of a REDCap
project, the summary of a sound profile.
Does not belong here: loading it, and its faults by line (`assets.profiles`).
"""

from collections.abc import Iterator
from pathlib import Path

from assets.draft_rows import required_sources
from assets.profiles import profile_at
from assets.readers.read_file import ReadProblem
from assets.readers.redcap import project_of
from schemas.errors import UsageError
from schemas.profile import Profile
from schemas.showing import counted
from schemas.tables import BY_NAME


def checked_profile(given: str) -> str:
    """What is said of a profile that a user names; guesses of a draft that are left are counted.

    Raises
    ------
    UsageError
        If there is none, or it is not whole.
    """
    said = describe_profile(profile_at(given))
    path = Path(given)
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    left = sum("# ?" in line for line in text.splitlines()) - text.startswith("# A draft:")
    if left < 1:
        return said
    are = "line is still a guess" if left == 1 else "lines are still guesses"
    return f"{said}\n{left} {are} of the draft: look at each '# ?', then take the mark away."


def describe_profile(profile: Profile) -> str:
    """What a whole profile reads and makes, file by file; one that is not is refused."""
    require_whole(profile)
    lines = [f"{profile.name}: whole; it fits the dictionary."]
    for part in profile.files:
        tables = list(dict.fromkeys(rows.table for rows in part.rows))
        dates = {s.column for rows in part.rows for s in rows.columns.values() if s.date}
        said = f"  {part.file}: {counted(len(part.header), 'column')}, rows of {', '.join(tables)}"
        said += f"; {counted(len(dates), 'date')}" if dates else ""
        said += f"; ignored: {', '.join(part.ignored)}" if part.ignored else ""
        lines.append(said)
    return "\n".join([*lines, *(f"  assumed: {each}" for each in profile.assumptions)])


def require_whole(profile: Profile) -> None:
    """Refuse a profile whose rows would come without their key, or without what each must have.

    Raises
    ------
    UsageError
        If it is such.
    """
    gaps = list(_gaps(profile))
    if gaps:
        what = "; ".join(gaps)
        raise UsageError(f"profile '{profile.name}': {what}. Say where each comes from.")


def _gaps(profile: Profile) -> Iterator[str]:
    """Columns that no source fills, so that every such row would be refused."""
    for part in profile.files:
        if part.redcap is not None:
            project = project_of(part)
            if isinstance(project, ReadProblem):
                yield f"{part.file}: {project.message.rstrip('.')} ({project.suggestion})"
        for rows in part.rows:
            for name in required_sources(BY_NAME[rows.table]):
                if name not in rows.columns:
                    yield f"{part.file}: rows of {rows.table} have no source for {name}"
