"""The identifier scan: both corpora, and the door of the landing zone."""

import re
from functools import partial
from pathlib import Path

import polars as pl
import pytest

from assets.context import Line
from assets.intake import stage_pending
from assets.readers.identifiers import _ID_WORTH_A_LOOK, _kinds_of_id
from assets.readers.reading import read
from assets.receiving import scan_delivery
from schemas.identifiers.column_names import names_a_person
from schemas.identifiers.texts import WORTH_A_LOOK, identifying_kinds
from schemas.profile import own_layout
from schemas.tables import TABLES
from tests.support.folders import announce, clean, set_cells
from warehouse.delivery_check import examine
from warehouse.home import Home
from warehouse.landing import complete_deliveries, receive, received_deliveries
from warehouse.ledger import Ledger
from warehouse.received import enter_deliveries
from warehouse.store import Store
from warehouse.verification import verify

CORPORA = Path(__file__).parent / "identifiers"
FIRES = (CORPORA / "must_fire.txt").read_text(encoding="utf-8").splitlines()
PASSES = (CORPORA / "must_not_fire.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("line", FIRES)
def test_what_must_fire_fires_with_its_kind(line: str) -> None:
    kind, _, text = line.partition(": ")
    assert kind in identifying_kinds(text)
    is_looked_at = pl.Series([text]).str.contains(WORTH_A_LOOK).item()
    assert is_looked_at, "the search by columns passes it on"


@pytest.mark.parametrize("text", PASSES)
def test_what_must_not_fire_does_not(text: str) -> None:
    assert identifying_kinds(text) == ()


def test_no_column_of_the_dictionary_is_named_like_a_person() -> None:
    assert [name for table in TABLES for name in table.names if names_a_person(name)] == []


def test_a_file_that_identifies_is_not_kept_and_the_ledger_has_places_only(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    home.create()
    ledger = Ledger.open(home.ledger)
    folder = home.landing / "SITE_A" / "d1"
    folder.mkdir(parents=True)
    clean(folder)
    set_cells(folder, "pathology", histology="SMITH, John")
    announce(folder)
    (found,) = complete_deliveries(home.landing)
    with Store.open(None) as store:
        line = Line(home, ledger, store, [].append, "", "")
        receipt = receive(found, home, ledger, scan=partial(scan_delivery, line))
    assert receipt.status == "received"
    manifest = examine(folder).manifest
    assert manifest is not None
    kept = {path.name for path in home.received.iterdir()}
    named = {entry.file: entry.sha256 for entry in manifest.files}
    assert named.pop("pathology.csv") not in kept
    assert set(named.values()) <= kept
    (delivery,) = received_deliveries(Ledger.open(home.ledger))
    (problem,) = delivery.withheld["pathology.csv"]
    assert (problem.rule, problem.line, problem.column) == ("E_PHI", 2, "histology")
    assert problem.key is None
    written = [path for path in home.path.rglob("*") if path.is_file() and path.parent != folder]
    assert [path for path in written if b"SMITH" in path.read_bytes()] == []
    assert [p.rule for p in verify(home, ledger) if p.rule == "E_SHA256"] == []
    with Store.open(home.database) as store:
        line = Line(home, Ledger.open(home.ledger), store, [].append, "", "")
        enter_deliveries(store, line.ledger)
        stage_pending(line)
        rows = store.rows("select rule, file, line, key from quarantine.problems")
        records = store.rows("select declared, is_refused from staged.records where is_refused")
    assert rows == [("E_PHI", "pathology.csv", 2, None)]
    assert len(records) == 1


def test_a_column_of_unknown_name_is_told_by_its_place_and_never_by_its_name() -> None:
    """The header may be the name: who is to mend the file is told which column to look at."""
    part = own_layout().file("patients.csv")
    assert part is not None
    header = [*part.header, "Dr. Lindqvist dob", "Miller"]
    cells = [*["" for _ in part.header], "", "+44 20 7946 0958"]
    data = "\n".join([",".join(header), ",".join(cells)]).encode()
    found = read(data, part, file="patients.csv", declared=None, scan="unannounced")
    said = [(p.rule, p.column, p.message.partition(":")[0]) for p in found.problems]
    place = len(header)
    assert ("E_PHI_COLUMN", None, f"Column {place - 1}") in said
    assert ("E_PHI", None, f"Column {place}") in said
    assert "Miller" not in str(found.problems)
    assert "Lindqvist" not in str(found.problems)


def test_published_evidence_keeps_titles_and_addresses(tmp_path: Path) -> None:
    clean(tmp_path)
    announce(tmp_path, id_scheme="published")
    manifest = examine(tmp_path).manifest
    assert manifest is not None
    home = Home(tmp_path / "home")
    home.create()
    with Store.open(None) as store:
        line = Line(home, Ledger.open(home.ledger), store, [].append, "", "")
        assert scan_delivery(line, tmp_path, manifest) == {}


#: Numbers that a country gives to a person, as the corpus writes them.
NUMBERED = [line for line in FIRES if re.match("[A-Z].* (number|code): ", line)]


@pytest.mark.parametrize("line", [*NUMBERED, "e-mail address: j.smith@clinic.example"])
def test_the_quick_look_at_ids_passes_no_number_of_a_person_on(line: str) -> None:
    kind, _, text = line.partition(": ")
    found = _kinds_of_id(text, "published")
    assert kind in found or found == ("hospital number or date as id",)
    assert pl.Series([text]).str.contains(_ID_WORTH_A_LOOK).item()


def test_the_quick_look_spares_ids_of_counted_parts() -> None:
    """A site has a hundred thousand of them; the close look at each took longer than reading."""
    ids = pl.Series(["SIM_A-P00001-1-S01-R1", "SITE_B-00012-2-S03"])
    assert not ids.str.contains(_ID_WORTH_A_LOOK).any()


def test_a_refused_record_with_a_line_feed_in_a_cell_is_searched_whole() -> None:
    part = own_layout().file("patients.csv")
    assert part is not None
    head = ",".join(part.header)
    for cell, rule in (("none", "E_CHAR"), ("call 0176 1234567", "E_PHI")):
        data = f'{head}\nP1,SITE_A,"fe\nmale","{cell}",\nP2,SITE_A,male,none,\n'.encode()
        found = read(data, part, file="patients.csv", declared=None, scan="unannounced")
        assert [(problem.rule, problem.line) for problem in found.problems] == [(rule, 2)]
        assert found.found == 2
