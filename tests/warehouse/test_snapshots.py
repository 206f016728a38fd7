"""Snapshots: named by content, published once, whole at every moment."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from schemas.errors import IntegrityError, StorageError, UsageError
from warehouse.content import content_id, row_texts
from warehouse.files import locked
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.snapshot_file import read_content
from warehouse.snapshots import (
    Snapshot,
    check_file,
    current,
    current_id,
    list_snapshots,
    publish,
    show,
)
from warehouse.verification import verify

CASES = ("core", "cases")
COUNTS = ("received", "deliveries")
KEYS = {CASES: ("case_id",)}
STEPS = ["built", "verified", "named", "manifest", "package", "ledger", "current"]


def frames(age: float = 4.5) -> dict[tuple[str, str], pl.DataFrame]:
    return {
        CASES: pl.DataFrame(
            {
                "case_id": ["c1", "c2", "c3"],
                "age_years": [age, None, 0.1 + 0.2],
                "grade": [1, None, -3],
                "histology": ["ependymoma", None, ""],
                "is_primary": [True, False, None],
            }
        ),
        COUNTS: pl.DataFrame({"site": ["NORTH"], "received": [4]}),
    }


def published(home: Home, ledger: Ledger, age: float = 4.5) -> Snapshot:
    return publish(frames(age), keys=KEYS, home=home, ledger=ledger)


def test_the_id_is_fixed_for_good() -> None:
    # A change here renames every snapshot there is: it needs a new format, not a new number.
    assert content_id(frames()) == "1c3e353e3adf3ff1"


def test_the_id_does_not_depend_on_the_order_of_rows_or_tables() -> None:
    turned = {table: frame[::-1] for table, frame in reversed(frames().items())}
    assert content_id(turned) == content_id(frames())


def test_the_id_does_not_depend_on_how_a_frame_holds_its_values() -> None:
    other = frames()
    other[CASES] = other[CASES].with_columns(
        pl.col("grade").cast(pl.Int8), pl.col("histology").cast(pl.Categorical)
    )
    assert content_id(other) == content_id(frames())


@pytest.mark.parametrize(
    "change",
    [
        {"age_years": pl.lit(4.5)},
        {"grade": pl.col("grade").cast(pl.Float64)},
        {"histology": pl.col("histology").fill_null("")},
        {"histology": pl.col("histology").replace("", None)},
        {"histology": pl.col("histology").fill_null("~")},
        {"is_primary": pl.col("is_primary").cast(pl.Int64)},
        {"case_id": pl.col("case_id").replace("c1", "c\t1")},
    ],
)
def test_one_other_value_gives_another_id(change: dict[str, pl.Expr]) -> None:
    other = frames()
    other[CASES] = other[CASES].with_columns(**change)
    assert content_id(other) != content_id(frames())


def test_names_and_empty_tables_are_content() -> None:
    ids = {
        content_id(frames()),
        content_id({("core", "patients"): frames()[CASES], COUNTS: frames()[COUNTS]}),
        content_id({**frames(), CASES: frames()[CASES].rename({"grade": "who_grade"})}),
        content_id({**frames(), CASES: frames()[CASES].clear()}),
        content_id({CASES: frames()[CASES]}),
    }
    assert len(ids) == 5


def test_rows_have_texts_of_their_own() -> None:
    values = ["", "~", None, "\t", "\\t", "\n", '"', '"\t"', "a\tb"]
    pairs = pl.DataFrame([(a, b) for a in values for b in values], schema=["a", "b"], orient="row")
    assert row_texts(pairs).n_unique() == len(values) ** 2
    numbers = pl.DataFrame({"x": [0.1, 1.0, 1e308, 5e-324, -0.0, 0.0, float("nan"), None]})
    assert row_texts(numbers).to_list() == [
        "0.1",
        "1.0",
        "1e+308",
        "5e-324",
        "-0.0",
        "0.0",
        "nan",
        "~",
    ]


def test_a_date_is_never_published() -> None:
    with pytest.raises(TypeError, match=r"core\.cases\.day: Date cannot be published"):
        content_id({CASES: pl.DataFrame({"day": [date(2026, 1, 1)]})})


def test_what_was_published_reads_back(home: Home, ledger: Ledger) -> None:
    heard: list[str] = []
    ledger.append("approved", site="NORTH")
    made = publish(
        frames(),
        keys=KEYS,
        home=home,
        ledger=ledger,
        extra_manifest={"plans": ["gross_total_resection"]},
        step=heard.append,
    )
    assert heard == STEPS
    assert made.is_new
    assert made.id == content_id(frames())
    assert made.rows == {"core.cases": 3, "received.deliveries": 1}
    assert (made.created, made.total_rows) == ("2026-03-01T12:00:00Z", 4)
    assert (made.ledger_seq, made.ledger_hash) == (1, ledger.events()[0].hash)
    assert made.extra == {"plans": ["gross_total_resection"]}
    assert show(home, made.id) == current(home) == list_snapshots(home)[0]
    assert content_id(read_content(made.path)) == made.id
    assert (home.published / "CURRENT").read_text() == f"{made.id}\n"
    for path in (made.path, made.manifest_path):
        assert path.stat().st_mode & 0o777 == 0o444
    assert ledger.events("published")[0].payload["sha256"] == made.sha256
    assert verify(home, ledger) == []
    assert sorted(p.name for p in home.published.iterdir()) == sorted(
        [".lock", "CURRENT", made.path.stem, made.path.name, made.manifest_path.name]
    )


def test_the_key_is_in_the_file(home: Home, ledger: Ledger) -> None:
    made = published(home, ledger)
    with duckdb.connect(str(made.path), read_only=True) as con:
        found = con.execute(
            "select table_name, constraint_column_names from duckdb_constraints()"
            " where constraint_type = 'PRIMARY KEY'"
        ).fetchall()
        assert found == [("cases", ["case_id"])]
        assert con.execute("select case_id from core.cases").fetchall() == [
            ("c1",),
            ("c2",),
            ("c3",),
        ]


def test_publishing_again_changes_nothing(home: Home, ledger: Ledger) -> None:
    made = published(home, ledger)
    before = {path.name: path.stat().st_mtime_ns for path in home.published.glob("[!.]*")}
    heard: list[str] = []
    turned = {table: frame[::-1] for table, frame in frames().items()}
    again = publish(turned, keys=KEYS, home=home, ledger=ledger, step=heard.append)
    assert not again.is_new
    assert again.sha256 == made.sha256
    assert heard == []
    assert {p.name: p.stat().st_mtime_ns for p in home.published.glob("[!.]*")} == before
    assert len(ledger.events()) == 1


def test_the_older_snapshot_stays_and_can_become_current_again(home: Home, ledger: Ledger) -> None:
    first, second = published(home, ledger), published(home, ledger, age=5.0)
    assert [snapshot.id for snapshot in list_snapshots(home)] == [first.id, second.id]
    assert current_id(home) == second.id
    again = published(home, ledger)
    assert again.is_new
    assert again.sha256 == first.sha256
    assert current_id(home) == first.id
    assert len(ledger.events("published")) == 3
    assert verify(home, ledger) == []


def test_a_repeated_key_is_refused_and_nothing_is_published(home: Home, ledger: Ledger) -> None:
    twice = frames()
    twice[CASES] = pl.concat(
        [twice[CASES], twice[CASES][:1].with_columns(grade=pl.lit(2, pl.Int64))]
    )
    with pytest.raises(IntegrityError, match=r"core.cases: its key \(case_id\)"):
        publish(twice, keys=KEYS, home=home, ledger=ledger)
    assert [path.name for path in home.published.iterdir()] == [".lock"]


def test_a_crash_at_any_step_leaves_current_whole(home: Home, ledger: Ledger) -> None:
    first = published(home, ledger)
    for number, step in enumerate(STEPS):
        age = 7.0 + number
        code = (
            "import os, sys; from pathlib import Path\n"
            "from tests.warehouse.test_snapshots import KEYS, frames\n"
            "from warehouse.home import Home; from warehouse.ledger import Ledger\n"
            "from warehouse.snapshots import publish\n"
            "home = Home(Path(sys.argv[1]))\n"
            "publish(frames(float(sys.argv[2])), keys=KEYS, home=home,\n"
            "        ledger=Ledger.open(home.ledger),\n"
            "        step=lambda name: name == sys.argv[3] and os._exit(9))\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", code, str(home.path), str(age), step],
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
            check=False,
        )
        assert done.returncode == 9
        named = current(home)
        assert named is not None
        check_file(named)
        expected = content_id(frames(age)) if step == "current" else first.id
        assert named.id == expected
        reopened = Ledger.open(home.ledger, clock=ledger.clock)
        assert [p for p in verify(home, reopened) if p.severity == "error"] == []
        finished = published(home, reopened, age=age)
        assert finished.is_new == (step != "current")
        assert current_id(home) == finished.id == content_id(frames(age))
        assert verify(home, reopened) == []
        assert not list(home.published.glob(".tmp-*"))
        events = [e.payload["snapshot"] for e in reopened.events("published")]
        assert events.count(finished.id) == 1
        first = finished


def test_a_full_disk_leaves_current_as_it_was(home: Home, ledger: Ledger) -> None:
    first = published(home, ledger)
    code = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from schemas.errors import StorageError\n"
        "from tests.warehouse.test_snapshots import KEYS, frames\n"
        "from warehouse.home import Home; from warehouse.ledger import Ledger\n"
        "from warehouse.snapshots import publish\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "home = Home(Path(sys.argv[1]))\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try: publish(frames(9.0), keys=KEYS, home=home, ledger=Ledger.open(home.ledger))\n"
        "except StorageError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(home.path)],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        check=False,
    )
    assert "Make space, then repeat" in done.stdout
    assert "what was published before is untouched" in done.stdout
    assert not list(home.published.glob(".tmp-*"))
    assert current_id(home) == first.id
    assert verify(home, ledger) == []


def test_two_publishers_do_not_meet(home: Home, ledger: Ledger) -> None:
    with (
        locked(home.published, doing="publishing"),
        pytest.raises(
            StorageError, match=rf"\({os.getpid()}, since .*\) is publishing in published/"
        ),
    ):
        published(home, ledger)


def test_publishing_does_not_paper_over_a_changed_file(home: Home, ledger: Ledger) -> None:
    made = published(home, ledger)
    flip(made.path, 5000)
    with pytest.raises(IntegrityError, match="changed after publication and was not read"):
        published(home, ledger)


def test_an_unknown_snapshot_is_a_usage_error(home: Home, ledger: Ledger) -> None:
    assert current(home) is None
    assert list_snapshots(home) == []
    for text in ("0" * 16, "../../etc/passwd", ""):
        with pytest.raises(UsageError, match="'imsct snapshot list'"):
            show(home, text)


def flip(path: Path, place: int) -> None:
    """Flip one bit of a read-only file."""
    path.chmod(0o644)
    data = bytearray(path.read_bytes())
    data[place % len(data)] ^= 1 << place % 8
    path.write_bytes(data)
