"""The committed real files are those whose hashes are written down."""

import hashlib

from tests.support.real_data import COMMITTED


def test_the_committed_files_are_byte_for_byte_those_of_the_list() -> None:
    lines = (COMMITTED / "README.md").read_text(encoding="utf-8").splitlines()
    listed = dict(reversed(line.split()) for line in lines if line.startswith("    "))
    there = {
        path.relative_to(COMMITTED).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in COMMITTED.glob("*/*")
        if path.parent.name != "redcap"  # whose list stands beside them
    }
    assert there == listed
