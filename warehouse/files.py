"""Files: hashes, writes that are whole or absent, locks.

Belongs here: how bytes reach the disk and are known by their hash, whatever they mean.
Does not belong here: which files there are (`landing`, `ledger`, `snapshots`).
A file under a temporary name (`.tmp-...`) is nobody's: a crash leaves it, `sweep` removes it.
"""

import errno
import fcntl
import hashlib
import os
import re
import secrets
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from schemas.errors import IntegrityError, StorageError

TEMPORARY = ".tmp-"
_BLOCK = 1 << 20
#: The system's words, and SQLite's two, which does not pass them on.
_FULL = re.compile(
    "No space left on device|File too large|Disk quota exceeded|disk is full|disk I/O error"
)


class NotRegularError(StorageError):
    """The name belongs to a link, a device or another thing that is no regular file."""


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """Descriptor of a regular file for reading; links are not followed, a pipe does not block.

    Raises
    ------
    NotRegularError
        If it is a link, a device, a folder or a pipe.
    StorageError
        If it is missing or may not be read.
    """
    try:
        # O_NONBLOCK: opening a named pipe would wait for a writer.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in (errno.ELOOP, errno.ENXIO):
            raise NotRegularError(f"{path.name} is a link or a device, not a file.") from error
        raise as_storage_error(error, f"{path.name} cannot be read") from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotRegularError(f"{path.name} is not a regular file.")
        yield descriptor
    finally:
        os.close(descriptor)


def size_and_sha256(path: Path) -> tuple[int, str]:
    """Size and sha256 of a regular file, read in blocks."""
    digest, size = hashlib.sha256(), 0
    with opened(path) as descriptor:
        for block in _blocks(descriptor):
            digest.update(block)
            size += len(block)
    return size, digest.hexdigest()


def sha256_of(path: Path) -> str:
    """The sha256 of a regular file, read in blocks."""
    return size_and_sha256(path)[1]


def read_small(path: Path, *, limit: int) -> bytes | None:
    """All bytes of a regular file; None where there are more than `limit`."""
    with opened(path) as descriptor:
        found = b""
        while len(found) <= limit:
            block = os.read(descriptor, limit + 1 - len(found))
            if not block:
                return found
            found += block
    return None


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file that is there whole or not at all; an older one is replaced.

    Raises
    ------
    StorageError
        If the disk is full or may not be written; nothing is left under the final name.
    """
    with written(path, mode=mode) as descriptor:
        _write_all(descriptor, data)


def keep(source: Path, store: Path, *, expected: str) -> Path:
    """Copy a file into a store whose files are named by their sha256; once is enough.

    Raises
    ------
    IntegrityError
        If the source no longer has the expected hash, or the kept file has lost it.
    StorageError
        If the copy cannot be written.
    """
    kept = store / expected
    if kept.exists():
        if sha256_of(kept) != expected:
            raise IntegrityError(
                f"{store.name}/{expected[:16]}... (E_SHA256): its bytes no longer have the hash of "
                "its name. Restore this file from a backup, then repeat."
            )
        return kept
    digest = hashlib.sha256()
    with opened(source) as reading, written(kept, mode=0o444) as writing:
        for block in _blocks(reading):
            digest.update(block)
            _write_all(writing, block)
        if digest.hexdigest() != expected:
            raise IntegrityError(
                f"{source.name} (E_SHA256): the file changed while it was being received. Nothing "
                "of its delivery was received. Repeat once the delivery is at rest."
            )
    return kept


def keep_bytes(data: bytes, store: Path) -> str:
    """Write bytes into a store whose files are named by their sha256; give back the name."""
    name = hashlib.sha256(data).hexdigest()
    if not (store / name).exists():
        write_atomically(store / name, data, mode=0o444)
    return name


@contextmanager
def written(path: Path, *, mode: int) -> Iterator[int]:
    """Descriptor of a temporary file that takes its final name when the block ends well."""
    temporary = temporary_beside(path)
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            yield descriptor
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise as_storage_error(error, f"{path.name} cannot be written") from error
    finally:
        temporary.unlink(missing_ok=True)


def put_in_place(temporary: Path, path: Path, *, mode: int) -> None:
    """Give a finished temporary file its final name, durably."""
    try:
        descriptor = os.open(temporary, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fchmod(descriptor, mode)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.rename(path)
        sync_folder(path.parent)
    except OSError as error:
        raise as_storage_error(error, f"{path.name} cannot be written") from error


def put_folder_in_place(temporary: Path, folder: Path) -> None:
    """Give a folder of finished files its final name, durably; its files become read-only."""
    try:
        for path in sorted(temporary.iterdir()):
            descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fchmod(descriptor, 0o444)
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        sync_folder(temporary)
        temporary.rename(folder)
        sync_folder(folder.parent)
    except OSError as error:
        raise as_storage_error(error, f"{folder.name} cannot be written") from error


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, unless it is there.

    Raises
    ------
    StorageError
        If the disk is full, may not be written, or has a file of that name.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise as_storage_error(error, f"the folder {folder.name} cannot be made") from error


def temporary_beside(path: Path) -> Path:
    """A fresh temporary name in the folder of `path`: a rename never crosses file systems."""
    return path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}-{path.name}")


def sweep(folder: Path) -> list[str]:
    """Remove what a crash left under temporary names; call it holding the folder's lock."""
    orphans = sorted(folder.glob(f"{TEMPORARY}*"))
    for orphan in orphans:
        if orphan.is_dir() and not orphan.is_symlink():
            shutil.rmtree(orphan)
        else:
            orphan.unlink()
    return [orphan.name for orphan in orphans]


def sync_folder(folder: Path) -> None:
    """Make the names of a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def locked(folder: Path, *, doing: str) -> Iterator[None]:
    """Hold a folder's lock; a second process is told at once.

    Raises
    ------
    StorageError
        If another process holds it.
    """
    try:
        descriptor = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise as_storage_error(error, f"{folder.name}/.lock cannot be made") from error
    try:
        _lock_at_once(descriptor, f"is {doing} in {folder.name}/.")
        yield
    finally:
        os.close(descriptor)


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a file of one's own as a sign of life: the system lets go of it when the process ends.

    Raises
    ------
    StorageError
        If another process holds it, or it cannot be made.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise as_storage_error(error, f"{path.name} cannot be made") from error
    try:
        _lock_at_once(descriptor, f"holds {path.name}.")
        try:
            yield
        finally:
            path.unlink(missing_ok=True)  # while it is held: nobody sees it without its holder
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether a living process holds the file; one that is missing is held by nobody."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise as_storage_error(error, f"{path.name} cannot be read") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _lock_at_once(descriptor: int, doing: str) -> None:
    """Take the lock and leave in its file who has it, or say who does."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        noted = os.pread(descriptor, 100, 0).decode("ascii", "replace")
        who = f"Another process ({noted})" if noted else "Another process"
        raise StorageError(f"{who} {doing} Wait for it to end, then repeat.") from error
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    with suppress(OSError):  # the lock holds without its note, on a full disk say
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}, since {since}".encode(), 0)


def _blocks(descriptor: int) -> Iterator[bytes]:
    """The bytes of an open file, block by block."""
    while block := os.read(descriptor, _BLOCK):
        yield block


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all bytes; the system may take fewer than offered at a time."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def full_disk(text: str) -> StorageError | None:
    """What to do where a library says that the disk took no more; None where it says another thing.

    DuckDB, SQLite and polars each have a class of their own for it, the system's words in common.
    """
    if not _FULL.search(text):
        return None
    return StorageError(
        "The disk took no more: it is full, or a quota or a limit on file size is reached. Make "
        "space, then repeat; nothing is left half done, and what was published before is "
        "untouched. 'imsct doctor' says how much is free."
    )


def as_storage_error(error: OSError, what: str) -> StorageError:
    """The system's refusal in words, with what to do."""
    remedy = {
        errno.ENOSPC: "The disk is full: make space, then repeat; nothing is left half done.",
        errno.EDQUOT: "The quota is used up: make space, then repeat; nothing is left half done.",
        errno.EFBIG: "A limit on file size is reached: raise it, then repeat; nothing is left half "
        "done.",
        errno.ENOENT: "It is not there: check the folder, then repeat.",
        errno.EROFS: "The disk is mounted read-only.",
        errno.EEXIST: "Something else has its name: move it away, then repeat.",
        errno.ENOTDIR: "A file has the name of its folder: move it away, then repeat.",
    }.get(error.errno or 0, "Check the permissions and the disk, then repeat.")
    return StorageError(f"{what} ({error.strerror}). {remedy}")
