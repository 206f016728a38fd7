"""One process writes the store: who comes second is told who writes, or waits as long as it may."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestration.resources import _open_store
from tests.support.command import imsct
from warehouse.home import Home
from warehouse.store import Store, StoreInUseError, check_database, writer_of

WRITER = (
    "import sys, duckdb\nwith duckdb.connect(sys.argv[1]):\n"
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


@pytest.fixture
def writer(home: Home) -> Iterator["subprocess.Popen[str]"]:
    """Another process that has the store open until its stdin ends."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, str(home.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        yield process
        process.kill()


def test_the_second_is_told_who_writes(home: Home, writer: "subprocess.Popen[str]") -> None:
    assert writer_of(home.database) == writer.pid
    for second in (lambda: _open_store(home, 0), lambda: check_database(home.database)):
        with pytest.raises(StoreInUseError, match=rf"another process \({writer.pid}\)"):
            second()
    doctor = imsct("doctor", "--home", home.path)
    assert f"being written by process {writer.pid}" in doctor.out


def test_a_queued_run_waits_and_says_so_once(
    home: Home, writer: "subprocess.Popen[str]", capsys: pytest.CaptureFixture[str]
) -> None:
    assert writer.stdin is not None
    letting_go = threading.Timer(1.5, writer.stdin.close)
    letting_go.start()
    began = time.monotonic()
    with _open_store(home, 60) as store:
        assert store.count("core", "cases") == 0
    assert 1 < time.monotonic() - began < 30
    assert capsys.readouterr().err.count("is being written; waiting") == 1
    letting_go.join()
    assert writer_of(home.database) is None


def test_waiting_has_an_end(home: Home, writer: "subprocess.Popen[str]") -> None:
    began = time.monotonic()
    with pytest.raises(StoreInUseError):
        _open_store(home, 2)
    assert 2 <= time.monotonic() - began < 30


def test_asking_who_writes_takes_no_lock_and_needs_no_file(home: Home) -> None:
    assert writer_of(home.path / "nothing.duckdb") is None
    assert writer_of(home.database) is None
    with Store.open(home.database):
        pass
