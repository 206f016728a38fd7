"""SIGKILL at random moments of a run on a real home: nothing acknowledged is lost.

Belongs here: whole processes killed on a real home.
Does not belong here: the steps of one publication (`tests.warehouse.test_snapshots`).
Few kills in CI; `make soak` runs as many as IMSCT_KILLS says.
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.support.folders import announce, clean, set_cells
from warehouse.handing_over import hand_over
from warehouse.home import Home
from warehouse.landing import received_deliveries
from warehouse.ledger import Ledger
from warehouse.snapshots import current, current_id
from warehouse.verification import verify

KILLS = int(os.environ.get("IMSCT_KILLS", "2"))
SITES = ("SITE_A", "SITE_B", "SITE_C")


def prepared(folder: Path, site: str, number: int) -> Path:
    """A delivery of two cases; the second of a site corrects an age."""
    folder.mkdir(parents=True)
    clean(folder)
    for table in ("sites", "patients", "cases"):
        rows = (1,) if table == "sites" else (1, 2)
        for row in rows:
            set_cells(folder, table, row=row, site_id=site)
    if number > 1:
        set_cells(folder, "cases", age_years=str(40 + number))
    own_keys(folder, site)
    announce(folder, site=site, delivery=f"d{number}")
    return folder


def own_keys(folder: Path, site: str) -> None:
    """Give every key of a site a mark of its own: no two sites share a row."""
    for path in folder.glob("*.csv"):
        text = path.read_text(encoding="utf-8")
        for letter in "PCSRMOH":
            for number in "12":
                text = text.replace(f"{letter}{number},", f"{letter}{number}-{site},")
        path.write_text(text, encoding="utf-8")


def started(home: Home) -> subprocess.Popen[bytes]:
    """`imsct materialize` as a process of its own."""
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            "from orchestration.cli import main; main()",
            "materialize",
            "--home",
            str(home.path),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )


def finished(home: Home) -> None:
    """Run to the end."""
    process = started(home)
    _, said = process.communicate(timeout=900)
    assert process.returncode == 0, said.decode()[-2000:]


def home_at(path: Path) -> Home:
    home = Home(path)
    home.create()
    return home


def killed(home: Home, after: float) -> bool:
    """Kill a run after so many seconds; False where it came to its end before."""
    process = started(home)
    try:
        process.wait(after)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return True
    finally:
        process.communicate()
    return False


@pytest.mark.slow
def test_kills_lose_nothing_and_end_in_the_same_content(tmp_path: Path) -> None:
    deliveries = [
        prepared(tmp_path / "made" / f"{site}-{number}", site, number)
        for number in range(1, max(2, -(-KILLS // 12)) + 1)
        for site in SITES
    ]
    quiet = home_at(tmp_path / "quiet")
    for folder in deliveries:
        hand_over(folder, quiet.landing)
    began = time.monotonic()
    finished(quiet)
    long = time.monotonic() - began
    home = home_at(tmp_path / "killed")
    chance = random.Random(20260101)
    acknowledged: set[tuple[str, str]] = set()
    kills, is_over, waiting = 0, True, iter(deliveries)
    while kills < KILLS:
        # always something to take in: a run that finds nothing new has little to lose
        if is_over and (folder := next(waiting, None)) is not None:
            hand_over(folder, home.landing)
        began = time.monotonic()
        is_over = not killed(home, chance.uniform(0.1, 1.1) * long)
        if is_over:
            long = time.monotonic() - began  # a run with one delivery is shorter than that of all
        kills += not is_over
        ledger = Ledger.open(home.ledger)
        known = {(d.site, d.delivery) for d in received_deliveries(ledger)}
        assert acknowledged <= known, "an acknowledged delivery is lost"
        acknowledged = known
        errors = [p for p in verify(home, ledger) if p.severity == "error"]
        assert errors == [], "a torn state"
        current_id(home)
    for folder in waiting:
        hand_over(folder, home.landing)
    finished(home)
    one, other = current(quiet), current(home)
    assert one is not None
    assert other is not None
    assert one.content == other.content
    assert verify(home, Ledger.open(home.ledger)) == []
    print(f"{kills} kills, 0 of {len(deliveries)} deliveries lost, 0 torn, content {one.id} twice")
