"""One process writes the store: who comes second is told who writes, or waits as long as it may."""

import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from orchestration.resources import open_store
from tests.support.command import imsct
from warehouse.connecting import StoreInUseError
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.published import PublishedReader
from warehouse.snapshots import publish
from warehouse.store import Store, check_database
from warehouse.writing import owner_in_words, writer_of

RUN = "3f2a91bc-77aa-4f0e-9f55-000000000000"
WRITER = (
    "import sys\nfrom pathlib import Path\nfrom warehouse.store import Store\n"
    f"with Store.open(Path(sys.argv[1]), run='{RUN}'):\n"
    "    print('open', flush=True)\n    sys.stdin.read()\n"
)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with an empty store."""
    made = Home(tmp_path / "home")
    made.create()
    with Store.open(made.database):
        pass
    return made


@contextmanager
def another(program: str, path: Path) -> Iterator["subprocess.Popen[str]"]:
    """Another process, that has said that it has the file."""
    with subprocess.Popen(
        [sys.executable, "-c", program, str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


@pytest.fixture
def writer(home: Home) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has the store open until its stdin ends."""
    with another(WRITER, home.database) as process:
        yield process


def test_the_second_is_told_who_writes(home: Home, writer: "subprocess.Popen[str]") -> None:
    assert writer_of(home.database) == writer.pid
    who = rf"run 3f2a91bc \(process {writer.pid}\) since \d{{4}}-\d\d-\d\d \d\d:\d\d UTC"
    for second in (lambda: open_store(home, 0), lambda: check_database(home.database)):
        with pytest.raises(StoreInUseError, match=who):
            second()
    assert re.search(who, imsct("doctor", "--home", home.path).out)
    for command in (["materialize"], ["materialize", "--rebuild"]):
        ran = imsct(*command, "--home", home.path)
        assert ran.exit == 3
        assert re.search(who, ran.err)
    assert home.database.exists()


def test_one_that_left_no_note_is_named_by_its_number(home: Home) -> None:
    program = "import sys, duckdb\ncon = duckdb.connect(sys.argv[1])\nprint(flush=True)\ninput()"
    with another(program, home.database) as stranger, pytest.raises(StoreInUseError) as said:
        open_store(home, 0)
    assert f"by another process ({stranger.pid})." in str(said.value)


def test_a_dead_owner_is_followed_at_once(home: Home, writer: "subprocess.Popen[str]") -> None:
    writer.kill()
    writer.wait()
    with open_store(home, 0, run="second"):
        assert owner_in_words(home.database).startswith(f"run second (process {os.getpid()})")
    assert sorted(home.path.glob(f"{home.database.name}*")) == [home.database]


def test_a_reader_of_a_snapshot_never_waits(home: Home, writer: "subprocess.Popen[str]") -> None:
    rows = {("core", "cases"): pl.DataFrame({"case_id": ["c1", "c2"]})}
    made = publish(rows, home=home, ledger=Ledger.open(home.ledger))
    began = time.monotonic()
    with PublishedReader(made.path) as reader:
        assert reader.counts() == {("core", "cases"): 2}
    assert time.monotonic() - began < 5
    assert writer.poll() is None
    assert writer_of(home.database) == writer.pid


def test_a_queued_run_waits_and_says_so_once(
    home: Home, writer: "subprocess.Popen[str]", capsys: pytest.CaptureFixture[str]
) -> None:
    assert writer.stdin is not None
    letting_go = threading.Timer(1.5, writer.stdin.close)
    letting_go.start()
    began = time.monotonic()
    with open_store(home, 60) as store:
        assert store.count("core", "cases") == 0
    assert 1 < time.monotonic() - began < 30
    assert capsys.readouterr().err.count("is being written; waiting") == 1
    letting_go.join()
    assert writer_of(home.database) is None


def test_waiting_has_an_end(home: Home, writer: "subprocess.Popen[str]") -> None:
    began = time.monotonic()
    with pytest.raises(StoreInUseError):
        open_store(home, 2)
    assert 2 <= time.monotonic() - began < 30


def test_asking_who_writes_takes_no_lock_and_needs_no_file(home: Home) -> None:
    assert writer_of(home.path / "nothing.duckdb") is None
    assert writer_of(home.database) is None
    with Store.open(home.database):
        pass
