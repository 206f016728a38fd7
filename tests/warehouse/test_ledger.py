"""The ledger: every change of its file is found, a torn line is told from a changed one."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from schemas.errors import IntegrityError, StorageError
from warehouse.home import Home
from warehouse.ledger import Ledger


def reopened(ledger: Ledger) -> Ledger:
    return Ledger.open(ledger.path.parent, clock=ledger.clock)


def three_events(ledger: Ledger) -> list[bytes]:
    for number in range(3):
        ledger.append("received", site="NORTH", rows=number)
    return ledger.path.read_bytes().splitlines(keepends=True)


def test_events_come_back_in_order_and_by_kind(ledger: Ledger) -> None:
    ledger.append("received", site="NORTH", files=[{"rows": 2, "file": "a.csv"}])
    ledger.append("published", snapshot="0" * 16)
    found = reopened(ledger)
    assert [event.seq for event in found.events()] == [1, 2]
    assert found.events("published")[0].payload == {"snapshot": "0" * 16}
    assert found.events() == ledger.events()
    assert found.events()[0].time == "2026-03-01T12:00:00Z"
    assert found.head == (2, ledger.events()[1].hash)


def test_time_plays_no_part_in_the_order(home: Home) -> None:
    years = iter([2030, 2020])
    ledger = Ledger.open(home.ledger, clock=lambda: datetime(next(years), 1, 1, tzinfo=UTC))
    ledger.append("received")
    ledger.append("published")
    assert [event.kind for event in reopened(ledger).events()] == ["received", "published"]


def test_payload_cannot_take_the_ledgers_own_keys(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="the ledger's own"):
        ledger.append("received", prev="x")
    assert not ledger.path.read_bytes()


def test_every_single_bit_flip_is_found(ledger: Ledger) -> None:
    ledger.append("received", rows=1)
    ledger.append("published", rows=2)
    whole = ledger.path.read_bytes()
    silent, messages = [], set()
    for place in range(len(whole) * 8):
        spoilt = bytearray(whole)
        spoilt[place // 8] ^= 1 << place % 8
        ledger.path.write_bytes(spoilt)
        try:
            reopened(ledger)
            silent.append(place)
        except IntegrityError as error:
            messages.add(str(error).partition("(")[2].partition(")")[0])
    assert silent == []
    assert messages == {"E_LEDGER"}


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda a, b, c: [a, c], id="line removed"),
        pytest.param(lambda a, b, c: [b, a, c], id="lines swapped"),
        pytest.param(lambda a, b, c: [a, b, b, c], id="line twice"),
        pytest.param(lambda a, b, c: [b, c], id="first line removed"),
        pytest.param(lambda a, b, c: [a, b"\n", b, c], id="empty line"),
        pytest.param(lambda a, b, c: [a, b.replace(b'"rows":1', b'"rows":7'), c], id="edited"),
        pytest.param(lambda a, b, c: [a, b.replace(b":1,", b": 1,"), c], id="blank added"),
        pytest.param(lambda a, b, c: [a, b, c, b"{}"], id="something else at the end"),
    ],
)
def test_an_edit_is_named_with_its_seq(ledger: Ledger, edit) -> None:  # type: ignore[no-untyped-def]
    ledger.path.write_bytes(b"".join(edit(*three_events(ledger))))
    with pytest.raises(IntegrityError, match=r"line \d \(E_LEDGER\).*seq \d.*Restore"):
        reopened(ledger)


def test_an_edit_with_a_new_hash_breaks_the_next_line(ledger: Ledger) -> None:
    first, second, third = three_events(ledger)
    found = json.loads(second)
    other = Ledger.open(ledger.path.parent / "elsewhere", clock=ledger.clock)
    other.path.parent.mkdir()
    other.append("received", site="NORTH", rows=0)
    other.append("received", site="NORTH", rows=9)
    forged = other.path.read_bytes().splitlines(keepends=True)[1]
    assert json.loads(forged)["prev"] == found["prev"]
    ledger.path.write_bytes(first + forged + third)
    with pytest.raises(IntegrityError, match="found seq 3 after seq 2, not bound to it"):
        reopened(ledger)


def test_a_torn_line_is_said_and_set_aside_by_the_next_event(ledger: Ledger) -> None:
    *lines, last = three_events(ledger)
    for length in (1, 9, 40, len(last) - 2):
        ledger.path.write_bytes(b"".join(lines) + last[:length])
        found = reopened(ledger)
        assert found.torn is not None
        assert "was interrupted" in found.torn.message
        assert len(found.events()) == 2
        assert ledger.path.read_bytes().endswith(last[:length]), "opening writes nothing"
    found.append("published", snapshot="x")
    assert [event.kind for event in found.events()][2:] == ["torn_line", "published"]
    assert (ledger.path.parent / "torn-3.txt").read_bytes() == last[:-2]
    assert reopened(ledger).events() == found.events()
    assert reopened(ledger).torn is None


def test_a_whole_last_line_without_its_end_is_kept(ledger: Ledger) -> None:
    three_events(ledger)
    ledger.path.write_bytes(ledger.path.read_bytes()[:-1])
    found = reopened(ledger)
    assert len(found.events()) == 3
    found.append("published")
    assert len(reopened(ledger).events()) == 4


def test_two_writers_make_one_chain(ledger: Ledger) -> None:
    other = reopened(ledger)
    ledger.append("received", by=1)
    other.append("received", by=2)
    ledger.append("received", by=3)
    assert [event.payload["by"] for event in reopened(other).events()] == [1, 2, 3]


def test_a_file_cut_while_open_is_found_before_writing(ledger: Ledger) -> None:
    first, *_ = three_events(ledger)
    ledger.path.write_bytes(first)
    with pytest.raises(IntegrityError, match="its end was removed"):
        ledger.append("published")


def test_a_full_disk_leaves_the_ledger_as_it_was(ledger: Ledger) -> None:
    three_events(ledger)
    before = ledger.path.read_bytes()
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from warehouse.ledger import Ledger; from schemas.errors import StorageError\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "ledger = Ledger.open(Path(sys.argv[1]))\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({len(before) + 20},) * 2)\n"
        "try: ledger.append('received', site='NORTH')\n"
        "except StorageError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(ledger.path.parent)],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )
    assert "ledger.jsonl cannot be written" in done.stdout
    assert ledger.path.read_bytes() == before


def test_a_link_is_not_followed(ledger: Ledger, tmp_path: Path) -> None:
    three_events(ledger)
    ledger.path.rename(tmp_path / "elsewhere")
    ledger.path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StorageError, match="link"):
        reopened(ledger)
