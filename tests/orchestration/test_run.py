"""Runs that cannot go well: a rebuild that fails, a spoilt pointer, a read-only home."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from orchestration import run
from orchestration.home import make_ready
from orchestration.run import database_set_aside, published_before
from schemas.errors import IntegrityError, StorageError, UsageError
from tests.support.command import imsct
from warehouse.connecting import StoreInUseError
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.snapshots import publish
from warehouse.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with a database."""
    made = Home(tmp_path / "home")
    make_ready(made)
    with Store.open(made.database) as store:
        store.con.execute("create table received.mark as select 7 as n")
    return made


def test_a_rebuild_that_fails_puts_the_old_database_back(home: Home) -> None:
    def rebuild() -> None:
        with database_set_aside(home):
            assert not home.database.exists()
            with Store.open(home.database):
                pass
            raise IntegrityError("a received file is not what it was")

    with pytest.raises(IntegrityError, match="not what it was"):
        rebuild()
    with Store.open(home.database) as store:
        assert store.rows("select n from received.mark") == [(7,)]
    assert not list(home.path.glob("*.aside"))


def test_a_rebuild_that_ends_well_leaves_the_new_one(home: Home) -> None:
    with database_set_aside(home), Store.open(home.database):
        pass
    with Store.open(home.database) as store:
        assert store.rows("select 1 from duckdb_tables() where table_name = 'mark'") == []
    assert not list(home.path.glob("*.aside"))


def test_a_database_damaged_in_the_middle_is_damaged_and_not_in_use(home: Home) -> None:
    """Its message speaks of a block, which is no lock."""
    with Store.open(home.database) as store:
        store.con.execute("create table received.big as select range as n from range(400000)")
    data = bytearray(home.database.read_bytes())
    for place in range(8192, len(data)):
        data[place] ^= 0x5A
    home.database.write_bytes(bytes(data))
    with pytest.raises(IntegrityError, match="damaged") as caught, Store.open(home.database):
        pass
    assert not isinstance(caught.value, StoreInUseError)


def test_a_spoilt_pointer_does_not_stop_the_run_that_mends_it(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    (home.published / "CURRENT").write_text("../../x\n")
    assert published_before(home) is None
    assert "E_CURRENT" in capsys.readouterr().err


def test_a_home_that_cannot_be_written_is_said_in_a_sentence(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("orchestration.home.os.access", lambda *_: False)
    with pytest.raises(StorageError, match="cannot be written"):
        run.materialize(home)


def test_a_run_that_is_stopped_says_so_in_a_line_and_the_next_one_goes_on(home: Home) -> None:
    words = ["materialize", "--home", str(home.path), "--select", 'key:"reference/cord_norms"']
    program = [sys.executable, "-c", "from orchestration.cli import main; main()", *words]
    with (
        Store.open(home.database),
        subprocess.Popen(
            [*program, "--wait", "600"], stderr=subprocess.PIPE, text=True, start_new_session=True
        ) as process,
    ):
        assert process.stderr is not None
        while "waiting for at most" not in (line := process.stderr.readline()):
            assert line, "it ended before it waited"
        os.killpg(process.pid, signal.SIGTERM)
        said = process.stderr.read()
        assert process.wait(60) == 3
    line = "Stopped. What was published before is untouched; repeat to go on."
    assert said.strip() == line
    (event,) = Ledger.open(home.ledger).events("run_failed")
    assert event.payload["error"] == "interrupted"
    ran = imsct(*words)
    assert ran.exit == 0, ran.err
    assert len(Ledger.open(home.ledger).events("run_failed")) == 1


@pytest.mark.parametrize("select", ["*core/imaging_measurements", "staged/cases"])
def test_a_selection_of_half_a_step_says_what_else_to_select(home: Home, select: str) -> None:
    with pytest.raises(UsageError, match="staged/feature_sets") as caught:
        run.materialize(home, select=select)
    advice = str(caught.value).rpartition("--select ")[2].strip("'")
    assert advice.endswith('key:"staged/*"')
    assert run.materialize(home, select=advice).success


def test_a_run_adds_no_line_to_a_ledger_whose_end_was_cut(home: Home) -> None:
    ledger = Ledger.open(home.ledger)
    ledger.append("export", of="one")
    cut = ledger.path.read_bytes()
    ledger.append("export", of="two")
    publish({("core", "cases"): pl.DataFrame({"case_id": ["c1"]})}, home=home, ledger=ledger)
    ledger.path.write_bytes(cut)
    home.database.unlink()  # nothing else would tell
    with pytest.raises(IntegrityError, match=r"E_LEDGER.*Nothing was written"):
        run.materialize(home, select='key:"reference/cord_norms"')
    assert ledger.path.read_bytes() == cut
    assert not home.database.exists()
