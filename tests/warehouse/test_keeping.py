"""Snapshots brought back, exported, retired: the content stays, the ledger knows."""

import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from assets import snapshot
from assets.context import Line
from schemas.errors import IntegrityError, UsageError
from tests.warehouse.test_snapshots import KEYS, flip, frames, published
from warehouse.content import content_sha256
from warehouse.exporting import NOTE, export
from warehouse.files import sha256_of
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.package import DESCRIPTOR
from warehouse.publications import newest_events
from warehouse.restoring import restore
from warehouse.retiring import held_by_reports, retire
from warehouse.snapshot_file import read_content
from warehouse.snapshots import Snapshot, current, current_id, package_path, publish
from warehouse.store import Store
from warehouse.verification import verify


def never(_: Snapshot) -> dict[tuple[str, str], pl.DataFrame]:
    raise AssertionError("what is left of the snapshot serves")


def restored(
    home: Home,
    ledger: Ledger,
    snapshot: str,
    rebuild: Callable[[Snapshot], dict[tuple[str, str], pl.DataFrame]] = never,
) -> tuple[Snapshot, tuple[str, ...]]:
    return restore(home, ledger, snapshot, keys=KEYS, constraints={}, rebuild=rebuild)


def spoil_file(made: Snapshot) -> None:
    flip(made.path, 5000)


def spoil_package(made: Snapshot) -> None:
    flip(package_path(made.path) / "core.cases.parquet", 30)


@pytest.mark.parametrize(
    ("spoil", "parts"),
    [
        ([spoil_file], ("file",)),
        ([lambda made: made.path.unlink()], ("file",)),
        ([lambda made: flip(made.manifest_path, 30)], ("manifest",)),
        ([lambda made: made.manifest_path.unlink()], ("manifest",)),
        ([spoil_package], ("package",)),
        ([lambda made: shutil.rmtree(package_path(made.path))], ("package",)),
        ([spoil_file, lambda made: made.manifest_path.unlink()], ("file", "manifest")),
        ([spoil_package, lambda made: made.manifest_path.unlink()], ("manifest", "package")),
    ],
)
def test_what_is_spoilt_comes_back_from_what_is_whole(
    home: Home, ledger: Ledger, spoil: list[Callable[[Snapshot], None]], parts: tuple[str, ...]
) -> None:
    made = published(home, ledger)
    for change in spoil:
        change(made)
    assert [p.severity for p in verify(home, ledger)][:1] == ["error"]
    now, brought = restored(home, ledger, made.id)
    assert brought == parts
    assert verify(home, ledger) == []
    assert content_sha256(read_content(now.path)) == made.content
    assert current_id(home) == made.id
    events = len(ledger.events())
    assert restored(home, ledger, made.id) == (now, ())
    assert len(ledger.events()) == events
    assert not published(home, ledger).is_new, "publishing the same content changes nothing"


def test_file_and_package_spoilt_are_built_again(home: Home, ledger: Ledger) -> None:
    made = published(home, ledger)
    spoil_file(made)
    spoil_package(made)
    with pytest.raises(IntegrityError, match=r"E_CONTENT.*another content"):
        restored(home, ledger, made.id, lambda _: frames(9.0))
    now, brought = restored(home, ledger, made.id, lambda _: frames())
    assert brought == ("file", "package")
    assert now.content == made.content
    assert verify(home, ledger) == []


def test_an_unknown_snapshot_cannot_be_restored_or_exported(home: Home, ledger: Ledger) -> None:
    published(home, ledger)
    with pytest.raises(UsageError, match="knows no snapshot"):
        restored(home, ledger, "0" * 16)
    with pytest.raises(UsageError, match="knows no snapshot"):
        export(home, ledger, "../x", home.path / "out", by="someone")


def test_the_messages_name_the_command_that_works(home: Home, ledger: Ledger) -> None:
    made = published(home, ledger)
    spoil_file(made)
    said = f"imsct snapshot restore {made.id}"
    with pytest.raises(IntegrityError, match=said):
        published(home, ledger)
    assert ["imsct snapshot restore" in p.suggestion for p in verify(home, ledger)] == [True]
    made.path.unlink()
    made.manifest_path.unlink()
    with pytest.raises(IntegrityError, match=said):
        current(home)


def test_an_export_is_the_package_and_is_recorded(
    home: Home, ledger: Ledger, tmp_path: Path
) -> None:
    rows = frames()
    rows["core", "cases"] = rows["core", "cases"].with_columns(
        provenance=pl.Series(["simulated", "simulated", "published"])
    )
    made = publish(rows, keys=KEYS, home=home, ledger=ledger)
    exported = export(home, ledger, made.id, tmp_path / "new" / "out", by="curator")
    package = package_path(made.path)
    copied = {path.name: sha256_of(path) for path in exported.folder.iterdir()}
    assert copied.pop(NOTE)
    assert copied == {path.name: sha256_of(path) for path in package.iterdir()}
    assert ledger.events("export")[0].payload == {
        "snapshot": made.id,
        "sha256": copied[DESCRIPTOR],
        "by": "curator",
        "files": len(copied),
        "rows": made.total_rows,
        "simulated": 2,
        "cases": 3,
    }
    assert "SIMULATED DATA: 2 of 3 cases" in (exported.folder / NOTE).read_text()
    assert "SIMULATED DATA: 2 of 3 cases" in exported.message
    with pytest.raises(UsageError, match="there already"):
        export(home, ledger, made.id, exported.folder, by="curator")
    assert len(ledger.events("export")) == 1


def test_a_spoilt_package_is_not_exported(home: Home, ledger: Ledger, tmp_path: Path) -> None:
    made = published(home, ledger)
    spoil_package(made)
    with pytest.raises(IntegrityError, match=f"E_SHA256.*snapshot restore {made.id}"):
        export(home, ledger, made.id, tmp_path / "out", by="curator")
    assert list(tmp_path.glob("*out*")) == []
    assert ledger.events("export") == ()


def test_old_snapshots_go_unless_a_report_names_them_and_come_back(
    home: Home, ledger: Ledger
) -> None:
    made = [published(home, ledger, age=float(age)) for age in range(5)]
    named = home.reports / f"histology-{made[1].id}"
    named.mkdir()
    assert held_by_reports(home, ledger, keep=2) == {made[1].id: [f"reports/{named.name}"]}
    assert retire(home, ledger, keep=2) == [made[0].id, made[2].id]
    left = {path.name.partition(".")[0] for path in home.published.iterdir()} - {"", "CURRENT"}
    assert left == {made[n].id for n in (1, 3, 4)}
    assert verify(home, ledger) == []
    assert retire(home, ledger, keep=2) == []
    with pytest.raises(UsageError, match="was retired"):
        export(home, ledger, made[0].id, home.path / "out", by="curator")
    now, brought = restored(home, ledger, made[0].id, lambda _: frames(0.0))
    assert (now.content, brought) == (made[0].content, ("file", "manifest", "package"))
    assert now.created == made[0].created
    assert verify(home, ledger) == []
    assert [s for s, event in newest_events(ledger).items() if event.kind == "retired"] == [
        made[2].id
    ]


def test_a_run_says_which_folders_hold_an_old_snapshot_back(home: Home, ledger: Ledger) -> None:
    made = [published(home, ledger, age=float(age)) for age in range(3)]
    folders = [place / f"histology-{made[0].id}" for place in (home.reports, home.results)]
    for folder in folders:
        folder.mkdir()
    said: list[str] = []
    with Store.open(None) as store:
        line = Line(home, ledger, store, said.append, "code", "lock")
        snapshot._retire(line, 1)
        assert said[0].startswith(f"retired: {made[1].id}")
        for folder in folders:
            assert str(folder.relative_to(home.path)) in said[1]
            folder.rmdir()
        snapshot._retire(line, 1)
    assert said[2:] == [f"retired: {made[0].id} (keep_snapshots: 1)"]


def test_the_current_snapshot_is_never_retired(home: Home, ledger: Ledger) -> None:
    first, second = published(home, ledger), published(home, ledger, age=1.0)
    (home.published / "CURRENT").write_text(f"{first.id}\n")
    assert retire(home, ledger, keep=1) == []
    assert second.path.exists()


def test_a_crash_while_retiring_is_finished_later(home: Home, ledger: Ledger) -> None:
    first, _ = published(home, ledger), published(home, ledger, age=1.0)
    kept = {path.name: path.read_bytes() for path in (first.path, first.manifest_path)}
    retire(home, ledger, keep=1)
    for name, data in kept.items():
        (home.published / name).write_bytes(data)
    assert {p.severity for p in verify(home, ledger)} == {"warning"}
    assert retire(home, ledger, keep=1) == []
    assert verify(home, ledger) == []
