"""A table of radiomics taken in: its sets lie in the home, named by their content."""

import hashlib
import json
from functools import partial
from pathlib import Path

import polars as pl

from assets.checking import check_folder
from orchestration.simulating import write_registry
from tests.support.folders import add, clean
from tests.support.real_data import COMMITTED
from tests.support.registry import Registry
from warehouse.features import FEATURES, feature_matrix, feature_path
from warehouse.store import Store
from warehouse.verification import verify

REAL = (COMMITTED / "sct_lesion" / "pyradiomics.csv").read_text(encoding="utf-8")
STUDY = "sct-fake-lesion"


def _with_the_study(folder: Path) -> None:
    add(folder, "imaging_studies", study_id=STUDY, case_id="C1")


def _table(name: str, text: str):  # type: ignore[no-untyped-def]
    """A delivery of nothing but one table of features."""

    def change(folder: Path) -> None:
        for path in folder.iterdir():
            path.unlink()
        (folder / name).write_text(text, encoding="utf-8")

    return change


def test_sets_are_kept_by_study_and_one_of_an_unknown_study_is_refused(tmp_path: Path) -> None:
    with Store.open(tmp_path / "warehouse.duckdb") as store:
        registry = Registry(tmp_path, store)
        registry.deliver("d1", _with_the_study)
        about = {"mode": "increment", "profile": "pyradiomics"}
        registry.deliver("d2", _table("SITE_A.t2.pyradiomics.csv", REAL), **about)
        other = REAL.replace(STUDY, "S-never-came")
        registry.deliver("d3", _table("SITE_A.t1.pyradiomics.csv", other), **about)
        sets = dict(store.rows("select mask_structure, file_sha256 from core.feature_sets"))
        assert set(sets) == {"tumour", "cord"}
        assert [tuple(row[1:]) for row in registry.account()] == [
            ("received", 16, 16, 0),
            ("received", 2, 2, 0),
            ("received", 2, 0, 2),
        ]
        # the volume of the tumour's mask waits for the study, too
        broken = [rule for name, rule in registry.open_rules() if name == "d3"]
        assert broken == ["R003", "R049", "R049"]
        recorded = registry.ledger.events(FEATURES)
        assert {event.payload["file_sha256"] for event in recorded} == set(sets.values())
        assert verify(registry.home, registry.ledger) == []
        path = feature_path(registry.home, str(sets["tumour"]))
        kept = pl.read_parquet(path)
        assert (kept["study_id"][0], kept["structure"][0], kept.width) == (STUDY, "tumour", 109)
        found = feature_matrix(
            registry.home, [str(sets["tumour"])], ["S1", STUDY], structure="tumour"
        )
        assert found.is_there.tolist() == [False, True]
        assert found.values[1].tolist() == list(kept.row(0)[2:])


def _own(folder: Path, *, said: int | None = None, study: str = STUDY) -> None:
    """A delivery of one set in the project's own layout; `said` rows, where not the true number."""
    for path in folder.iterdir():
        path.unlink()
    frame = pl.DataFrame({"study_id": [study], "structure": ["tumour"], "f1": [0.5], "f2": [None]})
    path = folder / "FS1.features.parquet"
    frame.with_columns(pl.col("f2").cast(pl.Float32)).write_parquet(path)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    about = {"file_sha256": digest, "n_rows": str(said or 1), "n_features": "2"}
    add(folder, "feature_sets", feature_set_id="FS1", mask_structure="tumour", **about)


def test_a_set_of_the_own_layout_is_kept_and_one_that_its_row_misdescribes_is_not(
    tmp_path: Path,
) -> None:
    with Store.open(tmp_path / "warehouse.duckdb") as store:
        registry = Registry(tmp_path, store)
        registry.deliver("d1", _with_the_study)
        about = {"mode": "increment", "rows": {"FS1.features.parquet": 1}}
        registry.deliver("d2", partial(_own, said=7), **about)
        registry.deliver("d3", partial(_own, study="S-never-came"), **about)
        assert store.rows("select count(*) from core.feature_sets") == [(0,)]
        registry.deliver("d4", _own, **about)
        assert [tuple(row[1:]) for row in registry.account()][1:] == [
            ("received", 2, 0, 2),
            ("received", 2, 0, 2),
            ("received", 2, 2, 0),
        ]
        ((sha256, n_rows),) = store.rows("select file_sha256, n_rows from core.feature_sets")
        assert n_rows == 1
        found = feature_matrix(registry.home, [str(sha256)], [STUDY], structure="tumour")
        assert (found.names, found.values[0, 0]) == (("f1", "f2"), 0.5)
        assert verify(registry.home, registry.ledger) == []


def test_check_judges_a_set_as_the_line_does(tmp_path: Path) -> None:
    """By itself a delivery of features cannot name a study: that is a warning, all else is not."""
    clean(tmp_path)
    _own(tmp_path)
    alone = check_folder(tmp_path, profile="imsct", mode="increment", scan="simulated")
    assert [(p.rule, p.severity) for p in alone.problems if p.rule == "R049"] == [
        ("R049", "warning")
    ]
    assert alone.quarantined == 0
    _own(tmp_path, said=7)
    wrong = check_folder(tmp_path, profile="imsct", mode="increment", scan="simulated")
    assert {(p.file, p.line) for p in wrong.problems if p.rule == "R049"} == {
        ("FS1.features.parquet", None),
        ("feature_sets.csv", 2),
    }
    assert (wrong.accepted, wrong.quarantined, wrong.received) == (0, 2, 2)
    clean(tmp_path)
    whole = check_folder(tmp_path, profile="imsct", scan="simulated")
    assert "is not in imaging_studies" in str([p.message for p in whole.problems])


def test_the_simulated_features_are_deliveries_that_pass_their_check(tmp_path: Path) -> None:
    write_registry(tmp_path / "r", cases=40, sites=1, seed=3, faults=0)
    (folder,) = (tmp_path / "r" / "features" / "SIM_A").iterdir()
    checked = check_folder(folder, profile=None)
    assert {p.severity for p in checked.problems} == {"warning"}
    assert checked.accepted == checked.received > 20
    truth = json.loads((tmp_path / "r" / "truth.json").read_text())["radiomics"]["sets"]
    assert {Path(one["file"]).name for one in truth} <= {path.name for path in folder.iterdir()}
