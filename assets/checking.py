"""Checking a delivery without loading it: the pipeline's own steps on a store in memory.

Belongs here: manifest, reading, mapping, validation and account of one folder, in one pass.
Does not belong here: printing (`orchestration.listing`), the steps themselves.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from assets.profiles import profile_named
from assets.staging import stage_delivery
from schemas.errors import UsageError
from schemas.problems import Problem, exit_code_of
from schemas.tables import SCHEMA_VERSION, TABLES
from warehouse.delivery_check import examine
from warehouse.files import read_small
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


def check_folder(folder: Path, *, profile: str | None) -> Checked:
    """Find every problem of a delivery; nothing is written anywhere.

    Without a manifest the files are those that `profile` names.

    Raises
    ------
    UsageError
        If the folder is missing, has no manifest and no profile is named, or holds no file of it.
    """
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder. Name the folder of a delivery.")
    if profile is not None:
        return _check_files(*_without_manifest(folder, profile))
    if not (folder / "manifest.json").exists():
        raise UsageError(
            f"{folder}: there is no manifest.json. Name the layout of the files with --profile, "
            "for example --profile imsct."
        )
    examined = examine(folder)
    rows = examined.manifest.rows if examined.manifest else 0
    if examined.manifest is None or examined.problems:
        return Checked(0, rows, rows, examined.problems)
    manifest = examined.manifest
    files = tuple(StagedFile(f.file, f.sha256, f.rows) for f in manifest.files)
    data = {f.sha256: _bytes(folder / f.file) for f in manifest.files}
    delivery = StagedDelivery(
        1, manifest.site, manifest.delivery, manifest.profile, manifest.schema_version, files
    )
    return _check_files(delivery, data)


def _without_manifest(folder: Path, name: str) -> tuple[StagedDelivery, Mapping[str, bytes]]:
    """A delivery made up from the files that lie in a folder."""
    profile = profile_named(name)
    parts = [part for part in profile.files if (folder / part.file).is_file()]
    if not parts:
        known = ", ".join(part.file for part in profile.files[:4])
        raise UsageError(f"{folder}: holds no file of the profile '{name}' ({known}, ...).")
    data = {part.file: _bytes(folder / part.file) for part in parts}
    files = tuple(StagedFile(part.file, part.file, None) for part in parts)
    return StagedDelivery(1, None, folder.name, name, SCHEMA_VERSION, files), data


def _bytes(path: Path) -> bytes:
    """A delivered file, links not followed."""
    data = read_small(path, limit=_LARGEST_FILE)
    if data is None:
        raise UsageError(f"{path.name}: larger than {_LARGEST_FILE >> 20} MiB. Split the delivery.")
    return data


def _check_files(delivery: StagedDelivery, data: Mapping[str, bytes]) -> Checked:
    """Run the pipeline's steps on a store in memory."""
    with Store.open(None) as store:
        enter_one(store, delivery)
        stage_delivery(store, delivery, data.__getitem__)
        for table in TABLES:
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
