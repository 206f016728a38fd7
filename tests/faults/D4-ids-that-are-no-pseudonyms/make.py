"""Under hmac-sha256/1 every id has the form of a pseudonym; local ids refuse their files."""

from pathlib import Path

from tests.support.folders import announce, clean


def make(folder: Path) -> None:
    clean(folder)
    announce(folder, id_scheme="hmac-sha256/1", key_id="0123abcd")
