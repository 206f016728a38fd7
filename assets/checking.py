"""Checking a delivery without loading it: the pipeline's own steps on a store in memory.

Belongs here: manifest, reading, mapping, validation and account of one folder, in one pass.
Does not belong here: printing (`orchestration.listing`), the steps themselves.
"""

import os
from dataclasses import dataclass, replace
from pathlib import Path

from assets.opening import names_that_identify
from assets.profiles import own_profile, profile_at, profile_named
from assets.readers.identifiers import Scan
from assets.readers.sandbox import Limits
from assets.staging import stage_delivery
from schemas.errors import UsageError
from schemas.manifest import MANIFEST_NAME, Mode, hidden_name, shown_name
from schemas.problems import Problem, exit_code_of
from schemas.profile import Profile
from schemas.tables import SCHEMA_VERSION, TABLES
from warehouse.accounts import close_accounts
from warehouse.delivery_check import examine, name_that_identifies
from warehouse.merge import merge, refuse
from warehouse.quarantine import current_problems
from warehouse.received import enter_one
from warehouse.staging import StagedDelivery, StagedFile
from warehouse.store import Store
from warehouse.validation.verdict import validate


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


def check_folder(
    folder: Path,
    *,
    profile: str | None,
    site: str | None = None,
    scan: Scan | None = "unannounced",
    mode: Mode = "full",
    own: Path | None = None,
    limits: Limits | None = None,
) -> Checked:
    """Find every problem of a delivery; nothing is written anywhere.

    Of a folder without a manifest the files that `profile` names are read, the others are listed.
    Rows of another site than `site`, where that is named, are a problem; the files are searched for
    identifiers as under the id scheme `scan`, and judged as a delivery of that `mode`. What an
    increment or a correction adds to is not known here, so a parent that it does not hold is a
    warning. `own` is the folder of a home's own profiles, `limits` are those of its settings.

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
    if has_manifest and (profile, site, scan, mode) != (None, None, "unannounced", "full"):
        raise UsageError(
            f"{folder}: its {MANIFEST_NAME} says what it is. Leave --profile, --site, --id-scheme "
            "and --mode out."
        )
    if profile is not None:
        given = profile_at(profile, own=own)
        return _check_bare(folder, given, site, scan=scan, mode=mode, limits=limits)
    if not has_manifest:
        return Checked(0, 0, 0, (_NO_MANIFEST,))
    examined = examine(folder)
    rows = examined.manifest.rows if examined.manifest else 0
    if examined.manifest is None or examined.problems:
        return Checked(0, rows, rows, examined.problems)
    manifest = examined.manifest
    files = tuple(StagedFile(f.file, f.sha256, f.rows) for f in manifest.files)
    delivery = StagedDelivery(
        1,
        manifest.site,
        manifest.delivery,
        manifest.profile,
        manifest.schema_version,
        files,
        manifest.mode,
    )
    layout = None
    if manifest.mode != "withdrawal" and own_profile(manifest.profile, own) is not None:
        layout = profile_named(manifest.profile, own=own)
    checked = _check_files(delivery, folder, scan=manifest.id_scheme, profile=layout, limits=limits)
    named = names_that_identify(delivery, checked.problems, profile=layout)
    return Checked(0, rows, rows, tuple(named.values())) if named else checked


_NO_MANIFEST = Problem(
    file=MANIFEST_NAME,
    rule="E_MANIFEST",
    message="There is no manifest, so nothing says what was delivered.",
    suggestion="Make the delivery with its manifest; to check the files alone, name their layout, "
    "for example --profile imsct.",
)


def _check_bare(
    folder: Path,
    profile: Profile,
    site: str | None,
    *,
    scan: Scan | None,
    mode: Mode,
    limits: Limits | None,
) -> Checked:
    """Check the files that lie in a folder as if they had been announced."""
    there = sorted(path.name for path in folder.iterdir())
    named = [file for file in there if profile.file(file) is not None]
    if not named:
        known = ", ".join(part.file for part in profile.files[:4])
        more = ", ..." if len(profile.files) > 4 else ""
        raise UsageError(
            f"{folder}: holds no file of the profile '{profile.name}' ({known}{more}). Name the "
            "folder that holds them, or another profile."
        )
    files = tuple(StagedFile(file, "", None) for file in named)
    delivery = StagedDelivery(1, site, folder.name, profile.name, SCHEMA_VERSION, files, mode)
    checked = _check_files(delivery, folder, scan=scan, profile=profile, limits=limits)
    shown = {file: shown_name(file, n, len(there)) for n, file in enumerate(there, start=1)}
    for n, file in enumerate(there, start=1):
        if file in names_that_identify(delivery, checked.problems, profile=profile):
            shown[file] = hidden_name(file, n, len(there))
    found = [_not_read(shown[f], folder / f) for f in there if f not in named]
    unfit = [_named_after(shown[file]) for file in named if shown[file] != file]
    if unfit:  # as with a manifest: nothing is announced under such a name
        checked = replace(checked, accepted=0, quarantined=checked.received)
    found += unfit
    changed = {file: name for file, name in shown.items() if name != file}
    found += [
        replace(p, file=changed[p.file]) if p.file in changed else p for p in checked.problems
    ]
    return replace(checked, problems=tuple(found))


def _named_after(shown: str) -> Problem:
    """E_PHI: a file that must not be announced under its name."""
    said = name_that_identifies("The name of this file", "a name, date or number of a person")
    return replace(said, file=shown)


def _not_read(shown: str, path: Path) -> Problem:
    """A file beside those of the profile: a slip in its name would lose a whole table."""
    what = "folder" if path.is_dir() else "file"
    return Problem(
        file=shown,
        rule="E_SCHEMA",
        severity="warning",
        message=f"The profile does not know this {what}; it was not read.",
        suggestion="If it belongs to the delivery, name it as the profile says."
        if what == "file"
        else "Put files that belong to the delivery beside the others.",
    )


def _check_files(
    delivery: StagedDelivery,
    folder: Path,
    *,
    scan: Scan | None,
    profile: Profile | None,
    limits: Limits | None,
) -> Checked:
    """Run the pipeline's steps on a store in memory."""
    is_apart = delivery.mode in ("increment", "correction")
    with Store.open(None) as store:
        enter_one(store, delivery)
        stage_delivery(
            store,
            delivery,
            lambda file: folder / file.file,
            scan=scan,
            profile=profile,
            limits=limits,
        )
        for table in TABLES:
            if store.count("staged", table.name) or delivery.mode == "withdrawal":
                put = merge if delivery.mode == "withdrawal" else refuse
                put(store, validate(store, table, official=None, is_apart=is_apart))
        accounts = close_accounts(store)
        found = current_problems(store).drop("site", "delivery")
    problems = tuple(Problem(**row) for row in found.iter_rows(named=True))
    return Checked(
        int(accounts["accepted"].sum()),
        int(accounts["quarantined"].sum()),
        int(accounts["received"].sum()),
        problems,
    )
