"""The package beside a snapshot: the same rows as Parquet, described so that others can use them.

Belongs here: the folder `published/<id>/`: a Parquet file per table, `datapackage.json`
(Frictionless Data Package), the dictionary of that version, licence and citation.
Does not belong here: the snapshot file and its manifest (`warehouse.snapshots`).
Everything in it follows from the snapshot's rows and manifest: the folder can be made again.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from schemas.citation import authors_of, citation, contributors_of
from schemas.columns import Column, Integer, Number
from schemas.exports import dictionary_as
from schemas.tables import BY_NAME
from warehouse.content import TableName
from warehouse.files import (
    full_disk,
    put_folder_in_place,
    sha256_of,
    temporary_beside,
    write_atomically,
)
from warehouse.settings import NO_LICENCE

DESCRIPTOR = "datapackage.json"
_FIELD_TYPES: dict[type[pl.DataType], str] = {
    pl.String: "string",
    pl.Int64: "integer",
    pl.Float64: "number",
    pl.Boolean: "boolean",
}


def write_package(
    folder: Path,
    tables: Mapping[TableName, pl.DataFrame],
    *,
    keys: Mapping[TableName, Sequence[str]],
    snapshot: str,
    created: str,
    schema_version: str,
    about: Mapping[str, object],
) -> str:
    """Write the package of a snapshot as `folder`, whole or not at all.

    Parameters
    ----------
    folder
        Where it goes; one that is there is left as it is.
    tables
        The rows, in the order in which the snapshot's content is hashed.
    keys
        Key columns by table.
    snapshot, created, schema_version
        Id, time and dictionary version of the snapshot.
    about
        `title`, `licence`, `contributors` as the home's settings say.

    Returns
    -------
    str
        The sha256 of `datapackage.json`, which names the sha256 of every other file.

    Raises
    ------
    StorageError
        If the disk is full.
    """
    descriptor = folder / DESCRIPTOR
    if not descriptor.exists():
        temporary = temporary_beside(folder)
        temporary.mkdir(mode=0o700)
        try:
            _write(temporary, tables, keys, snapshot, created, schema_version, about)
            put_folder_in_place(temporary, folder)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
    return hashlib.sha256(descriptor.read_bytes()).hexdigest()


def package_fault(folder: Path, recorded: str) -> str:
    """What of a package is not as the ledger recorded its descriptor; empty where nothing is."""
    descriptor = folder / DESCRIPTOR
    if not descriptor.is_file():
        return f"{DESCRIPTOR} is missing"
    if sha256_of(descriptor) != recorded:
        return f"{DESCRIPTOR} is not the one that the ledger recorded"
    named: dict[str, str] = json.loads(descriptor.read_bytes())["files"]
    there = {path.name for path in folder.iterdir()} - {DESCRIPTOR}
    differing = sorted(there ^ set(named)) or sorted(
        name for name, digest in named.items() if sha256_of(folder / name) != digest
    )
    return f"{', '.join(differing[:3])} changed after publication" if differing else ""


def read_package(folder: Path) -> dict[TableName, pl.DataFrame]:
    """The tables of a package whose bytes were compared before."""
    frames = {}
    for path in sorted(folder.glob("*.parquet")):
        layer, _, table = path.stem.partition(".")
        frames[layer, table] = pl.read_parquet(path)
    return frames


def _write(
    folder: Path,
    tables: Mapping[TableName, pl.DataFrame],
    keys: Mapping[TableName, Sequence[str]],
    snapshot: str,
    created: str,
    schema_version: str,
    about: Mapping[str, object],
) -> None:
    """Every file of the package; the descriptor last."""
    resources = []
    for table, frame in sorted(tables.items()):
        path = folder / f"{'.'.join(table)}.parquet"
        # no statistics and one row group size: the bytes follow from the rows alone
        try:
            frame.write_parquet(path, compression="zstd", statistics=False)
        except (OSError, pl.exceptions.ComputeError) as error:
            raise full_disk(str(error)) or error from error
        resources.append(_resource(path, table, frame, keys.get(table, ())))
    for name, text in (
        ("dictionary.json", dictionary_as("json")),
        ("dictionary.md", dictionary_as("markdown")),
        ("LICENCE.txt", f"{about.get('licence', NO_LICENCE)}\n"),
        ("CITATION.cff", _citation(snapshot, created, about)),
    ):
        write_atomically(folder / name, text.encode(), mode=0o444)
    described: dict[str, Any] = {
        "profile": "data-package",
        "name": f"imsct-{snapshot}",
        "title": about.get("title", ""),
        "version": snapshot,
        "created": created,
        "licenses": [{"name": "other", "title": about.get("licence", NO_LICENCE)}],
        "contributors": [{"title": name} for name in contributors_of(about)],
        "imsct": {"schema_version": schema_version},
        "files": {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(folder.iterdir())
        },
        "resources": resources,
    }
    text = json.dumps(described, indent=1, ensure_ascii=False) + "\n"
    write_atomically(folder / DESCRIPTOR, text.encode(), mode=0o444)


def _resource(
    path: Path, table: TableName, frame: pl.DataFrame, key: Sequence[str]
) -> dict[str, Any]:
    """One table in the words of the Data Package standard."""
    declared = BY_NAME[table[1]] if table[0] == "core" and table[1] in BY_NAME else None
    columns = {} if declared is None else {c.name: c for c in declared.kept_columns}
    schema: dict[str, Any] = {
        "fields": [_field(name, kind, columns.get(name)) for name, kind in frame.schema.items()]
    }
    if key:
        schema["primaryKey"] = list(key)
    return {
        "name": ".".join(table),
        "path": path.name,
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": "" if declared is None else declared.description,
        "hash": "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest(),
        "bytes": path.stat().st_size,
        "rows": frame.height,
        "schema": schema,
    }


def _field(name: str, kind: pl.DataType, column: Column | None) -> dict[str, Any]:
    """One column: type, and of a declared one what it means, its unit and its bounds."""
    field: dict[str, Any] = {"name": name, "type": _FIELD_TYPES[type(kind)]}
    if column is None:
        return field
    field |= {"title": column.title, "description": column.description}
    if column.unit:
        field["unit"] = column.unit
    if isinstance(column.type, Integer | Number) and column.type.high < 1e300:
        field["constraints"] = {"minimum": column.type.low, "maximum": column.type.high}
    return field


def _citation(snapshot: str, created: str, about: Mapping[str, object]) -> str:
    """How the rows are cited."""
    return citation(
        title=str(about.get("title", "")),
        version=snapshot,
        authors=authors_of(about),
        released=created[:10],
    )
