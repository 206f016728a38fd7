"""Feature sets: wide tables of radiomics, one Parquet file each, named by their content.

Belongs here: writing such a file, its hash compared before it is read, features of studies as a
matrix.
Does not belong here: reading a delivered table (`assets.readers.radiomics`), which study stands for
a case (`analyses.cohort`), the row that describes a set (`core.feature_sets`).
A file has `study_id`, `structure`, then one float32 column per feature; NaN is a feature not
computed. Values lie in it plain, one page per column, so that a column is read straight into its
place: ten times faster than through a decoder, and any program can still read it as Parquet.
"""

import hashlib
import io
import os
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from schemas.errors import IntegrityError, UsageError
from warehouse.decisions import erased
from warehouse.files import opened, sha256_of, write_atomically
from warehouse.home import Home
from warehouse.ledger import Ledger

#: Ledger's kind of event for a feature set that was kept.
FEATURES = "features"
KEYS = ("study_id", "structure")
_ONE_PAGE = 1 << 30
_REMEDY = (
    "Restore it from a backup; or delete it and run 'imsct materialize --rebuild', which makes it "
    "again."
)


@dataclass(frozen=True)
class KeptSet:
    """A feature set as it lies in `features/`."""

    sha256: str
    rows: int
    n_features: int


@dataclass(frozen=True)
class FeatureMatrix:
    """Features of studies: a row per study asked for, NaN throughout where no set has it."""

    values: NDArray[np.float32]
    names: tuple[str, ...]
    is_there: NDArray[np.bool_]


def keep_set(home: Home, ledger: Ledger, table: pl.DataFrame, **said: object) -> KeptSet:
    """Keep a feature set under its hash, and record it with what is said of it.

    `table` has `study_id`, `structure`, then numbers. The same set again changes nothing.
    """
    data = _as_parquet(table)
    kept = KeptSet(hashlib.sha256(data).hexdigest(), table.height, table.width - len(KEYS))
    path = feature_path(home, kept.sha256)
    if not path.exists():
        write_atomically(path, data, mode=0o400)
    known = {event.payload["file_sha256"] for event in ledger.events(FEATURES)}
    if kept.sha256 not in known:
        counted = {"rows": kept.rows, "features": kept.n_features}
        ledger.append(FEATURES, file_sha256=kept.sha256, **counted, **said)
    return kept


def feature_path(home: Home, sha256: str) -> Path:
    """Where the file of a feature set lies."""
    return home.features / f"{sha256}.parquet"


@dataclass(frozen=True)
class HeldIn:
    """A feature set with studies asked for; `studies` is None where its file is lost or spoilt."""

    feature_set: str
    delivery: str
    sha256: str
    studies: tuple[str, ...] | None


def sets_with(
    home: Home, ledger: Ledger, studies: Collection[str], *, site: str | None
) -> list[HeldIn]:
    """Every feature set that was kept of a site and holds one of the studies."""
    found = []
    gone = {(e.payload["site"], e.payload["delivery"]) for e in erased(ledger).values()}
    for event in ledger.events(FEATURES):
        said = {key: str(value) for key, value in event.payload.items()}
        is_erased = (site, said.get("delivery")) in gone
        if said.get("site") != site or (
            is_erased and not feature_path(home, said["file_sha256"]).exists()
        ):
            continue
        held: tuple[str, ...] | None = None
        with suppress(IntegrityError):
            keys = _File.of(home, said["file_sha256"]).keys["study_id"]
            held = tuple(sorted(set(keys) & set(studies)))
        if held is None or held:
            found.append(HeldIn(said["feature_set"], said["delivery"], said["file_sha256"], held))
    return found


def feature_matrix(
    home: Home, sets: Sequence[str], studies: Sequence[str], *, structure: str
) -> FeatureMatrix:
    """The features of studies from sets of the same features, by the hashes of their files.

    Raises
    ------
    UsageError
        If no set is named, or the sets have not the same features.
    IntegrityError
        If a file is missing or is not what was kept, or two sets hold one study.
    """
    if not sets:
        raise UsageError(
            "No feature set is named. 'feature_sets' in the dictionary describes them."
        )
    names: tuple[str, ...] | None = None
    values = np.empty((0, 0), np.float32)
    is_there = np.zeros(len(studies), np.bool_)
    for sha256 in sets:
        file = _File.of(home, sha256)
        if names is None:
            names = file.names
            if file.is_exactly(studies, structure):
                values, is_there[:] = file.values(), True
                continue
            values = np.full((len(names), len(studies)), np.nan, np.float32).T
        elif names != file.names:
            raise UsageError(
                f"Feature sets {sets[0][:16]}... and {sha256[:16]}... have not the same features. "
                "Name sets of one extractor, version and settings."
            )
        to, rows = file.rows_of(studies, structure)
        if is_there[to].any():
            raise IntegrityError(
                f"features/{sha256[:16]}...: it holds a study that another of the sets holds too. "
                "Name one of the two."
            )
        values[to] = file.values()[rows]
        is_there[to] = True
    return FeatureMatrix(values, names or (), is_there)


def check_feature_file(path: Path) -> None:
    """Compare the file of a feature set with the hash in its name.

    Raises
    ------
    IntegrityError
        If it is missing or differs.
    """
    shown = f"features/{path.stem[:16]}..."
    if not path.is_file():
        raise IntegrityError(f"{shown} (E_SHA256): the file is missing.", _REMEDY)
    if sha256_of(path) != path.stem:
        raise IntegrityError(
            f"{shown} (E_SHA256): its bytes do not have the hash of its name. It was not used.",
            _REMEDY,
        )


@lru_cache(maxsize=64)
def _check_once(path: Path, size: int, changed: int, inode: int) -> None:
    """Compare a file once in a process, as long as size, time and place stay the same."""
    check_feature_file(path)


@dataclass(frozen=True)
class _File:
    """A feature file that was verified."""

    path: Path
    meta: pq.FileMetaData
    keys: pl.DataFrame

    @classmethod
    def of(cls, home: Home, sha256: str) -> "_File":
        """Verify and open one."""
        path = feature_path(home, sha256)
        if path.is_file():
            state = path.stat()
            _check_once(path, state.st_size, state.st_mtime_ns, state.st_ino)
        else:
            check_feature_file(path)  # says what to do
        file = pq.ParquetFile(path)
        keys = pl.DataFrame(file.read(columns=list(KEYS)))
        return cls(path, file.metadata, keys)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the features."""
        return tuple(self.meta.schema.names[len(KEYS) :])

    def is_exactly(self, studies: Sequence[str], structure: str) -> bool:
        """Whether the file has these studies in this order, and nothing else."""
        is_same = self.keys.height == len(studies) and (self.keys["structure"] == structure).all()
        return bool(is_same and (self.keys["study_id"] == pl.Series(studies)).all())

    def rows_of(
        self, studies: Sequence[str], structure: str
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Places of the studies that the file has: among those asked for, and in the file."""
        asked = pl.DataFrame({"study_id": list(studies)}, schema={"study_id": pl.String})
        there = self.keys.with_row_index("at").filter(pl.col("structure") == structure)
        found = asked.with_row_index("to").join(there, on="study_id")
        return found["to"].cast(pl.Int64).to_numpy(), found["at"].cast(pl.Int64).to_numpy()

    def values(self) -> NDArray[np.float32]:
        """All features: a row per row of the file."""
        rows = self.meta.num_rows
        out = np.empty((len(self.names), rows), np.float32)
        with opened(self.path) as descriptor:
            for place in range(len(self.names) if rows else 0):
                chunk = self.meta.row_group(0).column(place + len(KEYS))
                end = chunk.data_page_offset + chunk.total_compressed_size
                if (
                    chunk.num_values != rows
                    or os.preadv(descriptor, [out[place].data], end - 4 * rows) != 4 * rows
                ):
                    raise IntegrityError(f"features/{self.path.stem[:16]}...: cut short.", _REMEDY)
        return out.T


def _as_parquet(table: pl.DataFrame) -> bytes:
    """The bytes of a set, rows sorted by study and structure."""
    ordered = table.sort(*KEYS)
    features = [name for name in ordered.columns if name not in KEYS]
    numbers = ordered.select(pl.col(features).cast(pl.Float32).fill_null(np.nan)).to_arrow()
    texts = (
        ordered.select(pl.col(KEYS).cast(pl.String))
        .to_arrow()
        .cast(pa.schema([pa.field(name, pa.string(), nullable=False) for name in KEYS]))
    )
    fields = [pa.field(name, pa.float32(), nullable=False) for name in features]
    columns = [*texts.columns, *(column.combine_chunks() for column in numbers.columns)]
    out = io.BytesIO()
    pq.write_table(
        pa.table(columns, schema=pa.schema([*texts.schema, *fields])),
        out,
        row_group_size=max(1, ordered.height),
        compression="none",
        use_dictionary=False,
        write_statistics=False,
        store_schema=False,
        data_page_version="1.0",
        data_page_size=_ONE_PAGE,
        max_rows_per_page=max(1, ordered.height),
    )
    return out.getvalue()
