"""Exporting: the package of a snapshot copied to where others can take it.

Belongs here: comparing every hash before and after, the note beside it, the `export` event, CSV
that leaves the house.
Does not belong here: what a package holds (`warehouse.package`).
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from schemas.errors import IntegrityError, UsageError
from warehouse.files import (
    as_storage_error,
    put_folder_in_place,
    temporary_beside,
    write_atomically,
)
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.package import DESCRIPTOR, package_fault
from warehouse.publications import RETIRED, event_of
from warehouse.snapshots import package_path, snapshot_path

EXPORT = "export"
NOTE = "EXPORT.txt"


@dataclass(frozen=True)
class Exported:
    """What was exported, and where it lies."""

    snapshot: str
    folder: Path
    files: int
    rows: int
    sha256: str
    simulated: int
    cases: int
    seq: int

    @property
    def label(self) -> str:
        """What the cases are, for whoever opens the folder."""
        if not self.simulated:
            return f"{self.cases} cases; none is simulated."
        return (
            f"SIMULATED DATA: {self.simulated} of {self.cases} cases were made by a program and "
            "are no patients (column provenance)."
        )

    @property
    def message(self) -> str:
        """For the user."""
        return (
            f"{self.folder}: snapshot {self.snapshot}, {self.files} files, {self.rows} rows "
            f"(ledger seq {self.seq})\n{self.label}\nsha256 of {DESCRIPTOR}: {self.sha256}"
        )


def export(home: Home, ledger: Ledger, snapshot_id: str, out: Path, *, by: str) -> Exported:
    """Copy the package of a snapshot into a folder that is not there yet, whole or not at all.

    The ledger has the export before the folder has its name: nothing leaves unrecorded.

    Raises
    ------
    UsageError
        If the target exists, or there is no such snapshot.
    IntegrityError
        If the package, or what was copied, is not as published.
    StorageError
        If the folder cannot be written.
    """
    event = event_of(ledger, snapshot_id)
    if event.kind == RETIRED:
        raise UsageError(
            f"Snapshot {snapshot_id} was retired. 'imsct snapshot restore {snapshot_id}' brings it "
            "back; then export it."
        )
    if os.path.lexists(out):
        raise UsageError(f"--out {out}: it is there already. Name a folder that is not.")
    recorded = str(event.payload["package_sha256"])
    package = package_path(snapshot_path(home, snapshot_id))
    _demand_whole(package, recorded, f"published/{snapshot_id}/", snapshot_id)
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        temporary = temporary_beside(out)
        shutil.copytree(package, temporary)
    except (OSError, shutil.Error) as error:
        cause = error if error.errno else OSError(str(type(error).__name__))
        raise as_storage_error(cause, f"{out.name} cannot be written") from error
    try:
        _demand_whole(temporary, recorded, "the copy", snapshot_id)
        described = json.loads((temporary / DESCRIPTOR).read_bytes())
        said = {
            "files": len(described["files"]) + 1,
            "rows": sum(resource["rows"] for resource in described["resources"]),
            **_cases(temporary),
        }
        entry = ledger.append(EXPORT, snapshot=snapshot_id, sha256=recorded, by=by, **said)
        exported = Exported(
            snapshot=snapshot_id, folder=out, sha256=recorded, seq=entry.seq, **said
        )
        write_atomically(temporary / NOTE, _note(exported, described["title"]).encode())
        put_folder_in_place(temporary, out)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    return exported


def safe_csv(rows: pl.DataFrame) -> str:
    """CSV that no spreadsheet runs: a text that starts like a formula gets an apostrophe."""
    text = pl.selectors.string()
    risky = text.str.contains(r"^[=+\-@\t\r]")
    safe = rows.with_columns(pl.when(risky).then("'" + text).otherwise(text).name.keep())
    return safe.write_csv(quote_style="non_numeric")


def _demand_whole(folder: Path, recorded: str, shown: str, snapshot_id: str) -> None:
    """Refuse a package that is not as published."""
    if fault := package_fault(folder, recorded):
        raise IntegrityError(
            f"{shown} (E_SHA256): {fault}. Nothing was exported. Run 'imsct snapshot restore "
            f"{snapshot_id}': it brings it back."
        )


def _cases(folder: Path) -> dict[str, int]:
    """How many cases there are, and how many of them are simulated."""
    path = folder / "core.cases.parquet"
    column = "provenance"
    if not path.exists() or column not in pl.read_parquet_schema(path):
        return {"simulated": 0, "cases": 0}
    provenance = pl.read_parquet(path, columns=[column])[column]
    return {"simulated": int((provenance == "simulated").sum()), "cases": len(provenance)}


def _note(exported: Exported, title: str) -> str:
    """The note beside the files."""
    return (
        f"Snapshot {exported.snapshot} of: {title}\n{exported.label}\n"
        f"The sha256 of {DESCRIPTOR} is {exported.sha256}; it names those of the other files.\n"
        "Terms: LICENCE.txt. How to cite: CITATION.cff. Pseudonymised data stay personal data.\n"
    )
