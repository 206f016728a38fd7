"""Checking a delivery without loading it: the pipeline's own steps on a store in memory.

Belongs here: manifest, reading, mapping, validation and account of one folder, in one pass.
Does not belong here: printing (`orchestration.listing`), the steps themselves.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from assets.profiles import profile_named
from assets.readers.delimited import ReadProblem
from assets.staging import FileRefusedError, stage_delivery
from schemas.errors import UsageError
from schemas.manifest import MANIFEST_NAME, is_plain_name
from schemas.problems import Problem, exit_code_of
from schemas.tables import SCHEMA_VERSION, TABLES
from warehouse.delivery_check import examine
from warehouse.files import NotRegularError, read_small
from warehouse.merge import close_accounts, merge
from warehouse.quarantine import current_problems
from warehouse.received import enter_one
from warehouse.staging import StagedDelivery, StagedFile
from warehouse.store import Store
from warehouse.validation.verdict import validate

_LARGEST_FILE = 512 << 20


@dataclass(frozen=True)
class Checked:
    """What a delivery would lead to: accepted + quarantined = received, and every problem."""

    accepted: int
    quarantined: int
    received: int
    problems: tuple[Problem, ...]

    @property
    def exit_code(self) -> int:
        """0 no error, 1 some error, 4 bytes differ from the manifest."""
        return exit_code_of(self.problems)


def check_folder(folder: Path, *, profile: str | None, site: str | None = None) -> Checked:
    """Find every problem of a delivery; nothing is written anywhere.

    Of a folder without a manifest the files that `profile` names are read, the others are listed;
    rows of another site than `site`, where that is named, are a problem.

    Raises
    ------
    UsageError
        If the folder is missing, holds no file of the profile, or a profile is named beside a
        manifest, which names its own.
    StorageError
        If a file may not be read.
    """
    if not folder.is_dir():
        what = "is a file" if folder.exists() else "there is no such folder"
        raise UsageError(f"{folder}: {what}. Name the folder of a delivery.")
    has_manifest = os.path.lexists(folder / MANIFEST_NAME)
    if profile is not None:
        if has_manifest:
            raise UsageError(
                f"{folder}: has a {MANIFEST_NAME}, which names its profile. Leave --profile out."
            )
        return _check_bare(folder, profile, site)
    if not has_manifest:
        return Checked(0, 0, 0, (_NO_MANIFEST,))
    examined = examine(folder)
    rows = examined.manifest.rows if examined.manifest else 0
    if examined.manifest is None or examined.problems:
        return Checked(0, rows, rows, examined.problems)
    manifest = examined.manifest
    files = tuple(StagedFile(f.file, f.sha256, f.rows) for f in manifest.files)
    paths = {f.sha256: folder / f.file for f in manifest.files}
    delivery = StagedDelivery(
        1, manifest.site, manifest.delivery, manifest.profile, manifest.schema_version, files
    )
    return _check_files(delivery, paths)


_NO_MANIFEST = Problem(
    file=MANIFEST_NAME,
    rule="E_MANIFEST",
    message="There is no manifest, so nothing says what was delivered.",
    suggestion="Make the delivery with its manifest; to check the files alone, name their layout, "
    "for example --profile imsct.",
)


def _check_bare(folder: Path, name: str, site: str | None) -> Checked:
    """Check the files that lie in a folder as if they had been announced."""
    profile = profile_named(name)
    there = {path.name: path for path in folder.iterdir()}
    paths = {part.file: there.pop(part.file) for part in profile.files if part.file in there}
    if not paths:
        known = ", ".join(part.file for part in profile.files[:4])
        more = ", ..." if len(profile.files) > 4 else ""
        raise UsageError(
            f"{folder}: holds no file of the profile '{name}' ({known}{more}). Name the folder "
            "that holds them, or another profile."
        )
    files = tuple(StagedFile(file, file, None) for file in paths)
    checked = _check_files(StagedDelivery(1, site, folder.name, name, SCHEMA_VERSION, files), paths)
    return replace(checked, problems=(*map(_not_read, sorted(there)), *checked.problems))


def _not_read(name: str) -> Problem:
    """A file beside those of the profile: a slip in its name would lose a whole table."""
    is_plain = is_plain_name(name)
    shown = "this file" if is_plain else f"a file with a name of {len(name)} characters"
    return Problem(
        file=name if is_plain else None,
        rule="E_SCHEMA",
        severity="warning",
        message=f"The profile does not know {shown}; it was not read.",
        suggestion="If it belongs to the delivery, name it as the profile says.",
    )


def _bytes(path: Path) -> bytes:
    """A delivered file, links not followed."""
    try:
        data = read_small(path, limit=_LARGEST_FILE)
    except NotRegularError as error:
        raise FileRefusedError(_LINK) from error
    if data is None:
        raise FileRefusedError(
            ReadProblem(
                "E_LIMIT",
                f"The file is larger than {_LARGEST_FILE >> 20} MiB. Nothing of it was loaded.",
                "Deliver a smaller file; nobody has so many cases.",
            )
        )
    return data


_LINK = ReadProblem(
    "E_PATH",
    "Not opened: it is a link, a folder or a device, not a regular file.",
    "Put the file itself into the folder.",
)


def _check_files(delivery: StagedDelivery, paths: Mapping[str, Path]) -> Checked:
    """Run the pipeline's steps on a store in memory; `paths` by what stands for a file's sha256."""
    with Store.open(None) as store:
        enter_one(store, delivery)
        stage_delivery(store, delivery, lambda sha256: _bytes(paths[sha256]))
        for table in TABLES:
            if store.count("staged", table.name):
                merge(store, validate(store, table, official=None))
        accounts = close_accounts(store)
        found = current_problems(store).drop("site", "delivery")
    problems = tuple(Problem(**row) for row in found.iter_rows(named=True))
    return Checked(
        int(accounts["accepted"].sum()),
        int(accounts["quarantined"].sum()),
        int(accounts["received"].sum()),
        problems,
    )
