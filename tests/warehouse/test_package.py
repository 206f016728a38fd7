"""The package beside a snapshot: the same rows as Parquet, described, verified, made again."""

import hashlib
import json
import shutil
from pathlib import Path

import polars as pl
import pytest
import yaml

from schemas.errors import UsageError
from schemas.exports import dictionary_as
from schemas.tables import BY_NAME
from tests.support.rows import valid_row
from warehouse.home import Home
from warehouse.ledger import Ledger
from warehouse.package import DESCRIPTOR
from warehouse.settings import TEXT, Settings, settings_of
from warehouse.snapshot_file import read_content
from warehouse.snapshots import Snapshot, package_path, publish
from warehouse.verification import verify

ABOUT = {"title": "A registry", "licence": "CC BY 4.0", "contributors": ["Site A", 'Site B: "x"']}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.create()
    return made


def frames() -> dict[tuple[str, str], pl.DataFrame]:
    row = valid_row("patients", patient_id="P1")
    kept = {c.name: row.get(c.name) for c in BY_NAME["patients"].kept_columns}
    return {
        ("core", "patients"): pl.DataFrame([kept | {"provenance": "simulated"}]),
        ("analysis", "cases"): pl.DataFrame({"case_id": ["C2", "C1"], "age_years": [4.5, None]}),
    }


def published(home: Home) -> tuple[Snapshot, Path]:
    keys = {("core", "patients"): ("patient_id",), ("analysis", "cases"): ("case_id",)}
    made = publish(
        frames(), keys=keys, home=home, ledger=Ledger.open(home.ledger), extra_manifest=ABOUT
    )
    return made, package_path(made.path)


def test_the_parquet_files_hold_the_rows_of_the_snapshot(home: Home) -> None:
    made, folder = published(home)
    for (layer, table), frame in read_content(made.path).items():
        parquet = pl.read_parquet(folder / f"{layer}.{table}.parquet")
        assert parquet.sort(pl.all()).equals(frame.sort(pl.all()))


def test_the_descriptor_says_what_each_file_and_column_is(home: Home) -> None:
    made, folder = published(home)
    described = json.loads((folder / DESCRIPTOR).read_bytes())
    assert described["version"] == made.id
    assert described["licenses"][0]["title"] == "CC BY 4.0"
    by_name = {entry["name"]: entry for entry in described["resources"]}
    patients = by_name["core.patients"]
    assert patients["schema"]["primaryKey"] == ["patient_id"]
    sex = next(f for f in patients["schema"]["fields"] if f["name"] == "sex")
    assert sex["description"] == BY_NAME["patients"]["sex"].description
    for path in folder.iterdir():
        if path.name != DESCRIPTOR:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            assert described["files"][path.name] == digest
    assert (folder / "dictionary.json").read_text(encoding="utf-8") == dictionary_as("json")
    cited = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    assert [author["name"] for author in cited["authors"]] == ABOUT["contributors"]
    assert cited["version"] == made.id


def test_a_package_that_is_gone_is_made_again_byte_for_byte(home: Home) -> None:
    _, folder = published(home)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    ledger = (home.ledger / "ledger.jsonl").read_bytes()
    shutil.rmtree(folder)
    published(home)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert (home.ledger / "ledger.jsonl").read_bytes() == ledger


@pytest.mark.parametrize("name", ["analysis.cases.parquet", DESCRIPTOR, "LICENCE.txt"])
def test_a_flipped_bit_in_any_of_its_files_is_found(home: Home, name: str) -> None:
    _, folder = published(home)
    assert verify(home, Ledger.open(home.ledger)) == []
    path = folder / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.chmod(0o644)
    path.write_bytes(data)
    (problem,) = verify(home, Ledger.open(home.ledger))
    assert (problem.rule, problem.severity) == ("E_SHA256", "error")


def test_a_missing_or_added_file_is_found(home: Home) -> None:
    _, folder = published(home)
    (folder / "LICENCE.txt").unlink()
    (folder / "extra.txt").write_text("x", encoding="utf-8")
    (problem,) = verify(home, Ledger.open(home.ledger))
    assert "LICENCE.txt, extra.txt" in problem.message


def test_a_new_home_says_its_settings_and_they_are_the_defaults(home: Home) -> None:
    assert settings_of(home) == Settings()
    home.settings.write_bytes(TEXT)
    assert settings_of(home) == Settings()


@pytest.mark.parametrize(
    "text",
    ["titel: x\n", "title: 4\n", "- a\n", "title: [\n", "title: ''\n", "keep_snapshots: 0\n"],
)
def test_settings_that_cannot_be_read_are_told_in_a_sentence(home: Home, text: str) -> None:
    home.settings.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"^imsct\.yaml"):
        settings_of(home)
