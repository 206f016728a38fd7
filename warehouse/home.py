"""A home: the folder in which one installation keeps everything.

Belongs here: the names of what lies in a home, making the empty folders, a kept file by its hash.
Does not belong here: writing any of it (`landing`, `ledger`, `snapshots`, `store`).
"""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from schemas.errors import IntegrityError, StorageError
from warehouse.files import opened
from warehouse.ledger import FILE_NAME

_FOLDERS = (
    "profiles",
    "landing",
    "received",
    "features",
    "results",
    "reports",
    "published",
    "ledger",
    "dagster",
)


@dataclass(frozen=True)
class Home:
    """The paths of a home; nothing is made but by `create`, nothing read but kept files."""

    path: Path

    @property
    def settings(self) -> Path:
        """Settings of the installation."""
        return self.path / "imsct.yaml"

    @property
    def profiles(self) -> Path:
        """Profiles of sites' own layouts: `<name>.yaml`."""
        return self.path / "profiles"

    @property
    def landing(self) -> Path:
        """Deliveries as handed over: `<site>/<delivery>/`."""
        return self.path / "landing"

    @property
    def received(self) -> Path:
        """Bytes of every received file, each named by its sha256."""
        return self.path / "received"

    @property
    def database(self) -> Path:
        """The writer's database; can be built again from `received` and `ledger`."""
        return self.path / "warehouse.duckdb"

    @property
    def features(self) -> Path:
        """Wide Parquet, one file per radiomics feature set."""
        return self.path / "features"

    @property
    def results(self) -> Path:
        """`<plan>-<snapshot id>/`."""
        return self.path / "results"

    @property
    def reports(self) -> Path:
        """`<plan>-<snapshot id>/`."""
        return self.path / "reports"

    @property
    def published(self) -> Path:
        """Snapshots, their manifests, and `CURRENT`."""
        return self.path / "published"

    @property
    def ledger(self) -> Path:
        """The append-only record of events."""
        return self.path / "ledger"

    @property
    def dagster(self) -> Path:
        """Dagster's own storage."""
        return self.path / "dagster"

    def create(self) -> None:
        """Make what is missing, an empty ledger too; a new home is its owner's alone (0700).

        Raises
        ------
        StorageError
            If a folder cannot be made.
        IntegrityError
            If the ledger was lost.
        """
        self.demand_ledger()
        is_new = not self.ledger.is_dir()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if is_new:  # the mode of a home in use is its operator's affair
                self.path.chmod(0o700)
            for folder in _FOLDERS:
                (self.path / folder).mkdir(exist_ok=True)
            # there from the first moment on: so one that is missing later was lost
            if not (self.ledger / FILE_NAME).exists():
                (self.ledger / FILE_NAME).touch(mode=0o600)
        except OSError as error:
            raise StorageError(
                f"The home {self.path} cannot be made ({error.strerror}). Name a folder that can "
                "be written with --home or IMSCT_HOME."
            ) from error

    def demand_ledger(self) -> None:
        """Refuse a home whose ledger was lost: without it nobody knows whose files it holds.

        An empty one is sound until something is published: a first delivery may have been killed
        before its event was written.

        Raises
        ------
        IntegrityError
            If there is none and files were received or published, or an empty one and a snapshot.
        """
        file = self.ledger / FILE_NAME
        size = file.stat().st_size if file.exists() else None
        is_published = any(self.published.glob("*.duckdb")) or (self.published / "CURRENT").exists()
        is_received = self.received.is_dir() and any(self.received.iterdir())
        if (size is None and is_received) or (not size and is_published):
            what = "missing" if size is None else "empty"
            raise IntegrityError(
                f"ledger/{FILE_NAME} (E_LEDGER): the file is {what}, and the home holds what it "
                "recorded. Restore ledger/ from a backup. Nothing was read or written; building "
                "again without it would lose every delivery that no longer lies in landing/."
            )

    def received_bytes(self, sha256: str) -> bytes:
        """The bytes of a received file, whose hash is compared first.

        Raises
        ------
        IntegrityError
            If the bytes no longer have this hash.
        StorageError
            If the file is missing or cannot be read.
        """
        with opened(self.received / sha256) as descriptor:
            data = bytearray()
            while block := os.read(descriptor, 1 << 20):
                data += block
        if hashlib.sha256(data).hexdigest() != sha256:
            raise IntegrityError(
                f"received/{sha256[:16]}... (E_SHA256): the bytes do not have that hash; "
                "the file changed after it was received. It was not used. Restore it from a backup."
            )
        return bytes(data)
