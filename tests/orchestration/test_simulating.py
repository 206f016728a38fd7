"""`imsct simulate`: the same bytes, deliveries that are taken, and a truth that is true."""

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from orchestration.simulating import DELIVERY, TRUTH, write_registry
from schemas.errors import StorageError, UsageError
from tests.support.command import imsct

CASES, SITES, SEED, FAULTS = 180, 5, 4, 80


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("simulated") / "registry"
    write_registry(out, cases=CASES, sites=SITES, seed=SEED, faults=FAULTS)
    return out


def test_the_same_numbers_give_the_same_bytes(written: Path, tmp_path: Path) -> None:
    write_registry(tmp_path / "again", cases=CASES, sites=SITES, seed=SEED, faults=FAULTS)
    compared = subprocess.run(["diff", "-r", written, tmp_path / "again"], capture_output=True)
    assert compared.returncode == 0, compared.stdout[:500]


def test_the_truth_names_every_fault_that_is_found_and_no_other(written: Path) -> None:
    truth = json.loads((written / TRUTH).read_text())
    assert truth["label"].startswith("SIMULATED")
    assert [site["site_id"] for site in truth["sites"]] == [f"SIM_{x}" for x in "ABCDE"]
    planted = {
        (f["site"], f["table"], f["rule"], f["column"], f["severity"]) for f in truth["faults"]
    }
    planted |= {
        (fault["site"], fault["table"], rule, "value", "error")
        for fault in truth["site_faults"]
        for rule in fault["refused"]
    }
    assert truth["faults_asked_for"] == truth["faults_planted"] == FAULTS
    assert {fault["mistake"] for fault in truth["faults"]} == set(range(1, FAULTS + 1))
    found, accepted = set(), 0
    by_rule: Counter[tuple[str, str]] = Counter()
    for site in truth["sites"]:
        name = site["site_id"]
        done = imsct("check", str(written / name / DELIVERY), "--json")
        said = json.loads(done.out)
        accepted += said["accepted"]
        problems = [problem for problem in said["problems"] if problem["rule"] != "E_PARENT"]
        by_rule.update((name, problem["rule"]) for problem in problems)
        found |= {
            (name, *(problem[x] for x in ("table", "rule", "column", "severity")))
            for problem in problems
        }
    errors = {fault for fault in found if fault[-1] == "error"}
    assert errors == {fault for fault in planted if fault[-1] == "error"}
    # every planted warning is found; others were drawn, because real data have them too
    assert planted - errors <= found
    assert accepted > 2000
    adc, length = truth["site_faults"]
    assert (adc["site"], length["site"]) == ("SIM_B", "SIM_C")
    assert adc["refused"] == {"R042": by_rule["SIM_B", "R042"]}
    assert length["refused"].get("R006", 0) <= by_rule["SIM_C", "R006"]
    assert by_rule["SIM_C", "R044"] > 0.9 * (length["rows"] - length["refused"].get("R006", 0))
    assert {"R083"} == {*adc["among_sites"], *length["among_sites"]}


def test_the_truth_says_of_every_number_what_it_rests_on(written: Path) -> None:
    numbers = json.loads((written / TRUTH).read_text())["numbers"]
    assert len(numbers) > 800
    kinds = {(number["name"], *number["place"]): number["kind"] for number in numbers}
    assert kinds["GTR", "EPN"] == "E"
    assert kinds["GTR", "LGA"] == "A"
    assert kinds["MISSING_GRADE", "month_6"] == "E"
    assert kinds[("SITE_INTERCEPT_SD",)] == "A"
    assert all((number["kind"] == "E") == bool(number["source"]) for number in numbers)


def test_a_clean_registry_is_taken_whole(tmp_path: Path) -> None:
    write_registry(tmp_path / "r", cases=30, sites=30, seed=1, faults=0)
    assert json.loads((tmp_path / "r" / TRUTH).read_text())["faults"] == []
    done = imsct("check", str(tmp_path / "r" / "SIM_AD" / DELIVERY))
    assert done.exit == 0, done.out
    assert "0 quarantined" in done.out


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(UsageError, match="not empty"):
        write_registry(tmp_path, cases=10, sites=2, seed=1, faults=0)
    with pytest.raises(StorageError):
        write_registry(tmp_path / "mine.txt" / "r", cases=10, sites=2, seed=1, faults=0)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_what_cannot_be_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = imsct("simulate", "--cases", "3", "--sites", "5", "--out", str(tmp_path / "r"))
    assert done.exit == 2
    assert "at least one case per site" in done.err
    assert not (tmp_path / "r").exists()
