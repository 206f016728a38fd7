"""Property: whatever bytes a delivery's files hold, every record is accounted for.

Each example is read in a child process, as deliveries are.
"""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assets.checking import check_folder
from schemas.tables import TABLES
from tests.support.folders import announce, clean

#: Few at each change, many at night: IMSCT_EXAMPLES=2000.
EXAMPLES = int(os.environ.get("IMSCT_EXAMPLES", "15"))
#: What breaks readers: quotes, line ends, separators, bytes of no text, marks, parts of UTF-8.
_BYTES = st.sampled_from(
    [
        *(b'"', b"'", b",", b";", b"\t", b"\r", b"\n", b"\r\n", b"\x00", b"\xff", b"\xc3", b""),
        *(b"\xef\xbb\xbf", b"\xe2\x80\xae", b"=", b"-", b"1e999", b"NA", b"  "),
        *(b"PK\x03\x04", b"\x1f\x8b"),
    ]
)
_PLACE = st.integers(0, 10_000)
_FILE = st.integers(0, 7)
Change = Callable[[list[bytes]], None]


def _at(place: int, data: bytes) -> int:
    """A place within a text, from any number."""
    return place % (len(data) + 1)


def _insert(file: int, place: int, more: bytes) -> Change:
    def change(files: list[bytes]) -> None:
        at = _at(place, files[file])
        files[file] = files[file][:at] + more + files[file][at:]

    return change


def _delete(file: int, place: int, length: int) -> Change:
    def change(files: list[bytes]) -> None:
        at = _at(place, files[file])
        files[file] = files[file][:at] + files[file][at + length :]

    return change


def _flip(file: int, place: int, bit: int) -> Change:
    def change(files: list[bytes]) -> None:
        found = bytearray(files[file] or b"x")
        found[place % len(found)] ^= 1 << bit
        files[file] = bytes(found)

    return change


def _lines(file: int, one: int, other: int, *, is_swap: bool) -> Change:
    """Swap two lines, or repeat one of them at the place of the other."""

    def change(files: list[bytes]) -> None:
        lines = files[file].splitlines(keepends=True) or [b"\n"]
        a, b = one % len(lines), other % len(lines)
        if is_swap:
            lines[a], lines[b] = lines[b], lines[a]
        else:
            lines.insert(b, lines[a])
        files[file] = b"".join(lines)

    return change


def _splice(file: int, other: int, place: int, length: int) -> Change:
    """Put a part of one file into another."""

    def change(files: list[bytes]) -> None:
        part = files[other][_at(place, files[other]) :][:length]
        at = _at(place, files[file])
        files[file] = files[file][:at] + part + files[file][at:]

    return change


_CHANGES = st.one_of(
    st.builds(_insert, _FILE, _PLACE, _BYTES),
    st.builds(_delete, _FILE, _PLACE, st.integers(1, 60)),
    st.builds(_flip, _FILE, _PLACE, st.integers(0, 7)),
    st.builds(_lines, _FILE, _PLACE, _PLACE, is_swap=st.booleans()),
    st.builds(_splice, _FILE, _FILE, _PLACE, st.integers(1, 400)),
)


def _manifest_rows(folder: Path) -> int:
    """Announce what lies there as 2 records per file, the number before the bytes changed."""
    rows = {path.name: 2 for path in folder.iterdir()}
    announce(folder, rows=rows)
    return sum(rows.values())


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(changes=st.lists(_CHANGES, min_size=1, max_size=8))
def test_no_bytes_lose_a_record(changes: list[Change]) -> None:
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        clean(folder)
        paths = sorted(folder.iterdir())
        files = [path.read_bytes() for path in paths]
        for change in changes:
            change(files)
        for path, data in zip(paths, files, strict=True):
            path.write_bytes(data)
        announced = _manifest_rows(folder)
        checked = check_folder(folder, profile=None)
        assert checked.accepted + checked.quarantined == checked.received >= announced
        errors = [p for p in checked.problems if p.severity == "error"]
        assert checked.exit_code == (1 if errors else 0)
        assert (checked.quarantined > 0) == bool(errors)
        known = {f"{table.name}.csv" for table in TABLES}
        assert {p.file for p in checked.problems} <= known
