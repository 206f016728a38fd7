"""Encryption at rest, with the real extension: no plain text, no other key, and said what is on."""

import os
import re
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from orchestration.home import make_ready
from schemas.errors import ImsctError, StorageError, UsageError
from tests.support.command import imsct
from tests.support.folders import announce, clean
from tests.support.registry import Registry, fill
from warehouse import connecting
from warehouse.encryption import key_of
from warehouse.handing_over import hand_over
from warehouse.home import Home
from warehouse.settings import settings_of
from warehouse.snapshot_file import read_content
from warehouse.snapshots import current
from warehouse.store import Store, check_database
from warehouse.validation.suite import OfficialCount

KEY = "q5b2l0Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldA=="
MARK = "ZWITSCHERLING"
#: Everything that writes to the database; models and reports do not.
WITHOUT_MODELS = '+key:"analysis/columns" or key:"reference/*" or key:"published/snapshot"'


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home that asks for encryption, its key beside it."""
    made = Home(tmp_path / "home")
    make_ready(made)
    file = tmp_path / "key"
    file.write_text(KEY + "\n")
    file.chmod(0o600)
    ask(made, f"key_file: {file}")
    return made


def ask(home: Home, text: str) -> None:
    """Settings that ask for encryption."""
    home.settings.write_text(f"encryption: {{{text}}}\n")


def marked(store: Store) -> None:
    """A mark on its way to the file: first in the log, in the file at the checkpoint."""
    store.con.execute("insert into history.tombstones values (1, ?, 'cases', ['C1'])", [MARK])


def bytes_of(path: Path) -> bytes:
    """Database and log."""
    return b"".join(p.read_bytes() for p in sorted(path.parent.glob(f"{path.name}*")))


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "encrypted"])
def test_no_plain_text_in_database_or_log(tmp_path: Path, key: str | None) -> None:
    path = tmp_path / "w.duckdb"
    with Store.open(path, key=key) as store:
        store.con.execute("checkpoint")
        marked(store)
        assert (tmp_path / "w.duckdb.wal").stat().st_size > 0
        in_log = bytes_of(path)
        store.con.execute("checkpoint")
    in_file = path.read_bytes()
    assert (MARK.encode() in in_log, MARK.encode() in in_file) == (key is None, key is None)
    assert (b"quarantine" in in_file) == (key is None)  # nor the names of tables
    with Store.open(path, key=key) as store:
        assert store.rows("select site from history.tombstones") == [(MARK,)]


def test_what_does_not_fit_into_memory_is_encrypted_too(tmp_path: Path) -> None:
    with Store.open(tmp_path / "w.duckdb", key=KEY) as store:
        set_to = "select current_setting('temp_file_encryption'), current_setting('temp_directory')"
        assert store.rows(set_to) == [(True, str(tmp_path / "w.duckdb.tmp"))]


def test_another_key_or_none_opens_nothing_and_changes_nothing(tmp_path: Path) -> None:
    path, plain = tmp_path / "w.duckdb", tmp_path / "plain.duckdb"
    for place, key in ((path, KEY), (plain, None)):
        with Store.open(place, key=key) as store:
            marked(store)
    before = path.read_bytes(), plain.read_bytes()
    for place, key, said in (
        (path, KEY.swapcase(), "encrypted with another key"),
        (path, None, "is encrypted, and imsct.yaml names no key"),
        (plain, KEY, "is not encrypted, and imsct.yaml asks for it"),
    ):
        for look in (Store.open, check_database):
            with pytest.raises(StorageError, match=said) as caught:
                look(place, key=key)
            assert "'imsct materialize --rebuild'" in str(caught.value)
            assert KEY not in str(caught.value)
    assert (path.read_bytes(), plain.read_bytes()) == before


def test_no_flipped_bit_gives_other_rows(tmp_path: Path) -> None:
    path = tmp_path / "w.duckdb"
    with Store.open(path, key=KEY) as store:
        marked(store)
    whole = path.read_bytes()
    for place in (100, 5_000, len(whole) // 2, len(whole) - 1_000):
        data = bytearray(whole)
        data[place] ^= 1
        path.write_bytes(data)
        try:
            with Store.open(path, key=KEY) as store:
                assert store.rows("select site from history.tombstones") == [(MARK,)]
                for layer, table in store.rows(
                    "select schema_name, table_name from duckdb_tables() where not temporary"
                ):
                    store.read(str(layer), str(table))
        except (ImsctError, duckdb.Error) as error:
            said = str(error)
        else:
            said = "nothing"
        assert re.search("AES tag|damaged|another key", said), place


def test_the_whole_way_gives_what_a_plain_store_gives(tmp_path: Path) -> None:
    found = []
    for name, key in (("plain", None), ("encrypted", KEY)):
        (tmp_path / name).mkdir()
        with Store.open(tmp_path / name / "w.duckdb", key=key) as store:
            fill(store)
            registry = Registry(tmp_path / name, store)
            registry.deliver("d1", lambda _: None)
            if key is not None:
                assert OfficialCount(store).count(*a_check()) == [0]
            found.append(registry.kept())
    assert found[0] == found[1]


@pytest.mark.slow
def test_a_whole_run_leaves_no_plain_text_in_what_is_encrypted(home: Home, tmp_path: Path) -> None:
    folder = tmp_path / "d1"
    folder.mkdir()
    clean(folder)
    for path in folder.glob("*.csv"):
        path.write_text(path.read_text().replace("P1,", f"P1-{MARK},"))
    announce(folder)
    hand_over(folder, home.landing)
    seen: Counter[str] = Counter()
    is_over = threading.Event()

    def look() -> None:
        """Database, log and what the engine puts aside, again and again while the run writes."""
        while not is_over.wait(0.2):
            for path in (p for p in home.path.rglob(f"{home.database.name}*") if p.is_file()):
                with suppress(FileNotFoundError):
                    seen[path.name] += 1
                    seen["plain"] += MARK.encode() in path.read_bytes()

    watching = threading.Thread(target=look)
    watching.start()
    try:
        ran = imsct("materialize", "--select", WITHOUT_MODELS, "--home", home.path)
    finally:
        is_over.set()
        watching.join()
    assert ran.exit == 0, ran.err
    assert seen["warehouse.duckdb.wal"] > 3
    assert seen["plain"] == 0
    assert MARK.encode() not in bytes_of(home.database)
    now = current(home)
    assert now is not None
    assert "P1-" + MARK in read_content(now.path)["core", "patients"]["patient_id"]  # not these


def a_check() -> tuple:  # type: ignore[type-arg]
    """A table and one of its checks, for Great Expectations on a second connection."""
    from schemas.catalogue import checks_of
    from schemas.tables import BY_NAME

    return BY_NAME["cases"], checks_of("cases")[:1]


def test_without_the_extension_nothing_is_written(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "PACKAGE", "duckdb_extension_of_nobody")
    with pytest.raises(StorageError, match="python -m pip install duckdb-extension-of-nobody=="):
        Store.open(home.database, key=KEY)
    assert not home.database.exists()
    ran = imsct("doctor", "--home", home.path)
    assert ran.exit == 3
    assert "is not installed" in ran.out


def test_the_key_is_kept_safely_or_refused(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    file = home.path.parent / "key"
    assert key_of(home) == KEY
    file.chmod(0o640)
    with pytest.raises(StorageError, match=r"mode 0640.*chmod 600"):
        key_of(home)
    file.chmod(0o600)
    file.write_text("short")
    with pytest.raises(UsageError, match="has 5 characters; 32 are the fewest"):
        key_of(home)
    inside = home.path / "dagster" / "key"
    inside.write_text(KEY)
    inside.chmod(0o600)
    link = home.path.parent / "link"
    link.symlink_to(inside)
    for place in (inside, link):
        ask(home, f"key_file: {place}")
        with pytest.raises(UsageError, match="lies inside the home"):
            key_of(home)
    ask(home, f"key_file: {file}.gone")
    with pytest.raises(StorageError, match="cannot be read"):
        key_of(home)
    ask(home, "key_variable: IMSCT_TEST_KEY")
    with pytest.raises(StorageError, match="IMSCT_TEST_KEY is not set"):
        key_of(home)
    monkeypatch.setenv("IMSCT_TEST_KEY", KEY)
    assert key_of(home) == KEY


@pytest.mark.parametrize(
    "text",
    ["", "key_file: here", "key_file: /a, key_variable: B", "password: x", "key_variable: a b"],
)
def test_settings_that_name_no_one_place_are_refused(home: Home, text: str) -> None:
    ask(home, text)
    with pytest.raises(UsageError, match=r"imsct\.yaml, encryption"):
        settings_of(home)


def test_the_doctor_and_every_command_go_by_the_settings(home: Home) -> None:
    with Store.open(home.database, key=key_of(home)):
        pass
    ran = imsct("doctor", "--home", home.path)
    assert ran.exit == 0, ran.out
    assert "warehouse.duckdb; everything else of the home is not" in ran.out
    assert "readable, nobody writes it" in ran.out
    assert imsct("quarantine", "--home", home.path).exit == 0
    key = home.path.parent / "key"
    key.write_text(os.urandom(32).hex())
    for command in ("quarantine", "doctor"):
        ran = imsct(command, "--home", home.path)
        assert ran.exit == 3
        assert "encrypted with another key" in ran.out + ran.err
        assert key.read_text() not in ran.out + ran.err
    home.settings.unlink()
    assert "off; the disk's own" in imsct("doctor", "--home", home.path).out
