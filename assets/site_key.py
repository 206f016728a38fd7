"""The site's key: 32 random bytes in a file that nobody else may read.

Belongs here: making a key file, and reading one that is safe.
Does not belong here: what is done with it (`schemas.identifiers.pseudonyms`).
The key is shown nowhere; whoever has it and a local id can find the patient again.
"""

import os
import secrets
import stat
from pathlib import Path

from schemas.errors import StorageError, UsageError
from schemas.identifiers.pseudonyms import KEY_LENGTH
from warehouse.files import NotRegularError, as_storage_error, opened

_MORE = 0o077


def make_key(path: Path) -> None:
    """Write a new key; a file that is there is never replaced.

    Raises
    ------
    UsageError
        If something has that name: another key would make strangers of all patients.
    StorageError
        If it cannot be written.
    """
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(path, flags, 0o600)
    except FileExistsError as error:
        raise UsageError(
            f"{path}: there is such a file already, and it was left as it is. With another key "
            "every patient would get another pseudonym. Name a new file."
        ) from error
    except OSError as error:
        raise as_storage_error(error, f"{path} cannot be written") from error
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_LENGTH))
        file.flush()
        os.fsync(file.fileno())


def read_key(path: Path) -> bytes:
    """The key of a file that only its owner may read.

    Raises
    ------
    UsageError
        If others may read it, it is no regular file, or it does not hold 32 bytes.
    StorageError
        If it cannot be read.
    """
    try:
        with opened(path) as descriptor:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            found = os.read(descriptor, KEY_LENGTH + 1)
    except NotRegularError as error:
        raise UsageError(f"{path}: not a regular file. Name the key file itself.") from error
    except StorageError as error:
        raise UsageError(
            f"{path}: the key file cannot be read. A new one is made by: imsct prepare --new-key "
            f"{path}"
        ) from error
    if mode & _MORE:
        raise UsageError(
            f"{path}: others than its owner may use it (mode {mode:04o}). Nothing was done. Make "
            "it yours alone: chmod 600, and ask who could have read it."
        )
    if len(found) != KEY_LENGTH:
        raise UsageError(
            f"{path}: a key has {KEY_LENGTH} bytes, this file has "
            f"{'more' if len(found) > KEY_LENGTH else len(found)}. Name the key file."
        )
    return found
