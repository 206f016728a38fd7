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
        """Make the folders that are missing; a new home is its owner's alone (0700).

        Raises
        ------
        StorageError
            If a folder cannot be made.
        """
        is_new = not self.ledger.is_dir()
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            if is_new:  # the mode of a home in use is its operator's affair
                self.path.chmod(0o700)
            for folder in _FOLDERS:
                (self.path / folder).mkdir(exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"The home {self.path} cannot be made ({error.strerror}). Name a folder that can "
                "be written with --home or IMSCT_HOME."
            ) from error

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
