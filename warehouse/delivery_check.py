"""A delivery against its manifest, before any parser opens a file.

Belongs here: names, kinds, sizes and hashes of the files of one folder; all problems in one pass.
Does not belong here: what becomes of the delivery (`warehouse.landing`), what its files say.
Nothing outside the folder is opened; texts of a manifest are not repeated unless they are plain.
"""

import json
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from schemas.errors import StorageError
from schemas.manifest import (
    IDENTIFYING_NAME,
    MANIFEST_NAME,
    UNSAFE_NAME,
    DeliveredFile,
    Manifest,
    shown_name,
)
from schemas.problems import Problem
from warehouse.files import NotRegularError, read_small, sha256_of

_MANIFEST_LIMIT = 1 << 20
_AGAIN = "Nothing of the delivery was received. Deliver again with a manifest made from the files."


@dataclass(frozen=True)
class Examined:
    """A delivery folder as found; `manifest` is None where it cannot be read."""

    manifest: Manifest | None
    manifest_bytes: bytes
    problems: tuple[Problem, ...]


def examine(folder: Path, *, site: str | None = None) -> Examined:
    """Compare a delivery with its manifest; nothing is changed.

    `site` is the site whose landing folder it lies in; without it the manifest is believed.

    Raises
    ------
    StorageError
        If a file may not be read.
    """
    found = announced(folder)
    if found.manifest is None:
        return found
    problems = (*_fits(found.manifest, site), *_files(folder, found.manifest))
    return Examined(found.manifest, found.manifest_bytes, problems)


def announced(folder: Path) -> Examined:
    """What a delivery's manifest says; of its files nothing is looked at.

    Raises
    ------
    StorageError
        If the manifest may not be read.
    """
    if folder.is_symlink() or not folder.is_dir():
        return Examined(None, b"", (_unsafe(None, "the delivery is not a folder but a link"),))
    try:
        data = read_small(folder / MANIFEST_NAME, limit=_MANIFEST_LIMIT)
    except NotRegularError:
        return Examined(None, b"", (_unsafe(MANIFEST_NAME, "it is not a regular file"),))
    except StorageError:
        if (folder / MANIFEST_NAME).exists():
            raise
        return Examined(None, b"", (_bad_manifest("there is no manifest"),))
    if data is None:
        return Examined(None, b"", (_bad_manifest(f"it is above {_MANIFEST_LIMIT} bytes"),))
    manifest, problems = _parse(data)
    return Examined(manifest, data, tuple(problems))


def _parse(data: bytes) -> tuple[Manifest | None, list[Problem]]:
    """The manifest, or every reason why it is none."""
    try:
        content = json.loads(data.decode(), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        return None, [_bad_manifest(f"it is not UTF-8 (byte {error.start})")]
    except json.JSONDecodeError as error:
        return None, [_bad_manifest("it is not JSON from here on", line=error.lineno)]
    except (_RepeatedKeyError, RecursionError, ValueError):  # ValueError: a number of 5000 digits
        return None, [_bad_manifest("a key is given twice, or a value is without measure")]
    try:
        return Manifest.model_validate(content), []
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=True)
        return None, [_of_validation(detail) for detail in found]


class _RepeatedKeyError(Exception):
    """A JSON object has a key twice: which one counts would be a guess."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object of JSON; every key once."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _RepeatedKeyError
    return found


def _of_validation(detail: ErrorDetails) -> Problem:
    """One error of the model in words, without the value."""
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}"
        for part in detail["loc"]
        if isinstance(part, int) or part in _FIELDS
    ).lstrip(".")
    if detail["type"] == UNSAFE_NAME:
        return _unsafe(MANIFEST_NAME, f"{place} {detail['msg']}")
    if detail["type"] == IDENTIFYING_NAME:
        return name_that_identifies(place, detail["ctx"]["kinds"])
    if detail["type"] == "extra_forbidden":
        shown = "there is a key that the form does not know" + (f", in {place}" if place else "")
    elif detail["type"] == "missing":
        shown = f"'{place}' is missing"
    elif detail["type"] == "string_pattern_mismatch":
        shown = f"'{place}' does not have the form {_bare(detail['ctx']['pattern'])}"
    else:
        message = detail["msg"][:1].lower() + detail["msg"][1:]
        shown = f"'{place}': {message}" if place else message
    return _bad_manifest(shown)


_FIELDS = {*Manifest.model_fields, *DeliveredFile.model_fields}


def _bare(pattern: str) -> str:
    """A pattern without its anchors."""
    return pattern.removeprefix(r"\A(?:").removesuffix(r")\z")


def _fits(manifest: Manifest, site: str | None) -> Iterator[Problem]:
    """Problems of the manifest as a whole."""
    if site is not None and manifest.site != site:
        yield Problem(
            file=MANIFEST_NAME,
            rule="E_SITE",
            message=f"The manifest names site '{manifest.site}'; the folder belongs to another.",
            suggestion=f"Deliver to the folder of site {manifest.site}, or mend the manifest.",
        )


def _files(folder: Path, manifest: Manifest) -> Iterator[Problem]:
    """Problems of every file, listed or not, in the order of their names."""
    listed = {entry.file: entry for entry in manifest.files}
    there = {path.name: path for path in folder.iterdir() if path.name != MANIFEST_NAME}
    names = sorted({*listed, *there})
    for place, name in enumerate(names, start=1):
        if name not in listed:
            what = "folder" if there[name].is_dir() else "file"
            yield _unlisted(shown_name(name, place, len(names)), what)
        elif name not in there:
            yield _problem_of(
                name, "E_MANIFEST", "The manifest lists this file; it is not there.", _AGAIN
            )
        else:
            yield from _bytes_differ(there[name], listed)


def _bytes_differ(path: Path, listed: Mapping[str, DeliveredFile]) -> Iterator[Problem]:
    """Kind, then size, then sha256; nothing is read of a file of another kind or size."""
    entry, found = listed[path.name], path.lstat()
    if not stat.S_ISREG(found.st_mode):
        yield _unsafe(path.name, "it is not a regular file")
    elif found.st_size != entry.bytes:
        yield _problem_of(
            path.name,
            "E_SIZE",
            f"The file has {found.st_size} bytes, its manifest says {entry.bytes}.",
            _AGAIN,
        )
    elif (digest := sha256_of(path)) != entry.sha256:
        yield _problem_of(
            path.name,
            "E_SHA256",
            "The file is not the one that was announced: its sha256 begins "
            f"{digest[:6]}, the manifest says {entry.sha256[:6]}.",
            _AGAIN,
        )


def _unlisted(shown: str, what: str) -> Problem:
    """A file nobody announced."""
    return _problem_of(
        shown,
        "E_MANIFEST",
        f"The delivery holds this {what}, and the manifest does not list it.",
        "List it or leave it out, and deliver again. Nothing of the delivery was received.",
    )


def name_that_identifies(place: str, kinds: str) -> Problem:
    """E_PHI: the name of a file, which would stand in the ledger and in every listing."""
    return _problem_of(
        MANIFEST_NAME,
        "E_PHI",
        f"{place} may identify a person: {kinds}. Nothing of the delivery is kept.",
        "Give the file a name without names, dates and numbers of persons; 'imsct prepare' does.",
    )


def _bad_manifest(what: str, *, line: int | None = None) -> Problem:
    """The manifest is not as it must be."""
    message = f"The manifest is no valid one: {what}."
    return _problem_of(MANIFEST_NAME, "E_MANIFEST", message, _AGAIN, line=line)


def _unsafe(file: str | None, what: str) -> Problem:
    """A name or a link that could lead out of the folder; it was not opened."""
    return _problem_of(
        file,
        "E_PATH",
        f"Not opened: {what}.",
        "Deliver regular files with plain names, all in the delivery's own folder.",
    )


def _problem_of(
    file: str | None, rule: str, message: str, suggestion: str, *, line: int | None = None
) -> Problem:
    """A problem of a whole file, or of a line of the manifest."""
    return Problem(file=file, rule=rule, message=message, suggestion=suggestion, line=line)
