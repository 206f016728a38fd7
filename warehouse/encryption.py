"""The key of an encrypted database: where the settings say it is, and whether it is kept safely.

Belongs here: reading the key of a home.
Does not belong here: opening the file with it (`warehouse.connecting`), the site's key for
pseudonyms (`assets.site_key`).
The key is shown nowhere and written nowhere. Without it the database is unreadable, and is built
again from `received/` and the ledger, which are not encrypted by this program.
"""

import os
import stat
from pathlib import Path

from schemas.errors import StorageError, UsageError
from warehouse.files import opened
from warehouse.home import Home
from warehouse.settings import settings_of

#: Characters of the shortest key: the engine makes one round of a hash of it, so no short password.
SHORTEST = 32
_LONGEST = 1024
_MORE = 0o077
_MAKE = "(umask 077; head -c 32 /dev/urandom | base64 > FILE)"


def key_of(home: Home) -> str | None:
    """The key of a home's database; None where the settings ask for no encryption.

    Raises
    ------
    UsageError
        If the key lies inside the home, or is too short.
    StorageError
        If it is not there, or others than its owner may read it.
    """
    asked = settings_of(home).encryption
    if asked is None:
        return None
    if asked.key_variable is not None:
        where = f"the environment variable {asked.key_variable}"
        text = os.environ.get(asked.key_variable, "")
        if not text:
            raise StorageError(f"imsct.yaml, encryption: {where} is not set. Set it to the key.")
    else:
        path = Path(str(asked.key_file))
        where = str(path)
        text = _read(path, home)
    key = text.strip()
    if len(key) < SHORTEST:
        raise UsageError(
            f"imsct.yaml, encryption: the key in {where} has {len(key)} characters; {SHORTEST} are "
            f"the fewest. Make one by: {_MAKE}"
        )
    return key


def _read(path: Path, home: Home) -> str:
    """The text of a key file that only its owner may read, outside the home."""
    if path.resolve().is_relative_to(home.path.resolve()):
        raise UsageError(
            f"imsct.yaml, encryption: {path} lies inside the home: who copies the home has the "
            "key too. Move it elsewhere and name the new place."
        )
    try:
        with opened(path) as descriptor:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            found = os.read(descriptor, _LONGEST)
    except StorageError as error:
        raise StorageError(
            f"imsct.yaml, encryption: {path} cannot be read. Put the key back; a first one is made "
            f"by: {_MAKE}"
        ) from error
    if mode & _MORE:
        raise StorageError(
            f"imsct.yaml, encryption: others than its owner may use {path} (mode {mode:04o}). "
            f"Nothing was opened. Make it yours alone: chmod 600 {path}"
        )
    return found.decode("utf-8", "replace")
