"""Deliveries over time: what each mode does to the rows that are kept, and that all can be undone.

Every delivery goes the whole way from the landing zone; the store lives in memory.
Longer than 400 lines: all tests are made of the same few changes of one clean delivery.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.intake import _groups
from assets.receiving import receive_landed
from schemas.identifiers.pseudonyms import id_columns, pseudonym
from schemas.tables import BY_NAME
from tests.support.folders import add, announce, clean, drop, read_rows, set_cells, write_rows
from tests.support.registry import Registry, fill
from warehouse.decisions import named_delivery
from warehouse.handing_over import hand_over
from warehouse.history import read_as_of
from warehouse.quarantine import current_problems
from warehouse.staging import pending_deliveries
from warehouse.store import Store
from warehouse.verification import verify


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    """An empty home with an empty store in memory."""
    with Store.open(None) as store:
        fill(store)
        yield Registry(tmp_path, store)


def as_it_is(_: Path) -> None:
    """Change nothing."""


def only(*tables: str) -> Callable[[Path], None]:
    """Leave every other file out."""

    def change(folder: Path) -> None:
        for path in folder.iterdir():
            if path.stem not in tables:
                path.unlink()

    return change


def keys(**rows: list[str]) -> Callable[[Path], None]:
    """A withdrawal's files: key columns only."""

    def change(folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()
        for table, listed in rows.items():
            (key,) = BY_NAME[table].key
            (folder / f"{table}.csv").write_text("\n".join([key, *listed]) + "\n")

    return change


def older(age: str, *, row: int = 1) -> Callable[[Path], None]:
    """Another age of one case."""
    return lambda folder: set_cells(folder, "cases", row=row, age_years=age)


def coded(age: str) -> Callable[[Path], None]:
    """Pseudonyms in place of the ids, and an age of one case."""

    def change(folder: Path) -> None:
        set_cells(folder, "cases", row=1, age_years=age)
        for path in folder.glob("*.csv"):
            table = BY_NAME[path.stem]
            rows = read_rows(folder, table.name)
            for row in rows:
                for column in id_columns(table):
                    local = {"site": "SITE_A", "local_id": row[column]}
                    row[column] = pseudonym(bytes(32), column=column, **local)
            write_rows(folder, table.name, rows)

    return change


def test_an_unchanged_row_of_the_next_full_delivery_writes_nothing(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    versions = {table: registry.versions(table) for table in BY_NAME}
    registry.deliver("d2", older("48"))
    grown = {table: registry.versions(table) - n for table, n in versions.items()}
    assert {table: n for table, n in grown.items() if n} == {"cases": 1}
    assert registry.account()[1] == ("d2", "received", 15, 15, 0)
    first, second = (
        d.seq for d in (named_delivery(registry.ledger, f"SITE_A/d{n}") for n in (1, 2))
    )
    found = registry.store.rows(
        "select age_years, valid_from, valid_to, recorded_at, recorded_to, ended_by"
        " from history.cases where case_id = 'C1' order by recorded_at"
    )
    assert found == [
        (47.0, first, second, first, None, "changed"),
        (48.0, second, None, second, None, None),
    ]
    assert read_as_of(registry.store, BY_NAME["cases"], first)["age_years"].to_list() == [
        47.0,
        47.0,
    ]
    assert registry.kept() == registry.rebuilt()


def test_the_same_bytes_under_a_new_name_are_no_new_delivery(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    before, events = registry.kept(), len(registry.ledger.events())
    registry.deliver("again", as_it_is)
    assert registry.kept() == before
    assert [e.kind for e in registry.ledger.events()[events:]] == ["duplicate"]


#: A site whose patients come under a header of its own.
WARD = """
name: ward
title: A ward
version: 1
source: a spreadsheet
files:
  - file: patienten.csv
    header: [Nummer, Geschlecht]
    rows:
      - table: patients
        unlisted: not_recorded
        columns:
          patient_id: {column: Nummer}
          site_id: {constant: SITE_A}
          sex: {column: Geschlecht, codes: {w: female, m: male}}
"""


def patients_of_a_ward(folder: Path) -> None:
    """One file under the ward's own header."""
    for path in folder.iterdir():
        path.unlink()
    (folder / "patienten.csv").write_text("Nummer,Geschlecht\nP1,w\nP2,m\n")


def test_a_profile_of_the_home_is_kept_with_what_was_read_by_it(registry: Registry) -> None:
    """Whoever mends the profile later must not change what was delivered before."""
    registry.deliver("d0", only("sites"))
    profile = registry.home.profiles / "ward.yaml"
    profile.write_text(WARD)
    registry.deliver("d1", patients_of_a_ward, profile="ward", mode="increment")
    sexes = registry.store.rows("select patient_id, sex from core.patients order by 1")
    assert sexes == [("P1", "female"), ("P2", "male")]
    profile.write_text(WARD.replace("w: female, m: male", "w: male, m: female"))
    assert registry.kept() == registry.rebuilt()
    profile.unlink()
    assert registry.kept() == registry.rebuilt()
    assert [p for p in verify(registry.home, registry.ledger) if p.rule == "E_SHA256"] == []


def test_simulated_deliveries_are_judged_and_counted_with_no_others(registry: Registry) -> None:
    """What is staged together is counted together; a sum over both would say nothing of either."""
    for site, scheme in (("SITE_A", "published"), ("SITE_B", "simulated"), ("SITE_C", "simulated")):
        folder = registry.path / site
        folder.mkdir()
        clean(folder)
        for path in folder.iterdir():
            path.write_text(path.read_text().replace("SITE_A", site))
        announce(folder, site=site, id_scheme=scheme)
        hand_over(folder, registry.home.landing)
    receive_landed(registry.line)
    groups = _groups(pending_deliveries(registry.store))
    assert [[d.site for d in group] for group in groups] == [["SITE_A"], ["SITE_B", "SITE_C"]]


def test_keys_that_vanish_from_a_full_delivery_end_and_are_not_deleted(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    registry.deliver("d2", lambda folder: drop(folder, "imaging_measurements", row=2))
    assert registry.store.count("core", "imaging_measurements") == 1
    ended = registry.store.rows(
        "select ended_by from history.imaging_measurements where valid_to > 0"
    )
    assert ended == [("vanished",)]


def test_an_increment_adds_and_meets_its_parents_in_core(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)

    def change(folder: Path) -> None:
        only("cases", "imaging_measurements")(folder)
        set_cells(folder, "cases", row=2, age_years="48")
        row = {"measurement_id": "M3", "study_id": "S1", "read_id": "R1"}
        add(folder, "imaging_measurements", **row)
        add(folder, "imaging_measurements", **row | {"measurement_id": "M4", "study_id": "S9"})

    registry.deliver("d2", change, mode="increment")
    assert registry.ages() == [("C1", 47.0), ("C2", 47.0)]
    assert registry.store.count("core", "imaging_measurements") == 3
    # C1 and two measurements are there already with equal content: accepted, nothing written
    assert registry.account()[1] == ("d2", "received", 6, 4, 2)
    assert registry.open_rules() == [("d2", "R002"), ("d2", "R003")]
    assert registry.kept() == registry.rebuilt()


def test_an_increment_that_puts_a_kept_row_in_the_wrong_says_so(registry: Registry) -> None:
    """A death before a study that was accepted earlier: the study stays, the finding is shown."""
    registry.deliver("d1", as_it_is)

    def change(folder: Path) -> None:
        only()(folder)
        write_rows(folder, "follow_up", [])
        dead = {"vital_status": "dead", "death_day": "300", "cause_of_death": "tumour"}
        add(folder, "follow_up", follow_up_id="F1", case_id="C1", contact_day="400", **dead)

    registry.deliver("d2", change, mode="increment")
    study = {"study_id": "S3", "case_id": "C1", "study_day": "350"}

    def later(folder: Path) -> None:
        only("imaging_studies")(folder)
        write_rows(folder, "imaging_studies", [])
        add(folder, "imaging_studies", study_purpose="surveillance", **study)

    registry.deliver("d3", later, mode="increment")
    assert ("d3", "R080") in registry.open_rules()
    assert registry.store.count("core", "imaging_studies") == 2


def test_a_correction_is_valid_since_what_it_mends_and_known_since_now(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    before = registry.kept()

    def change(folder: Path) -> None:
        only("cases")(folder)
        set_cells(folder, "cases", row=1, age_years="48")
        drop(folder, "cases", row=2)

    registry.deliver("d2", change, mode="correction", supersedes="d1")
    first, second = (
        d.seq for d in (named_delivery(registry.ledger, f"SITE_A/d{n}") for n in (1, 2))
    )
    found = registry.store.rows(
        "select age_years, valid_from, valid_to, recorded_at, recorded_to, ended_by"
        " from history.cases where case_id = 'C1' order by recorded_at"
    )
    assert found == [
        (47.0, first, None, first, second, "corrected"),
        (48.0, first, None, second, None, None),
    ]
    assert registry.ages() == [("C1", 48.0), ("C2", 47.0)]
    assert registry.kept()[""] != before[""]
    assert registry.kept() == registry.rebuilt()


def test_a_corrected_row_comes_in_once_and_its_problem_closes(registry: Registry) -> None:
    registry.deliver(
        "d1", lambda folder: set_cells(folder, "pathology", row=1, histology="ependymona")
    )
    assert registry.open_rules() == [("d1", "R005")]
    registry.deliver("d2", only("pathology"), mode="correction", supersedes="d1")
    assert registry.open_rules() == []
    assert registry.store.count("core", "pathology") == registry.versions("pathology") == 2
    assert registry.account() == [("d1", "received", 15, 14, 1), ("d2", "received", 2, 2, 0)]


def test_a_corrected_file_closes_what_was_said_of_the_file(registry: Registry) -> None:
    def without_header(folder: Path) -> None:
        path = folder / "pathology.csv"
        path.write_text("\n".join(path.read_text().splitlines()[1:]) + "\n")

    registry.deliver("d1", without_header)
    assert ("d1", "E_HEADER") in registry.open_rules()
    registry.deliver("d2", only("pathology"), mode="correction", supersedes="d1")
    assert registry.open_rules() == []
    assert registry.store.count("core", "pathology") == 2


def test_rows_that_were_held_back_come_in_once_their_parent_does(registry: Registry) -> None:
    def without_a_patient(folder: Path) -> None:
        set_cells(folder, "patients", row=1, sex="femal")
        set_cells(folder, "imaging_measurements", row=1, value="-40")

    registry.deliver("d1", without_a_patient)
    assert registry.ages() == [("C2", 47.0)]
    assert {"R005", "R006", "E_PARENT"} <= {rule for _, rule in registry.open_rules()}
    registry.deliver("d2", only("patients"), mode="correction", supersedes="d1")
    assert registry.ages() == [("C1", 47.0), ("C2", 47.0)]
    for table in ("cases", "imaging_studies", "imaging_reads", "surgeries", "pathology"):
        assert registry.store.count("core", table) == registry.versions(table) == 2, table
    # the measurement has an error of its own, and waits for its own correction
    assert registry.store.count("core", "imaging_measurements") == 1
    assert ("d1", "R006") in registry.open_rules()
    assert registry.account() == [("d1", "received", 15, 8, 7), ("d2", "received", 2, 2, 0)]
    assert registry.kept() == registry.rebuilt()


def test_what_is_withdrawn_goes_with_all_that_hangs_on_it_and_stays_away(
    registry: Registry,
) -> None:
    registry.deliver("d1", as_it_is)
    registry.deliver("d2", keys(patients=["P1", "P7"]), mode="withdrawal")
    assert registry.ages() == [("C2", 47.0)]
    for table in (
        "patients",
        "imaging_studies",
        "imaging_reads",
        "imaging_measurements",
        "pathology",
    ):
        assert registry.store.count("core", table) == 1, table
        ended = registry.store.rows(f"select ended_by from history.{table} where valid_to > 0")
        assert ended == [("withdrawn",)], table
    assert registry.account()[1] == ("d2", "received", 2, 2, 0)
    assert registry.open_rules() == [("d2", "R003")]  # nobody knows P7: a warning
    registry.deliver("d3", older("50", row=2))
    assert registry.ages() == [("C2", 50.0)]
    assert ("d3", "E_WITHDRAWN") in registry.open_rules()
    assert registry.kept() == registry.rebuilt()


def test_a_site_withdraws_rows_of_its_own_only(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    registry.deliver("w1", keys(patients=["P1"]), site="SITE_B", mode="withdrawal")
    assert [case for case, _ in registry.ages()] == ["C1", "C2"]
    assert registry.account()[1] == ("w1", "received", 1, 0, 1)
    assert registry.open_rules() == [("w1", "E_SITE")]


def many(n: int) -> Callable[[Path], None]:
    """Only patients and cases, `n` of each."""

    def change(folder: Path) -> None:
        only("sites")(folder)
        write_rows(folder, "patients", [])
        write_rows(folder, "cases", [])
        write_rows(folder, "surgeries", [])
        for i in range(n):
            add(folder, "patients", patient_id=f"P{i}")
            add(folder, "cases", case_id=f"C{i}", patient_id=f"P{i}")
            add(folder, "surgeries", surgery_id=f"O{i}", case_id=f"C{i}")

    return change


def test_a_delivery_that_shrank_waits_and_changes_nothing(registry: Registry) -> None:
    registry.deliver("d1", many(10))
    before = registry.kept()
    registry.deliver("d2", many(6))
    assert registry.kept()[""] == before[""]
    assert registry.account()[1] == ("d2", "held", 19, 0, 19)
    assert ("d2", "E_SHRINK") in registry.open_rules()
    (problem,) = (p for p in current_problems(registry.store).to_dicts() if p["rule"] == "E_SHRINK")
    assert problem["message"] == "The site has 10 cases; this delivery names 6, 40 % fewer."
    assert "imsct delivery approve SITE_A/d2" in problem["suggestion"]
    registry.approve("SITE_A/d2")
    assert registry.account()[1] == ("d2", "received", 19, 19, 0)
    assert registry.store.count("core", "cases") == 6
    assert registry.kept() == registry.rebuilt()


def test_a_fifth_fewer_cases_is_no_shrinking(registry: Registry) -> None:
    registry.deliver("d1", many(10))
    registry.deliver("d2", many(8))
    assert registry.account()[1] == ("d2", "received", 25, 25, 0)


def test_a_delivery_without_a_table_that_had_rows_waits(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    registry.deliver("d2", lambda folder: (folder / "pathology.csv").unlink())
    assert registry.account()[1] == ("d2", "held", 13, 0, 13)
    (problem,) = (p for p in current_problems(registry.store).to_dicts() if p["rule"] == "E_SHRINK")
    assert problem["message"] == "The site has 2 rows of pathology; this delivery has none."


def test_an_approval_that_comes_late_takes_its_place_before_what_came_since(
    registry: Registry,
) -> None:
    registry.deliver("d1", many(10))
    registry.deliver("d2", many(6))
    registry.deliver("d3", many(9))
    registry.approve("SITE_A/d2")
    assert registry.store.count("core", "cases") == 9
    ended = registry.store.rows(
        "select ended_by, count(*) from history.cases group by 1 order by 1"
    )
    assert ended == [("vanished", 4), (None, 9)]
    assert registry.kept() == registry.rebuilt()


def test_pseudonyms_made_with_another_key_wait(registry: Registry) -> None:
    scheme = {"id_scheme": "hmac-sha256/1"}
    registry.deliver("d1", coded("47"), key_id="aaaaaaaa", **scheme)
    registry.deliver("d2", coded("48"), key_id="bbbbbbbb", **scheme)
    assert registry.open_rules() == [("d2", "E_KEY")]
    registry.approve("SITE_A/d2")
    registry.deliver("d3", coded("49"), key_id="bbbbbbbb", **scheme)
    assert [status for _, status, *_ in registry.account()] == ["received"] * 3


def test_a_withdrawn_delivery_counts_as_if_it_had_never_come(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    registry.deliver("d2", older("48"))
    registry.withdraw("SITE_A/d2")
    assert registry.ages() == [("C1", 47.0), ("C2", 47.0)]
    assert registry.account()[1] == ("d2", "withdrawn", 15, 0, 15)
    assert registry.kept() == registry.rebuilt()
    registry.deliver("d3", older("49"))
    registry.withdraw("SITE_A/d1")
    assert registry.ages() == [("C1", 49.0), ("C2", 47.0)]
    assert registry.kept() == registry.rebuilt()


def test_a_run_that_was_killed_between_two_tables_leaves_nothing_behind(registry: Registry) -> None:
    registry.deliver("d1", as_it_is)
    before = registry.kept()
    registry.store.con.execute("update received.deliveries set accepted = null, quarantined = null")
    registry.store.con.execute("delete from history.cases")
    registry.store.con.execute(
        "insert into quarantine.problems (delivery, rule) values (1, 'R005')"
    )
    registry.run()
    assert registry.kept() == before
    assert registry.open_rules() == []
