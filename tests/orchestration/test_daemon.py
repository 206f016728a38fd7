"""A real daemon: what is dropped into the landing zone is published, and seen, without a hand."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from playwright.sync_api import Browser, expect

from orchestration.home import make_ready
from schemas.tables import SCHEMA_VERSION
from tests.support.folders import clean, set_cells
from tests.support.served import serving
from warehouse.arrivals import arrivals
from warehouse.handing_over import Outgoing, deliver
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.published import PublishedReader
from warehouse.snapshots import check_file, current, current_id
from warehouse.store import Store
from warehouse.writing import writer_of

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("daemon")]
ROOT = Path(__file__).parent.parent.parent
DEADLINE = 240.0


def drop(home: Home, folder: Path, delivery: str, **cells: str) -> None:
    """Hand over the small delivery, with cells of its first case changed."""
    folder.mkdir()
    clean(folder)
    set_cells(folder, "cases", **cells)
    files = {
        path.name: Outgoing(path, path.read_bytes().count(b"\n") - 1) for path in folder.iterdir()
    }
    deliver(
        files,
        home.landing,
        site="SITE_A",
        delivery=delivery,
        created="2026-01-01T00:00:00Z",
        profile="imsct",
        schema_version=SCHEMA_VERSION,
        id_scheme="simulated",
    )


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home with one small delivery that is published."""
    made = Home(tmp_path / "home")
    make_ready(made)
    drop(made, tmp_path / "first", "d1", age_years="47")
    command = [sys.executable, "-c", "from orchestration.cli import main; main()", "materialize"]
    subprocess.run([*command, "--home", str(made.path)], check=True, capture_output=True)
    return made


@pytest.fixture
def daemon(home: Home, tmp_path: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """`dagster-daemon` on the home, in a session of its own, of which nothing may be left."""
    environment = {
        **os.environ,
        "IMSCT_HOME": str(home.path),
        "DAGSTER_HOME": str(home.dagster),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "dagster._daemon", "run", "-m", "orchestration.definitions"]
    with (
        (tmp_path / "daemon.log").open("wb") as log,
        subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(30)
                wait_until(lambda: not is_alive(process.pid), "the session's end", seconds=30)
            finally:
                if is_alive(process.pid):
                    os.killpg(process.pid, signal.SIGKILL)


def is_alive(session: int) -> bool:
    """Whether any process of a session is left."""
    try:
        os.killpg(session, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_so: Callable[[], bool], what: str, *, seconds: float = DEADLINE) -> None:
    """Look again and again, until it is so."""
    until = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < until, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.25)


def log_of(home: Home) -> str:
    """What the daemon and its runs said."""
    return (home.path.parent / "daemon.log").read_text(errors="replace")


def test_a_new_delivery_becomes_the_current_snapshot_and_reaches_the_open_page_without_a_hand(
    home: Home, daemon: "subprocess.Popen[bytes]", tmp_path: Path, browser: Browser
) -> None:
    before = current_id(home)
    with serving(home) as served:
        page = browser.new_page()
        page.goto(served.url)
        deliveries = page.get_by_role("region", name="Deliveries")
        assert deliveries.get_by_role("cell", name="d1", exact=True).count() == 1
        wait_until(lambda: "Nothing new in landing/." in log_of(home), "the first tick")
        drop(home, tmp_path / "second", "d2", age_years="51")
        wait_until(lambda: current_id(home) != before, "a new snapshot")
        # nobody touches the page
        expect(deliveries.get_by_role("cell", name="d2", exact=True)).to_be_visible(timeout=15_000)
        expect(page.locator("#news")).to_contain_text("New snapshot")
        assert str(current_id(home)) in page.locator("footer").inner_text()
        page.close()
    assert daemon.poll() is None
    snapshot = current(home)
    assert snapshot is not None
    check_file(snapshot)
    with PublishedReader(snapshot.path) as published:
        accounts = published.deliveries().sort("delivery")
    assert accounts["delivery"].to_list() == ["d1", "d2"]
    assert accounts["accepted"].to_list() == [15, 15]
    assert arrivals(home, Ledger.open(home.ledger)).names == []
    with dg.DagsterInstance.from_config(str(home.dagster)) as instance:
        wait_until(
            lambda: not instance.get_runs(dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])),
            "the end of the run",
        )
        started = [r for r in instance.get_runs() if "dagster/sensor_name" in r.tags]
        assert [r.status for r in started] == [dg.DagsterRunStatus.SUCCESS], "one run, not two"
    with Store.open(home.database) as store:
        ages = store.rows("select age_years from core.cases where case_id = 'C1'")
    assert ages == [(51.0,)]
    assert writer_of(home.database) is None
