"""Provenance of a run: which code and which dependencies made a result.

Belongs here: the hashes that stand in every result.
Does not belong here: snapshot ids (`warehouse.snapshots`), plan hashes (`analyses.plan`).
"""

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

PACKAGES = ("analyses", "assets", "dashboard", "orchestration", "schemas", "warehouse")
ROOT = Path(__file__).resolve().parent.parent
LOCK_NAME = "requirements.lock"


@cache
def code_hash() -> str:
    """A sha256 over the paths and bytes of the import packages; caches of Python play no part."""
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


@cache
def lock_hash() -> str:
    """The sha256 of the lock; where the program runs without it, of the installed versions."""
    lock = ROOT / LOCK_NAME
    if lock.is_file():
        return hashlib.sha256(lock.read_bytes()).hexdigest()
    versions = sorted(f"{d.metadata['Name']}=={d.version}" for d in metadata.distributions())
    return hashlib.sha256("\n".join(versions).encode()).hexdigest()
