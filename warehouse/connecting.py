"""Opening the file of a store, plain or encrypted; and in words why it cannot be opened.

Belongs here: the connection, the encryption extension, what the engine's refusals mean.
Does not belong here: what is in the file (`warehouse.store`), where a key comes from
(`warehouse.encryption`), snapshots (`warehouse.published`).
"""

import os
import re
from importlib.util import find_spec
from pathlib import Path

import duckdb

from schemas.errors import ImsctError, IntegrityError, StorageError
from warehouse.sql import literal
from warehouse.writing import owner_in_words

#: Package that carries the extension with which the engine encrypts what it writes.
PACKAGE = "duckdb_extension_httpfs"
#: Name under which an encrypted file is attached: the engine takes a key in no other way.
_ATTACHED = "store"
_OFFLINE: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}
_REBUILD = (
    "'imsct materialize --rebuild' builds it again from received/ and the ledger, as imsct.yaml "
    "says now."
)


class StoreInUseError(StorageError):
    """Another process writes the store."""


def connect(
    path: Path | None, key: str | None = None, *, is_read_only: bool = False
) -> duckdb.DuckDBPyConnection:
    """Open the file at `path`, encrypted where there is a key; without a path, one in memory.

    Raises
    ------
    StoreInUseError
        If another process writes it.
    StorageError
        If the key is not the file's, the extension is missing, or the file cannot be opened.
    IntegrityError
        If it is damaged.
    """
    try:
        if path is None or key is None:
            return duckdb.connect(str(path or ":memory:"), read_only=is_read_only)
        return _attached(path, key, is_read_only=is_read_only)
    except duckdb.Error as error:
        raise why_not_opened(path, error) from error


def cursor(con: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """A second connection to the same database; the engine forgets which one it was."""
    name = con.execute("select current_database()").fetchall()[0][0]
    second = con.cursor()
    if name == _ATTACHED:
        second.execute(f"use {_ATTACHED}")
    return second


def extension() -> Path:
    """The file of the extension that encrypts, of exactly this engine's version.

    Raises
    ------
    StorageError
        If its package is not installed, or is of another version.
    """
    spec = find_spec(PACKAGE)
    version = duckdb.__version__
    if spec is not None and spec.origin is not None:
        place = Path(spec.origin).parent / "extensions" / f"v{version}" / "httpfs.duckdb_extension"
        if place.is_file():
            return place
    shown = PACKAGE.replace("_", "-")
    raise StorageError(
        f"imsct.yaml, encryption: the package {shown} {version} is not installed, and without it "
        "nothing encrypted is written. Install it from your package index: python -m pip install "
        f"{shown}=={version}. Nothing is downloaded by the program itself."
    )


def _attached(path: Path, key: str, *, is_read_only: bool) -> duckdb.DuckDBPyConnection:
    """A connection in memory that works on the encrypted file."""
    con = duckdb.connect(":memory:", config=_OFFLINE)
    try:
        con.execute(f"load {literal(str(extension()))}")
        # What does not fit into memory goes to the disk: beside the store, and encrypted too.
        con.execute("set temp_file_encryption = true")
        con.execute(f"set temp_directory = {literal(f'{path}.tmp')}")
        options = "encryption_key ?" + (", read_only" if is_read_only else "")
        con.execute(f"attach {literal(str(path))} as {_ATTACHED} ({options})", [key])
        con.execute(f"use {_ATTACHED}")
    except BaseException:
        con.close()
        raise
    return con


def why_not_opened(path: Path | None, error: Exception) -> ImsctError:
    """Why a file cannot be opened, and what to do."""
    shown = path.name if path else "memory"
    text = str(error)
    if path and re.search(r"\block\b|handle conflict", text, re.IGNORECASE):  # no corrupt "block"
        return StoreInUseError(
            f"{shown} is being written by {owner_in_words(path)}.",
            "Wait for it to end, then repeat; or let the command wait: 'imsct materialize --wait "
            "600'. To read meanwhile, open the file that published/CURRENT names.",
        )
    if "Wrong encryption key" in text:
        return StorageError(
            f"{shown} was encrypted with another key than the one that imsct.yaml names. Nothing "
            "was changed.",
            f"Name the right key; where it is lost: {_REBUILD}",
        )
    if "without a key" in text:
        return StorageError(
            f"{shown} is encrypted, and imsct.yaml names no key.",
            f"Name it under 'encryption'; where it is lost: {_REBUILD}",
        )
    if "is not encrypted" in text:
        return StorageError(
            f"{shown} is not encrypted, and imsct.yaml asks for it.",
            f"{_REBUILD} The plain file is deleted when that has worked, not overwritten: on the "
            "disk its bytes may remain.",
        )
    if "version number" in text:
        return IntegrityError(
            f"{shown} was written by another version of the engine, which this one "
            f"({duckdb.__version__}) cannot read. Nothing was changed.",
            "Use the program that made it; or 'imsct materialize --rebuild' builds it again from "
            "received/ and the ledger.",
        )
    if path is not None and path.exists() and os.access(path, os.R_OK | os.W_OK):
        return IntegrityError(
            f"{shown} is damaged ({type(error).__name__}).",
            "'imsct materialize --rebuild' builds it again from received/ and the ledger.",
        )
    return StorageError(
        f"{shown} cannot be opened ({type(error).__name__}).",
        "Check the disk and the permissions.",
    )
