"""Homes of every earlier version: refused untouched, then built again with every row accounted for.

The archives were made by the programs of their time (`homes/README.md`); every row is simulated.
"""

import gzip
import hashlib
import tarfile
from pathlib import Path

import pytest

from assets.staging import kept_bytes
from schemas.errors import IntegrityError
from schemas.tables import SCHEMA_VERSION
from schemas.versions import VERSIONS
from tests.support.command import imsct
from tests.support.registry import Registry
from warehouse.home import Home
from warehouse.landing import received_deliveries
from warehouse.store import Store, check_database

HOMES = Path(__file__).parent / "homes"
#: Accepted and quarantined by the program of that time.
THEN = {"1-7c6cfd7": (129, 33), "2-333d3ac": (15, 0), "2-8861cca": (15, 0)}


def unpacked(name: str, folder: Path) -> Home:
    """A home as it was left, in a folder of its own."""
    home = Home(folder / "home")
    home.create()
    with tarfile.open(HOMES / f"{name}.tar.xz") as archive:
        archive.extractall(home.path, filter="data")
    return home


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_there_is_a_home_of_every_earlier_version() -> None:
    assert {name.partition("-")[0] for name in THEN} >= set(VERSIONS) - {SCHEMA_VERSION}
    assert {path.name.removesuffix(".tar.xz") for path in HOMES.glob("*.xz")} == set(THEN)


@pytest.mark.parametrize("name", THEN)
def test_its_database_is_refused_untouched(name: str, tmp_path: Path) -> None:
    home = unpacked(name, tmp_path)
    before = sha256(home.database)
    ran = imsct("quarantine", "--home", home.path)
    assert ran.exit == 4
    assert "made by another version of the program" in ran.err
    assert "'imsct materialize --rebuild'" in ran.err
    with pytest.raises(IntegrityError, match="another version of the program"):  # as doctor looks
        check_database(home.database)
    assert sha256(home.database) == before


@pytest.mark.parametrize("name", THEN)
def test_it_is_built_again_with_every_row_accounted_for(name: str, tmp_path: Path) -> None:
    home = unpacked(name, tmp_path)
    home.database.unlink()
    with Store.open(home.database) as store:
        registry = Registry(tmp_path, store)
        registry.run()
        ((_, _, received, accepted, quarantined),) = registry.account()
        (delivery,) = received_deliveries(registry.ledger)
        assert received == accepted + quarantined == sum(THEN[name])
        assert received == sum(file.rows for file in delivery.files)
        assert (accepted, quarantined) == THEN[name]
        kept = {entry.file: kept_bytes(registry.line, entry.sha256) for entry in delivery.files}
        assert len(kept) == len(delivery.files)


@pytest.mark.slow
def test_the_command_does_it_and_takes_the_old_file_away(tmp_path: Path) -> None:
    home = unpacked("1-7c6cfd7", tmp_path)
    ran = imsct(
        "materialize", "--rebuild", "--home", home.path, "--select", '+key:"quarantine/problems"'
    )
    assert ran.exit == 0, ran.err
    assert "162       129           33" in ran.out
    assert [path.name for path in home.path.glob("warehouse*")] == ["warehouse.duckdb"]
    with Store.open(home.database) as store:
        assert store.rows("select schema_version from received.layout") == [(SCHEMA_VERSION,)]


def test_a_database_of_a_program_to_come_is_refused_untouched(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    with Store.open(home.database) as store:
        newer = str(int(SCHEMA_VERSION) + 1)
        store.con.execute("update received.layout set layout = 'x', schema_version = ?", [newer])
    before = sha256(home.database)
    ran = imsct("quarantine", "--home", home.path)
    assert ran.exit == 4
    assert f"newer program: version {newer} of the dictionary" in ran.err
    assert "Update the program." in ran.err
    assert sha256(home.database) == before


def test_a_file_of_an_engine_to_come_is_refused_untouched(tmp_path: Path) -> None:
    path = tmp_path / "warehouse.duckdb"
    path.write_bytes(gzip.decompress((HOMES / "engine-2.0.0.duckdb.gz").read_bytes()))
    before = sha256(path)
    with pytest.raises(IntegrityError, match="written by another version of the engine"):
        Store.open(path)
    assert sha256(path) == before
