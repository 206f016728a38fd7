"""Delivering: a folder handed to the landing zone, with a manifest made for it where it has none.

Belongs here: what `imsct deliver` asks, checks first and says.
Does not belong here: the landing protocol (`warehouse.landing`), the check (`assets.checking`).
The folder itself stays as it is. Rows need not be clean: those that break a rule are set aside.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from assets.checking import Checked, check_folder
from assets.context import limits_of
from assets.profiles import profile_named
from assets.readers.identifiers import IDENTIFIER_RULES
from assets.readers.sandbox import Job, Limits, read_files
from orchestration.delivery_names import require_no_person
from orchestration.home import require_home
from orchestration.listing import checked_as_text
from schemas.errors import UsageError
from schemas.manifest import (
    MANIFEST_NAME,
    DeliveredFile,
    DeliveryName,
    IdScheme,
    Manifest,
    Mode,
    SiteName,
    content_id,
)
from schemas.problems import exit_code_of
from schemas.profile import Profile
from schemas.showing import counted
from schemas.tables import SCHEMA_VERSION
from warehouse.delivery_check import examine
from warehouse.files import size_and_sha256
from warehouse.handing_over import Outgoing, deliver, hand_over
from warehouse.home import Home
from warehouse.landing import received_deliveries
from warehouse.ledger import Ledger


@dataclass(frozen=True, kw_only=True)
class Label:
    """What a manifest says that the files do not; None where the user did not name it."""

    site: str | None
    delivery: str | None
    id_scheme: IdScheme | None
    profile: str | None
    mode: Mode | None = None
    supersedes: str | None = None


#: Options that a folder without a manifest cannot do without.
_ASKED = ("--site", "--delivery", "--id-scheme")


def deliver_folder(home: Home, folder: Path, label: Label) -> tuple[str, int]:
    """Hand a folder over to the home's landing zone; gives what to say, and the exit code.

    Raises
    ------
    UsageError
        If the label is missing, or stands beside a manifest, or names what was delivered before
        with other content.
    StorageError
        If a file cannot be read or the landing zone cannot be written.
    """
    require_home(home)
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder. Name the folder of a delivery.")
    if os.path.lexists(folder / MANIFEST_NAME):
        return _deliver_prepared(home, folder, label)
    return _deliver_bare(home, folder, label)


def check_as_delivered(
    home: Home,
    folder: Path,
    *,
    profile: str | None = None,
    site: str | None = None,
    id_scheme: IdScheme | None = None,
    mode: Mode | None = None,
) -> Checked:
    """What `imsct check` says of a folder, and what handing it over goes by.

    Raises
    ------
    UsageError
        If there is no such folder, or what is said of it stands beside a manifest.
    """
    return check_folder(
        folder,
        profile=profile,
        site=site,
        scan=id_scheme or "unannounced",
        mode=mode or "full",
        own=home.profiles,
        limits=limits_of(home),
    )


def _deliver_prepared(home: Home, folder: Path, label: Label) -> tuple[str, int]:
    """A folder with its manifest goes over unchanged, where every byte is as announced."""
    named = [option for option, value in _options(label).items() if value is not None]
    if named:
        raise UsageError(
            f"{folder}: its {MANIFEST_NAME} says what it is. Leave {', '.join(named)} out."
        )
    checked = check_as_delivered(home, folder)
    examined = examine(folder)
    if examined.manifest is None or examined.problems or _is_identifying(checked):
        return _refused(checked)
    if said := _nothing_to_do(home, examined.manifest):
        return said, 0
    hand_over(folder, home.landing)
    return _handed_over(examined.manifest, checked, how=f"imsct check {folder}"), 0


def _deliver_bare(home: Home, folder: Path, label: Label) -> tuple[str, int]:
    """The files of a folder without a manifest go over with one that is made from them."""
    site, delivery, id_scheme = _require_label(folder, label)
    profile = label.profile or "imsct"
    mode = label.mode or "full"
    if (label.supersedes is not None) != (mode == "correction"):
        raise UsageError("--supersedes: names the delivery that a --mode correction corrects.")
    checked = check_as_delivered(
        home, folder, profile=profile, site=site, id_scheme=id_scheme, mode=mode
    )
    _require_same_site(checked, site)
    layout = profile_named(profile, own=home.profiles)
    paths = {p.name: p for p in sorted(folder.iterdir()) if layout.file(p.name) is not None}
    counts = _records(paths, layout, limits_of(home))
    rows = {file: found for file, found in counts.items() if found is not None}
    # A full delivery without one of its tables would empty that table of the site.
    if len(rows) < len(paths) or _is_identifying(checked):
        return _refused(checked)
    manifest = Manifest(
        delivery=delivery,
        site=site,
        created=Ledger.open(home.ledger).now(),
        profile=profile,
        schema_version=SCHEMA_VERSION,
        mode=mode,
        supersedes=label.supersedes,
        id_scheme=id_scheme,
        key_id=None,
        files=[_entry(file, paths[file], rows[file]) for file in sorted(paths)],
    )
    _require_superseded(home, manifest)
    if said := _nothing_to_do(home, manifest):
        return said, 0
    outgoing = {file: Outgoing(path, rows[file]) for file, path in paths.items()}
    deliver(outgoing, home.landing, **manifest.model_dump(exclude={"format", "files"}))
    how = f"imsct check {folder} --profile {profile} --site {site} --id-scheme {id_scheme}"
    how += "" if mode == "full" else f" --mode {mode}"
    return _handed_over(manifest, checked, how=how), 0


def _require_label(folder: Path, label: Label) -> tuple[str, str, IdScheme]:
    """Site, delivery and id scheme, each named and of a form that a manifest can hold."""
    if label.site is None or label.delivery is None or label.id_scheme is None:
        missing = [o for o, value in _options(label).items() if value is None and o in _ASKED]
        raise UsageError(
            f"{folder}: has no {MANIFEST_NAME}. To have one made, name {', '.join(missing)} "
            "('imsct deliver --help' says what each means)."
        )
    _require_name("--site", label.site, SiteName)
    _require_name("--delivery", label.delivery, DeliveryName)
    require_no_person("--delivery", label.delivery)
    return label.site, label.delivery, label.id_scheme


def _options(label: Label) -> dict[str, str | None]:
    """The label by the options that give it."""
    return {
        "--site": label.site,
        "--delivery": label.delivery,
        "--id-scheme": label.id_scheme,
        "--profile": label.profile,
        "--mode": label.mode,
        "--supersedes": label.supersedes,
    }


def _records(paths: Mapping[str, Path], layout: Profile, limits: Limits) -> dict[str, int | None]:
    """Data records of every file, as the line will count them; None where it loads none of them."""
    parts = [(file, path, layout.file(file)) for file, path in paths.items()]
    jobs = [Job(file, path, part, None) for file, path, part in parts if part is not None]
    found = zip(jobs, read_files(jobs, limits=limits), strict=True)
    return {job.file: None if read.is_refused else read.found for job, read in found}


def _entry(file: str, path: Path, rows: int) -> DeliveredFile:
    """The manifest's entry for a file."""
    size, digest = size_and_sha256(path)
    return DeliveredFile(file=file, sha256=digest, bytes=size, rows=rows)


def _require_superseded(home: Home, manifest: Manifest) -> None:
    """Refuse a correction of a delivery that the home has not received."""
    of_site = [d for d in received_deliveries(Ledger.open(home.ledger)) if d.site == manifest.site]
    known = [d.delivery for d in of_site]
    if manifest.supersedes is not None and manifest.supersedes not in known:
        raise UsageError(
            f"--supersedes {manifest.supersedes}: nothing of that name was received from "
            f"{manifest.site}. Received: {', '.join(known[-5:]) or 'nothing'}."
        )


def _require_name(option: str, name: str, form: Any) -> None:
    """Refuse a name that a manifest cannot hold."""
    try:
        TypeAdapter(form).validate_python(name)
    except ValidationError as error:
        raise UsageError(
            f"{option}: a text of {len(name)} characters that is no such name. Letters, digits, "
            "'_', '-' and '.', no blank; a site in capitals, such as SIM_NORTH."
        ) from error


def _require_same_site(checked: Checked, site: str) -> None:
    """Refuse rows of another site than the one that was named: one of the two is a slip."""
    for problem in checked.problems:
        if problem.rule == "E_SITE":
            raise UsageError(
                f"--site {site}: {problem.file}, line {problem.line} names another site. Nothing "
                "was handed over. Name the site as the rows do, or mend the rows."
            )


def _nothing_to_do(home: Home, manifest: Manifest) -> str | None:
    """What to say of a delivery that would change nothing; None for a new one.

    Raises
    ------
    UsageError
        If its name was received with other content.
    """
    name, identity = f"{manifest.site}/{manifest.delivery}", content_id(manifest)
    lies = examine(home.landing / manifest.site / manifest.delivery).manifest
    if lies is not None and content_id(lies) == identity:
        return f"{name}: lies in the landing zone already, byte for byte. Nothing was changed."
    of_site = [d for d in received_deliveries(Ledger.open(home.ledger)) if d.site == manifest.site]
    for earlier in of_site:
        if earlier.content_id == identity:
            is_last = earlier == of_site[-1]
            stays = "" if is_last else f" '{of_site[-1].delivery}' took its place, and stays."
            return (
                f"{name}: the same content was received as '{earlier.delivery}' (ledger seq "
                f"{earlier.seq}). Nothing was handed over.{stays}"
            )
        if earlier.delivery == manifest.delivery:
            raise UsageError(
                f"{name} was received before with other content (ledger seq {earlier.seq}). "
                "Nothing was handed over. Give the new delivery a name of its own: --delivery."
            )
    return None


def _is_identifying(checked: Checked) -> bool:
    """Whether a file holds what may identify a person: it does not leave the folder."""
    return any(problem.rule in IDENTIFIER_RULES for problem in checked.problems)


def _refused(checked: Checked) -> tuple[str, int]:
    """Everything that was found, and that nothing was done."""
    return f"{checked_as_text(checked)}\nNothing was handed over.", exit_code_of(checked.problems)


def _handed_over(manifest: Manifest, checked: Checked, *, how: str) -> str:
    """What was handed over, what will become of it, and what comes next."""
    errors = sum(problem.severity == "error" for problem in checked.problems)
    warnings = len(checked.problems) - errors
    lines = [
        f"{manifest.site}/{manifest.delivery}: handed over, "
        f"{counted(len(manifest.files), 'file')}, {counted(manifest.rows, 'record')}, all "
        f"{manifest.provenance}",
        f"checked by itself: {checked.accepted} accepted + {checked.quarantined} quarantined; "
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"
        + (f". To see them: {how}" if checked.problems else ""),
        "A running daemon takes it in by itself; without one: imsct materialize",
    ]
    return "\n".join(lines)
