"""The disk takes no more, at each stage: a clear error, nothing half done, on when there is room.

A limit on the size of a file stands for a full disk: the same calls fail, in the same places, on
every machine. What a library says of a disk that is really full is asked of `/dev/full`.
"""

import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from assets.analysing import write_counts
from assets.intake import stage_pending, take_in
from assets.readers import sandbox
from assets.readers.worker import NO_ROOM
from assets.receiving import receive_landed
from assets.redaction import redacted
from assets.snapshot import KEYS, candidate_id, publish_snapshot
from schemas.errors import StorageError
from schemas.profile import own_layout
from tests.support.command import imsct
from tests.support.folders import announce, clean
from tests.support.registry import Registry
from warehouse.files import full_disk, sha256_of
from warehouse.handing_over import hand_over
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.snapshots import current, package_path
from warehouse.store import Store
from warehouse.verification import verify


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


@contextmanager
def refused_with_what_to_do(size: int) -> Iterator[None]:
    """What happens inside ends with exit code 3 and the remedy."""
    with (
        pytest.raises(StorageError, match=r"[Mm]ake space|limit on file size") as said,
        room_for(size),
    ):
        yield
    assert said.value.exit_code == 3
    assert "nothing is left half done" in str(said.value)


def prepared(folder: Path) -> Path:
    folder.mkdir()
    clean(folder)
    announce(folder)
    return folder


def fill_others(store: Store) -> None:
    """One row in each table of a snapshot that is not of `core`."""
    for (layer, table), key in KEYS.items():
        if layer != "core":
            store.replace(layer, table, pl.DataFrame({column: ["1"] for column in key}))


def names(folder: Path) -> list[str]:
    """What lies in a folder, locks left out."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def test_each_stage_goes_on_to_the_same_content(tmp_path: Path) -> None:
    quiet = tmp_path / "quiet"
    quiet.mkdir()
    with Store.open(quiet / "w.duckdb") as store:
        fill_others(store)
        registry = Registry(quiet, store)
        registry.deliver("d1", lambda _: None)
        wanted = candidate_id(registry.line)
    folder = prepared(tmp_path / "made")
    home = Home(tmp_path / "home")
    home.create()

    with refused_with_what_to_do(300):  # handing over
        hand_over(folder, home.landing)
    assert [p for p in home.landing.rglob("*") if p.is_file()] == []
    landed = hand_over(folder, home.landing)

    with Store.open(home.database) as store:
        fill_others(store)
        registry = Registry(tmp_path, store)
        line = registry.line
        with refused_with_what_to_do(300):  # receiving
            receive_landed(line)
        assert names(home.received) == []
        longest = max(path.stat().st_size for path in landed.iterdir())
        registry.ledger.append("failed", stage="received")
        with refused_with_what_to_do(max(longest, home_ledger(home) + 500)):  # the ledger's line
            receive_landed(line)
        assert all(sha256_of(home.received / name) == name for name in names(home.received))
        assert len(Ledger.open(home.ledger).events()) == 1
        assert Ledger.open(home.ledger).torn is None
        receive_landed(line)

        with refused_with_what_to_do(10_000):  # staging
            stage_pending(line)
        assert store.count("staged", "cases") == 0
        stage_pending(line)
        with refused_with_what_to_do(10_000):  # judging and merging
            redacted(take_in)(store, official=None)
    with Store.open(home.database) as store:
        registry.store = store
        assert store.rows("select status from received.deliveries") != []
        receive_landed(registry.line)
        stage_pending(registry.line)
        take_in(store, official=None)
        assert candidate_id(registry.line) == wanted

        with refused_with_what_to_do(50_000):  # the snapshot's file
            publish_snapshot(registry.line)
        assert names(home.published) == []
        made = publish_snapshot(registry.line)
        package = package_path(made.path)
        for path in package.iterdir():
            path.unlink()
        package.rmdir()
        with refused_with_what_to_do(1_000):  # its package
            publish_snapshot(registry.line)
        assert not package.exists()
        assert current(home) is not None
        assert publish_snapshot(registry.line).id == wanted
        with refused_with_what_to_do(500):  # a report
            write_counts(registry.line, wanted)
        assert names(home.reports) == []
        write_counts(registry.line, wanted)
    assert verify(home, Ledger.open(home.ledger)) == []


def home_ledger(home: Home) -> int:
    """Bytes of the ledger."""
    return (home.ledger / "ledger.jsonl").stat().st_size


@pytest.mark.slow
def test_dagsters_own_storage_may_be_full_too(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    hand_over(prepared(tmp_path / "made"), home.landing)
    for size in (20_000, 300_000):  # making the storage, then the events of a run
        with room_for(size):
            ran = imsct("materialize", "--home", home.path)
            looked = imsct("doctor", "--home", home.path)
        assert ran.exit == 3
        assert "Make space, then repeat" in ran.err
        assert "Traceback" not in ran.err
        assert "sqlite3" not in ran.err
        assert looked.err == ""
        assert looked.out.endswith(", 0 warnings\n")  # to its end, whatever was full
        assert names(home.published) == []
    ran = imsct("materialize", "--home", home.path)  # at once: a slot is not waited for
    assert ran.exit == 0, ran.err
    assert imsct("snapshot", "verify", "--home", home.path).exit == 0


def test_no_file_is_refused_for_a_full_folder_of_temporary_files(tmp_path: Path) -> None:
    (tmp_path / "0.frame").symlink_to("/dev/full")
    part = own_layout().file("sites.csv")
    assert part is not None
    folder = prepared(tmp_path / "made")
    with (folder / "sites.csv").open("rb") as file:
        job = {"number": 0, "descriptor": file.fileno(), "file": "sites.csv", "declared": None}
        job |= {"part": part.model_dump(mode="json"), "scan": None}
        task = {"limits": vars(sandbox.Limits()), "jobs": [job]}
        (tmp_path / "jobs.json").write_text(json.dumps(task))
        ran = subprocess.run(
            [sys.executable, "-m", "assets.readers.worker", str(tmp_path)],
            pass_fds=[file.fileno()],
            check=False,
        )
    assert ran.returncode == NO_ROOM
    assert not (tmp_path / "0.done").exists()
    with pytest.raises(StorageError, match="takes no more: make space there"):
        sandbox._ended(ran.returncode, part)


def test_the_words_of_a_disk_that_is_really_full_are_known() -> None:
    frame = pl.DataFrame({"a": range(100_000)})
    said = []
    for write in (frame.write_ipc, frame.write_parquet):
        with pytest.raises((OSError, pl.exceptions.ComputeError)) as error:
            write("/dev/full")
        said.append(str(error.value))
    with pytest.raises(OSError, match="No space") as full, Path("/dev/full").open("wb") as file:
        os.write(file.fileno(), b"x")
    said += [str(full.value), "database or disk is full"]
    for text in said:
        assert full_disk(text) is not None, text
    assert full_disk("Conversion Error: 'spinal' to int") is None
