"""Our own dictionary in REDCap and back: the export gives the rows that were typed in."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from assets.profiles import profile_named
from assets.readers.mapping import map_records
from assets.readers.reading import read
from assets.readers.redcap_dictionary import export_columns, read_dictionary
from orchestration.simulating import write_registry
from schemas.redcap_layout import REDCAP_LAYOUTS
from schemas.tables import BY_NAME
from tests.support.command import imsct
from tests.support.redcap import read_own, write_redcap


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small simulated site in the project's own layout."""
    folder = tmp_path_factory.mktemp("registry")
    write_registry(folder, cases=40, sites=1, seed=3, faults=0)
    (delivery,) = (folder / "SIM_A").iterdir()
    (delivery / "manifest.json").unlink()
    return delivery


def exported(own: Path, tmp_path: Path, layout: str) -> Path:
    """The site's rows as an export in that layout."""
    write_redcap(
        tmp_path / layout,
        read_own(own),
        label=layout.endswith("_label"),
        events="_longitudinal" in layout,
    )
    return tmp_path / layout


def checked(folder: Path, profile: str) -> dict[str, Any]:
    """What `imsct check` says, without where it stands."""
    ran = imsct("check", folder, "--profile", profile, "--json")
    assert ran.err == ""
    found: dict[str, Any] = json.loads(ran.out)
    rules = sorted((p["table"], p["key"], p["column"], p["rule"]) for p in found.pop("problems"))
    return {**found, "rules": rules, "exit": ran.exit}


def tables_of(folder: Path, profile: str) -> dict[str, pl.DataFrame]:
    """Rows of every table, by key."""
    layout = profile_named(profile)
    found: dict[str, pl.DataFrame] = {}
    for path in sorted(folder.glob("*.csv")):
        part = layout.file(path.name)
        assert part is not None
        got = read(path.read_bytes(), part, file=path.name, declared=None)
        assert not got.problems
        found |= map_records(got.frame, part).tables
    return {
        table: rows.drop("_record", "_line").sort(BY_NAME[table].key)
        for table, rows in found.items()
        if rows.height
    }


@pytest.mark.parametrize("layout", REDCAP_LAYOUTS)
def test_a_filled_export_is_as_clean_as_the_own_layout(
    layout: str, own: Path, tmp_path: Path
) -> None:
    folder = exported(own, tmp_path, layout)
    plain, through = checked(own, "imsct"), checked(folder, layout)
    assert through == plain
    assert (through["exit"], through["quarantined"]) == (0, 0)
    assert through["accepted"] > 1000


@pytest.mark.parametrize("layout", REDCAP_LAYOUTS)
def test_the_rows_are_those_that_were_typed_in(layout: str, own: Path, tmp_path: Path) -> None:
    plain, through = (
        tables_of(own, "imsct"),
        tables_of(exported(own, tmp_path, layout), layout),
    )
    assert set(through) == set(plain)
    assert len(through) == 11
    for table, rows in plain.items():
        assert through[table].equals(rows), table


@pytest.mark.parametrize("layout", REDCAP_LAYOUTS)
@pytest.mark.parametrize("version", ["1", "2"])
def test_the_header_is_in_the_order_of_the_dictionary(layout: str, version: str) -> None:
    part = profile_named(layout, version).file("data.csv")
    assert part is not None
    assert part.redcap is not None
    columns = export_columns(read_dictionary(part.redcap.dictionary.encode()))
    assert [name for name in columns if name in part.header] == list(part.header)


def test_no_choice_of_the_dictionary_shares_its_label_with_another() -> None:
    part = profile_named("imsct_redcap").file("data.csv")
    assert part is not None
    assert part.redcap is not None
    for field in read_dictionary(part.redcap.dictionary.encode()):
        labels = [label for _, label in field.choices]
        assert len(set(labels)) == len(labels), field.name


def test_patients_without_any_field_on_an_event_are_no_second_row(
    own: Path, tmp_path: Path
) -> None:
    """With events, a record has a line of its own on each of them."""
    folder = exported(own, tmp_path, "imsct_redcap_longitudinal")
    path = folder / "data.csv"
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"))))
    visit = [rows[1][0], "visit_1_arm_1", *[""] * (len(rows[0]) - 2)]
    with path.open("a", encoding="utf-8") as out:
        csv.writer(out, lineterminator="\n").writerow(visit)
    before, after = checked(own, "imsct"), checked(folder, "imsct_redcap_longitudinal")
    assert after == {
        **before,
        "received": before["received"] + 1,
        "accepted": before["accepted"] + 1,
    }


def test_a_dictionary_that_changed_since_is_told_and_the_data_go_on(
    own: Path, tmp_path: Path
) -> None:
    folder = exported(own, tmp_path, "imsct_redcap")
    path = folder / "dictionary.csv"
    text = path.read_text(encoding="utf-8")
    assert "female, " in text
    path.write_text(text.replace("female, ", "woman, ", 1), encoding="utf-8")
    found = json.loads(imsct("check", folder, "--profile", "imsct_redcap", "--json").out)
    (problem,) = [p for p in found["problems"] if p["severity"] == "error"]
    assert (problem["file"], problem["rule"]) == ("dictionary.csv", "E_SCHEMA")
    assert "pt_sex" in problem["message"]
    assert found["quarantined"] == 0
