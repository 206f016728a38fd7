"""The site's command `imsct prepare`: key, profile and label in, a delivery and what to say out.

Belongs here: the options in the form that `assets.preparing` wants, the lookup file, the words.
Does not belong here: the steps (`assets.preparing`), the key file (`assets.site_key`).
What is printed holds places, counts and pseudonyms; a local id stands in the lookup file only.
"""

import csv
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from assets.preparing import Label, Prepared, prepare
from assets.profile_check import require_whole
from assets.profiles import profile_at
from assets.site_key import make_key, read_key
from orchestration.listing import problem_lines
from schemas.errors import UsageError
from schemas.problems import exit_code_of
from schemas.showing import counted
from warehouse.files import write_atomically


@dataclass(frozen=True, kw_only=True)
class Asked:
    """The options of the command."""

    site: str
    profile: str
    key_file: Path
    out: Path
    delivery: str | None
    created: str | None
    mode: str
    supersedes: str | None
    lookup: Path | None


def new_key(path: Path) -> str:
    """Make a key file; gives what to say."""
    make_key(path)
    return (
        f"{path}: a new key, readable by you alone. Keep it, with a copy in a safe place, for as "
        "long as the site delivers: without it the same patient gets another pseudonym. It never "
        "leaves the site."
    )


def prepare_folder(path: Path, asked: Asked, *, as_json: bool) -> tuple[str, int]:
    """Prepare a delivery; gives what to say, and the exit code."""
    if not path.exists():
        raise UsageError(f"{path}: there is no such file or folder. Name what the site exported.")
    _require_outside(asked)
    created = asked.created or datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    label = Label(
        site=asked.site,
        delivery=asked.delivery or asked.out.name,
        created=created,
        mode=asked.mode,  # type: ignore[arg-type]  # one of them, by the option's choice
        supersedes=asked.supersedes,
    )
    profile = profile_at(asked.profile)
    require_whole(profile)
    done = prepare(path, asked.out, profile=profile, key=read_key(asked.key_file), label=label)
    if asked.lookup is not None and done.is_written:
        write_atomically(asked.lookup, _lookup(done), mode=0o600)
    said = _as_json(done) if as_json else _as_text(done, asked.out)
    return said, exit_code_of(done.problems) or int(not done.is_written)


def _require_outside(asked: Asked) -> None:
    """Refuse a key or lookup file inside the folder that leaves the site."""
    for option, path in (("--key-file", asked.key_file), ("--lookup", asked.lookup)):
        if path is not None and asked.out.resolve() in path.resolve().parents:
            raise UsageError(
                f"{option} lies inside --out, which leaves the site. Name a place outside it."
            )


def _lookup(done: Prepared) -> bytes:
    """What leads from a pseudonym back to the patient."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kind", "pseudonym", "local_id", "file", "line"])
    writer.writerows(done.lookup)
    return text.getvalue().encode()


def _as_json(done: Prepared) -> str:
    """One JSON document, in the form of `imsct check`: of the records, what was written of them."""
    found = {
        "accepted": done.written,
        "quarantined": done.refused,
        "received": done.read,
        "problems": [problem.to_json() for problem in done.problems],
    }
    return json.dumps(found, indent=1)


def _as_text(done: Prepared, out: Path) -> str:
    """Every problem, the account, and what comes next."""
    errors = sum(problem.severity == "error" for problem in done.problems)
    lines = problem_lines(done.problems)
    if done.unread:
        lines.append(f"{counted(done.unread, 'other file')}: not of the profile, not read")
    lines.append(
        f"{counted(done.read, 'record')} read = {done.written} written + {done.refused} refused; "
        f"{counted(errors, 'error')}, {counted(len(done.problems) - errors, 'warning')}"
    )
    if not done.is_written:
        why = "a part of a delivery would look whole."
        if any(problem.rule == "E_SITE" for problem in done.problems):
            why = "the site's name is part of every pseudonym."
        if not done.problems:
            why = "the profile makes no row of any record. Was the right profile named?"
        return "\n".join([*lines, f"Nothing was written: {why}"])
    lines += [f"  {name}.csv: {counted(rows, 'row')}" for name, rows in done.rows.items() if rows]
    return "\n".join([*lines, f"Written: {out}. Next: imsct check {out}, then hand it over."])
