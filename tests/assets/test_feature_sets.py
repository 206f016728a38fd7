"""A table of radiomics taken in: its sets lie in the home, named by their content."""

from pathlib import Path

import polars as pl

from tests.support.folders import add
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
